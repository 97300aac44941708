/*
 * foyer-access: the courier to one door controller. foyerd starts it; foyer-courier(7) says what they say to each other.
 */
#include <stdlib.h>

#include "access/driver.h"
#include "access/job.h"
#include "base/clock.h"
#include "base/courier.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/zone.h"

enum { MAX_FILES = 16 };

/* A first look at the controller sets its clock before the first job. Trouble is for jobs and checks to report. */
static void greet(struct access_controller *c)
{
	struct access_health h;
	struct err e;
	if (c->driver->health(c->state, &h, &e) != ERR_OK)
		log_warn("controller %u: %s", c->conf.serial, e.msg);
	else
		log_info("controller %u: version %s, %u cards", c->conf.serial, h.version, h.cards);
}

static enum err_code start(void *arg, const struct courier_start *s, struct err *e)
{
	struct access_controller *c = arg;
	struct access_conf conf;
	struct clock clock = clock_system();
	enum err_code rc = access_job_conf(&conf, s->conf, e);
	if (rc == ERR_OK)
		rc = zone_set(conf.timezone, e);
	if (rc == ERR_OK)
		rc = access_controller_open(c, &conf, &clock, e);
	if (rc == ERR_OK)
		rc = sandbox_enter(&(struct sandbox){.allow = SANDBOX_INET | SANDBOX_WITH_PARENT,
				       .max_files = MAX_FILES},
		    e);
	if (rc == ERR_OK)
		greet(c);
	return rc;
}

int main(void)
{
	struct access_controller c = {0};
	const struct courier_spec spec = {
	    .program = "foyer-access",
	    .courier = "access",
	    .line_max = COURIER_LINE_MAX,
	    .start = start,
	    .kinds = access_job_kinds,
	    .arg = &c,
	};
	int status = courier_run(&spec);
	access_controller_close(&c);
	return status;
}
