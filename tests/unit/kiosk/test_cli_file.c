#include "kiosk/cli/file.h"

#include "tests/unit/kiosk/cli_rig.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

static int entries(const char *dir)
{
	int n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *f; d != NULL && (f = readdir(d)) != NULL;)
		n += f->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static enum err_code put(const char *path, const char *text, bool force)
{
	struct file f;
	enum err_code code = file_begin(&f, path, force, NULL);
	if (code == ERR_OK)
		code = file_add(&f, text, strlen(text), NULL);
	if (code == ERR_OK)
		return file_finish(&f, NULL);
	file_abandon(&f);
	return code;
}

static void holds(const char *path, const char *text)
{
	char *data = NULL;
	size_t len;
	assert_int_equal(path_read(&data, &len, path, 1000, NULL), ERR_OK);
	assert_string_equal(data, text);
	free(data);
}

static void file__finish__whole_and_private(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX];
	struct stat st;
	rig_path(r, "a.png", path);
	assert_int_equal(put(path, "one", false), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	holds(path, "one");
	assert_int_equal(entries(r->dir), 1);
}

static void file__begin__keeps_what_is_there(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX];
	rig_write(r, "a.png", "old", 0644);
	assert_int_equal(put(rig_path(r, "a.png", path), "new", false), ERR_CONFLICT);
	holds(path, "old");
	assert_int_equal(put(path, "new", true), ERR_OK);
	holds(path, "new");
	assert_int_equal(entries(r->dir), 1);
}

/* It came while we were writing. */
static void file__finish__sees_a_name_taken_meanwhile(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX];
	struct file f;
	assert_int_equal(file_begin(&f, rig_path(r, "a.png", path), false, NULL), ERR_OK);
	assert_int_equal(file_add(&f, "new", 3, NULL), ERR_OK);
	rig_write(r, "a.png", "theirs", 0644);
	assert_int_equal(file_finish(&f, NULL), ERR_CONFLICT);
	holds(path, "theirs");
	assert_int_equal(entries(r->dir), 1);
}

static void file__abandon__leaves_nothing(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX];
	struct file f;
	assert_int_equal(file_begin(&f, rig_path(r, "a.png", path), false, NULL), ERR_OK);
	file_abandon(&f);
	file_abandon(&f);
	assert_int_equal(entries(r->dir), 0);
}

/* A link is not followed, a device not replaced, forced or not. */
static void file__begin__regular_files_only(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX], target[PATH_MAX];
	rig_write(r, "target", "old", 0600);
	assert_int_equal(symlink(rig_path(r, "target", target), rig_path(r, "link", path)), 0);
	assert_int_equal(put(path, "new", true), ERR_CONFLICT);
	holds(target, "old");
	assert_int_equal(put("/dev/null", "new", true), ERR_CONFLICT);
	assert_int_equal(put(r->dir, "new", true), ERR_CONFLICT);
	assert_int_equal(put("/nonexistent/folder/a", "new", true), ERR_IO);
	char huge[PATH_MAX + 10];
	memset(huge, 'x', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	assert_int_equal(put(huge, "new", true), ERR_TOO_LONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		file__finish__whole_and_private, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(
		file__begin__keeps_what_is_there, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(
		file__finish__sees_a_name_taken_meanwhile, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(file__abandon__leaves_nothing, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(
		file__begin__regular_files_only, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
