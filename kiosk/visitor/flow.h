/*
 * A visit to the kiosk as a pure state machine: an event and the time go in, the next state and the calls to make come out. It hides the
 * order of screens, every time-out, and that a change is asked for again under the same key until it is answered.
 *
 * No I/O, no clock. flow_new → flow_free. Whatever a visitor gave stands in struct flow_visitor and is cleared (explicit_bzero)
 * when the kiosk returns to its first screen.
 */
#ifndef KIOSK_VISITOR_FLOW_H
#define KIOSK_VISITOR_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "base/uuid.h"
#include "kiosk/ui/field.h"
#include "kiosk/visitor/action.h"
#include "kiosk/visitor/api.h"
#include "scan/camera_wire.h"
#include "scan/wedge.h"

enum flow_screen {
	FLOW_WELCOME,
	FLOW_SCAN,
	FLOW_CODE,
	FLOW_TYPE,
	FLOW_DETAILS,
	FLOW_DOCUMENT,
	FLOW_HOST,
	FLOW_YOU,
	FLOW_AGREEMENT,
	FLOW_PROGRESS,
	FLOW_SIGNOUT,
	FLOW_GOODBYE,
	FLOW_SORRY,
	FLOW_WAITING,
	FLOW_NOTICE,
	FLOW_OFFLINE,
};
enum { FLOW_SCREENS = 16 };

enum {
	FLOW_DOCUMENT_SZ =
	    4097, /* a document's text: as long as a scan gets, and as foyerd takes it */
	FLOW_DOCUMENT_TRIES = 3, /* then reception is offered */
};

enum flow_call_kind {
	FLOW_CALL_NONE,
	FLOW_CALL_SCAN,
	FLOW_CALL_HOSTS,
	FLOW_CALL_AGREEMENT,
	FLOW_CALL_CHECKIN,
	FLOW_CALL_SIGNOUT,
	FLOW_CALL_WAITING
};

/* A call under way, or waiting to be made again. Two lanes: the visitor's own, and the one for help. */
struct flow_call {
	enum flow_call_kind kind;
	uint32_t serial; /* answers with another one come too late */
	int64_t began_ms;
	int64_t again_ms; /* 0: under way */
	int64_t not_now_ms; /* since when foyerd says so; 0: it does not */
	bool lost; /* an answer was: what was asked for may have been done */
};
enum flow_lane { FLOW_LANE_MAIN, FLOW_LANE_HELP };

struct flow_visitor {
	struct uuid id; /* the flow's; nil: nobody is here */
	struct uuid key, help_key; /* Idempotency-Keys */
	bool leaving; /* chose "I am leaving" */
	char pass[TEXT_SCAN_SZ]; /* scanned or typed */
	enum api_source source;
	struct ui_field code;
	struct api_scan scan;
	bool by_pass; /* scan holds; false: a walk-in */
	int type; /* walk-in: index into the kiosk's types */
	enum api_step steps[API_STEPS + 3];
	int n_steps, step;
	struct ui_field name, company, fields[API_FIELDS];
	int choice[API_FIELDS]; /* of CHOICE fields, -1: none yet */
	struct ui_field query;
	char asked[TEXT_NAME_SZ]; /* what hosts answers to */
	bool asked_once, too_many;
	struct api_hosts hosts;
	struct uuid host;
	char host_name[TEXT_NAME_SZ];
	struct api_agreement agreement;
	bool has_agreement, accepted;
	/* The document's text waits here for the check-in, and is cleared (turn_document_forget) once that is answered. */
	char document[FLOW_DOCUMENT_SZ]; /* UTF-8; "": none */
	char document_name[2 * TEXT_NAME_SZ]; /* whose it says it is */
	bool document_whole; /* it could be read; otherwise it is the last that could not */
	bool document_none; /* "I have no document" */
	int document_tries; /* scans that could not be read */
	bool coming_back;
	struct api_checkin checkin;
	struct api_signout signout;
	struct api_progress progress;
	struct api_refusal refusal;
	char waiting[TEXT_WORD_SZ]; /* why reception: "help", "not-agreed", … */
	enum flow_screen help_from;
	bool help_heard, help_failed;
};

/* What the camera sees, for the scan screen; while a document is wanted its outline alone. */
struct preview {
	int cols, rows; /* 0: nothing yet */
	struct camera_cell cells[CAMERA_COLS_MAX * CAMERA_ROWS_MAX];
	struct camera_outline outline;
};

struct flow {
	struct api_kiosk *info; /* NULL: never been online */
	bool online;
	bool unheard; /* flow_take_unheard */
	bool camera, wedge; /* what eyes this kiosk has; wedge: readers too */
	bool reader; /* one of kiosk.conf, with a device of its own */
	const struct preview *preview; /* the owner's; may be NULL */
	struct random random;
	struct uuid_gen ids;
	char lang[TEXT_LANG_SZ];
	int rows, cols;
	int64_t wall_ms; /* the wall clock at the last event: for screens, never for decisions */

	enum flow_screen screen, under; /* under: where NOTICE and WAITING (help) return to */
	int focus, top;
	const char *message; /* untranslated, or NULL */
	int64_t entered_ms, touched_ms, search_ms; /* search_ms: when to look for hosts; 0: not */
	int64_t told_ms; /* since when the screen says what it says of the visit's progress */
	int64_t
	    go_on_ms; /* when what the document says has been shown for long enough; 0: it waits */
	uint32_t last_serial;
	struct flow_call lane[2];
	struct flow_visitor v;
};

struct flow_answer {
	enum flow_call_kind kind;
	uint32_t serial;
	enum flow_result {
		FLOW_DONE, /* what was asked for is in the union */
		FLOW_REFUSED, /* the rules say no: `refusal` */
		FLOW_LIMIT, /* 429 */
		FLOW_AGAIN, /* lost, late or garbled */
		FLOW_NOT_NOW, /* foyerd cannot at present: `refusal` says why */
		FLOW_BROKEN, /* an answer that makes no sense */
	} result;
	struct api_refusal refusal;
	union {
		struct api_scan scan;
		struct api_hosts hosts;
		struct api_agreement agreement;
		struct api_checkin checkin;
		struct api_signout signout;
		char reception[TEXT_PHONE_SZ];
	} u;
};

struct flow_event {
	enum flow_event_kind {
		FLOW_EV_TICK,
		FLOW_EV_KEY,
		FLOW_EV_TOUCH,
		FLOW_EV_SCAN,
		FLOW_EV_UNREAD, /* a scan was made, and part of it lost */
		FLOW_EV_MANY, /* several passes before the camera at once */
		FLOW_EV_STRAY, /* a code before the camera that is one of several, or for another machine */
		FLOW_EV_ONLINE,
		FLOW_EV_OFFLINE,
		FLOW_EV_ANSWER,
		FLOW_EV_PROGRESS,
		FLOW_EV_SIZE,
	} kind;
	struct wedge_key key; /* KEY */
	enum action action; /* TOUCH */
	int arg;
	const char *scan; /* SCAN: any bytes */
	bool
	    document; /* SCAN: out of what documents bear (PDF417, a machine-readable zone), which holds no pass */
	enum api_source source;
	struct api_kiosk *own_info; /* ONLINE; NULL: as before */
	const struct flow_answer *answer;
	const struct api_progress *progress;
	int rows, cols; /* SIZE */
};

/* Calls to make now: flow_call_write (calls.h) puts them into words. */
struct flow_calls {
	struct {
		enum flow_call_kind kind;
		uint32_t serial;
	} of[4];
	int n;
};

struct flow *flow_new(struct random random);
void flow_free(struct flow *own_f);

void flow_step(struct flow *f, const struct flow_event *ev, int64_t now_ms, struct flow_calls *out);

/* When a TICK is due next; INT64_MAX: never. */
int64_t flow_due_ms(const struct flow *f, int64_t now_ms);

/* The screen to show: `screen`, or OFFLINE where foyerd is away, or takes no visitors and the screen asks for something. */
enum flow_screen flow_shown(const struct flow *f);
/* Seconds until the screen clears where it says so, else -1. */
int flow_clears_in_s(const struct flow *f, int64_t now_ms);
/* Seconds until the screen goes on by itself, else -1. */
int flow_goes_on_in_s(const struct flow *f, int64_t now_ms);
/* The "are you still there?" is shown over the screen. */
bool flow_warns(const struct flow *f, int64_t now_ms);
/* A call of the visitor's own is under way. */
bool flow_busy(const struct flow *f);
/* An identity document is to be held up now: that is what the camera is to look for. */
bool flow_wants_document(const struct flow *f);
/* The first screen, nobody here. */
bool flow_idle(const struct flow *f);
/* The first screen is there again, and since it last was the camera showed a code that nobody took: true once. It may still be held up. */
bool flow_take_unheard(struct flow *f);
/* The type of a walk-in or of a pass, NULL where unknown. */
const struct api_type *flow_type(const struct flow *f);
/* On the sorry screen: not where a change may have been made unheard, for a second try would be a second visit. */
bool flow_may_try_again(const struct flow *f);
/* The progress token to listen to at present, or "". */
const char *flow_token(const struct flow *f);
/* Types offered to walk-ins: their number, and the n-th's index. */
int flow_walk_in_types(const struct flow *f);
int flow_walk_in_type(const struct flow *f, int n);
/* The choices of the first screen, in order. */
enum flow_choice { FLOW_INVITED, FLOW_VISITING, FLOW_LEAVING };
int flow_choices(const struct flow *f, enum flow_choice out[3]);

#endif
