#include "daemon/run.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/bookmark.h"
#include "daemon/cell.h"
#include "daemon/documents.h"
#include "daemon/duty.h"
#include "daemon/folders.h"
#include "daemon/guard.h"
#include "daemon/http.h"
#include "daemon/jobs.h"
#include "daemon/keeper.h"
#include "daemon/loop.h"
#include "daemon/mend.h"
#include "daemon/open.h"
#include "daemon/progress.h"
#include "daemon/reader.h"
#include "daemon/server.h"
#include "daemon/service.h"
#include "daemon/signals.h"

enum { FINISH_MS = 3000, REAP_MS = 2000 };

struct run {
	struct foyerd d;
	struct loop loop;
	struct signals signals;
	struct keeper *keeper;
	int lock, service;
};

/* --- signals ----------------------------------------------------------------------------- */

static void stop_asked(void *arg)
{
	struct run *r = arg;
	r->d.stopping = true;
	r->loop.stop = true;
}

/* What a running foyerd cannot change under itself. */
static const char *fixed_change(const struct conf *a, const struct conf *b)
{
	if (!str_eq(a->paths.state, b->paths.state) || !str_eq(a->paths.run, b->paths.run) ||
	    !str_eq(a->paths.keys, b->paths.keys) || !str_eq(a->paths.backups, b->paths.backups))
		return "paths";
	if (!str_eq(a->site.timezone, b->site.timezone))
		return "site.timezone";
	if (a->site.id != b->site.id)
		return "site.id";
	if (a->demo != b->demo)
		return "demo";
	return NULL;
}

static void reload_asked(void *arg)
{
	struct run *r = arg;
	struct foyerd *d = &r->d;
	struct conf *fresh = NULL;
	struct err e;
	if (d->stopping) /* its parts are going already */
		return;
	if (conf_load(&fresh, d->conf_path, &e)) {
		log_error("the configuration stays as it was: %s", e.msg);
		return;
	}
	const char *fixed = fixed_change(d->conf, fresh);
	if (fixed) {
		log_error(
		    "the configuration stays as it was: %s has changed, which needs a new start",
		    fixed);
		conf_free(fresh);
		return;
	}
	struct documents *documents = NULL;
	if (cell_check(fresh, &e) || documents_load(&documents, fresh, &e)) {
		log_error("the configuration stays as it was: %s", e.msg);
		conf_free(fresh);
		return;
	}
	documents_free(d->documents);
	d->documents = documents;
	conf_free(d->conf);
	d->conf = fresh;
	d->conf_generation++;
	if (http_reload(d->http, &e))
		log_error("a kiosk's socket: %s", e.msg);
	jobs_reload(d->jobs);
	duty_wake(d->duty);
	log_info("the configuration was read again");
}

/* --- beginning --------------------------------------------------------------------------- */

/* The keeper first, before anything is opened; then root becomes nobody special. */
static enum err_code rights(struct run *r, struct err *e)
{
	struct foyerd *d = &r->d;
	const bool root = !geteuid() && !d->conf->demo;
	const struct keeper_new n = {
	    .conf_path = d->conf_path, .become = root, .others = d->keepers};
	enum err_code c =
	    root && d->keepers
		? err_set(e, ERR_CONFIG, "--keepers: foyerd must not be root where it has others")
		: ERR_OK;
	if (!c)
		c = folders_run(d->conf, e);
	d->kiosk_gid = folders_kiosk_gid();
	if (!c)
		c = keeper_start(&r->keeper, &n, e);
	return c || !root ? c : keeper_drop(FOLDERS_USER, FOLDERS_KIOSK_GROUP, e);
}

static enum err_code book_take(struct run *r, struct err *e)
{
	struct foyerd *d = &r->d;
	char path[PATH_MAX];
	enum err_code c = open_lock(&r->lock, d->conf, e);
	if (c) {
		r->lock = -1;
		return c;
	}
	c = open_book_path(path, d->conf, e);
	if (!c)
		c = bookmark_check_file(d->conf, e);
	if (!c)
		c = book_open(&d->book, path, BOOK_RW, e);
	if (c == ERR_NOT_FOUND)
		return err_set(e, c, "there is no book at %s; make one with foyerd --init", path);
	if (!c)
		c = open_check(d->book, d->conf, e);
	if (!c)
		c = bookmark_check(d->conf, d->book, e);
	if (!c)
		c = pass_ring_load(&d->ring, d->conf->paths.keys, e);
	if (!c && !pass_ring_signer(d->ring))
		c = err_set(e, ERR_CONFIG, "%s holds no key to sign passes with; see foyerd --init",
		    d->conf->paths.keys);
	if (!c)
		c = pass_signer_load(&d->head, d->conf->paths.keys, OPEN_JOURNAL_KEY, e);
	return c ? c : documents_load(&d->documents, d->conf, e);
}

static enum err_code parts_start(struct run *r, struct err *e)
{
	struct foyerd *d = &r->d;
	d->guard = guard_new();
	d->progress = progress_new(&d->random);
	d->readers = readers_new(d);
	r->signals = (struct signals){.stop = stop_asked, .reload = reload_asked, .arg = r};
	enum err_code c = signals_open(&r->signals, &r->loop, e);
	if (!c)
		c = keeper_join(r->keeper, &r->loop, &d->procs, e);
	if (!c)
		c = jobs_new(&d->jobs, d, e);
	if (!c)
		c = duty_new(&d->duty, d, e);
	if (!c)
		mend_new(d);
	if (!c)
		c = http_new(&d->http, d, e);
	return c;
}

static enum err_code begin(struct run *r, struct err *e)
{
	struct foyerd *d = &r->d;
	enum err_code c =
	    sodium_init() < 0 ? err_set(e, ERR_UNSUPPORTED, "libsodium does not start") : ERR_OK;
	if (!c)
		c = zone_set(d->conf->site.timezone, e);
	if (!c)
		c = rights(r, e);
	if (!c)
		c = book_take(r, e);
	if (!c)
		c = parts_start(r, e);
	return c ? c : cell_enter(&r->d, e);
}

/* --- the end ----------------------------------------------------------------------------- */

static bool children_gone(const struct run *r)
{
	const struct foyerd *d = &r->d;
	return (!d->jobs || jobs_all_ended(d->jobs)) && (!d->readers || readers_none(d->readers)) &&
	       !d->slow;
}

static void wait_for_children(struct run *r, int64_t most_ms)
{
	int64_t start = clock_mono(&r->d.clock);
	struct err e;
	while (!children_gone(r) && clock_mono(&r->d.clock) - start < most_ms)
		if (loop_step(&r->loop, 50, &e))
			return;
}

/* Nobody new, every stream ended, couriers finish what they have, the head signed, the log
 * folded into the book. */
static void finish(struct run *r)
{
	struct foyerd *d = &r->d;
	d->stopping = true;
	service_notify(r->service, "STOPPING=1");
	http_free(d->http);
	d->http = NULL;
	if (d->jobs)
		jobs_stop(d->jobs);
	if (d->readers)
		readers_stop(d->readers);
	wait_for_children(r, FINISH_MS);
	if (d->jobs)
		jobs_kill(d->jobs);
	wait_for_children(r, REAP_MS);
	if (d->duty)
		duty_stop(d->duty);
	duty_free(d->duty);
	mend_free(d->mend);
	jobs_free(d->jobs);
	readers_free(d->readers);
	keeper_free(r->keeper);
	if (r->signals.loop)
		signals_close(&r->signals);
	guard_free(d->guard);
	progress_free(d->progress);
	documents_free(d->documents);
	pass_signer_free(d->head);
	pass_ring_free(d->ring);
	book_close(d->book);
	if (r->lock >= 0)
		close(r->lock);
	if (r->service >= 0)
		close(r->service);
	conf_free(d->conf);
}

enum err_code run_serve(
    struct conf *own_conf, const char *conf_path, const char *keepers, struct err *e)
{
	struct run *r = mem_new(1, sizeof *r);
	r->lock = -1;
	r->service = service_open();
	r->d.conf = own_conf;
	r->d.conf_generation = 1;
	r->d.clock = clock_system();
	r->d.random = random_system();
	r->d.loop = &r->loop;
	r->d.keepers = keepers;
	loop_init(&r->loop, &r->d.clock);
	enum err_code c = path_absolute(r->d.conf_path, conf_path, e);
	if (!c)
		c = begin(r, e);
	if (!c) {
		log_info("foyerd " FOYER_VERSION " serves site %d", own_conf->site.id);
		service_notify(r->service, "READY=1");
		c = loop_run(&r->loop, e);
	}
	finish(r);
	free(r);
	return c;
}
