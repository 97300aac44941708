/* clock accept: foyer's time falls back to the machine's clock. */
#include "kiosk/cli/cli.h"

#include "kiosk/cli/api.h"
#include "kiosk/cli/print.h"

static void print_accepted(struct cli *c, const json_t *a)
{
	char before[CLI_TIME_SZ], now[CLI_TIME_SZ];
	print_line(&c->out, 0, "Foyer's time was %s and is %s now.",
	    cli_time_full(before, print_int(a, "before_ms")),
	    cli_time_full(now, print_int(a, "now_ms")));
	print_line(
	    &c->out, 0, "Visits that are over by this: %lld.", (long long)print_int(a, "ended"));
	if (print_int(a, "inside") > 0)
		print_line(&c->out, 0,
		    "Visitors who are inside without a door right: %lld. See foyer waiting, and "
		    "extend their visits.",
		    (long long)print_int(a, "inside"));
}

enum cli_exit cmd_clock_accept(struct cli *c)
{
	struct api_target t = api_target_of("/v1/clock/accept");
	json_t *answer = NULL;
	if (!cli_flag(c, "reason"))
		return cli_usage(c, "accept needs --reason REASON");
	json_t *body = json_object();
	enum cli_exit rc = api_put_text(c, body, "reason", "--reason", cli_opt(c, "reason"));
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_send_slow(c, "POST", &t, json_incref(body), &answer);
	if (rc == CLI_OK && c->json)
		print_json(&c->out, answer);
	else if (rc == CLI_OK)
		print_accepted(c, answer);
	json_decref(body);
	json_decref(answer);
	return rc;
}
