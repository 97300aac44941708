#include "notify/template.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

static const char *const standard_vars[] = {"visitor", "company", "host", "site", "place", "from",
    "until", "arrived", "left", "type", "code", "qr", "number", "reception", "reason", "note",
    "privacy", "document"};

static const char *const texts[] = {
    "invitation", "invitation-cancelled", "host-arrival", "host-approval", "host-missed"};

/* A name that is safe in a path and readable in a message. */
static bool is_word(const char *s, size_t n, const char *more)
{
	for (size_t i = 0; i < n; i++) {
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= '0' && s[i] <= '9') &&
		    (s[i] == '\0' || strchr(more, s[i]) == NULL))
			return false;
	}
	return n > 0 && n < TEXT_WORD_SZ;
}

void mail_vars_init(struct mail_vars *v)
{
	memset(v, 0, sizeof *v);
	for (size_t i = 0; i < sizeof standard_vars / sizeof standard_vars[0]; i++)
		(void)str_copy(v->of[v->n++].name, TEXT_WORD_SZ, standard_vars[i]);
}

static int find_var(const struct mail_vars *v, const char *name, size_t n)
{
	for (int i = 0; i < v->n; i++) {
		if (strlen(v->of[i].name) == n && memcmp(v->of[i].name, name, n) == 0)
			return i;
	}
	return -1;
}

enum err_code mail_vars_set(struct mail_vars *v, const char *name, const char *value, struct err *e)
{
	size_t n = strlen(name);
	if (!is_word(name, n, "_-"))
		return err_set(e, ERR_INPUT, "the name of a variable holds a-z, 0-9, _ and -");
	int i = find_var(v, name, n);
	if (i < 0 && v->n == MAIL_VARS)
		return err_set(e, ERR_TOO_MANY, "more than %d variables", MAIL_VARS);
	if (i < 0) {
		i = v->n++;
		(void)str_copy(v->of[i].name, TEXT_WORD_SZ, name);
	}
	return text_clean(
	    v->of[i].value, TEXT_FIELD_SZ, value, strlen(value), TEXT_LINE | TEXT_CUT, e);
}

/* A text in the wrong encoding would go out as rubbish to every visitor: tell the line instead. */
static enum err_code check_text(const struct mail_template *t, struct err *e)
{
	size_t start = 0;
	char *line = mem_new(t->len + 1, 3);
	enum err_code code = ERR_OK;
	for (int number = 1; start < t->len && code == ERR_OK; number++) {
		const char *end = memchr(t->src + start, '\n', t->len - start);
		size_t n = end != NULL ? (size_t)(end - t->src) - start : t->len - start;
		if (text_clean(line, 3 * (t->len + 1), t->src + start, n, TEXT_STRICT, NULL) !=
		    ERR_OK)
			code =
			    err_set(e, ERR_CONFIG, "%s:%d: not plain UTF-8 text", t->label, number);
		start += n + 1;
	}
	free(line);
	return code;
}

static enum err_code read_one(
    struct mail_template *t, const char *dir, const char *lang, const char *name, struct err *e)
{
	char path[PATH_MAX];
	(void)str_print(t->label, sizeof t->label, "%s/%s.txt", lang, name);
	enum err_code code = path_join(path, dir, t->label, e);
	if (code == ERR_OK)
		code = path_read(&t->src, &t->len, path, MAIL_TEMPLATE_MAX, e);
	if (code != ERR_OK)
		return code;
	/* An editor on another system ends lines by CR LF. */
	size_t to = 0;
	for (size_t i = 0; i < t->len; i++) {
		if (t->src[i] != '\r')
			t->src[to++] = t->src[i];
	}
	t->len = to;
	code = check_text(t, e);
	if (code != ERR_OK)
		mail_template_fini(t);
	return code;
}

enum err_code mail_template_load(
    struct mail_template *t, const char *dir, const char *lang, const char *name, struct err *e)
{
	memset(t, 0, sizeof *t);
	if (!is_word(name, strlen(name), "-") ||
	    !is_word(lang, strlen(lang), "-ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		return err_set(e, ERR_CONFIG, "a mail text or its language has no plain name");
	char base[TEXT_WORD_SZ];
	(void)str_copy(base, sizeof base, lang);
	base[strcspn(base, "-")] = '\0';
	const char *const langs[] = {lang, base, "en"};
	enum err_code code = ERR_NOT_FOUND;
	for (size_t i = 0; i < 3 && code == ERR_NOT_FOUND; i++) {
		if (langs[i][0] != '\0')
			code = read_one(t, dir, langs[i], name, e);
	}
	return code;
}

void mail_template_fini(struct mail_template *t)
{
	free(t->src);
	memset(t, 0, sizeof *t);
}

/* One part of a text being rendered. */
struct render {
	const struct mail_template *t;
	const struct mail_vars *vars;
	struct str_buf *out;
	size_t i, end; /* of t->src */
	int line;
	char open[TEXT_WORD_SZ]; /* the optional part we are in, or "" */
	int open_line;
	bool hidden; /* and its variable is empty */
};

static enum err_code put(struct render *r, const char *s, size_t n, struct err *e)
{
	if (r->hidden || str_buf_add(r->out, s, n))
		return ERR_OK;
	return err_set(e, ERR_CONFIG, "%s:%d: the text grows beyond %d bytes", r->t->label, r->line,
	    MAIL_BODY_MAX);
}

static enum err_code open_part(struct render *r, const char *name, size_t n, int var, struct err *e)
{
	if (r->open[0] != '\0')
		return err_set(e, ERR_CONFIG, "%s:%d: {{?%.*s}} inside {{?%s}}", r->t->label,
		    r->line, (int)n, name, r->open);
	(void)str_print(r->open, sizeof r->open, "%.*s", (int)n, name);
	r->open_line = r->line;
	r->hidden = r->vars->of[var].value[0] == '\0';
	return ERR_OK;
}

static enum err_code close_part(struct render *r, const char *name, size_t n, struct err *e)
{
	if (strlen(r->open) != n || memcmp(r->open, name, n) != 0)
		return err_set(e, ERR_CONFIG, "%s:%d: {{/%.*s}} closes nothing", r->t->label,
		    r->line, (int)n, name);
	r->open[0] = '\0';
	r->hidden = false;
	return ERR_OK;
}

/* r->i stands on "{{". */
static enum err_code render_tag(struct render *r, struct err *e)
{
	const char *src = r->t->src, *tag = src + r->i + 2;
	const char *line_end = memchr(tag, '\n', r->end - r->i - 2);
	size_t room = line_end != NULL ? (size_t)(line_end - tag) : r->end - r->i - 2;
	const char *close = memmem(tag, room, "}}", 2);
	if (close == NULL)
		return err_set(
		    e, ERR_CONFIG, "%s:%d: {{ without }} on the same line", r->t->label, r->line);
	char kind = *tag == '?' || *tag == '/' ? *tag : '=';
	const char *name = kind == '=' ? tag : tag + 1;
	size_t n = (size_t)(close - name);
	int var = is_word(name, n, "_-") ? find_var(r->vars, name, n) : -1;
	if (var < 0)
		return err_set(e, ERR_CONFIG, "%s:%d: unknown variable \"%.*s\"", r->t->label,
		    r->line, (int)(n < 40 ? n : 40), name);
	bool first = r->i == 0 || src[r->i - 1] == '\n';
	r->i = (size_t)(close + 2 - src);
	if (kind == '=')
		return put(r, r->vars->of[var].value, strlen(r->vars->of[var].value), e);
	enum err_code code =
	    kind == '?' ? open_part(r, name, n, var, e) : close_part(r, name, n, e);
	if (first && r->i < r->end && src[r->i] == '\n') {
		r->i++;
		r->line++;
	}
	return code;
}

static enum err_code render_part(struct render *r, struct err *e)
{
	enum err_code code = ERR_OK;
	while (r->i < r->end && code == ERR_OK) {
		const char *at = r->t->src + r->i;
		if (r->end - r->i >= 2 && at[0] == '{' && at[1] == '{') {
			code = render_tag(r, e);
			continue;
		}
		code = put(r, at, 1, e);
		if (*at == '\n')
			r->line++;
		r->i++;
	}
	if (code == ERR_OK && r->open[0] != '\0')
		code = err_set(e, ERR_CONFIG, "%s:%d: {{?%s}} is never closed", r->t->label,
		    r->open_line, r->open);
	return code;
}

enum err_code mail_template_render(const struct mail_template *t, const struct mail_vars *v,
    char subject[MAIL_SUBJECT_SZ], struct str_buf *body, struct err *e)
{
	static const char head[] = "Subject: ";
	const size_t head_n = sizeof head - 1;
	subject[0] = '\0';
	const char *eol = memchr(t->src, '\n', t->len);
	if (eol == NULL || t->len < head_n || memcmp(t->src, head, head_n) != 0)
		return err_set(e, ERR_CONFIG, "%s:1: must be \"Subject: …\"", t->label);
	size_t first = (size_t)(eol - t->src);
	if (first + 1 >= t->len || t->src[first + 1] != '\n')
		return err_set(e, ERR_CONFIG, "%s:2: must be empty, the body follows it", t->label);

	struct str_buf line = {.max = MAIL_TEMPLATE_MAX};
	struct render r = {.t = t, .vars = v, .out = &line, .i = head_n, .end = first, .line = 1};
	enum err_code code = render_part(&r, e);
	if (code == ERR_OK && line.len > 0)
		code = text_clean(
		    subject, MAIL_SUBJECT_SZ, line.data, line.len, TEXT_LINE | TEXT_CUT, e);
	str_buf_fini(&line);
	if (code == ERR_OK && subject[0] == '\0')
		code = err_set(e, ERR_CONFIG, "%s:1: the subject is empty", t->label);
	if (code != ERR_OK)
		return code;

	if (body->max == 0 || body->max > MAIL_BODY_MAX)
		body->max = MAIL_BODY_MAX;
	r = (struct render){
	    .t = t, .vars = v, .out = body, .i = first + 2, .end = t->len, .line = 3};
	code = render_part(&r, e);
	if (code == ERR_OK && body->len == 0)
		code = err_set(e, ERR_CONFIG, "%s:3: the body is empty", t->label);
	return code;
}

static enum err_code check_lang(const char *dir, const char *lang, struct err *e)
{
	struct mail_vars vars;
	mail_vars_init(&vars);
	enum err_code code = ERR_OK;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0] && code == ERR_OK; i++) {
		struct mail_template t;
		char subject[MAIL_SUBJECT_SZ];
		struct str_buf body = STR_BUF_INIT;
		code = mail_template_load(&t, dir, lang, texts[i], e);
		if (code == ERR_OK)
			code = mail_template_render(&t, &vars, subject, &body, e);
		str_buf_fini(&body);
		mail_template_fini(&t);
	}
	return code;
}

enum err_code mail_template_check(const char *dir, struct err *e)
{
	DIR *d = opendir(dir);
	if (d == NULL)
		return err_errno(e, ERR_NOT_FOUND, "%s", dir);
	enum err_code code = check_lang(dir, "en", e);
	for (struct dirent *entry; code == ERR_OK && (entry = readdir(d)) != NULL;) {
		if (entry->d_name[0] != '.')
			code = check_lang(dir, entry->d_name, e);
	}
	(void)closedir(d);
	return code;
}
