#include "daemon/compose.h"

#include <string.h>

#include "base/json.h"
#include "daemon/server.h"
#include "db/credential.h"

enum err_code compose_access(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e)
{
	struct db_credential c;
	enum err_code code = db_credential_get(d->book, &job->visit, &job->credential, &c, e);
	if (code != ERR_OK)
		return code;
	/* A grant that a revoke has overtaken; the other way round never: a revoke always goes. */
	if (strcmp(job->kind, "grant") == 0 && c.state != DB_CREDENTIAL_PENDING) {
		*fate = COMPOSE_DROP;
		return ERR_OK;
	}
	code = json_parse_object(own_line, job->facts, strlen(job->facts), sizeof job->facts, e);
	if (code != ERR_OK)
		return err_set(e, ERR_CORRUPT, "facts of a %s job cannot be read", job->kind);
	char id[UUID_TEXT_SZ];
	json_object_set_new(*own_line, "credential", json_string(uuid_print(id, &c.id)));
	return ERR_OK;
}
