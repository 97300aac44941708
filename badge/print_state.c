#include "badge/print_state.h"

#include <string.h>

/* A badge takes a second or two. A printer that says nothing for this long is not printing. */
enum { SILENT_S = 30 };

static const struct {
	const char *class, *reason, *remedy;
} troubles[] = {
    [BADGE_TROUBLE_NONE] = {"ok", "the printer works", ""},
    [BADGE_MEDIA_EMPTY] = {"media-empty", "the printer is out of labels",
	"put in a new roll of labels; the badge then prints by itself"},
    [BADGE_MEDIA_JAM] = {"media-jam", "a label is stuck in the printer",
	"open the printer and take out the label; the badge then prints by itself"},
    [BADGE_COVER_OPEN] = {"cover-open", "the printer is open", "close the printer's cover"},
    [BADGE_SUPPLIES_EMPTY] = {"supplies-empty", "the printer is out of ribbon or toner",
	"put in a new ribbon or cartridge"},
    [BADGE_PRINTER_OFF] = {"printer-off", "the printer does not answer",
	"switch the printer on and look at its cable; the badge then prints by itself"},
    [BADGE_PRINTER_TROUBLE] = {"printer-trouble", "the printer reports an error",
	"look at the printer's own display"},
    [BADGE_QUEUE_PAUSED] = {"queue-paused", "somebody paused the print queue",
	"start it again: cupsenable with the queue's name"},
    [BADGE_HELD] = {"held", "somebody put the print job on hold",
	"release the job: lp -i JOB -H resume"},
    [BADGE_QUEUE_CLOSED] = {"queue-closed", "the print queue takes no jobs",
	"open it: cupsaccept with the queue's name"},
    [BADGE_NO_QUEUE] = {"no-queue", "the print server knows no such queue",
	"compare the printer's queue in foyer.conf with lpstat -v"},
    [BADGE_CUPS_DOWN] = {"cups-down", "the print server is not running",
	"start it: systemctl start cups; compare server in foyer.conf"},
    [BADGE_CUPS_HUNG] = {"cups-hung", "the print server does not answer",
	"start it again: systemctl restart cups"},
    [BADGE_CUPS_DENIED] = {"cups-denied", "the print server does not let foyer print",
	"allow foyer's user in cupsd.conf"},
    [BADGE_CUPS_TROUBLE] = {"cups-trouble", "the print server answers something unexpected",
	"look at /var/log/cups/error_log"},
    [BADGE_SPOOL_FULL] = {"spool-full", "the print server has no room for another job",
	"make room on the disk of /var/spool/cups"},
    [BADGE_QUEUE_FULL] = {"queue-full", "the print server holds as many jobs as it may",
	"cancel jobs that wait there (lpstat -o, cancel), or raise MaxJobs in cupsd.conf"},
    [BADGE_MISSING_HISTORY] = {"media-missing-history", "the printer died after taking the badge",
	"look whether the badge came out; if not: foyer visit reprint NUMBER"},
    [BADGE_CANCELED] = {"canceled", "somebody cancelled the badge at the print server",
	"print the badge again if it is needed"},
    [BADGE_ABORTED] = {"aborted", "the print server gave the badge up",
	"look at /var/log/cups/error_log, then print the badge again"},
    [BADGE_GONE] = {"gone", "the print server no longer knows the badge's job",
	"look whether the badge came out; set PreserveJobHistory Yes in cupsd.conf"},
    [BADGE_INTERRUPTED] = {"print-interrupted",
	"the print server ended while the badge was printed",
	"look what came out: destroy a second badge; print it again if there is none"},
};

const char *badge_trouble_class(enum badge_trouble t)
{
	return troubles[t].class;
}

const char *badge_trouble_reason(enum badge_trouble t)
{
	return troubles[t].reason;
}

const char *badge_trouble_remedy(enum badge_trouble t)
{
	return troubles[t].remedy;
}

enum badge_trouble badge_trouble_of(enum err_code code)
{
	static const struct {
		enum err_code code;
		enum badge_trouble trouble;
	} map[] = {{ERR_UNREACHABLE, BADGE_CUPS_DOWN}, {ERR_TIMEOUT, BADGE_CUPS_HUNG},
	    {ERR_NOT_FOUND, BADGE_NO_QUEUE}, {ERR_REFUSED, BADGE_QUEUE_CLOSED},
	    {ERR_NO_SPACE, BADGE_SPOOL_FULL}, {ERR_TOO_MANY, BADGE_QUEUE_FULL},
	    {ERR_DENIED, BADGE_CUPS_DENIED}};
	for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
		if (map[i].code == code)
			return map[i].trouble;
	}
	return BADGE_CUPS_TROUBLE;
}

/* printer-state-reasons (RFC 8011 §5.4.12, PWG 5100.9 names beside it) without their severity.
 * What matters most stands first. */
static const struct {
	const char *word;
	enum badge_trouble trouble;
	bool even_as_report;
} reasons[] = {
    {"offline", BADGE_PRINTER_OFF, true}, /* CUPS backends report it so */
    {"shutdown", BADGE_PRINTER_OFF, true},
    {"timed-out", BADGE_PRINTER_OFF, true},
    {"cover-open", BADGE_COVER_OPEN, false},
    {"door-open", BADGE_COVER_OPEN, false},
    {"interlock-open", BADGE_COVER_OPEN, false},
    {"media-jam", BADGE_MEDIA_JAM, false},
    {"media-empty", BADGE_MEDIA_EMPTY, false},
    {"media-needed", BADGE_MEDIA_EMPTY, false},
    {"input-tray-missing", BADGE_MEDIA_EMPTY, false},
    {"toner-empty", BADGE_SUPPLIES_EMPTY, false},
    {"marker-supply-empty", BADGE_SUPPLIES_EMPTY, false},
    {"marker-waste-full", BADGE_SUPPLIES_EMPTY, false},
    {"spool-area-full", BADGE_SPOOL_FULL, false},
};

/* Whether the list of words has this one, with or without "-error", "-warning" and, if asked,
 * "-report". */
static bool has_reason(const char *list, const char *word, bool even_as_report)
{
	static const char *const severities[] = {"", "-error", "-warning", "-report"};
	const size_t len = strlen(word), n = even_as_report ? 4 : 3;
	for (const char *p = list; *p != '\0'; p += strspn(p, " ")) {
		size_t w = strcspn(p, " ");
		for (size_t i = 0; i < n && w >= len && strncmp(p, word, len) == 0; i++) {
			if (w == len + strlen(severities[i]) &&
			    strncmp(p + len, severities[i], w - len) == 0)
				return true;
		}
		p += w;
	}
	return false;
}

static bool has_error(const char *list)
{
	static const char suffix[] = "-error";
	for (const char *p = list; (p = strstr(p, suffix)) != NULL; p++) {
		char after = p[strlen(suffix)];
		if (after == '\0' || after == ' ')
			return true;
	}
	return false;
}

/* The ipp, socket and usb backends tell only their message when a printer is not there; its
 * reasons stay "none". */
static bool message_is_off(const char *message)
{
	static const char *const words[] = {"may not exist or is unavailable", "not responding",
	    "Unable to locate printer", "Unable to connect",
	    "Waiting for printer to become available", "The printer is unreachable",
	    "Printer is offline", "The printer is not connected"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strstr(message, words[i]) != NULL)
			return true;
	}
	return false;
}

enum badge_trouble badge_printer_trouble(const struct badge_printer *p)
{
	if (p->state == BADGE_PRINTER_STOPPED || has_reason(p->reasons, "paused", true))
		return BADGE_QUEUE_PAUSED;
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (has_reason(p->reasons, reasons[i].word, reasons[i].even_as_report))
			return reasons[i].trouble;
	}
	if (message_is_off(p->message))
		return BADGE_PRINTER_OFF;
	return has_error(p->reasons) ? BADGE_PRINTER_TROUBLE : BADGE_TROUBLE_NONE;
}

bool badge_printer_lost_history(const struct badge_printer *p)
{
	return has_reason(p->reasons, "cups-ipp-missing-job-history", true);
}

static struct badge_verdict waits(enum badge_trouble t)
{
	return (struct badge_verdict){t == BADGE_TROUBLE_NONE ? BADGE_PRINTING : BADGE_WAITS, t};
}

static struct badge_verdict lost(enum badge_trouble t)
{
	return (struct badge_verdict){BADGE_LOST, t};
}

/* At the printer or before it. Reasons and message of an idle queue are of the job before (CUPS
 * keeps them): they accuse nobody. */
static struct badge_verdict judge_alive(const struct badge_job *j, const struct badge_printer *p)
{
	enum badge_trouble t = badge_printer_trouble(p);
	if (p->state == BADGE_PRINTER_IDLE && t != BADGE_QUEUE_PAUSED)
		return waits(BADGE_TROUBLE_NONE);
	if (t == BADGE_TROUBLE_NONE && j->state == BADGE_JOB_PROCESSING && j->processing_s > 0 &&
	    p->now_s - j->processing_s > SILENT_S)
		return waits(BADGE_PRINTER_OFF);
	return waits(t);
}

struct badge_verdict badge_job_judge(
    const struct badge_job *j, const struct badge_printer *p, bool history_stale)
{
	switch (j->state) {
	case BADGE_JOB_PENDING:
	case BADGE_JOB_PROCESSING: return judge_alive(j, p);
	case BADGE_JOB_HELD: return waits(BADGE_HELD);
	case BADGE_JOB_STOPPED: return waits(BADGE_QUEUE_PAUSED);
	case BADGE_JOB_CANCELED: return lost(BADGE_CANCELED);
	case BADGE_JOB_ABORTED: return lost(BADGE_ABORTED);
	case BADGE_JOB_COMPLETED:
		if (badge_printer_lost_history(p) && !history_stale)
			return lost(BADGE_MISSING_HISTORY);
		return (struct badge_verdict){BADGE_PRINTED, BADGE_TROUBLE_NONE};
	}
	return lost(BADGE_GONE);
}
