#include "db/host.h"

#include <string.h>

#include "base/str.h"
#include "db/lookup.h"
#include "db/query.h"

static void get_host(struct query *q, struct db_host *h)
{
	get_uuid(q, &h->id);
	get_text(q, h->uid, sizeof h->uid);
	get_text(q, h->name, sizeof h->name);
	get_text(q, h->mail, sizeof h->mail);
	get_text(q, h->department, sizeof h->department);
	get_text(q, h->phone, sizeof h->phone);
	get_text(q, h->lang, sizeof h->lang);
	get_uuid(q, &h->deputy);
	h->away_from_ms = get_time(q);
	h->away_until_ms = get_time(q);
	h->left_ms = get_time(q);
}

static void put_host(struct query *q, const struct db_host *h, const char *words)
{
	put_uuid(q, &h->id);
	put_text(q, h->uid);
	put_text(q, h->name);
	put_text(q, h->mail);
	put_text(q, h->department);
	put_text(q, h->phone);
	put_text(q, h->lang);
	put_uuid(q, &h->deputy);
	put_time(q, h->away_from_ms);
	put_time(q, h->away_until_ms);
	put_time(q, h->left_ms);
	put_text(q, words);
	put_stamp(q);
}

static bool same(const struct db_host *a, const struct db_host *b)
{
	return str_eq(a->uid, b->uid) && str_eq(a->name, b->name) && str_eq(a->mail, b->mail) &&
	       str_eq(a->department, b->department) && str_eq(a->phone, b->phone) &&
	       str_eq(a->lang, b->lang) && uuid_eq(&a->deputy, &b->deputy) &&
	       a->away_from_ms == b->away_from_ms && a->away_until_ms == b->away_until_ms &&
	       a->left_ms == b->left_ms;
}

enum err_code db_host_get(struct book *b, const struct uuid *id, struct db_host *h, struct err *e)
{
	struct query q = query_of(b, ST_HOST_GET);
	put_uuid(&q, id);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_host(&q, h);
	return query_end(&q, code, e);
}

enum err_code db_host_by_uid(struct book *b, const char *uid, struct db_host *h, struct err *e)
{
	struct query q = query_of(b, ST_HOST_BY_UID);
	put_text(&q, uid);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_host(&q, h);
	return query_end(&q, code, e);
}

enum err_code db_host_by_mail(struct book *b, const char *mail, struct db_host *h, struct err *e)
{
	struct query q = query_of(b, ST_HOST_BY_MAIL);
	put_text(&q, mail);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_host(&q, h);
		code = query_row(&q, e);
		if (code == ERR_OK)
			code = err_set(e, ERR_CONFLICT, "two hosts have this mail address");
		else if (code == ERR_NOT_FOUND)
			code = ERR_OK;
	}
	return query_end(&q, code, e);
}

static enum err_code put_words(
    struct book *b, const struct uuid *id, const char *words, struct err *e)
{
	struct query q = query_of(b, ST_HOST_WORDS_DELETE);
	put_uuid(&q, id);
	enum err_code code = query_run(&q, e);
	char word[LOOKUP_WORD_SZ];
	while (code == ERR_OK && lookup_next(&words, word)) {
		q = query_of(b, ST_HOST_WORD_INSERT);
		put_text(&q, word);
		put_uuid(&q, id);
		code = query_run(&q, e);
	}
	return code;
}

static enum err_code deputy_is_there(struct book *b, const struct db_host *h, struct err *e)
{
	if (uuid_is_nil(&h->deputy))
		return ERR_OK;
	struct db_host deputy;
	enum err_code code = db_host_get(b, &h->deputy, &deputy, e);
	return code == ERR_NOT_FOUND ? err_set(e, code, "the deputy is no host") : code;
}

enum err_code db_host_put(struct book *b, struct db_host *h, enum db_host_put *what, struct err *e)
{
	struct db_host old;
	enum err_code code = db_host_by_uid(b, h->uid, &old, e);
	*what = DB_HOST_SAME;
	if (code == ERR_OK) {
		h->id = old.id;
		if (same(&old, h))
			return ERR_OK;
		*what = DB_HOST_CHANGED;
	} else if (code == ERR_NOT_FOUND) {
		*what = DB_HOST_ADDED;
		if (uuid_is_nil(&h->id))
			h->id = book_new_id(b);
	} else {
		return code;
	}
	code = deputy_is_there(b, h, e);
	if (code != ERR_OK)
		return code;
	char words[LOOKUP_SZ] = "";
	lookup_add(words, h->name);
	lookup_add(words, h->uid);
	struct query q = query_of(b, *what == DB_HOST_ADDED ? ST_HOST_INSERT : ST_HOST_UPDATE);
	put_host(&q, h, words);
	code = query_run(&q, e);
	return code == ERR_OK ? put_words(b, &h->id, words, e) : code;
}

enum err_code db_host_set_left(
    struct book *b, const struct uuid *id, int64_t left_ms, struct err *e)
{
	struct query q = query_of(b, ST_HOST_SET_LEFT);
	put_uuid(&q, id);
	put_time(&q, left_ms);
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_host_search(struct book *b, const char *query, bool with_left,
    struct db_host *hosts, int max, int *n, struct err *e)
{
	char wanted[LOOKUP_SZ] = "", words[LOOKUP_SZ], from[LOOKUP_WORD_SZ],
	     before[LOOKUP_WORD_SZ + 4];
	*n = 0;
	lookup_add(wanted, query);
	const char *p = wanted, *longest = NULL;
	size_t best = 0;
	char word[LOOKUP_WORD_SZ];
	for (const char *at = p; lookup_next(&p, word); at = p) {
		if (strlen(word) > best) {
			best = strlen(word);
			longest = at;
		}
	}
	if (longest == NULL)
		return ERR_OK;
	(void)lookup_next(&longest, from);
	/* The last code point there is: no word that begins with `from` comes after. */
	(void)str_print(before, sizeof before, "%s\U0010FFFF", from);
	struct query q = query_of(b, ST_HOST_SEARCH);
	put_text(&q, from);
	put_text(&q, before);
	put_int(&q, with_left);
	enum err_code code = ERR_OK;
	while (*n < max && (code = query_row(&q, e)) == ERR_OK) {
		get_host(&q, &hosts[*n]);
		get_text(&q, words, sizeof words);
		if (lookup_match(words, wanted))
			++*n;
	}
	return query_end_list(&q, code, e);
}

enum err_code db_host_list(struct book *b, const struct uuid *after, bool with_left,
    struct db_host *hosts, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_HOST_LIST);
	put_edge(&q, after, false);
	put_int(&q, with_left);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		get_host(&q, &hosts[(*n)++]);
	return query_end_list(&q, code, e);
}
