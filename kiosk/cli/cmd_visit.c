/* visit show, approve, refuse, checkin, checkout, extend, cancel, reprint. */
#include "kiosk/cli/cli.h"

#include <string.h>

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/document_print.h"
#include "kiosk/cli/visit_act.h"
#include "kiosk/cli/visit_print.h"

enum cli_exit cmd_visit_show(struct cli *c)
{
	struct api_target t = api_target_of("/v1/visits");
	json_t *visit = NULL;
	api_target_segment(&t, cli_word(c, 0));
	enum cli_exit rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_get(c, &t, &visit);
	bool told = rc == CLI_OK;
	if (told && cli_flag(c, "unseal")) {
		rc = document_unseal(c, visit, cli_opt(c, "unseal"));
		told = rc == CLI_OK || rc == CLI_NO; /* what could not be opened stays sealed */
	}
	if (told && c->json)
		print_json(&c->out, visit);
	else if (told)
		visit_print(c, visit);
	json_decref(visit);
	return rc;
}

/* "visit approve" → "approve": the API's word. */
static const char *verb(const struct cli *c)
{
	return strrchr(c->command->name, ' ') + 1;
}

/* "--until +1h" of a visit counts from its end as it stands. */
static enum cli_exit until(struct cli *c, int64_t *ms)
{
	struct api_target t = api_target_of("/v1/visits");
	json_t *visit = NULL;
	api_target_segment(&t, cli_word(c, 0));
	enum cli_exit rc = api_get(c, &t, &visit);
	int64_t end_ms = print_int(visit, "until_ms");
	json_decref(visit);
	return rc == CLI_OK ? cli_when(c, "--until", cli_opt(c, "until"), true, end_ms, ms) : rc;
}

static enum cli_exit body_of(struct cli *c, json_t *body)
{
	int64_t until_ms = 0;
	bool extend = str_eq(verb(c), "extend"),
	     why = str_eq(verb(c), "refuse") || str_eq(verb(c), "cancel");
	enum cli_exit rc = CLI_OK;
	if (extend && !cli_has(c, "until"))
		return cli_usage(c, "extend needs --until WHEN");
	if (why && !cli_has(c, "reason"))
		return cli_usage(c, "%s needs --reason REASON", verb(c));
	if (cli_has(c, "reason"))
		rc = api_put_text(c, body, "reason", "--reason", cli_opt(c, "reason"));
	if (rc == CLI_OK && cli_has(c, "escort"))
		(void)json_object_set_new(body, "escort", json_true());
	if (rc == CLI_OK && cli_has(c, "coming-back"))
		(void)json_object_set_new(body, "coming_back", json_true());
	if (rc == CLI_OK && cli_has(c, "until")) {
		rc = until(c, &until_ms);
		(void)json_object_set_new(body, "until_ms", json_integer(until_ms));
	}
	return rc;
}

static bool had_escort_badge(const json_t *v)
{
	const json_t *g;
	size_t i;
	json_array_foreach(json_object_get(v, "badges"), i, g)
	{
		if (print_bool(g, "escort"))
			return true;
	}
	return false;
}

/* What whoever let somebody in, or had a badge made, should know beside it. */
static void notes(struct cli *c, const json_t *v)
{
	bool approve = str_eq(verb(c), "approve"), in = approve || str_eq(verb(c), "checkin");
	const char *unsigned_text = print_text(v, "agreement_missing");
	if (in && unsigned_text[0] != '\0')
		print_line(&c->out, 0, "The agreement was not signed: %s.", unsigned_text);
	if (approve && str_eq(print_text(v, "state"), "inside") && !print_bool(v, "escort") &&
	    str_eq(print_text(v, "badge"), "printing"))
		print_line(&c->out, 0,
		    had_escort_badge(v) ? "A new badge is printing; take the ESCORT one back."
					: "A badge is printing.");
	if ((str_eq(verb(c), "extend") || str_eq(verb(c), "reprint")) &&
	    str_eq(print_text(v, "badge"), "printing"))
		print_line(&c->out, 0,
		    "A new badge is printing; take the old one back, it is good no more.");
}

/* A visit called off while its visitor is inside stays "inside" until somebody sees them out. */
static bool to_be_seen_out(const struct cli *c, const json_t *v)
{
	bool off = str_eq(verb(c), "cancel") || str_eq(verb(c), "refuse");
	return off && str_eq(print_text(v, "state"), "inside");
}

static void tell(struct cli *c, const json_t *v)
{
	char when[CLI_TIME_SZ];
	if (to_be_seen_out(c, v)) {
		bool doors = !str_eq(print_text(v, "doors"), "none");
		print_line(&c->out, 0,
		    "%s %s: called off; %sthe visitor must be seen out (foyer waiting).",
		    print_text(v, "number"), print_text(v, "name"),
		    doors ? "the door right is being withdrawn; " : "");
		return;
	}
	print_line(&c->out, 0, "%s %s: %s, until %s%s.", print_text(v, "number"),
	    print_text(v, "name"), print_text(v, "state"),
	    cli_time_short(c, when, print_int(v, "until_ms")),
	    print_bool(v, "escort") ? ", escorted" : "");
	notes(c, v);
}

enum cli_exit cmd_visit_act(struct cli *c)
{
	return visit_act(c, &(struct visit_act){verb(c), body_of, tell});
}
