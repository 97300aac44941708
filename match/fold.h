/* What match/ shares with itself: words, one at a time. */
#ifndef MATCH_FOLD_H
#define MATCH_FOLD_H

#include "match/match.h"

/* word.c. w->plain is set: fill the rest of it. */
void word_finish(struct match_word *w);
/* The consonants of s. */
void word_bones(char dst[MATCH_WORD_SZ], const char *s);
/* 0 to 1000; cut: one of them may have lost its end. */
int word_score(const struct match_word *a, const struct match_word *b, bool cut);

/* nickname.c. Whether one may stand for the other ("bob", "robert"; "bob", "rob"). */
bool nickname_same(const char *a, const char *b);
/* Whether both are known, and as two names ("daniel", "daniela"; "tim", "tom"). */
bool nickname_other(const char *a, const char *b);
/* The full name that a nickname stands for, the first where there are several; word itself where there is none. Not terminated: *n bytes. */
const char *nickname_full(const char *word, size_t *n);

#endif
