/*
 * foyerd: the one writer. Reads its command line and does one thing.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/dump.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/zone.h"
#include "daemon/keeper_side.h"
#include "daemon/documents.h"
#include "daemon/offline.h"
#include "daemon/options.h"
#include "daemon/read.h"
#include "daemon/run.h"

static enum err_code do_it(const struct options *o, struct err *e)
{
	struct conf *conf = NULL;
	if (o->mode == MODE_KEEP)
		return keeper_side_serve(o->arg, e);
	enum err_code c = conf_load(&conf, o->mode == MODE_CHECK ? o->arg : o->conf, e);
	if (c && o->mode == MODE_READ) /* who somebody is can be asked all the same */
		exit(read_main(NULL));
	if (c)
		return c;
	umask(077);
	switch (o->mode) {
	case MODE_RUN: return run_serve(conf, o->conf, o->keepers, e);
	case MODE_CHECK:
		c = documents_check(conf, e);
		if (!c)
			printf("%s: good\n", o->arg);
		break;
	case MODE_INIT: c = offline_init(conf, o->demo, e); break;
	case MODE_VERIFY: c = offline_verify(conf, e); break;
	case MODE_BACKUP: c = offline_backup(conf, o->arg, e); break;
	case MODE_RESTORE: c = offline_restore(conf, o->arg, e); break;
	case MODE_READ:
		c = zone_set(conf->site.timezone, e);
		if (!c) {
			int status = read_main(conf);
			conf_free(conf);
			exit(status);
		}
		break;
	case MODE_KEEP:
	case MODE_HELP:
	case MODE_VERSION: break;
	}
	conf_free(conf);
	return c;
}

static void log_begin(const struct options *o)
{
	bool serves = o->mode == MODE_RUN && !o->foreground;
	/* systemd.exec(5): JOURNAL_STREAM says that standard error goes to the journal. Our own
	 * children have theirs read by us. */
	if (o->mode == MODE_READ || (serves && getenv("JOURNAL_STREAM")))
		log_open("foyerd", LOG_TARGET_JOURNAL, LOG_LEVEL_INFO);
	else if (serves && !isatty(STDERR_FILENO))
		log_open("foyerd", LOG_TARGET_SYSLOG, LOG_LEVEL_INFO);
	else
		log_open("foyerd", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
}

int main(int argc, char *argv[])
{
	struct options o;
	struct err e = {0};
	if (options_parse(&o, argc, argv, &e)) {
		fprintf(stderr, "foyerd: %s\n", e.msg);
		return 2;
	}
	if (o.mode == MODE_HELP || o.mode == MODE_VERSION) {
		if (o.mode == MODE_HELP)
			fputs(options_help(), stdout);
		else
			puts("foyerd " FOYER_VERSION);
		return fflush(stdout) ? 1 : 0;
	}
	dump_forbid(); /* whatever it does now, keys, passes and names are in this memory */
	if (o.mode != MODE_READ) /* that has not been told yet which reader it is */
		FAULT_OPEN("foyerd");
	log_begin(&o);
	if (sodium_init() < 0)
		log_bug("libsodium does not start");
	if (!do_it(&o, &e))
		return fflush(stdout) ? 1 : 0;
	fprintf(stderr, "foyerd: %s\n", e.msg);
	if (o.mode == MODE_RUN && !o.foreground)
		log_error("%s", e.msg);
	return 1;
}
