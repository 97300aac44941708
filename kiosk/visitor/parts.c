/* Parts that screens share. */
#include "kiosk/visitor/screen.h"

#include "base/str.h"

enum { BODY_COLS = 68, BODY_ROWS = 24, COMPACT_ROWS = 20, FRAME_ROWS = 11, FRAME_COLS = 40 };

static const struct screen *const screens[FLOW_SCREENS] = {
    [FLOW_WELCOME] = &screen_welcome,
    [FLOW_SCAN] = &screen_scan,
    [FLOW_CODE] = &screen_code,
    [FLOW_TYPE] = &screen_type,
    [FLOW_DETAILS] = &screen_details,
    [FLOW_DOCUMENT] = &screen_document,
    [FLOW_HOST] = &screen_host,
    [FLOW_YOU] = &screen_you,
    [FLOW_AGREEMENT] = &screen_agreement,
    [FLOW_PROGRESS] = &screen_progress,
    [FLOW_SIGNOUT] = &screen_signout,
    [FLOW_GOODBYE] = &screen_goodbye,
    [FLOW_SORRY] = &screen_sorry,
    [FLOW_WAITING] = &screen_waiting,
    [FLOW_NOTICE] = &screen_notice,
    [FLOW_OFFLINE] = &screen_offline,
};

const struct screen *screen_of(enum flow_screen s)
{
	return screens[s];
}

void screen_nothing(struct flow *f)
{
	(void)f;
}

bool screen_no_edit(struct flow *f, const struct input *in)
{
	(void)f;
	(void)in;
	return false;
}

bool focus_move(struct flow *f, enum action a, int n)
{
	bool back = a == ACT_UP || a == ACT_LEFT || a == ACT_PREV_FIELD;
	bool on = a == ACT_DOWN || a == ACT_RIGHT || a == ACT_NEXT_FIELD;
	if ((!back && !on) || n < 1)
		return false;
	if (f->focus < 0)
		f->focus = back ? 0 : n - 1; /* nothing had it: ← gives the first, → the last */
	else
		f->focus = (f->focus + (back ? n - 1 : 1)) % n;
	return true;
}

bool scroll_move(struct flow *f, enum action a, int total, int page)
{
	int top = f->top, last = total > page ? total - page : 0;
	bool mine = true;
	if (a == ACT_UP)
		top--;
	else if (a == ACT_DOWN)
		top++;
	else if (a == ACT_PAGE_UP)
		top -= page > 1 ? page - 1 : 1;
	else if (a == ACT_PAGE_DOWN)
		top += page > 1 ? page - 1 : 1;
	else if (a == ACT_HOME)
		top = 0;
	else if (a == ACT_END)
		top = last;
	else
		mine = false;
	if (mine)
		f->top = top < 0 ? 0 : top > last ? last : top;
	return mine;
}

bool field_edit(struct ui_field *field, const struct input *in)
{
	if (in->action == ACT_ERASE)
		ui_field_backspace(field);
	else if (in->action == ACT_DELETE)
		ui_field_delete(field);
	else if (in->action == ACT_LEFT)
		ui_field_left(field);
	else if (in->action == ACT_RIGHT)
		ui_field_right(field);
	else if (in->action == ACT_HOME)
		ui_field_home(field);
	else if (in->action == ACT_END)
		ui_field_end(field);
	else if (in->action == ACT_NONE && !in->key.function && in->key.code >= ' ')
		ui_field_insert(field, in->key.code);
	else
		return false;
	return true;
}

const char *time_of(char dst[ZONE_TEXT_SZ], const struct flow *f, int64_t ms)
{
	bool today = zone_day_start(ms) == zone_day_start(f->wall_ms);
	return zone_print(dst, ms, today ? ZONE_HHMM : ZONE_BOTH);
}

struct ui_rect body_rect(const struct flow *f, int want_rows)
{
	bool compact = f->rows < COMPACT_ROWS;
	struct ui_rect r = {
	    .y = compact ? 2 : 3, .h = compact ? f->rows - 6 : f->rows - 7, .w = f->cols - 8};
	if (want_rows < BODY_ROWS)
		want_rows = BODY_ROWS;
	if (r.w > BODY_COLS)
		r.w = BODY_COLS;
	if (r.h > want_rows) {
		r.y += (r.h - want_rows) / 3;
		r.h = want_rows;
	}
	r.x = (f->cols - r.w) / 2;
	return r;
}

struct ui_rect heading(struct ui *u, struct ui_rect r, const char *title, const char *text)
{
	bool roomy = r.h >= 15;
	int used = ui_para(u, (struct ui_rect){r.y, r.x, 2, r.w}, UI_HEADING, 0,
	    title); /* a long name takes two rows */
	if (used > 2)
		used = 2;
	if (text[0] != '\0') {
		used += roomy;
		used += ui_para(
		    u, (struct ui_rect){r.y + used, r.x, roomy ? 4 : 2, r.w}, UI_DIM, 0, text);
	}
	used += 1;
	return (struct ui_rect){r.y + used, r.x, r.h > used ? r.h - used : 0, r.w};
}

enum eyes eyes_of(const struct flow *f)
{
	if (f->camera)
		return f->reader ? EYES_BOTH : EYES_CAMERA;
	return f->reader ? EYES_READER : f->wedge ? EYES_SCANNER : EYES_NONE;
}

enum eyes eyes_at(const struct flow *f)
{
	const enum eyes eyes = eyes_of(f);
	return eyes != EYES_NONE ? eyes : EYES_SCANNER;
}

void hold_here(struct ui *u, struct ui_rect r, const char *text)
{
	struct ui_rect frame = {
	    r.y, r.x, r.h < FRAME_ROWS ? r.h : FRAME_ROWS, r.w < FRAME_COLS ? r.w : FRAME_COLS};
	if (frame.h < 3)
		return;
	frame.x += (r.w - frame.w) / 2;
	ui_box(u, frame, UI_RULE);
	ui_line(u, (struct ui_rect){frame.y + frame.h / 2, frame.x + 2, 1, frame.w - 4}, UI_DIM,
	    UI_CENTRE, text);
}
