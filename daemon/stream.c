#include "daemon/stream.h"

#include <stdlib.h>

#include "base/str.h"

enum err_code request_stream(struct request *rq, struct stream *own_s)
{
	rq->stream = own_s;
	rq->status = 200;
	return ERR_OK;
}

void stream_wake(struct stream *s)
{
	if (s->wake)
		s->wake(s->wake_arg);
}

struct later *request_later(struct request *rq)
{
	rq->later = mem_new(1, sizeof *rq->later);
	return rq->later;
}

void later_answer(struct later *l, int status, json_t *own_obj)
{
	if (l->gone) {
		json_decref(own_obj);
		free(l);
		return;
	}
	l->status = status;
	l->answer = own_obj;
	l->answered = true;
	if (l->ready)
		l->ready(l->arg);
}

void later_fail(struct later *l, const struct err *e)
{
	later_answer(l, stream_status_of(e->code),
	    json_pack("{s:s, s:s}", "error", err_name(e->code), "message", e->msg));
}

void later_abandon(struct later *l)
{
	if (!l->answered) {
		l->gone = true;
		return;
	}
	json_decref(l->answer);
	free(l);
}

int stream_status_of(enum err_code code)
{
	switch (code) {
	case ERR_OK: return 200;
	case ERR_INPUT:
	case ERR_TOO_LONG: return 400;
	case ERR_DENIED: return 403;
	case ERR_NOT_FOUND: return 404;
	case ERR_CONFLICT: return 409;
	case ERR_REJECTED: return 422;
	case ERR_TOO_MANY: return 429;
	case ERR_BUSY:
	case ERR_TIMEOUT:
	case ERR_UNREACHABLE:
	case ERR_IO:
	case ERR_NO_SPACE:
	case ERR_REFUSED:
	case ERR_CONFIG:
	case ERR_PROTOCOL:
	case ERR_CORRUPT:
	case ERR_NEWER:
	case ERR_UNSUPPORTED: return 503;
	case ERR_BUG: return 500;
	}
	return 500;
}
