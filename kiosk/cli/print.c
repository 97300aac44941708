#include "kiosk/cli/print.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/str.h"
#include "base/text.h"

enum { LABEL_COLUMNS = 14, COLUMNS_LEAST = 20 };

static int columns_of(int fd, bool tty)
{
	struct winsize w;
	if (tty && ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : w.ws_col;
	const char *told = getenv("COLUMNS");
	long n = told != NULL ? strtol(told, NULL, 10) : 0;
	if (n <= 0 || n > 10000)
		return tty ? 80 : 0;
	return n < COLUMNS_LEAST ? COLUMNS_LEAST : (int)n;
}

struct print print_to(FILE *f)
{
	int fd = fileno(f);
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	struct print p = {.f = f, .tty = fd >= 0 && isatty(fd)};
	p.columns = columns_of(fd, p.tty);
	p.colour = p.tty && (no_colour == NULL || *no_colour == '\0') && term != NULL &&
		   !str_eq(term, "dumb");
	return p;
}

void print_clean(char *dst, size_t dst_sz, const char *src)
{
	if (text_clean(dst, dst_sz, src, strlen(src), TEXT_LINE | TEXT_CUT, NULL) != ERR_OK)
		dst[0] = '\0';
}

static void format_clean(char dst[PRINT_LINE_SZ], const char *fmt, va_list ap)
{
	char raw[PRINT_LINE_SZ];
	if (vsnprintf(raw, sizeof raw, fmt, ap) < 0)
		raw[0] = '\0';
	print_clean(dst, PRINT_LINE_SZ, raw);
}

static const char *style_on(enum print_style s)
{
	switch (s) {
	case PRINT_PLAIN: return "";
	case PRINT_BOLD: return "\033[1m";
	case PRINT_DIM: return "\033[2m";
	case PRINT_GOOD: return "\033[32m";
	case PRINT_WARN: return "\033[33m";
	case PRINT_BAD: return "\033[1;31m";
	}
	return "";
}

void print_piece(const struct print *p, enum print_style style, const char *clean)
{
	bool styled = p->colour && style != PRINT_PLAIN && clean[0] != '\0';
	(void)fprintf(
	    p->f, "%s%s%s", styled ? style_on(style) : "", clean, styled ? "\033[0m" : "");
}

/* The text from column `at` on, further lines as far in. */
static void wrapped(const struct print *p, int at, enum print_style style, const char *clean)
{
	int room = p->columns > 0 ? p->columns - at : 0;
	char line[PRINT_LINE_SZ];
	while (room >= COLUMNS_LEAST / 2 && text_width(clean) > room) {
		size_t n = text_wrap(clean, room);
		memcpy(line, clean, n);
		line[n] = '\0';
		print_piece(p, style, line);
		clean += n;
		clean += strspn(clean, " ");
		(void)fprintf(p->f, "\n%*s", at, "");
	}
	print_piece(p, style, clean);
	(void)fputc('\n', p->f);
}

void print_line(const struct print *p, int indent, const char *fmt, ...)
{
	char line[PRINT_LINE_SZ];
	va_list ap;
	va_start(ap, fmt);
	format_clean(line, fmt, ap);
	va_end(ap);
	(void)fprintf(p->f, "%*s", indent, "");
	wrapped(p, indent, PRINT_PLAIN, line);
}

void print_styled(const struct print *p, enum print_style style, const char *fmt, ...)
{
	char line[PRINT_LINE_SZ];
	va_list ap;
	va_start(ap, fmt);
	format_clean(line, fmt, ap);
	va_end(ap);
	wrapped(p, 0, style, line);
}

void print_pair(const struct print *p, const char *label, const char *fmt, ...)
{
	char line[PRINT_LINE_SZ], shown[PRINT_LINE_SZ];
	va_list ap;
	va_start(ap, fmt);
	format_clean(line, fmt, ap);
	va_end(ap);
	if (line[0] == '\0')
		return;
	print_clean(shown, sizeof shown, label);
	int used = text_fit(shown, sizeof shown, shown, LABEL_COLUMNS - 1);
	(void)fprintf(p->f, "  %s%*s", shown, LABEL_COLUMNS - used, "");
	wrapped(p, 2 + LABEL_COLUMNS, PRINT_PLAIN, line);
}

void print_json(const struct print *p, const json_t *v)
{
	/* What JSON leaves as it is (C1 controls, bidi overrides) is no text for a terminal. */
	char *line = p->tty ? json_dumps(v, JSON_COMPACT | JSON_ENSURE_ASCII) : json_print_line(v);
	if (line != NULL)
		(void)fprintf(p->f, "%s\n", line);
	free(line);
}

enum print_style print_style_of(const char *state)
{
	static const struct {
		const char *state;
		enum print_style style;
	} of[] = {
	    {"inside", PRINT_GOOD},
	    {"waiting", PRINT_WARN},
	    {"refused", PRINT_BAD},
	    {"ended", PRINT_DIM},
	    {"cancelled", PRINT_DIM},
	    {"failed", PRINT_BAD},
	    {"held", PRINT_BAD},
	    {"fail", PRINT_BAD},
	    {"warn", PRINT_WARN},
	    {"ok", PRINT_GOOD},
	    {"done", PRINT_DIM},
	    {"dropped", PRINT_DIM},
	    {"acknowledged", PRINT_DIM},
	};
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		if (str_eq(of[i].state, state))
			return of[i].style;
	}
	return PRINT_PLAIN;
}

const char *print_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s != NULL ? s : "";
}

long long print_int(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

bool print_bool(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

const char *print_s(long long n)
{
	return n == 1 ? "" : "s";
}

enum err_code print_flush(const struct print *p, struct err *e)
{
	if (fflush(p->f) != 0 || ferror(p->f))
		return err_errno(e, ERR_IO, "standard output");
	return ERR_OK;
}
