/*
 * A question to a UHPPOTE controller and its answer, over UDP. It hides sockets, time-outs, repeats, and answers that are not ours.
 *
 * UDP has no connection and the controllers' answers carry no token: an answer names its function and the controller, some name the
 * card. So every attempt asks from a socket of its own, connected to the controller: an answer that comes after its attempt was
 * given up goes to a port that is closed, and can never be taken for the answer to a later question. Nothing is kept open between
 * questions. Malformed datagrams, answers to other questions and other controllers' are passed over until the time is up; then they
 * decide what the error says. ERR_TIMEOUT, ERR_UNREACHABLE, ERR_PROTOCOL as access/driver.h.
 */
#ifndef ACCESS_UHPPOTE_LINK_H
#define ACCESS_UHPPOTE_LINK_H

#include <netinet/in.h>
#include <stdint.h>

#include "access/uhppote_wire.h"
#include "base/clock.h"
#include "base/err.h"

struct uhppote_link {
	struct sockaddr_in to;
	uint32_t serial;
	int timeout_ms, retries;
	struct clock clock;
};

/* address is host:port, IPv4 (the controllers speak nothing else); names are looked up once, here. ERR_CONFIG. */
enum err_code uhppote_link_init(
    struct uhppote_link *l, const char *address, struct err *e) MUST_USE;

/* Ask, repeat if need be, and give the answer to this question. Its body is still to be read. */
enum err_code uhppote_link_ask(const struct uhppote_link *l, const struct uhppote_frame *question,
    struct uhppote_frame *answer, struct err *e) MUST_USE;

#endif
