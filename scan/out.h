/*
 * The pipe to the kiosk. It hides partial writes. A code is never dropped: it waits here, and whoever reads codes asks out_has_room first.
 * A preview goes only where nothing waits. The descriptor is not blocking. out_fini clears what was not written (it may be a pass).
 *
 * ERR_UNREACHABLE: nobody reads any more.
 */
#ifndef SCAN_OUT_H
#define SCAN_OUT_H

#include <stdbool.h>

#include "base/str.h"
#include "scan/camera_wire.h"
#include "scan/code.h"
#include "scan/mosaic.h"

struct out {
	int fd;
	struct str_buf waiting;
};

void out_init(struct out *o, int fd);
/* Room for as many codes as one picture can hold. */
bool out_has_room(const struct out *o);
/* Nothing waits to be written. */
bool out_idle(const struct out *o);
enum err_code out_code(struct out *o, const void *code, size_t len, struct err *e) MUST_USE;
enum err_code out_pdf417(struct out *o, const void *code, size_t len, struct err *e) MUST_USE;
enum err_code out_stray(struct out *o, const void *code, size_t len, struct err *e) MUST_USE;
enum err_code out_many(struct out *o, struct err *e) MUST_USE;
enum err_code out_mrz(struct out *o, const void *text, size_t len, struct err *e) MUST_USE;
enum err_code out_state(struct out *o, const char *word, struct err *e) MUST_USE;
/* *said: false where something waited and the preview was let go. */
enum err_code out_preview(
    struct out *o, const struct mosaic *m, bool *said, struct err *e) MUST_USE;
enum err_code out_outline(
    struct out *o, const struct camera_outline *outline, bool *said, struct err *e) MUST_USE;
/* Write what the pipe takes now. */
enum err_code out_flush(struct out *o, struct err *e) MUST_USE;
void out_fini(struct out *o);

#endif
