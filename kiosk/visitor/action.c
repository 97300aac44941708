#include "kiosk/visitor/action.h"

#include <curses.h>
#include <stddef.h>

#include "base/lang.h"

#define CHAR(c)                                                                                    \
	{                                                                                          \
		.code = (c)                                                                        \
	}
#define FUNC(c)                                                                                    \
	{                                                                                          \
		.code = (c), .function = true                                                      \
	}

static const struct action_row rows[] = {
    {ACT_HELP, {FUNC(KEY_F(1)), CHAR('?')}, 2, "F1", N_("Help"),
	"Calls reception to this kiosk and shows the number to ring. Outside a text field also ?."},
    {ACT_LANGUAGE, {FUNC(KEY_F(2))}, 1, "F2", N_("Language"), "Goes on to the next language."},
    {ACT_NOTICE, {FUNC(KEY_F(3))}, 1, "F3", N_("Privacy"),
	"Shows who keeps which data, why and for how long."},
    {ACT_BACK, {CHAR(27), FUNC(KEY_EXIT)}, 2, "Esc", N_("Back"),
	"Goes one step back. It never leaves the program."},
    {ACT_NEXT, {CHAR('\r'), CHAR('\n'), FUNC(KEY_ENTER)}, 3, "Enter", N_("Continue"),
	"Takes what is chosen, or goes on to the next field or step."},
    {ACT_CHOOSE, {CHAR('1')}, 1, "1-9", NULL,
	"Takes the choice of that number, outside a text field."},
    {ACT_UP, {FUNC(KEY_UP)}, 1, "Up", NULL,
	"Moves to the choice or field above, or scrolls a text."},
    {ACT_DOWN, {FUNC(KEY_DOWN)}, 1, "Down", NULL,
	"Moves to the choice or field below, or scrolls a text."},
    {ACT_LEFT, {FUNC(KEY_LEFT)}, 1, "Left", NULL,
	"Moves within a field, or to the button on the left."},
    {ACT_RIGHT, {FUNC(KEY_RIGHT)}, 1, "Right", NULL,
	"Moves within a field, or to the button on the right."},
    {ACT_NEXT_FIELD, {CHAR('\t')}, 1, "Tab", NULL, "Moves to the next field, choice or button."},
    {ACT_PREV_FIELD, {FUNC(KEY_BTAB)}, 1, "Shift-Tab", NULL,
	"Moves to the field, choice or button before."},
    {ACT_PAGE_UP, {FUNC(KEY_PPAGE)}, 1, "Page Up", NULL, "Scrolls a text one page up."},
    {ACT_PAGE_DOWN, {FUNC(KEY_NPAGE)}, 1, "Page Down", NULL, "Scrolls a text one page down."},
    {ACT_HOME, {FUNC(KEY_HOME), FUNC(KEY_A1)}, 2, "Home", NULL,
	"Goes to the beginning of a field or text."},
    {ACT_END, {FUNC(KEY_END), FUNC(KEY_C1)}, 2, "End", NULL, "Goes to the end of a field or text."},
    {ACT_ERASE, {FUNC(KEY_BACKSPACE), CHAR(127), CHAR(8)}, 3, "Backspace", NULL,
	"Erases the character before the cursor."},
    {ACT_DELETE, {FUNC(KEY_DC)}, 1, "Delete", NULL, "Erases the character at the cursor."},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const struct action_row *action_rows(int *n)
{
	*n = ROWS;
	return rows;
}

const struct action_row *action_row(enum action a)
{
	for (int i = 0; i < ROWS; i++)
		if (rows[i].action == a)
			return &rows[i];
	return NULL;
}

enum action action_of_key(struct wedge_key key, bool typing, int *arg)
{
	*arg = 0;
	bool prints = !key.function && key.code >= ' ' && key.code != 127;
	if (prints && typing)
		return ACT_NONE;
	if (prints && key.code >= '1' && key.code <= '9') {
		*arg = (int)key.code - '1';
		return ACT_CHOOSE;
	}
	for (int i = 0; i < ROWS; i++)
		for (int k = 0; k < rows[i].n_keys; k++)
			if (rows[i].keys[k].code == key.code &&
			    rows[i].keys[k].function == key.function)
				return rows[i].action;
	return ACT_NONE;
}
