#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/routes.h"

/* "/v1/visits/{id}/approve" → "/v1/visits/x1/approve" */
static void sample(char *dst, size_t sz, const char *pattern)
{
	const char *open = strchr(pattern, '{');
	const char *close = open ? strchr(open, '}') : NULL;
	if (close)
		str_print(dst, sz, "%.*sx1%s", (int)(open - pattern), pattern, close + 1);
	else
		str_copy(dst, sz, pattern);
}

/* The whole table: each route is found by those roles that it names, each alone, and by no
 * other. */
static void routes__every_route_with_every_role(void **state)
{
	(void)state;
	size_t n;
	const struct route *all = routes_all(&n), *r;
	assert_true(n > 30);
	for (size_t i = 0; i < n; i++) {
		char path[128], param[REQUEST_PARAM_SZ], allow[32];
		sample(path, sizeof path, all[i].path);
		for (int role = 0; role < CONF_ROLE_COUNT; role++) {
			enum route_found f = route_find(
			    &r, param, route_method_name(all[i].method), path, 1u << role, allow);
			assert_int_equal(
			    f, all[i].roles & 1u << role ? ROUTE_FOUND : ROUTE_NO_ROLE);
			if (f == ROUTE_FOUND)
				assert_ptr_equal(r, &all[i]);
		}
		assert_int_equal(
		    route_find(&r, param, route_method_name(all[i].method), path, 0, allow),
		    ROUTE_NO_ROLE);
	}
}

static void routes__the_table_is_sound(void **state)
{
	(void)state;
	size_t n;
	const struct route *all = routes_all(&n);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(all[i].fn);
		assert_true(all[i].roles != 0);
		/* Whoever writes carries a key; a look changes nothing. */
		if (all[i].method == ROUTE_GET)
			assert_false(all[i].flags & ROUTE_WRITES);
		assert_false((all[i].flags & ROUTE_WRITES) && (all[i].flags & ROUTE_STREAM));
		assert_false((all[i].flags & ROUTE_WRITES) && (all[i].flags & ROUTE_BOOKLESS));
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(all[i].operation, all[k].operation);
			assert_false(
			    all[i].method == all[k].method && str_eq(all[i].path, all[k].path));
		}
	}
}

static enum route_found find(
    const char *method, const char *path, char param[REQUEST_PARAM_SZ], char allow[32])
{
	const struct route *r;
	return route_find(&r, param, method, path, ~0u, allow);
}

static void routes__parameters(void **state)
{
	(void)state;
	char param[REQUEST_PARAM_SZ], allow[32], longest[1024];
	assert_int_equal(find("GET", "/v1/visits/000042", param, allow), ROUTE_FOUND);
	assert_string_equal(param, "000042");
	assert_int_equal(find("GET", "/v1/visits/\xe2\x80\xae%;'", param, allow), ROUTE_FOUND);
	assert_int_equal(find("GET", "/v1/visits/", param, allow), ROUTE_NO_PATH);
	assert_int_equal(find("GET", "/v1/visits/a/b", param, allow), ROUTE_NO_PATH);
	assert_int_equal(find("GET", "/v1/visits/a/", param, allow), ROUTE_NO_PATH);
	assert_int_equal(find("POST", "/v1/visits//approve", param, allow), ROUTE_NO_PATH);
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "/v1/visits/", 11);
	longest[sizeof longest - 1] = 0;
	assert_int_equal(find("GET", longest, param, allow), ROUTE_NO_PATH);
	assert_int_equal(find("GET", "", param, allow), ROUTE_NO_PATH);
	assert_int_equal(find("GET", "/", param, allow), ROUTE_NO_PATH);
	assert_int_equal(find("GET", "/v1", param, allow), ROUTE_NO_PATH);
}

static void routes__a_literal_beats_a_parameter(void **state)
{
	(void)state;
	char param[REQUEST_PARAM_SZ], allow[32];
	const struct route *r;
	assert_int_equal(
	    route_find(&r, param, "GET", "/v1/journal/verify", ~0u, allow), ROUTE_FOUND);
	assert_string_equal(r->operation, "journalVerify");
	assert_string_equal(param, "");
	/* A host named "import" is still a host. */
	assert_int_equal(route_find(&r, param, "PUT", "/v1/hosts/import", ~0u, allow), ROUTE_FOUND);
	assert_string_equal(r->operation, "hostPut");
	assert_int_equal(
	    route_find(&r, param, "POST", "/v1/hosts/import", ~0u, allow), ROUTE_FOUND);
	assert_string_equal(r->operation, "hostImport");
}

static void routes__wrong_methods(void **state)
{
	(void)state;
	char param[REQUEST_PARAM_SZ], allow[32];
	assert_int_equal(find("DELETE", "/v1/waiting", param, allow), ROUTE_NO_METHOD);
	assert_string_equal(allow, "POST, GET");
	assert_int_equal(find("HEAD", "/v1/me", param, allow), ROUTE_NO_METHOD);
	assert_int_equal(find("get", "/v1/me", param, allow), ROUTE_NO_METHOD);
	assert_int_equal(find("", "/v1/me", param, allow), ROUTE_NO_METHOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(routes__every_route_with_every_role),
	    cmocka_unit_test(routes__the_table_is_sound),
	    cmocka_unit_test(routes__parameters),
	    cmocka_unit_test(routes__a_literal_beats_a_parameter),
	    cmocka_unit_test(routes__wrong_methods),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
