/*
 * A visit that begins here: a walk-in's or an invitation's details, checked against the type and written as visitor, visit and fields.
 */
#ifndef DAEMON_DESK_WALK_IN_H
#define DAEMON_DESK_WALK_IN_H

#include <jansson.h>

#include "base/conf.h"
#include "daemon/request.h"
#include "db/field.h"
#include "db/host.h"
#include "db/visitor.h"
#include "db/visits.h"

struct desk_details {
	struct db_visitor visitor; /* name, company, mail, lang */
	const struct conf_type *type;
	struct db_host host; /* id nil: none */
	struct db_field fields[CONF_FIELDS];
	int n_fields;
};

/* Values of the type's fields, each after its kind; required ones are asked for when strict. Names nobody configured are refused. */
enum err_code desk_fields_read(
    struct desk_details *x, const json_t *fields, bool strict, struct err *e) MUST_USE;

/* A host who works here: id, uid or mail. ERR_INPUT where there is none. */
enum err_code desk_host_read(
    struct foyerd *d, const char *text, struct db_host *h, struct err *e) MUST_USE;

/* Write visitor, visit (v: from, until, authorised and kiosk are the caller's; id and number are filled) and fields; journal "visit.new". */
enum err_code desk_visit_new(struct foyerd *d, const struct desk_details *x, struct db_visit *v,
    const char *actor, struct err *e) MUST_USE;

#endif
