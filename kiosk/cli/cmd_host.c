/* host list, host set. */
#include "kiosk/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/table.h"

static const char *away(const struct cli *c, char dst[2 * CLI_TIME_SZ], const json_t *h)
{
	char from[CLI_TIME_SZ], until[CLI_TIME_SZ];
	long long from_ms = print_int(h, "away_from_ms"), until_ms = print_int(h, "away_until_ms");
	dst[0] = '\0';
	if (until_ms <= c->now_ms)
		return dst;
	if (from_ms <= c->now_ms)
		(void)str_print(
		    dst, 2 * CLI_TIME_SZ, "until %s", cli_time_short(c, until, until_ms));
	else
		(void)str_print(dst, 2 * CLI_TIME_SZ, "%s to %s", cli_time_short(c, from, from_ms),
		    cli_time_short(c, until, until_ms));
	return dst;
}

static void print_hosts(struct cli *c, const json_t *items)
{
	static const struct table_column columns[] = {{"UID", 8, false}, {"NAME", 12, false},
	    {"DEPARTMENT", 8, true}, {"MAIL", 12, true}, {"PHONE", 8, true}, {"LANG", 0, true},
	    {"DEPUTY", 6, true}, {"AWAY", 8, true}, {"LEFT", 0, true}};
	struct table t;
	char text[2 * CLI_TIME_SZ];
	const json_t *h;
	size_t i;
	table_init(&t, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(items, i, h)
	{
		table_add(&t, PRINT_PLAIN, print_text(h, "uid"));
		table_add(&t, PRINT_BOLD, print_text(h, "name"));
		table_add(&t, PRINT_PLAIN, print_text(h, "department"));
		table_add(&t, PRINT_PLAIN, print_text(h, "mail"));
		table_add(&t, PRINT_PLAIN, print_text(h, "phone"));
		table_add(&t, PRINT_PLAIN, print_text(h, "lang"));
		table_add(&t, PRINT_PLAIN, print_text(h, "deputy"));
		table_add(&t, PRINT_WARN, away(c, text, h));
		table_add(&t, PRINT_DIM, print_bool(h, "left") ? "left" : "");
	}
	table_print(&t, &c->out);
	table_fini(&t);
}

enum cli_exit cmd_host_list(struct cli *c)
{
	struct api_target t = api_target_of("/v1/hosts");
	json_t *list = NULL;
	int64_t most = 200;
	char *query = cli_words(c);
	if (query[0] != '\0')
		api_target_add(&t, "q", query);
	free(query);
	if (cli_flag(c, "left"))
		api_target_add(&t, "left", "true");
	enum cli_exit rc = cli_opt_int(c, "limit", &most, 1, 100000);
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_list(c, &t, most, &list);
	if (rc != CLI_OK)
		return rc;
	const json_t *items = json_object_get(list, "items");
	if (c->json)
		print_json(&c->out, list);
	else if (json_array_size(items) == 0)
		print_line(&c->err, 0, "No hosts.");
	else
		print_hosts(c, items);
	if (!c->json && json_is_string(json_object_get(list, "next")))
		print_line(&c->err, 0, "There are more than %zu: --limit shows them.",
		    json_array_size(items));
	json_decref(list);
	return CLI_OK;
}

/* FROM..UNTIL */
static enum cli_exit away_read(struct cli *c, const char *text, json_t *body)
{
	char from[64];
	int64_t from_ms = 0, until_ms = 0;
	const char *dots = strstr(text, "..");
	if (dots == NULL || !str_print(from, sizeof from, "%.*s", (int)(dots - text), text))
		return cli_usage(c, "--away: must be FROM..UNTIL");
	enum cli_exit rc = cli_when(c, "--away", from, false, 0, &from_ms);
	if (rc == CLI_OK)
		rc = cli_when(c, "--away", dots + 2, true, from_ms, &until_ms);
	if (rc == CLI_OK && until_ms <= from_ms)
		return cli_usage(c, "--away: UNTIL must be after FROM");
	(void)json_object_set_new(body, "away_from_ms", json_integer(from_ms));
	(void)json_object_set_new(body, "away_until_ms", json_integer(until_ms));
	return rc;
}

static enum cli_exit body_of(struct cli *c, json_t *body)
{
	static const char *const texts[] = {
	    "name", "mail", "department", "phone", "lang", "deputy"};
	static const char *const stay[] = {"left", "here", NULL}, *const absence[] = {
								      "away", "back", NULL};
	enum cli_exit rc = CLI_OK;
	if (cli_count(c, stay) > 1)
		return cli_usage(c, "one of --left, --here");
	if (cli_count(c, absence) > 1)
		return cli_usage(c, "one of --away, --back");
	for (size_t i = 0; i < sizeof texts / sizeof texts[0] && rc == CLI_OK; i++)
		rc = api_put_text(c, body, texts[i], texts[i], cli_opt(c, texts[i]));
	if (rc == CLI_OK && cli_count(c, stay) > 0)
		(void)json_object_set_new(body, "left", json_boolean(cli_flag(c, "left")));
	if (rc == CLI_OK && cli_flag(c, "back")) {
		(void)json_object_set_new(body, "away_from_ms", json_integer(0));
		(void)json_object_set_new(body, "away_until_ms", json_integer(0));
	}
	if (rc == CLI_OK && cli_flag(c, "away"))
		rc = away_read(c, cli_opt(c, "away"), body);
	if (rc == CLI_OK && json_object_size(body) == 0)
		return cli_usage(c, "nothing to set");
	return rc;
}

enum cli_exit cmd_host_set(struct cli *c)
{
	struct api_target t = api_target_of("/v1/hosts");
	json_t *body = json_object(), *host = NULL;
	api_target_segment(&t, cli_word(c, 0));
	enum cli_exit rc = body_of(c, body);
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_send(c, "PUT", &t, json_incref(body), &host);
	if (rc == CLI_OK && c->json) {
		print_json(&c->out, host);
	} else if (rc == CLI_OK) {
		json_t *items = json_pack("[O]", host);
		print_hosts(c, items);
		json_decref(items);
	}
	json_decref(body);
	json_decref(host);
	return rc;
}
