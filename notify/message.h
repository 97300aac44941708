/*
 * One mail, composed: texts, picture and calendar entry from a job, and their shape on the wire (RFC 2045..2047, 2387, 5322, 6047):
 *
 *   multipart/mixed
 *     multipart/related                      with a pass
 *       multipart/alternative
 *         text/plain
 *         text/html                          with a pass: shows the picture
 *         text/calendar; method=REQUEST      with an event: what calendars act on
 *       image/png, inline, qr.png            a client that shows plain text lists it
 *     application/ics, invite.ics            with an event: for clients that only know files
 *
 * A mail with neither pass nor event is one text/plain part in multipart/mixed.
 */
#ifndef NOTIFY_MESSAGE_H
#define NOTIFY_MESSAGE_H

#include <stdint.h>

#include <curl/curl.h>

#include "base/err.h"
#include "base/str.h"
#include "notify/job.h"

struct mail_message {
	struct mail_person from, to, reply_to; /* reply_to: the host, where there is an event */
	char id[MAIL_ID_SZ];
	char cid[MAIL_ID_SZ + 8]; /* of the picture, without brackets */
	int64_t date_ms;
	char lang[TEXT_LANG_SZ];
	char subject[MAIL_SUBJECT_SZ];
	struct str_buf text, html, png, ical; /* CR LF line ends; empty: no such part */
	enum mail_method method;
};

/* Read the text of the job's name and language below texts and fill it. Always call mail_message_fini, which clears it. Errors are of the text
 * (ERR_CONFIG, ERR_NOT_FOUND) or of the job's values (ERR_INPUT, ERR_TOO_LONG). */
enum err_code mail_message_compose(struct mail_message *m, const struct mail_job *job,
    const struct mail_person *from, const char *texts, struct err *e) MUST_USE;
void mail_message_fini(struct mail_message *m);

/* For libcurl; the caller frees. Of a composed message these cannot fail. */
struct curl_slist *mail_message_headers(const struct mail_message *m);
curl_mime *mail_message_mime(CURL *easy, const struct mail_message *m);

/* RFC 5322 §3.3, in UTC: "Mon, 23 Nov 2026 13:00:00 +0000". */
enum { MAIL_DATE_SZ = 40 };
void mail_date(char dst[MAIL_DATE_SZ], int64_t ms);

#endif
