/* doctor: everything that must work, ours first, then foyerd's. */
#include "kiosk/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/doctor_own.h"

static void print_check(struct cli *c, const json_t *o)
{
	char name[128], line[PRINT_LINE_SZ];
	const char *state = print_text(o, "state"), *text = print_text(o, "text"),
		   *remedy = print_text(o, "remedy");
	print_clean(name, sizeof name, print_text(o, "name"));
	/* Our own word for a state that is none of the three would claim something. */
	(void)str_copy(line, sizeof line,
	    str_eq(state, "ok")     ? "ok  "
	    : str_eq(state, "warn") ? "warn"
	    : str_eq(state, "fail") ? "fail"
				    : "?   ");
	print_piece(&c->out, print_style_of(state), line);
	print_line(&c->out, 2, "%s%s%s", name, text[0] != '\0' ? ": " : "", text);
	if (remedy[0] != '\0' && !str_eq(state, "ok"))
		print_line(&c->out, 6, "→ %s", remedy);
}

/* foyerd's own checks, or that it does not answer. */
static enum cli_exit ask(struct cli *c, json_t *checks)
{
	struct api_target t = api_target_of("/v1/doctor");
	json_t *answer = NULL;
	if (!api_is_there(c)) {
		doctor_say(checks, "foyerd", DOCTOR_FAIL,
		    "systemctl start foyerd; journalctl -u foyerd says why it does not run",
		    "it does not answer on %s", c->socket);
		doctor_machine(c, checks);
		return CLI_OK;
	}
	bool json = c->json, late;
	c->json = false; /* one object in all */
	enum cli_exit rc = api_get_soon(c, &t, &answer, &late); /* it takes up to five seconds */
	c->json = json;
	if (late) {
		doctor_say(checks, "foyerd", DOCTOR_FAIL,
		    "systemctl restart foyerd; journalctl -u foyerd may say what it waits for",
		    "it does not answer in time on %s", c->socket);
		doctor_machine(c, checks);
	} else if (rc == CLI_OK)
		doctor_say(checks, "foyerd", DOCTOR_OK, "", "answers on %s", c->socket);
	else if (rc == CLI_DENIED)
		doctor_say(checks, "foyerd", DOCTOR_WARN, "ask a manager, supervisor or auditor",
		    "it answers, but does not tell you how it is");
	else
		doctor_say(checks, "foyerd", DOCTOR_FAIL, "look at its log: journalctl -u foyerd",
		    "it answers, but cannot say how it is");
	(void)json_array_extend(checks, json_object_get(answer, "checks"));
	json_decref(answer);
	return rc == CLI_DENIED ? rc : CLI_OK;
}

enum cli_exit cmd_doctor(struct cli *c)
{
	json_t *checks = json_array(), *all;
	const json_t *o;
	size_t i;
	int warns = 0, fails = 0;
	doctor_terminal(checks, getenv("TERM"), c->out.tty);
	doctor_readers(checks, FOYER_SYSCONFDIR "/kiosk.conf");
	enum cli_exit rc = ask(c, checks);
	json_array_foreach(checks, i, o)
	{
		warns += str_eq(print_text(o, "state"), "warn");
		fails += str_eq(print_text(o, "state"), "fail");
		if (!c->json)
			print_check(c, o);
	}
	all = json_pack("{s:o}", "checks", checks);
	if (c->json)
		print_json(&c->out, all);
	else
		print_styled(&c->out,
		    fails > 0   ? PRINT_BAD
		    : warns > 0 ? PRINT_WARN
				: PRINT_GOOD,
		    "%zu checks: %d warn, %d fail", json_array_size(json_object_get(all, "checks")),
		    warns, fails);
	json_decref(all);
	if (rc != CLI_OK)
		return rc;
	return fails > 0 ? CLI_NO : CLI_OK;
}
