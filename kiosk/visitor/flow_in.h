/*
 * What the files of the flow share with each other and with nobody else: flow.c takes events and keeps time, turn.c goes from screen to screen,
 * turn_steps.c knows their order, turn_document.c takes an identity document, answer.c takes foyerd's answers, form.c knows the walk-in's fields.
 */
#ifndef KIOSK_VISITOR_FLOW_IN_H
#define KIOSK_VISITOR_FLOW_IN_H

#include "kiosk/visitor/flow.h"
#include "kiosk/visitor/screen.h"

/* What one flow_step works on. */
struct turn {
	struct flow *f;
	int64_t now_ms;
	struct flow_calls *out;
};

enum {
	CALL_AGAIN_MS = 400,
	LOOKUP_LIMIT_MS = 4000,
	CHANGE_LIMIT_MS = 10000,
	NOT_NOW_LIMIT_MS = 1500, /* a disk that is full stays so for longer than anybody waits */
	SEARCH_WAIT_MS = 500,
	HOST_LETTERS = 3,
	DOCUMENT_SHOWN_MS = 8000, /* long enough to see whose it is, and to show another one */
	WARN_MS = 20000,
	/* How long the end of a check-in waits for its badge, doors and host, shows what went wrong, and stays at most: others want to come in. */
	FACTS_WAIT_MS = 30000,
	TROUBLE_SHOWN_MS = 30000,
	FACTS_LIMIT_MS = 60000,
	KEY_DEAF_MS = 700
};

/* flow.c */
void flow_go(struct turn *t, enum flow_screen to);
void flow_call(struct turn *t, enum flow_lane lane,
    enum flow_call_kind kind); /* a new call, in place of any before it in the lane */
void flow_call_end(struct turn *t, enum flow_lane lane);
void flow_clear(struct turn *t); /* the visitor is forgotten, the first screen comes */
void flow_begin(struct turn *t); /* somebody is here: a new flow id and key */
void flow_new_key(struct turn *t); /* the next change is another one */
void flow_sorry(struct turn *t, const char *word);
bool call_is_change(enum flow_call_kind kind);

/* turn.c */
void turn_act(struct turn *t, enum action a, int arg, struct wedge_key key);
/* Nothing of the visitor's own is under way. */
void turn_scan(struct turn *t, const struct flow_event *ev);
void turn_unread(struct turn *t); /* a scan was made, and part of it lost */
void turn_many(struct turn *t); /* several passes at once: which one is meant? */
void turn_stray(struct turn *t); /* a code that says nothing to us */
void turn_search(struct turn *t); /* look for hosts now, if there is something new to look for */

/* turn_steps.c: what a visitor is asked, one after the other, until the check-in is asked for. */
void turn_steps_walk_in(struct turn *t, int type);
void turn_steps_pass(struct turn *t); /* the rest was told when the pass was made */
void turn_step_show(struct turn *t);
void turn_step_next(struct turn *t);
void turn_step_back(struct turn *t);
/* The agreement is to be read (once more), and what follows it then. */
void turn_step_agreement(struct turn *t);

/* turn_document.c */
/* True: it was a document, or nothing for anybody else on a screen that asks for one. */
bool turn_document_scan(struct turn *t, const struct flow_event *ev);
void turn_document(struct turn *t, int button); /* of those shown; -1: none has the focus */
void turn_document_moved(struct turn *t); /* the focus went from one button to the other */
void turn_document_forget(struct flow *f);

/* answer.c */
void answer_take(struct turn *t, const struct flow_answer *a);
/* said: foyerd's own word for why not, where surely nothing was done; else NULL. */
void answer_gave_up(struct turn *t, enum flow_call_kind kind, const char *said);

/* form.c: fields of the details screen, counted from 0: name, company, then the type's own. */
void form_new(struct flow *f, int type); /* empty fields, as long as foyerd takes them */
int form_fields(const struct flow *f);
struct ui_field *form_field(struct flow *f, int i); /* NULL for a choice */
const struct api_field *form_api_field(const struct flow *f, int i); /* NULL for name and company */
bool form_required(const struct flow *f, int i);
/* Cleans everything; answers the first field that is wrong and says why in f->message, or -1. */
int form_check(struct flow *f);
/* The letters of s. */
int form_letters(const char *s);

#endif
