/*
 * A flow on a stage: a house with everything in it, keys pressed by name, foyerd's answers given as JSON, time moved by hand. For the tests of kiosk/visitor.
 */
#ifndef TESTS_UNIT_KIOSK_HOUSE_H
#define TESTS_UNIT_KIOSK_HOUSE_H

#include "kiosk/visitor/calls.h"
#include "kiosk/visitor/flow.h"
#include "kiosk/visitor/screen.h"

struct stage {
	struct flow *f;
	struct random_fake random;
	int64_t now;
	struct flow_calls calls; /* of the last step */
	struct flow_call asked; /* the last call made, whichever lane */
	int n_asked; /* calls made so far */
	char key[UUID_TEXT_SZ]; /* of the last call */
	char body[32768], target[CLIENT_TARGET_SZ];
};

extern const char house_json[]; /* GET /v1/kiosk */
extern const char house_welcome[], house_reception[]; /* what a check-in is answered */
extern const char house_papers_json[]; /* of a house where each visitor shows a document */
/* Documents as they are scanned; the people do not exist. */
extern const char house_passport[], house_licence[]; /* ERIKSSON ANNA MARIA; SAMPLE MICHAEL JOHN */
enum { HOUSE_WALL_HOUR = 3600 * 1000 };
extern const int64_t house_wall_ms; /* 2026-11-23 09:00 in Berlin */

void stage_open(struct stage *s); /* online, at the first screen */
void stage_close(struct stage *s);
/* The same for cmocka_unit_test_setup_teardown: *state is a struct stage. */
int stage_setup(void **state);
int stage_teardown(void **state);
/* Nothing of a visitor is left. */
void stage_assert_forgotten(const struct stage *s);
void stage_step(struct stage *s, const struct flow_event *ev);
void stage_online(struct stage *s, const char *json);
/* Names: "Enter", "Esc", "F1" … as in the action table, or characters that are typed one by one. */
void stage_press(struct stage *s, const char *key_name);
void stage_type(struct stage *s, const char *text);
void stage_scan(struct stage *s, const char *text);
void stage_touch(struct stage *s, enum action action, int arg);
void stage_wait(struct stage *s, int64_t ms); /* in ticks as flow_due_ms wants them */
/* foyerd answers the last call. status 0: it never does (code is a time-out). */
void stage_answer(struct stage *s, int status, const char *json);

/* Shortcuts to a screen. */
void stage_to_document(struct stage *s); /* a walk-in, whose house needs one */
void stage_to_you(struct stage *s, const char *what);
void stage_to_details(struct stage *s);
void stage_to_host(struct stage *s);
void stage_to_agreement(struct stage *s);
void stage_to_progress(struct stage *s); /* house_welcome was answered */

/* Where the test's catalogues are. Call before lang_init. */
void house_catalogues(void);

#endif
