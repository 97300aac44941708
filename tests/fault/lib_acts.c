#include "tests/fault/lib_acts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/str.h"
#include "daemon/compose.h"
#include "daemon/desk_clock.h"
#include "daemon/desk_jobs.h"
#include "daemon/stream.h"
#include "db/book.h"
#include "db/job.h"
#include "tests/fault/lib_child.h"
#include "tests/fault/lib_look.h"
#include "tests/fault/lib_whole.h"

/* Visits of the house: 1 is invited, 2 inside, 3 out for lunch, 4 a walk-in, 5 inside and about to be over. done: 1 where the act is done, once
 * and wholly. */
static const struct {
	const char *name, *done;
} acts[ACTS] = {
    [ACT_INVITE] = {"invite", "SELECT count(*) = 1 FROM visit v JOIN invitation i ON i.visit = "
			      "v.id JOIN job j ON j.visit = v.id AND j.kind = 'mail'"
			      " WHERE v.number = 6 AND v.state = 'expected'"},
    [ACT_CHECK_IN] = {"check-in",
	"SELECT count(*) = 1 FROM visit v JOIN stay s ON s.visit = v.id JOIN badge_issue g ON "
	"g.visit = v.id"
	" JOIN credential c ON c.visit = v.id WHERE v.number = 1 AND v.state = 'inside'"},
    [ACT_WALK_IN] = {"walk-in", "SELECT count(*) = 1 FROM visit v JOIN stay s ON s.visit = v.id "
				"JOIN badge_issue g ON g.visit = v.id"
				" WHERE v.number = 6 AND v.state = 'inside' AND v.escort = 1"},
    [ACT_SIGN_OUT] = {"sign-out",
	"SELECT count(*) = 1 FROM visit v JOIN stay s ON s.visit = v.id JOIN job j ON j.visit = "
	"v.id AND j.kind = 'revoke'"
	" WHERE v.number = 2 AND v.state = 'out' AND s.out_ms IS NOT NULL"},
    [ACT_RETURN] = {"return", "SELECT count(*) = 1 FROM visit v JOIN stay s ON s.visit = v.id "
			      "WHERE v.number = 3 AND v.state = 'inside'"
			      " AND v.stays = 2 AND s.n = 2 AND s.out_ms IS NULL"},
    [ACT_APPROVE] = {"approve", "SELECT count(*) = 1 FROM visit WHERE number = 4 AND "
				"authorised_kind = 'approver' AND copies = 2"},
    [ACT_RIGHT_END] = {"right-end", "SELECT count(*) = 1 FROM visit v JOIN credential c ON c.visit "
				    "= v.id WHERE v.number = 5 AND c.state = 'revoking'"},
    [ACT_DAY_END] = {"day-end", "SELECT count(*) = 0 FROM visit WHERE closed_ms IS NULL"},
    [ACT_PRINT] = {"print",
	"SELECT count(*) = 1 FROM badge_issue g JOIN visit v ON v.id = g.visit JOIN job j ON "
	"j.visit = v.id AND j.kind = 'print'"
	" WHERE v.number = 4 AND g.printed_ms IS NOT NULL AND j.state = 'done'"},
    [ACT_FOLD] = {"fold", NULL}, /* of the log nothing is left */
};

const char *act_name(enum act act)
{
	return acts[act].name;
}

/* --- the house -------------------------------------------------------------------------------- */

static void request(
    struct acts *a, enum act act, enum lobby_who who, const char *method_path, json_t *own_body)
{
	struct told_request *r = &a->requests[act];
	char *body = json_dumps(own_body, JSON_COMPACT);
	*r = (struct told_request){.who = who, .key = 1000 + (uint64_t)act};
	assert_true(str_copy(r->method_path, sizeof r->method_path, method_path));
	assert_true(str_copy(r->body, sizeof r->body, body));
	json_decref(own_body);
	free(body);
}

static json_t *sign_out_of(const char *pass)
{
	json_t *body = lobby_pass(pass);
	json_object_set_new(body, "coming_back", json_true());
	return body;
}

/* What couriers still have to do there, done; but for destination `but`. */
static void couriers_work(struct lobby *l)
{
	static const char *const work[][2] = {
	    {"access:main", "grant"}, {"access:main", "revoke"}, {"notify:mail", "mail"}};
	char sql[200], path[96];
	for (size_t i = 0; i < sizeof work / sizeof work[0]; i++) {
		(void)str_print(sql, sizeof sql,
		    "SELECT count(*) FROM job WHERE state = 'ready' AND destination = '%s' AND "
		    "kind = '%s'",
		    work[i][0], work[i][1]);
		while (look_number(whole_path(l, path), sql) > 0)
			json_decref(lobby_courier(l, work[i][0], work[i][1], NULL));
	}
}

/* Invited, let in, right granted, badge printed: the print job's line. */
static json_t *guest_inside(struct lobby *l, int hours)
{
	json_t *inv = lobby_invite(l, hours);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(inv);
	couriers_work(l);
	return lobby_print(l);
}

static const char *badge_of(const json_t *line)
{
	return text_of(json_object_get(line, "slots"), "pass");
}

void acts_enter(struct lobby *l)
{
	lobby_enter(l);
	l->d.conf->controllers[0].card_last = l->d.conf->controllers[0].card_first + 40;
}

void acts_new(struct acts *a)
{
	struct lobby *l = &a->house;
	fault_house(l, NULL);
	acts_enter(l);
	json_t *invited = lobby_invite(l, 6), *inside = guest_inside(l, 6),
	       *out = guest_inside(l, 6);
	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts", sign_out_of(badge_of(out))));
	couriers_work(l);
	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_walk_in(l, "Max Muster")));
	/* Before the walk-in's badge, which waits for its printer. */
	json_t *inv = lobby_invite(l, 1);
	lobby_checkin(l, text_of(inv, "pass"));
	couriers_work(l);
	request(a, ACT_INVITE, LOBBY_STAFF, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "host", "aroth", "name", "Zoë Müller",
		"company", "", "type", "guest", "until_ms",
		(json_int_t)(l->clock.wall_ms + CLOCK_HOUR), "mail", "zoe@visitors.example"));
	request(a, ACT_CHECK_IN, LOBBY_KIOSK, "POST /v1/checkins",
	    lobby_agreed(l, text_of(invited, "pass")));
	request(a, ACT_WALK_IN, LOBBY_KIOSK, "POST /v1/checkins", lobby_walk_in(l, "Eva Muster"));
	request(a, ACT_SIGN_OUT, LOBBY_KIOSK, "POST /v1/signouts", sign_out_of(badge_of(inside)));
	request(a, ACT_RETURN, LOBBY_KIOSK, "POST /v1/checkins", lobby_agreed(l, badge_of(out)));
	request(a, ACT_APPROVE, LOBBY_STAFF, "POST /v1/visits/4/approve", json_object());
	json_decref(invited), json_decref(inside), json_decref(out), json_decref(inv);
	lobby_close(l);
}

/* --- acts --------------------------------------------------------------------------------------- */

/* The time of the act; the same each time it is tried. */
static void until(struct lobby *l, const struct acts *a, int64_t hours)
{
	l->clock.wall_ms = a->house.clock.wall_ms + hours * CLOCK_HOUR;
}

static enum err_code print(struct lobby *l, struct err *e)
{
	struct foyerd *d = &l->d;
	struct db_job job;
	json_t *line = NULL, *result = NULL;
	enum compose_fate fate = COMPOSE_SEND;
	int64_t now = foyerd_now(d);
	enum err_code code = foyerd_begin(d, e);
	if (code != ERR_OK)
		return code;
	/* A lease that nobody works on goes back first, as foyerd's does. */
	code = db_job_release(d->book, "print:lobby", false, NULL, e);
	if (code == ERR_OK)
		code = db_job_lease(d->book, "print:lobby", now, &job, e);
	if (code == ERR_NOT_FOUND) {
		book_rollback(d->book);
		return ERR_OK;
	}
	if (code == ERR_OK)
		code = compose_job(d, &job, &line, &fate, e);
	json_decref(line);
	code = foyerd_end(d, code, e);
	if (code == ERR_OK)
		code = foyerd_begin(d, e);
	if (code != ERR_OK)
		return code;
	result = json_object();
	code = desk_job_done(d, &job, result, e);
	if (code == ERR_OK)
		code = db_job_done(d->book, &job.id, e);
	json_decref(result);
	return foyerd_end(d, code, e);
}

static enum err_code prints(struct lobby *l, struct err *e)
{
	enum err_code code = ERR_OK;
	for (int i = 0; code == ERR_OK && i < 2; i++)
		code = print(l, e);
	return code;
}

static int status_of(struct lobby *l, enum err_code code)
{
	if (code != ERR_OK)
		foyerd_check(&l->d);
	return stream_status_of(code);
}

int act_do(const struct acts *a, struct lobby *l, enum act act, char **own_text)
{
	struct err e = {0};
	struct desk_walk walk = {0};
	int n = 0;
	*own_text = NULL;
	switch (act) {
	case ACT_INVITE:
	case ACT_CHECK_IN:
	case ACT_WALK_IN:
	case ACT_SIGN_OUT:
	case ACT_RETURN:
	case ACT_APPROVE: return told_repeat(l, &a->requests[act], own_text);
	case ACT_RIGHT_END:
		until(l, a, 3);
		return status_of(l, desk_right_end(&l->d, &walk, &n, &e));
	case ACT_DAY_END: until(l, a, 20); return status_of(l, desk_day_end(&l->d, &walk, &n, &e));
	case ACT_PRINT: return status_of(l, prints(l, &e));
	case ACT_FOLD:
		return status_of(l, book_checkpoint(l->d.book, BOOK_CHECKPOINT_TRUNCATE, &e));
	}
	return 0;
}

bool act_is_done(struct lobby *l, enum act act)
{
	char path[96], log[128];
	struct stat st;
	whole_path(l, path);
	if (acts[act].done != NULL)
		return look_number(path, acts[act].done) == 1;
	assert_true(str_print(log, sizeof log, "%s-wal", path));
	return stat(log, &st) != 0 || st.st_size == 0;
}
