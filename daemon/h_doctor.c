/*
 * GET /v1/doctor: is everything as it should be? The house is asked at once, each courier by a
 * check job; after five seconds at most the answer goes out.
 */
#include "daemon/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/doctor.h"
#include "daemon/jobs.h"
#include "daemon/stream.h"

enum { COURIERS_WAIT_MS = 5000 };

struct visit_of_doctor {
	struct later *later;
	json_t *checks;
};

/* "print:lobby" → "printer lobby" */
static void check_name(char dst[DB_DESTINATION_SZ + 16], const char *destination)
{
	static const char *const words[][2] = {
	    {"print:", "printer"}, {"access:", "controller"}, {"notify:", "messages"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (str_starts(destination, words[i][0])) {
			str_print(dst, DB_DESTINATION_SZ + 16, "%s %s", words[i][1],
			    destination + strlen(words[i][0]));
			return;
		}
	}
	str_copy(dst, DB_DESTINATION_SZ + 16, destination);
}

/* A courier's words are clean text, or "". */
static void words_of(char *dst, size_t sz, const json_t *result, const char *key)
{
	struct err e;
	const char *s = json_string_value(json_object_get(result, key));
	dst[0] = 0;
	if (s && text_clean(dst, sz, s, strlen(s), TEXT_LINE | TEXT_CUT, &e))
		dst[0] = 0;
}

static void courier_checked(
    void *arg, const char *destination, const json_t *result, const char *why)
{
	struct visit_of_doctor *v = arg;
	char name[DB_DESTINATION_SZ + 16], state[TEXT_WORD_SZ], reason[TEXT_REASON_SZ],
	    remedy[TEXT_REASON_SZ];
	check_name(name, destination);
	if (!result) {
		doctor_say(v->checks, name, DOCTOR_FAIL,
		    why && why[0] ? why : "its courier does not run", "look at the log of foyerd");
		return;
	}
	words_of(state, sizeof state, result, "state");
	words_of(reason, sizeof reason, result, "reason");
	words_of(remedy, sizeof remedy, result, "remedy");
	bool ok = json_is_true(json_object_get(result, "ok"));
	doctor_say(
	    v->checks, name, ok ? DOCTOR_OK : DOCTOR_FAIL, reason[0] ? reason : state, remedy);
}

static void all_checked(void *arg)
{
	struct visit_of_doctor *v = arg;
	later_answer(v->later, 200, json_pack("{s:o}", "checks", v->checks));
	free(v);
}

enum err_code h_doctor(struct request *rq, struct err *e)
{
	struct visit_of_doctor *v = mem_new(1, sizeof *v);
	v->checks = json_array();
	doctor_house(rq->d, v->checks);
	v->later = request_later(rq);
	struct jobs_check check = {.done = courier_checked, .over = all_checked, .arg = v};
	if (jobs_check(rq->d->jobs, &check, COURIERS_WAIT_MS, e)) {
		later_fail(v->later, e);
		json_decref(v->checks);
		free(v);
	}
	return ERR_OK;
}
