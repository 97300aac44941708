#include "daemon/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/idem.h"
#include "daemon/server.h"
#include "daemon/stream.h"
#include "db/staff.h"

void answer_fini(struct answer *a)
{
	free(a->own_text);
	if (a->own_stream)
		a->own_stream->free(a->own_stream);
	if (a->later)
		later_abandon(a->later);
	*a = (struct answer){0};
}

void answer_object(struct answer *out, int status, json_t *own_obj)
{
	out->status = status;
	out->own_text = own_obj ? json_print_line(own_obj) : NULL;
	json_decref(own_obj);
}

void answer_error(struct answer *out, int status, const char *word, const char *message)
{
	answer_object(out, status, json_pack("{s:s, s:s}", "error", word, "message", message));
}

static void answer_err(struct answer *out, const struct call *c, const struct err *e)
{
	if (err_class_of(e->code) == ERR_CLASS_BUG)
		log_bug("%s: %s", c->route->operation, e->msg);
	int status = stream_status_of(e->code);
	if (status >= 500)
		log_error("%s: %s", c->route->operation, e->msg);
	/* How the house is built and what is broken in it (paths, files, the book) is for who runs it, not for who stands
	 * at a kiosk. */
	bool hidden = status >= 500 && c->actor.kiosk;
	answer_error(out, status, err_name(e->code),
	    hidden ? "this does not work at present; reception helps" : e->msg);
}

static enum err_code body_take(struct request *rq, const struct call *c, struct err *e)
{
	if (c->route->method == ROUTE_GET)
		return ERR_OK;
	if (!c->body_len) {
		rq->body = json_object();
		return ERR_OK;
	}
	return json_parse_object(&rq->body, c->body, c->body_len, c->body_len, e);
}

/* What an actor without a row yet needs to write: an id of their own. */
static enum err_code staff_take(struct request *rq, struct err *e)
{
	if (rq->actor.kiosk)
		return ERR_OK;
	struct db_staff s;
	enum err_code c = db_staff_of(rq->d->book, rq->actor.user, (int64_t)rq->actor.uid, &s, e);
	rq->actor.staff = s.id;
	return c;
}

/* The handler, and its answer stored. *done: an earlier answer to the same key was found
 * instead. */
static enum err_code write_inside(
    struct request *rq, const struct call *c, struct answer *out, bool *done, struct err *e)
{
	uint8_t hash[DB_REQUEST_HASH];
	*done = false;
	enum err_code code = staff_take(rq, e);
	if (code)
		return code;
	idem_hash(hash, route_method_name(c->route->method), c->path, c->body, c->body_len);
	code = idem_look(rq, hash, done, &out->status, &out->own_text, e);
	if (code == ERR_CONFLICT) {
		request_refuse(rq, 409, "key-reused", e->msg);
		return ERR_OK;
	}
	if (code || *done)
		return code;
	code = c->route->fn(rq, e);
	if (code || rq->refused)
		return code;
	char *text = rq->answer ? json_print_line(rq->answer) : NULL;
	code = idem_keep(rq, hash, rq->status, text, e);
	free(text);
	return code;
}

static enum err_code write_run(
    struct request *rq, const struct call *c, struct answer *out, struct err *e)
{
	bool replayed = false;
	enum err_code code = foyerd_begin(rq->d, e);
	if (code)
		return code;
	rq->now_ms = book_now(rq->d->book);
	code = write_inside(rq, c, out, &replayed, e);
	if (code)
		return foyerd_end(rq->d, code, e); /* rolls back */
	if (replayed || rq->refused) {
		book_rollback(rq->d->book);
		return ERR_OK;
	}
	FAULT("request.written");
	code = foyerd_end(rq->d, ERR_OK, e);
	FAULT("request.committed");
	if (!code)
		foyerd_wake(rq->d);
	return code;
}

/* One snapshot for all that an answer says; it also takes the book's locks once, not at every statement. Who answers later or in a stream, or works
 * while the book is closed, reads as it likes. */
static enum err_code read_run(struct request *rq, const struct call *c, struct err *e)
{
	bool snapshot = !(c->route->flags & (ROUTE_BOOKLESS | ROUTE_STREAM));
	enum err_code code = snapshot ? book_begin_read(rq->d->book, e) : ERR_OK;
	if (!code)
		code = c->route->fn(rq, e);
	if (snapshot)
		book_rollback(rq->d->book); /* nothing was written */
	if (code)
		foyerd_check(rq->d);
	return code;
}

static enum err_code key_take(struct request *rq, const struct call *c, struct err *e)
{
	if (!(c->route->flags & ROUTE_WRITES)) {
		if (c->key && !uuid_parse(&rq->key, c->key))
			return err_set(e, ERR_INPUT, "Idempotency-Key: must be a UUID");
		return ERR_OK;
	}
	if (!c->key || !uuid_parse(&rq->key, c->key) || uuid_is_nil(&rq->key))
		return err_set(e, ERR_INPUT,
		    "Idempotency-Key: a request that changes something must carry one (a UUID)");
	return ERR_OK;
}

static enum err_code run(
    struct request *rq, const struct call *c, struct answer *out, struct err *e)
{
	foyerd_look(rq->d);
	if (rq->d->closed && !(c->route->flags & ROUTE_BOOKLESS))
		return err_set(
		    e, ERR_IO, "the book is closed until it was opened again and verified");
	enum err_code code = key_take(rq, c, e);
	if (!code)
		code = body_take(rq, c, e);
	if (code)
		return code;
	if (c->route->flags & ROUTE_WRITES)
		return write_run(rq, c, out, e);
	return read_run(rq, c, e);
}

void dispatch(struct foyerd *d, const struct call *c, struct answer *out)
{
	struct err e = {0};
	struct request rq = {.d = d, .route = c->route, .actor = c->actor, .now_ms = foyerd_now(d)};
	*out = (struct answer){0};
	str_copy(rq.param, sizeof rq.param, c->param);
	for (int i = 0; i < c->n_query; i++) {
		rq.query[i].name = c->query[i][0];
		rq.query[i].value = c->query[i][1];
	}
	rq.n_query = c->n_query;
	enum err_code code = run(&rq, c, out, &e);
	if (code) {
		free(out->own_text);
		answer_err(out, c, &e);
		if (rq.later)
			later_abandon(rq.later);
		if (rq.stream)
			rq.stream->free(rq.stream);
	} else if (!out->status) {
		out->own_stream = rq.stream;
		out->later = rq.later;
		out->status = rq.status;
		out->own_text = rq.answer ? json_print_line(rq.answer) : NULL;
		if (!out->status && !out->later)
			log_bug("%s: the handler gave no answer", c->route->operation);
	}
	FAULT("foyerd.answered");
	json_decref(rq.answer);
	json_decref(rq.body);
}
