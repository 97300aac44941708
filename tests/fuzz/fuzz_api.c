// rooms: daemon visit notify access badge scan db pass match base
// with: tests/fuzz/house.c tests/fuzz/house_check.c tests/fuzz/lines.c
/*
 * foyerd's API as somebody might use it who has a role and no manners: a script of requests, of courier's answers and of time. What must
 * hold of every answer and of the book in the end stands in house.h.
 *
 *   WHO METHOD PATH [BODY]      WHO: kiosk host desk guard warden supervisor auditor manager; "$v0" and the like as house_fill has it
 *   again WHO METHOD PATH …     the same under the key of the line before
 *   job DESTINATION RESULT      the courier's answer to its next job: {"result":"done"}
 *   later MINUTES
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tests/fuzz/house.h"
#include "tests/fuzz/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

enum { LINES_MOST = 40, WORD_SZ = 32, MINUTES_MOST = 60 * 24 * 40 };

static const struct {
	const char *name;
	unsigned roles;
} people[] = {{"kiosk", ROLE(KIOSK)}, {"host", ROLE(HOST)}, {"desk", ROLE(DESK)},
    {"guard", ROLE(GUARD)}, {"warden", ROLE(WARDEN)}, {"supervisor", ROLE(SUPERVISOR)},
    {"auditor", ROLE(AUDITOR)}, {"manager", ROLE(MANAGER)}};
enum { PEOPLE = sizeof people / sizeof people[0] };

static unsigned roles_of(const char *name)
{
	for (int i = 0; i < PEOPLE; i++)
		if (str_eq(people[i].name, name))
			return people[i].roles;
	return 0;
}

/* The next word of *at into word; "" where there is none or it is too long. */
static void word_take(const char **at, char *word, size_t word_sz)
{
	*at += strspn(*at, " ");
	size_t n = strcspn(*at, " ");
	word[0] = '\0';
	if (n < word_sz)
		(void)str_print(word, word_sz, "%.*s", (int)n, *at);
	*at += n;
}

static void request(struct house *h, const char *who, const char *rest, uint64_t key)
{
	char method[WORD_SZ], path[1024];
	int status;
	word_take(&rest, method, sizeof method);
	word_take(&rest, path, sizeof path);
	rest += strspn(rest, " ");
	const struct house_ask ask = {.roles = roles_of(who),
	    .method = method,
	    .path = path,
	    .body = rest[0] != '\0' ? rest : NULL,
	    .key = key};
	if (ask.roles != 0)
		json_decref(house_ask(h, &ask, &status));
}

static void job(struct house *h, const char *rest)
{
	char destination[64];
	word_take(&rest, destination, sizeof destination);
	json_t *result = json_loads(rest, JSON_DISABLE_EOF_CHECK, NULL);
	if (json_is_object(result))
		(void)house_courier(h, destination, result);
	json_decref(result);
}

static void line_do(struct house *h, const char *line)
{
	char who[WORD_SZ];
	word_take(&line, who, sizeof who);
	if (str_eq(who, "job")) {
		job(h, line);
	} else if (str_eq(who, "later")) {
		unsigned long minutes = strtoul(line, NULL, 10);
		house_later(h, (int64_t)(minutes % MINUTES_MOST) * CLOCK_MINUTE);
	} else if (str_eq(who, "again")) {
		word_take(&line, who, sizeof who);
		request(h, who, line, h->keys - 1);
	} else {
		request(h, who, line, 0);
	}
}

static void prepare(struct house *h)
{
	line_do(h, "manager PUT /v1/hosts/aroth {\"name\":\"Anna "
		   "Roth\",\"mail\":\"anna@house.example\",\"lang\":\"de\"}");
	line_do(h, "manager PUT /v1/hosts/jbaker {\"name\":\"James "
		   "Baker\",\"mail\":\"\",\"deputy\":\"aroth\"}");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct house *h = mem_new(1, sizeof *h);
	house_open(h, prepare);
	const char *at = (const char *)data, *end = at + size, *text;
	size_t len;
	for (int i = 0; i < LINES_MOST && lines_next(&at, end, &text, &len); i++) {
		char *line = house_fill(h, text, len);
		line_do(h, line);
		free(line);
	}
	house_check(h);
	house_close(h);
	free(h);
	return 0;
}

/* --- for libFuzzer: whole lines, of what there is ------------------------------------------ */

static const char *const bodies[] = {"{}", "{\"reason\":\"because\"}",
    "{\"text\":\"$p0\",\"source\":\"camera\"}", "{\"pass\":\"$p0\",\"coming_back\":true}",
    "{\"text\":\"$c0\",\"source\":\"typed\"}",
    "{\"pass\":\"$p0\",\"lang\":\"en\",\"agreement\":{\"name\":\"visitor\",\"version\":\"$a0\","
    "\"lang\":\"en\",\"accepted\":true}}",
    "{\"until_ms\":$+90}",
    "{\"host\":\"aroth\",\"name\":\"N\",\"type\":\"guest\",\"until_ms\":$+120}",
    "{\"walk_in\":{\"type\":\"guest\",\"name\":\"W\",\"host\":\"$h0\",\"fields\":{}},\"agreement\":"
    "{\"name\":\"visitor\",\"version\":\"$a0\","
    "\"lang\":\"en\",\"accepted\":true}}"};
static const char *const others[] = {"later 1", "later 61", "later 1440", "later 50000",
    "job print:lobby {\"result\":\"done\"}", "job access:main {\"result\":\"done\"}",
    "job notify:mail {\"result\":\"failed\",\"class\":\"rejected\"}",
    "job print:spare {\"result\":\"retry\",\"class\":\"media-empty\"}",
    "job access:main {\"result\":\"retry\",\"class\":\"timeout\"}",
    "kiosk GET /v1/agreements/visitor?lang=en"};

/* A line for some route, with a body that may fit it. */
static void line_invent(struct str_buf *out, unsigned seed)
{
	size_t n;
	const struct route *r = routes_all(&n);
	if (seed % 4 == 0) {
		(void)str_buf_print(
		    out, "%s\n", others[seed / 4 % (sizeof others / sizeof others[0])]);
		return;
	}
	r += seed / 4 % n;
	int who = 0;
	while (who + 1 < PEOPLE &&
	       ((r->roles & people[who].roles) == 0 || (seed >> 20 & 3) == (unsigned)who))
		who++;
	const char *open = strchr(r->path, '{');
	(void)str_buf_print(out, "%s %s %.*s", people[who].name, route_method_name(r->method),
	    open != NULL ? (int)(open - r->path) : (int)strlen(r->path), r->path);
	if (open != NULL)
		(void)str_buf_print(
		    out, "$%c%u%s", r->path[strlen("/v1/")], seed >> 24 & 3, strchr(open, '}') + 1);
	(void)str_buf_print(
	    out, " %s\n", bodies[(seed >> 16) % (sizeof bodies / sizeof bodies[0])]);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	return lines_mutate(data, size, max, seed, line_invent);
}
