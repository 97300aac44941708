#include "access/right.h"

#include <stddef.h>

#include "base/fault.h"

/* The chain is the array's order: each profile links to the next, so that none can link to itself, to another site's, or nowhere. */
static enum err_code chain_check(
    const struct access_conf *conf, const struct access_grant *g, struct err *e)
{
	if (g->n_profiles < 1 || g->n_profiles > ACCESS_PROFILES)
		return err_set(
		    e, ERR_INPUT, "a right needs 1 to %d time profiles", ACCESS_PROFILES);
	for (int i = 0; i < g->n_profiles; i++) {
		const struct access_profile *p = &g->profiles[i];
		if (p->id < conf->profile_first || p->id > conf->profile_last)
			return err_set(e, ERR_INPUT, "time profile %d is outside %d to %d", p->id,
			    conf->profile_first, conf->profile_last);
		for (int j = 0; j < i; j++) {
			if (g->profiles[j].id == p->id)
				return err_set(e, ERR_INPUT,
				    "time profile %d stands twice in the chain", p->id);
		}
		int next = i + 1 < g->n_profiles ? g->profiles[i + 1].id : 0;
		if (p->linked != next)
			return err_set(e, ERR_INPUT, "time profile %d links to %d, not to %d",
			    p->id, p->linked, next);
		if (!access_date_valid(p->first) || !access_date_valid(p->last) ||
		    access_date_cmp(p->first, p->last) > 0)
			return err_set(e, ERR_INPUT,
			    "time profile %d: its last day is before its first", p->id);
		if (!access_minute_valid(p->from) || !access_minute_valid(p->to) ||
		    access_minute_cmp(p->from, p->to) >= 0)
			return err_set(e, ERR_INPUT,
			    "time profile %d: its last minute is not after its first", p->id);
	}
	return ERR_OK;
}

static enum err_code card_check(const struct access_conf *conf, uint32_t card, struct err *e)
{
	if (card < conf->card_first || card > conf->card_last)
		return err_set(e, ERR_INPUT, "the card number is outside %u to %u",
		    conf->card_first, conf->card_last);
	return ERR_OK;
}

static enum err_code grant_check(
    const struct access_conf *conf, const struct access_grant *g, struct err *e)
{
	enum err_code rc = card_check(conf, g->card, e);
	if (rc != ERR_OK)
		return rc;
	if (g->n_doors < 1 || g->n_doors > ACCESS_DOORS)
		return err_set(e, ERR_INPUT, "a right needs 1 to %d doors", ACCESS_DOORS);
	for (int i = 0; i < g->n_doors; i++) {
		if (g->doors[i] < 1 || g->doors[i] > ACCESS_DOORS)
			return err_set(
			    e, ERR_INPUT, "door %d is outside 1 to %d", g->doors[i], ACCESS_DOORS);
	}
	if (!access_date_valid(g->first) || !access_date_valid(g->last) ||
	    access_date_cmp(g->first, g->last) > 0)
		return err_set(e, ERR_INPUT, "the last day is before the first");
	return chain_check(conf, g, e);
}

/* Is this the card that the grant writes? */
static bool is_ours(const struct access_card *c, const struct access_grant *g)
{
	int right[ACCESS_DOORS] = {0};
	for (int i = 0; i < g->n_doors; i++)
		right[g->doors[i] - 1] = g->profiles[0].id;
	for (int i = 0; i < ACCESS_DOORS; i++) {
		if (c->right[i] != right[i])
			return false;
	}
	return c->there && !c->odd && access_date_cmp(c->first, g->first) == 0 &&
	       access_date_cmp(c->last, g->last) == 0;
}

/* Could one of our grants have written it? Only those put our time profiles, and nothing else, on a card. */
static bool looks_ours(const struct access_conf *conf, const struct access_card *c)
{
	bool any = false;
	for (int i = 0; i < ACCESS_DOORS; i++) {
		if (c->right[i] == 0)
			continue;
		if (c->right[i] < conf->profile_first || c->right[i] > conf->profile_last)
			return false;
		any = true;
	}
	return any && !c->odd;
}

enum err_code access_right_grant(
    const struct access_controller *c, const struct access_grant *g, struct err *e)
{
	struct access_card card;
	enum err_code rc = grant_check(&c->conf, g, e);
	if (rc != ERR_OK)
		return rc;
	if (!g->issued) {
		/* Exactly what is asked for is an earlier attempt of this very grant, whose answer was lost. */
		rc = c->driver->read_back(c->state, g->card, &card, e);
		if (rc != ERR_OK)
			return rc;
		if (card.there && !is_ours(&card, g) && (g->fresh || !looks_ours(&c->conf, &card)))
			return err_set(
			    e, ERR_CONFLICT, "the controller holds another card under this number");
	}
	rc = c->driver->grant(c->state, g, e);
	FAULT("access.put");
	if (rc == ERR_OK)
		rc = c->driver->read_back(c->state, g->card, &card, e);
	if (rc == ERR_OK && !is_ours(&card, g))
		return err_set(e, ERR_PROTOCOL, "the card does not read back as written");
	FAULT("access.granted");
	return rc;
}

enum err_code access_right_revoke(
    const struct access_controller *c, uint32_t card, bool issued, struct err *e)
{
	struct access_card there;
	enum err_code rc = card_check(&c->conf, card, e);
	if (rc == ERR_OK && !issued) {
		rc = c->driver->read_back(c->state, card, &there, e);
		if (rc == ERR_OK && there.there && !looks_ours(&c->conf, &there))
			return err_set(
			    e, ERR_CONFLICT, "the controller holds another card under this number");
	}
	FAULT("access.checked");
	if (rc == ERR_OK)
		rc = c->driver->revoke(c->state, card, e);
	FAULT("access.deleted");
	if (rc == ERR_OK)
		rc = c->driver->read_back(c->state, card, &there, e);
	if (rc == ERR_OK && there.there)
		return err_set(e, ERR_PROTOCOL, "the card is still there after it was deleted");
	return rc;
}
