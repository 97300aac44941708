/*
 * A table that fits the terminal: columns as wide as what stands in them, cut with "…" from the
 * widest down to each one's least, and the dispensable ones left out from the right when that is
 * not enough. Without a terminal nothing is cut. It hides widths (East Asian ones are two columns)
 * and cleaning.
 */
#ifndef KIOSK_CLI_TABLE_H
#define KIOSK_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kiosk/cli/print.h"

struct table_column {
	const char *title;
	int least; /* columns it may be cut down to; 0: never cut */
	bool may_go; /* left out where there is no room, or nothing in it */
};

enum { TABLE_COLUMNS = 12 };
struct table {
	const struct table_column *columns;
	int n_columns;
	struct table_cell *cells;
	size_t n_cells, cap;
};
void table_init(struct table *t, const struct table_column *columns, int n_columns);
void table_fini(struct table *t);

/* Cell after cell, row after row; text is cleaned. */
void table_add(struct table *t, enum print_style style, const char *text);
/* Heads and rows. Nothing for a table without rows. */
void table_print(const struct table *t, const struct print *p);

#endif
