/*
 * JSON at an edge: bounded parsing and typed, exact reading. Over jansson.
 *
 * A reader walks one object: each member is asked for once, with its bounds; json_read_end refuses members nobody asked for. The first
 * thing that is wrong stops the reader: later reads do nothing, json_read_end returns that error ("until: must be a whole number from 0 to …").
 * Strings come out clean (text_clean) or are refused. Messages name members and bounds, never values: those may be personal data.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/uuid.h"

/* Parse an object of at most max bytes, no duplicate members, at most 32 levels deep. *out is the caller's: json_decref. */
enum err_code json_parse_object(
    json_t **out, const char *text, size_t len, size_t max, struct err *e) MUST_USE;

/* One line of JSON (no LF inside nor after), malloc'ed; the caller frees. Keys stay in insertion order. */
char *json_print_line(const json_t *v);

enum json_need { JSON_REQUIRED, JSON_OPTIONAL };

struct json_reader {
	const json_t *obj;
	struct err *err; /* caller's */
	enum err_code code;
	const char *seen[64]; /* members asked for and found; the keys live until json_read_end */
	size_t asked; /* how many of them */
	bool rest; /* members nobody asked for may stay */
};
void json_read_begin(struct json_reader *r, const json_t *obj, struct err *e);
/* An absent optional member leaves *dst as the caller set it. null counts as absent. All return true if the member was there and good.
 * A required text must be there but may be empty; dst_sz bounds it (ERR_TOO_LONG), text_flags are text_clean's. */
bool json_read_text(struct json_reader *r, const char *key, enum json_need n, char *dst,
    size_t dst_sz, unsigned text_flags);
/* Bytes as they are (scans: may hold anything but U+0000): at most dst_sz-1. */
bool json_read_raw(
    struct json_reader *r, const char *key, enum json_need n, char *dst, size_t dst_sz);
bool json_read_int(struct json_reader *r, const char *key, enum json_need n, int64_t *dst,
    int64_t min, int64_t max);
bool json_read_bool(struct json_reader *r, const char *key, enum json_need n, bool *dst);
bool json_read_uuid(struct json_reader *r, const char *key, enum json_need n, struct uuid *dst);
/* Borrowed: lives as long as the object read. */
bool json_read_object(struct json_reader *r, const char *key, enum json_need n, const json_t **dst);
bool json_read_array(
    struct json_reader *r, const char *key, enum json_need n, size_t max_len, const json_t **dst);
/* Let an unread member pass (for readers of a newer peer's answers). */
void json_read_ignore_rest(struct json_reader *r);
enum err_code json_read_end(struct json_reader *r) MUST_USE;

#endif
