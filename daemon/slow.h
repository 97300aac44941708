/*
 * A write that takes longer than a request may hold the loop (a backup, an import): its
 * Idempotency-Key, its journal entry and its answer, which comes later. It hides who asked. Of two
 * requests with one key at the same time, the second is told ERR_BUSY.
 */
#ifndef DAEMON_SLOW_H
#define DAEMON_SLOW_H

#include <jansson.h>

#include "daemon/request.h"
#include "db/journal.h"

struct slow;

/* In a handler of a route with ROUTE_STREAM: the request's answer comes later, through *own_s.
 * *replayed: it was answered from the store, and there is no *own_s. */
enum err_code slow_begin(
    struct request *rq, struct slow **own_s, bool *replayed, struct err *e) MUST_USE;

/* For the journal and the book. */
const char *slow_actor(const struct slow *s);

/* Record and answer; takes own_answer, and s is gone. en: without actor, which is filled in;
 * NULL: nothing to record. */
void slow_done(struct slow *own_s, int status, json_t *own_answer, struct db_journal_entry *en);
void slow_fail(struct slow *own_s, const struct err *e);

#endif
