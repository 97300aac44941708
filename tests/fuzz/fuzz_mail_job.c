// rooms: notify pass base
/*
 * A mail job of any bytes: what is taken has a safe Message-ID and plain addresses, and becomes header fields and a calendar entry
 * that keep the rules of the wire.
 */
#include "notify/job.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "notify/rfc2047.h"
#include "tests/unit/notify/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_person(const struct mail_person *p)
{
	struct str_buf out = STR_BUF_INIT;
	decode_must(mail_header_mailbox(&out, "To", p->name, p->mail, NULL) == ERR_OK,
	    "a person that is no mailbox");
	decode_check_lines(out.data, 300); /* an address may be long and does not fold */
	str_buf_fini(&out);
}

static void check_event(const struct mail_event *ev)
{
	struct str_buf out = STR_BUF_INIT;
	if (mail_ical(&out, ev, NULL) == ERR_OK) {
		const char *line = out.data;
		int begins = 0;
		for (const char *end; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
			decode_must(
			    end - line >= 1 && end - line <= 75, "a calendar line is too long");
			decode_must(
			    memchr(line, '\n', (size_t)(end - line)) == NULL, "a bare line feed");
			begins += strncmp(line, "BEGIN:", 6) == 0;
		}
		decode_must(*line == '\0' && begins == 2, "not one event in one calendar");
	}
	check_person(&ev->organizer);
	check_person(&ev->attendee);
	str_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct courier_job job = {0};
	json_t *v = NULL;
	if (json_parse_object(&v, (const char *)data, len, COURIER_MAIL_LINE_MAX, NULL) != ERR_OK)
		return 0;
	struct mail_job *m = mem_new(1, sizeof *m);
	job.obj = v;
	if (mail_job_read(m, &job, NULL) == ERR_OK) {
		decode_must(strpbrk(m->message_id, " \r\n\"\\") == NULL, "an unsafe Message-ID");
		check_person(&m->to);
		if (m->has_event)
			check_event(&m->event);
	}
	free(m);
	json_decref(v);
	return 0;
}
