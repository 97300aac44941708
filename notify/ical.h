/*
 * The visit as a calendar entry: one VEVENT of RFC 5545 under an iTIP method (RFC 5546), so that the visitor's calendar takes it and
 * drops it again when the visit is called off. It hides libical.
 */
#ifndef NOTIFY_ICAL_H
#define NOTIFY_ICAL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/text.h"

struct mail_person {
	char name[TEXT_NAME_SZ]; /* may be empty */
	char mail[TEXT_MAIL_SZ];
};

enum mail_method { MAIL_REQUEST, MAIL_CANCEL };
const char *mail_method_name(enum mail_method m); /* "REQUEST" */

struct mail_event {
	enum mail_method method;
	char uid[TEXT_MAIL_SZ]; /* the same in every message about one visit */
	int sequence; /* raised with every change, also by the cancelling */
	int64_t stamp_ms, start_ms, end_ms; /* UTC; written in whole seconds */
	char summary[TEXT_FIELD_SZ], location[TEXT_FIELD_SZ];
	struct mail_person organizer, attendee;
};

/* Append the calendar object: CR LF line ends, folded at 75 octets. ERR_INPUT for an address, a uid or a span that is none. */
enum err_code mail_ical(struct str_buf *out, const struct mail_event *ev, struct err *e) MUST_USE;

#endif
