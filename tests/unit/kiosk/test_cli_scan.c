/* foyer scan at a reader that types: an input device played by a FIFO, whose stat(2) and ioctl(2) this program answers. A serial one stands behind a
 * pseudo-terminal in tests/e2e/cli_scan.py. */
#include "tests/unit/kiosk/cli_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/major.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/str.h"

static struct played {
	char path[PATH_MAX];
	int far; /* its other end */
	bool taken; /* by another program */
} played;

int stat(const char *restrict path, struct stat *restrict st)
{
	const int rc = fstatat(AT_FDCWD, path, st, 0);
	if (rc == 0 && str_eq(path, played.path)) {
		st->st_mode = S_IFCHR | 0600;
		st->st_rdev = makedev(INPUT_MAJOR, 64);
	}
	return rc;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	va_start(ap, request);
	void *arg = va_arg(ap, void *);
	va_end(ap);
	if (_IOC_TYPE(request) != 'E')
		return (int)syscall(SYS_ioctl, fd, request, arg);
	if (_IOC_NR(request) == _IOC_NR(EVIOCGBIT(EV_KEY, 0))) {
		memset(arg, 0xff, _IOC_SIZE(request));
		return (int)_IOC_SIZE(request);
	}
	errno = EBUSY;
	return request == EVIOCGRAB && played.taken ? -1 : 0;
}

static int plug(void **state)
{
	if (rig_setup(state) != 0)
		return -1;
	(void)rig_path(*state, "event64", played.path);
	if (mkfifo(played.path, 0600) != 0)
		return -1;
	played.far = open(played.path, O_RDWR | O_CLOEXEC);
	played.taken = false;
	return played.far < 0;
}

static int unplug(void **state)
{
	if (played.far >= 0)
		(void)close(played.far);
	played.path[0] = '\0';
	return rig_teardown(state);
}

static void emit(uint16_t type, uint16_t code, int value)
{
	const struct input_event ev = {.type = type, .code = code, .value = value};
	assert_int_equal(write(played.far, &ev, sizeof ev), sizeof ev);
}

static void tap(uint16_t key)
{
	emit(EV_KEY, key, 1);
	emit(EV_KEY, key, 0);
	emit(EV_SYN, SYN_REPORT, 0);
}

static void scan__typed__is_read_in_its_layout(void **state)
{
	struct cli_rig *r = *state;
	tap(KEY_Y);
	tap(KEY_1);
	tap(KEY_ENTER);
	assert_int_equal(RUN(r, "scan", played.path), CLI_OK);
	assert_string_equal(r->out, "y1\n");
	tap(KEY_Y);
	tap(KEY_ENTER);
	assert_int_equal(RUN(r, "scan", "--layout", "de", "--json", played.path), CLI_OK);
	assert_has(r->out, "\"kind\":\"reader\"");
	assert_has(r->out, "\"text\":\"z\"");
}

static void scan__lost__is_asked_for_again(void **state)
{
	struct cli_rig *r = *state;
	tap(KEY_A);
	emit(EV_SYN, SYN_DROPPED, 0);
	assert_int_equal(RUN(r, "scan", "--wait", "1", played.path), CLI_NO);
	assert_has(r->err, "scan it once more");
	assert_has(r->err, "nothing was scanned");
	assert_string_equal(r->out, "");
}

static void scan__taken__is_told(void **state)
{
	struct cli_rig *r = *state;
	played.taken = true;
	assert_int_equal(RUN(r, "scan", played.path), CLI_UNREACHABLE);
	assert_has(r->err, "another program has it");
}

static void scan__options__must_be_for_what_is_there(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "scan", "--speed", "9600", played.path), CLI_USAGE);
	assert_has(r->err, "--speed: is nothing to ");
	assert_int_equal(RUN(r, "scan", "--end-ms", "100", r->dir), CLI_USAGE);
	assert_int_equal(RUN(r, "scan", "--layout", "gb", played.path), CLI_USAGE);
	assert_int_equal(RUN(r, "scan", "--layout", "de", "/dev/null"), CLI_USAGE);
	assert_int_equal(RUN(r, "scan", "--speed", "9601", "/dev/null"), CLI_USAGE);
	assert_has(r->err, "115200");
	assert_int_equal(RUN(r, "scan", "--prefix", "123456789", "/dev/null"), CLI_USAGE);
	assert_int_equal(
	    RUN(r, "scan", "--speed", "115200", "--framing", "7E1", "/dev/null"), CLI_NO);
	assert_has(r->err, "neither a picture nor a device");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(scan__typed__is_read_in_its_layout, plug, unplug),
	    cmocka_unit_test_setup_teardown(scan__lost__is_asked_for_again, plug, unplug),
	    cmocka_unit_test_setup_teardown(scan__taken__is_told, plug, unplug),
	    cmocka_unit_test_setup_teardown(scan__options__must_be_for_what_is_there, plug, unplug),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
