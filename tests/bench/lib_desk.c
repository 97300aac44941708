#include "tests/bench/lib_desk.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/guard.h"
#include "daemon/progress.h"
#include "tests/bench/lib_bench.h"

void desk_open(struct desk *k, const char *folder)
{
	struct err e = {0};
	char path[PATH_MAX];
	*k = (struct desk){0};
	bench_must(path_join(path, folder, "foyer.conf", &e), &e);
	bench_must(conf_load(&k->d.conf, path, &e), &e);
	bench_must(zone_set(k->d.conf->site.timezone, &e), &e);
	k->d.clock = clock_system();
	k->d.random = random_system();
	k->d.guard = guard_new();
	k->d.progress = progress_new(&k->d.random);
	bench_must(pass_ring_load(&k->d.ring, k->d.conf->paths.keys, &e), &e);
	bench_must(path_join(path, k->d.conf->paths.state, "book", &e), &e);
	bench_must(book_open(&k->d.book, path, BOOK_RO, &e), &e);
}

void desk_close(struct desk *k)
{
	book_close(k->d.book);
	pass_ring_free(k->d.ring);
	progress_free(k->d.progress);
	guard_free(k->d.guard);
	conf_free(k->d.conf);
}

void desk_ask(struct desk *k, const struct desk_ask *a)
{
	char param[REQUEST_PARAM_SZ], allow[32];
	struct answer answer;
	struct call c = {.param = param,
	    .path = a->path,
	    .body = a->body,
	    .body_len = a->body != NULL ? strlen(a->body) : 0};
	for (; c.n_query < 2 && a->query[c.n_query][0] != NULL; c.n_query++)
		memcpy(c.query[c.n_query], a->query[c.n_query], sizeof c.query[0]);
	c.actor.roles = a->kiosk ? ROLE(KIOSK) : ROLE(MANAGER);
	c.actor.kiosk = a->kiosk ? &k->d.conf->kiosks[0] : NULL;
	(void)str_copy(c.actor.user, sizeof c.actor.user, "bench");
	if (route_find(&c.route, param, a->method, a->path, c.actor.roles, allow) != ROUTE_FOUND)
		bench_die("%s %s: no such route", a->method, a->path);
	dispatch(&k->d, &c, &answer);
	if (answer.status != 200)
		bench_die("%s %s: %d %s", a->method, a->path, answer.status, answer.own_text);
	answer_fini(&answer);
}
