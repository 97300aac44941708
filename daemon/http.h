/*
 * The HTTP side of foyerd: Unix sockets, who is at their other end, libmicrohttpd in our loop. It
 * hides libmicrohttpd.
 *
 * RUN/api.sock is for staff (the role comes from the peer's credentials), RUN/kiosk/NAME.sock is
 * always kiosk NAME. We accept ourselves, so that socket and peer are known for each connection
 * before a byte is read. Bounds: connections in all and for each peer, header bytes, body bytes,
 * the time a request may take to arrive, streams a peer.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "base/err.h"
#include "daemon/server.h"

enum {
	HTTP_CONNECTIONS = 256,
	HTTP_PER_PEER = 32,
	HTTP_STREAMS_PER_PEER = 8,
	HTTP_HEADER_MEMORY = 32 * 1024,
	HTTP_BODY_MOST = 64 * 1024,
	HTTP_BODY_BIG = 2 * 1024 * 1024 + 4096, /* 1 MiB of CSV, in JSON at worst twice as long */
	HTTP_ANSWER_MOST = 1024 * 1024,
	HTTP_HEAD_WAIT_MS = 60 * 1000, /* for the next request's head to be whole */
	HTTP_BODY_WAIT_MS = 15 * 1000,
};

/* Bind the sockets of d->conf and join d->loop. ERR_BUSY: somebody listens there. *own_h:
 * http_free. */
enum err_code http_new(struct http **own_h, struct foyerd *d, struct err *e) MUST_USE;

/* After a reload: listen for new kiosks, stop listening for those that are gone. */
enum err_code http_reload(struct http *h, struct err *e) MUST_USE;

/* End the connections of kiosks on which nothing is asked now: each of them looks at once how things are. */
void http_hang_up_kiosks(struct http *h);

/* Stop accepting, end every stream and unanswered request, close everything. At most two
 * seconds. */
void http_free(struct http *own_h);

#endif
