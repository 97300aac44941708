/*
 * foyerd as a daemon: from a configuration to a running loop, and to a clean end.
 */
#ifndef DAEMON_RUN_H
#define DAEMON_RUN_H

#include "base/conf.h"
#include "base/err.h"

/* Serves until SIGTERM or SIGINT. Takes own_conf. conf_path is where it was read from, for
 * SIGHUP. keepers: see keeper.h; NULL: none. */
enum err_code run_serve(
    struct conf *own_conf, const char *conf_path, const char *keepers, struct err *e) MUST_USE;

#endif
