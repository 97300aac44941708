#include "scan/pdf417_match.h"

#include <math.h>

enum { CONTRAST_MIN = 8 }; /* grey levels between the darkest and the lightest module */

/* What share of a module's light comes from each of its two neighbours: what a lens a little out of focus does. */
static const float blur = 0.15f;

/* What lies beside a character is known: a space ends the one before, a bar begins the next. */
static int dark(uint32_t pattern, int i)
{
	return i < 0 ? 0 : i >= PDF417_MODULES ? 1 : (int)(pattern >> (PDF417_MODULES - 1 - i)) & 1;
}

static void normalise(struct pdf417_vector *v, const float at[PDF417_MODULES])
{
	float mean = 0, square = 0;
	for (int i = 0; i < PDF417_MODULES; i++)
		mean += at[i] / PDF417_MODULES;
	for (int i = 0; i < PDF417_MODULES; i++)
		square += (at[i] - mean) * (at[i] - mean);
	const float scale = square > 0 ? PDF417_UNIT / sqrtf(square) : 0;
	for (int i = 0; i < PDF417_MODULES; i++)
		v->at[i] = (int16_t)lrintf((at[i] - mean) * scale);
}

void pdf417_matcher_init(struct pdf417_matcher *m)
{
	*m = (struct pdf417_matcher){.index = {{0}}};
	pdf417_index_init(&m->index);
	for (int k = 0; k < PDF417_CLUSTERS; k++)
		for (int w = 0; w < PDF417_WORDS; w++) {
			const uint32_t p = UINT32_C(0x10000) | pdf417_patterns[k][w];
			pdf417_lanes *block = m->like[k][w / PDF417_LANES];
			struct pdf417_vector v;
			float at[PDF417_MODULES];
			for (int i = 0; i < PDF417_MODULES; i++)
				at[i] = -(1 - 2 * blur) * (float)dark(p, i) -
					blur * (float)(dark(p, i - 1) + dark(p, i + 1));
			normalise(&v, at);
			for (int i = 0; i < PDF417_MODULES; i++)
				block[i][w % PDF417_LANES] = v.at[i];
		}
}

bool pdf417_vector_of(struct pdf417_vector *v, const uint8_t levels[PDF417_MODULES])
{
	float at[PDF417_MODULES];
	int low = 255, high = 0;
	for (int i = 0; i < PDF417_MODULES; i++) {
		low = levels[i] < low ? levels[i] : low;
		high = levels[i] > high ? levels[i] : high;
		at[i] = (float)levels[i];
	}
	if (high - low < CONTRAST_MIN)
		return false;
	normalise(v, at);
	return true;
}

bool pdf417_vector_sum(struct pdf417_vector *v, const int32_t sum[PDF417_MODULES])
{
	float at[PDF417_MODULES];
	bool any = false;
	for (int i = 0; i < PDF417_MODULES; i++) {
		at[i] = (float)sum[i];
		any = any || sum[i] != 0;
	}
	if (any)
		normalise(v, at);
	return any;
}

bool pdf417_match_sharp(const struct pdf417_matcher *m, const uint8_t levels[PDF417_MODULES],
    struct pdf417_match *match)
{
	int low = 255, high = 0;
	uint32_t pattern = 0;
	for (int i = 0; i < PDF417_MODULES; i++) {
		low = levels[i] < low ? levels[i] : low;
		high = levels[i] > high ? levels[i] : high;
	}
	if (high - low < CONTRAST_MIN)
		return false;
	for (int i = 0; i < PDF417_MODULES; i++)
		pattern = pattern << 1 | (2 * levels[i] < low + high);
	*match = (struct pdf417_match){.likeness = 1, .lead = 1};
	return pdf417_index_find(&m->index, pattern, &match->cluster, &match->word);
}

/* The highest and the second highest of all lanes, and where the highest is. Each lane has found its own. */
static struct pdf417_match best_of(pdf417_lanes best, pdf417_lanes second, pdf417_lanes block)
{
	const float unit = (float)PDF417_UNIT * PDF417_UNIT;
	int lane = 0, next = INT16_MIN;
	for (int i = 1; i < PDF417_LANES; i++)
		lane = best[i] > best[lane] ? i : lane;
	for (int i = 0; i < PDF417_LANES; i++) {
		const int other = i == lane ? second[i] : best[i];
		next = other > next ? other : next;
	}
	return (struct pdf417_match){.word = block[lane] * PDF417_LANES + lane,
	    .likeness = (float)best[lane] / unit,
	    .lead = (float)(best[lane] - next) / unit};
}

/* A comparison of lanes is all ones where it holds. What is behind the last character is alike to nothing: its product is 0. */
struct pdf417_match pdf417_match_best(
    const struct pdf417_matcher *m, const struct pdf417_vector *v, int cluster)
{
	pdf417_lanes best = {0}, second = {0}, block = {0};
	for (int b = 0; b < PDF417_BLOCKS; b++) {
		const pdf417_lanes *like = m->like[cluster][b];
		pdf417_lanes product = {0};
		for (int i = 0; i < PDF417_MODULES; i++)
			product += like[i] * v->at[i];
		const pdf417_lanes higher = product > best, runner = product > second;
		const pdf417_lanes lower = (higher & best) | (~higher & product);
		second = (higher & best) | (~higher & ((runner & lower) | (~runner & second)));
		best = (higher & product) | (~higher & best);
		block = (higher & (int16_t)b) | (~higher & block);
	}
	struct pdf417_match match = best_of(best, second, block);
	match.cluster = cluster;
	return match;
}
