/*
 * What foyerd asks of this courier, out of JSON and checked: the route once (the section of the configuration), then one mail a job.
 */
#ifndef NOTIFY_JOB_H
#define NOTIFY_JOB_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/courier.h"
#include "base/err.h"
#include "base/text.h"
#include "notify/ical.h"
#include "notify/smtp.h"
#include "notify/template.h"
#include "pass/token.h"

enum { MAIL_ID_SZ = 256 };

struct mail_job {
	char template[TEXT_WORD_SZ], lang[TEXT_LANG_SZ];
	struct mail_person to;
	char message_id
	    [MAIL_ID_SZ]; /* with brackets; made from the job's id, so a repeated mail is known as one (RFC 5322 §3.6.4) */
	int64_t date_ms;
	struct mail_vars vars;
	char pass[PASS_TEXT_SZ]; /* "": no picture */
	bool has_event;
	struct mail_event event;
};

/* Read a job of kind "mail". The caller clears *m (explicit_bzero): it holds names and a pass. Errors name members, never values. */
enum err_code mail_job_read(
    struct mail_job *m, const struct courier_job *job, struct err *e) MUST_USE;

/* Read the section; the secret is read from its file here, before the courier locks itself in. texts receives the folder of mail texts.
 * smtp_route_fini clears the route. ERR_CONFIG, and what path_read_secret says. */
enum err_code mail_conf_read(
    struct smtp_route *route, char texts[PATH_MAX], const json_t *conf, struct err *e) MUST_USE;

#endif
