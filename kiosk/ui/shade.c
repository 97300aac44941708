/* The camera's cells in as many colours as the terminal has. */
#include "kiosk/ui/ui.h"

#include <curses.h>
#include <string.h>

#include "base/str.h"

enum { LEVELS_MAX = 24, LEVELS_256 = 13, LEVELS_16 = 4, COLOURED = 64, XTERM_YELLOW = 220 };

/* xterm's colours 16 … 231 are a cube of six levels, 232 … 255 are greys 8, 18 … 238. */
static int rgb_of(int xterm)
{
	static const int levels[] = {0, 95, 135, 175, 215, 255};
	if (xterm >= 232)
		return (8 + 10 * (xterm - 232)) * 0x010101;
	const int n = xterm >= 16 ? xterm - 16 : 0;
	return levels[n / 36] << 16 | levels[n / 6 % 6] << 8 | levels[n % 6];
}

void ui_pair(struct ui *u, int pair, int fg, int bg)
{
	if (u->colours == UI_DIRECT)
		init_extended_pair(pair, rgb_of(fg), rgb_of(bg));
	else
		init_pair((short)pair, (short)fg, (short)bg);
}

static int levels(const struct ui *u)
{
	return u->colours == UI_DIRECT ? LEVELS_MAX : u->colours == 256 ? LEVELS_256 : LEVELS_16;
}

/* 0 black … levels-1 white; levels: the mark. */
static int level_of(const struct ui *u, const uint8_t c[3])
{
	const int low = c[0] < c[1] ? (c[0] < c[2] ? c[0] : c[2]) : (c[1] < c[2] ? c[1] : c[2]);
	const int high = c[0] > c[1] ? (c[0] > c[2] ? c[0] : c[2]) : (c[1] > c[2] ? c[1] : c[2]);
	const int luma = (c[0] * 299 + c[1] * 587 + c[2] * 114) / 1000;
	return high - low > COLOURED ? levels(u) : luma * levels(u) / 256;
}

static int colour_of(const struct ui *u, int level)
{
	/* Bright black and white stand between the two: what they are is the terminal's own affair, but it is never the other way round. */
	static const int of_16[] = {
	    COLOR_BLACK, 8 + COLOR_BLACK, COLOR_WHITE, 8 + COLOR_WHITE, 8 + COLOR_YELLOW};
	if (u->colours == 16)
		return of_16[level];
	if (u->colours == 256)
		return level == LEVELS_256       ? XTERM_YELLOW
		       : level == 0              ? 16
		       : level == LEVELS_256 - 1 ? 231
						 : 232 + level * 2 - 1;
	return level == LEVELS_MAX ? rgb_of(XTERM_YELLOW)
				   : level * 255 / (LEVELS_MAX - 1) * 0x010101;
}

static void pairs_open(struct ui *u)
{
	const int n = levels(u) + 1;
	for (int i = 0; i < n * n && !u->shades; i++)
		init_extended_pair(UI_PAIRS + i, colour_of(u, i / n), colour_of(u, i % n));
	u->shades = true;
}

/* --- eight colours: black, white and yellow ------------------------------------------------ */

enum { MARK_ON_BLACK = UI_PAIRS, MARK_ON_WHITE };

/* The block element that comes nearest to these two halves, white on black; brightness in 256ths. */
static const char *nearest(int top, int bottom)
{
	static const struct {
		const char *ch;
		int top, bottom;
	} blocks[] = {{" ", 0, 0}, {"░", 64, 64}, {"▒", 128, 128}, {"▓", 192, 192}, {"█", 255, 255},
	    {"▀", 255, 0}, {"▄", 0, 255}};
	size_t best = 0;
	int least = 2 * 256 * 256;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		const int t = top - blocks[i].top, b = bottom - blocks[i].bottom;
		if (t * t + b * b < least) {
			least = t * t + b * b;
			best = i;
		}
	}
	return blocks[best].ch;
}

static const char *of_8(struct ui *u, const uint8_t top[3], const uint8_t bottom[3])
{
	const int t = level_of(u, top), b = level_of(u, bottom);
	if (!u->shades) {
		init_pair(MARK_ON_BLACK, COLOR_YELLOW, COLOR_BLACK);
		init_pair(MARK_ON_WHITE, COLOR_YELLOW, COLOR_WHITE);
		u->shades = true;
	}
	if (t != LEVELS_16 && b != LEVELS_16) {
		ui_role(u, UI_TEXT);
		return nearest(top[1], bottom[1]); /* of a grey, one is as good as another */
	}
	const int other = t == LEVELS_16 ? b : t;
	wattr_set(stdscr, A_NORMAL,
	    other >= LEVELS_16 / 2 && other < LEVELS_16 ? MARK_ON_WHITE : MARK_ON_BLACK, NULL);
	return t == b ? "█" : t == LEVELS_16 ? "▀" : "▄";
}

/* ------------------------------------------------------------------------------------------- */

void ui_cell(
    struct ui *u, struct ui_rect at, const char *ch, const uint8_t fg[3], const uint8_t bg[3])
{
	if (at.y < 0 || at.y >= u->rows || at.x < 0 || at.x >= u->cols || u->colours == 0)
		return;
	const int n = levels(u) + 1;
	if (u->colours >= 16 && COLOR_PAIRS >= UI_PAIRS + n * n) {
		pairs_open(u);
		wattr_set(stdscr, A_NORMAL,
		    (short)(UI_PAIRS + level_of(u, fg) * n + level_of(u, bg)), NULL);
	} else {
		const bool lower = str_eq(ch, "▄");
		const uint8_t *top = str_eq(ch, " ") || lower ? bg : fg,
			      *bottom = str_eq(ch, "█") || lower ? fg : bg;
		ch = of_8(u, top, bottom);
	}
	mvwaddstr(stdscr, at.y, at.x, ch);
	ui_role(u, UI_TEXT);
}
