#include "scan/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/path.h"
#include "make.h"
#include "scan/picture.h"

static char dir[PATH_MAX];
static struct source source;
static struct image im;

static void path_of(char dst[PATH_MAX], const char *name)
{
	assert_int_equal(path_join(dst, dir, name, NULL), ERR_OK);
}

static void remove_all(void)
{
	DIR *d = opendir(dir);
	if (d == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(d)) != NULL;)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			assert_int_equal(unlinkat(dirfd(d), entry->d_name, 0), 0);
	closedir(d);
	assert_int_equal(rmdir(dir), 0);
}

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	(void)state;
	assert_true(str_print(dir, sizeof dir, "%s/scan.XXXXXX", tmp != NULL ? tmp : "/tmp"));
	assert_non_null(mkdtemp(dir));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	source_close(&source);
	image_fini(&im);
	remove_all();
	return 0;
}

static void open_source(const char *path)
{
	struct err e;
	assert_int_equal(source_open(&source, path, 0, &e), ERR_OK);
	assert_non_null(source.calls);
	assert_false(source.live);
}

static bool picture(int64_t now_ms)
{
	struct err e;
	bool got = false;
	assert_int_equal(source.calls->picture(source.self, &im, &got, now_ms, &e), ERR_OK);
	return got;
}

static bool is_empty_scene(void)
{
	for (int i = 0; i < im.width * im.height; i++)
		if (im.grey[i] != im.grey[0])
			return false;
	return im.width == 640 && im.height == 480;
}

static void write_bytes(const char *name, const void *bytes, size_t n)
{
	char path[PATH_MAX];
	path_of(path, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(close(fd), 0);
}

/* A picture as wide as said, so that it is known again. */
static void write_picture(const char *name, int width)
{
	struct str_buf png = STR_BUF_INIT;
	struct image made = {0};
	make_slope(&made, width, 30);
	make_png(&png, &made, MAKE_GREY);
	write_bytes(name, png.data, png.len);
	image_fini(&made);
	str_buf_fini(&png);
}

static void assert_readable(void)
{
	struct pollfd p = {.fd = source.calls->fd(source.self), .events = POLLIN};
	assert_int_equal(poll(&p, 1, 5000), 1);
}

static void files__one__is_given_once(void **state)
{
	char path[PATH_MAX];
	(void)state;
	write_picture("a.png", 50);
	path_of(path, "a.png");
	open_source(path);
	assert_string_equal(source.folder, "");
	assert_int_equal(source.calls->fd(source.self), -1);
	assert_true(source.calls->due_ms(source.self) < 0);
	assert_true(picture(0));
	assert_int_equal(im.width, 50);
	assert_true(source.calls->due_ms(source.self) == INT64_MAX);
	assert_false(picture(100000));
}

static void files__one__that_is_no_picture_is_an_empty_scene(void **state)
{
	char path[PATH_MAX];
	(void)state;
	write_bytes("a.png", "\x89PNG\r\n\x1a\nxx", 10);
	path_of(path, "a.png");
	open_source(path);
	assert_true(picture(0));
	assert_true(is_empty_scene());
}

static void files__folder__shows_what_appears_for_a_while(void **state)
{
	(void)state;
	write_picture("before.png", 33);
	open_source(dir);
	assert_string_equal(source.folder, dir);
	assert_true(source.calls->due_ms(source.self) < 0);
	assert_true(picture(0));
	assert_true(is_empty_scene()); /* what was there before is not shown */
	assert_true(source.calls->due_ms(source.self) == INT64_MAX);
	assert_false(picture(100));
	write_picture("a.png", 51);
	assert_readable();
	assert_true(picture(1000));
	assert_int_equal(im.width, 51);
	assert_int_equal(source.calls->due_ms(source.self), 1000 + FILES_SHOW_MS);
	assert_false(picture(1000 + FILES_SHOW_MS - 1));
	assert_true(picture(1000 + FILES_SHOW_MS));
	assert_true(is_empty_scene());
	assert_false(picture(10000));
	/* The same name once more is once more a picture. */
	write_picture("a.png", 52);
	assert_true(picture(20000));
	assert_int_equal(im.width, 52);
	char path[PATH_MAX];
	path_of(path, "a.png");
	assert_int_equal(access(path, F_OK), 0); /* nothing is deleted */
}

static void files__folder__shows_several_in_turn(void **state)
{
	char from[PATH_MAX], to[PATH_MAX];
	(void)state;
	open_source(dir);
	assert_true(picture(0));
	write_picture(".part", 62);
	write_picture("a.png", 61);
	path_of(from, ".part");
	path_of(to, "b.png");
	assert_int_equal(rename(from, to), 0);
	write_picture("a.png", 63); /* waits already */
	write_picture(".hidden.png", 64);
	assert_true(picture(100));
	assert_int_equal(im.width, 63);
	assert_true(picture(100 + FILES_SHOW_MS));
	assert_int_equal(im.width, 62);
	assert_true(picture(100 + 2 * FILES_SHOW_MS));
	assert_true(is_empty_scene());
	assert_false(picture(100 + 9 * FILES_SHOW_MS));
}

static void files__folder__passes_over_what_is_no_picture(void **state)
{
	char path[PATH_MAX], target[PATH_MAX], from[PATH_MAX];
	(void)state;
	write_picture("target.png", 40);
	open_source(dir);
	assert_true(picture(0));
	/* A link and a pipe come to be elsewhere and are moved there, as they raise no event otherwise. */
	path_of(target, "target.png");
	path_of(from, ".link");
	path_of(path, "link.png");
	assert_int_equal(symlink(target, from), 0);
	assert_int_equal(rename(from, path), 0);
	path_of(from, ".pipe");
	path_of(path, "pipe.png");
	assert_int_equal(mkfifo(from, 0600), 0);
	assert_int_equal(rename(from, path), 0);
	write_bytes("empty.png", "", 0);
	write_bytes("\x1b]0;x\a\xff\n.png", "P5 9999 9999 255 ", 17);
	write_bytes("large.png", "\x89PNG\r\n\x1a\n", 8);
	path_of(path, "large.png");
	assert_int_equal(truncate(path, (off_t)PICTURE_BYTES_MAX + 1), 0);
	write_bytes("gone.png", "x", 1);
	path_of(path, "gone.png");
	assert_int_equal(unlink(path), 0);
	write_picture("good.png", 41);
	assert_true(picture(100));
	assert_int_equal(im.width, 41);
	assert_true(picture(100 + FILES_SHOW_MS));
	assert_true(is_empty_scene());
}

static void files__folder__too_many_at_once_are_bounded(void **state)
{
	char name[32];
	int shown = 0;
	(void)state;
	open_source(dir);
	assert_true(picture(0));
	for (int i = 0; i < 100; i++) {
		assert_true(str_print(name, sizeof name, "%d.png", i));
		write_picture(name, 30 + i);
	}
	for (int64_t t = 1000; picture(t) && !is_empty_scene(); t += FILES_SHOW_MS)
		assert_int_equal(im.width, 30 + shown++);
	assert_int_equal(shown, 64);
}

static void files__folder__that_goes_ends_the_source(void **state)
{
	struct err e;
	bool got;
	(void)state;
	open_source(dir);
	assert_true(picture(0));
	assert_int_equal(rmdir(dir), 0);
	assert_readable();
	assert_int_equal(source.calls->picture(source.self, &im, &got, 0, &e), ERR_UNREACHABLE);
}

static void source__open__names_what_is_wrong(void **state)
{
	char path[PATH_MAX];
	struct err e;
	(void)state;
	path_of(path, "nothing");
	assert_int_equal(source_open(&source, path, 0, &e), ERR_NOT_FOUND);
	assert_null(source.calls);
	assert_int_equal(source_open(&source, "", 0, &e), ERR_NOT_FOUND);
	assert_int_equal(source_open(&source, "/dev/null", 0, &e),
	    ERR_UNSUPPORTED); /* a device, but no camera */
	assert_null(source.calls);
	path_of(path, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(source_open(&source, path, 0, &e), ERR_UNSUPPORTED);
	write_bytes("large", "x", 1);
	path_of(path, "large");
	assert_int_equal(truncate(path, (off_t)PICTURE_BYTES_MAX + 1), 0);
	assert_int_equal(source_open(&source, path, 0, &e), ERR_TOO_LONG);
	source_close(&source); /* closed is closed */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(files__one__is_given_once),
	    TEST(files__one__that_is_no_picture_is_an_empty_scene),
	    TEST(files__folder__shows_what_appears_for_a_while),
	    TEST(files__folder__shows_several_in_turn),
	    TEST(files__folder__passes_over_what_is_no_picture),
	    TEST(files__folder__too_many_at_once_are_bounded),
	    TEST(files__folder__that_goes_ends_the_source),
	    TEST(source__open__names_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
