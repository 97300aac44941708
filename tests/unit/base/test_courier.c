#include "base/courier.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
/* cmocka wants those four before it */
#include <cmocka.h>

#include "base/path.h"
#include "base/str.h"

#define JOB "0197f3a0-1111-7abc-8def-001122334455"
#define HELLO                                                                                      \
	"{\"v\":1,\"courier\":\"print\",\"name\":\"lobby\",\"run\":\"%s\",\"conf\":{\"queue\":"    \
	"\"badge\"}}\n"
#define READY "{\"v\":1,\"ready\":true}\n"

struct seen {
	char queue[TEXT_WORD_SZ], title[TEXT_WORD_SZ], mark[TEXT_WORD_SZ];
	int jobs, attempt;
	bool refuse;
};

static enum err_code start(void *arg, const struct courier_start *s, struct err *e)
{
	struct seen *seen = arg;
	struct json_reader r;
	assert_string_equal(s->name, "lobby");
	json_read_begin(&r, s->conf, e);
	json_read_text(&r, "queue", JSON_REQUIRED, seen->queue, sizeof seen->queue, TEXT_STRICT);
	enum err_code code = json_read_end(&r);
	return code == ERR_OK && seen->refuse ? err_set(e, ERR_CONFIG, "no \"such\" queue") : code;
}

static void run_title(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct seen *seen = arg;
	struct json_reader r;
	struct err e;
	courier_job_begin(&r, job, &e);
	json_read_text(&r, "title", JSON_REQUIRED, seen->title, sizeof seen->title, TEXT_LINE);
	if (json_read_end(&r) != ERR_OK) {
		courier_bad_job(a, &e);
		return;
	}
	seen->jobs++;
	seen->attempt = job->attempt;
	(void)str_copy(seen->mark, sizeof seen->mark, job->mark);
	courier_done(a);
	courier_add(a, "printed", json_true());
}

static void run_retry(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	(void)arg;
	(void)job;
	courier_add(a, "dropped", json_true()); /* the next verb begins anew */
	courier_retry(a, "media-empty", "out of\x1b[31m labels\r\nforged %d", 1);
	courier_remedy(a, "put in a roll");
	a->after_ms = 250;
}

static void run_pending(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	(void)arg;
	(void)job;
	courier_pending(a, 500);
}

static void run_error(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	(void)arg;
	const struct err retry = {.code = ERR_TIMEOUT, .msg = "no answer"},
			 never = {.code = ERR_REJECTED, .msg = "never"};
	courier_error(a, job->attempt == 1 ? &retry : &never);
}

static void run_check(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	(void)arg;
	(void)job;
	courier_checked(a, false, "media-empty", "bad \xff byte", "");
}

static void run_nothing(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	(void)arg;
	(void)job;
	(void)a;
}

static const struct courier_kind kinds[] = {{"print", run_title}, {"retry", run_retry},
    {"pending", run_pending}, {"error", run_error}, {"check", run_check}, {"nothing", run_nothing},
    {0}};

/* What a courier answers to input, as a whole; malloc'ed. */
struct spoken {
	char *text;
	enum err_code code;
	struct err err;
};

static int file_of(const void *data, size_t len)
{
	FILE *f = tmpfile();
	assert_non_null(f);
	if (len > 0)
		assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fflush(f), 0);
	int fd = dup(fileno(f));
	assert_int_equal(fclose(f), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static struct spoken serve_bytes(struct seen *seen, const char *in, size_t len)
{
	struct spoken s = {0};
	const struct courier_spec spec = {.program = "foyer-print",
	    .courier = "print",
	    .line_max = COURIER_LINE_MAX,
	    .start = start,
	    .kinds = kinds,
	    .arg = seen};
	int fd_in = file_of(in, len), fd_out = file_of("", 0);
	s.code = courier_serve(&spec, fd_in, fd_out, &s.err);
	off_t n = lseek(fd_out, 0, SEEK_END);
	s.text = calloc(1, (size_t)n + 1);
	assert_int_equal(pread(fd_out, s.text, (size_t)n, 0), n);
	assert_int_equal(close(fd_in), 0);
	assert_int_equal(close(fd_out), 0);
	return s;
}

static const char *run_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	return tmp != NULL ? tmp : "/tmp";
}

/* HELLO, then these lines. */
static struct spoken serve(struct seen *seen, const char *lines)
{
	struct str_buf b = STR_BUF_INIT;
	str_buf_print(&b, HELLO, run_folder());
	str_buf_print(&b, "%s", lines);
	struct spoken s = serve_bytes(seen, b.data, b.len);
	str_buf_fini(&b);
	return s;
}

static void expect(const char *lines, enum err_code code, const char *answers)
{
	struct seen seen = {0};
	struct spoken s = serve(&seen, lines);
	assert_string_equal(s.text, answers);
	if (s.code != code)
		fail_msg("wanted %s, got %s: %s", err_name(code), err_name(s.code), s.err.msg);
	free(s.text);
}

static void serve__job__is_answered_once(void **state)
{
	(void)state;
	struct seen seen = {0};
	struct spoken s = serve(&seen,
	    "{\"job\":\"" JOB
	    "\",\"kind\":\"print\",\"attempt\":3,\"mark\":\"seen\",\"title\":\"000042-1\"}\n");
	assert_int_equal(s.code, ERR_OK);
	assert_string_equal(
	    s.text, READY "{\"job\":\"" JOB "\",\"result\":\"done\",\"printed\":true}\n");
	assert_string_equal(seen.queue, "badge");
	assert_string_equal(seen.title, "000042-1");
	assert_string_equal(seen.mark, "seen");
	assert_true(seen.jobs == 1 && seen.attempt == 3);
	free(s.text);
}

static void serve__every_answer__keeps_its_shape(void **state)
{
	(void)state;
	expect("", ERR_OK, READY);
	expect("{\"job\":\"" JOB "\",\"kind\":\"retry\"}\n", ERR_OK,
	    READY "{\"job\":\"" JOB "\",\"result\":\"retry\",\"class\":\"media-empty\",\"reason\":"
		  "\"out of[31m labels forged 1\","
		  "\"remedy\":\"put in a roll\",\"after_ms\":250}\n");
	expect("{\"job\":\"" JOB "\",\"kind\":\"pending\"}\n", ERR_OK,
	    READY
	    "{\"job\":\"" JOB
	    "\",\"result\":\"retry\",\"class\":\"pending\",\"reason\":\"\",\"after_ms\":500}\n");
	expect("{\"job\":\"" JOB "\",\"kind\":\"error\",\"attempt\":1}\n{\"job\":\"" JOB
	       "\",\"kind\":\"error\",\"attempt\":2}\n",
	    ERR_OK,
	    READY "{\"job\":\"" JOB
		  "\",\"result\":\"retry\",\"class\":\"timeout\",\"reason\":\"no answer\"}\n"
		  "{\"job\":\"" JOB
		  "\",\"result\":\"failed\",\"class\":\"rejected\",\"reason\":\"never\"}\n");
	expect("{\"job\":\"" JOB "\",\"kind\":\"check\"}\n", ERR_OK,
	    READY "{\"job\":\"" JOB "\",\"result\":\"done\",\"ok\":false,\"state\":\"media-empty\","
		  "\"reason\":\"bad \xef\xbf\xbd byte\"}\n");
	expect("{\"job\":\"" JOB "\",\"kind\":\"nothing\"}\n", ERR_OK,
	    READY "{\"job\":\"" JOB "\",\"result\":\"failed\",\"class\":\"bug\",\"reason\":\"the "
		  "courier gave no answer\"}\n");
	expect("{\"job\":\"" JOB "\",\"kind\":\"dance\"}\n", ERR_OK,
	    READY "{\"job\":\"" JOB "\",\"result\":\"failed\",\"class\":\"bad-job\",\"reason\":"
		  "\"this courier knows no such kind of job\"}\n");
}

static void serve__payload_nobody_asked_for__is_a_bad_job(void **state)
{
	(void)state;
	struct seen seen = {0};
	struct spoken s =
	    serve(&seen, "{\"job\":\"" JOB
			 "\",\"kind\":\"print\",\"title\":\"1-1\",\"extra\":1}\n{\"job\":\"" JOB
			 "\",\"kind\":\"print\"}\n");
	assert_int_equal(s.code, ERR_OK);
	assert_int_equal(seen.jobs, 0);
	assert_non_null(strstr(s.text, "\"class\":\"bad-job\",\"reason\":\"extra"));
	assert_non_null(strstr(s.text, "\"class\":\"bad-job\",\"reason\":\"title"));
	free(s.text);
}

static void serve__line_that_is_no_job__ends_the_courier(void **state)
{
	(void)state;
	static const char *const lines[] = {"\n", "x\n", "[]\n", "{}\n",
	    "{\"job\":\"7\",\"kind\":\"print\"}\n", "{\"job\":\"" JOB "\"}\n",
	    "{\"job\":\"" JOB "\",\"kind\":\"\\u001b]0;x\"}\n",
	    "{\"job\":\"" JOB "\",\"kind\":\"\xff\"}\n",
	    "{\"job\":\"" JOB "\",\"kind\":\"a\\u202eb\"}\n",
	    "{\"job\":\"" JOB "\",\"kind\":\"print\",\"kind\":\"check\"}\n",
	    "{\"job\":\"" JOB "\",\"kind\":\"print\",\"attempt\":-1}\n"};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct seen seen = {0};
		struct spoken s = serve(&seen, lines[i]);
		if (s.code == ERR_OK || strcmp(s.text, READY) != 0)
			fail_msg("line %zu was taken: %s", i, s.text);
		free(s.text);
	}
}

static void serve__nul_in_a_line__ends_the_courier(void **state)
{
	(void)state;
	struct seen seen = {0};
	struct str_buf b = STR_BUF_INIT;
	str_buf_print(&b, HELLO, run_folder());
	str_buf_add(&b, "{\"job\":\0\"x\"}\n", 13);
	struct spoken s = serve_bytes(&seen, b.data, b.len);
	assert_int_not_equal(s.code, ERR_OK);
	free(s.text);
	str_buf_fini(&b);
}

static void serve__line_at_and_over_its_bound(void **state)
{
	(void)state;
	for (int over = 0; over < 3; over++) {
		struct seen seen = {0};
		struct str_buf b = STR_BUF_INIT;
		const char *end = "\"}\n";
		str_buf_print(&b, "{\"job\":\"" JOB "\",\"kind\":\"print\",\"title\":\"");
		while (b.len + strlen(end) < COURIER_LINE_MAX + 1 + (size_t)over * 9000)
			str_buf_add(&b, "x", 1);
		str_buf_print(&b, "%s", end);
		struct spoken s = serve(&seen, b.data);
		assert_int_equal(s.code, over == 0 ? ERR_OK : ERR_TOO_LONG);
		free(s.text);
		str_buf_fini(&b);
	}
}

static void serve__end_inside_a_line__is_an_end(void **state)
{
	(void)state;
	expect("{\"job\":\"" JOB "\",\"kind\":\"pri", ERR_OK, READY);
}

static void start__refused__says_why_and_ends(void **state)
{
	(void)state;
	struct seen seen = {.refuse = true};
	struct spoken s =
	    serve(&seen, "{\"job\":\"" JOB "\",\"kind\":\"print\",\"title\":\"1-1\"}\n");
	assert_int_equal(s.code, ERR_CONFIG);
	assert_string_equal(
	    s.text, "{\"v\":1,\"ready\":false,\"reason\":\"no \\\"such\\\" queue\"}\n");
	assert_int_equal(seen.jobs, 0);
	free(s.text);
}

static void start__wrong_first_line__is_not_ready(void **state)
{
	(void)state;
	static const char *const lines[] = {
	    "{\"v\":2,\"courier\":\"print\",\"name\":\"lobby\",\"run\":\"/tmp\",\"conf\":{}}\n",
	    "{\"v\":1,\"courier\":\"access\",\"name\":\"lobby\",\"run\":\"/tmp\",\"conf\":{}}\n",
	    "{\"v\":1,\"courier\":\"print\",\"name\":\"../lobby\",\"run\":\"/tmp\",\"conf\":{}}\n",
	    "{\"v\":1,\"courier\":\"print\",\"name\":\"\",\"run\":\"/tmp\",\"conf\":{}}\n",
	    "{\"v\":1,\"courier\":\"print\",\"name\":\"lobby\",\"run\":\"/nonexistent/"
	    "x\",\"conf\":{}}\n",
	    "{\"v\":1,\"courier\":\"print\",\"name\":\"lobby\",\"run\":\"/tmp\",\"conf\":[]}\n",
	    "{\"v\":1,\"courier\":\"print\",\"name\":\"lobby\",\"run\":\"/tmp\"}\n",
	};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct seen seen = {0};
		struct spoken s = serve_bytes(&seen, lines[i], strlen(lines[i]));
		assert_int_not_equal(s.code, ERR_OK);
		if (strncmp(s.text, "{\"v\":1,\"ready\":false,\"reason\":\"", 31) != 0)
			fail_msg("line %zu: %s", i, s.text);
		assert_string_equal(seen.queue, "");
		free(s.text);
	}
}

static void start__second_courier__finds_the_lock(void **state)
{
	(void)state;
	struct seen seen = {0};
	char path[PATH_MAX];
	assert_true(str_print(path, sizeof path, "%s/print-lobby.lock", run_folder()));
	(void)unlink(path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	struct spoken s = serve(&seen, "");
	assert_int_equal(s.code, ERR_BUSY);
	assert_string_equal(s.text,
	    "{\"v\":1,\"ready\":false,\"reason\":\"another courier holds print-lobby.lock\"}\n");
	free(s.text);
	assert_int_equal(close(fd), 0);
	expect("", ERR_OK, READY);
}

static void start__lock_is_a_symlink__is_refused(void **state)
{
	(void)state;
	struct seen seen = {0};
	char path[PATH_MAX];
	assert_true(str_print(path, sizeof path, "%s/print-lobby.lock", run_folder()));
	(void)unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0);
	struct spoken s = serve(&seen, "");
	assert_int_equal(s.code, ERR_IO);
	free(s.text);
	assert_int_equal(unlink(path), 0);
}

/* Its parent had died before it could ask to die with it: it begins nothing, and leaves the lock to the next one. */
static void start__nobody_left__takes_no_lock(void **state)
{
	(void)state;
	struct seen seen = {0};
	char path[PATH_MAX], hello[PATH_MAX];
	struct err e;
	const struct courier_spec spec = {.program = "foyer-print",
	    .courier = "print",
	    .line_max = COURIER_LINE_MAX,
	    .start = start,
	    .kinds = kinds,
	    .arg = &seen};
	int ends[2], fd_out = file_of("", 0);
	assert_true(str_print(path, sizeof path, "%s/print-lobby.lock", run_folder()));
	(void)unlink(path);
	assert_true(str_print(hello, sizeof hello, HELLO, run_folder()));
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], hello, strlen(hello)), strlen(hello));
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(courier_serve(&spec, ends[0], fd_out, &e), ERR_OK);
	assert_int_equal(lseek(fd_out, 0, SEEK_END), 0);
	assert_string_equal(seen.queue, "");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(close(fd_out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serve__job__is_answered_once),
	    cmocka_unit_test(serve__every_answer__keeps_its_shape),
	    cmocka_unit_test(serve__payload_nobody_asked_for__is_a_bad_job),
	    cmocka_unit_test(serve__line_that_is_no_job__ends_the_courier),
	    cmocka_unit_test(serve__nul_in_a_line__ends_the_courier),
	    cmocka_unit_test(serve__line_at_and_over_its_bound),
	    cmocka_unit_test(serve__end_inside_a_line__is_an_end),
	    cmocka_unit_test(start__refused__says_why_and_ends),
	    cmocka_unit_test(start__wrong_first_line__is_not_ready),
	    cmocka_unit_test(start__second_courier__finds_the_lock),
	    cmocka_unit_test(start__lock_is_a_symlink__is_refused),
	    cmocka_unit_test(start__nobody_left__takes_no_lock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
