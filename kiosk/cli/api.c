#include "kiosk/cli/api.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "base/random.h"
#include "base/uuid.h"

enum { SOON_MS = 10 * 1000, CALL_MS = 20 * 1000, SLOW_MS = 15 * 60 * 1000, PAGE = 200 };

/* --- targets ----------------------------------------------------------------------------- */

struct api_target api_target_of(const char *path)
{
	struct api_target t;
	t.ok = str_copy(t.text, sizeof t.text, path);
	return t;
}

void api_target_segment(struct api_target *t, const char *segment)
{
	/* client_target_add does the encoding; its "?=" in front is then cut away. */
	char query[CLIENT_TARGET_SZ] = "";
	t->ok = t->ok && segment[0] != '\0' && client_target_add(query, "", segment);
	size_t len = strlen(t->text);
	t->ok = t->ok && str_print(t->text + len, sizeof t->text - len, "/%s", query + 2);
}

void api_target_add(struct api_target *t, const char *name, const char *value)
{
	t->ok = t->ok && client_target_add(t->text, name, value);
}

void api_target_add_int(struct api_target *t, const char *name, long long value)
{
	char text[24];
	(void)str_print(text, sizeof text, "%lld", value);
	api_target_add(t, name, text);
}

/* --- what came of it --------------------------------------------------------------------- */

static enum cli_exit exit_of(int status)
{
	switch (status) {
	case 400:
	case 413: return CLI_USAGE;
	case 401:
	case 403: return CLI_DENIED;
	case 404:
	case 409:
	case 422:
	case 429: return CLI_NO;
	default: return CLI_UNREACHABLE;
	}
}

/* foyerd names the members of a body; who typed a command knows them as options. */
static void options_named(char dst[PRINT_LINE_SZ], const char *message)
{
	static const char word_of[] = "abcdefghijklmnopqrstuvwxyz_";
	size_t len = 0;
	dst[0] = '\0';
	while (*message != '\0') {
		size_t n = strspn(message, word_of), rest = strcspn(message + n, word_of);
		const char *word = n == 7 && memcmp(message, "from_ms", n) == 0    ? "--from"
				   : n == 8 && memcmp(message, "until_ms", n) == 0 ? "--until"
										   : NULL;
		if (!str_print(dst + len, PRINT_LINE_SZ - len, "%.*s%.*s",
			(int)(word != NULL ? strlen(word) : n), word != NULL ? word : message,
			(int)rest, message + n))
			return;
		len += strlen(dst + len);
		message += n + rest;
	}
}

static enum cli_exit refused(struct cli *c, const struct client_reply *r)
{
	const char *word = print_text(r->own_json, "error"),
		   *message = print_text(r->own_json, "message");
	char text[PRINT_LINE_SZ];
	if (c->json && r->own_json != NULL)
		print_json(&c->out, r->own_json);
	options_named(text, message);
	if (str_eq(word, "no-space"))
		cli_complain(c,
		    "the disk is full, and nothing was recorded: make room; foyer doctor says "
		    "where (no-space: %s)",
		    text);
	else if (str_eq(word, "io") || str_eq(word, "corrupt"))
		cli_complain(c, "%s; foyer doctor says what to do (%s)", text, word);
	else if (message[0] != '\0')
		cli_complain(c, "%s (%s)", text, word);
	else
		cli_complain(c, "foyerd answered %d %s", r->status, word);
	return exit_of(r->status);
}

/* No answer. Whether the socket is closed to us or nobody sits behind it is not the same thing
 * to mend. */
static enum cli_exit unanswered(struct cli *c, enum err_code code, const struct err *e)
{
	if (code == ERR_UNREACHABLE && access(c->socket, W_OK) != 0 && errno == EACCES) {
		cli_complain(c,
		    "%s: you may not talk to foyerd; a role in foyer.conf needs a group that may "
		    "open this socket",
		    c->socket);
		return CLI_DENIED;
	}
	if (code == ERR_UNREACHABLE)
		cli_complain(c, "foyerd does not answer on %s; foyer doctor says more", c->socket);
	else
		cli_complain(c, "%s: %s", c->socket, e->msg);
	return code == ERR_INPUT || code == ERR_TOO_LONG ? CLI_USAGE : CLI_UNREACHABLE;
}

/* --- calls ------------------------------------------------------------------------------- */

struct call {
	const char *method;
	const struct api_target *target;
	const char *body, *key;
	int64_t timeout_ms;
	bool *late; /* where nobody is to be told that no answer came in time; or NULL */
};

static enum cli_exit call(struct cli *c, const struct call *what, json_t **own_answer)
{
	struct client_ask ask = {.method = what->method,
	    .target = what->target->text,
	    .body = what->body,
	    .key = what->key,
	    .timeout_ms = what->timeout_ms};
	struct client_reply r;
	struct err e = {0};
	*own_answer = NULL;
	if (!what->target->ok)
		return cli_usage(c, "a value is empty or too long");
	enum err_code code = client_call(c->socket, &ask, &r, &e);
	/* The connection dropped, perhaps after foyerd had heard us: the same key makes asking
	 * again the same request. */
	if (code == ERR_UNREACHABLE || code == ERR_PROTOCOL) {
		json_decref(r.own_json);
		code = client_call(c->socket, &ask, &r, &e);
	}
	enum cli_exit rc = CLI_OK;
	if (code == ERR_TIMEOUT && what->late != NULL) {
		*what->late = true;
		rc = CLI_UNREACHABLE;
	} else if (code != ERR_OK)
		rc = unanswered(c, code, &e);
	else if (r.status < 200 || r.status > 299)
		rc = refused(c, &r);
	else
		*own_answer = r.own_json != NULL ? json_incref(r.own_json) : json_object();
	json_decref(r.own_json);
	return rc;
}

enum cli_exit api_get(struct cli *c, const struct api_target *t, json_t **own_answer)
{
	return call(
	    c, &(struct call){.method = "GET", .target = t, .timeout_ms = CALL_MS}, own_answer);
}

enum cli_exit api_get_soon(
    struct cli *c, const struct api_target *t, json_t **own_answer, bool *late)
{
	*late = false;
	return call(c,
	    &(struct call){.method = "GET", .target = t, .timeout_ms = SOON_MS, .late = late},
	    own_answer);
}

enum cli_exit api_get_slow(struct cli *c, const struct api_target *t, json_t **own_answer)
{
	return call(
	    c, &(struct call){.method = "GET", .target = t, .timeout_ms = SLOW_MS}, own_answer);
}

static enum cli_exit send_body(
    struct cli *c, struct call *what, json_t *own_body, json_t **own_answer)
{
	char key[UUID_TEXT_SZ];
	struct uuid_gen g = {.random = random_system()};
	struct uuid id = uuid_new(&g, clock_wall(&c->clock));
	char *text = own_body != NULL ? json_print_line(own_body) : mem_strdup("{}");
	what->body = text;
	what->key = uuid_print(key, &id);
	enum cli_exit rc = call(c, what, own_answer);
	explicit_bzero(text, strlen(text));
	free(text);
	json_decref(own_body);
	return rc;
}

enum cli_exit api_send(struct cli *c, const char *method, const struct api_target *t,
    json_t *own_body, json_t **own_answer)
{
	return send_body(c, &(struct call){.method = method, .target = t, .timeout_ms = CALL_MS},
	    own_body, own_answer);
}

enum cli_exit api_send_slow(struct cli *c, const char *method, const struct api_target *t,
    json_t *own_body, json_t **own_answer)
{
	return send_body(c, &(struct call){.method = method, .target = t, .timeout_ms = SLOW_MS},
	    own_body, own_answer);
}

/* --- lists and streams ------------------------------------------------------------------- */

enum cli_exit api_list(struct cli *c, const struct api_target *t, int64_t most, json_t **own_list)
{
	return api_list_from(c, t, "", most, own_list);
}

enum cli_exit api_list_from(
    struct cli *c, const struct api_target *t, const char *after, int64_t most, json_t **own_list)
{
	json_t *items = json_array(), *next = NULL;
	char cursor[256];
	enum cli_exit rc = CLI_OK;
	*own_list = NULL;
	(void)str_copy(cursor, sizeof cursor, after);
	do {
		struct api_target page = *t;
		json_t *answer = NULL;
		int64_t left = most - (int64_t)json_array_size(items);
		api_target_add_int(&page, "limit", left < PAGE ? left : PAGE);
		if (cursor[0] != '\0')
			api_target_add(&page, "after", cursor);
		rc = api_get(c, &page, &answer);
		(void)json_array_extend(items, json_object_get(answer, "items"));
		json_decref(next);
		next = json_incref(json_object_get(answer, "next"));
		const char *to = json_string_value(next);
		/* A cursor that stands still would never end. */
		bool moved = to != NULL && !str_eq(to, cursor);
		(void)str_copy(cursor, sizeof cursor, moved ? to : "");
		json_decref(answer);
	} while (rc == CLI_OK && cursor[0] != '\0' && (int64_t)json_array_size(items) < most);
	if (rc == CLI_OK)
		*own_list = json_pack(
		    "{s:O, s:O}", "items", items, "next", next != NULL ? next : json_null());
	json_decref(items);
	json_decref(next);
	return rc;
}

static void nothing(void *arg, const struct client_answer *a)
{
	(void)arg;
	(void)a;
}

enum cli_exit api_stream(struct cli *c, const struct api_target *t,
    bool (*bytes)(void *arg, const char *bytes, size_t n), void *arg)
{
	struct client_ask ask = {.method = "GET", .target = t->text, .timeout_ms = SLOW_MS};
	struct client_sink sink = {.bytes = bytes, .end = nothing, .arg = arg};
	struct client_reply r = {0};
	struct err e = {0};
	if (!t->ok)
		return cli_usage(c, "a value is too long");
	enum err_code code = client_call_stream(c->socket, &ask, &sink, &r, &e);
	enum cli_exit rc = CLI_OK;
	if (code == ERR_TOO_LONG) /* http.h: bytes() said false */
		rc = CLI_NO;
	else if (code != ERR_OK)
		rc = unanswered(c, code, &e);
	else if (r.status != 200)
		rc = refused(c, &r);
	json_decref(r.own_json);
	return rc;
}

bool api_is_there(const struct cli *c)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (!str_copy(a.sun_path, sizeof a.sun_path, c->socket))
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool there =
	    fd >= 0 && (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 || errno == EAGAIN);
	if (fd >= 0)
		(void)close(fd);
	return there;
}

enum cli_exit api_put_text(
    struct cli *c, json_t *body, const char *key, const char *option, const char *value)
{
	if (value == NULL)
		return CLI_OK;
	json_t *text = json_string(value);
	if (text == NULL)
		return cli_usage(c, "%s: is not UTF-8", option);
	(void)json_object_set_new(body, key, text);
	return CLI_OK;
}
