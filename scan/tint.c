#include "scan/tint.h"

enum { NO_COLOUR = 128 };

static int at_most(int n, int most)
{
	return n < most ? n : most;
}

/* Where sample k of TINT_ASKED lies in field i of n, of all there are. */
static size_t place(int i, int n, int k, int all)
{
	return (size_t)((2 * (i * TINT_ASKED + k) + 1) * all / (2 * n * TINT_ASKED));
}

void tint_take(struct tint *t, const struct tint_samples *s)
{
	enum { ASKED = TINT_ASKED * TINT_ASKED };
	size_t across[TINT_COLS_MAX * TINT_ASKED];
	t->cols = t->rows = 0;
	if (s->width < 1 || s->height < 1)
		return;
	t->cols = at_most(s->width, TINT_COLS_MAX);
	t->rows = at_most(s->height, TINT_ROWS_MAX);
	for (int i = 0; i < t->cols * TINT_ASKED; i++)
		across[i] = place(i / TINT_ASKED, t->cols, i % TINT_ASKED, s->width) * s->step;
	for (int y = 0; y < t->rows; y++) {
		unsigned cb[TINT_COLS_MAX] = {0}, cr[TINT_COLS_MAX] = {0};
		for (int k = 0; k < TINT_ASKED; k++) {
			const size_t down = place(y, t->rows, k, s->height) * s->stride;
			for (int i = 0; i < t->cols * TINT_ASKED; i++) {
				cb[i / TINT_ASKED] += s->cb[down + across[i]];
				cr[i / TINT_ASKED] += s->cr[down + across[i]];
			}
		}
		for (int x = 0; x < t->cols; x++) {
			t->cb[y * t->cols + x] = (uint8_t)((cb[x] + ASKED / 2) / ASKED);
			t->cr[y * t->cols + x] = (uint8_t)((cr[x] + ASKED / 2) / ASKED);
		}
	}
}

static uint8_t level(int n, int more)
{
	const int v = n + more / 65536;
	return (uint8_t)(v < 0 ? 0 : v > UINT8_MAX ? UINT8_MAX : v);
}

/* ITU-R BT.601 as JPEG has it (ITU-T T.871, 7), in 65,536ths. Cameras' YUYV and NV12 leave out a seventh at the ends: their colours are as much paler. */
void tint_paint(uint8_t rgb[3], const struct tint *t, const struct tint_field *f)
{
	int cb = 0, cr = 0;
	if (t != NULL && t->cols > 0) {
		const int x = (2 * f->x + 1) * t->cols / (2 * f->w),
			  y = (2 * f->y + 1) * t->rows / (2 * f->h);
		cb = t->cb[y * t->cols + x] - NO_COLOUR;
		cr = t->cr[y * t->cols + x] - NO_COLOUR;
	}
	rgb[0] = level(f->grey, 91881 * cr);
	rgb[1] = level(f->grey, -22554 * cb - 46802 * cr);
	rgb[2] = level(f->grey, 116130 * cb);
}
