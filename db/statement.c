#include "db/statement.h"

#include <stddef.h>

static const struct {
	const char *name, *scan, *sql;
} statements[STATEMENT_COUNT] = {
#define STATEMENT(name, scan, sql) [ST_##name] = {#name, scan, sql},
#include "db/statements.inc"
#undef STATEMENT
};

const char *statement_name(enum statement s)
{
	return statements[s].name;
}

const char *statement_sql(enum statement s)
{
	return statements[s].sql;
}

const char *statement_scan_reason(enum statement s)
{
	return statements[s].scan;
}
