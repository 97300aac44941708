#include "tests/unit/daemon/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "daemon/stream.h"
#include "db/book.h"

static const char key1[] = "0190a1b2-0000-7000-8000-000000000001",
		  key2[] = "0190a1b2-0000-7000-8000-000000000002";

/* A handler that counts its calls in the book, so that a rollback shows. */
static enum err_code count_up(struct request *rq, struct err *e)
{
	char n[16] = "0";
	enum err_code c = book_meta_get(rq->d->book, "count", n, sizeof n, e);
	if (c && c != ERR_NOT_FOUND)
		return c;
	str_print(n, sizeof n, "%ld", strtol(n, NULL, 10) + 1);
	c = book_meta_set(rq->d->book, "count", n, e);
	return c ? c : request_reply(rq, 201, json_pack("{s:s}", "count", n));
}

static enum err_code count_and_refuse(struct request *rq, struct err *e)
{
	enum err_code c = count_up(rq, e);
	return c ? c
		 : request_refuse_with(
		       rq, 422, "too-early", "not yet", json_pack("{s:i}", "from_ms", 5));
}

static enum err_code count_and_fail(struct request *rq, struct err *e)
{
	enum err_code c = count_up(rq, e);
	return c ? c : err_set(e, ERR_CONFLICT, "somebody was faster");
}

static enum err_code echo(struct request *rq, struct err *e)
{
	struct uuid id = {{0}};
	bool flag = false;
	int64_t n = -1;
	int limit = 0;
	char text[8];
	enum err_code c = request_query_text(rq, "text", text, sizeof text, e);
	if (!c)
		c = request_query_int(rq, "n", &n, 0, 9, e);
	if (!c)
		c = request_query_bool(rq, "flag", &flag, e);
	if (!c)
		c = request_query_uuid(rq, "id", &id, e);
	if (!c)
		c = request_limit(rq, &limit, e);
	return c ? c
		 : request_reply(rq, 200,
		       json_pack("{s:s, s:I, s:b, s:i}", "text", text, "n", (json_int_t)n, "flag",
			   flag, "limit", limit));
}

static const struct route writes = {ROUTE_POST, "/t", ~0u, ROUTE_WRITES, count_up, "t"};

static struct answer ask_as(
    struct fixture *f, const struct route *r, const char *key, const char *body, const char *user)
{
	struct answer a;
	struct call c = {.route = r,
	    .param = "",
	    .path = "/t",
	    .key = key,
	    .body = body,
	    .body_len = body ? strlen(body) : 0};
	c.actor.roles = ROLE(DESK);
	c.actor.uid = 1;
	str_copy(c.actor.user, sizeof c.actor.user, user);
	dispatch(&f->d, &c, &a);
	return a;
}

static struct answer ask(
    struct fixture *f, const struct route *r, const char *key, const char *body)
{
	return ask_as(f, r, key, body, "anna");
}

static int counted(struct fixture *f)
{
	char n[16] = "0";
	struct err e;
	if (book_meta_get(f->d.book, "count", n, sizeof n, &e))
		return 0;
	return (int)strtol(n, NULL, 10);
}

static void is_error(struct answer *a, int status, const char *word)
{
	assert_int_equal(a->status, status);
	json_t *o = fixture_json(a);
	assert_string_equal(json_string_value(json_object_get(o, "error")), word);
	assert_true(json_string_length(json_object_get(o, "message")) > 0);
	json_decref(o);
	answer_fini(a);
}

static void write__needs_a_key(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {NULL, "", "x", "00000000-0000-0000-0000-000000000000",
	    "0190a1b2-0000-7000-8000-00000000000"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct answer a = ask(f, &writes, bad[i], "{}");
		is_error(&a, 400, "input");
	}
	assert_int_equal(counted(f), 0);
}

static void write__the_same_again_is_the_stored_answer(void **state)
{
	struct fixture *f = *state;
	struct answer a = ask(f, &writes, key1, "{\"x\":1}"),
		      b = ask(f, &writes, key1, "{\"x\":1}");
	assert_int_equal(b.status, 201);
	assert_string_equal(a.own_text, b.own_text);
	assert_int_equal(counted(f), 1);
	answer_fini(&a);
	answer_fini(&b);
	a = ask(f, &writes, key1, "{\"x\":2}");
	is_error(&a, 409, "key-reused");
	a = ask(f, &writes, key2, "{\"x\":1}");
	assert_string_equal(a.own_text, "{\"count\":\"2\"}");
	answer_fini(&a);
	/* A key is its owner's. */
	a = ask_as(f, &writes, key1, "{\"x\":1}", "bert");
	assert_string_equal(a.own_text, "{\"count\":\"3\"}");
	answer_fini(&a);
}

static void write__a_refusal_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	const struct route refuses = {ROUTE_POST, "/t", ~0u, ROUTE_WRITES, count_and_refuse, "t"};
	const struct route fails = {ROUTE_POST, "/t", ~0u, ROUTE_WRITES, count_and_fail, "t"};
	struct answer a = ask(f, &refuses, key1, "{}");
	assert_non_null(strstr(a.own_text, "\"from_ms\":5"));
	is_error(&a, 422, "too-early");
	a = ask(f, &fails, key1, "{}");
	is_error(&a, 409, "conflict");
	assert_int_equal(counted(f), 0);
	/* Neither was stored: the same key may try again, and then succeeds. */
	a = ask(f, &writes, key1, "{}");
	assert_int_equal(a.status, 201);
	answer_fini(&a);
	assert_false(book_in_tx(f->d.book));
}

static void body__is_an_object_or_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"x", "[]", "\"a\"", "{", "{\"a\":1,\"a\":2}", "{}{}",
	    "{\"a\":\"\xff\"}", "nul", "{\"a\":\"\\u0000\"}"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct answer a = ask(f, &writes, key1, bad[i]);
		is_error(&a, 400, "input");
	}
	struct answer a = ask(f, &writes, key1, NULL);
	assert_int_equal(a.status, 201);
	answer_fini(&a);
}

static void closed_book__takes_no_visitors(void **state)
{
	struct fixture *f = *state;
	f->d.closed = true;
	struct answer a = ask(f, &writes, key1, "{}");
	is_error(&a, 503, "io");
	f->d.closed = false;
	assert_int_equal(counted(f), 0);
}

static enum err_code break_down(struct request *rq, struct err *e)
{
	(void)rq;
	return err_set(e, ERR_IO, "/var/lib/foyer/book: disk I/O error");
}

static void failure__is_told_to_staff_and_not_to_a_kiosk(void **state)
{
	struct fixture *f = *state;
	static const struct conf_kiosk lobby = {.name = "lobby"};
	const struct route r = {ROUTE_GET, "/t", ~0u, 0, break_down, "t"};
	struct call c = {.route = &r, .param = "", .path = "/t", .actor.roles = ROLE(DESK)};
	struct answer a;
	dispatch(&f->d, &c, &a);
	assert_non_null(strstr(a.own_text, "/var/lib/foyer/book"));
	is_error(&a, 503, "io");
	c.actor = (struct actor){.roles = ROLE(KIOSK), .kiosk = &lobby};
	dispatch(&f->d, &c, &a);
	assert_null(strstr(a.own_text, "book"));
	is_error(&a, 503, "io");
}

static struct answer query(struct fixture *f, const char *name, const char *value)
{
	const struct route r = {ROUTE_GET, "/t", ~0u, 0, echo, "t"};
	struct answer a;
	struct call c = {
	    .route = &r, .param = "", .path = "/t", .query = {{name, value}}, .n_query = 1};
	dispatch(&f->d, &c, &a);
	return a;
}

static void query__values_are_checked(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[][2] = {{"n", ""}, {"n", "x"}, {"n", "10"}, {"n", "-1"},
	    {"n", "1 "}, {"n", " 1"}, {"n", "+1"}, {"n", "99999999999999999999"}, {"flag", "yes"},
	    {"flag", ""}, {"id", "x"}, {"limit", "0"}, {"limit", "201"}, {"n", "0x1"}};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct answer a = query(f, bad[i][0], bad[i][1]);
		is_error(&a, 400, "input");
	}
	struct answer a = query(f, "text", "much too long for it");
	is_error(&a, 400, "too-long");
	a = query(f, "text",
	    " a\x1b\n\xe2\x80\xae"
	    "b ");
	assert_string_equal(a.own_text, "{\"text\":\"a b\",\"n\":-1,\"flag\":false,\"limit\":50}");
	answer_fini(&a);
	a = query(f, "n", "7");
	assert_non_null(strstr(a.own_text, "\"n\":7"));
	answer_fini(&a);
}

/* One snapshot for all that a handler reads, and nothing left open behind it. */
static enum err_code in_one_snapshot(struct request *rq, struct err *e)
{
	assert_true(book_in_tx(rq->d->book));
	return rq->n_query > 0 ? err_set(e, ERR_INPUT, "no")
			       : request_reply(rq, 200, json_object());
}

static enum err_code on_its_own(struct request *rq, struct err *e)
{
	(void)e;
	assert_false(book_in_tx(rq->d->book));
	return request_reply(rq, 200, json_object());
}

static void read__is_one_snapshot(void **state)
{
	struct fixture *f = *state;
	static const struct route routes[] = {{ROUTE_GET, "/t", ~0u, 0, in_one_snapshot, "t"},
	    {ROUTE_GET, "/t", ~0u, 0, in_one_snapshot, "t"},
	    {ROUTE_GET, "/t", ~0u, ROUTE_STREAM, on_its_own, "t"},
	    {ROUTE_GET, "/t", ~0u, ROUTE_BOOKLESS, on_its_own, "t"}};
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		struct answer a;
		struct call c = {.route = &routes[i],
		    .param = "",
		    .path = "/t",
		    .query = {{"bad", "1"}},
		    .n_query = i == 1};
		dispatch(&f->d, &c, &a);
		assert_int_equal(a.status, i == 1 ? 400 : 200);
		assert_false(book_in_tx(f->d.book));
		answer_fini(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(write__needs_a_key, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		write__the_same_again_is_the_stored_answer, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		write__a_refusal_leaves_nothing, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		body__is_an_object_or_refused, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		closed_book__takes_no_visitors, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		failure__is_told_to_staff_and_not_to_a_kiosk, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(query__values_are_checked, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(read__is_one_snapshot, fixture_new, fixture_free),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
