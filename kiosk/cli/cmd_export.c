/* export: rows as foyerd finds them, a JSON object a line, to a file of mode 0600 or to standard
 * output. */
#include "kiosk/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/file.h"

enum { LINE_MAX_SZ = 1024 * 1024 };

struct sink {
	struct cli *c;
	struct file *file; /* NULL: standard output */
	struct str_buf line; /* to a terminal: until its end is there */
	struct err e;
	bool failed;
};

/* What stands in a row was typed by strangers; a terminal gets it as ASCII (print_json). */
static void line_print(struct sink *s, size_t len)
{
	json_t *row = NULL;
	if (json_parse_object(&row, s->line.data, len, LINE_MAX_SZ, &s->e) == ERR_OK)
		print_json(&s->c->out, row);
	else
		s->failed = true;
	json_decref(row);
}

static bool to_terminal(struct sink *s, const char *bytes, size_t n)
{
	char *lf;
	s->line.max = LINE_MAX_SZ;
	if (!str_buf_add(&s->line, bytes, n)) {
		(void)err_set(&s->e, ERR_TOO_LONG, "a row of over %d bytes", LINE_MAX_SZ);
		s->failed = true;
	}
	while (!s->failed && s->line.len > 0 &&
	       (lf = memchr(s->line.data, '\n', s->line.len)) != NULL) {
		size_t len = (size_t)(lf - s->line.data);
		line_print(s, len);
		str_buf_shift(&s->line, len + 1);
	}
	return !s->failed;
}

static bool take(void *arg, const char *bytes, size_t n)
{
	struct sink *s = arg;
	if (s->file != NULL) {
		s->failed = file_add(s->file, bytes, n, &s->e) != ERR_OK;
	} else if (s->c->out.tty) {
		return to_terminal(s, bytes, n);
	} else if (fwrite(bytes, 1, n, s->c->out.f) != n) {
		(void)err_errno(&s->e, ERR_IO, "standard output");
		s->failed = true;
	}
	return !s->failed;
}

static enum cli_exit target(struct cli *c, struct api_target *t)
{
	int64_t from_ms = 0, until_ms = 0;
	const char *from = cli_opt(c, "from"), *until = cli_opt(c, "until");
	struct cli query = *c; /* the words after the first */
	query.args.words++;
	query.args.n_words--;
	char *q = cli_words(&query);
	*t = api_target_of("/v1/export");
	api_target_add(t, "what", cli_word(c, 0));
	if (q[0] != '\0')
		api_target_add(t, "q", q);
	free(q);
	enum cli_exit rc = from != NULL ? cli_when(c, "--from", from, false, 0, &from_ms) : CLI_OK;
	if (rc == CLI_OK && until != NULL)
		rc = cli_when(c, "--until", until, true, from_ms, &until_ms);
	/* foyerd takes a span or none: an open end is the far future. */
	if (from != NULL || until != NULL) {
		api_target_add_int(t, "from_ms", from_ms);
		api_target_add_int(t, "until_ms", until != NULL ? until_ms : INT64_MAX);
	}
	return rc;
}

enum cli_exit cmd_export(struct cli *c)
{
	struct api_target t;
	struct file file = {.fd = -1};
	struct sink s = {.c = c};
	const char *path = cli_opt(c, "output");
	enum cli_exit rc = target(c, &t);
	if (rc != CLI_OK)
		return rc;
	if (path != NULL && !str_eq(path, "-")) {
		s.failed = file_begin(&file, path, cli_flag(c, "force"), &s.e) != ERR_OK;
		s.file = &file;
	}
	if (!s.failed)
		rc = api_stream(c, &t, take, &s);
	if (rc == CLI_OK && !s.failed && s.file != NULL)
		s.failed = file_finish(&file, &s.e) != ERR_OK;
	file_abandon(&file);
	str_buf_fini(&s.line);
	if (s.failed) {
		cli_complain(c, "%s", s.e.msg);
		return CLI_NO;
	}
	if (rc == CLI_UNREACHABLE)
		cli_complain(c, path != NULL
				    ? "the export broke off: no file was made"
				    : "the export broke off: what was printed is not all of it");
	return rc;
}
