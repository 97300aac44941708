/*
 * etc/openapi.yaml and the route table say the same, both ways. The file is read by its lines: it
 * keeps to a fixed indentation (a path at two spaces, a method at four, operationId and x-roles at
 * six), and what does not is not found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/routes.h"

enum { MOST = 200 };

struct operation {
	char path[128], method[8], id[64], roles[128];
	bool keyed;
};

static int read_all(struct operation ops[MOST])
{
	char line[1024], path[128] = "";
	int n = 0;
	FILE *f = fopen("etc/openapi.yaml", "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		size_t len = strlen(line);
		struct operation *o = n ? &ops[n - 1] : NULL;
		if (str_starts(line, "  /") && line[len - 1] == ':') {
			str_print(path, sizeof path, "%.*s", (int)len - 3, line + 2);
		} else if (path[0] && len > 5 && str_starts(line, "    ") && line[4] != ' ' &&
			   line[len - 1] == ':') {
			assert_true(n < MOST);
			ops[n] = (struct operation){0};
			str_copy(ops[n].path, sizeof ops[n].path, path);
			for (size_t i = 4; i + 1 < len && i < 11; i++)
				ops[n].method[i - 4] = (char)toupper((unsigned char)line[i]);
			n++;
		} else if (o && str_starts(line, "      operationId: ")) {
			str_copy(o->id, sizeof o->id, line + 19);
		} else if (o && str_starts(line, "      x-roles: [") && line[len - 1] == ']') {
			str_print(o->roles, sizeof o->roles, "%.*s", (int)len - 17, line + 16);
		} else if (o && strstr(line, "components/parameters/key")) {
			o->keyed = true;
		}
	}
	fclose(f);
	return n;
}

static unsigned roles_of(char *list)
{
	unsigned roles = 0;
	for (char *save = NULL, *w = strtok_r(list, ", ", &save); w;
	     w = strtok_r(NULL, ", ", &save)) {
		bool known = false;
		for (int r = 0; r < CONF_ROLE_COUNT; r++) {
			if (str_eq(w, conf_role_name((enum conf_role)r))) {
				roles |= 1u << r;
				known = true;
			}
		}
		if (!known)
			fail_msg("x-roles: %s is no role", w);
	}
	return roles;
}

static void openapi__lists_the_route_table(void **state)
{
	(void)state;
	struct operation *ops = calloc(MOST, sizeof *ops);
	int n = read_all(ops);
	size_t n_routes;
	const struct route *all = routes_all(&n_routes);
	assert_int_equal(n, n_routes);
	for (size_t i = 0; i < n_routes; i++) {
		struct operation *o = NULL;
		for (int k = 0; k < n; k++)
			if (str_eq(ops[k].path, all[i].path) &&
			    str_eq(ops[k].method, route_method_name(all[i].method)))
				o = &ops[k];
		if (!o)
			fail_msg("%s %s is not in etc/openapi.yaml",
			    route_method_name(all[i].method), all[i].path);
		assert_string_equal(o->id, all[i].operation);
		if (roles_of(o->roles) != all[i].roles)
			fail_msg("%s: x-roles differ from the route table", o->id);
		if ((all[i].flags & ROUTE_WRITES) && !o->keyed)
			fail_msg(
			    "%s: carries an Idempotency-Key, and the description does not say so",
			    o->id);
	}
	free(ops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(openapi__lists_the_route_table)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
