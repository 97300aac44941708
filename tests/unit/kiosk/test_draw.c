#include "kiosk/ui/draw.h"

#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/lang.h"

enum { ROWS = 30, COLS_HERE = 90 };

static FILE *in, *out;

static int open_ui(void **state)
{
	struct ui *u = calloc(1, sizeof *u);
	in = fopen("/dev/null", "r");
	out = fopen("/dev/null", "w");
	struct ui_conf c = {
	    .term = "xterm-256color", .in = in, .out = out, .rows = ROWS, .cols = COLS_HERE};
	assert_int_equal(lang_init(NULL), ERR_OK);
	assert_int_equal(ui_open(u, &c, NULL), ERR_OK);
	ui_begin(u);
	*state = u;
	return 0;
}

static int close_ui(void **state)
{
	struct ui *u = *state;
	ui_close(u);
	free(u);
	fclose(in);
	fclose(out);
	return 0;
}

/* Cells outside r that are not blank. */
static int outside(struct ui_rect r)
{
	int n = 0;
	for (int y = 0; y < ROWS; y++)
		for (int x = 0; x < COLS_HERE; x++) {
			bool inside = y >= r.y && y < r.y + r.h && x >= r.x && x < r.x + r.w;
			n += !inside && (mvwinch(stdscr, y, x) & A_CHARTEXT) != ' ';
		}
	return n;
}

static void ui_draw__whatever_the_text__stays_in_its_rectangle(void **state)
{
	static const char *const texts[] = {"", "x",
	    "a word and another that is longer than the place there is for it",
	    "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüssel",
	    "山田太郎山田太郎山田太郎山田太郎山田太郎山田太郎",
	    "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e"
	    "\u0301e\u0301e\u0301e\u0301e\u0301",
	    "line\n\n\nline\nline\nline\nline\nline\nline\nline\nline",
	    "\x1b[2J\a\t\r\x7f\xc2\x85\xc2\x9b"
	    "31m\x1b]0;x"};
	struct ui *u = *state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (int w = 6; w < 40; w++) {
			struct ui_rect r = {5, 7, 3, w};
			struct ui_choice c = {3, texts[i], texts[i], true, 0, 0};
			struct ui_buttons b = {
			    .label = {texts[i], texts[i], texts[i]}, .n = 3, .on = 1};
			struct ui_field f;
			ui_field_init(&f, TEXT_FIELD_SZ);
			ui_field_set(&f, texts[i]);
			ui_begin(u);
			ui_line(u, r, UI_TEXT, UI_CENTRE, texts[i]);
			ui_para(u, r, UI_TEXT, 0, texts[i]);
			ui_choice(u, r, &c);
			ui_field_draw(u, r, &f, UI_FIELD_FOCUS, texts[i]);
			ui_field_draw(u, r, &f, UI_FIELD_MASKED, texts[i]);
			if (w >= 24)
				ui_buttons(u, r, &b);
			if (outside(r) != 0)
				fail_msg("text %zu, %d columns", i, w);
			assert_true(u->cursor_x >= r.x && u->cursor_x < r.x + r.w);
		}
}

static void ui_para__scrolled__shows_the_rows_from_there(void **state)
{
	struct ui *u = *state;
	char row[8];
	struct ui_rect r = {0, 0, 2, 10};
	assert_int_equal(ui_para(u, r, UI_TEXT, 2, "one\ntwo\nthree\nfour\nfive"), 5);
	mvwinnstr(stdscr, 0, 0, row, 5);
	assert_string_equal(row, "three");
	mvwinnstr(stdscr, 1, 0, row, 4);
	assert_string_equal(row, "four");
	mvwinnstr(stdscr, 2, 0, row, 4);
	assert_string_equal(row, "    ");
	assert_int_equal(ui_para_rows("one\n\ntwo", 10), 3);
	assert_int_equal(ui_para_rows("", 10), 0);
}

static void ui_buttons__are_of_one_size(void **state)
{
	struct ui *u = *state;
	struct ui_buttons b = {
	    .label = {"I agree", "I do not agree at all"}, .action = {7, 8}, .n = 2, .on = -1};
	ui_buttons(u, (struct ui_rect){0, 0, 3, 61}, &b);
	assert_int_equal(u->n_spots, 2);
	assert_int_equal(u->spots[0].at.w, u->spots[1].at.w);
	assert_int_equal(u->spots[0].at.h, u->spots[1].at.h);
	assert_int_equal(u->spots[1].action, 8);
	assert_int_equal(u->spots[1].arg, 1);
}

static void ui_spot__too_many__are_passed_over(void **state)
{
	struct ui *u = *state;
	for (int i = 0; i < 1000; i++)
		ui_spot(u, (struct ui_rect){0, 0, 1, 1}, 1, i);
	assert_int_equal(u->n_spots, UI_SPOTS);
}

/* The code on the screen is the code: every module read back from the half blocks. */
static void ui_qr__every_module__is_drawn(void **state)
{
	static const wchar_t half[4] = {L' ', 0x2580, 0x2584, 0x2588};
	struct ui *u = *state;
	struct qr q;
	enum { QUIET = 2 };
	assert_int_equal(
	    qr_encode(&q, "FOYERABCDEFGHIJKLMNOPQRSTUVWXYZ234567", QR_M, NULL), ERR_OK);
	struct ui_rect r = {1, 1, qr_rows(&q, QUIET), qr_columns(&q, QUIET)};
	assert_true(ui_qr(u, r, &q, QUIET));
	assert_int_equal(outside(r), 0);
	for (int y = 0; y < r.h; y++)
		for (int x = 0; x < r.w; x++) {
			cchar_t c;
			wchar_t text[CCHARW_MAX + 1];
			attr_t attrs;
			short pair;
			int bits = 0;
			for (int k = 0; k < 2; k++) {
				int my = 2 * y + k - QUIET, mx = x - QUIET;
				bool in_code = my >= 0 && my < q.side && mx >= 0 && mx < q.side;
				bits |= in_code && q.dark[my * q.side + mx] ? 1 << k : 0;
			}
			mvwin_wch(stdscr, r.y + y, r.x + x, &c);
			getcchar(&c, text, &attrs, &pair, NULL);
			assert_int_equal(text[0], half[bits]);
			assert_int_equal(pair, UI_CODE + 1); /* painted in the quiet zone too */
		}
	ui_begin(u);
	assert_false(ui_qr(u, (struct ui_rect){0, 0, r.h - 1, r.w}, &q, QUIET));
	assert_false(ui_qr(u, (struct ui_rect){0, 0, r.h, r.w - 1}, &q, QUIET));
	assert_false(ui_qr(u, (struct ui_rect){ROWS - r.h + 1, 0, 100, 100}, &q, QUIET));
	assert_int_equal(outside((struct ui_rect){0, 0, 0, 0}), 0);
}

/* In a child: curses keeps what it allocated for a terminal that it then does not know. */
static void ui_open__unknown_terminal__is_told(void **state)
{
	int status;
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		struct ui u;
		struct err e = {0};
		FILE *none = fopen("/dev/null", "r+");
		struct ui_conf c = {.term = "no-such-terminal", .in = none, .out = none};
		bool told = ui_open(&u, &c, &e) == ERR_UNSUPPORTED && e.msg[0] != '\0';
		ui_close(&u);
		_exit(told ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#define WITH_UI(f) cmocka_unit_test_setup_teardown(f, open_ui, close_ui)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_UI(ui_draw__whatever_the_text__stays_in_its_rectangle),
	    WITH_UI(ui_para__scrolled__shows_the_rows_from_there),
	    WITH_UI(ui_buttons__are_of_one_size),
	    WITH_UI(ui_spot__too_many__are_passed_over),
	    WITH_UI(ui_qr__every_module__is_drawn),
	    cmocka_unit_test(ui_open__unknown_terminal__is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
