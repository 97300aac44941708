#include "scan/mosaic.h"

#include <string.h>

/* NOISE: what the mean of a field may differ by from one picture to the next while nobody moves. */
enum { NOISE = 6, UPPER_HALF = 0x2580, FIELDS_MAX = CAMERA_COLS_MAX * CAMERA_ROWS_MAX * 2 };

struct fields {
	int w, h; /* h is even */
	uint8_t grey[FIELDS_MAX];
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

/* The colour of one of the picture's fields: the upper or the lower half of a cell. */
static uint8_t *field_of(struct mosaic *m, const struct mosaic_look *look, int x, int y)
{
	struct camera_cell *c = &m->cells[y / 2 * m->cols + (look->mirror ? m->cols - 1 - x : x)];
	return y % 2 == 0 ? c->fg : c->bg;
}

void mosaic_draw(struct mosaic *m, const struct image *im, const struct mosaic_look *look)
{
	struct fields f;
	fit(&f, im, look);
	shade(&f, im);
	*m = (struct mosaic){.cols = f.w, .rows = f.h / 2};
	memcpy(m->grey, f.grey, (size_t)f.w * (size_t)f.h);
	for (int i = 0; i < m->cols * m->rows; i++)
		m->cells[i].ch = UPPER_HALF;
	for (int y = 0; y < f.h; y++)
		for (int x = 0; x < f.w; x++)
			tint_paint(field_of(m, look, x, y), im->tint,
			    &(struct tint_field){x, y, f.w, f.h, f.grey[y * f.w + x]});
}

void mosaic_mark(struct mosaic *m, const struct image *im, const struct mosaic_look *look,
    const struct code_box *box)
{
	static const uint8_t bright[3] = {255, 220, 0};
	const int w = m->cols, h = 2 * m->rows;
	const int left = box->left * w / im->width, right = box->right * w / im->width;
	const int top = box->top * h / im->height, bottom = box->bottom * h / im->height;
	for (int x = left; x <= right; x++) {
		memcpy(field_of(m, look, x, top), bright, sizeof bright);
		memcpy(field_of(m, look, x, bottom), bright, sizeof bright);
	}
	for (int y = top; y <= bottom; y++) {
		memcpy(field_of(m, look, left, y), bright, sizeof bright);
		memcpy(field_of(m, look, right, y), bright, sizeof bright);
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
