#include "base/conf.h"

#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"

static char file[PATH_MAX];

static int setup(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	return str_print(
		   file, sizeof file, "%s/foyer.%d.conf", tmp != NULL ? tmp : "/tmp", (int)getpid())
		   ? 0
		   : -1;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(file);
}

static struct conf *load(const char *text)
{
	struct conf *c = NULL;
	struct err e = {0};
	assert_int_equal(path_write(file, text, strlen(text), 0600, NULL), ERR_OK);
	if (conf_load(&c, file, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	return c;
}

/* The error names the file and the line, and goes on with want. */
static void refuses(const char *text, int line, const char *want)
{
	struct conf *c = NULL;
	struct err e = {0};
	char place[PATH_MAX + 20];
	assert_int_equal(path_write(file, text, strlen(text), 0600, NULL), ERR_OK);
	if (conf_load(&c, file, &e) != ERR_CONFIG)
		fail_msg("was taken: %s", text);
	(void)str_print(place, sizeof place, "%s:%d: %s", file, line, want);
	if (!str_starts(e.msg, place))
		fail_msg("\"%s\" is not \"%s\"", e.msg, place);
	assert_int_equal(conf_load(&c, file, NULL), ERR_CONFIG);
	assert_null(c);
}

static void conf__defaults__let_nobody_in(void **state)
{
	(void)state;
	struct conf *c;
	struct err e = {0};
	if (conf_load(&c, NULL, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_int_equal(c->site.door_right, CONF_DOOR_NONE);
	assert_int_equal(c->n_controllers, 0);
	assert_int_equal(c->n_printers, 0);
	assert_string_equal(c->mail.server, "");
	assert_false(c->demo);
	for (int r = 0; r < CONF_ROLE_COUNT; r++)
		assert_int_equal(conf_role_map(c, (enum conf_role)r)->n, 0);
	for (int i = 0; i < c->n_groups; i++)
		assert_int_equal(c->groups[i].n_doors, 0);
	for (int i = 0; i < c->n_types; i++)
		assert_int_not_equal(c->types[i].approval, CONF_APPROVAL_NONE);
	assert_int_equal(c->n_kiosks, 1);
	assert_string_equal(conf_kiosk_find(c, "lobby")->printer, "");
	assert_string_equal(c->paths.backups, "/var/lib/foyer/backups");
	assert_string_equal(c->paths.keys, "/var/lib/foyer/keys");
	conf_free(c);
}

static void conf__defaults__types_and_retention(void **state)
{
	(void)state;
	struct conf *c = load("");
	const struct conf_type *t = conf_type_find(c, "guest");
	assert_non_null(t);
	assert_true(t->walk_in && t->notify_host);
	assert_int_equal(t->n_steps, 3);
	assert_int_equal(t->steps[2], CONF_STEP_AGREEMENT);
	assert_string_equal(t->badge, "visitor");
	assert_true(t->longest_stay_ms == 10 * CLOCK_HOUR);
	assert_int_equal(t->escort, CONF_ESCORT_UNTIL_APPROVED);
	const struct conf_field *f = &t->fields[0];
	assert_string_equal(f->name, "phone");
	assert_int_equal(f->kind, CONF_FIELD_PHONE);
	assert_false(f->required);
	assert_true(f->retention_ms == c->retention.visitor_ms);
	t = conf_type_find(c, "delivery");
	assert_int_equal(t->escort, CONF_ESCORT_ALWAYS);
	assert_string_equal(t->badge, "");
	assert_string_equal(t->access_group, "");
	assert_true(conf_type_find(c, "contractor")->longest_stay_ms == 5 * (int64_t)CLOCK_DAY);
	assert_non_null(conf_type_find(c, "interview"));
	/* Nothing is kept for ever. */
	const struct conf_retention *r = &c->retention;
	const int64_t all[] = {r->visitor_ms, r->visit_ms, r->signature_ms, r->invitation_ms,
	    r->job_ms, r->journal_ms};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		assert_true(all[i] > 0 && all[i] <= 365 * (int64_t)CLOCK_DAY);
	conf_free(c);
}

static void conf__texts__in_the_languages(void **state)
{
	(void)state;
	struct conf *c = load("");
	const struct conf_text *label = &conf_type_find(c, "guest")->label;
	assert_string_equal(conf_text_in(label, "de"), "Gast");
	assert_string_equal(conf_text_in(label, "en"), "Guest");
	assert_string_equal(conf_text_in(label, "ja"), "Guest");
	for (int i = 0; i < c->site.n_langs; i++) {
		assert_true(strlen(conf_text_in(&c->site.privacy, c->site.langs[i])) > 400);
		assert_true(strlen(conf_text_in(&c->site.data_notice, c->site.langs[i])) > 40);
	}
	conf_free(c);
	/* Another first language: its text is what the others fall back to; the plain option stays English. */
	c = load("site { languages = { \"de\", \"en\" } }");
	label = &conf_type_find(c, "guest")->label;
	assert_string_equal(conf_text_in(label, "ja"), "Gast");
	assert_string_equal(conf_text_in(label, "en"), "Guest");
	assert_string_equal(label->of[0].lang, "de");
	conf_free(c);
	/* The plain option is the first language; one own translation replaces all shipped ones. */
	c = load("site { languages = { \"nl\" } data-notice = \"Wij bewaren\" }");
	assert_int_equal(c->site.data_notice.n, 1);
	assert_string_equal(c->site.data_notice.of[0].lang, "nl");
	assert_string_equal(conf_text_in(&c->site.data_notice, "de"), "Wij bewaren");
	conf_free(c);
	struct conf_text none = {0};
	assert_string_equal(conf_text_in(&none, "de"), "");
	refuses("site {\n data-notice = \"a\"\n data-notice-en = \"b\" data-notice-de = \"c\" }", 2,
	    "site: data-notice: stands here beside its own language and English");
	refuses("site {\n data-notice-xx = \"b\" }", 2, "site: data-notice-xx: is not known here");
}

static void conf__site__overrides_option_by_option(void **state)
{
	(void)state;
	struct conf *c =
	    load("site { name = \"Example Ltd\" id = \"7\" timezone = \"Europe/Berlin\" early = "
		 "\"0s\" demo = \"yes\" }\n"
		 "paths { state = \"/srv/foyer\" keys = \"/etc/foyer/keys\" }\n"
		 "mail { server = \"mail.example.org:587\" from = \"foyer@example.org\" user = "
		 "\"foyer\" secret-file = \"/etc/foyer/mail\" }\n"
		 "retention { visitor = \"7d\" }");
	assert_string_equal(c->site.name, "Example Ltd");
	assert_int_equal(c->site.id, 7);
	assert_string_equal(c->site.timezone, "Europe/Berlin");
	assert_true(c->site.early_ms == 0 && c->site.exit_grace_ms == 30 * CLOCK_MINUTE);
	assert_true(c->demo);
	assert_int_equal(c->site.n_langs, 4);
	assert_string_equal(c->paths.backups, "/srv/foyer/backups");
	assert_string_equal(c->paths.keys, "/etc/foyer/keys");
	assert_string_equal(c->paths.run, "/run/foyer");
	assert_int_equal(c->mail.tls, CONF_TLS_STARTTLS);
	assert_true(c->retention.visitor_ms == 7 * (int64_t)CLOCK_DAY &&
		    c->retention.visit_ms == 365 * (int64_t)CLOCK_DAY);
	conf_free(c);
}

static void conf__titled__replace_as_a_whole(void **state)
{
	(void)state;
	struct conf *c = load("type \"guest\" { label = \"Visitor\" steps = { \"details\" } }\n"
			      "type \"delivery\" { disabled = \"yes\" }\n"
			      "type \"fitter\" { label = \"Fitter\" steps = { \"host\", "
			      "\"details\" } approval = \"host\"\n"
			      "  field \"trade\" { label = \"Trade\" kind = \"choice\" choices = { "
			      "\"gas\", \"water\" } required = \"yes\" retention = \"2d\" } }\n");
	const struct conf_type *t = conf_type_find(c, "guest");
	assert_ptr_equal(t, &c->types[0]); /* in its place */
	assert_int_equal(t->n_fields, 0);
	assert_int_equal(t->n_steps, 1);
	assert_string_equal(t->agreement, "");
	assert_int_equal(t->label.n, 1);
	assert_false(t->walk_in);
	assert_null(conf_type_find(c, "delivery"));
	assert_non_null(conf_type_find(c, "contractor"));
	t = conf_type_find(c, "fitter");
	assert_int_equal(t->fields[0].kind, CONF_FIELD_CHOICE);
	assert_int_equal(t->fields[0].n_choices, 2);
	assert_string_equal(t->fields[0].choices[1], "water");
	assert_true(t->fields[0].retention_ms == 2 * (int64_t)CLOCK_DAY);
	conf_free(c);
	/* Something of the shipped file that nobody replaced still stands. */
	c = load("agreement \"visitor\" { dir = \"/etc/foyer/rules\" valid = \"30d\" }");
	assert_string_equal(conf_agreement_find(c, "visitor")->dir, "/etc/foyer/rules");
	assert_true(conf_agreement_find(c, "visitor")->valid_ms == 30 * (int64_t)CLOCK_DAY);
	assert_true(conf_agreement_find(c, "contractor")->dir[0] == '/');
	assert_non_null(
	    strstr(conf_agreement_find(c, "contractor")->dir, "/agreements/contractor"));
	assert_null(conf_agreement_find(c, "none"));
	conf_free(c);
}

static const char doors[] =
    "site { door-right = \"badge-code\" }\n"
    "printer \"p\" { queue = \"badge\" }\nprinter \"q\" { queue = \"other\" server = "
    "\"cups.example.org:631\" }\n"
    "kiosk \"east\" { place = \"East\" printer = \"p\" fallback = \"q\" language = \"de\" }\n"
    "controller \"main\" { address = \"192.0.2.7:60000\" serial = \"405419896\" card-first = "
    "\"10058400\" card-last = \"10058999\" }\n"
    "access-group \"visitors\" { doors = { \"main:1\", \"main:4\" } }\n"
    "role \"desk\" { members = { \"user:anna\", \"group:reception\" } }\n";

static void conf__titled__site_alone(void **state)
{
	(void)state;
	struct conf *c = load(doors);
	assert_null(conf_kiosk_find(c, "lobby"));
	const struct conf_kiosk *k = conf_kiosk_find(c, "east");
	assert_string_equal(k->lang, "de");
	assert_string_equal(k->fallback, "q");
	const struct conf_printer *p = conf_printer_find(c, "p");
	assert_string_equal(p->media, "om_badge_62x100mm");
	assert_string_equal(p->server, "");
	assert_string_equal(conf_printer_find(c, "q")->server, "cups.example.org:631");
	const struct conf_controller *m = conf_controller_find(c, "main");
	assert_int_equal(m->serial, 405419896);
	assert_true(m->profile_first == 2 && m->profile_last == 254 && m->retries == 3 &&
		    m->timeout_ms == 2000);
	const struct conf_group *g = conf_group_find(c, "visitors");
	assert_int_equal(g->n_doors, 2);
	assert_string_equal(g->doors[1].controller, "main");
	assert_int_equal(g->doors[1].door, 4);
	const struct conf_role_map *r = conf_role_map(c, CONF_ROLE_DESK);
	assert_int_equal(r->n, 2);
	assert_int_equal(r->who[0].kind, CONF_WHO_USER);
	assert_string_equal(r->who[1].name, "reception");
	assert_int_equal(r->who[1].kind, CONF_WHO_GROUP);
	assert_int_equal(conf_role_map(c, CONF_ROLE_MANAGER)->n, 0);
	conf_free(c);
}

/* One bad option each: the line, and how the error goes on. */
static const struct {
	const char *text;
	int line;
	const char *want;
} bad_options[] = {
    {"site {\n id = \"256\" }", 2, "site: id: not such a number; allowed is 0 to 255"},
    {"site {\n id = \"010\" }", 2, "site: id: not such a number"},
    {"site {\n id = \"-1\" }", 2, "site: id: not such a number"},
    {"site {\n id = \"0x1\" }", 2, "site: id: not such a number"},
    {"site {\n id = \"\" }", 2, "site: id: not such a number"},
    {"site {\n id = \"99999999999999999999\" }", 2, "site: id: not such a number"},
    {"site {\n name = \"\" }", 2, "site: name: is empty; it must be given"},
    {"site {\n name = \"a\\nb\" }", 2, "site: name: holds a line break"},
    {"site {\n name = { \"a\" } }", 2, "site: name: must be one value"},
    {"site {\n name { } }", 2, "site: name: must be one value"},
    {"site {\n nmae = \"a\" }", 2, "site: nmae: is not known here; allowed are name, id, timezone"},
    {"site {\n timezone = \"../../etc/passwd\" }", 2,
	"site: timezone: this machine knows no such time zone"},
    {"site {\n languages = \"en\" }", 2, "site: languages: must be a list"},
    {"site {\n languages = { } }", 2, "site: languages: is empty"},
    {"site {\n languages = { \"en\", \"xx\" } }", 2,
	"site: languages: not a language; allowed are en de fr es it"},
    {"site {\n languages = { \"en\", \"en\" } }", 2, "site: languages: names a value twice"},
    {"site {\n languages = { \"en\", \"de\", \"fr\", \"es\", \"it\", \"nl\", \"pl\", "
     "\"pt\", \"sv\" } }",
	2, "site: languages: has too many values; allowed are 8"},
    {"site {\n door-right = \"card\" }", 1, "site: door-right: needs a controller section"},
    {"site {\n door-right = \"open\" }", 2,
	"site: door-right: no such choice; allowed are badge-code, card, none"},
    {"site {\n early = \"2d\" }", 2, "site: early: not such a span of time; allowed is 0s to 1d"},
    {"site {\n demo = \"true\" }", 2, "site: demo: neither yes nor no"},
    {"site = \"x\"", 1, "site: must be a section"},
    {"\nsite \"x\" { }", 2, "site x: is no section"},
    {"\nsites { }", 2, "sites: is no section; allowed are site, paths"},
    {"paths {\n state = \"var\" }", 2, "paths: state: not a path"},
    {"paths {\n run = \"\" }", 2, "paths: run: not a path"},
    {"mail {\n server = \"mail.example.org\" }", 2, "mail: server: no host and port"},
    {"mail {\n server = \"mail.example.org:0\" }", 2, "mail: server: no host and port"},
    {"mail {\n server = \"mail.example.org:65536\" }", 2, "mail: server: no host and port"},
    {"mail {\n server = \"a b:25\" }", 2, "mail: server: no host and port"},
    {"mail {\n server = \"[::1:25\" }", 2, "mail: server: no host and port"},
    {"mail {\n server = \"mail.example.org:25\" }", 1, "mail: from: is empty"},
    {"mail {\n from = \"nobody\" }", 2, "mail: from: not a mail address"},
    {"mail {\n server = \"m:25\" from = \"a@b\" user = \"u\" }", 1,
	"mail: user: goes with secret-file"},
    {"mail {\n server = \"m:25\" from = \"a@b\" user = \"u\" secret-file = \"/s\" tls = "
     "\"none\" }",
	1, "mail: tls: none would send the password in the clear"},
    {"retention {\n visitor = \"30m\" }", 2,
	"retention: visitor: not such a span of time; allowed is 1h to 3650d"},
    {"retention { signature = \"1d\" }\nagreement \"visitor\" { valid = \"2d\" }", 2,
	"agreement visitor: valid: is longer"},
    {"kiosk \"a\" {\n }", 1, "kiosk a: place: is missing"},
    {"kiosk { place = \"x\" }", 1, "kiosk: must be a section with a title"},
    {"kiosk = \"x\"", 1, "kiosk: must be a section with a title"},
    {"kiosk \"a\" { place = \"x\" printer = \"p\" }", 1,
	"kiosk a: printer: there is no printer section"},
    {"printer \"p\" { queue = \"q\" }\nkiosk \"a\" { place = \"x\" printer = \"p\" "
     "fallback = \"p\" }",
	2, "kiosk a: fallback: must be another"},
    {"site { languages = { \"en\" } }\nkiosk \"a\" { place = \"x\" language = \"de\" }", 2,
	"kiosk a: language: is none of the site's"},
    {"printer \"p\" { queue = \"a b\" }", 1, "printer p: queue: not a name"},
    {"agreement \"x\" { dir = \"../x\" }", 1, "agreement x: dir: not a name"},
    {"access-group \"visitors\" { doors = { \"main:1\" } }", 1,
	"access-group visitors: doors: there is no controller"},
    {"access-group \"visitors\" { doors = { \"main:5\" } }", 1,
	"access-group visitors: doors: no door"},
    {"access-group \"visitors\" { doors = { \":1\" } }", 1,
	"access-group visitors: doors: no door"},
    {"role \"boss\" { }", 1, "role boss: is no role; allowed are manager"},
    {"role \"kiosk\" { }", 1, "role kiosk: is no role"},
    {"role \"desk\" { members = { \"anna\" } }", 1, "role desk: members: not a member"},
    {"role \"desk\" { members = { \"user:\" } }", 1, "role desk: members: not a member"},
    {"role \"desk\" { members = { \"user:a:b\" } }", 1, "role desk: members: not a member"},
    {"type \"t\" {\n }", 1, "type t: label: is missing"},
    {"type \"t\" { label = \"T\"\n steps = { } }", 2, "type t: steps: is empty"},
    {"type \"t\" { label = \"T\" steps = { \"host\" } }", 1,
	"type t: steps: details must be among them"},
    {"type \"t\" { label = \"T\" steps = { \"details\", \"photo\" } }", 1,
	"type t: steps: no such choice; allowed are details, host, agreement"},
    {"type \"t\" { label = \"T\" steps = { \"details\", \"agreement\" } }", 1,
	"type t: agreement: goes with the step"},
    {"type \"t\" { label = \"T\" steps = { \"details\" } agreement = \"visitor\" }", 1,
	"type t: agreement: goes with the step"},
    {"type \"t\" { label = \"T\" steps = { \"details\", \"agreement\" } agreement = \"x\" "
     "}",
	1, "type t: agreement: there is no agreement"},
    {"type \"t\" { label = \"T\" steps = { \"details\" } access-group = \"x\" }", 1,
	"type t: access-group: there is no access-group"},
    {"type \"t\" { label = \"T\" steps = { \"details\" } approval = \"host\" }", 1,
	"type t: approval: host needs the step host"},
    {"type \"t\" { label = \"T\" steps = { \"details\" }\n field { } }", 2,
	"field: must be a section with a title"},
    {"type \"t\" { label = \"T\" steps = { \"details\" }\n field \"f\" { } }", 2,
	"field f: label: is missing"},
    {"type \"t\" { label = \"T\" steps = { \"details\" }\n field \"f\" { label = \"F\" "
     "kind = \"choice\" } }",
	2, "field f: choices: go with"},
    {"type \"t\" { label = \"T\" steps = { \"details\" }\n field \"f\" { label = \"F\" "
     "choices = { \"a\" } } }",
	2, "field f: choices: go with"},
    {"type \"t\" { label = \"T\" steps = { \"details\" }\n field \"f\" { label = \"F\"\n "
     "lable-de = \"F\" } }",
	3, "field f: lable-de: is not known"},
    {"type \"t\" { label = { \"T\" } }", 1, "type t: label: must be one value"},
};

static void conf__errors__name_line_option_and_what_is_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_options / sizeof bad_options[0]; i++)
		refuses(bad_options[i].text, bad_options[i].line, bad_options[i].want);
}

static void conf__controller__ranges(void **state)
{
	(void)state;
	static const struct {
		const char *options, *want;
	} v[] = {
	    {"serial = \"0\" card-first = \"1\" card-last = \"2\"",
		"serial: not such a number; allowed is 1 to 4294967295"},
	    {"serial = \"1\" card-first = \"0\" card-last = \"2\"",
		"card-first: not such a number; allowed is 1 to 4294967294"},
	    {"serial = \"1\" card-first = \"1\" card-last = \"4294967295\"",
		"card-last: not such a number"},
	    {"serial = \"1\" card-first = \"5\" card-last = \"4\"",
		"card-last: is below card-first"},
	    {"serial = \"1\" card-first = \"16777215\" card-last = \"16777300\"",
		"card-first: the range holds 16777215"},
	    {"serial = \"1\" card-first = \"1\" card-last = \"16777216\"",
		"card-first: the range holds 16777215"},
	    {"serial = \"1\" card-first = \"1\" card-last = \"2\" profile-first = \"1\"",
		"profile-first: not such a number; allowed is 2 to 254"},
	    {"serial = \"1\" card-first = \"1\" card-last = \"2\" profile-last = \"255\"",
		"profile-last: not such a number"},
	    {"serial = \"1\" card-first = \"1\" card-last = \"2\" profile-first = \"9\" "
	     "profile-last = \"8\"",
		"profile-last: is below"},
	    {"card-first = \"1\" card-last = \"2\"", "serial: is missing"},
	    {"serial = \"1\" card-first = \"1\" card-last = \"2\" timeout = \"1m\" retries = "
	     "\"1\"",
		"timeout: times the attempts (one more than retries) is longer than a minute"},
	};
	char text[400], want[200];
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		(void)str_print(
		    text, sizeof text, "controller \"m\" { address = \"h:1\" %s }", v[i].options);
		(void)str_print(want, sizeof want, "controller m: %s", v[i].want);
		refuses(text, 1, want);
	}
	refuses("controller \"a\" { address = \"h:1\" serial = \"5\" card-first = \"1\" card-last "
		"= \"2\" }\n"
		"controller \"b\" { address = \"g:1\" serial = \"5\" card-first = \"1\" card-last "
		"= \"2\" }",
	    1, "controller a: serial: another controller has it too");
	struct conf *c = load("controller \"m\" { address = \"[2001:db8::7]:60000\" serial = "
			      "\"4294967295\" card-first = \"16777216\" "
			      "card-last = \"4294967294\" }");
	assert_int_equal(c->controllers[0].card_last, 4294967294);
	conf_free(c);
}

static void conf__load__too_many_of_a_kind(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	for (int i = 0; i <= CONF_KIOSKS; i++)
		assert_true(str_buf_print(&b, "kiosk \"k%d\" { place = \"x\" }\n", i));
	refuses(b.data, CONF_KIOSKS + 1, "kiosk k64: is one too many; allowed are 64");
	str_buf_fini(&b);
}

#define TYPE "type \"t\" { label = \"T\" "
#define SEAL "site { seal-key = \"/etc/foyer/seal.pub\" }\n"

static void conf__type__document(void **state)
{
	(void)state;
	struct conf *c = load(SEAL TYPE "steps = { \"details\", \"host\" } id = \"required\" "
					"id-least-age = \"18\" id-without-expiry = \"yes\" "
					"id-keep = \"name 30d, number 12h\" }");
	const struct conf_type *t = conf_type_find(c, "t");
	assert_string_equal(c->site.seal_key, "/etc/foyer/seal.pub");
	assert_int_equal(t->id, CONF_ID_REQUIRED);
	assert_int_equal(t->id_least_age, 18);
	assert_true(t->id_without_expiry);
	assert_true(t->id_keep_ms[CONF_ID_NAME] == INT64_C(30) * CLOCK_DAY);
	assert_true(t->id_keep_ms[CONF_ID_NUMBER] == 12 * CLOCK_HOUR);
	assert_true(t->id_keep_ms[CONF_ID_BIRTH] == 0);
	assert_int_equal(t->n_steps, 3); /* nobody said where: after the details */
	assert_int_equal(t->steps[0], CONF_STEP_DETAILS);
	assert_int_equal(t->steps[1], CONF_STEP_DOCUMENT);
	assert_int_equal(t->steps[2], CONF_STEP_HOST);
	assert_int_equal(conf_type_find(c, "guest")->id, CONF_ID_NONE);
	conf_free(c);
	c = load(TYPE "steps = { \"details\", \"host\", \"document\" } id = \"required\" }");
	t = conf_type_find(c, "t");
	assert_int_equal(t->n_steps, 3);
	assert_int_equal(t->steps[2], CONF_STEP_DOCUMENT);
	assert_int_equal(t->id_least_age, 0);
	assert_false(t->id_without_expiry);
	conf_free(c);
}

static void conf__type__document_is_refused(void **state)
{
	(void)state;
	static const char *const keeps[] = {"name", "name 30", "name 30d,", "name 30d, name 1d",
	    "face 30d", "name 0s", "name 30d number 30d"};
	char text[512];
	refuses(TYPE "steps = { \"details\", \"document\" } }", 1,
	    "type t: steps: document goes with id");
	refuses(TYPE "steps = { \"details\" } id-least-age = \"18\" }", 1,
	    "type t: id-least-age: goes with id");
	refuses(TYPE "steps = { \"details\" } id-without-expiry = \"yes\" }", 1,
	    "type t: id-without-expiry: goes with id");
	refuses(SEAL TYPE "steps = { \"details\" } id-keep = \"name 1d\" }", 2,
	    "type t: id-keep: goes with id");
	refuses(TYPE "steps = { \"details\" } id = \"required\" id-keep = \"name 1d\" }", 1,
	    "type t: id-keep: needs seal-key");
	refuses(SEAL TYPE "steps = { \"details\" } id = \"required\" id-keep = \"name 31d\" }", 2,
	    "type t: id-keep: is longer than visitors are kept");
	for (size_t i = 0; i < sizeof keeps / sizeof keeps[0]; i++) {
		assert_true(str_print(text, sizeof text,
		    SEAL TYPE "steps = { \"details\" } id = \"required\" id-keep = \"%s\" }",
		    keeps[i]));
		refuses(text, 2, "type t: id-keep: not what may be kept");
	}
}

static void conf__load__missing_and_oversized_files(void **state)
{
	(void)state;
	struct conf *c = NULL;
	struct err e;
	assert_int_equal(conf_load(&c, "/no/such/foyer.conf", &e), ERR_NOT_FOUND);
	assert_int_equal(conf_load(&c, "/", &e), ERR_DENIED);
	static char big[1024 * 1024 + 1];
	memset(big, '\n', sizeof big);
	assert_int_equal(path_write(file, big, sizeof big, 0600, NULL), ERR_OK);
	assert_int_equal(conf_load(&c, file, &e), ERR_TOO_LONG);
	assert_null(c);
}

static void conf__hash__tells_versions_apart(void **state)
{
	(void)state;
	struct conf *a = load("site { name = \"A\" }"), *same = load("site { name = \"A\" }"),
		    *b = load("site { name = \"B\" }"), *none = load("");
	assert_int_equal(strlen(a->hash), 32);
	assert_int_equal(strspn(a->hash, "0123456789abcdef"), 32);
	assert_string_equal(a->hash, same->hash);
	assert_string_not_equal(a->hash, b->hash);
	assert_string_not_equal(a->hash, none->hash);
	conf_free(a);
	conf_free(same);
	conf_free(b);
	conf_free(none);
	conf_free(NULL);
}

static void conf__path_default(void **state)
{
	(void)state;
	(void)unsetenv("FOYER_CONF");
	assert_string_equal(conf_path_default(), FOYER_SYSCONFDIR "/foyer.conf");
	(void)setenv("FOYER_CONF", "/x.conf", 1);
	assert_string_equal(conf_path_default(), "/x.conf");
	(void)setenv("FOYER_CONF", "", 1);
	assert_string_equal(conf_path_default(), FOYER_SYSCONFDIR "/foyer.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(conf__defaults__let_nobody_in),
	    cmocka_unit_test(conf__defaults__types_and_retention),
	    cmocka_unit_test(conf__texts__in_the_languages),
	    cmocka_unit_test(conf__site__overrides_option_by_option),
	    cmocka_unit_test(conf__titled__replace_as_a_whole),
	    cmocka_unit_test(conf__titled__site_alone),
	    cmocka_unit_test(conf__errors__name_line_option_and_what_is_allowed),
	    cmocka_unit_test(conf__controller__ranges),
	    cmocka_unit_test(conf__load__too_many_of_a_kind),
	    cmocka_unit_test(conf__type__document),
	    cmocka_unit_test(conf__type__document_is_refused),
	    cmocka_unit_test(conf__load__missing_and_oversized_files),
	    cmocka_unit_test(conf__hash__tells_versions_apart),
	    cmocka_unit_test(conf__path_default),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
