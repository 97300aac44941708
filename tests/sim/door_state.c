#include "tests/sim/door_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "tests/sim/door_event.h"

enum { TEXT_SZ = 32, STATE_MODE = 0644, EVENTS = 32 };

static json_t *date_text(struct access_date d)
{
	char s[TEXT_SZ];
	(void)str_print(s, sizeof s, "%04d-%02d-%02d", d.year, d.mon, d.day);
	return json_string(s);
}

static json_t *time_text(const struct zone_time *t)
{
	char s[TEXT_SZ];
	(void)str_print(s, sizeof s, "%04d-%02d-%02dT%02d:%02d:%02d", t->year, t->mon, t->day,
	    t->hour, t->min, t->sec);
	return json_string(s);
}

json_t *door_state_cards(const struct door_board *b)
{
	json_t *all = json_array();
	for (size_t i = 0; i < b->n_slots; i++) {
		const struct uhppote_card *c = &b->slots[i];
		if (c->number == 0 || c->number == UHPPOTE_CARD_DELETED)
			continue;
		json_array_append_new(all,
		    json_pack("{s:I, s:o, s:o, s:[i, i, i, i], s:i}", "card", (json_int_t)c->number,
			"first", date_text(c->first), "last", date_text(c->last), "doors",
			c->door[0], c->door[1], c->door[2], c->door[3], "pin", (int)c->pin));
	}
	return all;
}

static json_t *segments(const struct uhppote_profile *p)
{
	json_t *list = json_array();
	for (int i = 0; i < UHPPOTE_SEGMENTS; i++) {
		struct access_minute from = p->segment[i].from, to = p->segment[i].to;
		char s[TEXT_SZ];
		if (from.hour == 0 && from.min == 0 && to.hour == 0 && to.min == 0)
			continue;
		(void)str_print(
		    s, sizeof s, "%02d:%02d-%02d:%02d", from.hour, from.min, to.hour, to.min);
		json_array_append_new(list, json_string(s));
	}
	return list;
}

json_t *door_state_profiles(const struct door_board *b)
{
	json_t *all = json_array();
	for (int id = UHPPOTE_PROFILE_FIRST; id <= UHPPOTE_PROFILE_LAST; id++) {
		const struct uhppote_profile *p = &b->profiles[id];
		char days[] = "MTWTFSS";
		if (p->id == 0)
			continue;
		for (int i = 0; i < 7; i++)
			days[i] = p->weekday[i] ? days[i] : '-';
		json_array_append_new(
		    all, json_pack("{s:i, s:o, s:o, s:s, s:o, s:i}", "id", id, "first",
			     date_text(p->first), "last", date_text(p->last), "days", days,
			     "segments", segments(p), "linked", p->linked));
	}
	return all;
}

enum err_code door_state_write(
    const struct door_board *b, const char *path, int64_t now_ms, struct err *e)
{
	struct zone_time shown = door_board_time(b, now_ms);
	json_t *all =
	    json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "serial", (json_int_t)b->serial,
		"capacity", (json_int_t)b->n_slots, "count", (json_int_t)door_board_count(b),
		"clock", time_text(&shown), "events", door_event_list(b, EVENTS), "cards",
		door_state_cards(b), "profiles", door_state_profiles(b));
	char *text = json_dumps(all, JSON_INDENT(2));
	json_decref(all);
	if (text == NULL)
		return err_set(e, ERR_BUG, "a state that is no JSON");
	enum err_code rc = path_write(path, text, strlen(text), STATE_MODE, e);
	free(text);
	return rc;
}
