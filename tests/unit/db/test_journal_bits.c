/*
 * One bit of the journal is turned over: in each column of an entry, of a value and of a signed head, and in each byte that these take up in the file.
 * Every one shows, and the entry is named.
 */
#include "rig.h"

#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "db/book_private.h"
#include "db/journal.h"

enum { ENTRIES = 9, TURNED = 5, PAGE = 4096, CONTENT_MOST = 512 };

static const uint8_t key[32] = {42};

static void sign(uint8_t sig[DB_JOURNAL_SIG], const void *msg, size_t n)
{
	assert_int_equal(crypto_generichash(sig, DB_JOURNAL_SIG, msg, n, key, sizeof key), 0);
}

static bool holds(void *arg, const uint8_t sig[DB_JOURNAL_SIG], const void *msg, size_t n)
{
	(void)arg;
	uint8_t want[DB_JOURNAL_SIG];
	sign(want, msg, n);
	return memcmp(want, sig, sizeof want) == 0;
}

static void sign_head(struct rig *r)
{
	struct db_journal_head head;
	uint8_t msg[DB_JOURNAL_MESSAGE], sig[DB_JOURNAL_SIG];
	rig_begin(r);
	GOOD(db_journal_head(r->b, &head, &e));
	sign(sig, msg, db_journal_head_message(msg, &head, book_now(r->b)));
	GOOD(db_journal_head_sign(r->b, &head, sig, &e));
	rig_commit(r);
}

/* Nine entries about nine visits, signed at the fifth and, a day later, at the last. */
static void fill(struct rig *r)
{
	for (int i = 1; i <= ENTRIES; i++) {
		struct db_journal_entry en = {.actor = "staff:1",
		    .what = "visit.arrive",
		    .subject = {{(uint8_t)i, 0x80, 1}},
		    .n_fields = 2,
		    .fields = {{"name", "Zoë Müller"}, {"reason", ""}}};
		rig_begin(r);
		GOOD(db_journal_append(r->b, &en, NULL, &e));
		rig_commit(r);
		if (i == TURNED)
			sign_head(r);
	}
	r->wall_ms += 86400000;
	sign_head(r);
}

static struct db_journal_report verify(struct rig *r)
{
	struct db_journal_report rep;
	const struct db_journal_check c = {.signature = holds};
	GOOD(db_journal_verify(r->b, &c, &rep, &e));
	return rep;
}

/* --- through SQL ---------------------------------------------------------------------------------- */

struct content {
	int type, n;
	uint8_t bytes[CONTENT_MOST];
};

static void take(sqlite3_stmt *st, struct content *c)
{
	c->type = sqlite3_column_type(st, 0);
	if (c->type == SQLITE_INTEGER) {
		int64_t v = sqlite3_column_int64(st, 0);
		c->n = sizeof v;
		memcpy(c->bytes, &v, sizeof v);
		return;
	}
	c->n = sqlite3_column_bytes(st, 0);
	assert_in_range(c->n, 0, CONTENT_MOST);
	if (c->n > 0)
		memcpy(c->bytes, sqlite3_column_blob(st, 0), (size_t)c->n);
}

static void put(sqlite3_stmt *st, int at, const struct content *c)
{
	int64_t v;
	memcpy(&v, c->bytes, sizeof v);
	int rc = c->type == SQLITE_INTEGER ? sqlite3_bind_int64(st, at, v)
		 : c->type == SQLITE_TEXT
		     ? sqlite3_bind_text(st, at, (const char *)c->bytes, c->n, SQLITE_TRANSIENT)
		     : sqlite3_bind_blob(st, at, c->bytes, c->n, SQLITE_TRANSIENT);
	assert_int_equal(rc, SQLITE_OK);
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	return st;
}

/* False: there is such a row already. */
static bool swap(sqlite3_stmt *update, const struct content *to, const struct content *from)
{
	put(update, 1, to);
	put(update, 2, from);
	int rc = sqlite3_step(update);
	(void)sqlite3_reset(update);
	assert_true(rc == SQLITE_DONE || rc == SQLITE_CONSTRAINT);
	if (rc == SQLITE_DONE)
		assert_int_equal(sqlite3_changes(sqlite3_db_handle(update)), 1);
	return rc == SQLITE_DONE;
}

static const struct column {
	const char *table, *name, *where; /* besides its own value */
	bool moves; /* to where another one may be */
} columns[] = {
    {"journal", "node", "seq = 5", false},
    {"journal", "at_ms", "seq = 5", false},
    {"journal", "actor", "seq = 5", false},
    {"journal", "what", "seq = 5", false},
    {"journal", "subject", "seq = 5", false},
    {"journal", "commits", "seq = 5", false},
    {"journal", "hash", "seq = 5", false},
    {"journal", "seq", "seq = 5", true},
    {"journal_detail", "subject", "seq = 5 AND n = 0", false},
    {"journal_detail", "value", "seq = 5 AND n = 0", false},
    {"journal_detail", "value", "seq = 5 AND n = 1", false},
    {"journal_detail", "salt", "seq = 5 AND n = 0", false},
    {"journal_detail", "n", "seq = 5 AND n = 0", false},
    {"journal_detail", "n", "seq = 5 AND n = 1", false},
    {"journal_detail", "seq", "seq = 5 AND n = 0 AND subject = x'05800100000000000000000000000000'",
	true},
    {"journal_head", "at_ms", "seq = 5", false},
    {"journal_head", "hash", "seq = 5", false},
    {"journal_head", "sig", "seq = 5", false},
    {"journal_head", "seq", "seq = 5", true},
    /* The last ones: nobody comes after them. */
    {"journal", "seq", "seq = 9", true},
    {"journal", "hash", "seq = 9", false},
    {"journal_head", "seq", "seq = 9", true},
    {"journal_head", "at_ms", "seq = 9", false},
};

static void turn_each_bit(struct rig *r, sqlite3 *db, const struct column *c)
{
	char sql[256];
	struct content was = {0};
	assert_true(
	    str_print(sql, sizeof sql, "SELECT %s FROM %s WHERE %s", c->name, c->table, c->where));
	sqlite3_stmt *read = prepared(db, sql);
	assert_int_equal(sqlite3_step(read), SQLITE_ROW);
	take(read, &was);
	(void)sqlite3_finalize(read);
	/* A row is found again by what was turned in it, and by what was not. */
	const char *rest = strstr(c->where, " AND ");
	bool key_first = str_starts(c->where, c->name);
	bool key_last = rest != NULL && str_starts(rest + 5, c->name);
	assert_true(str_print(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE %s IS ?2 AND %.*s",
	    c->table, c->name, c->name, key_last ? (int)(rest - c->where) : 100,
	    !key_first     ? c->where
	    : rest != NULL ? rest + 5
			   : "1"));
	sqlite3_stmt *update = prepared(db, sql);
	int64_t here = strstr(c->where, "seq = 9") != NULL ? ENTRIES : TURNED;
	for (int bit = 0; bit < was.n * 8; bit++) {
		struct content is = was;
		is.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (!swap(update, &is, &was))
			continue;
		struct db_journal_report rep = verify(r);
		bool named = c->moves ? rep.first_bad > 0 : rep.first_bad == here;
		if (rep.ok || !named)
			fail_msg("%s.%s where %s, bit %d: first bad %lld (%s)", c->table, c->name,
			    c->where, bit, (long long)rep.first_bad, rep.why);
		assert_true(swap(update, &was, &is));
	}
	(void)sqlite3_finalize(update);
	assert_true(verify(r).ok);
}

static void every_column__every_bit__named(void **state)
{
	struct rig *r = *state;
	sqlite3 *db = NULL;
	fill(r);
	assert_true(verify(r).ok);
	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON", NULL,
		NULL, NULL),
	    SQLITE_OK);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		turn_each_bit(r, db, &columns[i]);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* --- in the file ------------------------------------------------------------------------------------ */

/* https://sqlite.org/fileformat.html#varint */
static int varint(const uint8_t *p, int64_t *v)
{
	*v = 0;
	for (int i = 0; i < 8; i++) {
		*v = (int64_t)((uint64_t)*v << 7 | (p[i] & 0x7f));
		if ((p[i] & 0x80) == 0)
			return i + 1;
	}
	*v = (int64_t)((uint64_t)*v << 8 | p[8]);
	return 9;
}

struct cell {
	int at, body, end; /* in the page: the cell, the columns behind the record's header */
	int idle; /* the type of a column that is the row's number and stands in the tree; -1: none */
};

/* The n-th cell of a leaf (https://sqlite.org/fileformat.html#b_tree_pages). */
static struct cell cell_of(const uint8_t page[PAGE], int n)
{
	int64_t payload, rowid, header;
	assert_true(page[0] == 0x0d || page[0] == 0x0a); /* a leaf: of a table, of an index */
	struct cell c = {.at = page[8 + 2 * n] << 8 | page[9 + 2 * n], .idle = -1};
	int at = c.at + varint(page + c.at, &payload);
	if (page[0] == 0x0d)
		at += varint(page + at, &rowid);
	int types = at + varint(page + at, &header);
	if (page[0] == 0x0d)
		c.idle = types;
	c.body = at + (int)header;
	c.end = at + (int)payload;
	return c;
}

/* Turn one byte's bit in the file, look, and turn it back. What it does to the record's bounds may leave every value as it is: then the book's own
 * verification must see it. */
static void look(struct rig *r, int fd, int64_t at, int bit, bool in_body, const char *what)
{
	uint8_t was, is;
	assert_int_equal(pread(fd, &was, 1, at), 1);
	is = was ^ (uint8_t)(1 << bit);
	assert_int_equal(pwrite(fd, &is, 1, at), 1);
	(void)sqlite3_db_release_memory(r->b->db); /* of what it read before */
	struct db_journal_report rep = verify(r);
	bool named = !rep.ok && (in_body ? rep.first_bad == TURNED : rep.first_bad > 0);
	if (rep.ok && !in_body)
		named = book_verify(r->b, false, NULL) == ERR_CORRUPT;
	if (!named)
		fail_msg("%s, byte %lld, bit %d: first bad %lld (%s)", what, (long long)at % PAGE,
		    bit, (long long)rep.first_bad, rep.why);
	assert_int_equal(pwrite(fd, &was, 1, at), 1);
	if (book_is_poisoned(r->b))
		rig_reopen(r, BOOK_RO);
	(void)sqlite3_db_release_memory(r->b->db);
}

static void every_byte__every_bit__named(void **state)
{
	struct rig *r = *state;
	static const struct {
		const char *table;
		int cell;
	} rows[] = {
	    {"journal", TURNED - 1}, {"journal_detail", 2 * (TURNED - 1)}, {"journal_head", 0}};
	fill(r);
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char sql[128];
		uint8_t page[PAGE];
		(void)str_print(sql, sizeof sql,
		    "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", rows[i].table);
		int64_t base = (rig_number(r, sql) - 1) * PAGE;
		rig_reopen(r, BOOK_RO);
		int fd = open(r->path, O_RDWR | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_int_equal(pread(fd, page, sizeof page, base), sizeof page);
		struct cell c = cell_of(page, rows[i].cell);
		/* A value's own number of its entry is turned to another entry's. */
		int alien = i == 1 ? c.body + 16 : -1;
		for (int at = c.at; at < c.end; at++) {
			/* Bit 3 there makes "nothing" a "nought": neither takes a byte, and nobody reads them. */
			for (int bit = 0; bit < 8; bit++)
				if (at != c.idle || bit != 3)
					look(r, fd, base + at, bit, at >= c.body && at != alien,
					    rows[i].table);
		}
		(void)close(fd); /* drops SQLite's locks of this file: nobody else has it */
		rig_reopen(r, BOOK_RO);
		assert_true(verify(r).ok);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_column__every_bit__named),
	    TEST(every_byte__every_bit__named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
