#include "badge/badge.h"

#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those four before it */
#include <cmocka.h>

#include "base/path.h"
#include "pass/qr.h"

#define TEMPLATE "etc/badge/visitor-62x100.svg"
#define HEAD                                                                                       \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62mm\" height=\"100mm\" viewBox=\"0 0 " \
	"62 100\">\n"

/* A page as grey pixels at 300 dpi. */
struct page {
	unsigned w, h;
	unsigned char *grey;
};

static struct page page_draw(const struct badge_template *t, const struct badge *b, int dpi)
{
	struct str_buf png = STR_BUF_INIT;
	struct err e = {0};
	png_image image = {.version = PNG_IMAGE_VERSION};
	if (badge_png(&png, t, b, dpi, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_true(png_image_begin_read_from_memory(&image, png.data, png.len));
	image.format = PNG_FORMAT_GRAY;
	struct page p = {
	    .w = image.width, .h = image.height, .grey = malloc(PNG_IMAGE_SIZE(image))};
	assert_true(png_image_finish_read(&image, NULL, p.grey, 0, NULL));
	str_buf_fini(&png);
	return p;
}

static struct badge_template *template_of(const char *text)
{
	struct badge_template *t;
	struct err e = {0};
	if (badge_template_read(&t, "t.svg", text, strlen(text), &e) != ERR_OK)
		fail_msg("%s", e.msg);
	return t;
}

static struct badge_template *shipped(void)
{
	struct badge_template *t;
	assert_int_equal(badge_template_load(&t, TEMPLATE, NULL), ERR_OK);
	return t;
}

static struct badge visitor(void)
{
	struct badge b = {.number = "000042",
	    .name = "Zoë Müller",
	    .company = "Example GmbH",
	    .host = "Anna Schmidt",
	    .type = "Guest",
	    .expiry = "2026-11-23 17:00",
	    .daymark = "MON 23",
	    .code = "8K3M 9QPT",
	    .door_code = "10058400"};
	memset(b.pass, 'Q', sizeof b.pass - 1);
	return b;
}

static bool dark(const struct page *p, unsigned x, unsigned y)
{
	return p->grey[(size_t)y * p->w + x] < 128;
}

static size_t dark_in(const struct page *p, double x_mm, double y_mm, double w_mm, double h_mm)
{
	size_t n = 0;
	for (unsigned y = (unsigned)(y_mm * 300 / 25.4); y < (unsigned)((y_mm + h_mm) * 300 / 25.4);
	     y++) {
		for (unsigned x = (unsigned)(x_mm * 300 / 25.4);
		     x < (unsigned)((x_mm + w_mm) * 300 / 25.4); x++)
			n += dark(p, x, y);
	}
	return n;
}

/* Every pixel of the code's square, quiet zone and all, is what the modules say: dots pixels
 * each, from a whole pixel. */
static void expect_code(
    const struct page *p, const char *text, double middle_x_mm, double middle_y_mm, int dots)
{
	struct qr q;
	assert_int_equal(qr_encode(&q, text, QR_M, NULL), ERR_OK);
	const int whole = (q.side + 8) * dots;
	const int left = (int)(middle_x_mm * 300 / 25.4 - whole / 2.0 + 0.5),
		  top = (int)(middle_y_mm * 300 / 25.4 - whole / 2.0 + 0.5);
	for (int y = 0; y < whole; y++) {
		for (int x = 0; x < whole; x++) {
			int row = y / dots - 4, column = x / dots - 4;
			bool want = row >= 0 && row < q.side && column >= 0 && column < q.side &&
				    q.dark[row * q.side + column];
			if (dark(p, (unsigned)(left + x), (unsigned)(top + y)) != want)
				fail_msg("the code of %zu characters is wrong at dot %d,%d",
				    strlen(text), x, y);
		}
	}
}

static void png__shipped_badge__both_codes_stand_on_whole_dots(void **state)
{
	(void)state;
	struct badge_template *t = shipped();
	struct badge b = visitor();
	struct page p = page_draw(t, &b, BADGE_DPI);
	assert_int_equal(p.w, 732);
	assert_int_equal(p.h, 1181);
	expect_code(&p, b.pass, 2 + 12.5, 71.5 + 12.5, 6);
	expect_code(&p, b.door_code, 45 + 7.7, 81.4 + 7.7, 6);
	free(p.grey);
	badge_template_free(t);
}

static void png__escort__its_band_shows_only_when_set(void **state)
{
	(void)state;
	struct badge_template *t = shipped();
	struct badge b = visitor();
	struct page p = page_draw(t, &b, BADGE_DPI);
	assert_int_equal(dark_in(&p, 3, 62, 56, 7.6), 0);
	free(p.grey);
	(void)str_copy(b.escort, sizeof b.escort, "ESCORT");
	p = page_draw(t, &b, BADGE_DPI);
	size_t area = (size_t)(54 * 7.6 * 300 * 300 / 25.4 / 25.4),
	       black = dark_in(&p, 3, 61.5, 56, 8.5);
	assert_true(black > area * 7 / 10 && black < area * 98 / 100); /* reversed letters in it */
	free(p.grey);
	badge_template_free(t);
}

static void png__empty_badge__only_the_rule_is_drawn(void **state)
{
	(void)state;
	struct badge_template *t = shipped();
	const struct badge b = {0};
	struct page p = page_draw(t, &b, BADGE_DPI);
	size_t all = dark_in(&p, 0, 0, 61.9, 99.9);
	assert_int_equal(all, dark_in(&p, 3, 19, 56, 2));
	assert_true(all > 0);
	free(p.grey);
	badge_template_free(t);
}

static void png__names_of_many_scripts__stay_in_their_slot(void **state)
{
	(void)state;
	static const char *const names[] = {"Bo",
	    "Maximilian-Alexander Freiherr von Hohenstein-Wittelsbach zu Rosenberg",
	    "عبد الرحمن بن محمد الخوارزمي", "歐陽鋒", "山田 太郎 (Yamada Tarō)",
	    "Ελευθέριος Βενιζέλος", "กรุงเทพมหานคร อมรรัตนโกสินทร์",
	    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
	    "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u030a\u030b\u030c "
	    "z\u0323\u0324\u0325\u0326\u0327\u0328\u032d",
	    "👩‍👩‍👧‍👦 Kim", "<b>&amp;</b> %s \"'; --"};
	struct badge_template *t = template_of(HEAD
	    "<rect id=\"slot-name\" x=\"10\" y=\"20\" width=\"40\" height=\"20\" data-lines=\"2\" "
	    "data-min-size=\"3\"/></svg>");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct badge b = {0};
		(void)str_copy(b.name, sizeof b.name, names[i]);
		struct page p = page_draw(t, &b, BADGE_DPI);
		size_t inside = dark_in(&p, 9.4, 19.4, 41.2, 21.2),
		       all = dark_in(&p, 0, 0, 61.9, 99.9);
		if (inside != all || inside < 100)
			fail_msg("\"%s\": %zu dots inside, %zu in all", names[i], inside, all);
		free(p.grey);
	}
	badge_template_free(t);
}

static void png__code_too_big_for_its_slot__is_a_template_error(void **state)
{
	(void)state;
	struct str_buf png = STR_BUF_INIT;
	struct err e = {0};
	struct badge b = visitor();
	struct badge_template *t = template_of(
	    HEAD "<rect id=\"slot-pass\" x=\"4\" y=\"4\" width=\"16.5\" height=\"40\"/></svg>");
	assert_int_equal(badge_png(&png, t, &b, BADGE_DPI, &e), ERR_CONFIG);
	assert_string_equal(
	    e.msg, "t.svg: slot-pass: 41 modules with their quiet zone need 16.6 mm, 4 dots each");
	badge_template_free(t);
	t = template_of(
	    HEAD "<rect id=\"slot-pass\" x=\"4\" y=\"4\" width=\"16.6\" height=\"40\"/></svg>");
	assert_int_equal(badge_png(&png, t, &b, BADGE_DPI, &e), ERR_OK);
	badge_template_free(t);
	str_buf_fini(&png);
}

static void png__artwork_naming_other_files__does_not_read_them(void **state)
{
	(void)state;
	char file[PATH_MAX], svg[PATH_MAX + 512];
	unsigned char black[64] = {0};
	const char *tmp = getenv("TMPDIR");
	(void)str_print(file, sizeof file, "%s/black.png", tmp != NULL ? tmp : "/tmp");
	png_image image = {
	    .version = PNG_IMAGE_VERSION, .width = 8, .height = 8, .format = PNG_FORMAT_GRAY};
	assert_true(png_image_write_to_file(&image, file, 0, black, 0, NULL));
	(void)str_print(svg, sizeof svg,
	    HEAD "<image href=\"file://%s\" width=\"62\" height=\"50\"/><image href=\"%s\" "
		 "y=\"50\" width=\"62\" height=\"50\"/></svg>",
	    file, file);
	struct badge_template *t = template_of(svg);
	struct page p = page_draw(t, &(struct badge){0}, BADGE_DPI);
	assert_int_equal(dark_in(&p, 0, 0, 61.9, 99.9), 0);
	free(p.grey);
	badge_template_free(t);
	assert_int_equal(remove(file), 0);
}

static void png__dpi_out_of_range__is_refused(void **state)
{
	(void)state;
	struct str_buf png = STR_BUF_INIT;
	struct badge_template *t = shipped();
	struct badge b = visitor();
	assert_int_equal(badge_png(&png, t, &b, 0, NULL), ERR_INPUT);
	assert_int_equal(badge_png(&png, t, &b, -300, NULL), ERR_INPUT);
	assert_int_equal(badge_png(&png, t, &b, 100000, NULL), ERR_INPUT);
	struct page p = page_draw(t, &b, 150);
	assert_int_equal(p.w, 366);
	free(p.grey);
	badge_template_free(t);
	str_buf_fini(&png);
}

static struct str_buf pdf_of(const char *path, const struct badge *b, int64_t now_ms)
{
	struct str_buf pdf = STR_BUF_INIT;
	struct badge_template *t;
	struct err e = {0};
	struct clock_fake fake = {.wall_ms = now_ms};
	struct clock clock = clock_of_fake(&fake);
	assert_int_equal(badge_template_load(&t, path, NULL), ERR_OK);
	if (badge_pdf(&pdf, t, b, &clock, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	badge_template_free(t);
	return pdf;
}

static void pdf__same_clock__same_bytes(void **state)
{
	(void)state;
	struct badge b = visitor();
	struct str_buf one = pdf_of(TEMPLATE, &b, 1795438800000),
		       two = pdf_of(TEMPLATE, &b, 1795438800000),
		       later = pdf_of(TEMPLATE, &b, 1795438801000);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	assert_true(one.len != later.len || memcmp(one.data, later.data, one.len) != 0);
	str_buf_fini(&one);
	str_buf_fini(&two);
	str_buf_fini(&later);
}

static void pdf__page_is_exact__and_its_title_is_the_number(void **state)
{
	(void)state;
	struct badge b = visitor();
	struct str_buf label = pdf_of(TEMPLATE, &b, 1795438800000),
		       a6 = pdf_of("etc/badge/visitor-a6.svg", &b, 1795438800000);
	assert_non_null(
	    memmem(label.data, label.len, "/MediaBox [ 0 0 175.748031 283.464567 ]", 39));
	assert_non_null(memmem(a6.data, a6.len, "/MediaBox [ 0 0 297.637795 419.527559 ]", 39));
	assert_non_null(memmem(label.data, label.len, "/Title (000042)", 15));
	assert_non_null(memmem(label.data, label.len, "/CreationDate (20261123130000Z)", 31));
	assert_null(memmem(
	    label.data, label.len, "ller", 4)); /* the name: in the drawing alone, as glyphs */
	str_buf_fini(&label);
	str_buf_fini(&a6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(png__shipped_badge__both_codes_stand_on_whole_dots),
	    cmocka_unit_test(png__escort__its_band_shows_only_when_set),
	    cmocka_unit_test(png__empty_badge__only_the_rule_is_drawn),
	    cmocka_unit_test(png__names_of_many_scripts__stay_in_their_slot),
	    cmocka_unit_test(png__code_too_big_for_its_slot__is_a_template_error),
	    cmocka_unit_test(png__artwork_naming_other_files__does_not_read_them),
	    cmocka_unit_test(png__dpi_out_of_range__is_refused),
	    cmocka_unit_test(pdf__same_clock__same_bytes),
	    cmocka_unit_test(pdf__page_is_exact__and_its_title_is_the_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
