// rooms: badge pass base
/*
 * A badge template as somebody might bring it, and a visitor's texts as somebody might type them:
 * "<…" is a template drawn with a made-up visitor, anything else is the text of every slot of a
 * small template, cleaned as the courier cleans it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "badge/badge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fontconfig keeps its fonts in caches that LeakSanitizer cannot follow. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig.so\n";
}

enum { DPI = 36 };

static const char small[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62mm\" height=\"100mm\" viewBox=\"0 0 62 "
    "100\">"
    "<rect id=\"slot-name\" x=\"4\" y=\"4\" width=\"54\" height=\"20\" data-lines=\"2\"/>"
    "<rect id=\"slot-company\" x=\"4\" y=\"26\" width=\"54\" height=\"6\" data-align=\"end\" "
    "data-min-size=\"1\"/>"
    "<rect id=\"slot-pass\" x=\"2\" y=\"40\" width=\"58\" height=\"58\"/></svg>";

static void draw(const struct badge_template *t, const struct badge *b)
{
	struct str_buf out = STR_BUF_INIT;
	struct clock_fake fake = {.wall_ms = 1795438800000};
	struct clock clock = clock_of_fake(&fake);
	struct err e = {.msg = ""};
	enum err_code code = badge_png(&out, t, b, DPI, &e);
	if ((code != ERR_OK) != (e.msg[0] != '\0') ||
	    (code == ERR_OK && (out.len < 8 || memcmp(out.data, "\x89PNG", 4) != 0)))
		abort();
	str_buf_clear(&out);
	/* What can be drawn on a screen can be drawn on paper. */
	if (badge_pdf(&out, t, b, &clock, NULL) != code ||
	    (code == ERR_OK && memcmp(out.data, "%PDF", 4) != 0))
		abort();
	str_buf_fini(&out);
}

static void fuzz_template(const char *text, size_t len)
{
	const struct badge b = {.number = "000042",
	    .name = "Zoë Müller",
	    .company = "Example",
	    .host = "Anna",
	    .escort = "ESCORT",
	    .expiry = "17:00",
	    .pass = "FOYER",
	    .door_code = "1"};
	struct badge_template *t;
	struct err e = {.msg = ""};
	enum err_code code = badge_template_read(&t, "t.svg", text, len, &e);
	if ((code == ERR_OK) != (t != NULL) || (code == ERR_OK) != (e.msg[0] == '\0'))
		abort();
	if (code == ERR_OK)
		draw(t, &b);
	badge_template_free(t);
}

static void fuzz_text(const char *text, size_t len)
{
	struct badge b = {.number = "000042"};
	struct badge_template *t;
	if (text_clean(b.name, sizeof b.name, text, len, TEXT_LINE | TEXT_CUT, NULL) != ERR_OK ||
	    text_clean(b.company, sizeof b.company, text, len, TEXT_LINE | TEXT_CUT, NULL) !=
		ERR_OK ||
	    text_clean(b.pass, sizeof b.pass, text, len, TEXT_LINE | TEXT_CUT, NULL) != ERR_OK)
		abort();
	if (badge_template_read(&t, "t.svg", small, sizeof small - 1, NULL) != ERR_OK)
		abort();
	draw(t, &b);
	badge_template_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (text[0] == '<')
		fuzz_template(text, size);
	else
		fuzz_text(text, size);
	free(text);
	return 0;
}
