/*
 * Look-up words: names folded so that "Müller-Lüdenscheid" is found by "mull" and "lud". Internal
 * to db/.
 */
#ifndef DB_LOOKUP_H
#define DB_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

enum { LOOKUP_SZ = 601, LOOKUP_WORD_SZ = 101 };

/* Append the folded words of text that are not in words yet, with one space between; what does not
 * fit is left out. */
void lookup_add(char words[LOOKUP_SZ], const char *text);

/* Next word of a list made by lookup_add; false at the end. */
bool lookup_next(const char **words, char word[LOOKUP_WORD_SZ]);

/* True if every word of query begins a word of words. An empty query matches all. */
bool lookup_match(const char *words, const char *query);

/* Bytes of the word's head: its shortest beginning of whole characters with at least three bytes;
 * all of a shorter word. */
size_t lookup_head(const char *word);

#endif
