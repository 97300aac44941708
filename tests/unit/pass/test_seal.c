#include "pass/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "help.h"

static char dir[PATH_MAX], file[PATH_MAX + 8], pub[PATH_MAX + 16];

static int set_up(void **state)
{
	(void)state;
	help_dir_make(dir);
	(void)snprintf(file, sizeof file, "%s/seal", dir);
	(void)snprintf(pub, sizeof pub, "%s.pub", file);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	help_dir_remove(dir);
	return 0;
}

static void seal(const char *msg, char text[SEAL_TEXT_SZ])
{
	struct seal_public p;
	struct err e = {0};
	uint8_t box[SEAL_BOX_SZ];
	size_t n = 0;
	assert_int_equal(seal_public_load(&p, pub, &e), ERR_OK);
	assert_int_equal(seal_close(&p, box, &n, msg, strlen(msg), &e), ERR_OK);
	assert_int_equal(n, strlen(msg) + SEAL_MORE);
	(void)seal_text(text, box, n);
	assert_null(strstr(text, msg));
}

static enum err_code open_with(const char *key, const char *text, char dst[SEAL_MOST + 1])
{
	struct seal_secret *s = NULL;
	struct err e = {0};
	enum err_code code = seal_secret_load(&s, key, &e);
	assert_true((code == ERR_OK) == (s != NULL));
	if (code == ERR_OK)
		code = seal_open(s, dst, text, &e);
	seal_secret_free(s);
	return code;
}

static void seal__open__only_with_the_other_half(void **state)
{
	(void)state;
	struct err e = {0};
	char text[SEAL_TEXT_SZ], got[SEAL_MOST + 1], other[PATH_MAX + 8];
	assert_int_equal(seal_key_new(file, &e), ERR_OK);
	assert_int_equal(help_mode(dir, "seal"), 0400);
	assert_int_equal(help_mode(dir, "seal.pub"), 0444);
	seal("Zoë Müller", text);
	assert_int_equal(open_with(file, text, got), ERR_OK);
	assert_string_equal(got, "Zoë Müller");
	assert_int_equal(open_with(pub, text, got), ERR_DENIED); /* by its mode */
	(void)snprintf(other, sizeof other, "%s/other", dir);
	assert_int_equal(seal_key_new(other, &e), ERR_OK);
	assert_int_equal(open_with(other, text, got), ERR_REJECTED);
	assert_string_equal(got, "");
	text[10] = text[10] == 'A' ? 'B' : 'A';
	assert_int_equal(open_with(file, text, got), ERR_REJECTED);
	assert_int_equal(open_with(file, "AAAA", got), ERR_REJECTED);
	assert_int_equal(open_with(file, "not base64!", got), ERR_INPUT);
	assert_int_equal(open_with(file, "", got), ERR_REJECTED);
}

static void seal__close__bounds(void **state)
{
	(void)state;
	static uint8_t long_msg[SEAL_MOST + 1], box[SEAL_BOX_SZ];
	static char text[SEAL_TEXT_SZ], got[SEAL_MOST + 1];
	struct seal_public p;
	struct err e = {0};
	size_t n;
	memset(long_msg, 'x', sizeof long_msg);
	assert_int_equal(seal_key_new(file, &e), ERR_OK);
	assert_int_equal(seal_public_load(&p, pub, &e), ERR_OK);
	assert_int_equal(seal_close(&p, box, &n, long_msg, sizeof long_msg, &e), ERR_TOO_LONG);
	assert_int_equal(seal_close(&p, box, &n, long_msg, SEAL_MOST, &e), ERR_OK);
	assert_int_equal(open_with(file, seal_text(text, box, n), got), ERR_OK);
	assert_int_equal(strlen(got), SEAL_MOST);
	memset(&p, 0, sizeof p); /* a point of small order */
	assert_int_equal(seal_close(&p, box, &n, "x", 1, &e), ERR_CORRUPT);
}

static void seal__key_new__replaces_nothing(void **state)
{
	(void)state;
	struct err e = {0};
	help_text_file(dir, "seal", "mine", 0600);
	assert_int_equal(seal_key_new(file, &e), ERR_CONFLICT);
	assert_int_equal(access(pub, F_OK), -1);
	help_unlink(dir, "seal");
	help_text_file(dir, "seal.pub", "mine", 0600);
	assert_int_equal(seal_key_new(file, &e), ERR_CONFLICT);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(help_mode(dir, "seal.pub"), 0600);
}

static void seal__load__refuses(void **state)
{
	(void)state;
	struct err e = {0};
	struct seal_public p;
	struct seal_secret *s;
	assert_int_equal(seal_public_load(&p, pub, &e), ERR_NOT_FOUND);
	help_text_file(dir, "seal.pub", "00", 0444);
	assert_int_equal(seal_public_load(&p, pub, &e), ERR_CORRUPT);
	help_text_file(dir, "seal.pub", HELP_PUBLIC_HEX, 0666);
	assert_int_equal(seal_public_load(&p, pub, &e), ERR_DENIED);
	help_text_file(dir, "seal", HELP_SEED_HEX, 0444);
	assert_int_equal(seal_secret_load(&s, file, &e), ERR_DENIED);
	assert_null(strstr(e.msg, "0001020304"));
}

/* Else all that is sealed for the wrong half could be opened by nobody. */
static void seal__halves__are_told_apart(void **state)
{
	(void)state;
	struct err e = {0};
	struct seal_public p;
	struct seal_secret *s = NULL;
	assert_int_equal(seal_key_new(file, &e), ERR_OK);
	assert_int_equal(seal_public_load(&p, file, &e), ERR_CORRUPT);
	assert_non_null(strstr(e.msg, "does not begin with the word foyer-seal-public"));
	help_unlink(dir, "seal");
	help_text_file(dir, "seal", "foyer-seal-public " HELP_PUBLIC_HEX, 0400);
	assert_int_equal(seal_secret_load(&s, file, &e), ERR_CORRUPT);
	help_unlink(dir, "seal");
	help_text_file(dir, "seal", HELP_SEED_HEX, 0400);
	assert_int_equal(seal_secret_load(&s, file, &e), ERR_CORRUPT);
	assert_null(s);
	assert_null(strstr(e.msg, "0001020304"));
}

static void seal__hash__by_key_and_message(void **state)
{
	(void)state;
	struct err e = {0};
	struct seal_hasher *h = NULL, *other = NULL;
	uint8_t a[SEAL_HASH_BYTES], b[SEAL_HASH_BYTES];
	char folder[PATH_MAX];
	assert_int_equal(seal_hasher_load(&h, dir, &e), ERR_NOT_FOUND);
	assert_null(h);
	assert_int_equal(seal_hasher_new_file(dir, &e), ERR_OK);
	assert_int_equal(seal_hasher_new_file(dir, &e), ERR_CONFLICT);
	assert_int_equal(help_mode(dir, SEAL_HASH_FILE), 0400);
	assert_int_equal(seal_hasher_load(&h, dir, &e), ERR_OK);
	seal_hash(h, a, "DEU\0C01X", 8);
	seal_hash(h, b, "DEU\0C01X", 8);
	assert_memory_equal(a, b, sizeof a);
	seal_hash(h, b, "DEU\0C01Y", 8);
	assert_memory_not_equal(a, b, sizeof a);
	help_dir_make(folder);
	assert_int_equal(seal_hasher_new_file(folder, &e), ERR_OK);
	assert_int_equal(seal_hasher_load(&other, folder, &e), ERR_OK);
	seal_hash(other, b, "DEU\0C01X", 8);
	assert_memory_not_equal(a, b, sizeof a);
	seal_hasher_free(h);
	seal_hasher_free(other);
	help_dir_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		seal__open__only_with_the_other_half, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(seal__close__bounds, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(seal__key_new__replaces_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(seal__load__refuses, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(seal__halves__are_told_apart, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(seal__hash__by_key_and_message, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
