/* How it ends: welcome, goodbye, a calm no, or reception. */
#include "kiosk/visitor/screen.h"

#include "base/lang.h"
#include "base/str.h"
#include "base/zone.h"

enum { FREE_MS = 8 * 1000, SORRY_MS = 30 * 1000, WAITING_MS = 30 * 1000 };

/* --- progress: only what is so ----------------------------------------------------------- */

enum mark { PENDING, GOOD, TROUBLE };

/* Facts below each other. */
struct facts {
	struct ui *u;
	struct ui_rect r; /* what is left */
	int gap;
};

static void fact(struct facts *l, enum mark mark, const char *text)
{
	static const char *const signs[] = {"○", "●", "!"};
	static const enum ui_role roles[] = {UI_KEY, UI_GOOD, UI_TROUBLE};
	ui_line(l->u, (struct ui_rect){l->r.y, l->r.x, 1, 2}, roles[mark], UI_LEFT, signs[mark]);
	int rows =
	    ui_para(l->u, (struct ui_rect){l->r.y, l->r.x + 3, 2, l->r.w - 3}, UI_TEXT, 0, text);
	l->r.y += (rows > 2 ? 2 : rows) + l->gap;
}

static void badge_fact(struct facts *l, enum api_badge badge)
{
	switch (badge) {
	case API_BADGE_NONE: break;
	case API_BADGE_PRINTING: fact(l, PENDING, _("Your badge is being printed.")); break;
	case API_BADGE_PRINTED:
		fact(l, GOOD, _("Your badge is printed. Please wear it where it can be seen."));
		break;
	case API_BADGE_TROUBLE:
		fact(l, TROUBLE,
		    _("The badge printer needs help. Reception will see to your badge."));
		break;
	}
}

static void doors_fact(struct facts *l, const struct flow *f)
{
	char text[TEXT_FIELD_SZ], until[ZONE_TEXT_SZ];
	const struct api_progress *p = &f->v.progress;
	if (!f->info->doors)
		return;
	switch (p->doors) {
	case API_DOORS_NONE: break;
	case API_DOORS_PENDING: fact(l, PENDING, _("The doors are being told.")); break;
	case API_DOORS_OPEN:
		if (p->until_ms > 0)
			str_print(text, sizeof text, _("Doors open for you until %s."),
			    time_of(until, f, p->until_ms));
		else
			str_copy(text, sizeof text, _("Doors open for you."));
		fact(l, GOOD, text);
		break;
	case API_DOORS_TROUBLE:
		fact(l, TROUBLE, _("The doors could not be told yet. Please ask reception."));
		break;
	case API_DOORS_WITHDRAWN: fact(l, GOOD, _("Doors no longer open for you.")); break;
	}
}

/* No message goes to the host, so somebody at reception has to tell them; but whoever comes back, and goes in alone, is awaited already. */
static void nobody_told_fact(struct facts *l, const struct flow *f)
{
	char call[TEXT_FIELD_SZ];
	const char *reception = f->info->reception;
	if (f->v.by_pass && f->v.scan.what == API_RETURN && !f->v.checkin.escort) {
		fact(l, GOOD, _("You are signed in again."));
		return;
	}
	fact(l, PENDING, _("Please tell reception that you are here."));
	if (reception[0] == '\0')
		return;
	str_print(call, sizeof call, _("Reception: %s"), reception);
	ui_line(l->u, (struct ui_rect){l->r.y - l->gap, l->r.x + 3, 1, l->r.w - 3}, UI_HEADING,
	    UI_LEFT, call);
	l->r.y++;
}

static void host_fact(struct facts *l, const struct flow *f)
{
	char text[TEXT_FIELD_SZ];
	enum api_host state = f->v.progress.host;
	const char *host = f->v.by_pass ? f->v.scan.host : f->v.host_name;
	const char *who = host[0] != '\0' ? host : _("Your host");
	switch (state) {
	case API_HOST_NONE: nobody_told_fact(l, f); return;
	case API_HOST_SENDING:
		str_print(text, sizeof text, _("%s is being told that you are here."), who);
		break;
	case API_HOST_SENT:
		str_print(text, sizeof text, _("%s has been told that you are here."), who);
		break;
	case API_HOST_TROUBLE:
		str_print(
		    text, sizeof text, _("%s could not be told. Reception will help you."), who);
		break;
	}
	fact(l,
	    state == API_HOST_SENT      ? GOOD
	    : state == API_HOST_SENDING ? PENDING
					: TROUBLE,
	    text);
}

static void progress_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char title[TEXT_FIELD_SZ], number[TEXT_WORD_SZ];
	const struct api_checkin *c = &f->v.checkin;
	(void)now_ms;
	struct ui_rect body = body_rect(f, 0);
	str_print(title, sizeof title, _("Welcome, %s"), c->name);
	const enum api_host told = f->v.progress.host;
	/* A host whom nobody told, or could tell, does not come. */
	const char *wait = c->escort && (told == API_HOST_SENDING || told == API_HOST_SENT)
			       ? _("Please wait here. Your host will come and take you along.")
			       : "";
	struct facts l = {u, heading(u, body, title, wait), body.h >= 15};
	l.r.y += l.gap;
	badge_fact(&l, f->v.progress.badge);
	doors_fact(&l, f);
	host_fact(&l, f);
	if (c->number[0] != '\0') {
		str_print(number, sizeof number, _("Visit %s"), c->number);
		ui_line(u, (struct ui_rect){body.y + body.h - 1, body.x, 1, body.w}, UI_DIM,
		    UI_LEFT, number);
	}
}

static const struct bind done_binds[] = {{ACT_NEXT, N_("Done")}, {ACT_NONE, NULL}};
const struct screen screen_progress = {
    .name = "progress",
    .idle_ms = FREE_MS,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = progress_draw,
    .edit = screen_no_edit,
    .binds = done_binds,
};

static void goodbye_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char title[TEXT_FIELD_SZ], text[TEXT_FIELD_SZ], until[ZONE_TEXT_SZ];
	const struct api_signout *s = &f->v.signout;
	(void)now_ms;
	str_print(
	    title, sizeof title, _("Goodbye, %s"), s->name[0] != '\0' ? s->name : f->v.scan.name);
	if (f->v.coming_back)
		str_print(text, sizeof text,
		    _("See you later. Please keep your badge: it is good until %s."),
		    time_of(until, f, s->until_ms));
	else
		str_copy(text, sizeof text, _("Thank you for your visit."));
	struct facts l = {u, heading(u, body_rect(f, 0), title, text), 1};
	doors_fact(&l, f);
}

const struct screen screen_goodbye = {
    .name = "goodbye",
    .idle_ms = FREE_MS,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = goodbye_draw,
    .edit = screen_no_edit,
    .binds = done_binds,
};

/* --- a calm no --------------------------------------------------------------------------- */

static const struct {
	const char *word, *title, *text;
} refusals[] = {
    {"not-a-pass", N_("This code is not one of ours"),
	N_("Please try the code of your invitation or badge once more, or ask reception.")},
    {"unknown-code", N_("This code is not known here"),
	N_("Please look at the code once more. Letters and digits are easily mixed up.")},
    {"forged", N_("This code cannot be used here"),
	N_("Please show your invitation to reception; somebody will help you there.")},
    {"replaced", N_("There is a newer badge"),
	N_("This badge was replaced by another one. Please use that one, or ask reception.")},
    {"expired", N_("This code is no longer valid"),
	N_("The visit that it was made for is over. Reception will gladly help you with a new "
	   "one.")},
    {"cancelled", N_("This visit was called off"),
	N_("Your host has taken the invitation back. Reception can reach your host for you.")},
    {"other-site", N_("This code is for another site"),
	N_("Please look at the address in your invitation. Reception can tell you the way.")},
    {"too-early", N_("You are a little early"),
	N_("Please come back a little later, or ask reception.")},
    {"already-inside", N_("This visitor is signed in already"),
	N_("To sign out, please use the badge. If you are not signed in, reception will help "
	   "you.")},
    {"not-inside", N_("You are not signed in at present"),
	N_("There is nothing to sign out from. If you think otherwise, please ask reception.")},
    {"ended", N_("This visit is over"),
	N_("You have signed out for good. If you come again, reception will help you.")},
    {"refused", N_("Please go to reception"),
	N_("This visit cannot take place as planned. Reception will explain it to you.")},
    {"blocked", N_("Please go to reception"),
	N_("This screen cannot help you any further. Somebody at reception will.")},
    {"waiting", N_("Reception knows about you"),
	N_("Somebody is looking after your visit. Please take a seat.")},
    {"needs-agreement", N_("There is something to read first"),
	N_("Please begin once more: there is a text to agree to before your visit.")},
    {"try-reception", N_("Let reception help you"),
	N_("That did not work several times. Somebody at reception will gladly do it with you.")},
    {"not-me", N_("Thank you for telling us"),
	N_("Please use your own invitation. If you have none, reception will help you.")},
    {"trouble", N_("That did not work"), N_("Please try again in a moment, or ask reception.")},
    {"unsure", N_("That took too long"),
	N_("We do not know whether it was recorded. Please go to reception; somebody will look for "
	   "you.")},
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

/* Words that are not listed, of a newer foyerd, get the sentence that is always true. */
static int refusal_row(const char *word)
{
	for (int i = 0; i < REFUSALS; i++)
		if (str_eq(refusals[i].word, word))
			return i;
	return refusal_row("blocked");
}

static void sorry_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char early[TEXT_FIELD_SZ], from[ZONE_TEXT_SZ];
	const struct api_refusal *why = &f->v.refusal;
	int i = refusal_row(why->word);
	const char *text = gettext(refusals[i].text);
	struct ui_rect r = body_rect(f, 0);
	(void)now_ms;
	if (why->from_ms > 0 && str_eq(why->word, "too-early")) {
		str_print(early, sizeof early,
		    _("Your visit begins at %s. Please come back then, or ask reception."),
		    time_of(from, f, why->from_ms));
		text = early;
	}
	struct ui_rect rest = heading(u, r, gettext(refusals[i].title), text);
	struct ui_buttons b = {.action = {ACT_BUTTON, ACT_BUTTON}, .on = f->focus};
	if (flow_may_try_again(f))
		b.label[b.n++] = _("Try again");
	b.label[b.n++] = _("Ask reception");
	ui_buttons(
	    u, (struct ui_rect){rest.y + (r.h >= 15), rest.x, r.h >= 15 ? 3 : 1, rest.w}, &b);
}

static bool sorry_edit(struct flow *f, const struct input *in)
{
	return focus_move(f, in->action, flow_may_try_again(f) ? 2 : 1);
}

static const struct bind sorry_binds[] = {
    {ACT_BACK, N_("Cancel")}, {ACT_NEXT, N_("Choose")}, {ACT_NONE, NULL}};
const struct screen screen_sorry = {
    .name = "sorry",
    .idle_ms = SORRY_MS,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = sorry_draw,
    .edit = sorry_edit,
    .binds = sorry_binds,
};

/* --- reception --------------------------------------------------------------------------- */

static const char *waiting_text(const struct flow *f)
{
	if (str_eq(f->v.waiting, "not-agreed"))
		return _("You do not have to agree. Reception will talk with you about what is "
			 "possible.");
	if (str_eq(f->v.waiting, "needs-approval"))
		return _("Your host is being asked to confirm your visit. Please take a seat; "
			 "reception will call you.");
	if (!str_eq(f->v.waiting, "help"))
		return _("Reception will help you with the rest. Please go there, or take a seat.");
	if (f->v.help_failed)
		return _("Reception could not be told from here. Please go there or call.");
	return f->v.help_heard ? _("Reception knows that you need help. Somebody will come to you.")
			       : _("Reception is being told …");
}

static const char *waiting_title(const struct flow *f)
{
	if (!str_eq(f->v.waiting, "help") || f->v.help_failed)
		return _("Please see reception");
	return f->v.help_heard ? _("Help is near") : _("Help");
}

static void waiting_draw(struct ui *u, const struct flow *f, int64_t now_ms)
{
	char call[TEXT_FIELD_SZ];
	struct ui_rect body = body_rect(f, 0);
	(void)now_ms;
	struct ui_rect r = heading(u, body, waiting_title(f), waiting_text(f));
	if (f->info->reception[0] != '\0') {
		str_print(
		    call, sizeof call, _("You can also call reception: %s"), f->info->reception);
		ui_line(
		    u, (struct ui_rect){r.y + (r.h > 6), r.x, 1, r.w}, UI_HEADING, UI_LEFT, call);
	}
	if (f->v.checkin.number[0] != '\0' && !str_eq(f->v.waiting, "help")) {
		str_print(call, sizeof call, _("Visit %s"), f->v.checkin.number);
		ui_line(u, (struct ui_rect){body.y + body.h - 1, body.x, 1, body.w}, UI_DIM,
		    UI_LEFT, call);
	}
}

static const struct bind waiting_binds[] = {{ACT_NEXT, N_("Done")}, {ACT_NONE, NULL}};
const struct screen screen_waiting = {
    .name = "waiting",
    .idle_ms = WAITING_MS,
    .enter = screen_nothing,
    .leave = screen_nothing,
    .draw = waiting_draw,
    .edit = screen_no_edit,
    .binds = waiting_binds,
};
