#include "badge/print_job.h"

#include <dirent.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "badge/badge.h"
#include "badge/print_state.h"
#include "base/fault.h"
#include "base/path.h"

/* Most badges are out within FOLLOW_MS: one answer instead of several. */
enum {
	FOLLOW_MS = 2500,
	AWAY_MS = 1000, /* a server that was ended is most often started again by then */
	LOOK_MS = 200,
	AGAIN_MS = 500,
	AT_ONCE_MS = 50, /* what the book did not know is written first */
	TROUBLE_AGAIN_MS = 2000,
	CANCEL_MS = 5000,
	TIMEOUT_MIN_MS = 100,
	TIMEOUT_MAX_MS = 60000
};

static void look_later(void)
{
	(void)nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000L * 1000}, NULL);
}

/* --- words ------------------------------------------------------------------------------- */

/* A template's name goes into a path. */
static bool word_is_good(const char *s)
{
	return s[0] != '\0' &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] ==
		   '\0';
}

/* NUMBER-COPY: CUPS writes titles into its page log, so nothing else may ever stand there. */
static bool title_is_good(const char *s)
{
	size_t number = strspn(s, "0123456789");
	return number >= 1 && number <= 18 && s[number] == '-' && s[number + 1] != '\0' &&
	       strlen(s + number) <= 8 &&
	       s[number + 1 + strspn(s + number + 1, "0123456789")] == '\0';
}

enum err_code badge_printing_read(struct badge_printing *p, const json_t *conf, struct err *e)
{
	struct json_reader r;
	int64_t timeout = 3000;
	struct badge_queue *q = &p->queue;
	json_read_begin(&r, conf, e);
	json_read_text(&r, "server", JSON_REQUIRED, q->server, sizeof q->server, TEXT_STRICT);
	json_read_text(&r, "queue", JSON_REQUIRED, q->queue, sizeof q->queue, TEXT_STRICT);
	json_read_text(&r, "media", JSON_OPTIONAL, q->media, sizeof q->media, TEXT_STRICT);
	json_read_text(&r, "badge_size", JSON_REQUIRED, p->size, sizeof p->size, TEXT_STRICT);
	json_read_text(&r, "data", JSON_REQUIRED, p->data, sizeof p->data, TEXT_STRICT);
	json_read_text(
	    &r, "templates", JSON_OPTIONAL, p->templates, sizeof p->templates, TEXT_STRICT);
	json_read_int(&r, "timeout_ms", JSON_OPTIONAL, &timeout, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
	enum err_code code = json_read_end(&r);
	if (code != ERR_OK)
		return code;
	q->timeout_ms = (int)timeout;
	if (q->queue[0] == '\0' ||
	    strpbrk(q->queue, "/#?% ") != NULL) /* cupsd's own rule for names (lpadmin(8)) */
		return err_set(
		    e, ERR_CONFIG, "queue: the name of a CUPS queue, without / # ? %% and spaces");
	if (!word_is_good(p->size))
		return err_set(e, ERR_CONFIG, "badge_size: letters, digits, - and _");
	return ERR_OK;
}

/* --- drawing ----------------------------------------------------------------------------- */

static enum err_code template_open(
    const struct badge_printing *p, const char *name, struct badge_template **own_t, struct err *e)
{
	char file[3 * TEXT_WORD_SZ], dir[PATH_MAX], path[PATH_MAX];
	*own_t = NULL;
	if (!word_is_good(name))
		return err_set(e, ERR_CONFIG, "template: letters, digits, - and _");
	(void)str_print(file, sizeof file, "%s-%s.svg", name, p->size);
	if (p->templates[0] != '\0') {
		enum err_code code = path_join(path, p->templates, file, e);
		if (code != ERR_OK || access(path, F_OK) == 0)
			return code != ERR_OK ? code : badge_template_load(own_t, path, e);
	}
	enum err_code code = path_join(dir, p->data, "badge", e);
	if (code == ERR_OK)
		code = path_join(path, dir, file, e);
	return code == ERR_OK ? badge_template_load(own_t, path, e) : code;
}

static enum err_code badge_draw(const struct badge_printing *p, const char *template,
    const struct badge *b, struct str_buf *pdf, struct err *e)
{
	struct badge_template *t = NULL;
	enum err_code code = template_open(p, template, &t, e);
	if (code == ERR_OK)
		code = badge_pdf(pdf, t, b, &p->clock, e);
	badge_template_free(t);
	return code;
}

/* --- print ------------------------------------------------------------------------------- */

struct print_order {
	struct badge_ticket ticket;
	char template[TEXT_WORD_SZ];
	struct badge badge;
	char mark[TEXT_WORD_SZ]; /* what the book knows of it: badge/recent.h */
};

static enum err_code slots_read(struct badge *b, const json_t *slots, struct err *e)
{
	struct json_reader r;
	json_read_begin(&r, slots, e);
	json_read_text(&r, "name", JSON_REQUIRED, b->name, sizeof b->name, TEXT_LINE | TEXT_CUT);
	json_read_text(
	    &r, "company", JSON_OPTIONAL, b->company, sizeof b->company, TEXT_LINE | TEXT_CUT);
	json_read_text(&r, "host", JSON_OPTIONAL, b->host, sizeof b->host, TEXT_LINE | TEXT_CUT);
	json_read_text(&r, "type", JSON_OPTIONAL, b->type, sizeof b->type, TEXT_LINE | TEXT_CUT);
	json_read_text(
	    &r, "escort", JSON_OPTIONAL, b->escort, sizeof b->escort, TEXT_LINE | TEXT_CUT);
	json_read_text(
	    &r, "expiry", JSON_OPTIONAL, b->expiry, sizeof b->expiry, TEXT_LINE | TEXT_CUT);
	json_read_text(
	    &r, "daymark", JSON_OPTIONAL, b->daymark, sizeof b->daymark, TEXT_LINE | TEXT_CUT);
	json_read_text(&r, "pass", JSON_OPTIONAL, b->pass, sizeof b->pass, TEXT_STRICT);
	json_read_text(&r, "code", JSON_OPTIONAL, b->code, sizeof b->code, TEXT_STRICT);
	json_read_text(
	    &r, "door_code", JSON_OPTIONAL, b->door_code, sizeof b->door_code, TEXT_STRICT);
	enum err_code code = json_read_end(&r);
	if (code != ERR_OK)
		return err_context(e, "slots");
	if (b->door_code[strspn(b->door_code, "0123456789")] != '\0')
		return err_set(e, ERR_INPUT, "slots: door_code: digits");
	return ERR_OK;
}

/* What both kinds say: which copy of which badge. Without issued_ms: an older foyerd's. */
static void ticket_read(struct badge_ticket *t, struct json_reader *r)
{
	int64_t issued_ms = 0;
	json_read_text(r, "title", JSON_REQUIRED, t->title, sizeof t->title, TEXT_STRICT);
	json_read_int(r, "issued_ms", JSON_OPTIONAL, &issued_ms, 1, INT64_MAX);
	if (issued_ms > 0)
		(void)str_print(t->stamp, sizeof t->stamp, "%lld", (long long)issued_ms);
}

static enum err_code order_read(struct print_order *o, const struct courier_job *job, struct err *e)
{
	struct json_reader r;
	const json_t *slots = NULL;
	courier_job_begin(&r, job, e);
	ticket_read(&o->ticket, &r);
	json_read_text(&r, "template", JSON_REQUIRED, o->template, sizeof o->template, TEXT_STRICT);
	json_read_object(&r, "slots", JSON_REQUIRED, &slots);
	enum err_code code = json_read_end(&r);
	if (code == ERR_OK && !title_is_good(o->ticket.title))
		code = err_set(e, ERR_INPUT, "title: NUMBER-COPY");
	if (code == ERR_OK)
		code = slots_read(&o->badge, slots, e);
	(void)str_copy(o->mark, sizeof o->mark, job->mark);
	(void)str_copy(o->badge.number, sizeof o->badge.number, o->ticket.title);
	o->badge.number[strcspn(o->badge.number, "-")] = '\0';
	return code;
}

static void trouble_say(struct courier_answer *a, enum badge_trouble t, bool final)
{
	if (final)
		courier_failed(a, badge_trouble_class(t), "%s", badge_trouble_reason(t));
	else
		courier_retry(a, badge_trouble_class(t), "%s", badge_trouble_reason(t));
	courier_remedy(a, "%s", badge_trouble_remedy(t));
}

/* Hand it to CUPS. NULL: *a says why not. */
static struct badge_recent *submit(
    struct badge_printing *p, const struct print_order *o, struct courier_answer *a)
{
	struct str_buf pdf = STR_BUF_INIT;
	struct badge_printer printer;
	struct badge_recent *taken = NULL;
	struct err e;
	if (badge_draw(p, o->template, &o->badge, &pdf, &e) != ERR_OK) {
		courier_failed(a, "template", "%s", e.msg);
		courier_remedy(a, "mend the badge template, then print the badge again");
		goto out;
	}
	FAULT("print.drawn");
	enum err_code code = badge_cups_printer(p->cups, &printer, &e);
	if (code == ERR_OK && !printer.accepting)
		code = ERR_REFUSED; /* the same as it would say, without leaving a job behind */
	if (code == ERR_OK)
		code = badge_cups_print(p->cups, &o->ticket, &pdf, &e);
	FAULT("print.submitted");
	if (code != ERR_OK) {
		trouble_say(a, badge_trouble_of(code), false);
		goto out;
	}
	taken = badge_recent_add(&p->recents, &o->ticket, "");
	taken->history_stale = badge_printer_lost_history(&printer);
out:
	str_buf_fini(&pdf);
	return taken;
}

/* Nobody can say how many badges came out, and no more of them shall. */
static void give_up(struct badge_printing *p, const struct badge_job *job, struct courier_answer *a)
{
	struct err e;
	enum err_code code =
	    badge_job_alive(job) ? badge_cups_cancel(p->cups, job->id, &e) : ERR_OK;
	if (code != ERR_OK)
		trouble_say(a, badge_trouble_of(code), false);
	else
		trouble_say(a, BADGE_INTERRUPTED, true);
}

/* One look at a job that CUPS has. True: *a says it all; false: it is being printed. */
static bool look(struct badge_printing *p, const struct badge_job *job, struct badge_recent *r,
    struct courier_answer *a)
{
	struct badge_printer printer;
	struct err e;
	badge_recent_look(r, job, badge_cups_connection(p->cups));
	if (r->interrupted) {
		give_up(p, job, a);
		return true;
	}
	enum err_code code = badge_cups_printer(p->cups, &printer, &e);
	if (code != ERR_OK) {
		trouble_say(a, badge_trouble_of(code), false);
		return true;
	}
	struct badge_verdict v = badge_job_judge(job, &printer, r->history_stale);
	switch (v.progress) {
	case BADGE_PRINTING: return false;
	case BADGE_PRINTED:
		courier_done(a);
		courier_add(a, "printed", json_true());
		return true;
	case BADGE_WAITS:
		trouble_say(a, v.trouble, false);
		a->after_ms = TROUBLE_AGAIN_MS;
		return true;
	case BADGE_LOST: trouble_say(a, v.trouble, true); return true;
	}
	return true;
}

/* A badge may be at the printer while CUPS is away; when CUPS is back, every moment counts. */
static bool wait_for_server(const struct badge_printing *p, const struct badge_recent *r,
    enum err_code code, int64_t since_ms)
{
	if (code != ERR_UNREACHABLE || r == NULL || r->processing_s == 0 ||
	    clock_mono(&p->clock) - since_ms >= AWAY_MS)
		return false;
	look_later();
	return true;
}

/* What the book is to keep of it, should nobody of us live to say more. */
static void mark_say(struct courier_answer *a, const struct badge_recent *r)
{
	char mark[TEXT_WORD_SZ];
	if (r != NULL && a->result == COURIER_RETRY)
		courier_add(a, "mark", json_string(badge_recent_mark(r, mark)));
}

static bool is_told(const struct print_order *o, const struct badge_recent *r)
{
	char mark[TEXT_WORD_SZ];
	return str_eq(o->mark, badge_recent_mark(r, mark));
}

static void order_run(
    struct badge_printing *p, const struct print_order *o, struct courier_answer *a)
{
	struct err e;
	const int64_t since = clock_mono(&p->clock);
	struct badge_recent *r = badge_recent_find(&p->recents, &o->ticket);
	if (r == NULL && o->mark[0] != '\0')
		r = badge_recent_add(&p->recents, &o->ticket, o->mark);
	for (;;) {
		struct badge_job job;
		enum err_code code = badge_cups_find(p->cups, &o->ticket, &job, &e);
		FAULT("print.asked");
		if (wait_for_server(p, r, code, since))
			continue;
		if (code != ERR_OK) {
			trouble_say(a, badge_trouble_of(code), false);
			break;
		}
		if (job.id == 0 && r != NULL) {
			trouble_say(a, BADGE_GONE, true);
			break;
		}
		if (job.id == 0) {
			r = submit(p, o, a);
			if (r == NULL)
				break;
			continue; /* it may be at the printer already */
		}
		if (r == NULL)
			r = badge_recent_add(&p->recents, &o->ticket, "");
		if (look(p, &job, r, a))
			break;
		if (!is_told(o, r) || clock_mono(&p->clock) - since >= FOLLOW_MS) {
			courier_pending(a, is_told(o, r) ? AGAIN_MS : AT_ONCE_MS);
			break;
		}
		look_later();
	}
	mark_say(a, r);
}

static void print_run(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct print_order o = {0};
	struct err e;
	if (order_read(&o, job, &e) == ERR_OK)
		order_run(arg, &o, a);
	else
		courier_bad_job(a, &e);
	explicit_bzero(&o, sizeof o);
}

/* --- print-cancel ------------------------------------------------------------------------ */

static const char *ended_how(const struct badge_job *j)
{
	if (j->id == 0)
		return "absent";
	return j->state == BADGE_JOB_COMPLETED ? "completed" : "canceled";
}

/* Said only when a look shows that nothing of this ticket is alive: cancelling and printing race. */
static void cancel_run(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct badge_printing *p = arg;
	struct json_reader r;
	struct badge_job found;
	struct err e;
	struct badge_ticket t = {0};
	courier_job_begin(&r, job, &e);
	ticket_read(&t, &r);
	if (json_read_end(&r) != ERR_OK || !title_is_good(t.title)) {
		courier_failed(a, "bad-job", "title: NUMBER-COPY");
		return;
	}
	const int64_t until = clock_mono(&p->clock) + CANCEL_MS;
	enum err_code code = badge_cups_find(p->cups, &t, &found, &e);
	int asked = 0;
	while (code == ERR_OK && badge_job_alive(&found) && clock_mono(&p->clock) < until) {
		if (found.id != asked)
			code = badge_cups_cancel(p->cups, found.id, &e);
		else
			look_later();
		FAULT("print.cancelled");
		asked = found.id;
		if (code == ERR_OK)
			code = badge_cups_find(p->cups, &t, &found, &e);
	}
	if (code != ERR_OK)
		trouble_say(a, badge_trouble_of(code), false);
	else if (badge_job_alive(&found))
		courier_retry(a, "cancelling", "the print server has not ended the job yet");
	else {
		courier_done(a);
		courier_add(a, "was", json_string(ended_how(&found)));
	}
}

/* --- check ------------------------------------------------------------------------------- */

/* It can be read, and it holds a badge. */
static bool template_good(const struct badge_printing *p, const char *path, struct err *e)
{
	struct badge_template *t = NULL;
	struct str_buf pdf = STR_BUF_INIT;
	const struct badge b = badge_example();
	bool good = badge_template_load(&t, path, e) == ERR_OK &&
		    badge_pdf(&pdf, t, &b, &p->clock, e) == ERR_OK;
	str_buf_fini(&pdf);
	badge_template_free(t);
	return good;
}

/* Every template of this printer's size in a folder; false and *e at the first that is broken.
 * *n counts them. */
static bool templates_good(const struct badge_printing *p, const char *dir, int *n, struct err *e)
{
	char suffix[TEXT_WORD_SZ + 8], path[PATH_MAX];
	DIR *d = opendir(dir);
	bool good = true;
	if (d == NULL)
		return true;
	(void)str_print(suffix, sizeof suffix, "-%s.svg", p->size);
	for (const struct dirent *f = readdir(d); f != NULL && good; f = readdir(d)) {
		size_t len = strlen(f->d_name), tail = strlen(suffix);
		if (len <= tail || !str_eq(f->d_name + len - tail, suffix))
			continue;
		good = path_join(path, dir, f->d_name, e) == ERR_OK && template_good(p, path, e);
		*n += good;
	}
	(void)closedir(d);
	return good;
}

static bool all_templates_good(const struct badge_printing *p, int *n, struct err *e)
{
	char dir[PATH_MAX];
	*n = 0;
	return (p->templates[0] == '\0' || templates_good(p, p->templates, n, e)) &&
	       path_join(dir, p->data, "badge", e) == ERR_OK && templates_good(p, dir, n, e);
}

void badge_printing_warm_up(const struct badge_printing *p)
{
	struct err e;
	int n;
	(void)all_templates_good(p, &n, &e); /* whatever is wrong is said where it is asked for */
}

static bool check_templates(const struct badge_printing *p, struct courier_answer *a)
{
	struct err e;
	int n;
	bool good = all_templates_good(p, &n, &e);
	if (good && n == 0)
		good = err_set(&e, ERR_CONFIG, "no template is called SOMETHING-%s.svg", p->size) ==
		       ERR_OK;
	if (!good)
		courier_checked(a, false, "template", e.msg, "mend or add the badge template");
	return good;
}

static void check_run(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct badge_printing *p = arg;
	struct json_reader r;
	struct badge_printer printer;
	struct err e;
	courier_job_begin(&r, job, &e);
	if (json_read_end(&r) != ERR_OK) {
		courier_bad_job(a, &e);
		return;
	}
	enum badge_trouble t;
	enum err_code code = badge_cups_printer(p->cups, &printer, &e);
	if (code != ERR_OK)
		t = badge_trouble_of(code);
	else if (!printer.accepting)
		t = BADGE_QUEUE_CLOSED;
	else
		t = badge_printer_trouble(&printer);
	/* CUPS keeps an idle queue's last reasons, so they may be mended long since: told, not
	 * held against it. */
	bool last = code == ERR_OK && printer.state == BADGE_PRINTER_IDLE &&
		    t != BADGE_TROUBLE_NONE && t != BADGE_QUEUE_CLOSED;
	if (t != BADGE_TROUBLE_NONE && !last) {
		courier_checked(a, false, badge_trouble_class(t), badge_trouble_reason(t),
		    badge_trouble_remedy(t));
		return;
	}
	if (check_templates(p, a)) {
		char reason[sizeof e.msg] = "";
		if (last)
			(void)str_print(reason, sizeof reason, "at the last badge: %s",
			    badge_trouble_reason(t));
		courier_checked(a, true,
		    printer.state == BADGE_PRINTER_PROCESSING ? "printing" : "idle", reason, "");
	}
}

const struct courier_kind badge_print_kinds[] = {
    {"print", print_run}, {"print-cancel", cancel_run}, {"check", check_run}, {0}};
