#include "notify/message.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "notify/html.h"
#include "notify/rfc2047.h"
#include "pass/qr.h"

/* Pixels a module in the file, and as shown: twice as fine, for telephones. */
enum { QR_SCALE = 12, QR_SHOWN = 6, QR_QUIET = 4 };

void mail_date(char dst[MAIL_DATE_SZ], int64_t ms)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t s = (time_t)(ms / 1000);
	struct tm t;
	(void)gmtime_r(&s, &t);
	(void)str_print(dst, MAIL_DATE_SZ, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[t.tm_wday],
	    t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* Append s with every LF as CR LF: what SMTP and libcurl's quoted-printable encoder take for a line end. */
static bool add_crlf(struct str_buf *out, const struct str_buf *s)
{
	bool ok = true;
	for (size_t i = 0, n; i < s->len && ok; i += n + 1) {
		const char *lf = memchr(s->data + i, '\n', s->len - i);
		n = lf != NULL ? (size_t)(lf - s->data) - i : s->len - i;
		ok =
		    str_buf_add(out, s->data + i, n) && (lf == NULL || str_buf_add(out, "\r\n", 2));
	}
	return ok;
}

static enum err_code compose_picture(
    struct mail_message *m, const struct mail_job *job, const struct str_buf *text, struct err *e)
{
	struct qr *q = mem_new(1, sizeof *q);
	struct str_buf page = STR_BUF_INIT;
	enum err_code code = qr_encode(q, job->pass, QR_M, e);
	if (code == ERR_OK)
		code = qr_png(&m->png, q, QR_SCALE, QR_QUIET, e);
	if (code != ERR_OK)
		goto out;
	/* Unique in the world as the Message-ID is (RFC 2392). */
	(void)str_print(m->cid, sizeof m->cid, "qr.%.*s", (int)strlen(m->id) - 2, m->id + 1);
	const struct mail_picture picture = {
	    .cid = m->cid, .alt = "QR", .side = (q->side + 2 * QR_QUIET) * QR_SHOWN};
	code = mail_html(&page, m->lang, m->subject, text->data, &picture);
	if (code == ERR_OK && !add_crlf(&m->html, &page))
		code = ERR_TOO_LONG;
	if (code != ERR_OK)
		(void)err_set(e, code, "the mail is too long");
out:
	str_buf_fini(&page);
	explicit_bzero(q, sizeof *q);
	free(q);
	return code;
}

static enum err_code compose_text(struct mail_message *m, const struct mail_job *job,
    const char *texts, struct str_buf *text, struct err *e)
{
	struct mail_template t;
	enum err_code code = mail_template_load(&t, texts, job->lang, job->template, e);
	if (code == ERR_OK)
		code = mail_template_render(&t, &job->vars, m->subject, text, e);
	/* The text's own language, which is English where there was none in the one asked for. */
	(void)str_print(m->lang, sizeof m->lang, "%.*s", (int)strcspn(t.label, "/"), t.label);
	mail_template_fini(&t);
	if (code == ERR_OK && !add_crlf(&m->text, text))
		code = err_set(e, ERR_TOO_LONG, "the mail is too long");
	return code;
}

enum err_code mail_message_compose(struct mail_message *m, const struct mail_job *job,
    const struct mail_person *from, const char *texts, struct err *e)
{
	memset(m, 0, sizeof *m);
	m->from = *from;
	m->to = job->to;
	m->date_ms = job->date_ms;
	(void)str_copy(m->id, sizeof m->id, job->message_id);
	struct str_buf text = STR_BUF_INIT;
	enum err_code code = compose_text(m, job, texts, &text, e);
	if (code == ERR_OK && job->pass[0] != '\0')
		code = compose_picture(m, job, &text, e);
	if (code == ERR_OK && job->has_event) {
		m->method = job->event.method;
		m->reply_to = job->event.organizer;
		code = mail_ical(&m->ical, &job->event, e);
	}
	str_buf_fini(&text);
	return code;
}

void mail_message_fini(struct mail_message *m)
{
	str_buf_fini(&m->text);
	str_buf_fini(&m->html);
	str_buf_fini(&m->png);
	str_buf_fini(&m->ical);
	explicit_bzero(m, sizeof *m);
}

static struct curl_slist *append(struct curl_slist *own_list, const char *line)
{
	struct curl_slist *list = curl_slist_append(own_list, line);
	if (list == NULL)
		log_bug("libcurl: out of memory");
	return list;
}

static struct curl_slist *append_mailbox(
    struct curl_slist *own_list, const char *field, const struct mail_person *p)
{
	struct str_buf line = STR_BUF_INIT;
	struct err e;
	if (mail_header_mailbox(&line, field, p->name, p->mail, &e) != ERR_OK)
		log_bug("%s", e.msg);
	struct curl_slist *list = append(own_list, line.data);
	str_buf_fini(&line);
	return list;
}

struct curl_slist *mail_message_headers(const struct mail_message *m)
{
	struct str_buf line = STR_BUF_INIT;
	struct err e;
	char date[MAIL_DATE_SZ];
	mail_date(date, m->date_ms);
	(void)str_buf_print(&line, "Date: %s", date);
	struct curl_slist *list = append(NULL, line.data);
	list = append_mailbox(list, "From", &m->from);
	list = append_mailbox(list, "To", &m->to);
	if (m->reply_to.mail[0] != '\0')
		list = append_mailbox(list, "Reply-To", &m->reply_to);
	str_buf_clear(&line);
	if (mail_header_text(&line, "Subject", m->subject, &e) != ERR_OK)
		log_bug("%s", e.msg);
	list = append(list, line.data);
	str_buf_clear(&line);
	(void)str_buf_print(&line, "Message-ID: %s", m->id);
	list = append(list, line.data);
	str_buf_clear(&line);
	(void)str_buf_print(&line, "Content-Language: %s", m->lang);
	list = append(list, line.data);
	/* RFC 3834 §5: no vacation replies, please. */
	list = append(list, "Auto-Submitted: auto-generated");
	str_buf_fini(&line);
	return list;
}

static void must(CURLcode rc)
{
	if (rc != CURLE_OK)
		log_bug("libcurl refuses a part of a mail: %s", curl_easy_strerror(rc));
}

static curl_mimepart *part_new(curl_mime *in)
{
	curl_mimepart *part = curl_mime_addpart(in);
	if (part == NULL)
		log_bug("libcurl: out of memory");
	return part;
}

/* Turn part into a multipart of that type; the part for its first child comes back, *multi tells where the others go. */
static curl_mimepart *part_nest(
    CURL *easy, curl_mimepart *part, const char *type, curl_mime **multi)
{
	*multi = curl_mime_init(easy);
	must(*multi != NULL ? curl_mime_subparts(part, *multi) : CURLE_OUT_OF_MEMORY);
	must(curl_mime_type(part, type));
	return part_new(*multi);
}

static void part_fill(
    curl_mimepart *part, const struct str_buf *data, const char *type, const char *encoding)
{
	must(curl_mime_data(part, data->data, data->len));
	must(curl_mime_type(part, type));
	must(curl_mime_encoder(part, encoding));
}

static void part_header(curl_mimepart *part, const char *a, const char *b)
{
	struct curl_slist *list = append(NULL, a);
	must(curl_mime_headers(part, b != NULL ? append(list, b) : list, 1));
}

curl_mime *mail_message_mime(CURL *easy, const struct mail_message *m)
{
	char line[MAIL_ID_SZ + 32];
	curl_mime *mixed = curl_mime_init(easy), *related = NULL, *alternative = NULL;
	if (mixed == NULL)
		log_bug("libcurl: out of memory");
	curl_mimepart *body = part_new(mixed);
	if (m->png.len > 0) /* RFC 2387 §3.1 wants the root's type named */
		body = part_nest(
		    easy, body, "multipart/related; type=\"multipart/alternative\"", &related);
	if (m->png.len > 0 || m->ical.len > 0)
		body = part_nest(easy, body, "multipart/alternative", &alternative);
	part_fill(body, &m->text, "text/plain; charset=utf-8", "quoted-printable");
	if (m->html.len > 0)
		part_fill(part_new(alternative), &m->html, "text/html; charset=utf-8",
		    "quoted-printable");
	if (m->ical.len > 0) {
		(void)str_print(line, sizeof line, "text/calendar; charset=utf-8; method=%s",
		    mail_method_name(m->method));
		part_fill(part_new(alternative), &m->ical, line, "base64");
		curl_mimepart *file = part_new(mixed);
		part_fill(file, &m->ical, "application/ics; name=\"invite.ics\"", "base64");
		part_header(file, "Content-Disposition: attachment; filename=\"invite.ics\"", NULL);
	}
	if (m->png.len > 0) {
		curl_mimepart *picture = part_new(related);
		part_fill(picture, &m->png, "image/png; name=\"qr.png\"", "base64");
		(void)str_print(line, sizeof line, "Content-ID: <%s>", m->cid);
		part_header(picture, line, "Content-Disposition: inline; filename=\"qr.png\"");
	}
	return mixed;
}
