/*
 * The cell that the kiosk locks itself and its camera into: its terminal, which is open already, Unix sockets, the message catalogues,
 * and where a camera is configured that device and the program that reads it; the devices of readers. It hides which paths those are.
 */
#ifndef KIOSK_VISITOR_CELL_H
#define KIOSK_VISITOR_CELL_H

#include "base/err.h"
#include "kiosk/visitor/kiosk_conf.h"

/* For good. When the terminal is open, before anything is read from it. */
enum err_code kiosk_cell_enter(const struct kiosk_conf *conf, struct err *e) MUST_USE;

#endif
