#include "tests/unit/kiosk/cli_rig.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "pass/seal.h"

#define VISIT(documents)                                                                           \
	"200 {\"id\":\"u\",\"number\":\"000007\",\"name\":\"Zo\u00eb\",\"state\":\"waiting\","     \
	"\"from_ms\":1795417200000,\"until_ms\":1795431600000,\"waiting\":[{\"id\":\"w\","         \
	"\"reason\":\"id-mismatch\",\"since_ms\":1795417200000,\"resolved_ms\":0}],"               \
	"\"documents\":[" documents "]}"
#define LOOK(kept)                                                                                 \
	"{\"n\":1,\"how\":\"kiosk\",\"verdict\":\"mismatch\",\"kind\":\"passport\",\"state\":"     \
	"\"UTO\","                                                                                 \
	"\"expiry\":\"2034-12-10\",\"matched\":false,\"least_age_ok\":true,"                       \
	"\"checked_ms\":1795417200000,\"checked_by\":\"kiosk:lobby\",\"checked_name\":\"\","       \
	"\"kept\":[" kept "]}"

static void document__recorded(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, VISIT(""), NULL});
	assert_int_equal(RUN(r, "visit", "document", "7", "--kind", "passport", "--state", "UTO",
			     "--expiry", "2034-12-10", "--reason", "the scanner is broken"),
	    CLI_OK);
	assert_string_equal(
	    r->out, "000007 Zo\u00eb: recorded. Let the visitor in with foyer visit checkin.\n");
	const char *asked = rig_asked(r);
	assert_has(asked, "POST /v1/visits/7/documents ");
	assert_has(asked,
	    "{\"how\":\"seen\",\"kind\":\"passport\",\"state\":\"UTO\",\"expiry\":\"2034-12-10\","
	    "\"reason\":\"the scanner is broken\"}");
	rig_serve(r, (const char *const[]){RIG_ME, VISIT(""), NULL});
	assert_int_equal(
	    RUN(r, "visit", "document", "7", "--vouched", "--reason", "Anna knows him"), CLI_OK);
	assert_has(rig_asked(r), "{\"how\":\"vouched\",\"reason\":\"Anna knows him\"}");
}

/* What is not said is not sent, and so not recorded. */
static void document__recorded_as_said(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, VISIT(""), NULL});
	assert_int_equal(RUN(r, "visit", "document", "7", "--kind", "visa", "--expiry",
			     "2001-01-31", "--name-matches", "yes", "--of-age", "no", "--override",
			     "--reason", "the embassy knows her"),
	    CLI_OK);
	assert_has(rig_asked(r),
	    "{\"how\":\"seen\",\"kind\":\"visa\",\"expiry\":\"2001-01-31\",\"matched\":true,"
	    "\"least_age_ok\":false,\"override\":true,\"reason\":\"the embassy knows her\"}");
	rig_serve(
	    r, (const char *const[]){RIG_ME,
		   "409 {\"error\":\"document-expired\",\"message\":\"the document has expired\"}",
		   NULL});
	assert_int_equal(RUN(r, "visit", "document", "7", "--kind", "visa", "--expiry",
			     "2001-01-31", "--reason", "x"),
	    CLI_NO);
	assert_has(r->err, "the document has expired");
	(void)rig_asked(r);
}

static void document__usage(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "visit", "document", "7", "--reason", "x"), CLI_USAGE);
	assert_has(r->err, "needs --kind KIND, or --vouched");
	assert_int_equal(RUN(r, "visit", "document", "7", "--kind", "visa"), CLI_USAGE);
	assert_has(r->err, "needs --reason");
	assert_int_equal(
	    RUN(r, "visit", "document", "7", "--vouched", "--kind", "visa", "--reason", "x"),
	    CLI_USAGE);
	assert_has(r->err, "--vouched stands for a document");
	assert_int_equal(
	    RUN(r, "visit", "document", "7", "--vouched", "--of-age", "yes", "--reason", "x"),
	    CLI_USAGE);
	assert_int_equal(RUN(r, "visit", "document", "7", "--kind", "visa", "--of-age", "perhaps",
			     "--reason", "x"),
	    CLI_USAGE);
	assert_has(r->err, "say yes or no");
}

static void document__shown_in_words(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME,
			 VISIT(LOOK("{\"part\":\"name\",\"until_ms\":1795431600000}")), NULL});
	assert_int_equal(RUN(r, "visit", "show", "7"), CLI_OK);
	assert_has(r->out, "Documents\n  passport of UTO: carries another name\n");
	assert_has(r->out, "2034-12-10\n");
	assert_has(r->out, "by kiosk:lobby\n");
	assert_has(r->out, "sealed, kept until ");
	assert_has(r->out, "The visitor shows a document with another name\n");
	assert_null(strstr(r->out, "name matches"));
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME,
			 VISIT("{\"n\":1,\"how\":\"desk\",\"verdict\":\"seen\",\"kind\":"
			       "\"visa\",\"matched\":true,\"least_age_ok\":null,"
			       "\"checked_ms\":1795417200000}"),
			 NULL});
	assert_int_equal(RUN(r, "visit", "show", "7"), CLI_OK);
	assert_has(r->out, "visa: seen\n");
	assert_has(r->out, "name matches");
	assert_has(r->out, " yes\n");
	assert_has(r->out, " not said\n");
	(void)rig_asked(r);
}

static const char *sealed(const char *key, char answer[2048])
{
	char pub[PATH_MAX + 4], text[SEAL_TEXT_SZ];
	struct seal_public p;
	struct err e = {0};
	uint8_t box[SEAL_BOX_SZ];
	size_t n;
	assert_true(str_print(pub, sizeof pub, "%s.pub", key));
	assert_int_equal(seal_public_load(&p, pub, &e), ERR_OK);
	assert_int_equal(seal_close(&p, box, &n, "BERT BROWN", 10, &e), ERR_OK);
	assert_true(str_print(answer, 2048,
	    VISIT(LOOK("{\"part\":\"name\",\"until_ms\":1795431600000,\"sealed\":\"%s\"}")),
	    seal_text(text, box, n)));
	return answer;
}

static void document__unseal(void **state)
{
	struct cli_rig *r = *state;
	char key[PATH_MAX], other[PATH_MAX], pub[PATH_MAX + 4], answer[2048];
	struct stat st;
	(void)rig_path(r, "seal", key), (void)rig_path(r, "other", other);
	assert_int_equal(RUN(r, "seal-key", key), CLI_OK);
	assert_has(r->out, "seal-key in the site section");
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(RUN(r, "seal-key", key), CLI_NO);
	assert_has(r->err, "is there already");
	rig_serve(r, (const char *const[]){RIG_ME, sealed(key, answer), NULL});
	assert_int_equal(RUN(r, "visit", "show", "7", "--unseal", key), CLI_OK);
	assert_has(r->out, "BERT BROWN, kept until ");
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME, answer, NULL});
	assert_int_equal(RUN(r, "visit", "show", "7", "--unseal", key, "--json"), CLI_OK);
	assert_has(r->out, "\"text\":\"BERT BROWN\"");
	assert_has_not(r->out, "\"sealed\"");
	(void)rig_asked(r);

	assert_int_equal(RUN(r, "seal-key", other), CLI_OK);
	rig_serve(r, (const char *const[]){RIG_ME, answer, NULL});
	assert_int_equal(RUN(r, "visit", "show", "7", "--unseal", other), CLI_NO);
	assert_has(r->err, "it was sealed for another key");
	assert_has(r->out, "passport of UTO"); /* the visit is told all the same */
	assert_has(r->out, "sealed, kept until ");
	(void)rig_asked(r);
	assert_true(str_print(pub, sizeof pub, "%s.pub", key));
	rig_serve(r, (const char *const[]){RIG_ME, answer, NULL});
	assert_int_equal(RUN(r, "visit", "show", "7", "--unseal", pub), CLI_USAGE);
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME,
			 VISIT(LOOK("{\"part\":\"name\",\"until_ms\":1795431600000}")), NULL});
	assert_int_equal(RUN(r, "visit", "show", "7", "--unseal", key), CLI_DENIED);
	assert_has(r->err, "managers alone");
	(void)rig_asked(r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(document__recorded),
	    TEST(document__recorded_as_said),
	    TEST(document__usage),
	    TEST(document__shown_in_words),
	    TEST(document__unseal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
