/*
 * Jobs: what must be done elsewhere, at least once, in order. It hides the queue's order and its
 * states.
 *
 *   ready → leased → done | failed | waiting (retry at not_before_ms) → leased …
 *   held: stopped by staff or by three kills      dropped: superseded, cancelled, or by staff
 *   acknowledged: staff took note of a failure
 *
 * A job is unfinished while ready, leased, waiting or held. Within one destination, a job of a
 * credential is not leased while an older unfinished job of that credential for that destination is
 * there. The kind "revoke" is never dropped.
 */
#ifndef DB_JOB_H
#define DB_JOB_H

#include "base/text.h"
#include "db/book.h"

enum db_job_state {
	DB_JOB_READY,
	DB_JOB_LEASED,
	DB_JOB_WAITING,
	DB_JOB_HELD,
	DB_JOB_DONE,
	DB_JOB_FAILED,
	DB_JOB_DROPPED,
	DB_JOB_ACKNOWLEDGED,
};
enum { DB_JOB_STATES = 8, DB_JOB_ANY = -1, DB_JOB_FACTS_SZ = 2049, DB_JOB_KILLS = 3 };
const char *db_job_state_name(enum db_job_state s);
bool db_job_state_parse(enum db_job_state *s, const char *word);

struct db_job {
	struct uuid id;
	char kind[TEXT_WORD_SZ]; /* "print", "print-cancel", "grant", "revoke", "mail" */
	char destination[DB_DESTINATION_SZ];
	struct uuid visit, credential; /* nil: none. A credential comes with its visit */
	int copy; /* badge copy; 0: none */
	/* JSON that must not change between attempts; no personal data beyond what the kind needs. */
	char facts[DB_JOB_FACTS_SZ];
	enum db_job_state state;
	int attempts; /* leases that counted */
	int kills; /* couriers that died over it */
	char class[TEXT_WORD_SZ]; /* of the last retry or failure; "pending": going well */
	char reason[TEXT_REASON_SZ];
	char remedy[TEXT_REASON_SZ];
	char mark[TEXT_WORD_SZ]; /* the couriers' own, from one lease to the next; "": none */
	int64_t created_ms, since_ms; /* since_ms: in this state and class since */
	int64_t not_before_ms;
	bool superseded; /* while leased: a retry will drop it */
	int64_t visit_number; /* read only: 0 without visit */
};

/* Fills a nil id, created_ms, since_ms; state READY (or WAITING, where not_before_ms is later than
 * now). */
enum err_code db_job_insert(struct book *b, struct db_job *j, struct err *e) MUST_USE;
enum err_code db_job_get(
    struct book *b, const struct uuid *id, struct db_job *j, struct err *e) MUST_USE;

/* Oldest job of the destination that may run at now_ms: becomes LEASED, attempts + 1. It is until somebody says what became of it, or
 * that its courier is gone (db_job_release); no time ends it. ERR_NOT_FOUND: none. */
enum err_code db_job_lease(struct book *b, const char *destination, int64_t now_ms,
    struct db_job *j, struct err *e) MUST_USE;
/* When the destination has something to do next (0: now, which is now_ms). ERR_NOT_FOUND: nothing, or
 * only what is held or blocked. */
enum err_code db_job_next(struct book *b, const char *destination, int64_t now_ms,
    int64_t *not_before_ms, struct err *e) MUST_USE;

/* The courier's answer to a LEASED job (else ERR_CONFLICT). */
struct db_job_trouble {
	const char *class, *reason, *remedy; /* NULL: empty */
	int64_t not_before_ms; /* retry: look again then */
	bool uncounted; /* retry "pending": the attempt does not count */
	const char *mark; /* retry: the job's from now on; NULL or empty: it keeps the one it has */
};
enum err_code db_job_done(struct book *b, const struct uuid *id, struct err *e) MUST_USE;
enum err_code db_job_retry(
    struct book *b, const struct uuid *id, const struct db_job_trouble *t, struct err *e) MUST_USE;
enum err_code db_job_fail(
    struct book *b, const struct uuid *id, const struct db_job_trouble *t, struct err *e) MUST_USE;

/* Leases of a destination (NULL: of all, at start) go back to the queue, because their courier is
 * gone. killed: it died over them: kills + 1, and HELD with class "courier-died" at DB_JOB_KILLS.
 * *n (may be NULL): how many. */
enum err_code db_job_release(
    struct book *b, const char *destination, bool killed, int *n, struct err *e) MUST_USE;

/* Nothing can be done at a destination until t->not_before_ms: what is ready there, or would be
 * tried before, waits behind it with the same class, reason and remedy. No attempt is counted. */
enum err_code db_job_wait_behind(struct book *b, const char *destination,
    const struct db_job_trouble *t, struct err *e) MUST_USE;
/* Those of them, the oldest first, that are not said to be in this trouble yet; after the id `after`. */
enum err_code db_job_list_behind(struct book *b, const char *destination,
    const struct db_job_trouble *t, const struct uuid *after, struct db_job *jobs, int max, int *n,
    struct err *e) MUST_USE;
/* What waits there until exactly then is due now; 0: whatever waits. */
enum err_code db_job_resume(
    struct book *b, const char *destination, int64_t not_before_ms, struct err *e) MUST_USE;

/* Staff. ERR_CONFLICT where the state does not allow it. */
enum db_job_act {
	DB_JOB_ACT_RETRY, /* waiting, held, failed, acknowledged → ready, at once */
	DB_JOB_ACT_HOLD, /* ready, waiting → held */
	DB_JOB_ACT_DROP, /* ready, waiting, held, failed → dropped; never a revoke */
	DB_JOB_ACT_ACKNOWLEDGE, /* held, failed, and a waiting revoke → acknowledged */
};
enum err_code db_job_act(struct book *b, const struct uuid *id, enum db_job_act act,
    const char *reason, struct err *e) MUST_USE;

/* Unfinished jobs of one kind of a credential ("grant", before its revoke) or of a visit ("print",
 * "mail") are dropped with class "superseded"; one that is leased is marked, and dropped should it
 * come back as retry. *n (may be NULL) counts both. */
struct db_credential;
enum err_code db_job_supersede(struct book *b, const struct db_credential *c, const char *kind,
    int *n, struct err *e) MUST_USE;
enum err_code db_job_cancel_visit(
    struct book *b, const struct uuid *visit, const char *kind, int *n, struct err *e) MUST_USE;

/* Newest first, before the id `after` (nil: from the newest). state DB_JOB_ANY; kind "" or NULL:
 * any. With a kind, or a state that is history (done, dropped, acknowledged), it looks at a bounded
 * number of rows: it may answer fewer than max; *next is the id to go on from, nil at the end. */
struct db_job_query {
	int state;
	const char *kind;
	struct uuid after;
};
enum err_code db_job_list(struct book *b, const struct db_job_query *q, struct db_job *jobs,
    int max, int *n, struct uuid *next, struct err *e) MUST_USE;
/* Oldest first. */
enum err_code db_job_list_visit(struct book *b, const struct uuid *visit, struct db_job *jobs,
    int max, int *n, struct err *e) MUST_USE;
/* Jobs of a kind that somebody waits for (a mail: that tells a host), made at before_ms or earlier and
 * neither done nor held, of which no waiting row with one of these reasons tells: none is open, and
 * none was made since the job. Oldest first. */
struct db_job_late {
	const char *kind, *reasons[2];
	int64_t before_ms;
};
enum err_code db_job_list_late(struct book *b, const struct db_job_late *v, struct db_job *jobs,
    int max, int *n, struct err *e) MUST_USE;
/* Unfinished and failed ones, of one destination or (NULL) of all. counts[DB_JOB_DONE], _DROPPED
 * and _ACKNOWLEDGED stay 0: they are history. */
enum err_code db_job_count(
    struct book *b, const char *destination, int64_t counts[DB_JOB_STATES], struct err *e) MUST_USE;

#endif
