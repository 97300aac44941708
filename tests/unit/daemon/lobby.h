/*
 * A lobby without sockets and couriers: a book on disk, keys, a configuration, and a clock that stands still. Requests go through the
 * route table and the transaction as foyerd's do; what couriers would be told is composed, and what they would answer is played.
 */
#ifndef TESTS_UNIT_DAEMON_LOBBY_H
#define TESTS_UNIT_DAEMON_LOBBY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/server.h"

struct lobby {
	struct foyerd d;
	struct clock_fake clock;
	char dir[64];
	char host[UUID_TEXT_SZ]; /* aroth's id */
	uint64_t keys; /* Idempotency-Keys given out */
};

/* extra: configuration after the shipped defaults and the lobby's own; NULL none. For cmocka's setup and teardown. */
void lobby_open(struct lobby *l, const char *extra);
/* Into the house that lobby_open made in l->dir, once more: after lobby_close, or in a copy of that folder. host, keys and clock stay. */
void lobby_enter(struct lobby *l);
void lobby_close(struct lobby *l);

enum lobby_who { LOBBY_KIOSK, LOBBY_STAFF };

/* One request under a new key; asserts the status. Takes own_body (NULL: none). The answer is the caller's. */
json_t *lobby_ask(
    struct lobby *l, enum lobby_who who, int status, const char *method_path, json_t *own_body);
/* The same under a key of the caller's. */
json_t *lobby_ask_again(struct lobby *l, enum lobby_who who, int status, const char *method_path,
    json_t *own_body, uint64_t key);

/* The same, whatever the status is: it is returned. *own_text: the answer as it was sent, NULL for none. */
int lobby_try(struct lobby *l, enum lobby_who who, const char *method_path, const char *body,
    uint64_t key, char **own_text);

/* The courier of destination takes its next job, which must be of this kind (NULL: there must be none). The composed line is the caller's; NULL where it was dropped.
 * result: what it answers, NULL for done. */
json_t *lobby_courier(
    struct lobby *l, const char *destination, const char *kind, json_t *own_result);

/* Minutes later; what the clock does by itself is done. */
void lobby_later(struct lobby *l, int minutes);

/* An invitation for "Zoë Müller", guest of aroth, from now until in hours: its answer. */
json_t *lobby_invite(struct lobby *l, int hours);
/* A check-in body with a pass or code, agreed. */
json_t *lobby_agreed(struct lobby *l, const char *pass);
/* Text of a member; asserts that it is there. Borrowed. */
const char *text_of(const json_t *obj, const char *key);

/* What tests of the desk do again and again: a lobby a test; visit 1 as staff see it; a good check-in; the print job of the only printer; a walk-in's
 * and a sign-out's body. */
int lobby_setup(void **state);
int lobby_teardown(void **state);
json_t *lobby_pass(const char *pass);
json_t *lobby_show(struct lobby *l);
void assert_shows(struct lobby *l, const char *key, const char *value);
void assert_refused(struct lobby *l, const char *text, const char *word);
void lobby_checkin(struct lobby *l, const char *pass);
json_t *lobby_print(struct lobby *l);
json_t *lobby_walk_in(struct lobby *l, const char *name);
void lobby_sign_out(struct lobby *l, const char *pass, bool back);

#endif
