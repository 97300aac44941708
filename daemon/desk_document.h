/*
 * An identity document at a check-in: read, compared with the visitor, judged, and written down as far as the configuration allows. It hides what
 * makes a document good; the house rules hear only VISIT_ID_GOOD or VISIT_ID_DOUBT, the kiosk only that reception helps.
 *
 * What was read is personal data: desk_look_clear when done, whatever came of it.
 */
#ifndef DAEMON_DESK_DOCUMENT_H
#define DAEMON_DESK_DOCUMENT_H

#include <jansson.h>

#include "daemon/desk.h"
#include "db/document.h"
#include "scan/aamva.h"
#include "scan/document.h"

/* "document" of a check-in: {"text": what the scanner read} or {"none": true}. */
struct desk_shown_document {
	bool none;
	char text[AAMVA_TEXT_MOST + 1]; /* "" with none */
};
enum err_code desk_document_read(
    struct desk_shown_document *s, const json_t *obj, struct err *e) MUST_USE;

/* One look at a document. */
struct desk_look {
	enum visit_id id;
	struct db_document row; /* verdict: "good", or why not */
	char overridden[TEXT_WORD_SZ]; /* what staff let pass, in words; "" nothing */
	struct document document; /* cleared where it could not be read */
};
void desk_look_clear(struct desk_look *l);

/* Needs d->documents, and a type that asks. Looks up who came with this document before. */
enum err_code desk_document_judge(struct foyerd *d, const struct desk_case *c,
    const struct desk_shown_document *s, int64_t now_ms, struct desk_look *l,
    struct err *e) MUST_USE;

/* The waiting row's word: "id-mismatch", "id-expired", …; for reception alone. */
#define DESK_ID_REASON "id-"
#define DESK_ID_NONE DESK_ID_REASON "none"
const char *desk_document_reason(const struct desk_look *l);

/* Into the book: the row, what is kept of it, sealed, and the journal ("visit.document"). */
enum err_code desk_document_write(struct foyerd *d, const struct desk_case *c, struct desk_look *l,
    const char *actor, struct err *e) MUST_USE;

#endif
