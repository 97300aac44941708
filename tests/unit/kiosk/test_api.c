#include "kiosk/visitor/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/str.h"
#include "tests/unit/kiosk/house.h"

static json_t *parse(const char *s)
{
	json_t *j;
	struct err e = {0};
	if (json_parse_object(&j, s, strlen(s), 1000000, &e) != ERR_OK)
		fail_msg("%s: %s", s, e.msg);
	return j;
}

static void api_read_kiosk__whole_house__is_understood(void **state)
{
	struct api_kiosk *k = mem_new(1, sizeof *k);
	json_t *j = parse(house_json);
	(void)state;
	assert_int_equal(api_read_kiosk(k, j, NULL), ERR_OK);
	assert_string_equal(k->site, "Example GmbH");
	assert_int_equal(k->n_langs, 4);
	assert_int_equal(k->n_types, 3);
	assert_int_equal(k->types[0].n_fields, 4);
	assert_int_equal(k->types[0].fields[3].kind, API_FIELD_CHOICE);
	assert_string_equal(k->types[0].fields[3].choices[1], "vegan");
	assert_string_equal(api_text_in(&k->types[0].label, "de"), "Gast");
	assert_string_equal(api_text_in(&k->types[0].label, "xx"), "Guest");
	assert_string_equal(api_privacy_in(k, "de"), "Wer Ihre Daten speichert");
	assert_non_null(strchr(api_privacy_in(k, "fr"), '\n'));
	assert_true(k->doors);
	assert_true(k->open); /* an older foyerd does not say */
	json_object_set_new(j, "open", json_false());
	assert_int_equal(api_read_kiosk(k, j, NULL), ERR_OK);
	assert_false(k->open);
	json_decref(j);
	free(k);
}

static void api_read_kiosk__what_is_kept__is_told_by_type(void **state)
{
	struct api_kiosk *k = mem_new(1, sizeof *k);
	json_t *j = parse("{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[{\"name\":\"a\",\"id\":"
			  "true,\"id_keep\":{\"number\":86400000,\"iris\":1}},{\"name\":\"b\"}]}");
	(void)state;
	assert_int_equal(api_read_kiosk(k, j, NULL), ERR_OK);
	assert_int_equal(k->types[0].id_keep_ms[1], 86400000);
	for (int i = 0; i < API_ID_PARTS; i++)
		assert_int_equal(k->types[1].id_keep_ms[i], 0);
	json_decref(j);
	j = parse("{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[{\"name\":\"a\",\"id_keep\":{"
		  "\"name\":\"long\"}}]}");
	assert_int_not_equal(api_read_kiosk(k, j, NULL), ERR_OK);
	json_decref(j);
	free(k);
}

static void api_read_kiosk__newer_or_strange__is_borne(void **state)
{
	static const char *const good[] = {
	    "{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[]}",
	    "{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[],\"tomorrow\":{\"x\":1},\"langs\":["
	    "1,null,\"\",\"de\"],\"privacy\":{\"en\":1}}",
	    "{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[{\"name\":\"t\",\"steps\":["
	    "\"selfie\",\"host\"],\"fields\":[{\"name\":\"f\",\"kind\":\"iris\"},"
	    "{\"name\":\"g\",\"kind\":\"choice\"}]}]}",
	};
	static const char *const bad[] = {
	    "{}",
	    "{\"kiosk\":1,\"timezone\":\"UTC\",\"types\":[]}",
	    "{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[1]}",
	    "{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[{\"name\":\"t\",\"fields\":[null]}]}",
	    "{\"kiosk\":\"k\",\"timezone\":\"UTC\"}",
	};
	struct api_kiosk *k = mem_new(1, sizeof *k);
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		json_t *j = parse(good[i]);
		assert_int_equal(api_read_kiosk(k, j, &e), ERR_OK);
		assert_true(k->n_langs > 0);
		json_decref(j);
	}
	assert_int_equal(k->types[0].n_steps, 1);
	assert_int_equal(k->types[0].fields[0].kind, API_FIELD_TEXT);
	assert_int_equal(k->types[0].fields[1].kind, API_FIELD_TEXT); /* nothing to choose from */
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		json_t *j = parse(bad[i]);
		assert_int_not_equal(api_read_kiosk(k, j, &e), ERR_OK);
		json_decref(j);
	}
	assert_int_not_equal(api_read_kiosk(k, NULL, &e), ERR_OK);
	free(k);
}

static void api_read_kiosk__too_much__is_bounded(void **state)
{
	struct str_buf b = STR_BUF_INIT;
	struct api_kiosk *k = mem_new(1, sizeof *k);
	struct err e;
	(void)state;
	str_buf_print(&b, "{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[");
	for (int i = 0; i < 40; i++)
		str_buf_print(&b, "%s{\"name\":\"t%d\"}", i ? "," : "", i);
	str_buf_print(&b, "]}");
	json_t *j = parse(b.data);
	assert_int_not_equal(api_read_kiosk(k, j, &e), ERR_OK);
	json_decref(j);
	str_buf_clear(&b);
	str_buf_print(&b, "{\"kiosk\":\"k\",\"timezone\":\"UTC\",\"types\":[],\"langs\":[");
	for (int i = 0; i < 30; i++)
		str_buf_print(&b, "%s\"l%d\"", i ? "," : "", i);
	str_buf_print(&b, "],\"data_notice\":{\"en\":\"%0900d\"}}", 0);
	j = parse(b.data);
	assert_int_equal(api_read_kiosk(k, j, &e), ERR_OK);
	assert_int_equal(k->n_langs, API_LANGS);
	assert_int_equal(strlen(k->data_notice.of[0].text), TEXT_FIELD_SZ - 1);
	json_decref(j);
	str_buf_fini(&b);
	free(k);
}

static void api_read_agreement__too_long__is_refused_not_cut(void **state)
{
	struct str_buf b = STR_BUF_INIT;
	struct api_agreement *a = mem_new(1, sizeof *a);
	(void)state;
	str_buf_print(&b,
	    "{\"name\":\"v\",\"version\":\"1\",\"lang\":\"en\",\"title\":\"T\",\"text\":\"%"
	    "070000d\"}",
	    0);
	json_t *j = parse(b.data);
	assert_int_equal(api_read_agreement(a, j, NULL), ERR_TOO_LONG);
	json_decref(j);
	str_buf_fini(&b);
	free(a);
}

static void api_read__texts__come_out_clean(void **state)
{
	struct api_scan s;
	json_t *j = parse("{\"what\":\"arrive\",\"name\":\"Zo\\u00eb \\u202e\\u001b[2J "
			  "M\\u00fcller\",\"company\":\"a\\nb\",\"late\":true}");
	(void)state;
	assert_int_equal(api_read_scan(&s, j, NULL), ERR_OK);
	assert_null(strchr(s.name, 27));
	assert_null(strstr(s.name, "\xe2\x80\xae"));
	assert_string_equal(s.company, "a b");
	assert_true(s.late);
	json_decref(j);
	j = parse("{\"what\":\"conquer\",\"name\":\"x\"}");
	assert_int_equal(api_read_scan(&s, j, NULL), ERR_INPUT);
	json_decref(j);
}

static void api_read_hosts__more_than_five__are_five(void **state)
{
	struct str_buf b = STR_BUF_INIT;
	struct api_hosts h;
	(void)state;
	str_buf_print(&b, "{\"items\":[");
	for (int i = 0; i < 9; i++)
		str_buf_print(&b,
		    "%s{\"id\":\"01890a5d-ac96-774b-bcce-b302099a805%d\",\"name\":\"n\"}",
		    i ? "," : "", i);
	str_buf_print(&b, "]}");
	json_t *j = parse(b.data);
	assert_int_equal(api_read_hosts(&h, j, NULL), ERR_OK);
	assert_int_equal(h.n, API_HOSTS);
	json_decref(j);
	j = parse("{\"items\":[{\"id\":\"../../etc\",\"name\":\"n\"}]}");
	assert_int_equal(api_read_hosts(&h, j, NULL), ERR_INPUT);
	json_decref(j);
	str_buf_fini(&b);
}

static void api_read_checkin__token__is_hex_or_nothing(void **state)
{
	struct api_checkin c;
	json_t *j = parse("{\"outcome\":\"welcome\",\"progress\":\"../../v1/visits\"}");
	(void)state;
	assert_int_equal(api_read_checkin(&c, j, NULL), ERR_OK);
	assert_string_equal(c.token, "");
	json_decref(j);
	j = parse("{\"outcome\":\"something new\",\"badge\":\"gold\"}");
	assert_int_equal(api_read_checkin(&c, j, NULL), ERR_OK);
	assert_true(c.reception); /* what is not a plain welcome is none */
	assert_int_equal(c.progress.badge, API_BADGE_NONE);
	json_decref(j);
}

static void api_read_refusal__whatever_comes__gives_a_word(void **state)
{
	struct api_refusal r;
	json_t *j = parse("{\"error\":\"too-early\",\"from_ms\":5,\"message\":\"x\"}");
	(void)state;
	api_read_refusal(&r, j);
	assert_string_equal(r.word, "too-early");
	assert_int_equal(r.from_ms, 5);
	json_decref(j);
	j = parse("{\"error\":[1],\"from_ms\":-5}");
	api_read_refusal(&r, j);
	assert_string_equal(r.word, "");
	assert_int_equal(r.from_ms, 0);
	json_decref(j);
	api_read_refusal(&r, NULL);
	assert_string_equal(r.word, "");
}

static void api_write__hostile_text__stays_text(void **state)
{
	struct uuid u = {{0}};
	static const char *const texts[] = {"", "\"},{\"x\":\"", "\x1b[2J", "\xff\xfe", "a\r\nb",
	    "% _ ; =", "\xe2\x80\xae", "\xc3"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char *own = api_write_scan(&u, texts[i], API_SOURCE_CAMERA);
		json_t *j = parse(own);
		assert_int_equal(json_object_size(j), 3);
		assert_null(strpbrk(own, "\x1b\r\n"));
		json_decref(j);
		api_free_body(own);
	}
	char *own = api_write_state(&(struct api_state){.camera = "ok",
	    .busy = true,
	    .cols = 80,
	    .rows = 24,
	    .readers = {{"passports", false}, {"desk", true}},
	    .n_readers = 2});
	assert_string_equal(own,
	    "{\"camera\":\"ok\",\"screen\":\"busy\",\"size\":\"80x24\",\"readers\":[{\"name\":"
	    "\"passports\",\"state\":\"gone\"},{\"name\":\"desk\",\"state\":\"ok\"}]}");
	api_free_body(own);
	api_free_body(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(api_read_kiosk__whole_house__is_understood),
	    cmocka_unit_test(api_read_kiosk__what_is_kept__is_told_by_type),
	    cmocka_unit_test(api_read_kiosk__newer_or_strange__is_borne),
	    cmocka_unit_test(api_read_kiosk__too_much__is_bounded),
	    cmocka_unit_test(api_read_agreement__too_long__is_refused_not_cut),
	    cmocka_unit_test(api_read__texts__come_out_clean),
	    cmocka_unit_test(api_read_hosts__more_than_five__are_five),
	    cmocka_unit_test(api_read_checkin__token__is_hex_or_nothing),
	    cmocka_unit_test(api_read_refusal__whatever_comes__gives_a_word),
	    cmocka_unit_test(api_write__hostile_text__stays_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
