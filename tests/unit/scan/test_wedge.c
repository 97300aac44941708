#include "scan/wedge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

enum { UP = 0403 };

struct bench {
	struct wedge w;
	int64_t now;
	char keys[512]; /* what was given on as keys */
	int n_keys, n_functions, n_scans;
	char scan[WEDGE_TEXT_SZ];
	size_t scan_len;
};

static void start(struct bench *b, const char *prefix, const char *suffix)
{
	struct wedge_conf c = wedge_conf_default();
	memset(b, 0, sizeof *b);
	(void)str_copy(c.prefix, sizeof c.prefix, prefix);
	(void)str_copy(c.suffix, sizeof c.suffix, suffix);
	wedge_init(&b->w, &c);
	b->now = 1000000;
}

static void drain(struct bench *b)
{
	struct wedge_event ev;
	while (wedge_next(&b->w, &ev, b->now)) {
		if (ev.kind == WEDGE_SCAN) {
			b->n_scans++;
			b->scan_len = ev.len;
			memcpy(b->scan, ev.text, ev.len + 1);
		} else if (ev.key.function) {
			b->n_functions++;
		} else {
			b->keys[b->n_keys++] = (char)ev.key.code;
		}
	}
}

static void press(struct bench *b, uint32_t code, int after_ms)
{
	b->now += after_ms;
	wedge_key(&b->w, (struct wedge_key){.code = code}, b->now);
	drain(b);
}

static void type(struct bench *b, const char *s, int gap_ms)
{
	for (; *s != '\0'; s++)
		press(b, (unsigned char)*s, gap_ms);
}

/* Wait until nothing is due. */
static void quiet(struct bench *b)
{
	while (wedge_due_ms(&b->w) != INT64_MAX) {
		if (wedge_due_ms(&b->w) > b->now)
			b->now = wedge_due_ms(&b->w);
		drain(b);
	}
	b->now += 1000;
}

static void wedge_key__typed_by_hand__comes_out_as_keys(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	type(&b, "Zoe Mueller", 90);
	quiet(&b);
	assert_string_equal(b.keys, "Zoe Mueller");
	assert_int_equal(b.n_scans, 0);
}

static void wedge_key__two_keys_rolled__stay_keys(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	for (int i = 0; i < 10; i++) {
		press(&b, 'a', 80);
		press(&b, 'b', 5);
	}
	quiet(&b);
	assert_string_equal(b.keys, "abababababababababab");
	assert_int_equal(b.n_scans, 0);
}

static void wedge_key__burst__is_one_scan_and_no_key(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	type(&b, "FOYERABC234\r\n", 7);
	quiet(&b);
	assert_int_equal(b.n_scans, 1);
	assert_int_equal(b.n_keys, 0);
	assert_string_equal(b.scan, "FOYERABC234\r\n");
}

static void wedge_key__burst_all_at_once__is_a_scan(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	type(&b, "8K3M9QPT", 0);
	quiet(&b);
	assert_int_equal(b.n_scans, 1);
	assert_string_equal(b.scan, "8K3M9QPT");
}

static void wedge_key__burst_of_one_letter__is_a_scan(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	type(&b, "00000000", 3);
	quiet(&b);
	assert_int_equal(b.n_scans, 1);
	assert_int_equal(b.n_keys, 0);
}

static void wedge_key__backspace_held_down__repeats(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	for (int i = 0; i < 100; i++)
		press(&b, 127, 10);
	quiet(&b);
	assert_int_equal(b.n_keys, 100);
	assert_int_equal(b.n_scans, 0);
}

static void wedge_key__arrow_held_down__waits_for_nothing(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	for (int i = 0; i < 50; i++) {
		wedge_key(&b.w, (struct wedge_key){.code = UP, .function = true}, b.now);
		drain(&b);
		assert_int_equal(b.n_functions, i + 1);
	}
}

static void wedge_key__control_characters_in_a_burst__never_act(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	type(&b, "\r\r\t\x1b\x03\x1a\x11 hostile", 2);
	wedge_key(&b.w, (struct wedge_key){.code = UP, .function = true}, b.now);
	wedge_key(&b.w, (struct wedge_key){.code = 0}, b.now);
	type(&b, "\r", 2);
	quiet(&b);
	assert_int_equal(b.n_keys, 0);
	assert_int_equal(b.n_functions, 0);
	assert_int_equal(b.n_scans, 1);
	assert_string_equal(b.scan, "\r\r\t\x1b\x03\x1a\x11 hostile\r");
}

static void wedge_key__straggler_after_a_scan__is_dropped(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", ";");
	type(&b, "ABCDEFGH;\r\n", 2);
	drain(&b);
	assert_int_equal(b.n_scans, 1);
	assert_string_equal(b.scan, "ABCDEFGH");
	quiet(&b);
	type(&b, "x", 0);
	quiet(&b);
	assert_string_equal(b.keys, "x");
}

static void wedge_key__second_scan__is_told_apart(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	type(&b, "FIRSTCODE", 2);
	quiet(&b);
	assert_string_equal(b.scan, "FIRSTCODE");
	type(&b, "SECONDCODE", 2);
	quiet(&b);
	assert_string_equal(b.scan, "SECONDCODE");
	assert_int_equal(b.n_scans, 2);
}

static void wedge_key__prefix_and_suffix__are_cut_off(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "~", "#");
	type(&b, "~A1#", 2); /* shorter than a burst, known by its prefix */
	drain(&b);
	assert_int_equal(b.n_scans, 1);
	assert_string_equal(b.scan, "A1");
	assert_int_equal(b.n_keys, 0);
}

/* As long as a driving licence is, or any symbol that holds one. */
static void wedge_key__a_licence__comes_whole(void **state)
{
	static const int lengths[] = {700, WEDGE_TEXT_SZ - 1};
	struct bench b;
	(void)state;
	for (int i = 0; i < 2; i++) {
		start(&b, "", "");
		for (int k = 0; k < lengths[i]; k++)
			press(&b, k == 3 ? 0x1e : k % 30 == 29 ? '\r' : 'A' + (uint32_t)k % 26, 5);
		quiet(&b);
		assert_int_equal(b.n_scans, 1);
		assert_int_equal(b.n_keys, 0);
		assert_int_equal(b.scan_len, lengths[i]);
	}
}

static void wedge_key__longer_than_any_document__is_cut(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	for (int i = 0; i < 10000; i++)
		press(&b, i == 9999 ? 'X' : 'a' + (uint32_t)i % 20, 1);
	quiet(&b);
	assert_int_equal(b.n_scans, 1);
	assert_int_equal(b.scan_len, WEDGE_TEXT_SZ - 1);
	assert_null(strchr(b.scan, 'X'));
	assert_int_equal(b.n_keys, 0);
}

static void wedge_key__wide_characters__come_out_as_utf8(void **state)
{
	struct bench b;
	static const uint32_t code[] = {'a', 0xe9, 0x20ac, 0x1f600, 0xd800, 0x202e, 'z'};
	(void)state;
	start(&b, "", "");
	for (size_t i = 0; i < sizeof code / sizeof code[0]; i++)
		press(&b, code[i], 1);
	quiet(&b);
	assert_string_equal(b.scan, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x80\xaez");
}

static void wedge_key__switched_off__passes_everything_at_once(void **state)
{
	struct bench b;
	struct wedge_conf c = wedge_conf_default();
	(void)state;
	start(&b, "", "");
	c.on = false;
	wedge_init(&b.w, &c);
	type(&b, "all of this is text", 0);
	assert_string_equal(b.keys, "all of this is text");
	assert_int_equal(b.n_scans, 0);
}

static void wedge_key__many_keys_without_draining__stays_in_bounds(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	for (int i = 0; i < 10000; i++)
		wedge_key(
		    &b.w, (struct wedge_key){.code = 8, .function = i % 3 == 0}, b.now += i % 50);
	drain(&b);
	assert_true(b.n_keys + b.n_functions <= 2 * WEDGE_HELD);
}

static void wedge_due__nothing_held__is_never(void **state)
{
	struct bench b;
	(void)state;
	start(&b, "", "");
	assert_true(wedge_due_ms(&b.w) == INT64_MAX);
	press(&b, 'a', 0);
	assert_true(wedge_due_ms(&b.w) == b.now + 30);
	quiet(&b);
	assert_true(wedge_due_ms(&b.w) == INT64_MAX);
	wedge_fini(&b.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wedge_key__typed_by_hand__comes_out_as_keys),
	    cmocka_unit_test(wedge_key__two_keys_rolled__stay_keys),
	    cmocka_unit_test(wedge_key__burst__is_one_scan_and_no_key),
	    cmocka_unit_test(wedge_key__burst_all_at_once__is_a_scan),
	    cmocka_unit_test(wedge_key__burst_of_one_letter__is_a_scan),
	    cmocka_unit_test(wedge_key__backspace_held_down__repeats),
	    cmocka_unit_test(wedge_key__arrow_held_down__waits_for_nothing),
	    cmocka_unit_test(wedge_key__control_characters_in_a_burst__never_act),
	    cmocka_unit_test(wedge_key__straggler_after_a_scan__is_dropped),
	    cmocka_unit_test(wedge_key__second_scan__is_told_apart),
	    cmocka_unit_test(wedge_key__prefix_and_suffix__are_cut_off),
	    cmocka_unit_test(wedge_key__a_licence__comes_whole),
	    cmocka_unit_test(wedge_key__longer_than_any_document__is_cut),
	    cmocka_unit_test(wedge_key__wide_characters__come_out_as_utf8),
	    cmocka_unit_test(wedge_key__switched_off__passes_everything_at_once),
	    cmocka_unit_test(wedge_key__many_keys_without_draining__stays_in_bounds),
	    cmocka_unit_test(wedge_due__nothing_held__is_never),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
