#include "kiosk/cli/scan_reader.h"

#include <fcntl.h>
#include <linux/major.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "kiosk/cli/scan_code.h"
#include "kiosk/visitor/kiosk_conf.h"

enum { CAMERA_MAJOR = 81 /* the kernel's admin-guide/devices.txt: Video4Linux */ };

/* --- which, and how it is set ------------------------------------------------------------------ */

/* What is a device and neither an input device nor a camera is asked whether it is a serial port. */
static bool kind_of(enum reader_kind *kind, const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISCHR(st.st_mode) || major(st.st_rdev) == CAMERA_MAJOR)
		return false;
	*kind = major(st.st_rdev) == INPUT_MAJOR ? READER_WEDGE : READER_SERIAL;
	return true;
}

static const struct {
	const char *name;
	bool serial, wedge;
} options[] = {
    {"speed", true, false},
    {"framing", true, false},
    {"layout", false, true},
    {"end-ms", true, true},
    {"prefix", true, true},
    {"suffix", true, true},
};

enum cli_exit scan_reader_conf(struct cli *c, const char *path, struct reader_conf *r)
{
	char why[CONF_WHY_SZ];
	enum reader_kind kind = READER_SERIAL;
	const bool there = kind_of(&kind, path);
	kiosk_conf_reader_init(r);
	r->kind = kind;
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		const char *name = options[i].name, *value = cli_opt(c, name);
		if (value == NULL)
			continue;
		if (!kiosk_conf_reader_set(r, name, value, why))
			return cli_usage(c, "--%s: %s", name, why);
		if (!there || !(kind == READER_SERIAL ? options[i].serial : options[i].wedge))
			return cli_usage(c, "--%s: is nothing to %s", name, path);
	}
	if (there && !str_copy(r->device, sizeof r->device, path))
		return cli_usage(c, "the path is longer than %d bytes", PATH_MAX - 1);
	return CLI_OK;
}

/* --- a port, lent ------------------------------------------------------------------------------- */

/* As it stood before; fd keeps it open, and none but a serial port has one. */
struct lent {
	int fd;
	struct termios was;
};

static struct lent borrow(const struct reader_conf *r)
{
	struct lent l = {.fd = -1};
	if (r->kind != READER_SERIAL)
		return l;
	l.fd = open(r->device, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (l.fd >= 0 && tcgetattr(l.fd, &l.was) != 0) {
		(void)close(l.fd);
		l.fd = -1;
	}
	return l;
}

/* Nothing can be done about one that is gone. */
static void give_back(const struct lent *l, bool ours)
{
	if (l->fd < 0)
		return;
	if (ours) {
		(void)tcsetattr(l->fd, TCSANOW, &l->was);
		(void)ioctl(l->fd, TIOCNXCL);
	}
	(void)close(l->fd);
}

/* --- one scan ----------------------------------------------------------------------------------- */

static enum cli_exit not_open(struct cli *c, const struct reader_conf *r, const struct err *e)
{
	if (e->code == ERR_BUSY)
		cli_complain(c, "%s: another program has it", r->device);
	else if (e->code == ERR_DENIED)
		cli_complain(c, "%s: you may not open it", r->device);
	else if (e->code == ERR_UNSUPPORTED)
		cli_complain(c, "%s: neither a picture nor a device that can be read", r->device);
	else
		cli_complain(c, "%s", e->msg);
	return e->code == ERR_DENIED ? CLI_DENIED : e->code == ERR_BUSY ? CLI_UNREACHABLE : CLI_NO;
}

/* Until there is something to read, or a scan has ended: at most that long. */
static void wait_for(const struct reader *r, int64_t now_ms, int64_t until_ms)
{
	struct pollfd p = {.fd = r->fd, .events = POLLIN};
	const int64_t due_ms = reading_due_ms(&r->reading),
		      end_ms = due_ms < until_ms ? due_ms : until_ms;
	if (end_ms > now_ms)
		(void)poll(&p, 1, (int)(end_ms - now_ms));
}

/* What has come belongs to the scan before it, even if we come late to it: so it is read first. */
static enum cli_exit one_scan(struct cli *c, struct reader *r, int64_t wait_s, json_t *codes)
{
	char text[READING_TEXT_SZ];
	const int64_t until_ms = clock_mono(&c->clock) + wait_s * CLOCK_SECOND;
	int64_t now_ms = clock_mono(&c->clock);
	enum reading_end end = READING_NONE;
	while (r->fd >= 0 && end != READING_TEXT && now_ms < until_ms) {
		wait_for(r, now_ms, until_ms);
		now_ms = clock_mono(&c->clock);
		reader_read(r, now_ms);
		end = reader_next(r, text, now_ms);
		if (end == READING_SPOILT)
			cli_complain(
			    c, "%s: a part of it was lost; scan it once more", r->conf.device);
	}
	if (end == READING_TEXT)
		(void)json_array_append_new(
		    codes, scan_code(SCAN_READER, text, strlen(text), &c->clock));
	else
		cli_complain(
		    c, "%s: %s", r->conf.device, r->fd < 0 ? "it is gone" : "nothing was scanned");
	explicit_bzero(text, sizeof text);
	return end == READING_TEXT ? CLI_OK : CLI_NO;
}

enum cli_exit scan_reader(
    struct cli *c, const struct reader_conf *conf, int64_t wait_s, json_t *codes)
{
	struct reader *r = mem_new(1, sizeof *r);
	struct err e;
	const struct lent lent = borrow(conf);
	reader_init(r, conf);
	const enum err_code opened = reader_open(r, clock_mono(&c->clock), &e);
	const enum cli_exit rc =
	    opened == ERR_OK ? one_scan(c, r, wait_s, codes) : not_open(c, conf, &e);
	give_back(&lent, opened == ERR_OK);
	reader_fini(r);
	free(r);
	return rc;
}
