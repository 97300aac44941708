#include "badge/print_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those four before it */
#include <cmocka.h>

static struct badge_printer printer(
    enum badge_printer_state state, const char *reasons, const char *message)
{
	struct badge_printer p = {.state = state, .accepting = true, .now_s = 1000};
	(void)str_copy(p.reasons, sizeof p.reasons, reasons);
	(void)str_copy(p.message, sizeof p.message, message);
	return p;
}

static struct badge_verdict judge(enum badge_job_state job, enum badge_printer_state state,
    const char *reasons, const char *message)
{
	struct badge_printer p = printer(state, reasons, message);
	struct badge_job j = {.id = 7,
	    .state = job,
	    .created_s = 995,
	    .processing_s = job > BADGE_JOB_HELD ? 995 : 0};
	return badge_job_judge(&j, &p, false);
}

/* The words as CUPS 2.4 said them, seen with a real cupsd and printer. */
static void judge__what_cups_says(void **state)
{
	(void)state;
	static const struct {
		enum badge_job_state job;
		enum badge_printer_state printer;
		const char *reasons, *message;
		enum badge_progress progress;
		enum badge_trouble trouble;
	} seen[] = {
	    {BADGE_JOB_PENDING, BADGE_PRINTER_IDLE, "", "", BADGE_PRINTING, BADGE_TROUBLE_NONE},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "cups-waiting-for-job-completed",
		"Printing.", BADGE_PRINTING, BADGE_TROUBLE_NONE},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "",
		"Color Manager: no profiles specified in PPD", BADGE_PRINTING, BADGE_TROUBLE_NONE},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING,
		"cups-waiting-for-job-completed media-empty-warning media-needed-warning",
		"Printing.", BADGE_WAITS, BADGE_MEDIA_EMPTY},
	    {BADGE_JOB_PENDING, BADGE_PRINTER_PROCESSING, "media-empty-error", "", BADGE_WAITS,
		BADGE_MEDIA_EMPTY},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING,
		"cups-waiting-for-job-completed media-jam-warning", "Printing.", BADGE_WAITS,
		BADGE_MEDIA_JAM},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "",
		"The printer may not exist or is unavailable at this time.", BADGE_WAITS,
		BADGE_PRINTER_OFF},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "offline-report", "", BADGE_WAITS,
		BADGE_PRINTER_OFF},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING,
		"toner-empty-report marker-waste-full-report", "", BADGE_PRINTING,
		BADGE_TROUBLE_NONE},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "marker-supply-empty-error", "",
		BADGE_WAITS, BADGE_SUPPLIES_EMPTY},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "media-low-warning toner-low-warning",
		"", BADGE_PRINTING, BADGE_TROUBLE_NONE},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "cover-open-error media-empty-error",
		"", BADGE_WAITS, BADGE_COVER_OPEN},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "x-vendor-head-hot-error", "",
		BADGE_WAITS, BADGE_PRINTER_TROUBLE},
	    {BADGE_JOB_PROCESSING, BADGE_PRINTER_PROCESSING, "x-vendor-head-hot-errors", "",
		BADGE_PRINTING, BADGE_TROUBLE_NONE},
	    {BADGE_JOB_PENDING, BADGE_PRINTER_STOPPED, "paused", "roll change", BADGE_WAITS,
		BADGE_QUEUE_PAUSED},
	    {BADGE_JOB_PENDING, BADGE_PRINTER_IDLE, "media-jam-warning", "", BADGE_PRINTING,
		BADGE_TROUBLE_NONE}, /* of the job before */
	    {BADGE_JOB_HELD, BADGE_PRINTER_IDLE, "", "", BADGE_WAITS, BADGE_HELD},
	    {BADGE_JOB_STOPPED, BADGE_PRINTER_STOPPED, "", "", BADGE_WAITS, BADGE_QUEUE_PAUSED},
	    {BADGE_JOB_CANCELED, BADGE_PRINTER_IDLE, "", "", BADGE_LOST, BADGE_CANCELED},
	    {BADGE_JOB_ABORTED, BADGE_PRINTER_IDLE, "", "", BADGE_LOST, BADGE_ABORTED},
	    {BADGE_JOB_COMPLETED, BADGE_PRINTER_IDLE, "", "", BADGE_PRINTED, BADGE_TROUBLE_NONE},
	    {BADGE_JOB_COMPLETED, BADGE_PRINTER_IDLE, "media-empty-warning", "", BADGE_PRINTED,
		BADGE_TROUBLE_NONE}, /* the last label */
	    {BADGE_JOB_COMPLETED, BADGE_PRINTER_IDLE,
		"cups-ipp-conformance-failure-report cups-ipp-missing-job-history", "", BADGE_LOST,
		BADGE_MISSING_HISTORY},
	    {(enum badge_job_state)77, BADGE_PRINTER_IDLE, "", "", BADGE_LOST, BADGE_GONE},
	};
	for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
		struct badge_verdict v =
		    judge(seen[i].job, seen[i].printer, seen[i].reasons, seen[i].message);
		if (v.progress != seen[i].progress || v.trouble != seen[i].trouble)
			fail_msg(
			    "row %zu: %d %s", i, (int)v.progress, badge_trouble_class(v.trouble));
	}
}

static void judge__old_missing_history__accuses_no_later_badge(void **state)
{
	(void)state;
	struct badge_printer p = printer(BADGE_PRINTER_IDLE, "cups-ipp-missing-job-history", "");
	struct badge_job j = {.id = 8, .state = BADGE_JOB_COMPLETED};
	assert_int_equal(badge_job_judge(&j, &p, true).progress, BADGE_PRINTED);
	assert_int_equal(badge_job_judge(&j, &p, false).trouble, BADGE_MISSING_HISTORY);
}

static void judge__printer_silent_too_long__is_off(void **state)
{
	(void)state;
	struct badge_printer p = printer(BADGE_PRINTER_PROCESSING, "", "");
	struct badge_job j = {.id = 8, .state = BADGE_JOB_PROCESSING, .processing_s = 970};
	assert_int_equal(badge_job_judge(&j, &p, false).progress, BADGE_PRINTING);
	j.processing_s = 969;
	assert_int_equal(badge_job_judge(&j, &p, false).trouble, BADGE_PRINTER_OFF);
	j.state = BADGE_JOB_PENDING; /* waiting behind another job is no fault of the printer */
	j.processing_s = 0;
	assert_int_equal(badge_job_judge(&j, &p, false).progress, BADGE_PRINTING);
}

static void trouble__each__has_its_own_class_and_a_remedy(void **state)
{
	(void)state;
	for (int i = BADGE_TROUBLE_NONE + 1; i <= BADGE_INTERRUPTED; i++) {
		assert_true(strlen(badge_trouble_class((enum badge_trouble)i)) > 3);
		assert_true(strlen(badge_trouble_reason((enum badge_trouble)i)) > 10);
		assert_true(strlen(badge_trouble_remedy((enum badge_trouble)i)) > 10);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(badge_trouble_class((enum badge_trouble)i),
			    badge_trouble_class((enum badge_trouble)k));
	}
}

static void trouble_of__errors_of_cups(void **state)
{
	(void)state;
	assert_int_equal(badge_trouble_of(ERR_UNREACHABLE), BADGE_CUPS_DOWN);
	assert_int_equal(badge_trouble_of(ERR_TIMEOUT), BADGE_CUPS_HUNG);
	assert_int_equal(badge_trouble_of(ERR_NO_SPACE), BADGE_SPOOL_FULL);
	assert_int_equal(badge_trouble_of(ERR_TOO_MANY), BADGE_QUEUE_FULL);
	assert_int_equal(badge_trouble_of(ERR_REFUSED), BADGE_QUEUE_CLOSED);
	assert_int_equal(badge_trouble_of(ERR_NOT_FOUND), BADGE_NO_QUEUE);
	assert_int_equal(badge_trouble_of(ERR_DENIED), BADGE_CUPS_DENIED);
	assert_int_equal(badge_trouble_of(ERR_PROTOCOL), BADGE_CUPS_TROUBLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(judge__what_cups_says),
	    cmocka_unit_test(judge__old_missing_history__accuses_no_later_badge),
	    cmocka_unit_test(judge__printer_silent_too_long__is_off),
	    cmocka_unit_test(trouble__each__has_its_own_class_and_a_remedy),
	    cmocka_unit_test(trouble_of__errors_of_cups),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
