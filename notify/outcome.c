#include "notify/outcome.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

const char *smtp_class_name(enum smtp_class c)
{
	switch (c) {
	case SMTP_SENT: return "sent";
	case SMTP_UNREACHABLE: return "unreachable";
	case SMTP_TIMEOUT: return "timeout";
	case SMTP_GREYLISTED: return "greylisted";
	case SMTP_REJECTED: return "rejected";
	case SMTP_TLS: return "tls";
	case SMTP_AUTH: return "auth";
	}
	return "";
}

/* The verb and its end: a line of AUTH is base64 and may begin with anything. */
static bool is_command(const char *line, size_t len, const char *verb)
{
	size_t n = strlen(verb);
	return len >= n && strncasecmp(line, verb, n) == 0 &&
	       (len == n || line[n] == ' ' || line[n] == '\r');
}

void smtp_trace_command(struct smtp_trace *t, const char *line, size_t len)
{
	static const struct {
		const char *verb;
		enum smtp_phase phase;
	} verbs[] = {{"EHLO", SMTP_HELLO}, {"HELO", SMTP_HELLO}, {"STARTTLS", SMTP_SECURE},
	    {"AUTH", SMTP_LOGIN}, {"MAIL", SMTP_FROM}, {"RCPT", SMTP_RCPT}, {"DATA", SMTP_DATA}};
	if (is_command(line, len, "QUIT"))
		t->over = true; /* what counts was said before */
	if (t->over)
		return;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		/* The phase only grows: nothing that looks like a verb in a later line turns it back. */
		if (verbs[i].phase > t->phase && is_command(line, len, verbs[i].verb))
			t->phase = verbs[i].phase;
	}
	t->reply = 0;
	t->enhanced[0] = '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void smtp_trace_reply(struct smtp_trace *t, const char *line, size_t len)
{
	if (t->over || len < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2]))
		return;
	t->reply = 100 * (line[0] - '0') + 10 * (line[1] - '0') + (line[2] - '0');
	if (t->phase == SMTP_CONNECT)
		t->phase = SMTP_HELLO;
	else if (t->phase == SMTP_DATA && t->reply == 354)
		t->phase = SMTP_BODY;
	else if (t->phase == SMTP_BODY && t->reply == 250)
		t->phase = SMTP_TAKEN;
	size_t n = 0;
	t->enhanced[0] = '\0';
	while (4 + n < len && n < sizeof t->enhanced - 1 &&
	       (is_digit(line[4 + n]) || line[4 + n] == '.'))
		n++;
	if (n >= 5 && (line[4] == '2' || line[4] == '4' || line[4] == '5') && line[5] == '.' &&
	    line[4 + n - 1] != '.')
		(void)str_print(t->enhanced, sizeof t->enhanced, "%.*s", (int)n, line + 4);
}

static const char *refused_what(enum smtp_phase p)
{
	switch (p) {
	case SMTP_CONNECT:
	case SMTP_HELLO: return "connections from here";
	case SMTP_SECURE: return "TLS";
	case SMTP_LOGIN: return "the login";
	case SMTP_FROM: return "the sender address";
	case SMTP_RCPT: return "the recipient";
	case SMTP_DATA:
	case SMTP_BODY:
	case SMTP_TAKEN: return "the message";
	}
	return "";
}

static const char *remedy_of(enum smtp_class c, enum smtp_phase p)
{
	switch (c) {
	case SMTP_SENT: return "";
	case SMTP_GREYLISTED:
		return "None is needed at first: it is sent again by itself. If it stays so, the "
		       "mail server's log says why.";
	case SMTP_UNREACHABLE:
		return "Check the mail server's address in foyer.conf, the network, and the mail "
		       "server.";
	case SMTP_TIMEOUT:
		return "Check the mail server and the network; a slow server needs a longer "
		       "timeout in foyer.conf.";
	case SMTP_REJECTED:
		if (p == SMTP_RCPT)
			return "Correct the address, then retry the job; the mail server's log "
			       "says why.";
		return p == SMTP_FROM
			   ? "Check from of the mail section in foyer.conf, then retry the job."
			   : "The mail server's log says why; mend that, then retry the job.";
	case SMTP_TLS:
		return "Check the server's certificate, and tls and ca-file of the mail section in "
		       "foyer.conf.";
	case SMTP_AUTH: return "Check user and secret-file of the mail section in foyer.conf.";
	}
	return "";
}

static enum smtp_class class_of_reply(const struct smtp_trace *t, bool secure)
{
	if (t->reply < 500)
		return SMTP_GREYLISTED;
	if (t->phase == SMTP_LOGIN)
		return SMTP_AUTH;
	if (t->phase == SMTP_SECURE)
		return SMTP_TLS;
	if (t->phase < SMTP_LOGIN)
		return SMTP_UNREACHABLE;
	/* RFC 4954 §6 and RFC 3207 §4: 530 asks for a login, or for TLS first. The message may be fine. */
	if (t->reply == 530)
		return secure ? SMTP_AUTH : SMTP_TLS;
	return SMTP_REJECTED;
}

static enum smtp_class class_of_curl(CURLcode rc)
{
	switch ((int)rc) {
	case CURLE_OPERATION_TIMEDOUT: return SMTP_TIMEOUT;
	case CURLE_LOGIN_DENIED: return SMTP_AUTH;
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_PEER_FAILED_VERIFICATION: return SMTP_TLS;
	default: return SMTP_UNREACHABLE;
	}
}

void smtp_outcome_of(struct smtp_outcome *o, CURLcode rc, const struct smtp_trace *t, bool secure)
{
	*o = (struct smtp_outcome){.reply = t->reply};
	/* Once the body is taken the mail is the server's, whatever becomes of QUIT (RFC 5321 §4.2.5). */
	if (rc == CURLE_OK || t->phase == SMTP_TAKEN)
		return;
	if (t->reply >= 400 && t->reply < 600 && rc != CURLE_OPERATION_TIMEDOUT) {
		o->class = class_of_reply(t, secure);
		(void)str_print(o->reason, sizeof o->reason,
		    "the mail server refuses %s%s (%d%s%s)", refused_what(t->phase),
		    t->reply < 500 ? " for now" : "", t->reply, t->enhanced[0] != '\0' ? " " : "",
		    t->enhanced);
	} else {
		o->class = class_of_curl(rc);
		/* Which certificate is wrong, and how: libcurl's own words say it best. They name the server alone. */
		bool own = o->class == SMTP_TLS && t->said[0] != '\0';
		(void)str_print(o->reason, sizeof o->reason, "mail server: %s",
		    own ? t->said : curl_easy_strerror(rc));
	}
	o->blocks = t->phase < SMTP_FROM || o->class == SMTP_TLS || o->class == SMTP_AUTH;
	(void)str_copy(o->remedy, sizeof o->remedy, remedy_of(o->class, t->phase));
}
