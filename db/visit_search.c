#include "db/visit_search.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "db/lookup.h"
#include "db/visit_row.h"

/* What is looked for. The walk goes along one word, the longest; the others are compared at each
 * visit found. */
struct search {
	char wanted[LOOKUP_SZ];
	char head[LOOKUP_WORD_SZ], rest[LOOKUP_WORD_SZ];
	bool several;
	const struct db_visit_query *query;
};

static bool prepare(struct search *s, const struct db_visit_query *v)
{
	char word[LOOKUP_WORD_SZ], longest[LOOKUP_WORD_SZ] = "";
	int n = 0;
	s->query = v;
	s->wanted[0] = '\0';
	lookup_add(s->wanted, v->words);
	for (const char *p = s->wanted; lookup_next(&p, word); n++) {
		if (strlen(word) > strlen(longest))
			(void)str_copy(longest, sizeof longest, word);
	}
	size_t k = lookup_head(longest);
	(void)str_copy(s->rest, sizeof s->rest, longest + k);
	longest[k] = '\0';
	(void)str_copy(s->head, sizeof s->head, longest);
	s->several = n > 1;
	return n > 0;
}

/* Does this visit fit the rest of the query? */
static enum err_code fits(
    struct book *b, const struct search *s, int64_t number, bool *good, struct err *e)
{
	*good = true;
	if (!s->several && s->query->state == DB_VISIT_ANY && uuid_is_nil(&s->query->host))
		return ERR_OK;
	char words[LOOKUP_SZ] = "";
	struct uuid host = {0};
	int state = 0;
	struct query q = query_of(b, ST_VISIT_SEARCH_WORDS);
	put_int(&q, number);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_text(&q, words, sizeof words);
		state = get_word(&q, visit_state_words, DB_VISIT_STATES);
		get_uuid(&q, &host);
	}
	*good = code == ERR_OK && lookup_match(words, s->wanted) &&
		(s->query->state == DB_VISIT_ANY || s->query->state == state) &&
		(uuid_is_nil(&s->query->host) || uuid_eq(&s->query->host, &host));
	return query_end(&q, code == ERR_NOT_FOUND ? ERR_OK : code, e);
}

static void put_walk(struct query *q, const struct search *s)
{
	const struct db_visit_query *v = s->query;
	struct db_visit_cursor top = {INT64_MAX, INT64_MAX};
	bool windowed = v->from_ms != 0 || v->until_ms != 0;
	if (windowed)
		top = (struct db_visit_cursor){v->until_ms, INT64_MIN}; /* before its end */
	if (v->has_after && v->after.from_ms < top.from_ms)
		top = v->after;
	put_text(q, s->head);
	put_int(q, top.from_ms);
	put_int(q, top.number);
	put_int(q, windowed ? v->from_ms : INT64_MIN);
}

static bool begins_alike(struct query *q, const struct search *s, size_t rest_len)
{
	size_t n;
	const char *rest = get_bytes(q, &n);
	return rest != NULL && n >= rest_len && memcmp(rest, s->rest, rest_len) == 0;
}

/* The numbers of the visits of a page, as a JSON array that is not closed yet. */
static enum err_code walk(struct book *b, const struct search *s, struct db_visit_page *page,
    struct str_buf *numbers, struct err *e)
{
	size_t rest_len = strlen(s->rest);
	int64_t seen = 0; /* the visit that was taken last */
	int n = 0;
	struct query q = query_of(b, ST_VISIT_WORD_WALK);
	put_walk(&q, s);
	enum err_code code;
	for (int steps = 0; (code = query_row(&q, e)) == ERR_OK; steps++) {
		bool good = begins_alike(&q, s, rest_len);
		/* Most rows are passed by: no more is read of them. */
		if (!good && n < page->max && steps < VISIT_SEARCH_STEPS - 1)
			continue;
		struct db_visit_cursor at;
		at.from_ms = get_int(&q);
		at.number = get_int(&q);
		/* Two words of one visit begin alike, and one of them fitted. */
		if (at.number == seen)
			continue;
		/* The cursor stands between visits, never between two words of one. */
		bool other = page->next.number != at.number;
		if (n == page->max || (steps >= VISIT_SEARCH_STEPS && other)) {
			page->more = true;
			break;
		}
		page->next = at;
		if (good) {
			seen = at.number;
			code = fits(b, s, at.number, &good, e);
		}
		if (code != ERR_OK)
			break;
		if (good && !str_buf_print(numbers, "%c%" PRId64, n++ == 0 ? '[' : ',', at.number))
			return query_end(&q, err_set(e, ERR_TOO_LONG, "the page is too long"), e);
	}
	return query_end_list(&q, code, e);
}

/* In one statement: what SQLite does to begin and to end one is a third of an item. */
static enum err_code read_items(
    struct book *b, struct str_buf *numbers, struct db_visit_page *page, struct err *e)
{
	if (!str_buf_print(numbers, "]"))
		return err_set(e, ERR_TOO_LONG, "the page is too long");
	struct query q = query_of(b, ST_VISIT_ITEMS);
	put_text(&q, numbers->data);
	enum err_code code;
	while ((code = query_row(&q, e)) == ERR_OK && page->n < page->max)
		visit_row_get_item(&q, &page->items[page->n++]);
	return query_end_list(&q, code, e);
}

enum err_code visit_search(
    struct book *b, const struct db_visit_query *v, struct db_visit_page *page, struct err *e)
{
	struct search s;
	struct str_buf numbers = STR_BUF_INIT;
	if (!prepare(&s, v))
		return ERR_OK; /* punctuation alone finds nobody */
	enum err_code code = walk(b, &s, page, &numbers, e);
	if (code == ERR_OK && numbers.len > 0)
		code = read_items(b, &numbers, page, e);
	str_buf_fini(&numbers);
	return code;
}
