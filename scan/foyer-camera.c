/*
 * foyer-camera: looks at untrusted pixels, so that no other program of the house has to. What it says stands in scan/camera_wire.h.
 *
 * The device is opened first and waited for where it is not there; then the program locks itself in and looks at pixels. Behind that lock
 * nothing can be opened, so a camera that goes ends the program, and the kiosk starts another one that waits for it again.
 *
 * Its states: "starting"; "ok" as long as it looks; "none" (there is no such device), "busy" (another program has it), "denied" (we may not),
 * "unsuited" (it is no camera, or none that we can read) while it waits; "gone" for any other trouble, and before it ends with status 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/str.h"
#include "scan/watch.h"

enum {
	COLUMNS = 44,
	ROWS = 11,
	RATE = 20, /* a preview that moves, also where a picture now and then takes longer */
	RATE_MAX = 30,
	AGAIN_FIRST_MS = 500,
	AGAIN_MAX_MS = 5000,
	MEMORY_MAX = 256 * 1024 * 1024,
	EXIT_USAGE = 2,
};

struct options {
	const char *device;
	int columns, rows, rate;
	bool once;
};

static const char usage[] =
    "usage: foyer-camera [--columns N] [--rows N] [--fps N] [--once] [--device] "
    "DEVICE|FILE|FOLDER\n"
    "\n"
    "Reads QR codes, PDF417 symbols and the machine-readable zones of passports and cards from a\n"
    "camera (Video4Linux2), a picture, or the pictures that appear in a folder (PNG, JPEG, PGM),\n"
    "and tells foyer-kiosk what they say. Its output is for a program: see scan/camera_wire.h,\n"
    "also for the lines that it takes as input.\n"
    "\n"
    "  --columns N   columns of the preview, 1 to 120 (44)\n"
    "  --rows N      rows of the preview, 1 to 54 (11)\n"
    "  --fps N       pictures looked at in a second, 1 to 30 (20)\n"
    "  --once        end after a picture in which codes are, or the only one there is, and\n"
    "                wait for no device\n";

static bool number(int *n, const char *text, int most)
{
	char *end;
	errno = 0;
	long value = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < 1 || value > most)
		return false;
	*n = (int)value;
	return true;
}

/* -1: go on. Else the exit status. */
static int read_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {{"device", required_argument, NULL, 'd'},
	    {"columns", required_argument, NULL, 'c'}, {"rows", required_argument, NULL, 'r'},
	    {"fps", required_argument, NULL, 'f'}, {"once", no_argument, NULL, 'o'},
	    {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'v'},
	    {NULL, 0, NULL, 0}};
	bool ok = true;
	int c;
	while (ok && (c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'd': o->device = optarg; break;
		case 'c': ok = number(&o->columns, optarg, CAMERA_COLS_MAX); break;
		case 'r': ok = number(&o->rows, optarg, CAMERA_ROWS_MAX); break;
		case 'f': ok = number(&o->rate, optarg, RATE_MAX); break;
		case 'o': o->once = true; break;
		case 'h': return fputs(usage, stdout) < 0;
		case 'v': return puts("foyer-camera " FOYER_VERSION) < 0;
		default: ok = false; break;
		}
	}
	if (o->device == NULL && optind < argc)
		o->device = argv[optind++];
	if (ok && optind == argc && o->device != NULL && o->device[0] != '\0')
		return -1;
	(void)fputs(usage, stderr);
	return EXIT_USAGE;
}

static bool say(struct out *out, const char *word)
{
	struct err e;
	return out_state(out, word, &e) == ERR_OK;
}

/* Its word on the wire, for a device that cannot be opened. */
static const char *word_of(enum err_code code)
{
	switch ((int)code) { /* every other one */
	case ERR_NOT_FOUND: return "none";
	case ERR_BUSY: return "busy";
	case ERR_DENIED: return "denied";
	case ERR_UNSUPPORTED:
	case ERR_TOO_LONG:
	case ERR_INPUT: return "unsuited";
	default: return "gone";
	}
}

/* Until the device is there. False: nobody reads any more, or nobody is to wait. */
static bool wait_for(
    struct source *s, const struct options *o, struct out *out, const struct clock *clock)
{
	enum err_code last = ERR_OK;
	int again_ms = AGAIN_FIRST_MS;
	struct err e;
	while (source_open(s, o->device, clock_mono(clock), &e) != ERR_OK) {
		if (o->once) {
			(void)say(out, word_of(e.code));
			return false;
		}
		if (e.code != last)
			log_warn("%s; tried again until it is there", e.msg);
		if (!say(out, word_of(e.code))) /* each time: it waits, and does not hang */
			return false;
		last = e.code;
		if (!watch_pause(out, again_ms))
			return false;
		again_ms = again_ms * 2 < AGAIN_MAX_MS ? again_ms * 2 : AGAIN_MAX_MS;
	}
	return true;
}

static enum err_code lock_in(const struct source *s, struct err *e)
{
	struct sandbox cell = {.allow = SANDBOX_WITH_PARENT, .max_memory = MEMORY_MAX};
	if (s->folder[0] != '\0')
		cell.read[0] = s->folder;
#ifdef __SANITIZE_ADDRESS__
	cell.max_memory = 0; /* its shadow takes terabytes of addresses */
#endif
	return sandbox_enter(&cell, e);
}

/* The exit status. */
static int look(
    const struct options *o, struct source *s, struct out *out, const struct clock *clock)
{
	static struct look l;
	struct err e;
	struct orders orders = {.fd = STDIN_FILENO};
	const struct watch w = {.source = s,
	    .look = &l,
	    .out = out,
	    .clock = *clock,
	    .every_ms = 1000 / o->rate,
	    .once = o->once,
	    .orders = &orders};
	enum err_code code = lock_in(s, &e);
	if (code != ERR_OK) {
		log_error("%s", e.msg);
		return EXIT_FAILURE;
	}
	if (!say(out, "ok"))
		return EXIT_SUCCESS;
	l.live = s->live;
	l.clock = *clock;
	l.how = (struct mosaic_look){.cols = o->columns, .rows = o->rows, .mirror = s->live};
	look_init(&l);
	code = watch_run(&w, &e);
	look_fini(&l);
	if (code == ERR_OK)
		return EXIT_SUCCESS;
	log_warn("%s", e.msg);
	(void)say(out, "gone");
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options o = {.columns = COLUMNS, .rows = ROWS, .rate = RATE};
	static struct source s;
	struct out out;
	const struct clock clock = clock_system();
	int status = read_options(&o, argc, argv);
	if (status >= 0)
		return status;
	FAULT_OPEN("foyer-camera");
	log_open("foyer-camera", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
	if (isatty(STDOUT_FILENO)) {
		log_error(
		    "standard output is a terminal; what this program says is for foyer-kiosk");
		return EXIT_USAGE;
	}
	const int flags = fcntl(STDOUT_FILENO, F_GETFL);
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || flags < 0 ||
	    fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
		log_error("standard output cannot be used");
		return EXIT_FAILURE;
	}
	out_init(&out, STDOUT_FILENO);
	status = o.once ? EXIT_FAILURE : EXIT_SUCCESS;
	if (say(&out, "starting") && wait_for(&s, &o, &out, &clock))
		status = look(&o, &s, &out, &clock);
	source_close(&s);
	out_fini(&out);
	return status;
}
