#include "tests/soak/dense.h"

#include <string.h>

#include <zint.h>

#include "base/str.h"

enum {
	FINDER = 7,
	QUIET = 4,
	LABEL_STEP = DENSE_LABEL_SIDE + 2 * QUIET,
	LABELS_A_ROW = 15,
	START = 17,
	LETTER_WIDTH = 6,
	LETTER_HEIGHT = 7,
	LINE = 11,
	TEXT_SZ = 5,
};

static void label_text(char dst[TEXT_SZ], int i)
{
	(void)str_print(dst, TEXT_SZ, "L%03d", i);
}

static bool label_make(uint8_t *dark, int i)
{
	char text[TEXT_SZ];
	struct zint_symbol *s = ZBarcode_Create();
	s->symbology = BARCODE_QRCODE;
	s->scale = 0.5f; /* a pixel a module */
	s->option_2 = 1; /* version 1 */
	label_text(text, i);
	const bool ok = ZBarcode_Encode_and_Buffer(s, (const uint8_t *)text, 0, 0) < ZINT_ERROR &&
			s->bitmap_width == DENSE_LABEL_SIDE && s->bitmap_height == DENSE_LABEL_SIDE;
	for (int k = 0; k < DENSE_LABEL_SIDE * DENSE_LABEL_SIDE && ok; k++)
		dark[k] = s->bitmap[3 * k] == 0;
	ZBarcode_Delete(s);
	return ok;
}

bool dense_make(struct dense *d, enum dense_kind kind, int step)
{
	*d = (struct dense){.kind = kind, .step = step};
	for (int i = 0; i < DENSE_LABELS_MOST && kind == DENSE_LABELS; i++)
		if (!label_make(d->labels[i], i))
			return false;
	return true;
}

bool dense_says(const struct dense *d, const uint8_t *text, size_t len)
{
	char want[TEXT_SZ];
	for (int i = 0; i < DENSE_LABELS_MOST && d->kind == DENSE_LABELS; i++) {
		label_text(want, i);
		if (len == strlen(want) && memcmp(text, want, len) == 0)
			return true;
	}
	return false;
}

/* The rest is that of the division which goes down, for what lies left of and above the middle. */
static int below(int n, int by)
{
	return (n % by + by) % by;
}

static int cell(int n, int by)
{
	return (n - below(n, by)) / by;
}

static bool finder_dark(int x, int y)
{
	const int ring = x < y ? x : y, across = FINDER - 1 - (x > y ? x : y);
	return x < FINDER && y < FINDER && (ring < across ? ring : across) != 1;
}

static bool label_dark(const struct dense *d, int x, int y)
{
	const int u = below(x, LABEL_STEP) - QUIET, v = below(y, LABEL_STEP) - QUIET;
	const int i = cell(y, LABEL_STEP) * LABELS_A_ROW + below(cell(x, LABEL_STEP), LABELS_A_ROW);
	return u >= 0 && u < DENSE_LABEL_SIDE && v >= 0 && v < DENSE_LABEL_SIDE &&
	       d->labels[below(i, DENSE_LABELS_MOST)][v * DENSE_LABEL_SIDE + u] != 0;
}

static uint32_t mixed(uint32_t n)
{
	n = (n ^ n >> 15) * 2246822519U;
	n = (n ^ n >> 13) * 3266489917U;
	return n ^ n >> 16;
}

/* Twenty-six letters of an alphabet that nobody has, and gaps between words. */
static bool letter_dark(int x, int y)
{
	const int u = below(x, LETTER_WIDTH), v = below(y, LINE);
	const uint32_t place =
	    mixed((uint32_t)cell(x, LETTER_WIDTH) * 7919U + (uint32_t)cell(y, LINE));
	if (u == LETTER_WIDTH - 1 || v >= LETTER_HEIGHT || place % 6 == 0)
		return false;
	return (mixed(place % 26 * 64 + (uint32_t)(v * LETTER_WIDTH + u)) & 3) < 2;
}

bool dense_dark(const struct dense *d, int x, int y)
{
	static const char start[] = "11111111010101000";
	switch (d->kind) {
	case DENSE_FINDERS: return finder_dark(below(x, d->step), below(y, d->step));
	case DENSE_LABELS: return label_dark(d, x, y);
	case DENSE_CHECKS: return below(cell(x, d->step) + cell(y, d->step), 2) == 0;
	case DENSE_STARTS:
		return below(y, 8 * d->step) < 7 * d->step && start[below(x, START)] == '1';
	case DENSE_TEXT: return letter_dark(x, y);
	}
	return false;
}
