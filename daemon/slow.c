#include "daemon/slow.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/idem.h"
#include "daemon/routes.h"
#include "daemon/server.h"
#include "daemon/stream.h"
#include "db/staff.h"

struct slow {
	struct request rq; /* who asked, under which key; nothing else of it is alive */
	struct later *later;
	uint8_t hash[DB_REQUEST_HASH];
	char actor[DB_ACTOR_SZ];
	struct slow *next;
};

static void request_hash(const struct request *rq, uint8_t hash[DB_REQUEST_HASH])
{
	char *body = json_dumps(rq->body, JSON_COMPACT | JSON_SORT_KEYS);
	idem_hash(hash, route_method_name(rq->route->method), rq->route->path, body,
	    body ? strlen(body) : 0);
	free(body);
}

static bool at_work(const struct slow *s, const struct request *rq)
{
	for (; s; s = s->next)
		if (uuid_eq(&s->rq.key, &rq->key))
			return true;
	return false;
}

/* Who asks, and whether this key was answered before. */
static enum err_code look(
    struct request *rq, const uint8_t hash[DB_REQUEST_HASH], bool *replayed, struct err *e)
{
	struct foyerd *d = rq->d;
	struct db_staff s;
	char *text = NULL;
	int status = 0;
	enum err_code c = foyerd_begin(d, e);
	if (c)
		return c;
	c = db_staff_of(d->book, rq->actor.user, (int64_t)rq->actor.uid, &s, e);
	if (!c) {
		rq->actor.staff = s.id;
		c = idem_look(rq, hash, replayed, &status, &text, e);
	}
	c = foyerd_end(d, c, e);
	if (!c && *replayed)
		request_reply(rq, status, text ? json_loads(text, 0, NULL) : NULL);
	free(text);
	return c;
}

enum err_code slow_begin(struct request *rq, struct slow **own_s, bool *replayed, struct err *e)
{
	uint8_t hash[DB_REQUEST_HASH];
	*replayed = false;
	if (uuid_is_nil(&rq->key))
		return err_set(e, ERR_INPUT,
		    "Idempotency-Key: a request that changes something must carry one (a UUID)");
	if (at_work(rq->d->slow, rq))
		return err_set(e, ERR_BUSY, "the same request is being worked on");
	request_hash(rq, hash);
	enum err_code c = look(rq, hash, replayed, e);
	if (c || *replayed)
		return c;
	struct slow *s = mem_new(1, sizeof *s);
	s->rq.d = rq->d;
	s->rq.actor = rq->actor;
	s->rq.key = rq->key;
	s->later = request_later(rq);
	memcpy(s->hash, hash, sizeof hash);
	request_actor(rq, s->actor);
	s->next = rq->d->slow;
	rq->d->slow = s;
	*own_s = s;
	return ERR_OK;
}

const char *slow_actor(const struct slow *s)
{
	return s->actor;
}

static void slow_free(struct slow *own_s)
{
	for (struct slow **at = &own_s->rq.d->slow; *at; at = &(*at)->next) {
		if (*at == own_s) {
			*at = own_s->next;
			break;
		}
	}
	free(own_s);
}

void slow_done(struct slow *own_s, int status, json_t *own_answer, struct db_journal_entry *en)
{
	struct foyerd *d = own_s->rq.d;
	struct err e;
	char *text = json_print_line(own_answer);
	enum err_code c = foyerd_begin(d, &e);
	if (!c) {
		if (en)
			en->actor = own_s->actor;
		c = en ? db_journal_append(d->book, en, NULL, &e) : ERR_OK;
		if (!c)
			c = idem_keep(&own_s->rq, own_s->hash, status, text, &e);
		c = foyerd_end(d, c, &e);
	}
	free(text);
	if (c) {
		json_decref(own_answer);
		slow_fail(own_s, &e);
		return;
	}
	later_answer(own_s->later, status, own_answer);
	slow_free(own_s);
}

void slow_fail(struct slow *own_s, const struct err *e)
{
	later_fail(own_s->later, e);
	slow_free(own_s);
}
