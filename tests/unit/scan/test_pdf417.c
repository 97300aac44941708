/* Pictures of symbols that libzint made, as cameras see them. */
#include "scan/pdf417.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "make.h"
#include "pdf417_make.h"

static struct make_symbol symbol;
static struct image im;
static struct pdf417_reader *reader;

struct payload {
	uint8_t bytes[1000];
	size_t n;
};

static void make(struct payload *p, const char *text, struct make_how how)
{
	p->n = strlen(text);
	memcpy(p->bytes, text, p->n);
	assert_true(make_symbol(&symbol, p->bytes, p->n, &how));
}

/* Something of this kind that fits. */
static void make_some(struct payload *p, struct make_random *r, enum make_payload kind, size_t most)
{
	do {
		p->n = make_payload(r, kind, p->bytes, most);
	} while (!make_symbol(&symbol, p->bytes, p->n,
	    &(struct make_how){.level = make_between(r, 2, 5),
		.columns = (int)most / 40 + make_between(r, 2, 6)}));
}

static const struct pdf417_symbol *read_one(void)
{
	const struct pdf417_symbol *s;
	const int n = pdf417_reader_read(reader, &im, &s);
	return n == 1 ? s : NULL;
}

/* At a glance too, and then whole. */
static const struct pdf417_symbol *assert_reads(const struct payload *p)
{
	const struct pdf417_symbol *s;
	assert_int_equal(pdf417_reader_glance(reader, &im, &s), 1);
	assert_int_equal(s->text.len, p->n);
	assert_memory_equal(s->text.bytes, p->bytes, p->n);
	s = read_one();
	assert_non_null(s);
	assert_int_equal(s->code, ERR_OK);
	assert_int_equal(s->text.len, p->n);
	assert_memory_equal(s->text.bytes, p->bytes, p->n);
	assert_int_equal(s->rows, symbol.rows);
	return s;
}

static void assert_nothing(void)
{
	const struct pdf417_symbol *s;
	assert_int_equal(pdf417_reader_read(reader, &im, &s), 0);
	assert_int_equal(pdf417_reader_glance(reader, &im, &s), 0);
}

/* --- as it should be ---------------------------------------------------------------------------- */

static void read__any_angle_and_size__comes_back(void **state)
{
	static const double modules[] = {1.5, 2, 2.6, 3, 4.3};
	struct make_random r = {1};
	struct payload p;
	(void)state;
	for (int i = 0; i < 100; i++) {
		struct make_view v = {.module = modules[i % 5],
		    .row = 3 + i % 3,
		    .angle = i < 24 ? i * 15 : make_between(&r, 0, 3599) / 10.0,
		    .noise = 6};
		make_some(&p, &r, (enum make_payload)(i % MAKE_PAYLOADS), i % 4 == 0 ? 250 : 60);
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		(void)assert_reads(&p);
	}
}

/* Every module one pixel, as on a screen; and the least quiet zone there is: none. */
static void read__one_pixel_a_module__comes_back(void **state)
{
	struct make_random r = {2};
	struct payload p;
	(void)state;
	for (int i = 0; i < 12; i++) {
		struct make_view v = {.module = 1, .row = 3, .angle = 90 * (i % 4)};
		make_some(&p, &r, (enum make_payload)(i % MAKE_PAYLOADS), 100);
		v.width = i % 2 == 0 ? symbol.width : symbol.rows * 3;
		v.height = i % 2 == 0 ? symbol.rows * 3 : symbol.width;
		make_view(&im, &symbol, &v);
		(void)assert_reads(&p);
	}
}

static void read__tilted__comes_back(void **state)
{
	struct make_random r = {3};
	struct payload p;
	(void)state;
	for (int i = 0; i < 32; i++) {
		struct make_view v = {.module = 2.5,
		    .row = 3,
		    .angle = i % 2 == 0 ? 0 : make_between(&r, 0, 359),
		    .tilt = i < 16 ? 0.15 : 0.25,
		    .tilt_angle = i / 2 % 8 * 45,
		    .noise = 6};
		make_some(&p, &r, MAKE_LICENCE, 250);
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		(void)assert_reads(&p);
	}
}

static void read__poor_picture__comes_back(void **state)
{
	static const struct make_view poor[] = {
	    {.module = 3, .row = 3, .blur = 1.5, .noise = 4}, /* half a module */
	    {.module = 2, .row = 4, .blur = 0.9, .noise = 4},
	    {.module = 2, .row = 3, .noise = 40},
	    {.module = 3, .row = 3, .noise = 60, .angle = 8},
	    {.module = 2.5,
		.row = 3,
		.black = 100,
		.white = 125,
		.noise = 2}, /* a tenth of the contrast */
	    {.module = 2, .row = 3, .black = 1, .white = 40, .noise = 3, .blur = 0.5},
	    {.module = 2, .row = 3, .black = 215, .white = 255, .noise = 3, .blur = 0.5},
	};
	struct make_random r = {4};
	struct payload p;
	(void)state;
	for (size_t i = 0; i < 2 * sizeof poor / sizeof *poor; i++) {
		struct make_view v = poor[i / 2];
		v.angle += i % 2 == 0 ? 0 : 33;
		make_some(&p, &r, MAKE_LICENCE, 250);
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		(void)assert_reads(&p);
	}
}

/* Bars that ink or light has made wider or narrower are not where modules end, but all begin in the same place. */
static void read__spread_ink__comes_back(void **state)
{
	struct make_random r = {13};
	struct payload p;
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct make_view v = {.module = 3,
		    .row = 3,
		    .angle = 7 * i,
		    .ink = i % 2 == 0 ? 0.25 : -0.25,
		    .blur = 0.5,
		    .noise = 4};
		p.n = make_payload(&r, MAKE_LICENCE, p.bytes, 250);
		assert_true(make_symbol(
		    &symbol, p.bytes, p.n, &(struct make_how){.level = 3, .columns = 10}));
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		(void)assert_reads(&p);
	}
}

static void read__shadow__comes_back(void **state)
{
	struct make_random r = {5};
	struct payload p;
	struct make_view v = {.module = 2, .row = 3, .angle = 12};
	(void)state;
	make_some(&p, &r, MAKE_LICENCE, 250);
	make_view_fit(&v, &symbol);
	make_view(&im, &symbol, &v);
	for (int y = 0; y < im.height; y++)
		for (int x = 0; x < im.width; x++) {
			uint8_t *g = &im.grey[y * im.width + x];
			*g = (uint8_t)(*g * (40 + 215 * x / im.width) / 255 /
				       (y > im.height / 2 ? 2 : 1));
		}
	(void)assert_reads(&p);
}

static void read__says_where_and_what_it_is(void **state)
{
	struct payload p;
	(void)state;
	make(&p, "WHERE IT IS", (struct make_how){.level = 3, .columns = 4});
	const double half_w = symbol.width, half_h = symbol.rows * 4;
	for (int angle = 0; angle < 360; angle += 40) {
		const struct make_view v = {
		    .width = 400, .height = 400, .module = 2, .row = 4, .angle = angle};
		make_view(&im, &symbol, &v);
		const struct pdf417_symbol *s = assert_reads(&p);
		const double c = cos(angle * M_PI / 180), n = sin(angle * M_PI / 180);
		static const int sides[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
		for (int i = 0; i < 4; i++) {
			const double x = sides[i][0] * half_w, y = sides[i][1] * half_h;
			assert_true(fabs(s->corners[i].x - (199.5 + x * c - y * n)) < 4);
			assert_true(fabs(s->corners[i].y - (199.5 + x * n + y * c)) < 4);
		}
		assert_int_equal(s->columns, 4);
		assert_int_equal(s->level, 3);
		assert_int_equal(s->erased, 0);
		assert_int_equal(s->corrected, 0);
		assert_false(s->mirrored);
	}
}

/* --- hurt ------------------------------------------------------------------------------------------- */

static void read__glare__is_corrected(void **state)
{
	struct make_random r = {6};
	struct payload p;
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct make_view v = {.module = 2.5, .row = 3, .angle = 9 * i, .noise = 5};
		p.n = make_payload(&r, MAKE_LICENCE, p.bytes, 250);
		assert_true(make_symbol(
		    &symbol, p.bytes, p.n, &(struct make_how){.level = 5, .columns = 10}));
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		make_glare(&im, im.width / 2 + make_between(&r, -60, 60), im.height / 2, 32);
		assert_true(assert_reads(&p)->erased > 0);
	}
}

static void paint(int left, int top, int right, int bottom, uint8_t level)
{
	for (int y = top < 0 ? 0 : top; y < bottom && y < im.height; y++)
		for (int x = left < 0 ? 0 : left; x < right && x < im.width; x++)
			im.grey[y * im.width + x] = level;
}

static void read__cut_or_covered__comes_back(void **state)
{
	struct make_random r = {7};
	struct payload p;
	const struct make_view v = {.width = 500, .height = 200, .module = 2, .row = 3};
	(void)state;
	p.n = make_payload(&r, MAKE_LICENCE, p.bytes, 160);
	assert_true(
	    make_symbol(&symbol, p.bytes, p.n, &(struct make_how){.level = 5, .columns = 8}));
	const int w = symbol.width * 2, h = symbol.rows * 6;
	const int left = (500 - w) / 2, right = left + w, top = (200 - h) / 2, bottom = top + h;
	for (int i = 0; i < 9; i++) {
		make_view(&im, &symbol, &v);
		switch (i) {
		case 0: paint(0, 0, 500, top + 18, 220); break; /* three rows gone */
		case 1: paint(0, bottom - 18, 500, 200, 220); break;
		case 2: paint(right - 40, 0, 500, 200, 220); break; /* the stop character */
		case 3: paint(right - 75, 0, 500, 200, 40); break; /* and the indicators */
		case 4: paint(0, 0, left + 36, 200, 220); break; /* the start character */
		case 5: paint(0, 0, left + 70, 200, 250); break;
		case 6:
			paint(left + 150, 0, left + 180, 200, 30);
			break; /* a stripe from top to bottom */
		case 7: paint(0, 95, 500, 107, 30); break; /* from left to right */
		case 8: paint(left - 5, top, left + 50, 100, 220); break; /* half of the start */
		default: break;
		}
		(void)assert_reads(&p);
	}
}

static void read__upside_down_and_mirrored__comes_back(void **state)
{
	struct make_random r = {8};
	struct payload p;
	(void)state;
	for (int i = 0; i < 12; i++) {
		struct make_view v = {.module = 2,
		    .row = 3,
		    .angle = 180 + 17 * i,
		    .mirrored = i % 2 == 1,
		    .noise = 5};
		make_some(&p, &r, MAKE_LICENCE, 200);
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		assert_int_equal(assert_reads(&p)->mirrored, v.mirrored);
	}
}

static void read__compact__comes_back(void **state)
{
	struct make_random r = {9};
	struct payload p;
	(void)state;
	for (int i = 0; i < 24; i++) {
		struct make_view v = {.module = 2 + i % 3, .row = 3, .angle = 15 * i, .noise = 5};
		p.n = make_payload(&r, (enum make_payload)(i % MAKE_PAYLOADS), p.bytes, 100);
		assert_true(make_symbol(&symbol, p.bytes, p.n,
		    &(struct make_how){
			.level = 2, .columns = make_between(&r, 3, 8), .compact = true}));
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		(void)assert_reads(&p);
	}
}

/* --- several, and none ----------------------------------------------------------------------------- */

static void read__several__are_all_told_once(void **state)
{
	static const char *const texts[] = {
	    "THE FIRST OF FOUR", "THE SECOND", "A THIRD ONE", "4444"};
	struct image part = {0};
	struct payload p;
	const struct pdf417_symbol *s;
	(void)state;
	make_plain(&im, 800, 800, 220);
	for (int i = 0; i < 4; i++) {
		const struct make_view v = {
		    .width = 400, .height = 400, .module = 2, .row = 4, .angle = 70 * i};
		make(&p, texts[i], (struct make_how){.level = 2, .columns = 3});
		make_view(&part, &symbol, &v);
		for (int y = 0; y < 400; y++)
			memcpy(&im.grey[(i / 2 * 400 + y) * 800 + i % 2 * 400], &part.grey[y * 400],
			    400);
	}
	assert_in_range(pdf417_reader_glance(reader, &im, &s), 1, 4);
	const int n = pdf417_reader_read(reader, &im, &s);
	assert_int_equal(n, 4);
	for (int i = 0; i < 4; i++) {
		int found = 0;
		for (int k = 0; k < n; k++)
			found += s[k].text.len == strlen(texts[i]) &&
				 memcmp(s[k].text.bytes, texts[i], s[k].text.len) == 0;
		assert_int_equal(found, 1);
	}
	image_fini(&part);
}

static void read__macro_and_reader_initialisation__are_marked(void **state)
{
	struct payload p;
	struct make_view v = {.module = 2, .row = 3};
	(void)state;
	make(&p, "PART TWO", (struct make_how){.level = 2, .macro_index = 2, .macro_count = 3});
	make_view_fit(&v, &symbol);
	make_view(&im, &symbol, &v);
	const struct pdf417_symbol *s = read_one();
	assert_non_null(s);
	assert_int_equal(s->code, ERR_UNSUPPORTED);
	make(&p, "$I", (struct make_how){.level = 2, .reader_init = true});
	make_view_fit(&v, &symbol);
	make_view(&im, &symbol, &v);
	assert_true(assert_reads(&p)->text.reader_init);
}

/* Every codeword is a codeword of its row, but they are another's. */
static void shuffle(struct make_random *r)
{
	const int columns = (symbol.width - 1) / 17 - 4;
	for (int c = 0; c < columns; c++)
		for (int row = 0; row + 3 < symbol.rows; row++) {
			const int other = row + 3 * make_between(r, 0, (symbol.rows - 1 - row) / 3);
			for (int i = 17 * (c + 2); i < 17 * (c + 3); i++) {
				const uint8_t dark = symbol.dark[row][i];
				symbol.dark[row][i] = symbol.dark[other][i];
				symbol.dark[other][i] = dark;
			}
		}
}

static void read__what_cannot_be_corrected__is_not_told(void **state)
{
	struct make_random r = {10};
	struct payload p;
	(void)state;
	for (int i = 0; i < 40; i++) {
		struct make_view v = {.module = 2, .row = 3, .angle = 7 * i};
		p.n = make_payload(&r, MAKE_LICENCE, p.bytes, 200);
		assert_true(make_symbol(&symbol, p.bytes, p.n,
		    &(struct make_how){.level = make_between(&r, 0, 5), .columns = 8}));
		shuffle(&r);
		make_view_fit(&v, &symbol);
		make_view(&im, &symbol, &v);
		assert_nothing();
	}
}

/* Two symbols through each other: one of them or none, nothing else. */
static void read__overlapping__is_never_wrong(void **state)
{
	struct make_random r = {11};
	struct payload one, two;
	struct image other = {0};
	const struct make_view v = {.width = 640, .height = 300, .module = 2, .row = 3};
	(void)state;
	for (int i = 0; i < 12; i++) {
		make_some(&one, &r, MAKE_LICENCE, 200);
		make_view(&im, &symbol, &v);
		make_some(&two, &r, MAKE_LICENCE, 200);
		struct make_view second = v;
		second.angle = i * 4;
		make_view(&other, &symbol, &second);
		for (int k = 0; k < im.width * im.height; k++) {
			const bool here = i % 2 == 0 || k % im.width > 250 + 20 * i;
			im.grey[k] =
			    here && other.grey[k] < im.grey[k] ? other.grey[k] : im.grey[k];
		}
		const struct pdf417_symbol *s;
		for (int n = pdf417_reader_read(reader, &im, &s); n > 0; n--) {
			const struct payload *p = s[n - 1].text.len == one.n ? &one : &two;
			assert_int_equal(s[n - 1].text.len, p->n);
			assert_memory_equal(s[n - 1].text.bytes, p->bytes, p->n);
		}
	}
	image_fini(&other);
}

static void read__no_symbol__is_none(void **state)
{
	static const int sizes[][2] = {{1, 1}, {1, 4096}, {4096, 1}, {7, 300}, {8, 8}, {640, 480}};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		make_plain(&im, sizes[i][0], sizes[i][1], 128);
		assert_nothing();
		make_noise(&im, 120);
		assert_nothing();
		make_slope(&im, sizes[i][0], sizes[i][1]);
		assert_nothing();
	}
	make_plain(&im, 640, 480, 200);
	(void)make_qr(&im, "no PDF417 at all, a QR code", 6, 100, 100);
	assert_nothing();
	image_fini(&im);
	assert_nothing(); /* an empty one */
}

/* --- ill will ----------------------------------------------------------------------------------------- */

static double cpu_s(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Pictures made of nothing but what the reader looks for: the work is bounded. The bound is far above what is measured (tests/bench). */
static void read__full_of_starts__takes_no_longer(void **state)
{
	static const char start[] = "11111111010101000", stop[] = "111111101000101001";
	char tile[64];
	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		make_plain(&im, 1280, 720, 220);
		(void)str_print(tile, sizeof tile, "%s%s%s", start, kind % 3 > 0 ? stop : "",
		    kind % 3 > 1 ? "0000" : "");
		const int module = 1 + kind / 3, n = (int)strlen(tile);
		for (int i = 0; i < 1280 * 720; i++)
			im.grey[i] = tile[i % 1280 / module % n] == '1' ? 30 : 220;
		const double before = cpu_s();
		assert_nothing();
		assert_true(cpu_s() - before < 3);
	}
}

/* As many symbols as fit, all of which look good until the last step. */
static void read__full_of_broken_symbols__takes_no_longer(void **state)
{
	struct make_random r = {12};
	struct payload p;
	(void)state;
	for (int i = 0; i < 3; i++) {
		p.n = make_payload(&r, MAKE_DIGITS, p.bytes, 30);
		assert_true(make_symbol(&symbol, p.bytes, p.n,
		    &(struct make_how){.level = i == 0 ? 8 : 3, .columns = i == 0 ? 12 : 2}));
		shuffle(&r);
		make_plain(&im, 1280, 720, 220);
		const int w = symbol.width + 4, h = symbol.rows * (i == 2 ? 2 : 3) + 4;
		for (int y = 0; y < 720; y++)
			for (int x = 0; x < 1280; x++) {
				const int mx = x % w - 2, my = (y % h - 2) * symbol.rows / (h - 4);
				if (mx >= 0 && mx < symbol.width && y % h >= 2 &&
				    my < symbol.rows && symbol.dark[my][mx])
					im.grey[y * 1280 + x] = 30;
			}
		const double before = cpu_s();
		assert_nothing();
		assert_true(cpu_s() - before < 3);
	}
}

static int setup(void **state)
{
	(void)state;
	reader = pdf417_reader_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pdf417_reader_free(reader);
	image_fini(&im);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read__any_angle_and_size__comes_back),
	    cmocka_unit_test(read__one_pixel_a_module__comes_back),
	    cmocka_unit_test(read__tilted__comes_back),
	    cmocka_unit_test(read__poor_picture__comes_back),
	    cmocka_unit_test(read__spread_ink__comes_back),
	    cmocka_unit_test(read__shadow__comes_back),
	    cmocka_unit_test(read__says_where_and_what_it_is),
	    cmocka_unit_test(read__glare__is_corrected),
	    cmocka_unit_test(read__cut_or_covered__comes_back),
	    cmocka_unit_test(read__upside_down_and_mirrored__comes_back),
	    cmocka_unit_test(read__compact__comes_back),
	    cmocka_unit_test(read__several__are_all_told_once),
	    cmocka_unit_test(read__macro_and_reader_initialisation__are_marked),
	    cmocka_unit_test(read__what_cannot_be_corrected__is_not_told),
	    cmocka_unit_test(read__overlapping__is_never_wrong),
	    cmocka_unit_test(read__no_symbol__is_none),
	    cmocka_unit_test(read__full_of_starts__takes_no_longer),
	    cmocka_unit_test(read__full_of_broken_symbols__takes_no_longer),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
