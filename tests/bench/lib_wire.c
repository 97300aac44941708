#include "tests/bench/lib_wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bench/lib_bench.h"

static bool keep(void *arg, const char *bytes, size_t n)
{
	return str_buf_add(arg, bytes, n);
}

void wire_open(struct wire *w, const char *socket_path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	*w = (struct wire){.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (!str_copy(a.sun_path, sizeof a.sun_path, socket_path))
		bench_die("%s: too long a path", socket_path);
	if (w->fd < 0 || connect(w->fd, (struct sockaddr *)&a, sizeof a) != 0)
		bench_die("%s: %s", socket_path, strerror(errno));
}

void wire_close(struct wire *w)
{
	(void)close(w->fd);
	str_buf_fini(&w->body);
}

void wire_send(
    struct wire *w, const char *method, const char *target, const char *key, const char *body)
{
	struct str_buf b = STR_BUF_INIT;
	str_buf_clear(&w->body);
	http_init(&w->http, keep, &w->body);
	bool ok = str_buf_print(&b, "%s %s HTTP/1.1\r\nHost: foyer\r\n", method, target);
	if (key != NULL)
		ok = ok && str_buf_print(&b, "Idempotency-Key: %s\r\n", key);
	if (body != NULL)
		ok = ok &&
		     str_buf_print(&b, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			 strlen(body));
	ok = ok && str_buf_print(&b, "\r\n%s", body != NULL ? body : "");
	if (!ok || send(w->fd, b.data, b.len, MSG_NOSIGNAL) != (ssize_t)b.len)
		bench_die("%s %s: %s", method, target, strerror(errno));
	str_buf_fini(&b);
}

bool wire_step(struct wire *w)
{
	char buf[65536];
	size_t used;
	struct err e = {0};
	ssize_t n = read(w->fd, buf, sizeof buf);
	if (n <= 0)
		bench_die("foyerd hung up");
	bench_must(http_feed(&w->http, buf, (size_t)n, &used, &e), &e);
	return w->http.done;
}

void wire_ask(struct wire *w, int status, const char *method, const char *target, const char *key,
    const char *body)
{
	wire_send(w, method, target, key, body);
	while (!wire_step(w))
		continue;
	if (w->http.status != status)
		bench_die("%s %s: %d %s", method, target, w->http.status,
		    w->body.data != NULL ? w->body.data : "");
}

json_t *wire_json(const struct wire *w)
{
	json_t *v = json_loadb(w->body.data, w->body.len, 0, NULL);
	if (v == NULL)
		bench_die("the answer is no JSON");
	return v;
}

struct guest *guests_read(const char *file, int64_t first, int64_t count)
{
	struct guest *list = mem_new((size_t)count, sizeof *list);
	char line[512];
	FILE *f = fopen(file, "re");
	if (f == NULL)
		bench_die("%s: %s", file, strerror(errno));
	for (int64_t i = 0; i < first + count; i++) {
		if (fgets(line, sizeof line, f) == NULL)
			bench_die("%s: fewer guests than %lld", file, (long long)(first + count));
		if (i < first)
			continue;
		struct guest *g = &list[i - first];
		char *rest = line, *visit = strsep(&rest, " "), *visitor = strsep(&rest, " "),
		     *code = strsep(&rest, " "), *pass = strsep(&rest, "\n");
		if (pass == NULL || !uuid_parse(&g->visit, visit) ||
		    !uuid_parse(&g->visitor, visitor) || !str_copy(g->code, sizeof g->code, code) ||
		    !str_copy(g->pass, sizeof g->pass, pass))
			bench_die("%s: a line is damaged", file);
	}
	(void)fclose(f);
	return list;
}

void guest_body(struct str_buf *body, const struct guest *g, const char *version)
{
	str_buf_clear(body);
	if (!str_buf_print(body,
		"{\"lang\":\"en\",\"pass\":\"%s\",\"agreement\":{\"name\":\"visitor\",\"version\":"
		"\"%s\",\"lang\":\"en\",\"accepted\":true}}",
		g->pass, version))
		bench_die("out of room");
}

void agreement_version(struct wire *w, char *dst, size_t dst_sz)
{
	wire_ask(w, 200, "GET", "/v1/agreements/visitor?lang=en", NULL, NULL);
	json_t *v = wire_json(w);
	const char *text = json_string_value(json_object_get(v, "version"));
	if (text == NULL || !str_copy(dst, dst_sz, text))
		bench_die("the agreement has no version");
	json_decref(v);
}
