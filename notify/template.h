/*
 * Mail texts that a site may edit: MAIL-DIR/LANG/NAME.txt, first line "Subject: …", an empty line, the body. It hides the little language in them.
 *
 *   {{name}}               the value of a variable
 *   {{?name}} … {{/name}}  kept only where the variable is not empty; not nested. Such a tag alone on its line takes the line with it.
 *
 * A variable that the set does not hold is an error, as is a tag that does not close: ERR_CONFIG, "de/invitation.txt:7: …".
 * Values are single clean lines (text_clean), so that nothing a visitor typed starts a header or a line of its own.
 */
#ifndef NOTIFY_TEMPLATE_H
#define NOTIFY_TEMPLATE_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "base/text.h"

enum {
	MAIL_VARS = 32,
	MAIL_TEMPLATE_MAX = 16 * 1024,
	MAIL_SUBJECT_SZ = 301,
	MAIL_BODY_MAX = 48 * 1024
};

struct mail_vars {
	struct {
		char name[TEXT_WORD_SZ];
		char value[TEXT_FIELD_SZ];
	} of[MAIL_VARS];
	int n;
};

/* The standard names, all empty: visitor company host site place from until arrived left type code qr number reception reason note
 * privacy document. A text may use any of them, whether the job sets it or not. */
void mail_vars_init(struct mail_vars *v);

/* Set one, cleaned and cut to its bound; a new name (a-z, 0-9, "_", "-") is added. ERR_INPUT, ERR_TOO_MANY. */
enum err_code mail_vars_set(
    struct mail_vars *v, const char *name, const char *value, struct err *e) MUST_USE;

struct mail_template {
	char label[2 * TEXT_WORD_SZ]; /* "de/invitation.txt", for messages */
	char *src; /* ours */
	size_t len;
};

/* Read dir/LANG/NAME.txt: the language itself, then without its region ("pt-BR", "pt"), then "en". ERR_NOT_FOUND, ERR_CONFIG
 * (also where name or lang is no plain word). */
enum err_code mail_template_load(struct mail_template *t, const char *dir, const char *lang,
    const char *name, struct err *e) MUST_USE;
void mail_template_fini(struct mail_template *t);

/* Fill subject (cut to fit) and append the body, lines ended by LF. */
enum err_code mail_template_render(const struct mail_template *t, const struct mail_vars *v,
    char subject[MAIL_SUBJECT_SZ], struct str_buf *body, struct err *e) MUST_USE;

/* Read and render every text that foyer sends, in every language that dir holds: the first error, for the check job. */
enum err_code mail_template_check(const char *dir, struct err *e) MUST_USE;

#endif
