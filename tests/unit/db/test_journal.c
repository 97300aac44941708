#include "rig.h"

#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "db/journal.h"
#include "db/visitor.h"

static const struct uuid subject = {{0x11, 0x22, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

static void append(struct rig *r, const char *what, const char *value)
{
	struct db_journal_entry en = {.actor = "staff:1",
	    .what = what,
	    .subject = subject,
	    .n_fields = 2,
	    .fields = {{"name", value}, {"reason", ""}}};
	GOOD(db_journal_append(r->b, &en, NULL, &e));
}

static void fill(struct rig *r, int n)
{
	rig_begin(r);
	for (int i = 0; i < n; i++)
		append(r, "visit.arrive", "Zoë Müller");
	rig_commit(r);
}

static struct db_journal_report verify(struct rig *r, const struct db_journal_check *c)
{
	static const struct db_journal_check plain = {0};
	struct db_journal_report rep;
	GOOD(db_journal_verify(r->b, c == NULL ? &plain : c, &rep, &e));
	assert_false(book_in_tx(r->b));
	return rep;
}

static void append__chain_verifies(void **state)
{
	struct rig *r = *state;
	struct db_journal_head head;
	struct db_journal_row rows[4];
	int n;
	int64_t seq = 0;
	struct db_journal_report rep = verify(r, NULL);
	assert_true(rep.ok && rep.rows == 0);
	fill(r, 9);
	rig_begin(r);
	GOOD(db_journal_append(
	    r->b, &(struct db_journal_entry){.actor = "clock", .what = "clock.back"}, &seq, &e));
	assert_int_equal(seq, 10);
	rig_commit(r);
	rep = verify(r, NULL);
	assert_true(rep.ok);
	assert_int_equal(rep.rows, 10);
	assert_int_equal(rep.erased, 0);
	GOOD(db_journal_head(r->b, &head, &e));
	assert_int_equal(head.seq, 10);
	assert_memory_equal(head.hash, rep.head.hash, sizeof head.hash);
	GOOD(db_journal_list(r->b, 8, rows, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].n_fields, 2);
	assert_string_equal(rows[0].fields[0].name, "name");
	assert_string_equal(rows[0].fields[0].value, "Zoë Müller");
	assert_true(uuid_eq(&rows[0].subject, &subject));
	assert_int_equal(rows[1].n_fields, 0);
	assert_string_equal(rows[1].what, "clock.back");
	/* The same words twice look different: each field has its own salt. */
	assert_int_equal(rig_number(r, "SELECT count(DISTINCT commits) FROM journal"), 10);
	assert_int_equal(
	    rig_number(r, "SELECT count(*) FROM journal WHERE instr(commits, 'Zo') > 0"), 0);
}

static void append__hash_is_what_the_header_says(void **state)
{
	struct rig *r = *state;
	struct db_journal_head head;
	r->wall_ms = 0x0102030405;
	rig_begin(r);
	GOOD(db_journal_append(r->b,
	    &(struct db_journal_entry){.actor = "clock", .what = "x", .subject = subject}, NULL,
	    &e));
	rig_commit(r);
	GOOD(db_journal_head(r->b, &head, &e));
	uint8_t in[256] = "foyer-journal-v1", out[32];
	size_t n = 16 + 32; /* the first row follows a hash of zeros */
	int64_t numbers[] = {book_node(r->b), 1, 0x0102030405};
	for (int k = 0; k < 3; k++) {
		for (int i = 56; i >= 0; i -= 8)
			in[n++] = (uint8_t)(numbers[k] >> i);
	}
	const uint8_t tail[] = {0, 0, 0, 5, 'c', 'l', 'o', 'c', 'k', 0, 0, 0, 1, 'x'};
	memcpy(in + n, tail, sizeof tail);
	n += sizeof tail;
	memcpy(in + n, subject.b, 16);
	n += 16 + 4; /* no commitments: length 0 */
	assert_int_equal(crypto_generichash(out, sizeof out, in, n, NULL, 0), 0);
	assert_memory_equal(out, head.hash, 32);
}

static void append__bounds(void **state)
{
	struct rig *r = *state;
	char big[10001];
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	struct db_journal_entry en = {
	    .actor = "staff:1", .what = "x", .n_fields = DB_JOURNAL_FIELDS + 1};
	rig_begin(r);
	ANSWERS(ERR_BUG, db_journal_append(r->b, &en, NULL, &e));
	en.n_fields = 1;
	en.fields[0] = (struct db_journal_field){"", "x"};
	ANSWERS(ERR_INPUT, db_journal_append(r->b, &en, NULL, &e));
	en.fields[0] = (struct db_journal_field){"name", big};
	ANSWERS(ERR_INPUT, db_journal_append(r->b, &en, NULL, &e));
	en.fields[0] = (struct db_journal_field){big, "x"};
	ANSWERS(ERR_INPUT, db_journal_append(r->b, &en, NULL, &e));
	en.n_fields = 0;
	en.actor = big;
	ANSWERS(ERR_INPUT, db_journal_append(r->b, &en, NULL, &e));
	book_rollback(r->b);
	ANSWERS(ERR_BUG, db_journal_append(r->b, &en, NULL, &e));
}

/* Every way to meddle with one row is found at that row. */
static void verify__meddling__found(void **state)
{
	struct rig *r = *state;
	static const struct {
		const char *sql;
		int64_t first_bad;
	} ways[] = {
	    {"UPDATE journal SET what = 'visit.leave' WHERE seq = 5", 5},
	    {"UPDATE journal SET actor = 'staff:2' WHERE seq = 1", 1},
	    {"UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 9", 9},
	    {"UPDATE journal SET subject = zeroblob(16) WHERE seq = 5", 5},
	    {"UPDATE journal SET node = node + 1 WHERE seq = 5", 5},
	    {"UPDATE journal SET hash = zeroblob(32) WHERE seq = 5", 5},
	    {"UPDATE journal SET commits = substr(commits, 1, 40) WHERE seq = 5", 5},
	    {"UPDATE journal SET commits = x'' WHERE seq = 5", 5},
	    {"DELETE FROM journal WHERE seq = 5", 5},
	    {"DELETE FROM journal WHERE seq = 1", 1},
	    {"UPDATE journal SET seq = 100 WHERE seq = 5; UPDATE journal SET seq = 5 WHERE seq = "
	     "6; UPDATE journal SET seq = 6 WHERE seq = 100",
		5},
	    {"UPDATE journal_detail SET value = 'Somebody Else' WHERE seq = 5 AND n = 0", 5},
	    {"UPDATE journal_detail SET salt = zeroblob(32) WHERE seq = 5 AND n = 0", 5},
	    {"INSERT INTO journal_detail SELECT subject, seq, 7, value, salt FROM journal_detail "
	     "WHERE seq = 5 AND n = 0",
		5},
	};
	fill(r, 10);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		rig_meddle(r, "CREATE TABLE j AS SELECT * FROM journal; CREATE TABLE d AS SELECT * "
			      "FROM journal_detail");
		rig_meddle(r, ways[i].sql);
		struct db_journal_report rep = verify(r, NULL);
		if (rep.ok || rep.first_bad != ways[i].first_bad || rep.why[0] == '\0')
			fail_msg("%s: first bad %lld (%s)", ways[i].sql, (long long)rep.first_bad,
			    rep.why);
		rig_meddle(r, "DELETE FROM journal; DELETE FROM journal_detail; INSERT INTO "
			      "journal SELECT * FROM j; INSERT INTO journal_detail SELECT * FROM d;"
			      "DROP TABLE j; DROP TABLE d");
		assert_true(verify(r, NULL).ok);
	}
}

/* A signer of the test: a keyed hash stands for the Ed25519 of pass/key.h, which is the caller's. */
static const uint8_t key[32] = {42};
static void sign(uint8_t sig[64], const void *msg, size_t n)
{
	assert_int_equal(crypto_generichash(sig, 64, msg, n, key, sizeof key), 0);
}
static bool check_signature(void *arg, const uint8_t sig[64], const void *msg, size_t n)
{
	uint8_t want[64];
	++*(int *)arg;
	sign(want, msg, n);
	return memcmp(want, sig, 64) == 0;
}

static void sign_head(struct rig *r)
{
	struct db_journal_head head;
	uint8_t msg[DB_JOURNAL_MESSAGE], sig[64];
	rig_begin(r);
	GOOD(db_journal_head(r->b, &head, &e));
	size_t n = db_journal_head_message(msg, &head, book_now(r->b));
	sign(sig, msg, n);
	GOOD(db_journal_head_sign(r->b, &head, sig, &e));
	rig_commit(r);
}

static void verify__cut_tail__shows_by_signed_or_known_head(void **state)
{
	struct rig *r = *state;
	int asked = 0;
	struct db_journal_check c = {.signature = check_signature, .arg = &asked};
	struct db_journal_head h, known;
	int64_t at;
	ANSWERS(ERR_NOT_FOUND, db_journal_head_signed(r->b, &h, &at, &e));
	fill(r, 5);
	sign_head(r);
	fill(r, 5);
	sign_head(r);
	GOOD(db_journal_head_signed(r->b, &h, &at, &e));
	assert_int_equal(h.seq, 10);
	assert_int_equal(at, RIG_MS);
	assert_int_equal(
	    rig_number(r, "SELECT count(*) FROM journal_head"), 1); /* the last of the day */
	r->wall_ms += 86400000;
	fill(r, 1);
	sign_head(r);
	sign_head(r);
	assert_int_equal(rig_number(r, "SELECT count(*) FROM journal_head"), 2);
	struct db_journal_report rep = verify(r, &c);
	assert_true(rep.ok);
	assert_int_equal(rep.heads, 2);
	assert_int_equal(asked, 2);
	known = rep.head;

	rig_meddle(r, "DELETE FROM journal WHERE seq > 10");
	rep = verify(r, &c);
	assert_false(rep.ok);
	assert_int_equal(rep.first_bad, 11);
	/* Whoever cuts the signatures too leaves the values. */
	rig_meddle(r, "DELETE FROM journal_head WHERE seq > 10");
	rep = verify(r, &c);
	assert_false(rep.ok);
	assert_int_equal(rep.first_bad, 11);
	rig_begin(r);
	struct db_journal_entry en = {.actor = "clock",
	    .what = "x",
	    .subject = subject,
	    .n_fields = 1,
	    .fields = {{"name", "x"}}};
	ANSWERS(ERR_CORRUPT, db_journal_append(r->b, &en, NULL, &e));
	book_rollback(r->b);
	/* Whoever cuts everything is found by a head from elsewhere. */
	rig_meddle(r, "DELETE FROM journal_detail WHERE seq > 10");
	assert_true(verify(r, &c).ok);
	c.known = &known;
	rep = verify(r, &c);
	assert_false(rep.ok);
	assert_int_equal(rep.first_bad, 11);
	/* Who writes the tail anew makes another hash. */
	fill(r, 1);
	rep = verify(r, &c);
	assert_false(rep.ok);
	assert_int_equal(rep.first_bad, 11);
	c.known = NULL;
	rig_meddle(r, "UPDATE journal_head SET sig = zeroblob(64)");
	rep = verify(r, &c);
	assert_false(rep.ok);
	assert_int_equal(rep.first_bad, 10);
}

static void verify__after_erasing__holds(void **state)
{
	struct rig *r = *state;
	struct db_journal_row rows[4];
	int n;
	fill(r, 10);
	rig_meddle(r, "DELETE FROM journal_detail WHERE seq IN (2, 3) OR (seq = 4 AND n = 1)");
	struct db_journal_report rep = verify(r, NULL);
	assert_true(rep.ok);
	assert_int_equal(rep.erased, 5);
	GOOD(db_journal_list(r->b, 2, rows, 2, &n, &e));
	assert_int_equal(rows[0].n_fields, 0);
	assert_int_equal(rows[1].n_fields, 1);
}

static void verify__reader_beside_writer(void **state)
{
	struct rig *r = *state;
	struct book *ro;
	struct db_journal_report rep;
	fill(r, 3);
	GOOD(book_open(&ro, r->path, BOOK_RO, &e));
	GOOD(book_begin_read(ro, &e));
	fill(r, 3);
	GOOD(db_journal_verify(ro, &(struct db_journal_check){0}, &rep, &e));
	assert_int_equal(rep.rows, 3);
	book_rollback(ro);
	book_close(ro);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(append__chain_verifies),
	    TEST(append__hash_is_what_the_header_says),
	    TEST(append__bounds),
	    TEST(verify__meddling__found),
	    TEST(verify__cut_tail__shows_by_signed_or_known_head),
	    TEST(verify__after_erasing__holds),
	    TEST(verify__reader_beside_writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
