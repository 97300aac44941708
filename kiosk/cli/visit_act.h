/*
 * A change of one visit: POST /v1/visits/{id}/VERB. It hides the order in which a command line is looked at, foyerd asked, and the answer told.
 */
#ifndef KIOSK_CLI_VISIT_ACT_H
#define KIOSK_CLI_VISIT_ACT_H

#include <jansson.h>

#include "kiosk/cli/cli.h"

struct visit_act {
	const char *verb; /* the API's word; the visit is the command's first word */
	/* Fill the body from the command line, and say what is wrong with that. */
	enum cli_exit (*body)(struct cli *c, json_t *body);
	/* What to say of the visit as it is now; not called with --json. */
	void (*tell)(struct cli *c, const json_t *visit);
};
enum cli_exit visit_act(struct cli *c, const struct visit_act *act);

#endif
