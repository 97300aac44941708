/* visit document: a look at a document, written down by hand. seal-key: the key that opens what is kept of documents. */
#include "kiosk/cli/cli.h"

#include <jansson.h>

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/visit_act.h"
#include "pass/seal.h"

/* yes or no; left out, nothing is said. */
static enum cli_exit put_told(struct cli *c, json_t *body, const char *key, const char *option)
{
	const char *word = cli_opt(c, option);
	if (!cli_flag(c, option))
		return CLI_OK;
	bool yes = str_eq(word, "yes");
	if (!yes && !str_eq(word, "no"))
		return cli_usage(c, "--name-matches and --of-age: say yes or no");
	(void)json_object_set_new(body, key, json_boolean(yes));
	return CLI_OK;
}

static enum cli_exit body_of(struct cli *c, json_t *body)
{
	static const char *const seen[] = {
	    "kind", "state", "expiry", "name-matches", "of-age", "override", NULL};
	bool vouched = cli_flag(c, "vouched");
	if (vouched && cli_count(c, seen) > 0)
		return cli_usage(c,
		    "--vouched stands for a document: nothing else is said with it but --reason");
	if (!vouched && !cli_flag(c, "kind"))
		return cli_usage(c, "document needs --kind KIND, or --vouched");
	if (!cli_flag(c, "reason"))
		return cli_usage(c, "document needs --reason REASON");
	(void)json_object_set_new(body, "how", json_string(vouched ? "vouched" : "seen"));
	enum cli_exit rc = api_put_text(c, body, "kind", "--kind", cli_opt(c, "kind"));
	if (rc == CLI_OK)
		rc = api_put_text(c, body, "state", "--state", cli_opt(c, "state"));
	if (rc == CLI_OK)
		rc = api_put_text(c, body, "expiry", "--expiry", cli_opt(c, "expiry"));
	if (rc == CLI_OK)
		rc = put_told(c, body, "matched", "name-matches");
	if (rc == CLI_OK)
		rc = put_told(c, body, "least_age_ok", "of-age");
	if (rc == CLI_OK && cli_flag(c, "override"))
		(void)json_object_set_new(body, "override", json_true());
	return rc == CLI_OK ? api_put_text(c, body, "reason", "--reason", cli_opt(c, "reason"))
			    : rc;
}

static void tell(struct cli *c, const json_t *v)
{
	bool waits = str_eq(print_text(v, "state"), "waiting");
	print_line(&c->out, 0, "%s %s: recorded.%s", print_text(v, "number"), print_text(v, "name"),
	    waits ? " Let the visitor in with foyer visit checkin." : "");
}

enum cli_exit cmd_visit_document(struct cli *c)
{
	return visit_act(c, &(struct visit_act){"documents", body_of, tell});
}

enum cli_exit cmd_seal_key(struct cli *c)
{
	const char *file = cli_word(c, 0);
	struct err e = {0};
	if (seal_key_new(file, &e) != ERR_OK) {
		cli_complain(c, "%s", e.msg);
		return CLI_NO;
	}
	print_line(&c->out, 0,
	    "Made %s.pub: name it as seal-key in the site section of foyer.conf.", file);
	print_line(&c->out, 0,
	    "Made %s: it opens what is sealed. Keep it, and a copy, where foyerd does not run: "
	    "without it nothing can be opened.",
	    file);
	return CLI_OK;
}
