#include "tests/unit/daemon/fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/zone.h"
#include "daemon/guard.h"
#include "daemon/open.h"
#include "daemon/progress.h"
#include "daemon/reader.h"
#include "daemon/stream.h"
#include "db/book.h"
#include "db/waiting.h"

static const char conf_text[] =
    "site { name = \"Test\" id = \"7\" timezone = \"Europe/Berlin\" languages = { \"en\", \"de\" } "
    "}\n"
    "paths { state = \"%s/state\" run = \"%s/run\" backups = \"%s/backups\" }\n"
    "role \"manager\" { members = { \"user:anna\" } }\n"
    "kiosk \"lobby\" { place = \"Lobby\" language = \"de\" }\n";

static void conf_make(struct fixture *f)
{
	struct err e;
	char text[4 * PATH_MAX];
	assert_true(str_print(f->d.conf_path, sizeof f->d.conf_path, "%s/foyer.conf", f->dir));
	assert_true(str_print(text, sizeof text, conf_text, f->dir, f->dir, f->dir));
	assert_int_equal(path_write(f->d.conf_path, text, strlen(text), 0600, &e), ERR_OK);
	if (conf_load(&f->d.conf, f->d.conf_path, &e))
		fail_msg("%s", e.msg);
}

static void book_make(struct fixture *f)
{
	struct err e;
	char path[PATH_MAX];
	uint8_t id;
	assert_int_equal(open_folder(f->d.conf->paths.state, 0700, &e), ERR_OK);
	assert_int_equal(open_folder(f->d.conf->paths.keys, 0700, &e), ERR_OK);
	assert_int_equal(open_folder(f->d.conf->paths.backups, 0700, &e), ERR_OK);
	assert_int_equal(pass_key_new(f->d.conf->paths.keys, &id, &e), ERR_OK);
	assert_int_equal(pass_ring_load(&f->d.ring, f->d.conf->paths.keys, &e), ERR_OK);
	assert_int_equal(pass_signer_new_file(f->d.conf->paths.keys, OPEN_JOURNAL_KEY, &e), ERR_OK);
	assert_int_equal(
	    pass_signer_load(&f->d.head, f->d.conf->paths.keys, OPEN_JOURNAL_KEY, &e), ERR_OK);
	assert_int_equal(open_book_path(path, f->d.conf, &e), ERR_OK);
	if (book_open(&f->d.book, path, BOOK_RW | BOOK_CREATE, &e))
		fail_msg("%s", e.msg);
}

int fixture_new(void **state)
{
	struct fixture *f = mem_new(1, sizeof *f);
	struct err e;
	const char *tmp = getenv("TMPDIR");
	assert_true(sodium_init() >= 0);
	str_print(f->dir, sizeof f->dir, "%s/foyerd.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	f->time = (struct clock_fake){.wall_ms = FIXTURE_NOW_MS, .mono_ms = 1000000};
	f->d.clock = clock_of_fake(&f->time);
	f->d.random = random_system();
	f->d.loop = &f->loop;
	f->d.conf_generation = 1;
	loop_init(&f->loop, &f->d.clock);
	conf_make(f);
	assert_int_equal(zone_set(f->d.conf->site.timezone, &e), ERR_OK);
	book_make(f);
	f->d.guard = guard_new();
	f->d.progress = progress_new(&f->d.random);
	f->d.readers = readers_new(&f->d);
	*state = f;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int fixture_free(void **state)
{
	struct fixture *f = *state;
	guard_free(f->d.guard);
	progress_free(f->d.progress);
	readers_free(f->d.readers);
	pass_ring_free(f->d.ring);
	pass_signer_free(f->d.head);
	book_close(f->d.book);
	conf_free(f->d.conf);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static void query_split(struct call *c, char *q)
{
	for (char *save = NULL, *one = strtok_r(q, "&", &save); one;
	     one = strtok_r(NULL, "&", &save)) {
		char *eq = strchr(one, '=');
		if (eq)
			*eq = 0;
		c->query[c->n_query][0] = one;
		c->query[c->n_query++][1] = eq ? eq + 1 : "";
	}
}

struct answer fixture_ask(struct fixture *f, unsigned roles, const char *method, const char *path,
    const char *key, const char *body)
{
	struct answer a;
	char url[1024], param[REQUEST_PARAM_SZ], allow[32];
	struct call c = {.key = key,
	    .body = body,
	    .body_len = body ? strlen(body) : 0,
	    .param = param,
	    .path = url};
	assert_true(str_copy(url, sizeof url, path));
	char *q = strchr(url, '?');
	if (q) {
		*q = 0;
		query_split(&c, q + 1);
	}
	if (route_find(&c.route, param, method, url, roles, allow) != ROUTE_FOUND)
		fail_msg("%s %s is no route for roles %x", method, url, roles);
	c.actor.roles = roles;
	if (roles & ROLE(KIOSK))
		c.actor.kiosk = conf_kiosk_find(f->d.conf, "lobby");
	else
		str_copy(c.actor.user, sizeof c.actor.user, "anna");
	c.actor.uid = 4711;
	dispatch(&f->d, &c, &a);
	return a;
}

json_t *fixture_json(const struct answer *a)
{
	json_t *o = a->own_text ? json_loads(a->own_text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (!o)
		fail_msg("status %d without an object", a->status);
	return o;
}

json_t *fixture_wait(struct fixture *f, struct answer *a)
{
	struct err e;
	assert_non_null(a->later);
	for (int i = 0; i < 10000 && !a->later->answered; i++) {
		f->time.mono_ms += 1;
		assert_int_equal(loop_step(&f->loop, 0, &e), ERR_OK);
	}
	assert_true(a->later->answered);
	a->status = a->later->status;
	return json_incref(a->later->answer);
}

const char *fixture_key(char dst[UUID_TEXT_SZ])
{
	struct random r = random_system();
	struct uuid u;
	random_fill(&r, &u, sizeof u);
	return uuid_print(dst, &u);
}

int fixture_waits(struct fixture *f, const char *reason)
{
	struct db_waiting w[16];
	struct err e;
	int n = 0, found = 0;
	assert_int_equal(db_waiting_list(f->d.book, true, NULL, w, 16, &n, &e), ERR_OK);
	for (int i = 0; i < n; i++)
		found += str_eq(w[i].reason, reason);
	return found;
}
