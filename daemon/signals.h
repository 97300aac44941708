/*
 * Signals as a descriptor of the loop: stop, reload. It hides signalfd(2).
 */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include "base/err.h"
#include "daemon/loop.h"

struct signals {
	struct loop_source source;
	struct loop *loop;
	void (*stop)(void *arg); /* SIGTERM, SIGINT */
	void (*reload)(void *arg); /* SIGHUP */
	void *arg;
};

/* Blocks the signals and joins the loop. The caller has filled the functions. */
enum err_code signals_open(struct signals *s, struct loop *loop, struct err *e) MUST_USE;
void signals_close(struct signals *s);

#endif
