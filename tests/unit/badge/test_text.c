#include "badge/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those four before it */
#include <cmocka.h>

static struct badge_text_fit measure(const char *text, double w, double h, int lines)
{
	struct badge_place p = {.there = true,
	    .w = w,
	    .h = h,
	    .font = "DejaVu Sans",
	    .weight = 700,
	    .size = 9,
	    .min_size = 3,
	    .lines = lines};
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 100, 100);
	cairo_t *cr = cairo_create(s);
	struct badge_text_fit f = badge_text_measure(cr, &p, text);
	badge_text_draw(cr, &p, text);
	assert_int_equal(cairo_status(cr), CAIRO_STATUS_SUCCESS);
	cairo_destroy(cr);
	cairo_surface_destroy(s);
	return f;
}

static void fit__short__full_size_on_one_line(void **state)
{
	(void)state;
	struct badge_text_fit f = measure("Bo", 54, 24, 2);
	assert_true(f.size_mm == 9 && f.lines == 1 && !f.cut);
}

static void fit__longer__wraps_before_it_shrinks(void **state)
{
	(void)state;
	struct badge_text_fit f = measure("Anna Schmidt", 30, 24, 2);
	assert_int_equal(f.lines, 2);
	assert_false(f.cut);
	assert_true(f.size_mm > 6);
}

static void fit__long__shrinks_and_stays_whole(void **state)
{
	(void)state;
	struct badge_text_fit one = measure("Anna Katharina Schmidt", 54, 24, 1),
			      two = measure("Anna Katharina Schmidt", 54, 24, 2);
	assert_true(one.lines == 1 && !one.cut && one.size_mm < 5 && one.size_mm > 3);
	assert_true(two.lines == 2 && !two.cut && two.size_mm > one.size_mm);
}

static void fit__one_endless_word__is_broken_then_cut(void **state)
{
	(void)state;
	struct badge_text_fit f = measure(
	    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", 40,
	    24, 2);
	assert_true(f.size_mm == 3 && f.lines == 2 && f.cut);
}

static void fit__ten_thousand_characters__are_cut(void **state)
{
	(void)state;
	char *text = malloc(10001);
	for (int i = 0; i < 10000; i++)
		text[i] = i % 7 == 6 ? ' ' : 'm';
	text[10000] = '\0';
	struct badge_text_fit f = measure(text, 54, 24, 3);
	assert_true(f.size_mm == 3 && f.lines == 3 && f.cut);
	free(text);
}

static void fit__han_without_spaces__wraps_anywhere(void **state)
{
	(void)state;
	struct badge_text_fit f = measure("東京電力ホールディングス株式会社", 54, 24, 2);
	assert_true(f.lines == 2 && !f.cut && f.size_mm > 5);
}

static void fit__hostile_text__is_only_text(void **state)
{
	(void)state;
	static const char *const texts[] = {"<span size='9999'>x</span>", "a\u202eb\u2066c",
	    "\u200b\u200d\ufeff", "\x1b]0;x\x07", "a\r\nb\nc", "%n%s ; ' \" _ =", "\xff\xfe\x80",
	    ""};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_true(measure(texts[i], 54, 24, 2).lines <= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fit__short__full_size_on_one_line),
	    cmocka_unit_test(fit__longer__wraps_before_it_shrinks),
	    cmocka_unit_test(fit__long__shrinks_and_stays_whole),
	    cmocka_unit_test(fit__one_endless_word__is_broken_then_cut),
	    cmocka_unit_test(fit__ten_thousand_characters__are_cut),
	    cmocka_unit_test(fit__han_without_spaces__wraps_anywhere),
	    cmocka_unit_test(fit__hostile_text__is_only_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
