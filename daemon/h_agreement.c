/*
 * GET /v1/agreements/{name}?lang=: the text as it is shown and signed today.
 */
#include "daemon/handlers.h"

#include "base/text.h"
#include "daemon/agreement.h"
#include "daemon/server.h"

enum err_code h_agreement(struct request *rq, struct err *e)
{
	char lang[TEXT_LANG_SZ];
	struct agreement a;
	enum err_code c = request_query_text(rq, "lang", lang, sizeof lang, e);
	if (!c)
		c = agreement_load(&a, rq->d->conf, rq->param, lang, e);
	if (c)
		return c;
	c = agreement_show(&a, e);
	if (!c)
		request_reply(rq, 200,
		    json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", rq->param, "version", a.hash,
			"lang", a.lang, "title", a.title, "text", a.text));
	agreement_fini(&a);
	return c;
}
