#include "tests/bench/lib_bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/str.h"

int64_t bench_ns(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void bench_add(struct bench_times *t, int64_t ns)
{
	if (t->n == t->cap) {
		t->cap = t->cap > 0 ? 2 * t->cap : 1024;
		t->ns = mem_grow(t->ns, t->cap, sizeof *t->ns);
	}
	t->ns[t->n++] = ns;
}

void bench_say(const char *side, struct bench_times *t, json_t *own_more)
{
	json_t *us = json_array();
	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(us, json_real((double)t->ns[i] / 1000));
	json_t *line = json_pack("{s:s, s:o}", "side", side, "us", us);
	if (own_more != NULL)
		json_object_update(line, own_more);
	char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(8));
	if (text == NULL || printf("%s\n", text) < 0 || fflush(stdout) != 0)
		bench_die("cannot print");
	free(text);
	json_decref(line);
	json_decref(own_more);
	free(t->ns);
	*t = (struct bench_times){0};
}

void bench_die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	(void)fputs("bench: ", stderr);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

void bench_must(enum err_code code, const struct err *e)
{
	if (code != ERR_OK)
		bench_die("%s: %s", err_name(code), e->msg);
}

int64_t bench_number(const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || n < 0)
		bench_die("%s is no number", text);
	return n;
}
