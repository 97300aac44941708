#include "kiosk/ui/field.h"

#include <string.h>

#include <utf8proc.h>

#include "base/str.h"

void ui_field_init(struct ui_field *f, size_t max)
{
	explicit_bzero(f, sizeof *f);
	f->max = max < sizeof f->text ? max : sizeof f->text;
}

void ui_field_clear(struct ui_field *f)
{
	ui_field_init(f, f->max);
}

/* One code point at s; its bytes in *n. */
static int32_t code_at(const char *s, size_t *n)
{
	int32_t cp = 0;
	utf8proc_ssize_t r = utf8proc_iterate((const uint8_t *)s, -1, &cp);
	*n = r > 0 ? (size_t)r : 1;
	return r > 0 ? cp : 0xfffd;
}

/* Where the grapheme that begins at `at` ends. */
static size_t next_edge(const char *s, size_t at)
{
	size_t n;
	int32_t state = 0, a = code_at(s + at, &n);
	for (at += n; s[at] != '\0'; at += n) {
		int32_t b = code_at(s + at, &n);
		if (utf8proc_grapheme_break_stateful(a, b, &state))
			break;
		a = b;
	}
	return at;
}

static size_t prev_edge(const char *s, size_t at)
{
	size_t edge = 0;
	for (size_t next = 0; next < at; next = next_edge(s, next))
		edge = next;
	return edge;
}

/* Letters, marks, digits, signs and the space; ZWNJ and ZWJ, which some scripts need (text_clean judges their place). */
static bool may_type(uint32_t c)
{
	if (c == 0x200c || c == 0x200d)
		return true;
	switch ((int)utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return false;
	default: return c <= 0x10ffff; /* from outside */
	}
}

/* The cursor must stand at an edge after the text around it changed. */
static void settle(struct ui_field *f)
{
	size_t at = 0;
	while (at < f->cursor)
		at = next_edge(f->text, at);
	f->cursor = at;
}

bool ui_field_insert(struct ui_field *f, uint32_t code_point)
{
	uint8_t u[4];
	if (code_point > 0x10ffff || !may_type(code_point))
		return false;
	size_t n = (size_t)utf8proc_encode_char((utf8proc_int32_t)code_point, u),
	       len = strlen(f->text);
	if (n == 0 || len + n >= f->max)
		return false;
	memmove(f->text + f->cursor + n, f->text + f->cursor, len - f->cursor + 1);
	memcpy(f->text + f->cursor, u, n);
	f->cursor += n;
	settle(f);
	return true;
}

static void cut(struct ui_field *f, size_t from, size_t to)
{
	size_t len = strlen(f->text);
	memmove(f->text + from, f->text + to, len - to + 1);
	explicit_bzero(f->text + len - (to - from), to - from);
	f->cursor = from;
	settle(f);
}

bool ui_field_backspace(struct ui_field *f)
{
	if (f->cursor == 0)
		return false;
	cut(f, prev_edge(f->text, f->cursor), f->cursor);
	return true;
}

bool ui_field_delete(struct ui_field *f)
{
	if (f->text[f->cursor] == '\0')
		return false;
	cut(f, f->cursor, next_edge(f->text, f->cursor));
	return true;
}

bool ui_field_left(struct ui_field *f)
{
	if (f->cursor == 0)
		return false;
	f->cursor = prev_edge(f->text, f->cursor);
	return true;
}

bool ui_field_right(struct ui_field *f)
{
	if (f->text[f->cursor] == '\0')
		return false;
	f->cursor = next_edge(f->text, f->cursor);
	return true;
}

bool ui_field_home(struct ui_field *f)
{
	bool moved = f->cursor != 0;
	f->cursor = 0;
	return moved;
}

bool ui_field_end(struct ui_field *f)
{
	bool moved = f->text[f->cursor] != '\0';
	f->cursor = strlen(f->text);
	return moved;
}

void ui_field_set(struct ui_field *f, const char *text)
{
	ui_field_clear(f);
	for (size_t n; *text != '\0'; text += n)
		if (!ui_field_insert(f, (uint32_t)code_at(text, &n)) &&
		    strlen(f->text) + n >= f->max)
			break;
}

/* Columns of the n bytes at s. */
static int width_of(const char *s, size_t n)
{
	char part[TEXT_FIELD_SZ];
	memcpy(part, s, n);
	part[n] = '\0';
	int w = text_width(part);
	explicit_bzero(part, sizeof part);
	return w;
}

int ui_field_view(const struct ui_field *f, int columns, size_t *from)
{
	size_t at = 0;
	/* One column is kept for the cursor behind the last character. */
	while (at < f->cursor && width_of(f->text + at, f->cursor - at) > columns - 1)
		at = next_edge(f->text, at);
	*from = at;
	return width_of(f->text + at, f->cursor - at);
}
