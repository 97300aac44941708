// rooms: kiosk db pass base
/*
 * bare FOLDER GUESTS FIRST COUNT WARM: what a check-in leaves in the book (FOLDER/state/book, while no foyerd runs), written by plain
 * prepared statements in one transaction each: the same rows in the same tables and indexes under the same settings, and nothing
 * asked, checked, decided or answered. Then COUNT times what any durable write costs at least: 4 KiB and an fdatasync.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"
#include "db/book_private.h"
#include "tests/bench/lib_bench.h"
#include "tests/bench/lib_wire.h"

enum write {
#define ROW(table, sql) table,
#include "tests/bench/bare.inc"
#undef ROW
	WRITES
};

static const char *const sql[WRITES] = {
#define ROW(table, sql) [table] = sql,
#include "tests/bench/bare.inc"
#undef ROW
};

struct bare {
	struct book *book; /* for its settings, and to be asked for ids */
	sqlite3 *db;
	sqlite3_stmt *st[WRITES];
	int64_t now_ms, rev, seq;
	struct random random;
};

static void must(const struct bare *b, bool good)
{
	if (!good)
		bench_die("sqlite: %s", sqlite3_errmsg(b->db));
}

/* i a number, t a text, u an id, b bytes and their number, r so many random bytes, s the next rev. */
static void put(struct bare *b, enum write w, const char *kinds, ...)
{
	sqlite3_stmt *st = b->st[w];
	uint8_t random[64];
	const void *p;
	int n;
	va_list ap;
	va_start(ap, kinds);
	for (int k = 1; *kinds != '\0'; kinds++, k++) {
		switch (*kinds) {
		case 'i': (void)sqlite3_bind_int64(st, k, va_arg(ap, int64_t)); break;
		case 't':
			(void)sqlite3_bind_text(st, k, va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 'u':
			p = va_arg(ap, const struct uuid *);
			(void)sqlite3_bind_blob(st, k, p, sizeof(struct uuid), SQLITE_STATIC);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			(void)sqlite3_bind_blob(st, k, p, va_arg(ap, int), SQLITE_STATIC);
			break;
		case 'r':
			n = va_arg(ap, int);
			random_fill(&b->random, random, (size_t)n);
			(void)sqlite3_bind_blob(st, k, random, n, SQLITE_TRANSIENT);
			break;
		default: (void)sqlite3_bind_int64(st, k, ++b->rev); break;
		}
	}
	va_end(ap);
	must(b, sqlite3_step(st) == SQLITE_DONE && sqlite3_reset(st) == SQLITE_OK);
}

static void run(const struct bare *b, enum statement s)
{
	sqlite3_stmt *st = b->book->st[s];
	must(b, sqlite3_step(st) == SQLITE_DONE && sqlite3_reset(st) == SQLITE_OK);
}

static void put_jobs(struct bare *b, const struct guest *g, const struct uuid *credential)
{
	static const struct {
		const char *kind, *destination, *facts;
	} jobs[] = {
	    {"grant", "access:main",
		"{\"card\":10058400,\"doors\":[1,2],\"first\":\"2026-11-23\",\"last\":\"2026-11-"
		"23\",\"fresh\":true,\"issued\":false,"
		"\"profiles\":[{\"id\":100,\"first\":\"2026-11-23\",\"last\":\"2026-11-23\","
		"\"from\":\"00:00\",\"to\":\"20:30\","
		"\"linked\":0}]}"},
	    {"print", "print:lobby", "{\"from\":\"\"}"},
	    {"mail", "notify:mail",
		"{\"template\":\"host-arrival\",\"host\":\"019e5bb6-0000-7000-8000-"
		"000000000000\"}"},
	};
	for (int i = 0; i < 3; i++) {
		struct uuid id = book_new_id(b->book);
		put(b, JOB, "uttuutiis", &id, jobs[i].kind, jobs[i].destination, &g->visit,
		    credential, jobs[i].facts, b->now_ms, b->now_ms);
	}
}

static void checkin(struct bare *b, const struct guest *g)
{
	static const char answer[] =
	    "{\"outcome\":\"welcome\",\"reason\":\"\",\"visit\":\"019e5bb6-0000-7000-8000-"
	    "000000000000\",\"number\":\"000001\","
	    "\"name\":\"Anna "
	    "Bergmann\",\"escort\":false,\"late\":false,\"badge\":\"printing\",\"doors\":"
	    "\"pending\",\"host\":\"sending\","
	    "\"until_ms\":1795452800000,\"progress\":\"0123456789abcdef0123456789abcdef\"}";
	uint8_t commits[4 * (1 + 5 + 32)] = {0};
	struct uuid signature = book_new_id(b->book), credential = book_new_id(b->book);
	struct uuid key = book_new_id(b->book);
	int64_t card = 20000000 + random_below(&b->random, 1000000000); /* of nobody's range */
	run(b, ST_BEGIN_WRITE);
	put(b, SIGNATURE, "uuuis", &signature, &g->visitor, &g->visit, b->now_ms);
	put(b, STAY, "uis", &g->visit, b->now_ms);
	put(b, VISIT, "iisu", b->now_ms, card, &g->visit);
	b->seq++;
	for (int i = 0; i < 4; i++)
		put(b, DETAIL, "uiir", &g->visit, b->seq, (int64_t)i, 32);
	put(b, JOURNAL, "iiubr", b->seq, b->now_ms, &g->visit, commits, (int)sizeof commits, 32);
	put(b, CARD, "iuis", card, &g->visit, b->now_ms);
	put(b, CREDENTIAL, "uuiiis", &credential, &g->visit, card, b->now_ms + CLOCK_HOUR,
	    b->now_ms);
	put(b, BADGE, "uris", &g->visit, 8, b->now_ms);
	put_jobs(b, g, &credential);
	put(b, ANSWER, "urti", &key, 32, answer, b->now_ms);
	put(b, META, "it", b->rev, "rev");
	put(b, META, "it", b->now_ms, "last_ms");
	run(b, ST_COMMIT);
}

/* The bytes lie there already: what remains is the journey to the disk. */
static void sync_4k(const char *folder, int64_t count)
{
	char path[PATH_MAX], page[4096] = {0};
	struct err e = {0};
	struct bench_times times = {0};
	bench_must(path_join(path, folder, "state/sync", &e), &e);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (int64_t i = 0; i < 16 + count; i++) {
		off_t at = (off_t)(i % 16) * (off_t)sizeof page;
		int64_t start = bench_ns();
		if (pwrite(fd, page, sizeof page, at) != sizeof page || fdatasync(fd) != 0)
			bench_die("%s: %s", path, strerror(errno));
		if (i >= 16)
			bench_add(&times, bench_ns() - start);
	}
	(void)close(fd);
	(void)unlink(path);
	bench_say("fdatasync", &times, NULL);
}

static int64_t last_seq(struct bare *b)
{
	sqlite3_stmt *st = b->book->st[ST_JOURNAL_LAST];
	int64_t seq = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	(void)sqlite3_reset(st);
	return seq;
}

int main(int argc, char **argv)
{
	if (argc != 6)
		bench_die("bare FOLDER GUESTS FIRST COUNT WARM");
	struct err e = {0};
	struct bare b = {.random = random_system()};
	struct clock clock = clock_system();
	struct bench_times times = {0};
	char path[PATH_MAX];
	int64_t count = bench_number(argv[4]), warm = bench_number(argv[5]);
	struct guest *guests = guests_read(argv[2], bench_number(argv[3]), warm + count);
	bench_must(path_join(path, argv[1], "state/book", &e), &e);
	bench_must(book_open(&b.book, path, BOOK_RW, &e), &e);
	b.db = b.book->db;
	for (int i = 0; i < WRITES; i++)
		must(&b, sqlite3_prepare_v3(b.db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &b.st[i],
			     NULL) == SQLITE_OK);
	b.now_ms = clock_wall(&clock);
	b.rev = b.book->committed.rev;
	b.seq = last_seq(&b);
	for (int64_t i = 0; i < warm + count; i++) {
		int64_t start = bench_ns();
		checkin(&b, &guests[i]);
		if (i >= warm)
			bench_add(&times, bench_ns() - start);
	}
	bench_say("bare", &times, NULL);
	bench_must(book_checkpoint(b.book, BOOK_CHECKPOINT_TRUNCATE, &e), &e);
	for (int i = 0; i < WRITES; i++)
		(void)sqlite3_finalize(b.st[i]);
	book_close(b.book);
	sync_4k(argv[1], count);
	free(guests);
	return 0;
}
