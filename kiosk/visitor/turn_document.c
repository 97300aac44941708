/*
 * An identity document is held up. It is read here for one thing alone: whether that was the whole of it. Whose it is, and what that means, is
 * foyerd's to judge; the text goes there with the check-in as it was scanned, and stays here no longer.
 */
#include "kiosk/visitor/flow_in.h"

#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "base/lang.h"
#include "base/str.h"
#include "base/zone.h"
#include "scan/document.h"

enum { SURE = 50 }; /* document.h: below it, a reading is not to be used */

void turn_document_forget(struct flow *f)
{
	struct flow_visitor *v = &f->v;
	explicit_bzero(v->document, sizeof v->document);
	explicit_bzero(v->document_name, sizeof v->document_name);
	v->document_whole = v->document_none = false;
	v->document_tries = 0;
	f->go_on_ms = 0;
}

/* As a pass begins, whatever the keyboard's layout is (on a German one Y is Z). */
static bool is_pass(const char *text)
{
	return strncasecmp(text, "FOYER", 5) == 0 || strncasecmp(text, "FOZER", 5) == 0;
}

/* UTF-8 as it is, any other byte as ISO 8859-1 has it: so licences are written. False, and dst empty: it does not fit. */
static bool text_keep(char *dst, size_t dst_sz, const char *s)
{
	size_t n = 0;
	while (*s != '\0') {
		int32_t cp;
		const utf8proc_ssize_t k = utf8proc_iterate((const uint8_t *)s, -1, &cp);
		const char latin[2] = {(char)(0xc0 | (uint8_t)*s >> 6), (char)(0x80 | (*s & 0x3f))};
		const size_t len = k > 0 ? (size_t)k : sizeof latin;
		if (n + len >= dst_sz)
			break;
		memcpy(dst + n, k > 0 ? s : latin, len);
		n += len;
		s += k > 0 ? k : 1;
	}
	if (*s != '\0') {
		explicit_bzero(dst, dst_sz);
		return false;
	}
	explicit_bzero(dst + n, dst_sz - n); /* of a longer one before it, too */
	return true;
}

static void again(struct flow *f)
{
	f->v.document_tries++;
	f->message = f->v.document_tries < FLOW_DOCUMENT_TRIES
			 ? N_("That could not be read. Please hold it again.")
			 : N_("That could not be read. Please hold it again, or continue to "
			      "reception.");
}

static void take(struct turn *t, const char *text)
{
	struct flow *f = t->f;
	struct flow_visitor *v = &f->v;
	struct document d;
	struct err e = {0};
	const struct zone_time now = zone_local(f->wall_ms);
	const struct document_date today = {now.year, now.mon, now.day};
	bool whole =
	    document_read(&d, text, strlen(text), &today, &e) == ERR_OK && d.confidence >= SURE;
	f->touched_ms = t->now_ms;
	f->message = NULL;
	if (!whole && v->document_whole) { /* seen in passing, behind the one that was read */
		document_clear(&d);
		return;
	}
	explicit_bzero(v->document_name, sizeof v->document_name);
	whole = text_keep(v->document, sizeof v->document, text) && whole;
	v->document_whole = whole;
	if (whole) {
		(void)str_print(v->document_name, sizeof v->document_name, "%s%s%s", d.given,
		    d.given[0] != '\0' ? " " : "", d.family);
		f->focus = 1;
		f->go_on_ms = t->now_ms + DOCUMENT_SHOWN_MS;
	} else {
		again(f);
	}
	document_clear(&d);
}

bool turn_document_scan(struct turn *t, const struct flow_event *ev)
{
	struct flow *f = t->f;
	const bool camera = ev->source == API_SOURCE_CAMERA,
		   document = ev->document || (!is_pass(ev->scan) &&
						  document_looks_like(ev->scan, strlen(ev->scan)));
	if (f->screen == FLOW_DOCUMENT) {
		if (!document && is_pass(ev->scan))
			return false;
		if (document || !camera) /* what else the camera sees may stand on the same card */
			take(t, ev->scan);
		return true;
	}
	if (document && !camera) {
		f->touched_ms = t->now_ms;
		f->message = N_("Please keep your document until this screen asks for it.");
	}
	return document;
}

/* Whoever thinks of another document is not sent on with this one. */
void turn_document_moved(struct turn *t)
{
	if (t->f->v.document_whole)
		t->f->go_on_ms = t->f->focus == 1 ? t->now_ms + DOCUMENT_SHOWN_MS : 0;
}

/* The wrong one was held up, or a colleague's: nothing of it goes anywhere. */
static void another(struct flow *f)
{
	turn_document_forget(f);
	f->focus = -1;
	f->message = N_("Please show the other document now.");
}

void turn_document(struct turn *t, int button)
{
	struct flow *f = t->f;
	struct flow_visitor *v = &f->v;
	const bool enough = v->document_whole || v->document_tries >= FLOW_DOCUMENT_TRIES;
	if (button == 0 && v->document_whole) {
		another(f);
	} else if (button == 0) {
		turn_document_forget(f);
		v->document_none = true;
		turn_step_next(t);
	} else if (button == 1 && enough) {
		v->document_none = v->document[0] == '\0'; /* too long to be any */
		turn_step_next(t);
	} else {
		f->message =
		    N_("Please hold your document up, or choose with ← or →, then press Enter.");
	}
}
