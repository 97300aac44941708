/*
 * Codes and pass ids of invitations and badges are one name space. A code is the beginning of its pass id, so the index of the ids finds
 * both. Internal to db/.
 */
#ifndef DB_PASS_TAKEN_H
#define DB_PASS_TAKEN_H

#include <string.h>

#include "db/query.h"
#include "pass/token.h"

/* The first and the last pass id with the code of these bytes; lives until query_end. */
struct pass_span {
	uint8_t first[PASS_ID_BYTES], last[PASS_ID_BYTES];
};
static inline struct pass_span pass_span_of(const uint8_t bytes[PASS_CODE_BYTES])
{
	struct pass_span s;
	memset(s.first, 0, sizeof s.first);
	memset(s.last, 0xff, sizeof s.last);
	memcpy(s.first, bytes, PASS_CODE_BYTES);
	memcpy(s.last, bytes, PASS_CODE_BYTES);
	return s;
}

/* Of a clean code; false if it is none. */
static inline bool pass_span_of_code(struct pass_span *s, const char *code)
{
	uint64_t bits;
	uint8_t bytes[PASS_CODE_BYTES];
	if (!code_bits(&bits, code))
		return false;
	for (int i = 0; i < PASS_CODE_BYTES; i++)
		bytes[i] = (uint8_t)(bits >> (8 * (PASS_CODE_BYTES - 1 - i)));
	*s = pass_span_of(bytes);
	return true;
}

/* Two parameters. */
static inline void put_span(struct query *q, const struct pass_span *s)
{
	put_blob(q, s->first, sizeof s->first);
	put_blob(q, s->last, sizeof s->last);
}

/* ERR_CONFLICT: draw again. */
static inline enum err_code pass_not_taken(
    struct book *b, const uint8_t pass_id[PASS_ID_BYTES], struct err *e)
{
	int64_t taken = 0;
	struct pass_span s = pass_span_of(pass_id);
	struct query q = query_of(b, ST_CODE_TAKEN);
	put_span(&q, &s);
	enum err_code got = query_number(&q, &taken, e);
	return got == ERR_OK && taken != 0
		   ? err_set(e, ERR_CONFLICT, "the code or the pass id is taken")
		   : got;
}

#endif
