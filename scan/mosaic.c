#include "scan/mosaic.h"

#include <string.h>

/* NOISE: what the mean of a field may differ by from one picture to the next while nobody moves. */
enum { NOISE = 6, UPPER_HALF = 0x2580, FIELDS_MAX = CAMERA_COLS_MAX * CAMERA_ROWS_MAX * 2 };

struct fields {
	int w, h; /* h is even */
	uint8_t grey[FIELDS_MAX];
	bool marked[FIELDS_MAX];
};

static int at_least(int n, int least)
{
	return n < least ? least : n;
}

/* The largest field of the picture's proportions within the room. */
static void fit(struct fields *f, const struct image *im, const struct mosaic_look *look)
{
	const int room_w = look->cols, room_h = look->rows * 2;
	f->w = room_w;
	f->h = (im->height * room_w + im->width / 2) / im->width;
	if (f->h > room_h) {
		f->h = room_h;
		f->w = (im->width * room_h + im->height / 2) / im->height;
	}
	f->w = at_least(f->w, 1);
	f->h = at_least((f->h + 1) / 2 * 2, 2);
}

/* Pixels [from, to) of the picture that make field i of n. Never none. */
struct span {
	int from, to;
};
static struct span span_of(int i, int n, int pixels)
{
	struct span s = {i * pixels / n, (i + 1) * pixels / n};
	if (s.to <= s.from)
		s.to = s.from + 1;
	return s;
}

static uint8_t mean(const struct image *im, struct span xs, struct span ys)
{
	uint64_t sum = 0;
	for (int y = ys.from; y < ys.to; y++) {
		const uint8_t *row = im->grey + (size_t)y * (size_t)im->width;
		for (int x = xs.from; x < xs.to; x++)
			sum += row[x];
	}
	return (uint8_t)(sum / ((uint64_t)(xs.to - xs.from) * (uint64_t)(ys.to - ys.from)));
}

static void shade(struct fields *f, const struct image *im)
{
	for (int y = 0; y < f->h; y++)
		for (int x = 0; x < f->w; x++)
			f->grey[y * f->w + x] =
			    mean(im, span_of(x, f->w, im->width), span_of(y, f->h, im->height));
}

static void mark(struct fields *f, const struct image *im, const struct code_box *b)
{
	const int left = b->left * f->w / im->width, right = b->right * f->w / im->width;
	const int top = b->top * f->h / im->height, bottom = b->bottom * f->h / im->height;
	for (int x = left; x <= right; x++)
		f->marked[top * f->w + x] = f->marked[bottom * f->w + x] = true;
	for (int y = top; y <= bottom; y++)
		f->marked[y * f->w + left] = f->marked[y * f->w + right] = true;
}

static void paint(uint8_t rgb[3], const struct fields *f, const struct tint *tint, int x, int y)
{
	static const uint8_t bright[3] = {255, 220, 0};
	const int i = y * f->w + x;
	if (f->marked[i])
		memcpy(rgb, bright, sizeof bright);
	else
		tint_paint(rgb, tint, &(struct tint_field){x, y, f->w, f->h, f->grey[i]});
}

void mosaic_draw(struct mosaic *m, const struct image *im, const struct mosaic_look *look,
    const struct code_box *boxes, int n)
{
	struct fields f = {0};
	fit(&f, im, look);
	shade(&f, im);
	for (int i = 0; i < n; i++)
		mark(&f, im, &boxes[i]);
	*m = (struct mosaic){.cols = f.w, .rows = f.h / 2};
	memcpy(m->grey, f.grey, (size_t)f.w * (size_t)f.h);
	for (int row = 0; row < m->rows; row++) {
		for (int col = 0; col < m->cols; col++) {
			struct camera_cell *c = &m->cells[row * m->cols + col];
			int x = look->mirror ? f.w - 1 - col : col;
			c->ch = UPPER_HALF;
			paint(c->fg, &f, im->tint, x, 2 * row);
			paint(c->bg, &f, im->tint, x, 2 * row + 1);
		}
	}
}

bool mosaic_same(const struct mosaic *a, const struct mosaic *b)
{
	return a->cols == b->cols && a->rows == b->rows &&
	       memcmp(a->cells, b->cells, sizeof a->cells[0] * (size_t)a->cols * (size_t)a->rows) ==
		   0;
}

static bool close_to(uint8_t a, uint8_t b)
{
	return a - b <= NOISE && b - a <= NOISE;
}

bool mosaic_still(const struct mosaic *a, const struct mosaic *b)
{
	if (a->cols != b->cols || a->rows != b->rows)
		return false;
	for (int i = 0; i < 2 * a->cols * a->rows; i++)
		if (!close_to(a->grey[i], b->grey[i]))
			return false;
	return true;
}
