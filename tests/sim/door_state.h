/*
 * The simulated controller's memory as JSON: for the control side's answers, and for a file that a person can look at.
 */
#ifndef TESTS_SIM_DOOR_STATE_H
#define TESTS_SIM_DOOR_STATE_H

#include <jansson.h>

#include "tests/sim/door_board.h"

/* New references: json_decref. */
json_t *door_state_cards(
    const struct door_board *b); /* [{"card","first","last","doors":[…4],"pin"}] */
json_t *door_state_profiles(const struct door_board
	*b); /* [{"id","first","last","days","segments":["08:00-18:00"],"linked"}] */

/* Everything, with the newest events first, into path: whole or not at all. */
enum err_code door_state_write(
    const struct door_board *b, const char *path, int64_t now_ms, struct err *e) MUST_USE;

#endif
