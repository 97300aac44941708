#include "help.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

extern char **environ;

void help_dir_make(char dst[PATH_MAX])
{
	const char *tmp = getenv("TMPDIR");
	assert_true(str_print(dst, PATH_MAX, "%s/pass.XXXXXX", tmp != NULL ? tmp : "/tmp"));
	assert_non_null(mkdtemp(dst));
}

void help_dir_remove(const char *dir)
{
	DIR *d = opendir(dir);
	assert_non_null(d);
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			help_unlink(dir, entry->d_name);
	}
	closedir(d);
	assert_int_equal(rmdir(dir), 0);
}

static void path_of(char dst[PATH_MAX], const char *dir, const char *name)
{
	assert_true(str_print(dst, PATH_MAX, "%s/%s", dir, name));
}

void help_unlink(const char *dir, const char *name)
{
	char path[PATH_MAX];
	path_of(path, dir, name);
	assert_true(unlink(path) == 0 || (errno == EISDIR && rmdir(path) == 0) || errno == ENOENT);
}

void help_file(const char *dir, const char *name, const void *data, size_t len, unsigned mode)
{
	char path[PATH_MAX];
	help_unlink(dir, name);
	path_of(path, dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(fchmod(fd, (mode_t)mode), 0);
	close(fd);
}

void help_text_file(const char *dir, const char *name, const char *text, unsigned mode)
{
	help_file(dir, name, text, strlen(text), mode);
}

unsigned help_mode(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	path_of(path, dir, name);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	return st.st_mode & 07777;
}

void help_key_files(const char *dir)
{
	help_text_file(dir, "pass-001.key", HELP_SEED_HEX "\n", 0400);
	help_text_file(dir, "pass-001.pub", HELP_PUBLIC_HEX "\n", 0444);
}

struct pass_ring *help_ring(const char *dir)
{
	struct err e = {0};
	struct pass_ring *ring = NULL;
	if (pass_ring_load(&ring, dir, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	return ring;
}

/* Only what differs from US, stated apart from pass/layout.c: symbols/de, fr and gb of xkb-data. NULL: a dead key. */
struct typed {
	char us;
	const char *shown;
};
static const struct typed de[] = {{'`', NULL}, {'~', "°"}, {'@', "\""}, {'#', "§"}, {'^', "&"},
    {'&', "/"}, {'*', "("}, {'(', ")"}, {')', "="}, {'-', "ß"}, {'_', "?"}, {'=', NULL},
    {'+', NULL}, {'y', "z"}, {'Y', "Z"}, {'z', "y"}, {'Z', "Y"}, {'[', "ü"}, {'{', "Ü"}, {']', "+"},
    {'}', "*"}, {'\\', "#"}, {'|', "'"}, {';', "ö"}, {':', "Ö"}, {'\'', "ä"}, {'"', "Ä"},
    {'<', ";"}, {'>', ":"}, {'/', "-"}, {'?', "_"}, {0}};
static const struct typed fr[] = {{'`', "²"}, {'1', "&"}, {'2', "é"}, {'3', "\""}, {'4', "'"},
    {'5', "("}, {'6', "-"}, {'7', "è"}, {'8', "_"}, {'9', "ç"}, {'0', "à"}, {'!', "1"}, {'@', "2"},
    {'#', "3"}, {'$', "4"}, {'%', "5"}, {'^', "6"}, {'&', "7"}, {'*', "8"}, {'(', "9"}, {')', "0"},
    {'-', ")"}, {'_', "°"}, {'a', "q"}, {'A', "Q"}, {'q', "a"}, {'Q', "A"}, {'z', "w"}, {'Z', "W"},
    {'w', "z"}, {'W', "Z"}, {'[', NULL}, {'{', NULL}, {']', "$"}, {'}', "£"}, {'\\', "*"},
    {'|', "µ"}, {';', "m"}, {':', "M"}, {'\'', "ù"}, {'"', "%"}, {'m', ","}, {'M', "?"}, {',', ";"},
    {'<', "."}, {'.', ":"}, {'>', "/"}, {'/', "!"}, {'?', "§"}, {0}};
static const struct typed uk[] = {
    {'@', "\""}, {'#', "£"}, {'"', "@"}, {'~', "¬"}, {'\\', "#"}, {'|', "~"}, {0}};
static const struct typed us[] = {{0}};

bool help_type(char *dst, size_t dst_sz, const char *text, enum pass_layout l)
{
	const struct typed *tables[PASS_LAYOUT_COUNT] = {us, de, fr, uk};
	size_t n = 0;
	dst[0] = '\0';
	for (; *text != '\0'; text++) {
		const char same[2] = {*text, '\0'};
		const char *shown = same;
		for (const struct typed *t = tables[l]; t->us != '\0'; t++) {
			if (t->us == *text)
				shown = t->shown;
		}
		if (shown == NULL)
			return false;
		assert_true(str_copy(dst + n, dst_sz - n, shown));
		n += strlen(shown);
	}
	return true;
}

void help_zbar(char *dst, size_t dst_sz, const char *dir, const char *name)
{
	char path[PATH_MAX], program[] = "zbarimg", raw[] = "--raw", quiet[] = "-q",
			     nodbus[] = "--nodbus", disable[] = "-Sdisable",
			     enable[] = "-Sqrcode.enable";
	char *argv[] = {program, raw, quiet, nodbus, disable, enable, path, NULL};
	int fds[2], status;
	pid_t pid;
	posix_spawn_file_actions_t actions;
	path_of(path, dir, name);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	if (posix_spawnp(&pid, program, &actions, NULL, argv, environ) != 0)
		fail_msg("zbarimg (Debian: zbar-tools) is not there");
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	size_t len = 0;
	for (ssize_t n; len + 1 < dst_sz && (n = read(fds[0], dst + len, dst_sz - 1 - len)) > 0;)
		len += (size_t)n;
	dst[len] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) &&
		    (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 4)); /* 4: no symbol */
	if (len > 0 && dst[len - 1] == '\n')
		dst[len - 1] = '\0';
}

void help_pgm(const char *dir, const char *name, const uint8_t *grey, size_t w, size_t h)
{
	struct str_buf b = STR_BUF_INIT;
	assert_true(str_buf_print(&b, "P5\n%zu %zu\n255\n", w, h));
	assert_true(str_buf_add(&b, grey, w * h));
	help_file(dir, name, b.data, b.len, 0600);
	str_buf_fini(&b);
}
