/*
 * foyer-notify: the courier that sends mail. See foyer-courier(7).
 */
#include <stdlib.h>
#include <string.h>

#include "base/courier.h"
#include "base/sandbox.h"
#include "base/str.h"
#include "notify/job.h"
#include "notify/message.h"
#include "notify/smtp.h"
#include "notify/template.h"

struct notify {
	struct smtp_route route;
	char texts[PATH_MAX];
};

static enum err_code notify_start(void *arg, const struct courier_start *s, struct err *e)
{
	struct notify *n = arg;
	enum err_code code = mail_conf_read(&n->route, n->texts, s->conf, e);
	if (code == ERR_OK)
		code = smtp_init(e);
	if (code != ERR_OK)
		return code;
	/* A file is let in as it is now: one that is replaced is seen when the courier starts again. */
	const struct sandbox cell = {
	    .read = {n->texts, n->route.ca_file[0] != '\0' ? n->route.ca_file : NULL},
	    .connect = {n->route.port},
	    .allow = SANDBOX_INET | SANDBOX_RESOLVE | SANDBOX_WITH_PARENT,
	};
	return sandbox_enter(&cell, e);
}

static void answer(struct courier_answer *a, const struct smtp_outcome *o)
{
	switch (o->class) {
	case SMTP_SENT:
		courier_done(a);
		courier_add(a, "reply", json_string("250"));
		break;
	case SMTP_REJECTED: courier_failed(a, smtp_class_name(o->class), "%s", o->reason); break;
	case SMTP_UNREACHABLE:
	case SMTP_TIMEOUT:
	case SMTP_GREYLISTED:
	case SMTP_TLS:
	case SMTP_AUTH: courier_retry(a, smtp_class_name(o->class), "%s", o->reason); break;
	}
	if (o->class != SMTP_SENT && o->remedy[0] != '\0')
		courier_remedy(a, "%s", o->remedy);
	if (o->blocks)
		courier_add(a, "blocks", json_true());
}

/* What could not be composed: the site's text is wrong, or the job's values are. */
static void refuse(struct courier_answer *a, const struct err *e)
{
	if (err_class_of(e->code) == ERR_CLASS_RETRY) {
		courier_error(a, e);
	} else if (e->code == ERR_INPUT) {
		courier_bad_job(a, e);
	} else {
		courier_failed(a, "template", "%s", e->msg);
		courier_remedy(a, "Mend the text, then retry the job.");
	}
}

static void mail(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	const struct notify *n = arg;
	struct mail_job *m = mem_new(1, sizeof *m);
	struct mail_message message = {0};
	struct err e = {0};
	enum err_code code = mail_job_read(m, job, &e);
	if (code != ERR_OK) {
		courier_bad_job(a, &e);
		goto out;
	}
	code = mail_message_compose(&message, m, &n->route.from, n->texts, &e);
	if (code != ERR_OK) {
		refuse(a, &e);
		goto out;
	}
	struct smtp_outcome o;
	smtp_send(&o, &n->route, &message);
	answer(a, &o);
out:
	mail_message_fini(&message);
	explicit_bzero(m, sizeof *m);
	free(m);
}

static void check(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	const struct notify *n = arg;
	(void)job;
	struct err e = {0};
	struct smtp_outcome o;
	smtp_check(&o, &n->route);
	if (o.class != SMTP_SENT)
		courier_checked(a, false, smtp_class_name(o.class), o.reason, o.remedy);
	else if (mail_template_check(n->texts, &e) != ERR_OK)
		courier_checked(a, false, "template", e.msg, "Mend the text.");
	else
		courier_checked(a, true, "idle", "", "");
}

int main(void)
{
	static const struct courier_kind kinds[] = {{"mail", mail}, {"check", check}, {NULL, NULL}};
	struct notify *n = mem_new(1, sizeof *n);
	const struct courier_spec spec = {.program = "foyer-notify",
	    .courier = "notify",
	    .line_max = COURIER_MAIL_LINE_MAX,
	    .start = notify_start,
	    .kinds = kinds,
	    .arg = n};
	int status = courier_run(&spec);
	smtp_fini();
	smtp_route_fini(&n->route);
	free(n);
	return status;
}
