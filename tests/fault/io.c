/*
 * The n-th call to the disk fails, for n = 1, 2, 3, … until none does: a read, a write, a sync, an opening; once or for ever; an I/O error or no
 * room. In each thing the desk does, while the book is opened after a crash, and in a backup. Nobody crashes, nothing is half done, the answer is
 * success or "not now"; and with the disk well again the same request under the same key is done, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"
#include "db/book.h"
#include "tests/fault/lib_acts.h"
#include "tests/fault/lib_child.h"
#include "tests/fault/lib_look.h"
#include "tests/fault/lib_vfs.h"
#include "tests/fault/lib_whole.h"

static const struct {
	const char *name;
	struct disk_fault fault;
} faults[] = {
    {"EIO once", {.calls = DISK_ANY}},
    {"EIO for ever", {.calls = DISK_ANY, .for_ever = true}},
    {"no room once", {.calls = DISK_WRITE | DISK_SHM, .full = true}},
    {"no room for ever", {.calls = DISK_WRITE | DISK_SHM, .full = true, .for_ever = true}},
};
enum { FAULTS = 4, CALLS_MOST = 5000 };

struct trial {
	struct acts acts;
	struct lobby run;
	enum act act;
	struct disk_fault fault;
	bool failed; /* the fault was met */
	int refused; /* the act was not done for it */
};

static void must_be_whole(struct lobby *l)
{
	char why[WHOLE_WHY_SZ];
	if (!whole(l, why))
		fail_msg("%s", why);
}

/* As daemon/mend.c does. */
static void open_again(struct lobby *l)
{
	struct err e = {0};
	char path[96];
	book_close(l->d.book);
	if (book_open(&l->d.book, whole_path(l, path), BOOK_RW, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	l->d.closed = false;
}

/* The disk is well: it is done now, whatever came before; twice is once. */
static void finish(const struct trial *t, struct lobby *l, const char *before)
{
	char *text = NULL, *again = NULL;
	int status = act_do(&t->acts, l, t->act, &text);
	if (status >= 300)
		fail_msg("afterwards: %d %s", status, text != NULL ? text : "");
	assert_int_equal(act_do(&t->acts, l, t->act, &again), status);
	assert_true(act_is_done(l, t->act));
	if (before != NULL && strcmp(before, text) != 0)
		fail_msg("it was answered %s, and now %s", before, text);
	if (text != NULL && strcmp(text, again) != 0)
		fail_msg("it is answered %s, and then %s", text, again);
	free(text);
	free(again);
}

static void act_on(void *arg)
{
	struct trial *t = arg;
	struct lobby l = t->run;
	struct disk disk = {0};
	char *text = NULL;
	disk_install(&disk);
	acts_enter(&l);
	disk_fail(&disk, &t->fault);
	int status = act_do(&t->acts, &l, t->act, &text);
	t->failed = disk.failed > 0;
	t->refused += status >= 300;
	disk_fail(&disk, NULL);
	if (status >= 300 && status != 503)
		fail_msg("%d %s", status, text != NULL ? text : "");
	if (status >= 300 && !t->failed)
		fail_msg("%d without a fault", status);
	if (l.d.closed)
		open_again(&l);
	if (status < 300)
		assert_true(act_is_done(&l, t->act));
	finish(t, &l, status < 300 ? text : NULL);
	must_be_whole(&l);
	free(text);
	lobby_close(&l);
}

/* A book whose log was left behind is opened. */
static void open_on(void *arg)
{
	struct trial *t = arg;
	struct disk disk = {0};
	struct lobby l = t->run;
	struct err e = {0};
	struct book *b = NULL;
	char path[96];
	disk_install(&disk);
	disk_fail(&disk, &t->fault);
	enum err_code code = book_open(&b, whole_path(&l, path), BOOK_RW, &e);
	t->failed = disk.failed > 0;
	t->refused += code != ERR_OK;
	disk_fail(&disk, NULL);
	if (code != ERR_OK && err_class_of(code) != ERR_CLASS_RETRY)
		fail_msg("%s: %s", err_name(code), e.msg);
	if (code != ERR_OK && !t->failed)
		fail_msg("without a fault: %s", e.msg);
	book_close(b);
	acts_enter(&l);
	assert_true(act_is_done(&l, t->act));
	finish(t, &l, NULL);
	must_be_whole(&l);
	lobby_close(&l);
}

/* A backup is there and whole, or it is not there. */
static void backup_on(void *arg)
{
	struct trial *t = arg;
	struct disk disk = {0};
	struct lobby l = t->run;
	struct err e = {0};
	struct book *b = NULL;
	char path[96], copy[128];
	disk_install(&disk);
	(void)str_print(copy, sizeof copy, "%s.copy", whole_path(&l, path));
	assert_int_equal(book_open(&b, path, BOOK_RO, &e), ERR_OK);
	disk_fail(&disk, &t->fault);
	enum err_code code = book_backup(b, copy, NULL, &e);
	t->failed = disk.failed > 0;
	t->refused += code != ERR_OK;
	disk_fail(&disk, NULL);
	if (code != ERR_OK && err_class_of(code) != ERR_CLASS_RETRY)
		fail_msg("%s: %s", err_name(code), e.msg);
	assert_int_equal(access(copy, F_OK) == 0, code == ERR_OK);
	if (code != ERR_OK && book_backup(b, copy, NULL, &e) != ERR_OK)
		fail_msg("afterwards: %s", e.msg);
	book_close(b);
	assert_int_equal(book_open(&b, copy, BOOK_RW, &e), ERR_OK);
	assert_int_equal(book_verify(b, false, &e), ERR_OK);
	book_close(b);
}

/* A process dies between its commit and its answer; the log stays. */
static void leave_log(void *arg)
{
	struct trial *t = arg;
	struct lobby l = t->run;
	char *text;
	acts_enter(&l);
	assert_true(act_do(&t->acts, &l, t->act, &text) < 300);
	_Exit(0);
}

static void say(
    const struct trial *t, const char *doing, const char *fault, const struct outcome *o)
{
	printf("io: seed %llu: %s, %s at call %lld: status %#x\n%s\n",
	    (unsigned long long)fault_seed(), doing, fault, (long long)t->fault.at,
	    (unsigned)o->status, o->said);
	exit(1);
}

/* The number of calls that were let fail. */
static int each_call(
    struct trial *t, const struct lobby *from, const char *doing, void (*fn)(void *arg))
{
	struct outcome o;
	int tried = 0, most = fault_rounds(CALLS_MOST);
	for (int f = 0; f < FAULTS; f++) {
		t->failed = true;
		for (int n = 1; t->failed && n <= most; n++) {
			t->fault = faults[f].fault;
			t->fault.at = n;
			t->failed = false;
			fault_copy(&t->run, from, "run");
			fault_child(&o, fn, t);
			if (!outcome_good(&o))
				say(t, doing, faults[f].name, &o);
			tried += t->failed;
		}
		assert_false(t->failed && most == CALLS_MOST);
	}
	return tried;
}

int main(void)
{
	fault_begin();
	struct trial *t = fault_shared(sizeof *t);
	struct lobby crashed;
	struct outcome o;
	int tried = 0;
	acts_new(&t->acts);
	for (int i = 0; i < ACTS; i++) {
		t->act = (enum act)i;
		tried += each_call(t, &t->acts.house, act_name(t->act), act_on);
	}
	t->act = ACT_CHECK_IN;
	fault_copy(&t->run, &t->acts.house, "crashed");
	crashed = t->run;
	fault_child(&o, leave_log, t);
	assert_true(outcome_good(&o));
	tried += each_call(t, &crashed, "opening", open_on);
	tried += each_call(t, &crashed, "backup", backup_on);
	printf("# io: %d calls failed in %d acts and while opening; %d times the visitor had to "
	       "ask again, nothing was half done\n",
	    tried, ACTS, t->refused);
	return 0;
}
