/*
 * A day at the desk, for tests that break it: guests are invited, come, sign out, come back; walk-ins come and are approved; couriers take jobs and
 * answer; rights and days end; the log is folded into the book while somebody reads. What comes next is drawn by chance, from seeds: the same seeds over the same
 * book make the same day, to the byte. It goes through the real desk, as foyerd's requests do.
 *
 * What was asked and what was answered stands in a struct told, which may lie in memory shared with a process that outlives this one.
 */
#ifndef TESTS_FAULT_LIB_DAY_H
#define TESTS_FAULT_LIB_DAY_H

#include "base/random.h"
#include "base/uuid.h"
#include "tests/unit/daemon/lobby.h"

enum { TOLD_REQUESTS = 96, TOLD_JOBS = 96, TOLD_BODY = 2048, TOLD_ANSWER = 8192, DAY_GUESTS = 24 };

struct told {
	int commits; /* that returned */
	int64_t wall_ms; /* after the last step */
	struct told_request {
		enum lobby_who who;
		char method_path[96], body[TOLD_BODY];
		uint64_t key;
		int status; /* 0: never answered */
		char answer[TOLD_ANSWER];
	} requests[TOLD_REQUESTS];
	int n_requests;
	struct told_job {
		struct uuid id;
		bool done; /* its courier's "done" is in the book */
	} jobs[TOLD_JOBS]; /* leased */
	int n_jobs;
};

struct day {
	struct lobby *l;
	struct told *told;
	struct random_fake seed, house;
	struct random script;
	/* Called when the book takes nothing (503): mend it; what was asked is asked once more. NULL: that ends the program. */
	void (*mend)(struct lobby *l);
	struct guest {
		enum guest_state { GUEST_INVITED, GUEST_INSIDE, GUEST_OUT, GUEST_GONE } state;
		char number[24], pass[400], badge[400];
		bool walk_in;
	} guests[DAY_GUESTS];
	int n_guests;
	struct book
	    *reader; /* holds a snapshot, as an export does: the log cannot be folded wholly */
	struct leased {
		bool held;
		struct db_job *own_job;
	} leased[3]; /* by destination */
};

/* In a lobby that was entered. told is zeroed by the caller. */
void day_begin(struct day *day, struct lobby *l, struct told *told, uint64_t seed);
/* One thing happens. */
void day_step(struct day *day);
void day_end(struct day *day);

/* Ask a request of told once more, under its key. The status; *own_text is the answer. */
int told_repeat(struct lobby *l, const struct told_request *r, char **own_text);

#endif
