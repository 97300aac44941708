#include "tests/unit/daemon/papers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "scan/mrz.h"

static void put_field(char *line, size_t at, const char *text)
{
	memcpy(line + at, text, strlen(text));
}

static void check(char *line, size_t digit, size_t from, size_t n)
{
	line[digit] = mrz_check_digit(line + from, n);
}

void passport(
    char dst[92], const char *name, const char *number, const char *birth, const char *expiry)
{
	char one[45], two[45], all[40];
	memset(one, '<', 44), memset(two, '<', 44);
	one[44] = two[44] = '\0';
	put_field(one, 0, "P<UTO");
	put_field(one, 5, name);
	put_field(two, 0, number);
	check(two, 9, 0, 9);
	put_field(two, 10, "UTO");
	put_field(two, 13, birth);
	check(two, 19, 13, 6);
	two[20] = 'F';
	put_field(two, 21, expiry);
	check(two, 27, 21, 6);
	check(two, 42, 28, 14);
	(void)memcpy(all, two, 10);
	(void)memcpy(all + 10, two + 13, 7);
	(void)memcpy(all + 17, two + 21, 22);
	two[43] = mrz_check_digit(all, 39);
	(void)snprintf(dst, 92, "%s\n%s", one, two);
}

json_t *walk_in(struct lobby *l, const char *type, const char *name, json_t *own_document)
{
	json_t *body = json_pack("{s:s, s:{s:s, s:s, s:s, s:{}}}", "lang", "en", "walk_in", "type",
	    type, "name", name, "host", l->host, "fields");
	if (own_document != NULL)
		json_object_set_new(body, "document", own_document);
	return body;
}

json_t *text(const char *s)
{
	return json_pack("{s:s}", "text", s);
}

void comes_as(struct lobby *l, const char *type, const char *name, json_t *own_document, bool in,
    char number[16])
{
	json_t *a = lobby_ask(
	    l, LOBBY_KIOSK, 201, "POST /v1/checkins", walk_in(l, type, name, own_document));
	assert_string_equal(text_of(a, "outcome"), in ? "welcome" : "reception");
	assert_string_equal(text_of(a, "reason"), in ? "" : "id");
	char *all = json_dumps(a, 0);
	assert_null(strstr(all, "id-"));
	free(all);
	(void)str_copy(number, 16, text_of(a, "number"));
	json_decref(a);
}

void comes(struct lobby *l, const char *name, json_t *own_document, bool in, char number[16])
{
	comes_as(l, "checked", name, own_document, in, number);
}

json_t *show(struct lobby *l, const char *number)
{
	char path[64];
	assert_true(str_print(path, sizeof path, "GET /v1/visits/%s", number));
	return lobby_ask(l, LOBBY_STAFF, 200, path, NULL);
}

const json_t *look(const json_t *visit, size_t i)
{
	const json_t *o = json_array_get(json_object_get(visit, "documents"), i);
	assert_non_null(o);
	return o;
}

bool flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

void assert_waits(struct lobby *l, const char *number, const char *reason)
{
	json_t *v = show(l, number);
	assert_string_equal(text_of(v, "state"), "waiting");
	assert_string_equal(
	    text_of(json_array_get(json_object_get(v, "waiting"), 0), "reason"), reason);
	json_decref(v);
}
