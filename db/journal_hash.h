/*
 * What the journal's hashes are taken over (journal.h). Internal to db/.
 */
#ifndef DB_JOURNAL_HASH_H
#define DB_JOURNAL_HASH_H

#include "db/journal.h"

enum { JOURNAL_SALT = 32, JOURNAL_COMMITS_MAX = DB_JOURNAL_FIELDS * (1 + 64 + DB_JOURNAL_HASH) };

/* One row of the chain, as it is hashed. Borrowed. */
struct journal_link {
	int64_t node, seq, at_ms;
	const char *actor, *what;
	const struct uuid *subject;
	const uint8_t *commits;
	size_t commits_len;
};

void journal_commit(uint8_t dst[DB_JOURNAL_HASH], const uint8_t salt[JOURNAL_SALT],
    const char *name, const char *value);
void journal_hash(uint8_t dst[DB_JOURNAL_HASH], const uint8_t previous[DB_JOURNAL_HASH],
    const struct journal_link *l);

/* The n-th commitment of a list: its name and 32 bytes. False: there is none, or the list is
 * damaged. */
bool journal_commit_at(
    const uint8_t *commits, size_t len, int n, char name[TEXT_WORD_SZ], const uint8_t **commitment);

#endif
