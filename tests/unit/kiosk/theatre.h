/* A terminal that is none, to draw a stage on and to read what stands there. For the tests of kiosk/visitor. */
#ifndef TESTS_UNIT_KIOSK_THEATRE_H
#define TESTS_UNIT_KIOSK_THEATRE_H

#include <stdio.h>

#include "base/str.h"
#include "tests/unit/kiosk/house.h"

struct theatre {
	struct ui ui;
	FILE *in, *out;
};
void theatre_open(struct theatre *t, int rows, int cols, bool mono);
void theatre_close(struct theatre *t);
/* lang NULL: the stage's own. */
void theatre_draw(struct theatre *t, struct stage *s, const char *lang);
/* The rows as text; looks: and below each, which of its cells are bold, reversed, underlined. */
void theatre_text(struct str_buf *out, const struct theatre *t, bool looks);

#endif
