#include "db/journal.h"

#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "db/journal_hash.h"
#include "db/query.h"

_Static_assert(crypto_generichash_BYTES == DB_JOURNAL_HASH, "BLAKE2b-256");
_Static_assert(crypto_generichash_KEYBYTES == JOURNAL_SALT, "a salt is a key");

static void add_u64(crypto_generichash_state *st, uint64_t v)
{
	uint8_t be[8];
	for (int i = 0; i < 8; i++)
		be[i] = (uint8_t)(v >> (56 - 8 * i));
	(void)crypto_generichash_update(st, be, sizeof be);
}

static void add_bytes(crypto_generichash_state *st, const void *p, size_t n)
{
	uint8_t be[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
	(void)crypto_generichash_update(st, be, sizeof be);
	(void)crypto_generichash_update(st, p, n);
}

void journal_commit(uint8_t dst[DB_JOURNAL_HASH], const uint8_t salt[JOURNAL_SALT],
    const char *name, const char *value)
{
	crypto_generichash_state st;
	(void)crypto_generichash_init(&st, salt, JOURNAL_SALT, DB_JOURNAL_HASH);
	/* The name with its 0x00. */
	(void)crypto_generichash_update(&st, (const uint8_t *)name, strlen(name) + 1);
	(void)crypto_generichash_update(&st, (const uint8_t *)value, strlen(value));
	(void)crypto_generichash_final(&st, dst, DB_JOURNAL_HASH);
}

void journal_hash(uint8_t dst[DB_JOURNAL_HASH], const uint8_t previous[DB_JOURNAL_HASH],
    const struct journal_link *l)
{
	static const char domain[] = "foyer-journal-v1";
	crypto_generichash_state st;
	(void)crypto_generichash_init(&st, NULL, 0, DB_JOURNAL_HASH);
	(void)crypto_generichash_update(&st, (const uint8_t *)domain, sizeof domain - 1);
	(void)crypto_generichash_update(&st, previous, DB_JOURNAL_HASH);
	add_u64(&st, (uint64_t)l->node);
	add_u64(&st, (uint64_t)l->seq);
	add_u64(&st, (uint64_t)l->at_ms);
	add_bytes(&st, l->actor, strlen(l->actor));
	add_bytes(&st, l->what, strlen(l->what));
	(void)crypto_generichash_update(&st, l->subject->b, sizeof l->subject->b);
	add_bytes(&st, l->commits, l->commits_len);
	(void)crypto_generichash_final(&st, dst, DB_JOURNAL_HASH);
}

bool journal_commit_at(
    const uint8_t *commits, size_t len, int n, char name[TEXT_WORD_SZ], const uint8_t **commitment)
{
	for (size_t at = 0; at < len; n--) {
		size_t k = commits[at++];
		if (k == 0 || k >= TEXT_WORD_SZ || len - at < k + DB_JOURNAL_HASH)
			return false;
		if (n == 0) {
			memcpy(name, commits + at, k);
			name[k] = '\0';
			*commitment = commits + at + k;
			return true;
		}
		at += k + DB_JOURNAL_HASH;
	}
	return false;
}

enum err_code db_journal_head(struct book *b, struct db_journal_head *h, struct err *e)
{
	memset(h, 0, sizeof *h);
	h->node = book_node(b);
	struct query q = query_of(b, ST_JOURNAL_LAST);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		h->seq = get_int(&q);
		get_blob(&q, h->hash, sizeof h->hash);
	}
	return query_end_list(&q, code, e);
}

enum err_code db_journal_hash(
    struct book *b, int64_t seq, uint8_t hash[DB_JOURNAL_HASH], struct err *e)
{
	struct query q = query_of(b, ST_JOURNAL_AT);
	put_int(&q, seq);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_blob(&q, hash, DB_JOURNAL_HASH);
	return query_end(&q, code, e);
}

static enum err_code insert_detail(struct book *b, const struct uuid *subject, int64_t seq, int n,
    const char *value, const uint8_t salt[JOURNAL_SALT], struct err *e)
{
	struct query q = query_of(b, ST_JOURNAL_DETAIL_INSERT);
	put_blob(&q, subject->b, sizeof subject->b);
	put_int(&q, seq);
	put_int(&q, n);
	put_text(&q, value);
	put_blob(&q, salt, JOURNAL_SALT);
	return query_run(&q, e);
}

/* Commit to each field, and keep value and salt where they can be erased. */
static enum err_code commit_fields(struct book *b, const struct db_journal_entry *en, int64_t seq,
    uint8_t commits[JOURNAL_COMMITS_MAX], size_t *len)
{
	enum err_code code = ERR_OK;
	*len = 0;
	for (int i = 0; code == ERR_OK && i < en->n_fields; i++) {
		const struct db_journal_field *f = &en->fields[i];
		size_t k = strlen(f->name);
		if (k == 0 || k >= TEXT_WORD_SZ)
			return ERR_INPUT;
		uint8_t salt[JOURNAL_SALT];
		random_fill(&b->random, salt, sizeof salt);
		commits[(*len)++] = (uint8_t)k;
		memcpy(commits + *len, f->name, k);
		journal_commit(commits + *len + k, salt, f->name, f->value);
		*len += k + DB_JOURNAL_HASH;
		code = insert_detail(b, &en->subject, seq, i, f->value, salt, NULL);
		sodium_memzero(salt, sizeof salt);
	}
	return code;
}

static enum err_code insert_row(struct book *b, const struct journal_link *l,
    const uint8_t hash[DB_JOURNAL_HASH], struct err *e)
{
	struct query q = query_of(b, ST_JOURNAL_INSERT);
	put_int(&q, l->seq);
	put_int(&q, l->node);
	put_int(&q, l->at_ms);
	put_text(&q, l->actor);
	put_text(&q, l->what);
	put_blob(&q, l->subject->b, sizeof l->subject->b);
	put_blob(&q, l->commits, l->commits_len);
	put_blob(&q, hash, DB_JOURNAL_HASH);
	return query_run(&q, e);
}

enum err_code db_journal_append(
    struct book *b, const struct db_journal_entry *en, int64_t *seq, struct err *e)
{
	struct db_journal_head head;
	if (en->n_fields < 0 || en->n_fields > DB_JOURNAL_FIELDS)
		return err_set(
		    e, ERR_BUG, "a journal entry has at most %d fields", DB_JOURNAL_FIELDS);
	enum err_code code = db_journal_head(b, &head, e);
	if (code != ERR_OK)
		return code;
	uint8_t commits[JOURNAL_COMMITS_MAX], hash[DB_JOURNAL_HASH];
	struct journal_link l = {.node = head.node,
	    .seq = head.seq + 1,
	    .at_ms = book_now(b),
	    .actor = en->actor,
	    .what = en->what,
	    .subject = &en->subject,
	    .commits = commits};
	code = commit_fields(b, en, l.seq, commits, &l.commits_len);
	/* Values without their entry: somebody cut the journal. db_journal_verify says where. */
	if (code == ERR_CONFLICT)
		return err_set(
		    e, ERR_CORRUPT, "the journal holds values of an entry that is not there");
	if (code != ERR_OK)
		return err_set(
		    e, code, "a field of the journal entry %.64s cannot be kept", en->what);
	journal_hash(hash, head.hash, &l);
	code = insert_row(b, &l, hash, e);
	if (code == ERR_OK && seq != NULL)
		*seq = l.seq;
	return code;
}

static enum err_code read_details(
    struct book *b, struct db_journal_row *row, const uint8_t *commits, size_t len, struct err *e)
{
	row->n_fields = 0;
	struct query q = query_of(b, ST_JOURNAL_DETAILS);
	put_blob(&q, row->subject.b, sizeof row->subject.b);
	put_int(&q, row->seq);
	enum err_code code;
	while ((code = query_row(&q, e)) == ERR_OK && row->n_fields < DB_JOURNAL_FIELDS) {
		const uint8_t *commitment;
		int n = (int)get_int(&q);
		if (!journal_commit_at(
			commits, len, n, row->fields[row->n_fields].name, &commitment))
			continue; /* db_journal_verify tells about it */
		get_text(
		    &q, row->fields[row->n_fields].value, sizeof row->fields[row->n_fields].value);
		row->n_fields++;
	}
	return query_end_list(&q, code, e);
}

enum err_code db_journal_list(
    struct book *b, int64_t after, struct db_journal_row *rows, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_JOURNAL_WALK);
	put_int(&q, after);
	enum err_code code = ERR_OK;
	*n = 0;
	while (*n < max && (code = query_row(&q, e)) == ERR_OK) {
		struct db_journal_row *row = &rows[*n];
		row->seq = get_int(&q);
		row->at_ms = get_int(&q);
		get_text(&q, row->actor, sizeof row->actor);
		get_text(&q, row->what, sizeof row->what);
		get_blob(&q, row->subject.b, sizeof row->subject.b);
		size_t len;
		const void *commits = get_blob_bytes(&q, &len);
		code = read_details(b, row, commits, len, e);
		if (code != ERR_OK)
			break;
		++*n;
	}
	return query_end_list(&q, code, e);
}

size_t db_journal_head_message(
    uint8_t msg[DB_JOURNAL_MESSAGE], const struct db_journal_head *h, int64_t at_ms)
{
	static const char domain[] = "foyer-journal-head-v2";
	size_t n = sizeof domain - 1;
	memcpy(msg, domain, n);
	const uint64_t numbers[] = {(uint64_t)h->node, (uint64_t)h->seq, (uint64_t)at_ms};
	for (int k = 0; k < 3; k++) {
		for (int i = 0; i < 8; i++)
			msg[n++] = (uint8_t)(numbers[k] >> (56 - 8 * i));
	}
	memcpy(msg + n, h->hash, DB_JOURNAL_HASH);
	return n + DB_JOURNAL_HASH;
}

enum err_code db_journal_head_signed(
    struct book *b, struct db_journal_head *h, int64_t *at_ms, struct err *e)
{
	h->node = book_node(b);
	struct query q = query_of(b, ST_HEAD_NEWEST);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		h->seq = get_int(&q);
		get_blob(&q, h->hash, sizeof h->hash);
		*at_ms = get_int(&q);
	}
	return query_end(&q, code, e);
}

enum err_code db_journal_head_sign(struct book *b, const struct db_journal_head *h,
    const uint8_t sig[DB_JOURNAL_SIG], struct err *e)
{
	enum { UTC_DAY = 86400000 };
	struct db_journal_head last;
	int64_t last_ms = 0;
	enum err_code code = db_journal_head_signed(b, &last, &last_ms, e);
	if (code == ERR_OK && last.seq < h->seq && last_ms / UTC_DAY == book_now(b) / UTC_DAY) {
		struct query q = query_of(b, ST_HEAD_DELETE);
		put_int(&q, last.seq);
		code = query_run(&q, e);
	}
	if (code != ERR_OK && code != ERR_NOT_FOUND)
		return code;
	struct query q = query_of(b, ST_HEAD_PUT);
	put_int(&q, h->seq);
	put_int(&q, book_now(b));
	put_blob(&q, h->hash, DB_JOURNAL_HASH);
	put_blob(&q, sig, DB_JOURNAL_SIG);
	return query_run(&q, e);
}
