/*
 * pdf417_sets [-w FOLDER] [SET…]: how well scan/pdf417 reads. Each set is told in two lines, one for a whole reading and one for a glance: pictures,
 * reads, wrong reads, mean and 99th percentile in milliseconds of processor time. Without a SET, pictures are made here, of symbols by libzint; a SET is a
 * folder of pictures (PNG, JPEG, PGM), each with what it says beside it in NAME.txt or NAME.bin; a picture without is one in which nothing is to be read.
 * -w: the pictures made here are also written to this folder, for other readers.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "scan/pdf417.h"
#include "scan/picture.h"
#include "tests/unit/scan/pdf417_make.h"

enum { TIMES_MAX = 1024, ROUNDS = 3 };

struct said {
	bool any;
	size_t n;
	uint8_t bytes[PDF417_BYTES_MAX];
};

/* One way to read, and what came of it. */
struct eye {
	const char *name;
	int (*read)(
	    struct pdf417_reader *r, const struct image *im, const struct pdf417_symbol **symbols);
	int reads, wrong;
	double ms[TIMES_MAX];
};

struct set {
	const char *name;
	const char *folder; /* to write to; NULL: nowhere */
	struct pdf417_reader *reader;
	struct image im;
	int pictures;
	struct eye eyes[2];
};

static double cpu_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- one picture ------------------------------------------------------------------------------- */

/* Byte for byte, or as text in UTF-8. */
static bool says(const struct pdf417_text *t, const struct said *want)
{
	static uint8_t text[4 * PDF417_BYTES_MAX];
	const struct eci_bytes said = {t->bytes, t->len, t->eci, t->n_eci};
	size_t n;
	return (t->len == want->n && memcmp(t->bytes, want->bytes, want->n) == 0) ||
	       (eci_to_utf8(&said, text, sizeof text, &n) && n == want->n &&
		   memcmp(text, want->bytes, n) == 0);
}

static void keep_picture(const struct set *s, const struct said *want)
{
	char path[PATH_MAX], head[64];
	struct str_buf b = STR_BUF_INIT;
	struct err e;
	(void)str_print(head, sizeof head, "P5\n%d %d\n255\n", s->im.width, s->im.height);
	b.max = SIZE_MAX / 2;
	bool ok = str_buf_add(&b, head, strlen(head)) &&
		  str_buf_add(&b, s->im.grey, (size_t)s->im.width * (size_t)s->im.height) &&
		  str_print(path, sizeof path, "%s/%s-%03d.pgm", s->folder, s->name, s->pictures) &&
		  path_write(path, b.data, b.len, 0644, &e) == ERR_OK;
	if (want->any)
		ok = ok &&
		     str_print(
			 path, sizeof path, "%s/%s-%03d.txt", s->folder, s->name, s->pictures) &&
		     path_write(path, want->bytes, want->n, 0644, &e) == ERR_OK;
	str_buf_fini(&b);
	if (!ok)
		fprintf(stderr, "%s: cannot be written\n", path);
}

static void show_to(struct eye *y, const struct set *s, const struct said *want, const char *what)
{
	const struct pdf417_symbol *found;
	double best = INFINITY;
	int n = 0, right = 0, wrong = 0;
	for (int i = 0; i < ROUNDS; i++) {
		const double start = cpu_ms();
		n = y->read(s->reader, &s->im, &found);
		best = fmin(best, cpu_ms() - start);
	}
	for (int i = 0; i < n; i++) {
		const bool part = found[i].code == ERR_UNSUPPORTED; /* of Macro PDF417 */
		const bool ok =
		    want->any && (found[i].code == ERR_OK || part) && says(&found[i].text, want);
		if (ok && part)
			printf("  %s %s is a part of several\n", s->name, what);
		right += ok;
		wrong += !ok;
	}
	if (wrong > 0 || (want->any && right == 0))
		printf(
		    "  %s %s %s (%s)\n", s->name, what, wrong > 0 ? "WRONG" : "not read", y->name);
	y->reads += right > 0;
	y->wrong += wrong > 0;
	if (s->pictures < TIMES_MAX)
		y->ms[s->pictures] = best;
}

static void show(struct set *s, const struct said *want, const char *what)
{
	if (s->folder != NULL)
		keep_picture(s, want);
	for (size_t i = 0; i < sizeof s->eyes / sizeof *s->eyes; i++)
		show_to(&s->eyes[i], s, want, what);
	s->pictures++;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void tell(struct set *s)
{
	const int n = s->pictures < TIMES_MAX ? s->pictures : TIMES_MAX;
	for (size_t k = 0; k < sizeof s->eyes / sizeof *s->eyes; k++) {
		struct eye *y = &s->eyes[k];
		double sum = 0;
		qsort(y->ms, (size_t)n, sizeof *y->ms, by_value);
		for (int i = 0; i < n; i++)
			sum += y->ms[i];
		printf(
		    "%-16s %-6s %4d pictures  %4d read  %2d wrong  mean %6.2f ms  p99 %6.2f ms\n",
		    s->name, y->name, s->pictures, y->reads, y->wrong, n > 0 ? sum / n : 0,
		    n > 0 ? y->ms[(n * 99 - 1) / 100] : 0);
		y->reads = y->wrong = 0;
	}
	s->pictures = 0;
}

/* --- pictures made here --------------------------------------------------------------------------- */

/* A rendering turned by a program that draws: between four pixels of it, white around it. Blacks and whites are those of paper. */
static void turn(struct image *im, const struct image *flat, double angle)
{
	const double c = cos(angle * M_PI / 180), n = sin(angle * M_PI / 180);
	for (int y = 0; y < im->height; y++)
		for (int x = 0; x < im->width; x++) {
			const double px = x - (im->width - 1) / 2.0,
				     py = y - (im->height - 1) / 2.0;
			const double fx = px * c + py * n + (flat->width - 1) / 2.0,
				     fy = py * c - px * n + (flat->height - 1) / 2.0;
			const int left = (int)floor(fx), top = (int)floor(fy);
			double level = 0;
			for (int k = 0; k < 4; k++) {
				const int col = left + k % 2, row = top + k / 2;
				const bool on =
				    col >= 0 && row >= 0 && col < flat->width && row < flat->height;
				const double share = (k % 2 ? fx - left : 1 - fx + left) *
						     (k / 2 ? fy - top : 1 - fy + top);
				level += share * (on ? flat->grey[row * flat->width + col] : 255);
			}
			im->grey[y * im->width + x] = (uint8_t)lrint(level);
		}
}

/* As a licence says it, with its 327 bytes in 26 rows. */
static void licence(struct said *want, struct make_symbol *symbol, struct make_random *r)
{
	want->any = true;
	do
		want->n = make_payload(r, MAKE_LICENCE, want->bytes, 327);
	while (want->n < 260 || !make_symbol(symbol, want->bytes, want->n,
				    &(struct make_how){.level = 5, .columns = 10}));
}

/* 120 pictures: rows 3, 4 and 6 modules high, 2 to 4 pixels a module, turned by from … to degrees and by quarters of a turn. */
static void turned(struct set *s, const char *name, double from, double to, bool quarters)
{
	static const int rows[] = {3, 4, 6}, modules[] = {2, 3, 4};
	struct make_random r = {17};
	struct image flat = {0};
	struct said want;
	struct make_symbol symbol;
	struct err e;
	char what[64];
	s->name = name;
	for (int i = 0; i < 120; i++) {
		const double angle =
		    from + (to - from) * (i % 40) / 39 + (quarters ? i % 4 * 90 : 0);
		struct make_view v = {
		    .module = modules[i / 3 % 3], .row = rows[i % 3], .white = 255};
		licence(&want, &symbol, &r);
		make_view_fit(&v, &symbol);
		make_view(&flat, &symbol, &v);
		v.angle = angle;
		make_view_fit(&v, &symbol);
		if (image_resize(&s->im, v.width, v.height, &e) != ERR_OK)
			abort();
		turn(&s->im, &flat, angle);
		(void)str_print(what, sizeof what, "%d: %.1f degrees, %.0f pixels, row %.0f", i,
		    angle, v.module, v.row);
		show(s, &want, what);
	}
	image_fini(&flat);
	tell(s);
}

/* What differs from one set of views to the next. */
struct views {
	const char *name;
	struct make_view view;
	double angle; /* up to this, from its negative */
	int glare; /* hundredths of the symbol's height: radius */
	bool fit; /* else the picture is as large as the view says */
};

static const struct views views[] = {
    {"tilted 15 %", {.module = 2.5, .row = 3, .tilt = 0.15, .noise = 6}, 12, 0, true},
    {"tilted 15 % 45", {.module = 3, .row = 3, .tilt = 0.15, .noise = 6}, 45, 0, true},
    {"two pixels", {.module = 2, .row = 3, .noise = 6}, 12, 0, true},
    {"two pixels 45", {.module = 2, .row = 3, .noise = 6, .blur = 0.5}, 45, 0, true},
    {"blurred", {.module = 3, .row = 3, .noise = 4, .blur = 1.3}, 12, 0, true},
    {"noisy", {.module = 2.5, .row = 3, .noise = 45}, 20, 0, true},
    {"faint", {.module = 2.5, .row = 3, .noise = 2, .black = 105, .white = 130}, 20, 0, true},
    {"glare", {.module = 2.5, .row = 3, .noise = 6}, 20, 30, true},
    {"640x480", {.width = 640, .height = 480, .module = 2, .row = 3, .noise = 6}, 12, 0, false},
    {"1280x720", {.width = 1280, .height = 720, .module = 3, .row = 3, .noise = 6}, 12, 0, false},
};

static void viewed(struct set *s, const struct views *k)
{
	struct make_random r = {23};
	struct make_symbol symbol;
	struct said want;
	char what[64];
	s->name = k->name;
	for (int i = 0; i < 80; i++) {
		struct make_view v = k->view;
		licence(&want, &symbol, &r);
		v.angle = k->angle * make_between(&r, -1000, 1000) / 1000;
		v.tilt_angle = make_between(&r, 0, 359);
		if (k->fit)
			make_view_fit(&v, &symbol);
		make_view(&s->im, &symbol, &v);
		const int high = (int)(symbol.rows * v.row * v.module),
			  wide = (int)(symbol.width * v.module);
		if (k->glare > 0)
			make_glare(&s->im, v.width / 2 + make_between(&r, -wide / 2, wide / 2),
			    v.height / 2 + make_between(&r, -high / 2, high / 2),
			    high * k->glare / 100);
		(void)str_print(
		    what, sizeof what, "%d: %.1f degrees, tilt at %.0f", i, v.angle, v.tilt_angle);
		show(s, &want, what);
	}
	tell(s);
}

/* Nothing to be read: boxes, bars and letters as rectangles, some of them so fine that they are like a symbol's. */
static void nothing(struct set *s, const char *name, int width, int height)
{
	struct make_random r = {29};
	struct err e;
	s->name = name;
	for (int i = 0; i < 40; i++) {
		if (image_resize(&s->im, width, height, &e) != ERR_OK)
			abort();
		image_fill(&s->im, (uint8_t)make_between(&r, 120, 240));
		for (int k = 0; k < 40 + 30 * i; k++) {
			const bool bar = k % 3 > 0;
			const int w = make_between(&r, 1, bar ? 8 : 200),
				  h = make_between(&r, 2, 120);
			const int x = make_between(&r, 0, width - 1),
				  y = make_between(&r, 0, height - 1);
			const int level = make_between(&r, 0, 255);
			for (int p = 0; p < w * h; p++)
				if (x + p % w < width && y + p / w < height)
					s->im.grey[(y + p / w) * width + x + p % w] =
					    (uint8_t)level;
		}
		for (int p = 0; p < width * height; p++) {
			const int level = s->im.grey[p] + make_between(&r, -i / 3, i / 3);
			s->im.grey[p] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
		}
		show(s, &(struct said){.any = false}, "nothing");
	}
	tell(s);
}

/* --- pictures from a folder ------------------------------------------------------------------------- */

static bool read_said(struct said *want, const char *folder, const char *stem)
{
	static const char *const ends[] = {"txt", "bin"};
	char path[PATH_MAX], *data = NULL;
	struct err e;
	want->any = false;
	for (int i = 0; i < 2 && !want->any; i++)
		if (str_print(path, sizeof path, "%s/%s.%s", folder, stem, ends[i]) &&
		    path_read(&data, &want->n, path, sizeof want->bytes, &e) == ERR_OK) {
			memcpy(want->bytes, data, want->n);
			free(data);
			want->any = true;
		}
	return want->any;
}

static void folder(struct set *s, const char *path)
{
	struct dirent **names;
	const int n = scandir(path, &names, NULL, alphasort);
	s->name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	for (int i = 0; i < n; i++) {
		char whole[PATH_MAX], stem[256], *data = NULL, *dot;
		size_t len;
		struct said want;
		struct err e;
		if (path_join(whole, path, names[i]->d_name, &e) == ERR_OK &&
		    str_copy(stem, sizeof stem, names[i]->d_name) &&
		    (dot = strrchr(stem, '.')) != NULL &&
		    path_read(&data, &len, whole, PICTURE_BYTES_MAX, &e) == ERR_OK) {
			*dot = '\0';
			(void)read_said(&want, path, stem);
			if (picture_decode(&s->im, (const uint8_t *)data, len, &e) == ERR_OK)
				show(s, &want, names[i]->d_name);
		}
		free(data);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	tell(s);
}

int main(int argc, char **argv)
{
	static struct set s = {
	    .eyes = {{"whole", pdf417_reader_read}, {"glance", pdf417_reader_glance}}};
	int at = 1;
	s.reader = pdf417_reader_new();
	if (argc > 2 && str_eq(argv[1], "-w")) {
		s.folder = argv[2];
		at = 3;
	}
	for (int i = at; i < argc; i++)
		folder(&s, argv[i]);
	if (at == argc) {
		turned(&s, "turned 0-12", 0, 12, false);
		turned(&s, "turned 0-45", 0, 45, false);
		turned(&s, "turned quarters", -12, 12, true);
		for (size_t i = 0; i < sizeof views / sizeof *views; i++)
			viewed(&s, &views[i]);
		nothing(&s, "none 640x480", 640, 480);
		nothing(&s, "none 1280x720", 1280, 720);
	}
	pdf417_reader_free(s.reader);
	image_fini(&s.im);
	return 0;
}
