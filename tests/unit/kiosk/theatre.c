#include "tests/unit/kiosk/theatre.h"

#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/lang.h"

void theatre_open(struct theatre *t, int rows, int cols, bool mono)
{
	struct err e = {0};
	t->in = fopen("/dev/null", "r");
	t->out = fopen("/dev/null", "w");
	struct ui_conf c = {.term = "xterm-256color",
	    .in = t->in,
	    .out = t->out,
	    .mono = mono,
	    .rows = rows,
	    .cols = cols};
	if (ui_open(&t->ui, &c, &e) != ERR_OK)
		fail_msg("%s", e.msg);
}

void theatre_close(struct theatre *t)
{
	ui_close(&t->ui);
	fclose(t->in);
	fclose(t->out);
}

void theatre_draw(struct theatre *t, struct stage *s, const char *lang)
{
	stage_step(
	    s, &(struct flow_event){.kind = FLOW_EV_SIZE, .rows = t->ui.rows, .cols = t->ui.cols});
	if (lang != NULL)
		str_copy(s->f->lang, sizeof s->f->lang, lang);
	lang_set(s->f->lang);
	frame_draw(&t->ui, s->f, s->now);
	ui_end(&t->ui);
	for (int i = 0; i < t->ui.n_spots; i++) {
		struct ui_rect r = t->ui.spots[i].at;
		if (r.w <= 0 || r.h <= 0 || r.y < 0 || r.x < 0 || r.y + r.h > t->ui.rows ||
		    r.x + r.w > t->ui.cols)
			fail_msg("a hot spot outside the screen: %d,%d %dx%d", r.y, r.x, r.w, r.h);
	}
}

static void row_text(struct str_buf *out, int y, int cols)
{
	wchar_t wide[1024];
	char narrow[4096];
	const wchar_t *p = wide;
	mbstate_t st = {0};
	int n = mvwinnwstr(stdscr, y, 0, wide, cols);
	assert_true(n >= 0);
	while (n > 0 && wide[n - 1] == L' ')
		n--;
	size_t k = wcsnrtombs(narrow, &p, (size_t)n, sizeof narrow, &st);
	assert_true(k != (size_t)-1);
	str_buf_add(out, narrow, k);
	str_buf_add(out, "\n", 1);
}

/* For a monochrome screen: which cells are bold, reversed, underlined. */
static void row_looks(struct str_buf *out, int y, int cols)
{
	char marks[1024];
	int last = 0;
	for (int x = 0; x < cols; x++) {
		chtype c = mvwinch(stdscr, y, x);
		marks[x] = c & A_REVERSE ? 'R' : c & A_UNDERLINE ? 'u' : c & A_BOLD ? 'b' : ' ';
		if (marks[x] != ' ')
			last = x + 1;
	}
	str_buf_add(out, marks, (size_t)last);
	str_buf_add(out, "\n", 1);
}

void theatre_text(struct str_buf *out, const struct theatre *t, bool looks)
{
	for (int y = 0; y < t->ui.rows; y++) {
		row_text(out, y, t->ui.cols);
		if (looks)
			row_looks(out, y, t->ui.cols);
	}
}
