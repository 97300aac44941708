/* What a walk-in tells: who it is, and whom the visit is for. */
#include "kiosk/visitor/flow_in.h"

#include "base/lang.h"
#include "base/str.h"

enum { IDLE_MS = 60 * 1000, LABEL_COLS = 20 };

/* --- details ----------------------------------------------------------------------------- */

static const char *label_of(const struct flow *f, int i)
{
	const struct api_field *a = form_api_field(f, i);
	if (i == 0)
		return _("Your name");
	if (a == NULL)
		return _("Company");
	const char *label = api_text_in(&a->label, f->lang);
	return label[0] != '\0' ? label : a->name;
}

static bool is_private(const struct api_field *a)
{
	return a != NULL && (a->kind == API_FIELD_MAIL || a->kind == API_FIELD_PHONE ||
				a->kind == API_FIELD_DATE);
}

static void choice_draw(struct ui *u, struct ui_rect r, const struct flow *f, int i)
{
	char text[TEXT_FIELD_SZ];
	const struct api_field *a = form_api_field(f, i);
	bool on = f->focus == i;
	int chosen = f->v.choice[i - 2];
	str_print(text, sizeof text, on ? "◄ %s ►" : "%s",
	    chosen >= 0 ? a->choices[chosen] : _("please choose"));
	ui_fill(u, r, on ? UI_FIELD_ON : UI_FIELD);
	ui_line(u, (struct ui_rect){r.y, r.x + 1, 1, r.w - 2}, on ? UI_FIELD_ON : UI_FIELD, UI_LEFT,
	    text);
}

static void row_draw(struct ui *u, struct ui_rect r, const struct flow *f, int i)
{
	const struct api_field *a = form_api_field(f, i);
	struct ui_rect at = {r.y, r.x + LABEL_COLS + 2, 1, r.w - LABEL_COLS - 2};
	/* form_field only picks; the const is the screen's promise and is kept. */
	const struct ui_field *field = form_field((struct flow *)(uintptr_t)f, i);
	int flags = (f->focus == i ? UI_FIELD_FOCUS : 0) | (is_private(a) ? UI_FIELD_MASKED : 0);
	ui_line(u, (struct ui_rect){r.y, r.x, 1, LABEL_COLS}, f->focus == i ? UI_HEADING : UI_TEXT,
	    UI_LEFT, label_of(f, i));
	if (field != NULL)
		ui_field_draw(u, at, field, flags, form_required(f, i) ? NULL : _("optional"));
	else
		choice_draw(u, at, f, i);
	ui_spot(u, (struct ui_rect){r.y, r.x, 1, r.w}, ACT_CHOOSE, i);
}

static void details_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	struct ui_rect r = body_rect(f, 0);
	(void)now_ms;
	int n = form_fields(f), button = r.h >= 15 ? 3 : 1, bottom = r.y + r.h - button;
	struct ui_rect rest =
	    heading(u, r, _("About you"), api_text_in(&f->info->data_notice, f->lang));
	rest.h = bottom - rest.y - 1;
	int step = 2 * n - 1 <= rest.h ? 2 : 1, fit = (rest.h + step - 1) / step, first = 0;
	if (fit < 1)
		fit = 1;
	if (n > fit)
		first = f->focus < fit / 2 ? 0 : f->focus - fit / 2;
	if (first > n - fit)
		first = n > fit ? n - fit : 0;
	for (int i = first; i < n && i < first + fit; i++)
		row_draw(u, (struct ui_rect){rest.y + (i - first) * step, rest.x, 1, rest.w}, f, i);
	if (first > 0)
		ui_line(
		    u, (struct ui_rect){rest.y, rest.x + rest.w + 1, 1, 1}, UI_KEY, UI_LEFT, "↑");
	if (first + fit < n)
		ui_line(u, (struct ui_rect){rest.y + (fit - 1) * step, rest.x + rest.w + 1, 1, 1},
		    UI_KEY, UI_LEFT, "↓");
	struct ui_buttons b = {.label = {_("Back"), _("Continue")},
	    .action = {ACT_BACK, ACT_BUTTON},
	    .n = 2,
	    .on = -1};
	ui_buttons(u, (struct ui_rect){bottom, r.x, button, r.w}, &b);
}

static bool choice_edit(struct flow *f, enum action a, uint32_t c)
{
	const struct api_field *field = form_api_field(f, f->focus);
	int *choice = &f->v.choice[f->focus - 2], n = field->n_choices;
	if (a == ACT_LEFT)
		*choice = *choice > 0 ? *choice - 1 : n - 1;
	else if (a == ACT_RIGHT || (a == ACT_NONE && c == ' '))
		*choice = (*choice + 1) % n;
	else
		return false;
	return true;
}

static bool details_edit(struct flow *f, const struct input *in)
{
	enum action a = in->action;
	if (a != ACT_LEFT && a != ACT_RIGHT && focus_move(f, a, form_fields(f)))
		return true;
	struct ui_field *field = form_field(f, f->focus);
	return field != NULL ? field_edit(field, in) : choice_edit(f, a, in->key.code);
}

static const struct bind form_binds[] = {{ACT_BACK, NULL}, {ACT_NEXT, NULL}, {ACT_NONE, NULL}};
const struct screen screen_details = {
    .name = "details",
    .typing = true,
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = details_draw,
    .edit = details_edit,
    .binds = form_binds,
};

/* --- host -------------------------------------------------------------------------------- */

static void host_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	struct ui_rect r = heading(u, body_rect(f, 0), _("Whom are you visiting?"),
	    _("Please type at least three letters of the name."));
	const struct api_hosts *h = &f->v.hosts;
	(void)now_ms;
	ui_field_draw(u, (struct ui_rect){r.y, r.x, 1, r.w}, &f->v.query,
	    f->focus == 0 ? UI_FIELD_FOCUS : 0, NULL);
	int step = r.h >= 2 + 2 * API_HOSTS ? 2 : 1;
	for (int i = 0; i < h->n; i++) {
		struct ui_choice c = {
		    0, h->of[i].name, h->of[i].department, f->focus == i + 1, ACT_CHOOSE, i};
		ui_choice(u, (struct ui_rect){r.y + 2 + i * step, r.x, 1, r.w}, &c);
	}
	const int below = 2 + h->n * step;
	if (!f->v.too_many && h->n == API_HOSTS && below < r.h) /* foyerd tells no more */
		ui_line(u, (struct ui_rect){r.y + below, r.x, 1, r.w}, UI_DIM, UI_LEFT,
		    _("Not among these? Please type more letters."));
	if (f->v.too_many)
		ui_para(u, (struct ui_rect){r.y + 2 + h->n * step, r.x, 2, r.w}, UI_TROUBLE, 0,
		    _("No more searches are possible. Please press F1: reception will help you."));
}

/* f->focus: 0 the field, 1 … the hosts found. Characters always go to the field. */
static bool host_edit(struct flow *f, const struct input *in)
{
	enum action a = in->action;
	if (a != ACT_LEFT && a != ACT_RIGHT && focus_move(f, a, f->v.hosts.n + 1))
		return true;
	if (!field_edit(&f->v.query, in))
		return false;
	f->focus = 0;
	return true;
}

static void host_enter(struct flow *f)
{
	f->v.hosts.n = 0;
	f->v.asked_once = false;
}

const struct screen screen_host = {
    .name = "host",
    .typing = true,
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = host_enter,
    .leave = screen_nothing,
    .draw = host_draw,
    .edit = host_edit,
    .binds = form_binds,
};
