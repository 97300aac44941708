#include "pass/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "help.h"

static char dir[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	help_dir_make(dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	help_dir_remove(dir);
	return 0;
}

static void path_to(char dst[PATH_MAX], const char *name)
{
	assert_true(str_print(dst, PATH_MAX, "%s/%s", dir, name));
}

static enum err_code load(void)
{
	struct err e = {0};
	struct pass_ring *ring = NULL;
	enum err_code code = pass_ring_load(&ring, dir, &e);
	assert_true((code == ERR_OK) == (ring != NULL));
	assert_int_equal(code, e.code);
	assert_null(strstr(e.msg, "0001020304"));
	pass_ring_free(ring);
	return code;
}

static void key__new__makes_the_next(void **state)
{
	(void)state;
	struct err e = {0};
	uint8_t id = 9, ids[255], sig[PASS_SIG_BYTES];
	mode_t old = umask(0077);
	assert_int_equal(pass_key_new(dir, &id, &e), ERR_OK);
	assert_int_equal(id, 1);
	assert_int_equal(pass_key_new(dir, &id, &e), ERR_OK);
	assert_int_equal(id, 2);
	umask(old);
	assert_int_equal(help_mode(dir, "pass-001.key"), 0400);
	assert_int_equal(help_mode(dir, "pass-001.pub"), 0444);
	assert_int_equal(help_mode(dir, "pass-002.key"), 0400);

	struct pass_ring *ring = help_ring(dir);
	assert_int_equal(pass_ring_signer(ring), 2);
	assert_int_equal(pass_ring_ids(ring, ids), 2);
	assert_int_equal(ids[0], 1);
	assert_int_equal(ids[1], 2);
	pass_ring_sign(ring, sig, "hello", 5);
	assert_true(pass_ring_verify(ring, 2, sig, "hello", 5));
	assert_false(pass_ring_verify(ring, 2, sig, "hellO", 5));
	assert_false(pass_ring_verify(ring, 1, sig, "hello", 5));
	assert_false(pass_ring_verify(ring, 3, sig, "hello", 5));
	assert_true(pass_ring_has(ring, 1));
	assert_false(pass_ring_has(ring, 0));
	pass_ring_free(ring);
}

static void key__new__goes_on_after_a_gap_and_ends_at_255(void **state)
{
	(void)state;
	struct err e = {0};
	uint8_t id;
	help_text_file(dir, "pass-254.pub", HELP_PUBLIC_HEX, 0444);
	assert_int_equal(pass_key_new(dir, &id, &e), ERR_OK);
	assert_int_equal(id, 255);
	assert_int_equal(pass_key_new(dir, &id, &e), ERR_TOO_MANY);
	assert_int_equal(id, 0);
	struct pass_ring *ring = help_ring(dir);
	assert_int_equal(pass_ring_signer(ring), 255);
	pass_ring_free(ring);
}

static void key__new__many_at_once_never_share_an_id(void **state)
{
	(void)state;
	enum { MAKERS = 4, EACH = 5 };
	pid_t pids[MAKERS];
	for (int i = 0; i < MAKERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			uint8_t id;
			for (int n = 0; n < EACH; n++) {
				if (pass_key_new(dir, &id, NULL) != ERR_OK)
					_exit(1);
			}
			_exit(0);
		}
	}
	for (int i = 0; i < MAKERS; i++) {
		int status;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	uint8_t ids[255];
	struct pass_ring *ring = help_ring(dir);
	assert_int_equal(pass_ring_ids(ring, ids), MAKERS * EACH);
	assert_int_equal(pass_ring_signer(ring), MAKERS * EACH);
	pass_ring_free(ring);
}

static void key__new__wants_the_folder(void **state)
{
	(void)state;
	char none[PATH_MAX];
	uint8_t id;
	path_to(none, "none");
	struct err e = {0};
	struct pass_ring *ring = NULL;
	assert_int_equal(pass_key_new(none, &id, &e), ERR_NOT_FOUND);
	assert_int_equal(pass_ring_load(&ring, none, &e), ERR_NOT_FOUND);
	help_text_file(dir, "none", "a file", 0600);
	assert_int_equal(pass_key_new(none, &id, NULL), ERR_NOT_FOUND);
	assert_int_equal(pass_ring_load(&ring, "", NULL), ERR_NOT_FOUND);
	assert_null(ring);
}

static void ring__load__empty_and_public_only(void **state)
{
	(void)state;
	uint8_t ids[255];
	struct pass_ring *ring = help_ring(dir);
	assert_int_equal(pass_ring_signer(ring), 0);
	assert_int_equal(pass_ring_ids(ring, ids), 0);
	pass_ring_free(ring);

	help_key_files(dir);
	ring = help_ring(dir);
	uint8_t sig[PASS_SIG_BYTES];
	pass_ring_sign(ring, sig, "x", 1);
	pass_ring_free(ring);

	help_unlink(dir, "pass-001.key");
	help_text_file(dir, "pass-000.pub", HELP_PUBLIC_HEX, 0444); /* no key id: left alone */
	help_text_file(dir, "pass-256.pub", HELP_PUBLIC_HEX, 0444);
	help_text_file(dir, "notes.txt", "", 0644);
	ring = help_ring(dir);
	assert_int_equal(pass_ring_signer(ring), 0);
	assert_int_equal(pass_ring_ids(ring, ids), 1);
	assert_int_equal(ids[0], 1);
	assert_true(pass_ring_verify(ring, 1, sig, "x", 1));
	pass_ring_free(ring);
	pass_ring_free(NULL);
}

static void ring__load__refuses_modes(void **state)
{
	(void)state;
	static const unsigned bad[] = {0600, 0440, 0404, 0444, 0640, 0644, 0500, 0000, 04400, 0402};
	help_key_files(dir);
	assert_int_equal(load(), ERR_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		help_text_file(dir, "pass-001.key", HELP_SEED_HEX "\n", bad[i]);
		assert_int_equal(load(), ERR_DENIED);
	}
	help_key_files(dir);
	static const unsigned writable[] = {0664, 0646, 0666, 0466};
	for (size_t i = 0; i < sizeof writable / sizeof writable[0]; i++) {
		help_text_file(dir, "pass-001.pub", HELP_PUBLIC_HEX "\n", writable[i]);
		assert_int_equal(load(), ERR_DENIED);
	}
	help_text_file(dir, "pass-001.pub", HELP_PUBLIC_HEX "\n", 0644);
	assert_int_equal(load(), ERR_OK);
}

static void ring__load__refuses_another_owner(void **state)
{
	(void)state;
	char path[PATH_MAX];
	if (geteuid() != 0)
		skip(); /* only root can give a file away */
	help_key_files(dir);
	path_to(path, "pass-001.key");
	assert_int_equal(chown(path, 54321, (gid_t)-1), 0);
	assert_int_equal(help_mode(dir, "pass-001.key"), 0400);
	assert_int_equal(load(), ERR_DENIED);
}

static void ring__load__refuses_what_is_no_file(void **state)
{
	(void)state;
	static const char *const names[] = {"pass-001.key", "pass-001.pub"};
	char path[PATH_MAX];
	for (size_t i = 0; i < 2; i++) {
		help_key_files(dir);
		help_text_file(dir, "elsewhere", i == 0 ? HELP_SEED_HEX : HELP_PUBLIC_HEX, 0400);
		path_to(path, names[i]);
		help_unlink(dir, names[i]);
		assert_int_equal(symlink("elsewhere", path), 0);
		assert_int_equal(load(), ERR_DENIED);
		help_unlink(dir, names[i]);
		assert_int_equal(symlink("nowhere", path), 0);
		assert_int_equal(load(), ERR_DENIED);
		help_unlink(dir, names[i]);
		assert_int_equal(mkfifo(path, 0400), 0);
		assert_int_equal(load(), ERR_DENIED);
		help_unlink(dir, names[i]);
		assert_int_equal(mkdir(path, 0400), 0);
		assert_int_equal(load(), ERR_DENIED);
	}
}

static void ring__load__refuses_damage(void **state)
{
	(void)state;
	static char huge[10000];
	memset(huge, '0', sizeof huge);
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
	    {"", 0},
	    {"\n", 1},
	    {HELP_SEED_HEX, 63},
	    {HELP_SEED_HEX "0", 65},
	    {HELP_SEED_HEX "\n\n", 66},
	    {HELP_SEED_HEX "\r\n", 66},
	    {" " HELP_SEED_HEX, 65},
	    {"g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 64},
	    {"0001020304\0"
	     "60708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000",
		64},
	    {"\x1b]0;2030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00", 64},
	    {huge, sizeof huge},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		help_key_files(dir);
		help_file(dir, "pass-001.key", bad[i].bytes, bad[i].len, 0400);
		assert_int_equal(load(), ERR_CORRUPT);
		help_key_files(dir);
		help_file(dir, "pass-001.pub", bad[i].bytes, bad[i].len, 0444);
		assert_int_equal(load(), ERR_CORRUPT);
	}
	help_key_files(dir);
	help_text_file(dir, "pass-001.pub", HELP_SEED_HEX, 0444); /* fits not */
	assert_int_equal(load(), ERR_CORRUPT);
	help_unlink(dir, "pass-001.pub");
	assert_int_equal(load(), ERR_CORRUPT);
	help_key_files(dir);
	assert_int_equal(load(), ERR_OK);
}

static void signer__file__signs_and_verifies(void **state)
{
	(void)state;
	struct err e = {0};
	struct pass_signer *s = NULL;
	uint8_t sig[PASS_SIG_BYTES];
	assert_int_equal(pass_signer_new_file(dir, "journal", &e), ERR_OK);
	assert_int_equal(help_mode(dir, "journal.key"), 0400);
	assert_int_equal(help_mode(dir, "journal.pub"), 0444);
	assert_int_equal(pass_signer_new_file(dir, "journal", &e), ERR_CONFLICT);
	assert_int_equal(pass_signer_load(&s, dir, "journal", &e), ERR_OK);
	pass_signer_sign(s, sig, "head 7", 6);
	pass_signer_free(s);
	pass_signer_free(NULL);

	help_unlink(dir, "journal.key");
	assert_int_equal(pass_signer_verify_file(dir, "journal", sig, "head 7", 6, &e), ERR_OK);
	assert_int_equal(
	    pass_signer_verify_file(dir, "journal", sig, "head 8", 6, &e), ERR_CORRUPT);
	sig[PASS_SIG_BYTES - 1] ^= 1;
	assert_int_equal(
	    pass_signer_verify_file(dir, "journal", sig, "head 7", 6, NULL), ERR_CORRUPT);
	assert_int_equal(pass_signer_load(&s, dir, "journal", &e), ERR_NOT_FOUND);
	assert_null(s);
	assert_int_equal(pass_signer_new_file(dir, "journal", &e),
	    ERR_CONFLICT); /* a .pub is not overwritten either */
	help_unlink(dir, "journal.pub");
	assert_int_equal(
	    pass_signer_verify_file(dir, "journal", sig, "head 7", 6, &e), ERR_NOT_FOUND);
	assert_int_equal(pass_signer_new_file(dir, "journal", &e), ERR_OK);
}

static void signer__file__refuses_modes_and_names(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "../x", "a/b", "A", "a.b", "a b", "\x1b", "ä", "a%s",
	    "abcdefghijklmnopqrstuvwxyz0123456"};
	struct err e = {0};
	struct pass_signer *s = NULL;
	uint8_t sig[PASS_SIG_BYTES] = {0};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(pass_signer_new_file(dir, bad[i], &e), ERR_INPUT);
		assert_int_equal(pass_signer_load(&s, dir, bad[i], &e), ERR_INPUT);
		assert_int_equal(pass_signer_verify_file(dir, bad[i], sig, "", 0, &e), ERR_INPUT);
	}
	assert_int_equal(pass_signer_new_file(dir, "abcdefghijklmnopqrstuvwxyz012345", &e), ERR_OK);
	help_text_file(dir, "j.key", HELP_SEED_HEX, 0600);
	help_text_file(dir, "j.pub", HELP_PUBLIC_HEX, 0444);
	assert_int_equal(pass_signer_load(&s, dir, "j", &e), ERR_DENIED);
	help_text_file(dir, "j.key", HELP_SEED_HEX, 0400);
	assert_int_equal(pass_signer_load(&s, dir, "j", &e), ERR_OK);
	pass_signer_free(s);
	help_text_file(dir, "j.pub", HELP_PUBLIC_HEX, 0666);
	assert_int_equal(pass_signer_verify_file(dir, "j", sig, "", 0, &e), ERR_DENIED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(key__new__makes_the_next),
	    TEST(key__new__goes_on_after_a_gap_and_ends_at_255),
	    TEST(key__new__many_at_once_never_share_an_id),
	    TEST(key__new__wants_the_folder),
	    TEST(ring__load__empty_and_public_only),
	    TEST(ring__load__refuses_modes),
	    TEST(ring__load__refuses_another_owner),
	    TEST(ring__load__refuses_what_is_no_file),
	    TEST(ring__load__refuses_damage),
	    TEST(signer__file__signs_and_verifies),
	    TEST(signer__file__refuses_modes_and_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
