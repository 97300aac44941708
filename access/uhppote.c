#include "access/uhppote.h"

#include <inttypes.h>
#include <stdlib.h>

#include "access/uhppote_link.h"
#include "access/uhppote_wire.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/str.h"

enum {
	CLOCK_MAX_OFF_S = 2,
	/* Between two looks at the clock, when rights are written. */
	CLOCK_LOOK_MS = 10 * CLOCK_MINUTE,
	INDEX_MAX = 200000, /* of a card slot: above any controller of the family */
};

struct board {
	struct uhppote_link link;
	uint32_t card_first, card_last;
	/* Monotonic: when the clock was last seen to be right; -1: not yet, or wrong. */
	int64_t looked_ms;
	int64_t offset_s;
	bool full;
};

static enum err_code board_open(
    void **own_state, const struct access_conf *conf, const struct clock *clock, struct err *e)
{
	struct board *b = mem_new(1, sizeof *b);
	*b = (struct board){
	    .link = {.serial = conf->serial,
		.timeout_ms = conf->timeout_ms,
		.retries = conf->retries,
		.clock = *clock},
	    .card_first = conf->card_first,
	    .card_last = conf->card_last,
	    .looked_ms = -1,
	};
	enum err_code rc = uhppote_link_init(&b->link, conf->address, e);
	if (rc != ERR_OK) {
		free(b);
		return rc;
	}
	*own_state = b;
	return ERR_OK;
}

static void board_close(void *own_state)
{
	free(own_state);
}

/* The three shapes of question: about nothing, about a number, about a byte. */
static struct uhppote_frame question(const struct board *b, enum uhppote_fn fn)
{
	struct uhppote_frame q;
	uhppote_frame_init(&q, (uint8_t)fn, b->link.serial);
	return q;
}

static struct uhppote_frame question_number(
    const struct board *b, enum uhppote_fn fn, uint32_t number)
{
	struct uhppote_frame q = question(b, fn);
	uhppote_number_put(&q, number);
	return q;
}

/* Ask q, which is answered yes or no. */
static enum err_code ask_ok(struct board *b, const struct uhppote_frame *q, bool *ok, struct err *e)
{
	struct uhppote_frame a;
	enum err_code rc = uhppote_link_ask(&b->link, q, &a, e);
	return rc == ERR_OK ? uhppote_ok_get(&a, ok, e) : rc;
}

static enum err_code ask_count(struct board *b, uint32_t *count, struct err *e)
{
	struct uhppote_frame a, q = question(b, UHPPOTE_GET_CARDS);
	enum err_code rc = uhppote_link_ask(&b->link, &q, &a, e);
	if (rc == ERR_OK)
		*count = uhppote_number_get(&a);
	return rc;
}

/* --- the clock --------------------------------------------------------------------------- */

/* Controller minus us, in the seconds that it shows: compared as civil time, for it knows nothing of zones. Our own time is that of the
 * middle of the exchange. */
static enum err_code clock_look(struct board *b, struct err *e)
{
	struct uhppote_frame a, q = question(b, UHPPOTE_GET_TIME);
	int64_t before = clock_wall(&b->link.clock);
	enum err_code rc = uhppote_link_ask(&b->link, &q, &a, e);
	if (rc != ERR_OK)
		return rc;
	int64_t now = before + (clock_wall(&b->link.clock) - before) / 2;
	struct zone_time theirs, ours = zone_local(now);
	rc = uhppote_time_get(&a, &theirs, e);
	if (rc != ERR_OK)
		return rc;
	b->offset_s = access_civil_s(&theirs) - access_civil_s(&ours);
	return ERR_OK;
}

static bool clock_is_right(const struct board *b)
{
	return b->offset_s >= -CLOCK_MAX_OFF_S && b->offset_s <= CLOCK_MAX_OFF_S;
}

static enum err_code clock_set(struct board *b, struct err *e)
{
	struct uhppote_frame a, q = question(b, UHPPOTE_SET_TIME);
	struct zone_time now = zone_local(clock_wall(&b->link.clock));
	enum err_code rc = uhppote_time_put(&q, &now, e);
	if (rc == ERR_OK)
		rc = uhppote_link_ask(&b->link, &q, &a, e);
	if (rc == ERR_OK)
		rc = clock_look(b, e);
	if (rc != ERR_OK)
		return rc;
	if (!clock_is_right(b))
		return err_set(e, ERR_REFUSED,
		    "the controller's clock is %" PRId64 " s off and stays so when set",
		    b->offset_s);
	return ERR_OK;
}

/* ERR_OK with the clock right; ERR_REFUSED where it stays wrong. */
static enum err_code clock_keep(struct board *b, struct err *e)
{
	b->looked_ms = -1;
	enum err_code rc = clock_look(b, e);
	/* A clock that lost its battery may show no date at all: a reason to set it. */
	if (rc != ERR_OK && rc != ERR_PROTOCOL)
		return rc;
	if (rc == ERR_PROTOCOL || !clock_is_right(b)) {
		if (rc == ERR_OK)
			log_warn("controller %u: clock %" PRId64 " s off, setting it",
			    b->link.serial, b->offset_s);
		rc = clock_set(b, e);
	}
	if (rc == ERR_OK)
		b->looked_ms = clock_mono(&b->link.clock);
	return rc;
}

/* --- rights ------------------------------------------------------------------------------ */

static enum err_code profile_write(struct board *b, const struct access_profile *p, struct err *e)
{
	struct uhppote_profile want = {
	    .id = (uint8_t)p->id, .first = p->first, .last = p->last, .linked = (uint8_t)p->linked};
	for (int i = 0; i < 7; i++)
		want.weekday[i] = true;
	want.segment[0].from = p->from;
	want.segment[0].to = p->to;

	struct uhppote_frame a, q = question(b, UHPPOTE_SET_PROFILE);
	bool ok = false;
	enum err_code rc = uhppote_profile_put(&q, &want, e);
	if (rc == ERR_OK)
		rc = ask_ok(b, &q, &ok, e);
	if (rc != ERR_OK)
		return rc;
	if (!ok)
		return err_set(e, ERR_REJECTED, "the controller refuses time profile %d", p->id);
	q = question(b, UHPPOTE_GET_PROFILE);
	uhppote_byte_put(&q, want.id);
	rc = uhppote_link_ask(&b->link, &q, &a, e);
	struct uhppote_profile got;
	if (rc == ERR_OK)
		rc = uhppote_profile_get(&a, &got, e);
	if (rc != ERR_OK)
		return rc;
	if (!uhppote_profile_eq(&want, &got))
		return err_set(
		    e, ERR_REJECTED, "time profile %d does not read back as written", p->id);
	return ERR_OK;
}

static enum err_code board_read_back(
    void *state, uint32_t card, struct access_card *out, struct err *e)
{
	struct board *b = state;
	struct uhppote_frame a, q = question_number(b, UHPPOTE_GET_CARD, card);
	enum err_code rc = uhppote_link_ask(&b->link, &q, &a, e);
	struct uhppote_card c;
	if (rc == ERR_OK)
		rc = uhppote_card_get(&a, &c, e);
	if (rc != ERR_OK)
		return rc;
	*out = (struct access_card){
	    .there = c.number != 0,
	    .first = c.first,
	    .last = c.last,
	    .odd = c.pin != 0 || c.first_card != 0,
	};
	for (int i = 0; i < UHPPOTE_DOORS; i++)
		out->right[i] = c.door[i];
	return ERR_OK;
}

/* put-card said no to values that are good. There is no error code on this wire: a new card that did not go in means that there is
 * no room; one that is there could have been written over. */
static enum err_code refused(struct board *b, uint32_t card, struct err *e)
{
	struct access_card there;
	uint32_t count = 0;
	enum err_code rc = board_read_back(b, card, &there, e);
	if (rc == ERR_OK)
		rc = ask_count(b, &count, e);
	if (rc != ERR_OK)
		return rc;
	if (there.there)
		return err_set(
		    e, ERR_PROTOCOL, "the controller refuses to change a card that it holds");
	b->full = true;
	return err_set(e, ERR_NO_SPACE, "the controller takes no new card; it holds %u", count);
}

static enum err_code board_grant(void *state, const struct access_grant *g, struct err *e)
{
	struct board *b = state;
	enum err_code rc = ERR_OK;
	if (b->looked_ms < 0 || clock_mono(&b->link.clock) - b->looked_ms > CLOCK_LOOK_MS)
		rc = clock_keep(b, e);
	/* From the chain's end: a profile that links to one which is not there opens the door at any hour. */
	for (int i = g->n_profiles - 1; i >= 0 && rc == ERR_OK; i--)
		rc = profile_write(b, &g->profiles[i], e);
	if (rc != ERR_OK)
		return rc;
	FAULT("access.profiles");
	struct uhppote_card c = {.number = g->card, .first = g->first, .last = g->last};
	for (int i = 0; i < g->n_doors; i++)
		c.door[g->doors[i] - 1] = (uint8_t)g->profiles[0].id;
	struct uhppote_frame q = question(b, UHPPOTE_PUT_CARD);
	bool ok = false;
	rc = uhppote_card_put(&q, &c, e);
	if (rc == ERR_OK)
		rc = ask_ok(b, &q, &ok, e);
	if (rc != ERR_OK)
		return rc;
	if (!ok)
		return refused(b, g->card, e);
	b->full = false;
	return ERR_OK;
}

static enum err_code board_revoke(void *state, uint32_t card, struct err *e)
{
	struct board *b = state;
	struct uhppote_frame q = question_number(b, UHPPOTE_DELETE_CARD, card);
	bool was_there;
	enum err_code rc = ask_ok(b, &q, &was_there, e);
	if (rc == ERR_OK && was_there)
		b->full = false;
	return rc;
}

/* --- looking ----------------------------------------------------------------------------- */

static enum err_code board_list(void *state, struct access_list *out, struct err *e)
{
	struct board *b = state;
	out->n = 0;
	enum err_code rc = ask_count(b, &out->count, e);
	uint32_t seen = 0;
	for (uint32_t i = 1; rc == ERR_OK && seen < out->count && i <= INDEX_MAX; i++) {
		struct uhppote_frame a, q = question_number(b, UHPPOTE_GET_CARD_AT, i);
		rc = uhppote_link_ask(&b->link, &q, &a, e);
		if (rc != ERR_OK)
			break;
		uint32_t number = uhppote_number_get(&a);
		if (number == 0)
			break; /* the first slot that never held a card */
		if (number == UHPPOTE_CARD_DELETED)
			continue;
		seen++;
		if (number < b->card_first || number > b->card_last)
			continue;
		if (out->n == ACCESS_LIST_MAX)
			return err_set(e, ERR_TOO_MANY, "more than %d cards in foyer's range",
			    ACCESS_LIST_MAX);
		out->card[out->n++] = number;
	}
	if (rc == ERR_OK && seen != out->count)
		return err_set(e, ERR_PROTOCOL, "the controller counts %u cards and shows %u",
		    out->count, seen);
	return rc;
}

static enum err_code board_health(void *state, struct access_health *out, struct err *e)
{
	struct board *b = state;
	struct uhppote_frame a, q = question(b, UHPPOTE_GET_CONTROLLER);
	struct uhppote_firmware v;
	*out = (struct access_health){0};
	enum err_code rc = uhppote_link_ask(&b->link, &q, &a, e);
	if (rc == ERR_OK)
		rc = uhppote_firmware_get(&a, &v, e);
	if (rc == ERR_OK)
		rc = ask_count(b, &out->cards, e);
	if (rc != ERR_OK)
		return rc;
	(void)str_print(
	    out->version, sizeof out->version, "%x.%02x", v.version >> 8, v.version & 0xff);
	out->full = b->full;
	rc = clock_keep(b, e);
	out->clock_off = rc == ERR_REFUSED;
	out->clock_offset_ms = b->offset_s * CLOCK_SECOND;
	return out->clock_off ? ERR_OK : rc;
}

const struct access_driver uhppote_driver = {
    .name = "uhppote",
    .open = board_open,
    .close = board_close,
    .grant = board_grant,
    .revoke = board_revoke,
    .read_back = board_read_back,
    .list = board_list,
    .health = board_health,
};
