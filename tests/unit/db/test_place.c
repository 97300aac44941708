/* A book that is not where it was any more, or that somebody else wrote to. */
#include "rig.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void file_copy(const char *from, const char *to, int flags)
{
	static char data[1 << 20];
	int a = open(from, O_RDONLY | O_CLOEXEC),
	    b = open(to, O_WRONLY | O_CREAT | flags | O_CLOEXEC, 0600);
	assert_true(a >= 0 && b >= 0);
	ssize_t n = read(a, data, sizeof data);
	assert_true(n > 0 && n < (ssize_t)sizeof data);
	assert_int_equal(write(b, data, (size_t)n), n);
	assert_int_equal(close(a) | close(b), 0);
}

static void begin_finds(struct rig *r, enum book_place want)
{
	ANSWERS(ERR_IO, book_begin(r->b, RIG_MS, &e));
	assert_int_equal(book_place(r->b), want);
	assert_true(book_is_poisoned(r->b));
	ANSWERS(ERR_IO, book_look(r->b, &e));
	ANSWERS(ERR_IO, book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
}

static void place__moved_away_and_back(void **state)
{
	struct rig *r = *state;
	char away[PATH_MAX];
	struct book_mark m;
	rig_begin(r);
	(void)rig_visitor(r, "A", "");
	rig_commit(r);
	GOOD(book_look(r->b, &e));
	m = book_mark(r->b);
	assert_int_equal(rename(r->path, rig_path(r, away, "away")), 0);
	begin_finds(r, BOOK_MOVED);
	assert_int_equal(rename(away, r->path), 0);
	begin_finds(r, BOOK_MOVED); /* this handle does not trust it any more */
	rig_reopen(r, BOOK_RW);
	assert_null(book_mark_differs(r->b, &m));
	assert_int_equal(
	    rig_number(r, "SELECT count(*) FROM visitor"), 1); /* the log stayed with it */
}

static void place__replaced_by_an_older_copy(void **state)
{
	struct rig *r = *state;
	char old[PATH_MAX], tail[PATH_MAX];
	GOOD(book_backup(r->b, rig_path(r, old, "old"), NULL, &e));
	rig_begin(r);
	(void)rig_visitor(r, "A", "");
	rig_commit(r);
	struct book_mark m = book_mark(r->b);
	assert_int_equal(rename(old, r->path), 0);
	begin_finds(r, BOOK_MOVED);
	book_close(r->b);
	(void)unlink(rig_path(r, tail, "book-wal"));
	GOOD(book_open(&r->b, r->path, BOOK_RW, &e));
	assert_string_equal(book_mark_differs(r->b, &m), "it is an older copy");
	struct book_mark older = book_mark(r->b);
	rig_begin(r);
	(void)rig_visitor(r, "B", "");
	(void)rig_visitor(r, "C", "");
	rig_commit(r);
	assert_non_null(book_mark_differs(r->b, &older)); /* newer */
	older.node++;
	assert_string_equal(book_mark_differs(r->b, &older), "it is another book");
}

static void place__overwritten_in_place(void **state)
{
	struct rig *r = *state;
	char old[PATH_MAX], kept[PATH_MAX];
	struct stat before, after;
	GOOD(book_backup(r->b, rig_path(r, old, "old"), NULL, &e));
	for (int i = 0; i < 2; i++) { /* one in the file, one in its log */
		rig_begin(r);
		(void)rig_visitor(r, "A", "");
		rig_commit(r);
		if (i == 0)
			GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	}
	GOOD(book_look(r->b, &e));
	file_copy(old, r->path, O_TRUNC);
	begin_finds(r, BOOK_WRITTEN);
	/* Closing copies nothing into it. */
	assert_int_equal(stat(r->path, &before), 0);
	book_close(r->b);
	r->b = NULL;
	assert_int_equal(stat(r->path, &after), 0);
	assert_true(before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
		    before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
	assert_int_equal(stat(rig_path(r, kept, "book-wal"), &after), 0);
	assert_true(after.st_size > 0);
}

static void place__touched_and_nothing_more(void **state)
{
	struct rig *r = *state;
	static const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	for (int i = 0; i < 3; i++) {
		rig_begin(r);
		(void)rig_visitor(r, "A", "");
		rig_commit(r);
		if (i == 1)
			GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_PASSIVE, &e));
		assert_int_equal(utimensat(AT_FDCWD, r->path, times, 0), 0);
		GOOD(book_look(r->b, &e));
		assert_int_equal(book_place(r->b), BOOK_IN_PLACE);
	}
	/* The look let go of no lock: another writer is still kept out of a transaction. */
	rig_begin(r);
	assert_int_equal(utimensat(AT_FDCWD, r->path, times, 0), 0);
	GOOD(book_look(r->b, &e));
	pid_t child = fork();
	if (child == 0) {
		struct book *other = NULL;
		struct err why;
		_exit(book_open(&other, r->path, BOOK_RW, &why) == ERR_OK &&
			      book_begin(other, RIG_MS, &why) == ERR_OK
			  ? 1
			  : 0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	rig_commit(r);
}

static void mark__of_the_file_alone(void **state)
{
	struct rig *r = *state;
	char odd[PATH_MAX];
	struct book_mark m;
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	int64_t before = book_mark(r->b).rev;
	rig_begin(r);
	(void)rig_visitor(r, "A", "");
	rig_commit(r);
	assert_int_equal(book_mark(r->b).rev, before + 1);
	assert_int_equal(book_mark(r->b).file_rev, before); /* the visitor is in the log */
	GOOD(book_mark_alone(&m, r->path, &e));
	assert_int_equal(m.node, book_node(r->b));
	assert_int_equal(m.rev, before);
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_PASSIVE, &e));
	assert_int_equal(book_mark(r->b).file_rev, before + 1);
	/* Whatever its path is. */
	file_copy(r->path, rig_path(r, odd, "a b?c#d%e&f"), O_EXCL);
	GOOD(book_mark_alone(&m, odd, &e));
	assert_int_equal(m.rev, before + 1);
	ANSWERS(ERR_NOT_FOUND, book_mark_alone(&m, "/dev/null", &e));
	ANSWERS(ERR_NOT_FOUND, book_mark_alone(&m, rig_path(r, odd, "none"), &e));
	assert_int_not_equal(access(odd, F_OK), 0);
	rig_reopen(r, BOOK_RW);
	assert_int_equal(book_mark(r->b).file_rev, before + 1);
}

static void place__own_checkpoints_are_ours(void **state)
{
	struct rig *r = *state;
	for (int i = 0; i < 50; i++) {
		rig_begin(r);
		(void)rig_visitor(r, "A", "");
		rig_commit(r);
		GOOD(book_checkpoint(
		    r->b, i % 2 == 0 ? BOOK_CHECKPOINT_PASSIVE : BOOK_CHECKPOINT_TRUNCATE, &e));
		GOOD(book_look(r->b, &e));
	}
	struct book *ro;
	GOOD(book_open(&ro, r->path, BOOK_RO, &e));
	GOOD(book_look(ro, &e));
	book_close(ro);
	rig_begin(r);
	rig_commit(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(place__moved_away_and_back),
	    TEST(place__replaced_by_an_older_copy),
	    TEST(place__overwritten_in_place),
	    TEST(place__touched_and_nothing_more),
	    TEST(mark__of_the_file_alone),
	    TEST(place__own_checkpoints_are_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
