/* Forgetting: the marks on the columns, erasing a person, and what is due. */
#include "rig.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/agreement.h"
#include "db/badge.h"
#include "db/card.h"
#include "db/credential.h"
#include "db/field.h"
#include "db/host.h"
#include "db/idempotency.h"
#include "db/invitation.h"
#include "db/job.h"
#include "db/journal.h"
#include "db/retention.h"
#include "db/staff.h"
#include "db/stats.h"
#include "db/stay.h"
#include "db/visitor.h"
#include "db/waiting.h"

enum { DAY = 86400000 };

static const struct db_column_class *mark_of(const char *table, const char *column)
{
	for (int i = 0; i < db_n_column_classes; i++) {
		if (strcmp(db_column_classes[i].table, table) == 0 &&
		    strcmp(db_column_classes[i].column, column) == 0)
			return &db_column_classes[i];
	}
	return NULL;
}

static void marks__every_column_has_one(void **state)
{
	struct rig *r = *state;
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	int bad = 0, seen = 0;
	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT t.name, c.name FROM pragma_table_list t, pragma_table_xinfo(t.name) c"
		" WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite%' AND c.type NOT IN "
		"('INTEGER', 'INT', 'REAL')",
		-1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *table = (const char *)sqlite3_column_text(st, 0),
			   *column = (const char *)sqlite3_column_text(st, 1);
		const struct db_column_class *m = mark_of(table, column);
		seen++;
		if (m == NULL || (m->class == DB_CLASS_NONE && m->why[0] == '\0')) {
			print_error(
			    "%s.%s has no retention class, or no reason for none\n", table, column);
			bad++;
		}
	}
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	/* And no mark is for a column that is not there, or stands twice. */
	assert_int_equal(seen, db_n_column_classes);
	assert_int_equal(bad, 0);
}

/* A visit with everything that hangs on one. The name stands in many places. */
static struct db_visit whole_visit(struct rig *r, int n)
{
	int64_t card;
	struct db_visit v = rig_visit(r, "Xaverine Quillfeather", DB_VISIT_EXPECTED);
	struct db_field f = {
	    .name = "phone", .value = "+49 170 7654321", .keep_ms = 2 * (int64_t)DAY};
	GOOD(db_field_put(r->b, &v.id, &f, &e));
	struct db_agreement a = {.name = "visitor", .lang = "de", .hash = "aa"};
	GOOD(db_agreement_put(r->b, &a, "text", &e));
	struct db_signature s = {.visitor = v.visitor,
	    .visit = v.id,
	    .agreement = "visitor",
	    .hash = "aa",
	    .lang = "de",
	    .name = "Xaverine Quillfeather",
	    .signed_ms = r->wall_ms};
	GOOD(db_signature_insert(r->b, &s, &e));
	struct db_invitation i = {.visit = v.id, .pass_id = {1, (uint8_t)n}, .inviter = "host:1"};
	GOOD(db_invitation_insert(r->b, &i, &e));
	struct db_stay stay = {.visit = v.id, .in_ms = r->wall_ms, .in_how = DB_HOW_PASS};
	GOOD(db_stay_open(r->b, &stay, &e));
	struct db_badge g = {.visit = v.id, .pass_id = {2, (uint8_t)n}};
	GOOD(db_badge_issue(r->b, &g, &e));
	GOOD(db_card_allocate(r->b, &v.id, 100, 199, &card, &e));
	struct db_credential c = {
	    .visit = v.id, .controller = "north", .card = card, .right_until_ms = v.until_ms};
	GOOD(db_credential_insert(r->b, &c, &e));
	struct db_job mail = {.kind = "mail",
	    .destination = "notify:mail",
	    .visit = v.id,
	    .facts = "{\"to\":\"Quillfeather\"}"};
	GOOD(db_job_insert(r->b, &mail, &e));
	struct db_job revoke = {.kind = "revoke",
	    .destination = "access:north",
	    .visit = v.id,
	    .credential = c.id,
	    .facts = "{\"card\":1}"};
	GOOD(db_job_insert(r->b, &revoke, &e));
	struct db_waiting w = {.visit = v.id, .reason = "help"};
	GOOD(db_waiting_insert(r->b, &w, &e));
	GOOD(db_waiting_resolve(r->b, &w.id, "staff:1", "Ms Quillfeather asked", &e));
	struct db_journal_entry en = {.actor = "kiosk:lobby",
	    .what = "visit.arrive",
	    .subject = v.id,
	    .n_fields = 1,
	    .fields = {{"name", "Xaverine Quillfeather"}}};
	GOOD(db_journal_append(r->b, &en, NULL, &e));
	return v;
}

static void finish(struct rig *r, struct db_visit *v, bool revoke_done)
{
	struct db_credential c[4];
	struct db_job j;
	int n;
	GOOD(db_stay_close(r->b, &v->id, r->wall_ms, DB_HOW_DESK, &e));
	GOOD(db_visit_get(r->b, &v->id, v, &e));
	v->state = DB_VISIT_ENDED;
	GOOD(db_visit_update(r->b, v, &e));
	if (!revoke_done)
		return;
	GOOD(db_job_lease(r->b, "access:north", r->wall_ms, &j, &e));
	GOOD(db_job_done(r->b, &j.id, &e));
	GOOD(db_credential_list(r->b, &v->id, c, 4, &n, &e));
	c[0].state = DB_CREDENTIAL_REVOKED;
	GOOD(db_credential_update(r->b, &c[0], &e));
}

/* In how many columns does some cell still hold this text? */
static int traces(struct rig *r, const char *text)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	int found = 0;
	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	for (int i = 0; i < db_n_column_classes; i++) {
		char sql[512];
		(void)str_print(sql, sizeof sql,
		    "SELECT count(*) FROM %s WHERE instr(lower(CAST(\"%s\" AS TEXT)), '%s') > 0",
		    db_column_classes[i].table, db_column_classes[i].column, text);
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(st), SQLITE_ROW);
		found += sqlite3_column_int(st, 0) > 0;
		assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return found;
}

static bool file_holds(const char *path, const char *text)
{
	FILE *f = fopen(path, "rb");
	bool found = false;
	static char data[8 << 20];
	if (f == NULL)
		return false;
	size_t n = fread(data, 1, sizeof data, f);
	assert_true(n < sizeof data);
	(void)fclose(f);
	found = memmem(data, n, text, strlen(text)) != NULL;
	return found;
}

static void erase__nothing_of_them_stays(void **state)
{
	struct rig *r = *state;
	char wal[PATH_MAX];
	struct db_visitor p = {0};
	struct db_job jobs[4];
	int n;
	rig_begin(r);
	struct db_visit v = whole_visit(r, 1);
	struct db_visit other = rig_visit(r, "Somebody Else", DB_VISIT_EXPECTED);
	ANSWERS(ERR_CONFLICT, db_visitor_erase(r->b, &v.visitor, &e)); /* still here */
	finish(r, &v, false);
	rig_commit(r);
	assert_true(traces(r, "quillf") > 0);
	assert_true(file_holds(rig_path(r, wal, "book-wal"), "Quillfeather"));
	rig_begin(r);
	GOOD(db_visitor_erase(r->b, &v.visitor, &e));
	GOOD(db_visitor_erase(r->b, &v.visitor, &e));
	ANSWERS(ERR_NOT_FOUND, db_visitor_erase(r->b, &v.id, &e));
	rig_commit(r);
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	assert_int_equal(traces(r, "quillf"), 0);
	assert_int_equal(traces(r, "7654321"), 0);
	assert_int_equal(traces(r, "xaverine"), 0);
	assert_false(file_holds(r->path, "Quillfeather"));
	assert_false(file_holds(r->path, "uillfeather"));
	assert_false(file_holds(wal, "Quillfeather"));
	/* Ids, times and counts stay; the revoke still runs. */
	GOOD(db_visitor_get(r->b, &v.visitor, &p, &e));
	assert_true(p.erased_ms >= RIG_MS && p.erased_ms < RIG_MS + 100 && p.name[0] == '\0' &&
		    p.mail[0] == '\0');
	GOOD(db_visit_get(r->b, &v.id, &v, &e));
	assert_int_equal(v.number, 1);
	assert_int_equal(v.stays, 1);
	GOOD(db_job_list_visit(r->b, &v.id, jobs, 4, &n, &e));
	assert_int_equal(jobs[0].state, DB_JOB_DROPPED);
	assert_string_equal(jobs[0].facts, "{}");
	assert_int_equal(jobs[1].state, DB_JOB_READY);
	assert_string_equal(jobs[1].facts, "{\"card\":1}");
	GOOD(db_visit_get(r->b, &other.id, &other, &e));
	struct db_journal_report rep;
	GOOD(db_journal_verify(r->b, &(struct db_journal_check){0}, &rep, &e));
	assert_true(rep.ok);
	assert_int_equal(rep.erased, 1);
	struct db_erased list[2];
	GOOD(db_visitor_list_erased(r->b, NULL, list, 2, &n, &e));
	assert_int_equal(n, 1);
	assert_true(uuid_eq(&list[0].id, &v.visitor));
	GOOD(db_visitor_list_erased(r->b, &list[0], list, 2, &n, &e));
	assert_int_equal(n, 0);
	rig_begin(r);
	struct db_visit again = {
	    .visitor = v.visitor, .type = "guest", .from_ms = 1, .until_ms = 2};
	ANSWERS(ERR_CONFLICT, db_visit_insert(r->b, &again, &e));
	rig_commit(r);
	GOOD(book_verify(r->b, false, &e));
}

static const struct conf_retention keep = {.visitor_ms = 10 * (int64_t)DAY,
    .visit_ms = 100 * (int64_t)DAY,
    .signature_ms = 50 * (int64_t)DAY,
    .invitation_ms = 5 * (int64_t)DAY,
    .job_ms = 20 * (int64_t)DAY,
    .journal_ms = 30 * (int64_t)DAY};

static int purge_at(struct rig *r, int day)
{
	int n, all = 0;
	r->wall_ms = RIG_MS + (int64_t)day * DAY;
	do {
		rig_begin(r);
		GOOD(db_retention_purge(r->b, &keep, r->wall_ms, 3, &n, &e));
		rig_commit(r);
		assert_in_range(n, 0, 3);
		all += n;
	} while (n == 3);
	GOOD(book_verify(r->b, false, &e));
	return all;
}

#define COUNT(r, table) rig_number(r, "SELECT count(*) FROM " table)

static void purge__each_class_in_its_time(void **state)
{
	struct rig *r = *state;
	struct db_staff st;
	rig_begin(r);
	struct db_visit v = whole_visit(r, 1);
	finish(r, &v, true);
	struct db_answer a = {.status = 200, .own_text = (char[]){"{}"}, .len = 2};
	GOOD(db_idempotency_put(r->b, "kiosk:lobby", &v.id, &a, &e));
	struct db_job job;
	GOOD(db_job_lease(r->b, "notify:mail", r->wall_ms, &job, &e));
	GOOD(db_job_done(r->b, &job.id, &e));
	GOOD(db_staff_of(r->b, "anna", 1, &st, &e));
	rig_commit(r);

	assert_int_equal(purge_at(r, 0), 0);
	assert_int_equal(purge_at(r, 1), 1); /* the answer, after 24 hours */
	assert_int_equal(COUNT(r, "idempotency"), 0);
	assert_int_equal(purge_at(r, 2), 1); /* the phone number */
	assert_int_equal(COUNT(r, "visit_field"), 0);
	assert_int_equal(purge_at(r, 9), 0);
	assert_int_equal(purge_at(r, 10), 1); /* the person */
	assert_int_equal(COUNT(r, "visitor WHERE name <> ''"), 0);
	assert_int_equal(COUNT(r, "visit_word"), 0);
	assert_int_equal(COUNT(r, "signature"), 1); /* has its own time */
	assert_int_equal(purge_at(r, 20), 2); /* the jobs */
	assert_int_equal(COUNT(r, "job"), 0);
	/* The journal's details (erased before), and the staff id's user. */
	assert_int_equal(purge_at(r, 30), 2);
	assert_int_equal(COUNT(r, "journal"), 1);
	assert_int_equal(COUNT(r, "staff"), 0);
	assert_int_equal(purge_at(r, 50), 1);
	assert_int_equal(COUNT(r, "signature"), 0);
	assert_int_equal(COUNT(r, "visitor"), 1);
	assert_int_equal(purge_at(r, 100), 1); /* the visit, and what hangs on it */
	assert_int_equal(COUNT(r, "visit") + COUNT(r, "visitor") + COUNT(r, "stay") +
			     COUNT(r, "badge_issue") + COUNT(r, "invitation") +
			     COUNT(r, "credential") + COUNT(r, "waiting"),
	    0);
	assert_int_equal(COUNT(r, "card_number WHERE visit IS NULL"), 1);
	assert_int_equal(
	    COUNT(r,
		"tombstone WHERE tab IN ('visit', 'visitor', 'signature', 'visit_field', 'staff')"),
	    5);
	struct db_tally t[2];
	int n;
	GOOD(db_tally_list(r->b, NULL, t, 2, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(t[0].visits, 1);
	assert_int_equal(t[0].came, 1);
	assert_int_equal(t[0].day, RIG_MS / DAY);
	assert_int_equal(purge_at(r, 1000), 0);
	struct db_journal_report rep;
	GOOD(db_journal_verify(r->b, &(struct db_journal_check){0}, &rep, &e));
	assert_true(rep.ok);
}

static void answer_put(struct rig *r, const struct uuid *key)
{
	static char text[] = "{\"name\":\"Xaverine Quillfeather\",\"phone\":\"+49 170 7654321\"}";
	struct db_answer a = {.status = 200, .own_text = text, .len = strlen(text)};
	GOOD(db_idempotency_put(r->b, "kiosk:lobby", key, &a, &e));
}

/* Whoever is kept for less than a day is named in no answer for longer. */
static void purge__answers_go_before_those_they_name(void **state)
{
	enum { HOUR = DAY / 24 };
	struct rig *r = *state;
	struct conf_retention brief = keep;
	int n;
	rig_begin(r);
	struct db_visit v = whole_visit(r, 1);
	finish(r, &v, true);
	answer_put(r, &v.id);
	rig_commit(r);
	r->wall_ms += 2 * (int64_t)HOUR;
	rig_begin(r);
	answer_put(r, &v.visitor); /* later, of somebody else */
	brief.visitor_ms = HOUR;
	GOOD(db_retention_purge(r->b, &brief, r->wall_ms, 100, &n, &e));
	rig_commit(r);
	assert_int_equal(COUNT(r, "visitor WHERE name <> ''"), 0);
	assert_int_equal(COUNT(r, "idempotency"), 1);
}

static void purge__answers_go_before_a_field_they_show(void **state)
{
	struct rig *r = *state;
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_field f = {.name = "phone", .value = "1", .keep_ms = DAY / 24};
	GOOD(db_field_put(r->b, &v.id, &f, &e));
	v.state = DB_VISIT_CANCELLED;
	GOOD(db_visit_update(r->b, &v, &e));
	answer_put(r, &v.id);
	rig_commit(r);
	r->wall_ms += 2 * (int64_t)DAY / 24;
	rig_begin(r);
	GOOD(db_retention_purge(r->b, &keep, r->wall_ms, 100, &n, &e));
	rig_commit(r);
	assert_int_equal(COUNT(r, "visit_field"), 0);
	assert_int_equal(COUNT(r, "idempotency"), 0);
	assert_int_equal(COUNT(r, "visitor WHERE name <> ''"), 1);
}

static void erase__takes_the_answers_along(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_visit v = whole_visit(r, 1);
	finish(r, &v, true);
	answer_put(r, &v.id);
	GOOD(db_visitor_erase(r->b, &v.visitor, &e));
	rig_commit(r);
	assert_int_equal(COUNT(r, "idempotency"), 0);
}

static void purge__who_never_came_goes_earlier(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	(void)rig_visit(r, "B", DB_VISIT_EXPECTED); /* not over: never due */
	v.state = DB_VISIT_CANCELLED;
	GOOD(db_visit_update(r->b, &v, &e));
	rig_commit(r);
	assert_int_equal(purge_at(r, 4), 0);
	assert_int_equal(purge_at(r, 5), 1);
	assert_int_equal(COUNT(r, "visitor WHERE name = 'A'"), 0);
	assert_int_equal(COUNT(r, "visitor WHERE name = 'B'"), 1);
	assert_int_equal(purge_at(r, 5000), 1);
	assert_int_equal(COUNT(r, "visit"), 1);
}

static void purge__a_person_stays_with_the_last_visit(void **state)
{
	struct rig *r = *state;
	struct db_visit_item item;
	rig_begin(r);
	struct db_visit first = rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
	first.state = DB_VISIT_ENDED;
	GOOD(db_visit_update(r->b, &first, &e));
	struct db_visit next = first;
	next.id = (struct uuid){0};
	next.state = DB_VISIT_EXPECTED;
	GOOD(db_visit_insert(r->b, &next, &e));
	rig_commit(r);
	/* The first visit forgets; the person is still expected. */
	assert_int_equal(purge_at(r, 5), 1);
	GOOD(db_visit_item(r->b, &next.id, &item, &e));
	assert_string_equal(item.name, "Zoë Müller");
	assert_int_equal(COUNT(r, "visit_word"), 4);
	rig_begin(r);
	next.state = DB_VISIT_CANCELLED;
	GOOD(db_visit_update(r->b, &next, &e));
	rig_commit(r);
	assert_int_equal(purge_at(r, 10), 1);
	GOOD(db_visit_item(r->b, &next.id, &item, &e));
	assert_string_equal(item.name, "");
	assert_int_equal(COUNT(r, "visit_word"), 0);
}

static void purge__an_open_right_keeps_its_visit(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_visit v = whole_visit(r, 1);
	finish(r, &v, false);
	rig_commit(r);
	(void)purge_at(r, 1000);
	assert_int_equal(COUNT(r, "visitor WHERE name <> ''"), 0);
	assert_int_equal(COUNT(r, "visit"), 1);
	assert_int_equal(COUNT(r, "job WHERE kind = 'revoke'"), 1);
	assert_int_equal(COUNT(r, "card_number WHERE visit IS NOT NULL"), 1);
	/* A failed revoke is an alarm, not history. */
	rig_meddle(r, "UPDATE job SET state = 'failed' WHERE kind = 'revoke'");
	(void)purge_at(r, 2000);
	assert_int_equal(COUNT(r, "job WHERE kind = 'revoke'"), 1);
	rig_meddle(r, "UPDATE credential SET state = 'revoked'; UPDATE job SET state = 'done'");
	(void)purge_at(r, 3000);
	assert_int_equal(COUNT(r, "visit"), 0);
}

static void purge__hosts_who_left_when_nothing_names_them(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct uuid a = rig_host(r, "a", "A"), b = rig_host(r, "b", "B");
	(void)rig_host(r, "c", "C");
	struct db_visit v = {.visitor = rig_visitor(r, "V", ""),
	    .host = b,
	    .type = "guest",
	    .from_ms = 1,
	    .until_ms = 2};
	GOOD(db_visit_insert(r->b, &v, &e));
	GOOD(db_host_set_left(r->b, &a, RIG_MS, &e));
	GOOD(db_host_set_left(r->b, &b, RIG_MS, &e));
	rig_commit(r);
	assert_int_equal(purge_at(r, 99), 0);
	assert_int_equal(purge_at(r, 100), 1);
	assert_int_equal(COUNT(r, "host"), 2);
	assert_int_equal(COUNT(r, "host_word"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(marks__every_column_has_one),
	    TEST(erase__nothing_of_them_stays),
	    TEST(purge__each_class_in_its_time),
	    TEST(purge__answers_go_before_those_they_name),
	    TEST(purge__answers_go_before_a_field_they_show),
	    TEST(erase__takes_the_answers_along),
	    TEST(purge__who_never_came_goes_earlier),
	    TEST(purge__a_person_stays_with_the_last_visit),
	    TEST(purge__an_open_right_keeps_its_visit),
	    TEST(purge__hosts_who_left_when_nothing_names_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
