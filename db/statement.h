/*
 * The closed statement table: every SQL text of foyer but the migrations and the pragmas. It is put
 * together from the sql_*.inc files, one for each aggregate; an entry is STATEMENT(NAME, reason,
 * text), where reason is NULL or says why this statement may read a whole table.
 *
 * To add one: write it in its file, use ST_NAME through query.h. A test prepares all of them and
 * explains their plans.
 */
#ifndef DB_STATEMENT_H
#define DB_STATEMENT_H

enum statement {
#define STATEMENT(name, scan, sql) ST_##name,
#include "db/statements.inc"
#undef STATEMENT
	STATEMENT_COUNT
};

const char *statement_name(enum statement s);
const char *statement_sql(enum statement s);
const char *statement_scan_reason(enum statement s); /* NULL: must not scan */

#endif
