#include "daemon/courier_conf.h"

#include <limits.h>
#include <sys/types.h>

#include "base/path.h"
#include "base/str.h"
#include "daemon/courier.h"

static json_t *print_conf(const struct conf_printer *p)
{
	char data[PATH_MAX];
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "server",
	    p->server[0] ? p->server : "/run/cups/cups.sock", "queue", p->queue, "media", p->media,
	    "badge_size", p->badge_size, "data", path_data(data, ""), "timeout_ms", 2000);
}

static json_t *access_conf(const struct conf *conf, const struct conf_controller *c)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:i, s:i, s:I, s:i, s:s}", "driver", c->driver,
	    "address", c->address, "serial", (json_int_t)c->serial, "card_first",
	    (json_int_t)c->card_first, "card_last", (json_int_t)c->card_last, "profile_first",
	    c->profile_first, "profile_last", c->profile_last, "timeout_ms",
	    (json_int_t)c->timeout_ms, "retries", c->retries, "timezone",
	    c->timezone[0] ? c->timezone : conf->site.timezone);
}

/* foyerd must not be the first to lose its patience: what it kills for being late has done nothing wrong, and with the third
 * courier its job is held. */
static void patience(struct courier_want *w, int64_t ready_ms, int64_t job_ms)
{
	if (ready_ms > w->ready_ms)
		w->ready_ms = ready_ms;
	if (job_ms > w->job_ms)
		w->job_ms = job_ms;
}

/* A courier greets its controller with five questions before it is ready, and a job asks eleven at most, each as often as the section
 * allows; one more for what lies between them. */
static void access_patience(struct courier_want *w, const struct conf_controller *c)
{
	enum { GREETING = 5 + 1, GRANT = 11 + 1 };
	const int64_t question_ms = c->timeout_ms * (c->retries + 1);
	patience(w, GREETING * question_ms, GRANT * question_ms);
}

/* The section's time is that of a whole mail; its server may take as long again to say goodbye (notify/smtp.c). */
static void mail_patience(struct courier_want *w, const struct conf_mail *m)
{
	enum { COMPOSING_MS = 10 * CLOCK_SECOND };
	patience(w, 0, 2 * m->timeout_ms + COMPOSING_MS);
}

static const char *tls_name(enum conf_tls t)
{
	switch (t) {
	case CONF_TLS_NONE: return "none";
	case CONF_TLS_STARTTLS: return "starttls";
	case CONF_TLS_SMTPS: return "smtps";
	}
	return "none";
}

static json_t *mail_conf(const struct conf_mail *m)
{
	char data[PATH_MAX];
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "server", m->server,
	    "tls", tls_name(m->tls), "ca_file", m->ca_file, "user", m->user, "secret_file",
	    m->secret_file, "from", m->from, "from_name", m->from_name, "timeout_ms",
	    (json_int_t)m->timeout_ms, "data", path_data(data, ""));
}

static void want_add(
    struct courier_want *w, enum courier_kind kind, const char *name, json_t *own_conf)
{
	w->kind = kind;
	w->own_conf = own_conf;
	w->ready_ms = COURIER_READY_MS;
	w->job_ms = COURIER_JOB_MS;
	str_copy(w->name, sizeof w->name, name);
}

int courier_wants(const struct conf *conf, struct courier_want wants[COURIER_WANTS])
{
	int n = 0;
	for (int i = 0; i < conf->n_printers; i++)
		want_add(&wants[n++], COURIER_PRINT, conf->printers[i].name,
		    print_conf(&conf->printers[i]));
	for (int i = 0; i < conf->n_controllers; i++) {
		const struct conf_controller *c = &conf->controllers[i];
		want_add(&wants[n], COURIER_ACCESS, c->name, access_conf(conf, c));
		access_patience(&wants[n++], c);
	}
	if (conf->mail.server[0]) {
		want_add(&wants[n], COURIER_NOTIFY, "mail", mail_conf(&conf->mail));
		mail_patience(&wants[n++], &conf->mail);
	}
	return n;
}
