#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/book.h"
#include "db/journal.h"
#include "tests/fuzz/house.h"

static json_t *get(struct house *h, const char *path)
{
	const struct house_ask ask = {
	    .roles = ROLE(MANAGER) | ROLE(DESK) | ROLE(AUDITOR), .method = "GET", .path = path};
	int status = 0;
	json_t *o = house_ask(h, &ask, &status);
	house_must(status == 200 && o != NULL, path);
	return o;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));
	house_must(text != NULL, key);
	return text;
}

static int64_t number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static bool one_of(const char *word, const char *a, const char *b, const char *c)
{
	return str_eq(word, a) || str_eq(word, b) || str_eq(word, c);
}

/* In and out take turns, and only who is inside has not gone out. */
static void stays_check(const json_t *visit)
{
	const json_t *stays = json_object_get(visit, "stays");
	int64_t last = 0;
	size_t i, open = 0, n = json_array_size(stays);
	const json_t *s;
	json_array_foreach(stays, i, s)
	{
		int64_t in = number_of(s, "in_ms"), out = number_of(s, "out_ms");
		house_must(in >= last && (out == 0 || out >= in), "stays follow each other");
		house_must(out != 0 || i + 1 == n, "only the last stay is open");
		open += out == 0;
		last = out != 0 ? out : in;
	}
	house_must((open == 1) == str_eq(text_of(visit, "state"), "inside"),
	    "who is inside has one open stay");
}

/* Whether some job of this kind is still there to be done, or waits for a person. */
static bool has_job(const json_t *visit, const char *kind)
{
	size_t i;
	const json_t *j;
	json_array_foreach(json_object_get(visit, "jobs"), i, j)
	{
		const char *state = text_of(j, "state");
		if (str_eq(text_of(j, "kind"), kind) && !str_eq(state, "done") &&
		    !str_eq(state, "dropped"))
			return true;
	}
	return false;
}

static void rights_check(const json_t *visit)
{
	const char *state = text_of(visit, "state");
	bool over = one_of(state, "ended", "cancelled", "refused");
	size_t i;
	const json_t *c;
	json_array_foreach(json_object_get(visit, "credentials"), i, c)
	{
		const char *is = text_of(c, "state");
		bool live = one_of(is, "pending", "granted", NULL);
		house_must(!live || text_of(visit, "authorised_by")[0] != '\0',
		    "nobody has a right that nobody gave");
		house_must(!live || !over, "who is gone has no right");
		house_must(!str_eq(is, "revoking") || has_job(visit, "revoke"),
		    "a withdrawal is not forgotten");
	}
}

static void badges_check(const json_t *visit)
{
	int64_t last = INT64_MAX; /* newest first */
	size_t i;
	const json_t *b;
	json_array_foreach(json_object_get(visit, "badges"), i, b)
	{
		house_must(number_of(b, "copy") < last, "each badge is a copy of its own");
		last = number_of(b, "copy");
	}
}

static void visit_check(struct house *h, const json_t *item)
{
	char path[64];
	(void)str_print(path, sizeof path, "/v1/visits/%s", text_of(item, "id"));
	json_t *visit = get(h, path);
	house_must(str_eq(text_of(visit, "state"), text_of(item, "state")) &&
		       str_eq(text_of(visit, "number"), text_of(item, "number")),
	    "a visit is in the list what it is alone");
	stays_check(visit);
	rights_check(visit);
	badges_check(visit);
	json_decref(visit);
}

static void lists_check(struct house *h)
{
	static const char *const others[] = {"/v1/jobs?limit=200", "/v1/waiting?limit=200",
	    "/v1/invitations?limit=200", "/v1/hosts?limit=200", "/v1/journal?limit=200", "/v1/me",
	    "/v1/types"};
	json_t *all = get(h, "/v1/visits?limit=200");
	size_t i;
	const json_t *item;
	json_array_foreach(json_object_get(all, "items"), i, item) visit_check(h, item);
	json_decref(all);
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		json_decref(get(h, others[i]));
}

void house_check(struct house *h)
{
	struct err e = {0};
	struct db_journal_report r;
	const struct db_journal_check check = {0};
	house_must(!h->d.closed && !book_in_tx(h->d.book), "the book is open and at rest");
	house_must(book_verify(h->d.book, true, &e) == ERR_OK, e.msg);
	house_must(db_journal_verify(h->d.book, &check, &r, &e) == ERR_OK, e.msg);
	house_must(r.ok, r.why);
	lists_check(h);
}
