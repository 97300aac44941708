#include "db/lookup.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum {
	HEAD_BYTES = 3,
	/* a character of 3 bytes may fold into 33 (U+FDFA); names have at most 400 */
	FOLDED_SZ = 8192,
};

static bool has_word(const char *words, const char *word)
{
	char have[LOOKUP_WORD_SZ];
	while (lookup_next(&words, have)) {
		if (strcmp(have, word) == 0)
			return true;
	}
	return false;
}

void lookup_add(char words[LOOKUP_SZ], const char *text)
{
	char folded[FOLDED_SZ], word[LOOKUP_WORD_SZ];
	if (text_fold(folded, sizeof folded, text) != ERR_OK)
		return;
	for (char *p = folded, *next; p != NULL; p = next) {
		next = strchr(p, ' ');
		if (next != NULL)
			*next++ = '\0';
		/* The beginning of a longer one is enough to be found. */
		(void)str_copy(word, sizeof word, p);
		size_t have = strlen(words), more = strlen(word);
		if (more == 0 || have + 1 + more >= LOOKUP_SZ || has_word(words, word))
			continue;
		if (have > 0)
			words[have++] = ' ';
		memcpy(words + have, word, more + 1);
	}
}

bool lookup_next(const char **words, char word[LOOKUP_WORD_SZ])
{
	size_t n = strcspn(*words, " ");
	if (n == 0 || n >= LOOKUP_WORD_SZ)
		return false;
	memcpy(word, *words, n);
	word[n] = '\0';
	*words += n;
	if (**words == ' ')
		++*words;
	return true;
}

static bool begins_one(const char *words, const char *prefix)
{
	size_t n = strlen(prefix);
	char have[LOOKUP_WORD_SZ];
	while (lookup_next(&words, have)) {
		if (strncmp(have, prefix, n) == 0)
			return true;
	}
	return false;
}

bool lookup_match(const char *words, const char *query)
{
	char prefix[LOOKUP_WORD_SZ];
	while (lookup_next(&query, prefix)) {
		if (!begins_one(words, prefix))
			return false;
	}
	return true;
}

size_t lookup_head(const char *word)
{
	size_t n = 0;
	while (word[n] != '\0' && n < HEAD_BYTES) {
		n++;
		while (
		    ((unsigned char)word[n] & 0xc0) == 0x80) /* continuation bytes (RFC 3629 §3) */
			n++;
	}
	return n;
}
