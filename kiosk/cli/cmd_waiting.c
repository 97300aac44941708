/* waiting, waiting take, waiting resolve: whoever was told "please see reception". */
#include "kiosk/cli/cli.h"

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/visit_print.h"

static const char *whose(const char *reason, const char *who)
{
	if (str_starts(reason, "clock-"))
		return "The clock";
	return str_starts(reason, "journal-") ? "The journal" : who;
}

static void print_one(struct cli *c, const json_t *w)
{
	char since[CLI_TIME_SZ], ago[CLI_TIME_SZ];
	const char *name = print_text(w, "name"), *number = print_text(w, "number");
	const char *kiosk = print_text(w, "kiosk"), *who = name[0] != '\0' ? name : "Somebody";
	if (kiosk[0] == '\0') /* foyerd's own word; a kiosk's has its name */
		who = whose(print_text(w, "reason"), who);
	bool over = print_int(w, "resolved_ms") != 0, taken = print_int(w, "taken_ms") != 0;
	long long since_ms = print_int(w, "since_ms");
	print_styled(&c->out, over ? PRINT_DIM : PRINT_WARN, "%s%s%s %s", number,
	    number[0] != '\0' ? " " : "", who, visit_reason_text(print_text(w, "reason")));
	print_pair(&c->out, "since", "%s, %s ago", cli_time_short(c, since, since_ms),
	    cli_span(ago, c->now_ms - since_ms));
	if (kiosk[0] != '\0')
		print_pair(&c->out, "at", "%s", kiosk);
	if (over)
		print_pair(&c->out, "resolved", "%s", print_text(w, "resolution"));
	else if (taken)
		print_pair(
		    &c->out, "taken", "%s", cli_time_short(c, since, print_int(w, "taken_ms")));
	print_pair(&c->out, "id", "%s", print_text(w, "id"));
}

enum cli_exit cmd_waiting(struct cli *c)
{
	struct api_target t = api_target_of("/v1/waiting");
	json_t *list = NULL;
	const json_t *w;
	size_t i;
	int64_t most = 200;
	api_target_add(&t, "state", cli_flag(c, "all") ? "all" : "open");
	enum cli_exit rc = cli_opt_int(c, "limit", &most, 1, 100000);
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_list(c, &t, most, &list);
	if (rc == CLI_OK && c->json) {
		print_json(&c->out, list);
	} else if (rc == CLI_OK) {
		json_array_foreach(json_object_get(list, "items"), i, w) print_one(c, w);
		if (json_array_size(json_object_get(list, "items")) == 0)
			print_line(&c->err, 0, "Nobody waits at reception.");
	}
	json_decref(list);
	return rc;
}

static enum cli_exit act(struct cli *c, const char *verb, json_t *own_body)
{
	struct api_target t = api_target_of("/v1/waiting");
	json_t *answer = NULL;
	api_target_segment(&t, cli_word(c, 0));
	api_target_segment(&t, verb);
	enum cli_exit rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_send(c, "POST", &t, json_incref(own_body), &answer);
	if (rc == CLI_OK && c->json)
		print_json(&c->out, answer);
	else if (rc == CLI_OK)
		print_one(c, answer);
	json_decref(own_body);
	json_decref(answer);
	return rc;
}

enum cli_exit cmd_waiting_take(struct cli *c)
{
	return act(c, "take", json_object());
}

enum cli_exit cmd_waiting_resolve(struct cli *c)
{
	json_t *body = json_object();
	if (!cli_flag(c, "reason")) {
		json_decref(body);
		return cli_usage(c, "resolve needs --reason REASON");
	}
	enum cli_exit rc = api_put_text(c, body, "reason", "--reason", cli_opt(c, "reason"));
	if (rc == CLI_OK)
		return act(c, "resolve", body);
	json_decref(body);
	return rc;
}
