#include "kiosk/ui/draw.h"

#include <curses.h>
#include <string.h>

#include "base/str.h"

enum { LINE_SZ = 1024 };

static bool on_screen(const struct ui *u, struct ui_rect r)
{
	return r.y >= 0 && r.y < u->rows && r.x >= 0 && r.x < u->cols && r.w > 0;
}

/* Texts come here clean; should one not be, no control character (C0, DEL, C1) reaches the terminal. */
static void no_controls(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p != '\0'; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
		if (c1)
			p[1] = ' ';
		if (c1 || *p < ' ' || *p == 0x7f)
			*p = ' ';
	}
}

int ui_line(
    struct ui *u, struct ui_rect r, enum ui_role role, enum ui_align align, const char *text)
{
	char fit[LINE_SZ];
	if (!on_screen(u, r))
		return 0;
	(void)str_copy(fit, sizeof fit, text); /* longer than any terminal is wide */
	no_controls(fit);
	if (r.x + r.w > u->cols)
		r.w = u->cols - r.x;
	int used = text_fit(fit, sizeof fit, fit, r.w);
	int x = r.x;
	if (align == UI_CENTRE)
		x += (r.w - used) / 2;
	else if (align == UI_RIGHT)
		x += r.w - used;
	ui_role(u, role);
	mvwaddstr(stdscr, r.y, x, fit);
	ui_role(u, UI_TEXT);
	explicit_bzero(fit, sizeof fit);
	return used;
}

/* The next row of a text into line; false at its end. */
static bool next_row(const char **s, int columns, char *line, size_t line_sz)
{
	if (**s == '\0')
		return false;
	size_t n = 0;
	if (**s != '\n')
		n = text_wrap(*s, columns);
	size_t keep = n < line_sz - 1 ? n : line_sz - 1;
	memcpy(line, *s, keep);
	line[keep] = '\0';
	*s += n;
	if (**s == '\n')
		(*s)++;
	else
		while (**s == ' ')
			(*s)++;
	return true;
}

int ui_para(struct ui *u, struct ui_rect r, enum ui_role role, int top, const char *text)
{
	char line[LINE_SZ];
	int rows = 0;
	for (; r.w > 0 && next_row(&text, r.w, line, sizeof line); rows++)
		if (rows >= top && rows < top + r.h)
			ui_line(u, (struct ui_rect){r.y + rows - top, r.x, 1, r.w}, role, UI_LEFT,
			    line);
	explicit_bzero(line, sizeof line);
	return rows;
}

int ui_para_rows(const char *text, int columns)
{
	char line[LINE_SZ];
	int rows = 0;
	while (columns > 0 && next_row(&text, columns, line, sizeof line))
		rows++;
	return rows;
}

void ui_rule(struct ui *u, struct ui_rect r)
{
	if (!on_screen(u, r))
		return;
	ui_role(u, UI_RULE);
	mvwhline_set(stdscr, r.y, r.x, WACS_HLINE, r.x + r.w > u->cols ? u->cols - r.x : r.w);
	ui_role(u, UI_TEXT);
}

void ui_fill(struct ui *u, struct ui_rect r, enum ui_role role)
{
	ui_role(u, role);
	for (int y = r.y; y < r.y + r.h && y < u->rows; y++)
		for (int x = r.x; x < r.x + r.w && x < u->cols; x++)
			if (y >= 0 && x >= 0)
				mvwaddch(stdscr, y, x, ' ');
	ui_role(u, UI_TEXT);
}

void ui_box(struct ui *u, struct ui_rect r, enum ui_role role)
{
	if (r.y < 0 || r.x < 0 || r.h < 2 || r.w < 2 || r.y + r.h > u->rows || r.x + r.w > u->cols)
		return;
	int bottom = r.y + r.h - 1, right = r.x + r.w - 1;
	ui_role(u, role);
	mvwhline_set(stdscr, r.y, r.x, WACS_HLINE, r.w);
	mvwhline_set(stdscr, bottom, r.x, WACS_HLINE, r.w);
	mvwvline_set(stdscr, r.y, r.x, WACS_VLINE, r.h);
	mvwvline_set(stdscr, r.y, right, WACS_VLINE, r.h);
	mvwadd_wch(stdscr, r.y, r.x, WACS_ULCORNER);
	mvwadd_wch(stdscr, r.y, right, WACS_URCORNER);
	mvwadd_wch(stdscr, bottom, r.x, WACS_LLCORNER);
	mvwadd_wch(stdscr, bottom, right, WACS_LRCORNER);
	ui_role(u, UI_TEXT);
}

void ui_choice(struct ui *u, struct ui_rect r, const struct ui_choice *c)
{
	enum ui_role role = c->on ? UI_TILE_ON : UI_TILE;
	char number[8] = "";
	bool framed = r.h >= 3;
	int y = r.y + (framed ? r.h / 2 : 0), x = r.x + (framed ? 2 : 0),
	    w = r.w - (framed ? 4 : 0);
	ui_fill(u, (struct ui_rect){r.y, r.x, framed ? r.h : 1, r.w}, role);
	if (framed)
		ui_box(u, r, c->on ? UI_TILE_ON : UI_RULE);
	/* Not by colour alone: the mark tells the focus too. U+25BA is in every console font. */
	ui_line(u, (struct ui_rect){y, x, 1, w < 2 ? w : 2}, role, UI_LEFT, c->on ? "►" : "");
	if (c->number > 0) {
		str_print(number, sizeof number, "%d", c->number);
		ui_line(u, (struct ui_rect){y, x + 2, 1, w - 2 < 3 ? w - 2 : 3},
		    c->on ? UI_TILE_ON : UI_KEY, UI_LEFT, number);
	}
	int at = c->number > 0 ? 5 : 2;
	int used = ui_line(u, (struct ui_rect){y, x + at, 1, w - at}, role, UI_LEFT, c->label);
	int left = w - at - used - 2;
	if (c->note != NULL && left > 3)
		ui_line(u, (struct ui_rect){y, x + at + used + 2, 1, left},
		    c->on ? UI_TILE_ON : UI_DIM, UI_RIGHT, c->note);
	ui_spot(u, (struct ui_rect){r.y, r.x, framed ? r.h : 1, r.w}, c->action, c->arg);
}

void ui_buttons(struct ui *u, struct ui_rect r, const struct ui_buttons *b)
{
	int gap = 2, w = b->n > 0 ? (r.w - gap * (b->n - 1)) / b->n : 0;
	int h = r.h >= 3 ? 3 : 1;
	for (int i = 0; i < b->n; i++) {
		struct ui_rect at = {r.y, r.x + i * (w + gap), h, w};
		bool on = i == b->on;
		enum ui_role role = on ? UI_TILE_ON : UI_TILE;
		ui_fill(u, at, role);
		if (h == 3) {
			ui_box(u, at, on ? UI_TILE_ON : UI_RULE);
		} else {
			ui_line(u, at, role, UI_LEFT, "[");
			ui_line(u, at, role, UI_RIGHT, "]");
		}
		struct ui_rect text = {at.y + h / 2, at.x + 2, 1, w - 4};
		ui_line(u, text, role, UI_CENTRE, b->label[i]);
		if (on)
			ui_line(u, (struct ui_rect){text.y, at.x + 1, 1, 1}, role, UI_LEFT, "►");
		ui_spot(u, at, b->action[i], i);
	}
}

void ui_field_draw(
    struct ui *u, struct ui_rect r, const struct ui_field *f, int flags, const char *hint)
{
	bool focus = flags & UI_FIELD_FOCUS;
	enum ui_role role = focus ? UI_FIELD_ON : UI_FIELD;
	struct ui_rect inner = {r.y, r.x + 1, 1, r.w - 2};
	char masked[TEXT_FIELD_SZ];
	size_t from = 0;
	ui_fill(u, (struct ui_rect){r.y, r.x, 1, r.w}, role);
	if (f->text[0] == '\0' && hint != NULL && !focus) {
		ui_line(u, inner, role, UI_LEFT, hint);
	} else if (!focus && (flags & UI_FIELD_MASKED)) {
		text_mask(masked, sizeof masked, f->text);
		ui_line(u, inner, role, UI_LEFT, masked);
	} else if (!focus) {
		ui_line(u, inner, role, UI_LEFT, f->text);
	} else {
		int column = ui_field_view(f, inner.w, &from);
		ui_line(u, inner, role, UI_LEFT, f->text + from);
		u->cursor_y = inner.y;
		u->cursor_x = inner.x + column;
	}
}

bool ui_qr(struct ui *u, struct ui_rect r, const struct qr *q, int quiet)
{
	static const char *const half[4] = {" ", "▀", "▄", "█"};
	uint8_t cells[QR_MAX_SIDE + 32];
	int rows = qr_rows(q, quiet), cols = qr_columns(q, quiet);
	if (rows > r.h || cols > r.w || cols > (int)sizeof cells || r.y + rows > u->rows ||
	    r.x + cols > u->cols)
		return false;
	ui_role(u, UI_CODE);
	for (int row = 0; row < rows; row++) {
		qr_row(cells, q, quiet, row);
		for (int col = 0; col < cols; col++)
			mvwaddstr(stdscr, r.y + row, r.x + col, half[cells[col] & 3]);
	}
	ui_role(u, UI_TEXT);
	return true;
}
