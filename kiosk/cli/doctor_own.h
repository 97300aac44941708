/*
 * What foyer can find out without foyerd: about this terminal and a kiosk's readers always,
 * about the configuration, folders, sockets and keys when foyerd does not answer. It hides where to look. Checks have the
 * API's form: {"name","state":"ok|warn|fail","text","remedy"}.
 */
#ifndef KIOSK_CLI_DOCTOR_OWN_H
#define KIOSK_CLI_DOCTOR_OWN_H

#include <jansson.h>

#include "kiosk/cli/cli.h"

enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };
void doctor_say(json_t *checks, const char *name, enum doctor_state s, const char *remedy,
    const char *fmt, ...) PRINTF_LIKE(5, 6);

/* doctor_terminal.c. term is $TERM; a NULL or unknown one fails. is_tty false: size and colours
 * are not looked at. */
void doctor_terminal(json_t *checks, const char *term, bool is_tty);

/* doctor_readers.c. The readers of a kiosk of this machine: path is its kiosk.conf. Nothing is
 * said where there is none, or where it is not ours to see. */
void doctor_readers(json_t *checks, const char *path);

/* The configuration as foyerd would read it, and what it names. */
void doctor_machine(struct cli *c, json_t *checks);

#endif
