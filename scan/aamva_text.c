#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "scan/aamva.h"

/* Element ids that the versions name (AAMVA DL/ID 2000 … 2025, annex D), for what is told apart by name alone. */
static const char known[] = " DAA DAB DAC DAD DAE DAF DAG DAH DAI DAJ DAK DAL DAM DAN DAO DAP DAQ "
			    "DAR DAS DAT DAU DAV DAW DAX DAY DAZ DBA DBB DBC DBD"
			    " DBE DBF DBG DBH DBI DBJ DBK DBL DBM DBN DBO DBP DBQ DBR DBS DCA DCB "
			    "DCD DCE DCF DCG DCH DCI DCJ DCK DCL DCM DCN DCO DCP"
			    " DCQ DCR DCS DCT DCU DDA DDB DDC DDD DDE DDF DDG DDH DDI DDJ DDK DDL "
			    "DDM DDN DDO DDP PAA PAB PAC PAD PAE PAF ";

static bool is_known(const char *s)
{
	const char word[] = {' ', s[0], s[1], s[2], ' ', '\0'};
	return s[0] != '\0' && s[1] != '\0' && s[2] != '\0' && strstr(known, word) != NULL;
}

/* --- bytes --------------------------------------------------------------------------------------- */

static bool separator(unsigned char c)
{
	return c == '\n' || c == '\r' || c == '|' || (c >= 0x1c && c <= 0x1f);
}

/* Without a byte-order mark, without what scanners put between (U+0080 … U+009F, other controls), every separator one line feed; bytes of
 * ISO 8859-1 become UTF-8. */
static size_t bytes_clean(char *dst, size_t dst_sz, const unsigned char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len && n + 3 < dst_sz; i++) {
		const unsigned char c = s[i], next = i + 1 < len ? s[i + 1] : 0;
		if (c == 0xef && next == 0xbb && i + 2 < len && s[i + 2] == 0xbf)
			i += 2;
		else if (c == 0xc2 && next >= 0x80 && next <= 0x9f)
			i++;
		else if (separator(c))
			dst[n++] = '\n';
		else if (c < 0x20 || c == 0x7f || (c >= 0x80 && c <= 0x9f))
			continue;
		else if (c >= 0xc2 && c <= 0xf4 && (next & 0xc0) == 0x80) { /* UTF-8 */
			dst[n++] = (char)c;
			for (i++; i < len && (s[i] & 0xc0) == 0x80 && n + 3 < dst_sz; i++)
				dst[n++] = (char)s[i];
			i--;
		} else if (c >= 0xa0) {
			dst[n++] = (char)(0xc0 | c >> 6);
			dst[n++] = (char)(0x80 | (c & 0x3f));
		} else
			dst[n++] = (char)c;
	}
	dst[n] = '\0';
	return n;
}

/* --- header -------------------------------------------------------------------------------------- */

static bool digits(const char *s, int n)
{
	for (int i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* "ANSI 636000" or "AAMVA636000", a space or none between: behind it the version. NULL: not here. */
static const char *header_at(const char *s, struct aamva_text *t)
{
	size_t word = str_starts(s, "ANSI") ? 4 : str_starts(s, "AAMVA") ? 5 : 0;
	if (word == 0)
		return NULL;
	while (s[word] == ' ')
		word++;
	if (!digits(s + word, 8))
		return NULL;
	(void)str_print(t->iin, sizeof t->iin, "%.6s", s + word);
	t->version = (s[word + 6] - '0') * 10 + s[word + 7] - '0';
	return s + word + 8;
}

/* Where the elements begin: behind the first "DL" or "ID" that an element's id follows, a separator or a second designator between them or none.
 * Some write none there (CT, WV, WY): then at the first id, behind the header's digits. */
static const char *elements_at(const char *header, bool *id_card)
{
	const char *first = NULL;
	for (const char *s = header; *s != '\0'; s++) {
		if (first == NULL && is_known(s))
			first = s;
		if (!str_starts(s, "DL") && !str_starts(s, "ID"))
			continue;
		const char *p = s + 2;
		while (str_starts(p, "DL") || str_starts(p, "ID") || *p == '\n')
			p += *p == '\n' ? 1 : 2;
		if (!is_known(p))
			continue;
		*id_card = s[0] == 'I';
		return first != NULL && first < s ? first : p;
	}
	return first;
}

enum { DATE_DIGITS_LEAST = 5 };

/* --- elements ------------------------------------------------------------------------------------ */

void aamva_clean(char *dst, size_t dst_sz, const char *s, size_t len)
{
	static const char *const none[] = {
	    "none", "unavl", "unavail", "unavailable", "00000000", "n/a"};
	struct err e = {0};
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == ','))
		len--;
	if (text_clean(dst, dst_sz, s, len, TEXT_CUT, &e) != ERR_OK)
		dst[0] = '\0';
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		if (strcasecmp(dst, none[i]) == 0)
			dst[0] = '\0';
}

const char *aamva_get(const struct aamva_text *t, const char *id)
{
	for (int i = 0; i < t->n; i++)
		if (str_eq(t->elements[i].id, id))
			return t->elements[i].value;
	return "";
}

static bool has(const struct aamva_text *t, const char *id)
{
	for (int i = 0; i < t->n; i++)
		if (strncmp(t->elements[i].id, id, 3) == 0)
			return true;
	return false;
}

static void element_add(struct aamva_text *t, const char *s, size_t len)
{
	if (len < 3 || t->n == AAMVA_ELEMENTS || !is_known(s) || has(t, s))
		return;
	struct aamva_element *el = &t->elements[t->n++];
	(void)str_print(el->id, sizeof el->id, "%.3s", s);
	aamva_clean(el->value, sizeof el->value, s + 3, len - 3);
}

static void by_lines(struct aamva_text *t, const char *s)
{
	while (*s != '\0') {
		const size_t n = strcspn(s, "\n");
		element_add(t, s, n);
		s += n + (s[n] != '\0');
	}
}

static bool is_date(const char *id)
{
	static const char dates[] = " DBA DBB DBD DDB DDC DDH DDI DDJ ";
	const char word[] = {' ', id[0], id[1], id[2], ' ', '\0'};
	return strstr(dates, word) != NULL;
}

/* Whether what follows an id is what its element may hold: a date begins as one (five digits of its first eight places, others may be
 * misread), and no value begins with the next id. */
static bool fits(const struct aamva_text *t, const char *s)
{
	int n = 0;
	if (!is_date(s))
		return s[3] != '\0' && !(is_known(s + 3) && !has(t, s + 3));
	for (int i = 3; i < 11 && s[i] != '\0'; i++)
		n += isdigit((unsigned char)s[i]) != 0;
	return n >= DATE_DIGITS_LEAST;
}

/* Whether the same id comes again with a value that fits. */
static bool comes_later(const struct aamva_text *t, const char *s)
{
	const char id[] = {s[0], s[1], s[2], '\0'};
	for (const char *p = s; (p = strstr(p + 1, id)) != NULL;)
		if (fits(t, p))
			return true;
	return false;
}

/* An id that was not yet seen. "RICHMONDDAJVA": the D of a word before DAJ, not DDA; "SANDBACH": no DBA; "DCSDACOSTA": no DAC where it would leave
 * nothing of DCS, and another one comes. */
static bool id_begins(const struct aamva_text *t, const char *own, const char *s)
{
	if (!is_known(s) || has(t, s) || strncmp(s, own, 3) == 0 ||
	    (s[1] == 'D' && is_known(s + 1) && !has(t, s + 1)))
		return false;
	if (is_date(s) && !fits(t, s))
		return false;
	return (fits(t, s) && s > own + 3) || !comes_later(t, s);
}

/* No separators arrived: an id that was not yet seen begins the next element. Wrong where a value holds one, so the last resort. */
static void by_names(struct aamva_text *t, const char *s)
{
	t->n = 0;
	t->split_by_name = true;
	while (*s != '\0') {
		const char *end = s + 3;
		while (*end != '\0' && *end != '\n' && !id_begins(t, s, end))
			end++;
		element_add(t, s, (size_t)(end - s));
		while (*end == '\n')
			end++;
		s = end;
		if (strnlen(s, 3) < 3)
			break;
	}
}

enum { ELEMENTS_LEAST = 4 };

enum err_code aamva_text(struct aamva_text *t, const void *text, size_t len, struct err *e)
{
	char clean[2 * AAMVA_TEXT_MOST];
	const char *from = NULL, *header = NULL;
	*t = (struct aamva_text){.version = -1};
	if (len > AAMVA_TEXT_MOST)
		return err_set(e, ERR_INPUT, "longer than a licence's text");
	(void)bytes_clean(clean, sizeof clean, text, len);
	for (const char *s = clean; *s != '\0' && header == NULL; s++)
		header = header_at(s, t);
	if (header != NULL)
		from = elements_at(header, &t->id_card);
	if (from != NULL)
		by_lines(t, from);
	if (from != NULL && t->n < ELEMENTS_LEAST)
		by_names(t, from);
	explicit_bzero(clean, sizeof clean);
	return t->n >= ELEMENTS_LEAST ? ERR_OK : err_set(e, ERR_INPUT, "not the text of a licence");
}

bool aamva_looks_like(const void *text, size_t len)
{
	struct aamva_text t;
	char clean[64];
	bool yes = false;
	(void)bytes_clean(clean, sizeof clean, text, len < 40 ? len : 40);
	for (const char *s = clean; *s != '\0' && !yes; s++)
		yes = header_at(s, &t) != NULL;
	return yes || str_starts(clean, "%BC") || str_starts(clean, "%AB");
}
