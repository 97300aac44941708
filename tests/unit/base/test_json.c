#include "base/json.h"

#include "check.h"

#include "base/text.h"

static json_t *parse(const char *s)
{
	json_t *v;
	struct err e = {0};
	if (json_parse_object(&v, s, strlen(s), 65536, &e) != ERR_OK)
		fail_msg("%s: %s", s, e.msg);
	return v;
}

static void json__parse__refuses_hostile_text(void **state)
{
	(void)state;
	static const char *const bad[] = {"", " ", "[]", "1", "null", "\"x\"", "{", "{}x",
	    "{\"a\":1,\"a\":2}", "{\"a\":}", "{a:1}", "{\"a\":01}", "{\"a\":NaN}",
	    "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{\"a\":99999999999999999999}",
	    "{\"a\":\"x\ny\"}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		json_t *v = (json_t *)1;
		struct err e;
		assert_int_equal(
		    json_parse_object(&v, bad[i], strlen(bad[i]), 1000, &e), ERR_INPUT);
		assert_null(v);
	}
	json_t *v;
	assert_int_equal(json_parse_object(&v, "{}\0", 3, 100, NULL), ERR_INPUT);
	assert_int_equal(json_parse_object(&v, "{}", 2, 1, NULL), ERR_TOO_LONG);
}

static void json__parse__message_quotes_no_input(void **state)
{
	(void)state;
	json_t *v;
	struct err e;
	const char *s = "{\"name\":\"Anna Secret\" oops}";
	assert_int_equal(json_parse_object(&v, s, strlen(s), 100, &e), ERR_INPUT);
	assert_null(strstr(e.msg, "Secret"));
	assert_null(strstr(e.msg, "oops"));
	assert_non_null(strstr(e.msg, "at byte"));
}

static void json__parse__depth_is_bounded(void **state)
{
	(void)state;
	char s[20000] = "{\"a\":";
	for (int depth = 31; depth <= 32; depth++) {
		size_t n = 5;
		for (int i = 0; i < depth; i++)
			s[n++] = '[';
		for (int i = 0; i < depth; i++)
			s[n++] = ']';
		s[n++] = '}';
		json_t *v = NULL;
		assert_int_equal(
		    json_parse_object(&v, s, n, sizeof s, NULL), depth <= 31 ? ERR_OK : ERR_INPUT);
		json_decref(v);
	}
	memset(s + 5, '[', sizeof s - 5);
	json_t *v;
	assert_int_equal(json_parse_object(&v, s, sizeof s, sizeof s, NULL), ERR_INPUT);
}

static void json__print__one_line_in_order(void **state)
{
	(void)state;
	json_t *v = json_pack("{s:s, s:i, s:[]}", "z", "a\nb", "a", 1, "m");
	char *line = json_print_line(v);
	assert_string_equal(line, "{\"z\":\"a\\nb\",\"a\":1,\"m\":[]}");
	free(line);
	json_decref(v);
}

static void json__read__all_kinds(void **state)
{
	(void)state;
	json_t *v = parse("{\"t\":\"  Zoe\xcc\x88 \",\"r\":\" raw "
			  "\",\"i\":-5,\"b\":true,\"u\":\"018f6d2a-7b1c-7def-8123-456789abcdef\","
			  "\"o\":{\"x\":1},\"a\":[1,2],\"n\":null}");
	struct json_reader r;
	struct err e = {0};
	char t[20], raw[20], absent[10] = "kept", nul[10] = "kept";
	int64_t i;
	bool b = false;
	struct uuid u;
	const json_t *o, *a;
	json_read_begin(&r, v, &e);
	assert_true(json_read_text(&r, "t", JSON_REQUIRED, t, sizeof t, TEXT_LINE));
	assert_true(json_read_raw(&r, "r", JSON_REQUIRED, raw, sizeof raw));
	assert_true(json_read_int(&r, "i", JSON_REQUIRED, &i, -5, 10));
	assert_true(json_read_bool(&r, "b", JSON_OPTIONAL, &b));
	assert_true(json_read_uuid(&r, "u", JSON_REQUIRED, &u));
	assert_true(json_read_object(&r, "o", JSON_REQUIRED, &o));
	assert_true(json_read_array(&r, "a", JSON_REQUIRED, 2, &a));
	assert_false(json_read_text(&r, "nobody", JSON_OPTIONAL, absent, sizeof absent, TEXT_LINE));
	assert_false(json_read_text(&r, "n", JSON_OPTIONAL, nul, sizeof nul, TEXT_LINE));
	assert_int_equal(json_read_end(&r), ERR_OK);
	assert_string_equal(t, "Zoë");
	assert_string_equal(raw, " raw ");
	assert_true(i == -5 && b);
	assert_string_equal(absent, "kept");
	assert_string_equal(nul, "kept");
	assert_int_equal(json_object_size(o), 1);
	assert_int_equal(json_array_size(a), 2);
	json_decref(v);
}

enum what { TEXT, STRICT, RAW, INT, BOOL, UUID, OBJECT, ARRAY };

static enum err_code read_one(const char *json, enum what what, enum json_need need, struct err *e)
{
	json_t *v = parse(json);
	struct json_reader r;
	char s[9] = "before";
	int64_t i = 42;
	bool b;
	struct uuid u;
	const json_t *j;
	json_read_begin(&r, v, e);
	switch (what) {
	case TEXT: (void)json_read_text(&r, "k", need, s, sizeof s, TEXT_LINE); break;
	case STRICT: (void)json_read_text(&r, "k", need, s, sizeof s, TEXT_STRICT); break;
	case RAW: (void)json_read_raw(&r, "k", need, s, sizeof s); break;
	case INT: (void)json_read_int(&r, "k", need, &i, 0, 10); break;
	case BOOL: (void)json_read_bool(&r, "k", need, &b); break;
	case UUID: (void)json_read_uuid(&r, "k", need, &u); break;
	case OBJECT: (void)json_read_object(&r, "k", need, &j); break;
	case ARRAY: (void)json_read_array(&r, "k", need, 2, &j); break;
	}
	enum err_code code = json_read_end(&r);
	json_decref(v);
	return code;
}

static void json__read__wrong_values(void **state)
{
	(void)state;
	static const struct {
		const char *json;
		enum what what;
		enum err_code code;
		const char *msg;
	} v[] = {
	    {"{}", TEXT, ERR_INPUT, "k: is missing"},
	    {"{\"k\":null}", INT, ERR_INPUT, "k: is missing"},
	    {"{\"k\":5}", TEXT, ERR_INPUT, "k: must be a string"},
	    {"{\"k\":\"123456789\"}", TEXT, ERR_TOO_LONG, "k: is too long; at most 8 bytes"},
	    {"{\"k\":\"a\\u202eb\"}", STRICT, ERR_INPUT,
		"k: holds control, invisible or invalid characters"},
	    {"{\"k\":\"123456789\"}", RAW, ERR_TOO_LONG, "k: is too long; at most 8 bytes"},
	    {"{\"k\":11}", INT, ERR_INPUT, "k: must be a whole number from 0 to 10"},
	    {"{\"k\":-1}", INT, ERR_INPUT, "k: must be a whole number from 0 to 10"},
	    {"{\"k\":5.0}", INT, ERR_INPUT, "k: must be a whole number from 0 to 10"},
	    {"{\"k\":\"5\"}", INT, ERR_INPUT, "k: must be a whole number from 0 to 10"},
	    {"{\"k\":1}", BOOL, ERR_INPUT, "k: must be true or false"},
	    {"{\"k\":\"true\"}", BOOL, ERR_INPUT, "k: must be true or false"},
	    {"{\"k\":\"018f6d2a\"}", UUID, ERR_INPUT, "k: must be an id (a UUID)"},
	    {"{\"k\":[]}", OBJECT, ERR_INPUT, "k: must be an object"},
	    {"{\"k\":{}}", ARRAY, ERR_INPUT, "k: must be an array of at most 2"},
	    {"{\"k\":[1,2,3]}", ARRAY, ERR_INPUT, "k: must be an array of at most 2"},
	    {"{\"k\":1,\"extra\":2}", INT, ERR_INPUT, "extra: is not known here"},
	    {"{\"k\":1,\"\\u001b[2J\":2}", INT, ERR_INPUT, "a member: is not known here"},
	};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		struct err e = {0};
		assert_int_equal(read_one(v[i].json, v[i].what, JSON_REQUIRED, &e), v[i].code);
		assert_string_equal(e.msg, v[i].msg);
		assert_int_equal(e.code, v[i].code);
		assert_int_equal(read_one(v[i].json, v[i].what, JSON_REQUIRED, NULL), v[i].code);
	}
	struct err e;
	assert_int_equal(read_one("{}", UUID, JSON_OPTIONAL, &e), ERR_OK);
}

static void json__read__first_error_stays(void **state)
{
	(void)state;
	json_t *v = parse("{\"a\":\"x\",\"b\":5}");
	struct json_reader r;
	struct err e = {0};
	int64_t n = 7;
	json_read_begin(&r, v, &e);
	assert_false(json_read_int(&r, "a", JSON_REQUIRED, &n, 0, 10));
	assert_false(json_read_int(&r, "b", JSON_REQUIRED, &n, 0, 10));
	assert_true(n == 7);
	json_read_ignore_rest(&r);
	assert_int_equal(json_read_end(&r), ERR_INPUT);
	assert_string_equal(e.msg, "a: must be a whole number from 0 to 10");
	json_decref(v);
}

static void json__read__rest_may_be_ignored_and_no_object(void **state)
{
	(void)state;
	json_t *v = parse("{\"a\":1,\"b\":2}"), *list = json_array();
	struct json_reader r;
	json_read_begin(&r, v, NULL);
	json_read_ignore_rest(&r);
	assert_int_equal(json_read_end(&r), ERR_OK);
	json_read_begin(&r, list, NULL);
	assert_int_equal(json_read_end(&r), ERR_INPUT);
	json_read_begin(&r, NULL, NULL);
	assert_int_equal(json_read_end(&r), ERR_INPUT);
	json_decref(v);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json__parse__refuses_hostile_text),
	    cmocka_unit_test(json__parse__message_quotes_no_input),
	    cmocka_unit_test(json__parse__depth_is_bounded),
	    cmocka_unit_test(json__print__one_line_in_order),
	    cmocka_unit_test(json__read__all_kinds),
	    cmocka_unit_test(json__read__wrong_values),
	    cmocka_unit_test(json__read__first_error_stays),
	    cmocka_unit_test(json__read__rest_may_be_ignored_and_no_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
