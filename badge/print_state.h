/*
 * What a job and its printer say, in the words of the desk: pure, so that every fault can be tried
 * without a printer. For badge/ only.
 */
#ifndef BADGE_PRINT_STATE_H
#define BADGE_PRINT_STATE_H

#include "badge/cups.h"

enum badge_trouble {
	BADGE_TROUBLE_NONE,
	/* the job lies at CUPS and prints by itself when somebody mends this */
	BADGE_MEDIA_EMPTY,
	BADGE_MEDIA_JAM,
	BADGE_COVER_OPEN,
	BADGE_SUPPLIES_EMPTY,
	BADGE_PRINTER_OFF,
	BADGE_PRINTER_TROUBLE,
	BADGE_QUEUE_PAUSED,
	BADGE_HELD,
	/* CUPS does not take it */
	BADGE_QUEUE_CLOSED,
	BADGE_NO_QUEUE,
	BADGE_CUPS_DOWN,
	BADGE_CUPS_HUNG,
	BADGE_CUPS_DENIED,
	BADGE_CUPS_TROUBLE,
	BADGE_SPOOL_FULL,
	BADGE_QUEUE_FULL,
	/* it ended, and nobody knows of a badge */
	BADGE_MISSING_HISTORY,
	BADGE_CANCELED,
	BADGE_ABORTED,
	BADGE_GONE,
	BADGE_INTERRUPTED,
};

/* Stable words for wire and desk ("media-empty"), what it means, what to do. English, for staff. */
const char *badge_trouble_class(enum badge_trouble t);
const char *badge_trouble_reason(enum badge_trouble t);
const char *badge_trouble_remedy(enum badge_trouble t);

/* What an error of badge_cups_* means. */
enum badge_trouble badge_trouble_of(enum err_code code);

/* A printer's own trouble, from its reasons and message; NONE where it is well. A report or a
 * toner that runs low is not trouble. */
enum badge_trouble badge_printer_trouble(const struct badge_printer *p);

enum badge_progress {
	BADGE_PRINTING,
	BADGE_PRINTED,
	BADGE_WAITS /* trouble, the job is alive */,
	BADGE_LOST /* trouble, it ended */
};
struct badge_verdict {
	enum badge_progress progress;
	enum badge_trouble trouble;
};

/* history_stale: the printer's "cups-ipp-missing-job-history" was there before this job; CUPS
 * never takes that reason back. */
struct badge_verdict badge_job_judge(
    const struct badge_job *j, const struct badge_printer *p, bool history_stale);
bool badge_printer_lost_history(const struct badge_printer *p);

#endif
