/* scan: what a picture or a camera shows. foyer-camera looks at the pixels, as it does for a kiosk, locked in; here only its frames are read. */
#include "kiosk/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "scan/camera_wire.h"
#include "scan/document.h"

enum { WAIT_S = 30, WAIT_MOST_S = 24 * 3600 };

struct scan {
	struct cli *c;
	pid_t pid;
	int fd; /* its frames */
	struct camera_reader reader;
	json_t *codes;
	bool many;
	char state[CAMERA_WORD_SZ]; /* its last word */
};

/* --- the camera --------------------------------------------------------------------------- */

static _Noreturn void child(const char *path, const char *device, int out, pid_t parent)
{
	const int nul = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nul >= 0 && dup2(nul, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent)
		execl(path, "foyer-camera", "--once", "--device", device, (char *)NULL);
	_exit(127);
}

static enum err_code start(struct scan *s, const char *device, struct err *e)
{
	char path[PATH_MAX];
	int ends[2];
	enum err_code code = path_program(path, "foyer-camera", e);
	if (code != ERR_OK)
		return code;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(e, ERR_IO, "pipe");
	const pid_t parent = getpid();
	s->fd = ends[0];
	s->pid = fork();
	if (s->pid == 0)
		child(path, device, ends[1], parent);
	(void)close(ends[1]);
	return s->pid > 0 ? ERR_OK : err_errno(e, ERR_IO, "fork");
}

static void stop(struct scan *s)
{
	if (s->pid > 0) {
		(void)kill(s->pid, SIGKILL);
		while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (s->fd >= 0)
		(void)close(s->fd);
	camera_reader_fini(&s->reader);
	json_decref(s->codes);
}

/* --- what a code says ----------------------------------------------------------------------- */

/* UTF-8 of bytes in this charset; false where they cannot be in it. */
static bool convert(struct str_buf *text, const char *charset, const void *bytes, size_t len)
{
	iconv_t how = iconv_open("UTF-8", charset);
	char *in = (char *)(uintptr_t)bytes; /* iconv(3) changes none of it */
	bool ok = how != (iconv_t)-1;
	str_buf_clear(text);
	while (ok && len > 0) {
		char block[256], *out = block;
		size_t room = sizeof block;
		ok = iconv(how, &in, &len, &out, &room) != (size_t)-1 || errno == E2BIG;
		ok = str_buf_add(text, block, sizeof block - room) && ok;
		explicit_bzero(block, sizeof block);
	}
	if (how != (iconv_t)-1)
		(void)iconv_close(how);
	return ok;
}

/* ISO/IEC 18004, 7.4: bytes are ISO 8859-1 and kanji are Shift JIS where nothing else is said, and most codes are UTF-8 in truth. */
static json_t *text_of(const void *bytes, size_t len)
{
	static const char *const charsets[] = {"CP932", "ISO-8859-1"};
	json_t *text = json_stringn(bytes, len);
	struct str_buf b = STR_BUF_INIT;
	for (size_t i = 0; text == NULL && i < sizeof charsets / sizeof charsets[0]; i++)
		if (convert(&b, charsets[i], bytes, len))
			text = json_stringn(b.data, b.len);
	str_buf_fini(&b);
	return text;
}

static json_t *hex_of(const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * CAMERA_CODE_MAX + 1];
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	json_t *v = json_stringn(hex, 2 * len);
	explicit_bzero(hex, sizeof hex);
	return v;
}

static void set_text(json_t *o, const char *key, const char *value)
{
	if (value[0] != '\0')
		(void)json_object_set_new(o, key, json_string(value));
}

static void set_date(json_t *o, const char *key, const struct document_date *d)
{
	char text[32];
	if (d->year != 0 &&
	    str_print(text, sizeof text, "%04d-%02d-%02d", d->year, d->month, d->day))
		set_text(o, key, text);
}

static json_t *document_json(const struct document *d)
{
	json_t *o = json_object();
	const char sex[2] = {d->sex, '\0'};
	set_text(o, "kind", document_kind_name(d->kind));
	set_text(o, "source", d->source);
	set_text(o, "state", d->state);
	set_text(o, "region", d->region);
	set_text(o, "nationality", d->nationality);
	set_text(o, "number", d->number);
	set_text(o, "family", d->family);
	set_text(o, "given", d->given);
	set_text(o, "suffix", d->suffix);
	set_date(o, "birth", &d->birth);
	set_date(o, "expiry", &d->expiry);
	set_date(o, "issued", &d->issued);
	set_text(o, "sex", sex);
	set_text(o, "street", d->street);
	set_text(o, "city", d->city);
	set_text(o, "zip", d->zip);
	(void)json_object_set_new(o, "confidence", json_integer(d->confidence));
	return o;
}

/* NULL: it is no document. */
static json_t *document_of(const struct scan *s, const struct camera_frame *f)
{
	struct document d;
	struct err e;
	struct tm tm;
	const time_t now = (time_t)(clock_wall(&s->c->clock) / CLOCK_SECOND);
	if (f->kind == CAMERA_CODE || f->kind == CAMERA_STRAY || gmtime_r(&now, &tm) == NULL)
		return NULL;
	const struct document_date today = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
	json_t *o = NULL;
	if (document_read(&d, f->code, f->code_len, &today, &e) == ERR_OK)
		o = document_json(&d);
	document_clear(&d);
	return o;
}

static void take_code(struct scan *s, const struct camera_frame *f)
{
	json_t *document = document_of(s, f), *code = json_object();
	(void)json_object_set_new(code, "kind",
	    json_string(f->kind == CAMERA_CODE  ? "qr"
			: f->kind == CAMERA_MRZ ? "mrz"
						: "pdf417"));
	(void)json_object_set_new(code, "text", text_of(f->code, f->code_len));
	(void)json_object_set_new(code, "bytes", hex_of(f->code, f->code_len));
	if (document != NULL)
		(void)json_object_set_new(code, "document", document);
	if (f->kind == CAMERA_STRAY)
		(void)json_object_set_new(code, "stray", json_true());
	(void)json_array_append_new(s->codes, code);
}

/* --- until it ends -------------------------------------------------------------------------- */

static enum err_code take_frames(struct scan *s, struct err *e)
{
	struct camera_frame f;
	int rc;
	while ((rc = camera_reader_next(&s->reader, &f, e)) > 0) {
		switch (f.kind) {
		case CAMERA_CODE:
		case CAMERA_PDF417:
		case CAMERA_STRAY:
		case CAMERA_MRZ: take_code(s, &f); break;
		case CAMERA_MANY: s->many = true; break;
		case CAMERA_PREVIEW:
		case CAMERA_OUTLINE: break;
		case CAMERA_STATE: (void)str_copy(s->state, sizeof s->state, f.word); break;
		}
	}
	return rc < 0 ? e->code : ERR_OK;
}

/* To the end of its frames, or of the time; there is more behind a code only in the same breath. */
static enum err_code listen_to(struct scan *s, int64_t wait_s, struct err *e)
{
	const int64_t until_ms = clock_mono(&s->c->clock) + wait_s * CLOCK_SECOND;
	char bytes[16 * 1024];
	enum err_code code = ERR_OK;
	ssize_t n = 1;
	while (n > 0 && code == ERR_OK) {
		struct pollfd p = {.fd = s->fd, .events = POLLIN};
		const int64_t left_ms = until_ms - clock_mono(&s->c->clock);
		if (left_ms <= 0)
			break;
		if (poll(&p, 1, (int)left_ms) <= 0)
			continue;
		n = read(s->fd, bytes, sizeof bytes);
		if (n < 0)
			code = err_errno(e, ERR_IO, "foyer-camera");
		else if (n > 0)
			code = camera_reader_feed(&s->reader, bytes, (size_t)n, e);
		if (code == ERR_OK)
			code = take_frames(s, e);
	}
	explicit_bzero(bytes, sizeof bytes);
	return code;
}

static void print_codes(struct scan *s)
{
	size_t i;
	json_t *code;
	if (s->c->json) {
		json_t *all = json_pack("{s:O, s:b}", "codes", s->codes, "many", s->many);
		print_json(&s->c->out, all);
		json_decref(all);
		return;
	}
	json_array_foreach(s->codes, i, code)
	{
		const json_t *text = json_object_get(code, "text");
		if (s->c->out.tty) {
			print_line(&s->c->out, 0, "%s", json_string_value(text));
			continue;
		}
		(void)fwrite(json_string_value(text), 1, json_string_length(text), s->c->out.f);
		(void)fputc('\n', s->c->out.f);
	}
}

static enum cli_exit judge(struct scan *s, const char *device)
{
	if (json_array_size(s->codes) > 0)
		return CLI_OK;
	if (s->many)
		cli_complain(s->c, "%s: several passes at once; show one", device);
	else if (str_eq(s->state, "none"))
		cli_complain(s->c, "%s: there is no such file or device", device);
	else if (str_eq(s->state, "denied"))
		cli_complain(s->c, "%s: you may not open it", device);
	else if (str_eq(s->state, "busy"))
		cli_complain(s->c, "%s: another program has it", device);
	else if (str_eq(s->state, "unsuited"))
		cli_complain(s->c, "%s: neither a picture nor a camera that can be read", device);
	else if (str_eq(s->state, "ok"))
		cli_complain(s->c, "%s: no code was read", device);
	else
		cli_complain(s->c, "%s: foyer-camera ended before it looked", device);
	return str_eq(s->state, "denied") ? CLI_DENIED
	       : str_eq(s->state, "busy") ? CLI_UNREACHABLE
					  : CLI_NO;
}

enum cli_exit cmd_scan(struct cli *c)
{
	struct scan s = {.c = c, .fd = -1, .codes = json_array()};
	struct err e;
	int64_t wait_s = WAIT_S;
	const char *device = cli_word(c, 0);
	enum cli_exit rc = cli_opt_int(c, "wait", &wait_s, 1, WAIT_MOST_S);
	if (rc != CLI_OK)
		goto out;
	rc = CLI_NO;
	if (start(&s, device, &e) != ERR_OK || listen_to(&s, wait_s, &e) != ERR_OK) {
		cli_complain(c, "%s", e.msg);
		goto out;
	}
	rc = judge(&s, device);
	if (rc == CLI_OK || c->json)
		print_codes(&s);
out:
	stop(&s);
	return rc;
}
