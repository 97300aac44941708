#include "daemon/desk_document.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/documents.h"
#include "db/journal.h"

_Static_assert((int)DB_SEALED_SZ >= (int)SEAL_BOX_SZ, "what can be sealed can be kept");
_Static_assert((int)DB_DOCUMENT_HASH == (int)SEAL_HASH_BYTES, "one hash");
_Static_assert((int)DB_DOCUMENT_STATE_SZ == (int)DOCUMENT_STATE_SZ, "three letters");

enum { SURE = 50 /* document.h: below it a reading is not to be used */ };

/* A verdict and the word by which reception hears of it. */
static const struct verdict {
	const char *word, *reason;
} good = {DB_DOCUMENT_GOOD, ""}, mismatch = {"mismatch", DESK_ID_REASON "mismatch"},
  expired = {"expired", DESK_ID_REASON "expired"},
  no_expiry = {"no-expiry", DESK_ID_REASON "no-expiry"},
  under_age = {"under-age", DESK_ID_REASON "age"},
  other_name = {"other-name", DESK_ID_REASON "other-name"},
  unreadable = {"unreadable", DESK_ID_REASON "unreadable"}, none = {"none", DESK_ID_NONE};

void desk_look_clear(struct desk_look *l)
{
	explicit_bzero(l, sizeof *l);
}

const char *desk_document_reason(const struct desk_look *l)
{
	static const struct verdict *const all[] = {
	    &good, &mismatch, &expired, &no_expiry, &under_age, &other_name, &unreadable};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (str_eq(all[i]->word, l->row.verdict))
			return all[i]->reason;
	return none.reason;
}

enum err_code desk_document_read(struct desk_shown_document *s, const json_t *obj, struct err *e)
{
	struct json_reader r;
	*s = (struct desk_shown_document){0};
	json_read_begin(&r, obj, e);
	bool text = json_read_raw(&r, "text", JSON_OPTIONAL, s->text, sizeof s->text);
	json_read_bool(&r, "none", JSON_OPTIONAL, &s->none);
	enum err_code code = json_read_end(&r);
	if (code == ERR_OK && text == s->none)
		code = err_set(e, ERR_INPUT, "document: either text or none must be there");
	return code;
}

/* --- judging ----------------------------------------------------------------------------- */

static struct document_date day_of(int64_t ms)
{
	char text[ZONE_TEXT_SZ]; /* 2026-11-23 */
	(void)zone_print(text, ms, ZONE_DATE);
	return (struct document_date){.year = (int)strtol(text, NULL, 10),
	    .month = (int)strtol(text + 5, NULL, 10),
	    .day = (int)strtol(text + 8, NULL, 10)};
}

/* As far as it is known: "2034-12-10", "2034-12", "2034". */
static void day_print(char *dst, size_t dst_sz, const struct document_date *t)
{
	dst[0] = '\0';
	if (t->year == 0)
		return;
	if (t->month == 0)
		(void)str_print(dst, dst_sz, "%04d", t->year);
	else if (t->day == 0)
		(void)str_print(dst, dst_sz, "%04d-%02d", t->year, t->month);
	else
		(void)str_print(dst, dst_sz, "%04d-%02d-%02d", t->year, t->month, t->day);
}

/* The visitor's name as they gave it, against others. */
struct compared {
	struct matcher *m;
	struct match_name given;
	bool other; /* one of them is somebody else's */
};

static bool is_theirs(const struct compared *x, const struct match_name *name)
{
	return match_is_same(match_score(&x->given, name), MATCH_BIRTH_UNKNOWN);
}

static bool is_documents_name(const struct compared *x, const struct document *t)
{
	char text[3 * TEXT_NAME_SZ];
	struct match_name name;
	(void)str_print(text, sizeof text, "%s %s", t->given, t->family);
	match_fold(x->m, &name, text);
	name.cut = t->family_cut || t->given_cut;
	/* What is claimed stands on the badge: more than the document says is not proven. */
	const bool yes = match_is_same(match_score_claim(&x->given, &name), MATCH_BIRTH_UNKNOWN);
	explicit_bzero(text, sizeof text);
	explicit_bzero(&name, sizeof name);
	return yes;
}

static bool look_at_other(void *arg, const char *text)
{
	struct compared *x = arg;
	struct match_name name;
	match_fold(x->m, &name, text);
	x->other = !is_theirs(x, &name);
	explicit_bzero(&name, sizeof name);
	return !x->other;
}

/* What cannot be read may have passed; what is not there was lost on the way, where its kind demands it. */
static const struct verdict *judge_expiry(
    const struct document *t, const struct conf_type *type, const struct document_date *today)
{
	switch (t->expires) {
	case DOCUMENT_EXPIRES_ON:
		return document_date_order(&t->expiry, today) < 0 ? &expired : &good;
	case DOCUMENT_EXPIRES_NEVER: return type->id_without_expiry ? &good : &no_expiry;
	case DOCUMENT_EXPIRES_UNSAID: return &no_expiry;
	case DOCUMENT_EXPIRES_UNREADABLE: return &unreadable;
	}
	return &unreadable;
}

static bool is_of_age(const struct document *t, int least, const struct document_date *today)
{
	return least == 0 || document_age(&t->birth, today) >= least;
}

/* A licence's number is unique within what issued it: the jurisdiction, where the state says one. */
static void take_number(const struct foyerd *d, struct desk_look *l)
{
	const struct document *t = &l->document;
	char issuer[DOCUMENTS_ISSUER_SZ];
	if (t->number[0] == '\0')
		return;
	(void)str_print(issuer, sizeof issuer, "%s%s", t->state, t->region);
	documents_number(d->documents, t->kind, issuer, t->number, l->row.number);
	l->row.has_number = true;
}

static enum err_code weigh(struct foyerd *d, const struct desk_case *c,
    const struct document_date *today, struct desk_look *l, const struct verdict **v, struct err *e)
{
	const struct document *t = &l->document;
	struct compared x = {.m = documents_matcher(d->documents)};
	enum err_code code = ERR_OK;
	(void)str_copy(l->row.kind, sizeof l->row.kind, document_kind_name(t->kind));
	(void)str_copy(l->row.state, sizeof l->row.state, t->state);
	day_print(l->row.expiry, sizeof l->row.expiry, &t->expiry);
	take_number(d, l);
	match_fold(x.m, &x.given, c->visitor.name);
	l->row.matched = is_documents_name(&x, t);
	l->row.least_age_ok = is_of_age(t, c->type->id_least_age, today);
	if (l->row.has_number)
		code = db_document_names(d->book, &l->row, look_at_other, &x, e);
	explicit_bzero(&x.given, sizeof x.given);
	*v = judge_expiry(t, c->type, today);
	if (!l->row.matched)
		*v = &mismatch;
	else if (*v != &good)
		return code;
	else if (!l->row.least_age_ok)
		*v = &under_age;
	else if (x.other)
		*v = &other_name;
	return code;
}

enum err_code desk_document_judge(struct foyerd *d, const struct desk_case *c,
    const struct desk_shown_document *s, int64_t now_ms, struct desk_look *l, struct err *e)
{
	const struct document_date today = day_of(now_ms);
	const struct verdict *v = s->none ? &none : &unreadable;
	struct err why = {0};
	enum err_code code = ERR_OK;
	*l = (struct desk_look){.id = VISIT_ID_DOUBT,
	    .row = {.visit = c->visit.id,
		.how = DB_DOCUMENT_KIOSK,
		.matched = DB_TOLD_NOTHING,
		.least_age_ok = DB_TOLD_NOTHING,
		.checked_ms = now_ms}};
	if (!s->none &&
	    document_read(&l->document, s->text, strlen(s->text), &today, &why) == ERR_OK) {
		if (l->document.confidence < SURE)
			document_clear(&l->document);
		else
			code = weigh(d, c, &today, l, &v, e);
	}
	if (v == &good)
		l->id = VISIT_ID_GOOD;
	(void)str_copy(l->row.verdict, sizeof l->row.verdict, v->word);
	return code;
}

/* --- keeping ----------------------------------------------------------------------------- */

/* The text of one part; "" where the document does not say it. */
static void part_text(char dst[SEAL_MOST], const struct document *t, enum conf_id_part part)
{
	dst[0] = '\0';
	switch (part) {
	case CONF_ID_NAME:
		(void)str_print(dst, SEAL_MOST, "%s%s%s%s%s", t->given,
		    t->given[0] != '\0' && t->family[0] != '\0' ? " " : "", t->family,
		    t->suffix[0] != '\0' ? " " : "", t->suffix);
		break;
	case CONF_ID_NUMBER: (void)str_copy(dst, SEAL_MOST, t->number); break;
	case CONF_ID_BIRTH: day_print(dst, SEAL_MOST, &t->birth); break;
	case CONF_ID_ADDRESS:
		if (t->street[0] != '\0' || t->city[0] != '\0' || t->zip[0] != '\0')
			(void)str_print(dst, SEAL_MOST, "%s, %s %s", t->street, t->zip, t->city);
		break;
	}
}

static enum err_code keep(
    struct foyerd *d, const struct desk_case *c, const struct desk_look *l, struct err *e)
{
	const struct seal_public *to = documents_seal(d->documents);
	char text[SEAL_MOST];
	enum err_code code = ERR_OK;
	for (int p = 0; p < CONF_ID_PARTS && code == ERR_OK; p++) {
		struct db_sealed s = {.keep_ms = c->type->id_keep_ms[p]};
		part_text(text, &l->document, (enum conf_id_part)p);
		if (to == NULL || s.keep_ms == 0 || text[0] == '\0')
			continue;
		(void)str_copy(s.part, sizeof s.part, conf_id_part_name((enum conf_id_part)p));
		code = seal_close(to, s.box, &s.box_len, text, strlen(text), e);
		if (code == ERR_OK)
			code = db_document_seal(d->book, &l->row, &s, e);
	}
	explicit_bzero(text, sizeof text);
	return code;
}

enum err_code desk_document_write(struct foyerd *d, const struct desk_case *c, struct desk_look *l,
    const char *actor, struct err *e)
{
	(void)str_copy(l->row.checked_by, sizeof l->row.checked_by, actor);
	enum err_code code = db_document_insert(d->book, &l->row, e);
	if (code == ERR_OK && l->row.how == DB_DOCUMENT_KIOSK)
		code = keep(d, c, l, e);
	if (code != ERR_OK)
		return code;
	struct db_journal_entry en = {.actor = actor,
	    .what = "visit.document",
	    .subject = c->visit.id,
	    .fields = {{"how", db_document_how_name(l->row.how)}, {"verdict", l->row.verdict},
		{"kind", l->row.kind}},
	    .n_fields = 3};
	if (l->overridden[0] != '\0')
		en.fields[en.n_fields++] = (struct db_journal_field){"override", l->overridden};
	if (l->row.reason[0] != '\0')
		en.fields[en.n_fields++] = (struct db_journal_field){"reason", l->row.reason};
	return db_journal_append(d->book, &en, NULL, e);
}
