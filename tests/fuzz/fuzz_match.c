// rooms: match base
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "match/match.h"

static void must(int good)
{
	if (!good)
		abort();
}

/* Two names, parted by a line feed: folding is bounded, a name is most like itself, and neither comes first. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct matcher *m;
	struct err e = {0};
	struct match_name a, b;
	char text[1024], key[MATCH_KEY_SZ];
	if (size >= sizeof text)
		return 0;
	if (m == NULL)
		must(matcher_new(&m, &e) == ERR_OK);
	memcpy(text, data, size);
	text[size] = '\0';
	char *second = strchr(text, '\n');
	if (second != NULL)
		*second++ = '\0';
	match_fold(m, &a, text);
	match_fold(m, &b, second != NULL ? second : "Zoë Müller");
	must(a.n <= MATCH_WORDS && b.n <= MATCH_WORDS);
	const int score = match_score(&a, &b), own = match_score(&a, &a);
	must(score >= 0 && score <= 1000 && score == match_score(&b, &a) && own <= 1000);
	must(match_score_claim(&a, &b) >= 0 && match_score_claim(&a, &b) <= score);
	match_key(&a, key);
	must(strlen(key) < sizeof key);
	return 0;
}
