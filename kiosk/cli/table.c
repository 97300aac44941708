#include "kiosk/cli/table.h"

#include <stdlib.h>

#include "base/str.h"
#include "base/text.h"

enum { GAP = 2, CELL_SZ = 1024 };

struct table_cell {
	char *text;
	enum print_style style;
};

void table_init(struct table *t, const struct table_column *columns, int n_columns)
{
	*t = (struct table){.columns = columns, .n_columns = n_columns};
}

void table_fini(struct table *t)
{
	for (size_t i = 0; i < t->n_cells; i++)
		free(t->cells[i].text);
	free(t->cells);
	*t = (struct table){0};
}

void table_add(struct table *t, enum print_style style, const char *text)
{
	char clean[CELL_SZ];
	if (t->n_cells == t->cap) {
		t->cap = t->cap > 0 ? 2 * t->cap : 64;
		t->cells = mem_grow(t->cells, t->cap, sizeof *t->cells);
	}
	print_clean(clean, sizeof clean, text);
	t->cells[t->n_cells++] = (struct table_cell){.text = mem_strdup(clean), .style = style};
}

/* Widths as the cells want them; -1: the column is left out because it is empty. */
static void widths_natural(const struct table *t, int width[TABLE_COLUMNS])
{
	bool used[TABLE_COLUMNS] = {false};
	for (int k = 0; k < t->n_columns; k++)
		width[k] = text_width(t->columns[k].title);
	for (size_t i = 0; i < t->n_cells; i++) {
		int k = (int)(i % (size_t)t->n_columns), w = text_width(t->cells[i].text);
		if (w > width[k])
			width[k] = w;
		used[k] |= w > 0;
	}
	for (int k = 0; k < t->n_columns; k++) {
		if (!used[k] && t->columns[k].may_go)
			width[k] = -1;
	}
}

static int total(const struct table *t, const int width[TABLE_COLUMNS])
{
	int sum = -GAP;
	for (int k = 0; k < t->n_columns; k++)
		sum += width[k] >= 0 ? width[k] + GAP : 0;
	return sum;
}

/* Take `over` columns away, one at a time from the widest that may be cut. False: they were not
 * to be had. */
static bool shrink(const struct table *t, int width[TABLE_COLUMNS], int over)
{
	for (; over > 0; over--) {
		int widest = -1;
		for (int k = 0; k < t->n_columns; k++) {
			bool may = t->columns[k].least > 0 && width[k] > t->columns[k].least;
			if (may && (widest < 0 || width[k] > width[widest]))
				widest = k;
		}
		if (widest < 0)
			return false;
		width[widest]--;
	}
	return true;
}

static void fit(const struct table *t, int width[TABLE_COLUMNS], int room)
{
	int natural[TABLE_COLUMNS];
	widths_natural(t, natural);
	for (;;) {
		for (int k = 0; k < t->n_columns; k++)
			width[k] = natural[k];
		if (room <= 0 || shrink(t, width, total(t, width) - room))
			return;
		int last = t->n_columns - 1;
		while (last >= 0 && (natural[last] < 0 || !t->columns[last].may_go))
			last--;
		if (last < 0)
			return;
		natural[last] = -1;
	}
}

static void row_print(const struct table *t, const struct print *p, const int width[TABLE_COLUMNS],
    const struct table_cell *row)
{
	char shown[CELL_SZ];
	int pad = 0;
	for (int k = 0; k < t->n_columns; k++) {
		if (width[k] < 0)
			continue;
		int used = text_fit(shown, sizeof shown, row[k].text, width[k]);
		/* Spaces only before something: no line ends in them. */
		if (used > 0) {
			(void)fprintf(p->f, "%*s", pad, "");
			print_piece(p, row[k].style, shown);
			pad = 0;
		}
		pad += width[k] - used + GAP;
	}
	(void)fputc('\n', p->f);
}

void table_print(const struct table *t, const struct print *p)
{
	int width[TABLE_COLUMNS];
	char titles[TABLE_COLUMNS][32];
	struct table_cell head[TABLE_COLUMNS];
	if (t->n_cells == 0)
		return;
	fit(t, width, p->columns);
	for (int k = 0; k < t->n_columns; k++) {
		(void)str_copy(titles[k], sizeof titles[k], t->columns[k].title);
		head[k] = (struct table_cell){.text = titles[k], .style = PRINT_BOLD};
	}
	row_print(t, p, width, head);
	for (size_t i = 0; i + (size_t)t->n_columns <= t->n_cells; i += (size_t)t->n_columns)
		row_print(t, p, width, &t->cells[i]);
}
