/*
 * The folders that foyerd needs and whose they are. Run as root they are given to user foyer and to
 * the couriers' users before rights are dropped; else they are ours. A folder that is there keeps
 * its mode.
 */
#ifndef DAEMON_FOLDERS_H
#define DAEMON_FOLDERS_H

#include "base/conf.h"
#include "base/err.h"

#define FOLDERS_USER "foyer" /* whom foyerd becomes when it is started as root */
#define FOLDERS_KIOSK_GROUP                                                                        \
	"foyer-kiosk" /* may connect to the sockets of kiosks, where there is such a group */

/* RUN, RUN/kiosk, RUN/courier/… */
enum err_code folders_run(const struct conf *conf, struct err *e) MUST_USE;
/* state, keys, backups */
enum err_code folders_state(const struct conf *conf, struct err *e) MUST_USE;

#endif
