#include "kiosk/cli/cli.h"

#include <string.h>

#include "base/str.h"
#include "base/zone.h"
#include "kiosk/cli/api.h"

enum cli_exit cli_site(struct cli *c)
{
	struct api_target t = api_target_of("/v1/me");
	json_t *me = NULL;
	if (c->now_ms != 0)
		return CLI_OK;
	enum cli_exit rc = api_get(c, &t, &me);
	if (rc != CLI_OK)
		return rc;
	c->now_ms = print_int(me, "now_ms");
	const char *zone = print_text(me, "timezone");
	if (zone_set(zone, NULL) != ERR_OK) {
		cli_complain(c,
		    "this machine does not know the site's time zone %s, so no time can be read or "
		    "shown rightly",
		    zone);
		rc = CLI_NO;
	}
	json_decref(me);
	return rc;
}

enum cli_exit cli_when(
    struct cli *c, const char *name, const char *text, bool is_end, int64_t from_ms, int64_t *ms)
{
	struct err e = {0};
	enum cli_exit rc = cli_site(c);
	if (rc != CLI_OK)
		return rc;
	bool from_there = is_end && (text[0] == '+' || (text[0] >= '0' && text[0] <= '9'));
	if (zone_parse(ms, text, from_there ? from_ms : c->now_ms, &e) != ERR_OK)
		return cli_usage(c, "%s: %s", name, e.msg);
	bool bare_day = strchr(text, ':') == NULL && text[0] != '+' && !str_eq(text, "now");
	if (is_end && bare_day)
		*ms = zone_day_end(*ms) - CLOCK_MINUTE;
	return CLI_OK;
}

const char *cli_time_full(char dst[CLI_TIME_SZ], int64_t ms)
{
	char text[ZONE_TEXT_SZ];
	(void)str_copy(dst, CLI_TIME_SZ, ms != 0 ? zone_print(text, ms, ZONE_BOTH) : "");
	return dst;
}

const char *cli_time_short(const struct cli *c, char dst[CLI_TIME_SZ], int64_t ms)
{
	char text[ZONE_TEXT_SZ];
	bool today = ms >= zone_day_start(c->now_ms) && ms < zone_day_end(c->now_ms);
	(void)str_copy(
	    dst, CLI_TIME_SZ, ms != 0 ? zone_print(text, ms, today ? ZONE_HHMM : ZONE_BOTH) : "");
	return dst;
}

const char *cli_span(char dst[CLI_TIME_SZ], int64_t ms)
{
	static const struct {
		int64_t unit;
		const char *name;
	} units[] = {
	    {CLOCK_DAY, "d"}, {CLOCK_HOUR, "h"}, {CLOCK_MINUTE, "min"}, {CLOCK_SECOND, "s"}};
	size_t i = 0;
	ms = ms > 0 ? ms : 0;
	/* "1 h", but "90 min" */
	while (i < 3 && ms < 2 * units[i].unit && (ms == 0 || ms % units[i].unit != 0))
		i++;
	(void)str_print(
	    dst, CLI_TIME_SZ, "%lld %s", (long long)(ms / units[i].unit), units[i].name);
	return dst;
}
