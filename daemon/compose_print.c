#include "daemon/compose.h"

#include <string.h>

#include "base/str.h"
#include "base/zone.h"
#include "daemon/desk.h"
#include "db/card.h"

/* The week's day of the mark in two capitals, in the host country's plain words: "MO 23". A guard sees from afar that it is not today's. */
static void day_mark(char dst[TEXT_WORD_SZ], const char *date)
{
	static const char *const days[] = {"", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};
	int64_t ms;
	dst[0] = '\0';
	if (zone_parse(&ms, date, 0, NULL) != ERR_OK)
		return;
	struct zone_time t = zone_local(ms);
	(void)str_print(dst, TEXT_WORD_SZ, "%s %02d", days[t.wday], t.day);
}

static enum err_code door_code(
    struct foyerd *d, const struct uuid *visit, char dst[TEXT_WORD_SZ], struct err *e)
{
	int64_t number;
	dst[0] = '\0';
	if (d->conf->site.door_right != CONF_DOOR_BADGE_CODE)
		return ERR_OK;
	enum err_code code = db_card_of_visit(d->book, visit, &number, e);
	if (code == ERR_OK)
		(void)str_print(dst, TEXT_WORD_SZ, "%lld", (long long)number);
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* "8K3M9QPT" as people read it. */
static void spaced(char dst[TEXT_WORD_SZ], const char *code)
{
	(void)str_print(dst, TEXT_WORD_SZ, "%.4s %s", code, code + 4);
}

static json_t *slots(
    const struct desk_case *c, const char *pass, const char *door, const char *mark)
{
	char until[ZONE_TEXT_SZ], code[TEXT_WORD_SZ];
	spaced(code, c->badge.code);
	(void)zone_print(until, c->visit.until_ms, ZONE_BOTH);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name",
	    c->visitor.name, "company", c->visitor.company, "host", c->has_host ? c->host.name : "",
	    "type", conf_text_in(&c->type->label, ""), "escort", c->badge.escort ? "ESCORT" : "",
	    "expiry", until, "daymark", mark, "pass", pass, "code", code, "door_code",
	    c->badge.escort ? "" : door);
}

/* The number starts again where a restored book left it, the moment of issue does not: both name a badge for ever. */
static enum err_code cancel_line(
    struct foyerd *d, const struct db_job *job, const char *title, json_t **own_line, struct err *e)
{
	struct db_badge g;
	enum err_code code = db_badge_get(d->book, &job->visit, job->copy, &g, e);
	if (code == ERR_OK)
		*own_line =
		    json_pack("{s:s, s:I}", "title", title, "issued_ms", (json_int_t)g.issued_ms);
	else if (code == ERR_NOT_FOUND) /* whatever has its title, then */
		*own_line = json_pack("{s:s}", "title", title);
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code compose_print(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e)
{
	char title[DESK_NUMBER_SZ], pass[PASS_TEXT_SZ], door[TEXT_WORD_SZ], mark[TEXT_WORD_SZ];
	(void)desk_title(title, job->visit_number, job->copy);
	if (strcmp(job->kind, "print-cancel") == 0)
		return cancel_line(d, job, title, own_line, e);
	struct desk_case c;
	enum err_code code = desk_case_load(d, &job->visit, NULL, foyerd_now(d), &c, e);
	if (code == ERR_OK)
		code = db_badge_get(d->book, &job->visit, job->copy, &c.badge, e);
	if (code != ERR_OK)
		return code;
	if (c.badge.withdrawn_ms != 0 || c.visitor.erased_ms != 0 || c.type == NULL) {
		*fate = COMPOSE_DROP;
		return ERR_OK;
	}
	code = door_code(d, &job->visit, door, e);
	if (code == ERR_OK)
		code = desk_badge_pass(d, &c.visit, &c.badge, pass, e);
	if (code != ERR_OK)
		return code;
	day_mark(mark, c.badge.daymark);
	*own_line = json_pack("{s:s, s:I, s:s, s:o}", "title", title, "issued_ms",
	    (json_int_t)c.badge.issued_ms, "template", c.type->badge, "slots",
	    slots(&c, pass, door, mark));
	explicit_bzero(pass, sizeof pass);
	return ERR_OK;
}
