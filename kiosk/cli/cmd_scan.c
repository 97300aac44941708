/* scan: what a picture or a camera shows, or a reader sends. foyer-camera looks at the pixels, as it does for a kiosk, locked in; here only its frames are read. */
#include "kiosk/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "kiosk/cli/scan_code.h"
#include "kiosk/cli/scan_reader.h"
#include "scan/camera_wire.h"

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

/* --- until it ends -------------------------------------------------------------------------- */

static void take_code(struct scan *s, enum scan_kind kind, const struct camera_frame *f)
{
	(void)json_array_append_new(s->codes, scan_code(kind, f->code, f->code_len, &s->c->clock));
}

static enum err_code take_frames(struct scan *s, struct err *e)
{
	struct camera_frame f;
	int rc;
	while ((rc = camera_reader_next(&s->reader, &f, e)) > 0) {
		switch (f.kind) {
		case CAMERA_CODE: take_code(s, SCAN_QR, &f); break;
		case CAMERA_PDF417: take_code(s, SCAN_PDF417, &f); break;
		case CAMERA_STRAY: take_code(s, SCAN_STRAY, &f); break;
		case CAMERA_MRZ: take_code(s, SCAN_MRZ, &f); break;
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
		cli_complain(s->c, "%s: neither a picture nor a device that can be read", device);
	else if (str_eq(s->state, "ok"))
		cli_complain(s->c, "%s: no code was read", device);
	else
		cli_complain(s->c, "%s: foyer-camera ended before it looked", device);
	return str_eq(s->state, "denied") ? CLI_DENIED
	       : str_eq(s->state, "busy") ? CLI_UNREACHABLE
					  : CLI_NO;
}

static enum cli_exit look(struct scan *s, const char *device, int64_t wait_s)
{
	struct err e;
	if (start(s, device, &e) == ERR_OK && listen_to(s, wait_s, &e) == ERR_OK)
		return judge(s, device);
	cli_complain(s->c, "%s", e.msg);
	return CLI_NO;
}

enum cli_exit cmd_scan(struct cli *c)
{
	struct scan s = {.c = c, .fd = -1, .codes = json_array()};
	int64_t wait_s = WAIT_S;
	const char *device = cli_word(c, 0);
	struct reader_conf *reader = mem_new(1, sizeof *reader);
	enum cli_exit rc = cli_opt_int(c, "wait", &wait_s, 1, WAIT_MOST_S);
	if (rc == CLI_OK)
		rc = scan_reader_conf(c, device, reader);
	if (rc != CLI_OK)
		goto out;
	rc = reader->device[0] != '\0' ? scan_reader(c, reader, wait_s, s.codes)
				       : look(&s, device, wait_s);
	if (rc == CLI_OK || c->json)
		print_codes(&s);
out:
	free(reader);
	stop(&s);
	return rc;
}
