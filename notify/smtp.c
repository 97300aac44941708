#include "notify/smtp.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/str.h"
#include "notify/message.h"

enum { CONNECT_MS = 10 * 1000 };

void smtp_route_fini(struct smtp_route *r)
{
	explicit_bzero(r, sizeof *r);
}

enum err_code smtp_init(struct err *e)
{
	CURLcode rc = curl_global_init(CURL_GLOBAL_DEFAULT);
	return rc == CURLE_OK ? ERR_OK
			      : err_set(e, ERR_UNSUPPORTED, "libcurl: %s", curl_easy_strerror(rc));
}

void smtp_fini(void)
{
	curl_global_cleanup();
}

static void command(struct smtp_trace *t, const char *line, size_t len)
{
	const enum smtp_phase before = t->phase;
	smtp_trace_command(t, line, len);
	if (t->phase == SMTP_DATA && before != SMTP_DATA)
		FAULT("mail.data");
}

/* The lines pass here with the AUTH secret in them: only verbs and numbers are kept. */
static int listen_in(CURL *easy, curl_infotype what, char *data, size_t len, void *arg)
{
	(void)easy;
	struct smtp_trace *t = arg;
	if (what == CURLINFO_HEADER_OUT)
		command(t, data, len);
	else if (what == CURLINFO_HEADER_IN)
		smtp_trace_reply(t, data, len);
	return 0;
}

/* Replies are not for stdout: foyerd reads there. */
static size_t swallow(char *data, size_t size, size_t n, void *arg)
{
	(void)data;
	(void)arg;
	return size * n;
}

static CURLcode set_limits(CURL *easy, int64_t timeout_ms)
{
	long connect_ms = timeout_ms < CONNECT_MS ? (long)timeout_ms : (long)CONNECT_MS,
	     s = (long)((timeout_ms + 999) / 1000);
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	if (rc == CURLE_OK) /* one reply; it is also all that bounds QUIT */
		rc = curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, s);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, s);
	return rc;
}

static CURLcode set_tls(CURL *easy, const struct smtp_route *r)
{
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_USE_SSL,
	    r->tls == SMTP_TLS_NONE ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (rc == CURLE_OK && r->ca_file[0] != '\0') { /* this one and no other */
		rc = curl_easy_setopt(easy, CURLOPT_CAINFO, r->ca_file);
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	return rc;
}

static CURLcode set_server(CURL *easy, const struct smtp_route *r)
{
	char url[TEXT_MAIL_SZ + 32];
	bool smtps = r->tls == SMTP_TLS_SMTPS;
	(void)str_print(
	    url, sizeof url, "%s://%s:%u", smtps ? "smtps" : "smtp", r->host, (unsigned)r->port);
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, smtps ? "smtps" : "smtp");
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_URL, url);
	if (rc == CURLE_OK) /* whatever the environment says */
		rc = curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	if (rc == CURLE_OK && r->user[0] != '\0') {
		rc = curl_easy_setopt(easy, CURLOPT_USERNAME, r->user);
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(easy, CURLOPT_PASSWORD, r->secret);
	}
	return rc;
}

static CURL *easy_new(const struct smtp_route *r, struct smtp_trace *t)
{
	CURL *easy = curl_easy_init();
	if (easy == NULL)
		log_bug("libcurl: no handle");
	CURLcode rc = set_server(easy, r);
	if (rc == CURLE_OK)
		rc = set_tls(easy, r);
	if (rc == CURLE_OK)
		rc = set_limits(easy, r->timeout_ms);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, listen_in);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_DEBUGDATA, t);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->said);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
	if (rc != CURLE_OK)
		log_bug("libcurl refuses an option: %s", curl_easy_strerror(rc));
	return easy;
}

/* MAIL FROM, RCPT TO and what is sent. Returns the list that must outlive the transfer. */
static struct curl_slist *set_envelope(
    CURL *easy, const struct smtp_route *r, const struct mail_message *m)
{
	struct curl_slist *rcpt = curl_slist_append(NULL, m->to.mail);
	CURLcode rc = rcpt != NULL ? CURLE_OK : CURLE_OUT_OF_MEMORY;
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_MAIL_FROM, r->from.mail);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, rcpt);
	if (rc != CURLE_OK)
		log_bug("libcurl refuses an option: %s", curl_easy_strerror(rc));
	return rcpt;
}

void smtp_send(struct smtp_outcome *o, const struct smtp_route *r, const struct mail_message *m)
{
	struct smtp_trace trace = {0};
	CURL *easy = easy_new(r, &trace);
	struct curl_slist *rcpt = set_envelope(easy, r, m), *headers = mail_message_headers(m);
	curl_mime *mime = mail_message_mime(easy, m);
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_MIMEPOST, mime);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(easy);
	FAULT("mail.sent");
	smtp_outcome_of(o, rc, &trace, r->tls != SMTP_TLS_NONE);
	curl_easy_cleanup(easy);
	curl_mime_free(mime);
	curl_slist_free_all(headers);
	curl_slist_free_all(rcpt);
}

void smtp_check(struct smtp_outcome *o, const struct smtp_route *r)
{
	struct smtp_trace trace = {0};
	CURL *easy = easy_new(r, &trace);
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "NOOP");
	if (rc == CURLE_OK)
		rc = curl_easy_perform(easy);
	smtp_outcome_of(o, rc, &trace, r->tls != SMTP_TLS_NONE);
	curl_easy_cleanup(easy);
}
