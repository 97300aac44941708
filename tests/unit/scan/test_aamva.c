#include "scan/aamva.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

/* Made after the card design standards' annexes; the people and places do not exist. */
#define HEAD "@\n\x1e\rANSI 636000"
#define V8                                                                                         \
	HEAD "080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\nDDFN\nDADJOH" \
	     "N\nDDGN\nDCUJR\nDCAD\nDCBK\nDCDPH\nDBD06062019\nDBB06061986\n"                       \
	     "DBA12102034\nDBC1\nDAU068 in\nDAYBRO\nDAG2300 WEST BROAD "                           \
	     "STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  "                                          \
	     "\nDCF2424244747474786102204\nDCGUSA\nDDAF\n"                                         \
	     "DDB06062008\nDDD1\rZVZVA01\r"

static const struct document_date today = {2026, 11, 23};

static struct document good_n(const void *text, size_t len)
{
	struct document d;
	struct err e = {0};
	if (aamva_read(&d, text, len, &today, &e) != ERR_OK)
		fail_msg("%.*s: %s", (int)len, (const char *)text, e.msg);
	return d;
}

static struct document good(const char *text)
{
	return good_n(text, strlen(text));
}

static void bad(const char *text, size_t len, enum err_code want)
{
	struct document d;
	struct err e = {0};
	assert_int_equal(aamva_read(&d, text, len, &today, &e), want);
	assert_string_equal(d.family, "");
}

static void is_date(struct document_date t, int year, int month, int day)
{
	assert_int_equal(t.year, year);
	assert_int_equal(t.month, month);
	assert_int_equal(t.day, day);
}

static void is_sample(const struct document *d)
{
	assert_string_equal(d->family, "SAMPLE");
	assert_string_equal(d->given, "MICHAEL JOHN");
	assert_string_equal(d->suffix, "JR");
	assert_string_equal(d->number, "T64235789");
	is_date(d->birth, 1986, 6, 6);
	is_date(d->expiry, 2034, 12, 10);
	assert_string_equal(d->region, "VA");
	assert_string_equal(d->state, "USA");
}

static void read__version_8(void **state)
{
	(void)state;
	const struct document d = good(V8);
	is_sample(&d);
	assert_int_equal(d.kind, DOCUMENT_DRIVING_LICENCE);
	assert_string_equal(d.source, "aamva-08");
	assert_string_equal(d.street, "2300 WEST BROAD STREET");
	assert_string_equal(d.city, "RICHMOND");
	assert_string_equal(d.zip, "232690000");
	is_date(d.issued, 2019, 6, 6);
	assert_int_equal(d.sex, 'M');
	assert_int_equal(d.confidence, 100);
	assert_false(d.family_cut || d.given_cut);
}

/* Every way in which scanners were seen to mangle what stands between the elements. */
static void read__mangled_separators(void **state)
{
	(void)state;
	static const struct {
		const char *head, *end;
	} ways[] = {{"@\n6MANSI 636000", "\n"}, {"@\n6ANSI 636000", "\n"},
	    {"@\n6AAMVA636000", "\n"}, {"@a\nANSI 636000", "\n"}, {"@acANSI 636000", "\n"},
	    {"@\n\xc3\x9c"
	     "eMANSI 636000",
		"\n"},
	    {"@|\x1e|ANSI 636000", "|"}, {"@\n\nANSI 636000", "\n"}, {"@\nANSI 636000", "\r\n"},
	    {"\xef\xbb\xbf@\n\x1e\rANSI 636000", "\n"}, {"@\n\x1c\rANSI 636000", "\x1c"},
	    {"ANSI636000", "\r"}, {"@\r\n\x1e\r\nANSI  636000", "\n\n\r"},
	    {"@\n\x1e\rANSI 636000", "\xc2\x85\n\xc2\x80"}, {"@\n\x1e\rANSI 636000", "\x1e"}};
	for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
		char text[1024];
		size_t n = (size_t)snprintf(text, sizeof text, "%s", ways[w].head);
		for (const char *s = V8 + strlen(HEAD); *s != '\0'; s++)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s",
			    *s == '\n' ? ways[w].end : (const char[]){*s, '\0'});
		const struct document d = good_n(text, n);
		is_sample(&d);
	}
}

static void read__no_separators_at_all(void **state)
{
	(void)state;
	char text[1024];
	size_t n = 0;
	for (const char *s = V8; *s != '\0'; s++)
		if (*s != '\n' && *s != '\r')
			text[n++] = *s;
	const struct document d = good_n(text, n);
	is_sample(&d);
	assert_string_equal(d.repairs[d.n_repairs - 1], "no separators");
	assert_true(d.confidence < 80);
}

static void read__headers_that_lie(void **state)
{
	(void)state;
	static const char *const heads[] = {"080002DL99990001ZV00000000DL", "080002DLABCD0OO8DL",
	    "080002DL00000000DLDL", "08DL00410278DL", "080001ID00310278ID", "080002DL00410278DL\n",
	    "080002DL00410278ZV03190008"};
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		char text[1024];
		(void)snprintf(text, sizeof text, HEAD "%s%s", heads[i], strstr(V8, "DAQT64"));
		const struct document d = good(text);
		is_sample(&d);
		assert_int_equal(d.kind,
		    strstr(heads[i], "ID") != NULL ? DOCUMENT_ID_CARD : DOCUMENT_DRIVING_LICENCE);
	}
}

#define WITH(version, rest)                                                                        \
	HEAD version "0002DL00390200DLDAQ12345\n" rest "DAG1 MAIN ST\nDAISOMEWHERE\n"

static void read__dates_of_all_orders(void **state)
{
	(void)state;
	static const struct {
		const char *version, *more;
		bool swapped;
	} all[] = {{"08", "DBB03042001\nDBA11302030\nDCGUSA\n", false},
	    {"08", "DBB20010304\nDBA20301130\nDCGCAN\n", false},
	    {"01", "DBB20010304\nDBA20301130\nDAJMO\n", false},
	    {"04", "DBB20010304\nDBA20301130\nDAJWV\n", true},
	    {"08", "DBB03042001 NH\nDBA11302030x\nDAJNH\n", false},
	    {"03", "DBB20010304\nDBA20301130\nDAJON\n", false},
	    {"08", "DBB03/04/2001\nDBA11-30-2030\nDAJTX\n", false},
	    {"11", "DBB03042001\nDBA11302030\nDAJVA\nDDM1\nDDN1\nDDO1\nDDP1\n", false}};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char text[512];
		(void)snprintf(text, sizeof text,
		    HEAD "%s0002DL00390200DLDAQ12345\nDCSDOE\nDACJANE\n%sDAG1 MAIN ST\n",
		    all[i].version, all[i].more);
		const struct document d = good(text);
		is_date(d.birth, 2001, 3, 4);
		is_date(d.expiry, 2030, 11, 30);
		assert_int_equal(d.n_repairs, all[i].swapped);
	}
	const char none[] = WITH("08", "DCSDOE\nDACJANE\nDBB02302001\nDBA11302030\n");
	bad(none, strlen(none), ERR_REJECTED);
	struct document d =
	    good(WITH("08", "DCSDOE\nDACJANE\nDBB00000000\nDDH05062028\nDBA99999999\n"));
	is_date(d.birth, 2010, 5, 6);
	is_date(d.expiry, 0, 0, 0);
	assert_int_equal(d.expires, DOCUMENT_EXPIRES_NEVER);
	assert_int_equal(d.confidence, 95);
}

/* Nobody gets in by an error: what is said and cannot be read is told apart from what is not said. */
static void read__expiry__said_or_not(void **state)
{
	(void)state;
	static const struct {
		const char *said;
		enum document_expires want;
		int year, month, day;
		const char *repair;
	} all[] = {
	    {"DBA11302030", DOCUMENT_EXPIRES_ON, 2030, 11, 30, NULL},
	    {"DBAO1012001", DOCUMENT_EXPIRES_ON, 2001, 1, 1, "expiry O→0"},
	    {"DBA1130Z030", DOCUMENT_EXPIRES_ON, 2030, 11, 30, "expiry Z→2"},
	    {"DBAl1302030", DOCUMENT_EXPIRES_ON, 2030, 11, 30, "expiry l→1"},
	    {"DBA", DOCUMENT_EXPIRES_UNSAID, 0, 0, 0, NULL},
	    {"DBANONE", DOCUMENT_EXPIRES_UNSAID, 0, 0, 0, NULL},
	    {"DBA00000000", DOCUMENT_EXPIRES_UNSAID, 0, 0, 0, NULL},
	    {"DBZ", DOCUMENT_EXPIRES_UNSAID, 0, 0, 0, NULL},
	    {"DBA99999999", DOCUMENT_EXPIRES_NEVER, 0, 0, 0, NULL},
	    {"DBA12319999", DOCUMENT_EXPIRES_NEVER, 0, 0, 0, NULL},
	    {"DBA1130203", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0, NULL}, /* a digit is lost */
	    {"DBA113020301", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0, NULL}, /* one too many */
	    {"DBA13302030", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0, NULL},
	    {"DBA02302030", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0, NULL},
	    {"DBAO13OZO30", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0, NULL}, /* too much of a guess */
	    {"DBA11X02030", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0, NULL},
	    {"DBAsoon", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0, NULL},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char text[512];
		(void)snprintf(text, sizeof text, WITH("08", "DCSDOE\nDACJANE\nDBB03042001\n%s\n"),
		    all[i].said);
		const struct document d = good(text);
		if (d.expires != all[i].want)
			fail_msg("%s: %d", all[i].said, (int)d.expires);
		is_date(d.expiry, all[i].year, all[i].month, all[i].day);
		assert_int_equal(d.n_repairs, all[i].repair != NULL);
		if (all[i].repair != NULL)
			assert_string_equal(d.repairs[0], all[i].repair);
		assert_true(d.expires == DOCUMENT_EXPIRES_UNREADABLE ? d.confidence < 100 : true);
	}
}

/* Names that hold the names of elements. */
static void read__no_separators__ids_within_names(void **state)
{
	(void)state;
	static const struct {
		const char *text, *family, *given;
		int year;
	} all[] = {
	    {"DAQ12345DCSSANDBACHDACJANEDADLEEDBB03042001DBA11302030DAG1 MAIN ST", "SANDBACH",
		"JANE LEE", 2030},
	    {"DAQ12345DCSSANDBACHDACJANEDADLEEDBB03042001DAG1 MAIN ST", "SANDBACH", "JANE LEE", 0},
	    {"DAQ12345DCSHADDADDACOMARDADLEEDBB03042001DBA11302030DAG1 MAIN ST", "HADDAD",
		"OMAR LEE", 2030},
	    {"DAQ12345DCSDACOSTADACJANEDADLEEDBB03042001DBA11302030DAG1 MAIN ST", "DACOSTA",
		"JANE LEE", 2030},
	    {"DAQ12345DCSDOEDACJANEDADDBB03042001DBA11302030DAG1 MAIN ST", "DOE", "JANE", 2030},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char text[512];
		(void)snprintf(text, sizeof text, HEAD "080002DL00390200DL%s", all[i].text);
		const struct document d = good(text);
		assert_string_equal(d.family, all[i].family);
		assert_string_equal(d.given, all[i].given);
		assert_int_equal(d.expiry.year, all[i].year);
		assert_int_equal(
		    d.expires, all[i].year != 0 ? DOCUMENT_EXPIRES_ON : DOCUMENT_EXPIRES_UNSAID);
	}
}

static void read__names_of_all_versions(void **state)
{
	(void)state;
	static const struct {
		const char *more, *family, *given, *suffix;
	} all[] = {{"DAADOE,JANE,MARIE,JR\n", "DOE", "JANE MARIE", "JR"},
	    {"DAADOE,JANE\n", "DOE", "JANE", ""}, {"DAADOE$JANE$MARIE\n", "DOE", "JANE MARIE", ""},
	    {"DAADOE@JANE@\n", "DOE", "JANE", ""},
	    {"DAAJANE MARIE LEE DOE\n", "DOE", "JANE MARIE LEE", ""},
	    {"DAAJANE DOE JR\n", "DOE", "JANE", "JR"}, {"DAADOE\n", "DOE", "", ""},
	    {"DCSDOE\nDCTJANE,MARIE\n", "DOE", "JANE MARIE", ""},
	    {"DCSDOE,\nDCTJANE MARIE  \n", "DOE", "JANE MARIE", ""},
	    {"DABDOE\nDACJANE\nDADNONE\n", "DOE", "JANE", ""},
	    {"DCSDE LA CRUZ\nDACANA MARIA\nDADunavl\nDCUIII\n", "DE LA CRUZ", "ANA MARIA", "III"},
	    {"DCSDOE\nDACJANE\nDADLEE,ANN\n", "DOE", "JANE LEE ANN", ""},
	    {"DCSSE\xd1"
	     "A\nDACJOS\xc9\n",
		"SEÑA", "JOSÉ", ""},
	    {"DCSSE\xc3\x91"
	     "A\nDACJOSÉ\n",
		"SEÑA", "JOSÉ", ""}};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char text[512];
		(void)snprintf(text, sizeof text,
		    HEAD "080002DL00390200DLDAQ12345\n%sDBB03042001\nDBA11302030\nDAG1 MAIN ST\n",
		    all[i].more);
		const struct document d = good(text);
		assert_string_equal(d.family, all[i].family);
		assert_string_equal(d.given, all[i].given);
		assert_string_equal(d.suffix, all[i].suffix);
	}
	const struct document d =
	    good(WITH("08", "DCSDOE\nDDET\nDACJANE\nDDFU\nDADM\nDDGT\nDBB03042001\nDBA11302030\n"));
	assert_true(d.family_cut && d.given_cut);
}

static void read__magnetic_tracks_in_the_barcode(void **state)
{
	(void)state;
	const struct document d = good("%BCVANCOUVER^DOE,$JANE MARIE^1234 WATER ST$VANCOUVER BC  "
				       "V6B 1A1^?;6360281234567=320519850504=?_%0AV6B1A1           "
				       "          F165 50BRNBLU9123456789                E$\\!?");
	assert_string_equal(d.family, "DOE");
	assert_string_equal(d.given, "JANE MARIE");
	assert_string_equal(d.number, "1234567");
	assert_string_equal(d.region, "BC");
	assert_string_equal(d.street, "1234 WATER ST");
	is_date(d.birth, 1985, 5, 4);
	is_date(d.expiry, 2032, 5, 0);
	assert_string_equal(d.source, "aamva-track");
	assert_string_equal(d.state, "CAN");
}

/* Annex F of the standard: year and month, or a code for the month. Two digits of a year are no century. */
static void read__magnetic_tracks__expiry(void **state)
{
	(void)state;
	static const struct {
		const char *said;
		enum document_expires want;
		int year, month, day;
	} all[] = {
	    {"3205", DOCUMENT_EXPIRES_ON, 2032, 5, 0},
	    {"9901", DOCUMENT_EXPIRES_ON, 1999, 1, 0},
	    {"7612", DOCUMENT_EXPIRES_ON, 2076, 12, 0},
	    {"7701", DOCUMENT_EXPIRES_ON, 1977, 1, 0},
	    {"3288", DOCUMENT_EXPIRES_ON, 2032, 2, 29},
	    {"3099", DOCUMENT_EXPIRES_ON, 2030, 2, 28},
	    {"3299", DOCUMENT_EXPIRES_ON, 2032, 2, 29},
	    {"3277", DOCUMENT_EXPIRES_NEVER, 0, 0, 0},
	    {"3200", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"3213", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"3276", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"3278", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"3287", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"3289", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"3298", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"32O5", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	    {"O205", DOCUMENT_EXPIRES_UNREADABLE, 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char text[256];
		(void)snprintf(text, sizeof text,
		    "%%BCVANCOUVER^DOE,$JANE^1234 WATER ST^?;6360281234567=%s19840229=?",
		    all[i].said);
		const struct document d = good(text);
		if (d.expires != all[i].want)
			fail_msg("%s: %d", all[i].said, (int)d.expires);
		is_date(d.expiry, all[i].year, all[i].month, all[i].day);
	}
	assert_string_equal(
	    good("%VARICHMOND^DOE$JANE^1 MAIN ST^?;6360001234567=320519840229=?").state, "USA");
}

static void read__what_is_no_licence(void **state)
{
	(void)state;
	static const char *const none[] = {"", "@", "@\n\x1e\rANSI ", "ANSI 636000080002",
	    HEAD "080002DL00410278DLDAQ1\nDCSX\n", "%BC^^^?;1=?", "%BCX^Y$Z^A^?;636028=?",
	    "'; DROP TABLE visit; --",
	    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<"
	    "<<10"};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		bad(none[i], strlen(none[i]), ERR_INPUT);
	char big[10000];
	memset(big, 'D', sizeof big);
	bad(big, sizeof big, ERR_INPUT);
	memcpy(big, HEAD "080002DL00410278DLDAQ1", sizeof HEAD + 20);
	bad(big, AAMVA_TEXT_MOST, ERR_INPUT);
	const char no_name[] = WITH("08", "DBB03042001\nDBA11302030\n");
	bad(no_name, strlen(no_name), ERR_REJECTED);
}

static void read__hostile_values_come_out_clean(void **state)
{
	(void)state;
	const struct document d =
	    good_n(HEAD "080002DL00410278DLDAQ\x1b[2J12\0"
			"3\nDCSDOE\xe2\x80\xae\xe2\x80\x8b\nDACJ\x07"
			"ANE\xff\nDBB03042001\nDBA11302030\nDAG'; DROP TABLE visit; --%_\n",
		sizeof HEAD - 1 +
		    sizeof "080002DL00410278DLDAQ\x1b[2J12\0"
			   "3\nDCSDOE\xe2\x80\xae\xe2\x80\x8b\nDACJ\x07"
			   "ANE\xff\nDBB03042001\nDBA11302030\nDAG'; DROP TABLE visit; --%_\n" -
		    1);
	assert_string_equal(d.family, "DOE");
	assert_string_equal(d.number, "[2J123");
	assert_true(text_is_clean(d.given, TEXT_LINE) && text_is_clean(d.street, TEXT_LINE));
}

static void looks_like__begins(void **state)
{
	(void)state;
	assert_true(aamva_looks_like(V8, 21));
	assert_true(aamva_looks_like("@acANSI 636060040002", 20));
	assert_true(aamva_looks_like("%BCVANCOUVER^", 13));
	assert_false(aamva_looks_like("FOYERAEAQEB777367Z", 18));
	assert_false(aamva_looks_like("ANSI", 4));
	assert_false(aamva_looks_like("", 0));
}

static void age_and_order(void **state)
{
	(void)state;
	const struct document_date on = {2026, 11, 23}, birth = {2008, 11, 23},
				   later = {2008, 11, 24}, month = {2008, 11, 0},
				   year = {2008, 0, 0}, leap = {2008, 2, 29}, none = {0, 0, 0};
	assert_int_equal(document_age(&birth, &on), 18);
	assert_int_equal(document_age(&later, &on), 17);
	assert_int_equal(document_age(&month, &on), 17);
	assert_int_equal(document_age(&year, &on), 17);
	assert_int_equal(document_age(&leap, &on), 18);
	assert_int_equal(document_age(&none, &on), -1);
	assert_true(document_date_order(&birth, &later) < 0 &&
		    document_date_order(&later, &birth) > 0 && document_date_order(&on, &on) == 0);
	assert_true(document_date_order(&month, &later) > 0);
	assert_int_equal(document_month_days(2024, 2), 29);
	assert_int_equal(document_month_days(2100, 2), 28);
	assert_int_equal(document_month_days(2024, 13), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(read__version_8),
	    cmocka_unit_test(read__mangled_separators),
	    cmocka_unit_test(read__no_separators_at_all), cmocka_unit_test(read__headers_that_lie),
	    cmocka_unit_test(read__dates_of_all_orders),
	    cmocka_unit_test(read__names_of_all_versions),
	    cmocka_unit_test(read__expiry__said_or_not),
	    cmocka_unit_test(read__no_separators__ids_within_names),
	    cmocka_unit_test(read__magnetic_tracks_in_the_barcode),
	    cmocka_unit_test(read__magnetic_tracks__expiry),
	    cmocka_unit_test(read__what_is_no_licence),
	    cmocka_unit_test(read__hostile_values_come_out_clean),
	    cmocka_unit_test(looks_like__begins), cmocka_unit_test(age_and_order)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
