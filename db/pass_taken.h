/*
 * Codes and pass ids of invitations and badges are one name space. Internal to db/.
 */
#ifndef DB_PASS_TAKEN_H
#define DB_PASS_TAKEN_H

#include "db/query.h"
#include "pass/token.h"

/* ERR_CONFLICT: draw again. */
static inline enum err_code pass_not_taken(
    struct book *b, const char *code, const uint8_t pass_id[PASS_ID_BYTES], struct err *e)
{
	int64_t taken = 0;
	struct query q = query_of(b, ST_CODE_TAKEN);
	put_text(&q, code);
	put_blob(&q, pass_id, PASS_ID_BYTES);
	enum err_code got = query_number(&q, &taken, e);
	return got == ERR_OK && taken != 0
		   ? err_set(e, ERR_CONFLICT, "the code or the pass id is taken")
		   : got;
}

#endif
