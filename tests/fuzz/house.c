#include "tests/fuzz/house.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/compose.h"
#include "daemon/desk_clock.h"
#include "daemon/desk_jobs.h"
#include "daemon/documents.h"
#include "daemon/guard.h"
#include "daemon/handlers.h"
#include "daemon/progress.h"
#include "daemon/stream.h"
#include "db/journal.h"
#include "db/retention.h"
#include "pass/token.h"

enum { STEPS_MOST = 200000, PURGES = 100 };

static const char conf_text[] =
    "site { name = \"Test house\" id = \"7\" timezone = \"Europe/Berlin\" languages = { \"en\", "
    "\"de\" } door-right = \"badge-code\" }\n"
    "paths { state = \"%s\" run = \"%s\" backups = \"%s\" keys = \"%s\" }\n"
    "kiosk \"lobby\" { printer = \"lobby\" place = \"Lobby\" fallback = \"spare\" }\n"
    "printer \"lobby\" { queue = \"badge\" badge-size = \"62x100\" }\n"
    "printer \"spare\" { queue = \"spare\" badge-size = \"62x100\" }\n"
    "controller \"main\" { driver = \"uhppote\" address = \"127.0.0.1:60000\" serial = "
    "\"405419896\" card-first = \"1000\" card-last = \"1002\" profile-first = \"100\" profile-last "
    "= \"101\" }\n"
    "access-group \"visitors\" { doors = { \"main:1\", \"main:2\" } }\n"
    "type \"checked\" { label = \"Checked\" walk-in = \"yes\" steps = { \"details\", \"host\" } "
    "approval = \"none\" id = \"required\" id-least-age = \"18\" }\n"
    "mail { server = \"127.0.0.1:25\" tls = \"none\" from = \"foyer@house.example\" }\n";

/* For the whole process. */
static struct {
	char dir[64];
	struct conf *conf;
	struct pass_ring *ring;
	struct documents *documents;
	int64_t begin_ms;
} house;

void house_must(bool holds, const char *what)
{
	if (holds)
		return;
	(void)fprintf(stderr, "it does not hold: %s\n", what);
	abort();
}

/* --- once a process ---------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void folder_remove(void)
{
	(void)nftw(house.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	documents_free(house.documents);
	conf_free(house.conf);
	pass_ring_free(house.ring);
}

static void folder_make(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX], text[2048];
	struct err e = {0};
	uint8_t id;
	house_must(sodium_init() >= 0, "libsodium");
	/* Its writes are synchronous: a disk would be the slowest part. */
	if (access("/dev/shm", W_OK) == 0)
		tmp = "/dev/shm";
	(void)str_print(
	    house.dir, sizeof house.dir, "%.40s/house.XXXXXX", tmp != NULL ? tmp : "/tmp");
	house_must(mkdtemp(house.dir) != NULL, "a folder");
	(void)atexit(folder_remove);
	house_must(
	    str_print(text, sizeof text, conf_text, house.dir, house.dir, house.dir, house.dir) &&
		path_join(path, house.dir, "foyer.conf", &e) == ERR_OK &&
		path_write(path, text, strlen(text), 0600, &e) == ERR_OK &&
		conf_load(&house.conf, path, &e) == ERR_OK &&
		zone_set(house.conf->site.timezone, &e) == ERR_OK &&
		pass_key_new(house.dir, &id, &e) == ERR_OK &&
		pass_ring_load(&house.ring, house.dir, &e) == ERR_OK &&
		seal_hasher_new_file(house.dir, &e) == ERR_OK &&
		documents_load(&house.documents, house.conf, &e) == ERR_OK &&
		zone_parse(&house.begin_ms, "2026-11-23 10:00", 0, &e) == ERR_OK,
	    e.msg);
	/* The agreement's texts lie beside the sources that this runs in. */
	char here[PATH_MAX];
	house_must(getcwd(here, sizeof here) != NULL, "a current folder");
	for (int i = 0; i < house.conf->n_agreements; i++) {
		struct conf_agreement *a = &house.conf->agreements[i];
		(void)str_print(a->dir, sizeof a->dir, "%.4000s/etc/agreements/%s", here, a->name);
	}
}

static void file_copy(const char *from, const char *to)
{
	struct stat st;
	int in = open(from, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	house_must(in >= 0 && out >= 0 && fstat(in, &st) == 0, "a copy of the book");
	for (off_t done = 0; done < st.st_size;) { /* a fuzzer's clock may cut it short */
		ssize_t n = sendfile(out, in, NULL, (size_t)(st.st_size - done));
		house_must(n > 0 || (n < 0 && errno == EINTR), "a copy of the book");
		done += n > 0 ? n : 0;
	}
	(void)close(in);
	(void)close(out);
}

/* --- a run ------------------------------------------------------------------------------- */

static void house_begin(struct house *h, const char *book)
{
	char path[PATH_MAX];
	struct err e = {0};
	*h = (struct house){
	    .clock = {.wall_ms = house.begin_ms, .mono_ms = 1000000}, .seed = {7}, .keys = 1};
	h->d.conf = house.conf;
	h->d.ring = house.ring;
	h->d.documents = house.documents;
	h->d.conf_generation = 1;
	h->d.clock = clock_of_fake(&h->clock);
	h->d.random = random_of_fake(&h->seed);
	h->d.loop = &h->loop;
	loop_init(&h->loop, &h->d.clock);
	h->d.guard = guard_new();
	h->d.progress = progress_new(&h->d.random);
	house_must(path_join(path, house.dir, book, &e) == ERR_OK &&
		       book_open(&h->d.book, path, BOOK_RW | BOOK_CREATE, &e) == ERR_OK,
	    e.msg);
	book_set_random(h->d.book, h->d.random);
}

void house_open(struct house *h, void (*prepare)(struct house *h))
{
	char first[PATH_MAX], book[PATH_MAX];
	bool make = house.dir[0] == '\0';
	if (make) {
		log_open("house", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
		folder_make();
	}
	(void)str_print(first, sizeof first, "%s/first", house.dir);
	(void)str_print(book, sizeof book, "%s/book", house.dir);
	if (make) {
		house_begin(h, "first");
		if (prepare != NULL)
			prepare(h);
		house_close(h);
	}
	file_copy(first, book);
	house_begin(h, "book");
	h->keys = UINT32_MAX; /* none of those that the first book knows */
}

void house_close(struct house *h)
{
	book_close(h->d.book);
	guard_free(h->d.guard);
	progress_free(h->d.progress);
}

/* --- what answers tell ------------------------------------------------------------------- */

static void keep(struct house *h, char pool, const char *text)
{
	int at = pool - 'a';
	if (at < 0 || at >= 26 || strlen(text) >= sizeof h->pool[0].text[0])
		return;
	memmove(h->pool[at].text[1], h->pool[at].text[0],
	    sizeof h->pool[0].text - sizeof h->pool[0].text[0]);
	(void)str_copy(h->pool[at].text[0], sizeof h->pool[0].text[0], text);
	h->pool[at].n += h->pool[at].n < HOUSE_POOL;
}

/* An id is of what its route is about: /v1/visits/… */
static void learn(struct house *h, const json_t *v, char about)
{
	const char *key;
	json_t *one;
	size_t i;
	json_array_foreach(v, i, one) learn(h, one, about);
	json_object_foreach((json_t *)(uintptr_t)v, key, one)
	{
		const char *text = json_string_value(one);
		if (text == NULL)
			learn(h, one, about);
		else if (str_eq(key, "id"))
			keep(h, about, text);
		else if (str_eq(key, "visit") || str_eq(key, "host"))
			keep(h, key[0], text);
		else if (str_eq(key, "pass") || str_eq(key, "code"))
			keep(h, key[0], text);
		else if (str_eq(key, "progress"))
			keep(h, 't', text);
		else if (str_eq(key, "version"))
			keep(h, 'a', text);
	}
}

static size_t fill_one(const struct house *h, const char *text, size_t len, struct str_buf *out)
{
	if (len >= 3 && (text[1] == '+' || text[1] == '-')) {
		size_t digits = 0;
		int64_t minutes = 0;
		while (digits < 7 && digits + 2 < len && text[2 + digits] >= '0' &&
		       text[2 + digits] <= '9')
			minutes = minutes * 10 + text[2 + digits++] - '0';
		int64_t at =
		    h->clock.wall_ms + (text[1] == '+' ? minutes : -minutes) * CLOCK_MINUTE;
		(void)str_buf_print(out, "%lld", (long long)at);
		return 2 + digits;
	}
	if (len >= 3 && text[1] >= 'a' && text[1] <= 'z' && text[2] >= '0' && text[2] <= '9') {
		int n = h->pool[text[1] - 'a'].n;
		if (n > 0)
			(void)str_buf_print(
			    out, "%s", h->pool[text[1] - 'a'].text[(text[2] - '0') % n]);
		return 3;
	}
	(void)str_buf_add(out, text, 1);
	return 1;
}

char *house_fill(const struct house *h, const char *text, size_t len)
{
	struct str_buf out = STR_BUF_INIT;
	for (size_t i = 0; i < len;) {
		if (text[i] == '$') {
			i += fill_one(h, text + i, len - i, &out);
		} else {
			(void)str_buf_add(&out, text + i, 1);
			i++;
		}
	}
	char *all = mem_strdup(out.data != NULL ? out.data : "");
	str_buf_fini(&out);
	return all;
}

/* --- requests ---------------------------------------------------------------------------- */

/* What these do is done by a child process. */
static bool needs_child(const struct route *r)
{
	return r->fn == h_doctor || r->fn == h_backup_new || r->fn == h_export ||
	       r->fn == h_journal_verify;
}

static void query_split(struct call *c, char *q)
{
	char *save = NULL;
	for (char *one = strtok_r(q, "&", &save); one != NULL && c->n_query < REQUEST_QUERIES;
	     one = strtok_r(NULL, "&", &save)) {
		char *eq = strchr(one, '=');
		if (eq != NULL)
			*eq = '\0';
		c->query[c->n_query][0] = one;
		c->query[c->n_query++][1] = eq != NULL ? eq + 1 : "";
	}
}

static void wait_for(struct house *h, struct answer *a)
{
	struct err e = {0};
	struct later *l = a->later;
	for (int i = 0; i < STEPS_MOST && !l->answered; i++) {
		h->clock.mono_ms++;
		house_must(loop_step(&h->loop, 0, &e) == ERR_OK, e.msg);
	}
	house_must(l->answered, "an answer that comes later comes");
	a->status = l->status;
	a->own_text = l->answer != NULL ? json_print_line(l->answer) : NULL;
	later_abandon(l);
	a->later = NULL;
}

/* One piece is enough: what it says is told again for ever. */
static void stream_taste(struct answer *a)
{
	char buf[4096];
	ssize_t n = a->own_stream->read(a->own_stream, buf, sizeof buf);
	house_must(n >= STREAM_BROKEN && n <= (ssize_t)sizeof buf, "a stream keeps to its buffer");
	a->own_stream->free(a->own_stream);
	a->own_stream = NULL;
}

static bool documented(int status)
{
	static const int all[] = {200, 201, 202, 204, 400, 403, 404, 409, 422, 429, 503};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] == status)
			return true;
	return false;
}

static json_t *answer_check(const struct answer *a)
{
	struct err e = {0};
	json_t *o = NULL;
	house_must(documented(a->status), "a status that openapi.yaml knows");
	if (a->own_text == NULL)
		return NULL;
	house_must(json_parse_object(
		       &o, a->own_text, strlen(a->own_text), strlen(a->own_text) + 1, &e) == ERR_OK,
	    "an answer is a JSON object");
	const char *word = json_string_value(json_object_get(o, "error"));
	house_must(
	    (a->status >= 400) == (word != NULL), "an error has a word, and nothing else has");
	if (a->status >= 500)
		house_must(
		    err_class_of(err_from_name(word)) == ERR_CLASS_RETRY, "503 is: try again");
	return o;
}

static void dispatch_whole(struct house *h, const struct call *c, struct answer *a)
{
	dispatch(&h->d, c, a);
	house_must(!book_in_tx(h->d.book), "no transaction is left open");
	house_must((a->own_text != NULL) + (a->own_stream != NULL) + (a->later != NULL) <= 1,
	    "one answer, not two");
	if (a->later != NULL)
		wait_for(h, a);
	if (a->own_stream != NULL)
		stream_taste(a);
}

static int64_t journal_length(struct house *h)
{
	struct db_journal_head head;
	struct err e = {0};
	house_must(db_journal_head(h->d.book, &head, &e) == ERR_OK, e.msg);
	return head.seq;
}

/* A write that was answered is answered the same again, and nothing is written. */
static void ask_again(struct house *h, const struct call *c, const struct answer *first)
{
	struct answer again;
	int64_t before = journal_length(h);
	dispatch_whole(h, c, &again);
	house_must(again.status == first->status, "the same key, the same status");
	house_must(str_eq(again.own_text != NULL ? again.own_text : "",
		       first->own_text != NULL ? first->own_text : ""),
	    "the same key, the same answer");
	answer_fini(&again);
	struct call other = *c;
	other.body = "{\"another\":1}";
	other.body_len = strlen(other.body);
	dispatch_whole(h, &other, &again);
	house_must(again.status == 409, "the same key for something else is refused");
	answer_fini(&again);
	house_must(journal_length(h) == before, "the same key writes nothing");
}

json_t *house_ask(struct house *h, const struct house_ask *ask, int *status)
{
	char url[1024], param[REQUEST_PARAM_SZ], allow[32], key[UUID_TEXT_SZ];
	struct uuid id = {{1}};
	uint64_t n = ask->key != 0 ? ask->key : h->keys++;
	memcpy(id.b + 4, &n, sizeof n);
	struct call c = {.path = ask->path,
	    .param = param,
	    .key = uuid_print(key, &id),
	    .body = ask->body,
	    .body_len = ask->body != NULL ? strlen(ask->body) : 0,
	    .actor = {.roles = ask->roles, .uid = 4711}};
	*status = 0;
	if (!str_copy(url, sizeof url, ask->path))
		return NULL;
	char *q = strchr(url, '?');
	if (q != NULL) {
		*q = '\0';
		query_split(&c, q + 1);
	}
	if (route_find(&c.route, param, ask->method, url, ask->roles, allow) != ROUTE_FOUND ||
	    needs_child(c.route))
		return NULL;
	if (ask->roles & ROLE(KIOSK))
		c.actor.kiosk = conf_kiosk_find(h->d.conf, "lobby");
	else
		(void)str_copy(
		    c.actor.user, sizeof c.actor.user, ask->roles & ROLE(HOST) ? "aroth" : "desk");
	struct answer a;
	dispatch_whole(h, &c, &a);
	json_t *o = answer_check(&a);
	/* What was refused without a trace may be asked again and come out otherwise: it was not done. */
	if ((c.route->flags & ROUTE_WRITES) && a.status < 300)
		ask_again(h, &c, &a);
	learn(h, o, c.route->path[strlen("/v1/")]);
	*status = a.status;
	answer_fini(&a);
	return o;
}

/* --- couriers and the clock -------------------------------------------------------------- */

static enum err_code settle(
    struct house *h, const struct db_job *job, const json_t *result, struct err *e)
{
	const char *how = json_string_value(json_object_get(result, "result"));
	struct db_job_trouble t = {.class = "played", .reason = "played"};
	enum err_code code;
	if (str_eq(how, "done")) {
		code = desk_job_done(&h->d, job, result, e);
		return code != ERR_OK ? code : db_job_done(h->d.book, &job->id, e);
	}
	if (str_eq(how, "retry")) {
		code = desk_job_retry(&h->d, job, result, e);
		return code != ERR_OK ? code : db_job_retry(h->d.book, &job->id, &t, e);
	}
	code = desk_job_failed(&h->d, job, result, e);
	return code != ERR_OK ? code : db_job_fail(h->d.book, &job->id, &t, e);
}

bool house_courier(struct house *h, const char *destination, const json_t *result)
{
	struct err e = {0};
	struct db_job job;
	json_t *line = NULL;
	enum compose_fate fate = COMPOSE_SEND;
	house_must(foyerd_begin(&h->d, &e) == ERR_OK, e.msg);
	int64_t now = book_now(h->d.book);
	enum err_code code = db_job_lease(h->d.book, destination, now, &job, &e);
	if (code == ERR_NOT_FOUND) {
		book_rollback(h->d.book);
		return false;
	}
	house_must(code == ERR_OK, e.msg);
	code = compose_job(&h->d, &job, &line, &fate, &e);
	house_must(code == ERR_OK, e.msg);
	code = fate == COMPOSE_SEND ? settle(h, &job, result, &e)
				    : db_job_done(h->d.book, &job.id, &e);
	learn(h, line, 'j'); /* the badge's pass */
	json_decref(line);
	/* foyerd's own answer to an answer that it cannot use is another one (daemon/jobs.c): here it is as if it had not come. */
	if (code != ERR_OK)
		house_must(err_class_of(e.code) != ERR_CLASS_BUG, e.msg);
	code = foyerd_end(&h->d, code, &e);
	house_must(!book_is_poisoned(h->d.book), "the book is well");
	if (code != ERR_OK) {
		house_must(foyerd_begin(&h->d, &e) == ERR_OK, e.msg);
		house_must(foyerd_end(&h->d, db_job_release(h->d.book, NULL, false, NULL, &e),
			       &e) == ERR_OK,
		    e.msg);
	}
	return true;
}

void house_later(struct house *h, int64_t ms)
{
	struct err e = {0};
	int n = 0;
	h->clock.wall_ms += ms;
	h->clock.mono_ms += ms;
	house_must(desk_right_end(&h->d, &(struct desk_walk){0}, &n, &e) == ERR_OK, e.msg);
	house_must(desk_day_end(&h->d, &(struct desk_walk){0}, &n, &e) == ERR_OK, e.msg);
	house_must(foyerd_begin(&h->d, &e) == ERR_OK, e.msg);
	enum err_code code = db_retention_purge(
	    h->d.book, &h->d.conf->retention, book_now(h->d.book), PURGES, &n, &e);
	house_must(foyerd_end(&h->d, code, &e) == ERR_OK, e.msg);
}
