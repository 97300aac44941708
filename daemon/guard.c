#include "daemon/guard.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/str.h"

enum { FLOWS = 256 };

/* So many in a window that begins with the first. */
struct budget {
	int64_t since_ms;
	int used;
};

struct kiosk_record {
	char kiosk[TEXT_WORD_SZ];
	int64_t fail_ms[GUARD_FAILURES]; /* a ring: the oldest of the last five is at next */
	int next, fails;
	struct budget searches;
	struct budget waitings, walk_ins;
};

struct flow_record {
	struct uuid flow;
	int64_t at_ms;
	int searches;
};

struct guard {
	struct kiosk_record kiosks[CONF_KIOSKS];
	struct flow_record flows[FLOWS];
	int n_kiosks, n_flows;
};

struct guard *guard_new(void)
{
	return mem_new(1, sizeof(struct guard));
}

void guard_free(struct guard *own_g)
{
	free(own_g);
}

static const struct kiosk_record *record_find(const struct guard *g, const char *kiosk)
{
	for (int i = 0; i < g->n_kiosks; i++)
		if (str_eq(g->kiosks[i].kiosk, kiosk))
			return &g->kiosks[i];
	return NULL;
}

/* Kiosks come from the configuration; only after many reloads with new names can there be more
 * than the table holds: then the first slot is shared, which errs on the side of reception. */
static struct kiosk_record *record_of(struct guard *g, const char *kiosk)
{
	for (int i = 0; i < g->n_kiosks; i++)
		if (str_eq(g->kiosks[i].kiosk, kiosk))
			return &g->kiosks[i];
	if (g->n_kiosks == CONF_KIOSKS)
		return &g->kiosks[0];
	struct kiosk_record *r = &g->kiosks[g->n_kiosks++];
	str_copy(r->kiosk, sizeof r->kiosk, kiosk);
	return r;
}

void guard_fail(struct guard *g, const char *kiosk, int64_t mono_ms)
{
	struct kiosk_record *r = record_of(g, kiosk);
	r->fail_ms[r->next] = mono_ms;
	r->next = (r->next + 1) % GUARD_FAILURES;
	if (r->fails < GUARD_FAILURES)
		r->fails++;
}

static bool budget_take(struct budget *b, int most, int64_t mono_ms)
{
	if (!b->used || mono_ms - b->since_ms >= GUARD_WINDOW_MS)
		*b = (struct budget){.since_ms = mono_ms};
	if (b->used == most)
		return false;
	b->used++;
	return true;
}

bool guard_waiting(struct guard *g, const char *kiosk, int64_t mono_ms)
{
	return budget_take(&record_of(g, kiosk)->waitings, GUARD_WAITINGS, mono_ms);
}

bool guard_walk_in(struct guard *g, const char *kiosk, int64_t mono_ms)
{
	return budget_take(&record_of(g, kiosk)->walk_ins, GUARD_WALK_INS, mono_ms);
}

int64_t guard_blocked_ms(const struct guard *g, const char *kiosk, int64_t mono_ms)
{
	const struct kiosk_record *r = record_find(g, kiosk);
	if (!r || r->fails < GUARD_FAILURES)
		return 0;
	int64_t left = r->fail_ms[r->next] + GUARD_WINDOW_MS - mono_ms;
	return left > 0 ? left : 0;
}

bool guard_blocked(const struct guard *g, const char *kiosk, int64_t mono_ms)
{
	return guard_blocked_ms(g, kiosk, mono_ms) > 0;
}

static struct flow_record *flow_of(struct guard *g, const struct uuid *flow, int64_t mono_ms)
{
	struct flow_record *oldest = &g->flows[0];
	for (int i = 0; i < g->n_flows; i++) {
		if (uuid_eq(&g->flows[i].flow, flow))
			return &g->flows[i];
		if (g->flows[i].at_ms < oldest->at_ms)
			oldest = &g->flows[i];
	}
	struct flow_record *f = g->n_flows < FLOWS ? &g->flows[g->n_flows++] : oldest;
	*f = (struct flow_record){.flow = *flow, .at_ms = mono_ms};
	return f;
}

bool guard_host_search(struct guard *g, const char *kiosk, const struct uuid *flow, int64_t mono_ms)
{
	struct kiosk_record *r = record_of(g, kiosk);
	struct flow_record *f = flow_of(g, flow, mono_ms);
	if (f->searches >= GUARD_SEARCHES ||
	    !budget_take(&r->searches, GUARD_KIOSK_SEARCHES, mono_ms))
		return false;
	f->searches++;
	f->at_ms = mono_ms;
	return true;
}
