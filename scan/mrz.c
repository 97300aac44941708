#include "scan/mrz.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "pass/layout.h"
#include "scan/mrz_layout.h"

/* --- where things stand ----------------------------------------------------------------------- */

enum { UNDOUBTED = 100, FRENCH_SINCE = 1987 };

static char *at(struct mrz_lines *m, const struct mrz_span *s)
{
	return m->line[s->line] + s->from;
}

static bool empty(struct mrz_lines *m, const struct mrz_span *s)
{
	return strspn(at(m, s), "<") >= (size_t)s->len;
}

/* --- check digits ----------------------------------------------------------------------------- */

static int value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c == '<' ? 0 : c - 'A' + 10;
}

/* The sum goes on over spans: n characters were weighed before. */
static unsigned sum(const char *s, size_t n, size_t before)
{
	static const unsigned weights[] = {7, 3, 1};
	unsigned all = 0;
	for (size_t i = 0; i < n; i++)
		all += (unsigned)value(s[i]) * weights[(before + i) % 3];
	return all;
}

char mrz_check_digit(const char *s, size_t n)
{
	return (char)('0' + sum(s, n, 0) % 10);
}

static bool agrees(struct mrz_lines *m, const struct mrz_span *field, const struct mrz_span *cd)
{
	const char said = *at(m, cd), is = mrz_check_digit(at(m, field), (size_t)field->len);
	return said == is ||
	       (said == '<' && is == '0' && empty(m, field)); /* 9303-4, 4.2.2.2: optional data */
}

static bool composite_agrees(struct mrz_lines *m, const struct mrz_layout *l)
{
	unsigned all = 0;
	size_t n = 0;
	if (l->composite_cd.len == 0)
		return true;
	for (int i = 0; i < MRZ_SPANS && l->composite[i].len > 0; i++) {
		all += sum(at(m, &l->composite[i]), (size_t)l->composite[i].len, n);
		n += (size_t)l->composite[i].len;
	}
	return *at(m, &l->composite_cd) == (char)('0' + all % 10);
}

/* 9303-5, note j, and -6: a number of more than nine characters goes on in the optional data, its check digit after it; the place of the usual
 * one holds a filler, which some issuers count and some do not. */
static bool number_goes_on(struct mrz_lines *m, const struct mrz_layout *l, size_t *rest)
{
	if (*at(m, &l->number_cd) != '<' || l->optional.len == 0 || empty(m, &l->optional))
		return false;
	*rest = strcspn(at(m, &l->optional), "<");
	if (*rest > (size_t)l->optional.len)
		*rest = (size_t)l->optional.len;
	return *rest >= 2;
}

static bool number_agrees(struct mrz_lines *m, const struct mrz_layout *l)
{
	char all[MRZ_WIDTH];
	size_t rest;
	if (!number_goes_on(m, l, &rest))
		return agrees(m, &l->number, &l->number_cd);
	const size_t n = (size_t)l->number.len;
	const char said = at(m, &l->optional)[rest - 1];
	memcpy(all, at(m, &l->number), n);
	memcpy(all + n, at(m, &l->optional), rest - 1);
	if (mrz_check_digit(all, n + rest - 1) == said)
		return true;
	all[n] = '<';
	memcpy(all + n + 1, at(m, &l->optional), rest - 1);
	return mrz_check_digit(all, n + rest) == said;
}

static bool optional_agrees(struct mrz_lines *m, const struct mrz_layout *l)
{
	return l->optional_cd.len == 0 || agrees(m, &l->optional, &l->optional_cd);
}

/* --- repairs ---------------------------------------------------------------------------------- */

static const char twins[][2] = {
    {'O', '0'}, {'I', '1'}, {'S', '5'}, {'B', '8'}, {'Z', '2'}, {'G', '6'}};

static char twin(char c)
{
	for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
		if (c == twins[i][0] || c == twins[i][1])
			return c == twins[i][0] ? twins[i][1] : twins[i][0];
	return '\0';
}

static void note_word(struct document *d, const char *word)
{
	if (d->n_repairs < DOCUMENT_REPAIRS)
		(void)str_copy(d->repairs[d->n_repairs++], DOCUMENT_WORD_SZ, word);
}

static void note(struct document *d, const char *where, char from, char to)
{
	char word[DOCUMENT_WORD_SZ];
	(void)str_print(word, sizeof word, "%s %c→%c", where, from, to);
	note_word(d, word);
}

/* What can only be digits is made digits. */
static void digits_make(
    struct mrz_lines *m, const struct mrz_span *s, const char *where, struct document *d)
{
	for (int i = 0; i < s->len; i++) {
		char *c = at(m, s) + i;
		if (isupper((unsigned char)*c) && twin(*c) != '\0') {
			note(d, where, *c, twin(*c));
			*c = twin(*c);
		}
	}
}

static bool all_agree(struct mrz_lines *m, const struct mrz_layout *l)
{
	return number_agrees(m, l) && optional_agrees(m, l) && composite_agrees(m, l);
}

/* One twin put for another in the field whose check digit disagrees (the optional data where only the composite does), so that all agree; never
 * if a second place would do as well. */
static bool mend(struct mrz_lines *m, const struct mrz_layout *l, struct document *d)
{
	const bool in_number = !number_agrees(m, l);
	const struct mrz_span *field = in_number ? &l->number : &l->optional;
	char *place = NULL;
	int good = 0;
	for (int i = 0; i < field->len; i++) {
		char *c = at(m, field) + i;
		const char was = *c;
		if (twin(was) == '\0')
			continue;
		*c = twin(was);
		if (all_agree(m, l)) {
			good++;
			place = c;
		}
		*c = was;
	}
	if (good != 1)
		return false;
	note(d, in_number ? "number" : "optional", *place, twin(*place));
	*place = twin(*place);
	return true;
}

static enum err_code check(
    struct mrz_lines *m, const struct mrz_layout *l, struct document *d, struct err *e)
{
	digits_make(m, &l->birth, "birth", d);
	digits_make(m, &l->expiry, "expiry", d);
	digits_make(m, &l->birth_cd, "check", d);
	digits_make(m, &l->expiry_cd, "check", d);
	digits_make(m, &l->number_cd, "check", d);
	digits_make(m, &l->optional_cd, "check", d);
	digits_make(m, &l->composite_cd, "check", d);
	if (!agrees(m, &l->birth, &l->birth_cd))
		return err_set(e, ERR_REJECTED, "the birth date's check digit disagrees");
	if (l->expiry.len > 0 && !agrees(m, &l->expiry, &l->expiry_cd))
		return err_set(e, ERR_REJECTED, "the expiry date's check digit disagrees");
	if (all_agree(m, l) || mend(m, l, d))
		return ERR_OK;
	return err_set(e, ERR_REJECTED, "%s check digit disagrees",
	    !number_agrees(m, l)     ? "the number's"
	    : !optional_agrees(m, l) ? "the optional data's"
				     : "the composite");
}

/* --- fields ----------------------------------------------------------------------------------- */

static bool two(const char *s, int *n)
{
	const bool unknown = s[0] == '<' && s[1] == '<';
	*n = unknown ? 0 : (s[0] - '0') * 10 + s[1] - '0';
	return unknown || (isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1]));
}

/* 9303-3, 4.8. A birth lies behind. */
static bool date_read(
    struct document_date *t, const char *s, const struct document_date *today, bool birth)
{
	int year;
	*t = (struct document_date){0};
	if (strncmp(s, "<<<<<<", 6) == 0)
		return true;
	if (s[0] == '<' || !two(s, &year) || !two(s + 2, &t->month) || !two(s + 4, &t->day))
		return false;
	const int century = today->year / 100 * 100;
	t->year = century + year;
	if (birth && (t->year > today->year ||
			 (t->year == today->year &&
			     t->month * 100 + t->day > today->month * 100 + today->day)))
		t->year -= 100;
	if (!birth)
		t->year = document_expiry_year(year, today);
	return t->month <= 12 && (t->day == 0 || t->day <= document_month_days(t->year, t->month));
}

static void word_copy(char *dst, size_t dst_sz, const char *from, size_t len)
{
	while (len > 0 && from[len - 1] == '<')
		len--;
	(void)str_print(dst, dst_sz, "%.*s", (int)len, from);
}

/* "D" of 9303-3 section 5 is the one state without three letters. */
static void state_copy(char dst[DOCUMENT_STATE_SZ], const char *from)
{
	word_copy(dst, DOCUMENT_STATE_SZ, from, DOCUMENT_STATE_SZ - 1);
	if (str_eq(dst, "D"))
		(void)str_copy(dst, DOCUMENT_STATE_SZ, "DEU");
}

static void names_read(struct document *d, struct mrz_lines *m, const struct mrz_layout *l)
{
	const char *s = at(m, &l->names);
	const size_t n = (size_t)l->names.len;
	const char *gap = l->more_names.len > 0 ? NULL : memmem(s, n, "<<", 2);
	const size_t family = gap != NULL ? (size_t)(gap - s) : n;
	const bool full = s[n - 1] != '<';
	mrz_spelling(d->family, sizeof d->family, s, family, d->state);
	if (l->more_names.len > 0) {
		const char *more = at(m, &l->more_names);
		mrz_spelling(d->given, sizeof d->given, more, (size_t)l->more_names.len, d->state);
		d->given_cut = more[l->more_names.len - 1] != '<';
	} else if (gap != NULL) {
		mrz_spelling(d->given, sizeof d->given, gap + 2, n - family - 2, d->state);
	}
	d->family_cut = full && gap == NULL;
	d->given_cut |= full && gap != NULL;
	d->latin = true;
	for (size_t i = 0; i < n; i++)
		if (isdigit((unsigned char)s[i]))
			d->confidence = 40; /* nothing proves what it was */
}

static void number_read(struct document *d, struct mrz_lines *m, const struct mrz_layout *l)
{
	size_t rest, n;
	word_copy(d->number, sizeof d->number, at(m, &l->number), (size_t)l->number.len);
	if (!number_goes_on(m, l, &rest))
		return;
	n = strlen(d->number);
	(void)str_print(
	    d->number + n, sizeof d->number - n, "%.*s", (int)rest - 1, at(m, &l->optional));
}

/* The French card: no expiry, but year and month of issue before its office and its number. Ten years; fifteen for who was of age, from 2004 on
 * (décret 2013-1188, which also lengthened what was issued since). The day is not said: of age is who was it on the first. */
static enum document_expires french_expiry(
    struct document *d, const char *number, const struct document_date *today)
{
	int year, month;
	if (!isdigit((unsigned char)number[0]) || !isdigit((unsigned char)number[2]) ||
	    !two(number, &year) || !two(number + 2, &month))
		return DOCUMENT_EXPIRES_UNREADABLE;
	year += today->year / 100 * 100;
	if (year > today->year)
		year -= 100;
	if (year < FRENCH_SINCE || month < 1 || month > 12 ||
	    (year == today->year && month > today->month))
		return DOCUMENT_EXPIRES_UNREADABLE;
	const struct document_date first = {year, month, 1};
	const bool longer = year >= 2004 && document_age(&d->birth, &first) >= 18;
	d->issued = (struct document_date){year, month, 0};
	d->expiry = (struct document_date){year + (longer ? 15 : 10), month, 0};
	return DOCUMENT_EXPIRES_ON;
}

/* A blank expiry with its check digit is a document that has none. */
static bool expiry_read(struct document *d, struct mrz_lines *m, const struct mrz_layout *l,
    const struct document_date *today)
{
	if (m->format == MRZ_FRENCH) {
		d->expires = french_expiry(d, at(m, &l->number), today);
		return true;
	}
	const bool yes = date_read(&d->expiry, at(m, &l->expiry), today, false);
	d->expires = d->expiry.year != 0 ? DOCUMENT_EXPIRES_ON : DOCUMENT_EXPIRES_NEVER;
	return yes;
}

static enum document_kind kind_of(const struct mrz_lines *m)
{
	switch (m->format) {
	case MRZ_TD3: return m->line[0][0] == 'P' ? DOCUMENT_PASSPORT : DOCUMENT_TRAVEL;
	case MRZ_MRV_A:
	case MRZ_MRV_B: return DOCUMENT_VISA;
	case MRZ_TD1:
	case MRZ_TD2:
		if (m->line[0][0] == 'P')
			return DOCUMENT_PASSPORT; /* passport cards */
		return m->line[0][0] == 'I' && m->line[0][1] != 'R' ? DOCUMENT_ID_CARD
								    : DOCUMENT_TRAVEL;
	case MRZ_FRENCH: return DOCUMENT_ID_CARD;
	}
	return DOCUMENT_UNKNOWN;
}

static enum err_code fields_read(
    struct document *d, struct mrz_lines *m, const struct document_date *today, struct err *e)
{
	const struct mrz_layout *l = mrz_layout(m->format);
	const char sex = *at(m, &l->sex);
	d->kind = kind_of(m);
	d->confidence = UNDOUBTED - 5 * d->n_repairs;
	(void)str_copy(d->source, sizeof d->source, mrz_format_name(m->format));
	state_copy(d->state, at(m, &l->state));
	if (l->nationality.len > 0)
		state_copy(d->nationality, at(m, &l->nationality));
	d->sex = sex == 'M' || sex == 'F' || sex == 'X' ? sex : '\0';
	if (!date_read(&d->birth, at(m, &l->birth), today, true))
		return err_set(e, ERR_REJECTED, "the birth date is none");
	if (!expiry_read(d, m, l, today))
		return err_set(e, ERR_REJECTED, "the expiry date is none");
	if (!mrz_state_known(at(m, &l->state)))
		d->confidence -= 20;
	number_read(d, m, l);
	names_read(d, m, l);
	if (d->number[0] == '\0' || d->family[0] == '\0')
		return err_set(e, ERR_REJECTED, "the zone has no number or no name");
	return ERR_OK;
}

static enum err_code zone_read(struct document *d, const char *text, size_t len,
    const struct document_date *today, struct err *e)
{
	struct mrz_lines m;
	*d = (struct document){.kind = DOCUMENT_UNKNOWN};
	enum err_code code = mrz_lines(&m, text, len, e);
	if (code == ERR_OK)
		code = check(&m, mrz_layout(m.format), d, e);
	if (code == ERR_OK)
		code = fields_read(d, &m, today, e);
	if (code == ERR_OK && m.padded)
		note_word(d, "fillers"); /* no guess: there is nothing else at a line's end */
	if (code != ERR_OK)
		document_clear(d);
	explicit_bzero(&m, sizeof m);
	return code;
}

static const enum pass_layout others[] = {PASS_LAYOUT_DE, PASS_LAYOUT_FR, PASS_LAYOUT_UK};
enum { OTHERS = sizeof others / sizeof others[0], UNDONE_SZ = 1024 };

bool mrz_looks_like(const void *text, size_t len)
{
	struct mrz_lines m;
	char undone[UNDONE_SZ];
	struct err e = {0};
	bool yes = mrz_lines(&m, text, len, &e) == ERR_OK;
	for (size_t i = 0; i < OTHERS && !yes; i++)
		yes = pass_layout_undo(undone, sizeof undone, text, len, others[i]) &&
		      mrz_lines(&m, undone, strlen(undone), &e) == ERR_OK;
	explicit_bzero(undone, sizeof undone);
	explicit_bzero(&m, sizeof m);
	return yes;
}

enum err_code mrz_read(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e)
{
	char undone[UNDONE_SZ];
	struct err other = {0};
	enum err_code code = zone_read(d, text, len, today, e);
	for (size_t i = 0; i < OTHERS && code != ERR_OK; i++)
		if (pass_layout_undo(undone, sizeof undone, text, len, others[i]) &&
		    zone_read(d, undone, strlen(undone), today, &other) == ERR_OK) {
			char word[DOCUMENT_WORD_SZ];
			(void)str_print(
			    word, sizeof word, "keyboard %s", pass_layout_name(others[i]));
			note_word(d, word);
			code = ERR_OK;
		}
	explicit_bzero(undone, sizeof undone);
	return code;
}
