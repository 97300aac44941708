/* Door rights: which card, which hours, which controllers; as credentials and jobs. */
#include "daemon/desk.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "db/card.h"
#include "db/credential.h"
#include "db/job.h"
#include "visit/right.h"

static enum err_code find_live(struct foyerd *d, const struct uuid *visit, const char *controller,
    struct db_credential *c, bool *there, struct err *e)
{
	struct db_credential list[CONF_CONTROLLERS];
	int n = 0;
	*there = false;
	enum err_code code = db_credential_list(d->book, visit, list, CONF_CONTROLLERS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++) {
		if (strcmp(list[i].controller, controller) == 0 &&
		    list[i].state != DB_CREDENTIAL_REVOKED) {
			*c = list[i];
			*there = true;
		}
	}
	return code;
}

/* One row for each profile of the right, the last of the chain first; ids[i] belongs to r->profiles[i]. */
static enum err_code allocate_profiles(struct foyerd *d, const struct conf_controller *ctl,
    const struct right *r, int ids[RIGHT_PROFILES], struct err *e)
{
	int linked = 0;
	for (int i = r->n - 1; i >= 0; i--) {
		const struct right_profile *w = &r->profiles[i];
		struct db_profile p = {.linked = linked, .until_ms = r->end_ms};
		bool fresh;
		(void)str_copy(p.controller, sizeof p.controller, ctl->name);
		(void)str_print(
		    p.key, sizeof p.key, "%s..%s %s-%s", w->first, w->last, w->from, w->to);
		enum err_code code = db_profile_allocate(
		    d->book, &p, ctl->profile_first, ctl->profile_last, &fresh, e);
		if (code != ERR_OK)
			return code;
		ids[i] = linked = p.id;
	}
	return ERR_OK;
}

static json_t *grant_facts(const struct conf_group *group, const struct db_credential *c,
    const struct right *r, const int ids[RIGHT_PROFILES], bool fresh)
{
	json_t *doors = json_array(), *profiles = json_array();
	for (int i = 0; i < group->n_doors; i++) {
		if (strcmp(group->doors[i].controller, c->controller) == 0)
			json_array_append_new(doors, json_integer(group->doors[i].door));
	}
	for (int i = 0; i < r->n; i++) {
		const struct right_profile *w = &r->profiles[i];
		json_array_append_new(
		    profiles, json_pack("{s:i, s:s, s:s, s:s, s:s, s:i}", "id", ids[i], "first",
				  w->first, "last", w->last, "from", w->from, "to", w->to, "linked",
				  i + 1 < r->n ? ids[i + 1] : 0));
	}
	return json_pack("{s:I, s:o, s:s, s:s, s:b, s:b, s:o}", "card", (json_int_t)c->card,
	    "doors", doors, "first", r->first, "last", r->last, "fresh", (int)fresh, "issued",
	    (int)(c->granted_ms != 0), "profiles", profiles);
}

static enum err_code queue(struct foyerd *d, const struct db_credential *c, const char *kind,
    json_t *own_facts, struct err *e)
{
	struct db_job j = {.visit = c->visit, .credential = c->id};
	(void)str_copy(j.kind, sizeof j.kind, kind);
	(void)str_print(j.destination, sizeof j.destination, "access:%s", c->controller);
	char *text = json_print_line(own_facts);
	json_decref(own_facts);
	bool fits = text != NULL && str_copy(j.facts, sizeof j.facts, text);
	free(text);
	if (!fits)
		return err_set(e, ERR_BUG, "facts of a %s job do not fit", kind);
	return db_job_insert(d->book, &j, e);
}

static enum err_code grant_one(struct foyerd *d, const struct desk_case *c,
    const struct conf_group *group, const struct conf_controller *ctl, const struct right *r,
    int64_t right_until_ms, struct err *e)
{
	struct db_credential cred;
	bool live;
	int ids[RIGHT_PROFILES] = {0};
	enum err_code code = find_live(d, &c->visit.id, ctl->name, &cred, &live, e);
	if (code != ERR_OK)
		return code;
	if (!live) {
		cred = (struct db_credential){.visit = c->visit.id};
		(void)str_copy(cred.controller, sizeof cred.controller, ctl->name);
		code = db_card_allocate(
		    d->book, &c->visit.id, ctl->card_first, ctl->card_last, &cred.card, e);
		if (code != ERR_OK)
			return code;
	}
	code = allocate_profiles(d, ctl, r, ids, e);
	if (code != ERR_OK)
		return code;
	cred.profile = ids[0];
	cred.right_until_ms = right_until_ms;
	cred.state = DB_CREDENTIAL_PENDING;
	if (live) {
		/* What was asked before is overtaken; what is being revoked is revoked first, in the queue's order. */
		code = db_job_supersede(d->book, &cred, "grant", NULL, e);
		if (code == ERR_OK)
			code = db_credential_update(d->book, &cred, e);
	} else {
		code = db_credential_insert(d->book, &cred, e);
	}
	return code == ERR_OK
		   ? queue(d, &cred, "grant", grant_facts(group, &cred, r, ids, !live), e)
		   : code;
}

/* A right that cannot be written anew must not outlast what was decided now. */
static enum err_code shorten(struct foyerd *d, const struct uuid *visit, const char *controller,
    int64_t right_until_ms, struct err *e)
{
	struct db_credential cred;
	bool live;
	enum err_code code = find_live(d, visit, controller, &cred, &live, e);
	if (code != ERR_OK || !live || cred.right_until_ms <= right_until_ms)
		return code;
	return desk_revoke(d, visit, e);
}

static bool has_door(const struct conf_group *group, const char *controller)
{
	bool has = false;
	for (int i = 0; i < group->n_doors; i++)
		has |= strcmp(group->doors[i].controller, controller) == 0;
	return has;
}

enum err_code desk_grant(struct foyerd *d, const struct desk_case *c, int64_t now_ms,
    int64_t right_until_ms, bool *full, struct err *e)
{
	*full = false;
	const struct conf_group *group = conf_group_find(d->conf, c->type->access_group);
	if (group == NULL)
		return err_set(e, ERR_BUG, "type %s: no access group", c->type->name);
	struct right r = right_of(now_ms, right_until_ms);
	for (int i = 0; i < d->conf->n_controllers; i++) {
		const struct conf_controller *ctl = &d->conf->controllers[i];
		if (!has_door(group, ctl->name))
			continue;
		enum err_code code = grant_one(d, c, group, ctl, &r, right_until_ms, e);
		/* A conflict: the visit's number lies outside this controller's range. Check-in works all the same, and the desk hears of it. */
		if (code == ERR_TOO_MANY || code == ERR_CONFLICT) {
			log_warn("controller %s: no right is granted: %s", ctl->name, e->msg);
			*full = true;
			code = shorten(d, &c->visit.id, ctl->name, right_until_ms, e);
			if (code != ERR_OK)
				return code;
			continue;
		}
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

enum err_code desk_doors_all(
    struct foyerd *d, const struct uuid *visit, bool *granted, bool *gone, struct err *e)
{
	struct db_credential cred;
	struct db_visit v;
	bool live;
	*granted = *gone = true;
	enum err_code code = db_visit_get(d->book, visit, &v, e);
	if (code != ERR_OK)
		return code;
	const struct conf_type *type = conf_type_find(d->conf, v.type);
	const struct conf_group *group =
	    type != NULL ? conf_group_find(d->conf, type->access_group) : NULL;
	for (int i = 0; code == ERR_OK && i < d->conf->n_controllers; i++) {
		const char *name = d->conf->controllers[i].name;
		code = find_live(d, visit, name, &cred, &live, e);
		*gone = *gone && !live;
		if (group != NULL && has_door(group, name))
			*granted = *granted && live && cred.state == DB_CREDENTIAL_GRANTED;
	}
	return code;
}

enum err_code desk_revoke(struct foyerd *d, const struct uuid *visit, struct err *e)
{
	struct db_credential list[CONF_CONTROLLERS];
	int n = 0;
	enum err_code code = db_credential_list(d->book, visit, list, CONF_CONTROLLERS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++) {
		struct db_credential *c = &list[i];
		if (c->state != DB_CREDENTIAL_PENDING && c->state != DB_CREDENTIAL_GRANTED)
			continue;
		c->state = DB_CREDENTIAL_REVOKING;
		code = db_job_supersede(d->book, c, "grant", NULL, e);
		if (code == ERR_OK)
			code = db_credential_update(d->book, c, e);
		if (code == ERR_OK)
			code = queue(d, c, "revoke",
			    json_pack("{s:I, s:b}", "card", (json_int_t)c->card, "issued",
				(int)(c->granted_ms != 0)),
			    e);
	}
	return code;
}
