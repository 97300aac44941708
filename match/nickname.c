#include <string.h>

#include "match/fold.h"

static const char *const groups[] = {
#include "match/nicknames.inc"
};

/* Whether word is one of the words of group. */
static bool has(const char *group, const char *word)
{
	const size_t n = strlen(word);
	for (const char *at = group; (at = strstr(at, word)) != NULL; at += n)
		if ((at == group || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

bool nickname_same(const char *a, const char *b)
{
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (has(groups[i], a) && has(groups[i], b))
			return true;
	return false;
}

bool nickname_other(const char *a, const char *b)
{
	bool a_known = false, b_known = false;
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		const bool has_a = has(groups[i], a), has_b = has(groups[i], b);
		if (has_a && has_b)
			return false;
		a_known |= has_a;
		b_known |= has_b;
	}
	return a_known && b_known;
}

const char *nickname_full(const char *word, size_t *n)
{
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (has(groups[i], word)) {
			*n = strcspn(groups[i], " ");
			return groups[i];
		}
	*n = strlen(word);
	return word;
}
