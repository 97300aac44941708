/*
 * From the tree of foyer.conf to structs: a table says which options a section has, what they may hold and where they go. It hides
 * defaults, the look-up in two trees, and how an error names its place.
 */
#ifndef BASE_CONF_READ_H
#define BASE_CONF_READ_H

#include <stdint.h>

#include "base/conf.h"
#include "base/conf_tree.h"
#include "base/err.h"

enum { CONF_WHY_SZ = 160 };

struct conf_option;

/* Take one value into *at; false, with what is wrong and what is allowed in why. index counts the values of a list. */
typedef bool conf_set(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ]);

enum conf_option_flags {
	CONF_OPTION_LIST = 1 << 0, /* several values, at most max */
	CONF_OPTION_MUST = 1 << 1, /* may not be left out, nor empty */
	CONF_OPTION_EMPTY = 1 << 2, /* "" is allowed, whatever set says */
	CONF_OPTION_TEXTS =
	    1
	    << 3, /* a struct conf_text from name and name-LANG, at most max bytes each; without set */
};

struct conf_option {
	const char *name;
	conf_set *set;
	size_t off, size; /* where it goes in the section's struct; size of the array it fills */
	unsigned flags;
	const char
	    *missing; /* the value of an option that is left out; NULL: leave the struct as it is */
	int64_t min, max; /* numbers, spans (ms), lengths of lists and texts */
	const char *const *words;
	size_t count_off; /* lists: where their int counter is */
};

/* Setters. */
conf_set conf_set_text; /* char[size] */
conf_set conf_set_word; /* char[size], as titles are */
conf_set conf_set_path; /* char[size], absolute */
conf_set conf_set_place; /* char[size]: host:port */
conf_set conf_set_mail; /* char[size] */
conf_set conf_set_zone; /* char[size] */
conf_set conf_set_lang; /* char[size] */
conf_set conf_set_int; /* int */
conf_set conf_set_u32; /* uint32_t */
conf_set conf_set_span; /* int64_t ms */
conf_set conf_set_yes; /* bool */
conf_set conf_set_choice; /* an enum: place in words */

/* A section as it stands: own over shipped, one of them may be NULL. Titled sections stand in one tree only. */
struct conf_section {
	const struct conf_tree *own_tree, *shipped_tree;
	struct conf_node *own, *shipped;
	const char *first_lang; /* of the site */
	struct err *e;
};

/* Read every option of a table ended by a NULL name into *dst, then refuse options that are in no table: call conf_section_end
 * after the last table and the last sub-section. */
enum err_code conf_section_read(
    struct conf_section *s, const struct conf_option *table, void *dst) MUST_USE;
enum err_code conf_section_end(struct conf_section *s, const struct conf_option *table) MUST_USE;

/* ERR_CONFIG "file:line: option: what"; option NULL: the section itself. */
enum err_code conf_section_error(
    const struct conf_section *s, const char *option, const char *what);

/* The languages that foyer knows by name, ended by NULL. */
extern const char *const conf_languages[];

#endif
