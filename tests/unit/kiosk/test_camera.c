#include "kiosk/visitor/camera.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"

enum { PATIENCE_MS = 10000 };

/* A program beside this one, where path_program looks first, that writes what a camera might. */
static char played[64], played_path[PATH_MAX];

static void play(const char *script)
{
	char dir[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof dir - 1);
	assert_true(n > 0);
	dir[n] = '\0';
	*strrchr(dir, '/') = '\0';
	str_print(played, sizeof played, "camera-%d", (int)getpid());
	assert_int_equal(path_join(played_path, dir, played, NULL), ERR_OK);
	assert_int_equal(path_write(played_path, script, strlen(script), 0700, NULL), ERR_OK);
}

static int unplay(void **state)
{
	(void)state;
	unlink(played_path);
	return 0;
}

static void on_code(void *arg, const char *text, bool document)
{
	str_buf_print(arg, document ? "<%s>" : "[%s]", text != NULL ? text : "several passes");
}

/* Read until the child is gone or until `codes` holds something. */
static void listen_to(struct camera *c, struct str_buf *codes, int64_t now_ms)
{
	while (c->fd >= 0 && codes->len == 0) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		camera_read(c, on_code, codes, now_ms);
	}
}

/* Wait until a process has ended, and leave it to be reaped. */
static void dead(pid_t pid)
{
	siginfo_t info;
	if (pid > 0)
		assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

static void camera__none_configured__is_never_started(void **state)
{
	struct camera c;
	(void)state;
	camera_init(&c, "foyer-camera", "");
	camera_step(&c, 1000);
	assert_int_equal(c.pid, 0);
	assert_true(camera_next_ms(&c) == INT64_MAX);
	assert_string_equal(camera_health(&c), "none");
	camera_fini(&c);
}

static void camera__frames__are_taken(void **state)
{
	struct camera c;
	struct str_buf codes = STR_BUF_INIT;
	(void)state;
	play(
	    "#!/bin/sh\n"
	    "[ \"$*\" = '--device /dev/video9 --columns 44 --rows 11' ] || exit 1\n"
	    "printf '\\003\\000\\000\\000Sok'\n"
	    "printf '\\017\\000\\000\\000P\\001\\000\\001\\000\\210\\045\\000\\000abcdef'\n"
	    "printf '\\005\\000\\000\\000CA\\000BC\\005\\000\\000\\000D@ID1\\001\\000\\000\\000M'\n"
	    "exec tail -f /dev/null\n");
	camera_init(&c, played, "/dev/video9");
	camera_step(&c, 1000);
	assert_true(c.pid > 0);
	listen_to(&c, &codes, 1000);
	assert_string_equal(codes.data, "[ABC]<@ID1>[several passes]");
	assert_string_equal(camera_health(&c), "ok");
	assert_int_equal(c.preview.cols, 1);
	assert_int_equal(c.preview.cells[0].ch, 0x2588);
	assert_int_equal(c.preview.cells[0].bg[2], 'f');
	pid_t pid = c.pid;
	camera_fini(&c);
	(void)waitpid(pid, NULL, 0); /* where it was not gone at once */
	assert_int_equal(kill(pid, 0), -1);
	str_buf_fini(&codes);
}

/* What is wanted is said as a line on its standard input; here it comes back as a code. */
static void camera__a_document_is_wanted__is_told_and_no_picture_kept(void **state)
{
	struct camera c;
	struct str_buf codes = STR_BUF_INIT;
	(void)state;
	play("#!/bin/sh\n"
	     "preview() { printf "
	     "'\\017\\000\\000\\000P\\001\\000\\001\\000\\210\\045\\000\\000abcdef'; }\n"
	     "preview\n"
	     "printf '\\002\\000\\000\\000Cx'\n"
	     "read line\n"
	     "preview\n"
	     "printf '\\022\\000\\000\\000O\\002abcdefghijklmnop'\n"
	     "printf '\\011\\000\\000\\000C%s' \"$line\"\n"
	     "read line\n"
	     "printf '\\022\\000\\000\\000O\\002abcdefghijklmnop'\n"
	     "preview\n"
	     "printf '\\005\\000\\000\\000C%s' \"$line\"\n"
	     "exec tail -f /dev/null\n");
	camera_init(&c, played, "/dev/video9");
	camera_want(&c, false);
	camera_step(&c, 1000);
	listen_to(&c, &codes, 1000);
	assert_string_equal(codes.data, "[x]");
	assert_int_equal(c.preview.cols, 1);
	str_buf_clear(&codes);
	camera_want(&c, true);
	camera_want(&c, true); /* said once */
	assert_int_equal(c.preview.cols, 0);
	assert_int_equal(c.preview.cells[0].ch, 0);
	listen_to(&c, &codes, 1000);
	assert_string_equal(codes.data, "[document]");
	assert_int_equal(c.preview.cols, 0); /* it was on its way */
	assert_int_equal(c.preview.outline.state, CAMERA_SHARP);
	assert_int_equal(c.preview.outline.corners[0].x, 'b' << 8 | 'a');
	str_buf_clear(&codes);
	camera_want(&c, false);
	assert_int_equal(c.preview.outline.state, CAMERA_NOTHING);
	listen_to(&c, &codes, 1000);
	assert_string_equal(codes.data, "[code]");
	assert_int_equal(c.preview.outline.state, CAMERA_NOTHING);
	assert_int_equal(c.preview.cols, 1);
	pid_t pid = c.pid;
	camera_fini(&c);
	(void)waitpid(pid, NULL, 0);
	str_buf_fini(&codes);
}

/* The next one has seen nothing, and need not be told. */
static void camera__again__is_told_once(void **state)
{
	struct camera c;
	struct str_buf codes = STR_BUF_INIT;
	(void)state;
	play("#!/bin/sh\n"
	     "printf '\\002\\000\\000\\000Cx'\n"
	     "while read line; do printf '\\006\\000\\000\\000C%s' \"$line\"; done\n");
	camera_init(&c, played, "/dev/video9");
	camera_again(&c);
	assert_false(c.again);
	camera_step(&c, 1000);
	listen_to(&c, &codes, 1000);
	assert_string_equal(codes.data, "[x]");
	str_buf_fini(&codes);
	for (int i = 0; i < 2; i++) {
		camera_again(&c);
		assert_false(c.again);
		listen_to(&c, &codes, 1000);
		assert_string_equal(codes.data, "[again]");
		str_buf_fini(&codes);
	}
	pid_t pid = c.pid;
	camera_fini(&c);
	(void)waitpid(pid, NULL, 0);
}

/* One that is started while a document is wanted hears so at once, and one that has just died costs nothing. */
static void camera__started_anew__is_told_what_is_wanted(void **state)
{
	struct camera c;
	struct str_buf codes = STR_BUF_INIT;
	(void)state;
	play("#!/bin/sh\nread line\nprintf '\\011\\000\\000\\000C%s' \"$line\"\n");
	camera_init(&c, played, "/dev/video9");
	camera_want(&c, true);
	for (int64_t now = 1000; now < 100000; now = camera_next_ms(&c)) {
		str_buf_clear(&codes);
		camera_step(&c, now);
		listen_to(&c, &codes, now);
		assert_string_equal(codes.data, "[document]");
		dead(c.pid);
		camera_want(&c, false);
		camera_want(&c, true);
		str_buf_clear(&codes);
		listen_to(&c, &codes, now);
		assert_int_equal(c.pid, 0);
	}
	camera_fini(&c);
	str_buf_fini(&codes);
}

static void camera__dies_or_lies__comes_back_after_a_pause(void **state)
{
	static const char *const scripts[] = {"#!/bin/sh\nexit 1\n",
	    "#!/bin/sh\nprintf '\\003\\000\\000\\000S\\033[ garbage'\nexec tail -f /dev/null\n",
	    "#!/bin/sh\nexec cat /dev/zero\n", "#!/nonexistent\n"};
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct camera c;
		struct str_buf codes = STR_BUF_INIT;
		int64_t now = 1000, pause = 0;
		play(scripts[i]);
		camera_init(&c, played, "/dev/video9");
		for (int turn = 0; turn < 3; turn++) {
			camera_step(&c, now);
			listen_to(&c, &codes, now);
			assert_int_equal(c.pid, 0);
			assert_int_equal(codes.len, 0);
			assert_string_equal(camera_health(&c), "gone");
			assert_true(camera_next_ms(&c) >= now + 1000);
			assert_true(camera_next_ms(&c) - now > pause);
			pause = camera_next_ms(&c) - now;
			dead(c.ending);
			camera_step(&c, camera_next_ms(&c) - 1);
			assert_int_equal(c.ending, 0); /* reaped */
			assert_int_equal(c.pid, 0);
			now = camera_next_ms(&c);
		}
		camera_fini(&c);
		str_buf_fini(&codes);
	}
}

/* A reader of pictures that falls over one of them: kill -9 while it looks. By the real clock. */
static void camera__killed__is_noticed_at_once_and_comes_back(void **state)
{
	const struct clock clock = clock_system();
	struct camera c;
	struct str_buf codes = STR_BUF_INIT;
	(void)state;
	play("#!/bin/sh\n"
	     "printf '\\003\\000\\000\\000Sok'\n"
	     "printf '\\005\\000\\000\\000CABCD'\n"
	     "exec tail -f /dev/null\n");
	camera_init(&c, played, "/dev/video9");
	for (int turn = 0; turn < 3; turn++) {
		camera_step(&c, clock_mono(&clock));
		assert_true(c.pid > 0);
		listen_to(&c, &codes, clock_mono(&clock));
		assert_string_equal(codes.data, "[ABCD]");
		str_buf_clear(&codes);
		const int64_t killed_ms = clock_mono(&clock);
		assert_int_equal(kill(c.pid, SIGKILL), 0);
		listen_to(&c, &codes, clock_mono(&clock));
		assert_in_range(clock_mono(&clock) - killed_ms, 0, 1000);
		assert_string_equal(camera_health(&c), "gone");
		assert_in_range(camera_next_ms(&c) - killed_ms, 0, 2000);
		dead(c.ending);
		camera_step(&c, camera_next_ms(&c) - 1);
		assert_int_equal(c.ending, 0);
		c.again_ms = 0; /* that pause is not waited for here */
	}
	camera_fini(&c);
	str_buf_fini(&codes);
}

/* One that hangs over a picture, and one that is stopped: ended after three seconds of silence that was listened to, and started again. */
static void camera__silent__is_ended_and_comes_back(void **state)
{
	(void)state;
	play("#!/bin/sh\n"
	     "printf '\\003\\000\\000\\000Sok'\n"
	     "printf '\\005\\000\\000\\000CABCD'\n"
	     "exec tail -f /dev/null\n");
	for (int stopped = 0; stopped < 2; stopped++) {
		struct camera c;
		struct str_buf codes = STR_BUF_INIT;
		camera_init(&c, played, "/dev/video9");
		camera_step(&c, 1000);
		listen_to(&c, &codes, 1000);
		assert_string_equal(codes.data, "[ABCD]");
		assert_true(camera_next_ms(&c) <= 2000);
		if (stopped)
			assert_int_equal(kill(c.pid, SIGSTOP), 0);
		camera_step(&c, 100 * 1000); /* nobody listened: the machine slept */
		assert_true(c.pid > 0);
		camera_step(&c, 101 * 1000);
		assert_string_equal(camera_health(&c), "ok");
		camera_step(&c, 102 * 1000);
		assert_int_equal(c.pid, 0);
		assert_string_equal(camera_health(&c), "gone");
		dead(c.ending);
		assert_true(camera_next_ms(&c) <= 103 * 1000);
		camera_step(&c, 103 * 1000);
		assert_true(c.pid > 0);
		assert_string_equal(camera_health(&c), "gone"); /* it has said nothing yet */
		str_buf_clear(&codes);
		listen_to(&c, &codes, 103 * 1000);
		assert_string_equal(camera_health(&c), "ok");
		camera_fini(&c);
		str_buf_fini(&codes);
	}
}

static void camera__no_such_program__is_only_gone(void **state)
{
	struct camera c;
	(void)state;
	camera_init(&c, "no-such-camera", "/dev/video9");
	camera_step(&c, 1000);
	assert_int_equal(c.pid, 0);
	assert_true(camera_next_ms(&c) == 2000);
	camera_fini(&c);
}

/* As if its driver held the old one: no second one wants the same device, and nobody waits. */
static void camera__still_ending__is_not_started_again(void **state)
{
	struct camera c;
	(void)state;
	play("#!/bin/sh\nexec tail -f /dev/null\n");
	pid_t held = fork();
	if (held == 0) {
		pause();
		_exit(0);
	}
	assert_true(held > 0);
	camera_init(&c, played, "/dev/video9");
	c.ending = held;
	camera_step(&c, 1000);
	assert_int_equal(c.pid, 0);
	assert_int_equal(c.ending, held);
	assert_true(camera_next_ms(&c) == 2000);
	kill(held, SIGKILL);
	dead(held);
	camera_step(&c, 2000);
	assert_int_equal(c.ending, 0);
	assert_true(c.pid > 0);
	camera_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(camera__none_configured__is_never_started),
	    cmocka_unit_test_teardown(camera__frames__are_taken, unplay),
	    cmocka_unit_test_teardown(
		camera__a_document_is_wanted__is_told_and_no_picture_kept, unplay),
	    cmocka_unit_test_teardown(camera__again__is_told_once, unplay),
	    cmocka_unit_test_teardown(camera__started_anew__is_told_what_is_wanted, unplay),
	    cmocka_unit_test_teardown(camera__dies_or_lies__comes_back_after_a_pause, unplay),
	    cmocka_unit_test_teardown(camera__killed__is_noticed_at_once_and_comes_back, unplay),
	    cmocka_unit_test_teardown(camera__silent__is_ended_and_comes_back, unplay),
	    cmocka_unit_test(camera__no_such_program__is_only_gone),
	    cmocka_unit_test_teardown(camera__still_ending__is_not_started_again, unplay),
	};
	(void)signal(SIGPIPE, SIG_IGN); /* as app.c blocks it */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
