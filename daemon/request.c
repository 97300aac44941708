#include "daemon/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"

const char *request_query(const struct request *rq, const char *name)
{
	for (int i = 0; i < rq->n_query; i++)
		if (str_eq(rq->query[i].name, name))
			return rq->query[i].value;
	return NULL;
}

enum err_code request_query_text(
    const struct request *rq, const char *name, char *dst, size_t dst_sz, struct err *e)
{
	const char *v = request_query(rq, name);
	dst[0] = 0;
	if (!v)
		return ERR_OK;
	struct err local;
	enum err_code c = text_clean(dst, dst_sz, v, strlen(v), TEXT_LINE, &local);
	return c ? err_set(e, c, "%s: %s", name, local.msg) : ERR_OK;
}

enum err_code request_query_int(const struct request *rq, const char *name, int64_t *dst,
    int64_t min, int64_t max, struct err *e)
{
	const char *v = request_query(rq, name);
	if (!v)
		return ERR_OK;
	char *end = NULL;
	errno = 0;
	long long n = strtoll(v, &end, 10);
	bool digits = v[0] == '-' ? v[1] >= '0' && v[1] <= '9' : v[0] >= '0' && v[0] <= '9';
	if (!digits || *end || errno || n < min || n > max)
		return err_set(e, ERR_INPUT, "%s: must be a whole number from %lld to %lld", name,
		    (long long)min, (long long)max);
	*dst = n;
	return ERR_OK;
}

enum err_code request_query_bool(
    const struct request *rq, const char *name, bool *dst, struct err *e)
{
	const char *v = request_query(rq, name);
	if (!v)
		return ERR_OK;
	if (str_eq(v, "true") || str_eq(v, "1"))
		*dst = true;
	else if (str_eq(v, "false") || str_eq(v, "0"))
		*dst = false;
	else
		return err_set(e, ERR_INPUT, "%s: must be true or false", name);
	return ERR_OK;
}

enum err_code request_query_uuid(
    const struct request *rq, const char *name, struct uuid *dst, struct err *e)
{
	const char *v = request_query(rq, name);
	if (v && !uuid_parse(dst, v))
		return err_set(e, ERR_INPUT, "%s: must be a UUID", name);
	return ERR_OK;
}

enum err_code request_limit(const struct request *rq, int *limit, struct err *e)
{
	int64_t n = REQUEST_LIMIT;
	enum err_code c = request_query_int(rq, "limit", &n, 1, REQUEST_LIMIT_MOST, e);
	*limit = (int)n;
	return c;
}

enum err_code request_id(const struct request *rq, struct uuid *id, struct err *e)
{
	if (!uuid_parse(id, rq->param))
		return err_set(e, ERR_NOT_FOUND, "there is nothing with this id");
	return ERR_OK;
}

enum err_code request_reason(
    const struct request *rq, bool required, char dst[TEXT_REASON_SZ], struct err *e)
{
	struct json_reader r;
	dst[0] = 0;
	json_read_begin(&r, rq->body, e);
	json_read_text(
	    &r, "reason", required ? JSON_REQUIRED : JSON_OPTIONAL, dst, TEXT_REASON_SZ, TEXT_LINE);
	enum err_code c = json_read_end(&r);
	if (!c && required && !dst[0])
		return err_set(e, ERR_INPUT, "reason: must not be empty");
	return c;
}

void request_actor(const struct request *rq, char dst[DB_ACTOR_SZ])
{
	char id[UUID_TEXT_SZ];
	if (rq->actor.kiosk)
		str_print(dst, DB_ACTOR_SZ, "kiosk:%s", rq->actor.kiosk->name);
	else
		str_print(dst, DB_ACTOR_SZ, "staff:%s", uuid_print(id, &rq->actor.staff));
}

enum err_code request_reply(struct request *rq, int status, json_t *own_obj)
{
	json_decref(rq->answer);
	rq->answer = own_obj;
	rq->status = status;
	rq->refused = false;
	return ERR_OK;
}

enum err_code request_refuse_with(
    struct request *rq, int status, const char *word, const char *message, json_t *own_more)
{
	json_t *answer = json_pack("{s:s, s:s}", "error", word, "message", message ? message : "");
	if (own_more)
		json_object_update_missing(answer, own_more);
	json_decref(own_more);
	request_reply(rq, status, answer);
	rq->refused = true;
	return ERR_OK;
}

enum err_code request_refuse(struct request *rq, int status, const char *word, const char *message)
{
	return request_refuse_with(rq, status, word, message, NULL);
}

json_t *request_list(json_t *own_items, const char *next)
{
	json_t *list = json_object();
	json_object_set_new(list, "items", own_items ? own_items : json_array());
	json_object_set_new(list, "next", next && next[0] ? json_string(next) : json_null());
	return list;
}
