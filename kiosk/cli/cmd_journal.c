/* journal show, journal verify. */
#include "kiosk/cli/cli.h"

#include <string.h>

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/table.h"

/* "state=inside, how=pass". */
static void fields_join(char *dst, size_t dst_sz, const json_t *fields)
{
	const char *name;
	const json_t *value;
	dst[0] = '\0';
	json_object_foreach((json_t *)(uintptr_t)fields, name, value)
	{
		size_t len = strlen(dst);
		const char *text = json_string_value(value);
		(void)str_print(dst + len, dst_sz - len, "%s%s=%s", len > 0 ? ", " : "", name,
		    text != NULL ? text : "");
	}
}

static void print_rows(struct cli *c, const json_t *items)
{
	static const struct table_column columns[] = {{"ROW", 0, false}, {"AT", 0, false},
	    {"WHAT", 8, false}, {"BY", 12, true}, {"SUBJECT", 8, true}, {"FIELDS", 12, true}};
	struct table t;
	char text[512], when[CLI_TIME_SZ];
	const json_t *r;
	size_t i;
	table_init(&t, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(items, i, r)
	{
		(void)str_print(text, sizeof text, "%lld", print_int(r, "seq"));
		table_add(&t, PRINT_PLAIN, text);
		table_add(&t, PRINT_PLAIN, cli_time_full(when, print_int(r, "at_ms")));
		table_add(&t, PRINT_BOLD, print_text(r, "what"));
		const char *who = print_text(r, "actor_name");
		table_add(&t, PRINT_PLAIN, who[0] != '\0' ? who : print_text(r, "actor"));
		table_add(&t, PRINT_PLAIN, print_text(r, "subject"));
		fields_join(text, sizeof text, json_object_get(r, "fields"));
		table_add(&t, PRINT_PLAIN, text);
	}
	table_print(&t, &c->out);
	table_fini(&t);
}

enum cli_exit cmd_journal_show(struct cli *c)
{
	struct api_target t = api_target_of("/v1/journal");
	json_t *list = NULL;
	int64_t most = 50, after = 0;
	enum cli_exit rc = cli_opt_int(c, "limit", &most, 1, 1000 * 1000);
	if (rc == CLI_OK)
		rc = cli_opt_int(c, "after", &after, 0, INT64_MAX);
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_list_from(c, &t, after > 0 ? cli_opt(c, "after") : "", most, &list);
	if (rc == CLI_OK && c->json)
		print_json(&c->out, list);
	else if (rc == CLI_OK)
		print_rows(c, json_object_get(list, "items"));
	json_decref(list);
	return rc;
}

enum cli_exit cmd_journal_verify(struct cli *c)
{
	struct api_target t = api_target_of("/v1/journal/verify");
	json_t *r = NULL;
	enum cli_exit rc = api_get_slow(c, &t, &r);
	if (rc != CLI_OK)
		return rc;
	bool ok = print_bool(r, "ok");
	const json_t *head = json_object_get(r, "head");
	long long rows = print_int(r, "rows"), heads = print_int(r, "heads"),
		  erased = print_int(r, "erased");
	if (c->json) {
		print_json(&c->out, r);
	} else if (ok) {
		print_styled(&c->out, PRINT_GOOD,
		    "The journal holds: %lld row%s, %lld signed head%s, %lld field%s erased.", rows,
		    print_s(rows), heads, print_s(heads), erased, print_s(erased));
		print_pair(&c->out, "head", "node %lld, row %lld, %s", print_int(head, "node"),
		    print_int(head, "seq"), print_text(head, "hash"));
	} else {
		print_styled(&c->out, PRINT_BAD, "The journal is broken at row %lld: %s",
		    print_int(r, "first_bad"), print_text(r, "why"));
	}
	json_decref(r);
	return ok ? CLI_OK : CLI_NO;
}
