/* foyer-kiosk: the visitor's screen. foyer-kiosk(1) */
#include <getopt.h>
#include <linux/vt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/dump.h"
#include "base/fault.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/str.h"
#include "kiosk/ui/guard.h"
#include "kiosk/visitor/action.h"
#include "kiosk/visitor/app.h"

struct options {
	const char *config, *socket;
	bool lock_vt;
};

static void usage(FILE *to)
{
	int n;
	const struct action_row *rows = action_rows(&n);
	fputs("usage: foyer-kiosk [--config FILE] [--lock-vt] [SOCKET]\n"
	      "       foyer-kiosk --help | --version\n\n"
	      "The visitor's screen of foyer, on this terminal. SOCKET is what foyerd made for "
	      "this kiosk.\n\nKeys:\n",
	    to);
	for (int i = 0; i < n; i++)
		fprintf(to, "  %-10s %s\n", rows[i].key_name, rows[i].doc);
}

/* False: the program ends with *status. */
static bool options_read(struct options *o, int argc, char **argv, int *status)
{
	static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
	    {"lock-vt", no_argument, NULL, 'l'}, {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	int c;
	*status = 2;
	while ((c = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
		switch (c) {
		case 'c': o->config = optarg; break;
		case 'l': o->lock_vt = true; break;
		case 'h':
			usage(stdout);
			*status = 0;
			return false;
		case 'V':
			puts("foyer-kiosk " FOYER_VERSION);
			*status = 0;
			return false;
		default: usage(stderr); return false; /* from outside */
		}
	}
	if (argc - optind > 1) {
		usage(stderr);
		return false;
	}
	o->socket = optind < argc ? argv[optind] : NULL;
	return true;
}

static enum err_code configure(struct kiosk_conf *conf, const struct options *o, struct err *e)
{
	enum err_code rc = kiosk_conf_load(
	    conf, o->config != NULL ? o->config : FOYER_SYSCONFDIR "/kiosk.conf", e);
	if (rc == ERR_NOT_FOUND && o->config == NULL)
		rc = ERR_OK; /* the defaults do for a kiosk without a camera */
	if (rc == ERR_OK && o->socket != NULL &&
	    !str_copy(conf->socket, sizeof conf->socket, o->socket))
		rc = err_set(e, ERR_TOO_LONG, "the socket's path is too long");
	if (rc == ERR_OK && conf->socket[0] == '\0')
		rc = err_set(e, ERR_CONFIG, "no socket is named");
	return rc;
}

static void log_choose(void)
{
	/* Lines on the screen would spoil it: a terminal as standard error gets none. */
	if (isatty(STDERR_FILENO))
		log_open("foyer-kiosk", LOG_TARGET_SYSLOG, LOG_LEVEL_INFO);
	else
		log_open("foyer-kiosk",
		    getenv("JOURNAL_STREAM") != NULL ? LOG_TARGET_JOURNAL : LOG_TARGET_STDERR,
		    LOG_LEVEL_INFO);
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct kiosk_conf conf;
	struct err e = {0};
	int status = 0;
	if (!options_read(&o, argc, argv, &status))
		return status;
	if (configure(&conf, &o, &e) != ERR_OK || lang_init(&e) != ERR_OK) {
		fprintf(stderr, "foyer-kiosk: %s\n", e.msg);
		return 1;
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs("foyer-kiosk: standard input and output must be a terminal\n", stderr);
		return 1;
	}
	dump_forbid(); /* an image would hold a visitor's name */
	FAULT_OPEN("foyer-kiosk");
	log_choose();
	if (ui_guard(STDIN_FILENO, &e) != ERR_OK) {
		fprintf(stderr, "foyer-kiosk: %s\n", e.msg);
		return 1;
	}
	/* ioctl_vt(2): no Alt-F2 away from the kiosk. Needs CAP_SYS_TTY_CONFIG. */
	if (o.lock_vt && ioctl(STDIN_FILENO, VT_LOCKSWITCH, 1) < 0)
		log_warn("the console's switching could not be locked");
	enum err_code rc = app_run(&conf, &e);
	if (o.lock_vt)
		ioctl(STDIN_FILENO, VT_UNLOCKSWITCH, 1);
	if (rc != ERR_OK) {
		log_error("%s", e.msg);
		fprintf(stderr, "foyer-kiosk: %s\n", e.msg);
	}
	return rc == ERR_OK ? 0 : 1;
}
