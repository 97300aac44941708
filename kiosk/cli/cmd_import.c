/* host import: first what a list would change, then, when somebody agrees, the change. Marking
 * people as left is asked for by itself. */
#include "kiosk/cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "kiosk/cli/api.h"

enum { CSV_MAX = 1024 * 1024 };

static enum cli_exit from_stdin(struct cli *c, struct str_buf *csv)
{
	char buf[4096];
	ssize_t n;
	csv->max = CSV_MAX;
	while ((n = read(STDIN_FILENO, buf, sizeof buf)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cli_complain(c, "standard input: %s", strerror(errno));
			return CLI_NO;
		}
		if (!str_buf_add(csv, buf, (size_t)n))
			return cli_usage(c, "the list is larger than %d bytes", CSV_MAX);
	}
	return CLI_OK;
}

static enum cli_exit from_file(struct cli *c, const char *path, struct str_buf *csv)
{
	struct err e;
	char *data = NULL;
	size_t len = 0;
	if (path_read(&data, &len, path, CSV_MAX, &e) != ERR_OK) {
		cli_complain(c, "%s", e.msg);
		return CLI_USAGE;
	}
	(void)str_buf_add(csv, data, len);
	explicit_bzero(data, len);
	free(data);
	return CLI_OK;
}

static enum cli_exit ask(
    struct cli *c, const json_t *text, bool apply, bool mark_left, json_t **report)
{
	struct api_target t = api_target_of("/v1/hosts/import");
	json_t *body = json_object();
	(void)json_object_set(body, "csv", (json_t *)(uintptr_t)text);
	(void)json_object_set_new(body, "apply", json_boolean(apply));
	(void)json_object_set_new(body, "mark_left", json_boolean(mark_left));
	return api_send_slow(c, "POST", &t, body, report);
}

/* --- what it says ------------------------------------------------------------------------ */

static long long count(const json_t *report, const char *what)
{
	const json_t *counts = json_object_get(report, "counts");
	return json_is_object(counts) ? print_int(counts, what)
				      : (long long)json_array_size(json_object_get(report, what));
}

/* foyerd names the first of many; the number says how many there are. */
static void rest(struct cli *c, const json_t *report, const char *what)
{
	long long more =
	    count(report, what) - (long long)json_array_size(json_object_get(report, what));
	if (more > 0)
		print_line(&c->out, 2, "… and %lld more", more);
}

static void print_uids(struct cli *c, const json_t *report, const char *what)
{
	const json_t *uid;
	size_t i;
	json_array_foreach(json_object_get(report, what), i, uid)
	{
		const char *text = json_string_value(uid);
		print_line(&c->out, 2, "%s", text != NULL ? text : "");
	}
	rest(c, report, what);
}

static void print_changes(struct cli *c, const json_t *report)
{
	const json_t *o, *word;
	size_t i, k;
	json_array_foreach(json_object_get(report, "change"), i, o)
	{
		char what[256] = "";
		json_array_foreach(json_object_get(o, "what"), k, word)
		{
			size_t len = strlen(what);
			const char *text = json_string_value(word);
			(void)str_print(what + len, sizeof what - len, "%s%s", k > 0 ? ", " : "",
			    text != NULL ? text : "");
		}
		print_line(&c->out, 2, "%s: %s", print_text(o, "uid"), what);
	}
	rest(c, report, "change");
}

static void print_errors(struct cli *c, const json_t *report)
{
	const json_t *o;
	size_t i;
	print_styled(&c->out, PRINT_BAD, "Wrong lines: %lld", count(report, "errors"));
	json_array_foreach(json_object_get(report, "errors"), i, o)
	    print_line(&c->out, 2, "line %lld: %s", print_int(o, "line"), print_text(o, "message"));
	rest(c, report, "errors");
}

static void print_report(struct cli *c, const json_t *report)
{
	if (count(report, "errors") > 0) {
		print_errors(c, report);
		return;
	}
	print_styled(&c->out, PRINT_BOLD, "To add: %lld", count(report, "add"));
	print_uids(c, report, "add");
	print_styled(&c->out, PRINT_BOLD, "To change: %lld", count(report, "change"));
	print_changes(c, report);
	print_styled(&c->out, PRINT_BOLD, "Not in the list, could be marked as left: %lld",
	    count(report, "leave"));
	print_uids(c, report, "leave");
	print_line(&c->out, 0, "As they were: %lld", print_int(report, "same"));
}

/* --- what it does ------------------------------------------------------------------------ */

struct choice {
	bool apply, mark_left;
};

/* By option, else by asking. Without both, nothing: a script must say what it wants. */
static enum cli_exit choose(struct cli *c, const json_t *report, struct choice *choice)
{
	bool changes = count(report, "add") + count(report, "change") > 0,
	     leavers = count(report, "leave") > 0;
	*choice = (struct choice){.apply = cli_flag(c, "yes") || cli_flag(c, "mark-left"),
	    .mark_left = cli_flag(c, "mark-left") && leavers};
	if (choice->apply || (!changes && !leavers))
		return CLI_OK;
	if (!cli_can_ask()) {
		cli_complain(c, "nothing was changed: there is no terminal to ask at; --yes adds "
				"and changes, --mark-left also marks as left");
		return CLI_NO;
	}
	choice->apply = changes && cli_ask(c, "Add and change these hosts?");
	if (changes && !choice->apply) {
		print_line(&c->err, 0, "Nothing was changed.");
		return CLI_NO;
	}
	if (leavers)
		choice->mark_left = cli_ask(c, "Mark as left whom the list does not name?");
	choice->apply |= choice->mark_left;
	return CLI_OK;
}

static enum cli_exit run(struct cli *c, const json_t *text)
{
	json_t *plan = NULL, *done = NULL;
	struct choice choice;
	enum cli_exit rc = ask(c, text, false, false, &plan);
	if (rc == CLI_OK && !c->json)
		print_report(c, plan);
	if (rc == CLI_OK && count(plan, "errors") > 0) {
		cli_complain(c, "nothing was changed: the list has wrong lines");
		rc = CLI_NO;
	}
	if (rc == CLI_OK)
		rc = choose(c, plan, &choice);
	if (rc == CLI_OK && choice.apply)
		rc = ask(c, text, true, choice.mark_left, &done);
	if (rc == CLI_OK && done != NULL && !print_bool(done, "applied")) {
		cli_complain(c, "nothing was changed: foyerd refused the list the second time");
		rc = CLI_NO;
	}
	if (c->json && plan != NULL)
		print_json(&c->out, done != NULL ? done : plan);
	else if (rc == CLI_OK && done != NULL)
		print_styled(&c->out, PRINT_GOOD,
		    "Done: %lld added, %lld changed, %lld marked as left.", count(done, "add"),
		    count(done, "change"), choice.mark_left ? count(done, "leave") : 0);
	json_decref(plan);
	json_decref(done);
	return rc;
}

enum cli_exit cmd_host_import(struct cli *c)
{
	struct str_buf csv = STR_BUF_INIT;
	const char *file = cli_word(c, 0);
	enum cli_exit rc = str_eq(file, "-") ? from_stdin(c, &csv) : from_file(c, file, &csv);
	if (rc == CLI_OK) {
		json_t *text = json_stringn(csv.data != NULL ? csv.data : "", csv.len);
		if (text == NULL)
			rc = cli_usage(c, "%s: is not UTF-8", file);
		else
			rc = run(c, text);
		json_decref(text);
	}
	str_buf_fini(&csv);
	return rc;
}
