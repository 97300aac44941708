#include "base/path.h"

#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

static char dir[PATH_MAX];

/* A path in the test's own folder; four at a time. */
static const char *in(const char *name)
{
	static char paths[4][PATH_MAX];
	static int next;
	char *p = paths[next++ % 4];
	assert_true(str_print(p, PATH_MAX, "%s/%s", dir, name));
	return p;
}

static void put(const char *name, const void *data, size_t n, unsigned mode)
{
	assert_int_equal(path_write(in(name), data, n, mode, NULL), ERR_OK);
}

static int setup(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	if (!str_print(dir, sizeof dir, "%s/path.XXXXXX", tmp != NULL ? tmp : "/tmp"))
		return -1;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	DIR *d = opendir(dir);
	for (struct dirent *f; d != NULL && (f = readdir(d)) != NULL;)
		(void)unlinkat(dirfd(d), f->d_name, 0);
	if (d != NULL)
		(void)closedir(d);
	return rmdir(dir);
}

static void path__join__one_slash(void **state)
{
	(void)state;
	char dst[PATH_MAX];
	static const char *const v[][3] = {{"/a", "b", "/a/b"}, {"/a/", "b", "/a/b"},
	    {"/a//", "/b", "/a/b"}, {"/", "b", "/b"}, {"", "b", "b"}, {"a", "", "a/"}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		assert_int_equal(path_join(dst, v[i][0], v[i][1], NULL), ERR_OK);
		assert_string_equal(dst, v[i][2]);
	}
	char longer[PATH_MAX];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	struct err e;
	assert_int_equal(path_join(dst, longer, "b", &e), ERR_TOO_LONG);
	assert_string_equal(dst, "");
}

static void path__write__whole_and_replaced(void **state)
{
	(void)state;
	char *data;
	size_t n;
	put("f", "one\0two", 7, 0600);
	assert_int_equal(path_read(&data, &n, in("f"), 7, NULL), ERR_OK);
	assert_int_equal(n, 7);
	assert_memory_equal(data, "one\0two", 8);
	free(data);
	put("f", "", 0, 0640);
	assert_int_equal(path_read(&data, &n, in("f"), 7, NULL), ERR_OK);
	assert_int_equal(n, 0);
	assert_string_equal(data, "");
	free(data);
	struct stat st;
	assert_int_equal(stat(in("f"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	/* Nothing else is left in the folder. */
	DIR *d = opendir(dir);
	int files = 0;
	for (struct dirent *f; (f = readdir(d)) != NULL;)
		files += f->d_name[0] != '.';
	(void)closedir(d);
	assert_int_equal(files, 1);
}

static void path__write__fails_without_traces(void **state)
{
	(void)state;
	struct err e;
	assert_int_equal(path_write(in("no/such/folder"), "x", 1, 0600, &e), ERR_NOT_FOUND);
	assert_int_equal(mkdir(in("taken"), 0700), 0);
	assert_int_not_equal(path_write(in("taken"), "x", 1, 0600, &e), ERR_OK);
	assert_int_equal(rmdir(in("taken")), 0);
	char longer[PATH_MAX];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(path_write(longer, "x", 1, 0600, &e), ERR_TOO_LONG);
}

static void path__read__bounds_and_kinds(void **state)
{
	(void)state;
	char *data = NULL;
	size_t n;
	struct err e;
	put("f", "12345678", 8, 0600);
	assert_int_equal(path_read(&data, &n, in("f"), 7, &e), ERR_TOO_LONG);
	assert_int_equal(path_read(&data, &n, in("none"), 7, &e), ERR_NOT_FOUND);
	assert_int_equal(path_read(&data, &n, dir, 7, &e), ERR_DENIED);
	assert_int_equal(path_read(&data, &n, "/dev/zero", 7, &e), ERR_DENIED);
	assert_int_equal(mkfifo(in("fifo"), 0600), 0);
	assert_int_equal(
	    path_read(&data, &n, in("fifo"), 7, &e), ERR_DENIED); /* and it did not hang */
	assert_null(data);
	assert_int_equal(
	    path_read(&data, &n, "/proc/self/cmdline", 4096, &e), ERR_OK); /* tells a size of 0 */
	assert_true(n > 0);
	free(data);
	assert_int_equal(path_read(&data, &n, "/proc/self/maps", 10, &e), ERR_TOO_LONG);
}

static void path__secret__reads_one_line(void **state)
{
	(void)state;
	char secret[9];
	struct err e;
	put("s", "password\n", 9, 0400);
	assert_int_equal(path_read_secret(secret, sizeof secret, in("s"), &e), ERR_OK);
	assert_string_equal(secret, "password");
	put("s", "password", 8, 0640);
	assert_int_equal(path_read_secret(secret, sizeof secret, in("s"), &e), ERR_OK);
	assert_string_equal(secret, "password");
}

static void path__secret__refuses(void **state)
{
	(void)state;
	char secret[9];
	struct err e;
	static const struct {
		const char *data;
		size_t n;
		unsigned mode;
		enum err_code code;
	} v[] = {{"password", 8, 0644, ERR_DENIED}, {"password", 8, 0660, ERR_DENIED},
	    {"password", 8, 0604, ERR_DENIED}, {"passwords", 9, 0400, ERR_TOO_LONG},
	    {"passwords\n", 10, 0400, ERR_TOO_LONG}, {"", 0, 0400, ERR_CONFIG},
	    {"\n", 1, 0400, ERR_CONFIG}, {"a\0b", 3, 0400, ERR_CONFIG},
	    {"a\nb\n", 4, 0400, ERR_CONFIG}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		put("s", v[i].data, v[i].n, v[i].mode);
		assert_int_equal(path_read_secret(secret, sizeof secret, in("s"), &e), v[i].code);
		assert_memory_equal(secret, "\0\0\0\0\0\0\0\0\0", sizeof secret);
		assert_null(strstr(e.msg, "password"));
	}
	put("s", "password", 8, 0400);
	(void)unlink(in("link"));
	assert_int_equal(symlink(in("s"), in("link")), 0);
	assert_int_equal(path_read_secret(secret, sizeof secret, in("link"), &e), ERR_DENIED);
	assert_int_equal(path_read_secret(secret, sizeof secret, in("none"), &e), ERR_NOT_FOUND);
	assert_int_equal(path_read_secret(secret, sizeof secret, dir, &e), ERR_DENIED);
}

static void path__secret__of_somebody_else(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	char secret[9];
	put("s", "password", 8, 0400);
	assert_int_equal(chown(in("s"), 65534, 65534), 0);
	assert_int_equal(path_read_secret(secret, sizeof secret, in("s"), NULL), ERR_DENIED);
}

static void path__data__told_or_installed(void **state)
{
	(void)state;
	char dst[PATH_MAX];
	assert_int_equal(setenv("FOYER_DATADIR", "/some/where", 1), 0);
	assert_string_equal(path_data(dst, "badge/x.svg"), "/some/where/badge/x.svg");
	assert_int_equal(setenv("FOYER_DATADIR", "not/absolute", 1), 0);
	assert_string_equal(path_data(dst, "badge"), FOYER_DATADIR "/badge");
	assert_int_equal(unsetenv("FOYER_DATADIR"), 0);
	assert_string_equal(
	    path_data(dst, "badge"), FOYER_DATADIR "/badge"); /* nothing beside a unit test */
}

static void path__program__beside_us_or_not_found(void **state)
{
	(void)state;
	char dst[PATH_MAX], self[PATH_MAX];
	struct err e;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	assert_true(n > 0);
	self[n] = '\0';
	assert_int_equal(path_program(dst, strrchr(self, '/') + 1, &e), ERR_OK);
	assert_string_equal(dst, self);
	assert_int_equal(path_program(dst, "no-such-program", &e), ERR_NOT_FOUND);
	assert_string_equal(dst, "");
	assert_int_equal(path_program(dst, "../../../../../../bin/sh", &e), ERR_NOT_FOUND);
	assert_int_equal(path_program(dst, "", &e), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(path__join__one_slash),
	    cmocka_unit_test(path__write__whole_and_replaced),
	    cmocka_unit_test(path__write__fails_without_traces),
	    cmocka_unit_test(path__read__bounds_and_kinds),
	    cmocka_unit_test(path__secret__reads_one_line),
	    cmocka_unit_test(path__secret__refuses),
	    cmocka_unit_test(path__secret__of_somebody_else),
	    cmocka_unit_test(path__data__told_or_installed),
	    cmocka_unit_test(path__program__beside_us_or_not_found),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
