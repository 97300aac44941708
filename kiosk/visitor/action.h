/*
 * The one table of what a key or a touch can mean. It feeds the look-up of keys, the footer and its hot spots, --help and the manual page.
 */
#ifndef KIOSK_VISITOR_ACTION_H
#define KIOSK_VISITOR_ACTION_H

#include <stdbool.h>

#include "scan/wedge.h"

enum action {
	ACT_NONE,
	ACT_HELP,
	ACT_LANGUAGE,
	ACT_NOTICE,
	ACT_BACK,
	ACT_NEXT,
	ACT_CHOOSE,
	ACT_UP,
	ACT_DOWN,
	ACT_LEFT,
	ACT_RIGHT,
	ACT_NEXT_FIELD,
	ACT_PREV_FIELD,
	ACT_PAGE_UP,
	ACT_PAGE_DOWN,
	ACT_HOME,
	ACT_END,
	ACT_ERASE,
	ACT_DELETE,
	/* By touch alone. */
	ACT_BUTTON,
	ACT_SET_LANGUAGE,
};

enum { ACTION_KEYS = 4 };
struct action_row {
	enum action action;
	struct wedge_key keys[ACTION_KEYS];
	int n_keys;
	const char *key_name; /* as it stands on the keyboard, in the footer and in the manual */
	const char *label; /* a word for the footer, to be translated; NULL: never stands there */
	const char *doc; /* a sentence for the manual */
};
const struct action_row *action_rows(int *n);
const struct action_row *action_row(enum action a); /* NULL for those by touch alone */

/* What a key means. typing: a text field takes characters, so that "?" and digits are text. arg: ACT_CHOOSE's number from 0. */
enum action action_of_key(struct wedge_key key, bool typing, int *arg);

/* What a screen offers in the footer; ends with ACT_NONE. label NULL: the table's. */
struct bind {
	enum action action;
	const char *label;
};

#endif
