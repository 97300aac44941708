#include "daemon/compose.h"

#include <string.h>

enum err_code compose_job(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e)
{
	static const struct {
		const char *kind;
		enum err_code (*make)(struct foyerd *, const struct db_job *, json_t **,
		    enum compose_fate *, struct err *);
	} kinds[] = {
	    {"print", compose_print},
	    {"print-cancel", compose_print},
	    {"grant", compose_access},
	    {"revoke", compose_access},
	    {"mail", compose_mail},
	};
	*own_line = NULL;
	*fate = COMPOSE_SEND;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].kind, job->kind) == 0)
			return kinds[i].make(d, job, own_line, fate, e);
	}
	return err_set(e, ERR_BUG, "no such kind of job: %s", job->kind);
}
