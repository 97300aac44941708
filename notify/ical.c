#include "notify/ical.h"

#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

enum { FOLD = 75 }; /* octets a line, without its end */

/* RFC 5545 ends at year 9999; four digits are what the form holds. */
static const int64_t last_ms = 253402300799000;

const char *mail_method_name(enum mail_method m)
{
	switch (m) {
	case MAIL_REQUEST: return "REQUEST";
	case MAIL_CANCEL: return "CANCEL";
	}
	return "";
}

static struct icaltimetype utc(int64_t ms)
{
	return icaltime_from_timet_with_zone(
	    (time_t)(ms / 1000), 0, icaltimezone_get_utc_timezone());
}

/* "mailto:" and the address, what has a meaning in a URI escaped (RFC 6068 §2). */
static void mailto(char *dst, size_t dst_sz, const char *mail)
{
	(void)str_copy(dst, dst_sz, "mailto:");
	for (size_t n = strlen(dst); *mail != '\0' && n + 4 <= dst_sz; mail++, n = strlen(dst)) {
		if (strchr("%?&#/^`{|}", *mail) != NULL)
			(void)str_print(dst + n, dst_sz - n, "%%%02X", (unsigned)*mail);
		else
			(void)str_print(dst + n, dst_sz - n, "%c", *mail);
	}
}

/* A parameter's value may hold no double quote, escaped or not (RFC 5545 §3.2). */
static icalparameter *common_name(const struct mail_person *p)
{
	char name[TEXT_NAME_SZ];
	(void)str_copy(name, sizeof name, p->name[0] != '\0' ? p->name : p->mail);
	for (char *c = strchr(name, '"'); c != NULL; c = strchr(c, '"'))
		*c = '\'';
	return icalparameter_new_cn(name);
}

static void add_people(icalcomponent *event, const struct mail_event *ev)
{
	char uri[3 * TEXT_MAIL_SZ + 8];
	mailto(uri, sizeof uri, ev->organizer.mail);
	icalproperty *organizer = icalproperty_new_organizer(uri);
	icalproperty_add_parameter(organizer, common_name(&ev->organizer));
	icalcomponent_add_property(event, organizer);

	mailto(uri, sizeof uri, ev->attendee.mail);
	icalproperty *attendee = icalproperty_new_attendee(uri);
	icalproperty_add_parameter(attendee, icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL));
	icalproperty_add_parameter(attendee, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	if (ev->method == MAIL_REQUEST) {
		/* The answer goes to the organizer's mailbox: the host learns who accepted. */
		icalproperty_add_parameter(
		    attendee, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
		icalproperty_add_parameter(attendee, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
	}
	icalproperty_add_parameter(attendee, common_name(&ev->attendee));
	icalcomponent_add_property(event, attendee);
}

static icalcomponent *event_new(const struct mail_event *ev)
{
	bool cancelled = ev->method == MAIL_CANCEL;
	icalcomponent *event = icalcomponent_new_vevent();
	icalcomponent_add_property(event, icalproperty_new_uid(ev->uid));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(utc(ev->stamp_ms)));
	icalcomponent_add_property(event, icalproperty_new_dtstart(utc(ev->start_ms)));
	icalcomponent_add_property(event, icalproperty_new_dtend(utc(ev->end_ms)));
	icalcomponent_add_property(event, icalproperty_new_sequence(ev->sequence));
	add_people(event, ev);
	icalcomponent_add_property(event, icalproperty_new_summary(ev->summary));
	if (ev->location[0] != '\0')
		icalcomponent_add_property(event, icalproperty_new_location(ev->location));
	icalcomponent_add_property(event,
	    icalproperty_new_status(cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	icalcomponent_add_property(event,
	    icalproperty_new_transp(cancelled ? ICAL_TRANSP_TRANSPARENT : ICAL_TRANSP_OPAQUE));
	return event;
}

static bool is_uid(const char *s)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	}
	return n > 0;
}

static enum err_code check(const struct mail_event *ev, struct err *e)
{
	if (!is_uid(ev->uid))
		return err_set(e, ERR_INPUT, "ical uid: must be printable ASCII without spaces");
	if (!text_is_mail(ev->organizer.mail) || !text_is_mail(ev->attendee.mail))
		return err_set(
		    e, ERR_INPUT, "ical organizer and attendee: must have plain mail addresses");
	if (ev->sequence < 0 || ev->stamp_ms < 0 || ev->start_ms < 0 || ev->end_ms < ev->start_ms ||
	    ev->end_ms > last_ms || ev->stamp_ms > last_ms)
		return err_set(e, ERR_INPUT, "ical times: must be a span after 1970");
	if (ev->summary[0] == '\0')
		return err_set(e, ERR_INPUT, "ical summary: must not be empty");
	if (!text_is_clean(ev->summary, TEXT_LINE) || !text_is_clean(ev->location, TEXT_LINE) ||
	    !text_is_clean(ev->organizer.name, TEXT_LINE) ||
	    !text_is_clean(ev->attendee.name, TEXT_LINE))
		return err_set(e, ERR_INPUT, "ical texts: must be clean lines");
	return ERR_OK;
}

/* The longest start of a line's rest that fits and splits no UTF-8 sequence. */
static size_t fold_at(const char *s, size_t n, size_t room)
{
	if (n <= room)
		return n;
	while (room > 1 && ((unsigned char)s[room] & 0xc0) == 0x80)
		room--;
	return room;
}

/* Fold anew (RFC 5545 §3.1): libical 3.0.16 writes CR CR LF SP LF where a line ends just at its fold. A line of text never starts with a
 * space, so taking out every CR LF SP undoes all that it folded. */
static bool add_folded(struct str_buf *out, const char *text)
{
	struct str_buf flat = STR_BUF_INIT;
	bool ok = true;
	for (const char *fold; ok && (fold = strstr(text, "\r\n ")) != NULL; text = fold + 3)
		ok = str_buf_add(&flat, text, (size_t)(fold - text));
	ok = ok && str_buf_add(&flat, text, strlen(text));
	for (const char *line = flat.data, *end; ok && (end = strstr(line, "\r\n")) != NULL;
	     line = end + 2) {
		size_t took = fold_at(line, (size_t)(end - line), FOLD);
		ok = str_buf_add(out, line, took);
		while (ok && (line += took) < end) {
			took = fold_at(line, (size_t)(end - line), FOLD - 1);
			ok = str_buf_add(out, "\r\n ", 3) && str_buf_add(out, line, took);
		}
		ok = ok && str_buf_add(out, "\r\n", 2);
	}
	str_buf_fini(&flat);
	return ok;
}

enum err_code mail_ical(struct str_buf *out, const struct mail_event *ev, struct err *e)
{
	enum err_code code = check(ev, e);
	if (code != ERR_OK)
		return code;
	icalcomponent *cal = icalcomponent_new_vcalendar();
	icalcomponent_add_property(
	    cal, icalproperty_new_prodid("-//foyer//foyer " FOYER_VERSION "//EN"));
	icalcomponent_add_property(cal, icalproperty_new_version("2.0"));
	icalcomponent_add_property(cal, icalproperty_new_calscale("GREGORIAN"));
	icalcomponent_add_property(
	    cal, icalproperty_new_method(
		     ev->method == MAIL_CANCEL ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST));
	icalcomponent_add_component(cal, event_new(ev));
	char *text = icalcomponent_as_ical_string_r(cal);
	if (text == NULL || !add_folded(out, text))
		code = err_set(e, ERR_BUG, "the calendar entry could not be written");
	icalmemory_free_buffer(text);
	icalcomponent_free(cal);
	return code;
}
