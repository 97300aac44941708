/* Holding up an identity document. What it says but for the name is on no screen. */
#include "kiosk/visitor/screen.h"

#include <stdlib.h>

#include "base/lang.h"
#include "base/str.h"

enum { IDLE_MS = 120 * 1000 };

/* In the order of turn_document's numbers. */
static struct ui_buttons buttons(const struct flow *f)
{
	struct ui_buttons b = {
	    .label = {f->v.document_whole ? _("Show another document") : _("I have no document")},
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
	static const char *const asks[EYES] = {
	    [EYES_SCANNER] =
		N_("Please hold your document to the scanner: the barcode of a driving "
		   "licence, or the lines with <<< of a passport or identity card."),
	    [EYES_READER] = N_("Please hold your document to the reader: the barcode of a driving "
			       "licence, or the lines with <<< of a passport or identity card."),
	    [EYES_CAMERA] =
		N_("Please hold the barcode of your driving licence, or the lines with <<< of your "
		   "passport or identity card, in front of the camera."),
	    [EYES_BOTH] =
		N_("Please hold the barcode of your driving licence, or the lines with <<< of your "
		   "passport or identity card, in front of the camera or to the reader."),
	};
	return gettext(asks[eyes_at(f)]);
}

/* What is left of r. */
static struct ui_rect para(struct ui *u, struct ui_rect r, enum ui_role role, const char *text)
{
	int used = ui_para(u, r, role, 0, text) + 1;
	return (struct ui_rect){r.y + used, r.x, r.h > used ? r.h - used : 0, r.w};
}

/* --- what the camera sees of it: an outline, never a picture ------------------------------ */

enum { SEEN_COLS = 120, SEEN_ROWS = 54, LEAST_ROWS = 5, BESIDE_ROWS = 10 };

struct field {
	int w, h; /* h: two halves a row */
	bool on[SEEN_COLS * SEEN_ROWS * 2];
};

/* Bresenham's. */
static void line(struct field *to, int x, int y, int end_x, int end_y)
{
	const int dx = abs(end_x - x), dy = -abs(end_y - y), sx = x < end_x ? 1 : -1,
		  sy = y < end_y ? 1 : -1;
	int error = dx + dy;
	for (;;) {
		to->on[y * to->w + x] = true;
		if (x == end_x && y == end_y)
			return;
		const int twice = 2 * error;
		if (twice >= dy) {
			error += dy;
			x += sx;
		}
		if (twice <= dx) {
			error += dx;
			y += sy;
		}
	}
}

static void outline_draw(
    struct ui *u, struct ui_rect r, const struct camera_outline *o, enum ui_role role)
{
	static const char *const halves[] = {"", "▀", "▄", "█"};
	struct field in = {.w = r.w, .h = 2 * r.h};
	int x[4], y[4];
	for (int i = 0; i < 4; i++) {
		x[i] = o->corners[i].x * (in.w - 1) / 65535;
		y[i] = o->corners[i].y * (in.h - 1) / 65535;
	}
	for (int i = 0; i < 4; i++)
		line(&in, x[i], y[i], x[(i + 1) % 4], y[(i + 1) % 4]);
	for (int row = 0; row < r.h; row++)
		for (int col = 0; col < r.w; col++) {
			const bool *top = &in.on[2 * row * in.w + col];
			ui_line(u, (struct ui_rect){r.y + row, r.x + col, 1, 1}, role, UI_LEFT,
			    halves[top[0] + 2 * top[in.w]]);
		}
}

/* How well it is seen, in words; below an outline as large as fits, three to four as a camera's picture, where there is room for one. */
static void seen_draw(struct ui *u, struct ui_rect r, const struct camera_outline *o)
{
	const bool sharp = o->state == CAMERA_SHARP;
	const enum ui_role role = sharp ? UI_GOOD : UI_KEY;
	const char *text = sharp ? _("Good. Please hold it like this.")
				 : _("Please hold it still, and a little away.");
	struct ui_rect at = r;
	if (o->state == CAMERA_NOTHING) {
		hold_here(u, r, _("Hold your document here"));
		return;
	}
	const int rows = ui_para_rows(text, r.w);
	if (r.h < rows)
		return;
	at.h = r.h - rows < SEEN_ROWS ? r.h - rows : SEEN_ROWS;
	at.w = at.h * 8 / 3 < r.w ? at.h * 8 / 3 : r.w;
	at.w = at.w < SEEN_COLS ? at.w : SEEN_COLS;
	at.h = at.w * 3 / 8 < at.h ? at.w * 3 / 8 : at.h;
	if (at.h >= LEAST_ROWS)
		outline_draw(u, at, o, role);
	else
		at.h = 0;
	ui_para(u, (struct ui_rect){at.y + at.h, r.x, rows, r.w}, role, 0, text);
}

/* What is kept of it goes before what a button says as well. F3 tells the same, and more. */
static void notes_draw(struct ui *u, struct ui_rect r, const struct flow *f)
{
	const char *none = _("If you have none, reception will help you.");
	char kept[KEEPS_SZ];
	const int rows = keeps_line(kept, sizeof kept, f) ? ui_para_rows(kept, r.w) : 0;
	if (rows == 0 || rows > r.h || ui_para_rows(none, r.w) + 1 + rows <= r.h)
		r = para(u, r, UI_DIM, none);
	if (rows > 0 && rows <= r.h)
		para(u, r, UI_DIM, kept);
}

/* What to do, and beside it, or below it in a word where there is no room, what the camera sees. */
static void ask_draw(struct ui *u, struct ui_rect r, const struct flow *f)
{
	const bool seen = f->camera && f->preview != NULL, beside = seen && r.h >= BESIDE_ROWS;
	struct ui_rect text = r;
	if (beside)
		text.w = r.w / 2 - 2;
	text = para(u, text, UI_TEXT, what_to_do(f));
	if (seen && !beside && f->preview->outline.state != CAMERA_NOTHING)
		seen_draw(u, text, &f->preview->outline);
	else
		notes_draw(u, text, f);
	if (beside)
		seen_draw(u, (struct ui_rect){r.y, r.x + r.w - r.w / 2, r.h, r.w / 2},
		    &f->preview->outline);
}

/* ------------------------------------------------------------------------------------------ */

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
	if (whole)
		read_draw(u, rest, f->v.document_name);
	else
		ask_draw(u, rest, f);
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
