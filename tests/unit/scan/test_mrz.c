#include "scan/mrz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static const struct document_date today = {2026, 11, 23};

/* The specimens of Doc 9303 (parts 4 to 7), and zones made by hand with check digits from a calculator of another make. */
#define TD3                                                                                        \
	"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<" \
	"10\n"
#define TD2 "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6\n"
#define TD1                                                                                        \
	"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<" \
	"<<<<<<\n"
#define MRV_A                                                                                      \
	"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<" \
	"<<\n"
#define MRV_B "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<\n"

static struct document good(const char *zone)
{
	struct document d;
	struct err e = {0};
	if (mrz_read(&d, zone, strlen(zone), &today, &e) != ERR_OK)
		fail_msg("%s: %s", zone, e.msg);
	return d;
}

static void bad(const char *zone, enum err_code want)
{
	struct document d;
	struct err e = {0};
	if (mrz_read(&d, zone, strlen(zone), &today, &e) != want)
		fail_msg("%s: %s", zone, e.msg);
	assert_string_equal(d.family, "");
}

static void is_date(struct document_date t, int year, int month, int day)
{
	assert_int_equal(t.year, year);
	assert_int_equal(t.month, month);
	assert_int_equal(t.day, day);
}

static void looks_like__zones_also_through_other_keyboards(void **state)
{
	/* A scanner set for the United States before a terminal with a German keyboard. */
	static const char german[] =
	    "P;UTOERIKSSON;;ANNA;MARIA;;;;;;;;;;;;;;;;;;;\nL898902C36UTO74081"
	    "22F1204159YE184226B;;;;;10\n";
	static const char *const others[] = {"", "FOYERAEAQCBYBAIBQIBIGA4EGSVNZ", "8K3M9QPT",
	    "https://example.org/a/visit", "P<UTOERIKSSON<<ANNA<MARIA"};
	(void)state;
	assert_true(mrz_looks_like(TD3, strlen(TD3)));
	assert_true(mrz_looks_like(TD1, strlen(TD1)));
	assert_true(mrz_looks_like(german, strlen(german)));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(mrz_looks_like(others[i], strlen(others[i])));
}

static void read__the_specimens_of_9303(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *source, *number;
		enum document_kind kind;
		int expiry;
	} all[] = {{TD3, "td3", "L898902C3", DOCUMENT_PASSPORT, 2012},
	    {TD2, "td2", "D23145890", DOCUMENT_ID_CARD, 2012},
	    {TD1, "td1", "D23145890", DOCUMENT_ID_CARD, 2012},
	    {MRV_A, "mrv-a", "L8988901C", DOCUMENT_VISA, 1996},
	    {MRV_B, "mrv-b", "L8988901C", DOCUMENT_VISA, 1996}};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct document d = good(all[i].zone);
		assert_string_equal(d.source, all[i].source);
		assert_string_equal(d.number, all[i].number);
		assert_string_equal(d.family, "Eriksson");
		assert_string_equal(d.given, "Anna Maria");
		assert_string_equal(d.state, "UTO");
		assert_int_equal(d.kind, all[i].kind);
		assert_int_equal(d.sex, 'F');
		assert_int_equal(d.expiry.year, all[i].expiry);
		assert_int_equal(d.confidence, 100);
		assert_true(d.latin && !d.family_cut && !d.given_cut);
	}
	is_date(good(TD3).birth, 1974, 8, 12);
	is_date(good(MRV_A).birth, 1940, 9, 7);
}

static void read__any_framing(void **state)
{
	(void)state;
	static const char *const frames[] = {"\002" TD3 "\003", "\r\n\r\n" TD3,
	    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<"
	    "10",
	    "P<UTOERIKSSON<<ANNA<MARIA\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
	    "p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<\tl898902c36uto7408122f1204159ze184226b<<<"
	    "<<10",
	    "P UTOERIKSSON  ANNA MARIA                   \rL898902C36UTO7408122F1204159ZE184226B   "
	    "  10"};
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
		assert_string_equal(good(frames[i]).number, "L898902C3");
	const struct document d = good(frames[3]);
	assert_int_equal(d.n_repairs, 1);
	assert_string_equal(d.repairs[0], "fillers");
	assert_int_equal(good(frames[0]).n_repairs, 0);
}

/* Before the first line or each, parted or not, and after them. */
static void read__letters_of_the_readers_own(void **state)
{
	static const char *const zones[] = {TD3, TD2, TD1, MRV_A, MRV_B};
	static const char *const numbers[] = {
	    "L898902C3", "D23145890", "D23145890", "L8988901C", "L8988901C"};
	static const char *const before[] = {"", "M", "OCR", "\002MRZ: ", "PASS1<<", "]d0"};
	static const char *const after[] = {"", "Z",
	    "\003"
	    "7",
	    "\r\n", "END0001"};
	static const char *const between[] = {"", "\r", "\n", "\r\n", "\003\002"};
	(void)state;
	for (size_t i = 0; i < 5 * 6 * 5 * 5 * 2; i++) {
		const char *zone = zones[i % 5], *b = before[i / 5 % 6], *a = after[i / 30 % 5],
			   *sep = between[i / 150 % 5];
		const bool each = i / 750 != 0;
		char text[200];
		size_t n = 0;
		if (each && *sep == '\0')
			continue; /* nobody could tell */
		for (const char *end; (end = strchr(zone, '\n')) != NULL; zone = end + 1) {
			str_print(text + n, sizeof text - n, "%s%.*s%s%s", n == 0 || each ? b : "",
			    (int)(end - zone), zone, each || end[1] == '\0' ? a : "",
			    end[1] != '\0' ? sep : "");
			n = strlen(text);
		}
		assert_string_equal(good(text).number, numbers[i % 5]);
		assert_true(document_looks_like(text, n));
	}
	/* Nothing but check digits tells the letters from the zone: no zone where they disagree. */
	bad("MP<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408123F1204159ZE184226B<"
	    "<<<<10",
	    ERR_INPUT);
}

static void read__through_another_keyboard(void **state)
{
	(void)state;
	/* "<" is Shift and the key of "," on a US keyboard: ";" on a German one, where Y and Z change places. */
	const struct document d = good("P;UTOERIKSSON;;ANNA;MARIA;;;;;;;;;;;;;;;;;;;"
				       "\nL898902C36UTO7408122F1204159YE184226B;;;;;10");
	assert_string_equal(d.repairs[d.n_repairs - 1], "keyboard de");
	assert_string_equal(d.number, "L898902C3");
}

static void read__digits_and_letters_mended_only_where_proven(void **state)
{
	(void)state;
	struct document d = good("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
				 "\nL8989O2C36UTO74O8I22F1204I59ZE184226B<<<<<10");
	assert_string_equal(d.number, "L898902C3");
	is_date(d.birth, 1974, 8, 12);
	assert_true(d.n_repairs == 4 && d.confidence < 100);
	/* Two that would do as well as each other: neither. */
	bad("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL89B902C36UTO7408122F1204159ZE184226B<<<"
	    "<<10",
	    ERR_REJECTED);
	/* A digit that no twin explains, and a composite that disagrees with all else. */
	bad("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898903C36UTO7408122F1204159ZE184226B<<<"
	    "<<10",
	    ERR_REJECTED);
	bad("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<"
	    "<<17",
	    ERR_REJECTED);
	bad("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408123F1204159ZE184226B<<<"
	    "<<10",
	    ERR_REJECTED);
	bad("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204158ZE184226B<<<"
	    "<<10",
	    ERR_REJECTED);
}

static void read__every_single_wrong_digit_is_noticed(void **state)
{
	(void)state;
	char zone[] = TD3;
	for (size_t i = 45; i < sizeof zone - 2; i++) {
		const char was = zone[i];
		if (was < '0' || was > '9')
			continue;
		for (char c = '0'; c <= '9'; c++) {
			struct document d;
			struct err e = {0};
			zone[i] = c;
			const enum err_code code = mrz_read(&d, zone, sizeof zone - 1, &today, &e);
			assert_true((code == ERR_OK) == (c == was) || d.n_repairs > 0);
		}
		zone[i] = was;
	}
}

/* A zone around a line 1 and data, its check digits put in. */
static void td1_make(
    char zone[128], const char *number, const char *optional, const char *birth, const char *expiry)
{
	char one[31], two[31], all[64];
	(void)snprintf(one, sizeof one, "I<D<<%s%s<<<<<<<<<<<<<<<<<<<<<<<<<", number, optional);
	memcpy(one + 2, "D<<", 3);
	(void)snprintf(two, sizeof two, "%s%cF%s%cD<<<<<<<<<<<<<", birth, mrz_check_digit(birth, 6),
	    expiry, mrz_check_digit(expiry, 6));
	(void)snprintf(all, sizeof all, "%.25s%.7s%.7s%.11s", one + 5, two, two + 8, two + 18);
	(void)snprintf(zone, 128, "%.30s\n%.29s%c\nMUELLER<<JUERGEN<SAMUEL<<<<<<<\n", one, two,
	    mrz_check_digit(all, 50));
}

static void read__long_numbers_both_ways(void **state)
{
	(void)state;
	char zone[128], optional[16];
	/* The filler in the check digit's place weighed or not: issuers differ. */
	const char bare = mrz_check_digit("ACDEFHJKL347", 12),
		   weighed = mrz_check_digit("ACDEFHJKL<347", 13);
	assert_int_not_equal(bare, weighed);
	for (char c = '0'; c <= '9'; c++) {
		(void)snprintf(optional, sizeof optional, "<347%c", c);
		td1_make(zone, "ACDEFHJKL", optional, "800101", "300101");
		if (c == bare || c == weighed)
			assert_string_equal(good(zone).number, "ACDEFHJKL347");
		else
			bad(zone, ERR_REJECTED);
	}
}

static void read__optional_data_mended_by_the_composite(void **state)
{
	(void)state;
	char zone[128], optional[16];
	(void)snprintf(optional, sizeof optional, "%cCA0X", mrz_check_digit("ACDEFHJKL", 9));
	td1_make(zone, "ACDEFHJKL", optional, "800101", "300101");
	char *zero = strstr(zone, "CA0X") + 2;
	*zero = 'O';
	const struct document d = good(zone);
	assert_string_equal(d.repairs[0], "optional O→0");
	assert_int_equal(d.confidence, 95);
	*zero = '8';
	bad(zone, ERR_REJECTED);
}

static void read__dates(void **state)
{
	(void)state;
	static const struct {
		const char *birth, *expiry;
		int b[3], x[3];
	} good_ones[] = {{"800101", "300101", {1980, 1, 1}, {2030, 1, 1}},
	    {"261123", "261123", {2026, 11, 23}, {2026, 11, 23}},
	    {"261124", "760101", {1926, 11, 24}, {2076, 1, 1}},
	    {"80<<<<", "770101", {1980, 0, 0}, {1977, 1, 1}},
	    {"8002<<", "<<<<<<", {1980, 2, 0}, {0, 0, 0}}, /* never */
	    {"000229", "240229", {2000, 2, 29}, {2024, 2, 29}}};
	static const char *const bad_ones[] = {"801301", "800230", "010229", "8<0101", "<<0101"};
	char zone[128], number[12] = "L01X00T47";
	char cd[2] = {mrz_check_digit(number, 9), '\0'};
	for (size_t i = 0; i < sizeof good_ones / sizeof good_ones[0]; i++) {
		td1_make(zone, number, cd, good_ones[i].birth, good_ones[i].expiry);
		const struct document d = good(zone);
		is_date(d.birth, good_ones[i].b[0], good_ones[i].b[1], good_ones[i].b[2]);
		is_date(d.expiry, good_ones[i].x[0], good_ones[i].x[1], good_ones[i].x[2]);
		assert_int_equal(d.expires,
		    good_ones[i].x[0] != 0 ? DOCUMENT_EXPIRES_ON : DOCUMENT_EXPIRES_NEVER);
		assert_string_equal(d.state, "DEU");
		assert_string_equal(d.family, "Müller");
		assert_string_equal(d.given, "Jürgen Samuel");
	}
	for (size_t i = 0; i < sizeof bad_ones / sizeof bad_ones[0]; i++) {
		td1_make(zone, number, cd, bad_ones[i], "300101");
		bad(zone, ERR_REJECTED);
	}
}

static struct document french(const char *number, const char *birth)
{
	char one[37], two[37], all[73], zone[80];
	(void)snprintf(one, sizeof one, "IDFRADUPONT<<<<<<<<<<<<<<<<<<<752031");
	(void)snprintf(two, sizeof two, "%s%cJEAN<<MARC<<<<%s%cM", number,
	    mrz_check_digit(number, 12), birth, mrz_check_digit(birth, 6));
	(void)snprintf(all, sizeof all, "%.36s%.35s", one, two);
	(void)snprintf(zone, sizeof zone, "%s\n%s%c\n", one, two, mrz_check_digit(all, 71));
	return good(zone);
}

static void read__french_card(void **state)
{
	(void)state;
	const struct document d = french("990775203112", "700615");
	assert_string_equal(d.source, "french-id");
	assert_string_equal(d.family, "Dupont");
	assert_string_equal(d.given, "Jean Marc");
	assert_string_equal(d.number, "990775203112");
	assert_int_equal(d.sex, 'M');
	is_date(d.birth, 1970, 6, 15);
	is_date(d.issued, 1999, 7, 0);
	is_date(d.expiry, 2009, 7, 0);
}

/* The zone does not say when: ten years from the month in its number; fifteen for who was of age, from 2004 on (décret 2013-1188). */
static void read__french_card__expiry(void **state)
{
	(void)state;
	static const struct {
		const char *number, *birth;
		enum document_expires want;
		int year, month;
	} all[] = {
	    {"000175203112", "700615", DOCUMENT_EXPIRES_ON, 2010, 1},
	    {"031275203112", "700615", DOCUMENT_EXPIRES_ON, 2013, 12},
	    {"040175203112", "700615", DOCUMENT_EXPIRES_ON, 2019, 1},
	    {"190775203112", "700615", DOCUMENT_EXPIRES_ON, 2034, 7},
	    {"190775203112", "010630", DOCUMENT_EXPIRES_ON, 2034, 7}, /* of age a day before */
	    {"190775203112", "010702", DOCUMENT_EXPIRES_ON, 2029, 7}, /* within the month */
	    {"190775203112", "050101", DOCUMENT_EXPIRES_ON, 2029, 7},
	    {"190775203112", "01<<<<", DOCUMENT_EXPIRES_ON, 2029, 7}, /* not proven */
	    {"191375203112", "700615", DOCUMENT_EXPIRES_UNREADABLE, 0, 0},
	    {"190075203112", "700615", DOCUMENT_EXPIRES_UNREADABLE, 0, 0},
	    {"500175203112", "700615", DOCUMENT_EXPIRES_UNREADABLE, 0,
		0}, /* before there were any */
	    {"1X0175203112", "700615", DOCUMENT_EXPIRES_UNREADABLE, 0, 0},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct document d = french(all[i].number, all[i].birth);
		if (d.expires != all[i].want)
			fail_msg("%s: %d", all[i].number, (int)d.expires);
		is_date(d.expiry, all[i].year, all[i].month, 0);
	}
}

static void read__cut_names(void **state)
{
	(void)state;
	struct document d = good(
	    "P<UTOPAPANDROPOULOUGEORGIOUCONSTANTINOUDIMIT\nL898902C36UTO7408122F1204159ZE184226B<<<"
	    "<<10");
	assert_true(d.family_cut && !d.given_cut);
	d = good("P<UTOPAPANDROPOULOU<<ALEXANDRA<KONSTANTINA<"
		 "M\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
	assert_true(!d.family_cut && d.given_cut);
}

static void read__what_is_no_zone(void **state)
{
	(void)state;
	static const char *const none[] = {"", "<", "hello", "P<UTO",
	    "FOYERAEAQEB777367Z6727H4AAAAAAD7777773", "\x1b]0;x\x07", "'; DROP TABLE visit; --",
	    "X<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<"
	    "<<10",
	    "@\n\x1e\rANSI 636014040002DL00410278"};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		bad(none[i], ERR_INPUT);
	char big[10001];
	memset(big, '<', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	bad(big, ERR_INPUT);
	big[5000] = '\0';
	bad(big, ERR_INPUT);
}

static void spelling__a_suggestion(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *state, *want;
	} all[] = {{"MUELLER", "DEU", "Müller"}, {"MUELLER", "FRA", "Mueller"},
	    {"MANUEL<SAMUEL", "DEU", "Manuel Samuel"}, {"BAUER", "DEU", "Bauer"},
	    {"OEZTUERK", "DEU", "Öztürk"}, {"AAKESSON", "SWE", "Åkesson"},
	    {"VAN<DEN<BERG", "NLD", "Van Den Berg"}, {"<<<", "DEU", ""},
	    {"SOERENSEN", "DNK", "Sørensen"}};
	char dst[64];
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		mrz_spelling(dst, sizeof dst, all[i].zone, strlen(all[i].zone), all[i].state);
		assert_string_equal(dst, all[i].want);
	}
	mrz_spelling(dst, 6, "ABCDEFGHIJ", 10, "");
	assert_true(strlen(dst) < 6);
}

static void state__known(void **state)
{
	(void)state;
	assert_true(mrz_state_known("D<<") && mrz_state_known("UTO") && mrz_state_known("RKS") &&
		    mrz_state_known("CHN"));
	assert_false(mrz_state_known("XYZ") || mrz_state_known("<<<") || mrz_state_known("A B") ||
		     mrz_state_known("DE<"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(read__the_specimens_of_9303),
	    cmocka_unit_test(looks_like__zones_also_through_other_keyboards),
	    cmocka_unit_test(read__any_framing), cmocka_unit_test(read__letters_of_the_readers_own),
	    cmocka_unit_test(read__through_another_keyboard),
	    cmocka_unit_test(read__digits_and_letters_mended_only_where_proven),
	    cmocka_unit_test(read__every_single_wrong_digit_is_noticed),
	    cmocka_unit_test(read__long_numbers_both_ways),
	    cmocka_unit_test(read__optional_data_mended_by_the_composite),
	    cmocka_unit_test(read__dates), cmocka_unit_test(read__french_card),
	    cmocka_unit_test(read__french_card__expiry), cmocka_unit_test(read__cut_names),
	    cmocka_unit_test(read__what_is_no_zone), cmocka_unit_test(spelling__a_suggestion),
	    cmocka_unit_test(state__known)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
