#include "badge/cups.h"

#include <cups/cups.h>
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"

/* cupsd keeps attributes that it does not know with the job, and hands none that begins with "job-" to filters and backends. */
static const char stamp_name[] = "job-foyer-issued";

struct badge_cups {
	struct badge_queue queue;
	char host[PATH_MAX];
	int port;
	char resource[TEXT_WORD_SZ + 16], uri[HTTP_MAX_URI];
	http_t *http;
	unsigned connection;
	bool timed_out;
};

/* --- the connection ---------------------------------------------------------------------- */

/* Never ask anybody for a password: a courier has no terminal. */
static const char *no_password(
    const char *prompt, http_t *http, const char *method, const char *resource, void *arg)
{
	(void)prompt;
	(void)http;
	(void)method;
	(void)resource;
	(void)arg;
	return NULL;
}

/* libcups would wait again and again (a stopped cupsd: for ever). Once is enough. */
static int give_up(http_t *http, void *arg)
{
	struct badge_cups *c = arg;
	(void)http;
	c->timed_out = true;
	return 0;
}

struct badge_cups *badge_cups_new(const struct badge_queue *q)
{
	struct badge_cups *c = mem_new(1, sizeof *c);
	const struct passwd *who = getpwuid(geteuid());
	c->queue = *q;
	/* The name under which cupsd's PeerCred knows us: a job is cancelled by its owner only. */
	if (who != NULL)
		cupsSetUser(who->pw_name);
	cupsSetPasswordCB2(no_password, NULL);
	const char *server = q->server[0] != '\0' ? q->server : "/run/cups/cups.sock";
	(void)str_copy(c->host, sizeof c->host, server);
	c->port = ippPort();
	char *colon = server[0] != '/' ? strrchr(c->host, ':') : NULL;
	if (colon != NULL && colon[1] != '\0' &&
	    strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
		*colon = '\0';
		c->port = (int)strtol(colon + 1, NULL, 10) & UINT16_MAX;
	}
	(void)str_print(c->resource, sizeof c->resource, "/printers/%s", q->queue);
	(void)httpAssembleURIf(HTTP_URI_CODING_ALL, c->uri, sizeof c->uri, "ipp", NULL, "localhost",
	    0, "/printers/%s", q->queue);
	return c;
}

uint16_t badge_cups_port(const struct badge_cups *c)
{
	return (uint16_t)c->port;
}

unsigned badge_cups_connection(const struct badge_cups *c)
{
	return c->connection;
}

static void hang_up(struct badge_cups *c)
{
	if (c->http != NULL)
		httpClose(c->http);
	c->http = NULL;
}

void badge_cups_free(struct badge_cups *own_c)
{
	if (own_c == NULL)
		return;
	hang_up(own_c);
	free(own_c);
}

static enum err_code connect_if_needed(struct badge_cups *c, struct err *e)
{
	c->timed_out = false;
	if (c->http != NULL) {
		/* Between two requests the server has nothing to say but goodbye. */
		struct pollfd p = {.fd = httpGetFd(c->http), .events = POLLIN};
		if (p.fd >= 0 && poll(&p, 1, 0) == 0)
			return ERR_OK;
		hang_up(c);
	}
	errno = 0;
	c->http = httpConnect2(c->host, c->port, NULL, AF_UNSPEC, HTTP_ENCRYPTION_IF_REQUESTED, 1,
	    c->queue.timeout_ms, NULL);
	if (c->http ==
	    NULL) /* EAGAIN: a Unix socket whose queue is full, so nobody accepts (connect(2)) */
		return errno == EAGAIN || errno == ETIMEDOUT
			   ? err_set(e, ERR_TIMEOUT, "the print server accepts no connection")
			   : err_set(e, ERR_UNREACHABLE, "no print server listens");
	c->connection++;
	httpSetTimeout(c->http, (double)c->queue.timeout_ms / CLOCK_SECOND, give_up, c);
	return ERR_OK;
}

static enum err_code error_of(const struct badge_cups *c, ipp_status_t status, struct err *e)
{
	if (c->timed_out)
		return err_set(e, ERR_TIMEOUT, "the print server does not answer");
	/* Statuses arrive from outside: whatever is not listed is one more that we do not
	 * expect. */
	switch ((int)status) {
	case IPP_STATUS_ERROR_NOT_FOUND:
		return err_set(e, ERR_NOT_FOUND, "the print server knows no such queue or job");
	case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
		return err_set(e, ERR_REFUSED, "the queue accepts no jobs");
	case IPP_STATUS_ERROR_REQUEST_ENTITY:
	case IPP_STATUS_ERROR_REQUEST_VALUE: /* libcups 2.4 for HTTP 413, cupsd's full disk */
	case IPP_STATUS_ERROR_TEMPORARY:
		return err_set(e, ERR_NO_SPACE, "the print server has no room for the job");
	case IPP_STATUS_ERROR_TOO_MANY_JOBS:
		return err_set(e, ERR_TOO_MANY, "the print server takes no more jobs");
	case IPP_STATUS_ERROR_NOT_AUTHENTICATED:
	case IPP_STATUS_ERROR_NOT_AUTHORIZED:
	case IPP_STATUS_ERROR_FORBIDDEN:
	case IPP_STATUS_ERROR_CUPS_AUTHENTICATION_CANCELED:
		return err_set(e, ERR_DENIED, "the print server refuses this user");
	case IPP_STATUS_ERROR_INTERNAL: /* what libcups itself says when the connection breaks */
	case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
		return err_set(e, ERR_UNREACHABLE, "the print server hung up");
	default:
		return err_set(e, ERR_PROTOCOL, "the print server says %s", ippErrorString(status));
	}
}

/* Send own_request (with the document in fd, or -1). *answer is the caller's: ippDelete. */
static enum err_code ask(
    struct badge_cups *c, ipp_t *own_request, int fd, ipp_t **answer, struct err *e)
{
	*answer = NULL;
	enum err_code code = connect_if_needed(c, e);
	if (code != ERR_OK) {
		ippDelete(own_request);
		return code;
	}
	ipp_t *got =
	    cupsDoIORequest(c->http, own_request, c->resource, fd, -1); /* deletes the request */
	ipp_status_t status = got != NULL ? ippGetStatusCode(got) : cupsLastError();
	if (got == NULL || c->timed_out || status > IPP_STATUS_OK_EVENTS_COMPLETE) {
		code = error_of(c, status, e);
		if (code == ERR_TIMEOUT || code == ERR_UNREACHABLE || got == NULL)
			hang_up(c);
		ippDelete(got);
		return code;
	}
	*answer = got;
	return ERR_OK;
}

static ipp_t *request_new(const struct badge_cups *c, ipp_op_t op)
{
	ipp_t *r = ippNewRequest(op);
	ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, c->uri);
	ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, cupsUser());
	return r;
}

/* --- reading answers --------------------------------------------------------------------- */

/* Text from the print server: clean, whatever a printer put there. */
static void text_take(char *dst, size_t dst_sz, const char *src)
{
	if (src == NULL ||
	    text_clean(dst, dst_sz, src, strlen(src), TEXT_LINE | TEXT_CUT, NULL) != ERR_OK)
		dst[0] = '\0';
}

static void words_take(char dst[BADGE_REASONS_SZ], ipp_attribute_t *a)
{
	struct str_buf all = STR_BUF_INIT;
	for (int i = 0, n = ippGetCount(a); i < n; i++) {
		const char *word = ippGetString(a, i, NULL);
		if (word != NULL && !str_eq(word, "none"))
			(void)str_buf_print(&all, "%s%s", all.len > 0 ? " " : "", word);
	}
	text_take(dst, BADGE_REASONS_SZ, all.data);
	str_buf_fini(&all);
}

/* cupsd answers "no value" where a time is not known yet. */
static int64_t seconds_of(ipp_attribute_t *a)
{
	ipp_tag_t tag = ippGetValueTag(a);
	return tag == IPP_TAG_INTEGER || tag == IPP_TAG_ENUM ? ippGetInteger(a, 0) : 0;
}

enum err_code badge_cups_printer(struct badge_cups *c, struct badge_printer *p, struct err *e)
{
	static const char *const wanted[] = {"printer-state", "printer-state-reasons",
	    "printer-state-message", "printer-is-accepting-jobs", "printer-up-time"};
	ipp_t *answer, *r = request_new(c, IPP_OP_GET_PRINTER_ATTRIBUTES);
	ippAddStrings(r, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    sizeof wanted / sizeof wanted[0], NULL, wanted);
	*p = (struct badge_printer){.state = BADGE_PRINTER_IDLE};
	enum err_code code = ask(c, r, -1, &answer, e);
	if (code != ERR_OK)
		return code;
	p->state = (enum badge_printer_state)ippGetInteger(
	    ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM), 0);
	p->accepting =
	    ippGetBoolean(
		ippFindAttribute(answer, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN), 0) != 0;
	p->now_s = seconds_of(ippFindAttribute(answer, "printer-up-time", IPP_TAG_INTEGER));
	words_take(p->reasons, ippFindAttribute(answer, "printer-state-reasons", IPP_TAG_KEYWORD));
	text_take(p->message, sizeof p->message,
	    ippGetString(ippFindAttribute(answer, "printer-state-message", IPP_TAG_TEXT), 0, NULL));
	ippDelete(answer);
	if (p->state < BADGE_PRINTER_IDLE || p->state > BADGE_PRINTER_STOPPED)
		return err_set(e, ERR_PROTOCOL, "the print server tells no printer state");
	return ERR_OK;
}

/* One job as Get-Jobs lists it, with what decides whether it is ours to follow. */
struct listed {
	struct badge_job job;
	const char *title, *stamp;
	int octets_k;
};

static void attribute_take(struct listed *l, ipp_attribute_t *a)
{
	const char *name = ippGetName(a);
	if (str_eq(name, "job-id"))
		l->job.id = ippGetInteger(a, 0);
	else if (str_eq(name, "job-name"))
		l->title = ippGetString(a, 0, NULL);
	else if (str_eq(name, stamp_name))
		l->stamp = ippGetString(a, 0, NULL);
	else if (str_eq(name, "job-state"))
		l->job.state = (enum badge_job_state)ippGetInteger(a, 0);
	else if (str_eq(name, "job-state-reasons"))
		words_take(l->job.reasons, a);
	else if (str_eq(name, "job-k-octets"))
		l->octets_k = ippGetInteger(a, 0);
	else if (str_eq(name, "time-at-creation"))
		l->job.created_s = seconds_of(a);
	else if (str_eq(name, "time-at-processing"))
		l->job.processing_s = seconds_of(a);
}

/* Alive before completed before ended otherwise; the newer of two equals. */
static bool better(const struct badge_job *a, const struct badge_job *b)
{
	int rank_a = badge_job_alive(a) ? 2 : a->state == BADGE_JOB_COMPLETED;
	int rank_b = badge_job_alive(b) ? 2 : b->state == BADGE_JOB_COMPLETED;
	return rank_a != rank_b ? rank_a > rank_b : a->id > b->id;
}

/* A job without a stamp is of a foyer-print that knew none. */
static bool ours(const struct listed *l, const struct badge_ticket *t)
{
	return str_eq(l->title, t->title) &&
	       (t->stamp[0] == '\0' || l->stamp == NULL || str_eq(l->stamp, t->stamp));
}

static void listed_consider(
    const struct listed *l, const struct badge_ticket *t, struct badge_job *best)
{
	bool empty =
	    l->octets_k == 0 && !badge_job_alive(&l->job) && l->job.state != BADGE_JOB_COMPLETED;
	if (l->job.id > 0 && ours(l, t) && !empty && (best->id == 0 || better(&l->job, best)))
		*best = l->job;
}

enum err_code badge_cups_find(
    struct badge_cups *c, const struct badge_ticket *t, struct badge_job *job, struct err *e)
{
	static const char *const wanted[] = {"job-id", "job-name", "job-state", "job-state-reasons",
	    "job-k-octets", "time-at-creation", "time-at-processing", stamp_name};
	ipp_t *answer, *r = request_new(c, IPP_OP_GET_JOBS);
	ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL, "all");
	ippAddBoolean(r, IPP_TAG_OPERATION, "my-jobs", 1);
	ippAddStrings(r, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    sizeof wanted / sizeof wanted[0], NULL, wanted);
	*job = (struct badge_job){0};
	enum err_code code = ask(c, r, -1, &answer, e);
	if (code != ERR_OK)
		return code;
	/* A group a job; groups are separated by an attribute without a name (RFC 8011
	 * §4.2.6.2). */
	struct listed l = {0};
	for (ipp_attribute_t *a = ippFirstAttribute(answer); a != NULL;
	     a = ippNextAttribute(answer)) {
		if (ippGetName(a) == NULL) {
			listed_consider(&l, t, job);
			l = (struct listed){0};
		} else if (ippGetGroupTag(a) == IPP_TAG_JOB)
			attribute_take(&l, a);
	}
	listed_consider(&l, t, job);
	ippDelete(answer);
	if (job->id != 0 && (job->state < BADGE_JOB_PENDING || job->state > BADGE_JOB_COMPLETED))
		return err_set(e, ERR_PROTOCOL, "the print server tells no job state");
	return ERR_OK;
}

/* --- doing ------------------------------------------------------------------------------- */

/* libcups reads documents from a descriptor, so that it can send them again when it has to
 * authenticate. */
static int memory_file(const struct str_buf *b)
{
	int fd = memfd_create("badge", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	for (size_t done = 0; done < b->len;) {
		ssize_t n = write(fd, b->data + done, b->len - done);
		if (n < 0 && errno != EINTR) {
			(void)close(fd);
			return -1;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	if (lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

enum err_code badge_cups_print(
    struct badge_cups *c, const struct badge_ticket *t, const struct str_buf *pdf, struct err *e)
{
	static const char *const no_banner[] = {"none", "none"};
	int fd = memory_file(pdf);
	if (fd < 0)
		return err_errno(e, ERR_NO_SPACE, "badge: memory");
	ipp_t *answer, *r = request_new(c, IPP_OP_PRINT_JOB);
	ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, t->title);
	ippAddString(
	    r, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, "application/pdf");
	if (c->queue.media[0] != '\0')
		ippAddString(r, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL, c->queue.media);
	if (t->stamp[0] != '\0')
		ippAddString(r, IPP_TAG_JOB, IPP_TAG_NAME, stamp_name, NULL, t->stamp);
	/* The page is the label: nothing before it, nothing scaled. */
	ippAddStrings(r, IPP_TAG_JOB, IPP_TAG_NAME, "job-sheets", 2, NULL, no_banner);
	ippAddString(r, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", NULL, "none");
	enum err_code code = ask(c, r, fd, &answer, e);
	ippDelete(answer);
	(void)close(fd);
	/* What cupsd says to a job beyond MaxJobs, MaxJobsPerPrinter or a quota (cupsd.conf(5)). */
	if (code == ERR_PROTOCOL && cupsLastError() == IPP_STATUS_ERROR_NOT_POSSIBLE)
		return err_set(e, ERR_TOO_MANY, "the print server takes no more jobs");
	return code;
}

enum err_code badge_cups_cancel(struct badge_cups *c, int id, struct err *e)
{
	struct err own;
	ipp_t *answer, *r = request_new(c, IPP_OP_CANCEL_JOB);
	ippAddInteger(r, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id);
	enum err_code code = ask(c, r, -1, &answer, &own);
	ippDelete(answer);
	/* client-error-not-possible: it had ended already (RFC 8011 §4.3.3). */
	if (code == ERR_PROTOCOL && cupsLastError() == IPP_STATUS_ERROR_NOT_POSSIBLE)
		return ERR_OK;
	return code == ERR_OK ? ERR_OK : err_set(e, code, "%s", own.msg);
}
