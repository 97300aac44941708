/* Who is told what by mail: only whom the directory or the inviter named. */
#include "daemon/desk.h"

#include "base/str.h"
#include "db/job.h"

const char *desk_notice_template(enum desk_notice what)
{
	switch (what) {
	case DESK_HOST_ARRIVAL: return "host-arrival";
	case DESK_HOST_APPROVAL: return "host-approval";
	case DESK_HOST_MISSED: return "host-missed";
	case DESK_INVITATION: return "invitation";
	case DESK_INVITATION_CANCELLED: return "invitation-cancelled";
	}
	return "";
}

static bool is_away(const struct db_host *h, int64_t now_ms)
{
	return h->left_ms != 0 || (h->away_from_ms <= now_ms && now_ms < h->away_until_ms);
}

/* The host, or while the host is away the deputy who is not. Where nobody is there, the host all the same: mail waits better than a
 * visitor, and reception is told too. */
static enum err_code recipient(struct foyerd *d, const struct desk_case *c, int64_t now_ms,
    struct db_host *to, bool *away, struct err *e)
{
	*to = c->host;
	*away = is_away(&c->host, now_ms);
	if (!*away || uuid_is_nil(&c->host.deputy))
		return ERR_OK;
	struct db_host deputy;
	enum err_code code = db_host_get(d->book, &c->host.deputy, &deputy, e);
	if (code == ERR_NOT_FOUND)
		return ERR_OK;
	if (code == ERR_OK && !is_away(&deputy, now_ms) && deputy.mail[0] != '\0') {
		*to = deputy;
		*away = false;
	}
	return code;
}

static enum err_code queue(struct foyerd *d, const struct desk_case *c, enum desk_notice what,
    const struct uuid *host, struct err *e)
{
	char id[UUID_TEXT_SZ] = "";
	struct db_job j = {.kind = "mail", .destination = "notify:mail", .visit = c->visit.id};
	if (host != NULL)
		(void)uuid_print(id, host);
	(void)str_print(j.facts, sizeof j.facts, "{\"template\":\"%s\",\"host\":\"%s\"}",
	    desk_notice_template(what), id);
	return db_job_insert(d->book, &j, e);
}

enum err_code desk_tell(struct foyerd *d, const struct desk_case *c, enum desk_notice what,
    int64_t now_ms, bool *queued, struct err *e)
{
	bool to_host = what == DESK_HOST_ARRIVAL || what == DESK_HOST_APPROVAL;
	*queued = false;
	if (d->conf->mail.server[0] == '\0')
		return ERR_OK;
	if (!to_host) {
		if (c->visitor.mail[0] == '\0')
			return ERR_OK;
		*queued = true;
		return queue(d, c, what, NULL, e);
	}
	if (!c->has_host)
		return ERR_OK;
	struct db_host to;
	bool away;
	enum err_code code = recipient(d, c, now_ms, &to, &away, e);
	if (code == ERR_OK && away)
		code = desk_wait(d, c, NULL, "host-away", e);
	if (code != ERR_OK || to.mail[0] == '\0')
		return code;
	*queued = true;
	return queue(d, c, what, &to.id, e);
}
