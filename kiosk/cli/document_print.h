/*
 * Looks at identity documents, in a visit's printing: what was found, and what is kept of it, opened where its key is at hand.
 */
#ifndef KIOSK_CLI_DOCUMENT_PRINT_H
#define KIOSK_CLI_DOCUMENT_PRINT_H

#include <jansson.h>

#include "kiosk/cli/cli.h"

/* The section of a visit as foyerd shows it; nothing where there is no look. */
void document_print(struct cli *c, const json_t *visit);

/* Put "text" in the place of every "sealed", opened with the key of file. Complains. CLI_DENIED: foyerd gave us no box; CLI_NO: one does not open
 * with this key. The texts are personal data: they live as long as visit. */
enum cli_exit document_unseal(struct cli *c, json_t *visit, const char *file);

#endif
