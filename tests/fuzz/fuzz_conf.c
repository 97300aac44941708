// rooms: base
/* foyer.conf: any file is read or refused with file and line; what is read keeps its bounds. */
#include "base/conf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check(const struct conf *c)
{
	must(c->site.id >= 0 && c->site.id <= 255 && c->site.n_langs > 0 &&
	     c->site.n_langs <= CONF_LANGS);
	must(c->n_types <= CONF_TYPES && c->n_kiosks <= CONF_KIOSKS && c->n_groups <= CONF_GROUPS);
	for (int i = 0; i < c->n_types; i++) {
		const struct conf_type *t = &c->types[i];
		must(t->n_fields <= CONF_FIELDS && t->n_steps <= CONF_STEPS &&
		     t->longest_stay_ms > 0);
		must(text_is_clean(conf_text_in(&t->label, "de"), TEXT_LINES) &&
		     conf_type_find(c, t->name) == t);
	}
	for (int i = 0; i < c->n_controllers; i++)
		must(c->controllers[i].card_first > 0 &&
		     c->controllers[i].card_first <= c->controllers[i].card_last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct conf *c = NULL;
	struct err e = {0};
	int fd = memfd_create("foyer.conf", MFD_CLOEXEC);
	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)str_print(path, sizeof path, "/proc/self/fd/%d", fd);
	enum err_code code = conf_load(&c, path, &e);
	if (code == ERR_OK)
		check(c);
	else
		must(c == NULL && e.code == code && (code == ERR_CONFIG || code == ERR_TOO_LONG) &&
		     e.msg[0] != '\0');
	conf_free(c);
	(void)close(fd);
	return 0;
}
