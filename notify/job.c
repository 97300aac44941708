#include "notify/job.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"

static const int64_t year_9999_ms = 253402300799000;

static bool is_from(const char *s, size_t n, const char *more)
{
	for (size_t i = 0; i < n; i++) {
		bool alnum = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
			     (s[i] >= 'A' && s[i] <= 'Z');
		if (!alnum && (s[i] == '\0' || strchr(more, s[i]) == NULL))
			return false;
	}
	return n > 0;
}

/* "<left@right>" of letters, digits, dots and hyphens: what we make ourselves, a small part of RFC 5322's msg-id. */
static bool is_message_id(const char *s)
{
	size_t n = strlen(s);
	const char *at = strchr(s, '@');
	return n > 4 && at != NULL && s[0] == '<' && s[n - 1] == '>' &&
	       is_from(s + 1, (size_t)(at - s) - 1, ".-") &&
	       is_from(at + 1, n - 2 - (size_t)(at - s), ".-");
}

static enum err_code person_read(
    struct mail_person *p, const json_t *obj, const char *who, struct err *e)
{
	struct json_reader r;
	struct err why;
	json_read_begin(&r, obj, &why);
	json_read_text(&r, "name", JSON_OPTIONAL, p->name, sizeof p->name, TEXT_CUT);
	json_read_text(&r, "mail", JSON_REQUIRED, p->mail, sizeof p->mail, TEXT_STRICT);
	enum err_code code = json_read_end(&r);
	if (code == ERR_OK && !text_is_mail(p->mail))
		code = err_set(&why, ERR_INPUT, "mail: must be a plain mail address");
	return code == ERR_OK ? ERR_OK : err_set(e, code, "%s: %s", who, why.msg);
}

static enum err_code vars_read(struct mail_vars *v, const json_t *obj, struct err *e)
{
	mail_vars_init(v);
	enum err_code code = ERR_OK;
	json_t *own = json_incref((json_t *)(uintptr_t)obj);
	for (void *it = json_object_iter(own); it != NULL && code == ERR_OK;
	     it = json_object_iter_next(own, it)) {
		const char *value = json_string_value(json_object_iter_value(it));
		code = value != NULL ? mail_vars_set(v, json_object_iter_key(it), value, e)
				     : err_set(e, ERR_INPUT, "vars: must be strings");
	}
	json_decref(own);
	return code;
}

static enum err_code event_read(
    struct mail_event *ev, const json_t *obj, int64_t date_ms, struct err *e)
{
	struct json_reader r;
	struct err why;
	char method[TEXT_WORD_SZ] = "";
	int64_t sequence = 0;
	const json_t *organizer = NULL, *attendee = NULL;
	json_read_begin(&r, obj, &why);
	json_read_text(&r, "method", JSON_REQUIRED, method, sizeof method, TEXT_STRICT);
	json_read_text(&r, "uid", JSON_REQUIRED, ev->uid, sizeof ev->uid, TEXT_STRICT);
	json_read_int(&r, "sequence", JSON_REQUIRED, &sequence, 0, INT32_MAX);
	json_read_int(&r, "start_ms", JSON_REQUIRED, &ev->start_ms, 0, year_9999_ms);
	json_read_int(&r, "end_ms", JSON_REQUIRED, &ev->end_ms, 0, year_9999_ms);
	json_read_text(&r, "summary", JSON_REQUIRED, ev->summary, sizeof ev->summary, TEXT_CUT);
	json_read_text(&r, "location", JSON_OPTIONAL, ev->location, sizeof ev->location, TEXT_CUT);
	json_read_object(&r, "organizer", JSON_REQUIRED, &organizer);
	json_read_object(&r, "attendee", JSON_REQUIRED, &attendee);
	enum err_code code = json_read_end(&r);
	if (code == ERR_OK && str_eq(method, mail_method_name(MAIL_CANCEL)))
		ev->method = MAIL_CANCEL;
	else if (code == ERR_OK && !str_eq(method, mail_method_name(MAIL_REQUEST)))
		code = err_set(&why, ERR_INPUT, "method: must be REQUEST or CANCEL");
	if (code == ERR_OK)
		code = person_read(&ev->organizer, organizer, "organizer", &why);
	if (code == ERR_OK)
		code = person_read(&ev->attendee, attendee, "attendee", &why);
	ev->sequence = (int)sequence;
	ev->stamp_ms = date_ms;
	return code == ERR_OK ? ERR_OK : err_set(e, code, "ical: %s", why.msg);
}

static bool is_pass(const char *s)
{
	return strlen(s) == PASS_TEXT_SZ - 1 && str_starts(s, "FOYER") &&
	       is_from(s, PASS_TEXT_SZ - 1, "");
}

enum err_code mail_job_read(struct mail_job *m, const struct courier_job *job, struct err *e)
{
	struct json_reader r;
	const json_t *to = NULL, *vars = NULL, *ical = NULL;
	memset(m, 0, sizeof *m);
	courier_job_begin(&r, job, e);
	json_read_text(&r, "template", JSON_REQUIRED, m->template, sizeof m->template, TEXT_STRICT);
	json_read_text(&r, "lang", JSON_REQUIRED, m->lang, sizeof m->lang, TEXT_STRICT);
	json_read_text(
	    &r, "message_id", JSON_REQUIRED, m->message_id, sizeof m->message_id, TEXT_STRICT);
	json_read_int(&r, "date_ms", JSON_REQUIRED, &m->date_ms, 0, year_9999_ms);
	json_read_object(&r, "to", JSON_REQUIRED, &to);
	json_read_object(&r, "vars", JSON_REQUIRED, &vars);
	bool has_pass =
	    json_read_text(&r, "pass", JSON_OPTIONAL, m->pass, sizeof m->pass, TEXT_STRICT) &&
	    m->pass[0] != '\0';
	m->has_event = json_read_object(&r, "ical", JSON_OPTIONAL, &ical);
	enum err_code code = json_read_end(&r);
	if (code == ERR_OK && !is_message_id(m->message_id))
		code = err_set(e, ERR_INPUT, "message_id: must be <letters@domain>");
	if (code == ERR_OK && has_pass && !is_pass(m->pass))
		code = err_set(e, ERR_INPUT, "pass: is none");
	if (code == ERR_OK)
		code = person_read(&m->to, to, "to", e);
	if (code == ERR_OK)
		code = vars_read(&m->vars, vars, e);
	/* A text may speak of the picture only where there is one. */
	if (code == ERR_OK && has_pass)
		code = mail_vars_set(&m->vars, "qr", "qr.png", e);
	if (code == ERR_OK && m->has_event)
		code = event_read(&m->event, ical, m->date_ms, e);
	return code;
}

/* "mx:25", "mx", "[::1]:25" → host (an IPv6 address keeps its brackets) and port. */
static bool split_server(struct smtp_route *route, const char *server)
{
	size_t host = server[0] == '[' ? strcspn(server, "]") + 1 : strcspn(server, ":");
	if (host > strlen(server) || host >= sizeof route->host)
		return false;
	(void)str_print(route->host, sizeof route->host, "%.*s", (int)host, server);
	bool v6 = server[0] == '[' && host > 2 &&
		  strspn(server + 1, "0123456789abcdefABCDEF:.") == host - 2;
	if (!v6 && !is_from(server, host, ".-_"))
		return false;
	const char *port = server + host;
	if (*port == '\0') { /* RFC 8314 §3.3, RFC 5321 §4.5.4.2 */
		route->port = route->tls == SMTP_TLS_SMTPS ? 465 : 25;
		return true;
	}
	long n = 0;
	if (*port != ':' || strlen(port) > 6 || port[1] == '\0' || port[1] == '0')
		return false;
	for (port++; *port >= '0' && *port <= '9'; port++)
		n = 10 * n + (*port - '0');
	route->port = (uint16_t)n;
	return *port == '\0' && n <= UINT16_MAX;
}

static bool tls_parse(enum smtp_tls *tls, const char *s)
{
	static const char *const names[] = {"none", "starttls", "smtps"};
	for (int i = 0; i < 3; i++) {
		if (str_eq(s, names[i])) {
			*tls = (enum smtp_tls)i;
			return true;
		}
	}
	return false;
}

/* foyer.conf(5): on this machine a password needs no TLS. */
static bool is_loopback(const char *host)
{
	return str_eq(host, "localhost") || str_eq(host, "127.0.0.1") || str_eq(host, "[::1]");
}

static enum err_code route_check(struct smtp_route *route, const char *server, const char *tls,
    const char *secret_file, struct err *e)
{
	if (!tls_parse(&route->tls, tls))
		return err_set(e, ERR_CONFIG, "tls: must be none, starttls or smtps");
	if (!split_server(route, server))
		return err_set(e, ERR_CONFIG, "server: must be HOST:PORT");
	if (!text_is_mail(route->from.mail))
		return err_set(e, ERR_CONFIG, "from: must be a plain mail address");
	if ((route->user[0] == '\0') != (secret_file[0] == '\0'))
		return err_set(e, ERR_CONFIG, "user and secret_file: both or none");
	if (route->user[0] != '\0' && route->tls == SMTP_TLS_NONE && !is_loopback(route->host))
		return err_set(e, ERR_CONFIG,
		    "user: a secret goes only through TLS; set tls to starttls or smtps");
	return ERR_OK;
}

enum err_code mail_conf_read(
    struct smtp_route *route, char texts[PATH_MAX], const json_t *conf, struct err *e)
{
	struct json_reader r;
	char server[TEXT_MAIL_SZ] = "", tls[TEXT_WORD_SZ] = "", secret_file[PATH_MAX] = "",
	     data[PATH_MAX] = "";
	memset(route, 0, sizeof *route);
	json_read_begin(&r, conf, e);
	json_read_text(&r, "server", JSON_REQUIRED, server, sizeof server, TEXT_STRICT);
	json_read_text(&r, "tls", JSON_REQUIRED, tls, sizeof tls, TEXT_STRICT);
	json_read_text(
	    &r, "ca_file", JSON_OPTIONAL, route->ca_file, sizeof route->ca_file, TEXT_STRICT);
	json_read_text(&r, "user", JSON_OPTIONAL, route->user, sizeof route->user, TEXT_STRICT);
	json_read_text(
	    &r, "secret_file", JSON_OPTIONAL, secret_file, sizeof secret_file, TEXT_STRICT);
	json_read_text(
	    &r, "from", JSON_REQUIRED, route->from.mail, sizeof route->from.mail, TEXT_STRICT);
	json_read_text(
	    &r, "from_name", JSON_OPTIONAL, route->from.name, sizeof route->from.name, TEXT_CUT);
	json_read_int(&r, "timeout_ms", JSON_REQUIRED, &route->timeout_ms, 100, 10 * 60 * 1000);
	json_read_text(&r, "data", JSON_REQUIRED, data, sizeof data, TEXT_STRICT);
	enum err_code code = json_read_end(&r);
	if (code == ERR_OK)
		code = route_check(route, server, tls, secret_file, e);
	if (code == ERR_OK)
		code = path_join(texts, data, "mail", e);
	if (code == ERR_OK && secret_file[0] != '\0')
		code = path_read_secret(route->secret, sizeof route->secret, secret_file, e);
	return code;
}
