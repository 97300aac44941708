#include "base/lang.h"

#include "check.h"

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/str.h"

/* A catalogue of one text in the form that msgfmt writes (gettext manual, "The Format of GNU MO Files"). */
static void write_catalogue(const char *data_dir, const char *folder, const char *answer)
{
	static const char id[] = "Hello", head[] = "Content-Type: text/plain; charset=UTF-8\n";
	char path[PATH_MAX], at[PATH_MAX];
	static const char *const below[] = {"locale", NULL, "LC_MESSAGES"};
	assert_true(str_copy(path, sizeof path, data_dir));
	for (int i = 0; i < 3; i++) {
		assert_true(
		    str_print(at, sizeof at, "%s/%s", path, below[i] != NULL ? below[i] : folder));
		(void)mkdir(at, 0700);
		assert_true(str_copy(path, sizeof path, at));
	}
	assert_true(str_print(path, sizeof path, "%s/foyer.mo", at));
	uint32_t ids = 28, texts = ids + 16, data = texts + 16;
	uint32_t n_head = (uint32_t)strlen(head), n_answer = (uint32_t)strlen(answer);
	uint32_t words[15] = {0x950412de, 0, 2, ids, texts, 0, 0,
	    /* ids: "" and "Hello" */ 0, data, 5, data + 1,
	    /* texts */ n_head, data + 7, n_answer, data + 7 + n_head + 1};
	struct str_buf b = STR_BUF_INIT;
	assert_true(str_buf_add(&b, words, sizeof words));
	assert_true(str_buf_add(&b, "", 1) && str_buf_add(&b, id, sizeof id));
	assert_true(str_buf_add(&b, head, n_head + 1) && str_buf_add(&b, answer, n_answer + 1));
	assert_int_equal(path_write(path, b.data, b.len, 0600, NULL), ERR_OK);
	str_buf_fini(&b);
}

static int setup(void **state)
{
	(void)state;
	static char dir[PATH_MAX];
	const char *tmp = getenv("TMPDIR");
	if (!str_print(dir, sizeof dir, "%s/lang.XXXXXX", tmp != NULL ? tmp : "/tmp") ||
	    mkdtemp(dir) == NULL)
		return -1;
	write_catalogue(dir, "de", "Hallo, schöne Welt");
	write_catalogue(dir, "fr", "Bonjour");
	write_catalogue(dir, "pt_BR", "Olá");
	(void)setenv("FOYER_DATADIR", dir, 1);
	(void)setenv("LANG", "fr_FR.UTF-8", 1); /* what the user's shell says must not count */
	(void)unsetenv("LC_ALL");
	(void)setenv("LANGUAGE", "fr", 1);
	struct err e = {0};
	return lang_init(&e) == ERR_OK ? 0 : -1;
}

static void lang__init__english_and_utf8(void **state)
{
	(void)state;
	assert_string_equal(lang_get(), "en");
	assert_string_equal(_("Hello"), "Hello");
	assert_string_equal(setlocale(LC_ALL, NULL), "C.UTF-8");
}

static void lang__set__switches_at_run_time(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		lang_set("de");
		assert_string_equal(_("Hello"), "Hallo, schöne Welt");
		assert_string_equal(lang_get(), "de");
		lang_set("fr");
		assert_string_equal(_("Hello"), "Bonjour");
		lang_set("en");
		assert_string_equal(_("Hello"), "Hello");
		lang_set("pt-BR");
		assert_string_equal(_("Hello"), "Olá");
		assert_string_equal(lang_get(), "pt-BR");
	}
	assert_string_equal(_("Nobody translated this"), "Nobody translated this");
}

static void lang__set__unknown_is_english(void **state)
{
	(void)state;
	static const char *const odd[] = {
	    "zz", "", "de:fr", "../de", "de_DE", "a-very-long-tag", "\xff", "d", "de\nfr", "de/.."};
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		lang_set("de");
		lang_set(odd[i]);
		assert_string_equal(_("Hello"), "Hello");
	}
}

static void lang__own_name(void **state)
{
	(void)state;
	assert_string_equal(lang_own_name("de"), "Deutsch");
	assert_string_equal(lang_own_name("ar"), "العربية");
	assert_string_equal(lang_own_name("tlh"), "tlh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lang__init__english_and_utf8),
	    cmocka_unit_test(lang__set__switches_at_run_time),
	    cmocka_unit_test(lang__set__unknown_is_english),
	    cmocka_unit_test(lang__own_name),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
