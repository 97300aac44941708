/* The typed parsers of foyer.conf: one value each, with a sentence for the one who wrote it. */
#include "base/conf_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/zone.h"

const char *const conf_languages[] = {"en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da",
    "cs", "tr", "ar", "zh", "ja", "ko", "uk", "ru", NULL};

/* An element of an array of char[size], or the one. */
static char *element(const struct conf_option *o, void *at, int index)
{
	return (char *)at + (size_t)index * o->size;
}

static bool wrong(char why[CONF_WHY_SZ], const char *what)
{
	(void)str_copy(why, CONF_WHY_SZ, what);
	return false;
}

bool conf_set_text(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	if (strchr(value, '\n') != NULL)
		return wrong(why, "holds a line break; allowed is one line");
	if (str_copy(element(o, at, index), o->size, value))
		return true;
	(void)str_print(why, CONF_WHY_SZ, "is too long; allowed are %zu bytes", o->size - 1);
	return false;
}

bool conf_set_word(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	size_t n =
	    strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
	if (n == 0 || value[n] != '\0' || value[0] == '.' || value[0] == '-' || n >= o->size)
		return wrong(why, "not a name; allowed are 64 of A-Z a-z 0-9 . _ - (first a "
				  "letter, a digit or _)");
	return str_copy(element(o, at, index), o->size, value);
}

bool conf_set_path(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	if (value[0] != '/' || strchr(value, '\n') != NULL ||
	    !str_copy(element(o, at, index), o->size, value))
		return wrong(why, "not a path; allowed is an absolute one, like /var/lib/foyer");
	return true;
}

/* A port number 1..65535 and nothing after it. */
static bool is_port(const char *s)
{
	size_t n = strspn(s, "0123456789");
	return n > 0 && n <= 5 && s[n] == '\0' && s[0] != '0' && strtol(s, NULL, 10) <= 65535;
}

bool conf_set_place(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	const char *colon = strrchr(value, ':');
	size_t host = colon != NULL ? (size_t)(colon - value) : 0;
	bool ok = host > 0 && is_port(colon + 1);
	if (ok && value[0] == '[')
		ok = host > 2 && value[host - 1] == ']' &&
		     strspn(value + 1, "0123456789abcdefABCDEF:.") == host - 2;
	else if (ok)
		ok = strspn(value,
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
			 host &&
		     value[0] != '-';
	if (!ok || !str_copy(element(o, at, index), o->size, value))
		return wrong(why, "no host and port; allowed are mail.example.org:25, "
				  "192.0.2.7:60000, [2001:db8::7]:25");
	return true;
}

bool conf_set_mail(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	if (!text_is_mail(value) || !str_copy(element(o, at, index), o->size, value))
		return wrong(why, "not a mail address; allowed is one like reception@example.org");
	return true;
}

bool conf_set_zone(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	if (!zone_known(value) || !str_copy(element(o, at, index), o->size, value))
		return wrong(why,
		    "this machine knows no such time zone; allowed is a name like Europe/Berlin");
	return true;
}

bool conf_set_lang(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	for (int i = 0; conf_languages[i] != NULL; i++) {
		if (strcmp(conf_languages[i], value) == 0)
			return str_copy(element(o, at, index), o->size, value);
	}
	size_t n = 0;
	(void)str_copy(why, CONF_WHY_SZ, "not a language; allowed are");
	for (int i = 0; conf_languages[i] != NULL; i++) {
		n = strlen(why);
		(void)str_print(why + n, CONF_WHY_SZ - n, " %s", conf_languages[i]);
	}
	return false;
}

/* A decimal number without sign or leading zeros. */
static bool number(const char *s, int64_t min, int64_t max, int64_t *out, char why[CONF_WHY_SZ])
{
	size_t n = strspn(s, "0123456789");
	*out =
	    n > 0 && n <= 18 && s[n] == '\0' && (s[0] != '0' || n == 1) ? strtoll(s, NULL, 10) : -1;
	if (*out >= min && *out <= max && *out >= 0)
		return true;
	(void)str_print(
	    why, CONF_WHY_SZ, "not such a number; allowed is %" PRId64 " to %" PRId64, min, max);
	return false;
}

bool conf_set_int(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	int64_t v;
	if (!number(value, o->min, o->max, &v, why))
		return false;
	((int *)at)[index] = (int)v;
	return true;
}

bool conf_set_u32(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	int64_t v;
	if (!number(value, o->min, o->max, &v, why))
		return false;
	((uint32_t *)at)[index] = (uint32_t)v;
	return true;
}

/* "5m" rather than 300000. */
static const char *span_text(char dst[32], int64_t ms)
{
	static const struct {
		int64_t ms;
		char unit;
	} units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}, {1000, 's'}};
	size_t u = 0;
	while (u < 3 && (ms == 0 || ms % units[u].ms != 0))
		u++;
	(void)str_print(dst, 32, "%" PRId64 "%c", ms / units[u].ms, units[u].unit);
	return dst;
}

bool conf_set_span(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	int64_t ms;
	if (zone_parse_span(&ms, value, NULL) == ERR_OK && ms >= o->min && ms <= o->max) {
		((int64_t *)at)[index] = ms;
		return true;
	}
	char least[32], most[32];
	(void)str_print(why, CONF_WHY_SZ,
	    "not such a span of time; allowed is %s to %s, a number with s, m, h or d",
	    span_text(least, o->min), span_text(most, o->max));
	return false;
}

bool conf_set_yes(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	(void)o;
	bool yes = strcmp(value, "yes") == 0;
	if (!yes && strcmp(value, "no") != 0)
		return wrong(why, "neither yes nor no; allowed are \"yes\" and \"no\"");
	((bool *)at)[index] = yes;
	return true;
}

bool conf_set_choice(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	_Static_assert(
	    sizeof(enum conf_step) == sizeof(int) && sizeof(enum conf_approval) == sizeof(int),
	    "enums are ints");
	for (int i = 0; o->words[i] != NULL; i++) {
		if (strcmp(o->words[i], value) == 0) {
			memcpy((char *)at + (size_t)index * sizeof(int), &i, sizeof i);
			return true;
		}
	}
	(void)str_copy(why, CONF_WHY_SZ, "no such choice; allowed are");
	for (int i = 0; o->words[i] != NULL; i++) {
		size_t n = strlen(why);
		(void)str_print(why + n, CONF_WHY_SZ - n, "%s %s", i > 0 ? "," : "", o->words[i]);
	}
	return false;
}
