/* Holding up an identity document. What it says but for the name is on no screen. */
#include "kiosk/visitor/screen.h"

#include "base/lang.h"
#include "base/str.h"

enum { IDLE_MS = 120 * 1000 };

/* In the order of turn_document's numbers. */
static struct ui_buttons buttons(const struct flow *f)
{
	struct ui_buttons b = {.label = {_("I have no document")},
	    .action = {ACT_BUTTON, ACT_BUTTON},
	    .n = 1,
	    .on = f->focus};
	if (f->v.document_whole)
		b.label[b.n++] = _("Continue");
	else if (f->v.document_tries >= FLOW_DOCUMENT_TRIES)
		b.label[b.n++] = _("Go on to reception");
	return b;
}

/* The tick is U+221A: that stands in every console font, U+2713 does not. */
static void read_draw(struct ui *u, struct ui_rect r, const char *name)
{
	ui_line(u, (struct ui_rect){r.y, r.x, 1, 2}, UI_GOOD, UI_LEFT, "√");
	ui_para(u, (struct ui_rect){r.y, r.x + 3, r.h, r.w - 3}, UI_HEADING, 0, name);
}

static const char *what_to_do(const struct flow *f)
{
	if (!f->camera)
		return _("Please hold your document to the scanner: the barcode of a driving "
			 "licence, or the lines with <<< of a passport or identity card.");
	if (!f->wedge)
		return _("Please hold the barcode of your driving licence in front of the camera.");
	return _("Please hold the barcode of your driving licence in front of the camera. The "
		 "lines with <<< of a passport or identity card are for the scanner.");
}

/* What is left of r. */
static struct ui_rect para(struct ui *u, struct ui_rect r, enum ui_role role, const char *text)
{
	int used = ui_para(u, r, role, 0, text) + 1;
	return (struct ui_rect){r.y + used, r.x, r.h > used ? r.h - used : 0, r.w};
}

static void document_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	struct ui_rect r = body_rect(f, 0);
	const struct ui_buttons b = buttons(f);
	const bool whole = f->v.document_whole;
	const int button = r.h >= 15 ? 3 : 1;
	(void)now_ms;
	struct ui_rect rest = heading(
	    u, r, whole ? _("Your document has been read") : _("Your identity document"), "");
	rest.h = r.y + r.h - button - 1 - rest.y;
	if (whole) {
		read_draw(u, rest, f->v.document_name);
	} else {
		rest = para(u, rest, UI_TEXT, what_to_do(f));
		rest = para(u, rest, UI_DIM, _("If you have none, reception will help you."));
	}
	ui_buttons(u, (struct ui_rect){r.y + r.h - button, r.x, button, r.w}, &b);
}

/* Nobody says that there is none by pressing Enter once too often. */
static void document_enter(struct flow *f)
{
	f->v.document_none = false;
	f->focus = f->v.document_whole ? 1 : -1;
}

static bool document_edit(struct flow *f, const struct input *in)
{
	return focus_move(f, in->action, buttons(f).n);
}

static const struct bind binds[] = {{ACT_BACK, NULL}, {ACT_NEXT, NULL}, {ACT_NONE, NULL}};
/* Typing: what a slow scanner's keys say is no number of a choice and no "?". */
const struct screen screen_document = {
    .name = "document",
    .typing = true,
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = document_enter,
    .leave = screen_nothing,
    .draw = document_draw,
    .edit = document_edit,
    .binds = binds,
};
