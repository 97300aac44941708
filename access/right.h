/*
 * A right at a door, kept to foyer's rules whatever the make of controller: only numbers in the configured ranges, never somebody
 * else's card, "granted" and "revoked" only when the controller itself says so. It hides the order of a driver's verbs.
 *
 * Beside the driver's errors: ERR_INPUT for a right that is out of range (nothing was asked of the controller), ERR_CONFLICT for a number
 * under which the controller holds a card that is not ours (it stays as it is). An error of a grant or a revoke may have changed the
 * controller all the same; both may be repeated, and a repeated one ends where the first would have.
 */
#ifndef ACCESS_RIGHT_H
#define ACCESS_RIGHT_H

#include "access/driver.h"

enum err_code access_right_grant(
    const struct access_controller *c, const struct access_grant *g, struct err *e) MUST_USE;
/* issued: a right under this number was read back before, so it goes whatever it looks like now. Otherwise it goes only if every right on it is one of
 * our time profiles: a grant may have been applied unheard, or never. */
enum err_code access_right_revoke(
    const struct access_controller *c, uint32_t card, bool issued, struct err *e) MUST_USE;

#endif
