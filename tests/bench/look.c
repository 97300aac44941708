// rooms: kiosk daemon visit scan db pass match base
/*
 * look FOLDER GUESTS COUNT: two look-ups, each three ways in turn: bare, by the prepared statements that find the rows; in foyerd, by the route
 * table in this process; and through the socket of the foyerd that runs in FOLDER. Each has a handle and a cache of its own: nobody finds warm what
 * another one read.
 *
 *   code   what a guest typed at a kiosk: whose visit it is, and whether they may come in
 *   name   the beginning of a word of a name, three to six letters: the newest twenty visits, as a receptionist sees them
 */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "db/book_private.h"
#include "db/invitation.h"
#include "db/lookup.h"
#include "kiosk/client/client.h"
#include "tests/bench/lib_bench.h"
#include "tests/bench/lib_desk.h"
#include "tests/bench/lib_wire.h"

enum { PAGE = 20, WARM = 20, LETTERS_LEAST = 3, LETTERS_MOST = 6 };

struct look {
	struct desk desk;
	struct book *book; /* of the bare side */
	struct wire kiosk, staff;
	struct bench_times bare, foyer, socket;
};

static void say(struct look *l, const char *what)
{
	bench_say("bare", &l->bare, json_pack("{s:s}", "what", what));
	bench_say("foyer", &l->foyer, json_pack("{s:s}", "what", what));
	bench_say("socket", &l->socket, json_pack("{s:s}", "what", what));
}

static void took(struct bench_times *t, int64_t start, int64_t i)
{
	if (i >= WARM)
		bench_add(t, bench_ns() - start);
}

static void by_code(struct look *l, const struct guest *g, int64_t i)
{
	char body[96];
	struct db_invitation found;
	struct err e = {0};
	(void)str_print(body, sizeof body, "{\"text\":\"%s\",\"source\":\"typed\"}", g->code);
	int64_t start = bench_ns();
	bench_must(db_invitation_by_code(l->book, g->code, &found, &e), &e);
	took(&l->bare, start, i);
	start = bench_ns();
	desk_ask(&l->desk,
	    &(struct desk_ask){.kiosk = true, .method = "POST", .path = "/v1/scan", .body = body});
	took(&l->foyer, start, i);
	start = bench_ns();
	wire_ask(&l->kiosk, 200, "POST", "/v1/scan", NULL, body);
	took(&l->socket, start, i);
}

/* A word of a visit picked at random, cut short. */
static void draw_prefix(struct look *l, struct random *r, char prefix[LOOKUP_WORD_SZ])
{
	struct book *b = l->book;
	sqlite3_stmt *st = b->st[ST_VISIT_SEARCH_WORDS];
	int64_t visits = b->committed.next_number - 1;
	(void)sqlite3_bind_int64(st, 1, 1 + (int64_t)random_below(r, (uint32_t)visits));
	if (sqlite3_step(st) != SQLITE_ROW)
		bench_die("a visit is missing");
	const char *words = (const char *)sqlite3_column_text(st, 0);
	char word[LOOKUP_WORD_SZ] = "";
	for (uint32_t n = 1 + random_below(r, 3); n > 0 && lookup_next(&words, word); n--)
		(void)str_copy(prefix, LOOKUP_WORD_SZ, word);
	(void)sqlite3_reset(st);
	size_t len = LETTERS_LEAST + random_below(r, LETTERS_MOST - LETTERS_LEAST + 1);
	for (size_t i = 0; prefix[i] != '\0'; i++) {
		if (i >= len && ((unsigned char)prefix[i] & 0xc0) != 0x80)
			prefix[i] = '\0';
	}
}

/* The walk along the words, and what a list shows of each visit. */
static void name_bare(struct book *b, const char *prefix)
{
	sqlite3_stmt *walk = b->st[ST_VISIT_WORD_WALK], *items = b->st[ST_VISIT_ITEMS];
	size_t head = lookup_head(prefix), rest = strlen(prefix) - head;
	char numbers[PAGE * 24] = "[";
	int n = 0, shown = 0;
	(void)sqlite3_bind_text(walk, 1, prefix, (int)head, SQLITE_STATIC);
	(void)sqlite3_bind_int64(walk, 2, INT64_MAX);
	(void)sqlite3_bind_int64(walk, 3, INT64_MAX);
	(void)sqlite3_bind_int64(walk, 4, INT64_MIN);
	while (n < PAGE && sqlite3_step(walk) == SQLITE_ROW) {
		if (strncmp((const char *)sqlite3_column_text(walk, 0), prefix + head, rest) != 0)
			continue;
		size_t len = strlen(numbers);
		(void)str_print(numbers + len, sizeof numbers - len, n++ == 0 ? "%lld" : ",%lld",
		    (long long)sqlite3_column_int64(walk, 2));
	}
	(void)sqlite3_reset(walk);
	(void)str_copy(numbers + strlen(numbers), sizeof numbers - strlen(numbers), "]");
	(void)sqlite3_bind_text(items, 1, numbers, -1, SQLITE_STATIC);
	while (sqlite3_step(items) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(items); i++)
			(void)sqlite3_column_bytes(items, i);
		shown++;
	}
	(void)sqlite3_reset(items);
	if (shown != n)
		bench_die("a visit is missing");
}

static void by_name(struct look *l, const char *prefix, int64_t i)
{
	char target[CLIENT_TARGET_SZ] = "/v1/visits?limit=20";
	if (!client_target_add(target, "q", prefix))
		bench_die("a name is too long");
	int64_t start = bench_ns();
	name_bare(l->book, prefix);
	took(&l->bare, start, i);
	start = bench_ns();
	desk_ask(&l->desk,
	    &(struct desk_ask){
		.method = "GET", .path = "/v1/visits", .query = {{"q", prefix}, {"limit", "20"}}});
	took(&l->foyer, start, i);
	start = bench_ns();
	wire_ask(&l->staff, 200, "GET", target, NULL, NULL);
	took(&l->socket, start, i);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		bench_die("look FOLDER GUESTS COUNT");
	struct look l = {0};
	struct err e = {0};
	struct random_fake seed = {.state = 4711};
	struct random r = random_of_fake(&seed);
	char path[PATH_MAX], prefix[LOOKUP_WORD_SZ];
	int64_t count = WARM + bench_number(argv[3]);
	struct guest *guests = guests_read(argv[2], 0, count);
	desk_open(&l.desk, argv[1]);
	bench_must(path_join(path, argv[1], "state/book", &e), &e);
	bench_must(book_open(&l.book, path, BOOK_RO, &e), &e);
	bench_must(path_join(path, argv[1], "run/kiosk/lobby.sock", &e), &e);
	wire_open(&l.kiosk, path);
	bench_must(path_join(path, argv[1], "run/api.sock", &e), &e);
	wire_open(&l.staff, path);
	for (int64_t i = 0; i < count; i++)
		by_code(&l, &guests[i], i);
	say(&l, "code");
	for (int64_t i = 0; i < count; i++) {
		draw_prefix(&l, &r, prefix);
		by_name(&l, prefix, i);
	}
	say(&l, "name");
	wire_close(&l.kiosk);
	wire_close(&l.staff);
	book_close(l.book);
	desk_close(&l.desk);
	free(guests);
	return 0;
}
