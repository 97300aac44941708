/* From screen to screen: what an action or a scan does where the visitor stands. */
#include "kiosk/visitor/flow_in.h"

#include <string.h>

#include <utf8proc.h>

#include "base/base32.h"
#include "base/lang.h"
#include "base/str.h"

/* --- the same everywhere ----------------------------------------------------------------- */

static void help(struct turn *t)
{
	struct flow *f = t->f;
	if (f->screen == FLOW_WAITING)
		return;
	if (uuid_is_nil(&f->v.id))
		flow_begin(t);
	if (f->screen != FLOW_NOTICE)
		f->under = f->screen;
	f->v.help_from = f->under;
	f->v.help_key = uuid_new(&f->ids, f->wall_ms);
	f->v.help_heard = f->v.help_failed = false;
	str_copy(f->v.waiting, sizeof f->v.waiting, "help");
	flow_go(t, FLOW_WAITING);
	flow_call(t, FLOW_LANE_HELP, FLOW_CALL_WAITING);
}

static void set_language(struct turn *t, int i)
{
	struct flow *f = t->f;
	if (i < 0 || i >= f->info->n_langs || str_eq(f->lang, f->info->langs[i]))
		return;
	str_copy(f->lang, sizeof f->lang, f->info->langs[i]);
	if (f->screen == FLOW_AGREEMENT) /* what is signed is what was read */
		flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_AGREEMENT);
}

static void next_language(struct turn *t)
{
	const struct api_kiosk *k = t->f->info;
	int at = -1;
	for (int i = 0; i < k->n_langs; i++)
		if (str_eq(k->langs[i], t->f->lang))
			at = i;
	set_language(t, (at + 1) % k->n_langs);
}

static void notice(struct turn *t)
{
	enum flow_screen s = t->f->screen;
	if (s == FLOW_NOTICE || s == FLOW_WAITING || t->f->info->n_privacy == 0)
		return;
	t->f->under = s;
	flow_go(t, FLOW_NOTICE);
}

/* Back to where NOTICE or help was called from; what only passes by is over by then. */
static void back_under(struct turn *t)
{
	enum flow_screen to = t->f->under;
	if (to == FLOW_WELCOME || to == FLOW_PROGRESS || to == FLOW_GOODBYE || to == FLOW_SORRY)
		flow_clear(t);
	else
		flow_go(t, to);
	if (to == FLOW_AGREEMENT &&
	    !str_eq(t->f->v.agreement.lang, t->f->lang)) /* F2 was pressed meanwhile */
		flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_AGREEMENT);
}

/* --- screens ----------------------------------------------------------------------------- */

static void choose_type(struct turn *t, int n)
{
	int type = flow_walk_in_type(t->f, n);
	if (type < 0)
		return;
	if (t->f->v.type != type) { /* what the other type asked for is not this one's */
		form_new(t->f, type);
		t->f->v.host = (struct uuid){0};
		explicit_bzero(t->f->v.host_name, sizeof t->f->v.host_name);
		t->f->v.has_agreement = t->f->v.accepted = false;
		turn_document_forget(t->f);
	}
	turn_steps_walk_in(t, type);
	turn_step_show(t);
}

static void welcome(struct turn *t, int n)
{
	struct flow *f = t->f;
	enum flow_choice choices[3];
	if (n < 0 || n >= flow_choices(f, choices))
		return;
	flow_begin(t);
	f->v.leaving = choices[n] == FLOW_LEAVING;
	if (choices[n] != FLOW_VISITING) {
		flow_go(t, f->camera || f->wedge ? FLOW_SCAN : FLOW_CODE);
	} else if (flow_walk_in_types(f) > 1) {
		flow_go(t, FLOW_TYPE);
	} else {
		choose_type(t, 0);
	}
}

/* A character on the scan screen begins the code. */
static void scan_key(struct turn *t, struct wedge_key key)
{
	struct input in = {.key = key};
	if (key.function || key.code <= ' ' || key.code == 127)
		return;
	flow_go(t, FLOW_CODE);
	screen_of(FLOW_CODE)->edit(t->f, &in);
}

static void code(struct turn *t)
{
	struct flow *f = t->f;
	char clean[CODE_SZ];
	if (!code_clean(clean, f->v.code.text)) {
		f->message = N_("A code has eight letters and digits.");
		return;
	}
	str_copy(f->v.pass, sizeof f->v.pass, clean);
	explicit_bzero(clean, sizeof clean);
	f->v.source = API_SOURCE_TYPED;
	flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_SCAN);
}

static void details(struct turn *t)
{
	struct flow *f = t->f;
	if (f->focus < form_fields(f) - 1) {
		f->focus++;
		return;
	}
	int wrong = form_check(f);
	if (wrong >= 0)
		f->focus = wrong;
	else
		turn_step_next(t);
}

static void details_send(struct turn *t)
{
	t->f->focus = form_fields(t->f) - 1;
	details(t);
}

static void host_pick(struct turn *t, int i)
{
	struct flow_visitor *v = &t->f->v;
	if (i < 0 || i >= v->hosts.n)
		return;
	v->host = v->hosts.of[i].id;
	str_copy(v->host_name, sizeof v->host_name, v->hosts.of[i].name);
	turn_step_next(t);
}

void turn_search(struct turn *t)
{
	struct flow *f = t->f;
	char query[TEXT_NAME_SZ];
	f->search_ms = 0;
	if (f->screen != FLOW_HOST || f->v.too_many)
		return;
	if (text_clean(query, sizeof query, f->v.query.text, strlen(f->v.query.text), TEXT_CUT,
		NULL) != ERR_OK ||
	    form_letters(query) < HOST_LETTERS)
		return;
	if (f->v.asked_once && str_eq(query, f->v.asked))
		return;
	str_copy(f->v.asked, sizeof f->v.asked, query);
	f->v.asked_once = true;
	flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_HOSTS);
}

static void host(struct turn *t)
{
	struct flow *f = t->f;
	if (f->focus > 0 && f->focus <= f->v.hosts.n) {
		host_pick(t, f->focus - 1);
	} else if (form_letters(f->v.query.text) < HOST_LETTERS) {
		f->message = N_("Please type at least three letters.");
	} else if (f->search_ms != 0) {
		turn_search(t);
	} else if (f->v.hosts.n > 0) {
		f->focus = 1;
		f->message = N_("Choose with the arrow keys, then press Enter.");
	} else if (f->lane[FLOW_LANE_MAIN].kind == FLOW_CALL_NONE) {
		f->v.asked_once = false; /* come back to, or nobody found: look once more */
		turn_search(t);
	}
}

static void you(struct turn *t, int button)
{
	if (button == 1) {
		flow_sorry(t, "not-me");
	} else {
		turn_steps_pass(t);
		turn_step_show(t);
	}
}

static void agreement(struct turn *t, int button)
{
	t->f->v.accepted = button == 0;
	if (!t->f->v.accepted) /* reception it is, whatever else would be asked */
		t->f->v.step = t->f->v.n_steps - 1;
	turn_step_next(t);
}

static void signout(struct turn *t, int button)
{
	bool may_return = t->f->v.scan.until_ms > t->f->wall_ms;
	t->f->v.coming_back = may_return && button == 0;
	flow_new_key(t);
	flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_SIGNOUT);
}

static void sorry(struct turn *t, int button)
{
	bool leaving = t->f->v.leaving;
	if (button == 1 || !flow_may_try_again(t->f)) {
		help(t);
		return;
	}
	flow_begin(t);
	t->f->v.leaving = leaving;
	flow_go(t, t->f->camera || t->f->wedge ? FLOW_SCAN : FLOW_CODE);
}

static void waiting(struct turn *t)
{
	if (str_eq(t->f->v.waiting, "help"))
		back_under(t);
	else
		flow_clear(t);
}

/* --- which of them ----------------------------------------------------------------------- */

static void back(struct turn *t)
{
	struct flow *f = t->f;
	switch (f->screen) {
	case FLOW_CODE:
		if (f->camera || f->wedge)
			flow_go(t, FLOW_SCAN);
		else
			flow_clear(t);
		break;
	case FLOW_DETAILS:
	case FLOW_DOCUMENT:
	case FLOW_HOST:
	case FLOW_AGREEMENT: turn_step_back(t); break;
	case FLOW_NOTICE: back_under(t); break;
	case FLOW_WAITING: waiting(t); break;
	case FLOW_WELCOME:
	case FLOW_SCAN:
	case FLOW_TYPE:
	case FLOW_YOU:
	case FLOW_PROGRESS:
	case FLOW_SIGNOUT:
	case FLOW_GOODBYE:
	case FLOW_SORRY:
	case FLOW_OFFLINE: flow_clear(t); break;
	}
}

/* Enter, or a button or choice: `n` of those shown; -1: none has the focus. */
static void next(struct turn *t, int n, bool touched)
{
	struct flow *f = t->f;
	switch (f->screen) {
	case FLOW_WELCOME: welcome(t, n); break;
	case FLOW_SCAN: flow_go(t, FLOW_CODE); break;
	case FLOW_CODE: code(t); break;
	case FLOW_TYPE: choose_type(t, n); break;
	case FLOW_DETAILS:
		if (touched)
			details_send(t);
		else
			details(t);
		break;
	case FLOW_DOCUMENT: turn_document(t, n); break;
	case FLOW_HOST: host(t); break;
	case FLOW_YOU: you(t, n); break;
	case FLOW_AGREEMENT:
		if (n >= 0)
			agreement(t, n);
		else
			f->message =
			    N_("Please choose one of the two with ← or →, then press Enter.");
		break;
	case FLOW_SIGNOUT: signout(t, n); break;
	case FLOW_SORRY: sorry(t, n); break;
	case FLOW_WAITING: waiting(t); break;
	case FLOW_NOTICE: back_under(t); break;
	case FLOW_PROGRESS:
	case FLOW_GOODBYE: flow_clear(t); break;
	case FLOW_OFFLINE: break;
	}
}

static void choose(struct turn *t, int n, bool touched)
{
	struct flow *f = t->f;
	if (f->screen == FLOW_HOST) {
		if (touched)
			host_pick(t, n);
	} else if (f->screen == FLOW_DETAILS) {
		if (touched && n >= 0 && n < form_fields(f))
			f->focus = n;
	} else if (f->screen == FLOW_WELCOME || f->screen == FLOW_TYPE) {
		next(t, n, touched);
	}
}

void turn_act(struct turn *t, enum action a, int arg, struct wedge_key key)
{
	struct flow *f = t->f;
	struct input in = {a, arg, key};
	bool touched = key.code == 0;
	if (f->screen == FLOW_PROGRESS || f->screen == FLOW_GOODBYE)
		if (t->now_ms - f->entered_ms <
		    KEY_DEAF_MS) /* the Enter that brought us here, held too long */
			return;
	f->message = NULL;
	if (a == ACT_HELP) {
		help(t);
	} else if (a == ACT_LANGUAGE) {
		next_language(t);
	} else if (a == ACT_SET_LANGUAGE) {
		set_language(t, arg);
	} else if (a == ACT_NOTICE) {
		notice(t);
	} else if (f->screen == FLOW_PROGRESS || f->screen == FLOW_GOODBYE) {
		flow_clear(t);
	} else if (screen_of(f->screen)->edit(f, &in)) {
		if (f->screen == FLOW_HOST && f->focus == 0)
			f->search_ms = t->now_ms + SEARCH_WAIT_MS;
		if (f->screen == FLOW_DOCUMENT)
			turn_document_moved(t);
	} else if (a == ACT_BACK) {
		back(t);
	} else if (a == ACT_NEXT) {
		next(t, f->focus, touched);
	} else if (a == ACT_BUTTON) {
		next(t, arg, touched);
	} else if (a == ACT_CHOOSE) {
		choose(t, arg, touched);
	} else if (a == ACT_NONE && f->screen == FLOW_SCAN) {
		scan_key(t, key);
	}
}

/* A walk-in fills in the form, or has only laid the notice or the call for help over it. */
static bool typing(const struct flow *f)
{
	bool over =
	    f->screen == FLOW_NOTICE || (f->screen == FLOW_WAITING && str_eq(f->v.waiting, "help"));
	enum flow_screen s = over ? f->under : f->screen;
	return s == FLOW_DETAILS || s == FLOW_HOST;
}

/* What foyerd takes as a scan, and any pass is, whatever keyboard typed it: bounded, and UTF-8. */
static bool can_be_pass(const char *s)
{
	utf8proc_ssize_t n;
	int32_t cp;
	if (strlen(s) >= TEXT_SCAN_SZ)
		return false;
	for (; *s != '\0'; s += n)
		if ((n = utf8proc_iterate((const uint8_t *)s, -1, &cp)) <= 0)
			return false;
	return true;
}

void turn_scan(struct turn *t, const struct flow_event *ev)
{
	struct flow *f = t->f;
	bool leaving = f->v.leaving;
	char pass[TEXT_SCAN_SZ];
	if (ev->scan[0] == '\0' || turn_document_scan(t, ev))
		return;
	/* A camera sees what lies about, too; a scanner was pointed at something. */
	if (ev->source == API_SOURCE_CAMERA && typing(f))
		return;
	if (!can_be_pass(ev->scan)) {
		flow_begin(t);
		f->v.leaving = leaving;
		flow_sorry(t, "not-a-pass");
		return;
	}
	str_copy(pass, sizeof pass, ev->scan);
	/* The same code again, while its visitor is being asked something. */
	bool asking = f->screen == FLOW_YOU || f->screen == FLOW_DOCUMENT ||
		      f->screen == FLOW_AGREEMENT || f->screen == FLOW_SIGNOUT ||
		      f->screen == FLOW_NOTICE;
	if (asking && str_eq(f->v.pass, pass)) {
		f->touched_ms = t->now_ms;
	} else {
		flow_begin(t);
		f->v.leaving = leaving;
		str_copy(f->v.pass, sizeof f->v.pass, pass);
		f->v.source = ev->source;
		flow_go(t, FLOW_SCAN);
		flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_SCAN);
	}
	explicit_bzero(pass, sizeof pass);
}

/* Nothing came of a scan: on the screen that reads codes it is said what to do. */
static void scan_again(struct turn *t, const char *message)
{
	struct flow *f = t->f;
	const bool leaving = f->v.leaving;
	if (f->screen == FLOW_WELCOME || f->screen == FLOW_PROGRESS || f->screen == FLOW_GOODBYE ||
	    f->screen == FLOW_SORRY) {
		flow_begin(t);
		f->v.leaving = leaving;
		flow_go(t, FLOW_SCAN);
	}
	f->touched_ms = t->now_ms;
	f->message = message;
}

/* Whoever is being asked something stays there; on a screen that passes by, nothing would be left to read it on. */
void turn_unread(struct turn *t)
{
	if (!flow_busy(t->f))
		scan_again(t, N_("That was not read whole. Please scan it once more."));
}

/* Whoever is being asked something has shown a code already. */
void turn_many(struct turn *t)
{
	const struct flow *f = t->f;
	if (!flow_busy(f) && (f->screen == FLOW_WELCOME || f->screen == FLOW_SCAN))
		scan_again(t, N_("Please show one code at a time."));
}

/* Only where something is held up; elsewhere the camera sees what lies about. */
void turn_stray(struct turn *t)
{
	struct flow *f = t->f;
	if (flow_busy(f) || (f->screen != FLOW_SCAN && f->screen != FLOW_DOCUMENT))
		return;
	f->touched_ms = t->now_ms;
	f->message = N_("That code is not meant for us. Please show another one.");
}
