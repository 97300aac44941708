/*
 * Credentials: one right of one visit on one controller, with a life of its own: pending → granted
 * → revoking → revoked. The states are said only after read-back. ACKNOWLEDGED: a person took note
 * that a revoke cannot be confirmed; the number and the time profile stay taken.
 */
#ifndef DB_CREDENTIAL_H
#define DB_CREDENTIAL_H

#include "base/text.h"
#include "db/book.h"

enum db_credential_state {
	DB_CREDENTIAL_PENDING,
	DB_CREDENTIAL_GRANTED,
	DB_CREDENTIAL_REVOKING,
	DB_CREDENTIAL_REVOKED,
	DB_CREDENTIAL_ACKNOWLEDGED,
};
const char *db_credential_state_name(enum db_credential_state s); /* "pending", … */

struct db_credential {
	struct uuid id, visit;
	char controller[TEXT_WORD_SZ];
	int64_t card;
	enum db_credential_state state;
	int64_t right_until_ms;
	int profile; /* head of the chain of time profiles; 0: none */
	int64_t created_ms; /* kept by the verbs */
	int64_t granted_ms; /* last time a grant was read back */
	int64_t read_back_ms; /* last time the controller was heard about it, in whatever state */
};

/* Fills a nil id and created_ms. ERR_CONFLICT: this card is not the visit's (card.h), or is live
 * on the controller already. */
enum err_code db_credential_insert(struct book *b, struct db_credential *c, struct err *e) MUST_USE;
enum err_code db_credential_get(struct book *b, const struct uuid *visit, const struct uuid *id,
    struct db_credential *c, struct err *e) MUST_USE;
/* Write state, right_until_ms, profile, granted_ms, read_back_ms. A revoked one stays so:
 * ERR_CONFLICT. */
enum err_code db_credential_update(
    struct book *b, const struct db_credential *c, struct err *e) MUST_USE;
/* Those that are not revoked first, so that no history crowds them out; then oldest first. */
enum err_code db_credential_list(struct book *b, const struct uuid *visit,
    struct db_credential *list, int max, int *n, struct err *e) MUST_USE;
/* Not revoked on one controller, by card, above after_card: to compare with what the controller
 * holds. */
enum err_code db_credential_list_live(struct book *b, const char *controller, int64_t after_card,
    struct db_credential *list, int max, int *n, struct err *e) MUST_USE;

/* The clock. Pending or granted, and right_until_ms <= now_ms; earliest first, behind `after` (NULL:
 * from the beginning). */
enum err_code db_credential_list_due(struct book *b, int64_t now_ms,
    const struct db_credential *after, struct db_credential *list, int max, int *n,
    struct err *e) MUST_USE;
/* The least right_until_ms of those pending or granted. ERR_NOT_FOUND: none. */
enum err_code db_credential_next_due(struct book *b, int64_t *at_ms, struct err *e) MUST_USE;
/* How many are still being revoked whose revoke was asked for at before_ms or earlier. */
enum err_code db_credential_count_staying(
    struct book *b, int64_t before_ms, int64_t *n, struct err *e) MUST_USE;

#endif
