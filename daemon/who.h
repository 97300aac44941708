/*
 * Who a uid is and which gid a group has, by the machine's user database, which may lie in a network that is down. It hides the `foyerd --read`
 * child that asks for us, because asking may block (getpwnam(3)), and what is remembered: an answer is good for ten minutes and longer,
 * while another is being asked for.
 */
#ifndef DAEMON_WHO_H
#define DAEMON_WHO_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/text.h"
#include "daemon/server.h"

enum { WHO_PEOPLE = 64, WHO_GROUPS = 128, WHO_WAIT_MS = 2000 };

struct who;

/* known is called whenever there is news. who_free may be called while somebody is asked for. */
struct who *who_new(struct foyerd *d, void (*known)(void *arg), void *arg);
void who_free(struct who *own_w);

/* The login name, "uid:1000" where there is none. False: not known yet; known will be called, after WHO_WAIT_MS at the latest where the user
 * database does not answer: then *sure is false for some seconds, until it is asked again. */
bool who_of(struct who *w, uid_t uid, char name[TEXT_WORD_SZ], bool *sure);

/* The gid of a group that foyer.conf names; false where there is none, or none is known yet. */
bool who_group(const struct who *w, const char *name, gid_t *gid);

/* Raised with all news. */
unsigned who_generation(const struct who *w);

/* After a reload: foyer.conf may name other groups. */
void who_reload(struct who *w);

/* In the child: {"uid", "groups": […]} → {"user": name or null, "groups": {name: gid, …}}; the caller drops it. An error where any of it cannot be
 * known now: what foyerd knew is better than half an answer. */
enum err_code who_look(const json_t *ask, json_t **own_answer, struct err *e) MUST_USE;

#endif
