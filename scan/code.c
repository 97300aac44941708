#include "scan/code.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "scan/camera_wire.h"
#include "scan/crowd.h"
#include "scan/eci.h"
#include "scan/enhance.h"
#include "scan/finder.h"
#include "scan/pdf417.h"
#include "scan/qr_zbar.h"
#include "scan/zxing.h"

enum {
	SIDE_MIN = 21, /* the modules of the smallest QR code there is (ISO/IEC 18004, version 1) */
	/* Of a camera's picture: fifteen pictures a second leave 66 ms for all that is done with one. */
	BUDGET_MS = 25,
	POSTPONED_MOST = 4, /* pictures that a retry waits for one that leaves time enough for it */
	/* Beside a QR code others are looked for in one of so many pictures, and PDF417 without one in every second: a licence is held up for a while. */
	BESIDE_EVERY = 4,
	ALONE_EVERY = 2,
	QR_PATTERNS = 3, /* that a QR code has: where fewer are seen PDF417 goes first */
	SECOND_EVERY = 4, /* libzxing's opinion on PDF417 */
	BLIND_EVERY = 8, /* retries where nothing looks like a code */
	PLACES_AREAS = 8, /* of a crowd as many places are read as cover it so often */
	/* Patterns in one that ZBar is still given: a code has three. Of tiles it takes 40 ms for each place (soak-scan found it). */
	PLACE_FOR_ZBAR = 12,
	PLACES_FOR_ZBAR = 8, /* of a picture: each of them may take 300 ms */
	SMALL_MOST = 640 * 480, /* pixels; what is larger needs no doubling */
	WHOLE_MOST =
	    1280 * 720, /* pixels that ZBar looks at while somebody waits for the next picture */
};

enum retry_reader { BY_ZXING, BY_ZBAR };

/* By what it costs and what it has been seen to win: all for QR codes. */
static const struct retry {
	enum retry_reader reader;
	bool plain; /* the picture as it is, not in this way: */
	bool blind; /* also where nothing looks like a code */
	enum enhance_way way;
	int pixels_most; /* 0: any */
} retries[] = {
    {.reader = BY_ZXING, .way = ENHANCE_QUARTER},
    {.reader = BY_ZXING, .way = ENHANCE_HALF},
    {.reader = BY_ZXING, .way = ENHANCE_DARK, .blind = true},
    {.reader = BY_ZXING, .way = ENHANCE_INVERT},
    {.reader = BY_ZXING, .way = ENHANCE_SHARPEN},
    {.reader = BY_ZBAR, .way = ENHANCE_HALF},
    {.reader = BY_ZXING, .way = ENHANCE_STRETCH},
    {.reader = BY_ZXING, .way = ENHANCE_BLUR},
    {.reader = BY_ZXING, .way = ENHANCE_SMALLER},
    {.reader = BY_ZBAR, .plain = true, .pixels_most = WHOLE_MOST},
    {.reader = BY_ZXING, .way = ENHANCE_DOUBLE, .pixels_most = SMALL_MOST},
    {.reader = BY_ZXING, .way = ENHANCE_TURN},
    {.reader = BY_ZBAR, .way = ENHANCE_INVERT, .pixels_most = WHOLE_MOST},
};
enum { RETRIES = sizeof retries / sizeof retries[0] };

struct code_reader {
	struct qr_zbar *zbar;
	struct pdf417_reader *pdf417;
	struct finder finder;
	struct crowd crowd;
	struct crowd_places places;
	struct image better;
	struct image softer;
	struct zxing_code zxing[ZXING_CODES_MAX], zxing_softer[ZXING_CODES_MAX];
	uint8_t bytes[CODES_MAX][CAMERA_CODE_MAX]; /* what the codes told last say */
	uint8_t text[CAMERA_CODE_MAX]; /* one of them in UTF-8 */
	unsigned pictures; /* live ones, counted */
	int next; /* of retries, on the next picture */
	int left; /* of retries, until all were tried on what is in view */
	int postponed;
	int place,
	    places_left; /* of a crowd: the next one; until all were read of what is in view */
	int cost_ms[RETRIES]; /* when it was tried last */
	bool unsure;
};

_Static_assert((int)PDF417_BYTES_MAX <= (int)CAMERA_CODE_MAX, "a symbol fits into a frame");
_Static_assert((int)ZXING_BYTES_MAX == (int)CAMERA_CODE_MAX, "what fits into a frame is read");

struct code_reader *code_reader_new(void)
{
	struct code_reader *r = mem_new(1, sizeof *r);
	r->zbar = qr_zbar_new();
	r->pdf417 = pdf417_reader_new();
	return r;
}

void code_reader_free(struct code_reader *own_r)
{
	if (own_r == NULL)
		return;
	qr_zbar_free(own_r->zbar);
	pdf417_reader_free(own_r->pdf417);
	finder_fini(&own_r->finder);
	image_fini(&own_r->better);
	image_fini(&own_r->softer);
	explicit_bzero(own_r, sizeof *own_r);
	free(own_r);
}

static int within(int n, int end)
{
	return n < 0 ? 0 : n >= end ? end - 1 : n;
}

void code_box_add(struct code_box *b, int x, int y, const struct image *im)
{
	x = within(x, im->width);
	y = within(y, im->height);
	b->left = x < b->left ? x : b->left;
	b->right = x > b->right ? x : b->right;
	b->top = y < b->top ? y : b->top;
	b->bottom = y > b->bottom ? y : b->bottom;
}

/* --- one reader on one picture ------------------------------------------------------------------- */

/* What is found, and where to put it. */
struct found {
	struct code_reader *r;
	const struct image *im; /* where boxes lie */
	struct enhance_back back; /* from the picture that was looked at */
	struct code *codes;
	int n;
	bool crowded; /* libzxing was not asked: scan/crowd.h */
};

/* Of which there are only so many, each once. */
static bool add(struct found *f, enum code_kind kind, const uint8_t *bytes, size_t len)
{
	if (f->n == CODES_MAX || len < 1 || len > CAMERA_CODE_MAX)
		return false;
	for (int i = 0; i < f->n; i++)
		if (f->codes[i].kind == kind && f->codes[i].len == len &&
		    memcmp(f->codes[i].bytes, bytes, len) == 0)
			return false;
	memcpy(f->r->bytes[f->n], bytes, len);
	f->codes[f->n] = (struct code){.kind = kind,
	    .bytes = f->r->bytes[f->n],
	    .len = len,
	    .box = {f->im->width - 1, f->im->height - 1, 0, 0}};
	f->n++;
	return true;
}

/* In UTF-8 where the code says what its bytes are and they are that; else as they stand. */
static bool add_text(struct found *f, enum code_kind kind, const struct eci_bytes *said)
{
	size_t len;
	if (said->n_marks > 0 && eci_to_utf8(said, f->r->text, sizeof f->r->text, &len))
		return add(f, kind, f->r->text, len);
	return add(f, kind, said->at, said->len);
}

/* A corner of the last one, within what is meant by "far outside". */
static void corner(struct found *f, float x, float y)
{
	const struct enhance_back *b = &f->back;
	const float far = 4 * IMAGE_SIDE_MAX;
	const float u = b->a * x + b->b * y + b->c, v = b->d * x + b->e * y + b->f;
	code_box_add(&f->codes[f->n - 1].box, u > -far ? (int)(u < far ? u : far) : -1,
	    v > -far ? (int)(v < far ? v : far) : -1, f->im);
}

static int area(const struct code_box *b)
{
	return (b->right - b->left) * (b->bottom - b->top);
}

/*
 * No code lies upon another: where the last one's middle is within one that was found before it, one of them is a misreading, or the smaller one is drawn
 * within the other's modules. That one is told.
 */
static void settle(struct found *f)
{
	const struct code *last = &f->codes[f->n - 1];
	const int x = (last->box.left + last->box.right) / 2,
		  y = (last->box.top + last->box.bottom) / 2;
	for (int i = 0; i + 1 < f->n; i++) {
		struct code *c = &f->codes[i];
		if (x <= c->box.left || x >= c->box.right || y <= c->box.top || y >= c->box.bottom)
			continue;
		if (area(&last->box) < area(&c->box)) {
			memcpy(f->r->bytes[i], last->bytes, last->len);
			*c = *last;
			c->bytes = f->r->bytes[i];
		}
		f->n--;
		return;
	}
}

static void add_zxing(struct found *f, enum code_kind kind, const struct zxing_code *z)
{
	if (!add_text(f, kind, &(struct eci_bytes){z->bytes, z->len, z->eci, z->n_eci}))
		return;
	for (int k = 0; k < 4; k++)
		corner(f, (float)z->x[k], (float)z->y[k]);
	settle(f);
}

/* Its cost grows with the finder patterns that there are. */
static void by_zxing_among(struct found *f, const struct image *im, int patterns)
{
	const struct zxing_code *z = f->r->zxing;
	if (im->width < SIDE_MIN || im->height < SIDE_MIN)
		return;
	f->crowded = patterns > CROWD_FOR_ZXING;
	if (f->crowded)
		return;
	const int n = zxing_read(im->grey, im->width, im->height, ZXING_QR, f->r->zxing);
	for (int i = 0; i < n; i++)
		add_zxing(f, CODE_QR, &z[i]);
	explicit_bzero(f->r->zxing, (size_t)n * sizeof *z);
}

static void by_zxing(struct found *f, const struct image *im)
{
	by_zxing_among(f, im, crowd_count(&f->r->crowd, &f->r->finder, im));
}

static bool has_corners(const struct zxing_code *z)
{
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			if (z->x[i] == z->x[k] && z->y[i] == z->y[k])
				return false;
	return true;
}

static bool has(const struct zxing_code *codes, int n, const struct zxing_code *z)
{
	for (int i = 0; i < n; i++)
		if (codes[i].len == z->len && memcmp(codes[i].bytes, z->bytes, z->len) == 0)
			return true;
	return false;
}

/* Of PDF417 libzxing takes noise for a small symbol now and then (soak-scan found it): it is believed what it also sees in a picture that is a little
 * softer. */
static void by_zxing_pdf417(struct found *f, const struct image *im)
{
	struct code_reader *r = f->r;
	struct enhance_back same;
	if (im->width < SIDE_MIN || im->height < SIDE_MIN)
		return;
	const int n = zxing_read(im->grey, im->width, im->height, ZXING_PDF417, r->zxing);
	if (n == 0)
		return;
	enhance(&r->softer, im, ENHANCE_BLUR, &same);
	const int m = zxing_read(
	    r->softer.grey, r->softer.width, r->softer.height, ZXING_PDF417, r->zxing_softer);
	for (int i = 0; i < n; i++)
		if (has_corners(&r->zxing[i]) && has(r->zxing_softer, m, &r->zxing[i]))
			add_zxing(f, CODE_PDF417, &r->zxing[i]);
	explicit_bzero(r->zxing, sizeof r->zxing);
	explicit_bzero(r->zxing_softer, sizeof r->zxing_softer);
}

static void by_zbar(struct found *f, const struct image *im)
{
	struct code codes[CODES_MAX];
	if (crowd_count(&f->r->crowd, &f->r->finder, im) > CROWD_FOR_ZBAR)
		return;
	const int n = qr_zbar_read(f->r->zbar, im, codes);
	for (int i = 0; i < n; i++) {
		const struct code_box *b = &codes[i].box;
		if (!add(f, CODE_QR, codes[i].bytes, codes[i].len))
			continue;
		corner(f, (float)b->left, (float)b->top);
		corner(f, (float)b->right, (float)b->top);
		corner(f, (float)b->right, (float)b->bottom);
		corner(f, (float)b->left, (float)b->bottom);
		settle(f);
	}
}

typedef int pdf417_read(
    struct pdf417_reader *, const struct image *, const struct pdf417_symbol **);

/* Symbols that say something to us. */
static void by_pdf417(struct found *f, pdf417_read *read)
{
	const struct pdf417_symbol *s;
	const int n = read(f->r->pdf417, f->im, &s);
	for (int i = 0; i < n; i++) {
		const struct pdf417_text *t = &s[i].text;
		const enum code_kind kind =
		    s[i].code == ERR_OK && !t->reader_init ? CODE_PDF417 : CODE_STRAY;
		if ((s[i].code != ERR_OK && s[i].code != ERR_UNSUPPORTED) ||
		    !add_text(f, kind, &(struct eci_bytes){t->bytes, t->len, t->eci, t->n_eci}))
			continue;
		for (int k = 0; k < 4; k++)
			corner(f, s[i].corners[k].x, s[i].corners[k].y);
		settle(f);
	}
}

/* A reader on the half of a large picture. */
static void by_half(struct found *f, int pixels_most, enum retry_reader reader)
{
	const struct image *im = f->im;
	if (im->width * im->height > pixels_most) {
		enhance(&f->r->better, im, ENHANCE_HALF, &f->back);
		im = &f->r->better;
	}
	if (reader == BY_ZBAR)
		by_zbar(f, im);
	else
		by_zxing_pdf417(f, im);
	f->back = (struct enhance_back){1, 0, 0, 0, 1, 0};
}

/* libzxing's opinion on PDF417, where ends of a symbol were seen and nothing was read: it follows paper that is not flat. In a half it is as good. */
static void second_opinion(struct found *f)
{
	if (pdf417_reader_unsure(f->r->pdf417))
		by_half(f, SMALL_MOST, BY_ZXING);
}

/* Codes beside those that libzxing has read: of many it reads few. */
static void beside(struct found *f)
{
	if (finder_likely(&f->r->finder, f->im, f->codes, f->n))
		by_half(f, WHOLE_MOST, BY_ZBAR);
}

/* --- retries ------------------------------------------------------------------------------------ */

static void again(struct found *f, const struct retry *retry)
{
	const struct image *im = f->im;
	if (im->width < SIDE_MIN || im->height < SIDE_MIN)
		return;
	if (retry->pixels_most > 0 && im->width * im->height > retry->pixels_most)
		return;
	if (!retry->plain) {
		enhance(&f->r->better, im, retry->way, &f->back);
		im = &f->r->better;
	}
	switch (retry->reader) {
	case BY_ZXING: by_zxing(f, im); break;
	case BY_ZBAR: by_zbar(f, im); break;
	}
	f->back = (struct enhance_back){1, 0, 0, 0, 1, 0};
}

/* Quickly done, and what looks like a code then did not before. */
static void blindly(struct found *f)
{
	for (int i = 0; i < RETRIES && f->n == 0; i++)
		if (retries[i].blind)
			again(f, &retries[i]);
}

static struct found begin(struct code_reader *r, const struct image *im, struct code *codes)
{
	explicit_bzero(r->bytes, sizeof r->bytes);
	return (struct found){.r = r, .im = im, .back = {1, 0, 0, 0, 1, 0}, .codes = codes};
}

/* --- a crowd ------------------------------------------------------------------------------------ */

static void by_place(struct found *f, const struct code_box *b, int *for_zbar)
{
	struct image *part = &f->r->better;
	struct err e;
	const int before = f->n;
	if (image_resize(part, b->right - b->left + 1, b->bottom - b->top + 1, &e) != ERR_OK)
		return;
	for (int y = 0; y < part->height; y++)
		memcpy(part->grey + (size_t)y * (size_t)part->width,
		    f->im->grey + (size_t)(b->top + y) * (size_t)f->im->width + (size_t)b->left,
		    (size_t)part->width);
	f->back = (struct enhance_back){1, 0, (float)b->left, 0, 1, (float)b->top};
	by_zxing(f, part);
	if (f->n == before && *for_zbar > 0 &&
	    crowd_count(&f->r->crowd, &f->r->finder, part) <= PLACE_FOR_ZBAR) {
		--*for_zbar;
		by_zbar(f, part);
	}
	f->back = (struct enhance_back){1, 0, 0, 0, 1, 0};
}

/* The places of a crowd, the next ones first: those that there is time for by clock, or as many as a picture may cost that nobody waits for. */
static void by_places(struct found *f, const struct clock *clock)
{
	const int64_t start_ms = clock != NULL ? clock_mono(clock) : 0;
	struct code_reader *r = f->r;
	int64_t pixels = (int64_t)PLACES_AREAS * f->im->width * f->im->height;
	int for_zbar = PLACES_FOR_ZBAR;
	crowd_find_places(&r->crowd, f->im, &r->places);
	for (int i = 0; i < r->places.n && f->n < CODES_MAX && pixels > 0; i++) {
		r->place = r->place < r->places.n ? r->place : 0;
		const struct code_box *b = &r->places.at[r->place++];
		by_place(f, b, &for_zbar);
		pixels -= area(b);
		r->places_left -= r->places_left > 0;
		if (clock != NULL && clock_mono(clock) - start_ms > BUDGET_MS)
			return;
	}
	r->places_left = 0;
}

int code_reader_read(struct code_reader *r, const struct image *im, struct code codes[CODES_MAX])
{
	struct found f = begin(r, im, codes);
	by_zxing(&f, im);
	const bool crowded = f.crowded;
	r->place = 0;
	if (crowded)
		by_places(&f, NULL);
	else if (f.n > 0)
		beside(&f);
	const int others = f.n;
	by_pdf417(&f, pdf417_reader_read);
	if (f.n == others)
		second_opinion(&f);
	if (others > 0 || crowded)
		return f.n;
	if (f.n == 0 && finder_likely(&r->finder, im, NULL, 0))
		for (int i = 0; i < RETRIES && f.n == 0; i++)
			again(&f, &retries[i]);
	else
		blindly(&f);
	return f.n;
}

/* Those that there is time for, or one that has waited for long enough. */
static void retry_live(struct found *f, const struct clock *clock, int64_t start_ms)
{
	struct code_reader *r = f->r;
	for (int tried = 0; tried < RETRIES && f->n == 0; tried++) {
		const int64_t at_ms = clock_mono(clock);
		const int i = r->next;
		if (at_ms - start_ms + r->cost_ms[i] > BUDGET_MS) {
			if (tried > 0 || r->postponed++ < POSTPONED_MOST)
				return;
			r->postponed = 0;
		}
		again(f, &retries[i]);
		r->cost_ms[i] = (int)(clock_mono(clock) - at_ms);
		r->next = (i + 1) % RETRIES;
		r->left -= r->left > 0;
	}
}

/* All that is done with a crowded picture of a camera's. */
static void by_crowd_live(struct found *f, const struct clock *clock, unsigned nth)
{
	struct code_reader *r = f->r;
	by_places(f, clock);
	r->unsure = f->n == 0 && r->places_left > 0;
	if (f->n > 0 ? nth % BESIDE_EVERY == 2 : nth % ALONE_EVERY == 0)
		by_pdf417(f, pdf417_reader_glance);
	if (f->n == 0 && nth % SECOND_EVERY == 0)
		second_opinion(f);
}

int code_reader_read_live(struct code_reader *r, const struct image *im,
    struct code codes[CODES_MAX], const struct clock *clock, bool same)
{
	const int64_t start_ms = clock_mono(clock);
	const unsigned nth = r->pictures++;
	struct found f = begin(r, im, codes);
	r->unsure = false;
	if (!same) {
		r->left = RETRIES;
		r->places_left = CROWD_PLACES_MAX;
	}
	const int patterns = crowd_count(&r->crowd, &r->finder, im);
	const bool first = r->crowd.n < QR_PATTERNS, due = nth % ALONE_EVERY == 0;
	if (due && first)
		by_pdf417(&f, pdf417_reader_glance);
	if (f.n > 0)
		return f.n;
	by_zxing_among(&f, im, patterns);
	if (f.crowded) {
		by_crowd_live(&f, clock, nth);
		return f.n;
	}
	if (f.n > 0) {
		if (nth % BESIDE_EVERY == 2)
			by_pdf417(&f, pdf417_reader_glance);
		if (nth % BESIDE_EVERY == 1)
			beside(&f);
		return f.n;
	}
	if (due && !first)
		by_pdf417(&f, pdf417_reader_glance);
	if (f.n == 0 && nth % SECOND_EVERY == 0) /* of the pictures of which ours has one */
		second_opinion(&f);
	if (f.n > 0)
		return f.n;
	const bool likely = finder_likely(&r->finder, im, NULL, 0);
	const bool blind = !likely && nth % BLIND_EVERY == 0;
	if (blind)
		blindly(&f);
	if (likely || (blind && f.n == 0))
		retry_live(&f, clock, start_ms);
	r->unsure = likely && f.n == 0 && r->left > 0;
	return f.n;
}

bool code_reader_unsure(const struct code_reader *r)
{
	return r->unsure;
}
