/*
 * From a complete request to an answer: parse the body, open the transaction, mind the
 * Idempotency-Key, call the handler, commit. It knows nothing of HTTP but methods and status
 * numbers.
 */
#ifndef DAEMON_DISPATCH_H
#define DAEMON_DISPATCH_H

#include "daemon/request.h"
#include "daemon/routes.h"

struct call {
	const struct route *route;
	const char *param;
	const char *path; /* as asked, with the query; hashed */
	struct actor actor;
	const char *key; /* Idempotency-Key header; NULL if absent */
	const char *body; /* NULL if absent */
	size_t body_len;
	const char *query[REQUEST_QUERIES][2]; /* name, value */
	int n_query;
};

struct answer {
	int status;
	char *own_text; /* JSON; NULL: no body */
	struct stream *own_stream;
	struct later *later;
};
void answer_fini(struct answer *a);

void dispatch(struct foyerd *d, const struct call *c, struct answer *out);

/* {"error": word, "message": message} */
void answer_error(struct answer *out, int status, const char *word, const char *message);
/* An object that came later; takes own_obj. */
void answer_object(struct answer *out, int status, json_t *own_obj);

#endif
