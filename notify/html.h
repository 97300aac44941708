/*
 * The plain text of a mail as a small page, because only a page can show a picture in its midst. Every character of the text is escaped; nothing
 * is fetched from anywhere.
 */
#ifndef NOTIFY_HTML_H
#define NOTIFY_HTML_H

#include "base/err.h"
#include "base/str.h"

struct mail_picture {
	const char *cid; /* Content-ID without brackets; NULL: no picture */
	const char *alt;
	int side; /* CSS pixels, a square */
};

/* Append the page. Empty lines part paragraphs, line breaks stay. The picture stands first: on a telephone at the kiosk nobody scrolls. */
enum err_code mail_html(struct str_buf *out, const char *lang, const char *title, const char *text,
    const struct mail_picture *picture) MUST_USE;

#endif
