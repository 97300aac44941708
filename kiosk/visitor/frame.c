/* What stands around every screen: the header with the languages, the message line, the footer with the keys. */
#include "kiosk/visitor/screen.h"

#include <string.h>

#include "base/lang.h"
#include "base/str.h"
#include "base/zone.h"

enum { LEAST_ROWS = 16, LEAST_COLS = 60, GAP = 3, SIDE = 2 };

/* From the right: the time, then the languages; the rest is the house's. */
static void header(struct ui *u, const struct flow *f)
{
	char time[ZONE_TEXT_SZ] = "", house[2 * TEXT_NAME_SZ + 8] = "foyer";
	int x = u->cols - SIDE, names = 0;
	const struct api_kiosk *k = f->info;
	if (k != NULL) /* before that, nobody told the time zone */
		zone_print(time, f->wall_ms, ZONE_HHMM);
	x -= ui_line(u, (struct ui_rect){0, x - 5, 1, 5}, UI_DIM, UI_RIGHT, time);
	for (int i = 0; k != NULL && i < k->n_langs; i++)
		names += text_width(lang_own_name(k->langs[i])) + GAP;
	bool full = names <= u->cols - 36; /* the house and the time want room too */
	for (int i = k != NULL ? k->n_langs - 1 : -1; i >= 0 && k->n_langs > 1; i--) {
		const char *name = full ? lang_own_name(k->langs[i]) : k->langs[i];
		int w = text_width(name);
		x -= GAP + w;
		if (x < u->cols / 3)
			break;
		bool on = str_eq(f->lang, k->langs[i]);
		ui_line(u, (struct ui_rect){0, x, 1, w}, on ? UI_HEADING : UI_DIM, UI_LEFT, name);
		if (on)
			ui_line(u, (struct ui_rect){0, x - 2, 1, 1}, UI_KEY, UI_LEFT, "•");
		ui_spot(u, (struct ui_rect){0, x - 1, 1, w + 2}, ACT_SET_LANGUAGE, i);
	}
	if (k != NULL)
		str_print(house, sizeof house, "%s%s%s", k->site,
		    k->site[0] != '\0' && k->place[0] != '\0' ? " · " : "", k->place);
	ui_line(u, (struct ui_rect){0, SIDE, 1, x - SIDE - 3}, UI_HEADING, UI_LEFT, house);
	ui_rule(u, (struct ui_rect){1, SIDE, 1, u->cols - 2 * SIDE});
}

/* One key and its word; answers the columns used, 0 where it does not fit. */
static int key(struct ui *u, int x, int room, const struct bind *b)
{
	const struct action_row *row = action_row(b->action);
	const char *label = gettext(b->label != NULL ? b->label : row->label);
	int k = text_width(row->key_name), w = k + 1 + text_width(label), y = u->rows - 1;
	if (w > room)
		return 0;
	ui_line(u, (struct ui_rect){y, x, 1, k}, UI_KEY, UI_LEFT, row->key_name);
	ui_line(u, (struct ui_rect){y, x + k + 1, 1, w - k - 1}, UI_TEXT, UI_LEFT, label);
	ui_spot(u, (struct ui_rect){y, x - 1, 1, w + 2}, b->action, 0);
	return w;
}

/* Right: what the screen offers. Left: what every screen offers, as far as it fits; help first. */
static void footer(struct ui *u, const struct flow *f, const struct screen *s)
{
	int y = u->rows - 1, right = 0, x = SIDE;
	ui_rule(u, (struct ui_rect){y - 1, SIDE, 1, u->cols - 2 * SIDE});
	if (flow_shown(f) == FLOW_OFFLINE)
		return;
	for (const struct bind *b = s->binds; b->action != ACT_NONE; b++) {
		const struct action_row *row = action_row(b->action);
		right += text_width(row->key_name) + 1 +
			 text_width(gettext(b->label != NULL ? b->label : row->label)) +
			 (right > 0 ? GAP : 0);
	}
	int at = u->cols - SIDE - right, end = at;
	for (const struct bind *b = s->binds; b->action != ACT_NONE; b++)
		at += key(u, at, u->cols - SIDE - at, b) + GAP;
	const struct bind everywhere[] = {
	    {f->screen != FLOW_WAITING ? ACT_HELP : ACT_NONE, NULL},
	    {f->info->n_privacy > 0 && f->screen != FLOW_NOTICE && f->screen != FLOW_WAITING
		    ? ACT_NOTICE
		    : ACT_NONE,
		NULL},
	    {f->info->n_langs > 1 ? ACT_LANGUAGE : ACT_NONE, NULL},
	};
	for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++) {
		if (everywhere[i].action == ACT_NONE)
			continue;
		int used = key(u, x, end - GAP - x, &everywhere[i]);
		x += used > 0 ? used + GAP : 0;
	}
}

/* One or two rows above the footer. */
static void message(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char text[TEXT_FIELD_SZ] = "";
	enum ui_role role = UI_TROUBLE;
	int s = flow_clears_in_s(f, now_ms), on = flow_goes_on_in_s(f, now_ms);
	struct ui_rect body = body_rect(f, 0), r = {u->rows - 3, body.x, 1, body.w};
	if (flow_shown(f) == FLOW_OFFLINE)
		return;
	if (flow_busy(f)) {
		str_copy(text, sizeof text, _("One moment, please …"));
		role = UI_KEY;
	} else if (f->message != NULL) {
		str_copy(text, sizeof text, gettext(f->message));
	} else if (on >= 0) {
		str_print(text, sizeof text, _("This screen goes on in %d s."), on);
		role = UI_DIM;
	} else if (s >= 0 && !flow_warns(f, now_ms)) {
		str_print(text, sizeof text, _("This screen clears in %d s."), s);
		role = UI_DIM;
	}
	if (ui_para_rows(text, r.w) > 1) {
		r.y--;
		r.h = 2;
	}
	ui_para(u, r, role, 0, text);
}

static void still_there(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char text[TEXT_FIELD_SZ];
	struct ui_rect r = {.h = 7, .w = u->cols < 64 ? u->cols - 8 : 56};
	r.y = (u->rows - r.h) / 2;
	r.x = (u->cols - r.w) / 2;
	ui_fill(u, r, UI_TEXT);
	ui_box(u, r, UI_KEY);
	struct ui_rect in = {r.y + 2, r.x + 3, 1, r.w - 6};
	ui_line(u, in, UI_HEADING, UI_CENTRE, _("Are you still there?"));
	str_print(text, sizeof text, _("This screen clears in %d s."), flow_clears_in_s(f, now_ms));
	in.y++;
	ui_line(u, in, UI_TEXT, UI_CENTRE, text);
	in.y++;
	ui_line(u, in, UI_DIM, UI_CENTRE, _("Press any key to go on."));
	u->n_spots = 0; /* a touch anywhere is a key too */
	ui_spot(u, (struct ui_rect){0, 0, u->rows, u->cols}, ACT_NONE, 0);
	u->cursor_y = -1;
}

static void too_small(struct ui *u)
{
	char text[TEXT_FIELD_SZ];
	str_print(text, sizeof text, _("Please make this window larger: at least %d × %d."),
	    LEAST_COLS, LEAST_ROWS);
	struct ui_rect r = {u->rows / 2, 0, u->rows - u->rows / 2, u->cols};
	if (text_width(text) <= u->cols)
		ui_line(u, r, UI_HEADING, UI_CENTRE, text);
	else
		ui_para(u, r, UI_HEADING, 0, text);
}

void frame_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	const struct screen *s = screen_of(flow_shown(f));
	ui_begin(u);
	if (u->rows < LEAST_ROWS || u->cols < LEAST_COLS) {
		too_small(u);
		return;
	}
	if (flow_shown(f) == FLOW_PROGRESS || flow_shown(f) == FLOW_GOODBYE)
		ui_spot(u, (struct ui_rect){0, 0, u->rows, u->cols}, ACT_NEXT,
		    0); /* a touch anywhere, under all others */
	header(u, f);
	s->draw(u, f, now_ms);
	message(u, f, now_ms);
	footer(u, f, s);
	if (flow_warns(f, now_ms) && flow_shown(f) != FLOW_OFFLINE)
		still_there(u, f, now_ms);
}
