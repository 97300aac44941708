/*
 * What the three files of the HTTP side share: http.c (sockets and connections), exchange.c (one
 * request and its answer). Not for others.
 */
#ifndef DAEMON_HTTP_INT_H
#define DAEMON_HTTP_INT_H

#include <microhttpd.h>
#include <sys/un.h>

#include "base/str.h"
#include "daemon/dispatch.h"
#include "daemon/http.h"
#include "daemon/loop.h"
#include "daemon/peer.h"
#include "daemon/who.h"

struct listener {
	struct loop_source source;
	struct http *http;
	char path[sizeof((struct sockaddr_un *)0)->sun_path];
	char kiosk[TEXT_WORD_SZ]; /* "" for the staff's socket */
	struct listener *next;
};

enum conn_phase { CONN_HEAD, CONN_BODY, CONN_ANSWER };

struct conn {
	struct http *http;
	int fd;
	char kiosk[TEXT_WORD_SZ];
	struct peer peer; /* of the staff's socket */
	char user[TEXT_WORD_SZ];
	bool
	    nameless; /* it is not known yet who that is: libmicrohttpd gets the connection later */
	bool sure; /* the user database said who it is */
	unsigned roles, generation; /* roles when the configuration and the user database were so */
	enum conn_phase phase;
	int64_t since_ms; /* monotonic: when the phase began */
	int streams;
	bool taken; /* libmicrohttpd has it */
	struct conn *next;
};

struct exchange {
	struct conn *conn;
	struct MHD_Connection *mhd;
	const struct route *route;
	char param[REQUEST_PARAM_SZ];
	struct str_buf body;
	size_t body_most;
	char allow[32];
	struct answer answer;
	bool answered; /* answer holds what to send */
	bool too_big;
	bool suspended;
	bool streaming;
	struct exchange *next;
};

struct http {
	struct foyerd *d;
	struct MHD_Daemon *mhd;
	struct loop_source epoll;
	struct loop_timer sweep;
	struct who *who;
	struct listener *listeners;
	struct conn *conns;
	struct exchange *exchanges;
	int n_conns;
	bool stopping;
};

/* exchange.c */
enum MHD_Result exchange_access(void *arg, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len, void **ctx);
void exchange_completed(
    void *arg, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode why);
size_t exchange_unescape(void *arg, struct MHD_Connection *mhd, char *s);
/* Let every waiting exchange end. */
void exchange_stop_all(struct http *h);

/* http.c */
struct conn *http_conn_of(struct http *h, struct MHD_Connection *mhd);
bool http_actor(struct conn *c, struct actor *a); /* false: nobody */
int http_streams(const struct conn *c); /* of this peer, over all its connections */

#endif
