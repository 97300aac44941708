#include "daemon/trouble.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"

static void word_take(
    char *dst, size_t sz, const json_t *result, const char *key, const char *otherwise)
{
	struct err e;
	const char *s = json_string_value(json_object_get(result, key));
	if (!s || text_clean(dst, sz, s, strlen(s), TEXT_LINE | TEXT_CUT, &e) || !dst[0])
		str_copy(dst, sz, otherwise);
}

void trouble_take(struct trouble *t, const json_t *result)
{
	word_take(t->class, sizeof t->class, result, "class", "unknown");
	word_take(t->reason, sizeof t->reason, result, "reason", "");
	word_take(t->remedy, sizeof t->remedy, result, "remedy", "");
	word_take(t->mark, sizeof t->mark, result, "mark", "");
	t->blocks = json_is_true(json_object_get(result, "blocks"));
}

void trouble_silent(struct trouble *t, const char *destination, int64_t ms)
{
	static const char *const words[][3] = {
	    {"print:", "the printer", "look at the printer and the print server"},
	    {"access:", "the door controller", "see that the controller has power and network"},
	    {"notify:", "the mail server", "look at the mail server and the network"},
	};
	const char *who = "the courier", *remedy = "look at the log of foyerd";
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (str_starts(destination, words[i][0])) {
			who = words[i][1];
			remedy = words[i][2];
		}
	}
	*t = (struct trouble){.class = "no-answer-yet"};
	str_print(t->reason, sizeof t->reason, "%s has not answered for %lld s", who,
	    (long long)(ms / CLOCK_SECOND));
	str_print(t->remedy, sizeof t->remedy, "%s; it is tried again by itself", remedy);
}

void trouble_down(struct trouble *t, const char *destination, const char *why)
{
	*t = (struct trouble){.class = "courier-down"};
	str_print(t->reason, sizeof t->reason, "the courier of %s does not run%s%s", destination,
	    why[0] ? ": " : "", why);
	str_copy(t->remedy, sizeof t->remedy,
	    "look at the log of foyerd; it is started again by itself");
}

json_t *trouble_check(const struct trouble *t)
{
	return json_pack("{s:b, s:s, s:s, s:s}", "ok", 0, "state", t->class, "reason", t->reason,
	    "remedy", t->remedy);
}
