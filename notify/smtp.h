/*
 * One mail to one recipient through one server, by SMTP. It hides libcurl's transfer: TLS and the certificate's check, AUTH, every time limit.
 * Blocking, a connection a mail. Nothing but a final 250 counts as sent.
 */
#ifndef NOTIFY_SMTP_H
#define NOTIFY_SMTP_H

#include <limits.h>
#include <stdint.h>

#include "base/text.h"
#include "notify/ical.h"
#include "notify/outcome.h"

enum smtp_tls { SMTP_TLS_NONE, SMTP_TLS_STARTTLS, SMTP_TLS_SMTPS };
enum { SMTP_SECRET_SZ = 257 };

struct smtp_route {
	char host[TEXT_MAIL_SZ]; /* name or address; IPv6 in brackets */
	uint16_t port;
	enum smtp_tls tls; /* STARTTLS is demanded, never just tried */
	char ca_file[PATH_MAX]; /* "": the machine's */
	char user[TEXT_MAIL_SZ], secret[SMTP_SECRET_SZ]; /* "": no AUTH */
	struct mail_person from;
	int64_t timeout_ms; /* for the whole of one mail */
};
void smtp_route_fini(struct smtp_route *r); /* clears the secret */

/* Once at start, before the sandbox, and at the end. */
enum err_code smtp_init(struct err *e) MUST_USE;
void smtp_fini(void);

struct mail_message;
void smtp_send(struct smtp_outcome *o, const struct smtp_route *r, const struct mail_message *m);

/* All of it but the mail: connect, EHLO, TLS, AUTH, NOOP, QUIT. SMTP_SENT when the server would take one. */
void smtp_check(struct smtp_outcome *o, const struct smtp_route *r);

#endif
