#include "scan/ocrb_decide.h"

#include <math.h>
#include <string.h>

#include "scan/mrz_layout.h"

enum {
	STATES =
	    100, /* the sum of the field so far and of all that the composite is over, both modulo 10 */
	STEPS = MRZ_LINES * MRZ_WIDTH,
	WINDOWS = 3,
};

/* What a reading loses against the best looks, measured by how little those are like the glyphs themselves. */
static const float doubt_least = 0.02F, unclear = 1.2F, foreign = 3.5F;
/* Like its glyph: a zone on the whole, and any place of it, below which that is hidden or elsewhere. */
static const float like_least = 0.75F, place_least = 0.6F, loss_most = 0.35F;

/* What may stand at a place, and what it does to the sums. */
struct rule {
	uint64_t may; /* of the glyphs, by bit */
	int weight, composite_weight; /* 0: not in it */
	bool starts; /* a field with a check digit */
	enum {
		RULE_NONE,
		RULE_CHECK,
		RULE_CHECK_OR_FILLER,
		RULE_CHECK_OR_LATER,
		RULE_COMPOSITE
	} check;
};

struct plan {
	struct rule rule[STEPS]; /* line by line */
	int lines, width;
};

/* --- what may stand where --------------------------------------------------------------------- */

static uint64_t set_of(const char *characters)
{
	uint64_t set = 0;
	for (const char *c = characters; *c != '\0'; c++)
		set |= UINT64_C(1) << (strchr(ocrb_characters, *c) - ocrb_characters);
	return set;
}

static void allow(struct plan *p, const struct mrz_span *s, uint64_t set)
{
	for (int i = 0; i < s->len; i++)
		p->rule[s->line * p->width + s->from + i].may = set;
}

static int weight_of(int i)
{
	static const int weights[] = {7, 3, 1}; /* 9303-3, 4.9 */
	return weights[i % 3];
}

static void check(struct plan *p, const struct mrz_span *field, const struct mrz_span *cd, int how)
{
	if (field->len == 0 || cd->len == 0)
		return;
	struct rule *r = &p->rule[field->line * p->width + field->from];
	r->starts = true;
	for (int i = 0; i < field->len; i++)
		r[i].weight = weight_of(i);
	struct rule *c = &p->rule[cd->line * p->width + cd->from];
	c->check = how;
	c->may = set_of(how == RULE_CHECK ? "0123456789" : "0123456789<");
}

static void composite(struct plan *p, const struct mrz_layout *l)
{
	int n = 0;
	if (l->composite_cd.len == 0)
		return;
	for (int k = 0; k < MRZ_SPANS; k++)
		for (int i = 0; i < l->composite[k].len; i++)
			p->rule[l->composite[k].line * p->width + l->composite[k].from + i]
			    .composite_weight = weight_of(n++);
	struct rule *c = &p->rule[l->composite_cd.line * p->width + l->composite_cd.from];
	c->check = RULE_COMPOSITE;
	c->may = set_of("0123456789");
}

/* 9303-3, 4.6; 9303-4 to -7: the first letter. */
static void codes_allow(struct plan *p, enum mrz_format f, uint64_t letters)
{
	static const char french[] = "IDFRA";
	const bool visa = f == MRZ_MRV_A || f == MRZ_MRV_B;
	p->rule[0].may = set_of(visa ? "V" : f == MRZ_TD3 ? "P" : "ACIP");
	p->rule[1].may = letters;
	for (int i = 0; f == MRZ_FRENCH && french[i] != '\0'; i++)
		p->rule[i].may = set_of((const char[]){french[i], '\0'});
}

static void plan_make(struct plan *p, enum mrz_format f, int lines, int width)
{
	const struct mrz_layout *l = mrz_layout(f);
	const uint64_t digits = set_of("0123456789"), any = (UINT64_C(1) << OCRB_GLYPHS) - 1,
		       letters = any & ~digits;
	*p = (struct plan){.lines = lines, .width = width};
	for (int i = 0; i < STEPS; i++)
		p->rule[i].may = any;
	allow(p, &l->names, letters);
	allow(p, &l->more_names, letters);
	allow(p, &l->state, letters);
	allow(p, &l->nationality, letters);
	allow(p, &l->birth, digits | set_of("<"));
	allow(p, &l->expiry, digits | set_of("<"));
	allow(p, &l->sex, set_of("MFX<"));
	codes_allow(p, f, letters);
	/* A number of more than nine characters goes on elsewhere (9303-5, note j): scan/mrz.h judges that. */
	check(p, &l->number, &l->number_cd,
	    f == MRZ_TD1 || f == MRZ_TD2 ? RULE_CHECK_OR_LATER : RULE_CHECK);
	check(p, &l->birth, &l->birth_cd, RULE_CHECK);
	check(p, &l->expiry, &l->expiry_cd, RULE_CHECK);
	check(p, &l->optional, &l->optional_cd, RULE_CHECK_OR_FILLER);
	composite(p, l);
}

/* --- the best reading ------------------------------------------------------------------------- */

struct search {
	float loss[STATES], next[STATES];
	uint8_t character[STEPS][STATES], from[STEPS][STATES];
};

static int value(int glyph)
{
	return glyph == OCRB_GLYPHS - 1 ? 0 : glyph; /* they stand in the order of their values */
}

/* Whether this glyph may be a check digit here. */
static bool agrees(const struct rule *r, int glyph, int field, int all)
{
	const bool filler = glyph == OCRB_GLYPHS - 1;
	switch (r->check) {
	case RULE_NONE: return true;
	case RULE_CHECK: return glyph == field;
	case RULE_CHECK_OR_FILLER: return glyph == field || (filler && field == 0);
	case RULE_CHECK_OR_LATER: return glyph == field || filler;
	case RULE_COMPOSITE: return glyph == all;
	}
	return false;
}

/* What each glyph costs at this place; INFINITY: out of the question. */
static void losses(float loss[OCRB_GLYPHS], const float *score, const struct rule *r, float doubt)
{
	float best = -1, allowed = -1;
	for (int g = 0; g < OCRB_GLYPHS; g++) {
		best = score[g] > best ? score[g] : best;
		if ((r->may >> g & 1) != 0 && score[g] > allowed)
			allowed = score[g];
	}
	for (int g = 0; g < OCRB_GLYPHS; g++) {
		const bool may = (r->may >> g & 1) != 0 && allowed - score[g] <= unclear * doubt &&
				 best - score[g] <= foreign * doubt && score[g] >= place_least;
		loss[g] = may ? best - score[g] : INFINITY;
	}
}

static void step(struct search *s, const struct plan *p, int at, const float loss[OCRB_GLYPHS])
{
	const struct rule *r = &p->rule[at];
	for (int i = 0; i < STATES; i++)
		s->next[i] = INFINITY;
	for (int i = 0; i < STATES; i++) {
		const int field = r->starts ? 0 : i / 10, all = i % 10;
		for (int g = 0; g < OCRB_GLYPHS && s->loss[i] < INFINITY; g++) {
			if (!(loss[g] < INFINITY) || !agrees(r, g, field, all))
				continue;
			const int to = (field + value(g) * r->weight) % 10 * 10 +
				       (all + value(g) * r->composite_weight) % 10;
			if (s->loss[i] + loss[g] < s->next[to]) {
				s->next[to] = s->loss[i] + loss[g];
				s->character[at][to] = (uint8_t)g;
				s->from[at][to] = (uint8_t)i;
			}
		}
	}
	memcpy(s->loss, s->next, sizeof s->loss);
}

/* The reading that loses least, and what it loses. */
static float search(
    char text[OCRB_TEXT_SZ], const struct plan *p, const float *score[STEPS], float doubt)
{
	struct search s;
	const int n = p->lines * p->width;
	for (int i = 0; i < STATES; i++)
		s.loss[i] = i == 0 ? 0 : INFINITY;
	for (int at = 0; at < n; at++) {
		float loss[OCRB_GLYPHS];
		losses(loss, score[at], &p->rule[at], doubt);
		step(&s, p, at, loss);
	}
	int best = 0;
	for (int i = 1; i < STATES; i++)
		best = s.loss[i] < s.loss[best] ? i : best;
	const float lost = s.loss[best];
	char *end = text + n + p->lines;
	*end = '\0';
	for (int at = n - 1; at >= 0 && lost < INFINITY; at--) {
		if ((at + 1) % p->width == 0)
			*--end = '\n';
		*--end = ocrb_characters[s.character[at][best]];
		best = s.from[at][best];
	}
	return lost;
}

/* --- where the zone begins, and which format it is of ----------------------------------------- */

struct window {
	int first;
	double like; /* how like glyphs its places are, each */
};

static float best_of(const float score[OCRB_GLYPHS])
{
	float best = -1;
	for (int g = 0; g < OCRB_GLYPHS; g++)
		best = score[g] > best ? score[g] : best;
	return best;
}

/* Where a zone of this width may begin, the likeliest first; how many. */
static int windows_find(struct window found[WINDOWS], const struct ocrb_scores *s, int width)
{
	int n = 0;
	for (int first = 0; first + width <= s->places; first++) {
		struct window w = {.first = first};
		for (int row = 0; row < s->rows; row++)
			for (int i = 0; i < width; i++)
				w.like += best_of(s->score[row][first + i]) / (s->rows * width);
		int at = n < WINDOWS ? n++ : WINDOWS;
		for (; at > 0 && found[at - 1].like < w.like; at--)
			if (at < WINDOWS)
				found[at] = found[at - 1];
		if (at < WINDOWS)
			found[at] = w;
	}
	return n;
}

/* Any day does: it decides centuries alone, and in 2000 there was a 29th of February. */
static bool is_document(const char *text)
{
	struct document d;
	const bool is =
	    mrz_read(&d, text, strlen(text), &(struct document_date){2030, 1, 1}, NULL) == ERR_OK;
	document_clear(&d);
	return is;
}

struct reading {
	char text[OCRB_TEXT_SZ];
	float lost;
};

static void window_read(struct reading *best, const struct ocrb_scores *s, const struct window *w,
    int width, enum mrz_format f)
{
	const float *score[STEPS];
	struct plan p;
	struct reading r;
	const float doubt = 1 - (float)w->like > doubt_least ? 1 - (float)w->like : doubt_least;
	for (int i = 0; i < s->rows * width; i++)
		score[i] = s->score[i / width][w->first + i % width];
	plan_make(&p, f, s->rows, width);
	r.lost = search(r.text, &p, score, doubt) / (doubt * (float)(s->rows * width));
	if (r.lost < best->lost && r.lost <= loss_most && is_document(r.text))
		*best = r;
	explicit_bzero(&r, sizeof r);
}

enum err_code ocrb_decide(char text[OCRB_TEXT_SZ], const struct ocrb_scores *s, int width)
{
	static const struct {
		enum mrz_format format;
		int rows, width;
	} formats[] = {{MRZ_TD3, 2, 44}, {MRZ_TD1, 3, 30}, {MRZ_TD2, 2, 36}, {MRZ_FRENCH, 2, 36},
	    {MRZ_MRV_A, 2, 44}, {MRZ_MRV_B, 2, 36}};
	struct window windows[WINDOWS];
	struct reading best = {.lost = INFINITY};
	const int n = windows_find(windows, s, width);
	if (n == 0 || windows[0].like < like_least)
		return ERR_INPUT;
	for (int i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof formats / sizeof formats[0]; k++)
			if (formats[k].rows == s->rows && formats[k].width == width)
				window_read(&best, s, &windows[i], width, formats[k].format);
	if (!(best.lost < INFINITY))
		return ERR_REJECTED;
	memcpy(text, best.text, sizeof best.text);
	explicit_bzero(&best, sizeof best);
	return ERR_OK;
}
