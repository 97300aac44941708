/*
 * foyer-soak-scan COUNT SEED: codes as nobody should hold them up - turned, in perspective, noisy, blurred, in a glare, cut off - and in every fifth picture a
 * sheet full of what looks like codes, before the code that foyer-camera runs, COUNT pictures of them, a third as a camera's. Nothing may be told but what is there, no picture may take long, and nothing may crash: under
 * AddressSanitizer too. A failure names the picture's own seed; COUNT 1 with that seed is the same picture again.
 */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <zint.h>

#include "base/str.h"
#include "scan/look.h"
#include "tests/soak/dense.h"

enum {
	TEXT_MOST = 220,
	SIDE_LEAST = 24,
	SIDE_MOST = 800,
	DENSE_EVERY = 5,
	DENSE_LEAST = 480,
	DENSE_MOST = 1280,
	FRAMES = 6, /* of a camera that holds still */
#ifdef __SANITIZE_ADDRESS__
	LONGEST_MS = 60 * 1000,
#else
	LONGEST_MS = 4 * 1000, /* of the processor's; a busy machine must not fail it */
#endif
};

struct soak {
	uint32_t random;
	unsigned seed; /* of this picture */
	uint8_t text[TEXT_MOST];
	int len; /* 0: there is no code */
	bool is_dense;
	struct dense dense;
	struct zint_symbol *symbol;
	struct image im;
	int frames, codes, reads;
	int denses;
	double longest_ms, longest_dense_ms;
};

/* For the handler of a crash. */
static volatile sig_atomic_t showing;

/* Which picture it was; then the crash goes on. */
static void on_crash(int sig)
{
	char line[64];
	if (str_print(
		line, sizeof line, "soak-scan: a crash: picture with seed %u\n", (unsigned)showing))
		(void)!write(STDERR_FILENO, line, strlen(line));
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

#ifdef __SANITIZE_ADDRESS__
/* What it finds is a crash like any other. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1";
}
#endif

static _Noreturn void die(const struct soak *s, const char *what)
{
	(void)fprintf(stderr, "soak-scan: %s: picture with seed %u\n", what, s->seed);
	exit(1);
}

/* xorshift32 */
static uint32_t draw(struct soak *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 17;
	s->random ^= s->random << 5;
	return s->random;
}

static int between(struct soak *s, int low, int high)
{
	return low + (int)(draw(s) % (unsigned)(high - low + 1));
}

static bool one_in(struct soak *s, int n)
{
	return between(s, 1, n) == 1;
}

/* From 0 to most, either way. */
static double about(struct soak *s, double most)
{
	return most * (between(s, 0, 2000) - 1000) / 1000;
}

/* --- a picture -------------------------------------------------------------------------------- */

static void make_symbol(struct soak *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const bool bytes = one_in(s, 4);
	ZBarcode_Delete(s->symbol); /* the next one owes nothing to it */
	s->symbol = ZBarcode_Create();
	s->symbol->symbology = one_in(s, 3) ? BARCODE_PDF417 : BARCODE_QRCODE;
	s->symbol->input_mode = DATA_MODE;
	s->symbol->scale = 0.5f; /* a pixel a module */
	s->symbol->option_2 = s->symbol->symbology == BARCODE_PDF417 ? between(s, 2, 12) : 0;
	s->len = one_in(s, 10) ? 0 : between(s, 4, TEXT_MOST);
	for (int i = 0; i < s->len; i++)
		s->text[i] = (uint8_t)(bytes ? between(s, 1, 255) : letters[draw(s) % 32]);
	if (s->len > 0 && ZBarcode_Encode_and_Buffer(s->symbol, s->text, s->len, 0) >= ZINT_ERROR)
		s->len = 0;
}

struct view {
	double a, b, c, d, p, q; /* from a pixel, relative to the middle, to a module */
	double x, y; /* the middle */
	int dark, light;
};

static struct view make_view(struct soak *s)
{
	const double scale = 1.0 + between(s, 0, 60) / 10.0, turn = about(s, 3.14159265);
	const double lean = one_in(s, 2) ? about(s, 0.3) : 0;
	const int width = s->im.width, height = s->im.height;
	struct view v = {
	    .a = cos(turn) / scale,
	    .b = sin(turn + lean) / scale,
	    .c = -sin(turn) / scale,
	    .d = cos(turn + lean) / scale,
	    .p = one_in(s, 2) ? about(s, 0.7) / width : 0,
	    .q = one_in(s, 2) ? about(s, 0.7) / height : 0,
	    .x = width / 2.0 + (one_in(s, 4) ? about(s, width / 2.0) : 0), /* cut off */
	    .y = height / 2.0 + (one_in(s, 4) ? about(s, height / 2.0) : 0),
	    .dark = between(s, 0, 120),
	};
	v.light = between(s, v.dark + 5, 255);
	if (one_in(s, 6)) { /* as on a screen in its dark mode */
		const int dark = v.dark;
		v.dark = v.light;
		v.light = dark;
	}
	return v;
}

static int seen_at(const struct soak *s, const struct view *v, int x, int y)
{
	const double dx = x - v->x, dy = y - v->y, w = 1 + v->p * dx + v->q * dy;
	if (w < 0.1 || s->len == 0)
		return v->light;
	const int width = s->symbol->bitmap_width, height = s->symbol->bitmap_height;
	const double mx = (v->a * dx + v->b * dy) / w + width / 2.0,
		     my = (v->c * dx + v->d * dy) / w + height / 2.0;
	if (mx < 0 || my < 0 || mx >= width || my >= height)
		return v->light;
	return s->symbol->bitmap[3 * ((int)my * width + (int)mx)] == 0 ? v->dark : v->light;
}

static uint8_t level(double n)
{
	return (uint8_t)(n < 0 ? 0 : n > 255 ? 255 : n);
}

static void blur(struct image *im)
{
	for (int y = 1; y + 1 < im->height; y++)
		for (int x = 1; x + 1 < im->width; x++) {
			uint8_t *p = im->grey + (size_t)y * (size_t)im->width + (size_t)x;
			p[0] = (uint8_t)((p[0] + p[1] + p[im->width] + p[im->width + 1] + 2) / 4);
		}
}

static void glare(struct soak *s)
{
	const int x0 = between(s, 0, s->im.width), y0 = between(s, 0, s->im.height);
	const double wide = between(s, 5, 200), strong = between(s, 20, 255);
	for (int y = 0; y < s->im.height; y++)
		for (int x = 0; x < s->im.width; x++) {
			uint8_t *p = &s->im.grey[(size_t)y * (size_t)s->im.width + (size_t)x];
			const double far =
			    ((x - x0) * (x - x0) + (y - y0) * (y - y0)) / (wide * wide);
			*p = level(*p + strong * exp(-far));
		}
}

static void add_noise(struct soak *s, struct image *im, int most)
{
	for (int i = 0; i < im->width * im->height; i++)
		im->grey[i] = level(im->grey[i] + between(s, -most, most));
}

/* A sheet that lies a little askew, its modules one to five pixels wide. */
static void make_dense(struct soak *s)
{
	struct err e;
	const enum dense_kind kind = (enum dense_kind)between(s, 0, DENSE_KINDS - 1);
	const int step = kind == DENSE_CHECKS ? between(s, 1, 6) : between(s, 8, 14);
	const double turn = one_in(s, 2) ? about(s, 0.3) : 0, wide = between(s, 10, 50) / 10.0;
	const int dark = between(s, 0, 80), light = between(s, 150, 255);
	s->len = 0;
	if (!dense_make(&s->dense, kind, step))
		die(s, "a label could not be drawn");
	if (image_resize(&s->im, between(s, DENSE_LEAST, DENSE_MOST),
		between(s, DENSE_LEAST, DENSE_MOST), &e) != ERR_OK)
		die(s, e.msg);
	for (int y = 0; y < s->im.height; y++)
		for (int x = 0; x < s->im.width; x++) {
			const double u = (x * cos(turn) + y * sin(turn)) / wide,
				     v = (y * cos(turn) - x * sin(turn)) / wide;
			s->im.grey[(size_t)y * (size_t)s->im.width + (size_t)x] =
			    (uint8_t)(dense_dark(&s->dense, (int)floor(u), (int)floor(v)) ? dark
											  : light);
		}
	if (one_in(s, 2))
		blur(&s->im);
	if (one_in(s, 2))
		add_noise(s, &s->im, between(s, 1, 20));
}

static void make_picture(struct soak *s, unsigned seed)
{
	struct err e;
	s->seed = seed;
	showing = (sig_atomic_t)seed;
	s->random = seed * 2654435761U + 1;
	s->random = s->random == 0 ? 1 : s->random;
	s->is_dense = seed % DENSE_EVERY == 0;
	if (s->is_dense) {
		s->denses++;
		make_dense(s);
		return;
	}
	make_symbol(s);
	if (image_resize(&s->im, between(s, SIDE_LEAST, SIDE_MOST),
		between(s, SIDE_LEAST, SIDE_MOST), &e) != ERR_OK)
		die(s, e.msg);
	const struct view v = make_view(s);
	for (int y = 0; y < s->im.height; y++)
		for (int x = 0; x < s->im.width; x++)
			s->im.grey[(size_t)y * (size_t)s->im.width + (size_t)x] =
			    (uint8_t)seen_at(s, &v, x, y);
	for (int i = one_in(s, 2) ? between(s, 1, 4) : 0; i > 0; i--)
		blur(&s->im);
	if (one_in(s, 4))
		glare(s);
	if (one_in(s, 2))
		add_noise(s, &s->im, between(s, 1, 60));
}

/* --- before the camera ------------------------------------------------------------------------- */

struct eye {
	struct look look;
	struct out out;
	int pipe[2];
	struct camera_reader reader;
};

/* Whether the picture holds a code that says this. */
static bool is_drawn(const struct soak *s, const struct camera_frame *f)
{
	if (s->is_dense)
		return f->kind == CAMERA_CODE && dense_says(&s->dense, f->code, f->code_len);
	return f->kind != CAMERA_MRZ && s->len > 0 && f->code_len == (size_t)s->len &&
	       memcmp(f->code, s->text, f->code_len) == 0;
}

static void check(struct soak *s, struct eye *y)
{
	char bytes[16 * 1024];
	struct camera_frame f;
	struct err e = {0};
	ssize_t n;
	do {
		n = read(y->pipe[0], bytes, sizeof bytes);
		if (n > 0 && camera_reader_feed(&y->reader, bytes, (size_t)n, &e) != ERR_OK)
			die(s, e.msg);
		while (camera_reader_next(&y->reader, &f, &e) > 0) {
			if (f.kind != CAMERA_CODE && f.kind != CAMERA_PDF417 &&
			    f.kind != CAMERA_STRAY && f.kind != CAMERA_MRZ)
				continue;
			if (!is_drawn(s, &f))
				die(s, "a wrong text was told");
			s->reads++;
		}
		if (e.code != ERR_OK || out_flush(&y->out, &e) != ERR_OK)
			die(s, e.msg);
	} while (n > 0 || !out_idle(&y->out));
}

static double work_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void see(struct soak *s, struct eye *y, int nth)
{
	struct image im = {0};
	struct err e;
	if (image_resize(&im, s->im.width, s->im.height, &e) != ERR_OK)
		die(s, e.msg);
	memcpy(im.grey, s->im.grey, (size_t)im.width * (size_t)im.height);
	if (nth > 0)
		add_noise(s, &im, 3);
	const double start = work_ms();
	if (look_at(&y->look, &im, &y->out, (int64_t)nth * 50, &e) != ERR_OK)
		die(s, e.msg);
	const double took = work_ms() - start;
	if (took > LONGEST_MS)
		die(s, "a picture took too long");
	double *longest_ms = s->is_dense ? &s->longest_dense_ms : &s->longest_ms;
	*longest_ms = took > *longest_ms ? took : *longest_ms;
	s->frames++;
	check(s, y);
	image_fini(&im);
}

static void show(struct soak *s, bool live)
{
	static struct eye y;
	y = (struct eye){0};
	if (pipe2(y.pipe, O_NONBLOCK | O_CLOEXEC) != 0)
		die(s, "no pipe");
	out_init(&y.out, y.pipe[1]);
	y.look.live = live;
	y.look.clock = clock_system();
	y.look.how = (struct mosaic_look){.cols = 44, .rows = 11, .mirror = live};
	look_init(&y.look);
	const int before = s->reads;
	for (int i = 0; i < (live ? FRAMES : 1) && s->reads == before; i++)
		see(s, &y, i);
	look_fini(&y.look);
	camera_reader_fini(&y.reader);
	out_fini(&y.out);
	(void)close(y.pipe[0]);
	(void)close(y.pipe[1]);
}

static bool number(unsigned *n, const char *text)
{
	char *end;
	const unsigned long value = strtoul(text, &end, 10);
	*n = (unsigned)value;
	return end != text && *end == '\0';
}

int main(int argc, char **argv)
{
	static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
	static struct soak s;
	s.symbol = ZBarcode_Create();
	unsigned count, seed;
	if (argc != 3 || !number(&count, argv[1]) || !number(&seed, argv[2]))
		return 2;
	for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
		(void)signal(crashes[i], on_crash);
	(void)printf("soak-scan: %u pictures from seed %u\n", count, seed);
	(void)fflush(stdout);
	for (unsigned i = 0; i < count; i++) {
		make_picture(&s, seed + i);
		s.codes += s.len > 0;
		show(&s, (seed + i) % 3 == 0);
		if ((i + 1) % 1000 == 0) {
			(void)printf("soak-scan: %u pictures, %d with a code and %d dense, %d "
				     "read; %d frames, the longest took %.0f ms, of dense ones "
				     "%.0f ms\n",
			    i + 1, s.codes, s.denses, s.reads, s.frames, s.longest_ms,
			    s.longest_dense_ms);
			(void)fflush(stdout);
		}
	}
	ZBarcode_Delete(s.symbol);
	image_fini(&s.im);
	return s.codes > 100 && s.reads == 0; /* a soak in which nothing is read tests nothing */
}
