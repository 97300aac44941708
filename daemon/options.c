#include "daemon/options.h"

#include <getopt.h>
#include <stddef.h>

#include "base/conf.h"

enum {
	OPT_INIT = 256,
	OPT_VERIFY,
	OPT_BACKUP,
	OPT_RESTORE,
	OPT_READ,
	OPT_CHECK,
	OPT_DEMO,
	OPT_KEEP,
	OPT_KEEPERS
};

static const struct option longs[] = {
    {"conf", required_argument, NULL, 'c'},
    {"foreground", no_argument, NULL, 'f'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"check", required_argument, NULL, OPT_CHECK},
    {"init", no_argument, NULL, OPT_INIT},
    {"demo", no_argument, NULL, OPT_DEMO},
    {"verify", no_argument, NULL, OPT_VERIFY},
    {"backup", required_argument, NULL, OPT_BACKUP},
    {"restore", required_argument, NULL, OPT_RESTORE},
    {"keep", required_argument, NULL, OPT_KEEP},
    {"keepers", required_argument, NULL, OPT_KEEPERS},
    {"read", no_argument, NULL, OPT_READ},
    {NULL, 0, NULL, 0},
};

const char *options_help(void)
{
	return "usage: foyerd [-c FILE] [-f]            serve\n"
	       "       foyerd [-c FILE] --init          make folders, keys and an empty book\n"
	       "       foyerd [-c FILE] --verify        look through the book and its journal\n"
	       "       foyerd [-c FILE] --backup FILE   copy the book while no daemon runs\n"
	       "       foyerd [-c FILE] --restore FILE  put a backup in its place; the old book is "
	       "kept aside\n"
	       "       foyerd --check FILE              read a configuration and say what is wrong "
	       "with it\n"
	       "\n"
	       "  -c, --conf FILE    the configuration (default: $FOYER_CONF, else "
	       "/etc/foyer/foyer.conf)\n"
	       "  -f, --foreground   log to the terminal\n"
	       "      --demo         with --init: a book for foyer demo\n"
	       "      --keepers DIR  couriers are started by keepers that listen there (foyerd "
	       "--keep "
	       "KIND)\n"
	       "  -h, --help         this text\n"
	       "  -V, --version      the version\n"
	       "\n"
	       "foyerd never forks into the background. SIGHUP reads the configuration again, "
	       "SIGTERM stops. See foyerd(8).\n";
}

static enum err_code mode_set(struct options *o, enum mode m, const char *arg, struct err *e)
{
	if (o->mode != MODE_RUN)
		return err_set(e, ERR_INPUT, "one thing at a time; see foyerd --help");
	o->mode = m;
	o->arg = arg;
	return ERR_OK;
}

enum err_code options_parse(struct options *o, int argc, char *argv[], struct err *e)
{
	*o = (struct options){.mode = MODE_RUN, .conf = conf_path_default()};
	enum err_code c = ERR_OK;
	int got;
	opterr = 0;
	optind = 1;
	while (!c && (got = getopt_long(argc, argv, ":c:fhV", longs, NULL)) != -1) {
		switch (got) {
		case 'c': o->conf = optarg; break;
		case 'f': o->foreground = true; break;
		case 'h': c = mode_set(o, MODE_HELP, NULL, e); break;
		case 'V': c = mode_set(o, MODE_VERSION, NULL, e); break;
		case OPT_CHECK: c = mode_set(o, MODE_CHECK, optarg, e); break;
		case OPT_INIT: c = mode_set(o, MODE_INIT, NULL, e); break;
		case OPT_VERIFY: c = mode_set(o, MODE_VERIFY, NULL, e); break;
		case OPT_BACKUP: c = mode_set(o, MODE_BACKUP, optarg, e); break;
		case OPT_RESTORE: c = mode_set(o, MODE_RESTORE, optarg, e); break;
		case OPT_READ: c = mode_set(o, MODE_READ, NULL, e); break;
		case OPT_KEEP: c = mode_set(o, MODE_KEEP, optarg, e); break;
		case OPT_KEEPERS: o->keepers = optarg; break;
		case OPT_DEMO: o->demo = true; break;
		case ':':
			c = err_set(
			    e, ERR_INPUT, "%s needs a value; see foyerd --help", argv[optind - 1]);
			break;
		default:
			c = err_set(e, ERR_INPUT, "%s is no option of foyerd; see foyerd --help",
			    argv[optind - 1]);
			break;
		}
	}
	if (!c && optind < argc)
		c = err_set(
		    e, ERR_INPUT, "%s is one word too many; see foyerd --help", argv[optind]);
	if (!c && o->demo && o->mode != MODE_INIT)
		c = err_set(e, ERR_INPUT, "--demo goes with --init");
	if (!c && o->keepers && o->mode != MODE_RUN)
		c = err_set(e, ERR_INPUT, "--keepers goes with serving");
	return c;
}
