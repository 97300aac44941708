/* The first screen, the choice of a visitor's type, and the screen without foyerd. */
#include "kiosk/visitor/screen.h"

#include "base/lang.h"
#include "base/str.h"

enum { WELCOME_IDLE_MS = 60 * 1000, FORM_IDLE_MS = 60 * 1000 };

/* Not all are seen: which, of how many, and the keys that bring the others. A touch does, too. */
static void more_draw(struct ui *u, struct ui_rect r, int first, int fit, int n)
{
	char text[TEXT_FIELD_SZ];
	int last = first + fit < n ? first + fit : n;
	str_print(text, sizeof text, _("%d to %d of %d: more with ↑ and ↓"), first + 1, last, n);
	ui_line(u, (struct ui_rect){r.y, r.x + 2, 1, r.w - 2}, UI_KEY, UI_LEFT, text);
	ui_spot(u, r, ACT_DOWN, 0);
}

/* Big choices below each other, as large as the place allows. */
static void choices(
    struct ui *u, struct ui_rect r, const struct flow *f, const struct ui_choice *c, int n)
{
	int h = r.h >= 4 * n - 1 ? 3
		: r.h >= 3 * n   ? 3
				 : 1,
	    step = r.h >= 4 * n - 1 && h == 3 ? 4 : h;
	if (n == 0)
		return;
	/* More than fit: those around the focus, and below them how the others are reached. */
	int fit = (r.h + step - h) / step, first = 0;
	if (n > fit) {
		fit = (r.h - 2) / step > 0 ? (r.h - 2) / step : 1;
		first = f->focus < fit ? 0 : f->focus - fit + 1;
		more_draw(u, (struct ui_rect){r.y + r.h - 1, r.x, 1, r.w}, first, fit, n);
	}
	for (int i = first; i < n && i < first + fit; i++)
		ui_choice(u, (struct ui_rect){r.y + (i - first) * step, r.x, h, r.w}, &c[i]);
}

static void welcome_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	static const char *const labels[] = {
	    N_("I have an invitation"), N_("I am visiting"), N_("I am leaving")};
	static const char *const notes[] = {
	    N_("with a code"), N_("without a code"), N_("sign out")};
	static const char *const asks[EYES] = {
	    [EYES_NONE] = N_("What would you like to do?"),
	    [EYES_SCANNER] = N_("Please choose, or hold your code in front of the scanner."),
	    [EYES_READER] = N_("Please choose, or hold your code to the reader."),
	    [EYES_CAMERA] = N_("Please choose, or hold your code in front of the camera."),
	    [EYES_BOTH] =
		N_("Please choose, or hold your code in front of the camera or to the reader."),
	};
	char title[TEXT_FIELD_SZ];
	enum flow_choice which[3];
	struct ui_choice c[3];
	struct ui_rect r = body_rect(f, 0);
	const char *notice = api_text_in(&f->info->data_notice, f->lang);
	(void)now_ms;
	int n = flow_choices(f, which), notice_rows = ui_para_rows(notice, r.w);
	if (f->info->site[0] != '\0')
		str_print(title, sizeof title, _("Welcome to %s"), f->info->site);
	else
		str_copy(title, sizeof title, _("Welcome"));
	if (notice_rows > 2)
		notice_rows = 2;
	ui_para(
	    u, (struct ui_rect){r.y + r.h - notice_rows, r.x, notice_rows, r.w}, UI_DIM, 0, notice);
	struct ui_rect rest = heading(u, r, title, gettext(asks[eyes_of(f)]));
	rest.h -= notice_rows > 0 ? notice_rows + (rest.h > 12) : 0;
	for (int i = 0; i < n; i++)
		c[i] = (struct ui_choice){i + 1, gettext(labels[which[i]]),
		    gettext(notes[which[i]]), f->focus == i, ACT_CHOOSE, i};
	choices(u, rest, f, c, n);
}

static bool welcome_edit(struct flow *f, const struct input *in)
{
	enum flow_choice which[3];
	return focus_move(f, in->action, flow_choices(f, which));
}

static const struct bind welcome_binds[] = {{ACT_NEXT, N_("Choose")}, {ACT_NONE, NULL}};
const struct screen screen_welcome = {
    .name = "welcome",
    .idle_ms = WELCOME_IDLE_MS,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = welcome_draw,
    .edit = welcome_edit,
    .binds = welcome_binds,
};

static void type_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	struct ui_choice c[API_TYPES];
	int n = flow_walk_in_types(f);
	(void)now_ms;
	struct ui_rect rest = heading(u, body_rect(f, 0), _("What brings you here?"), "");
	for (int i = 0; i < n; i++) {
		const struct api_type *t = &f->info->types[flow_walk_in_type(f, i)];
		c[i] = (struct ui_choice){i < 9 ? i + 1 : 0, api_text_in(&t->label, f->lang), NULL,
		    f->focus == i, ACT_CHOOSE, i};
		if (c[i].label[0] == '\0')
			c[i].label = t->name;
	}
	choices(u, rest, f, c, n);
}

static bool type_edit(struct flow *f, const struct input *in)
{
	return focus_move(f, in->action, flow_walk_in_types(f));
}

static const struct bind type_binds[] = {
    {ACT_BACK, NULL}, {ACT_NEXT, N_("Choose")}, {ACT_NONE, NULL}};
const struct screen screen_type = {
    .name = "type",
    .idle_ms = FORM_IDLE_MS,
    .warns = true,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = type_draw,
    .edit = type_edit,
    .binds = type_binds,
};

/* Nobody knows who stands there: each language of the house, or of the catalogues where foyerd was never heard. */
static void offline_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	static const char *const ours[] = {"en", "de", "fr", "es"};
	struct ui_rect r = body_rect(f, 0);
	char before[TEXT_LANG_SZ], call[TEXT_FIELD_SZ];
	bool number = f->info != NULL && f->info->reception[0] != '\0';
	int n = f->info != NULL ? f->info->n_langs : 4;
	(void)now_ms;
	str_copy(before, sizeof before, lang_get());
	int gap = r.h >= 15, y = r.y + 2 * gap, end = r.y + r.h - number;
	for (int i = 0; i < n; i++) {
		lang_set(f->info != NULL ? f->info->langs[i] : ours[i]);
		const char *text = _("One moment, please. Until this screen is back, reception "
				     "will gladly help you.");
		int rows = ui_para_rows(text, r.w);
		if (y + rows > end)
			break;
		ui_para(u, (struct ui_rect){y, r.x, rows, r.w}, i % 2 == 0 ? UI_HEADING : UI_TEXT,
		    0, text);
		y += rows + gap;
	}
	if (number) {
		lang_set(f->info->lang);
		str_print(call, sizeof call, _("Reception: %s"), f->info->reception);
		ui_line(u, (struct ui_rect){y < end ? y : end, r.x, 1, r.w}, UI_KEY, UI_LEFT, call);
	}
	lang_set(before);
}

static const struct bind offline_binds[] = {{ACT_NONE, NULL}};
const struct screen screen_offline = {
    .name = "offline",
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = offline_draw,
    .edit = screen_no_edit,
    .binds = offline_binds,
};
