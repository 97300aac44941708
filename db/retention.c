#include "db/retention.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/erase.h"
#include "db/idempotency.h"
#include "db/lookup.h"
#include "db/query.h"

/* One run: what may be kept, and how much may still be done in it. */
struct purge {
	struct book *b;
	const struct conf_retention *keep;
	int64_t now_ms;
	int left;
};

/* An id below every id that was made at or after ms: UUIDv7 begins with its time, RFC 9562 §5.7. */
static struct uuid id_floor(int64_t ms)
{
	struct uuid u = {0};
	for (int i = 0; i < 6; i++)
		u.b[i] = (uint8_t)((uint64_t)(ms < 0 ? 0 : ms) >> (40 - 8 * i));
	return u;
}

/* The id below which everything may be due that was made up to limit_ms: ids that ran ahead of the time once say too late a time. */
static struct uuid id_before(const struct book *b, int64_t limit_ms)
{
	return id_floor((limit_ms > b->now.id_ms ? limit_ms : b->now.id_ms) + 1);
}

static enum err_code none_is_done(enum err_code code)
{
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* Each of these forgets one thing, or answers ERR_NOT_FOUND where nothing more is due. */

/* What was answered may say it too: while a visit is open, so nothing as old as its end is kept. */
static enum err_code purge_answers(struct purge *p, int64_t keep_ms, struct err *e)
{
	enum { ROUND = 1000 };
	int n = ROUND;
	enum err_code code = ERR_OK;
	while (code == ERR_OK && n == ROUND)
		code = db_idempotency_purge(p->b, p->now_ms - keep_ms + 1, ROUND, &n, e);
	return code;
}

static enum err_code purge_field(struct purge *p, struct err *e)
{
	struct uuid visit = {0};
	char name[TEXT_WORD_SZ] = "";
	int64_t keep_ms = CLOCK_DAY;
	struct query q = query_of(p->b, ST_PURGE_FIELD);
	put_int(&q, p->now_ms);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_uuid(&q, &visit);
		get_text(&q, name, sizeof name);
		keep_ms = get_int(&q);
	}
	code = query_end(&q, code, e);
	if (code == ERR_OK && keep_ms < CLOCK_DAY)
		code = purge_answers(p, keep_ms, e);
	return code == ERR_OK ? erase_field(p->b, &visit, name, e) : code;
}

/* No answer holds what is sealed: only the book does. */
static enum err_code purge_sealed(struct purge *p, struct err *e)
{
	struct uuid visit = {0};
	char part[TEXT_WORD_SZ] = "";
	int n = 0;
	struct query q = query_of(p->b, ST_PURGE_SEALED);
	put_int(&q, p->now_ms);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_uuid(&q, &visit);
		n = (int)get_int(&q);
		get_text(&q, part, sizeof part);
	}
	code = query_end(&q, code, e);
	return code == ERR_OK ? erase_sealed(p->b, &visit, n, part, e) : code;
}

/* A visit whose visitor is due: the visit forgets the person, and the person goes with the last
 * visit that knew them. Signatures have a time of their own. */
static enum err_code purge_person_who(struct purge *p, bool came, struct err *e)
{
	struct erase_trace t = {0};
	int64_t known = 0;
	struct query q = query_of(p->b, ST_PURGE_PERSON);
	put_int(&q, came);
	put_int(&q, p->now_ms - (came ? p->keep->visitor_ms : p->keep->invitation_ms));
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_uuid(&q, &t.visit);
		t.number = get_int(&q);
		t.from_ms = get_int(&q);
		get_text(&q, t.words, sizeof t.words);
		get_uuid(&q, &t.visitor);
	}
	code = query_end(&q, code, e);
	if (code == ERR_OK)
		code = erase_visit(p->b, &t, e);
	if (code != ERR_OK)
		return code;
	q = query_of(p->b, ST_VISITOR_KNOWN);
	put_uuid(&q, &t.visitor);
	code = query_number(&q, &known, e);
	return code == ERR_OK && known == 0 ? erase_person(p->b, &t.visitor, false, e) : code;
}

static enum err_code purge_person(struct purge *p, struct err *e)
{
	enum err_code code = purge_person_who(p, true, e);
	return code == ERR_NOT_FOUND ? purge_person_who(p, false, e) : code;
}

/* A visitor whom nothing names any more goes; one whom only a signature names keeps the id alone. */
static enum err_code settle_visitor(struct book *b, const struct uuid *visitor, struct err *e)
{
	int64_t named = 0;
	struct query q = query_of(b, ST_VISITOR_NAMED);
	put_uuid(&q, visitor);
	enum err_code code = query_number(&q, &named, e);
	if (code != ERR_OK || (named & 1) != 0)
		return code;
	if (named != 0)
		return erase_person(b, visitor, false, e);
	code = erase_by(b, ST_VISITOR_DELETE, visitor, false, e);
	return code == ERR_OK ? tombstone(b, "visitor", visitor, "", e) : code;
}

static enum err_code purge_signature(struct purge *p, struct err *e)
{
	int64_t limit = p->now_ms - p->keep->signature_ms;
	struct uuid id = {0}, visitor = {0}, before = id_before(p->b, limit);
	struct query q = query_of(p->b, ST_PURGE_SIGNATURE);
	put_int(&q, limit);
	put_edge(&q, &before, true);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_uuid(&q, &id);
		get_uuid(&q, &visitor);
	}
	code = query_end(&q, code, e);
	if (code == ERR_OK)
		code = erase_signature(p->b, &id, e);
	return code == ERR_OK ? settle_visitor(p->b, &visitor, e) : code;
}

struct old_visit {
	struct erase_trace trace;
	int64_t stays;
	char type[TEXT_WORD_SZ];
};

static enum err_code delete_visit_rows(struct book *b, const struct old_visit *v, struct err *e)
{
	static const struct {
		enum statement s;
		bool stamped;
	} steps[] = {
	    {ST_VISIT_UNHANG, true},
	    {ST_VISIT_DELETE_STAYS, false},
	    {ST_VISIT_DELETE_BADGES, false},
	    {ST_VISIT_DELETE_INVITATION, false},
	    {ST_VISIT_DELETE_WAITING, false},
	    {ST_VISIT_DELETE_JOBS, false},
	    {ST_VISIT_DELETE_CREDENTIALS, false},
	};
	enum err_code code = erase_words(b, &v->trace, e);
	if (code == ERR_OK)
		code = erase_fields(b, &v->trace.visit, e);
	if (code == ERR_OK)
		code = erase_documents(b, &v->trace.visit, e);
	for (size_t i = 0; code == ERR_OK && i < sizeof steps / sizeof steps[0]; i++)
		code = erase_by(b, steps[i].s, &v->trace.visit, steps[i].stamped, e);
	if (code != ERR_OK)
		return code;
	struct query q = query_of(b, ST_CARD_FREE);
	put_uuid(&q, &v->trace.visit);
	put_int(&q, book_now(b));
	put_stamp(&q);
	code = query_run(&q, e);
	return code == ERR_OK ? erase_by(b, ST_VISIT_DELETE, &v->trace.visit, false, e) : code;
}

static enum err_code count_visit(struct book *b, const struct old_visit *v, struct err *e)
{
	struct query q = query_of(b, ST_TALLY_ADD);
	put_int(&q, v->trace.from_ms / CLOCK_DAY);
	put_text(&q, v->type);
	put_int(&q, v->stays > 0);
	return query_run(&q, e);
}

static enum err_code purge_visit(struct purge *p, struct err *e)
{
	struct old_visit v = {0};
	struct query q = query_of(p->b, ST_PURGE_VISIT);
	put_int(&q, p->now_ms - p->keep->visit_ms);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_uuid(&q, &v.trace.visit);
		v.trace.number = get_int(&q);
		v.trace.from_ms = get_int(&q);
		get_uuid(&q, &v.trace.visitor);
		get_text(&q, v.type, sizeof v.type);
		v.stays = get_int(&q);
		get_text(&q, v.trace.words, sizeof v.trace.words);
	}
	code = query_end(&q, code, e);
	if (code == ERR_OK)
		code = count_visit(p->b, &v, e);
	if (code == ERR_OK)
		code = delete_visit_rows(p->b, &v, e);
	if (code == ERR_OK)
		code = tombstone(p->b, "visit", &v.trace.visit, "", e);
	return code == ERR_OK ? settle_visitor(p->b, &v.trace.visitor, e) : code;
}

static enum err_code purge_details(struct purge *p, struct err *e)
{
	int64_t seq = 0, at_ms = 0;
	struct uuid subject = {0};
	struct query q = query_of(p->b, ST_PURGE_DETAILS_NEXT);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		seq = get_int(&q);
		get_blob(&q, subject.b, sizeof subject.b);
		at_ms = get_int(&q);
	}
	code = query_end(&q, code, e);
	if (code == ERR_OK && at_ms > p->now_ms - p->keep->journal_ms)
		code = ERR_NOT_FOUND;
	if (code != ERR_OK)
		return code;
	q = query_of(p->b, ST_PURGE_DETAILS);
	put_blob(&q, subject.b, sizeof subject.b);
	put_int(&q, seq);
	code = query_run(&q, e);
	if (code != ERR_OK)
		return code;
	q = query_of(p->b, ST_META_SET);
	put_text(&q, "journal_purged");
	put_int(&q, seq);
	return query_run(&q, e);
}

static enum err_code purge_row(struct purge *p, enum statement find, enum statement delete,
    int64_t before_ms, const char *table, struct err *e)
{
	struct uuid id = {0};
	struct query q = query_of(p->b, find);
	put_int(&q, before_ms);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_uuid(&q, &id);
	code = query_end(&q, code, e);
	if (code == ERR_OK && delete == ST_HOST_DELETE)
		code = erase_by(p->b, ST_HOST_WORDS_DELETE, &id, false, e);
	if (code == ERR_OK && delete == ST_HOST_DELETE)
		code = erase_by(p->b, ST_ERASE_DETAILS, &id, false, e);
	if (code == ERR_OK)
		code = erase_by(p->b, delete, &id, false, e);
	return code == ERR_OK ? tombstone(p->b, table, &id, "", e) : code;
}

/* Help that nobody's visit asked for. */
static enum err_code purge_waiting(struct purge *p, struct err *e)
{
	int64_t limit = p->now_ms - p->keep->journal_ms;
	struct uuid id = {0}, before = id_before(p->b, limit);
	struct query q = query_of(p->b, ST_PURGE_WAITING);
	put_edge(&q, &before, true);
	put_int(&q, limit);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_uuid(&q, &id);
	code = query_end(&q, code, e);
	if (code == ERR_OK)
		code = erase_by(p->b, ST_WAITING_DELETE, &id, false, e);
	return code == ERR_OK ? tombstone(p->b, "waiting", &id, "", e) : code;
}

/* Who left is kept as long as a visit; who no longer acts is kept as long as the journal that
 * names them. */
static enum err_code purge_host(struct purge *p, struct err *e)
{
	return purge_row(
	    p, ST_PURGE_HOST, ST_HOST_DELETE, p->now_ms - p->keep->visit_ms, "host", e);
}

static enum err_code purge_staff(struct purge *p, struct err *e)
{
	return purge_row(
	    p, ST_PURGE_STAFF, ST_STAFF_DELETE, p->now_ms - p->keep->journal_ms, "staff", e);
}

/* Many rows at a time. A failed revoke is an alarm: it stays until somebody takes note of it. */
static enum err_code purge_jobs(struct purge *p, struct err *e)
{
	int64_t limit = p->now_ms - p->keep->job_ms;
	struct uuid before = id_before(p->b, limit);
	struct query q = query_of(p->b, ST_PURGE_JOBS);
	put_edge(&q, &before, true);
	put_int(&q, limit);
	put_int(&q, p->left);
	enum err_code code = query_run(&q, e);
	if (code == ERR_OK)
		p->left -= sqlite3_changes(p->b->db);
	return code;
}

/* Answers are kept for a day, but never longer than the visitors that they name. */
static int64_t answers_keep_ms(const struct conf_retention *keep)
{
	int64_t ms =
	    keep->visitor_ms < keep->invitation_ms ? keep->visitor_ms : keep->invitation_ms;
	return ms < CLOCK_DAY ? ms : CLOCK_DAY;
}

enum err_code db_retention_purge(struct book *b, const struct conf_retention *keep, int64_t now_ms,
    int limit, int *n, struct err *e)
{
	static enum err_code (*const single[])(struct purge *, struct err *) = {
	    purge_field,
	    purge_sealed,
	    purge_person,
	    purge_signature,
	    purge_visit,
	    purge_waiting,
	    purge_details,
	    purge_host,
	    purge_staff,
	};
	struct purge p = {.b = b, .keep = keep, .now_ms = now_ms, .left = limit};
	int answers = 0;
	*n = 0;
	enum err_code code =
	    db_idempotency_purge(b, now_ms - answers_keep_ms(keep) + 1, limit, &answers, e);
	p.left -= answers;
	if (code == ERR_OK && p.left > 0)
		code = purge_jobs(&p, e);
	for (size_t i = 0; code == ERR_OK && i < sizeof single / sizeof single[0]; i++) {
		while (p.left > 0 && (code = single[i](&p, e)) == ERR_OK)
			p.left--;
		code = none_is_done(code);
	}
	*n = limit - p.left;
	return code;
}
