#include "daemon/bookmark.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/text.h"
#include "db/journal.h"

enum { MARK_MOST = 1024, HEX_SZ = 2 * DB_JOURNAL_HASH + 1 };

static const char *const states[] = {"serving", "closed", "spoilt"};

struct mark {
	enum bookmark_state state;
	int64_t node, rev, file_rev, seq;
	char hash[HEX_SZ];
};

static enum err_code mark_path(char dst[PATH_MAX], const struct conf *conf, struct err *e)
{
	return path_join(dst, conf->paths.state, "book.mark", e);
}

enum err_code bookmark_write(
    const struct conf *conf, struct book *b, enum bookmark_state s, struct err *e)
{
	char path[PATH_MAX], hex[HEX_SZ];
	struct db_journal_head head = {0};
	struct book_mark at = book_mark(b);
	enum err_code c = mark_path(path, conf, e);
	if (c)
		return c;
	c = db_journal_head(b, &head, e);
	if (c && s != BOOKMARK_SPOILT) /* nothing is asked of a spoilt book any more */
		return c;
	sodium_bin2hex(hex, sizeof hex, head.hash, sizeof head.hash);
	json_t *o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:s}", "state", states[s], "node",
	    (json_int_t)at.node, "rev", (json_int_t)at.rev, "file_rev", (json_int_t)at.file_rev,
	    "seq", (json_int_t)head.seq, "hash", hex);
	char *text = json_print_line(o);
	json_decref(o);
	c = path_write(path, text, strlen(text), 0600, e);
	free(text);
	return c;
}

enum err_code bookmark_text(char **own_text, const struct conf *conf, struct err *e)
{
	char path[PATH_MAX];
	size_t len;
	*own_text = NULL;
	enum err_code c = mark_path(path, conf, e);
	if (!c)
		c = path_read(own_text, &len, path, MARK_MOST, e);
	return c == ERR_NOT_FOUND ? ERR_OK : c;
}

enum err_code bookmark_put_back(const char *text, const struct conf *conf, struct err *e)
{
	char path[PATH_MAX];
	enum err_code c = mark_path(path, conf, e);
	if (c)
		return c;
	if (text)
		return path_write(path, text, strlen(text), 0600, e);
	return unlink(path) && errno != ENOENT ? err_errno(e, ERR_IO, "%s", path) : ERR_OK;
}

static enum err_code mark_read(struct mark *m, const char *path, struct err *e)
{
	char *text = NULL, state[16] = "";
	size_t len;
	json_t *o = NULL;
	struct json_reader r;
	struct err why = {0};
	enum err_code c = path_read(&text, &len, path, MARK_MOST, e);
	if (c)
		return c;
	c = json_parse_object(&o, text, len, MARK_MOST, &why);
	free(text);
	if (!c) {
		json_read_begin(&r, o, &why);
		json_read_text(&r, "state", JSON_REQUIRED, state, sizeof state, TEXT_STRICT);
		json_read_int(&r, "node", JSON_REQUIRED, &m->node, 1, INT64_MAX);
		json_read_int(&r, "rev", JSON_REQUIRED, &m->rev, 0, INT64_MAX);
		json_read_int(&r, "file_rev", JSON_REQUIRED, &m->file_rev, 0, INT64_MAX);
		json_read_int(&r, "seq", JSON_REQUIRED, &m->seq, 0, INT64_MAX);
		json_read_text(&r, "hash", JSON_REQUIRED, m->hash, sizeof m->hash, TEXT_STRICT);
		c = json_read_end(&r);
	}
	json_decref(o);
	for (int i = 0; !c && i < 3; i++)
		if (str_eq(states[i], state)) {
			m->state = (enum bookmark_state)i;
			return ERR_OK;
		}
	return err_set(e, ERR_CORRUPT,
	    "%s: cannot be read (%s); remove it if the book is the right one", path,
	    c ? why.msg : "its state is none");
}

/* What the book is that lies there now; NULL: the one that the mark is of. */
static enum err_code compare(const struct mark *m, struct book *b, const char **what, struct err *e)
{
	struct db_journal_head head;
	uint8_t hash[DB_JOURNAL_HASH];
	char hex[HEX_SZ];
	struct book_mark at = book_mark(b);
	enum err_code c = db_journal_head(b, &head, e);
	*what = NULL;
	if (c)
		return c;
	if (at.node != m->node)
		*what = "is another one";
	else if (at.rev < m->rev || head.seq < m->seq)
		*what = "is an older copy";
	else if (m->state == BOOKMARK_CLOSED && (at.rev > m->rev || head.seq > m->seq))
		*what = "is a newer one: somebody went on with it elsewhere";
	if (*what || !m->seq)
		return ERR_OK;
	c = db_journal_hash(b, m->seq, hash, e);
	if (c && c != ERR_NOT_FOUND)
		return c;
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	if (c == ERR_NOT_FOUND || !str_eq(hex, m->hash))
		*what = "is another one: its journal went another way";
	return ERR_OK;
}

/* The mark, if there is one. */
static enum err_code mark_find(struct mark *m, bool *there, const struct conf *conf, struct err *e)
{
	char path[PATH_MAX];
	*there = false;
	enum err_code c = mark_path(path, conf, e);
	if (c || access(path, F_OK))
		return c;
	*there = true;
	return mark_read(m, path, e);
}

static enum err_code refuse(const char *what, struct err *e)
{
	return err_set(e, ERR_CONFLICT,
	    "the book %s; put the right one back, or bring one in with foyerd --restore", what);
}

enum err_code bookmark_check_file(const struct conf *conf, struct err *e)
{
	char path[PATH_MAX];
	struct mark m = {0};
	struct book_mark alone;
	bool there;
	enum err_code c = mark_find(&m, &there, conf, e);
	if (!c && there)
		c = path_join(path, conf->paths.state, "book", e);
	if (c || !there)
		return c;
	if (m.state == BOOKMARK_SPOILT)
		return refuse("was written to by somebody else while foyerd had it", e);
	if (book_mark_alone(&alone, path, e)) /* what it is then, opening it says */
		return ERR_OK;
	if (alone.node != m.node)
		return refuse("is another one", e);
	return alone.rev < m.file_rev ? refuse("is an older copy", e) : ERR_OK;
}

enum err_code bookmark_check(const struct conf *conf, struct book *b, struct err *e)
{
	const char *what = NULL;
	struct mark m = {0};
	bool there;
	enum err_code c = mark_find(&m, &there, conf, e);
	if (!c && there)
		c = compare(&m, b, &what, e);
	return c || !what ? c : refuse(what, e);
}
