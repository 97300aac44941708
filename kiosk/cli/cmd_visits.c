/* visits: lists, the muster list among them. */
#include "kiosk/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "base/zone.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/table.h"

enum { MOST = 200, EVERYONE = 1000 * 1000 };

/* --- order ------------------------------------------------------------------------------- */

struct keyed {
	char *name; /* folded; NULL: by time */
	long long from_ms, number;
	json_t *item;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int names = x->name != NULL && y->name != NULL ? strcmp(x->name, y->name) : 0;
	if (names != 0)
		return names;
	if (x->from_ms != y->from_ms)
		return x->from_ms < y->from_ms ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static struct keyed key_of(json_t *item, bool by_name)
{
	char clean[TEXT_NAME_SZ], folded[4 * TEXT_NAME_SZ];
	struct keyed k = {.from_ms = print_int(item, "from_ms"),
	    .number = strtoll(print_text(item, "number"), NULL, 10),
	    .item = item};
	if (by_name) {
		print_clean(clean, sizeof clean, print_text(item, "name"));
		if (text_fold(folded, sizeof folded, clean) != ERR_OK)
			(void)str_copy(folded, sizeof folded, clean);
		k.name = mem_strdup(folded);
	}
	return k;
}

static json_t *sorted(const json_t *items, bool by_name)
{
	size_t n = json_array_size(items);
	struct keyed *keys = mem_new(n + 1, sizeof *keys);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		keys[i] = key_of(json_array_get(items, i), by_name);
	qsort(keys, n, sizeof *keys, by_key);
	for (size_t i = 0; i < n; i++) {
		(void)json_array_append(list, keys[i].item);
		free(keys[i].name);
	}
	free(keys);
	return list;
}

/* --- the table --------------------------------------------------------------------------- */

/* What a desk should see at a glance beside the state. */
static const char *marks(char dst[128], const json_t *v)
{
	const struct {
		bool is;
		const char *word;
	} all[] = {
	    {print_bool(v, "escort"), "escort"},
	    {print_bool(v, "late"), "late"},
	    {str_eq(print_text(v, "doors"), "trouble"), "doors!"},
	    {str_eq(print_text(v, "badge"), "trouble"), "badge!"},
	};
	dst[0] = '\0';
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		size_t len = strlen(dst);
		if (all[i].is)
			(void)str_print(
			    dst + len, 128 - len, "%s%s", len > 0 ? " " : "", all[i].word);
	}
	return dst;
}

static void print_visits(struct cli *c, const json_t *items, bool muster)
{
	const struct table_column columns[] = {{"NUMBER", 0, false}, {"NAME", 12, false},
	    {"COMPANY", 8, true}, {"HOST", 8, true}, {"STATE", 0, true},
	    {muster ? "SINCE" : "FROM", 0, false}, {"UNTIL", 0, false}, {"MARKS", 6, true}};
	struct table table;
	char when[CLI_TIME_SZ], text[128];
	const json_t *v;
	size_t i;
	table_init(&table, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(items, i, v)
	{
		const char *state = print_text(v, "state");
		table_add(&table, PRINT_PLAIN, print_text(v, "number"));
		table_add(&table, PRINT_BOLD, print_text(v, "name"));
		table_add(&table, PRINT_PLAIN, print_text(v, "company"));
		table_add(&table, PRINT_PLAIN, print_text(v, "host"));
		table_add(&table, print_style_of(state), muster ? "" : state);
		table_add(&table, PRINT_PLAIN,
		    cli_time_short(c, when, print_int(v, muster ? "in_ms" : "from_ms")));
		table_add(&table, PRINT_PLAIN, cli_time_short(c, when, print_int(v, "until_ms")));
		table_add(&table, PRINT_WARN, marks(text, v));
	}
	table_print(&table, &c->out);
	table_fini(&table);
}

/* --- the command ------------------------------------------------------------------------- */

static enum cli_exit target(struct cli *c, struct api_target *t)
{
	static const char *const states[] = {"inside", "expected", "waiting", "state", NULL};
	char *query = cli_words(c);
	*t = api_target_of("/v1/visits");
	for (int i = 0; i < 3; i++) {
		if (cli_flag(c, states[i]))
			api_target_add(t, "state", states[i]);
	}
	if (cli_flag(c, "state"))
		api_target_add(t, "state", cli_opt(c, "state"));
	if (query[0] != '\0')
		api_target_add(t, "q", query);
	free(query);
	if (cli_flag(c, "today")) {
		api_target_add_int(t, "from_ms", zone_day_start(c->now_ms));
		api_target_add_int(t, "until_ms", zone_day_end(c->now_ms));
	}
	return cli_count(c, states) > 1
		   ? cli_usage(c, "one of --inside, --expected, --waiting, --state")
		   : CLI_OK;
}

/* Visits to come or going on are few, and read from the earliest on: all of them are asked for,
 * so that --limit cuts off the last ones. What is over goes back for years: foyerd gives the
 * latest first, and so it stays. */
static bool earliest_first(const struct cli *c)
{
	static const char *const open[] = {"expected", "waiting", "inside", "out"},
				 *const flags[] = {"inside", "expected", "waiting", "today", NULL};
	const char *state = cli_opt(c, "state");
	if (cli_count(c, flags) > 0)
		return true;
	for (size_t i = 0; state != NULL && i < sizeof open / sizeof open[0]; i++) {
		if (str_eq(open[i], state))
			return true;
	}
	return false;
}

/* The list in its order, cut to `most`. True: something was left out. */
static bool arrange(struct cli *c, json_t *list, int64_t most)
{
	bool more = json_is_string(json_object_get(list, "next"));
	json_t *items = json_object_get(list, "items");
	if (earliest_first(c)) {
		items = sorted(items, cli_flag(c, "inside"));
		(void)json_object_set_new(list, "items", items);
	}
	while ((int64_t)json_array_size(items) > most) {
		(void)json_array_remove(items, json_array_size(items) - 1);
		more = true;
	}
	return more;
}

static void print_nobody(struct cli *c)
{
	print_line(&c->err, 0, "No visits.");
	if (cli_flag(c, "waiting"))
		print_line(&c->err, 0,
		    "A walk-in who is inside until somebody says yes stands in foyer waiting.");
}

enum cli_exit cmd_visits(struct cli *c)
{
	struct api_target t;
	json_t *list = NULL;
	char now[CLI_TIME_SZ];
	bool muster = cli_flag(c, "inside");
	int64_t most = muster ? EVERYONE : MOST;
	enum cli_exit rc = cli_opt_int(c, "limit", &most, 1, EVERYONE);
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = target(c, &t);
	if (rc == CLI_OK)
		rc = api_list(c, &t, earliest_first(c) ? EVERYONE : most, &list);
	if (rc != CLI_OK)
		return rc;
	bool more = arrange(c, list, most);
	const json_t *items = json_object_get(list, "items");
	if (c->json) {
		print_json(&c->out, list);
	} else {
		print_visits(c, items, muster);
		if (muster)
			print_styled(&c->out, PRINT_BOLD, "%zu inside, %s", json_array_size(items),
			    cli_time_full(now, c->now_ms));
		else if (json_array_size(items) == 0)
			print_nobody(c);
		if (more)
			print_line(&c->err, 0, "There are more than %zu: --limit shows them.",
			    json_array_size(items));
	}
	json_decref(list);
	return CLI_OK;
}
