/* whoami, types: what one may know before doing anything. */
#include "kiosk/cli/cli.h"

#include <string.h>

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/table.h"

/* Words of an array, after commas. */
static void join(char *dst, size_t dst_sz, const json_t *words)
{
	size_t i, len;
	const json_t *w;
	dst[0] = '\0';
	json_array_foreach(words, i, w)
	{
		len = strlen(dst);
		const char *s = json_string_value(w);
		(void)str_print(
		    dst + len, dst_sz - len, "%s%s", i > 0 ? ", " : "", s != NULL ? s : "");
	}
}

enum cli_exit cmd_whoami(struct cli *c)
{
	struct api_target t = api_target_of("/v1/me");
	json_t *me = NULL;
	char roles[256];
	enum cli_exit rc = api_get(c, &t, &me);
	if (rc != CLI_OK)
		return rc;
	if (c->json) {
		print_json(&c->out, me);
	} else {
		join(roles, sizeof roles, json_object_get(me, "roles"));
		print_styled(&c->out, PRINT_BOLD, "%s", print_text(me, "user"));
		print_pair(&c->out, "roles", "%s", roles);
		print_pair(&c->out, "site", "%s%s", print_text(me, "site"),
		    print_bool(me, "demo") ? " (demo)" : "");
		print_pair(&c->out, "time zone", "%s", print_text(me, "timezone"));
		print_pair(&c->out, "foyerd", "%s", print_text(me, "version"));
	}
	json_decref(me);
	return CLI_OK;
}

/* "name*, phone": a star for what must be given. */
static void fields_join(char *dst, size_t dst_sz, const json_t *fields)
{
	size_t i;
	const json_t *f;
	dst[0] = '\0';
	json_array_foreach(fields, i, f)
	{
		size_t len = strlen(dst);
		(void)str_print(dst + len, dst_sz - len, "%s%s%s", i > 0 ? ", " : "",
		    print_text(f, "name"), print_bool(f, "required") ? "*" : "");
	}
}

/* "needed, from 18": what a type asks of documents. */
static const char *document_word(char dst[64], const json_t *type)
{
	int64_t age = print_int(type, "id_least_age");
	dst[0] = '\0';
	if (print_bool(type, "id") && age > 0)
		(void)str_print(dst, 64, "needed, from %lld", (long long)age);
	else if (print_bool(type, "id"))
		(void)str_copy(dst, 64, "needed");
	return dst;
}

enum cli_exit cmd_types(struct cli *c)
{
	static const struct table_column columns[] = {{"TYPE", 8, false}, {"STAYS", 0, false},
	    {"WALK-IN", 0, true}, {"APPROVED BY", 0, true}, {"DOCUMENT", 0, true},
	    {"AGREEMENT", 8, true}, {"FIELDS (* needed)", 12, true}};
	struct api_target t = api_target_of("/v1/types");
	struct table table;
	json_t *list = NULL;
	const json_t *o;
	size_t i;
	char stay[CLI_TIME_SZ], fields[512], document[64];
	enum cli_exit rc = api_get(c, &t, &list);
	if (rc != CLI_OK)
		return rc;
	table_init(&table, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(json_object_get(list, "items"), i, o)
	{
		fields_join(fields, sizeof fields, json_object_get(o, "fields"));
		table_add(&table, PRINT_BOLD, print_text(o, "name"));
		table_add(&table, PRINT_PLAIN, cli_span(stay, print_int(o, "longest_stay_ms")));
		table_add(&table, PRINT_PLAIN, print_bool(o, "walk_in") ? "yes" : "no");
		table_add(&table, PRINT_PLAIN, print_text(o, "approval"));
		table_add(&table, PRINT_PLAIN, document_word(document, o));
		table_add(&table, PRINT_PLAIN, print_text(o, "agreement"));
		table_add(&table, PRINT_PLAIN, fields);
	}
	if (c->json)
		print_json(&c->out, list);
	else
		table_print(&table, &c->out);
	table_fini(&table);
	json_decref(list);
	return CLI_OK;
}
