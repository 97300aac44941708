#include "daemon/desk_show.h"

#include <string.h>

#include "base/base32.h"
#include "base/str.h"
#include "daemon/guard.h"
#include "db/badge.h"
#include "db/invitation.h"
#include "pass/token.h"

static enum err_code from_badge(enum err_code code, const struct db_badge *g, struct desk_shown *s)
{
	if (code != ERR_OK)
		return code;
	s->visit = g->visit;
	s->badge = true;
	s->withdrawn = g->withdrawn_ms != 0;
	return ERR_OK;
}

static enum err_code from_code(
    struct foyerd *d, const char *typed, struct desk_shown *s, struct err *e)
{
	struct db_invitation i;
	struct db_badge g;
	s->how = DB_HOW_CODE;
	enum err_code code = db_invitation_by_code(d->book, typed, &i, e);
	if (code == ERR_OK)
		s->visit = i.visit;
	if (code != ERR_NOT_FOUND)
		return code;
	return from_badge(db_badge_by_code(d->book, typed, &g, e), &g, s);
}

static enum err_code from_pass(
    struct foyerd *d, const struct pass *p, struct desk_shown *s, struct err *e)
{
	struct db_invitation i;
	struct db_badge g;
	if (p->kind == PASS_BADGE) {
		s->how = DB_HOW_BADGE;
		return from_badge(db_badge_by_pass(d->book, p->id, &g, e), &g, s);
	}
	s->how = DB_HOW_PASS;
	enum err_code code = db_invitation_by_pass(d->book, p->id, &i, e);
	if (code == ERR_OK)
		s->visit = i.visit;
	return code;
}

/* What a scanner types around a code: the ends of lines, tabs, blanks. */
static const char *trim(const char *text, size_t *len)
{
	static const char blank[] = " \t\r\n";
	text += strspn(text, blank);
	*len = strlen(text);
	while (*len > 0 && strchr(blank, text[*len - 1]) != NULL)
		(*len)--;
	return text;
}

enum err_code desk_show(struct foyerd *d, const char *text, int64_t now_ms, struct desk_shown *s,
    const char **refusal, struct err *e)
{
	char typed[CODE_SZ];
	struct pass p;
	struct pass_window w = {.site = (uint8_t)d->conf->site.id, .now_ms = now_ms};
	enum err_code code = ERR_NOT_FOUND;
	size_t len;
	*s = (struct desk_shown){0};
	*refusal = NULL;
	text = trim(text, &len);
	switch (pass_read(&p, &s->layout, text, len, d->ring, &w)) {
	case PASS_GOOD:
	case PASS_TOO_EARLY:
	case PASS_EXPIRED: {
		/* Genuine. When it is good, the book knows better: a visit may have been moved since this was signed. */
		code = from_pass(d, &p, s, e);
		*refusal = "expired";
		break;
	}
	case PASS_NOT_A_PASS: {
		char alone[TEXT_SCAN_SZ] = ""; /* without what a scanner types behind it */
		if (len < sizeof alone)
			memcpy(alone, text, len);
		bool is_code = code_clean(typed, alone);
		explicit_bzero(alone, sizeof alone);
		if (is_code)
			code = from_code(d, typed, s, e);
		*refusal = is_code ? "unknown-code" : "not-a-pass";
		break;
	}
	case PASS_BAD_VERSION: *refusal = "not-a-pass"; break;
	case PASS_UNKNOWN_KEY:
	case PASS_FORGED:
	case PASS_BAD_KIND: *refusal = "forged"; break;
	case PASS_OTHER_SITE: *refusal = "other-site"; break;
	}
	explicit_bzero(typed, sizeof typed);
	if (code == ERR_OK)
		*refusal = NULL;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* A refusal that looks like guessing. */
static bool is_guess(const char *refusal)
{
	return str_eq(refusal, "unknown-code") || str_eq(refusal, "forged");
}

enum err_code desk_show_at(
    struct request *rq, const char *text, struct desk_shown *s, const char **refusal, struct err *e)
{
	const char *kiosk = rq->actor.kiosk->name;
	int64_t mono = clock_mono(&rq->d->clock);
	bool blocked = guard_blocked(rq->d->guard, kiosk, mono);
	enum err_code code = desk_show(rq->d, text, rq->now_ms, s, refusal, e);
	if (code != ERR_OK)
		return code;
	bool genuine = *refusal == NULL && s->how != DB_HOW_CODE;
	if (blocked && !genuine)
		*refusal = "try-reception";
	else if (*refusal != NULL && is_guess(*refusal))
		guard_fail(rq->d->guard, kiosk, mono);
	return ERR_OK;
}

const char *desk_show_stale(const struct desk_shown *s, const struct desk_case *c)
{
	bool inside = c->facts.state == VISIT_INSIDE;
	/* While the newer copy has not come out, the old one is what the visitor has. */
	bool newer_out = c->has_badge && c->badge.printed_ms != 0;
	if (s->badge && s->withdrawn && (inside ? newer_out : c->facts.state == VISIT_OUT))
		return "replaced";
	return !s->badge && inside && c->has_badge ? "already-inside" : NULL;
}

int desk_refusal_status(const char *word)
{
	return str_eq(word, "try-reception") ? 429 : 422;
}

/* Of what is recorded only by those who say so. */
#define LET_PASS(what) what ": to let that pass, record it with override, and say in reason why"

const char *desk_refusal_text(const char *word)
{
	static const struct {
		const char *word, *text;
	} texts[] = {
	    {"not-a-pass", "this is neither a pass nor a code of foyer"},
	    {"unknown-code", "no visit has this code"},
	    {"forged", "the signature is not one of this site's keys"},
	    {"other-site", "the pass belongs to another site"},
	    {"too-early", "the visit has not begun yet"},
	    {"expired", "the visit's day is over"},
	    {"already-inside", "the visitor is inside"},
	    {"not-inside", "the visitor is not inside"},
	    {"ended", "the visit is over"},
	    {"cancelled", "the invitation was cancelled"},
	    {"refused", "the visit was refused"},
	    {"replaced", "a newer badge was issued"},
	    {"waiting", "the visitor waits at reception"},
	    {"needs-agreement", "the agreement must be signed first"},
	    {"too-long", "the end is beyond the type's longest stay"},
	    {"bad-time", "the end must lie in the future and after the beginning"},
	    {"already", "that is so already"},
	    {"wrong-state", "not in this state of the visit"},
	    {"no-document", "a document must be looked at first, or somebody vouch"},
	    {"document-expired", LET_PASS("the document has expired")},
	    {"document-mismatch", LET_PASS("the document carries another name")},
	    {"document-age", LET_PASS("the document does not show the least age")},
	    {"try-reception", "too many failures: reception must help"},
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (str_eq(texts[i].word, word))
			return texts[i].text;
	}
	return "refused";
}
