/*
 * Invitations: who asked for a visit, and the secrets that prove it (the pass id inside the signed
 * pass, and a code to type). The invited person's address is the visitor's mail.
 *
 * Codes of invitations and of badges are one name space: a code is never given twice while its row
 * is kept.
 */
#ifndef DB_INVITATION_H
#define DB_INVITATION_H

#include "base/base32.h"
#include "db/book.h"
#include "pass/token.h"

struct db_invitation {
	struct uuid id, visit;
	uint8_t pass_id[PASS_ID_BYTES];
	char code[CODE_SZ]; /* pass_code of it, kept by the verbs */
	char inviter[DB_ACTOR_SZ]; /* "staff:UUID" or "host:UUID" */
	/* Of the iCalendar object (RFC 5545 §3.8.7.4), raised by db_invitation_cancel and _touch. */
	int64_t sequence;
	int64_t created_ms, expiry_ms, cancelled_ms;
};

/* Fills a nil id, code and created_ms. ERR_CONFLICT: pass id or code is taken (draw again), or the visit
 * has an invitation. */
enum err_code db_invitation_insert(struct book *b, struct db_invitation *i, struct err *e) MUST_USE;
enum err_code db_invitation_get(
    struct book *b, const struct uuid *id, struct db_invitation *i, struct err *e) MUST_USE;
enum err_code db_invitation_by_visit(
    struct book *b, const struct uuid *visit, struct db_invitation *i, struct err *e) MUST_USE;
enum err_code db_invitation_by_pass(struct book *b, const uint8_t pass_id[PASS_ID_BYTES],
    struct db_invitation *i, struct err *e) MUST_USE;
enum err_code db_invitation_by_code(
    struct book *b, const char *code, struct db_invitation *i, struct err *e) MUST_USE;

/* ERR_CONFLICT: cancelled already. */
enum err_code db_invitation_cancel(struct book *b, const struct uuid *id, struct err *e) MUST_USE;
/* The visit was moved: a new expiry and the next sequence. */
enum err_code db_invitation_touch(
    struct book *b, const struct uuid *id, int64_t expiry_ms, struct err *e) MUST_USE;

/* Newest first, after the id `after` (nil: from the newest). host nil: of anybody. open: not
 * cancelled, and the visit is not closed. */
struct db_invitation_query {
	struct uuid after, host;
	bool open;
};
enum err_code db_invitation_list(struct book *b, const struct db_invitation_query *q,
    struct db_invitation *list, int max, int *n, struct err *e) MUST_USE;

#endif
