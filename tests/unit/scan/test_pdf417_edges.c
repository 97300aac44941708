/* Lines of pixels: where a start or stop character is, and where its ends are. */
#include "scan/pdf417_edges.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

enum { MODULE = 4, QUIET = 10, LINE = 600 };

static const char start[] = "11111111010101000", stop[] = "111111101000101001";
static const struct pdf417_eye eye = {.white = 220, .least = 6, .part = 65536 / 6};

/* A quiet zone, the character with something of the data beside it, a quiet zone; bars wider by ink pixels at either side. Its ends as they should be,
 * outer and inner, are where bars begin. */
static int draw(uint8_t line[LINE], const char *guard, int ink, bool reversed)
{
	const bool is_start = guard == start;
	char modules[64];
	(void)str_print(modules, sizeof modules, "%s%s", is_start ? start : "11101000",
	    is_start ? "11010000" : stop);
	const int m = (int)strlen(modules), n = (m + 2 * QUIET) * MODULE;
	memset(line, 220, LINE);
	for (int i = 0; i < m * MODULE; i++)
		if (modules[i / MODULE] == '1')
			memset(line + QUIET * MODULE + i - ink, 30, (size_t)(2 * ink + 1));
	for (int i = 0; reversed && i < n / 2; i++) {
		const uint8_t left = line[i];
		line[i] = line[n - 1 - i];
		line[n - 1 - i] = left;
	}
	return n;
}

/* Ink makes bars wider at both sides: what is measured must not know it. */
static void hit__spread_ink__is_as_long_as_ever(void **state)
{
	static struct pdf417_edges edges;
	uint8_t line[LINE];
	(void)state;
	for (int i = 0; i < 8; i++) {
		const enum pdf417_guard_kind kind = i & 1 ? PDF417_STOP : PDF417_START;
		const bool reversed = i & 2;
		struct pdf417_hit hit;
		int at = 0;
		const int n =
		    draw(line, kind == PDF417_START ? start : stop, i & 4 ? 1 : 0, reversed);
		pdf417_edges_find(&edges, line, n, &eye);
		assert_true(pdf417_edges_hit(&edges, &at, &hit));
		assert_int_equal(hit.kind, kind);
		assert_int_equal(hit.reversed, reversed);
		assert_true(
		    fabsf(fabsf(hit.outer - hit.inner) - PDF417_GUARD_MODULES * MODULE) < 0.3f);
		assert_false(pdf417_edges_hit(&edges, &at, &hit));
	}
}

static void find__less_than_noise__is_none(void **state)
{
	static struct pdf417_edges edges;
	uint8_t line[LINE];
	(void)state;
	for (int i = 0; i < LINE; i++)
		line[i] = (uint8_t)(210 + i / 5 % 2 * 10);
	pdf417_edges_find(&edges, line, LINE, &(struct pdf417_eye){220, 6, 65536 / 6});
	assert_true(edges.n > 100);
	pdf417_edges_find(&edges, line, LINE, &(struct pdf417_eye){220, 12, 65536 / 6});
	assert_int_equal(edges.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hit__spread_ink__is_as_long_as_ever),
	    cmocka_unit_test(find__less_than_noise__is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
