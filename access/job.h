/*
 * The courier's jobs as JSON (foyer-courier(7)): grant, revoke, list, check. It hides members, bounds and the words for what went wrong.
 */
#ifndef ACCESS_JOB_H
#define ACCESS_JOB_H

#include "access/driver.h"
#include "base/courier.h"

/* The section of the first line. The error (ERR_INPUT, ERR_CONFIG) names the member and what is allowed. */
enum err_code access_job_conf(struct access_conf *conf, const json_t *obj, struct err *e) MUST_USE;

/* Ended by a NULL name; their arg is a struct access_controller. */
extern const struct courier_kind access_job_kinds[];

#endif
