#include "notify/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void html__a_text__becomes_paragraphs_and_breaks(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	const struct mail_picture none = {0};
	assert_int_equal(mail_html(&b, "de", "T", "a\nb\n\n\nc\n", &none), ERR_OK);
	assert_string_equal(b.data, "<!DOCTYPE html>\n<html lang=\"de\"><head><meta "
				    "charset=\"utf-8\"><title>T</title></head>\n"
				    "<body style=\"font-family: "
				    "sans-serif\">\n<p>a<br>\nb</p>\n<p>c</p>\n</body></html>\n");
	str_buf_fini(&b);
}

static void html__markup_in_text__is_only_text(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	const struct mail_picture p = {.cid = "x\"y@z", .alt = "<QR>", .side = 294};
	assert_int_equal(
	    mail_html(&b, "\">", "</title><script>", "<img src=x onerror='a()'> & \"q\"", &p),
	    ERR_OK);
	assert_non_null(strstr(b.data, "<html lang=\"&quot;&gt;\">"));
	assert_non_null(strstr(b.data, "<title>&lt;/title&gt;&lt;script&gt;</title>"));
	assert_non_null(
	    strstr(b.data, "<p>&lt;img src=x onerror=&#39;a()&#39;&gt; &amp; &quot;q&quot;</p>"));
	assert_non_null(strstr(b.data,
	    "<img src=\"cid:x&quot;y@z\" alt=\"&lt;QR&gt;\" width=\"294\" height=\"294\">"));
	str_buf_fini(&b);
}

static void html__an_empty_text__is_an_empty_page(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	const struct mail_picture none = {0};
	assert_int_equal(mail_html(&b, "en", "", "", &none), ERR_OK);
	assert_null(strstr(b.data, "<p>"));
	str_buf_fini(&b);
}

static void html__a_page_beyond_its_bound__is_refused(void **state)
{
	(void)state;
	struct str_buf b = {.max = 200};
	char text[300];
	const struct mail_picture none = {0};
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(mail_html(&b, "en", "T", text, &none), ERR_TOO_LONG);
	str_buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(html__a_text__becomes_paragraphs_and_breaks),
	    cmocka_unit_test(html__markup_in_text__is_only_text),
	    cmocka_unit_test(html__an_empty_text__is_an_empty_page),
	    cmocka_unit_test(html__a_page_beyond_its_bound__is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
