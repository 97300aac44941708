/*
 * The wire of UHPPOTE UT0311-L0x door controllers: 64-byte frames, BCD, little-endian. It hides every offset. Pure: no socket, no clock.
 *
 * Every message, request or reply, is the same header and one of a few bodies, so there is one put and one get for each body and no
 * function for each message. Which body goes with which function code stands beside enum uhppote_fn. A put fails with ERR_INPUT for
 * values that the wire cannot carry; a get fails with ERR_PROTOCOL for bytes that are no such value, and then leaves *out unspecified.
 * Bytes after a body are not looked at: newer firmware has put new fields there (the first-card byte of a card).
 */
#ifndef ACCESS_UHPPOTE_WIRE_H
#define ACCESS_UHPPOTE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "access/when.h"
#include "base/err.h"
#include "base/zone.h"

enum {
	UHPPOTE_FRAME_SZ = 64,
	UHPPOTE_PORT = 60000, /* the controllers' port; a client must not send from it */
	UHPPOTE_DOORS = 4,
	UHPPOTE_SEGMENTS = 3,
	UHPPOTE_PIN_MAX = 999999,
	UHPPOTE_PROFILE_FIRST = 2,
	UHPPOTE_PROFILE_LAST = 254,
	/* A door permission: any hour. 2..254 is a time profile, anything else no right. */
	UHPPOTE_ALWAYS = 1,
};

/* A slot that held a card which was deleted (get-card-by-index). */
#define UHPPOTE_CARD_DELETED 0xffffffffu

enum uhppote_fn { /* request body → reply body */
	UHPPOTE_GET_STATUS = 0x20, /* none → status (also an event; not read by foyer) */
	UHPPOTE_SET_TIME = 0x30, /* time → time */
	UHPPOTE_GET_TIME = 0x32, /* none → time */
	UHPPOTE_PUT_CARD = 0x50, /* card → ok */
	UHPPOTE_DELETE_CARD = 0x52, /* number → ok (false: was not there) */
	UHPPOTE_GET_CARDS = 0x58, /* none → number (how many) */
	UHPPOTE_GET_CARD = 0x5a, /* number → card (number 0: not there) */
	UHPPOTE_GET_CARD_AT = 0x5c, /* number (from 1) → card (0: empty, UHPPOTE_CARD_DELETED) */
	UHPPOTE_SET_PROFILE = 0x88, /* profile → ok */
	UHPPOTE_GET_CONTROLLER = 0x94, /* none (serial 0 asks everybody) → firmware */
	UHPPOTE_GET_PROFILE = 0x98, /* byte (id) → profile (id 0: not there) */
};

struct uhppote_frame {
	uint8_t b[UHPPOTE_FRAME_SZ];
};

struct uhppote_card {
	uint32_t number;
	/* From 00:00 of first to 23:59 of last; none where a foreign card has none. */
	struct access_date first, last;
	uint8_t door[UHPPOTE_DOORS];
	uint32_t pin; /* 0: none */
	uint8_t first_card; /* bitmap of doors, newer firmware */
};

struct uhppote_profile {
	uint8_t id;
	struct access_date first, last;
	bool weekday[7]; /* from Monday */
	struct {
		struct access_minute from, to; /* both within; 00:00 to 00:00 is no segment */
	} segment[UHPPOTE_SEGMENTS];
	uint8_t linked; /* asked when this one does not apply; 0: none */
};

struct uhppote_firmware {
	uint16_t version; /* BCD: 0x0892 is 8.92 */
	struct access_date released;
};

/* An empty message. */
void uhppote_frame_init(struct uhppote_frame *f, uint8_t fn, uint32_t serial);

/* n received bytes: exactly 64, start of message 0x17 (or 0x19 for an event of firmware 6.62), reserved bytes 0. */
enum err_code uhppote_frame_parse(
    struct uhppote_frame *f, const void *bytes, size_t n, struct err *e) MUST_USE;

uint8_t uhppote_frame_fn(const struct uhppote_frame *f);
uint32_t uhppote_frame_serial(const struct uhppote_frame *f);

/* Numbers at the start of the body: all values are good, so these cannot fail. */
void uhppote_number_put(struct uhppote_frame *f, uint32_t v);
uint32_t uhppote_number_get(const struct uhppote_frame *f);
void uhppote_byte_put(struct uhppote_frame *f, uint8_t v);
uint8_t uhppote_byte_get(const struct uhppote_frame *f);

void uhppote_ok_put(struct uhppote_frame *f, bool ok);
enum err_code uhppote_ok_get(const struct uhppote_frame *f, bool *out, struct err *e) MUST_USE;

enum err_code uhppote_time_put(
    struct uhppote_frame *f, const struct zone_time *t, struct err *e) MUST_USE;
enum err_code uhppote_time_get(
    const struct uhppote_frame *f, struct zone_time *out, struct err *e) MUST_USE;

/* A put wants a number that a card can have, and both dates. A get of number 0 or UHPPOTE_CARD_DELETED reads only the number. */
bool uhppote_card_number_valid(uint32_t number);
enum err_code uhppote_card_put(
    struct uhppote_frame *f, const struct uhppote_card *c, struct err *e) MUST_USE;
enum err_code uhppote_card_get(
    const struct uhppote_frame *f, struct uhppote_card *out, struct err *e) MUST_USE;

/* A get of id 0 reads only the id. */
enum err_code uhppote_profile_put(
    struct uhppote_frame *f, const struct uhppote_profile *p, struct err *e) MUST_USE;
enum err_code uhppote_profile_get(
    const struct uhppote_frame *f, struct uhppote_profile *out, struct err *e) MUST_USE;

enum err_code uhppote_firmware_put(
    struct uhppote_frame *f, const struct uhppote_firmware *v, struct err *e) MUST_USE;
enum err_code uhppote_firmware_get(
    const struct uhppote_frame *f, struct uhppote_firmware *out, struct err *e) MUST_USE;

/* Field by field: never compare the structs as memory. */
bool uhppote_card_eq(const struct uhppote_card *a, const struct uhppote_card *b);
bool uhppote_profile_eq(const struct uhppote_profile *a, const struct uhppote_profile *b);

#endif
