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
		     white[3] = {255, 255, 255}, mark[3] = {255, 220, 0}, red[3] = {200, 30, 25},
		     green[3] = {30, 190, 40}, blue[3] = {40, 50, 210}, skin[3] = {215, 170, 145};

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

static void cell__8_colours__are_blocks_and_what_is_nearest(void **state)
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
	assert_cell(&p, white, mark, (struct seen){L'▀', COLOR_WHITE, COLOR_YELLOW});
	assert_cell(&p, red, red, (struct seen){L'▓', COLOR_RED, COLOR_BLACK});
	assert_cell(&p, green, red, (struct seen){L'▀', COLOR_GREEN, COLOR_RED});
	assert_cell(&p, green, blue, (struct seen){L'▄', COLOR_BLUE, COLOR_GREEN});
	assert_cell(&p, blue, white, (struct seen){L'▄', COLOR_WHITE, COLOR_BLUE});
	close_place(&p);
}

static void cell__16_colours__are_four_greys_and_six_hues(void **state)
{
	struct place p;
	(void)state;
	open_place(&p, "foyer-16", false);
	assert_int_equal(p.ui.colours, 16);
	assert_cell(&p, black, white, (struct seen){L'▄', 8 + COLOR_WHITE, COLOR_BLACK});
	assert_cell(&p, dark, light, (struct seen){L'▀', 8 + COLOR_BLACK, COLOR_WHITE});
	assert_cell(&p, mark, dark, (struct seen){L'▀', 8 + COLOR_YELLOW, 8 + COLOR_BLACK});
	assert_cell(&p, red, blue, (struct seen){L'▄', 8 + COLOR_BLUE, 8 + COLOR_RED});
	assert_cell(&p, skin, black, (struct seen){L'▀', COLOR_WHITE, COLOR_BLACK});
	close_place(&p);
}

/* Of xterm's colours, which must be one. */
static int grey_of(int xterm)
{
	static const int levels[] = {0, 95, 135, 175, 215, 255};
	if (xterm >= 232)
		return 8 + 10 * (xterm - 232);
	assert_int_equal((xterm - 16) % 43, 0);
	return levels[(xterm - 16) / 43];
}

static void cell__256_colours__are_a_cube_and_greys(void **state)
{
	struct place p;
	int last = 0;
	(void)state;
	open_place(&p, "xterm-256color", false);
	assert_int_equal(p.ui.colours, 256);
	assert_cell(&p, black, white, (struct seen){L'▄', 231, 16});
	assert_cell(&p, mark, light, (struct seen){L'▄', 247, 220});
	assert_cell(&p, dark, mark, (struct seen){L'▀', 241, 220});
	assert_cell(&p, red, red, (struct seen){L' ', 160, 160});
	assert_cell(&p, green, blue, (struct seen){L'▀', 34, 26});
	assert_cell(&p, skin, skin, (struct seen){L' ', 180, 180});
	for (int i = 1; i < 255;
	     i++) { /* a grey stays one, and is never darker for a lighter one */
		const uint8_t c[3] = {(uint8_t)i, (uint8_t)i, (uint8_t)i};
		const int lightness = grey_of(cell(&p, c, c).fg);
		assert_in_range(lightness, last, 255);
		assert_in_range(lightness - i + 256, 256 - 8, 256 + 8);
		last = lightness;
	}
	close_place(&p);
}

static void assert_pair(int pair, int fg, int bg)
{
	int f, b;
	assert_int_equal(extended_pair_content(pair, &f, &b), OK);
	assert_int_equal(f, fg);
	assert_int_equal(b, bg);
}

/* Whatever a camera sends: pairs do not run out, and none is taken from a text. */
static void cell__all_colours__leave_the_roles_theirs(void **state)
{
	static const uint8_t levels[] = {0, 30, 95, 120, 135, 160, 175, 215, 240, 255};
	enum { N = sizeof levels };
	static uint8_t all[N * N * N + 256][3];
	struct place p;
	(void)state;
	open_place(&p, "xterm-256color", false);
	for (int i = 0; i < N * N * N; i++)
		for (int k = 0, n = i; k < 3; k++, n /= N)
			all[i][k] = levels[n % N];
	for (int i = 0; i < 256; i++)
		memset(all[N * N * N + i], i, 3);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
			ui_cell(&p.ui, (struct ui_rect){3, 4, 1, 1}, "▀", all[i], all[k]);
	assert_pair(UI_TEXT + 1, 253, 235);
	assert_pair(UI_CODE + 1, 16, 231);
	assert_cell(&p, red, white, (struct seen){L'▄', 231, 160});
	close_place(&p);
}

static void cell__direct_colours__are_red_green_and_blue(void **state)
{
	struct place p;
	(void)state;
	open_place(&p, "foyer-direct", false);
	assert_int_equal(p.ui.colours, UI_DIRECT);
	assert_cell(&p, black, white, (struct seen){L'▄', 0xffffff, 0});
	assert_cell(&p, mark, dark, (struct seen){L'▀', 0xffd700, 0x626262});
	assert_cell(&p, red, blue, (struct seen){L'▀', 0xd70000, 0x005fd7});
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
	    cmocka_unit_test(cell__8_colours__are_blocks_and_what_is_nearest),
	    cmocka_unit_test(cell__16_colours__are_four_greys_and_six_hues),
	    cmocka_unit_test(cell__256_colours__are_a_cube_and_greys),
	    cmocka_unit_test(cell__all_colours__leave_the_roles_theirs),
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
