/*
 * What becomes of a visit after "welcome": badge, doors, host, told to the kiosk that holds the
 * token. It hides tokens and the streams that listen. Bounded, in memory, ten minutes an entry;
 * after a restart it is empty, and daemon/desk_progress.h brings back what is still asked for.
 *
 * Setters take the visit: one that nobody watches is ignored. Call them after the commit, or inside
 * a transaction that is about to commit: they only speak about what the couriers did. Words and
 * snapshot format: GET /v1/progress in etc/openapi.yaml.
 */
#ifndef DAEMON_PROGRESS_H
#define DAEMON_PROGRESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "base/uuid.h"

enum {
	PROGRESS_TOKEN_SZ = 33,
	PROGRESS_LIFE_MS = 10 * 60 * 1000,
	PROGRESS_MOST = 1024,
	PROGRESS_REASON_SZ = 33
};

enum progress_badge {
	PROGRESS_BADGE_NONE,
	PROGRESS_BADGE_PRINTING,
	PROGRESS_BADGE_PRINTED,
	PROGRESS_BADGE_TROUBLE
};
enum progress_doors {
	PROGRESS_DOORS_NONE,
	PROGRESS_DOORS_PENDING,
	PROGRESS_DOORS_OPEN,
	PROGRESS_DOORS_TROUBLE,
	PROGRESS_DOORS_WITHDRAWN,
};
enum progress_host {
	PROGRESS_HOST_NONE,
	PROGRESS_HOST_SENDING,
	PROGRESS_HOST_SENT,
	PROGRESS_HOST_TROUBLE
};

struct progress_state {
	enum progress_badge badge;
	enum progress_doors doors;
	enum progress_host host;
	char badge_reason[PROGRESS_REASON_SZ]; /* a courier's class: "media-empty"; "" */
	int64_t until_ms; /* the door right's end as shown; 0 unknown */
};

struct progress; /* progress_free */
struct progress *progress_new(const struct random *r);
void progress_free(struct progress *own_p);

/* Start (or start again) telling about visit. token gets 32 hex digits; the oldest entry goes
 * when the table is full. */
void progress_open(struct progress *p, const struct uuid *visit, const struct progress_state *start,
    int64_t mono_ms, char token[PROGRESS_TOKEN_SZ]);

/* A token that progress_open gave before foyerd was started again, at born_ms. False: the visit has
 * another one by now. */
bool progress_reopen(struct progress *p, const struct uuid *visit, const struct progress_state *now,
    int64_t born_ms, const char *token);

void progress_set_badge(
    struct progress *p, const struct uuid *visit, enum progress_badge b, const char *reason);
void progress_set_doors(
    struct progress *p, const struct uuid *visit, enum progress_doors s, int64_t until_ms);
void progress_set_host(struct progress *p, const struct uuid *visit, enum progress_host s);

/* --- for the streams --------------------------------------------------------------------- */

/* The state behind a token, borrowed until the next call. NULL: unknown or over. */
const struct progress_state *progress_find(
    const struct progress *p, const char *token, int64_t mono_ms);
/* Nothing will change any more. */
bool progress_is_final(const struct progress_state *s);
/* One "progress" event's data. */
json_t *progress_json(const struct progress_state *s);

/* Somebody who wants to hear of changes: embedded in its owner, who keeps it alive while it
 * listens. */
struct progress_listener {
	char token[PROGRESS_TOKEN_SZ];
	void (*changed)(void *arg);
	void *arg;
	struct progress_listener *next;
};
void progress_listen(struct progress *p, struct progress_listener *l);
void progress_unlisten(struct progress *p, struct progress_listener *l);

#endif
