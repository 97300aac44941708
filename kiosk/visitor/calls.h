/*
 * The flow's calls in foyerd's words: which request each is, and what its answer says. It hides methods, targets, statuses and members. No I/O.
 */
#ifndef KIOSK_VISITOR_CALLS_H
#define KIOSK_VISITOR_CALLS_H

#include "kiosk/client/client.h"
#include "kiosk/visitor/flow.h"

struct call_words {
	const char *method;
	char target[CLIENT_TARGET_SZ];
	char *own_body; /* NULL: none */
	char key[UUID_TEXT_SZ]; /* "": none */
	int64_t timeout_ms;
};
/* The same state gives the same words, so that a retry under one key is the same request. */
void call_write(struct call_words *w, const struct flow *f, enum flow_call_kind kind);
void call_words_fini(struct call_words *w);

/* Fills everything but the serial. */
void call_read(struct flow_answer *a, enum flow_call_kind kind, const struct client_answer *from);

#endif
