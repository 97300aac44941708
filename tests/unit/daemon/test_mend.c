/*
 * A book that could not be written: nobody is let in, and it stays closed while it cannot be verified. (There is no foyerd beside this program
 * to verify it; tests/fault/mend.c has one.)
 */
#include "tests/unit/daemon/fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon/doctor.h"
#include "daemon/mend.h"
#include "db/book.h"
#include "db/journal.h"

#define D ROLE(DESK)
#define K ROLE(KIOSK)

static int put_host(struct fixture *f, const char *key)
{
	struct answer a = fixture_ask(f, D, "PUT", "/v1/hosts/ar", key, "{\"name\":\"Anna Roth\"}");
	int status = a.status;
	answer_fini(&a);
	return status;
}

/* The file size limit of the process stands for a disk that fails: SQLite tells EFBIG as an I/O error. */
static void write_badly(struct fixture *f)
{
	struct rlimit old, small;
	char key[UUID_TEXT_SZ];
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int status = put_host(f, fixture_key(key));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(status, 503);
}

static const char *book_says(struct fixture *f, char text[256])
{
	json_t *checks = json_array(), *o;
	size_t i;
	text[0] = 0;
	doctor_house(&f->d, checks);
	json_array_foreach(checks, i, o)
	{
		if (str_eq(json_string_value(json_object_get(o, "name")), "book"))
			str_print(text, 256, "%s: %s",
			    json_string_value(json_object_get(o, "state")),
			    json_string_value(json_object_get(o, "text")));
	}
	json_decref(checks);
	return text;
}

static void turn(struct fixture *f, int64_t ms)
{
	struct err e;
	f->time.wall_ms += ms;
	f->time.mono_ms += ms;
	assert_int_equal(loop_step(&f->loop, 0, &e), ERR_OK);
}

static void failed_write__nobody_is_let_in(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ], text[256];
	struct err e = {0};
	assert_int_equal(put_host(f, fixture_key(key)), 201);
	write_badly(f);
	assert_true(f->d.closed);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_IO);
	/* A kiosk still learns who it is, so that it can say something calm. */
	struct answer a = fixture_ask(f, K, "GET", "/v1/kiosk", NULL, NULL);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.own_text, "\"open\":false"));
	answer_fini(&a);
	a = fixture_ask(f, K, "POST", "/v1/scan", fixture_key(key), "{\"text\":\"X\"}");
	assert_int_equal(a.status, 503);
	answer_fini(&a);
	assert_non_null(strstr(book_says(f, text), "fail: it is closed"));
}

static void closed__stays_so_while_it_cannot_be_verified(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ], text[256];
	struct mend *m = mend_new(&f->d);
	write_badly(f);
	assert_string_equal(mend_why(m), "");
	turn(f, 1);
	assert_null(f->d.book);
	assert_true(f->d.closed);
	assert_non_null(strstr(mend_why(m), "foyerd"));
	assert_non_null(strstr(book_says(f, text), mend_why(m)));
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	/* It is tried again, less and less often: with the folder away it says something else when it was. */
	char here[PATH_MAX], away[PATH_MAX];
	assert_true(str_print(here, sizeof here, "%s/state", f->dir));
	assert_true(str_print(away, sizeof away, "%s/away", f->dir));
	assert_int_equal(rename(here, away), 0);
	turn(f, MEND_AGAIN_MS - 1);
	assert_non_null(strstr(mend_why(m), "foyerd"));
	turn(f, 1);
	assert_non_null(strstr(mend_why(m), "the book"));
	assert_int_equal(rename(away, here), 0);
	turn(f, 2 * MEND_AGAIN_MS - 1);
	assert_non_null(strstr(mend_why(m), "the book"));
	turn(f, 1);
	assert_non_null(strstr(mend_why(m), "foyerd"));
	mend_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		failed_write__nobody_is_let_in, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		closed__stays_so_while_it_cannot_be_verified, fixture_new, fixture_free),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
