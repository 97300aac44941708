#include "scan/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"
#include "mrz_make.h"
#include "pdf417_make.h"
#include "pipe.h"

enum { FRAME_MS = 66, ZONE_MS = 100 };

struct scene {
	struct pipe_end pipe;
	struct out out;
	struct look look;
	struct clock_fake clock;
	int asked; /* how often the clock was, since this picture held no code */
	int zones; /* readings of a zone, which alone take time */
	struct image im;
};

static struct scene scene;

static struct scene *start(bool small)
{
	struct scene *s = &scene;
	*s = (struct scene){0};
	s->look.how = (struct mosaic_look){.cols = 44, .rows = 11};
	s->look.clock = clock_of_fake(&s->clock);
	look_init(&s->look);
	pipe_start(&s->pipe, &s->out, small);
	return s;
}

static void stop(struct scene *s)
{
	look_fini(&s->look);
	image_fini(&s->im);
	pipe_stop(&s->pipe, &s->out);
}

/* Up to two codes before a grey wall. */
static void show(struct scene *s, const char *one, const char *two, int64_t now_ms)
{
	struct err e;
	make_plain(&s->im, 640, 480, 128);
	if (one != NULL)
		(void)make_qr(&s->im, one, 4, 20, 20);
	if (two != NULL)
		(void)make_qr(&s->im, two, 4, 330, 200);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, now_ms, &e), ERR_OK);
	pipe_take(&s->pipe);
}

static void look__code__is_told_once_and_its_preview_first(void **state)
{
	struct scene *s = start(false);
	(void)state;
	show(s, NULL, NULL, 0);
	assert_int_equal(s->pipe.previews, 1);
	show(s, "FIRST", NULL, 100);
	assert_int_equal(s->pipe.previews, 2);
	assert_int_equal(s->pipe.codes, 1);
	assert_string_equal(s->pipe.code[0], "FIRST");
	for (int64_t t = 200; t < 3000; t += 100)
		show(s, "FIRST", NULL, t);
	assert_int_equal(s->pipe.codes, 1);
	assert_int_equal(s->pipe.previews, 2); /* nothing changed */
	show(s, NULL, NULL, 3000);
	assert_int_equal(s->pipe.previews, 3);
	show(s, "FIRST", NULL, 4999);
	assert_int_equal(s->pipe.codes, 1);
	show(s, NULL, NULL, 5100);
	show(s, "FIRST", NULL, 7100);
	assert_int_equal(s->pipe.codes, 2);
	stop(s);
}

static void look__again__tells_what_is_in_view_once_more(void **state)
{
	struct scene *s = start(false);
	(void)state;
	show(s, "FIRST", NULL, 100);
	show(s, "FIRST", NULL, 200);
	assert_int_equal(s->pipe.codes, 1);
	look_again(&s->look);
	show(s, "FIRST", NULL, 300);
	assert_int_equal(s->pipe.codes, 2);
	show(s, "FIRST", NULL, 400);
	assert_int_equal(s->pipe.codes, 2);
	show(s, "FOYER1", "FOYER2", 500);
	show(s, "FOYER1", "FOYER2", 600);
	assert_int_equal(s->pipe.many, 1);
	look_again(&s->look);
	show(s, "FOYER1", "FOYER2", 700);
	assert_int_equal(s->pipe.many, 2);
	assert_int_equal(s->pipe.codes, 2);
	stop(s);
}

static void look__two_codes__are_both_told(void **state)
{
	struct scene *s = start(false);
	(void)state;
	show(s, "ONE", NULL, 0);
	show(s, "ONE", "TWO", 100);
	assert_int_equal(s->pipe.codes, 2);
	assert_string_equal(s->pipe.code[1], "TWO");
	show(s, NULL, "TWO", 200);
	show(s, "THREE", "TWO", 300);
	assert_int_equal(s->pipe.codes, 3);
	assert_string_equal(s->pipe.code[2], "THREE");
	stop(s);
}

static void see_camera(struct scene *s, const char *one, const char *two, int64_t now_ms)
{
	s->look.live = true;
	show(s, one, two, now_ms);
}

/* Nobody can know which of two passes is meant. A badge's second code, for the doors, is none. */
static void look__two_passes__are_one_answer_of_their_own(void **state)
{
	struct scene *s = start(false);
	(void)state;
	see_camera(s, "FOYERAAAA", "FOYERBBBB", 0);
	assert_int_equal(s->pipe.many, 1);
	see_camera(s, "FOYERAAAA", "10058400", 100); /* one of them was not read for once */
	see_camera(s, "foyeraaaa", "FOYERBBBB", 200);
	assert_int_equal(s->pipe.many, 1);
	assert_int_equal(s->pipe.codes, 1);
	assert_string_equal(s->pipe.code[0], "10058400");
	see_camera(s, "FOYERAAAA", NULL, 800);
	assert_int_equal(s->pipe.codes, 1);
	see_camera(s, NULL, "FOYERAAAA", 900);
	assert_int_equal(s->pipe.codes, 2);
	assert_string_equal(s->pipe.code[1], "FOYERAAAA");
	see_camera(s, "FOYERAAAA", "FOYERAAAA", 1000); /* the same pass twice is one */
	see_camera(s, "FOYERCCCC", "FOYERAAAA", 1100);
	assert_int_equal(s->pipe.many, 2);
	assert_int_equal(s->pipe.codes, 2);
	stop(s);
}

static void look__slow_reader__sees_the_last_preview_later(void **state)
{
	struct scene *s = start(true);
	struct err e;
	(void)state;
	s->look.how = (struct mosaic_look){.cols = CAMERA_COLS_MAX, .rows = CAMERA_ROWS_MAX};
	make_plain(&s->im, 640, 480, 10);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 0, &e), ERR_OK);
	make_plain(&s->im, 640, 480, 20);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 100, &e), ERR_OK);
	(void)make_qr(&s->im, "LAST", 4, 20, 20);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 200, &e), ERR_OK);
	for (int i = 0; i < 1000 && s->pipe.previews < 2; i++) {
		pipe_take(&s->pipe);
		assert_int_equal(out_flush(&s->out, &e), ERR_OK);
		assert_int_equal(look_show(&s->look, &s->out, &e), ERR_OK);
	}
	assert_int_equal(s->pipe.previews, 2); /* the first, and the last; not the one between */
	assert_int_equal(s->pipe.codes, 1);
	assert_true(mosaic_same(&s->look.now, &s->look.shown));
	stop(s);
}

static void look__large_photograph__is_read(void **state)
{
	struct scene *s = start(false);
	struct err e;
	(void)state;
	make_plain(&s->im, 4096, 3000, 200);
	(void)make_qr(&s->im, "LARGE", 16, 1500, 1000);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 0, &e), ERR_OK);
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.codes, 1);
	assert_string_equal(s->pipe.code[0], "LARGE");
	assert_in_range(s->im.width, 1, 2048);
	stop(s);
}

/* A camera's pictures are never the same: what differs by noise is read every fifth time only, and its frame stays. */
static void look__live_and_still__is_read_now_and_then(void **state)
{
	struct scene *s = start(false);
	struct err e;
	int reads = 0;
	(void)state;
	s->look.live = true;
	for (int i = 0; i < 20; i++) {
		make_plain(&s->im, 640, 480, 128);
		(void)make_qr(&s->im, "STILL", 4, 20, 20);
		s->im.grey[i] ^= 1;
		assert_int_equal(look_at(&s->look, &s->im, &s->out, i * 100, &e), ERR_OK);
		reads += s->look.since == 0;
		assert_int_equal(s->look.n, 1);
	}
	assert_int_equal(reads, 4);
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.codes, 1);
	assert_int_equal(s->pipe.previews, 1);
	/* Another code in its place is another picture, and read at once. */
	show(s, "OTHER", NULL, 2000);
	assert_int_equal(s->pipe.codes, 2);
	stop(s);
}

/* A PDF417 symbol of this picture's own, on a grey wall. */
static void draw_pdf417(struct image *im, const char *text, const struct make_how *how)
{
	static struct make_symbol symbol;
	const struct make_view v = {.width = 640,
	    .height = 480,
	    .module = 2,
	    .row = 4,
	    .angle = 20,
	    .black = 20,
	    .white = 200};
	assert_true(make_symbol(&symbol, (const uint8_t *)text, strlen(text), how));
	make_view(im, &symbol, &v);
}

/* Before a camera, beside a pass: not in the first picture, but soon. */
static void look__pdf417__is_told_as_one_and_marked(void **state)
{
	struct scene *s = start(false);
	struct err e;
	struct code_box marked = {0};
	int both = 0;
	(void)state;
	s->look.live = true;
	for (int i = 0; i < 30; i++) {
		draw_pdf417(&s->im, "@\n\x1e\rANSI 636000", &(struct make_how){.level = 3});
		(void)make_qr(&s->im, "A PASS", 4, 0, i % 2 * 8);
		assert_int_equal(look_at(&s->look, &s->im, &s->out, i * 100, &e), ERR_OK);
		assert_in_range(s->look.n, 1, 2);
		both += s->look.n == 2;
		if (s->look.n == 2)
			marked = s->look.boxes[1];
	}
	assert_in_range(both, 5, 15);
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.codes, 2);
	assert_int_equal(s->pipe.pdf417, 1);
	assert_string_equal(s->pipe.code[0], "A PASS");
	assert_string_equal(s->pipe.code[1], "@\n\x1e\rANSI 636000");
	const struct code_box *b = &marked;
	assert_in_range(b->left, 100, 250);
	assert_in_range(b->right, 390, 540);
	assert_in_range(b->top, 80, 230);
	assert_in_range(b->bottom, 250, 400);
	stop(s);
}

/* One of several, and one that would program the reader (ISO/IEC 15438, 5.13 and 5.4.1.4), are not for us, and that is said. */
static void look__pdf417_for_others__is_told_as_stray(void **state)
{
	struct scene *s = start(false);
	struct err e;
	(void)state;
	draw_pdf417(
	    &s->im, "A PART", &(struct make_how){.level = 3, .macro_index = 1, .macro_count = 2});
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 0, &e), ERR_OK);
	draw_pdf417(&s->im, "SETTING", &(struct make_how){.level = 3, .reader_init = true});
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 100, &e), ERR_OK);
	draw_pdf417(&s->im, "WHOLE", &(struct make_how){.level = 3});
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 200, &e), ERR_OK);
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.codes, 3);
	assert_int_equal(s->pipe.stray, 2);
	assert_int_equal(s->pipe.pdf417, 1);
	assert_string_equal(s->pipe.code[0], "A PART");
	assert_string_equal(s->pipe.code[1], "SETTING");
	assert_string_equal(s->pipe.code[2], "WHOLE");
	stop(s);
}

/* A card before a wall, with a symbol or none on it. */
static void draw_card(struct image *im, const char *text)
{
	draw_pdf417(im, text, &(struct make_how){.level = 3});
	for (int y = 0; y < 480; y++)
		for (int x = 0; x < 640; x++)
			if (x < 120 || x >= 520 || y < 110 || y >= 370)
				im->grey[y * 640 + x] = 90;
}

/* From the order on no picture goes out, and what is in view is told anew. */
static void look__document_wanted__tells_its_outline_alone(void **state)
{
	struct scene *s = start(false);
	struct err e;
	(void)state;
	for (int i = 0; i < 2; i++) {
		draw_card(&s->im, "@\n\x1e\rANSI 636000");
		assert_int_equal(look_at(&s->look, &s->im, &s->out, i, &e), ERR_OK);
	}
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.previews, 1);
	assert_int_equal(s->pipe.pdf417, 1);
	look_for_document(&s->look, true);
	static const struct mosaic none;
	assert_memory_equal(&s->look.now, &none, sizeof none);
	assert_memory_equal(&s->look.shown, &none, sizeof none);
	assert_memory_equal(&s->look.read, &none, sizeof none);
	assert_int_equal(look_show(&s->look, &s->out, &e), ERR_OK); /* of nothing yet */
	for (int i = 0; i < 9; i++) {
		draw_card(&s->im, i < 8 ? "@\n\x1e\rANSI 636000" : "OTHER");
		s->im.grey[i] ^= 1;
		assert_int_equal(look_at(&s->look, &s->im, &s->out, 100 + i, &e), ERR_OK);
	}
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.previews, 1);
	assert_int_equal(s->pipe.pdf417, 3);
	assert_in_range(s->pipe.outlines, 1, 9);
	assert_int_equal(s->pipe.outline.state, CAMERA_SHARP);
	for (int i = 0; i < 4; i++) {
		const int x = s->pipe.outline.corners[i].x * 640 / 65535,
			  y = s->pipe.outline.corners[i].y * 480 / 65535;
		assert_true(abs(x - 120) < 12 || abs(x - 520) < 12);
		assert_true(abs(y - 110) < 12 || abs(y - 370) < 12);
	}
	make_plain(&s->im, 640, 480, 90);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 200, &e), ERR_OK);
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.outline.state, CAMERA_NOTHING);
	look_for_document(&s->look, false);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 300, &e), ERR_OK);
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.previews, 2);
	stop(s);
}

/* A pass held up instead is found too. */
static void look__document_wanted__a_pass_is_seen_all_the_same(void **state)
{
	struct scene *s = start(false);
	(void)state;
	s->look.live = true;
	look_for_document(&s->look, true);
	show(s, NULL, NULL, 0);
	show(s, "A PASS", NULL, 100);
	assert_int_equal(s->pipe.codes, 1);
	assert_int_equal(s->pipe.pdf417, 0);
	assert_int_equal(s->pipe.previews, 0);
	stop(s);
}

/* A passport's page before the camera, moved a little from picture to picture; with a code in the picture it is not looked for. */
static void look__zone__is_told_as_one_and_marked(void **state)
{
	struct scene *s = start(false);
	struct make_random r = {3};
	struct err e;
	char text[MAKE_ZONE_SZ];
	(void)state;
	make_zone(text, &r, MRZ_TD3);
	for (int i = 0; i < 4; i++) {
		make_sheet(&s->im, text,
		    &(struct make_sheet){.dpi = 150, .angle = i, .blur = 0.8, .page = true});
		assert_int_equal(look_at(&s->look, &s->im, &s->out, i * 100, &e), ERR_OK);
		assert_int_equal(s->look.n, 1);
	}
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.codes, 1);
	assert_int_equal(s->pipe.mrz, 1);
	assert_string_equal(s->pipe.code[0], text);
	const struct code_box *b = &s->look.boxes[0];
	assert_in_range(b->left, 20, 80);
	assert_in_range(b->right, s->im.width - 80, s->im.width - 20);
	assert_in_range(b->top, s->im.height * 2 / 3, s->im.height - 50);
	assert_in_range(b->bottom, b->top + 20, s->im.height - 10);
	make_zone(text, &r, MRZ_TD3);
	make_sheet(&s->im, text, &(struct make_sheet){.dpi = 150, .page = true});
	(void)make_qr(&s->im, "A PASS", 4, 20, 20);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 1000, &e), ERR_OK);
	pipe_take(&s->pipe);
	assert_int_equal(s->pipe.codes, 2);
	assert_int_equal(s->pipe.mrz, 1);
	stop(s);
}

/* A card before a wall of stripes, in a place of its own each time; there is no code on it, and nothing to read below. */
static void draw_busy(struct image *im, int at)
{
	make_plain(im, 640, 480, 90);
	for (int y = 0; y < 300; y++)
		for (int x = 0; x < 450; x++)
			im->grey[(y + 60) * 640 + x + at] =
			    y > 200 && y % 20 < 12 && x > 20 && x < 430 && x % 12 < 7 ? 30 : 220;
}

/* A code is looked for first; when there is none, look.c asks whether a zone is due, and what its reading takes. */
static int64_t work_mono(void *arg)
{
	struct scene *s = arg;
	if (s->look.n == 0 && ++s->asked == 3) {
		s->clock.mono_ms += ZONE_MS;
		s->zones++;
	}
	return s->clock.mono_ms;
}

static void see_busy(struct scene *s, int pictures)
{
	struct err e;
	for (int i = 0; i < pictures; i++) {
		s->clock.mono_ms += FRAME_MS;
		s->look.n = -1;
		s->asked = 0;
		draw_busy(&s->im, 20 + i * 37 % 150);
		assert_int_equal(look_at(&s->look, &s->im, &s->out, s->clock.mono_ms, &e), ERR_OK);
		pipe_take(&s->pipe);
	}
}

/* Three quarters of the time are the outline's: it is told of every picture, the zone is read in every fifth (100 ms, then 300 ms of 66 each). */
static void look__zone__leaves_time_for_the_outline(void **state)
{
	struct scene *s = start(false);
	(void)state;
	s->look.live = true;
	s->look.clock = (struct clock){.mono_ms = work_mono, .arg = s};
	look_for_document(&s->look, true);
	see_busy(s, 38);
	assert_int_equal(s->pipe.outlines, 38);
	assert_int_equal(s->zones, 8);
	assert_int_equal(s->pipe.codes, 0);
	/* Who shows a document anew does not wait for the one before. */
	look_for_document(&s->look, false);
	look_for_document(&s->look, true);
	see_busy(s, 1);
	assert_int_equal(s->zones, 9);
	see_busy(s, 2);
	assert_int_equal(s->zones, 9);
	look_for_document(&s->look, false);
	look_for_document(&s->look, true);
	see_busy(s, 1);
	assert_int_equal(s->zones, 10);
	stop(s);
}

static void look__reader_gone__is_told(void **state)
{
	struct scene *s = start(false);
	struct err e;
	(void)state;
	pipe_hang_up(&s->pipe);
	make_plain(&s->im, 640, 480, 10);
	assert_int_equal(look_at(&s->look, &s->im, &s->out, 0, &e), ERR_UNREACHABLE);
	stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(look__code__is_told_once_and_its_preview_first),
	    cmocka_unit_test(look__again__tells_what_is_in_view_once_more),
	    cmocka_unit_test(look__two_codes__are_both_told),
	    cmocka_unit_test(look__two_passes__are_one_answer_of_their_own),
	    cmocka_unit_test(look__slow_reader__sees_the_last_preview_later),
	    cmocka_unit_test(look__large_photograph__is_read),
	    cmocka_unit_test(look__live_and_still__is_read_now_and_then),
	    cmocka_unit_test(look__pdf417__is_told_as_one_and_marked),
	    cmocka_unit_test(look__pdf417_for_others__is_told_as_stray),
	    cmocka_unit_test(look__document_wanted__tells_its_outline_alone),
	    cmocka_unit_test(look__document_wanted__a_pass_is_seen_all_the_same),
	    cmocka_unit_test(look__zone__is_told_as_one_and_marked),
	    cmocka_unit_test(look__zone__leaves_time_for_the_outline),
	    cmocka_unit_test(look__reader_gone__is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
