/* Is what kiosk.conf names plugged in? */
#include "kiosk/cli/doctor_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "kiosk/visitor/kiosk_conf.h"

static void reader(json_t *checks, const struct reader_conf *r)
{
	char name[sizeof r->name + sizeof "reader "];
	struct stat st;
	str_print(name, sizeof name, "reader %s", r->name);
	if (stat(r->device, &st) != 0)
		doctor_say(checks, name, DOCTOR_WARN,
		    "plug it in; ls /dev/serial/by-id /dev/input/by-id shows what it is called",
		    "%s: %s", r->device, strerror(errno));
	else if (!S_ISCHR(st.st_mode))
		doctor_say(checks, name, DOCTOR_FAIL, "name a device: foyer-kiosk(1), KIOSK.CONF",
		    "%s is no device", r->device);
	else
		doctor_say(checks, name, DOCTOR_OK, "", "%s", r->device);
}

void doctor_readers(json_t *checks, const char *path)
{
	struct kiosk_conf *c = mem_new(1, sizeof *c);
	struct err e = {0};
	enum err_code rc = kiosk_conf_load(c, path, &e);
	if (rc == ERR_CONFIG)
		doctor_say(checks, "kiosk.conf", DOCTOR_FAIL, "foyer-kiosk(1) says what is allowed",
		    "%s", e.msg);
	for (int i = 0; rc == ERR_OK && i < c->n_readers; i++)
		reader(checks, &c->readers[i]);
	free(c);
}
