/*
 * The folders that foyerd needs and whose they are. Run as root they are given to user foyer and to
 * the couriers' users before rights are dropped; else they are ours. A folder that is there keeps
 * its mode.
 */
#ifndef DAEMON_FOLDERS_H
#define DAEMON_FOLDERS_H

#include <sys/types.h>

#include "base/conf.h"
#include "base/err.h"

#define FOLDERS_USER "foyer" /* whom foyerd becomes when it is started as root */
#define FOLDERS_KIOSK_GROUP                                                                        \
	"foyer-kiosk" /* may connect to the sockets of kiosks, where there is such a group */

/* Its gid, -1 where there is none. It asks the machine's user database and may block: only before the loop. */
gid_t folders_kiosk_gid(void);

/* RUN, RUN/kiosk, RUN/courier/… */
enum err_code folders_run(const struct conf *conf, struct err *e) MUST_USE;
/* state, keys, backups */
enum err_code folders_state(const struct conf *conf, struct err *e) MUST_USE;

#endif
