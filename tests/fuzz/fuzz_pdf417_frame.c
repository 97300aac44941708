// rooms: scan pass base
/*
 * Small pictures that may hold PDF417 symbols. The first bytes draw a symbol (its size, its level, how it lies), so that what comes deep inside is
 * reached; the rest is painted over it, pixel by pixel, or is the whole picture. What is told lies within its bounds, and of a symbol that
 * was drawn nothing but what it says is ever told.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scan/pdf417.h"
#include "scan/pdf417_patterns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { P = 929, HEAD = 8, SIDE = 200, MODULES_MAX = 17 * 10 + 1, ROWS_MAX = 12, TEXT = 4 };

struct symbol {
	int rows, columns, width;
	uint8_t dark[ROWS_MAX][MODULES_MAX];
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void put_check(uint16_t *words, int n, int n_check)
{
	unsigned g[65] = {1}, rest[64] = {0}, root = 1;
	for (int i = 1; i <= n_check; i++) {
		root = root * 3 % P;
		for (int k = i; k > 0; k--)
			g[k] = (g[k] + (P - root) * g[k - 1]) % P;
	}
	for (int i = 0; i < n - n_check; i++) {
		const unsigned t = (words[i] + rest[0]) % P;
		for (int k = 0; k < n_check; k++)
			rest[k] = ((k + 1 < n_check ? rest[k + 1] : 0) + (P - t) * g[k + 1]) % P;
	}
	for (int k = 0; k < n_check; k++)
		words[n - n_check + k] = (uint16_t)((P - rest[k]) % P);
}

static void draw_bits(struct symbol *s, int row, int module, uint32_t bits, int n)
{
	for (int i = 0; i < n; i++)
		s->dark[row][module + i] = bits >> (n - 1 - i) & 1;
}

static void draw_word(struct symbol *s, int row, int module, int word)
{
	draw_bits(
	    s, row, module, UINT32_C(0x10000) | pdf417_patterns[row % PDF417_CLUSTERS][word], 17);
}

/* "ABCD…" in text compaction, padded. */
static void make(struct symbol *s, int rows, int columns, int level)
{
	uint16_t words[ROWS_MAX * 6];
	const int n = rows * columns, n_check = 2 << level;
	s->rows = rows;
	s->columns = columns;
	s->width = 17 * (columns + 4) + 1;
	words[0] = (uint16_t)(n - n_check);
	words[1] = 0 * 30 + 1;
	words[2] = 2 * 30 + 3;
	for (int i = 3; i < n - n_check; i++)
		words[i] = 900;
	put_check(words, n, n_check);
	for (int r = 0; r < rows; r++) {
		const int third = r / 3 * 30;
		const int says[] = {(rows - 1) / 3, level * 3 + (rows - 1) % 3, columns - 1};
		draw_bits(s, r, 0, 0x1fea8, 17);
		draw_bits(s, r, s->width - 18, 0x3fa29, 18);
		draw_word(s, r, 17, third + says[r % 3]);
		draw_word(s, r, s->width - 35, third + says[(r + 2) % 3]);
		for (int c = 0; c < columns; c++)
			draw_word(s, r, 17 * (c + 2), words[r * columns + c]);
	}
}

/* head: rows, columns, level, angle, module, row height, lean, light. */
static void draw(struct image *im, const struct symbol *s, const uint8_t *head)
{
	const double angle = head[3] * M_PI / 128, module = 1 + head[4] % 16 / 12.0,
		     row = 2 + head[5] % 4, lean = (head[6] - 128) / 40000.0;
	const double c = cos(angle), n = sin(angle);
	const int black = head[7] % 120, white = black + 30 + head[7] / 4;
	for (int y = 0; y < im->height; y++)
		for (int x = 0; x < im->width; x++) {
			const double px = x - im->width / 2.0, py = y - im->height / 2.0;
			const double near = 1 - lean * px;
			const double mx = (px * c + py * n) / near / module + s->width / 2.0,
				     my = (py * c - px * n) / near / module / row + s->rows / 2.0;
			const bool dark = near > 0 && mx >= 0 && my >= 0 && mx < s->width &&
					  my < s->rows && s->dark[(int)my][(int)mx];
			im->grey[y * im->width + x] = (uint8_t)(dark ? black : white);
		}
}

/* Pairs of a step and a level. */
static void paint(struct image *im, const uint8_t *data, size_t len)
{
	const size_t n = (size_t)im->width * (size_t)im->height;
	size_t at = 0;
	for (size_t i = 0; i + 2 < len; i += 3) {
		at += (size_t)(data[i] | data[i + 1] << 8);
		for (int k = 0; k <= data[i + 1] % 8 && at < n; k++)
			im->grey[at++] = data[i + 2];
		at %= n;
	}
}

static void check(const struct pdf417_symbol *s)
{
	must(s->rows >= 3 && s->rows <= 90 && s->columns >= 1 && s->columns <= 30);
	must(s->level >= 0 && s->level <= 8 && s->rows * s->columns <= 928);
	must(s->erased >= 0 && s->erased + 2 * s->corrected <= (2 << s->level) - 2);
	must(s->text.len <= PDF417_BYTES_MAX);
	must(s->code == ERR_OK || s->code == ERR_UNSUPPORTED || s->code == ERR_PROTOCOL ||
	     s->code == ERR_TOO_LONG);
}

/* A drawn one says what was drawn. */
static void check_all(const struct pdf417_symbol *found, int n, bool drawn)
{
	must(n >= 0 && n <= PDF417_SYMBOLS_MAX);
	for (int i = 0; i < n; i++) {
		check(&found[i]);
		must(!drawn ||
		     (found[i].text.len == TEXT && memcmp(found[i].text.bytes, "ABCD", TEXT) == 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct pdf417_reader *reader;
	static struct image im;
	static struct symbol symbol;
	const struct pdf417_symbol *found;
	struct err e;
	if (len < HEAD)
		return 0;
	if (reader == NULL)
		reader = pdf417_reader_new();
	const bool drawn = data[0] < 250;
	const int width = drawn ? SIDE : 1 + data[1], height = drawn ? SIDE : 1 + data[2];
	must(image_resize(&im, width, height, &e) == ERR_OK);
	if (drawn) {
		const int rows = 3 + data[0] % (ROWS_MAX - 2), columns = 1 + data[1] % 6;
		int level = data[2] % 5;
		while (level > 0 && (2 << level) + TEXT > rows * columns)
			level--;
		if ((2 << level) + 3 > rows * columns)
			return 0;
		make(&symbol, rows, columns, level);
		draw(&im, &symbol, data);
		paint(&im, data + HEAD, len - HEAD);
	} else {
		for (int i = 0; i < width * height; i++)
			im.grey[i] = data[HEAD - 1 + (size_t)i % (len - HEAD + 1)];
	}
	const int n = pdf417_reader_read(reader, &im, &found);
	check_all(found, n, drawn);
	const int glanced = pdf417_reader_glance(reader, &im, &found);
	check_all(found, glanced, drawn);
	return 0;
}
