#include "scan/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "pipe.h"

/* A source that plays the kiosk's part too: at each picture it reads what has come and decides what is next. */
struct play {
	struct pipe_end *pipe;
	int wake; /* a pipe's reading end that is always readable */
	int asked, end_after;
	enum err_code end;
	bool hang_up, deaf; /* deaf: reads nothing before the end */
	int again; /* a pipe's writing end: has one picture only, and asks by it to look again; 0: none */
	int64_t first_ms, last_ms;
};

static int play_fd(const void *self)
{
	return ((const struct play *)self)->wake;
}

static int64_t play_due(const void *self)
{
	(void)self;
	return INT64_MAX;
}

static enum err_code play_picture(
    void *self, struct image *im, bool *got, int64_t now_ms, struct err *e)
{
	struct play *p = self;
	if (p->asked++ == 0)
		p->first_ms = now_ms;
	p->last_ms = now_ms;
	if (!p->deaf)
		pipe_take(p->pipe);
	*got = false;
	if (p->asked > p->end_after) {
		if (!p->hang_up)
			return err_set(e, p->end, "the play is over");
		pipe_hang_up(p->pipe);
		return ERR_OK;
	}
	*got = p->again == 0 || p->asked == 1;
	if (!*got)
		return ERR_OK;
	if (p->again != 0)
		assert_int_equal(write(p->again, "again\n", 6), 6);
	make_plain(im, 640, 480, (uint8_t)(p->asked * 10));
	char text[] = "code-?";
	text[5] = (char)('a' + p->asked % 26);
	(void)make_qr(im, text, 4, 100, 100);
	return ERR_OK;
}

static void play_free(void *own_self)
{
	(void)own_self;
}

static const struct source_calls calls = {play_fd, play_due, play_picture, play_free};

struct stage {
	struct pipe_end pipe;
	struct out out;
	struct look look;
	struct play play;
	struct source source;
	struct orders orders;
	int wake[2];
};
static struct stage stage;

static struct watch start(int every_ms, int columns)
{
	struct stage *s = &stage;
	*s = (struct stage){0};
	assert_int_equal(pipe2(s->wake, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(write(s->wake[1], "x", 1), 1);
	s->orders.fd = -1;
	pipe_start(&s->pipe, &s->out, true);
	look_init(&s->look);
	s->look.how = (struct mosaic_look){.cols = columns, .rows = CAMERA_ROWS_MAX};
	s->play = (struct play){
	    .pipe = &s->pipe, .wake = s->wake[0], .end_after = 10, .end = ERR_UNREACHABLE};
	s->source = (struct source){.calls = &calls, .self = &s->play};
	return (struct watch){.source = &s->source,
	    .look = &s->look,
	    .out = &s->out,
	    .clock = clock_system(),
	    .every_ms = every_ms,
	    .orders = &s->orders};
}

static void stop(void)
{
	look_fini(&stage.look);
	pipe_stop(&stage.pipe, &stage.out);
	assert_int_equal(close(stage.wake[0]), 0);
	assert_int_equal(close(stage.wake[1]), 0);
}

static void watch__run__until_the_source_ends_and_not_too_fast(void **state)
{
	struct err e;
	const struct watch w = start(20, 20);
	(void)state;
	assert_int_equal(watch_run(&w, &e), ERR_UNREACHABLE);
	pipe_take(&stage.pipe);
	assert_int_equal(stage.play.asked, 11);
	assert_int_equal(stage.pipe.codes, 10);
	assert_string_equal(stage.pipe.code[9], "code-k");
	assert_true(stage.pipe.previews >= 1);
	assert_true(stage.play.last_ms - stage.play.first_ms >=
		    10 * 20); /* the source is ready all the time */
	stop();
}

static void watch__run__until_nobody_reads(void **state)
{
	struct err e;
	const struct watch w = start(1, 20);
	(void)state;
	stage.play.hang_up = true;
	assert_int_equal(watch_run(&w, &e), ERR_OK);
	assert_int_equal(stage.play.asked, 11);
	stop();
}

static void watch__run_once__to_the_first_code(void **state)
{
	struct err e;
	struct watch w = start(1, 20);
	(void)state;
	w.once = true;
	stage.source.live = true;
	stage.look.clock = w.clock;
	stage.look.live = true;
	assert_int_equal(watch_run(&w, &e), ERR_OK);
	pipe_take(&stage.pipe);
	assert_int_equal(stage.play.asked, 1);
	assert_int_equal(stage.pipe.codes, 1);
	stop();
}

/* The kiosk reads nothing at all: the source is asked until the codes fill the room there is, and not once more. */
static void watch__run__asks_for_no_picture_without_room(void **state)
{
	struct err e;
	const struct watch w = start(1, CAMERA_COLS_MAX);
	(void)state;
	char code[CAMERA_CODE_MAX];
	memset(code, 'c', sizeof code);
	while (out_has_room(&stage.out))
		assert_int_equal(out_code(&stage.out, code, sizeof code, &e), ERR_OK);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		/* A reader that goes when nothing was read for a while. */
		(void)poll(NULL, 0, 200);
		_exit(0);
	}
	pipe_hang_up(&stage.pipe); /* the child holds the last reading end */
	stage.play.deaf = true;
	assert_int_equal(watch_run(&w, &e), ERR_OK);
	assert_int_equal(stage.play.asked, 0);
	stop();
}

/* The kiosk's lines come in pieces, with others between them, and end one day. */
static void watch__orders__are_taken_line_by_line(void **state)
{
	static const struct {
		const char *bytes;
		bool document;
	} cases[] = {{"docu", false}, {"ment\n", true},
	    {"x\n\ncode and a line that is too long for any\n", true}, {"code\n", false},
	    {"document\ncode\ndocument\n", true}, {"documentcode\n", true}};
	struct err e;
	int ends[2];
	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	struct orders kept = {.fd = ends[0]};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const bool before = i > 0 && cases[i - 1].document;
		const struct watch w = start(1, 20);
		stage.play.end_after = 3;
		stage.orders = kept;
		look_for_document(&stage.look, before);
		assert_int_equal(write(ends[1], cases[i].bytes, strlen(cases[i].bytes)),
		    (ssize_t)strlen(cases[i].bytes));
		assert_int_equal(watch_run(&w, &e), ERR_UNREACHABLE);
		pipe_take(&stage.pipe);
		assert_int_equal(stage.look.document, cases[i].document);
		kept = stage.orders;
		stop();
	}
	const struct watch w = start(1, 20);
	stage.orders.fd = ends[0];
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(watch_run(&w, &e), ERR_UNREACHABLE);
	assert_int_equal(stage.orders.fd, -1); /* and did not spin */
	assert_int_equal(close(ends[0]), 0);
	stop();
}

/* The picture there is is told of once more, though no other one comes. */
static void watch__again__looks_once_more(void **state)
{
	struct err e;
	int ends[2];
	const struct watch w = start(1, 20);
	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	stage.orders.fd = ends[0];
	stage.play.again = ends[1];
	assert_int_equal(watch_run(&w, &e), ERR_UNREACHABLE);
	pipe_take(&stage.pipe);
	assert_int_equal(stage.pipe.codes, 2);
	assert_string_equal(stage.pipe.code[0], stage.pipe.code[1]);
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(close(ends[1]), 0);
	stop();
}

static void watch__pause__ends_when_nobody_reads(void **state)
{
	struct err e;
	(void)state;
	(void)start(1, 20);
	assert_int_equal(out_state(&stage.out, "none", &e), ERR_OK);
	assert_true(watch_pause(&stage.out, 1));
	pipe_take(&stage.pipe);
	assert_string_equal(stage.pipe.state, "none");
	pipe_hang_up(&stage.pipe);
	assert_false(watch_pause(&stage.out, 60 * 1000));
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(watch__run__until_the_source_ends_and_not_too_fast),
	    cmocka_unit_test(watch__run__until_nobody_reads),
	    cmocka_unit_test(watch__run_once__to_the_first_code),
	    cmocka_unit_test(watch__run__asks_for_no_picture_without_room),
	    cmocka_unit_test(watch__orders__are_taken_line_by_line),
	    cmocka_unit_test(watch__again__looks_once_more),
	    cmocka_unit_test(watch__pause__ends_when_nobody_reads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
