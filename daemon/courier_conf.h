/*
 * Which couriers a configuration asks for, and the section each gets in its first line
 * (foyer-courier(7)).
 */
#ifndef DAEMON_COURIER_CONF_H
#define DAEMON_COURIER_CONF_H

#include <jansson.h>

#include "base/conf.h"
#include "daemon/proc.h"

struct courier_want {
	enum courier_kind kind;
	char name[TEXT_WORD_SZ];
	json_t *own_conf;
	int64_t ready_ms; /* how long it may take to be ready */
	int64_t job_ms; /* how long a job of it may take */
};
enum { COURIER_WANTS = CONF_PRINTERS + CONF_CONTROLLERS + 1 };

/* Fills at most COURIER_WANTS; the caller drops each own_conf. Returns how many. */
int courier_wants(const struct conf *conf, struct courier_want wants[COURIER_WANTS]);

#endif
