/* The input device itself: played by a FIFO whose ioctl(2) this program answers, and where the machine has uinput the kernel's own. */
#include "scan/evdev.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "scan/reader.h"

enum { PATIENCE_MS = 10000 };

/* --- a device that is played ------------------------------------------------------------- */

static struct played {
	bool on; /* else the kernel answers */
	bool keyboard, old_kernel, taken; /* taken: by another program */
	int grabs, masks;
} played;

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	va_start(ap, request);
	void *arg = va_arg(ap, void *);
	va_end(ap);
	if (!played.on || _IOC_TYPE(request) != 'E')
		return (int)syscall(SYS_ioctl, fd, request, arg);
	if (_IOC_NR(request) == _IOC_NR(EVIOCGBIT(EV_KEY, 0))) {
		memset(arg, played.keyboard ? 0xff : 0, _IOC_SIZE(request));
		return (int)_IOC_SIZE(request);
	}
	if (request == EVIOCSMASK && !played.old_kernel) {
		const struct input_mask *m = arg;
		/* drivers/input/evdev.c: in whole longs, and never the keys themselves */
		assert_int_equal(m->codes_size % sizeof(long), 0);
		assert_int_not_equal(m->type, EV_KEY);
		assert_int_not_equal(m->type, EV_SYN);
		played.masks++;
		return 0;
	}
	if (request == EVIOCGRAB && !played.taken) {
		assert_non_null(arg);
		played.grabs++;
		return 0;
	}
	errno = request == EVIOCGRAB ? EBUSY : EINVAL;
	return -1;
}

static char path[PATH_MAX];

static int play(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	str_print(path, sizeof path, "%s/event-%d", tmp != NULL ? tmp : "/tmp", (int)getpid());
	played = (struct played){.on = true, .keyboard = true};
	return mkfifo(path, 0600);
}

static int unplay(void **state)
{
	(void)state;
	played.on = false;
	return unlink(path);
}

static int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;
	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void open__keyboard__is_ours_alone(void **state)
{
	struct err e;
	int fd;
	(void)state;
	assert_int_equal(evdev_open(&fd, path, &e), ERR_OK);
	assert_int_equal(played.grabs, 1);
	assert_int_equal(played.masks, 2);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) && (fcntl(fd, F_GETFD) & FD_CLOEXEC));
	close(fd);
	played.old_kernel = true;
	assert_int_equal(evdev_open(&fd, path, &e), ERR_OK);
	assert_int_equal(played.grabs, 2);
	close(fd);
}

static void open__mouse_or_taken__is_told_and_closed(void **state)
{
	struct err e;
	int fd, before = descriptors();
	(void)state;
	played.taken = true;
	assert_int_equal(evdev_open(&fd, path, &e), ERR_BUSY);
	assert_int_equal(fd, -1);
	played = (struct played){.on = true};
	assert_int_equal(evdev_open(&fd, path, &e), ERR_UNSUPPORTED);
	assert_non_null(strstr(e.msg, "no keyboard"));
	assert_int_equal(played.grabs, 0); /* a mouse stays the visitor's */
	assert_int_equal(descriptors(), before);
}

/* --- the kernel's own -------------------------------------------------------------------- */

static void emit(int fd, unsigned type, unsigned code, int value)
{
	const struct input_event ev = {
	    .type = (uint16_t)type, .code = (uint16_t)code, .value = value};
	assert_int_equal(write(fd, &ev, sizeof ev), sizeof ev);
}

static void tap(int fd, unsigned code)
{
	for (int value = 1; value >= 0; value--) {
		emit(fd, EV_MSC, MSC_SCAN, (int)code);
		emit(fd, EV_KEY, code, value);
		emit(fd, EV_SYN, SYN_REPORT, 0);
	}
}

/* linux/uinput.h: a keyboard, and the path of its device, which the kernel has made by then. */
static void keyboard_make(int fd, char device[PATH_MAX])
{
	struct uinput_setup setup = {.id = {.bustype = BUS_VIRTUAL}, .name = "foyer test scanner"};
	char name[64], dir[PATH_MAX];
	const struct dirent *at;
	assert_int_equal(ioctl(fd, UI_SET_EVBIT, EV_KEY), 0);
	assert_int_equal(ioctl(fd, UI_SET_EVBIT, EV_MSC), 0);
	assert_int_equal(ioctl(fd, UI_SET_MSCBIT, MSC_SCAN), 0);
	for (unsigned long key = KEY_ESC; key <= KEY_102ND; key++)
		assert_int_equal(ioctl(fd, UI_SET_KEYBIT, key), 0);
	assert_int_equal(ioctl(fd, UI_DEV_SETUP, &setup), 0);
	assert_int_equal(ioctl(fd, UI_DEV_CREATE, 0), 0);
	assert_true(ioctl(fd, UI_GET_SYSNAME(sizeof name), name) >= 0);
	str_print(dir, sizeof dir, "/sys/devices/virtual/input/%s", name);
	DIR *d = opendir(dir);
	assert_non_null(d);
	device[0] = '\0';
	while ((at = readdir(d)) != NULL)
		if (str_starts(at->d_name, "event"))
			str_print(device, PATH_MAX, "/dev/input/%s", at->d_name);
	closedir(d);
	assert_true(device[0] != '\0');
}

static void readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

static void open__uinput__types_is_lost_and_goes(void **state)
{
	static struct reader r;
	static char text[READING_TEXT_SZ];
	struct reader_conf c = {.name = "desk", .kind = READER_WEDGE, .text = {.end_ms = 100}};
	struct err e;
	int other, fd = open("/dev/uinput", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	(void)state;
	if (fd < 0)
		skip(); /* a container, or a machine without the module: what the kernel says is played above */
	keyboard_make(fd, c.device);
	reader_init(&r, &c);
	reader_step(&r, 1000);
	assert_true(r.fd >= 0);
	assert_int_equal(evdev_open(&other, c.device, &e), ERR_BUSY);
	tap(fd, KEY_A);
	tap(fd, KEY_ENTER);
	readable(r.fd);
	reader_read(&r, 1000);
	assert_int_equal(reader_next(&r, text, 1100), READING_TEXT);
	assert_string_equal(text, "a");
	for (int i = 0; i < 500; i++) /* more than the kernel holds */
		tap(fd, KEY_B);
	readable(r.fd);
	reader_read(&r, 2000);
	assert_int_equal(reader_next(&r, text, 2100), READING_SPOILT);
	assert_int_equal(ioctl(fd, UI_DEV_DESTROY, 0), 0);
	readable(r.fd);
	reader_read(&r, 3000);
	assert_int_equal(r.fd, -1);
	reader_fini(&r);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(open__keyboard__is_ours_alone, play, unplay),
	    cmocka_unit_test_setup_teardown(open__mouse_or_taken__is_told_and_closed, play, unplay),
	    cmocka_unit_test(open__uinput__types_is_lost_and_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
