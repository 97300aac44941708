/*
 * The n-th malloc fails, for n = 1, 2, 3, … until none does, once or for ever, in each thing the desk does: foyer's own, SQLite's, jansson's,
 * the C library's. The house rule: want of memory of our own ends the program on purpose, with its line in the log; SQLite's is an
 * error like a full disk. Nobody ends otherwise, nothing is half done, and the same request under the same key is done afterwards, once.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "base/str.h"
#include "db/book.h"
#include "tests/fault/lib_acts.h"
#include "tests/fault/lib_child.h"
#include "tests/fault/lib_look.h"
#include "tests/fault/lib_whole.h"

/* --- malloc ------------------------------------------------------------------------------------- */

/* A malloc has no argument to find this by. */
static struct {
	int64_t at, seen; /* at 0: none fails */
	bool for_ever;
	int failed;
} want;

static bool fails(void)
{
	if (want.at == 0)
		return false;
	want.seen++;
	bool now = want.for_ever ? want.seen >= want.at : want.seen == want.at;
	want.failed += now;
	if (now)
		errno = ENOMEM;
	return now;
}

#include "tests/fault/malloc.inc"

/* --- trials --------------------------------------------------------------------------------------- */

enum { CALLS_MOST = 100000, EVER = 7 };

struct trial {
	struct acts acts;
	struct lobby run;
	enum act act;
	int64_t at;
	bool for_ever;
	/* what came of it */
	int failed;
	int status; /* 0: it ended before */
	char answer[TOLD_ANSWER];
	int64_t done, refused, ended; /* of all */
};

static void act_on(void *arg)
{
	struct trial *t = arg;
	struct lobby l = t->run;
	char *text = NULL, why[WHOLE_WHY_SZ];
	acts_enter(&l);
	want.at = t->at;
	want.for_ever = t->for_ever;
	int status = act_do(&t->acts, &l, t->act, &text);
	want.at = 0;
	t->failed = want.failed;
	t->status = status;
	if (status >= 300 && status != 503)
		fail_msg("%d %s", status, text != NULL ? text : "");
	if (text != NULL)
		assert_true(str_copy(t->answer, sizeof t->answer, text));
	assert_false(l.d.closed); /* nothing was lost that would have to be looked for */
	free(text);
	if (status < 300)
		return; /* as if it were killed now: what was answered is there */
	/* The daemon goes on with what it has. */
	assert_true(act_do(&t->acts, &l, t->act, &text) < 300);
	assert_true(act_is_done(&l, t->act));
	if (!whole(&l, why))
		fail_msg("%s", why);
}

/* Somebody else opens the book, and the same is asked again. */
static void examine(void *arg)
{
	const struct trial *t = arg;
	struct lobby l = t->run;
	char why[WHOLE_WHY_SZ], *text = NULL;
	acts_enter(&l);
	if (!whole(&l, why))
		fail_msg("%s", why);
	assert_true(act_do(&t->acts, &l, t->act, &text) < 300);
	if (t->status != 0 && t->status < 300 && text != NULL && strcmp(text, t->answer) != 0)
		fail_msg("it was answered %s, and now %s", t->answer, text);
	assert_true(act_is_done(&l, t->act));
	lobby_close(&l);
}

static bool ended_on_purpose(const struct outcome *o)
{
	return WIFSIGNALED(o->status) && WTERMSIG(o->status) == SIGABRT &&
	       strstr(o->said, "out of memory") != NULL && strstr(o->said, "Failure!") == NULL;
}

static void say(const struct trial *t, const char *when, const struct outcome *o)
{
	printf("alloc: seed %llu: %s, %s: malloc %lld fails%s: status %#x\n%s\n",
	    (unsigned long long)fault_seed(), act_name(t->act), when, (long long)t->at,
	    t->for_ever ? " and every one after it" : "", (unsigned)o->status, o->said);
	exit(1);
}

/* False: it never came to the n-th. */
static bool trial(struct trial *t, const uint8_t untouched[LOOK_DIGEST])
{
	struct outcome o;
	uint8_t digest[LOOK_DIGEST];
	char path[96];
	t->failed = t->status = 0;
	fault_copy(&t->run, &t->acts.house, "run");
	fault_child(&o, act_on, t);
	bool ended = ended_on_purpose(&o);
	if (!ended && !outcome_good(&o))
		say(t, "at work", &o);
	t->ended += ended;
	t->refused += !ended && t->status == 503;
	t->done += !ended && t->status < 300 && t->failed > 0;
	if (!ended && t->failed == 0)
		return false;
	if (t->status == 503)
		return true;
	if (ended) { /* mostly before anything was written: then there is nothing to examine */
		look_digest(digest, whole_path(&t->run, path));
		if (memcmp(digest, untouched, sizeof digest) == 0)
			return true;
	}
	fault_child(&o, examine, t);
	if (!outcome_good(&o))
		say(t, "afterwards", &o);
	return true;
}

int main(void)
{
	fault_begin();
	struct trial *t = fault_shared(sizeof *t);
	uint8_t untouched[LOOK_DIGEST];
	char path[96];
	int most = fault_rounds(CALLS_MOST);
	acts_new(&t->acts);
	look_digest(untouched, whole_path(&t->acts.house, path));
	for (int i = 0; i < 2 * ACTS; i++) {
		t->act = (enum act)(i / 2);
		t->for_ever = i % 2 == 1;
		/* For ever from the n-th on: much the same as once, so only some of them. */
		t->at = 1 + (t->for_ever ? (int64_t)(fault_seed() % EVER) : 0);
		while (t->at <= most && trial(t, untouched))
			t->at += t->for_ever ? EVER : 1;
		assert_true(t->at < CALLS_MOST);
	}
	printf("# alloc: in %d acts %lld times the program ended on purpose, %lld times the "
	       "visitor had to ask again, %lld times it did "
	       "not matter; nothing was half done\n",
	    ACTS, (long long)t->ended, (long long)t->refused, (long long)t->done);
	return 0;
}
