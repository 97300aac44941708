#include "tests/fault/lib_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "daemon/compose.h"
#include "daemon/desk_clock.h"
#include "daemon/desk_jobs.h"
#include "daemon/progress.h"
#include "db/book.h"
#include "db/job.h"
#include "db/retention.h"

static const char *const destinations[] = {"print:lobby", "access:main", "notify:mail"};
enum { DESTINATIONS = 3 };

static bool chance(struct day *day, uint32_t percent)
{
	return random_below(&day->script, 100) < percent;
}

static void reader_close(struct day *day)
{
	book_close(day->reader);
	day->reader = NULL;
}

static void mend(struct day *day, const char *why)
{
	if (day->mend == NULL)
		fail_msg("%s", why);
	reader_close(day);
	day->mend(day->l);
}

/* --- requests ------------------------------------------------------------------------------ */

int told_repeat(struct lobby *l, const struct told_request *r, char **own_text)
{
	return lobby_try(l, r->who, r->method_path, r->body, r->key, own_text);
}

/* Told before and after. The answer, which is the caller's; NULL: the house said no, which time may bring about. */
static json_t *ask(struct day *day, enum lobby_who who, const char *method_path, json_t *own_body)
{
	struct told *t = day->told;
	assert_true(t->n_requests < TOLD_REQUESTS);
	struct told_request *r = &t->requests[t->n_requests];
	char *body = json_dumps(own_body, JSON_COMPACT), *text = NULL;
	json_decref(own_body);
	r->who = who;
	r->key = day->l->keys++;
	assert_true(str_copy(r->method_path, sizeof r->method_path, method_path));
	assert_true(str_copy(r->body, sizeof r->body, body));
	free(body);
	t->n_requests++;
	int status = told_repeat(day->l, r, &text);
	if (status == 503) {
		mend(day, text);
		free(text);
		status = told_repeat(day->l, r, &text);
	}
	assert_non_null(text);
	if (status >= 500)
		fail_msg("%s: %d %s", method_path, status, text);
	assert_true(str_copy(r->answer, sizeof r->answer, text));
	r->status = status;
	json_t *answer = status < 300 ? json_loads(text, 0, NULL) : NULL;
	free(text);
	return answer;
}

static struct guest *guest_new(struct day *day)
{
	struct guest *g = &day->guests[day->n_guests++];
	*g = (struct guest){.state = GUEST_INVITED};
	return g;
}

static void invite(struct day *day)
{
	struct guest *g = guest_new(day);
	int64_t until = foyerd_now(&day->l->d) + (1 + random_below(&day->script, 8)) * CLOCK_HOUR;
	json_t *a = ask(day, LOBBY_STAFF, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "host", "aroth", "name", "Zoë Müller",
		"company", "Brückner", "type", "guest", "until_ms", (json_int_t)until, "mail",
		"zoe@visitors.example"));
	if (a == NULL)
		fail_msg("%s", day->told->requests[day->told->n_requests - 1].answer);
	assert_true(str_copy(g->pass, sizeof g->pass, text_of(a, "pass")));
	json_decref(a);
}

static void came(struct guest *g, json_t *own_answer)
{
	g->state = own_answer != NULL ? GUEST_INSIDE : GUEST_GONE;
	if (own_answer != NULL)
		(void)str_copy(g->number, sizeof g->number, text_of(own_answer, "number"));
	json_decref(own_answer);
}

static void check_in(struct day *day, struct guest *g, const char *pass)
{
	came(g, ask(day, LOBBY_KIOSK, "POST /v1/checkins", lobby_agreed(day->l, pass)));
}

static void walk_in(struct day *day)
{
	struct guest *g = guest_new(day);
	g->walk_in = true;
	came(g, ask(day, LOBBY_KIOSK, "POST /v1/checkins", lobby_walk_in(day->l, "Max Muster")));
}

static void sign_out(struct day *day, struct guest *g)
{
	json_t *body = lobby_pass(g->badge);
	json_object_set_new(body, "coming_back", json_boolean(chance(day, 60)));
	json_t *a = ask(day, LOBBY_KIOSK, "POST /v1/signouts", body);
	g->state = json_is_true(json_object_get(a, "coming_back")) ? GUEST_OUT : GUEST_GONE;
	json_decref(a);
}

static void approve(struct day *day, struct guest *g)
{
	char path[96];
	(void)str_print(
	    path, sizeof path, "POST /v1/visits/%lld/approve", strtoll(g->number, NULL, 10));
	json_decref(ask(day, LOBBY_STAFF, path, json_object()));
	g->walk_in = false;
}

/* False: there is nothing to do for this guest. */
static bool guest_goes_on(struct day *day, struct guest *g)
{
	switch (g->state) {
	case GUEST_INVITED: check_in(day, g, g->pass); return true;
	case GUEST_OUT: check_in(day, g, g->badge); return true;
	case GUEST_INSIDE:
		if (g->walk_in && chance(day, 50))
			approve(day, g);
		else if (g->badge[0] != '\0')
			sign_out(day, g);
		else
			return false;
		return true;
	case GUEST_GONE: return false;
	}
	return false;
}

/* --- couriers ------------------------------------------------------------------------------ */

/* A transaction of foyerd's own could not be: mended, and left for the next time. */
static bool took(struct day *day, enum err_code code, const struct err *e)
{
	if (code == ERR_OK)
		return true;
	mend(day, e->msg);
	return false;
}

static void badge_seen(struct day *day, const json_t *line)
{
	const char *title = text_of(line, "title");
	for (int i = 0; i < day->n_guests; i++) {
		struct guest *g = &day->guests[i];
		if (g->number[0] != '\0' && strncmp(title, g->number, strlen(g->number)) == 0)
			(void)str_copy(g->badge, sizeof g->badge,
			    text_of(json_object_get(line, "slots"), "pass"));
	}
}

static bool lease(struct day *day, int which)
{
	struct foyerd *d = &day->l->d;
	struct err e = {0};
	struct db_job *job = day->leased[which].own_job;
	json_t *line = NULL;
	enum compose_fate fate = COMPOSE_SEND;
	enum err_code code = foyerd_begin(d, &e);
	if (code == ERR_OK)
		code = db_job_lease(d->book, destinations[which], book_now(d->book), job, &e);
	if (code == ERR_NOT_FOUND) {
		book_rollback(d->book);
		return false;
	}
	if (code == ERR_OK)
		code = compose_job(d, job, &line, &fate, &e);
	if (code == ERR_OK && fate == COMPOSE_DROP) {
		book_rollback(d->book);
		code = foyerd_begin(d, &e);
		if (code == ERR_OK)
			code = db_job_act(d->book, &job->id, DB_JOB_ACT_DROP, "moot", &e);
	}
	if (book_in_tx(d->book))
		code = foyerd_end(d, code, &e);
	if (took(day, code, &e) && fate == COMPOSE_SEND) {
		struct told *t = day->told;
		assert_true(t->n_jobs < TOLD_JOBS);
		t->jobs[t->n_jobs++].id = job->id;
		day->leased[which].held = true;
		if (strcmp(job->kind, "print") == 0)
			badge_seen(day, line);
	}
	json_decref(line);
	return true;
}

static void answer(struct day *day, int which)
{
	struct foyerd *d = &day->l->d;
	struct err e = {0};
	const struct db_job *job = day->leased[which].own_job;
	bool again = chance(day, 15);
	json_t *result =
	    again ? json_pack("{s:s, s:s}", "result", "retry", "class", "busy") : json_object();
	enum err_code code = foyerd_begin(d, &e);
	if (code == ERR_OK && again) {
		struct db_job_trouble t = {.class = "busy", .reason = "played"};
		code = desk_job_retry(d, job, result, &e);
		if (code == ERR_OK)
			code = db_job_retry(d->book, &job->id, &t, &e);
	} else if (code == ERR_OK) {
		code = desk_job_done(d, job, result, &e);
		if (code == ERR_OK)
			code = db_job_done(d->book, &job->id, &e);
	}
	if (book_in_tx(d->book))
		code = foyerd_end(d, code, &e);
	day->leased[which].held = false;
	json_decref(result);
	if (!took(day, code, &e) || again)
		return;
	for (int i = 0; i < day->told->n_jobs; i++) {
		struct told_job *j = &day->told->jobs[i];
		j->done = j->done || uuid_eq(&j->id, &job->id);
	}
}

/* --- time ----------------------------------------------------------------------------------- */

static void pass_time(struct day *day)
{
	struct foyerd *d = &day->l->d;
	struct err e = {0};
	struct desk_walk rights = {0}, days = {0};
	int n = 0;
	int64_t ms =
	    chance(day, 4) ? 9 * CLOCK_HOUR : (5 + random_below(&day->script, 60)) * CLOCK_MINUTE;
	day->l->clock.wall_ms += ms;
	day->l->clock.mono_ms += ms;
	if (took(day, desk_right_end(d, &rights, &n, &e), &e))
		(void)took(day, desk_day_end(d, &days, &n, &e), &e);
}

static void forget(struct day *day)
{
	struct foyerd *d = &day->l->d;
	struct err e = {0};
	int n = 0;
	enum err_code code = foyerd_begin(d, &e);
	if (code == ERR_OK)
		code = foyerd_end(d,
		    db_retention_purge(
			d->book, &d->conf->retention, book_now(d->book), 100, &n, &e),
		    &e);
	(void)took(day, code, &e);
}

static void fold(struct day *day)
{
	struct foyerd *d = &day->l->d;
	struct err e = {0};
	enum err_code code = book_checkpoint(
	    d->book, chance(day, 50) ? BOOK_CHECKPOINT_TRUNCATE : BOOK_CHECKPOINT_PASSIVE, &e);
	if (code == ERR_BUSY)
		return; /* the reader's */
	if (code != ERR_OK)
		foyerd_check(d);
	(void)took(day, code, &e);
}

static void read_on(struct day *day)
{
	struct err e = {0};
	char path[96];
	if (day->reader != NULL) {
		reader_close(day);
		return;
	}
	(void)str_print(path, sizeof path, "%s/book", day->l->dir);
	enum err_code code = book_open(&day->reader, path, BOOK_RO, &e);
	if (code == ERR_OK)
		code = book_begin_read(day->reader, &e);
	(void)took(day, code, &e);
}

/* --- the day --------------------------------------------------------------------------------- */

void day_begin(struct day *day, struct lobby *l, struct told *told, uint64_t seed)
{
	*day =
	    (struct day){.l = l, .told = told, .seed = {seed | 1}, .house = {(seed ^ 0x5eed) | 1}};
	day->script = random_of_fake(&day->seed);
	l->d.random = random_of_fake(&day->house);
	l->d.conf->controllers[0].card_last = l->d.conf->controllers[0].card_first + 40;
	book_set_random(l->d.book, l->d.random);
	progress_free(l->d.progress); /* it keeps its own */
	l->d.progress = progress_new(&l->d.random);
	for (int i = 0; i < DESTINATIONS; i++)
		day->leased[i].own_job = mem_new(1, sizeof *day->leased[i].own_job);
}

void day_end(struct day *day)
{
	reader_close(day);
	for (int i = 0; i < DESTINATIONS; i++)
		free(day->leased[i].own_job);
}

static bool courier_step(struct day *day)
{
	uint32_t from = random_below(&day->script, DESTINATIONS);
	for (int i = 0; i < DESTINATIONS; i++) {
		int which = (int)(from + (uint32_t)i) % DESTINATIONS;
		if (day->leased[which].held) {
			answer(day, which);
			return true;
		}
		if (lease(day, which))
			return true;
	}
	return false;
}

static bool guest_step(struct day *day)
{
	uint32_t from = random_below(&day->script, DAY_GUESTS);
	for (int i = 0; i < day->n_guests; i++) {
		uint32_t which = (from + (uint32_t)i) % (uint32_t)day->n_guests;
		if (guest_goes_on(day, &day->guests[which]))
			return true;
	}
	return false;
}

void day_step(struct day *day)
{
	uint32_t what = random_below(&day->script, 100);
	if (what < 40 && courier_step(day))
		return;
	if (what < 75 && guest_step(day))
		return;
	if (what >= 75 && what < 80)
		pass_time(day);
	else if (what >= 80 && what < 83)
		forget(day);
	else if (what >= 83 && what < 88)
		fold(day);
	else if (what >= 88 && what < 91)
		read_on(day);
	else if (day->n_guests < DAY_GUESTS && (what & 1) != 0)
		invite(day);
	else if (day->n_guests < DAY_GUESTS)
		walk_in(day);
	day->told->wall_ms = day->l->clock.wall_ms;
}
