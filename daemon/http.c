#include "daemon/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "daemon/http_int.h"

enum { SWEEP_MS = 5000, STOP_WAIT_MS = 2000 };

/* --- connections ------------------------------------------------------------------------- */

static void conn_drop(struct http *h, struct conn *c)
{
	for (struct conn **at = &h->conns; *at; at = &(*at)->next) {
		if (*at == c) {
			*at = c->next;
			h->n_conns--;
			if (c->nameless)
				close(c->fd);
			free(c);
			return;
		}
	}
}

struct conn *http_conn_of(struct http *h, struct MHD_Connection *mhd)
{
	(void)h;
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return i ? i->socket_context : NULL;
}

static void conn_notify(
    void *arg, struct MHD_Connection *mhd, void **ctx, enum MHD_ConnectionNotificationCode code)
{
	struct http *h = arg;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*ctx)
			conn_drop(h, *ctx);
		*ctx = NULL;
		return;
	}
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	for (struct conn *c = h->conns; i && c; c = c->next) {
		if (c->fd == i->connect_fd) {
			c->taken = true;
			*ctx = c;
		}
	}
}

static bool same_peer(const struct conn *a, const struct conn *b)
{
	return str_eq(a->kiosk, b->kiosk) && (a->kiosk[0] || a->peer.uid == b->peer.uid);
}

int http_streams(const struct conn *c)
{
	int n = 0;
	for (const struct conn *o = c->http->conns; o; o = o->next)
		if (same_peer(o, c))
			n += o->streams;
	return n;
}

static bool group_find(const void *arg, const char *name, gid_t *gid)
{
	return who_group(arg, name, gid);
}

bool http_actor(struct conn *c, struct actor *a)
{
	struct foyerd *d = c->http->d;
	*a = (struct actor){0};
	if (c->kiosk[0]) {
		a->kiosk = conf_kiosk_find(d->conf, c->kiosk);
		a->roles = a->kiosk ? ROLE(KIOSK) : 0;
		return a->kiosk != NULL;
	}
	if (!c->sure) /* the connection was kept, and there may be news */
		(void)who_of(c->http->who, c->peer.uid, c->user, &c->sure);
	unsigned generation = d->conf_generation + who_generation(c->http->who);
	if (c->generation != generation) {
		const struct peer_groups groups = {group_find, c->http->who, geteuid()};
		c->roles = peer_roles(&c->peer, c->user, d->conf, &groups);
		c->generation = generation;
	}
	a->roles =
	    c->sure ? c->roles : 0; /* nobody acts under a number where there may be a name */
	a->uid = c->peer.uid;
	str_copy(a->user, sizeof a->user, c->user);
	return a->roles != 0;
}

/* Who sends slowly, or nothing, makes room for others. Answers and streams have their own
 * clocks. */
static void sweep(void *arg)
{
	struct http *h = arg;
	int64_t now = clock_mono(&h->d->clock);
	for (struct conn *c = h->conns, *next; c; c = next) {
		next = c->next;
		int64_t most = c->phase == CONN_BODY ? HTTP_BODY_WAIT_MS : HTTP_HEAD_WAIT_MS;
		if (c->phase == CONN_ANSWER || now - c->since_ms < most)
			continue;
		if (c->taken)
			shutdown(c->fd, SHUT_RDWR);
		else
			conn_drop(h, c);
	}
	loop_timer_set(h->d->loop, &h->sweep, SWEEP_MS);
}

void http_hang_up_kiosks(struct http *h)
{
	for (struct conn *c = h->conns; c; c = c->next)
		if (c->taken && c->kiosk[0] && c->phase == CONN_HEAD)
			shutdown(c->fd, SHUT_RDWR);
}

/* --- accepting --------------------------------------------------------------------------- */

static bool may_connect(const struct http *h, const struct conn *c)
{
	int same = 0;
	for (const struct conn *o = h->conns; o; o = o->next)
		same += same_peer(o, c);
	return h->n_conns < HTTP_CONNECTIONS && same < HTTP_PER_PEER;
}

/* A connection that libmicrohttpd gave up before taking it may have left its number behind. */
static void leftover_drop(struct http *h, int fd)
{
	for (struct conn *o = h->conns, *next; o; o = next) {
		next = o->next;
		if (o->fd == fd)
			conn_drop(h, o);
	}
}

/* To libmicrohttpd, which owns the descriptor from then on. */
static void conn_give(struct http *h, struct conn *c)
{
	struct sockaddr_un unknown = {.sun_family = AF_UNIX};
	c->nameless = false;
	if (MHD_add_connection(h->mhd, c->fd, (struct sockaddr *)&unknown, sizeof(sa_family_t)) ==
	    MHD_YES)
		return;
	log_warn("libmicrohttpd did not take a connection");
	for (struct conn *o = h->conns; o; o = o->next) {
		if (o == c) {
			conn_drop(h, c);
			return;
		}
	}
}

/* There is news of who somebody is. */
static void people_known(void *arg)
{
	struct http *h = arg;
	for (struct conn *c = h->conns, *next; c; c = next) {
		next = c->next;
		if (c->nameless && who_of(h->who, c->peer.uid, c->user, &c->sure)) {
			conn_give(h, c);
			next = h->conns; /* anything may have gone meanwhile */
		}
	}
}

static void conn_take(struct listener *l, int fd)
{
	struct http *h = l->http;
	struct err e;
	struct conn *c = mem_new(1, sizeof *c);
	c->http = h;
	c->fd = fd;
	c->since_ms = clock_mono(&h->d->clock);
	c->generation = h->d->conf_generation + who_generation(h->who) - 1;
	str_copy(c->kiosk, sizeof c->kiosk, l->kiosk);
	if (!c->kiosk[0] && peer_of(&c->peer, fd, &e)) {
		log_warn("api: a connection was closed: %s", e.msg);
		goto refuse;
	}
	if (!may_connect(h, c)) {
		log_warn("%s: more connections than allowed", l->kiosk[0] ? l->kiosk : "api");
		goto refuse;
	}
	leftover_drop(h, fd);
	c->next = h->conns;
	h->conns = c;
	h->n_conns++;
	c->nameless = !c->kiosk[0] && !who_of(h->who, c->peer.uid, c->user, &c->sure);
	if (!c->nameless)
		conn_give(h, c);
	return;
refuse:
	close(fd);
	free(c);
}

static void accept_ready(void *arg, short revents)
{
	(void)revents;
	struct listener *l = arg;
	for (int i = 0; i < 16; i++) {
		int fd = accept4(l->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0) {
			if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
				log_warn("accept: %s", strerror(errno));
			return;
		}
		conn_take(l, fd);
	}
}

/* --- listening --------------------------------------------------------------------------- */

/* A socket file that nobody listens behind was left by a foyerd that died. */
static enum err_code stale_remove(const struct sockaddr_un *a, struct err *e)
{
	struct stat st;
	if (lstat(a->sun_path, &st))
		return ERR_OK;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_CONFLICT, "%s: is there and is no socket", a->sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(e, ERR_IO, "socket");
	int failed = connect(fd, (const struct sockaddr *)a, sizeof *a) ? errno : 0;
	close(fd);
	if (failed != ECONNREFUSED)
		return err_set(e, ERR_BUSY, "%s: somebody listens there", a->sun_path);
	if (unlink(a->sun_path))
		return err_errno(e, ERR_IO, "%s", a->sun_path);
	return ERR_OK;
}

static enum err_code listener_open(struct listener *l, struct err *e)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	str_copy(a.sun_path, sizeof a.sun_path, l->path);
	enum err_code c = stale_remove(&a, e);
	if (c)
		return c;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(e, ERR_IO, "socket");
	/* umask is 077, so nobody else gets in between bind and chmod. */
	if (bind(fd, (struct sockaddr *)&a, sizeof a) || chmod(l->path, 0660) || listen(fd, 64)) {
		c = err_errno(e, ERR_IO, "%s", l->path);
		close(fd);
		return c;
	}
	if (l->kiosk[0] && chown(l->path, (uid_t)-1, l->http->d->kiosk_gid))
		log_debug("%s: stays with foyerd's own group", l->path);
	l->source = (struct loop_source){.fd = fd, .events = POLLIN, .fn = accept_ready, .arg = l};
	c = loop_add(l->http->d->loop, &l->source, e);
	if (c)
		close(fd);
	return c;
}

static enum err_code listener_add(struct http *h, const char *kiosk, struct err *e)
{
	struct listener *l = mem_new(1, sizeof *l);
	l->http = h;
	str_copy(l->kiosk, sizeof l->kiosk, kiosk);
	bool fits = kiosk[0]
			? str_print(l->path, sizeof l->path, "%s/kiosk/%s.sock",
			      h->d->conf->paths.run, kiosk)
			: str_print(l->path, sizeof l->path, "%s/api.sock", h->d->conf->paths.run);
	enum err_code c =
	    fits ? listener_open(l, e)
		 : err_set(e, ERR_CONFIG, "%s: too long for a socket's path (107 bytes)",
		       h->d->conf->paths.run);
	if (c) {
		free(l);
		return c;
	}
	l->next = h->listeners;
	h->listeners = l;
	return ERR_OK;
}

static void listener_close(struct http *h, struct listener *own_l)
{
	loop_remove(h->d->loop, &own_l->source);
	close(own_l->source.fd);
	unlink(own_l->path);
	free(own_l);
}

static bool listens_for(const struct http *h, const char *kiosk)
{
	for (const struct listener *l = h->listeners; l; l = l->next)
		if (str_eq(l->kiosk, kiosk))
			return true;
	return false;
}

enum err_code http_reload(struct http *h, struct err *e)
{
	const struct conf *conf = h->d->conf;
	who_reload(h->who);
	for (struct listener **at = &h->listeners; *at;) {
		struct listener *l = *at;
		if (l->kiosk[0] && !conf_kiosk_find(conf, l->kiosk)) {
			*at = l->next;
			listener_close(h, l);
		} else {
			at = &l->next;
		}
	}
	enum err_code c = ERR_OK;
	for (int i = 0; i < conf->n_kiosks && !c; i++)
		if (!listens_for(h, conf->kiosks[i].name))
			c = listener_add(h, conf->kiosks[i].name, e);
	return c;
}

/* --- libmicrohttpd in our loop ----------------------------------------------------------- */

static int before_wait(void *arg)
{
	struct http *h = arg;
	MHD_UNSIGNED_LONG_LONG ms;
	if (MHD_get_timeout(h->mhd, &ms) != MHD_YES)
		return -1;
	return ms > CLOCK_MINUTE ? CLOCK_MINUTE : (int)ms;
}

static void after_wait(void *arg)
{
	struct http *h = arg;
	MHD_run(h->mhd);
}

static void epoll_ready(void *arg, short revents)
{
	(void)arg;
	(void)
	    revents; /* after_wait runs it: also where nothing is readable but something was resumed */
}

static void mhd_log(void *arg, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
static void mhd_log(void *arg, const char *fmt, va_list ap)
{
	(void)arg;
	char line[256];
	vsnprintf(line, sizeof line, fmt, ap);
	line[strcspn(line, "\n")] = 0;
	log_debug("libmicrohttpd: %s", line);
}

static enum err_code mhd_start(struct http *h, struct err *e)
{
	h->mhd = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
	    0, NULL, NULL, exchange_access, h, MHD_OPTION_EXTERNAL_LOGGER, mhd_log, h,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS + 8,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEADER_MEMORY,
	    MHD_OPTION_CONNECTION_TIMEOUT, 120u, MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, h,
	    MHD_OPTION_NOTIFY_CONNECTION, conn_notify, h, MHD_OPTION_UNESCAPE_CALLBACK,
	    exchange_unescape, h, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
	if (!h->mhd)
		return err_errno(e, ERR_IO, "libmicrohttpd does not start");
	const union MHD_DaemonInfo *i = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	if (!i)
		return err_set(e, ERR_UNSUPPORTED, "libmicrohttpd has no epoll");
	h->epoll =
	    (struct loop_source){.fd = i->epoll_fd, .events = POLLIN, .fn = epoll_ready, .arg = h};
	h->d->loop->before = before_wait;
	h->d->loop->after = after_wait;
	h->d->loop->hook_arg = h;
	return loop_add(h->d->loop, &h->epoll, e);
}

enum err_code http_new(struct http **own_h, struct foyerd *d, struct err *e)
{
	struct http *h = mem_new(1, sizeof *h);
	h->d = d;
	h->sweep = (struct loop_timer){.fn = sweep, .arg = h};
	h->who = who_new(d, people_known, h);
	enum err_code c = mhd_start(h, e);
	if (!c)
		c = listener_add(h, "", e);
	if (!c)
		c = http_reload(h, e);
	if (c) {
		http_free(h);
		return c;
	}
	loop_timer_set(d->loop, &h->sweep, SWEEP_MS);
	*own_h = h;
	return ERR_OK;
}

/* libmicrohttpd aborts when it is stopped with suspended connections: each is resumed and ended
 * first. */
static void mhd_stop(struct http *h)
{
	exchange_stop_all(h);
	for (struct conn *c = h->conns; c; c = c->next)
		if (c->taken && c->phase == CONN_BODY) /* what has not come by now does not come */
			shutdown(c->fd, SHUT_RD);
	int64_t start = clock_mono(&h->d->clock);
	while (h->exchanges && clock_mono(&h->d->clock) - start < STOP_WAIT_MS) {
		MHD_run(h->mhd);
		struct pollfd p = {.fd = h->epoll.fd, .events = POLLIN};
		int wait = before_wait(h);
		if (h->exchanges)
			poll(&p, 1, wait < 0 || wait > 50 ? 50 : wait);
	}
	MHD_run(h->mhd);
	MHD_stop_daemon(h->mhd);
}

void http_free(struct http *own_h)
{
	if (!own_h)
		return;
	struct http *h = own_h;
	h->stopping = true;
	while (h->listeners) {
		struct listener *l = h->listeners;
		h->listeners = l->next;
		listener_close(h, l);
	}
	if (h->mhd)
		mhd_stop(h);
	loop_remove(h->d->loop, &h->epoll);
	loop_timer_clear(h->d->loop, &h->sweep);
	h->d->loop->before = NULL;
	h->d->loop->after = NULL;
	while (h->conns)
		conn_drop(h, h->conns);
	who_free(h->who);
	free(h);
}
