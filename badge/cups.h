/*
 * CUPS asked by title, never by habit: four questions to one queue on one server, each bounded in
 * time. It hides libcups and the connection, which is kept from job to job and made anew when it
 * broke. For badge/ only.
 *
 * Errors say whose fault it is: ERR_UNREACHABLE nobody listens, ERR_TIMEOUT cupsd does not answer,
 * ERR_NOT_FOUND no such queue, ERR_REFUSED the queue takes no jobs, ERR_NO_SPACE the spool is full,
 * ERR_TOO_MANY as many jobs wait as cupsd allows, ERR_DENIED CUPS wants a password, ERR_PROTOCOL
 * anything else.
 */
#ifndef BADGE_CUPS_H
#define BADGE_CUPS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/text.h"

enum { BADGE_REASONS_SZ = 512, BADGE_TITLE_SZ = 32, BADGE_STAMP_SZ = 24 };

/* Whose job it is. A title alone comes again after the book was restored, and CUPS remembers the jobs of the book that is gone. */
struct badge_ticket {
	char title[BADGE_TITLE_SZ];
	char stamp[BADGE_STAMP_SZ]; /* when the badge was issued; empty: the title decides */
};

struct badge_queue {
	char server[PATH_MAX]; /* socket path or host[:port]; empty: CUPS's own default socket */
	char queue[TEXT_WORD_SZ];
	char media[TEXT_WORD_SZ]; /* PWG name; empty: the queue's default */
	int timeout_ms; /* for a connection, and for each wait of an answer */
};

/* RFC 8011 §5.3.7 */
enum badge_job_state {
	BADGE_JOB_PENDING = 3,
	BADGE_JOB_HELD,
	BADGE_JOB_PROCESSING,
	BADGE_JOB_STOPPED,
	BADGE_JOB_CANCELED,
	BADGE_JOB_ABORTED,
	BADGE_JOB_COMPLETED,
};
struct badge_job {
	int id; /* 0: there is no such job */
	enum badge_job_state state;
	char reasons[BADGE_REASONS_SZ]; /* job-state-reasons, separated by a space */
	int64_t created_s,
	    processing_s; /* in the server's seconds, like badge_printer.now_s; 0: not yet */
};

/* RFC 8011 §5.4.11 */
enum badge_printer_state {
	BADGE_PRINTER_IDLE = 3,
	BADGE_PRINTER_PROCESSING,
	BADGE_PRINTER_STOPPED
};
struct badge_printer {
	enum badge_printer_state state;
	bool accepting;
	char reasons[BADGE_REASONS_SZ];
	char message[256]; /* whatever the backend or an operator wrote, clean */
	int64_t now_s;
};

struct badge_cups; /* badge_cups_free */
struct badge_cups *badge_cups_new(const struct badge_queue *q); /* does not connect yet */
void badge_cups_free(struct badge_cups *own_c);
uint16_t badge_cups_port(
    const struct badge_cups *c); /* TCP port of a server that is no socket path */
/* How many connections were made so far: another number, and the server may have been away. */
unsigned badge_cups_connection(const struct badge_cups *c);

enum err_code badge_cups_printer(
    struct badge_cups *c, struct badge_printer *p, struct err *e) MUST_USE;

/* Our job of this ticket: one that is alive, else one that is completed, else the newest. Jobs
 * that never received their document do not count (a full spool leaves those), nor those of the
 * title with another stamp. id 0 where there is none. */
enum err_code badge_cups_find(struct badge_cups *c, const struct badge_ticket *t,
    struct badge_job *job, struct err *e) MUST_USE;

/* Print-Job. An error leaves open whether CUPS took it: look it up before trying again. */
enum err_code badge_cups_print(struct badge_cups *c, const struct badge_ticket *t,
    const struct str_buf *pdf, struct err *e) MUST_USE;

/* ERR_OK also where the job had ended by itself. */
enum err_code badge_cups_cancel(struct badge_cups *c, int id, struct err *e) MUST_USE;

static inline bool badge_job_alive(const struct badge_job *j)
{
	return j->id != 0 && j->state < BADGE_JOB_CANCELED;
}

#endif
