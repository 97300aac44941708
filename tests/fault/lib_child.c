#include "tests/fault/lib_child.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"

enum { CHILD_SECONDS = 60, FILE_MOST = 64 * 1024 * 1024 };

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

void fault_begin(void)
{
	const char *fast = getenv("FAULT_FAST");
	must(setenv("CMOCKA_TEST_ABORT", "1", 1) == 0, "setenv");
	must(fast == NULL || setenv("TMPDIR", fast, 1) == 0, "setenv");
	must(sodium_init() >= 0, "libsodium");
	log_open("test", LOG_TARGET_STDERR, LOG_LEVEL_WARN);
}

uint64_t fault_seed(void)
{
	const char *s = getenv("SEED");
	uint64_t seed = s != NULL ? strtoull(s, NULL, 10) : 0;
	return seed != 0 ? seed : 1;
}

int fault_rounds(int promised)
{
	const char *s = getenv("ROUNDS");
	int n = s != NULL ? (int)strtol(s, NULL, 10) : 0;
	return n > 0 ? n : promised;
}

uint64_t fault_mix(uint64_t a, uint64_t b, uint64_t c)
{
	const uint64_t all[] = {a, b, c};
	uint64_t mixed = 0;
	uint8_t hash[crypto_generichash_BYTES];
	(void)crypto_generichash(hash, sizeof hash, (const uint8_t *)all, sizeof all, NULL, 0);
	memcpy(&mixed, hash, sizeof mixed);
	return mixed | 1;
}

void *fault_shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(p != MAP_FAILED, "mmap");
	return p;
}

void fault_house(struct lobby *l, const char *extra)
{
	lobby_open(l, extra);
	lobby_close(l);
}

static void copy_file(const char *from, const char *to)
{
	struct err e = {0};
	char *text = NULL;
	size_t len = 0;
	struct stat st;
	must(stat(from, &st) == 0, from);
	if (path_read(&text, &len, from, FILE_MOST, &e) != ERR_OK) {
		fprintf(stderr, "%s\n", e.msg);
		abort();
	}
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0777);
	must(fd >= 0 && write(fd, text, len) == (ssize_t)len && close(fd) == 0, to);
	free(text);
}

/* What is in dir: removed, or copied to another. */
static void each_file(const char *dir, const char *to)
{
	DIR *d = opendir(dir);
	must(d != NULL, dir);
	for (struct dirent *de; (de = readdir(d)) != NULL;) {
		char a[512], b[512];
		if (de->d_name[0] == '.')
			continue;
		must(str_print(a, sizeof a, "%s/%s", dir, de->d_name), "a path");
		if (to == NULL) {
			must(unlink(a) == 0, a);
			continue;
		}
		must(str_print(b, sizeof b, "%s/%s", to, de->d_name), "a path");
		size_t n = strlen(b);
		if (n < 4 || strcmp(b + n - 4, "-shm") != 0) /* goes with its processes */
			copy_file(a, b);
	}
	(void)closedir(d);
}

void fault_copy(struct lobby *l, const struct lobby *from, const char *name)
{
	char dir[sizeof l->dir];
	const char *slash = strrchr(from->dir, '/');
	must(str_print(dir, sizeof dir, "%.*s/%s", (int)(slash - from->dir), from->dir, name),
	    "a path");
	if (mkdir(dir, 0700) != 0)
		each_file(dir, NULL);
	each_file(from->dir, dir);
	*l = *from;
	(void)str_copy(l->dir, sizeof l->dir, dir);
}

/* --- children ------------------------------------------------------------------------------- */

static void said_read(struct outcome *o, int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > (off_t)sizeof o->said - 1 ? end - (off_t)sizeof o->said + 1 : 0;
	ssize_t n = pread(fd, o->said, sizeof o->said - 1, from);
	o->said[n > 0 ? n : 0] = '\0';
}

void fault_child(struct outcome *o, void (*fn)(void *arg), void *arg)
{
	int fd = memfd_create("said", MFD_CLOEXEC);
	must(fd >= 0, "memfd_create");
	(void)fflush(NULL);
	pid_t pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		(void)alarm(CHILD_SECONDS);
		must(dup2(fd, STDERR_FILENO) >= 0, "dup2");
		fn(arg);
		_exit(0);
	}
	must(waitpid(pid, &o->status, 0) == pid, "waitpid");
	said_read(o, fd);
	(void)close(fd);
}

bool outcome_exit(const struct outcome *o, int status)
{
	return WIFEXITED(o->status) && WEXITSTATUS(o->status) == status;
}

bool outcome_good(const struct outcome *o)
{
	return outcome_exit(o, 0);
}
