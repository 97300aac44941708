#include "tests/unit/kiosk/cli_rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"

enum { WORDS = 64, ASKED_MAX = 1024 * 1024, HANDS_S = 30 };

int rig_setup(void **state)
{
	struct cli_rig *r = mem_new(1, sizeof *r);
	const char *tmp = getenv("TMPDIR");
	if (!str_print(r->dir, sizeof r->dir, "%s/cli.XXXXXX", tmp != NULL ? tmp : "/tmp") ||
	    mkdtemp(r->dir) == NULL)
		return -1;
	(void)rig_path(r, "api.sock", r->socket);
	(void)rig_path(r, "seen", r->seen);
	if (freopen("/dev/null", "r", stdin) == NULL) /* nobody to ask */
		return -1;
	(void)unsetenv("FOYER_SOCKET");
	(void)unsetenv("COLUMNS");
	(void)setenv("FOYER_CONF", rig_path(r, "none.conf", (char[PATH_MAX]){0}), 1);
	*state = r;
	return 0;
}

static void outputs_free(struct cli_rig *r)
{
	free(r->out);
	free(r->err);
	free(r->asked);
	r->out = r->err = r->asked = NULL;
}

static void folder_remove(const char *dir)
{
	DIR *d = opendir(dir);
	for (struct dirent *f; d != NULL && (f = readdir(d)) != NULL;) {
		char below[PATH_MAX];
		if (f->d_name[0] == '.' && (f->d_name[1] == '\0' || f->d_name[1] == '.'))
			continue;
		if (unlinkat(dirfd(d), f->d_name, 0) != 0 &&
		    path_join(below, dir, f->d_name, NULL) == ERR_OK)
			folder_remove(below);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(dir);
}

int rig_teardown(void **state)
{
	struct cli_rig *r = *state;
	if (r->server > 0) {
		(void)kill(r->server, SIGKILL);
		(void)waitpid(r->server, NULL, 0);
	}
	outputs_free(r);
	folder_remove(r->dir);
	free(r);
	return 0;
}

const char *rig_path(struct cli_rig *r, const char *name, char dst[PATH_MAX])
{
	assert_int_equal(path_join(dst, r->dir, name, NULL), ERR_OK);
	return dst;
}

void rig_write(struct cli_rig *r, const char *name, const char *text, unsigned mode)
{
	char path[PATH_MAX];
	assert_int_equal(
	    path_write(rig_path(r, name, path), text, strlen(text), mode, NULL), ERR_OK);
}

/* --- the server, a child: it uses no cmocka --------------------------------------------------- */

/* A whole request: its head, and a body as long as Content-Length says. */
static bool request_read(int fd, int seen)
{
	struct str_buf b = {.max = ASKED_MAX};
	char piece[4096];
	size_t want = 0;
	bool whole = false;
	while (!whole) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n <= 0 || !str_buf_add(&b, piece, (size_t)n))
			break;
		const char *end = strstr(b.data, "\r\n\r\n"),
			   *length = strstr(b.data, "Content-Length: ");
		if (end == NULL)
			continue;
		want = (size_t)(end + 4 - b.data) +
		       (length != NULL && length < end ? strtoul(length + 16, NULL, 10) : 0);
		whole = b.len >= want;
	}
	if (b.len > 0 &&
	    (write(seen, b.data, b.len) != (ssize_t)b.len || write(seen, "\n", 1) != 1))
		whole = false;
	str_buf_fini(&b);
	return whole;
}

static void answer(int fd, const char *line)
{
	struct str_buf b = {.max = 2 * ASKED_MAX};
	const char *body = strchr(line, ' ');
	if (body == NULL)
		return;
	(void)str_buf_print(&b,
	    "HTTP/1.1 %.3s x\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
	    line, strlen(body + 1));
	(void)str_buf_add(&b, body + 1, strlen(body + 1));
	for (size_t at = 0; at < b.len;) {
		ssize_t n = send(fd, b.data + at, b.len - at, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	str_buf_fini(&b);
}

static void serve(int listen_fd, const char *const script[], const char *seen_path)
{
	int seen = open(seen_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)alarm(HANDS_S); /* a client that never comes must not leave us waiting */
	for (; seen >= 0 && *script != NULL; script++) {
		int fd = accept(listen_fd, NULL, NULL);
		if (fd < 0 || (!str_eq(*script, RIG_LOOK) && !request_read(fd, seen)))
			_exit(1);
		answer(fd, *script);
		(void)close(fd);
	}
	_exit(seen >= 0 ? 0 : 1);
}

void rig_serve(struct cli_rig *r, const char *const script[])
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	assert_true(str_copy(a.sun_path, sizeof a.sun_path, r->socket));
	(void)unlink(r->socket);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(fd, 8), 0);
	r->server = fork();
	assert_true(r->server >= 0);
	if (r->server == 0)
		serve(fd, script, r->seen);
	(void)close(fd);
}

const char *rig_asked(struct cli_rig *r)
{
	int status = -1;
	size_t len;
	assert_int_equal(waitpid(r->server, &status, 0), r->server);
	r->server = 0;
	assert_int_equal(status, 0);
	free(r->asked);
	r->asked = NULL;
	assert_int_equal(path_read(&r->asked, &len, r->seen, ASKED_MAX, NULL), ERR_OK);
	return r->asked;
}

/* --- a command --------------------------------------------------------------------------- */

enum cli_exit rig_run_wide(struct cli_rig *r, int columns, const char *const words[])
{
	char *argv[WORDS + 1] = {mem_strdup("foyer"), mem_strdup("-s"), mem_strdup(r->socket)};
	int argc = 3;
	for (; *words != NULL && argc < WORDS; words++)
		argv[argc++] = mem_strdup(*words);
	outputs_free(r);
	r->c = (struct cli){.clock = clock_system()};
	r->c.out = (struct print){.f = open_memstream(&r->out, &r->out_len), .columns = columns};
	r->c.err = (struct print){.f = open_memstream(&r->err, &r->err_len), .columns = columns};
	enum cli_exit rc = cli_run(&r->c, argc, argv);
	(void)fclose(r->c.out.f);
	(void)fclose(r->c.err.f);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return rc;
}
