#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "daemon/lines.h"
#include "daemon/loop.h"

struct rig {
	struct clock_fake time;
	struct clock clock;
	struct loop loop;
	struct loop_timer a, b;
	struct loop_source in;
	int fired_a, fired_b, read;
	int fds[2];
};

static int setup(void **state)
{
	static struct rig r;
	r = (struct rig){.time = {.mono_ms = 1000}};
	r.clock = clock_of_fake(&r.time);
	loop_init(&r.loop, &r.clock);
	assert_int_equal(pipe(r.fds), 0);
	*state = &r;
	return 0;
}

static int teardown(void **state)
{
	struct rig *r = *state;
	close(r->fds[0]);
	close(r->fds[1]);
	return 0;
}

static void step(struct rig *r)
{
	struct err e;
	assert_int_equal(loop_step(&r->loop, 0, &e), ERR_OK);
}

static void fire_a(void *arg)
{
	((struct rig *)arg)->fired_a++;
}

static void fire_b_again(void *arg)
{
	struct rig *r = arg;
	r->fired_b++;
	loop_timer_set(&r->loop, &r->b, 0);
}

static void loop__timers_fire_once_when_due(void **state)
{
	struct rig *r = *state;
	r->a = (struct loop_timer){.fn = fire_a, .arg = r};
	loop_timer_set(&r->loop, &r->a, 50);
	step(r);
	assert_int_equal(r->fired_a, 0);
	r->time.mono_ms += 50;
	step(r);
	step(r);
	assert_int_equal(r->fired_a, 1);
	loop_timer_set(&r->loop, &r->a, 10);
	loop_timer_clear(&r->loop, &r->a);
	r->time.mono_ms += 50;
	step(r);
	assert_int_equal(r->fired_a, 1);
}

/* One that sets itself to "now" does not keep the round from ending. */
static void loop__a_timer_may_set_itself_again(void **state)
{
	struct rig *r = *state;
	r->b = (struct loop_timer){.fn = fire_b_again, .arg = r};
	loop_timer_set(&r->loop, &r->b, 0);
	for (int i = 0; i < 3; i++) {
		step(r);
		r->time.mono_ms += 1;
	}
	assert_int_equal(r->fired_b, 3);
}

static void remove_both(void *arg, short revents)
{
	(void)revents;
	struct rig *r = arg;
	r->read++;
	loop_remove(&r->loop, &r->in);
}

static void loop__a_source_may_remove_itself(void **state)
{
	struct rig *r = *state;
	struct err e;
	r->in =
	    (struct loop_source){.fd = r->fds[0], .events = POLLIN, .fn = remove_both, .arg = r};
	assert_int_equal(loop_add(&r->loop, &r->in, &e), ERR_OK);
	assert_int_equal(loop_add(&r->loop, &r->in, &e), ERR_OK); /* twice is once */
	assert_int_equal(write(r->fds[1], "x", 1), 1);
	step(r);
	step(r);
	assert_int_equal(r->read, 1);
	assert_int_equal(r->loop.n_sources, 0);
}

static int ask_me(void *arg)
{
	((struct rig *)arg)->fired_a += 100;
	return 0;
}

static void loop__asks_before_and_tells_after(void **state)
{
	struct rig *r = *state;
	struct err e;
	r->loop.before = ask_me;
	r->loop.after = fire_a;
	r->loop.hook_arg = r;
	assert_int_equal(
	    loop_step(&r->loop, -1, &e), ERR_OK); /* does not wait for ever: before said 0 */
	assert_int_equal(r->fired_a, 101);
}

static void take_line(void *arg, const char *text, size_t len)
{
	assert_int_equal(strlen(text), len);
	++*(int *)arg;
}

static void lines__whole_lines_bounded(void **state)
{
	struct rig *r = *state;
	struct str_buf b = STR_BUF_INIT;
	int n = 0;
	assert_int_equal(write(r->fds[1], "one\ntwo\nthr", 11), 11);
	assert_int_equal(close(r->fds[1]), 0);
	assert_false(lines_read(r->fds[0], &b, 100, take_line, &n)); /* the end of the pipe */
	assert_int_equal(n, 2);
	assert_string_equal(b.data, "thr");
	str_buf_fini(&b);
	assert_int_equal(close(r->fds[0]), 0);
	assert_int_equal(pipe(r->fds), 0);
	char big[200];
	memset(big, 'x', sizeof big);
	assert_int_equal(write(r->fds[1], big, sizeof big), sizeof big);
	assert_false(lines_read(r->fds[0], &b, 100, take_line, &n)); /* a line without end */
	assert_true(b.len > 100);
	str_buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(loop__timers_fire_once_when_due, setup, teardown),
	    cmocka_unit_test_setup_teardown(loop__a_timer_may_set_itself_again, setup, teardown),
	    cmocka_unit_test_setup_teardown(loop__a_source_may_remove_itself, setup, teardown),
	    cmocka_unit_test_setup_teardown(loop__asks_before_and_tells_after, setup, teardown),
	    cmocka_unit_test_setup_teardown(lines__whole_lines_bounded, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
