/* Holding up a code, and typing it. */
#include "kiosk/visitor/screen.h"

#include "base/lang.h"
#include "base/str.h"

enum { IDLE_MS = 60 * 1000, CODE_COLS = 24 };

static void cell(struct ui *u, const struct camera_cell *c, int y, int x)
{
	struct ui_rect at = {y, x, 1, 1};
	/* U+2580 … U+259F and the space, three bytes of UTF-8 at most; camera_reader_next has checked it. */
	char s[4] = {' '};
	if (c->ch != ' ') {
		s[0] = (char)(0xe0 | c->ch >> 12);
		s[1] = (char)(0x80 | (c->ch >> 6 & 0x3f));
		s[2] = (char)(0x80 | (c->ch & 0x3f));
	}
	ui_cell(u, at, s, c->fg, c->bg);
}

static void picture(struct ui *u, struct ui_rect r, const struct preview *p)
{
	if (p == NULL || p->cols == 0 || u->colours == 0) {
		hold_here(u, r, _("Hold your code here"));
		return;
	}
	int cols = p->cols < r.w ? p->cols : r.w, rows = p->rows < r.h ? p->rows : r.h;
	int x = r.x + (r.w - cols) / 2, from_col = (p->cols - cols) / 2,
	    from_row = (p->rows - rows) / 2;
	for (int row = 0; row < rows; row++)
		for (int col = 0; col < cols; col++)
			cell(u, &p->cells[(from_row + row) * p->cols + from_col + col], r.y + row,
			    x + col);
}

static void scan_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	static const char *const badge[EYES] = {
	    [EYES_SCANNER] = N_("Please hold your badge in front of the scanner."),
	    [EYES_READER] = N_("Please hold your badge to the reader."),
	    [EYES_CAMERA] = N_("Please hold your badge in front of the camera."),
	    [EYES_BOTH] = N_("Please hold your badge in front of the camera or to the reader."),
	};
	static const char *const code[EYES] = {
	    [EYES_SCANNER] = N_("Please hold your code in front of the scanner."),
	    [EYES_READER] = N_("Please hold your code to the reader."),
	    [EYES_CAMERA] = N_("Please hold your code in front of the camera."),
	    [EYES_BOTH] = N_("Please hold your code in front of the camera or to the reader."),
	};
	struct ui_rect r = body_rect(f, 0);
	(void)now_ms;
	const char *title = f->v.leaving ? _("Signing out") : _("Your invitation");
	const char *text = gettext((f->v.leaving ? badge : code)[eyes_at(f)]);
	int button = r.h >= 15 ? 3 : 1;
	struct ui_rect rest = heading(u, r, title, text);
	rest.h = r.y + r.h - button - rest.y - 1;
	if (f->camera)
		picture(u, rest, f->preview);
	struct ui_buttons b = {
	    .label = {_("Type the code instead")}, .action = {ACT_BUTTON}, .n = 1, .on = 0};
	ui_buttons(u, (struct ui_rect){r.y + r.h - button, r.x, button, r.w}, &b);
}

static const struct bind scan_binds[] = {
    {ACT_BACK, NULL}, {ACT_NEXT, N_("Type the code")}, {ACT_NONE, NULL}};
const struct screen screen_scan = {
    .name = "scan",
    .typing = true,
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = scan_draw,
    .edit = screen_no_edit,
    .binds = scan_binds,
};

static void code_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	(void)now_ms;
	struct ui_rect r = heading(u, body_rect(f, 0),
	    f->v.leaving ? _("Signing out") : _("Your code"),
	    f->v.leaving ? _("Please type the code on your badge: eight letters and digits.")
			 : _("Please type the code of your invitation: eight letters and digits."));
	r.y += r.h > 4;
	r.w = CODE_COLS;
	r.h = 1;
	ui_field_draw(u, r, &f->v.code, UI_FIELD_FOCUS, NULL);
}

static bool code_edit(struct flow *f, const struct input *in)
{
	return field_edit(&f->v.code, in);
}

/* A code is a secret: it does not wait in the field for the next one. */
static void code_leave(struct flow *f)
{
	ui_field_clear(&f->v.code);
}

static const struct bind code_binds[] = {{ACT_BACK, NULL}, {ACT_NEXT, NULL}, {ACT_NONE, NULL}};
const struct screen screen_code = {
    .name = "code",
    .typing = true,
    .idle_ms = IDLE_MS,
    .warns = true,
    .enter = screen_nothing,
    .leave = code_leave,
    .draw = code_draw,
    .edit = code_edit,
    .binds = code_binds,
};
