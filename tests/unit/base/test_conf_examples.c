/* The examples of foyer.conf(5) and the shipped file are configurations: each is read over the defaults. */
#include "base/conf.h"

#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "base/conf_table.h"
#include "base/path.h"
#include "base/str.h"

static char *page; /* the manual page */
static char file[PATH_MAX];

static int setup(void **state)
{
	(void)state;
	size_t n;
	const char *tmp = getenv("TMPDIR");
	if (!str_print(
		file, sizeof file, "%s/example.%d.conf", tmp != NULL ? tmp : "/tmp", (int)getpid()))
		return -1;
	return path_read(&page, &n, "man/foyer.conf.5", 1024 * 1024, NULL) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	free(page);
	return unlink(file);
}

/* What the page shows: mdoc's escapes undone. */
static void unescape(struct str_buf *b, const char *line, size_t n)
{
	static const char *const escapes[][2] = {
	    {"\\&", ""}, {"\\e", "\\"}, {"\\(dq", "\""}, {"\\-", "-"}};
	for (size_t i = 0; i < n;) {
		size_t k = 0;
		while (k < 4 && strncmp(line + i, escapes[k][0], strlen(escapes[k][0])) != 0)
			k++;
		if (k < 4) {
			assert_true(str_buf_print(b, "%s", escapes[k][1]));
			i += strlen(escapes[k][0]);
		} else {
			assert_true(str_buf_add(b, line + i++, 1));
		}
	}
	assert_true(str_buf_add(b, "\n", 1));
}

static void read_example(const struct str_buf *b, int line)
{
	struct conf *c;
	struct err e = {0};
	assert_int_equal(path_write(file, b->data, b->len, 0600, NULL), ERR_OK);
	if (conf_load(&c, file, &e) != ERR_OK)
		fail_msg("man/foyer.conf.5:%d: %s", line, e.msg);
	conf_free(c);
}

static void conf_examples__each_block_is_read(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	int blocks = 0, line = 0;
	bool inside = false;
	for (const char *p = page; *p != '\0'; line++) {
		size_t n = strcspn(p, "\n");
		if (str_starts(p, ".Bd -literal")) {
			inside = true;
		} else if (inside && str_starts(p, ".Ed")) {
			inside = false;
			blocks++;
			read_example(&b, line);
			str_buf_clear(&b);
		} else if (inside) {
			assert_true(p[0] != '.');
			unescape(&b, p, n);
		}
		p += n + (p[n] != '\0');
	}
	assert_false(inside);
	assert_true(blocks >= 9);
	str_buf_fini(&b);
}

/* Installed as it is, the shipped file says what no file says. */
static void conf_examples__shipped_file_is_the_default(void **state)
{
	(void)state;
	struct conf *shipped, *none;
	struct err e = {0};
	if (conf_load(&shipped, "etc/foyer.conf", &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_int_equal(conf_load(&none, NULL, NULL), ERR_OK);
	assert_int_equal(shipped->n_types, none->n_types);
	assert_memory_equal(&shipped->paths, &none->paths, sizeof none->paths);
	assert_memory_equal(&shipped->retention, &none->retention, sizeof none->retention);
	assert_memory_equal(&shipped->mail, &none->mail, sizeof none->mail);
	assert_memory_equal(shipped->kiosks, none->kiosks, sizeof none->kiosks);
	assert_memory_equal(shipped->groups, none->groups, sizeof none->groups);
	assert_memory_equal(shipped->roles, none->roles, sizeof none->roles);
	for (int i = 0; i < none->n_types; i++) {
		assert_string_equal(shipped->types[i].name, none->types[i].name);
		assert_int_equal(shipped->types[i].n_fields, none->types[i].n_fields);
	}
	conf_free(shipped);
	conf_free(none);
}

/* What is commented out in the shipped file is right, too. */
static void conf_examples__commented_sections_are_read(void **state)
{
	(void)state;
	char *text;
	size_t n;
	assert_int_equal(path_read(&text, &n, "etc/foyer.conf", 1024 * 1024, NULL), ERR_OK);
	struct str_buf b = STR_BUF_INIT;
	for (const char *p = text; *p != '\0';) {
		size_t len = strcspn(p, "\n");
		if (str_starts(p, "# printer") || str_starts(p, "# controller") ||
		    str_starts(p, "# }"))
			assert_true(str_buf_print(&b, "%.*s\n", (int)len - 2, p + 2));
		else if (str_starts(p, "#\t"))
			assert_true(str_buf_print(&b, "%.*s\n", (int)len - 1, p + 1));
		p += len + (p[len] != '\0');
	}
	assert_non_null(b.data);
	assert_non_null(strstr(b.data, "printer"));
	assert_non_null(strstr(b.data, "controller"));
	read_example(&b, 0);
	str_buf_fini(&b);
	free(text);
}

/* Every option that the program knows is in the manual page. */
static void conf_examples__page_names_every_option(void **state)
{
	(void)state;
	static const struct conf_option *const tables[] = {conf_table_languages, conf_table_demo,
	    conf_table_site, conf_table_paths, conf_table_mail, conf_table_retention,
	    conf_table_kiosk, conf_table_printer, conf_table_controller, conf_table_group,
	    conf_table_agreement, conf_table_disabled, conf_table_type, conf_table_field,
	    conf_table_role};
	int options = 0;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		for (const struct conf_option *o = tables[i]; o->name != NULL; o++, options++) {
			char item[100];
			(void)str_print(item, sizeof item, "Ic %s", o->name);
			if (strstr(page, item) == NULL)
				fail_msg("foyer.conf(5) does not know %s", o->name);
		}
	}
	assert_true(options > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(conf_examples__each_block_is_read),
	    cmocka_unit_test(conf_examples__shipped_file_is_the_default),
	    cmocka_unit_test(conf_examples__commented_sections_are_read),
	    cmocka_unit_test(conf_examples__page_names_every_option),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
