/*
 * The power goes, a thousand times, in the middle of the desk's work. What the visitor was told is in the book afterwards, what was not told is
 * there whole or not at all, and whoever asks again under the same key gets the same answer.
 *
 * A house is copied, a day at the desk runs over it in a child, on a disk whose page cache is lost at a drawn moment (lib_vfs.h, lib_power.h);
 * then the product's own code opens what is left, in another child. The same day runs once without a cut, to know every state between two
 * commits: what is left must be, to the byte, the one after the last commit that returned, or the next.
 *
 * A third of the cuts comes soon after a failed fsync, which loses what was to be synced; then the book was closed and opened as
 * foyerd does it. And the test is tested: over disks that lie about syncing it must find a loss.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/str.h"
#include "db/book.h"
#include "db/job.h"
#include "tests/fault/lib_child.h"
#include "tests/fault/lib_day.h"
#include "tests/fault/lib_look.h"
#include "tests/fault/lib_vfs.h"
#include "tests/fault/lib_whole.h"

enum {
	ROUNDS_PROMISED = 1000,
	STEPS = 40,
	CUTS = 10,
	HOUSE = 100,
	SOON = 60 /* changes */,
	COMMITS = 400,
	LIES_FOUND_WITHIN = 300
};

/* Shared with the children. */
struct round {
	struct lobby house, run, image; /* before the day, on it, what is left of it */
	uint64_t seed;
	struct told told;
	struct disk_power power;
	uint64_t power_seed;
	bool sync_failed;
	/* Of the day without a cut. */
	int64_t changes, syncs;
	int commits;
	uint8_t digests[COMMITS][LOOK_DIGEST]; /* [n]: after n commits */
	int statuses[TOLD_REQUESTS];
};

/* --- the day ---------------------------------------------------------------------------------- */

static void reference_committed(void *arg)
{
	struct round *r = arg;
	char path[96];
	assert_true(r->told.commits + 1 < COMMITS);
	look_digest(r->digests[++r->told.commits], whole_path(&r->run, path));
}

static void cut_committed(void *arg)
{
	struct round *r = arg;
	r->told.commits++;
}

/* As daemon/mend.c does it, without the child that verifies: every image is. */
static void mend(struct lobby *l)
{
	struct err e = {0};
	char path[96];
	assert_true(l->d.closed); /* the daemon has seen that it must not go on */
	book_close(l->d.book);
	if (book_open(&l->d.book, whole_path(l, path), BOOK_RW, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	l->d.closed = false;
}

static void live(struct round *r, struct disk *disk)
{
	struct lobby l = r->run;
	struct day day;
	disk_install(disk);
	disk_power(disk, &r->power);
	lobby_enter(&l);
	day_begin(&day, &l, &r->told, r->seed);
	day.mend = r->power.sync_fails_at != 0 ? mend : NULL;
	for (int i = 0; i < STEPS; i++)
		day_step(&day);
	day_end(&day);
	lobby_close(&l);
}

static void reference(void *arg)
{
	struct round *r = arg;
	struct random_fake f = {1};
	struct random random = random_of_fake(&f);
	struct disk disk = {.committed = reference_committed, .arg = r};
	char path[96];
	look_digest(r->digests[0], whole_path(&r->run, path));
	r->power = (struct disk_power){.image = "/nonexistent", .random = &random};
	live(r, &disk);
	r->changes = disk.changes;
	r->syncs = disk.syncs;
	r->commits = r->told.commits;
	for (int i = 0; i < r->told.n_requests; i++)
		r->statuses[i] = r->told.requests[i].status;
}

static void cut(void *arg)
{
	struct round *r = arg;
	struct random_fake f = {r->power_seed};
	struct random random = random_of_fake(&f);
	struct disk disk = {.committed = cut_committed, .arg = r};
	r->power.image = r->image.dir;
	r->power.random = &random;
	live(r, &disk);
	disk_cut(&disk);
}

/* --- what is left ------------------------------------------------------------------------------ */

static void state_is_between_commits(const struct round *r, const struct lobby *l)
{
	uint8_t digest[LOOK_DIGEST];
	char path[96];
	look_digest(digest, whole_path(l, path));
	for (int n = r->told.commits; n <= r->told.commits + 1 && n <= r->commits; n++) {
		if (memcmp(digest, r->digests[n], sizeof digest) == 0)
			return;
	}
	for (int n = 0; n <= r->commits; n++) {
		if (memcmp(digest, r->digests[n], sizeof digest) == 0)
			fail_msg("%d commits returned, %d are there", r->told.commits, n);
	}
	fail_msg("after %d commits the book is in no state that it ever was in", r->told.commits);
}

/* Acknowledged: done stays done. What was leased is there; what its courier did not see through is ready for the next. */
static void jobs_go_on(const struct round *r, struct lobby *l)
{
	struct err e = {0};
	struct db_job job;
	int n = 0;
	char path[96];
	for (int i = 0; i < r->told.n_jobs; i++) {
		const struct told_job *t = &r->told.jobs[i];
		if (db_job_get(l->d.book, &t->id, &job, &e) != ERR_OK)
			fail_msg("a job that a courier had is lost: %s", e.msg);
		if (t->done && job.state != DB_JOB_DONE)
			fail_msg("a job that was done is %s", db_job_state_name(job.state));
	}
	int64_t leased =
	    look_number(whole_path(l, path), "SELECT count(*) FROM job WHERE state = 'leased'");
	assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
	assert_int_equal(
	    foyerd_end(&l->d, db_job_release(l->d.book, NULL, false, &n, &e), &e), ERR_OK);
	assert_int_equal(n, leased);
	assert_int_equal(
	    look_number(whole_path(l, path), "SELECT count(*) FROM job WHERE state = 'leased'"), 0);
}

static int64_t visits(const struct lobby *l)
{
	char path[96];
	return look_number(whole_path(l, path), "SELECT count(*) FROM visit");
}

/* Everybody asks again under the old keys. */
static void answers_stand(const struct round *r, struct lobby *l)
{
	int64_t before = visits(l);
	for (int i = 0; i < r->told.n_requests; i++) {
		const struct told_request *q = &r->told.requests[i];
		char *text = NULL, *again = NULL;
		if (q->status >= 300)
			continue; /* a refusal left nothing */
		int status = told_repeat(l, q, &text);
		if (q->status != 0 && (status != q->status || strcmp(text, q->answer) != 0))
			fail_msg("%s was answered %d %s, and is now %d %s", q->method_path,
			    q->status, q->answer, status, text);
		if (q->status == 0 && !r->sync_failed && status != r->statuses[i])
			fail_msg("%s: %d %s", q->method_path, status, text);
		if (q->status == 0 && told_repeat(l, q, &again) != status)
			fail_msg("%s: not twice the same", q->method_path);
		if (q->status == 0 && status < 300 && strcmp(text, again) != 0)
			fail_msg("%s: %s and %s", q->method_path, text, again);
		if (q->status == 0)
			assert_in_range(visits(l), before, before + 1);
		else
			assert_int_equal(visits(l), before);
		free(text);
		free(again);
	}
}

static void examine(void *arg)
{
	struct round *r = arg;
	char why[WHOLE_WHY_SZ];
	struct lobby l = r->image;
	l.clock.wall_ms = r->told.wall_ms != 0 ? r->told.wall_ms : l.clock.wall_ms;
	lobby_enter(&l);
	if (!r->sync_failed)
		state_is_between_commits(r, &l);
	if (!whole(&l, why))
		fail_msg("%s", why);
	jobs_go_on(r, &l);
	answers_stand(r, &l);
	if (!whole(&l, why))
		fail_msg("after repeating: %s", why);
	lobby_close(&l);
	/* The next day begins here. */
	r->image.clock = l.clock;
	r->image.keys = r->house.keys + TOLD_REQUESTS;
}

/* --- rounds -------------------------------------------------------------------------------------- */

static void day_new(struct round *r, uint64_t seed)
{
	struct outcome o;
	r->seed = seed;
	memset(&r->told, 0, sizeof r->told);
	fault_copy(&r->run, &r->house, "uncut");
	fault_child(&o, reference, r);
	if (!outcome_good(&o)) {
		printf("the day without a cut, seed %llu: status %#x\n%s\n",
		    (unsigned long long)fault_seed(), (unsigned)o.status, o.said);
		exit(1);
	}
}

static void say(const struct round *r, int i, const struct outcome *o)
{
	printf("power: seed %llu, round %d: change %lld of %lld, failing sync %lld of %lld: status "
	       "%#x\n%s\n",
	    (unsigned long long)fault_seed(), i, (long long)r->power.cut_at, (long long)r->changes,
	    (long long)r->power.sync_fails_at, (long long)r->syncs, (unsigned)o->status, o->said);
}

/* False: something was lost, and o says how it showed. */
static bool cut_once(struct round *r, uint64_t seed, bool sync_fails, struct outcome *o)
{
	struct random_fake f = {seed};
	struct random random = random_of_fake(&f);
	memset(&r->told, 0, sizeof r->told);
	r->power_seed = seed;
	r->sync_failed = sync_fails;
	r->power.sync_fails_at = sync_fails ? 1 + random_below(&random, (uint32_t)r->syncs) : 0;
	r->power.cut_at = 1 + random_below(&random, sync_fails ? SOON : (uint32_t)r->changes);
	fault_copy(&r->run, &r->house, "run");
	fault_copy(&r->image, &r->house, "image");
	fault_child(o, cut, r);
	if (!outcome_exit(o, DISK_CUT)) {
		say(r, 0, o);
		exit(1);
	}
	fault_child(o, examine, r);
	return outcome_good(o);
}

static void rounds(uint64_t seed, int n)
{
	struct round *r = fault_shared(sizeof *r);
	struct lobby fresh;
	struct outcome o;
	fault_house(&fresh, NULL);
	int64_t commits = 0, failed = 0;
	for (int i = 0; i < n; i++) {
		if (i % HOUSE == 0) /* a book that grows for ever takes ever longer */
			fault_copy(&r->house, &fresh, "house");
		if (i % CUTS == 0)
			day_new(r, fault_mix(seed, (uint64_t)i, 1));
		bool sync_fails = i % 3 == 2;
		if (!cut_once(r, fault_mix(seed, (uint64_t)i, 2), sync_fails, &o)) {
			say(r, i, &o);
			exit(1);
		}
		commits += r->told.commits;
		failed += sync_fails;
		if (i % CUTS == CUTS - 1)
			fault_copy(&r->house, &r->image, "house");
	}
	printf("# power: %d cuts, %lld of them after a failed sync; %lld commits had returned, "
	       "none was lost\n",
	    n, (long long)failed, (long long)commits);
}

/* The test must see a disk that lies. */
static void lie(uint64_t seed, const char *what, enum disk_lie lies)
{
	struct round *r = fault_shared(sizeof *r);
	struct outcome o;
	fault_house(&r->house, NULL);
	for (int i = 0; i < LIES_FOUND_WITHIN; i++) {
		if (i % CUTS == 0)
			day_new(r, fault_mix(seed, (uint64_t)i, 3));
		r->power.lies = lies;
		if (!cut_once(r, fault_mix(seed, (uint64_t)i, 4), false, &o)) {
			printf("# power: %s: found at cut %d\n", what, i + 1);
			return;
		}
	}
	printf("power: seed %llu: %s was not found in %d cuts: the test sees nothing\n",
	    (unsigned long long)seed, what, LIES_FOUND_WITHIN);
	exit(1);
}

int main(void)
{
	fault_begin();
	uint64_t seed = fault_seed();
	lie(seed, "a disk that lies about syncing", DISK_LIES);
	lie(seed, "a disk that lies about syncing the log", DISK_LIES_ABOUT_LOG);
	lie(seed, "a disk that lies about syncing the book", DISK_LIES_ABOUT_BOOK);
	rounds(seed, fault_rounds(ROUNDS_PROMISED));
	return 0;
}
