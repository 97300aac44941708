#include "base/clock.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;
	if (clock_gettime(id, &ts) != 0)
		return 0; /* cannot fail for these two clocks */
	return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000000;
}

static int64_t system_wall(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_REALTIME);
}

static int64_t system_mono(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_BOOTTIME);
}

struct clock clock_system(void)
{
	return (struct clock){system_wall, system_mono, NULL};
}

static int64_t fake_wall(void *arg)
{
	return ((struct clock_fake *)arg)->wall_ms;
}

static int64_t fake_mono(void *arg)
{
	return ((struct clock_fake *)arg)->mono_ms;
}

struct clock clock_of_fake(struct clock_fake *f)
{
	return (struct clock){fake_wall, fake_mono, f};
}

int64_t clock_wall(const struct clock *c)
{
	return c->wall_ms(c->arg);
}

int64_t clock_mono(const struct clock *c)
{
	return c->mono_ms(c->arg);
}

int clock_alarm_new(void)
{
	return timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
}

static int arm(int fd, int64_t wall_ms)
{
	if (wall_ms < 1)
		wall_ms = 1; /* it_value 0 would disarm */
	struct itimerspec its = {.it_value = {.tv_sec = (time_t)(wall_ms / CLOCK_SECOND),
				     .tv_nsec = (long)(wall_ms % CLOCK_SECOND) * 1000000}};
	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &its, NULL);
}

enum err_code clock_alarm_arm(int fd, int64_t wall_ms, struct err *e)
{
	if (arm(fd, wall_ms) == 0)
		return ERR_OK;
	/* The clock was set since the last read: Linux arms the timer, but tells it here and not to read() any more. Wake at once. */
	if (errno == ECANCELED && (arm(fd, 1) == 0 || errno == ECANCELED))
		return ERR_OK;
	return err_errno(e, ERR_IO, "alarm clock");
}

enum clock_alarm clock_alarm_read(int fd)
{
	uint64_t n;
	ssize_t r;
	do
		r = read(fd, &n, sizeof n);
	while (r < 0 && errno == EINTR);
	if (r == (ssize_t)sizeof n)
		return CLOCK_ALARM_DUE;
	return r < 0 && errno == ECANCELED ? CLOCK_ALARM_SET : CLOCK_ALARM_NONE;
}
