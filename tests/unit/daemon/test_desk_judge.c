/* What makes a document good, over a real book: its end, the day, whose it is, and which it is. */
#include "daemon/desk_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/zone.h"
#include "tests/unit/daemon/papers.h"

static int setup(void **state)
{
	struct lobby *l = calloc(1, sizeof *l);
	lobby_open(l, PAPERS_TYPES);
	*state = l;
	return 0;
}

/* --- its end ------------------------------------------------------------------------------- */

#define LICENCE(expiry)                                                                            \
	"@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDACMICHAEL\n"    \
	"DBB06061986\n" expiry "DAJVA\nDCGUSA\n"
#define TRACKS(expiry)                                                                             \
	"%BCVICTORIA^SAMPLE,$MICHAEL^910 GOVERNMENT ST^?;6360281234567=" expiry "19800115=?"

/* Nobody gets in by an error: an expiry that cannot be read, or was lost, is not one to come. */
static void document__expiry__must_be_read(void **state)
{
	struct lobby *l = *state;
	char number[16], zone[PAPERS_ZONE];
	static const struct {
		const char *text, *reason;
		bool lasting; /* good where a document needs no end */
	} all[] = {{LICENCE(""), "id-no-expiry", false},
	    {LICENCE("DBANONE\n"), "id-no-expiry", false},
	    {LICENCE("DBA99999999\n"), "id-no-expiry", true},
	    {LICENCE("DBAO1012001\n"), "id-expired", false},
	    {LICENCE("DBA1310203\n"), "id-unreadable", false},
	    {LICENCE("DBA13102034\n"), "id-unreadable", false},
	    {TRACKS("9901"), "id-expired", false}, {TRACKS("3413"), "id-unreadable", false},
	    {TRACKS("3477"), "id-no-expiry", true}};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		comes(l, "Michael Sample", text(all[i].text), false, number);
		assert_waits(l, number, all[i].reason);
		comes_as(l, "lasting", "Michael Sample", text(all[i].text), all[i].lasting, number);
	}
	comes(l, "Michael Sample", text(LICENCE("DBAl2102034\n")), true, number);
	comes(l, "Michael Sample", text(TRACKS("3401")), true, number);
	passport(zone, "ERIKSSON<<ANNA", "L898902C3", "740812", "<<<<<<");
	comes(l, "Anna Eriksson", text(zone), false, number);
	assert_waits(l, number, "id-no-expiry");
	comes_as(l, "lasting", "Anna Eriksson", text(zone), true, number);
}

/* A day is the site's, wherever the site is. */
static void document__today__is_the_sites(void **state)
{
	struct lobby *l = *state;
	char zone[PAPERS_ZONE], number[16];
	struct err e = {0};
	/* nine o'clock on the 23rd in Greenwich, the 22nd there */
	assert_int_equal(zone_set("Pacific/Pago_Pago", &e), ERR_OK);
	passport(zone, "ERIKSSON<<ANNA", "L898902C3", "740812", "261122");
	comes(l, "Anna Eriksson", text(zone), true, number);
	passport(zone, "ERIKSSON<<ANNA", "L898902C3", "081123", "341210");
	comes(l, "Anna Eriksson", text(zone), false, number);
	assert_waits(l, number, "id-age");
	/* 23:00 on the 23rd there; two hours later the 24th, while it is noon of the 23rd in Greenwich */
	assert_int_equal(zone_set("Pacific/Kiritimati", &e), ERR_OK);
	passport(zone, "ERIKSSON<<ANNA", "L898902C3", "740812", "261123");
	comes(l, "Anna Eriksson", text(zone), true, number);
	lobby_later(l, 120);
	comes(l, "Anna Eriksson", text(zone), false, number);
	assert_waits(l, number, "id-expired");
}

/* --- whose it is ----------------------------------------------------------------------------- */

static void document__reading_in_doubt__is_none(void **state)
{
	struct lobby *l = *state;
	char zone[PAPERS_ZONE], number[16];
	passport(zone, "ERIKSS0N<<ANNA", "L898902C3", "740812", "341210");
	comes(l, "Anna Eriksson", text(zone), false, number);
	assert_waits(l, number, "id-unreadable");
	json_t *v = show(l, number);
	assert_string_equal(text_of(look(v, 0), "kind"), "");
	json_decref(v);
}

/* The badge bears what was typed: names that are not the document's are not proven by those that are. */
static void document__name_among_others__is_another(void **state)
{
	struct lobby *l = *state;
	char zone[PAPERS_ZONE], number[16];
	passport(zone, "FISCHER<<PETER", "L898902C3", "740812", "341210");
	comes(l, "Dr. Peter Fischer", text(zone), true, number);
	comes(l, "Angela Merkel Peter Fischer", text(zone), false, number);
	assert_waits(l, number, "id-mismatch");
	passport(zone, "WEBER<<DANIEL<PETER", "L898902C4", "740812", "341210");
	comes(l, "Daniel Weber", text(zone), true, number);
	comes(l, "Daniela Weber", text(zone), false, number);
	assert_waits(l, number, "id-mismatch");
}

/* A licence says itself that it cuts names off. */
static void document__names_cut_off__match_their_beginnings(void **state)
{
	struct lobby *l = *state;
	char number[16];
	static const char cut[] =
	    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSBART\nDDE%c\nDACKON\n"
	    "DDF%c\nDBB06061986\nDBA12102034\nDAJVA\nDCGUSA\n";
	char licence_of[256];
	(void)snprintf(licence_of, sizeof licence_of, cut, 'T', 'T');
	comes(l, "Konstantinos Bartholomewson", text(licence_of), true, number);
	(void)snprintf(licence_of, sizeof licence_of, cut, 'N', 'N');
	comes(l, "Konstantinos Bartholomewson", text(licence_of), false, number);
	assert_waits(l, number, "id-mismatch");
}

/* One number is many documents: of other states, of other jurisdictions, of other kinds. */
static void document__number__is_its_issuers_and_its_kinds(void **state)
{
	struct lobby *l = *state;
	char zone[PAPERS_ZONE], number[16];
	passport(zone, "ERIKSSON<<ANNA", "L898902C3", "740812", "341210");
	comes(l, "Anna Eriksson", text(zone), true, number);
	passport(zone, "BROWN<<BERT", "L898902C3", "740812", "341210");
	memcpy(zone + 2, "D<<", 3);
	comes(l, "Bert Brown", text(zone), true, number);
	passport(zone, "COLE<<CARL", "L898902C3", "740812", "341210");
	zone[0] = 'V';
	memcpy(zone + 45 + 42, "<<", 2);
	comes(l, "Carl Cole", text(zone), true, number);

	static const char of[] =
	    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQ1234567\nDCS%s\nDACDORA\n"
	    "DBB%s\nDBA%s\nDAJ%s\nDCG%s\n";
	char licence_of[256];
	(void)snprintf(
	    licence_of, sizeof licence_of, of, "DOE", "06061986", "12102034", "VA", "USA");
	comes(l, "Dora Doe", text(licence_of), true, number);
	(void)snprintf(
	    licence_of, sizeof licence_of, of, "EVANS", "06061986", "12102034", "MD", "USA");
	comes(l, "Dora Evans", text(licence_of), true, number);
	/* by its stripe and by its barcode, one licence */
	comes(l, "Michael Sample", text(TRACKS("3401")), true, number);
	(void)snprintf(
	    licence_of, sizeof licence_of, of, "FOX", "19860606", "20341210", "BC", "CAN");
	comes(l, "Dora Fox", text(licence_of), false, number);
	assert_waits(l, number, "id-other-name");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, lobby_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(document__expiry__must_be_read),
	    TEST(document__today__is_the_sites),
	    TEST(document__reading_in_doubt__is_none),
	    TEST(document__name_among_others__is_another),
	    TEST(document__names_cut_off__match_their_beginnings),
	    TEST(document__number__is_its_issuers_and_its_kinds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
