#include "notify/ical.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <libical/ical.h>

static struct mail_event visit(void)
{
	return (struct mail_event){.method = MAIL_REQUEST,
	    .uid = "0193@site.example",
	    .stamp_ms = 1795438800999, /* 2026-11-23 13:00:00.999 UTC */
	    .start_ms = 1795442400000,
	    .end_ms = 1795449600000,
	    .summary = "Visit: Jørn; Example, Works \\ n",
	    .location = "Main Street 1",
	    .organizer = {"Jørn O'Neil", "jorn@site.example"},
	    .attendee = {"Müller, Zoë \"Z\": x;y", "zoe+v%it@guest.example"}};
}

/* CR LF everywhere, nothing above 75 octets, no split character: RFC 5545 §3.1 and common sense. */
static void assert_lines(const struct str_buf *b)
{
	size_t start = 0;
	for (size_t i = 0; i < b->len; i++) {
		assert_true(b->data[i] != '\n' || (i > 0 && b->data[i - 1] == '\r'));
		if (b->data[i] != '\r')
			continue;
		assert_int_equal(b->data[i + 1], '\n');
		assert_in_range(i - start, 1, 75);
		assert_true(((unsigned char)b->data[start] & 0xc0) != 0x80);
		if (b->data[start] == ' ')
			assert_true(((unsigned char)b->data[start + 1] & 0xc0) != 0x80);
		start = i + 2;
	}
	assert_int_equal(start, b->len);
}

static icalcomponent *parse(const struct mail_event *ev)
{
	struct str_buf b = STR_BUF_INIT;
	struct err e;
	if (mail_ical(&b, ev, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_lines(&b);
	icalcomponent *cal = icalparser_parse_string(b.data);
	assert_non_null(cal);
	assert_int_equal(icalcomponent_count_errors(cal), 0);
	assert_int_equal(icalcomponent_count_components(cal, ICAL_ANY_COMPONENT), 1);
	str_buf_fini(&b);
	return cal;
}

static void ical__a_visit__reads_back(void **state)
{
	(void)state;
	struct mail_event ev = visit();
	icalcomponent *cal = parse(&ev),
		      *event = icalcomponent_get_first_component(cal, ICAL_VEVENT_COMPONENT);
	assert_int_equal(icalcomponent_get_method(cal), ICAL_METHOD_REQUEST);
	assert_string_equal(icalcomponent_get_uid(event), "0193@site.example");
	assert_string_equal(icalcomponent_get_summary(event), ev.summary);
	assert_string_equal(icalcomponent_get_location(event), ev.location);
	assert_int_equal(icalcomponent_get_sequence(event), 0);
	assert_int_equal(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
	assert_string_equal(
	    icaltime_as_ical_string(icalcomponent_get_dtstamp(event)), "20261123T130000Z");
	assert_string_equal(
	    icaltime_as_ical_string(icalcomponent_get_dtstart(event)), "20261123T140000Z");
	assert_string_equal(
	    icaltime_as_ical_string(icalcomponent_get_dtend(event)), "20261123T160000Z");
	icalproperty *organizer = icalcomponent_get_first_property(event, ICAL_ORGANIZER_PROPERTY);
	assert_string_equal(icalproperty_get_organizer(organizer), "mailto:jorn@site.example");
	icalproperty *attendee = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
	assert_string_equal(icalproperty_get_attendee(attendee), "mailto:zoe+v%25it@guest.example");
	assert_string_equal(
	    icalproperty_get_parameter_as_string(attendee, "CN"), "Müller, Zoë 'Z': x;y");
	assert_string_equal(icalproperty_get_parameter_as_string(attendee, "RSVP"), "TRUE");
	icalcomponent_free(cal);
}

static void ical__a_cancelling__says_so_twice(void **state)
{
	(void)state;
	struct mail_event ev = visit();
	ev.method = MAIL_CANCEL;
	ev.sequence = 3;
	icalcomponent *cal = parse(&ev),
		      *event = icalcomponent_get_first_component(cal, ICAL_VEVENT_COMPONENT);
	assert_int_equal(icalcomponent_get_method(cal), ICAL_METHOD_CANCEL);
	assert_int_equal(icalcomponent_get_status(event), ICAL_STATUS_CANCELLED);
	assert_int_equal(icalcomponent_get_sequence(event), 3);
	icalcomponent_free(cal);
}

static void ical__long_and_strange_texts__come_back_whole(void **state)
{
	(void)state;
	static const char *const unit[] = {
	    "x", "ö", "来", "\xf0\x9f\x91\xa9", "ö ", "\\n", ";", ",", "\"", ":"};
	for (size_t u = 0; u < sizeof unit / sizeof unit[0]; u++) {
		for (size_t n = 1; n * strlen(unit[u]) < TEXT_FIELD_SZ - 2; n++) {
			struct mail_event ev = visit();
			ev.summary[0] = '\0';
			for (size_t i = 0; i < n; i++)
				assert_true(str_print(ev.summary + strlen(ev.summary),
				    sizeof ev.summary - strlen(ev.summary), "%s", unit[u]));
			if (ev.summary[strlen(ev.summary) - 1] == ' ')
				ev.summary[strlen(ev.summary) - 1] = '\0';
			assert_true(str_copy(ev.location, sizeof ev.location, ev.summary));
			icalcomponent *cal = parse(&ev), *event = icalcomponent_get_first_component(
							     cal, ICAL_VEVENT_COMPONENT);
			assert_string_equal(icalcomponent_get_summary(event), ev.summary);
			assert_string_equal(icalcomponent_get_location(event), ev.location);
			icalcomponent_free(cal);
		}
	}
}

static void ical__nobody_named__is_called_by_address(void **state)
{
	(void)state;
	struct mail_event ev = visit();
	ev.attendee.name[0] = '\0';
	icalcomponent *cal = parse(&ev),
		      *event = icalcomponent_get_first_component(cal, ICAL_VEVENT_COMPONENT);
	icalproperty *attendee = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
	assert_string_equal(icalproperty_get_parameter_as_string(attendee, "CN"), ev.attendee.mail);
	icalcomponent_free(cal);
}

static void assert_refused(const struct mail_event *ev)
{
	struct str_buf b = STR_BUF_INIT;
	assert_int_equal(mail_ical(&b, ev, NULL), ERR_INPUT);
	assert_int_equal(b.len, 0);
	str_buf_fini(&b);
}

static void ical__what_would_break_the_entry__is_refused(void **state)
{
	(void)state;
	struct mail_event ev = visit();
	ev.end_ms = ev.start_ms - 1;
	assert_refused(&ev);
	ev = visit();
	ev.end_ms = INT64_MAX;
	assert_refused(&ev);
	ev = visit();
	ev.start_ms = -1;
	assert_refused(&ev);
	static const char *const lines[] = {"a\r\nX:1", "a\nb", "\x1b]", "\xff", "\xe2\x80\xae"};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		ev = visit();
		assert_true(str_copy(ev.summary, sizeof ev.summary, lines[i]));
		assert_refused(&ev);
		ev = visit();
		assert_true(str_copy(ev.attendee.name, sizeof ev.attendee.name, lines[i]));
		assert_refused(&ev);
		ev = visit();
		assert_true(str_copy(ev.uid, sizeof ev.uid, lines[i]));
		assert_refused(&ev);
		ev = visit();
		assert_true(str_copy(ev.organizer.mail, sizeof ev.organizer.mail, lines[i]));
		assert_refused(&ev);
	}
	ev = visit();
	ev.summary[0] = '\0';
	assert_refused(&ev);
	ev = visit();
	ev.uid[0] = '\0';
	assert_refused(&ev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ical__a_visit__reads_back),
	    cmocka_unit_test(ical__a_cancelling__says_so_twice),
	    cmocka_unit_test(ical__long_and_strange_texts__come_back_whole),
	    cmocka_unit_test(ical__nobody_named__is_called_by_address),
	    cmocka_unit_test(ical__what_would_break_the_entry__is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
