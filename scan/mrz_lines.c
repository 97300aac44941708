#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "scan/mrz.h"

enum { SLACK = 12, RUNS = 8, TEXT_MOST = 400 };

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

enum err_code mrz_lines(struct mrz_lines *m, const void *text, size_t len, struct err *e)
{
	struct runs r;
	*m = (struct mrz_lines){.n = 0};
	if (!runs_split(&r, text, len))
		return err_set(e, ERR_INPUT, "no machine-readable zone");
	bool found = false;
	const struct shape *s = shapes;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0] && !found; i++) {
		s = &shapes[i];
		found = by_runs(m, &r, s) || by_length(m, &r, s);
	}
	explicit_bzero(&r, sizeof r);
	if (!found || strchr("ACIPV", m->line[0][0]) == NULL) { /* 9303-4 to -7: document codes */
		*m = (struct mrz_lines){.n = 0};
		return err_set(e, ERR_INPUT, "no machine-readable zone");
	}
	m->format = format_of(m, s->width);
	return ERR_OK;
}
