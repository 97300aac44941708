/* Is this you? and: are you coming back? */
#include "kiosk/visitor/screen.h"

#include "base/lang.h"
#include "base/str.h"
#include "base/zone.h"

enum { IDLE_MS = 60 * 1000, LABEL_COLS = 20 };

static void pair(struct ui *u, struct ui_rect *r, const char *label, const char *value)
{
	if (value[0] == '\0' || r->h < 1)
		return;
	ui_line(u, (struct ui_rect){r->y, r->x, 1, LABEL_COLS}, UI_DIM, UI_LEFT, label);
	ui_line(u, (struct ui_rect){r->y, r->x + LABEL_COLS + 2, 1, r->w - LABEL_COLS - 2}, UI_TEXT,
	    UI_LEFT, value);
	r->y++;
	r->h--;
}

static const char *field_label(const struct flow *f, const char *name)
{
	const struct api_type *t = flow_type(f);
	for (int i = 0; t != NULL && i < t->n_fields; i++)
		if (str_eq(t->fields[i].name, name))
			return api_text_in(&t->fields[i].label, f->lang);
	return str_eq(name, "mail") ? _("E-mail") : name;
}

static void you_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char title[TEXT_FIELD_SZ], text[TEXT_FIELD_SZ] = "", until[ZONE_TEXT_SZ];
	const struct api_scan *s = &f->v.scan;
	struct ui_rect r = body_rect(f, 0);
	(void)now_ms;
	int button = r.h >= 15 ? 3 : 1;
	time_of(until, f, s->until_ms);
	if (s->what == API_RETURN)
		str_print(title, sizeof title, _("Welcome back, %s"), s->name);
	else
		str_print(title, sizeof title, _("Welcome, %s"), s->name);
	if (s->late)
		str_print(text, sizeof text,
		    _("Your visit was planned until %s. You are welcome all the same."), until);
	struct ui_rect rest = heading(u, r, title, text);
	rest.h = r.y + r.h - button - rest.y - 2;
	rest.y += r.h >= 15;
	pair(u, &rest, _("Company"), s->company);
	pair(u, &rest, _("You are visiting"), s->host);
	pair(u, &rest, _("Until"), s->late || s->until_ms == 0 ? "" : until);
	const struct api_type *type = flow_type(f);
	pair(u, &rest, _("You come as"),
	    type != NULL && type->label.n > 0 ? api_text_in(&type->label, f->lang) : s->label);
	for (int i = 0; i < s->n_fields; i++)
		pair(u, &rest, field_label(f, s->fields[i].name), s->fields[i].masked);
	struct ui_buttons b = {.label = {_("Yes, this is me"), _("No, this is not me")},
	    .action = {ACT_BUTTON, ACT_BUTTON},
	    .n = 2,
	    .on = f->focus};
	ui_buttons(u, (struct ui_rect){r.y + r.h - button, r.x, button, r.w}, &b);
}

static bool two_edit(struct flow *f, const struct input *in)
{
	return focus_move(f, in->action, 2);
}

static const struct bind binds[] = {{ACT_BACK, N_("Cancel")}, {ACT_NEXT, NULL}, {ACT_NONE, NULL}};
const struct screen screen_you = {
    .name = "you",
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = you_draw,
    .edit = two_edit,
    .binds = binds,
};

static bool may_return(const struct flow *f)
{
	return f->v.scan.until_ms > f->wall_ms;
}

static void signout_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char title[TEXT_FIELD_SZ], text[TEXT_FIELD_SZ] = "", until[ZONE_TEXT_SZ];
	const struct api_scan *s = &f->v.scan;
	struct ui_rect r = body_rect(f, 0);
	(void)now_ms;
	int button = r.h >= 15 ? 3 : 1;
	time_of(until, f, s->until_ms);
	str_print(title, sizeof title, _("Goodbye, %s"), s->name);
	if (may_return(f))
		str_print(text, sizeof text, _("Are you coming back? Your visit goes on until %s."),
		    until);
	struct ui_rect rest = heading(u, r, title, text);
	struct ui_buttons b = {.action = {ACT_BUTTON, ACT_BUTTON}, .on = f->focus};
	if (may_return(f))
		b.label[b.n++] = _("Yes, I am coming back");
	b.label[b.n++] = may_return(f) ? _("No, I am leaving") : _("Sign out");
	ui_buttons(u, (struct ui_rect){rest.y + (r.h >= 15), rest.x, button, rest.w}, &b);
}

static bool signout_edit(struct flow *f, const struct input *in)
{
	return focus_move(f, in->action, may_return(f) ? 2 : 1);
}

const struct screen screen_signout = {
    .name = "signout",
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = signout_draw,
    .edit = signout_edit,
    .binds = binds,
};
