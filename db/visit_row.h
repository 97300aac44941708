/*
 * A visit as the statements of sql_visit.inc give it. Internal to db/.
 */
#ifndef DB_VISIT_ROW_H
#define DB_VISIT_ROW_H

#include "db/query.h"
#include "db/visits.h"

extern const char *const visit_state_words[DB_VISIT_STATES];

void visit_row_get(struct query *q, struct db_visit *v);
void visit_row_get_item(struct query *q, struct db_visit_item *item);

#endif
