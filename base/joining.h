/*
 * Joining types of letters (Unicode, ArabicShaping.txt), as far as RFC 5892 A.1 asks for them: may a zero-width
 * non-joiner stand between two letters? It hides the table.
 */
#ifndef BASE_JOINING_H
#define BASE_JOINING_H

#include <stdbool.h>
#include <stdint.h>

bool joining_forward(int32_t cp); /* Joining_Type L or D: may join the letter after it */
bool joining_backward(int32_t cp); /* Joining_Type R or D: may join the letter before it */

#endif
