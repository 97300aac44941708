#include "daemon/progress.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct entry {
	struct uuid visit;
	char token[PROGRESS_TOKEN_SZ];
	int64_t born_ms;
	struct progress_state state;
};

struct progress {
	struct random random;
	struct entry *entries[PROGRESS_MOST];
	struct progress_listener *listeners;
	int n;
};

struct progress *progress_new(const struct random *r)
{
	struct progress *p = mem_new(1, sizeof *p);
	p->random = *r;
	return p;
}

void progress_free(struct progress *own_p)
{
	if (!own_p)
		return;
	for (int i = 0; i < own_p->n; i++)
		free(own_p->entries[i]);
	free(own_p);
}

static void entry_drop(struct progress *p, int i)
{
	free(p->entries[i]);
	p->entries[i] = p->entries[--p->n];
}

static void expired_drop(struct progress *p, int64_t mono_ms)
{
	for (int i = 0; i < p->n;) {
		if (mono_ms - p->entries[i]->born_ms >= PROGRESS_LIFE_MS)
			entry_drop(p, i);
		else
			i++;
	}
}

/* A visit has one entry: the screen that was told "goodbye" has no more to learn from its
 * arrival. */
static struct entry *entry_for(struct progress *p, const struct uuid *visit)
{
	for (int i = 0; i < p->n; i++)
		if (uuid_eq(&p->entries[i]->visit, visit))
			return p->entries[i];
	if (p->n == PROGRESS_MOST) {
		int oldest = 0;
		for (int i = 1; i < p->n; i++)
			if (p->entries[i]->born_ms < p->entries[oldest]->born_ms)
				oldest = i;
		entry_drop(p, oldest);
	}
	struct entry *n = mem_new(1, sizeof *n);
	p->entries[p->n++] = n;
	return n;
}

void progress_open(struct progress *p, const struct uuid *visit, const struct progress_state *start,
    int64_t mono_ms, char token[PROGRESS_TOKEN_SZ])
{
	expired_drop(p, mono_ms);
	struct entry *n = entry_for(p, visit);
	uint8_t bytes[16];
	random_fill(&p->random, bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		str_print(n->token + 2 * i, 3, "%02x", bytes[i]);
	n->visit = *visit;
	n->born_ms = mono_ms;
	n->state = *start;
	memcpy(token, n->token, PROGRESS_TOKEN_SZ);
}

static struct entry *entry_of(struct progress *p, const struct uuid *visit)
{
	for (int i = 0; i < p->n; i++)
		if (uuid_eq(&p->entries[i]->visit, visit))
			return p->entries[i];
	return NULL;
}

bool progress_reopen(struct progress *p, const struct uuid *visit, const struct progress_state *now,
    int64_t born_ms, const char *token)
{
	if (entry_of(p, visit) != NULL)
		return false;
	struct entry *n = entry_for(p, visit);
	(void)str_copy(n->token, sizeof n->token, token);
	n->visit = *visit;
	n->born_ms = born_ms;
	n->state = *now;
	return true;
}

static void changed(const struct progress *p, const struct entry *n)
{
	for (struct progress_listener *l = p->listeners, *next; l; l = next) {
		next = l->next;
		if (str_eq(l->token, n->token))
			l->changed(l->arg);
	}
}

void progress_set_badge(
    struct progress *p, const struct uuid *visit, enum progress_badge b, const char *reason)
{
	struct entry *n = entry_of(p, visit);
	if (!n || (n->state.badge == b && str_eq(n->state.badge_reason, reason ? reason : "")))
		return;
	n->state.badge = b;
	str_copy(n->state.badge_reason, sizeof n->state.badge_reason, reason ? reason : "");
	changed(p, n);
}

void progress_set_doors(
    struct progress *p, const struct uuid *visit, enum progress_doors s, int64_t until_ms)
{
	struct entry *n = entry_of(p, visit);
	if (!n || (n->state.doors == s && n->state.until_ms == until_ms))
		return;
	n->state.doors = s;
	n->state.until_ms = until_ms;
	changed(p, n);
}

void progress_set_host(struct progress *p, const struct uuid *visit, enum progress_host s)
{
	struct entry *n = entry_of(p, visit);
	if (!n || n->state.host == s)
		return;
	n->state.host = s;
	changed(p, n);
}

const struct progress_state *progress_find(
    const struct progress *p, const char *token, int64_t mono_ms)
{
	if (strlen(token) != PROGRESS_TOKEN_SZ - 1)
		return NULL;
	const struct entry *found = NULL;
	for (int i = 0; i < p->n; i++)
		if (str_same_secret(p->entries[i]->token, token, PROGRESS_TOKEN_SZ - 1))
			found = p->entries[i];
	if (!found || mono_ms - found->born_ms >= PROGRESS_LIFE_MS)
		return NULL;
	return &found->state;
}

bool progress_is_final(const struct progress_state *s)
{
	return s->badge != PROGRESS_BADGE_PRINTING && s->badge != PROGRESS_BADGE_TROUBLE &&
	       s->doors != PROGRESS_DOORS_PENDING && s->doors != PROGRESS_DOORS_TROUBLE &&
	       s->host != PROGRESS_HOST_SENDING && s->host != PROGRESS_HOST_TROUBLE;
}

json_t *progress_json(const struct progress_state *s)
{
	static const char *const badge[] = {"none", "printing", "printed", "trouble"};
	static const char *const doors[] = {"none", "pending", "open", "trouble", "withdrawn"};
	static const char *const host[] = {"none", "sending", "sent", "trouble"};
	return json_pack("{s:s, s:s, s:s, s:I, s:s}", "badge", badge[s->badge], "badge_reason",
	    s->badge_reason, "doors", doors[s->doors], "until_ms", (json_int_t)s->until_ms, "host",
	    host[s->host]);
}

void progress_listen(struct progress *p, struct progress_listener *l)
{
	l->next = p->listeners;
	p->listeners = l;
}

void progress_unlisten(struct progress *p, struct progress_listener *l)
{
	for (struct progress_listener **at = &p->listeners; *at; at = &(*at)->next) {
		if (*at == l) {
			*at = l->next;
			l->next = NULL;
			return;
		}
	}
}
