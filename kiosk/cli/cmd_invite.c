/* invite: make, list, show and take back invitations. What is shown here is what lets a visitor
 * in: it goes to the terminal and to files of mode 0600. */
#include "kiosk/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/zone.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/file.h"
#include "kiosk/cli/table.h"
#include "pass/qr.h"

enum { QUIET = 4, SCALE = 8, MOST = 200 }; /* QUIET: ISO/IEC 18004 §6.3.8 */

/* --- what to ask for --------------------------------------------------------------------- */

static enum cli_exit longest_stay(struct cli *c, const char *type, int64_t *ms)
{
	struct api_target t = api_target_of("/v1/types");
	json_t *types = NULL;
	const json_t *o;
	size_t i;
	enum cli_exit rc = api_get(c, &t, &types);
	*ms = 0;
	json_array_foreach(json_object_get(types, "items"), i, o)
	{
		if (str_eq(print_text(o, "name"), type))
			*ms = print_int(o, "longest_stay_ms");
	}
	json_decref(types);
	if (rc == CLI_OK && *ms == 0)
		return cli_usage(c, "there is no visitor type %s; foyer types lists them", type);
	return rc;
}

/* Without --until: the end of the day it begins, or as long as the type may stay, whichever
 * comes first. */
static enum cli_exit times(struct cli *c, const char *type, json_t *body)
{
	const char *from = cli_opt(c, "from"), *until = cli_opt(c, "until");
	int64_t from_ms = 0, until_ms = 0, stay_ms = 0;
	enum cli_exit rc = cli_site(c);
	if (rc == CLI_OK)
		rc = cli_when(c, "--from", from != NULL ? from : "now", false, 0, &from_ms);
	if (rc != CLI_OK)
		return rc;
	if (until != NULL) {
		rc = cli_when(c, "--until", until, true, from_ms, &until_ms);
	} else {
		rc = longest_stay(c, type, &stay_ms);
		until_ms = zone_day_end(from_ms) - CLOCK_MINUTE;
		if (until_ms > from_ms + stay_ms)
			until_ms = from_ms + stay_ms;
	}
	if (from != NULL) /* else foyerd's own now */
		(void)json_object_set_new(body, "from_ms", json_integer(from_ms));
	(void)json_object_set_new(body, "until_ms", json_integer(until_ms));
	return rc;
}

/* --field name=value, as often as it stands there. */
static enum cli_exit fields(struct cli *c, json_t *body)
{
	json_t *o = json_object();
	enum cli_exit rc = CLI_OK;
	for (int i = 0; i < c->args.n_set && rc == CLI_OK; i++) {
		char name[65];
		const char *text = c->args.set[i].value, *is = strchr(text, '=');
		if (!str_eq(c->args.set[i].name, "field"))
			continue;
		if (is == NULL || is == text || (size_t)(is - text) >= sizeof name) {
			rc = cli_usage(c, "--field: must be NAME=VALUE");
			break;
		}
		(void)str_print(name, sizeof name, "%.*s", (int)(is - text), text);
		json_t *value = json_string(is + 1);
		/* jansson refuses both, a name and a value that are no UTF-8 */
		if (value == NULL || json_object_set_new(o, name, value) != 0)
			rc = cli_usage(c, "--field: is not UTF-8");
	}
	if (json_object_size(o) > 0)
		(void)json_object_set(body, "fields", o);
	json_decref(o);
	return rc;
}

static enum cli_exit body_of(struct cli *c, json_t *body)
{
	static const struct {
		const char *option, *key;
	} texts[] = {{"host", "host"}, {"name", "name"}, {"company", "company"}, {"mail", "mail"},
	    {"lang", "lang"}};
	const char *type = cli_opt(c, "type") != NULL ? cli_opt(c, "type") : "guest";
	enum cli_exit rc = CLI_OK;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0] && rc == CLI_OK; i++)
		rc = api_put_text(
		    c, body, texts[i].key, texts[i].option, cli_opt(c, texts[i].option));
	if (rc == CLI_OK)
		rc = api_put_text(c, body, "type", "type", type);
	if (rc == CLI_OK)
		rc = fields(c, body);
	return rc == CLI_OK ? times(c, type, body) : rc;
}

/* --- what came --------------------------------------------------------------------------- */

static enum cli_exit picture_write(struct cli *c, const struct qr *q, const char *path)
{
	struct str_buf png = STR_BUF_INIT;
	struct file f;
	struct err e;
	enum err_code code = file_begin(&f, path, cli_flag(c, "force"), &e);
	if (code == ERR_OK)
		code = qr_png(&png, q, SCALE, QUIET, &e);
	if (code == ERR_OK)
		code = file_add(&f, png.data, png.len, &e);
	if (code == ERR_OK)
		code = file_finish(&f, &e);
	else
		file_abandon(&f);
	str_buf_fini(&png);
	if (code != ERR_OK) {
		cli_complain(c, "%s", e.msg);
		return CLI_NO;
	}
	if (!c->json)
		print_line(&c->out, 0, "A picture of the code is in %s", path);
	return CLI_OK;
}

/* The code as half blocks: on a terminal that is wide enough, or because --qr asked for it. */
static enum err_code code_draw(struct cli *c, const struct qr *q, struct err *e)
{
	struct str_buf text = STR_BUF_INIT;
	bool wanted = !c->json && !cli_flag(c, "no-qr") && (c->out.tty || cli_flag(c, "qr"));
	if (!wanted)
		return ERR_OK;
	if (c->out.columns > 0 && c->out.columns < qr_columns(q, QUIET)) {
		print_line(&c->err, 0, "The code needs %d columns to be drawn here.",
		    qr_columns(q, QUIET));
		return ERR_OK;
	}
	enum err_code code = qr_ansi(&text, q, QUIET, e);
	if (code == ERR_OK)
		(void)fwrite(text.data, 1, text.len, c->out.f);
	str_buf_fini(&text);
	return code;
}

static enum cli_exit code_show(struct cli *c, const json_t *inv, bool fresh)
{
	struct qr *q = mem_new(1, sizeof *q);
	struct err e = {0};
	char name[64];
	const char *path = cli_opt(c, "png");
	enum cli_exit rc = CLI_OK;
	if (path == NULL && fresh && !c->json && !cli_flag(c, "no-qr")) {
		const char *number = print_text(inv, "number");
		bool plain = number[0] != '\0' && number[strspn(number, "0123456789")] == '\0';
		if (plain && str_print(name, sizeof name, "foyer-%s.png", number))
			path = name;
	}
	enum err_code code = qr_encode(q, print_text(inv, "pass"), QR_M, &e);
	if (code == ERR_OK)
		code = code_draw(c, q, &e);
	if (code != ERR_OK) {
		cli_complain(c, "the code cannot be drawn: %s", e.msg);
		rc = CLI_NO;
	} else if (path != NULL) {
		rc = picture_write(c, q, path);
	}
	explicit_bzero(q, sizeof *q);
	free(q);
	return rc;
}

static const char *mail_text(const char *mail)
{
	if (str_eq(mail, "queued"))
		return "is on its way";
	if (str_eq(mail, "given")) /* an address is known; whether it was used is not told */
		return "";
	return "none: give the visitor the code or the picture";
}

static enum cli_exit show(struct cli *c, const json_t *inv, bool fresh)
{
	char from[CLI_TIME_SZ], until[CLI_TIME_SZ];
	const char *code = print_text(inv, "code"), *company = print_text(inv, "company");
	bool cancelled = print_int(inv, "cancelled_ms") != 0;
	if (c->json) {
		print_json(&c->out, inv);
		return cancelled ? CLI_OK : code_show(c, inv, fresh);
	}
	print_styled(&c->out, PRINT_BOLD, "%s %s%s%s", print_text(inv, "number"),
	    print_text(inv, "name"), company[0] != '\0' ? ", " : "", company);
	print_pair(&c->out, "when", "%s to %s", cli_time_full(from, print_int(inv, "from_ms")),
	    cli_time_full(until, print_int(inv, "until_ms")));
	print_pair(&c->out, "host", "%s", print_text(inv, "host"));
	print_pair(&c->out, "type", "%s", print_text(inv, "type"));
	print_pair(&c->out, "state", "%s", print_text(inv, "state"));
	if (!cancelled && strlen(code) == 8)
		print_pair(&c->out, "code", "%.4s-%s", code, code + 4);
	else if (!cancelled)
		print_pair(&c->out, "code", "%s", code);
	if (!cancelled && json_is_true(json_object_get(inv, "document")))
		print_pair(&c->out, "bring", "%s",
		    str_eq(print_text(inv, "mail"), "queued")
			? "an identity document; the mail says so"
			: "an identity document: tell the visitor");
	print_pair(&c->out, "mail", "%s", cancelled ? "" : mail_text(print_text(inv, "mail")));
	print_pair(&c->out, "id", "%s", print_text(inv, "id"));
	return cancelled ? CLI_OK : code_show(c, inv, fresh);
}

/* --- the four things it does ------------------------------------------------------------- */

/* A picture that cannot be written should be known before the invitation is made. */
static enum cli_exit picture_check(struct cli *c)
{
	struct file f;
	struct err e;
	if (cli_opt(c, "png") == NULL)
		return CLI_OK;
	if (file_begin(&f, cli_opt(c, "png"), cli_flag(c, "force"), &e) == ERR_OK) {
		file_abandon(&f);
		return CLI_OK;
	}
	cli_complain(c, "%s", e.msg);
	return CLI_NO;
}

static enum cli_exit make(struct cli *c)
{
	struct api_target t = api_target_of("/v1/invitations");
	json_t *body = json_object(), *inv = NULL;
	enum cli_exit rc = cli_flag(c, "name") ? CLI_OK : cli_usage(c, "invite needs --name NAME");
	if (rc == CLI_OK)
		rc = picture_check(c);
	if (rc == CLI_OK)
		rc = body_of(c, body);
	if (rc == CLI_OK)
		rc = api_send(c, "POST", &t, json_incref(body), &inv);
	if (rc == CLI_OK)
		rc = show(c, inv, true);
	json_decref(body);
	json_decref(inv);
	return rc;
}

static enum cli_exit show_one(struct cli *c)
{
	struct api_target t = api_target_of("/v1/invitations");
	json_t *inv = NULL;
	api_target_segment(&t, cli_opt(c, "show"));
	enum cli_exit rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_get(c, &t, &inv);
	if (rc == CLI_OK)
		rc = show(c, inv, false);
	json_decref(inv);
	return rc;
}

static enum cli_exit cancel(struct cli *c)
{
	struct api_target t = api_target_of("/v1/invitations");
	json_t *body = json_object(), *inv = NULL;
	api_target_segment(&t, cli_opt(c, "cancel"));
	api_target_segment(&t, "cancel");
	enum cli_exit rc = api_put_text(c, body, "reason", "--reason", cli_opt(c, "reason"));
	if (rc == CLI_OK)
		rc = api_send(c, "POST", &t, json_incref(body), &inv);
	if (rc == CLI_OK && c->json)
		print_json(&c->out, inv);
	else if (rc == CLI_OK)
		print_line(&c->out, 0, "%s %s: the invitation is taken back%s.",
		    print_text(inv, "number"), print_text(inv, "name"),
		    str_eq(print_text(inv, "mail"), "queued") ? "; the visitor is told by mail"
							      : "");
	json_decref(body);
	json_decref(inv);
	return rc;
}

static enum cli_exit list(struct cli *c)
{
	static const struct table_column columns[] = {{"NUMBER", 0, true}, {"NAME", 12, false},
	    {"HOST", 8, true}, {"STATE", 0, true}, {"FROM", 0, false}, {"UNTIL", 0, true},
	    {"ID", 0, false}};
	struct api_target t = api_target_of("/v1/invitations");
	struct table table;
	json_t *answer = NULL;
	const json_t *o;
	size_t i;
	char when[CLI_TIME_SZ];
	int64_t most = MOST;
	enum cli_exit rc = cli_opt_int(c, "limit", &most, 1, 100000);
	if (!cli_flag(c, "all"))
		api_target_add(&t, "open", "true");
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_list(c, &t, most, &answer);
	if (rc != CLI_OK)
		return rc;
	table_init(&table, columns, sizeof columns / sizeof columns[0]);
	json_array_foreach(json_object_get(answer, "items"), i, o)
	{
		const char *state = print_text(o, "state");
		table_add(&table, PRINT_PLAIN, print_text(o, "number"));
		table_add(&table, PRINT_BOLD, print_text(o, "name"));
		table_add(&table, PRINT_PLAIN, print_text(o, "host"));
		table_add(&table, print_style_of(state), state);
		table_add(&table, PRINT_PLAIN, cli_time_short(c, when, print_int(o, "from_ms")));
		table_add(&table, PRINT_PLAIN, cli_time_short(c, when, print_int(o, "until_ms")));
		table_add(&table, PRINT_PLAIN, print_text(o, "id"));
	}
	if (c->json)
		print_json(&c->out, answer);
	else if (table.n_cells == 0)
		print_line(&c->err, 0, "No invitations.");
	else
		table_print(&table, &c->out);
	table_fini(&table);
	json_decref(answer);
	return CLI_OK;
}

enum cli_exit cmd_invite(struct cli *c)
{
	static const char *const others[] = {"list", "show", "cancel", NULL}, *const fresh[] = {
										  "name", "list",
										  "show", "cancel",
										  NULL};
	if (cli_count(c, fresh) > 1)
		return cli_usage(c, "one of --name, --list, --show, --cancel");
	if (cli_count(c, others) == 0)
		return make(c);
	if (cli_flag(c, "list"))
		return list(c);
	return cli_flag(c, "show") ? show_one(c) : cancel(c);
}
