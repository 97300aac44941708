/*
 * One visit, as staff read it: GET /v1/visits/{id} laid out for a terminal.
 */
#ifndef KIOSK_CLI_VISIT_PRINT_H
#define KIOSK_CLI_VISIT_PRINT_H

#include "kiosk/cli/cli.h"

/* After cli_site. */
void visit_print(struct cli *c, const json_t *visit);

/* Why reception sees to a visitor, to stand behind their name: "asks for help". A word it does not
 * know comes back as it is. */
const char *visit_reason_text(const char *word);

/* A job as two or three lines: what, where, since when, why, and what to do about it. */
void visit_print_job(struct cli *c, const json_t *job);

#endif
