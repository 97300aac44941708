/*
 * foyer-print's three kinds of job (foyer-courier(7)): print, print-cancel, check. It hides
 * drawing, looking up before submitting, and following. For badge/ only.
 */
#ifndef BADGE_PRINT_JOB_H
#define BADGE_PRINT_JOB_H

#include "badge/cups.h"
#include "badge/recent.h"
#include "base/clock.h"
#include "base/courier.h"

struct badge_printing {
	struct badge_queue queue;
	char size[TEXT_WORD_SZ]; /* template family: "62x100" */
	char data[PATH_MAX]; /* shipped templates lie in DATA/badge */
	char templates[PATH_MAX]; /* a site's own, looked at first; may be empty */
	struct clock clock;
	struct badge_cups *cups;
	struct badge_recents recents;
};

/* Read the courier's section into p; the caller connects (badge_cups_new). */
enum err_code badge_printing_read(
    struct badge_printing *p, const json_t *conf, struct err *e) MUST_USE;

/* Draw once with every template and throw it away: the fonts are loaded then, and nobody waits for them at the first badge. */
void badge_printing_warm_up(const struct badge_printing *p);

/* Ended by a NULL name; their argument is a struct badge_printing. */
extern const struct courier_kind badge_print_kinds[];

#endif
