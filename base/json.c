#include "base/json.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/text.h"

enum { LEVELS_MAX = 32, SEEN_MAX = sizeof((struct json_reader *)0)->seen / sizeof(char *) };

/* For all of jansson, in every program, before main. It answers want of memory with NULL, which reads like an absent member, an empty answer or
 * bad JSON: ours ends the program, as the house does. And names and codes pass through it: nothing of them stays behind in freed
 * memory. free() takes what it gave out. Values are many and small, so it is malloc that gives: glibc serves no calloc from a thread's own cache. */
static void *take_memory(size_t n)
{
	void *p = malloc(n);
	if (p == NULL)
		mem_out();
	return p;
}

static void clear_free(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

__attribute__((constructor)) static void jansson_memory(void)
{
	json_set_alloc_funcs(take_memory, clear_free);
}

/* jansson itself stops at 2048 levels, so this recursion is bounded twice. */
static bool is_deeper(const json_t *v, int levels)
{
	if (json_is_object(v) || json_is_array(v)) {
		if (levels == 0)
			return true;
	}
	if (json_is_object(v)) {
		json_t *obj = json_incref((json_t *)(uintptr_t)v);
		bool deeper = false;
		for (void *it = json_object_iter(obj); it != NULL && !deeper;
		     it = json_object_iter_next(obj, it))
			deeper = is_deeper(json_object_iter_value(it), levels - 1);
		json_decref(obj);
		return deeper;
	}
	for (size_t i = 0; i < json_array_size(v); i++) {
		if (is_deeper(json_array_get(v, i), levels - 1))
			return true;
	}
	return false;
}

enum err_code json_parse_object(
    json_t **out, const char *text, size_t len, size_t max, struct err *e)
{
	*out = NULL;
	if (len > max)
		return err_set(e, ERR_TOO_LONG, "JSON is longer than %zu bytes", max);
	json_error_t why;
	json_t *v = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	/* why.text quotes the input: it stays out of the message. */
	if (v == NULL)
		return err_set(e, ERR_INPUT, "%s at byte %d",
		    json_error_code(&why) == json_error_duplicate_key ? "JSON names a member twice"
								      : "not valid JSON",
		    why.position);
	if (!json_is_object(v) || is_deeper(v, LEVELS_MAX)) {
		bool object = json_is_object(v);
		json_decref(v);
		return object ? err_set(e, ERR_INPUT, "JSON is nested deeper than %d levels",
				    LEVELS_MAX)
			      : err_set(e, ERR_INPUT, "JSON must be an object");
	}
	*out = v;
	return ERR_OK;
}

char *json_print_line(const json_t *v)
{
	char *line = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	if (line == NULL)
		log_bug("json_print_line: a value that JSON cannot say");
	return line;
}

void json_read_begin(struct json_reader *r, const json_t *obj, struct err *e)
{
	*r = (struct json_reader){.obj = obj, .err = e};
	if (!json_is_object(obj))
		r->code = err_set(e, ERR_INPUT, "must be an object");
}

/* The member, or NULL: absent, null, or something was wrong before. */
static const json_t *take(struct json_reader *r, const char *key, enum json_need need)
{
	if (r->code != ERR_OK)
		return NULL;
	const json_t *v = json_object_get(r->obj, key);
	if (v != NULL) {
		if (r->asked == SEEN_MAX)
			log_bug("json_reader: more than %d members asked for", (int)SEEN_MAX);
		r->seen[r->asked++] = key;
	}
	if (v != NULL && !json_is_null(v))
		return v;
	if (need == JSON_REQUIRED)
		r->code = err_set(r->err, ERR_INPUT, "%s: is missing", key);
	return NULL;
}

static bool wrong(struct json_reader *r, const char *key, const char *must)
{
	r->code = err_set(r->err, ERR_INPUT, "%s: must be %s", key, must);
	return false;
}

bool json_read_text(struct json_reader *r, const char *key, enum json_need n, char *dst,
    size_t dst_sz, unsigned text_flags)
{
	const json_t *v = take(r, key, n);
	if (v == NULL)
		return false;
	if (!json_is_string(v))
		return wrong(r, key, "a string");
	struct err why = {0};
	r->code =
	    text_clean(dst, dst_sz, json_string_value(v), json_string_length(v), text_flags, &why);
	if (r->code == ERR_OK)
		return true;
	(void)err_set(r->err, r->code, "%s: %s", key, why.msg);
	return false;
}

bool json_read_raw(
    struct json_reader *r, const char *key, enum json_need n, char *dst, size_t dst_sz)
{
	const json_t *v = take(r, key, n);
	if (v == NULL)
		return false;
	if (!json_is_string(v))
		return wrong(r, key, "a string");
	size_t len = json_string_length(v);
	if (memchr(json_string_value(v), '\0', len) != NULL)
		return wrong(r, key, "without U+0000");
	if (len >= dst_sz) {
		r->code = err_set(
		    r->err, ERR_TOO_LONG, "%s: is too long; at most %zu bytes", key, dst_sz - 1);
		return false;
	}
	memcpy(dst, json_string_value(v), len + 1);
	return true;
}

bool json_read_int(struct json_reader *r, const char *key, enum json_need n, int64_t *dst,
    int64_t min, int64_t max)
{
	const json_t *v = take(r, key, n);
	if (v == NULL)
		return false;
	int64_t x = json_integer_value(v);
	if (!json_is_integer(v) || x < min || x > max) {
		r->code = err_set(r->err, ERR_INPUT,
		    "%s: must be a whole number from %" PRId64 " to %" PRId64, key, min, max);
		return false;
	}
	*dst = x;
	return true;
}

bool json_read_bool(struct json_reader *r, const char *key, enum json_need n, bool *dst)
{
	const json_t *v = take(r, key, n);
	if (v == NULL)
		return false;
	if (!json_is_boolean(v))
		return wrong(r, key, "true or false");
	*dst = json_is_true(v);
	return true;
}

bool json_read_uuid(struct json_reader *r, const char *key, enum json_need n, struct uuid *dst)
{
	const json_t *v = take(r, key, n);
	if (v == NULL)
		return false;
	/* A U+0000 ends the C string early: then the length tells. */
	if (!json_is_string(v) || json_string_length(v) != UUID_TEXT_SZ - 1 ||
	    !uuid_parse(dst, json_string_value(v)))
		return wrong(r, key, "an id (a UUID)");
	return true;
}

bool json_read_object(struct json_reader *r, const char *key, enum json_need n, const json_t **dst)
{
	const json_t *v = take(r, key, n);
	if (v == NULL)
		return false;
	if (!json_is_object(v))
		return wrong(r, key, "an object");
	*dst = v;
	return true;
}

bool json_read_array(
    struct json_reader *r, const char *key, enum json_need n, size_t max_len, const json_t **dst)
{
	const json_t *v = take(r, key, n);
	if (v == NULL)
		return false;
	if (!json_is_array(v) || json_array_size(v) > max_len) {
		r->code =
		    err_set(r->err, ERR_INPUT, "%s: must be an array of at most %zu", key, max_len);
		return false;
	}
	*dst = v;
	return true;
}

void json_read_ignore_rest(struct json_reader *r)
{
	r->rest = true;
}

static bool was_asked(const struct json_reader *r, const char *key)
{
	for (size_t i = 0; i < r->asked; i++) {
		if (strcmp(r->seen[i], key) == 0)
			return true;
	}
	return false;
}

enum err_code json_read_end(struct json_reader *r)
{
	if (r->code != ERR_OK || r->rest)
		return r->code;
	json_t *obj = json_incref((json_t *)(uintptr_t)r->obj);
	for (void *it = json_object_iter(obj); it != NULL; it = json_object_iter_next(obj, it)) {
		if (was_asked(r, json_object_iter_key(it)))
			continue;
		char name[TEXT_WORD_SZ];
		if (text_clean(name, sizeof name, json_object_iter_key(it),
			strlen(json_object_iter_key(it)), TEXT_STRICT, NULL) != ERR_OK)
			(void)str_copy(name, sizeof name, "a member");
		r->code = err_set(r->err, ERR_INPUT, "%s: is not known here", name);
		break;
	}
	json_decref(obj);
	return r->code;
}
