/*
 * The simulated controller's end of the wire: its UDP socket, and everything that can go wrong with an answer. It hides faults and the
 * answers that are still on their way.
 */
#ifndef TESTS_SIM_DOOR_WIRE_H
#define TESTS_SIM_DOOR_WIRE_H

#include <jansson.h>
#include <netinet/in.h>

#include "base/clock.h"
#include "base/random.h"
#include "tests/sim/door_board.h"

enum { DOOR_WIRE_LATE = 64 };

enum door_fault {
	DOOR_FAULT_NONE,
	DOOR_FAULT_SILENT, /* takes no request */
	DOOR_FAULT_WRONG_SERIAL, /* does as asked, answers under another number */
	DOOR_FAULT_LATE, /* answers late_ms later */
	DOOR_FAULT_GARBAGE, /* does as asked; in turn: too short, a wrong start, bytes that are no value */
	/* Do as asked, and answer: */
	DOOR_FAULT_WRONG_FUNCTION, /* another question */
	DOOR_FAULT_OTHER_CARD, /* about another card */
	DOOR_FAULT_SHORT,
	DOOR_FAULT_LONG,
	DOOR_FAULT_RANDOM, /* any 64 bytes */
	DOOR_FAULT_LOSE, /* does as asked and loses the next answer to lose_fn; then well again */
};

struct door_late {
	int64_t due_ms; /* monotonic */
	struct sockaddr_in to;
	struct uhppote_frame reply;
};

struct door_wire {
	int fd;
	in_port_t port;
	struct clock clock;
	struct random random;
	enum door_fault fault;
	int late_ms;
	uint8_t lose_fn;
	unsigned garbage; /* answers spoilt so far */
	unsigned asked[256]; /* requests received, by function */
	struct door_late late[DOOR_WIRE_LATE];
	int n_late;
};

/* Bind 127.0.0.1:port (0: any). */
enum err_code door_wire_open(struct door_wire *w, in_port_t port, struct err *e) MUST_USE;
void door_wire_close(struct door_wire *w);

/* Take one request and answer it, or spoil the answer. */
void door_wire_serve(struct door_wire *w, struct door_board *b);

/* Send what is due; milliseconds until the next, -1 if there is none. */
int door_wire_flush(struct door_wire *w);

/* A fault that needs no more than its name: "silent", "wrong-serial", …; false where there is none. */
bool door_wire_fault(enum door_fault *f, const char *name);

/* "put-card" ↔ 0x50; 0 and NULL for what has no name. */
uint8_t door_wire_fn(const char *name);
/* {"put-card": 2, …} of what was asked so far; json_decref. */
json_t *door_wire_asked(const struct door_wire *w);

#endif
