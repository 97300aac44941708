/*
 * Keyboard layouts that a wedge scanner's keys may go through: what the terminal received for each US key. Undoing one is pure
 * text to text; nothing is allocated.
 */
#ifndef PASS_LAYOUT_H
#define PASS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

enum pass_layout { PASS_LAYOUT_US, PASS_LAYOUT_DE, PASS_LAYOUT_FR, PASS_LAYOUT_UK };
enum { PASS_LAYOUT_COUNT = 4 };
const char *pass_layout_name(enum pass_layout l); /* "us", "de", "fr", "uk" */

/* Turn what a terminal under layout l received (UTF-8, any bytes) back into the ASCII that a scanner set to US sent. Space, TAB, LF,
 * CR and the separators 1C..1F stay. False, and dst empty, if dst is too small, or if a character is on no key of l that a US
 * keyboard has too. A dead key is such a case: German ^ ´ ` (US ` = +) and French ^ ¨ (US [ {) wait for the next key and change or
 * swallow it, so what was sent cannot be known. */
bool pass_layout_undo(char *dst, size_t dst_sz, const char *src, size_t len, enum pass_layout l);

#endif
