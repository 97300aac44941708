/*
 * Visits found by words of the visitor's name and company, newest first. Internal to db/.
 */
#ifndef DB_VISIT_SEARCH_H
#define DB_VISIT_SEARCH_H

#include "db/visits.h"

enum {
	VISIT_SEARCH_STEPS = 20000
}; /* rows of the look-up that one call walks: some milliseconds */

enum err_code visit_search(struct book *b, const struct db_visit_query *q,
    struct db_visit_page *page, struct err *e) MUST_USE;

#endif
