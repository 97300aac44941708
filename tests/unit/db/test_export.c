#include "rig.h"

#include <string.h>

#include "base/str.h"
#include "db/export.h"
#include "db/field.h"
#include "db/host.h"
#include "db/journal.h"
#include "db/stay.h"
#include "db/visitor.h"

/* Rows as text: "name=value;name=value\n". */
struct out {
	struct str_buf text;
	int rows, stop_after;
};

static bool take(void *arg, const struct db_cell *cells, int n)
{
	struct out *o = arg;
	for (int i = 0; i < n; i++) {
		assert_non_null(cells[i].name);
		switch (cells[i].kind) {
		case DB_CELL_NULL: break;
		case DB_CELL_INT:
			assert_true(str_buf_print(
			    &o->text, "%s=%lld;", cells[i].name, (long long)cells[i].i));
			break;
		case DB_CELL_TEXT:
			assert_true(
			    str_buf_print(&o->text, "%s=%s;", cells[i].name, cells[i].text));
			break;
		}
	}
	assert_true(str_buf_add(&o->text, "\n", 1));
	return ++o->rows != o->stop_after;
}

static struct out export(struct rig *r, const struct db_export_query *q)
{
	struct out o = {.text = STR_BUF_INIT};
	GOOD(db_export(r->b, q, take, &o, &e));
	assert_false(book_in_tx(r->b));
	return o;
}

static struct db_visit some(struct rig *r)
{
	rig_begin(r);
	(void)rig_host(r, "anna", "Anna");
	struct db_visit v = rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
	(void)rig_visit(r, "Somebody Else", DB_VISIT_EXPECTED);
	struct db_stay s = {.visit = v.id, .in_ms = RIG_MS, .in_how = DB_HOW_PASS};
	GOOD(db_stay_open(r->b, &s, &e));
	GOOD(db_field_put(r->b, &v.id, &(struct db_field){.name = "phone", .value = "123"}, &e));
	struct db_journal_entry en = {.actor = "clock",
	    .what = "visit.arrive",
	    .subject = v.id,
	    .n_fields = 1,
	    .fields = {{"name", "Zoë"}}};
	GOOD(db_journal_append(r->b, &en, NULL, &e));
	rig_commit(r);
	return v;
}

static void export__whole_tables(void **state)
{
	struct rig *r = *state;
	struct db_visit v = some(r);
	char id[UUID_TEXT_SZ];
	(void)uuid_print(id, &v.id);
	struct out o = export(r, &(struct db_export_query){.what = DB_EXPORT_VISITS});
	assert_int_equal(o.rows, 2);
	assert_non_null(strstr(o.text.data, id));
	assert_non_null(strstr(o.text.data, "name=Zoë Müller;company=Acme Ltd;"));
	assert_non_null(strstr(o.text.data, "in_how=pass;"));
	str_buf_fini(&o.text);
	o = export(r,
	    &(struct db_export_query){.what = DB_EXPORT_VISITS, .from_ms = 1, .until_ms = RIG_MS});
	assert_int_equal(o.rows, 0);
	str_buf_fini(&o.text);
	o = export(r, &(struct db_export_query){.what = DB_EXPORT_HOSTS});
	assert_int_equal(o.rows, 1);
	assert_non_null(strstr(o.text.data, "uid=anna;"));
	str_buf_fini(&o.text);
	o = export(r, &(struct db_export_query){.what = DB_EXPORT_JOURNAL});
	assert_int_equal(o.rows, 1);
	assert_non_null(strstr(o.text.data, "what=visit.arrive;"));
	assert_null(strstr(o.text.data, "Zoë"));
	str_buf_fini(&o.text);
	struct out one = {.stop_after = 1};
	GOOD(db_export(r->b, &(struct db_export_query){.what = DB_EXPORT_VISITS}, take, &one, &e));
	assert_int_equal(one.rows, 1);
	str_buf_fini(&one.text);
}

static void export__person_by_name_mail_or_id(void **state)
{
	struct rig *r = *state;
	struct db_visit v = some(r);
	char id[UUID_TEXT_SZ];
	const char *ways[] = {"zoe MULLER", "Somebody@Example.org", uuid_print(id, &v.visitor)};
	for (int i = 0; i < 3; i++) {
		struct out o = export(
		    r, &(struct db_export_query){.what = DB_EXPORT_PERSON, .words = ways[i]});
		assert_non_null(strstr(o.text.data, "table=visitor;"));
		assert_non_null(strstr(o.text.data, "table=visit;"));
		assert_non_null(strstr(o.text.data, "table=stay;"));
		assert_non_null(strstr(o.text.data, "table=field;"));
		assert_non_null(strstr(o.text.data, "table=journal;"));
		assert_non_null(strstr(o.text.data, "value=Zoë;"));
		assert_int_equal(strstr(o.text.data, "Somebody Else") != NULL,
		    i == 1); /* who gave the same address */
		str_buf_fini(&o.text);
	}
	const char *nobody[] = {"Zoë", "Zoe Muller X", "%", "' OR 1=1 --", "@", "\xff"};
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
		struct out o = export(
		    r, &(struct db_export_query){.what = DB_EXPORT_PERSON, .words = nobody[i]});
		assert_int_equal(o.rows, 0);
		str_buf_fini(&o.text);
	}
	struct out o = {0};
	ANSWERS(ERR_INPUT,
	    db_export(r->b, &(struct db_export_query){.what = DB_EXPORT_PERSON, .words = ""}, take,
		&o, &e));
	ANSWERS(ERR_INPUT,
	    db_export(r->b, &(struct db_export_query){.what = DB_EXPORT_PERSON}, take, &o, &e));
}

static void parse__words(void **state)
{
	(void)state;
	enum db_export_what w;
	assert_true(db_export_parse(&w, "person") && w == DB_EXPORT_PERSON);
	assert_true(db_export_parse(&w, "visits") && w == DB_EXPORT_VISITS);
	assert_false(db_export_parse(&w, "secrets"));
	assert_false(db_export_parse(&w, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(export__whole_tables),
	    TEST(export__person_by_name_mail_or_id), cmocka_unit_test(parse__words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
