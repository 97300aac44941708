#include "tests/fault/lib_whole.h"

#include <string.h>

#include "base/str.h"
#include "db/book.h"
#include "db/journal.h"
#include "tests/fault/lib_look.h"

/* Each answers how many rows break the promise. */
static const struct {
	const char *promise, *sql;
} promises[] = {
    {"who is inside has an open stay, and nobody else",
	"SELECT count(*) FROM visit v WHERE (v.state = 'inside') <>"
	" EXISTS (SELECT 1 FROM stay s WHERE s.visit = v.id AND s.out_ms IS NULL)"},
    {"a visit counts its stays", "SELECT count(*) FROM visit v WHERE v.stays <> (SELECT count(*) "
				 "FROM stay s WHERE s.visit = v.id)"},
    {"a visit counts its badges", "SELECT count(*) FROM visit v WHERE v.copies <> (SELECT count(*) "
				  "FROM badge_issue g WHERE g.visit = v.id)"},
    {"a visit stands in the journal", "SELECT count(*) FROM visit v WHERE NOT EXISTS (SELECT 1 "
				      "FROM journal j WHERE j.subject = v.id)"},
    {"a stay began in the journal",
	"SELECT count(*) FROM visit v WHERE (SELECT count(*) FROM stay s WHERE s.visit = v.id) >"
	" (SELECT count(*) FROM journal j WHERE j.subject = v.id AND j.what IN ('visit.arrive', "
	"'visit.checkin'))"},
    {"a stay ended in the journal",
	"SELECT count(*) FROM visit v WHERE"
	" (SELECT count(*) FROM stay s WHERE s.visit = v.id AND s.out_ms IS NOT NULL) >"
	" (SELECT count(*) FROM journal j WHERE j.subject = v.id AND"
	" j.what IN ('visit.leave', 'visit.checkout', 'visit.day-end', 'visit.cancel', "
	"'visit.refuse'))"},
    {"who came signed",
	"SELECT count(*) FROM stay s JOIN visit v ON v.id = s.visit WHERE s.in_how <> 'desk' AND"
	" NOT EXISTS (SELECT 1 FROM signature g WHERE g.visitor = v.visitor)"},
    {"a badge has its print job",
	"SELECT count(*) FROM badge_issue g WHERE NOT EXISTS"
	" (SELECT 1 FROM job j WHERE j.visit = g.visit AND j.copy = g.copy AND j.kind = 'print')"},
    {"the host of who came is told, or reception is asked to",
	"SELECT count(*) FROM stay s WHERE NOT EXISTS"
	" (SELECT 1 FROM job j WHERE j.visit = s.visit AND j.kind = 'mail' AND instr(j.facts, "
	"'host-') > 0)"
	" AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.visit = s.visit)"},
    {"a right has its grant",
	"SELECT count(*) FROM credential c WHERE NOT EXISTS"
	" (SELECT 1 FROM job j WHERE j.credential = c.id AND j.kind = 'grant')"},
    {"a right that is being withdrawn has its revoke",
	"SELECT count(*) FROM credential c WHERE c.state IN ('revoking', 'revoked') AND NOT EXISTS"
	" (SELECT 1 FROM job j WHERE j.credential = c.id AND j.kind = 'revoke')"},
    {"who is not inside keeps no right",
	"SELECT count(*) FROM credential c JOIN visit v ON v.id = c.visit"
	" WHERE v.state <> 'inside' AND c.state IN ('pending', 'granted')"},
    {"an expected visit has its invitation",
	"SELECT count(*) FROM visit v WHERE v.state = 'expected' AND NOT EXISTS"
	" (SELECT 1 FROM invitation i WHERE i.visit = v.id)"},
    {"numbers are given once", "SELECT (SELECT value FROM meta WHERE name = 'next_number') <= "
			       "(SELECT ifnull(max(number), 0) FROM visit)"},
    {"revisions only rise",
	"SELECT (SELECT value FROM meta WHERE name = 'rev') < (SELECT max(r) FROM (SELECT max(rev) "
	"r FROM visit"
	" UNION ALL SELECT max(rev) FROM stay UNION ALL SELECT max(rev) FROM job UNION ALL SELECT "
	"max(rev) FROM badge_issue"
	" UNION ALL SELECT max(rev) FROM credential UNION ALL SELECT max(rev) FROM tombstone))"},
    {"a visit is stored with its answer", /* of what was created in the last day */
	"SELECT count(*) FROM visit v WHERE v.created_ms >"
	" (SELECT value FROM meta WHERE name = 'last_ms') - 3600000 AND NOT EXISTS"
	" (SELECT 1 FROM idempotency i WHERE i.at_ms = v.created_ms)"},
};

enum { PROMISES = sizeof promises / sizeof promises[0] };

const char *whole_path(const struct lobby *l, char path[96])
{
	(void)str_print(path, 96, "%s/book", l->dir);
	return path;
}

bool whole(struct lobby *l, char why[WHOLE_WHY_SZ])
{
	struct err e = {0};
	char path[96];
	struct db_journal_report r;
	const struct db_journal_check plain = {0};
	if (book_verify(l->d.book, false, &e) != ERR_OK) {
		(void)str_print(why, WHOLE_WHY_SZ, "verify: %s", e.msg);
		return false;
	}
	if (db_journal_verify(l->d.book, &plain, &r, &e) != ERR_OK) {
		(void)str_print(why, WHOLE_WHY_SZ, "journal: %s", e.msg);
		return false;
	}
	if (!r.ok) {
		(void)str_print(
		    why, WHOLE_WHY_SZ, "journal: entry %lld: %s", (long long)r.first_bad, r.why);
		return false;
	}
	const char *questions[PROMISES];
	int64_t n;
	for (int i = 0; i < PROMISES; i++)
		questions[i] = promises[i].sql;
	int broken = look_first(whole_path(l, path), questions, PROMISES, &n);
	if (broken >= 0)
		(void)str_print(
		    why, WHOLE_WHY_SZ, "broken (%lld): %s", (long long)n, promises[broken].promise);
	return broken < 0;
}
