/*
 * Visits and invitations as the API shows them.
 */
#ifndef DAEMON_DESK_JSON_H
#define DAEMON_DESK_JSON_H

#include <jansson.h>

#include "daemon/desk.h"

/* A row of a list. */
json_t *desk_json_visit(const struct db_visit_item *item);

/* The whole of one visit: the row, and its fields, stays, credentials, badges, signatures, jobs, waiting rows. *own_obj is the caller's. */
/* Card numbers, which open doors, are shown to managers, supervisors and the desk alone. */
enum err_code desk_json_whole(
    const struct request *rq, const struct uuid *visit, json_t **own_obj, struct err *e) MUST_USE;

/* An invitation with its secrets, for the one who made it. mail: "queued", "none". */
enum err_code desk_json_invitation(struct foyerd *d, const struct desk_case *c, const char *mail,
    json_t **own_obj, struct err *e) MUST_USE;

/* Does a role other than host open this route? Whoever comes in as a host alone sees the own visits, also a guard or warden who is a host besides. */
bool desk_sees_all(const struct request *rq);

/* A visit by id, or by the number people read from a badge. ERR_NOT_FOUND. */
enum err_code desk_visit_find(
    struct foyerd *d, const char *s, struct db_visit *v, struct err *e) MUST_USE;

/* The visit of the path, if this person may see it. ERR_NOT_FOUND. */
enum err_code desk_visit_of(const struct request *rq, struct db_visit *v, struct err *e) MUST_USE;

/* Looks at documents, and why somebody was sent to reception with one: reception alone. */
bool desk_sees_documents(const struct request *rq);
enum err_code desk_json_documents(
    const struct request *rq, const struct uuid *visit, json_t *obj, struct err *e) MUST_USE;

/* May this person see and move this visit? Everybody but a host sees all; a host sees the own. */
bool desk_may_see(const struct request *rq, const struct db_visit *v, const struct db_host *self);

/* The host that a person is: the directory entry whose uid is the login name. id nil: none. */
enum err_code desk_self(const struct request *rq, struct db_host *self, struct err *e) MUST_USE;

#endif
