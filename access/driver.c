#include "access/driver.h"

#include <stddef.h>

#include "access/uhppote.h"
#include "base/str.h"

static const struct access_driver *const drivers[] = {
    &uhppote_driver,
};

const struct access_driver *access_driver_find(const char *name)
{
	for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
		if (str_eq(drivers[i]->name, name))
			return drivers[i];
	}
	return NULL;
}

enum err_code access_controller_open(struct access_controller *c, const struct access_conf *conf,
    const struct clock *clock, struct err *e)
{
	*c = (struct access_controller){.driver = access_driver_find(conf->driver), .conf = *conf};
	if (c->driver == NULL)
		return err_set(e, ERR_CONFIG, "driver: there is none named \"%s\"; allowed: \"%s\"",
		    conf->driver, drivers[0]->name);
	return c->driver->open(&c->state, conf, clock, e);
}

void access_controller_close(struct access_controller *c)
{
	if (c->driver != NULL && c->state != NULL)
		c->driver->close(c->state);
	c->state = NULL;
}
