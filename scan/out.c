#include "scan/out.h"

#include <errno.h>
#include <unistd.h>

enum {
	CODES_SZ = CODES_MAX * (CAMERA_CODE_MAX + 8),
	WAITING_MAX = CAMERA_FRAME_MAX + 4 + 2 * CODES_SZ,
};

void out_init(struct out *o, int fd)
{
	*o = (struct out){.fd = fd, .waiting = {.max = WAITING_MAX}};
}

bool out_has_room(const struct out *o)
{
	return o->waiting.len <= (size_t)(WAITING_MAX - CODES_SZ - 64); /* 64: the last state */
}

bool out_idle(const struct out *o)
{
	return o->waiting.len == 0;
}

enum err_code out_flush(struct out *o, struct err *e)
{
	while (o->waiting.len > 0) {
		ssize_t n = write(o->fd, o->waiting.data, o->waiting.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return ERR_OK;
		if (n < 0)
			return err_errno(
			    e, errno == EPIPE ? ERR_UNREACHABLE : ERR_IO, "standard output");
		str_buf_shift(&o->waiting, (size_t)n);
	}
	str_buf_clear(&o->waiting);
	return ERR_OK;
}

enum err_code out_code(struct out *o, const void *code, size_t len, struct err *e)
{
	enum err_code rc = camera_put_code(&o->waiting, code, len, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

enum err_code out_pdf417(struct out *o, const void *code, size_t len, struct err *e)
{
	enum err_code rc = camera_put_pdf417(&o->waiting, code, len, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

enum err_code out_stray(struct out *o, const void *code, size_t len, struct err *e)
{
	enum err_code rc = camera_put_stray(&o->waiting, code, len, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

enum err_code out_many(struct out *o, struct err *e)
{
	enum err_code rc = camera_put_many(&o->waiting, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

enum err_code out_mrz(struct out *o, const void *text, size_t len, struct err *e)
{
	enum err_code rc = camera_put_mrz(&o->waiting, text, len, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

enum err_code out_state(struct out *o, const char *word, struct err *e)
{
	enum err_code rc = camera_put_state(&o->waiting, word, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

enum err_code out_preview(struct out *o, const struct mosaic *m, bool *said, struct err *e)
{
	*said = out_idle(o);
	if (!*said)
		return ERR_OK;
	enum err_code rc = camera_put_preview(&o->waiting, m->cols, m->rows, m->cells, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

enum err_code out_outline(
    struct out *o, const struct camera_outline *outline, bool *said, struct err *e)
{
	*said = out_idle(o);
	if (!*said)
		return ERR_OK;
	enum err_code rc = camera_put_outline(&o->waiting, outline, e);
	return rc != ERR_OK ? rc : out_flush(o, e);
}

void out_fini(struct out *o)
{
	str_buf_fini(&o->waiting);
	*o = (struct out){.fd = -1};
}
