#include "db/document.h"

#include "rig.h"

#include <string.h>

#include "base/str.h"
#include "db/export.h"
#include "db/retention.h"
#include "db/stay.h"
#include "db/visitor.h"

enum { DAY = 86400000 };
#define COUNT(r, table) rig_number(r, "SELECT count(*) FROM " table)

static struct db_document look(
    struct rig *r, const struct uuid *visit, const char *verdict, uint8_t number)
{
	struct db_document d = {.visit = *visit,
	    .verdict = "",
	    .kind = "passport",
	    .state = "DEU",
	    .expiry = "2034-12-10",
	    .least_age_ok = true,
	    .checked_ms = r->wall_ms,
	    .checked_by = "kiosk:lobby",
	    .has_number = number != 0,
	    .number = {number}};
	(void)str_copy(d.verdict, sizeof d.verdict, verdict);
	d.matched = strcmp(verdict, "good") == 0;
	if (strcmp(verdict, "seen") == 0)
		d.how = DB_DOCUMENT_DESK;
	GOOD(db_document_insert(r->b, &d, &e));
	return d;
}

static void keep_part(struct rig *r, const struct db_document *d, const char *part, int64_t keep_ms)
{
	struct db_sealed s = {.box = "Quillfeather sealed", .box_len = 20, .keep_ms = keep_ms};
	(void)str_copy(s.part, sizeof s.part, part);
	GOOD(db_document_seal(r->b, d, &s, &e));
	assert_true(s.purge_ms == d->checked_ms + keep_ms);
}

static void document__list__in_order_and_seen(void **state)
{
	struct rig *r = *state;
	struct db_document list[4];
	bool seen = true;
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED),
			w = rig_visit(r, "B", DB_VISIT_EXPECTED);
	GOOD(db_document_seen(r->b, &v.id, &seen, &e));
	assert_false(seen);
	assert_int_equal(look(r, &v.id, "mismatch", 1).n, 1);
	GOOD(db_document_seen(r->b, &v.id, &seen, &e));
	assert_false(seen);
	assert_int_equal(look(r, &v.id, "seen", 0).n, 2);
	assert_int_equal(look(r, &w.id, "good", 2).n, 1);
	GOOD(db_document_seen(r->b, &v.id, &seen, &e));
	assert_true(seen);
	GOOD(db_document_seen(r->b, &w.id, &seen, &e));
	assert_true(seen);
	rig_commit(r);
	GOOD(db_document_list(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].verdict, "mismatch");
	assert_string_equal(list[0].state, "DEU");
	assert_string_equal(list[0].expiry, "2034-12-10");
	assert_string_equal(list[0].checked_by, "kiosk:lobby");
	assert_true(list[0].checked_ms == r->wall_ms && list[0].least_age_ok && !list[0].matched);
	assert_int_equal(list[1].how, DB_DOCUMENT_DESK);
	/* The newest where they are too many, and with them what is kept of these. */
	GOOD(db_document_list(r->b, &v.id, list, 1, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].verdict, "seen");
	rig_begin(r);
	struct db_document last = {0};
	for (int i = 3; i <= 9; i++) {
		last = look(r, &v.id, i == 9 ? "good" : "mismatch", 1);
		keep_part(r, &last, "name", DAY);
		keep_part(r, &last, "number", DAY);
	}
	rig_commit(r);
	assert_int_equal(last.n, 9);
	GOOD(db_document_list(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(list[i].n, 6 + i);
	struct db_sealed kept[3];
	GOOD(db_document_sealed(r->b, &v.id, kept, 3, &n, &e));
	assert_int_equal(n, 3);
	assert_int_equal(kept[0].n, 9);
	assert_string_equal(kept[0].part, "name");
	assert_int_equal(kept[1].n, 9);
	assert_string_equal(kept[1].part, "number");
	assert_int_equal(kept[2].n, 8);
}

struct names {
	char text[256];
	int most;
};

static bool take_name(void *arg, const char *name)
{
	struct names *x = arg;
	size_t n = strlen(x->text);
	assert_true(str_print(x->text + n, sizeof x->text - n, "%s;", name));
	return --x->most > 0;
}

static void assert_names(struct rig *r, const struct db_document *d, int most, const char *want)
{
	struct names x = {.most = most};
	GOOD(db_document_names(r->b, d, take_name, &x, &e));
	assert_string_equal(x.text, want);
}

/* Who comes each day is one name, and a document that went round is not asked about for ever. */
static void document__names__each_once_and_the_newest(void **state)
{
	struct rig *r = *state;
	char name[8];
	rig_begin(r);
	struct db_visit own = rig_visit(r, "Own", DB_VISIT_EXPECTED);
	struct db_document d = look(r, &own.id, "good", 1);
	for (int i = 0; i < 50; i++) {
		r->wall_ms += 60000;
		struct db_visit v = rig_visit(r, i % 2 ? "A" : "B", DB_VISIT_EXPECTED);
		(void)look(r, &v.id, "good", 1);
		(void)look(r, &v.id, "good", 1);
	}
	assert_names(r, &d, 99, "A;B;");
	for (int i = 0; i < DB_DOCUMENT_NAMES + 1; i++) {
		r->wall_ms += 60000;
		assert_true(str_print(name, sizeof name, "C%d", i));
		struct db_visit v = rig_visit(r, name, DB_VISIT_EXPECTED);
		(void)look(r, &v.id, "good", 1);
	}
	rig_commit(r);
	struct names x = {.most = 99};
	GOOD(db_document_names(r->b, &d, take_name, &x, &e));
	assert_int_equal(99 - x.most, DB_DOCUMENT_NAMES);
	assert_true(str_print(name, sizeof name, "C%d;", DB_DOCUMENT_NAMES));
	assert_true(str_starts(x.text, name));
	assert_null(strstr(x.text, "A;"));
	assert_null(strstr(x.text, "C0;"));
	rig_begin(r);
	for (int i = 0; i < DB_DOCUMENT_LOOKS; i++) {
		r->wall_ms += 60000;
		struct db_visit v = rig_visit(r, "D", DB_VISIT_EXPECTED);
		(void)look(r, &v.id, "good", 1);
	}
	rig_commit(r);
	assert_names(r, &d, 99, "D;");
}

static void document__names__of_others_with_the_same(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_EXPECTED),
			b = rig_visit(r, "B", DB_VISIT_EXPECTED),
			c = rig_visit(r, "C", DB_VISIT_EXPECTED);
	struct db_document d = look(r, &a.id, "good", 1);
	assert_names(r, &d, 9, "");
	(void)look(r, &b.id, "mismatch", 1);
	(void)look(r, &c.id, "good", 2);
	assert_names(r, &d, 9, "B;");
	(void)look(r, &c.id, "good", 1);
	struct names x = {.most = 1};
	GOOD(db_document_names(r->b, &d, take_name, &x, &e));
	assert_int_equal(strlen(x.text), 2);
	/* B showed somebody else's, and reception settled that. */
	(void)look(r, &b.id, "seen", 0);
	assert_names(r, &d, 9, "C;");
	/* Reception looked at C's too, which does not unsay that C came with it. */
	(void)look(r, &c.id, "seen", 0);
	assert_names(r, &d, 9, "C;");
	rig_commit(r);
}

static const struct conf_retention keep = {.visitor_ms = 10 * (int64_t)DAY,
    .visit_ms = 100 * (int64_t)DAY,
    .signature_ms = 50 * (int64_t)DAY,
    .invitation_ms = 5 * (int64_t)DAY,
    .job_ms = 20 * (int64_t)DAY,
    .journal_ms = 30 * (int64_t)DAY};

static int purge_at(struct rig *r, int64_t ms)
{
	int n;
	r->wall_ms = RIG_MS + ms;
	rig_begin(r);
	GOOD(db_retention_purge(r->b, &keep, r->wall_ms, 100, &n, &e));
	rig_commit(r);
	GOOD(book_verify(r->b, false, &e));
	return n;
}

static void close_visit(struct rig *r, struct db_visit *v)
{
	GOOD(db_visit_get(r->b, &v->id, v, &e));
	v->state = DB_VISIT_ENDED;
	GOOD(db_visit_update(r->b, v, &e));
}

static void document__sealed__part_by_part(void **state)
{
	struct rig *r = *state;
	struct db_sealed list[4];
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_document d = look(r, &v.id, "good", 1);
	keep_part(r, &d, "name", 2 * (int64_t)DAY);
	keep_part(r, &d, "number", DAY);
	rig_commit(r);
	GOOD(db_document_sealed(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].part, "name");
	assert_int_equal(list[0].box_len, 20);
	assert_memory_equal(list[0].box, "Quillfeather sealed", 20);
	assert_true(list[1].purge_ms == RIG_MS + DAY);
	/* Its own time, though the visit is not over. */
	assert_int_equal(purge_at(r, DAY - 1), 0);
	assert_int_equal(purge_at(r, DAY), 1);
	GOOD(db_document_sealed(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].part, "name");
	assert_int_equal(
	    COUNT(r, "tombstone WHERE tab = 'document_sealed' AND part = '1 number'"), 1);
	assert_int_equal(purge_at(r, 2 * (int64_t)DAY), 1);
	assert_int_equal(COUNT(r, "document_sealed"), 0);
	assert_int_equal(COUNT(r, "document_check"), 1);
}

static void document__goes_with_its_visitor(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_EXPECTED),
			b = rig_visit(r, "B", DB_VISIT_EXPECTED);
	struct db_document d = look(r, &a.id, "mismatch", 1);
	keep_part(r, &d, "name", 9 * (int64_t)DAY);
	(void)look(r, &a.id, "seen", 0);
	d = look(r, &b.id, "good", 2);
	keep_part(r, &d, "name", 9 * (int64_t)DAY);
	close_visit(r, &a);
	GOOD(db_visitor_erase(r->b, &a.visitor, &e));
	rig_commit(r);
	assert_int_equal(COUNT(r, "document_check"), 1);
	assert_int_equal(COUNT(r, "document_sealed"), 1);
	assert_int_equal(COUNT(r, "tombstone WHERE tab = 'document_check'"), 2);
	rig_begin(r);
	close_visit(r, &b);
	rig_commit(r);
	assert_int_equal(purge_at(r, 5 * (int64_t)DAY + 1000), 1); /* never came: invitation_ms */
	assert_int_equal(COUNT(r, "document_check") + COUNT(r, "document_sealed"), 0);
}

/* Retention that forgets visits before their visitors. */
static void document__goes_with_its_visit(void **state)
{
	struct rig *r = *state;
	static const struct conf_retention odd = {.visitor_ms = 900 * (int64_t)DAY,
	    .visit_ms = DAY,
	    .signature_ms = DAY,
	    .invitation_ms = 900 * (int64_t)DAY,
	    .job_ms = DAY,
	    .journal_ms = DAY};
	int n;
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_document d = look(r, &a.id, "good", 1);
	keep_part(r, &d, "name", 9 * (int64_t)DAY);
	close_visit(r, &a);
	rig_commit(r);
	r->wall_ms += 2 * DAY;
	rig_begin(r);
	GOOD(db_retention_purge(r->b, &odd, r->wall_ms, 100, &n, &e));
	rig_commit(r);
	assert_int_equal(
	    COUNT(r, "visit") + COUNT(r, "document_check") + COUNT(r, "document_sealed"), 0);
	GOOD(book_verify(r->b, false, &e));
}

static bool no_box(void *arg, const struct db_cell *cells, int n)
{
	int *rows = arg;
	for (int i = 0; i < n; i++) {
		assert_string_not_equal(cells[i].name, "sealed");
		assert_string_not_equal(cells[i].name, "number_hash");
		if (cells[i].kind == DB_CELL_TEXT && str_starts(cells[i].text, "document"))
			(*rows)++;
	}
	return true;
}

static void document__export__says_what_is_kept_not_the_box(void **state)
{
	struct rig *r = *state;
	int rows = 0;
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_document d = look(r, &a.id, "good", 1);
	keep_part(r, &d, "name", DAY);
	rig_commit(r);
	struct db_export_query q = {.what = DB_EXPORT_PERSON, .words = "A"};
	GOOD(db_export(r->b, &q, no_box, &rows, &e));
	assert_int_equal(rows, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(document__list__in_order_and_seen),
	    TEST(document__names__of_others_with_the_same),
	    TEST(document__names__each_once_and_the_newest),
	    TEST(document__sealed__part_by_part),
	    TEST(document__goes_with_its_visitor),
	    TEST(document__goes_with_its_visit),
	    TEST(document__export__says_what_is_kept_not_the_box),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
