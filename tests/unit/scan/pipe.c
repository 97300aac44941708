#include "pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void pipe_start(struct pipe_end *p, struct out *o, bool small)
{
	int ends[2];
	*p = (struct pipe_end){0};
	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	if (small)
		assert_int_equal(fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
	(void)signal(SIGPIPE, SIG_IGN);
	p->fd = ends[0];
	out_init(o, ends[1]);
}

static void take_frame(struct pipe_end *p, const struct camera_frame *f)
{
	switch (f->kind) {
	case CAMERA_PDF417:
	case CAMERA_STRAY:
	case CAMERA_MRZ:
	case CAMERA_CODE:
		p->pdf417 += f->kind == CAMERA_PDF417;
		p->stray += f->kind == CAMERA_STRAY;
		p->mrz += f->kind == CAMERA_MRZ;
		assert_in_range(p->codes, 0, PIPE_CODES - 1);
		p->code_len[p->codes] = f->code_len;
		memcpy(p->code[p->codes], f->code,
		    f->code_len < sizeof p->code[0] ? f->code_len : sizeof p->code[0] - 1);
		p->codes++;
		break;
	case CAMERA_MANY: p->many++; break;
	case CAMERA_PREVIEW:
		p->cols = f->cols;
		p->rows = f->rows;
		p->previews++;
		break;
	case CAMERA_OUTLINE:
		p->outline = f->outline;
		p->outlines++;
		break;
	case CAMERA_STATE:
		(void)str_copy(p->state, sizeof p->state, f->word);
		p->states++;
		break;
	}
}

void pipe_take(struct pipe_end *p)
{
	char bytes[4096];
	struct camera_frame f;
	struct err e;
	ssize_t n;
	while ((n = read(p->fd, bytes, sizeof bytes)) > 0) {
		assert_int_equal(camera_reader_feed(&p->reader, bytes, (size_t)n, &e), ERR_OK);
		int rc;
		while ((rc = camera_reader_next(&p->reader, &f, &e)) > 0)
			take_frame(p, &f);
		assert_int_equal(rc, 0);
	}
	assert_true(n == 0 || errno == EAGAIN);
}

void pipe_hang_up(struct pipe_end *p)
{
	if (p->fd >= 0)
		assert_int_equal(close(p->fd), 0);
	p->fd = -1;
}

void pipe_stop(struct pipe_end *p, struct out *o)
{
	pipe_hang_up(p);
	camera_reader_fini(&p->reader);
	if (o->fd >= 0)
		assert_int_equal(close(o->fd), 0);
	out_fini(o);
}
