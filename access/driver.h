/*
 * A door controller as foyer needs it: put a right there, take it away, say what is there. It hides which make of controller it is.
 *
 * A driver is a struct of functions, found by the name that stands in the configuration. It talks to one controller and blocks: at most
 * (retries + 1) × timeout for each question on its wire. It writes what it is told; what may be written, and that "done" is said only
 * after a read-back, is decided once for all drivers in access/right.h.
 *
 * Errors mean the same from every driver:
 *   ERR_TIMEOUT       no answer in time: the thing asked for may have happened all the same
 *   ERR_UNREACHABLE   nobody listens at the address
 *   ERR_PROTOCOL      answers, but not what the interface says, or not what was written a moment ago
 *   ERR_NO_SPACE      the controller has no room for another card
 *   ERR_REFUSED       the controller's clock is wrong and stays so when set
 *   ERR_REJECTED      a time profile does not read back as written
 *   ERR_TOO_MANY      more cards in our range than one answer holds
 *   ERR_IO            this machine has no socket to ask from
 */
#ifndef ACCESS_DRIVER_H
#define ACCESS_DRIVER_H

#include <stdint.h>

#include "access/when.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

enum {
	ACCESS_DOORS = 4,
	ACCESS_PROFILES = 8, /* in one chain */
	ACCESS_LIST_MAX = 4096,
	ACCESS_ALWAYS = 1, /* a right at any hour between a card's dates; foyer never gives it */
};

/* One controller's section of the configuration, checked. */
struct access_conf {
	char driver[TEXT_WORD_SZ];
	char address[TEXT_MAIL_SZ]; /* host:port */
	uint32_t serial;
	uint32_t card_first, card_last; /* numbers foyer may issue */
	int profile_first, profile_last; /* time profiles foyer may write */
	int timeout_ms, retries; /* of one question */
	char timezone[TEXT_WORD_SZ]; /* of the controller's clock */
};

struct access_profile {
	int id;
	struct access_date first, last;
	struct access_minute from, to; /* every day between them, both minutes within */
	int linked; /* the next profile of the chain; 0: none */
};

/* A right: this card opens these doors while the chain that starts at profiles[0] says so. */
struct access_grant {
	uint32_t card;
	int doors[ACCESS_DOORS], n_doors; /* 1..ACCESS_DOORS */
	struct access_date first, last;
	struct access_profile profiles[ACCESS_PROFILES];
	int n_profiles;
	bool fresh; /* the number's first right in its present life: it must not be there yet */
	bool issued; /* a right under this number was read back before: the card is surely ours */
};

/* What a controller holds under a number. */
struct access_card {
	bool there;
	struct access_date first, last;
	int right[ACCESS_DOORS]; /* by door - 1: 0 none, ACCESS_ALWAYS, else a time profile's id */
	bool odd; /* has something that no grant of ours has: a PIN, a first-card flag */
};

struct access_list {
	uint32_t card[ACCESS_LIST_MAX]; /* in our range, in the controller's order */
	int n;
	uint32_t count; /* all cards that the controller holds */
};

struct access_health {
	uint32_t cards;
	char version[TEXT_WORD_SZ];
	/* The controller's clock minus ours, after it was set if it was wrong; clock_off: it is wrong still. */
	int64_t clock_offset_ms;
	bool clock_off;
	bool full; /* the last new card did not fit */
};

struct access_driver {
	const char *name;
	/* *own_state: close. Reaches nobody; looks up names. ERR_CONFIG. conf is copied, clock borrowed functions. */
	enum err_code (*open)(void **own_state, const struct access_conf *conf,
	    const struct clock *clock, struct err *e);
	void (*close)(void *own_state);
	/* Set the clock right if it is time to look, then write the profiles (each read back) and the card. */
	enum err_code (*grant)(void *state, const struct access_grant *g, struct err *e);
	/* Delete; a number that is not there is no error. */
	enum err_code (*revoke)(void *state, uint32_t card, struct err *e);
	enum err_code (*read_back)(
	    void *state, uint32_t card, struct access_card *out, struct err *e);
	enum err_code (*list)(void *state, struct access_list *out, struct err *e);
	/* Looks at the clock, and sets it if it is wrong. */
	enum err_code (*health)(void *state, struct access_health *out, struct err *e);
};

/* NULL if there is none of that name. */
const struct access_driver *access_driver_find(const char *name);

/* A driver at work on one controller. */
struct access_controller {
	const struct access_driver *driver;
	void *state;
	struct access_conf conf;
};

/* ERR_CONFIG for an unknown driver, and as the driver's open. After an error there is nothing to close. */
enum err_code access_controller_open(struct access_controller *c, const struct access_conf *conf,
    const struct clock *clock, struct err *e) MUST_USE;
void access_controller_close(struct access_controller *c);

#endif
