/* The camera's cells in as many colours as the terminal has. */
#include "kiosk/ui/ui.h"

#include <curses.h>

#include "base/str.h"

/*
 * Of two colours in a cell the greater is always the block's, the lesser its ground: half as many pairs, and no terminal runs out of them, whatever a
 * camera sends. COLOURED: what is less is a camera's grey.
 */
enum { COLOURED = 48, BRIGHT = 160, GREYS_16 = 4, PAIRS_16 = 256, PAIRS_256 = 32 * 1024 - 1 };

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

static int least(const uint8_t c[3])
{
	const int n = c[0] < c[1] ? c[0] : c[1];
	return n < c[2] ? n : c[2];
}

static int most(const uint8_t c[3])
{
	const int n = c[0] > c[1] ? c[0] : c[1];
	return n > c[2] ? n : c[2];
}

static int luma(const uint8_t c[3])
{
	return (c[0] * 299 + c[1] * 587 + c[2] * 114) / 1000;
}

/* COLOR_RED … COLOR_CYAN; COLOR_WHITE: a grey, however bright. */
static int hue(const uint8_t c[3])
{
	const int low = least(c), high = most(c), middle = (low + high) / 2;
	if (high - low < COLOURED || 2 * (high - low) < high)
		return COLOR_WHITE;
	return (c[0] > middle ? COLOR_RED : 0) | (c[1] > middle ? COLOR_GREEN : 0) |
	       (c[2] > middle ? COLOR_BLUE : 0);
}

/* The two colours side by side, the pair set. */
static const char *halves(int top, int bottom)
{
	const int pair = alloc_pair(top > bottom ? top : bottom, top > bottom ? bottom : top);
	wattr_set(stdscr, A_NORMAL, (short)(pair < 0 ? 0 : pair), NULL);
	return top == bottom ? " " : top > bottom ? "▀" : "▄";
}

/* --- 256 colours and more: xterm's ---------------------------------------------------------- */

static int apart(const uint8_t c[3], int rgb)
{
	const int r = c[0] - (rgb >> 16), g = c[1] - (rgb >> 8 & 0xff), b = c[2] - (rgb & 0xff);
	return r * r + g * g + b * b;
}

static int cube_level(int n)
{
	return n < 48 ? 0 : n < 115 ? 1 : (n - 35) / 40;
}

static int xterm_of(const uint8_t c[3])
{
	const int cube = 16 + 36 * cube_level(c[0]) + 6 * cube_level(c[1]) + cube_level(c[2]);
	const int mean = (c[0] + c[1] + c[2]) / 3;
	const int grey = mean < 8 ? 232 : mean > 238 ? 255 : 232 + (mean - 3) / 10;
	return apart(c, rgb_of(grey)) < apart(c, rgb_of(cube)) ? grey : cube;
}

static int colour_of(const struct ui *u, const uint8_t c[3])
{
	/* Bright black and white stand between the two: what they are is the terminal's own affair, but it is never the other way round. */
	static const int greys[GREYS_16] = {
	    COLOR_BLACK, 8 + COLOR_BLACK, COLOR_WHITE, 8 + COLOR_WHITE};
	if (u->colours >= 256)
		return u->colours == UI_DIRECT ? rgb_of(xterm_of(c)) : xterm_of(c);
	if (hue(c) == COLOR_WHITE)
		return greys[luma(c) * GREYS_16 / 256];
	return hue(c) + (most(c) > BRIGHT ? 8 : 0);
}

/* --- eight colours, and block elements for what lies between one of them and black ----------- */

/* The block element that comes nearest to these two halves, light on black; brightness in 256ths. */
static const char *nearest(int top, int bottom)
{
	static const struct {
		const char *ch;
		int top, bottom;
	} blocks[] = {{" ", 0, 0}, {"░", 64, 64}, {"▒", 128, 128}, {"▓", 192, 192}, {"█", 255, 255},
	    {"▀", 255, 0}, {"▄", 0, 255}};
	size_t best = 0;
	int far = 2 * 256 * 256;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		const int t = top - blocks[i].top, b = bottom - blocks[i].bottom;
		if (t * t + b * b < far) {
			far = t * t + b * b;
			best = i;
		}
	}
	return blocks[best].ch;
}

static int brightness(const uint8_t c[3])
{
	return hue(c) == COLOR_WHITE ? luma(c) : most(c);
}

static int ansi_of(const struct ui *u, int colour)
{
	return u->colours == UI_DIRECT
		   ? (colour & COLOR_RED ? 0xff0000 : 0) | (colour & COLOR_GREEN ? 0x00ff00 : 0) |
			 (colour & COLOR_BLUE ? 0x0000ff : 0)
		   : colour;
}

static int flat(const struct ui *u, const uint8_t c[3])
{
	return ansi_of(u, hue(c) == COLOR_WHITE && luma(c) < 128 ? COLOR_BLACK : hue(c));
}

static const char *of_8(const struct ui *u, const uint8_t top[3], const uint8_t bottom[3])
{
	if (hue(top) != hue(bottom))
		return halves(flat(u, top), flat(u, bottom));
	(void)halves(ansi_of(u, hue(top)), ansi_of(u, COLOR_BLACK));
	return nearest(brightness(top), brightness(bottom));
}

/* ------------------------------------------------------------------------------------------- */

void ui_cell(
    struct ui *u, struct ui_rect at, const char *ch, const uint8_t fg[3], const uint8_t bg[3])
{
	if (at.y < 0 || at.y >= u->rows || at.x < 0 || at.x >= u->cols || u->colours == 0)
		return;
	const bool lower = str_eq(ch, "▄");
	const uint8_t *top = str_eq(ch, " ") || lower ? bg : fg,
		      *bottom = str_eq(ch, "█") || lower ? fg : bg;
	if (u->colours >= 16 && COLOR_PAIRS >= (u->colours == 16 ? PAIRS_16 : PAIRS_256))
		ch = halves(colour_of(u, top), colour_of(u, bottom));
	else
		ch = of_8(u, top, bottom);
	mvwaddstr(stdscr, at.y, at.x, ch);
	ui_role(u, UI_TEXT);
}
