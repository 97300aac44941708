#include "pdf417_make.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zint.h>

#include "base/str.h"

uint32_t make_random(struct make_random *r)
{
	/* xorshift32 */
	r->state = r->state == 0 ? 1 : r->state;
	r->state ^= r->state << 13;
	r->state ^= r->state >> 17;
	r->state ^= r->state << 5;
	return r->state;
}

int make_between(struct make_random *r, int low, int high)
{
	return low + (int)(make_random(r) % (unsigned)(high - low + 1));
}

/* --- payloads ------------------------------------------------------------------------------- */

static size_t put(uint8_t *bytes, size_t at, const char *text)
{
	memcpy(bytes + at, text, strlen(text));
	return at + strlen(text);
}

/* As an AAMVA licence: three-letter names, capitals, digits, line feeds. */
static size_t licence(struct make_random *r, uint8_t *bytes, size_t most)
{
	static const char *const names[] = {"DCS", "DAC", "DAD", "DBD", "DBB", "DBA", "DBC", "DAU",
	    "DAY", "DAG", "DAI", "DAJ", "DAK", "DAQ", "DCF", "DCG", "DDE", "DCK"};
	size_t n = put(bytes, 0, "@\n\x1e\rANSI 636000090002DL00410278ZV03190008DL");
	for (size_t i = 0; i < sizeof names / sizeof *names && n + 32 < most; i++) {
		n = put(bytes, n, names[i]);
		const bool digits = make_between(r, 0, 1) == 0;
		for (int k = make_between(r, 1, 20); k > 0; k--)
			bytes[n++] = (uint8_t)(digits ? make_between(r, '0', '9')
						      : make_between(r, 'A', 'Z'));
		bytes[n++] = '\n';
	}
	bytes[n - 1] = '\r';
	return n;
}

size_t make_payload(struct make_random *r, enum make_payload kind, uint8_t *bytes, size_t most)
{
	if (kind == MAKE_LICENCE && most >= 100)
		return licence(r, bytes, most);
	const size_t n = (size_t)make_between(r, 1, (int)most);
	for (size_t i = 0; i < n; i++) {
		const enum make_payload k =
		    kind != MAKE_MIXED
			? kind
			: (enum make_payload)(make_random(r) >> (i % 7)) % MAKE_MIXED;
		bytes[i] = (uint8_t)(k == MAKE_DIGITS   ? make_between(r, '0', '9')
				     : k == MAKE_BINARY ? make_between(r, 0, 255)
				     : k == MAKE_TEXT   ? make_between(r, ' ', '~')
							: make_between(r, 'A', 'Z'));
	}
	return n;
}

/* --- symbols ------------------------------------------------------------------------------------ */

static void take_modules(struct make_symbol *s, const struct zint_symbol *z)
{
	s->rows = z->rows;
	s->width = z->width;
	assert_in_range(s->rows, 3, MAKE_ROWS_MAX);
	assert_in_range(s->width, 17 * 3 + 1, MAKE_MODULES_MAX);
	for (int y = 0; y < s->rows; y++)
		for (int x = 0; x < s->width; x++)
			s->dark[y][x] = z->encoded_data[y][x / 8] >> (x % 8) & 1;
}

bool make_symbol(struct make_symbol *s, const uint8_t *bytes, size_t n, const struct make_how *how)
{
	struct zint_symbol *z = ZBarcode_Create();
	assert_non_null(z);
	z->symbology = how->compact ? BARCODE_PDF417COMP : BARCODE_PDF417;
	z->input_mode = DATA_MODE;
	z->option_1 = how->level;
	z->option_2 = how->columns;
	z->eci = how->eci;
	if (how->reader_init)
		z->output_options |= READER_INIT;
	z->structapp.index = how->macro_index;
	z->structapp.count = how->macro_count;
	uint8_t *source = mem_new(n + 1, 1);
	memcpy(source, bytes, n);
	const bool ok = ZBarcode_Encode(z, source, (int)n) < ZINT_ERROR;
	if (ok)
		take_modules(s, z);
	free(source);
	ZBarcode_Delete(z);
	return ok;
}

/* --- pictures ---------------------------------------------------------------------------------------- */

struct view {
	const struct make_view *v;
	const struct make_symbol *s;
	double cosine, sine, tilt_x, tilt_y;
};

static bool module_at(const struct make_symbol *s, double x, double y)
{
	return x >= 0 && y >= 0 && x < s->width && y < s->rows && s->dark[(int)y][(int)x];
}

/* The other way: which module does this place of the picture show? */
static bool dark_at(const struct view *w, double x, double y)
{
	const double px = x - w->v->width / 2.0, py = y - w->v->height / 2.0;
	double mx = px * w->cosine + py * w->sine, my = py * w->cosine - px * w->sine;
	const double near = 1 - mx * w->tilt_x - my * w->tilt_y;
	mx = mx / near / w->v->module * (w->v->mirrored ? -1 : 1) + w->s->width / 2.0;
	my = my / near / w->v->module / w->v->row + w->s->rows / 2.0;
	const double ink = fabs(w->v->ink);
	if (near <= 0)
		return false;
	const bool before = module_at(w->s, mx - ink, my), after = module_at(w->s, mx + ink, my);
	return w->v->ink < 0 ? before && after : before || after;
}

static void draw(struct image *im, const struct view *w, int black, int white)
{
	enum { FINE = 4 };
	for (int y = 0; y < im->height; y++)
		for (int x = 0; x < im->width; x++) {
			int dark = 0;
			for (int i = 0; i < FINE * FINE; i++)
				dark += dark_at(
				    w, x + (i % FINE + 0.5) / FINE, y + (i / FINE + 0.5) / FINE);
			im->grey[y * im->width + x] =
			    (uint8_t)(white + (black - white) * dark / (FINE * FINE));
		}
}

/* One direction of a Gaussian. */
static void blur_line(uint8_t *at, int n, int step, const float *weight, int radius)
{
	static uint8_t line[IMAGE_SIDE_MAX];
	for (int i = 0; i < n; i++)
		line[i] = at[i * step];
	for (int i = 0; i < n; i++) {
		float sum = 0;
		for (int k = -radius; k <= radius; k++) {
			const int j = i + k < 0 ? 0 : i + k >= n ? n - 1 : i + k;
			sum += weight[abs(k)] * line[j];
		}
		at[i * step] = (uint8_t)lrintf(sum);
	}
}

static void blur(struct image *im, double sigma)
{
	enum { RADIUS_MAX = 24 };
	float weight[RADIUS_MAX + 1], sum = 0;
	const int radius = sigma * 3 + 1 > RADIUS_MAX ? RADIUS_MAX : (int)(sigma * 3 + 1);
	for (int k = -radius; k <= radius; k++) {
		weight[abs(k)] = expf((float)(-k * k / (2 * sigma * sigma)));
		sum += weight[abs(k)];
	}
	for (int k = 0; k <= radius; k++)
		weight[k] /= sum;
	for (int y = 0; y < im->height; y++)
		blur_line(im->grey + y * im->width, im->width, 1, weight, radius);
	for (int x = 0; x < im->width; x++)
		blur_line(im->grey + x, im->height, im->width, weight, radius);
}

void make_view(struct image *im, const struct make_symbol *s, const struct make_view *v)
{
	struct err e;
	const double angle = v->angle * M_PI / 180, to = v->tilt_angle * M_PI / 180;
	const double w = s->width * v->module / 2, h = s->rows * v->row * v->module / 2;
	const double reach = fabs(w * cos(to)) + fabs(h * sin(to));
	const struct view how = {.v = v,
	    .s = s,
	    .cosine = cos(angle),
	    .sine = sin(angle),
	    .tilt_x = v->tilt / 2 / reach * cos(to),
	    .tilt_y = v->tilt / 2 / reach * sin(to)};
	const bool usual = v->black == 0 && v->white == 0;
	assert_int_equal(image_resize(im, v->width, v->height, &e), ERR_OK);
	draw(im, &how, usual ? 30 : v->black, usual ? 220 : v->white);
	if (v->blur > 0)
		blur(im, v->blur);
	struct make_random r = {2463534242};
	for (int i = 0; i < v->width * v->height && v->noise > 0; i++) {
		const int level = im->grey[i] + make_between(&r, -v->noise, v->noise);
		im->grey[i] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
	}
}

void make_view_fit(struct make_view *v, const struct make_symbol *s)
{
	const double angle = v->angle * M_PI / 180, more = 1 + v->tilt;
	const double w = (s->width + 8) * v->module * more,
		     h = (s->rows * v->row + 8) * v->module * more;
	v->width = (int)ceil(fabs(w * cos(angle)) + fabs(h * sin(angle)));
	v->height = (int)ceil(fabs(w * sin(angle)) + fabs(h * cos(angle)));
}

void make_glare(struct image *im, int x, int y, int radius)
{
	for (int row = 0; row < im->height; row++)
		for (int col = 0; col < im->width; col++) {
			const double far = hypot(col - x, row - y) / radius;
			uint8_t *g = &im->grey[row * im->width + col];
			if (far < 1.5)
				*g = (uint8_t)(*g + (255 - *g) * (far < 1 ? 1 : (1.5 - far) * 2));
		}
}
