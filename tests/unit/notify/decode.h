/*
 * A reader of header fields, written apart from the encoder: unfolds, decodes encoded words and quoted strings, and aborts the test
 * through must() where a line breaks RFC 2047 §2 or RFC 5322 §2.2.3.
 */
#ifndef TESTS_UNIT_NOTIFY_DECODE_H
#define TESTS_UNIT_NOTIFY_DECODE_H

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void decode_must(bool holds, const char *what)
{
	if (!holds) {
		(void)fprintf(stderr, "field: %s\n", what);
		abort();
	}
}

/* Every line printable ASCII, at most limit characters, continued lines start with one space, none is empty. */
static inline void decode_check_lines(const char *field, size_t limit)
{
	for (bool first = true; *field != '\0'; first = false) {
		const char *end = strstr(field, "\r\n");
		size_t n = end != NULL ? (size_t)(end - field) : strlen(field);
		decode_must(n <= limit, "a line is too long");
		decode_must(first ? field[0] != ' ' : n > 1 && field[0] == ' ' && field[1] != ' ',
		    "a fold is wrong");
		for (size_t i = 0; i < n; i++)
			decode_must(
			    field[i] >= ' ' && field[i] <= '~', "a byte is not printable ASCII");
		field = end != NULL ? end + 2 : field + n;
		decode_must(end == NULL || *field != '\0', "a line end at the end");
	}
}

static inline int decode_sextet(char c)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(letters, c) : NULL;
	decode_must(at != NULL, "not base64");
	return (int)(at - letters);
}

static inline void decode_b(char **dst, const char *s, size_t n)
{
	decode_must(n % 4 == 0 && n > 0, "base64 of a wrong length");
	for (size_t i = 0; i < n; i += 4) {
		int pad = s[i + 3] == '=' ? s[i + 2] == '=' ? 2 : 1 : 0;
		decode_must(pad == 0 || i + 4 == n, "base64 padded in its midst");
		uint32_t bits = 0;
		for (size_t k = 0; k < 4; k++)
			bits = bits << 6 |
			       (k + (size_t)pad >= 4 ? 0 : (uint32_t)decode_sextet(s[i + k]));
		for (int k = 0; k < 3 - pad; k++)
			*(*dst)++ = (char)(bits >> (16 - 8 * k) & 0xff);
	}
}

static inline void decode_q(char **dst, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '_') {
			*(*dst)++ = ' ';
		} else if (s[i] == '=') {
			char hex[3] = {s[i + 1], s[i + 2], '\0'};
			decode_must(i + 2 < n && isxdigit((unsigned char)hex[0]) &&
					isxdigit((unsigned char)hex[1]),
			    "Q");
			*(*dst)++ = (char)strtol(hex, NULL, 16);
			i += 2;
		} else {
			decode_must(isalnum((unsigned char)s[i]) || strchr("!*+-/", s[i]) != NULL,
			    "Q not safe in a name");
			*(*dst)++ = s[i];
		}
	}
}

static inline bool decode_whole_characters(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)s[i];
		size_t len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;
		if (len == 0 || i + len > n)
			return false;
		for (size_t k = 1; k < len; k++) {
			if (((unsigned char)s[i + k] & 0xc0) != 0x80)
				return false;
		}
		i += len;
	}
	return true;
}

/* One encoded word at *s → *dst; false if there is none. */
static inline bool decode_word(char **dst, const char **s)
{
	if (strncmp(*s, "=?UTF-8?", 8) != 0)
		return false;
	const char *text = *s + 10, *end = strstr(text, "?=");
	decode_must(((*s)[8] == 'Q' || (*s)[8] == 'B') && (*s)[9] == '?' && end != NULL,
	    "an encoded word is malformed");
	decode_must(end + 2 - *s <= 75, "an encoded word is too long");
	decode_must(
	    end[2] == '\0' || end[2] == ' ' || end[2] == '\r', "an encoded word is not alone");
	char *from = *dst;
	if ((*s)[8] == 'B')
		decode_b(dst, text, (size_t)(end - text));
	else
		decode_q(dst, text, (size_t)(end - text));
	decode_must(decode_whole_characters(from, (size_t)(*dst - from)),
	    "an encoded word splits a character");
	*s = end + 2;
	return true;
}

/* The value of "Name: value", decoded; the caller frees. */
static inline char *decode_field(const char *field)
{
	char *out = malloc(strlen(field) + 1), *dst = out, flat[8192], *to = flat;
	decode_must(
	    out != NULL && strlen(field) < sizeof flat, "a field is too long for this reader");
	for (const char *s = strchr(field, ':') + 1; *s != '\0'; s++) {
		if (*s != '\r' && *s != '\n')
			*to++ = *s;
	}
	*to = '\0';
	const char *s = flat + strspn(flat, " ");
	while (*s != '\0') {
		if (decode_word(&dst, &s)) {
			const char *next = s + strspn(s, " ");
			if (strncmp(next, "=?UTF-8?", 8) == 0)
				s = next; /* the space between two encoded words is nothing */
			continue;
		}
		*dst++ = *s++;
	}
	*dst = '\0';
	return out;
}

/* A mailbox field taken apart: the name, unquoted and decoded, and the address. The caller frees both. */
static inline char *decode_mailbox(const char *field, char **address)
{
	char *value = decode_field(field), *angle = strrchr(value, '<');
	decode_must(angle != NULL && value[strlen(value) - 1] == '>', "no <address> at the end");
	*address = strndup(angle + 1, strlen(angle) - 2);
	decode_must(*address != NULL && (angle == value || angle[-1] == ' '),
	    "no space before the address");
	*(angle > value ? angle - 1 : angle) = '\0';
	size_t n = strlen(value);
	if (value[0] != '"' || strstr(field, "=?UTF-8?") != NULL)
		return value;
	decode_must(n >= 2 && value[n - 1] == '"', "a quoted string does not end");
	size_t to = 0;
	for (size_t i = 1; i + 1 < n; i++) {
		if (value[i] == '\\')
			i++;
		else
			decode_must(value[i] != '"', "a bare quote");
		value[to++] = value[i];
	}
	value[to] = '\0';
	return value;
}

#endif
