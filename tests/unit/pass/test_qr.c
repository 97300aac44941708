#include "pass/qr.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "help.h"

/* As long as a pass, and of its alphabet. */
#define LIKE_A_PASS                                                                                \
	"FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZKACKLLOTULJVXFD6RE" \
	"MIEUHLMLCPPZVZ3TQ"                                                                        \
	"XY7JGOGMITCL2JMYPA7CVM7VHMNGYLZFWAY"

enum { CELL_W = 8, CELL_H = 16, COLUMNS = 60, ROWS = 40 };

static char dir[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	help_dir_make(dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	help_dir_remove(dir);
	return 0;
}

static void make(struct qr *q, const char *text, enum qr_level level)
{
	struct err e = {0};
	if (qr_encode(q, text, level, &e) != ERR_OK)
		fail_msg("%s", e.msg);
}

/* The terminal: a cell of 8 × 16 pixels, its upper half and its lower half. */
static void paint(uint8_t *grey, int columns, int row, int column, unsigned cell)
{
	for (int y = 0; y < CELL_H; y++) {
		bool dark = (cell >> (y >= CELL_H / 2)) & 1;
		memset(
		    grey + ((size_t)(row * CELL_H + y) * (size_t)columns + (size_t)column) * CELL_W,
		    dark ? 0 : 255, CELL_W);
	}
}

static void qr__encode__pass_is_version_6(void **state)
{
	(void)state;
	struct qr q;
	make(&q, LIKE_A_PASS, QR_M);
	assert_int_equal(q.side, 41);
	assert_int_equal(qr_rows(&q, 2), 23);
	assert_int_equal(qr_columns(&q, 2), 45);
	assert_int_equal(qr_rows(&q, 0), 21);
	make(&q, LIKE_A_PASS, QR_L);
	assert_int_equal(q.side, 37);
	make(&q, LIKE_A_PASS, QR_Q);
	assert_int_equal(q.side, 49);
	make(&q, LIKE_A_PASS, QR_H);
	assert_int_equal(q.side, 53);
	make(&q, "A", QR_M);
	assert_int_equal(q.side, 21);
	/* The finder at the upper left, ISO/IEC 18004 §6.3.3: a ring, a gap, a block. */
	for (int i = 0; i < 7; i++) {
		assert_int_equal(q.dark[i], 1);
		assert_int_equal(q.dark[21 * i], 1);
		assert_int_equal(q.dark[21 * 3 + i], i != 1 && i != 5);
	}
	for (int i = 0; i < q.side * q.side; i++)
		assert_true(q.dark[i] <= 1);
}

static void qr__encode__alphanumeric_is_denser_than_bytes(void **state)
{
	(void)state;
	struct qr upper, lower;
	char text[] = LIKE_A_PASS;
	make(&upper, text, QR_M);
	for (char *c = text; *c != '\0'; c++)
		*c = (char)tolower(*c);
	make(&lower, text, QR_M);
	assert_true(upper.side < lower.side);
}

static void qr__encode__bounds(void **state)
{
	(void)state;
	struct err e = {0};
	struct qr q;
	char *text = malloc(10001);
	assert_non_null(text);
	assert_int_equal(qr_encode(&q, "", QR_M, &e), ERR_INPUT);
	assert_int_equal(q.side, 0);
	memset(text, 'A', 10000);
	text[10000] = '\0';
	assert_int_equal(qr_encode(&q, text, QR_L, &e), ERR_TOO_LONG);
	assert_int_equal(qr_encode(&q, text, QR_L, NULL), ERR_TOO_LONG);
	text[4297] = '\0';
	assert_int_equal(qr_encode(&q, text, QR_L, &e), ERR_TOO_LONG);
	text[4296] = '\0'; /* ISO/IEC 18004 table 7: version 40-L */
	assert_int_equal(qr_encode(&q, text, QR_L, &e), ERR_OK);
	assert_int_equal(q.side, QR_MAX_SIDE);
	memset(text, 'a', 2954);
	text[2954] = '\0';
	assert_int_equal(qr_encode(&q, text, QR_L, &e), ERR_TOO_LONG);
	text[2953] = '\0';
	assert_int_equal(qr_encode(&q, text, QR_L, &e), ERR_OK);
	free(text);
}

static void qr__row__covers_the_code_and_its_quiet_zone(void **state)
{
	(void)state;
	struct qr q;
	uint8_t cells[COLUMNS];
	make(&q, "A", QR_M); /* 21 modules: the last row is half empty */
	for (int quiet = 0; quiet <= 4; quiet++) {
		for (int row = 0; row < qr_rows(&q, quiet); row++) {
			qr_row(cells, &q, quiet, row);
			for (int i = 0; i < qr_columns(&q, quiet); i++) {
				for (int half = 0; half < 2; half++) {
					int x = i - quiet, y = 2 * row + half - quiet;
					bool inside = x >= 0 && x < 21 && y >= 0 && y < 21;
					assert_int_equal((cells[i] >> half) & 1,
					    inside ? q.dark[y * 21 + x] : 0);
				}
				assert_true(cells[i] <= 3);
			}
		}
	}
}

static void qr__row__is_read_by_a_camera(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    LIKE_A_PASS, "https://foyer.example/i/abc?x=1&y=2", "7"};
	for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
		struct qr q;
		char read[512];
		uint8_t cells[COLUMNS];
		make(&q, texts[t], QR_M);
		int rows = qr_rows(&q, 2), columns = qr_columns(&q, 2);
		uint8_t *grey = malloc((size_t)rows * CELL_H * (size_t)columns * CELL_W);
		assert_non_null(grey);
		for (int row = 0; row < rows; row++) {
			qr_row(cells, &q, 2, row);
			for (int i = 0; i < columns; i++)
				paint(grey, columns, row, i, cells[i]);
		}
		help_pgm(dir, "row.pgm", grey, (size_t)columns * CELL_W, (size_t)rows * CELL_H);
		help_zbar(read, sizeof read, dir, "row.pgm");
		assert_string_equal(read, texts[t]);
		free(grey);
	}
}

/* A terminal that knows what qr_ansi writes and nothing else: 38;5/48;5 colours 16 and 231, reset, three glyphs. */
struct screen {
	uint8_t cell[ROWS][COLUMNS]; /* as qr_row */
	int rows, columns;
};

static bool takes(const char **s, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(*s, word, n) != 0)
		return false;
	*s += n;
	return true;
}

static void show(struct screen *screen, const char *s)
{
	int fg_dark = -1, bg_dark = -1, row = 0,
	    column = 0; /* -1: the terminal's own colour, never to be drawn with */
	screen->columns = 0;
	while (*s != '\0') {
		if (takes(&s, "\033[38;5;16;48;5;231m")) {
			fg_dark = 1;
			bg_dark = 0;
		} else if (takes(&s, "\033[38;5;231;48;5;16m")) {
			fg_dark = 0;
			bg_dark = 1;
		} else if (takes(&s, "\033[0m")) {
			fg_dark = bg_dark = -1;
		} else if (takes(&s, "\n")) {
			assert_int_equal(fg_dark, -1); /* else the rest of the line is painted */
			assert_true(screen->columns == 0 || screen->columns == column);
			screen->columns = column;
			column = 0;
			row++;
		} else {
			assert_true(row < ROWS && column < COLUMNS && fg_dark >= 0);
			int upper = bg_dark, lower = bg_dark;
			if (takes(&s, "▀"))
				upper = fg_dark;
			else if (takes(&s, "▄"))
				lower = fg_dark;
			else
				assert_true(takes(&s, " "));
			screen->cell[row][column++] = (uint8_t)(upper | lower << 1);
		}
	}
	assert_int_equal(column, 0);
	screen->rows = row;
}

static void qr__ansi__is_the_same_picture(void **state)
{
	(void)state;
	struct qr q;
	struct err e = {0};
	struct str_buf out = STR_BUF_INIT;
	struct screen screen;
	char read[512];
	uint8_t cells[COLUMNS];
	make(&q, LIKE_A_PASS, QR_M);
	assert_int_equal(qr_ansi(&out, &q, 2, &e), ERR_OK);
	show(&screen, out.data);
	assert_int_equal(screen.rows, 23);
	assert_int_equal(screen.columns, 45);
	uint8_t *grey = malloc(23 * CELL_H * 45 * CELL_W);
	assert_non_null(grey);
	for (int row = 0; row < 23; row++) {
		qr_row(cells, &q, 2, row);
		assert_memory_equal(cells, screen.cell[row], 45);
		for (int i = 0; i < 45; i++)
			paint(grey, 45, row, i, screen.cell[row][i]);
	}
	help_pgm(dir, "ansi.pgm", grey, 45 * CELL_W, 23 * CELL_H);
	help_zbar(read, sizeof read, dir, "ansi.pgm");
	assert_string_equal(read, LIKE_A_PASS);
	free(grey);
	str_buf_fini(&out);
}

static void qr__ansi__bounds(void **state)
{
	(void)state;
	struct qr q;
	struct err e = {0};
	struct str_buf out = STR_BUF_INIT;
	make(&q, "A", QR_M);
	assert_int_equal(qr_ansi(&out, &q, -1, &e), ERR_INPUT);
	assert_int_equal(qr_ansi(&out, &q, QR_MAX_QUIET + 1, &e), ERR_INPUT);
	assert_int_equal(qr_ansi(&out, &q, QR_MAX_QUIET, &e), ERR_OK);
	str_buf_fini(&out);
	struct str_buf small = {.max = 100};
	assert_true(str_buf_add(&small, "before", 6));
	assert_int_equal(qr_ansi(&small, &q, 2, &e), ERR_TOO_LONG);
	assert_int_equal(small.len, 6);
	assert_string_equal(small.data, "before");
	str_buf_fini(&small);
	q.side = 0;
	struct str_buf none = STR_BUF_INIT;
	assert_int_equal(qr_ansi(&none, &q, 2, &e), ERR_INPUT);
	assert_int_equal(none.len, 0);
	str_buf_fini(&none);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(qr__encode__pass_is_version_6),
	    TEST(qr__encode__alphanumeric_is_denser_than_bytes),
	    TEST(qr__encode__bounds),
	    TEST(qr__row__covers_the_code_and_its_quiet_zone),
	    TEST(qr__row__is_read_by_a_camera),
	    TEST(qr__ansi__is_the_same_picture),
	    TEST(qr__ansi__bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
