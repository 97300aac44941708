/*
 * Card numbers: which visit holds which number. A number is the house's, not one controller's: the
 * same number on the same badge opens doors of several controllers, so it is given to one visit at
 * a time and to no other on any controller.
 *
 * A number is drawn at random from those that are free, so that nobody can tell the neighbour's; in a range that is nearly full, those that never were given go first,
 * then the one that has been free longest. A number stays
 * with its visit (it is printed on the badge) until it is freed.
 */
#ifndef DB_CARD_H
#define DB_CARD_H

#include "base/text.h"
#include "db/book.h"

/* The visit's number within [first, last]; a new one where it has none. ERR_TOO_MANY: all are
 * taken. */
enum err_code db_card_allocate(struct book *b, const struct uuid *visit, int64_t first,
    int64_t last, int64_t *number, struct err *e) MUST_USE;
/* A returnable card: this very number. ERR_CONFLICT: another visit holds it. */
enum err_code db_card_take(
    struct book *b, const struct uuid *visit, int64_t number, struct err *e) MUST_USE;
/* ERR_NOT_FOUND: the visit holds no number. */
enum err_code db_card_of_visit(
    struct book *b, const struct uuid *visit, int64_t *number, struct err *e) MUST_USE;
/* Give a visit's number back. ERR_CONFLICT while any credential of the visit is not revoked and
 * read back. ERR_NOT_FOUND: holds none. */
enum err_code db_card_free(struct book *b, const struct uuid *visit, struct err *e) MUST_USE;
/* The same, but nobody gets the number: a controller holds somebody else's card under it. Until it
 * is said to be ours again, which is no error where it was never set aside. */
enum err_code db_card_set_aside(struct book *b, const struct uuid *visit, struct err *e) MUST_USE;
enum err_code db_card_ours_again(struct book *b, int64_t number, struct err *e) MUST_USE;
enum err_code db_card_count_aside(struct book *b, int64_t *n, struct err *e) MUST_USE;
/* How many numbers of [first, last] are taken. */
enum err_code db_card_count(
    struct book *b, int64_t first, int64_t last, int64_t *taken, struct err *e) MUST_USE;

/* Time profiles of a controller: a small table (ids 2..254) that visits with the same hours share.
 * The key says the content ("2026-11-23..2026-11-23 00:00-17:30 >0") and is the caller's. */
struct db_profile {
	char controller[TEXT_WORD_SZ];
	int id; /* given by db_profile_allocate */
	int linked; /* next profile of the chain; 0: none */
	char key[TEXT_FIELD_SZ];
	int64_t until_ms; /* its hours lie before this */
};
/* A profile with this key and link, or the lowest id in [first, last] that is not in use; a chain
 * is allocated from its last one. *fresh: it is not on the controller yet. ERR_TOO_MANY. */
enum err_code db_profile_allocate(
    struct book *b, struct db_profile *p, int first, int last, bool *fresh, struct err *e) MUST_USE;
/* Forget the profiles that no credential (not even an acknowledged one) and no other profile
 * needs, but none that this transaction made. *n (may be NULL): how many. db_profile_allocate calls
 * it when the ids run out, and spares p->linked; so a chain goes into its credential before another
 * one is begun. */
enum err_code db_profile_free_unused(
    struct book *b, const char *controller, int *n, struct err *e) MUST_USE;

#endif
