#include "scan/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "scan/document.h"
#include "scan/reader.h"

enum { PATIENCE_MS = 10000 };

/* A pseudo-terminal is a serial port whose other end is the test. */
static int far; /* the scanner's end */
static char path[PATH_MAX];

static int plug(void **state)
{
	(void)state;
	far = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	return far < 0 || grantpt(far) != 0 || unlockpt(far) != 0 ||
	       ptsname_r(far, path, sizeof path) != 0;
}

static int unplug(void **state)
{
	(void)state;
	if (far >= 0)
		close(far);
	far = -1;
	return 0;
}

static void send(const char *bytes, size_t n)
{
	assert_int_equal(write(far, bytes, n), n);
}

static void readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

/* Exactly n bytes, as they come. */
static void expect(int fd, const char *bytes, size_t n)
{
	char got[1024];
	size_t len = 0;
	while (len < n) {
		readable(fd);
		ssize_t part = read(fd, got + len, sizeof got - len);
		assert_true(part > 0);
		len += (size_t)part;
	}
	assert_int_equal(len, n);
	assert_memory_equal(got, bytes, n);
}

static int open_as(int speed, const char *framing)
{
	struct serial_conf c = {.speed = speed};
	struct err e;
	int fd;
	assert_true(serial_framing(&c, framing));
	if (serial_open(&fd, path, &c, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	return fd;
}

static void serial__framing__is_what_people_write(void **state)
{
	static const char *const wrong[] = {
	    "", "8", "8N", "8N3", "9N1", "8n1", "8N11", "N81", "8M1", "6N1"};
	struct serial_conf c = {0};
	(void)state;
	assert_true(serial_framing(&c, "7E2"));
	assert_true(c.bits == 7 && c.parity == 'E' && c.stops == 2);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(serial_framing(&c, wrong[i]));
	assert_true(c.bits == 7 && c.parity == 'E' && c.stops == 2);
	assert_true(serial_speed_known(9600) && serial_speed_known(115200));
	assert_false(serial_speed_known(0) || serial_speed_known(9601));
}

static void serial__every_byte__comes_as_it_was_sent(void **state)
{
	char all[256];
	(void)state;
	int fd = open_as(9600, "8N1");
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	send(all, sizeof all);
	expect(fd, all, sizeof all);
	assert_int_equal(read(fd, all, 1), -1);
	assert_int_equal(errno, EAGAIN);
	/* Nothing went back: the scanner is not typed at. */
	struct pollfd p = {.fd = far, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 0), 0);
	close(fd);
}

static void serial__line__is_set(void **state)
{
	struct termios t;
	(void)state;
	int fd = open_as(19200, "8N2");
	assert_int_equal(tcgetattr(fd, &t), 0);
	assert_int_equal(cfgetispeed(&t), B19200);
	assert_int_equal(t.c_cflag & CSIZE, CS8);
	assert_true((t.c_cflag & CSTOPB) && (t.c_cflag & CLOCAL) && (t.c_cflag & CREAD));
	assert_int_equal(t.c_lflag & (ICANON | ECHO | ISIG | IEXTEN), 0);
	assert_int_equal(t.c_iflag & (IXON | ICRNL | ISTRIP | INPCK), 0);
	close(fd);
	/* A pseudo-terminal knows no parity: the eighth bit is taken off all the same. */
	fd = open_as(9600, "7E1");
	assert_int_equal(tcgetattr(fd, &t), 0);
	assert_true((t.c_iflag & ISTRIP) && (t.c_iflag & INPCK));
	send("FOYER\xC1\xC3", 7);
	expect(fd, "FOYERAC", 7);
	close(fd);
}

static void serial__sent_before__is_thrown_away(void **state)
{
	(void)state;
	int before = open_as(9600, "8N1");
	send("OLD", 3);
	readable(before);
	int fd = open_as(9600, "8N1");
	send("NEW", 3);
	expect(fd, "NEW", 3);
	close(fd);
	close(before);
}

static void serial__no_port__is_told(void **state)
{
	const struct serial_conf c = {.speed = 9600, .bits = 8, .parity = 'N', .stops = 1};
	struct err e;
	int fd;
	(void)state;
	assert_int_equal(serial_open(&fd, "/dev/no-such-port", &c, &e), ERR_NOT_FOUND);
	assert_int_equal(fd, -1);
	assert_int_equal(serial_open(&fd, "/dev/null", &c, &e), ERR_UNSUPPORTED);
	assert_int_equal(fd, -1);
	assert_string_equal(e.msg, "/dev/null: no serial port");
}

/* --- as a reader ------------------------------------------------------------------------- */

static void conf_at(struct reader_conf *c, const char *device)
{
	*c = (struct reader_conf){.name = "desk-1",
	    .serial = {.speed = 9600, .bits = 8, .parity = 'N', .stops = 1},
	    .text = {.end_ms = 100}};
	str_copy(c->device, sizeof c->device, device);
}

static void reader__serial__texts_come_out(void **state)
{
	struct reader_conf c;
	struct reader r;
	char text[READING_TEXT_SZ];
	(void)state;
	conf_at(&c, path);
	reader_init(&r, &c);
	assert_true(reader_due_ms(&r) <= 0);
	assert_false(reader_there(&r));
	reader_step(&r, 1000);
	assert_true(reader_there(&r));
	assert_true(r.fd >= 0);
	assert_true(
	    reader_due_ms(&r) == 1000 + READER_AGAIN_MS); /* then the log hears that it stayed */
	send("]Q1FOYERABC\r\n", 13);
	readable(r.fd);
	reader_read(&r, 1000);
	assert_int_equal(reader_next(&r, text, 1099), READING_NONE);
	assert_true(reader_due_ms(&r) == 1100);
	assert_int_equal(reader_next(&r, text, 1100), READING_TEXT);
	reader_step(&r, 1000 + READER_AGAIN_MS);
	assert_int_equal(r.told, READER_TOLD_THERE);
	assert_true(reader_due_ms(&r) == INT64_MAX);
	assert_string_equal(text, "FOYERABC");
	reader_fini(&r);
}

/* As passport readers send it: the lines framed, parted by CR, and a check byte behind. */
static void reader__passport__is_a_document(void **state)
{
	static const char zone[] = "\x02P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r"
				   "L898902C36UTO7408122F1204159ZE184226B<<<<<10\r\x03K";
	const struct document_date today = {2026, 11, 23};
	struct reader_conf c;
	struct reader r;
	struct document d;
	struct err e = {0};
	char text[READING_TEXT_SZ];
	(void)state;
	conf_at(&c, path);
	reader_init(&r, &c);
	reader_step(&r, 1000);
	for (size_t i = 0; i < sizeof zone - 1; i++) { /* at 9600 bits a second a byte takes 1 ms */
		assert_int_equal(reader_next(&r, text, 1000 + (int64_t)i), READING_NONE);
		send(zone + i, 1);
		readable(r.fd);
		reader_read(&r, 1000 + (int64_t)i);
	}
	assert_int_equal(reader_next(&r, text, 2000), READING_TEXT);
	assert_true(document_looks_like(text, strlen(text)));
	if (document_read(&d, text, strlen(text), &today, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_string_equal(d.number, "L898902C3");
	reader_fini(&r);
}

static void reader__unplugged_within_a_scan__comes_back_without_it(void **state)
{
	struct reader_conf c;
	struct reader r;
	char text[READING_TEXT_SZ], link[64];
	(void)state;
	/* As udev does it: the same name, whatever the port is called this time. */
	const char *tmp = getenv("TMPDIR");
	str_print(link, sizeof link, "%s/by-id-%d", tmp != NULL ? tmp : "/tmp", (int)getpid());
	assert_int_equal(symlink(path, link), 0);
	conf_at(&c, link);
	reader_init(&r, &c);
	reader_step(&r, 1000);
	assert_true(r.fd >= 0);
	assert_int_equal(r.told, READER_TOLD_NOTHING); /* it may not stay */
	send("FOYER", 5);
	readable(r.fd);
	reader_read(&r, 1000);
	unplug(NULL);
	unlink(link);
	readable(r.fd);
	reader_read(&r, 1010);
	assert_int_equal(r.fd, -1);
	assert_int_equal(reader_next(&r, text, INT64_MAX), READING_NONE);
	assert_true(reader_due_ms(&r) == 1010 + READER_AGAIN_MS);
	reader_step(&r, 1009 + READER_AGAIN_MS);
	assert_true(reader_due_ms(&r) == 1010 + READER_AGAIN_MS);
	reader_step(&r, 1010 + READER_AGAIN_MS); /* looked for, not there */
	assert_false(reader_there(&r));
	assert_int_equal(r.fd, -1);
	assert_int_equal(r.told, READER_TOLD_GONE);
	assert_true(reader_due_ms(&r) == 1010 + 2 * READER_AGAIN_MS);
	assert_int_equal(plug(NULL), 0);
	assert_int_equal(symlink(path, link), 0);
	reader_step(&r, 1010 + 2 * READER_AGAIN_MS);
	assert_true(r.fd >= 0);
	send("ABC\r", 4);
	readable(r.fd);
	reader_read(&r, 5000);
	assert_int_equal(reader_next(&r, text, 5100), READING_TEXT);
	assert_string_equal(text, "ABC");
	reader_step(&r, 5100);
	assert_int_equal(r.told, READER_TOLD_THERE);
	reader_fini(&r);
	unlink(link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serial__framing__is_what_people_write),
	    cmocka_unit_test_setup_teardown(serial__every_byte__comes_as_it_was_sent, plug, unplug),
	    cmocka_unit_test_setup_teardown(serial__line__is_set, plug, unplug),
	    cmocka_unit_test_setup_teardown(serial__sent_before__is_thrown_away, plug, unplug),
	    cmocka_unit_test(serial__no_port__is_told),
	    cmocka_unit_test_setup_teardown(reader__serial__texts_come_out, plug, unplug),
	    cmocka_unit_test_setup_teardown(reader__passport__is_a_document, plug, unplug),
	    cmocka_unit_test_setup_teardown(
		reader__unplugged_within_a_scan__comes_back_without_it, plug, unplug),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
