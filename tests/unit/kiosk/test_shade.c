/* The camera's cells on terminals of every number of colours. */
#include "kiosk/ui/ui.h"

#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/lang.h"
#include "base/path.h"
#include "base/str.h"

static const uint8_t black[3] = {0, 0, 0}, dark[3] = {100, 100, 100}, light[3] = {160, 160, 160},
		     white[3] = {255, 255, 255}, mark[3] = {255, 220, 0};

struct place {
	struct ui ui;
	FILE *in, *out;
};

static void open_place(struct place *p, const char *term, bool mono)
{
	struct err e = {0};
	*p = (struct place){.in = fopen("/dev/null", "r"), .out = fopen("/dev/null", "w")};
	const struct ui_conf c = {
	    .term = term, .in = p->in, .out = p->out, .mono = mono, .rows = 24, .cols = 80};
	if (ui_open(&p->ui, &c, &e) != ERR_OK)
		fail_msg("%s: %s", term, e.msg);
	ui_begin(&p->ui);
}

static void close_place(struct place *p)
{
	ui_close(&p->ui);
	fclose(p->in);
	fclose(p->out);
}

struct seen {
	wchar_t ch;
	int fg, bg;
};

static struct seen cell(struct place *p, const uint8_t fg[3], const uint8_t bg[3])
{
	cchar_t c;
	wchar_t ch[CCHARW_MAX] = {0};
	attr_t attrs;
	short pair;
	struct seen s;
	ui_cell(&p->ui, (struct ui_rect){3, 4, 1, 1}, "▀", fg, bg);
	assert_int_equal(mvwin_wch(stdscr, 3, 4, &c), OK);
	assert_int_equal(getcchar(&c, ch, &attrs, &pair, NULL), OK);
	assert_int_equal(extended_pair_content(pair, &s.fg, &s.bg), OK);
	s.ch = ch[0];
	return s;
}

static void assert_cell(struct place *p, const uint8_t fg[3], const uint8_t bg[3], struct seen want)
{
	const struct seen s = cell(p, fg, bg);
	assert_int_equal(s.ch, want.ch);
	assert_int_equal(s.fg, want.fg);
	assert_int_equal(s.bg, want.bg);
}

static void cell__8_colours__are_blocks_and_a_yellow_mark(void **state)
{
	struct place p;
	(void)state;
	open_place(&p, "foyer-8", false);
	assert_int_equal(p.ui.colours, 8);
	assert_cell(&p, black, black, (struct seen){L' ', COLOR_WHITE, COLOR_BLACK});
	assert_cell(&p, white, black, (struct seen){L'▀', COLOR_WHITE, COLOR_BLACK});
	assert_cell(&p, black, white, (struct seen){L'▄', COLOR_WHITE, COLOR_BLACK});
	assert_cell(&p, dark, light, (struct seen){L'▒', COLOR_WHITE, COLOR_BLACK});
	assert_cell(&p, white, white, (struct seen){L'█', COLOR_WHITE, COLOR_BLACK});
	assert_cell(&p, mark, mark, (struct seen){L'█', COLOR_YELLOW, COLOR_BLACK});
	assert_cell(&p, mark, black, (struct seen){L'▀', COLOR_YELLOW, COLOR_BLACK});
	assert_cell(&p, white, mark, (struct seen){L'▄', COLOR_YELLOW, COLOR_WHITE});
	close_place(&p);
}

static void cell__16_colours__are_four_greys(void **state)
{
	struct place p;
	(void)state;
	open_place(&p, "foyer-16", false);
	assert_int_equal(p.ui.colours, 16);
	assert_cell(&p, black, white, (struct seen){L'▀', COLOR_BLACK, 8 + COLOR_WHITE});
	assert_cell(&p, dark, light, (struct seen){L'▀', 8 + COLOR_BLACK, COLOR_WHITE});
	assert_cell(&p, mark, dark, (struct seen){L'▀', 8 + COLOR_YELLOW, 8 + COLOR_BLACK});
	close_place(&p);
}

static void cell__256_colours__are_13_greys(void **state)
{
	struct place p;
	int last = 0;
	(void)state;
	open_place(&p, "xterm-256color", false);
	assert_int_equal(p.ui.colours, 256);
	assert_cell(&p, black, white, (struct seen){L'▀', 16, 231});
	assert_cell(&p, mark, light, (struct seen){L'▀', 220, 247});
	assert_cell(&p, dark, mark, (struct seen){L'▀', 241, 220});
	for (int i = 1; i < 255; i++) { /* never darker for a lighter one */
		const uint8_t c[3] = {(uint8_t)i, (uint8_t)i, (uint8_t)i};
		const int fg = cell(&p, c, c).fg, lightness = fg == 16 ? 0 : fg == 231 ? 999 : fg;
		assert_true(lightness >= last);
		last = lightness;
	}
	close_place(&p);
}

static void cell__direct_colours__are_red_green_and_blue(void **state)
{
	struct place p;
	(void)state;
	open_place(&p, "foyer-direct", false);
	assert_int_equal(p.ui.colours, UI_DIRECT);
	assert_cell(&p, black, white, (struct seen){L'▀', 0, 0xffffff});
	assert_cell(&p, mark, dark, (struct seen){L'▀', 0xffd700, 0x636363});
	/* So are the roles': light on dark, not two shades of blue. */
	int fg, bg;
	assert_int_equal(extended_pair_content(UI_TEXT + 1, &fg, &bg), OK);
	assert_int_equal(fg, 0xdadada);
	assert_int_equal(bg, 0x262626);
	close_place(&p);
}

static void cell__no_colours__is_not_drawn(void **state)
{
	struct place p;
	(void)state;
	open_place(&p, "xterm-256color", true);
	assert_int_equal(p.ui.colours, 0);
	ui_cell(&p.ui, (struct ui_rect){3, 4, 1, 1}, "▀", white, black);
	assert_int_equal(mvwinch(stdscr, 3, 4) & A_CHARTEXT, ' ');
	close_place(&p);
}

/* Terminals that a Debian without ncurses-term does not describe. */
static int describe(char dir[32])
{
	static const char text[] =
	    "foyer-8|with eight colours,colors#8,pairs#64,use=xterm-256color,\n"
	    "foyer-16|with sixteen colours,colors#16,pairs#0x100,use=xterm-256color,\n"
	    "foyer-direct|with all "
	    "colours,RGB,colors#0x1000000,pairs#0x10000,use=xterm-256color,\n";
	char source[64];
	if (mkdtemp(dir) == NULL || !str_print(source, sizeof source, "%s/source", dir) ||
	    path_write(source, text, strlen(text), 0600, NULL) != ERR_OK)
		return 1;
	pid_t child = fork();
	if (child == 0) {
		execlp("tic", "tic", "-x", "-o", dir, source, (char *)NULL);
		_exit(127);
	}
	int status = 1;
	return child > 0 && waitpid(child, &status, 0) == child ? status : 1;
}

static void forget(const char *dir)
{
	if (fork() == 0) {
		execlp("rm", "rm", "-r", "--", dir, (char *)NULL);
		_exit(127);
	}
	(void)wait(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cell__8_colours__are_blocks_and_a_yellow_mark),
	    cmocka_unit_test(cell__16_colours__are_four_greys),
	    cmocka_unit_test(cell__256_colours__are_13_greys),
	    cmocka_unit_test(cell__direct_colours__are_red_green_and_blue),
	    cmocka_unit_test(cell__no_colours__is_not_drawn),
	};
	char dir[32] = "/tmp/foyer-terms.XXXXXX";
	if (lang_init(NULL) != ERR_OK || describe(dir) != 0)
		return 1;
	setenv("TERMINFO", dir, 1);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	forget(dir);
	return rc;
}
