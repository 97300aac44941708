/*
 * What libzint encodes, taken from its modules without a picture: the table of symbol characters, the row indicators, error correction and every
 * compaction mode, over thousands of payloads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pdf417_make.h"
#include "scan/pdf417_correct.h"
#include "scan/pdf417_patterns.h"
#include "scan/pdf417_text.h"

static struct pdf417_index index_;
static struct make_symbol symbol;
static struct pdf417_text text;

static int word_at(int row, int module)
{
	uint32_t pattern = 0;
	int cluster, word;
	for (int i = 0; i < PDF417_MODULES; i++)
		pattern = pattern << 1 | symbol.dark[row][module + i];
	assert_true(pdf417_index_find(&index_, pattern, &cluster, &word));
	assert_int_equal(cluster, row % PDF417_CLUSTERS);
	return word;
}

/* 5.11.3 */
static int left_indicator(int row, int rows, int columns, int level)
{
	const int says[] = {(rows - 1) / 3, level * 3 + (rows - 1) % 3, columns - 1};
	return row / 3 * 30 + says[row % 3];
}

struct words {
	int n, n_check;
	uint16_t at[PDF417_LENGTH_MAX];
};

static void take_words(struct words *w, bool compact)
{
	const int columns = (symbol.width - 1) / PDF417_MODULES - (compact ? 2 : 4);
	const int level = word_at(1, 17) % 30 / 3;
	w->n = 0;
	w->n_check = 2 << level;
	for (int row = 0; row < symbol.rows; row++) {
		assert_int_equal(
		    word_at(row, 17), left_indicator(row, symbol.rows, columns, level));
		for (int c = 0; c < columns; c++)
			w->at[w->n++] = (uint16_t)word_at(row, PDF417_MODULES * (c + 2));
	}
	assert_int_equal(w->at[0], w->n - w->n_check);
}

/* As many as may be, half erased, half wrong. */
static void hurt(struct make_random *r, struct words *w, bool *erased)
{
	memset(erased, 0, sizeof *erased * PDF417_LENGTH_MAX);
	for (int left = w->n_check - 2; left > 0;) {
		const int at = make_between(r, 0, w->n - 1);
		if (erased[at])
			continue;
		w->at[at] = (uint16_t)make_between(r, 0, PDF417_WORDS - 1);
		erased[at] = left == 1 || make_between(r, 0, 1) == 0;
		left -= erased[at] ? 1 : 2;
	}
}

static void payload__any__comes_back_though_damaged(void **state)
{
	uint8_t bytes[1000];
	bool erased[PDF417_LENGTH_MAX];
	static struct words w;
	struct make_random r = {20240917};
	int done[MAKE_PAYLOADS] = {0}, errors;
	(void)state;
	for (int i = 0; i < 6000; i++) {
		const enum make_payload kind = (enum make_payload)(i % MAKE_PAYLOADS);
		const int most = i % 7 == 0 ? 1000 : i % 3 == 0 ? 300 : 40;
		const size_t n = make_payload(&r, kind, bytes, (size_t)most);
		const struct make_how how = {.level = make_between(&r, 0, i % 11 == 0 ? 8 : 5),
		    .columns = i % 2 ? make_between(&r, 1, 30) : 0,
		    .compact = i % 13 == 0};
		if (!make_symbol(&symbol, bytes, n, &how))
			continue;
		take_words(&w, how.compact);
		if (i % 4 != 0) {
			hurt(&r, &w, erased);
			assert_int_equal(
			    pdf417_correct(w.at, w.n, w.n_check, erased, &errors), ERR_OK);
		}
		assert_int_equal(pdf417_text(&text, w.at + 1, w.at[0] - 1), ERR_OK);
		assert_int_equal(text.len, n);
		assert_memory_equal(text.bytes, bytes, n);
		assert_false(text.reader_init);
		done[kind]++;
	}
	for (int k = 0; k < MAKE_PAYLOADS; k++)
		assert_in_range(done[k], 700, 1200);
}

static void payload__every_length_of_each_mode__comes_back(void **state)
{
	uint8_t bytes[120];
	static struct words w;
	(void)state;
	for (int kind = 0; kind < 4; kind++)
		for (size_t n = 1; n <= sizeof bytes; n++) {
			for (size_t i = 0; i < n; i++)
				bytes[i] = (uint8_t)(kind == 0   ? '0' + i % 10
						     : kind == 1 ? 0x80 + i
						     : kind == 2 ? 'a' + i % 26
								 : (i % 9 < 5 ? '!' + i % 15
									      : 0xf0 + i % 16));
			assert_true(make_symbol(&symbol, bytes, n, &(struct make_how){.level = 2}));
			take_words(&w, false);
			assert_int_equal(pdf417_text(&text, w.at + 1, w.at[0] - 1), ERR_OK);
			assert_int_equal(text.len, n);
			assert_memory_equal(text.bytes, bytes, n);
		}
}

static void payload__with_a_function__is_told(void **state)
{
	static struct words w;
	const uint8_t bytes[] = "Gr\xc3\xbc\xc3\x9f"
				"e 0123456789012345";
	(void)state;
	for (int number = 3; number < 900; number += 23) {
		assert_true(make_symbol(&symbol, bytes, sizeof bytes - 1,
		    &(struct make_how){.level = 2, .eci = number}));
		take_words(&w, false);
		assert_int_equal(pdf417_text(&text, w.at + 1, w.at[0] - 1), ERR_OK);
		assert_int_equal(text.n_eci, 1);
		assert_int_equal(text.eci[0].at, 0);
		assert_int_equal(text.eci[0].number, number);
		assert_int_equal(text.len, sizeof bytes - 1);
		assert_memory_equal(text.bytes, bytes, text.len);
	}
	assert_true(
	    make_symbol(&symbol, bytes, 9, &(struct make_how){.level = 2, .reader_init = true}));
	take_words(&w, false);
	assert_int_equal(pdf417_text(&text, w.at + 1, w.at[0] - 1), ERR_OK);
	assert_true(text.reader_init);
	assert_int_equal(text.len, 9);
	for (int i = 1; i <= 3; i++) {
		assert_true(make_symbol(&symbol, bytes, 9,
		    &(struct make_how){.level = 2, .macro_index = i, .macro_count = 3}));
		take_words(&w, false);
		assert_int_equal(pdf417_text(&text, w.at + 1, w.at[0] - 1), ERR_UNSUPPORTED);
		assert_int_equal(text.len, 9);
	}
}

/* What annex A must be: four bars and four spaces of one to six modules, in their cluster by the standard's formula (5.11.1), all different. */
static void patterns__all__are_symbol_characters(void **state)
{
	static const int clusters[] = {0, 3, 6};
	(void)state;
	for (int k = 0; k < PDF417_CLUSTERS; k++)
		for (int w = 0; w < PDF417_WORDS; w++) {
			const uint32_t p = UINT32_C(0x10000) | pdf417_patterns[k][w];
			int width[8] = {0}, element = 0, cluster, word;
			for (int i = PDF417_MODULES - 1; i >= 0; i--) {
				if (i < PDF417_MODULES - 1 && (p >> i & 1) != (p >> (i + 1) & 1))
					element++;
				assert_in_range(element, 0, 7);
				width[element]++;
			}
			assert_int_equal(element, 7);
			for (int i = 0; i < 8; i++)
				assert_in_range(width[i], 1, 6);
			assert_int_equal(
			    (width[0] - width[2] + width[4] - width[6] + 9) % 9, clusters[k]);
			assert_true(pdf417_index_find(&index_, p, &cluster, &word));
			assert_int_equal(cluster, k);
			assert_int_equal(word, w);
		}
	int known = 0, cluster, word;
	for (uint32_t p = 0; p < UINT32_C(0x20000); p++)
		known += pdf417_index_find(&index_, p, &cluster, &word);
	assert_int_equal(known, PDF417_CLUSTERS * PDF417_WORDS);
}

static int setup(void **state)
{
	(void)state;
	pdf417_index_init(&index_);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns__all__are_symbol_characters),
	    cmocka_unit_test(payload__any__comes_back_though_damaged),
	    cmocka_unit_test(payload__every_length_of_each_mode__comes_back),
	    cmocka_unit_test(payload__with_a_function__is_told),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
