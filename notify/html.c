#include "notify/html.h"

#include <string.h>

static bool add(struct str_buf *out, const char *s)
{
	return str_buf_add(out, s, strlen(s));
}

/* n bytes of text for the inside of an element or a quoted attribute. */
static bool add_escaped(struct str_buf *out, const char *s, size_t n)
{
	bool ok = true;
	for (size_t i = 0; i < n && ok; i++) {
		switch (s[i]) {
		case '&': ok = add(out, "&amp;"); break;
		case '<': ok = add(out, "&lt;"); break;
		case '>': ok = add(out, "&gt;"); break;
		case '"': ok = add(out, "&quot;"); break;
		case '\'': ok = add(out, "&#39;"); break;
		default: ok = str_buf_add(out, &s[i], 1); break;
		}
	}
	return ok;
}

static bool add_paragraphs(struct str_buf *out, const char *text)
{
	bool open = false, ok = true;
	while (*text != '\0' && ok) {
		size_t n = strcspn(text, "\n");
		if (n == 0) {
			ok = !open || add(out, "</p>\n");
			open = false;
		} else {
			ok = add(out, open ? "<br>\n" : "<p>") && add_escaped(out, text, n);
			open = true;
		}
		text += n + (text[n] == '\n');
	}
	return ok && (!open || add(out, "</p>\n"));
}

enum err_code mail_html(struct str_buf *out, const char *lang, const char *title, const char *text,
    const struct mail_picture *picture)
{
	bool ok = add(out, "<!DOCTYPE html>\n<html lang=\"") &&
		  add_escaped(out, lang, strlen(lang)) &&
		  add(out, "\"><head><meta charset=\"utf-8\"><title>") &&
		  add_escaped(out, title, strlen(title)) &&
		  add(out, "</title></head>\n<body style=\"font-family: sans-serif\">\n");
	if (picture->cid != NULL) {
		ok = ok && add(out, "<p><img src=\"cid:") &&
		     add_escaped(out, picture->cid, strlen(picture->cid)) &&
		     add(out, "\" alt=\"") &&
		     add_escaped(out, picture->alt, strlen(picture->alt)) &&
		     str_buf_print(
			 out, "\" width=\"%d\" height=\"%d\"></p>\n", picture->side, picture->side);
	}
	ok = ok && add_paragraphs(out, text) && add(out, "</body></html>\n");
	return ok ? ERR_OK : ERR_TOO_LONG;
}
