/* POST /v1/signouts: the badge, or the code on it, ends the stay. */
#include "daemon/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/desk.h"
#include "daemon/desk_show.h"
#include "daemon/progress.h"

enum err_code desk_signout(struct request *rq, struct err *e)
{
	char text[TEXT_SCAN_SZ] = "";
	struct uuid flow = {0};
	bool back = false;
	struct json_reader r;
	json_read_begin(&r, rq->body, e);
	json_read_raw(&r, "pass", JSON_REQUIRED, text, sizeof text);
	json_read_uuid(&r, "flow", JSON_OPTIONAL, &flow);
	json_read_bool(&r, "coming_back", JSON_OPTIONAL, &back);
	enum err_code code = json_read_end(&r);
	if (code != ERR_OK)
		return code;

	struct desk_shown s;
	struct desk_case c;
	struct desk_result res;
	const char *no = NULL;
	code = desk_show_at(rq, text, &s, &no, e);
	explicit_bzero(text, sizeof text);
	if (code == ERR_OK && no == NULL)
		code = desk_case_load(rq->d, &s.visit, rq->actor.kiosk, rq->now_ms, &c, e);
	if (code != ERR_OK)
		return code;
	if (no == NULL && c.facts.state == VISIT_INSIDE)
		no = desk_show_stale(&s, &c);
	if (no != NULL)
		return request_refuse(rq, desk_refusal_status(no), no, desk_refusal_text(no));
	struct desk_event ev = {.ev = VISIT_EV_LEAVE,
	    .in = {.coming_back = back},
	    .how = s.how,
	    .kiosk = rq->actor.kiosk};
	request_actor(rq, ev.actor);
	code = desk_act(rq->d, &c, &ev, rq->now_ms, &res, e);
	if (code != ERR_OK)
		return code;
	if (res.decision.refusal != VISIT_OK) {
		const char *word = visit_refusal_name(res.decision.refusal);
		return request_refuse(rq, 422, word, desk_refusal_text(word));
	}
	/* "Doors no longer open for you" is said when the controller said so. */
	char token[PROGRESS_TOKEN_SZ] = "", id[UUID_TEXT_SZ];
	struct progress_state start = {
	    .doors = PROGRESS_DOORS_PENDING, .until_ms = c.visit.until_ms};
	if (res.decision.revoke)
		progress_open(
		    rq->d->progress, &c.visit.id, &start, clock_mono(&rq->d->clock), token);
	return request_reply(rq, 200,
	    json_pack("{s:s, s:s, s:s, s:b, s:I, s:s}", "outcome", "goodbye", "visit",
		uuid_print(id, &c.visit.id), "name", c.visitor.name, "coming_back",
		(int)(res.decision.state == VISIT_OUT), "until_ms", (json_int_t)c.visit.until_ms,
		"progress", token));
}
