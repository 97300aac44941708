#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "scan/mrz.h"

enum { SLACK = 12, RUNS = 12, TEXT_MOST = 400, FRAME_MOST = 7 };

static const struct shape {
	int lines, width;
} shapes[] = {{3, 30}, {2, 36}, {2, 44}};

const char *mrz_format_name(enum mrz_format f)
{
	switch (f) {
	case MRZ_TD1: return "td1";
	case MRZ_TD2: return "td2";
	case MRZ_TD3: return "td3";
	case MRZ_MRV_A: return "mrv-a";
	case MRZ_MRV_B: return "mrv-b";
	case MRZ_FRENCH: return "french-id";
	}
	return "?";
}

/* Runs of a zone's characters, in capitals. A space is a filler to some readers and a line's end to none. */
struct runs {
	char text[TEXT_MOST + 1];
	size_t start[RUNS + 1], len[RUNS + 1];
	int n;
	size_t all; /* characters in all runs */
};

static bool runs_split(struct runs *r, const char *text, size_t len)
{
	bool in = false;
	*r = (struct runs){.n = 0};
	for (size_t i = 0; i < len; i++) {
		const char c = (char)(text[i] == ' ' ? '<' : toupper((unsigned char)text[i]));
		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '<')) {
			in = false;
			continue;
		}
		if (!in && r->n == RUNS)
			return false;
		if (!in)
			r->start[r->n++] = r->all;
		if (r->all == TEXT_MOST)
			return false;
		in = true;
		r->text[r->all++] = c;
		r->len[r->n - 1]++;
	}
	return r->n > 0;
}

static void line_put(struct mrz_lines *m, const char *from, size_t len, int width)
{
	char *line = m->line[m->n++];
	const size_t n = len < (size_t)width ? len : (size_t)width;
	memcpy(line, from, n);
	memset(line + n, '<', (size_t)width - n);
	line[width] = '\0';
	m->padded |= n < (size_t)width;
}

/* Lines as they are parted. A name's line may have lost its fillers, one that ends in a check digit cannot. */
static bool by_runs(struct mrz_lines *m, const struct runs *r, const struct shape *s)
{
	for (int first = 0; first + s->lines <= r->n; first++) {
		bool fits = true;
		size_t longest = 0;
		for (int i = first; i < first + s->lines; i++) {
			fits &= r->len[i] <= (size_t)s->width &&
				r->len[i] + SLACK + 8 >= (size_t)s->width;
			longest = r->len[i] > longest ? r->len[i] : longest;
		}
		if (!fits || longest != (size_t)s->width)
			continue;
		for (int i = first; i < first + s->lines; i++)
			line_put(m, r->text + r->start[i], r->len[i], s->width);
		return true;
	}
	return false;
}

static bool by_length(struct mrz_lines *m, const struct runs *r, const struct shape *s)
{
	if (r->all != (size_t)(s->lines * s->width))
		return false;
	for (int i = 0; i < s->lines; i++)
		line_put(m, r->text + i * s->width, (size_t)s->width, s->width);
	return true;
}

static enum mrz_format format_of(const struct mrz_lines *m, int width)
{
	const bool visa = m->line[0][0] == 'V';
	if (m->n == 3)
		return MRZ_TD1;
	if (width == 44)
		return visa ? MRZ_MRV_A : MRZ_TD3;
	if (visa)
		return MRZ_MRV_B;
	/* The French card's second line begins with its number of twelve digits, letters only where the office is (Corsica). */
	return str_starts(m->line[0], "IDFRA") && isdigit((unsigned char)m->line[1][12]) &&
		       m->line[1][13] >= 'A' && m->line[1][35] != '<' &&
		       !str_starts(m->line[1] + 10, "FRA")
		   ? MRZ_FRENCH
		   : MRZ_TD2;
}

/* --- letters of the reader's own around the lines ---------------------------------------------- */

/* That it is a zone is not to be guessed from letters that were cut off: a document's code, a state, and both dates' check digits (of the French card
 * the number's and the birth date's) must say so. */
static bool proven(const struct mrz_lines *m, int width)
{
	const char *l = m->line[1];
	const bool french = format_of(m, width) == MRZ_FRENCH;
	const int birth = french ? 27 : m->n == 3 ? 0 : 13, other = french ? 0 : m->n == 3 ? 8 : 21;
	const int other_len = french ? 12 : 6;
	return strchr("ACIPV", m->line[0][0]) != NULL && mrz_state_known(m->line[0] + 2) &&
	       l[birth + 6] == mrz_check_digit(l + birth, 6) &&
	       l[other + other_len] == mrz_check_digit(l + other, (size_t)other_len);
}

/* len characters from `from` on in a run, and little after them. */
static const char *part(const struct runs *r, int run, size_t from, size_t len)
{
	if (run >= r->n || r->len[run] < from + len || r->len[run] > from + len + FRAME_MOST)
		return NULL;
	return r->text + r->start[run] + from;
}

/* Where the lines may stand: behind how many of a reader's letters, from which run on. */
struct place {
	enum { ALL_IN_ONE, BEHIND_THE_FIRST, BEHIND_EACH, WAYS } letters;
	int run;
	size_t from;
};

static bool framed(
    struct mrz_lines *m, const struct runs *r, const struct shape *s, const struct place *p)
{
	const size_t width = (size_t)s->width;
	*m = (struct mrz_lines){.n = 0};
	if (p->letters == ALL_IN_ONE) {
		const char *all = part(r, p->run, p->from, width * (size_t)s->lines);
		for (int i = 0; i < s->lines && all != NULL; i++)
			line_put(m, all + width * (size_t)i, width, s->width);
	}
	for (int run = p->run; p->letters != ALL_IN_ONE && run < r->n && m->n < s->lines; run++) {
		const size_t from = p->letters == BEHIND_EACH || m->n == 0 ? p->from : 0;
		const char *line = part(r, run, from, width);
		if (line != NULL)
			line_put(m, line, width, s->width);
		else if (r->len[run] >= width) /* a word of the reader's own is shorter */
			break;
	}
	return m->n == s->lines && proven(m, s->width);
}

static bool by_frame(struct mrz_lines *m, const struct runs *r, const struct shape *s)
{
	struct place p;
	for (p.run = 0; p.run < r->n; p.run++)
		for (p.from = 0; p.from <= FRAME_MOST; p.from++)
			for (p.letters = ALL_IN_ONE; p.letters < WAYS; p.letters++)
				if (framed(m, r, s, &p))
					return true;
	return false;
}

/* What is proven goes first: 88 characters after two of the reader's own are as many as three lines of 30. */
static const struct shape *find(struct mrz_lines *m, const struct runs *r)
{
	const size_t n = sizeof shapes / sizeof shapes[0];
	for (size_t i = 0; i < n; i++)
		if (by_frame(m, r, &shapes[i]))
			return &shapes[i];
	for (size_t i = 0; i < n; i++) {
		*m = (struct mrz_lines){.n = 0};
		if ((by_runs(m, r, &shapes[i]) || by_length(m, r, &shapes[i])) &&
		    strchr("ACIPV", m->line[0][0]) != NULL) /* 9303-4 to -7: document codes */
			return &shapes[i];
	}
	return NULL;
}

enum err_code mrz_lines(struct mrz_lines *m, const void *text, size_t len, struct err *e)
{
	struct runs r;
	const struct shape *s = runs_split(&r, text, len) ? find(m, &r) : NULL;
	explicit_bzero(&r, sizeof r);
	if (s == NULL) {
		*m = (struct mrz_lines){.n = 0};
		return err_set(e, ERR_INPUT, "no machine-readable zone");
	}
	m->format = format_of(m, s->width);
	return ERR_OK;
}
