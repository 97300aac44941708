/* The journal read back and compared with itself, link by link. */
#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "db/journal_hash.h"
#include "db/query.h"

struct walk {
	struct book *b;
	const struct db_journal_check *check;
	struct db_journal_report *r;
	bool has_signed; /* there is a signed head further on the way */
	int64_t signed_seq, signed_ms;
	uint8_t signed_hash[DB_JOURNAL_HASH], sig[DB_JOURNAL_SIG];
};

/* The first thing found stays. */
static void bad(struct walk *w, int64_t seq, const char *why)
{
	if (!w->r->ok)
		return;
	w->r->ok = false;
	w->r->first_bad = seq;
	(void)str_copy(w->r->why, sizeof w->r->why, why);
}

static enum err_code next_signed(struct walk *w, struct err *e)
{
	struct query q = query_of(w->b, ST_HEAD_WALK);
	put_int(&q, w->signed_seq);
	enum err_code code = query_row(&q, e);
	w->has_signed = code == ERR_OK;
	if (code == ERR_OK) {
		w->signed_seq = get_int(&q);
		get_blob(&q, w->signed_hash, sizeof w->signed_hash);
		get_blob(&q, w->sig, sizeof w->sig);
		w->signed_ms = get_int(&q);
	}
	code = query_end_list(&q, code, e);
	/* Damaged: who signed it is unknown, so it does not hold. */
	if (code == ERR_CORRUPT) {
		bad(w, w->has_signed ? w->signed_seq : w->r->head.seq + 1,
		    "a signed head cannot be read");
		code = ERR_OK;
	}
	return code;
}

static bool same_hash(const uint8_t a[DB_JOURNAL_HASH], const uint8_t b[DB_JOURNAL_HASH])
{
	return memcmp(a, b, DB_JOURNAL_HASH) == 0;
}

/* The chain has come to seq: does what was signed or known of it agree? */
static enum err_code compare_heads(struct walk *w, struct err *e)
{
	const struct db_journal_head *h = &w->r->head, *known = w->check->known;
	if (known != NULL && known->seq == h->seq &&
	    (known->node != h->node || !same_hash(known->hash, h->hash)))
		bad(w, h->seq, "the entry is not the one that is known from elsewhere");
	if (!w->has_signed || w->signed_seq > h->seq)
		return ERR_OK;
	if (w->signed_seq < h->seq)
		bad(w, h->seq, "a head was signed of an entry that never was");
	if (!same_hash(w->signed_hash, h->hash))
		bad(w, h->seq, "the entry is not the one that was signed");
	uint8_t msg[DB_JOURNAL_MESSAGE];
	size_t n = db_journal_head_message(msg, h, w->signed_ms);
	if (w->check->signature != NULL && !w->check->signature(w->check->arg, w->sig, msg, n))
		bad(w, h->seq, "the signature over the head does not hold");
	w->r->heads += w->r->ok;
	return next_signed(w, e);
}

static enum err_code check_details(struct walk *w, const struct journal_link *l, struct err *e)
{
	int total = 0, kept = 0;
	char name[TEXT_WORD_SZ], value[TEXT_FIELD_SZ];
	const uint8_t *commitment;
	while (total < DB_JOURNAL_FIELDS &&
	       journal_commit_at(l->commits, l->commits_len, total, name, &commitment))
		total++;
	struct query q = query_of(w->b, ST_JOURNAL_DETAILS);
	put_blob(&q, l->subject->b, sizeof l->subject->b);
	put_int(&q, l->seq);
	enum err_code code;
	while ((code = query_row(&q, e)) == ERR_OK) {
		uint8_t salt[JOURNAL_SALT], again[DB_JOURNAL_HASH];
		int64_t n = get_int(&q);
		get_text(&q, value, sizeof value);
		get_blob(&q, salt, sizeof salt);
		kept++;
		if (n < 0 || n >= total ||
		    !journal_commit_at(l->commits, l->commits_len, (int)n, name, &commitment)) {
			bad(w, l->seq, "a value was added that the entry does not know");
			continue;
		}
		journal_commit(again, salt, name, value);
		if (!same_hash(again, commitment))
			bad(w, l->seq, "a value or its salt was changed");
	}
	if (total > kept)
		w->r->erased += total - kept;
	return query_end_list(&q, code, e);
}

static enum err_code check_row(struct walk *w, struct query *q, struct err *e)
{
	struct db_journal_head *head = &w->r->head;
	char actor[DB_ACTOR_SZ], what[TEXT_WORD_SZ];
	struct uuid subject;
	uint8_t stored[DB_JOURNAL_HASH], again[DB_JOURNAL_HASH];
	struct journal_link l = {.actor = actor, .what = what, .subject = &subject};
	l.seq = get_int(q);
	l.at_ms = get_int(q);
	get_text(q, actor, sizeof actor);
	get_text(q, what, sizeof what);
	get_blob(q, subject.b, sizeof subject.b);
	l.commits = get_blob_bytes(q, &l.commits_len);
	l.node = get_int(q);
	get_blob(q, stored, sizeof stored);
	if (l.seq != head->seq + 1)
		bad(w, head->seq + 1, "an entry is missing");
	journal_hash(again, head->hash, &l);
	if (!same_hash(again, stored) || l.node != head->node || q->code != ERR_OK)
		bad(w, l.seq, "the entry does not fit the one before it");
	head->seq = l.seq;
	memcpy(head->hash, stored, sizeof head->hash);
	w->r->rows++;
	enum err_code code = check_details(w, &l, e);
	if (code == ERR_CORRUPT) {
		bad(w, l.seq, "a value or its salt cannot be read");
		code = ERR_OK;
	}
	return code == ERR_OK && w->r->ok ? compare_heads(w, e) : code;
}

/* Values that no entry owns: one that was moved away looks as if it had been erased where it was. */
static enum err_code check_stray(struct walk *w, struct err *e)
{
	int64_t seq = 0;
	struct query q = query_of(w->b, ST_JOURNAL_STRAY);
	enum err_code code = query_number(&q, &seq, e);
	if (code == ERR_OK || code == ERR_CORRUPT)
		bad(w, seq > 0 ? seq : w->r->head.seq + 1, "a value belongs to no entry");
	return code == ERR_NOT_FOUND || code == ERR_CORRUPT ? ERR_OK : code;
}

enum err_code db_journal_verify(
    struct book *b, const struct db_journal_check *c, struct db_journal_report *r, struct err *e)
{
	struct walk w = {.b = b, .check = c, .r = r};
	memset(r, 0, sizeof *r);
	r->ok = true;
	r->head.node = book_node(b);
	/* One snapshot: a writer goes on meanwhile. */
	bool own_tx = !book_in_tx(b);
	enum err_code code = own_tx ? book_begin_read(b, e) : ERR_OK;
	if (code != ERR_OK)
		return code;
	w.signed_seq = INT64_MIN;
	code = next_signed(&w, e);
	struct query q = query_of(b, ST_JOURNAL_WALK);
	put_int(&q, INT64_MIN);
	while (code == ERR_OK && r->ok && (code = query_row(&q, e)) == ERR_OK)
		code = check_row(&w, &q, e);
	code = query_end_list(&q, code, e);
	/* A page or a column that cannot be read is a bad entry too, and comes after the last one that could. */
	if (code == ERR_CORRUPT) {
		bad(&w, r->head.seq + 1, "the entry cannot be read");
		code = ERR_OK;
	}
	if (code == ERR_OK && r->ok)
		code = check_stray(&w, e);
	if (code == ERR_OK && w.has_signed)
		bad(&w, r->head.seq + 1, "entries are missing at the end: a later head was signed");
	if (code == ERR_OK && c->known != NULL && c->known->seq > r->head.seq)
		bad(&w, r->head.seq + 1, "entries are missing at the end: a later head is known");
	if (own_tx)
		book_rollback(b);
	return code;
}
