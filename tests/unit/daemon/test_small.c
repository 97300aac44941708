/*
 * The small parts: backoff, options, disk, peer, later answers, percent-escapes, courier sections.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"
#include "daemon/backoff.h"
#include "daemon/courier.h"
#include "daemon/courier_conf.h"
#include "daemon/disk.h"
#include "daemon/http_int.h"
#include "daemon/options.h"
#include "daemon/peer.h"
#include "daemon/stream.h"
#include "daemon/who.h"

/* --- backoff ----------------------------------------------------------------------------- */

static void near_to(int64_t got, int64_t want)
{
	assert_in_range(got, want - want / 20, want + want / 20 + 1);
}

static void backoff__grows_to_its_cap(void **state)
{
	(void)state;
	struct random r = random_system();
	near_to(backoff_ms("print", 1, 0, &r), 1000);
	near_to(backoff_ms("print", 2, 0, &r), 2000);
	near_to(backoff_ms("print", 100, 0, &r), 3000);
	near_to(backoff_ms("revoke", 4, 0, &r), 10000);
	near_to(backoff_ms("grant", 1000000, 0, &r), 60000);
	near_to(backoff_ms("mail", 1, 0, &r), 10000);
	near_to(backoff_ms("mail", 50, 0, &r), 30 * CLOCK_MINUTE);
	near_to(backoff_ms("print", 1, 2500, &r), 2500);
	near_to(backoff_ms("print", 1, 4000000, &r), 3000);
	near_to(backoff_ms("print", -5, -4, &r), 1000);
}

static void backoff__only_mail_gives_up(void **state)
{
	(void)state;
	int64_t days3 = 3 * (int64_t)CLOCK_DAY;
	assert_false(backoff_is_over("mail", 1000, 1000 + days3 - 1));
	assert_true(backoff_is_over("mail", 1000, 1000 + days3));
	assert_false(backoff_is_over("revoke", 0, 1000 * days3));
	assert_false(backoff_is_over("print", 0, 1000 * days3));
}

/* --- options ----------------------------------------------------------------------------- */

static enum err_code parse(struct options *o, const char *a, const char *b, const char *c)
{
	struct err e;
	char words[4][64];
	char *argv[5];
	const char *given[] = {"foyerd", a, b, c};
	int n = 0;
	while (n < 4 && given[n]) {
		str_copy(words[n], sizeof words[n], given[n]);
		argv[n] = words[n];
		n++;
	}
	argv[n] = NULL;
	enum err_code code = options_parse(o, n, argv, &e);
	if (code)
		assert_true(e.msg[0]);
	return code;
}

static void options__each(void **state)
{
	(void)state;
	struct options o;
	assert_int_equal(parse(&o, NULL, NULL, NULL), ERR_OK);
	assert_int_equal(o.mode, MODE_RUN);
	assert_non_null(o.conf);
	assert_int_equal(parse(&o, "-f", "--init", "--demo"), ERR_OK);
	assert_true(o.mode == MODE_INIT && o.demo && o.foreground);
	assert_int_equal(parse(&o, "--help", NULL, NULL), ERR_OK);
	assert_int_equal(o.mode, MODE_HELP);
	assert_int_equal(parse(&o, "--init", "--verify", NULL), ERR_INPUT);
	assert_int_equal(parse(&o, "--demo", NULL, NULL), ERR_INPUT);
	assert_int_equal(parse(&o, "--nonsense", NULL, NULL), ERR_INPUT);
	assert_int_equal(parse(&o, "-x", NULL, NULL), ERR_INPUT);
	assert_int_equal(parse(&o, "word", NULL, NULL), ERR_INPUT);
	assert_int_equal(parse(&o, "--backup", NULL, NULL), ERR_INPUT);
}

/* --- disk -------------------------------------------------------------------------------- */

static void make_file(const char *dir, const char *below, const char *text)
{
	char path[PATH_MAX];
	struct err e;
	str_print(path, sizeof path, "%s/%s", dir, below);
	for (char *s = path + strlen(dir) + 1; (s = strchr(s, '/')); s++) {
		*s = 0;
		mkdir(path, 0700);
		*s = '/';
	}
	if (text)
		assert_int_equal(path_write(path, text, strlen(text), 0600, &e), ERR_OK);
	else
		mkdir(path, 0700);
}

static void disk__walks_down_to_the_crypt(void **state)
{
	(void)state;
	char sys[PATH_MAX];
	const char *tmp = getenv("TMPDIR");
	str_print(sys, sizeof sys, "%s/sys.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(sys));
	/* 254:0 is LUKS; 254:1 is a volume on it; 8:1 a plain partition; 254:2 spans both; 254:3
	 * a volume on a plain disk. */
	make_file(sys, "dev/block/254:0/dm/uuid", "CRYPT-LUKS2-0123-root\n");
	make_file(sys, "dev/block/254:1/dm/uuid", "LVM-abc\n");
	make_file(sys, "dev/block/254:1/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-root\n");
	make_file(sys, "dev/block/8:1/partition", "1\n");
	make_file(sys, "dev/block/254:2/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-root\n");
	make_file(sys, "dev/block/254:2/slaves/sda1/partition", "1\n");
	make_file(sys, "dev/block/254:3/dm/uuid", "LVM-CRYPT-abc\n");
	make_file(sys, "dev/block/254:3/slaves/", NULL);
	assert_true(disk_is_encrypted(sys, 254, 0));
	assert_true(disk_is_encrypted(sys, 254, 1));
	assert_false(disk_is_encrypted(sys, 8, 1));
	assert_false(disk_is_encrypted(sys, 254, 2));
	assert_false(disk_is_encrypted(sys, 254, 3));
	assert_false(disk_is_encrypted(sys, 0, 42)); /* an overlay: nothing to follow */
}

/* --- peers ------------------------------------------------------------------------------- */

static void peer__is_taken_from_the_socket(void **state)
{
	(void)state;
	int fds[2];
	struct err e;
	struct peer p;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(peer_of(&p, fds[0], &e), ERR_OK);
	assert_int_equal(p.uid, geteuid());
	assert_int_equal(p.groups[0], getegid());
	close(fds[0]);
	close(fds[1]);
}

static bool only_root(const void *arg, const char *name, gid_t *gid)
{
	(void)arg;
	*gid = 0;
	return str_eq(name, "root");
}

static void peer__roles_by_user_and_group(void **state)
{
	const struct peer_groups groups = {only_root, NULL, 1};
	(void)state;
	struct conf *conf;
	struct err e;
	assert_int_equal(conf_load(&conf, NULL, &e), ERR_OK);
	struct peer p = {.uid = 4711, .groups = {4711, 0}, .n_groups = 2};
	assert_int_equal(peer_roles(&p, "anna", conf, &groups), 0);
	conf->roles[CONF_ROLE_DESK] =
	    (struct conf_role_map){.who = {{CONF_WHO_USER, "anna"}}, .n = 1};
	conf->roles[CONF_ROLE_GUARD] = (struct conf_role_map){
	    .who = {{CONF_WHO_GROUP, "no-such-group"}, {CONF_WHO_GROUP, "root"}}, .n = 2};
	assert_int_equal(peer_roles(&p, "anna", conf, &groups), ROLE(DESK) | ROLE(GUARD));
	assert_int_equal(peer_roles(&p, "anna2", conf, &groups), ROLE(GUARD));
	p.n_groups = 1;
	assert_int_equal(peer_roles(&p, "Anna", conf, &groups), 0);
	/* root is nobody; foyerd's own uid is nobody, whatever stands in the configuration, but
	 * in a demo. */
	p.uid = 0;
	assert_int_equal(peer_roles(&p, "root", conf, &groups), 0);
	p.uid = 1;
	assert_int_equal(peer_roles(&p, "anna", conf, &groups), 0);
	conf->demo = true;
	assert_int_equal(peer_roles(&p, "anna", conf, &groups), (1u << CONF_ROLE_KIOSK) - 1);
	conf_free(conf);
}

/* What the child says: this machine's own user database is there. */
static void who__look__names_and_groups(void **state)
{
	(void)state;
	json_t *ask =
		   json_pack("{s:i, s:[s, s, i]}", "uid", 0, "groups", "root", "no-such-group", 7),
	       *a = NULL;
	struct err e;
	assert_int_equal(who_look(ask, &a, &e), ERR_OK);
	assert_string_equal(json_string_value(json_object_get(a, "user")), "root");
	const json_t *found = json_object_get(a, "groups");
	assert_int_equal(json_object_size(found), 1);
	assert_int_equal(json_integer_value(json_object_get(found, "root")), 0);
	json_decref(ask), json_decref(a);
	ask = json_pack("{s:I}", "uid", (json_int_t)3999999999);
	assert_int_equal(who_look(ask, &a, &e), ERR_OK);
	assert_true(json_is_null(json_object_get(a, "user")));
	json_decref(ask), json_decref(a);
}

/* --- answers that come later ------------------------------------------------------------- */

static void ready(void *arg)
{
	++*(int *)arg;
}

static void later__either_side_may_go_first(void **state)
{
	(void)state;
	struct request rq = {0};
	int told = 0;
	struct later *l = request_later(&rq);
	l->ready = ready;
	l->arg = &told;
	later_answer(l, 200, json_object());
	assert_int_equal(told, 1);
	assert_int_equal(l->status, 200);
	later_abandon(l);
	l = request_later(&rq);
	later_abandon(l); /* the asker is gone */
	later_answer(l, 200, json_object());
	l = request_later(&rq);
	struct err e = {.code = ERR_BUSY, .msg = "busy"};
	later_fail(l, &e);
	assert_int_equal(l->status, 503);
	assert_string_equal(json_string_value(json_object_get(l->answer, "error")), "busy");
	later_abandon(l);
}

static void status__of_every_code(void **state)
{
	(void)state;
	for (int c = ERR_BUSY; c <= ERR_BUG; c++) {
		int s = stream_status_of((enum err_code)c);
		assert_true(s >= 400 && s <= 503);
		if (err_class_of((enum err_code)c) == ERR_CLASS_USER)
			assert_true(s < 500);
		if (err_class_of((enum err_code)c) == ERR_CLASS_RETRY)
			assert_int_equal(s, 503);
	}
}

/* --- escapes ----------------------------------------------------------------------------- */

static void unescape__never_ends_early_or_grows(void **state)
{
	(void)state;
	static const char *const cases[][2] = {{"", ""}, {"abc", "abc"}, {"a%20b", "a b"},
	    {"%C3%AB", "\xc3\xab"},
	    {"a%00b", "a\xef\xbf\xbd"
		      "b"},
	    {"%zz", "\xef\xbf\xbd"}, {"%", "?"}, {"%4", "?4"}, {"%2fx", "/x"},
	    {"%25%34%31", "%41"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char s[64];
		str_copy(s, sizeof s, cases[i][0]);
		size_t n = exchange_unescape(NULL, NULL, s);
		assert_int_equal(n, strlen(s));
		assert_true(n <= strlen(cases[i][0]));
		assert_string_equal(s, cases[i][1]);
	}
}

static void couriers__sections(void **state)
{
	(void)state;
	struct conf *conf;
	struct err e;
	struct courier_want wants[COURIER_WANTS];
	assert_int_equal(conf_load(&conf, NULL, &e), ERR_OK);
	assert_int_equal(courier_wants(conf, wants), 0);
	conf->n_printers = conf->n_controllers = 1;
	str_copy(conf->printers[0].name, TEXT_WORD_SZ, "lobby");
	str_copy(conf->controllers[0].name, TEXT_WORD_SZ, "north");
	conf->controllers[0].serial = 4294967295u;
	str_copy(conf->mail.server, sizeof conf->mail.server, "mx:25");
	assert_int_equal(courier_wants(conf, wants), 3);
	assert_string_equal(
	    json_string_value(json_object_get(wants[0].own_conf, "server")), "/run/cups/cups.sock");
	assert_int_equal(
	    json_integer_value(json_object_get(wants[1].own_conf, "serial")), 4294967295);
	assert_string_equal(
	    json_string_value(json_object_get(wants[1].own_conf, "timezone")), conf->site.timezone);
	assert_null(json_object_get(wants[2].own_conf, "password"));
	for (int i = 0; i < 3; i++)
		json_decref(wants[i].own_conf);
	conf_free(conf);
}

/* A courier that waits as long as it was told to is not late: what is killed for that is killed for its third job at the latest,
 * and the job is held. */
static void couriers__may_take_as_long_as_their_section_says(void **state)
{
	(void)state;
	enum { SLOW_MS = 20 * 60 * 1000 };
	static const struct {
		int64_t timeout_ms;
		int retries;
	} doors[] = {{1000, 0}, {2000, 3}, {60000, 0}, {5454, 10}};
	static const int64_t mails[] = {1000, 20000, 60000, 5 * 60 * 1000};
	struct conf *conf;
	struct err e;
	struct courier_want wants[COURIER_WANTS];
	assert_int_equal(conf_load(&conf, NULL, &e), ERR_OK);
	conf->n_printers = conf->n_controllers = 1;
	str_copy(conf->mail.server, sizeof conf->mail.server, "mx:25");
	for (int i = 0; i < 4; i++) {
		int64_t question_ms = doors[i].timeout_ms * (doors[i].retries + 1);
		conf->controllers[0].timeout_ms = doors[i].timeout_ms;
		conf->controllers[0].retries = doors[i].retries;
		conf->mail.timeout_ms = mails[i];
		assert_int_equal(courier_wants(conf, wants), 3);
		/* It greets its controller before it is ready: version, cards, its clock twice and once to set it. A grant: see
		 * access/right.c. */
		assert_in_range(wants[1].ready_ms, 5 * question_ms + 1, SLOW_MS);
		assert_in_range(wants[1].job_ms, 11 * question_ms + 1, SLOW_MS);
		/* The mail itself, and as long again for its server to say goodbye. */
		assert_in_range(wants[2].job_ms, 2 * mails[i] + 1, SLOW_MS);
		for (int k = 0; k < 3; k++) {
			assert_true(wants[k].ready_ms >= COURIER_READY_MS);
			assert_true(wants[k].job_ms >= COURIER_JOB_MS);
			json_decref(wants[k].own_conf);
		}
	}
	conf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(backoff__grows_to_its_cap),
	    cmocka_unit_test(backoff__only_mail_gives_up),
	    cmocka_unit_test(options__each),
	    cmocka_unit_test(disk__walks_down_to_the_crypt),
	    cmocka_unit_test(peer__is_taken_from_the_socket),
	    cmocka_unit_test(peer__roles_by_user_and_group),
	    cmocka_unit_test(who__look__names_and_groups),
	    cmocka_unit_test(later__either_side_may_go_first),
	    cmocka_unit_test(status__of_every_code),
	    cmocka_unit_test(unescape__never_ends_early_or_grows),
	    cmocka_unit_test(couriers__sections),
	    cmocka_unit_test(couriers__may_take_as_long_as_their_section_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
