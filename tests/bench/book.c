// rooms: db pass base
/*
 * book FOLDER VISITS GUESTS: fill the book that `foyerd --init` made in FOLDER/state with a year of visits, all over but the last
 * GUESTS, who are expected now. Prints a line for each of those: visit, visitor, typed code, signed pass.
 *
 * Rows go straight into the real schema, without foyerd's questions and without a sync: a million visits in a minute. Whatever the book keeps is there as its site would find it after
 * that year: names, passes, rights withdrawn, signatures and the journal of all of it, the jobs of a month, the answers of a day.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base32.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"
#include "base/text.h"
#include "db/book.h"
#include "db/journal_hash.h"
#include "db/lookup.h"
#include "pass/key.h"
#include "pass/token.h"
#include "tests/bench/lib_bench.h"

enum {
	HOSTS = 400,
	DAYS = 360, /* within every retention of the benches' configuration */
	JOB_DAYS = 30,
	SITE = 7,
	COMPANIES = 3000,
	BATCH = 50000
};

enum table {
#define ROW(table, sql) table,
#include "tests/bench/book.inc"
#undef ROW
	TABLES
};

static const char *const sql[TABLES] = {
#define ROW(table, sql) [table] = sql,
#include "tests/bench/book.inc"
#undef ROW
};

struct maker {
	sqlite3 *db;
	sqlite3_stmt *st[TABLES];
	int64_t node, rev, number, last_ms, now_ms;
	struct random_fake seed;
	struct random random;
	struct uuid_gen ids;
	struct uuid hosts[HOSTS];
	int64_t seq;
	uint64_t secret;
	uint8_t hash[DB_JOURNAL_HASH];
	const struct pass_ring *ring;
	struct str_buf indexes;
};

/* One visit, while its rows are written. */
struct past {
	struct uuid visitor, visit;
	char name[TEXT_NAME_SZ], company[TEXT_NAME_SZ], words[LOOKUP_SZ];
	int64_t from_ms, until_ms;
	bool over;
};

static void must(const struct maker *m, bool good)
{
	if (!good)
		bench_die("sqlite: %s", sqlite3_errmsg(m->db));
}

static void run(const struct maker *m, const char *text)
{
	must(m, sqlite3_exec(m->db, text, NULL, NULL, NULL) == SQLITE_OK);
}

/* A row; kinds says what each value is: i a number, t a text, u an id, b bytes and their number, - nothing at all. The stamp
 * (owner_node, rev) stands as s. */
static void put(struct maker *m, enum table t, const char *kinds, ...)
{
	sqlite3_stmt *st = m->st[t];
	va_list ap;
	va_start(ap, kinds);
	for (int k = 0; *kinds != '\0'; kinds++) {
		const void *p = NULL;
		switch (*kinds) {
		case 'i': (void)sqlite3_bind_int64(st, ++k, va_arg(ap, int64_t)); break;
		case 't':
			(void)sqlite3_bind_text(
			    st, ++k, va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 'u':
			(void)sqlite3_bind_blob(
			    st, ++k, va_arg(ap, const struct uuid *)->b, 16, SQLITE_STATIC);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			(void)sqlite3_bind_blob(st, ++k, p, va_arg(ap, int), SQLITE_STATIC);
			break;
		case 's':
			(void)sqlite3_bind_int64(st, ++k, m->node);
			(void)sqlite3_bind_int64(st, ++k, ++m->rev);
			break;
		default: (void)sqlite3_bind_null(st, ++k); break;
		}
	}
	va_end(ap);
	must(m, sqlite3_step(st) == SQLITE_DONE && sqlite3_reset(st) == SQLITE_OK);
}

static struct uuid new_id(struct maker *m, int64_t at_ms)
{
	return uuid_new(&m->ids, at_ms);
}

/* --- people ------------------------------------------------------------------------------ */

static const char *pick(struct maker *m, const char *const *list, uint32_t n)
{
	return list[random_below(&m->random, n)];
}

/* Some forty thousand family names out of syllables, under a few hundred beginnings: people are called alike. */
static void name_draw(struct maker *m, char dst[TEXT_NAME_SZ])
{
	static const char *const first[] = {"Anna", "Bela", "Chloé", "Dmitri", "Emre", "Fatima",
	    "Günther", "Hana", "Ines", "Jürgen", "Katya", "Liam", "Mei", "Nora", "Omar", "Piotr",
	    "Rosa", "Søren", "Tariq", "Uma", "Viktor", "Wen", "Yusuf", "Zoë", "Alejandro",
	    "Brigitte", "Catarina", "Declan", "Elif", "Farid"};
	static const char *const head[] = {"Ba", "Be", "Bo", "Bra", "Co", "Da", "De", "Do", "Fe",
	    "Fi", "Ga", "Ge", "Gra", "Ha", "Ho", "Ja", "Ka", "Ke", "Ko", "La", "Le", "Lo", "Ma",
	    "Me", "Mo", "Mü", "Na", "No", "Pe", "Po", "Ra", "Ro", "Sa", "Schn", "Schm", "Se", "Ste",
	    "Ta", "To", "Va", "Wa", "We", "Za"};
	static const char *const middle[] = {"ba", "ber", "de", "der", "ga", "ger", "ka", "ke",
	    "la", "ler", "lo", "ma", "mer", "na", "ner", "no", "ra", "ri", "ro", "sa", "ta", "ti",
	    "va", "vi"};
	static const char *const tail[] = {"", "ch", "d", "feld", "ger", "lin", "mann", "n", "nek",
	    "nsen", "r", "rez", "s", "son", "ski", "t", "to", "tti", "u", "vić", "x", "yama", "z",
	    "cu"};
#define OF(list) pick(m, list, sizeof list / sizeof list[0])
	(void)str_print(dst, TEXT_NAME_SZ, "%s %s%s%s", OF(first), OF(head), OF(middle), OF(tail));
}

static void company_draw(struct maker *m, char dst[TEXT_NAME_SZ])
{
	static const char *const kind[] = {"GmbH", "AG", "SA", "Ltd", "Oy", "SpA"};
	static const char *const one[] = {"Acme", "Alpin", "Baltic", "Boreal", "Cobalt", "Delta",
	    "Ferro", "Gamma", "Hansa", "Ibis", "Jura", "Kron", "Lumen", "Marin", "Nova", "Orion",
	    "Polar", "Quarz", "Rhein", "Sigma"};
	(void)str_print(dst, TEXT_NAME_SZ, "%s%u %s", OF(one),
	    random_below(&m->random, COMPANIES / 20), OF(kind));
#undef OF
}

static void make_hosts(struct maker *m)
{
	char uid[32], name[TEXT_NAME_SZ], mail[64], word[LOOKUP_WORD_SZ];
	int64_t at_ms = m->now_ms - (DAYS + 1) * (int64_t)CLOCK_DAY;
	for (int i = 0; i < HOSTS; i++) {
		char words[LOOKUP_SZ] = "";
		m->hosts[i] = new_id(m, at_ms);
		(void)str_print(uid, sizeof uid, "host%d", i);
		(void)str_print(mail, sizeof mail, "host%d@house.example", i);
		name_draw(m, name);
		lookup_add(words, name);
		put(m, HOST, "utttts", &m->hosts[i], uid, name, mail, words);
		for (const char *p = words; lookup_next(&p, word);)
			put(m, HOST_WORD, "tu", word, &m->hosts[i]);
	}
}

/* --- visits ------------------------------------------------------------------------------ */

static void make_words(struct maker *m, const struct past *v)
{
	char word[LOOKUP_WORD_SZ], head[LOOKUP_WORD_SZ];
	for (const char *p = v->words; lookup_next(&p, word);) {
		size_t n = lookup_head(word);
		(void)str_copy(head, sizeof head, word);
		head[n] = '\0';
		put(m, WORD, "tiit", head, v->from_ms, m->number, word + n);
	}
}

/* A pass id like those that the desk draws, and no code twice: a walk through all of them that hits each once. */
static void draw(struct maker *m, uint8_t id[PASS_ID_BYTES])
{
	m->secret +=
	    0x9e3779b97f4a7c15u; /* odd, so that its multiples come round to none before all */
	random_fill(&m->random, id, PASS_ID_BYTES);
	for (int i = 0; i < PASS_CODE_BYTES; i++)
		id[i] = (uint8_t)(m->secret >> (8 * i));
}

static void make_journal(struct maker *m, const struct past *v)
{
	uint8_t commits[1 + 5 + DB_JOURNAL_HASH] = {5, 's', 't', 'a', 't', 'e'}, salt[JOURNAL_SALT],
				hash[DB_JOURNAL_HASH];
	random_fill(&m->random, salt, sizeof salt);
	journal_commit(commits + 6, salt, "state", "inside");
	struct journal_link l = {.node = m->node,
	    .seq = ++m->seq,
	    .at_ms = v->from_ms,
	    .actor = "kiosk:lobby",
	    .what = "visit.arrive",
	    .subject = &v->visit,
	    .commits = commits,
	    .commits_len = sizeof commits};
	journal_hash(hash, m->hash, &l);
	memcpy(m->hash, hash, sizeof hash);
	put(m, JOURNAL, "iiiubb", m->seq, m->node, v->from_ms, &v->visit, commits,
	    (int)sizeof commits, hash, (int)sizeof hash);
	put(m, DETAIL, "uib", &v->visit, m->seq, salt, (int)sizeof salt);
}

static void make_jobs(struct maker *m, const struct past *v)
{
	static const char *const kinds[3][2] = {
	    {"grant", "access:main"}, {"print", "print:lobby"}, {"mail", "notify:mail"}};
	for (int i = 0; i < 3; i++) {
		struct uuid id = new_id(m, v->from_ms);
		put(m, JOB, "uttuiis", &id, kinds[i][0], kinds[i][1], &v->visit, v->from_ms,
		    v->from_ms);
	}
}

/* What an arrival and a departure leave. */
static void make_trace(struct maker *m, const struct past *v)
{
	uint8_t secret[PASS_ID_BYTES];
	struct uuid credential = new_id(m, v->from_ms), signature = new_id(m, v->from_ms);
	draw(m, secret);
	put(m, STAY, "uiis", &v->visit, v->from_ms, v->until_ms);
	put(m, BADGE, "ubiiis", &v->visit, secret, (int)sizeof secret, v->from_ms, v->from_ms,
	    v->until_ms);
	put(m, CREDENTIAL, "uuiiiiis", &credential, &v->visit,
	    (int64_t)10058400 + random_below(&m->random, 5000), v->until_ms, v->from_ms, v->from_ms,
	    v->until_ms);
	put(m, SIGNATURE, "uuutis", &signature, &v->visitor, &v->visit, v->name, v->from_ms);
	make_journal(m, v);
	if (v->from_ms > m->now_ms - JOB_DAYS * (int64_t)CLOCK_DAY)
		make_jobs(m, v);
}

static void say_guest(struct maker *m, const struct past *v, const uint8_t id[PASS_ID_BYTES])
{
	struct pass p = {.kind = PASS_INVITATION,
	    .site = SITE,
	    .not_before_ms = v->from_ms,
	    .expiry_ms = v->until_ms};
	char text[PASS_TEXT_SZ], code[CODE_SZ], visit[UUID_TEXT_SZ], visitor[UUID_TEXT_SZ];
	struct err e = {0};
	memcpy(p.id, id, PASS_ID_BYTES);
	pass_code(code, id);
	bench_must(pass_sign(text, &p, m->ring, &e), &e);
	(void)printf("%s %s %s %s\n", uuid_print(visit, &v->visit),
	    uuid_print(visitor, &v->visitor), code, text);
}

static void make_visit(struct maker *m, int64_t from_ms, bool over)
{
	struct past v = {
	    .from_ms = from_ms, .until_ms = from_ms + 8 * (int64_t)CLOCK_HOUR, .over = over};
	uint8_t secret[PASS_ID_BYTES];
	int64_t made_ms = from_ms - CLOCK_DAY > m->last_ms ? from_ms - CLOCK_DAY : m->last_ms;
	m->last_ms = made_ms;
	v.visitor = new_id(m, made_ms);
	v.visit = new_id(m, made_ms);
	struct uuid invitation = new_id(m, made_ms);
	name_draw(m, v.name);
	company_draw(m, v.company);
	lookup_add(v.words, v.name);
	lookup_add(v.words, v.company);
	draw(m, secret);
	put(m, VISITOR, "utts", &v.visitor, v.name, v.company);
	const struct uuid *host = &m->hosts[random_below(&m->random, HOSTS)];
	m->number++;
	if (over)
		put(m, VISIT, "iuuutiiiiiiits", m->number, &v.visit, &v.visitor, host, "ended",
		    from_ms, v.until_ms, from_ms, made_ms, v.until_ms, (int64_t)1, (int64_t)1,
		    v.words);
	else
		put(m, VISIT, "iuuutii-i-iits", m->number, &v.visit, &v.visitor, host, "expected",
		    from_ms, v.until_ms, made_ms, (int64_t)0, (int64_t)0, v.words);
	make_words(m, &v);
	put(m, INVITATION, "uubiis", &invitation, &v.visit, secret, (int)sizeof secret, made_ms,
	    v.until_ms);
	if (over)
		make_trace(m, &v);
	else
		say_guest(m, &v, secret);
}

/* --- the whole --------------------------------------------------------------------------- */

static int64_t number_of(const struct maker *m, const char *text)
{
	sqlite3_stmt *st = NULL;
	must(m, sqlite3_prepare_v2(m->db, text, -1, &st, NULL) == SQLITE_OK &&
		    sqlite3_step(st) == SQLITE_ROW);
	int64_t n = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return n;
}

static void journal_head(struct maker *m)
{
	sqlite3_stmt *st = NULL;
	must(m, sqlite3_prepare_v2(m->db, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1",
		    -1, &st, NULL) == SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW) {
		m->seq = sqlite3_column_int64(st, 0);
		memcpy(m->hash, sqlite3_column_blob(st, 1), sizeof m->hash);
	}
	(void)sqlite3_finalize(st);
}

/* Sorting what an index holds once is cheaper than finding its place a million times. */
static void indexes_put_off(struct maker *m)
{
	sqlite3_stmt *st = NULL;
	struct str_buf drops = STR_BUF_INIT;
	must(m, sqlite3_prepare_v2(m->db,
		    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
		    -1, &st, NULL) == SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		(void)str_buf_print(&drops, "DROP INDEX %s;", sqlite3_column_text(st, 0));
		(void)str_buf_print(&m->indexes, "%s;", sqlite3_column_text(st, 1));
	}
	(void)sqlite3_finalize(st);
	run(m, drops.data);
	str_buf_fini(&drops);
}

static void begin(struct maker *m, const char *path)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	if (sqlite3_open_v2(path, &m->db, flags, NULL) != SQLITE_OK)
		bench_die("%s: %s", path, sqlite3_errmsg(m->db));
	run(m,
	    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
	    "PRAGMA ignore_check_constraints = ON; PRAGMA cache_size = -1500000;"
	    "INSERT OR IGNORE INTO agreement_version (name, hash, lang, text, first_seen_ms, "
	    "owner_node, rev)"
	    " VALUES ('visitor', 'bench', 'en', 'Rules', 1, 1, 1)");
	indexes_put_off(m);
	for (int i = 0; i < TABLES; i++)
		must(m, sqlite3_prepare_v3(m->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &m->st[i],
			    NULL) == SQLITE_OK);
	m->node = number_of(m, "SELECT value FROM meta WHERE name = 'node'");
	m->rev = number_of(m, "SELECT value FROM meta WHERE name = 'rev'");
	m->number = number_of(m, "SELECT value FROM meta WHERE name = 'next_number'") - 1;
	journal_head(m);
	m->seed.state = 20261123;
	m->random = random_of_fake(&m->seed);
	m->ids.random = m->random;
}

static void finish(struct maker *m, const char *path)
{
	char text[512];
	(void)str_print(text, sizeof text,
	    "UPDATE meta SET value = %lld WHERE name = 'rev'; UPDATE meta SET value = %lld WHERE "
	    "name = 'last_ms';"
	    "UPDATE meta SET value = %lld WHERE name = 'next_number'; COMMIT; PRAGMA journal_mode "
	    "= WAL",
	    (long long)m->rev, (long long)m->last_ms, (long long)m->number + 1);
	for (int i = 0; i < TABLES; i++)
		(void)sqlite3_finalize(m->st[i]);
	run(m, m->indexes.data);
	run(m, text);
	str_buf_fini(&m->indexes);
	if (sqlite3_close(m->db) != SQLITE_OK)
		bench_die("sqlite: the book does not close");
	int fd = open(
	    path, O_RDWR | O_CLOEXEC); /* else the first checkpoint of a bench would pay for this */
	if (fd < 0 || fsync(fd) != 0 || close(fd) != 0)
		bench_die("%s: %s", path, strerror(errno));
}

static void make_all(struct maker *m, int64_t visits, int64_t guests)
{
	int64_t past = visits - guests, span = (DAYS - 1) * (int64_t)CLOCK_DAY;
	char answer[401];
	memset(answer, 'x', sizeof answer - 1);
	answer[sizeof answer - 1] = '\0';
	run(m, "BEGIN");
	make_hosts(m);
	for (int64_t i = 0; i < past; i++) {
		make_visit(m, m->now_ms - DAYS * (int64_t)CLOCK_DAY + span / past * i, true);
		if (i % BATCH == BATCH - 1)
			run(m, "COMMIT; BEGIN");
	}
	for (int64_t i = 0; i < 3 * past / 365; i++) {
		uint8_t hash[32];
		struct uuid key = new_id(m, m->now_ms - CLOCK_HOUR);
		random_fill(&m->random, hash, sizeof hash);
		put(m, ANSWER, "ubti", &key, hash, (int)sizeof hash, answer,
		    m->now_ms - CLOCK_HOUR);
	}
	for (int64_t i = 0; i < guests; i++)
		make_visit(m, m->now_ms - CLOCK_MINUTE, false);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		bench_die("book FOLDER VISITS GUESTS");
	struct err e = {0};
	struct maker m = {0};
	struct pass_ring *ring = NULL;
	struct clock clock = clock_system();
	char path[PATH_MAX];
	int64_t visits = bench_number(argv[2]), guests = bench_number(argv[3]);
	if (visits <= guests)
		bench_die("fewer visits than guests");
	bench_must(path_join(path, argv[1], "state/keys", &e), &e);
	bench_must(pass_ring_load(&ring, path, &e), &e);
	bench_must(path_join(path, argv[1], "state/book", &e), &e);
	m.ring = ring;
	m.now_ms = clock_wall(&clock);
	begin(&m, path);
	make_all(&m, visits, guests);
	finish(&m, path);
	pass_ring_free(ring);
	return fflush(stdout) == 0 ? 0 : 1;
}
