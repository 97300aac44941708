#include "notify/rfc2047.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/notify/decode.h"

static void assert_text(const char *value, const char *field)
{
	struct str_buf b = STR_BUF_INIT;
	assert_int_equal(mail_header_text(&b, "Subject", value, NULL), ERR_OK);
	assert_string_equal(b.data, field);
	str_buf_fini(&b);
}

static void assert_mailbox(const char *name, const char *field)
{
	struct str_buf b = STR_BUF_INIT;
	assert_int_equal(mail_header_mailbox(&b, "To", name, "zoe@guest.example", NULL), ERR_OK);
	assert_string_equal(b.data, field);
	str_buf_fini(&b);
}

static void text__plain_ascii__stays(void **state)
{
	(void)state;
	assert_text("Visitor arrived", "Subject: Visitor arrived");
	assert_text("a, b; c <d> \"e\" (f) 100% _", "Subject: a, b; c <d> \"e\" (f) 100% _");
}

static void text__empty__is_an_empty_field(void **state)
{
	(void)state;
	assert_text("", "Subject:");
}

static void text__umlauts__become_q_and_other_scripts_b(void **state)
{
	(void)state;
	assert_text("Visitor arrived: Jørn", "Subject: =?UTF-8?Q?Visitor_arrived=3A_J=C3=B8rn?=");
	assert_text("来客", "Subject: =?UTF-8?B?5p2l5a6i?=");
}

static void text__what_reads_as_an_encoded_word__is_encoded(void **state)
{
	(void)state;
	assert_text(
	    "=?utf-8?q?=0D=0ABcc:_x?=", "Subject: =?UTF-8?B?PT91dGYtOD9xPz0wRD0wQUJjYzpfeD89?=");
}

static void text__line_breaks__start_no_field(void **state)
{
	(void)state;
	assert_text("a\r\nBcc: x@evil.example", "Subject: a Bcc: x@evil.example");
	assert_text("a\n\n\rb\v\fc", "Subject: a b c");
	assert_text("a\xe2\x80\xa8"
		    "b",
	    "Subject: a b");
	assert_text("\x1b]0;x\x07y\x7f", "Subject: ]0;xy");
}

static void text__invalid_utf8__is_replaced(void **state)
{
	(void)state;
	assert_text("a\xff", "Subject: =?UTF-8?B?Ye+/vQ==?=");
}

static void text__long_lines__fold_at_spaces(void **state)
{
	(void)state;
	assert_text(
	    "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh",
	    "Subject: aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff\r\n ggggggggg "
	    "hhhhhhhhh");
}

static void text__ten_thousand_characters__are_refused(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	struct err e;
	char *s = mem_new(10001, 1);
	memset(s, 'x', 10000);
	assert_int_equal(mail_header_text(&b, "Subject", s, &e), ERR_TOO_LONG);
	assert_int_equal(b.len, 0);
	free(s);
	str_buf_fini(&b);
}

/* Many texts, both ways: what comes back is what text_clean makes of them, and every line keeps the rules. */
static void text__anything__round_trips(void **state)
{
	(void)state;
	static const char *const unit[] = {"x", "ö", "来", "\xf0\x9f\x91\xa9", "a ", "ö ", "=",
	    "?=", "_", "e\xcc\x81", "\r\n", "\"", "\\"};
	for (size_t u = 0; u < sizeof unit / sizeof unit[0]; u++) {
		for (size_t n = 0; n <= 240; n++) {
			struct str_buf raw = STR_BUF_INIT, out = STR_BUF_INIT;
			char clean[MAIL_HEADER_VALUE_SZ];
			(void)str_buf_print(&raw, n % 3 == 0 ? "Ü" : n % 3 == 1 ? "U " : "");
			for (size_t i = 0; i < n; i++)
				(void)str_buf_print(&raw, "%s", unit[u]);
			assert_int_equal(
			    text_clean(clean, sizeof clean, raw.data != NULL ? raw.data : "",
				raw.len, TEXT_LINE, NULL),
			    ERR_OK);
			assert_int_equal(mail_header_text(&out, "Subject",
					     raw.data != NULL ? raw.data : "", NULL),
			    ERR_OK);
			decode_check_lines(out.data, 76);
			char *back = decode_field(out.data);
			assert_string_equal(back, clean);
			free(back);
			str_buf_fini(&raw);
			str_buf_fini(&out);
		}
	}
}

static void mailbox__names__stand_plain_quoted_or_encoded(void **state)
{
	(void)state;
	assert_mailbox("", "To: <zoe@guest.example>");
	assert_mailbox("Zoe Muller", "To: Zoe Muller <zoe@guest.example>");
	assert_mailbox("Muller, Zoe", "To: \"Muller, Zoe\" <zoe@guest.example>");
	assert_mailbox("J. \"Z\\oe\"", "To: \"J. \\\"Z\\\\oe\\\"\" <zoe@guest.example>");
	assert_mailbox("Zoë Müller", "To: =?UTF-8?B?Wm/DqyBNw7xsbGVy?= <zoe@guest.example>");
	assert_mailbox(
	    "x\r\nBcc: <y@evil.example>", "To: \"x Bcc: <y@evil.example>\" <zoe@guest.example>");
	assert_mailbox("=?x?=", "To: =?UTF-8?B?PT94Pz0=?= <zoe@guest.example>");
}

static void mailbox__anything__round_trips(void **state)
{
	(void)state;
	static const char *const unit[] = {
	    "x", "ö", "来", "x ", "ö ", "\"", "\\", ", ", "<", "=?", "."};
	for (size_t u = 0; u < sizeof unit / sizeof unit[0]; u++) {
		for (size_t n = 0; n <= 100; n++) {
			struct str_buf raw = STR_BUF_INIT, out = STR_BUF_INIT;
			char clean[MAIL_HEADER_VALUE_SZ], *address;
			(void)str_buf_print(&raw, "Z");
			for (size_t i = 0; i < n; i++)
				(void)str_buf_print(&raw, "%s", unit[u]);
			assert_int_equal(
			    text_clean(clean, sizeof clean, raw.data, raw.len, TEXT_LINE, NULL),
			    ERR_OK);
			assert_int_equal(
			    mail_header_mailbox(&out, "To", raw.data, "zoe@guest.example", NULL),
			    ERR_OK);
			decode_check_lines(out.data, 76);
			char *back = decode_mailbox(out.data, &address);
			assert_string_equal(back, clean);
			assert_string_equal(address, "zoe@guest.example");
			free(back);
			free(address);
			str_buf_fini(&raw);
			str_buf_fini(&out);
		}
	}
}

static void mailbox__no_plain_address__is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "zoe", "zoe@", "@guest.example",
	    "zoe@guest.example>\r\nBcc: x", "<zoe@guest.example>", "a b@guest.example",
	    "\"zoe\"@guest.example", "zö@guest.example", "zoe@guest.example,x@guest.example"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct str_buf b = STR_BUF_INIT;
		assert_int_equal(mail_header_mailbox(&b, "To", "Zoe", bad[i], NULL), ERR_INPUT);
		assert_int_equal(b.len, 0);
		str_buf_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text__plain_ascii__stays),
	    cmocka_unit_test(text__empty__is_an_empty_field),
	    cmocka_unit_test(text__umlauts__become_q_and_other_scripts_b),
	    cmocka_unit_test(text__what_reads_as_an_encoded_word__is_encoded),
	    cmocka_unit_test(text__line_breaks__start_no_field),
	    cmocka_unit_test(text__invalid_utf8__is_replaced),
	    cmocka_unit_test(text__long_lines__fold_at_spaces),
	    cmocka_unit_test(text__ten_thousand_characters__are_refused),
	    cmocka_unit_test(text__anything__round_trips),
	    cmocka_unit_test(mailbox__names__stand_plain_quoted_or_encoded),
	    cmocka_unit_test(mailbox__anything__round_trips),
	    cmocka_unit_test(mailbox__no_plain_address__is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
