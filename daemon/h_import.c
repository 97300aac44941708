/*
 * POST /v1/hosts/import: a list of hosts against the book; what would change, and on request the
 * change. A list may have 20,000 rows, so it is worked on a slice a round of the loop, and the
 * answer comes later. Slices commit by themselves: an import that is broken off is run again, and
 * finds half of it done.
 *
 *   SCAN      each row: is it good, is it new, what differs
 *   DEPUTIES  each deputy: is there such a host, in the book or in the list
 *   LEAVERS   each host of the book who is not in the list
 *   APPLY, APPOINT, LEAVE: only where it was asked for and no row is bad
 */
#include "daemon/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/host_check.h"
#include "daemon/host_csv.h"
#include "daemon/loop.h"
#include "daemon/server.h"
#include "daemon/slow.h"
#include "db/host.h"
#include "db/journal.h"

enum { ROWS_MOST = 20000, SLICE = 100, TOLD_MOST = 200 };

enum phase { SCAN, DEPUTIES, LEAVERS, APPLY, APPOINT, LEAVE, DONE };

struct entry {
	char *uid, *deputy; /* deputy NULL: none named */
	struct csv at; /* to read the row again */
	int line;
};

struct import {
	struct foyerd *d;
	struct slow *slow;
	struct loop_timer step;
	char *text;
	bool apply, mark_left;
	struct host_csv csv;
	enum phase phase;
	struct entry *entries, **by_uid;
	int n, at;
	struct uuid after; /* LEAVERS: how far */
	struct uuid *leavers;
	int n_leavers;
	json_t *add, *change, *leave, *errors;
	int n_add, n_change, n_same, n_errors;
};

static void import_free(struct import *own_i)
{
	for (int k = 0; k < own_i->n; k++) {
		free(own_i->entries[k].uid);
		free(own_i->entries[k].deputy);
	}
	free(own_i->entries);
	free(own_i->by_uid);
	free(own_i->leavers);
	free(own_i->text);
	json_decref(own_i->add);
	json_decref(own_i->change);
	json_decref(own_i->leave);
	json_decref(own_i->errors);
	loop_timer_clear(own_i->d->loop, &own_i->step);
	free(own_i);
}

static void told_add(json_t *list, json_t *own_item)
{
	if (json_array_size(list) < TOLD_MOST)
		json_array_append_new(list, own_item);
	else
		json_decref(own_item);
}

static void wrong(struct import *i, int line, const char *message)
{
	i->n_errors++;
	told_add(i->errors, json_pack("{s:i, s:s}", "line", line, "message", message));
}

/* --- what would change ------------------------------------------------------------------- */

static enum err_code deputy_uid(
    struct import *i, const struct db_host *h, char dst[TEXT_MAIL_SZ], struct err *e)
{
	struct db_host deputy;
	dst[0] = 0;
	if (uuid_is_nil(&h->deputy))
		return ERR_OK;
	enum err_code c = db_host_get(i->d->book, &h->deputy, &deputy, e);
	if (!c)
		str_copy(dst, TEXT_MAIL_SZ, deputy.uid);
	return c == ERR_NOT_FOUND ? ERR_OK : c;
}

static enum err_code scan_row(struct import *i, const struct host_row *row, struct err *e)
{
	struct db_host book;
	char deputy[TEXT_MAIL_SZ];
	enum err_code c = db_host_by_uid(i->d->book, row->host.uid, &book, e);
	if (c == ERR_NOT_FOUND) {
		i->n_add++;
		told_add(i->add, json_string(row->host.uid));
		return ERR_OK;
	}
	if (!c)
		c = deputy_uid(i, &book, deputy, e);
	if (c)
		return c;
	unsigned diff = host_csv_diff(&i->csv, &book, &row->host);
	if (i->csv.at[HOST_DEPUTY] >= 0 && !str_eq(deputy, row->deputy))
		diff |= 1u << HOST_DEPUTY;
	if (!diff && !book.left_ms) {
		i->n_same++;
		return ERR_OK;
	}
	json_t *what = json_array();
	for (int k = 0; k < HOST_COLUMNS; k++)
		if (diff & 1u << k)
			json_array_append_new(
			    what, json_string(host_column_name((enum host_column)k)));
	if (book.left_ms)
		json_array_append_new(what, json_string("back"));
	i->n_change++;
	told_add(i->change, json_pack("{s:s, s:o}", "uid", row->host.uid, "what", what));
	return ERR_OK;
}

static enum err_code step_scan(struct import *i, bool *over, struct err *e)
{
	struct host_row row;
	for (int k = 0; k < SLICE; k++) {
		struct csv at = i->csv.csv;
		if (!host_csv_next(&i->csv, &row)) {
			*over = true;
			return ERR_OK;
		}
		if (!row.bad)
			row.bad = host_lang_check(i->d->conf, row.host.lang, &row.why) != ERR_OK;
		if (row.bad) {
			wrong(i, row.line, row.why.msg);
			continue;
		}
		if (i->n == ROWS_MOST)
			return err_set(e, ERR_TOO_LONG, "csv: more than %d rows", ROWS_MOST);
		i->entries[i->n++] = (struct entry){.uid = mem_strdup(row.host.uid),
		    .deputy = row.deputy[0] ? mem_strdup(row.deputy) : NULL,
		    .at = at,
		    .line = row.line};
		enum err_code c = scan_row(i, &row, e);
		if (c)
			return c;
	}
	return ERR_OK;
}

static int by_uid(const void *a, const void *b)
{
	return strcmp((*(struct entry *const *)a)->uid, (*(struct entry *const *)b)->uid);
}

static void index_make(struct import *i)
{
	i->by_uid = mem_new((size_t)i->n + 1, sizeof *i->by_uid);
	for (int k = 0; k < i->n; k++)
		i->by_uid[k] = &i->entries[k];
	qsort(i->by_uid, (size_t)i->n, sizeof *i->by_uid, by_uid);
	for (int k = 1; k < i->n; k++)
		if (str_eq(i->by_uid[k]->uid, i->by_uid[k - 1]->uid))
			wrong(i, i->by_uid[k]->line, "uid: stands in the list twice");
}

static bool listed(const struct import *i, char *uid)
{
	struct entry key = {.uid = uid}, *at = &key;
	return bsearch(&at, i->by_uid, (size_t)i->n, sizeof *i->by_uid, by_uid) != NULL;
}

static enum err_code step_deputies(struct import *i, bool *over, struct err *e)
{
	for (int k = 0; k < SLICE && i->at < i->n; k++, i->at++) {
		struct db_host h;
		struct entry *n = &i->entries[i->at];
		if (!n->deputy || listed(i, n->deputy))
			continue;
		enum err_code c = db_host_by_uid(i->d->book, n->deputy, &h, e);
		if (c && c != ERR_NOT_FOUND)
			return c;
		if (c)
			wrong(i, n->line, "deputy: there is no such host");
	}
	*over = i->at == i->n;
	return ERR_OK;
}

static enum err_code step_leavers(struct import *i, bool *over, struct err *e)
{
	struct db_host hosts[SLICE];
	int n = 0;
	enum err_code c = db_host_list(i->d->book, &i->after, false, hosts, SLICE, &n, e);
	for (int k = 0; k < n && !c; k++) {
		i->after = hosts[k].id;
		if (listed(i, hosts[k].uid))
			continue;
		if (i->n_leavers % SLICE == 0)
			i->leavers =
			    mem_grow(i->leavers, (size_t)i->n_leavers + SLICE, sizeof *i->leavers);
		i->leavers[i->n_leavers++] = hosts[k].id;
		told_add(i->leave, json_string(hosts[k].uid));
	}
	*over = n < SLICE;
	return c;
}

/* --- the change -------------------------------------------------------------------------- */

static enum err_code record(
    struct import *i, const char *what, const struct uuid *host, struct err *e)
{
	struct db_journal_entry en = {.actor = slow_actor(i->slow), .what = what, .subject = *host};
	return db_journal_append(i->d->book, &en, NULL, e);
}

static enum err_code row_again(
    struct import *i, const struct entry *n, struct host_row *row, struct err *e)
{
	struct host_csv again = i->csv;
	again.csv = n->at;
	if (!host_csv_next(&again, row) || row->bad)
		return err_set(e, ERR_BUG, "a row of the list reads differently the second time");
	return ERR_OK;
}

static enum err_code apply_one(struct import *i, struct err *e)
{
	struct host_row row;
	struct db_host h;
	enum db_host_put what = DB_HOST_SAME;
	enum err_code c = row_again(i, &i->entries[i->at], &row, e);
	if (c)
		return c;
	c = db_host_by_uid(i->d->book, row.host.uid, &h, e);
	if (c && c != ERR_NOT_FOUND)
		return c;
	if (c)
		h = (struct db_host){0};
	host_csv_merge(&i->csv, &h, &row.host);
	c = db_host_put(i->d->book, &h, &what, e);
	if (!c && h.left_ms) {
		c = db_host_set_left(i->d->book, &h.id, 0, e);
		what = DB_HOST_CHANGED;
	}
	if (c || what == DB_HOST_SAME)
		return c;
	return record(i, what == DB_HOST_ADDED ? "host.add" : "host.change", &h.id, e);
}

static enum err_code appoint_one(struct import *i, struct err *e)
{
	const struct entry *n = &i->entries[i->at];
	struct db_host h, deputy = {0};
	enum db_host_put what = DB_HOST_SAME;
	if (i->csv.at[HOST_DEPUTY] < 0)
		return ERR_OK;
	enum err_code c = db_host_by_uid(i->d->book, n->uid, &h, e);
	if (!c && n->deputy)
		c = db_host_by_uid(i->d->book, n->deputy, &deputy, e);
	if (c || uuid_eq(&h.deputy, &deputy.id))
		return c;
	h.deputy = deputy.id;
	c = db_host_put(i->d->book, &h, &what, e);
	return c ? c : record(i, "host.change", &h.id, e);
}

static enum err_code leave_one(struct import *i, struct err *e)
{
	const struct uuid *id = &i->leavers[i->at];
	enum err_code c = db_host_set_left(i->d->book, id, book_now(i->d->book), e);
	return c ? c : record(i, "host.leave", id, e);
}

static enum err_code step_write(struct import *i,
    enum err_code (*one)(struct import *, struct err *), int n, bool *over, struct err *e)
{
	enum err_code c = foyerd_begin(i->d, e);
	if (c)
		return c;
	for (int k = 0; k < SLICE && i->at < n && !c; k++, i->at++)
		c = one(i, e);
	*over = i->at == n;
	return foyerd_end(i->d, c, e);
}

/* --- the steps --------------------------------------------------------------------------- */

static void answer(struct import *i)
{
	bool applied = i->apply && !i->n_errors;
	json_t *o = json_pack("{s:O, s:O, s:O, s:i, s:O, s:b, s:{s:i, s:i, s:i, s:i}}", "add",
	    i->add, "change", i->change, "leave", i->leave, "same", i->n_same, "errors", i->errors,
	    "applied", applied, "counts", "add", i->n_add, "change", i->n_change, "leave",
	    i->n_leavers, "errors", i->n_errors);
	struct db_journal_entry en = {.what = "host.import"};
	slow_done(i->slow, 200, o, applied ? &en : NULL);
	import_free(i);
}

static enum phase phase_after(struct import *i)
{
	bool apply = i->apply && !i->n_errors;
	i->at = 0;
	switch (i->phase) {
	case SCAN: index_make(i); return DEPUTIES;
	case DEPUTIES: return LEAVERS;
	case LEAVERS: return apply ? APPLY : DONE;
	case APPLY: return APPOINT;
	case APPOINT: return i->mark_left ? LEAVE : DONE;
	case LEAVE:
	case DONE: break;
	}
	return DONE;
}

static enum err_code phase_step(struct import *i, bool *over, struct err *e)
{
	switch (i->phase) {
	case SCAN: return step_scan(i, over, e);
	case DEPUTIES: return step_deputies(i, over, e);
	case LEAVERS: return step_leavers(i, over, e);
	case APPLY: return step_write(i, apply_one, i->n, over, e);
	case APPOINT: return step_write(i, appoint_one, i->n, over, e);
	case LEAVE: return step_write(i, leave_one, i->n_leavers, over, e);
	case DONE: break;
	}
	return ERR_OK;
}

static void step(void *arg)
{
	struct import *i = arg;
	struct err e = {0};
	bool over = false;
	enum err_code c =
	    i->d->closed ? err_set(&e, ERR_IO, "the book is closed") : phase_step(i, &over, &e);
	if (c) {
		slow_fail(i->slow, &e);
		import_free(i);
		return;
	}
	if (over)
		i->phase = phase_after(i);
	if (i->phase == DONE)
		answer(i);
	else
		loop_timer_set(i->d->loop, &i->step, 0);
}

enum err_code h_host_import(struct request *rq, struct err *e)
{
	struct json_reader r;
	struct slow *slow;
	bool apply = false, mark_left = false, replayed = false;
	const char *text = json_string_value(json_object_get(rq->body, "csv"));
	json_read_begin(&r, rq->body, e);
	json_read_bool(&r, "apply", JSON_OPTIONAL, &apply);
	json_read_bool(&r, "mark_left", JSON_OPTIONAL, &mark_left);
	json_read_ignore_rest(&r);
	enum err_code c = json_read_end(&r);
	if (!c && !text)
		c = err_set(e, ERR_INPUT, "csv: must be there");
	struct host_csv csv;
	if (!c)
		c = host_csv_open(&csv, text, strlen(text), e);
	if (!c)
		c = slow_begin(rq, &slow, &replayed, e);
	if (c || replayed)
		return c;
	struct import *i = mem_new(1, sizeof *i);
	i->d = rq->d;
	i->slow = slow;
	i->text = mem_strdup(text);
	i->apply = apply;
	i->mark_left = mark_left;
	i->csv = csv;
	i->csv.csv.text = i->text;
	i->entries = mem_new(ROWS_MOST, sizeof *i->entries);
	i->add = json_array();
	i->change = json_array();
	i->leave = json_array();
	i->errors = json_array();
	i->step = (struct loop_timer){.fn = step, .arg = i};
	loop_timer_set(rq->d->loop, &i->step, 0);
	return ERR_OK;
}
