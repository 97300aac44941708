#include "tests/unit/kiosk/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"

const int64_t house_wall_ms = 1795420800000; /* 2026-11-23T08:00:00Z */

const char house_json[] =
    "{\"kiosk\":\"lobby\",\"place\":\"Lobby\",\"site\":\"Example "
    "GmbH\",\"timezone\":\"Europe/Berlin\",\"now_ms\":1,"
    "\"langs\":[\"en\",\"de\",\"fr\",\"es\"],\"lang\":\"en\",\"reception\":\"+49 30 1234567\","
    "\"data_notice\":{\"en\":\"Example GmbH keeps what you enter here for 30 days, to know who is "
    "in the house.\","
    "\"de\":\"Die Example GmbH speichert Ihre Angaben 30 Tage lang, um zu wissen, wer im Haus "
    "ist.\"},"
    "\"privacy\":{\"en\":\"Who keeps your data\\n\\nExample GmbH, Example Street 1, "
    "Berlin.\",\"de\":\"Wer Ihre Daten speichert\"},"
    "\"door_right\":\"badge-code\",\"conf_hash\":\"00\",\"types\":["
    "{\"name\":\"guest\",\"label\":{\"en\":\"Guest\",\"de\":\"Gast\"},\"walk_in\":true,\"steps\":["
    "\"details\",\"host\",\"agreement\"],"
    "\"agreement\":\"visitor\",\"fields\":["
    "{\"name\":\"mail\",\"kind\":\"mail\",\"required\":false,\"label\":{\"en\":\"E-mail\",\"de\":"
    "\"E-Mail\"}},"
    "{\"name\":\"phone\",\"kind\":\"phone\",\"required\":false,\"label\":{\"en\":\"Phone\",\"de\":"
    "\"Telefon\"}},"
    "{\"name\":\"birth\",\"kind\":\"date\",\"required\":false,\"label\":{\"en\":\"Date of "
    "birth\",\"de\":\"Geburtsdatum\"}},"
    "{\"name\":\"lunch\",\"kind\":\"choice\",\"required\":true,\"label\":{\"en\":\"Lunch\",\"de\":"
    "\"Mittagessen\"},\"choices\":[\"none\",\"vegan\"]}]},"
    "{\"name\":\"delivery\",\"label\":{\"en\":\"Delivery\",\"de\":\"Lieferung\"},\"walk_in\":true,"
    "\"steps\":[],\"agreement\":\"\","
    "\"fields\":[{\"name\":\"plate\",\"kind\":\"plate\",\"required\":true,\"label\":{\"en\":"
    "\"Number plate\",\"de\":\"Kennzeichen\"}}]},"
    "{\"name\":\"staff\",\"label\":{\"en\":\"Staff\"},\"walk_in\":false,\"steps\":[\"details\"],"
    "\"agreement\":\"\",\"fields\":[]}]}";

const char house_welcome[] =
    "{\"outcome\":\"welcome\",\"reason\":\"\",\"visit\":\"01890a5d-ac96-774b-bcce-b302099a8057\","
    "\"number\":\"000042\",\"name\":\"Max\",\"escort\":false,\"badge\":\"printing\",\"doors\":"
    "\"pending\",\"host\":\"sending\",\"until_ms\":1795440000000,\"progress\":"
    "\"00112233445566778899aabbccddeeff\"}";
const char house_reception[] =
    "{\"outcome\":\"reception\",\"reason\":\"not-agreed\",\"number\":\"000042\",\"name\":"
    "\"Max\",\"badge\":\"none\",\"doors\":\"none\",\"host\":\"none\"}";
const char house_papers_json[] =
    "{\"kiosk\":\"lobby\",\"place\":\"Lobby\",\"site\":\"Example "
    "GmbH\",\"timezone\":\"Europe/Berlin\",\"langs\":[\"en\",\"de\",\"fr\",\"es\"],\"lang\":"
    "\"en\",\"reception\":\"+49 30 1234567\",\"types\":["
    "{\"name\":\"guest\",\"label\":{\"en\":\"Guest\"},\"walk_in\":true,\"id\":true,"
    "\"steps\":[\"details\",\"document\",\"agreement\"],\"agreement\":\"visitor\"},"
    "{\"name\":\"supplier\",\"label\":{\"en\":\"Supplier\"},\"walk_in\":true,\"id\":true,"
    "\"steps\":[\"host\"]},"
    "{\"name\":\"friend\",\"label\":{\"en\":\"Friend\"},\"walk_in\":true,"
    "\"steps\":[\"details\",\"document\"]}]}";

/* ICAO Doc 9303-4, appendix A. */
const char house_passport[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r"
			      "L898902C36UTO7408122F1204159ZE184226B<<<<<10\r";
/* After the AAMVA card design standard's annexes. */
const char house_licence[] =
    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL"
    "\nDDFN\nDADJOHN\nDDGN\nDBD06062019\nDBB06061986\nDBA12102034\nDBC1\nDAG2300 WEST BROAD "
    "STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  \nDCGUSA\nDDAF\n";

void stage_step(struct stage *s, const struct flow_event *ev)
{
	s->f->wall_ms = house_wall_ms + s->now;
	flow_step(s->f, ev, s->now, &s->calls);
	for (int i = 0; i < s->calls.n; i++) {
		struct call_words w;
		s->n_asked++;
		s->asked.kind = s->calls.of[i].kind;
		s->asked.serial = s->calls.of[i].serial;
		call_write(&w, s->f, s->asked.kind);
		str_copy(s->key, sizeof s->key, w.key);
		str_copy(s->target, sizeof s->target, w.target);
		str_copy(s->body, sizeof s->body, w.own_body != NULL ? w.own_body : "");
		call_words_fini(&w);
	}
}

void stage_online(struct stage *s, const char *text)
{
	json_t *j;
	struct err e = {0};
	struct api_kiosk *k = mem_new(1, sizeof *k);
	assert_int_equal(json_parse_object(&j, text, strlen(text), 65536, &e), ERR_OK);
	if (api_read_kiosk(k, j, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	json_decref(j);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_ONLINE, .own_info = k});
}

void stage_open(struct stage *s)
{
	memset(s, 0, sizeof *s);
	s->random.state = 1;
	s->now = 5000;
	assert_int_equal(zone_set("Europe/Berlin", NULL), ERR_OK);
	s->f = flow_new(random_of_fake(&s->random));
	s->f->wedge = true;
	stage_online(s, house_json);
}

void stage_close(struct stage *s)
{
	flow_free(s->f);
	s->f = NULL;
}

int stage_setup(void **state)
{
	struct stage *s = mem_new(1, sizeof *s);
	stage_open(s);
	*state = s;
	return 0;
}

int stage_teardown(void **state)
{
	struct stage *s = *state;
	stage_close(s);
	free(s);
	return 0;
}

void stage_assert_forgotten(const struct stage *s)
{
	struct flow_visitor nobody;
	memset(&nobody, 0, sizeof nobody);
	nobody.type = -1;
	assert_int_equal(s->f->screen, FLOW_WELCOME);
	assert_memory_equal(&s->f->v, &nobody, sizeof nobody);
}

static void key(struct stage *s, struct wedge_key k)
{
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_KEY, .key = k});
}

void stage_press(struct stage *s, const char *key_name)
{
	int n;
	const struct action_row *rows = action_rows(&n);
	for (int i = 0; i < n; i++)
		if (str_eq(rows[i].key_name, key_name)) {
			key(s, rows[i].keys[0]);
			return;
		}
	fail_msg("no key %s", key_name);
}

void stage_type(struct stage *s, const char *text)
{
	for (utf8proc_ssize_t n; *text != '\0'; text += n) {
		int32_t cp;
		n = utf8proc_iterate((const uint8_t *)text, -1, &cp);
		assert_true(n > 0);
		key(s, (struct wedge_key){.code = (uint32_t)cp});
	}
}

void stage_scan(struct stage *s, const char *text)
{
	stage_step(s,
	    &(struct flow_event){.kind = FLOW_EV_SCAN, .scan = text, .source = API_SOURCE_WEDGE});
}

void stage_touch(struct stage *s, enum action action, int arg)
{
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_TOUCH, .action = action, .arg = arg});
}

void stage_wait(struct stage *s, int64_t ms)
{
	int64_t end = s->now + ms;
	while (s->now < end) {
		int64_t due = flow_due_ms(s->f, s->now);
		s->now = due < end ? (due > s->now ? due : s->now + 1) : end;
		stage_step(s, &(struct flow_event){.kind = FLOW_EV_TICK});
	}
}

void stage_answer(struct stage *s, int status, const char *text)
{
	static struct flow_answer a; /* 64 KiB */
	struct client_answer from = {
	    .code = status == 0 ? ERR_TIMEOUT : ERR_OK, .status = status, .why = ""};
	json_t *j = NULL;
	struct err e = {0};
	if (text != NULL && json_parse_object(&j, text, strlen(text), 100000, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	from.json = j;
	call_read(&a, s->asked.kind, &from);
	a.serial = s->asked.serial;
	json_decref(j);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_ANSWER, .answer = &a});
}

void stage_to_you(struct stage *s, const char *what)
{
	char json[1024];
	stage_scan(s, "FOYERABC");
	str_print(json, sizeof json,
	    "{\"what\":\"%s\",\"name\":\"Zo\xc3\xab M\xc3\xbcller\",\"company\":\"Acme "
	    "AG\",\"host\":\"Anna Schmidt\",\"type\":\"guest\",\"label\":\"Guest\","
	    "\"from_ms\":%lld,\"until_ms\":%lld,\"fields\":[{\"name\":\"mail\",\"masked\":"
	    "\"z\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2@example.org\"},"
	    "{\"name\":\"birth\",\"masked\":\"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\"}],"
	    "\"agreement\":\"%s\",\"lang\":\"\",\"late\":false,\"layout\":\"us\"}",
	    what, (long long)house_wall_ms, (long long)(house_wall_ms + 8 * HOUSE_WALL_HOUR),
	    str_eq(what, "arrive") ? "visitor" : "");
	stage_answer(s, 200, json);
}

void stage_to_document(struct stage *s)
{
	stage_online(s, house_papers_json);
	stage_type(s, "2"); /* I am visiting */
	stage_type(s, "1"); /* Guest */
	stage_type(s, "Anna Eriksson");
	stage_press(s, "Enter");
	stage_press(s, "Enter");
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
}

void stage_to_details(struct stage *s)
{
	stage_press(s, "Down");
	stage_press(s, "Enter"); /* I am visiting */
	stage_press(s, "Enter"); /* Guest */
}

void stage_to_host(struct stage *s)
{
	stage_to_details(s);
	stage_type(s, "Max Mustermann");
	for (int i = 0; i < 5; i++)
		stage_press(s, "Enter");
	stage_press(s, "Right"); /* lunch */
	stage_press(s, "Enter");
}

void stage_to_agreement(struct stage *s)
{
	stage_to_host(s);
	stage_type(s, "ann");
	stage_press(s, "Enter");
	stage_answer(s, 200,
	    "{\"items\":[{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"Anna "
	    "Schmidt\",\"department\":\"Sales\"},"
	    "{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8058\",\"name\":\"Hanna "
	    "Gro\xc3\x9f\",\"department\":\"Finance\"}]}");
	stage_press(s, "Down");
	stage_press(s, "Enter");
	stage_answer(s, 200,
	    "{\"name\":\"visitor\",\"version\":\"abc1\",\"lang\":\"en\",\"title\":\"House "
	    "rules\",\"text\":\"Please wear your badge where it can be seen, "
	    "and stay with your host.\\n\\nIn an alarm, follow the green signs to the meeting "
	    "point.\"}");
}

void stage_to_progress(struct stage *s)
{
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	stage_answer(s, 201, house_welcome);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
}

void house_catalogues(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	assert_true(n > 0);
	path[n] = '\0';
	for (int up = 0; up < 3; up++) /* O/unit/kiosk/test_x */
		*strrchr(path, '/') = '\0';
	char data[4096 + 16];
	str_print(data, sizeof data, "%s/share/foyer", path);
	setenv("FOYER_DATADIR", data, 1);
}
