#include "base/clock.h"

#include "check.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Nobody sets this machine's clock for a test: what the kernel then says is said here, once (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). These stand
 * before the C library's. */
static struct {
	bool read, arm;
} set;

ssize_t read(int fd, void *buf, size_t n)
{
	if (!set.read)
		return syscall(SYS_read, fd, buf, n);
	set.read = false;
	errno = ECANCELED;
	return -1;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *its, struct itimerspec *old)
{
	int rc = (int)syscall(SYS_timerfd_settime, fd, flags, its, old);
	if (rc != 0 || !set.arm)
		return rc;
	set.arm = false;
	errno = ECANCELED;
	return -1;
}

static void clock__system__tells_both_clocks(void **state)
{
	(void)state;
	struct clock c = clock_system();
	int64_t wall = clock_wall(&c), mono = clock_mono(&c);
	time_t now = time(NULL);
	assert_true(wall / 1000 >= now - 2 && wall / 1000 <= now + 2);
	assert_true(clock_mono(&c) >= mono);
	assert_true(mono > 0);
}

static void clock__fake__stands_still(void **state)
{
	(void)state;
	struct clock_fake f = {.wall_ms = 5, .mono_ms = 7};
	struct clock c = clock_of_fake(&f);
	assert_int_equal(clock_wall(&c), 5);
	assert_int_equal(clock_mono(&c), 7);
	f.wall_ms = 4;
	assert_int_equal(clock_wall(&c), 4);
}

static void clock__alarm__comes_due(void **state)
{
	(void)state;
	struct clock c = clock_system();
	int fd = clock_alarm_new();
	assert_true(fd >= 0);
	assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_NONE);
	int64_t due = clock_wall(&c) + 30;
	assert_int_equal(clock_alarm_arm(fd, due, NULL), ERR_OK);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_DUE);
	assert_true(clock_wall(&c) >= due);
	assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_NONE);
	(void)close(fd);
}

static void clock__alarm__past_is_due_at_once(void **state)
{
	(void)state;
	int fd = clock_alarm_new();
	static const int64_t past[] = {0, -5, 1, 1000};
	for (size_t i = 0; i < sizeof past / sizeof past[0]; i++) {
		assert_int_equal(clock_alarm_arm(fd, past[i], NULL), ERR_OK);
		struct pollfd p = {.fd = fd, .events = POLLIN};
		assert_int_equal(poll(&p, 1, 10000), 1);
		assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_DUE);
	}
	(void)close(fd);
}

static void clock__alarm__rearmed_forgets_the_first(void **state)
{
	(void)state;
	struct clock c = clock_system();
	int fd = clock_alarm_new();
	assert_int_equal(clock_alarm_arm(fd, 1, NULL), ERR_OK);
	assert_int_equal(clock_alarm_arm(fd, clock_wall(&c) + CLOCK_HOUR, NULL), ERR_OK);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_NONE);
	(void)close(fd);
	struct err e;
	assert_int_equal(clock_alarm_arm(-1, 1, &e), ERR_IO);
	assert_int_equal(clock_alarm_read(-1), CLOCK_ALARM_NONE);
}

static void clock__alarm__tells_that_the_clock_was_set(void **state)
{
	(void)state;
	struct clock c = clock_system();
	int fd = clock_alarm_new();
	assert_int_equal(clock_alarm_arm(fd, clock_wall(&c) + CLOCK_HOUR, NULL), ERR_OK);
	set.read = true;
	assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_SET);
	assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_NONE);
	/* It was set between the last look and this: the alarm rings at once, so that somebody looks. */
	set.arm = true;
	assert_int_equal(clock_alarm_arm(fd, clock_wall(&c) + CLOCK_HOUR, NULL), ERR_OK);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(clock_alarm_read(fd), CLOCK_ALARM_DUE);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clock__system__tells_both_clocks),
	    cmocka_unit_test(clock__fake__stands_still),
	    cmocka_unit_test(clock__alarm__comes_due),
	    cmocka_unit_test(clock__alarm__past_is_due_at_once),
	    cmocka_unit_test(clock__alarm__rearmed_forgets_the_first),
	    cmocka_unit_test(clock__alarm__tells_that_the_clock_was_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
