// rooms: base
/*
 * A courier's side of foyer-courier(7): whatever comes on its standard input, what it writes are lines of JSON, one for the first line and one
 * for each job, about that job. Input that begins with '!' brings its first line along.
 *
 * The kind "echo" says what its job tells it to say, so that texts go there and back.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/courier.h"
#include "base/log.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINE_MOST = 4096, INPUT_MOST = 16 * 1024, PIECES = 48, TEXT_SZ = 400 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* --- a courier that says what it is told ----------------------------------------------------- */

static enum err_code start(void *arg, const struct courier_start *s, struct err *e)
{
	struct json_reader r;
	bool refuse = false;
	(void)arg;
	json_read_begin(&r, s->conf, e);
	json_read_bool(&r, "refuse", JSON_OPTIONAL, &refuse);
	json_read_ignore_rest(&r);
	enum err_code code = json_read_end(&r);
	return code == ERR_OK && refuse ? err_set(e, ERR_CONFIG, "told to refuse") : code;
}

static void echo(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct json_reader r;
	struct err e = {0};
	char how[TEXT_WORD_SZ] = "", class[TEXT_WORD_SZ] = "", reason[TEXT_SZ] = "",
	     remedy[TEXT_SZ] = "";
	int64_t after_ms = 0;
	(void)arg;
	courier_job_begin(&r, job, &e);
	json_read_text(&r, "how", JSON_OPTIONAL, how, sizeof how, TEXT_LINE);
	json_read_text(&r, "class", JSON_OPTIONAL, class, sizeof class, TEXT_LINE);
	json_read_text(&r, "reason", JSON_OPTIONAL, reason, sizeof reason, TEXT_LINE);
	json_read_text(&r, "remedy", JSON_OPTIONAL, remedy, sizeof remedy, TEXT_LINE);
	json_read_int(&r, "after_ms", JSON_OPTIONAL, &after_ms, 0, 1000000);
	if (json_read_end(&r) != ERR_OK) {
		courier_bad_job(a, &e);
	} else if (str_eq(how, "done")) {
		courier_done(a);
		courier_add(a, "reply", json_string(reason));
	} else if (str_eq(how, "retry")) {
		courier_retry(a, class, "%s", reason);
		courier_remedy(a, "%s", remedy);
	} else if (str_eq(how, "pending")) {
		courier_pending(a, after_ms);
	} else if (str_eq(how, "failed")) {
		courier_failed(a, class, "%s", reason);
	} /* else it says nothing */
}

static void check(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	(void)arg;
	courier_checked(a, job->attempt == 0, "idle", "because", "do");
}

/* --- what it wrote ------------------------------------------------------------------------- */

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void answer_check(const json_t *o, bool first)
{
	const char *how = text_of(o, "result"), *job = text_of(o, "job");
	struct uuid id;
	if (first) {
		const bool ready = json_is_true(json_object_get(o, "ready"));
		must(json_integer_value(json_object_get(o, "v")) == 1 && job == NULL);
		must(ready == (text_of(o, "reason") == NULL));
		return;
	}
	must(how != NULL && (str_eq(how, "done") || str_eq(how, "retry") || str_eq(how, "failed")));
	must(job != NULL && uuid_parse(&id, job));
	must(str_eq(how, "done") || text_of(o, "class") != NULL);
	const char *reason = text_of(o, "reason");
	must(reason == NULL || text_is_clean(reason, TEXT_LINE));
}

/* The number of lines; each ends with LF and is an object. */
static int output_check(const char *text, size_t len)
{
	int n = 0;
	must(len == 0 || text[len - 1] == '\n');
	for (const char *at = text; at < text + len; n++) {
		const char *lf = memchr(at, '\n', (size_t)(text + len - at));
		json_t *o = NULL;
		must(
		    json_parse_object(&o, at, (size_t)(lf - at), COURIER_LINE_MAX, NULL) == ERR_OK);
		answer_check(o, n == 0);
		json_decref(o);
		at = lf + 1;
	}
	return n;
}

/* --- a run ----------------------------------------------------------------------------------- */

static char folder[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void folder_remove(void)
{
	(void)nftw(folder, remove_one, 4, FTW_DEPTH | FTW_PHYS);
}

static void folder_make(void)
{
	const char *tmp = getenv("TMPDIR");
	must(str_print(folder, sizeof folder, "%.40s/run.XXXXXX", tmp != NULL ? tmp : "/tmp"));
	must(mkdtemp(folder) != NULL && atexit(folder_remove) == 0);
}

/* A first line of the input's own; but its lock lies in our folder, or nowhere. */
static void first_line(struct str_buf *in, const char *line, size_t len)
{
	json_t *o = NULL;
	if (json_parse_object(&o, line, len, LINE_MOST, NULL) != ERR_OK) {
		(void)str_buf_add(in, line, len);
	} else {
		const char *run = json_string_value(json_object_get(o, "run"));
		if (run != NULL)
			(void)json_object_set_new(o, "run",
			    json_string(str_eq(run, "nowhere") ? "/nonexistent" : folder));
		char *text = json_print_line(o);
		(void)str_buf_print(in, "%s", text);
		free(text);
	}
	(void)str_buf_add(in, "\n", 1);
	json_decref(o);
}

static void input_make(struct str_buf *in, const char *data, size_t size)
{
	static const char usual[] =
	    "{\"v\":1,\"courier\":\"fuzz\",\"name\":\"one\",\"run\":\"\",\"conf\":{}}";
	if (size == 0 || data[0] != '!') {
		first_line(in, usual, sizeof usual - 1);
		(void)str_buf_add(in, data, size);
		return;
	}
	const char *lf = memchr(data, '\n', size);
	size_t len = lf != NULL ? (size_t)(lf - data) : size;
	first_line(in, data + 1, len - 1);
	if (lf != NULL)
		(void)str_buf_add(in, lf + 1, size - len - 1);
}

/* What it writes when this comes in so many pieces; the caller frees. */
static char *serve(const char *in, size_t in_len, size_t pieces, size_t *len, enum err_code *code)
{
	static const struct courier_kind kinds[] = {{"echo", echo}, {"check", check}, {NULL, NULL}};
	const struct courier_spec spec = {.program = "fuzz",
	    .courier = "fuzz",
	    .line_max = LINE_MOST,
	    .start = start,
	    .kinds = kinds};
	int ends[2], room = 1 << 20, out = memfd_create("out", MFD_CLOEXEC);
	struct err e = {0};
	must(out >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	must(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
	const size_t step = in_len / pieces + 1;
	for (size_t at = 0; at < in_len; at += step) {
		size_t n = in_len - at < step ? in_len - at : step;
		/* Longer ones would be cut by the reader's buffer, which a pipe does not do. */
		for (size_t k = 0; k < n; k += 4096)
			must(send(ends[0], in + at + k, n - k < 4096 ? n - k : 4096, 0) > 0);
	}
	must(close(ends[0]) == 0);
	*code = courier_serve(&spec, ends[1], out, &e);
	must((*code == ERR_OK) == (e.code == ERR_OK));
	must(close(ends[1]) == 0);
	off_t size = lseek(out, 0, SEEK_END);
	char *text = mem_new((size_t)size + 1, 1);
	must(pread(out, text, (size_t)size, 0) == size);
	(void)close(out);
	*len = (size_t)size;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str_buf in = STR_BUF_INIT;
	enum err_code whole_code, cut_code;
	size_t whole_len, cut_len;
	if (size > INPUT_MOST)
		return 0;
	if (folder[0] == '\0') {
		log_open("fuzz", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
		folder_make();
	}
	input_make(&in, (const char *)data, size);
	char *whole = serve(in.data, in.len, 1, &whole_len, &whole_code);
	char *cut = serve(in.data, in.len, PIECES, &cut_len, &cut_code);
	must(whole_code == cut_code && whole_len == cut_len && memcmp(whole, cut, whole_len) == 0);
	int answers = output_check(whole, whole_len), lines = 0;
	for (size_t i = 0; i < in.len; i++)
		lines += in.data[i] == '\n';
	must(answers <= lines); /* never two answers, and none that nobody asked for */
	must(whole_code != ERR_OK || answers == lines); /* and one for each, where all went well */
	free(whole);
	free(cut);
	str_buf_fini(&in);
	return 0;
}
