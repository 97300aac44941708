/*
 * The kiosk's loop: keys, touches, scans, foyerd's answers and time become the flow's events; the flow's calls become requests; every turn ends with
 * a picture. It hides the poll loop, foyerd's comings and goings, and the event stream.
 */
#ifndef KIOSK_VISITOR_APP_H
#define KIOSK_VISITOR_APP_H

#include "base/err.h"
#include "kiosk/visitor/kiosk_conf.h"

/* Runs until SIGTERM or SIGHUP, or until the terminal is gone; nothing else ends it. Blocks the signals it reads. The terminal is given back before it
 * returns. */
enum err_code app_run(const struct kiosk_conf *conf, struct err *e) MUST_USE;

#endif
