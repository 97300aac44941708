#include "access/job.h"

#include <stdlib.h>

#include "access/right.h"
#include "base/str.h"

enum { DATE_SZ = 11, MINUTE_SZ = 6, TIMEOUT_MAX_MS = 60000, RETRIES_MAX = 20 };

/* No card has the numbers 0, 0xffffffff (a deleted slot) and 0x00ffffff (what readers send for noise). */
enum err_code access_job_conf(struct access_conf *conf, const json_t *obj, struct err *e)
{
	struct json_reader r;
	int64_t serial = 0, card_first = 0, card_last = 0, profile_first = 0, profile_last = 0,
		timeout = 0, retries = 0;
	*conf = (struct access_conf){0};
	json_read_begin(&r, obj, e);
	json_read_text(&r, "driver", JSON_REQUIRED, conf->driver, sizeof conf->driver, TEXT_STRICT);
	json_read_text(
	    &r, "address", JSON_REQUIRED, conf->address, sizeof conf->address, TEXT_STRICT);
	json_read_int(&r, "serial", JSON_REQUIRED, &serial, 1, UINT32_MAX);
	json_read_int(&r, "card_first", JSON_REQUIRED, &card_first, 1, UINT32_MAX - 1);
	json_read_int(&r, "card_last", JSON_REQUIRED, &card_last, card_first, UINT32_MAX - 1);
	json_read_int(&r, "profile_first", JSON_REQUIRED, &profile_first, 2, 254);
	json_read_int(&r, "profile_last", JSON_REQUIRED, &profile_last, profile_first, 254);
	json_read_int(&r, "timeout_ms", JSON_REQUIRED, &timeout, 10, TIMEOUT_MAX_MS);
	json_read_int(&r, "retries", JSON_REQUIRED, &retries, 0, RETRIES_MAX);
	json_read_text(
	    &r, "timezone", JSON_REQUIRED, conf->timezone, sizeof conf->timezone, TEXT_STRICT);
	enum err_code rc = json_read_end(&r);
	if (rc != ERR_OK)
		return rc;
	if (card_first <= 0x00ffffff && card_last >= 0x00ffffff)
		return err_set(
		    e, ERR_CONFIG, "card-first, card-last: no card has the number 16777215");
	conf->serial = (uint32_t)serial;
	conf->card_first = (uint32_t)card_first;
	conf->card_last = (uint32_t)card_last;
	conf->profile_first = (int)profile_first;
	conf->profile_last = (int)profile_last;
	conf->timeout_ms = (int)timeout;
	conf->retries = (int)retries;
	return ERR_OK;
}

/* --- reading a grant --------------------------------------------------------------------- */

static bool read_date(struct json_reader *r, const char *key, struct access_date *d)
{
	char s[DATE_SZ];
	if (!json_read_text(r, key, JSON_REQUIRED, s, sizeof s, TEXT_STRICT))
		return false;
	if (!access_date_parse(d, s))
		r->code = err_set(r->err, ERR_INPUT, "%s: must be a day like 2026-11-23", key);
	return r->code == ERR_OK;
}

static bool read_minute(struct json_reader *r, const char *key, struct access_minute *m)
{
	char s[MINUTE_SZ];
	if (!json_read_text(r, key, JSON_REQUIRED, s, sizeof s, TEXT_STRICT))
		return false;
	if (!access_minute_parse(m, s))
		r->code = err_set(r->err, ERR_INPUT, "%s: must be a time like 17:30", key);
	return r->code == ERR_OK;
}

static enum err_code read_profile(struct access_profile *p, const json_t *obj, struct err *e)
{
	struct json_reader r;
	int64_t id = 0, linked = 0;
	json_read_begin(&r, obj, e);
	json_read_int(&r, "id", JSON_REQUIRED, &id, 0, 255);
	read_date(&r, "first", &p->first);
	read_date(&r, "last", &p->last);
	read_minute(&r, "from", &p->from);
	read_minute(&r, "to", &p->to);
	json_read_int(&r, "linked", JSON_REQUIRED, &linked, 0, 255);
	p->id = (int)id;
	p->linked = (int)linked;
	return json_read_end(&r);
}

static enum err_code read_lists(
    struct access_grant *g, const json_t *doors, const json_t *profiles, struct err *e)
{
	for (size_t i = 0; i < json_array_size(doors); i++) {
		const json_t *v = json_array_get(doors, i);
		if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > 255)
			return err_set(e, ERR_INPUT, "doors: must be whole numbers");
		g->doors[g->n_doors++] = (int)json_integer_value(v);
	}
	for (size_t i = 0; i < json_array_size(profiles); i++) {
		const json_t *v = json_array_get(profiles, i);
		if (!json_is_object(v))
			return err_set(e, ERR_INPUT, "profiles: must be objects");
		enum err_code rc = read_profile(&g->profiles[g->n_profiles++], v, e);
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

/* The credential's id is foyerd's; it is checked so that a job for something else does not pass as one of ours. */
static enum err_code read_grant(
    struct access_grant *g, const struct courier_job *job, struct err *e)
{
	struct json_reader r;
	struct uuid credential;
	int64_t card = 0;
	const json_t *doors = NULL, *profiles = NULL;
	*g = (struct access_grant){0};
	courier_job_begin(&r, job, e);
	json_read_uuid(&r, "credential", JSON_REQUIRED, &credential);
	json_read_int(&r, "card", JSON_REQUIRED, &card, 0, UINT32_MAX);
	json_read_array(&r, "doors", JSON_REQUIRED, ACCESS_DOORS, &doors);
	read_date(&r, "first", &g->first);
	read_date(&r, "last", &g->last);
	json_read_bool(&r, "fresh", JSON_REQUIRED, &g->fresh);
	json_read_bool(&r, "issued", JSON_OPTIONAL, &g->issued);
	json_read_array(&r, "profiles", JSON_REQUIRED, ACCESS_PROFILES, &profiles);
	enum err_code rc = json_read_end(&r);
	g->card = (uint32_t)card;
	return rc == ERR_OK ? read_lists(g, doors, profiles, e) : rc;
}

/* --- answers ----------------------------------------------------------------------------- */

/* The seam's words for the drivers' errors, and what a person should do. A protocol error is one to try again: the next answer
 * may be better, and nothing is called done before. */
static void answer_error(struct courier_answer *a, const struct err *e)
{
	static const struct {
		enum err_code code;
		const char *class;
		bool again;
		const char *remedy;
	} words[] = {
	    {ERR_TIMEOUT, "timeout", true,
		"see that the controller has power and network, and that its serial number is "
		"configured"},
	    {ERR_UNREACHABLE, "unreachable", true,
		"see that the controller has power and network, and that its address is right"},
	    {ERR_NO_SPACE, "controller-full", true,
		"delete cards from the controller that nobody uses any more"},
	    {ERR_REFUSED, "clock-off", true,
		"see to the controller's clock; its battery may be empty"},
	    {ERR_PROTOCOL, "protocol", true,
		"see that a UHPPOTE controller, and nothing else, answers at the configured "
		"address"},
	    {ERR_CONFLICT, "foreign-card", false,
		"print the badge again: it gets another number; or free this one on the controller "
		"and retry the job; a range of numbers that only foyer uses prevents it"},
	    {ERR_INPUT, "out-of-range", false,
		"see card-first, card-last, profile-first and profile-last in foyer.conf"},
	    {ERR_REJECTED, "profile-mismatch", false,
		"see that no other system writes time profiles in foyer's range"},
	};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (words[i].code != e->code)
			continue;
		if (words[i].again)
			courier_retry(a, words[i].class, "%s", e->msg);
		else
			courier_failed(a, words[i].class, "%s", e->msg);
		courier_remedy(a, "%s", words[i].remedy);
		return;
	}
	courier_error(a, e);
}

static void run_grant(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct access_grant g;
	struct err e;
	if (read_grant(&g, job, &e) != ERR_OK) {
		courier_bad_job(a, &e);
		return;
	}
	if (access_right_grant(arg, &g, &e) != ERR_OK) {
		answer_error(a, &e);
		return;
	}
	courier_done(a);
	courier_add(a, "read_back", json_true());
}

static void run_revoke(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct json_reader r;
	struct uuid credential;
	int64_t card = 0;
	bool issued = false;
	struct err e;
	courier_job_begin(&r, job, &e);
	json_read_uuid(&r, "credential", JSON_REQUIRED, &credential);
	json_read_int(&r, "card", JSON_REQUIRED, &card, 0, UINT32_MAX);
	json_read_bool(&r, "issued", JSON_OPTIONAL, &issued);
	if (json_read_end(&r) != ERR_OK) {
		courier_bad_job(a, &e);
		return;
	}
	if (access_right_revoke(arg, (uint32_t)card, issued, &e) != ERR_OK) {
		answer_error(a, &e);
		return;
	}
	courier_done(a);
	courier_add(a, "read_back", json_true());
}

static void run_list(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct access_controller *c = arg;
	struct json_reader r;
	struct err e;
	courier_job_begin(&r, job, &e);
	if (json_read_end(&r) != ERR_OK) {
		courier_bad_job(a, &e);
		return;
	}
	struct access_list *list = mem_new(1, sizeof *list);
	if (c->driver->list(c->state, list, &e) == ERR_OK) {
		json_t *cards = json_array();
		for (int i = 0; i < list->n; i++)
			json_array_append_new(cards, json_integer(list->card[i]));
		courier_done(a);
		courier_add(a, "cards", cards);
		courier_add(a, "count", json_integer(list->count));
	} else {
		answer_error(a, &e);
	}
	free(list);
}

/* A check always gets its answer: trouble with the controller is the state that it reports. */
static void run_check(void *arg, const struct courier_job *job, struct courier_answer *a)
{
	struct access_controller *c = arg;
	struct access_health h;
	struct json_reader r;
	struct err e;
	courier_job_begin(&r, job, &e);
	if (json_read_end(&r) != ERR_OK) {
		courier_bad_job(a, &e);
		return;
	}
	enum err_code rc = c->driver->health(c->state, &h, &e);
	bool reached = rc == ERR_OK;
	if (reached && h.clock_off)
		rc = err_set(
		    &e, ERR_REFUSED, "the controller's clock is wrong and stays so when set");
	else if (reached && h.full)
		rc = err_set(&e, ERR_NO_SPACE, "the controller takes no new card");
	if (rc == ERR_OK) {
		courier_checked(a, true, "idle", "", "");
	} else {
		struct courier_answer trouble = {0};
		answer_error(&trouble, &e);
		courier_checked(a, false, rc == ERR_TIMEOUT ? "unreachable" : trouble.class, e.msg,
		    trouble.remedy);
	}
	if (reached) {
		courier_add(a, "clock_offset_ms", json_integer(h.clock_offset_ms));
		courier_add(a, "count", json_integer(h.cards));
		courier_add(a, "version", json_string(h.version));
	}
}

const struct courier_kind access_job_kinds[] = {
    {"grant", run_grant},
    {"revoke", run_revoke},
    {"list", run_list},
    {"check", run_check},
    {NULL, NULL},
};
