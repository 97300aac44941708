#include "daemon/doctor.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/path.h"
#include "base/sandbox.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/clock_watch.h"
#include "daemon/desk_jobs.h"
#include "daemon/disk.h"
#include "daemon/documents.h"
#include "daemon/duty.h"
#include "daemon/guard.h"
#include "daemon/keeper.h"
#include "daemon/mend.h"
#include "db/book.h"
#include "db/card.h"
#include "db/credential.h"
#include "db/host.h"
#include "db/stats.h"

enum {
	SPACE_FAIL = 100 * 1024 * 1024,
	SPACE_WARN = 1024 * 1024 * 1024,
	KIOSK_SILENT_MS = 2 * 60 * 1000,
	WEEK_DAYS = 7,
	TYPES_MOST = 2 * CONF_TYPES /* configured ones, and as many that were */
};

void doctor_say(
    json_t *checks, const char *name, enum doctor_state s, const char *text, const char *remedy)
{
	static const char *const states[] = {"ok", "warn", "fail"};
	json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:s}", "name", name, "state",
					  states[s], "text", text, "remedy", remedy ? remedy : ""));
}

static void configuration(const struct foyerd *d, json_t *checks)
{
	const struct conf *c = d->conf;
	char text[256];
	int self = 0;
	for (int i = 0; i < c->n_types; i++) {
		const struct conf_type *t = &c->types[i];
		if (!t->walk_in || t->approval != CONF_APPROVAL_NONE || !t->access_group[0] ||
		    c->site.door_right == CONF_DOOR_NONE)
			continue;
		self++;
		str_print(text, sizeof text,
		    "walk-ins of type %s get a door right that nobody approved", t->name);
		doctor_say(checks, "configuration", DOCTOR_WARN, text,
		    "set its approval to \"desk\" or \"host\"");
	}
	if (!conf_role_map(c, CONF_ROLE_MANAGER)->n && !c->demo)
		doctor_say(checks, "configuration", DOCTOR_WARN, "nobody is manager",
		    "name members in role \"manager\" of foyer.conf");
	else if (!self)
		doctor_say(checks, "configuration", DOCTOR_OK, d->conf_path, "");
}

/* What a site may do without, but rarely means to. */
static void equipment(const struct foyerd *d, json_t *checks)
{
	const struct conf *c = d->conf;
	struct db_host host;
	struct err e;
	int n = 0;
	if (!c->n_printers)
		doctor_say(checks, "badges", DOCTOR_WARN,
		    "there is no printer: visitors get no badge",
		    "add a printer section to foyer.conf, and name it in the kiosk's");
	if (c->site.door_right == CONF_DOOR_NONE)
		doctor_say(checks, "doors", DOCTOR_WARN,
		    "no door opens for visitors: door-right is \"none\"",
		    "add a controller section and an access-group, and set site.door-right");
	if (!c->mail.server[0])
		doctor_say(checks, "mail", DOCTOR_WARN,
		    "there is no mail server: no invitation is sent, and no host is told",
		    "add a mail section with server and from to foyer.conf");
	if (!d->closed && !db_host_list(d->book, &(struct uuid){0}, false, &host, 1, &n, &e) && !n)
		doctor_say(checks, "hosts", DOCTOR_WARN,
		    "there is no host in the book: walk-ins find nobody to visit",
		    "foyer host import FILE");
}

static void keys(const struct foyerd *d, json_t *checks)
{
	struct stat st;
	char text[128];
	int signer = d->ring ? pass_ring_signer(d->ring) : 0;
	if (stat(d->conf->paths.keys, &st))
		doctor_say(checks, "keys", DOCTOR_FAIL, "the folder of the keys cannot be read",
		    "run foyerd --init, or restore the keys");
	else if (st.st_mode & 0077)
		doctor_say(checks, "keys", DOCTOR_FAIL,
		    "others can look into the folder of the keys", "chmod 0700 it");
	else if (!signer)
		doctor_say(checks, "keys", DOCTOR_FAIL, "there is no key to sign passes with",
		    "run foyerd --init");
	else {
		str_print(text, sizeof text, "passes are signed with key %d", signer);
		doctor_say(checks, "keys", DOCTOR_OK, text, "");
	}
}

/* Documents are asked for: the keys are loaded, or foyerd would not run. Whoever breaks in here must not find the one that opens. */
static void documents(const struct foyerd *d, json_t *checks)
{
	char text[PATH_MAX + 80], secret[PATH_MAX];
	const char *pub = d->conf->site.seal_key;
	size_t n = strlen(pub);
	if (!d->documents)
		return;
	if (!documents_seal(d->documents)) {
		doctor_say(checks, "documents", DOCTOR_OK,
		    "they are asked for; no name and no number of one is kept", "");
		return;
	}
	if (n > 4 && str_eq(pub + n - 4, ".pub") &&
	    str_print(secret, sizeof secret, "%.*s", (int)(n - 4), pub) && !access(secret, F_OK)) {
		str_print(
		    text, sizeof text, "the key that opens what is sealed lies here: %s", secret);
		doctor_say(checks, "documents", DOCTOR_WARN, text,
		    "move it to a machine that is not this one");
		return;
	}
	str_print(text, sizeof text, "what is kept of them is sealed for %s", pub);
	doctor_say(checks, "documents", DOCTOR_OK, text, "");
}

/* --- the book ---------------------------------------------------------------------------- */

static void space(const struct foyerd *d, json_t *checks)
{
	struct statvfs v;
	char text[128];
	if (statvfs(d->conf->paths.state, &v)) {
		doctor_say(checks, "disk space", DOCTOR_FAIL, "the state folder cannot be read",
		    "look at the disk");
		return;
	}
	int64_t bytes = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
	str_print(text, sizeof text, "%lld MiB are free for the book",
	    (long long)(bytes / (1024 * 1024)));
	enum doctor_state s = bytes < SPACE_FAIL   ? DOCTOR_FAIL
			      : bytes < SPACE_WARN ? DOCTOR_WARN
						   : DOCTOR_OK;
	doctor_say(checks, "disk space", s, text,
	    s == DOCTOR_OK ? "" : "make room on the disk of the state folder");
}

static int64_t newest_backup_ms(const char *dir)
{
	int64_t newest = 0;
	DIR *d = opendir(dir);
	const struct dirent *at;
	while (d && (at = readdir(d))) {
		char path[PATH_MAX];
		struct stat st;
		struct err e;
		size_t len = strlen(at->d_name);
		if (len > 5 && str_eq(at->d_name + len - 5, ".book") &&
		    !path_join(path, dir, at->d_name, &e) && !stat(path, &st) &&
		    (int64_t)st.st_mtim.tv_sec * 1000 > newest)
			newest = (int64_t)st.st_mtim.tv_sec * 1000;
	}
	if (d)
		closedir(d);
	return newest;
}

static void age(
    json_t *checks, const char *name, const char *what, int64_t age_ms, const char *remedy)
{
	char text[128];
	int days = (int)(age_ms / CLOCK_DAY);
	str_print(text, sizeof text, "%s %d days ago", what, days);
	doctor_say(checks, name, days >= WEEK_DAYS ? DOCTOR_WARN : DOCTOR_OK, text,
	    days >= WEEK_DAYS ? remedy : "");
}

static void backups(const struct foyerd *d, json_t *checks)
{
	int64_t at = newest_backup_ms(d->conf->paths.backups);
	if (!at)
		doctor_say(checks, "backup", DOCTOR_WARN, "there is no backup",
		    "foyer backup; and copy it to another machine");
	else
		age(checks, "backup", "the newest was made", foyerd_now(d) - at,
		    "foyer backup; and copy it to another machine");
}

static void jobs(const struct foyerd *d, const struct db_stats *s, json_t *checks)
{
	char text[256];
	struct err e;
	int64_t stuck = s->jobs[DB_JOB_HELD] + s->jobs[DB_JOB_FAILED], staying = 0;
	if (db_credential_count_staying(d->book, foyerd_now(d) - DESK_LATE_MS, &staying, &e)) {
		doctor_say(checks, "jobs", DOCTOR_FAIL, e.msg, "look at the log of foyerd");
		return;
	}
	int64_t rights = s->credentials_acknowledged + staying;
	str_print(text, sizeof text,
	    "%lld held, %lld failed, %lld rights that cannot be confirmed withdrawn",
	    (long long)s->jobs[DB_JOB_HELD], (long long)s->jobs[DB_JOB_FAILED], (long long)rights);
	doctor_say(checks, "jobs", stuck || rights ? DOCTOR_WARN : DOCTOR_OK, text,
	    rights  ? "foyer jobs; see that the controller has power and network, or take the "
		      "cards off at the controller itself"
	    : stuck ? "foyer jobs"
		    : "");
}

static void book(const struct foyerd *d, json_t *checks)
{
	char text[256], when[24];
	struct db_stats s;
	struct err e;
	if (d->closed) {
		const char *tried = d->mend ? mend_why(d->mend) : "";
		str_print(text, sizeof text, "it is closed, and nobody is let in: %s; %s",
		    d->closed_why ? d->closed_why : "a write failed",
		    tried[0] ? tried : "it is being verified");
		doctor_say(checks, "book", DOCTOR_FAIL, text,
		    "look at the log and the disk; foyerd opens it again when it is the same and "
		    "verifies; else stop foyerd and restore a backup");
		return;
	}
	str_print(text, sizeof text, "version %d, %d pages in the write-ahead log",
	    book_version(d->book), book_wal_pages(d->book));
	doctor_say(checks, "book", DOCTOR_OK, text, "");
	if (d->mend && mend_journal(d->mend)[0])
		doctor_say(checks, "book verified", DOCTOR_FAIL, mend_journal(d->mend),
		    "compare with the heads in the log of another machine, and find out who could "
		    "write to the book; foyer journal verify");
	else if (book_meta_get(d->book, DOCTOR_META_VERIFIED, when, sizeof when, &e))
		doctor_say(checks, "book verified", DOCTOR_WARN, "never yet",
		    "foyerd does it by itself within a day");
	else
		age(checks, "book verified", "it was found whole",
		    foyerd_now(d) - strtoll(when, NULL, 10), "look at the log of foyerd");
	if (db_stats(d->book, &s, &e)) {
		doctor_say(checks, "jobs", DOCTOR_FAIL, e.msg, "look at the log of foyerd");
		return;
	}
	int64_t aside = 0;
	if (!db_card_count_aside(d->book, &aside, &e) && aside) {
		str_print(text, sizeof text,
		    "set aside, because a controller holds somebody else's card under them: %lld",
		    (long long)aside);
		doctor_say(checks, "door cards", DOCTOR_WARN, text,
		    "free them there and retry the jobs, or give foyer a range of its own");
	}
	jobs(d, &s, checks);
}

/* What a type asked for goes with it; its visitors are stopped at reception, who should not hear of it from them. */
static void types_gone(const struct foyerd *d, json_t *checks)
{
	struct db_coming coming[TYPES_MOST];
	char text[TEXT_WORD_SZ + 128];
	struct err e;
	int n = 0;
	if (d->closed || db_coming_list(d->book, coming, TYPES_MOST, &n, &e))
		return; /* book() says so */
	for (int i = 0; i < n; i++) {
		if (conf_type_find(d->conf, coming[i].type))
			continue;
		str_print(text, sizeof text,
		    "%lld visits that are not over are of type %s, which is not configured: "
		    "reception must let in each of them",
		    (long long)coming[i].visits, coming[i].type);
		doctor_say(checks, "visitor types", DOCTOR_WARN, text,
		    "put the type back into foyer.conf until they are over, or cancel and invite "
		    "anew");
	}
}

/* --- the machine ------------------------------------------------------------------------- */

/* Asking the kernel is refused where a service may not touch the clock (systemd's ProtectClock);
 * then systemd-timesyncd's mark is looked for. */
static bool is_synchronised(void)
{
	struct timex t = {0};
	int state = adjtimex(&t);
	if (state < 0)
		return access("/run/systemd/timesync/synchronized", F_OK) == 0;
	return state != TIME_ERROR && !(t.status & STA_UNSYNC);
}

/* Foyer's time stands still, or leapt ahead with the clock. False: neither. */
static bool clock_is_odd(const struct foyerd *d, json_t *checks)
{
	const struct clock_watch *w = d->duty ? duty_clock(d->duty) : NULL;
	int64_t ahead = d->book ? clock_watch_ahead(d) : 0;
	char text[224], now[ZONE_TEXT_SZ], clock[ZONE_TEXT_SZ];
	if (ahead) {
		str_print(text, sizeof text,
		    "foyer's time waits at %s, and this machine's clock says %s: nothing that "
		    "begins in between begins",
		    zone_print(now, foyerd_now(d), ZONE_BOTH),
		    zone_print(clock, clock_wall(&d->clock), ZONE_BOTH));
		doctor_say(checks, "clock", DOCTOR_FAIL, text,
		    "set this machine's clock right; if it is right already: foyer clock accept "
		    "--reason REASON");
	} else if (w && w->leap_ms) {
		str_print(text, sizeof text,
		    "at %s it was %lld hours ahead of what it should have been%s; whatever was to "
		    "end by then has ended",
		    zone_print(now, w->leap_at_ms, ZONE_BOTH), (long long)(w->leap_ms / CLOCK_HOUR),
		    w->away ? ", unless foyerd was stopped for so long" : "");
		doctor_say(checks, "clock", w->away ? DOCTOR_WARN : DOCTOR_FAIL, text,
		    "see whether it is right now; for a day nothing is forgotten that was not due "
		    "before");
	} else if (w && w->back_ms) {
		str_print(text, sizeof text, "it was set back by %lld s, and has caught up",
		    (long long)(w->back_ms / CLOCK_SECOND));
		doctor_say(checks, "clock", DOCTOR_WARN, text, "see why");
	}
	return ahead || (w && (w->leap_ms || w->back_ms));
}

static void the_clock(const struct foyerd *d, json_t *checks)
{
	if (clock_is_odd(d, checks))
		return;
	if (!is_synchronised())
		doctor_say(checks, "clock", DOCTOR_WARN, "it is not kept by a time server",
		    "enable systemd-timesyncd or chrony");
	else
		doctor_say(checks, "clock", DOCTOR_OK, "kept by a time server", "");
}

static void encryption(const struct foyerd *d, json_t *checks)
{
	const struct conf *c = d->conf;
	if (disk_path_is_encrypted(c->paths.state))
		doctor_say(
		    checks, "disk encryption", DOCTOR_OK, "the book lies on an encrypted disk", "");
	else if (c->site.accept_no_disk_encryption[0])
		doctor_say(
		    checks, "disk encryption", DOCTOR_WARN, c->site.accept_no_disk_encryption, "");
	else
		doctor_say(checks, "disk encryption", DOCTOR_FAIL,
		    "no encryption was found under the book: a stolen disk can be read",
		    "put the state folder on LUKS, or say in site.accept-no-disk-encryption who "
		    "accepts this and why");
}

static void couriers(const struct foyerd *d, json_t *checks)
{
	bool landlock = sandbox_landlock() > 0;
	bool separate = d->procs.keeper && keeper_separates(d->procs.keeper);
	if (separate && landlock)
		doctor_say(checks, "couriers", DOCTOR_OK, "each runs under a user of its own", "");
	else if (separate)
		doctor_say(checks, "couriers", DOCTOR_WARN,
		    "each runs under a user of its own, but there is no Landlock to fence in files",
		    "use a kernel with Landlock, and a SystemCallFilter= that lets it through");
	else if (landlock)
		doctor_say(checks, "couriers", DOCTOR_OK,
		    "they run as foyerd's user, locked in by Landlock and seccomp", "");
	else
		doctor_say(checks, "couriers", DOCTOR_WARN,
		    "they run as foyerd's user, and there is no Landlock",
		    "start foyerd by its systemd units, or as root, so that each courier gets "
		    "a user of its own");
}

/* One line for each reader that is not there; answers how many there are. */
static int readers(const struct kiosk_seen *s, const char *check, int64_t age_s, json_t *checks)
{
	char text[TEXT_WORD_SZ + 64];
	int there = 0;
	for (int i = 0; i < s->n_readers; i++) {
		there += s->readers[i].there;
		if (s->readers[i].there)
			continue;
		str_print(text, sizeof text, "its reader %s is not there, as told %d s ago",
		    s->readers[i].name, (int)age_s);
		doctor_say(checks, check, DOCTOR_WARN, text,
		    "plug it in; ls /dev/serial/by-id /dev/input/by-id there shows what it is "
		    "called");
	}
	return there;
}

static void kiosk(const struct foyerd *d, const char *name, json_t *checks)
{
	char check[TEXT_WORD_SZ + 8], text[200];
	const struct kiosk_seen *s = NULL;
	str_print(check, sizeof check, "kiosk %s", name);
	for (int i = 0; i < CONF_KIOSKS; i++)
		if (str_eq(d->seen[i].kiosk, name))
			s = &d->seen[i];
	if (!s || !s->at_ms) {
		doctor_say(checks, check, DOCTOR_WARN, "not heard of since foyerd was started",
		    "start foyer-kiosk there");
		return;
	}
	const int64_t age_ms = foyerd_now(d) - s->at_ms;
	if (age_ms > KIOSK_SILENT_MS) {
		doctor_say(checks, check, DOCTOR_WARN, "silent for more than two minutes",
		    "look at the kiosk and its connection");
		return;
	}
	const int there = readers(s, check, age_ms / 1000, checks);
	if (str_eq(s->camera, "gone")) {
		str_print(text, sizeof text, "its camera is gone, as told %d s ago",
		    (int)(age_ms / 1000));
		doctor_say(checks, check, DOCTOR_WARN, text, "look at the camera's plug");
	} else if (there == s->n_readers) {
		str_print(text, sizeof text,
		    "screen %s %s, camera %s, readers %d, keyboard layout of the last scan: %s; "
		    "told %d s ago",
		    s->size, s->screen, s->camera, there,
		    s->has_layout ? pass_layout_name(s->layout) : "none yet", (int)(age_ms / 1000));
		doctor_say(checks, check, DOCTOR_OK, text, "");
	}
}

/* Reception wants to know why the codes of a kiosk are refused. */
static void guessing(const struct foyerd *d, const char *name, json_t *checks)
{
	char check[TEXT_WORD_SZ + 8], text[160], until[ZONE_TEXT_SZ];
	int64_t left = guard_blocked_ms(d->guard, name, clock_mono(&d->clock));
	if (!left)
		return;
	str_print(check, sizeof check, "kiosk %s", name);
	str_print(text, sizeof text,
	    "codes and passes are refused there until %s: %d unknown ones were tried",
	    zone_print(until, foyerd_now(d) + left, ZONE_HHMM), GUARD_FAILURES);
	doctor_say(checks, check, DOCTOR_WARN, text,
	    "see who stands there; reception lets visitors in meanwhile");
}

void doctor_house(const struct foyerd *d, json_t *checks)
{
	configuration(d, checks);
	equipment(d, checks);
	keys(d, checks);
	documents(d, checks);
	book(d, checks);
	types_gone(d, checks);
	space(d, checks);
	backups(d, checks);
	encryption(d, checks);
	the_clock(d, checks);
	couriers(d, checks);
	for (int i = 0; i < d->conf->n_kiosks; i++) {
		kiosk(d, d->conf->kiosks[i].name, checks);
		guessing(d, d->conf->kiosks[i].name, checks);
	}
}
