/* Every screen of the kiosk as a visitor may meet it, set on a stage. For the tests of kiosk/visitor. */
#ifndef TESTS_UNIT_KIOSK_SCENES_H
#define TESTS_UNIT_KIOSK_SCENES_H

#include "tests/unit/kiosk/house.h"

struct scene {
	const char *name;
	void (*set)(struct stage *s); /* from the first screen */
	bool
	    cuts; /* a visitor's or host's own words may be cut; so may "One moment, please …" end that way */
};
enum { SCENES = 56 };
extern const struct scene scenes[SCENES];

void scene_details(struct stage *s); /* a name and an address are typed */
void scene_progress(struct stage *s); /* with an escort; nothing is done yet */

#endif
