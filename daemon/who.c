#include "daemon/who.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/loop.h"
#include "daemon/reader.h"

enum {
	FRESH_MS = 10 * 60 * 1000,
	AGAIN_MS = 10 * 1000, /* after a time without an answer */
	ENTRY_SZ = 16 * 1024, /* of a passwd or group entry, to begin with */
	ENTRY_MOST = 1024 * 1024, /* a group of some 45,000 */
};

struct person {
	uid_t uid;
	char name[TEXT_WORD_SZ];
	bool used, sure, wanted;
	int64_t ask_ms; /* monotonic: when to ask again; 0: nothing is known yet */
};

struct who {
	struct foyerd *d;
	void (*known)(void *arg);
	void *arg;
	struct loop_timer late;
	bool asking;
	uid_t asked; /* while asking */
	unsigned generation;
	struct person people[WHO_PEOPLE];
	struct {
		char name[TEXT_WORD_SZ];
		gid_t gid;
	} groups[WHO_GROUPS];
	int n_groups;
};

/* --- the child --------------------------------------------------------------------------- */

/* One for all of them; it grows to what an entry needs. */
struct entry {
	char *buf;
	size_t size;
};

static bool entry_grow(struct entry *en, int rc)
{
	if (rc != ERANGE || en->size >= ENTRY_MOST)
		return false;
	free(en->buf);
	en->size *= 2;
	en->buf = mem_new(1, en->size);
	return true;
}

/* Where there is none, glibc returns 0 and no entry; whatever else it returns means that nobody knows (NSS_STATUS_TRYAGAIN, _UNAVAIL). */
static enum err_code user_look(struct entry *en, uid_t uid, json_t *answer, struct err *e)
{
	struct passwd pw, *found;
	int rc;
	do {
		found = NULL;
		rc = getpwuid_r(uid, &pw, en->buf, en->size, &found);
	} while (entry_grow(en, rc));
	if (rc)
		return err_set(e, ERR_IO, "who a user is: %s", strerror(rc));
	json_t *name = found ? json_string(found->pw_name) : NULL; /* NULL too: no UTF-8 */
	json_object_set_new(answer, "user", name ? name : json_null());
	return ERR_OK;
}

static enum err_code group_look(struct entry *en, const char *name, json_t *groups, struct err *e)
{
	struct group gr, *found;
	int rc;
	do {
		found = NULL;
		rc = getgrnam_r(name, &gr, en->buf, en->size, &found);
	} while (entry_grow(en, rc));
	if (rc)
		return err_set(e, ERR_IO, "group %s: %s", name, strerror(rc));
	if (found)
		json_object_set_new(groups, name, json_integer(found->gr_gid));
	return ERR_OK;
}

enum err_code who_look(const json_t *ask, json_t **own_answer, struct err *e)
{
	struct entry en = {mem_new(1, ENTRY_SZ), ENTRY_SZ};
	const json_t *name;
	size_t i;
	json_t *answer = json_object(), *groups = json_object();
	json_object_set_new(answer, "groups", groups);
	enum err_code c =
	    user_look(&en, (uid_t)json_integer_value(json_object_get(ask, "uid")), answer, e);
	json_array_foreach(json_object_get(ask, "groups"), i, name)
	{
		if (!c && json_is_string(name))
			c = group_look(&en, json_string_value(name), groups, e);
	}
	free(en.buf);
	if (c)
		json_decref(answer);
	else
		*own_answer = answer;
	return c;
}

/* --- what is remembered ------------------------------------------------------------------ */

static struct person *person_of(struct who *w, uid_t uid)
{
	for (int i = 0; i < WHO_PEOPLE; i++)
		if (w->people[i].used && w->people[i].uid == uid)
			return &w->people[i];
	return NULL;
}

/* In the place of whoever was asked for longest ago. */
static struct person *person_new(struct who *w, uid_t uid)
{
	struct person *p = &w->people[0];
	for (int i = 0; i < WHO_PEOPLE && p->used; i++)
		if (!w->people[i].used || w->people[i].ask_ms < p->ask_ms)
			p = &w->people[i];
	*p = (struct person){.uid = uid, .used = true};
	str_print(p->name, sizeof p->name, "uid:%u", (unsigned)uid);
	return p;
}

static void groups_take(struct who *w, const json_t *groups)
{
	json_t *all = json_deep_copy(groups), *gid;
	const char *name;
	w->n_groups = 0;
	json_object_foreach(all, name, gid)
	{
		if (w->n_groups == WHO_GROUPS)
			break;
		str_copy(w->groups[w->n_groups].name, TEXT_WORD_SZ, name);
		w->groups[w->n_groups++].gid = (gid_t)json_integer_value(gid);
	}
	json_decref(all);
}

/* --- asking ------------------------------------------------------------------------------ */

static void ask_next(struct who *w);

static void name_take(struct person *p, const char *user, int64_t ask_ms)
{
	p->wanted = false;
	p->sure = true;
	p->ask_ms = ask_ms;
	if (!user || !str_copy(p->name, sizeof p->name, user))
		str_print(p->name, sizeof p->name, "uid:%u", (unsigned)p->uid);
}

/* It does not answer, whoever is asked for. What was known before is better than nothing. */
static void give_up(struct who *w, int64_t ask_ms)
{
	for (int i = 0; i < WHO_PEOPLE; i++) {
		if (w->people[i].wanted) {
			w->people[i].wanted = false;
			w->people[i].ask_ms = ask_ms;
		}
	}
}

static void settle(struct who *w, const json_t *result)
{
	struct person *p = person_of(w, w->asked);
	int64_t now = clock_mono(&w->d->clock);
	loop_timer_clear(w->d->loop, &w->late);
	w->asking = false;
	if (!result) {
		give_up(w, now + AGAIN_MS);
	} else {
		groups_take(w, json_object_get(result, "groups"));
		if (p)
			name_take(
			    p, json_string_value(json_object_get(result, "user")), now + FRESH_MS);
	}
	w->generation++;
	ask_next(w);
	w->known(w->arg);
}

static void answered(void *arg, const json_t *result, const struct err *why)
{
	if (why)
		log_warn("the user database: %s", why->msg);
	settle(arg, why ? NULL : result);
}

static void too_late(void *arg)
{
	struct who *w = arg;
	log_warn("the user database does not answer");
	reader_forget(w->d->readers, w);
	settle(w, NULL);
}

static json_t *group_names(const struct conf *conf)
{
	json_t *names = json_object(); /* each once */
	for (int r = 0; r < CONF_ROLE_KIOSK; r++) {
		const struct conf_role_map *map = conf_role_map(conf, (enum conf_role)r);
		for (int i = 0; i < map->n && json_object_size(names) < WHO_GROUPS; i++)
			if (map->who[i].kind == CONF_WHO_GROUP)
				json_object_set_new(names, map->who[i].name, json_null());
	}
	json_t *list = json_array();
	const char *name;
	json_t *unused;
	json_object_foreach(names, name, unused) json_array_append_new(list, json_string(name));
	json_decref(names);
	return list;
}

/* One at a time: a database that does not answer holds one child. */
static void ask_next(struct who *w)
{
	struct err e;
	struct reader_done done = {answered, w};
	for (int i = 0; i < WHO_PEOPLE && !w->asking; i++) {
		if (!w->people[i].used || !w->people[i].wanted)
			continue;
		w->asked = w->people[i].uid;
		w->asking = true;
		loop_timer_set(w->d->loop, &w->late, WHO_WAIT_MS);
		json_t *ask = json_pack(
		    "{s:I, s:o}", "uid", (json_int_t)w->asked, "groups", group_names(w->d->conf));
		if (reader_ask(w->d->readers, "who", ask, &done, &e))
			log_warn("the user database: %s", e.msg); /* too_late settles it */
	}
}

static void want(struct who *w, struct person *p)
{
	p->wanted = true;
	if (!w->d->stopping)
		ask_next(w);
}

bool who_of(struct who *w, uid_t uid, char name[TEXT_WORD_SZ], bool *sure)
{
	struct person *p = person_of(w, uid);
	if (!p)
		p = person_new(w, uid);
	bool due = p->ask_ms <= clock_mono(&w->d->clock);
	if (due)
		want(w, p);
	str_copy(name, TEXT_WORD_SZ, p->name);
	*sure = p->sure;
	return p->sure || !due;
}

bool who_group(const struct who *w, const char *name, gid_t *gid)
{
	for (int i = 0; i < w->n_groups; i++) {
		if (str_eq(w->groups[i].name, name)) {
			*gid = w->groups[i].gid;
			return true;
		}
	}
	return false;
}

unsigned who_generation(const struct who *w)
{
	return w->generation;
}

void who_reload(struct who *w)
{
	struct person *p = person_of(w, geteuid());
	want(w, p ? p : person_new(w, geteuid()));
}

struct who *who_new(struct foyerd *d, void (*known)(void *arg), void *arg)
{
	struct who *w = mem_new(1, sizeof *w);
	w->d = d;
	w->known = known;
	w->arg = arg;
	w->late = (struct loop_timer){.fn = too_late, .arg = w};
	who_reload(w);
	return w;
}

void who_free(struct who *own_w)
{
	if (!own_w)
		return;
	loop_timer_clear(own_w->d->loop, &own_w->late);
	if (own_w->d->readers)
		reader_forget(own_w->d->readers, own_w);
	free(own_w);
}
