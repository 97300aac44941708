#include "kiosk/cli/visit_print.h"

#include "base/str.h"
#include "kiosk/cli/document_print.h"
#include "kiosk/cli/table.h"

const char *visit_reason_text(const char *word)
{
	static const struct {
		const char *word, *text;
	} texts[] = {
	    {"help", "asks for help"},
	    {"not-agreed", "does not agree to the rules of the house"},
	    {"needs-approval", "is not announced: somebody must say yes"},
	    {"id", "must show a document"},
	    {"id-none", "has shown no document"},
	    {"id-unreadable", "shows a document that could not be read"},
	    {"id-mismatch", "shows a document with another name"},
	    {"id-expired", "shows a document that has expired"},
	    {"id-no-expiry", "shows a document that does not say when it expires"},
	    {"id-age", "shows a document that does not prove the least age"},
	    {"id-other-name", "shows a document that came under another name before"},
	    {"type-gone",
		"is of a visitor type that is not configured any more: may they come in?"},
	    {"see-out", "must be seen out: the permission was taken back"},
	    {"lapsed", "is inside without a right, by a clock that was wrong: extend the visit?"},
	    {"clock-back", "was set back: foyer doctor says what follows"},
	    {"clock-leap", "leapt ahead: foyer doctor says what follows"},
	    {"journal-broken", "does not hold: foyer journal verify says where"},
	    {"doors-full", "got no door right: the controller has no number left"},
	    {"doors-failed", "got no door right: the controller refused it"},
	    {"doors-late", "waits for a door right: the controller is in trouble"},
	    {"right-stays", "had a door right, and it cannot be withdrawn"},
	    {"hand-card", "is to be given a door card"},
	    {"card-back", "has left: is the door card back?"},
	    {"host-away", "has come to a host who is away"},
	    {"host-not-told", "has come, and the host could not be told"},
	    {"no-host", "has come, and nobody is named as host"},
	    {"badge-late", "waits for a badge: the printer is in trouble"},
	    {"badge-failed", "has come, and no badge came out"},
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (str_eq(texts[i].word, word))
			return texts[i].text;
	}
	return word;
}

static void heading(struct cli *c, const char *text)
{
	(void)fputc('\n', c->out.f);
	print_styled(&c->out, PRINT_BOLD, "%s", text);
}

static const char *unless_none(const char *word)
{
	return str_eq(word, "none") ? "" : word;
}

static void head(struct cli *c, const json_t *v)
{
	char from[CLI_TIME_SZ], until[CLI_TIME_SZ];
	const char *company = print_text(v, "company"), *who = print_text(v, "authorised_name"),
		   *missing = print_text(v, "agreement_missing");
	print_styled(&c->out, PRINT_BOLD, "%s %s%s%s", print_text(v, "number"),
	    print_text(v, "name"), company[0] != '\0' ? ", " : "", company);
	print_pair(&c->out, "state", "%s%s%s", print_text(v, "state"),
	    print_bool(v, "escort") ? ", escorted" : "", print_bool(v, "late") ? ", late" : "");
	print_pair(&c->out, "type", "%s", print_text(v, "type"));
	print_pair(&c->out, "host", "%s", print_text(v, "host"));
	print_pair(&c->out, "when", "%s to %s", cli_time_full(from, print_int(v, "from_ms")),
	    cli_time_full(until, print_int(v, "until_ms")));
	print_pair(
	    &c->out, "authorised by", "%s", who[0] != '\0' ? who : print_text(v, "authorised_by"));
	print_pair(&c->out, "agreement", missing[0] != '\0' ? "not signed (%s)" : "%s", missing);
	print_pair(&c->out, "doors", "%s", unless_none(print_text(v, "doors")));
	print_pair(&c->out, "badge", "%s", unless_none(print_text(v, "badge")));
	print_pair(&c->out, "id", "%s", print_text(v, "id"));
}

static void fields(struct cli *c, const json_t *v)
{
	const json_t *f = json_object_get(v, "fields");
	const char *name;
	const json_t *value;
	if (json_object_size(f) == 0)
		return;
	heading(c, "Fields");
	json_object_foreach((json_t *)(uintptr_t)f, name, value)
	{
		const char *text = json_string_value(value);
		print_pair(&c->out, name, "%s", text != NULL ? text : "");
	}
}

static void stays(struct cli *c, const json_t *v)
{
	static const struct table_column columns[] = {
	    {"IN", 0, false}, {"BY", 0, true}, {"AT", 6, true}, {"OUT", 0, true}, {"BY", 0, true}};
	const json_t *list = json_object_get(v, "stays"), *s;
	struct table t;
	char when[CLI_TIME_SZ];
	size_t i;
	if (json_array_size(list) == 0)
		return;
	heading(c, "Stays");
	table_init(&t, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(list, i, s)
	{
		table_add(&t, PRINT_PLAIN, cli_time_full(when, print_int(s, "in_ms")));
		table_add(&t, PRINT_PLAIN, print_text(s, "in_how"));
		table_add(&t, PRINT_PLAIN, print_text(s, "kiosk"));
		table_add(&t, PRINT_PLAIN, cli_time_full(when, print_int(s, "out_ms")));
		table_add(&t, PRINT_PLAIN, print_text(s, "out_how"));
	}
	table_print(&t, &c->out);
	table_fini(&t);
}

static void badges(struct cli *c, const json_t *v)
{
	static const struct table_column columns[] = {{"BADGE", 0, false}, {"DAY", 0, true},
	    {"PRINTER", 8, true}, {"ISSUED", 0, false}, {"PRINTED", 0, true},
	    {"WITHDRAWN", 0, true}};
	const json_t *list = json_object_get(v, "badges"), *b;
	struct table t;
	char when[CLI_TIME_SZ];
	size_t i;
	if (json_array_size(list) == 0)
		return;
	heading(c, "Badges");
	table_init(&t, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(list, i, b)
	{
		table_add(&t, PRINT_PLAIN, print_text(b, "title"));
		table_add(&t, PRINT_PLAIN, print_text(b, "daymark"));
		table_add(&t, PRINT_PLAIN, print_text(b, "printer"));
		table_add(&t, PRINT_PLAIN, cli_time_short(c, when, print_int(b, "issued_ms")));
		table_add(&t, PRINT_PLAIN, cli_time_short(c, when, print_int(b, "printed_ms")));
		table_add(&t, PRINT_PLAIN, cli_time_short(c, when, print_int(b, "withdrawn_ms")));
	}
	table_print(&t, &c->out);
	table_fini(&t);
}

static void credentials(struct cli *c, const json_t *v)
{
	static const struct table_column columns[] = {{"CONTROLLER", 8, false}, {"CARD", 0, false},
	    {"STATE", 0, false}, {"UNTIL", 0, true}, {"READ BACK", 0, true}};
	const json_t *list = json_object_get(v, "credentials"), *k;
	struct table t;
	char text[CLI_TIME_SZ];
	size_t i;
	if (json_array_size(list) == 0)
		return;
	heading(c, "Doors");
	table_init(&t, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(list, i, k)
	{
		table_add(&t, PRINT_PLAIN, print_text(k, "controller"));
		(void)str_print(text, sizeof text, "%lld", print_int(k, "card"));
		table_add(&t, PRINT_PLAIN, text);
		table_add(&t, PRINT_PLAIN, print_text(k, "state"));
		table_add(&t, PRINT_PLAIN, cli_time_short(c, text, print_int(k, "right_until_ms")));
		table_add(&t, PRINT_PLAIN, cli_time_short(c, text, print_int(k, "read_back_ms")));
	}
	table_print(&t, &c->out);
	table_fini(&t);
}

static void signatures(struct cli *c, const json_t *v)
{
	const json_t *list = json_object_get(v, "signatures"), *s;
	char when[CLI_TIME_SZ];
	size_t i;
	if (json_array_size(list) > 0)
		heading(c, "Agreements");
	json_array_foreach(list, i, s) print_pair(&c->out, print_text(s, "agreement"),
	    "signed %s in %s, version %s", cli_time_full(when, print_int(s, "signed_ms")),
	    print_text(s, "lang"), print_text(s, "version"));
}

static void waiting(struct cli *c, const json_t *v)
{
	const json_t *list = json_object_get(v, "waiting"), *w;
	char when[CLI_TIME_SZ];
	size_t i;
	if (json_array_size(list) > 0)
		heading(c, "Reception");
	json_array_foreach(list, i, w)
	{
		bool over = print_int(w, "resolved_ms") != 0;
		print_line(
		    &c->out, 2, "The visitor %s", visit_reason_text(print_text(w, "reason")));
		print_pair(&c->out, "since", "%s", cli_time_full(when, print_int(w, "since_ms")));
		print_pair(&c->out, over ? "resolved" : "id", "%s",
		    print_text(w, over ? "resolution" : "id"));
	}
}

/* foyerd's word for the state of a job, as a person would say it. */
static const char *job_state_text(struct cli *c, char dst[96], const json_t *j)
{
	char when[CLI_TIME_SZ];
	const char *state = print_text(j, "state");
	long long next_ms = print_int(j, "next_ms");
	if (str_eq(state, "leased"))
		return "at work";
	if (!str_eq(state, "waiting"))
		return state;
	if (next_ms <= c->now_ms)
		return "will try again";
	(void)str_print(dst, 96, "will try again at %s", cli_time_short(c, when, next_ms));
	return dst;
}

void visit_print_job(struct cli *c, const json_t *j)
{
	char since[CLI_TIME_SZ], number[64] = "", text[96];
	long long attempts = print_int(j, "attempts");
	const char *state = print_text(j, "state"), *visit = print_text(j, "visit_number"),
		   *class = print_text(j, "class");
	if (visit[0] != '\0')
		(void)str_print(number, sizeof number, ", visit %s", visit);
	print_styled(&c->out, print_style_of(state), "%s to %s%s: %s", print_text(j, "kind"),
	    print_text(j, "destination"), number, job_state_text(c, text, j));
	print_pair(&c->out, "since", "%s, %lld attempt%s",
	    cli_time_full(since, print_int(j, "since_ms")), attempts, print_s(attempts));
	if (class[0] != '\0' && !str_eq(class, "pending"))
		print_pair(&c->out, "because", "%s: %s", class, print_text(j, "reason"));
	print_pair(&c->out, "remedy", "%s", print_text(j, "remedy"));
	print_pair(&c->out, "id", "%s", print_text(j, "id"));
}

static void jobs(struct cli *c, const json_t *v)
{
	const json_t *list = json_object_get(v, "jobs"), *j;
	size_t i;
	if (json_array_size(list) > 0)
		heading(c, "Jobs");
	json_array_foreach(list, i, j) visit_print_job(c, j);
}

void visit_print(struct cli *c, const json_t *v)
{
	head(c, v);
	fields(c, v);
	stays(c, v);
	badges(c, v);
	credentials(c, v);
	signatures(c, v);
	document_print(c, v);
	waiting(c, v);
	jobs(c, v);
}
