/* Long texts: the agreement that is signed or not, and the notice of who keeps which data. */
#include "kiosk/visitor/screen.h"

#include "base/lang.h"
#include "base/str.h"

enum { IDLE_MS = 180 * 1000, TALL = 44 };

/* Where the text stands; r.w leaves two columns for the mark of what is below. */
static struct ui_rect window(const struct flow *f, bool buttons)
{
	struct ui_rect r = body_rect(f, TALL);
	int button = !buttons ? 0 : r.h >= 15 ? 4 : 2;
	return (struct ui_rect){r.y + 2, r.x, r.h - 2 - button, r.w - 2};
}

enum { NOTICE_SZ = API_NOTICE_SZ + KEEPS_SZ + 2 };

/* The house's notice tells of everything but identity documents: what is kept of those, the configuration says. `notice` is room for both. */
static const char *text_of(const struct flow *f, char notice[NOTICE_SZ])
{
	char keeps[KEEPS_SZ];
	if (f->screen != FLOW_NOTICE)
		return f->v.agreement.text;
	(void)keeps_notice(keeps, sizeof keeps, f);
	str_print(notice, NOTICE_SZ, "%s%s%s", api_privacy_in(f->info, f->lang),
	    keeps[0] != '\0' ? "\n" : "", keeps);
	return notice;
}

static void read_draw(struct ui *u, const struct flow *f, const char *title, bool buttons)
{
	char where[32] = "", notice[NOTICE_SZ];
	struct ui_rect body = body_rect(f, TALL), r = window(f, buttons);
	int total = ui_para(u, r, UI_TEXT, f->top, text_of(f, notice));
	int last = f->top + r.h < total ? f->top + r.h : total;
	int percent = total > 0 ? last * 100 / total : 100;
	if (total > r.h)
		str_print(where, sizeof where, "%d %%", percent);
	ui_line(u, (struct ui_rect){body.y, body.x + body.w - 6, 1, 6}, UI_DIM, UI_RIGHT, where);
	ui_line(u, (struct ui_rect){body.y, body.x, 1, body.w - 8}, UI_HEADING, UI_LEFT, title);
	if (f->top > 0) {
		ui_line(u, (struct ui_rect){r.y, r.x + r.w + 1, 1, 1}, UI_KEY, UI_LEFT, "↑");
		ui_spot(u, (struct ui_rect){r.y, r.x, r.h / 2, r.w + 2}, ACT_PAGE_UP, 0);
	}
	if (last < total) {
		ui_line(
		    u, (struct ui_rect){r.y + r.h - 1, r.x + r.w + 1, 1, 1}, UI_KEY, UI_LEFT, "↓");
		ui_spot(u, (struct ui_rect){r.y + r.h / 2, r.x, r.h - r.h / 2, r.w + 2},
		    ACT_PAGE_DOWN, 0);
	}
}

static bool read_edit(struct flow *f, enum action a, bool buttons)
{
	char notice[NOTICE_SZ];
	struct ui_rect r = window(f, buttons);
	return scroll_move(f, a, ui_para_rows(text_of(f, notice), r.w), r.h);
}

/* Neither button has the focus at first, and both are of one size: nobody agrees by pressing Enter once too often. */
static void agreement_enter(struct flow *f)
{
	f->focus = -1;
}

static void agreement_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	struct ui_rect body = body_rect(f, TALL);
	(void)now_ms;
	int button = body.h >= 15 ? 3 : 1;
	const char *title =
	    f->v.agreement.title[0] != '\0' ? f->v.agreement.title : _("Please read this");
	read_draw(u, f, title, true);
	struct ui_buttons b = {.label = {_("I agree"), _("I do not agree")},
	    .action = {ACT_BUTTON, ACT_BUTTON},
	    .n = 2,
	    .on = f->focus};
	ui_buttons(u, (struct ui_rect){body.y + body.h - button, body.x, button, body.w}, &b);
}

static bool agreement_edit(struct flow *f, const struct input *in)
{
	enum action a = in->action;
	if (a == ACT_LEFT || a == ACT_RIGHT || a == ACT_NEXT_FIELD || a == ACT_PREV_FIELD) {
		/* The first ← or Tab gives "I agree", the first → the other. */
		if (f->focus < 0)
			f->focus = a == ACT_RIGHT || a == ACT_PREV_FIELD ? 1 : 0;
		else
			f->focus = 1 - f->focus;
		return true;
	}
	return read_edit(f, a, true);
}

static const struct bind agreement_binds[] = {
    {ACT_BACK, NULL}, {ACT_NEXT, N_("Choose")}, {ACT_NONE, NULL}};
const struct screen screen_agreement = {
    .name = "agreement",
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = agreement_enter,
    .leave = screen_nothing,
    .draw = agreement_draw,
    .edit = agreement_edit,
    .binds = agreement_binds,
};

static void notice_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	(void)now_ms;
	read_draw(u, f, _("Your data"), false);
}

static bool notice_edit(struct flow *f, const struct input *in)
{
	return read_edit(f, in->action, false);
}

static const struct bind notice_binds[] = {{ACT_BACK, NULL}, {ACT_NONE, NULL}};
const struct screen screen_notice = {
    .name = "notice",
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = notice_draw,
    .edit = notice_edit,
    .binds = notice_binds,
};
