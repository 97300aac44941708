/*
 * Asking foyerd, for a command: the call, the Idempotency-Key, the one repetition when the
 * connection dropped, and what a refusal means for the exit status. It says itself what went wrong
 * (with --json also as the API's error object on standard output).
 */
#ifndef KIOSK_CLI_API_H
#define KIOSK_CLI_API_H

#include <jansson.h>

#include "base/str.h"
#include "kiosk/cli/cli.h"
#include "kiosk/client/client.h"

/* Where to: a path of the API and its query. Names that come from a person are percent-encoded.
 * ok is false once something did not fit. */
struct api_target {
	char text[CLIENT_TARGET_SZ];
	bool ok;
};
struct api_target api_target_of(const char *path);
void api_target_segment(struct api_target *t, const char *segment); /* appends "/segment" */
void api_target_add(struct api_target *t, const char *name, const char *value);
void api_target_add_int(struct api_target *t, const char *name, long long value);

/* CLI_OK: *own_answer is the object of a 2xx answer (json_decref), {} where there was none. */
enum cli_exit api_get(struct cli *c, const struct api_target *t, json_t **own_answer);
/* The same for what is answered in ten seconds or not at all: *late, and nothing is said of it here. */
enum cli_exit api_get_soon(
    struct cli *c, const struct api_target *t, json_t **own_answer, bool *late);
/* The same for what may take minutes. */
enum cli_exit api_get_slow(struct cli *c, const struct api_target *t, json_t **own_answer);
/* A change, under one fresh Idempotency-Key. Takes own_body (NULL: {}). */
enum cli_exit api_send(struct cli *c, const char *method, const struct api_target *t,
    json_t *own_body, json_t **own_answer);
enum cli_exit api_send_slow(struct cli *c, const char *method, const struct api_target *t,
    json_t *own_body, json_t **own_answer);

/* A whole list: pages are asked for until `most` items are there or no more come. *own_list is
 * {"items":[…],"next":…} as if it had been one page. */
enum cli_exit api_list(struct cli *c, const struct api_target *t, int64_t most, json_t **own_list);
/* The same from a cursor on; "" is the beginning. */
enum cli_exit api_list_from(
    struct cli *c, const struct api_target *t, const char *after, int64_t most, json_t **own_list);

/* A stream's body to `bytes`, piece by piece. False from it ends the stream: CLI_NO, and nothing is
 * said here. */
enum cli_exit api_stream(struct cli *c, const struct api_target *t,
    bool (*bytes)(void *arg, const char *bytes, size_t n), void *arg);

/* Does anybody answer there? Says nothing. */
bool api_is_there(const struct cli *c);

/* Put a value from the command line into a body: CLI_USAGE if it is no UTF-8. A NULL value puts
 * nothing. */
enum cli_exit api_put_text(
    struct cli *c, json_t *body, const char *key, const char *option, const char *value);

#endif
