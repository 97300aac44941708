/*
 * The journal: what was done, by whom, to what: append-only, one chain a node. It hides the
 * hashing.
 *
 *   commitment = BLAKE2b-256, key = the field's 32-byte salt, over name 0x00 value
 *   hash       = BLAKE2b-256 over "foyer-journal-v1", previous hash, node, seq, at, actor, what,
 *                subject, commitments (numbers 64-bit big-endian; texts and the list of commitments
 *                after their 32-bit length)
 *
 * The row holds no personal data. Values and salts lie in rows of their own, keyed by subject,
 * which erasing deletes; the chain verifies without them. So the subject of an entry is the visit
 * whenever it concerns one, else the host, else nil.
 */
#ifndef DB_JOURNAL_H
#define DB_JOURNAL_H

#include "base/text.h"
#include "db/book.h"

enum { DB_JOURNAL_FIELDS = 8, DB_JOURNAL_HASH = 32, DB_JOURNAL_SIG = 64, DB_JOURNAL_MESSAGE = 96 };

struct db_journal_field {
	const char *name, *value; /* borrowed; name ≤ 64, value ≤ 400 bytes */
};
struct db_journal_entry {
	const char *actor; /* DB_ACTOR_SZ: never a name */
	const char *what; /* "visit.arrive", "host.change", … */
	struct uuid subject;
	struct db_journal_field fields[DB_JOURNAL_FIELDS];
	int n_fields;
};
/* At book_now. *seq may be NULL. */
enum err_code db_journal_append(
    struct book *b, const struct db_journal_entry *en, int64_t *seq, struct err *e) MUST_USE;

/* A row as it is read back; fields that were erased are missing. */
struct db_journal_row {
	int64_t seq, at_ms;
	char actor[DB_ACTOR_SZ];
	char what[TEXT_WORD_SZ];
	struct uuid subject;
	struct {
		char name[TEXT_WORD_SZ];
		char value[TEXT_FIELD_SZ];
	} fields[DB_JOURNAL_FIELDS];
	int n_fields;
};
/* In order, seq > after. */
enum err_code db_journal_list(struct book *b, int64_t after, struct db_journal_row *rows, int max,
    int *n, struct err *e) MUST_USE;

struct db_journal_head {
	int64_t node, seq; /* seq 0: empty journal, hash all zero */
	uint8_t hash[DB_JOURNAL_HASH];
};
enum err_code db_journal_head(struct book *b, struct db_journal_head *h, struct err *e) MUST_USE;
/* Of one entry. ERR_NOT_FOUND. */
enum err_code db_journal_hash(
    struct book *b, int64_t seq, uint8_t hash[DB_JOURNAL_HASH], struct err *e) MUST_USE;
/* The bytes to sign: "foyer-journal-head-v2", node, seq, when it is signed, hash. Returns their number. */
size_t db_journal_head_message(
    uint8_t msg[DB_JOURNAL_MESSAGE], const struct db_journal_head *h, int64_t at_ms);
/* Keep a signature over a head that was made at book_now; of each UTC day the last one stays. */
enum err_code db_journal_head_sign(struct book *b, const struct db_journal_head *h,
    const uint8_t sig[DB_JOURNAL_SIG], struct err *e) MUST_USE;
/* The newest signed head, to see whether there is anything new to sign. ERR_NOT_FOUND. */
enum err_code db_journal_head_signed(
    struct book *b, struct db_journal_head *h, int64_t *at_ms, struct err *e) MUST_USE;

/* Walk the whole chain (foyerd --read). Edits, deletions, reordering, a changed value or salt, a value of no entry, and
 * a tail cut below a signed or known head all show, down to a single bit. */
struct db_journal_check {
	/* NULL: signatures are not checked. */
	bool (*signature)(
	    void *arg, const uint8_t sig[DB_JOURNAL_SIG], const void *msg, size_t len);
	void *arg;
	/* NULL, or a head from elsewhere (syslog) that must lie on the chain. */
	const struct db_journal_head *known;
};
struct db_journal_report {
	bool ok;
	int64_t rows, erased; /* rows walked; fields whose value was erased */
	int64_t heads; /* signed heads that hold */
	int64_t first_bad; /* 0: none */
	char why[128];
	struct db_journal_head head;
};
/* A broken chain is a report, not an error. */
enum err_code db_journal_verify(struct book *b, const struct db_journal_check *c,
    struct db_journal_report *r, struct err *e) MUST_USE;

#endif
