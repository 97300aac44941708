/* What foyer can do. foyer(1) describes these rows in this order;
 * tests/unit/kiosk/test_cli_man.c holds them together. */
#include "kiosk/cli/cli.h"

#include <string.h>

#include "base/str.h"

const struct cli_option cli_options_common[] = {
    {"socket", 's', "SOCKET",
	"foyerd's socket (else $FOYER_SOCKET, else below paths.run of foyer.conf)"},
    {"conf", 'c', "CONF", "another foyer.conf"},
    {"json", 0, NULL, "print foyerd's answer as it came, on one line"},
    {"help", 'h', NULL, "say how this command is used"},
    {0},
};

static const struct cli_option o_init[] = {
    {"demo", 0, NULL, "a book of the demo, with people and visits of its own"},
    {0},
};
static const struct cli_option o_invite[] = {
    {"host", 0, "HOST", "who is visited: a uid, a mail address or an id (a host: yourself)"},
    {"name", 0, "NAME", "the visitor's name"},
    {"company", 0, "COMPANY", "the visitor's company"},
    {"type", 0, "TYPE", "the visitor type; foyer types lists them (guest)"},
    {"from", 0, "WHEN", "when the visit begins (now)"},
    {"until", 0, "WHEN", "when it ends (its day's end, or as long as the type may stay)"},
    {"mail", 0, "MAIL", "where the invitation goes"},
    {"lang", 0, "LANG", "the visitor's language"},
    {"field", 0, "NAME=VALUE", "a field of the type; as often as needed"},
    {"png", 0, "FILE", "where the picture of the code goes (foyer-NUMBER.png)"},
    {"force", 'f', NULL, "replace a file that is there already"},
    {"qr", 0, NULL, "draw the code even where no terminal is"},
    {"no-qr", 0, NULL, "draw no code and write no picture"},
    {"list", 0, NULL, "list the invitations that are open"},
    {"all", 0, NULL, "with --list: also those that are over or cancelled"},
    {"show", 0, "ID|NUMBER", "show one again, with its code"},
    {"cancel", 0, "ID|NUMBER", "take one back"},
    {"reason", 0, "REASON", "with --cancel: why"},
    {"limit", 0, "N", "with --list: at most so many (200)"},
    {0},
};
static const struct cli_option o_visits[] = {
    {"inside", 0, NULL, "who is in the house: the muster list, by name"},
    {"expected", 0, NULL, "who is expected"},
    {"waiting", 0, NULL, "whose visit somebody must decide"},
    {"state", 0, "STATE", "expected, waiting, inside, out, ended, cancelled or refused"},
    {"today", 0, NULL, "visits that begin today"},
    {"limit", 0, "N", "at most so many, the first of the list (200; --inside: all)"},
    {0},
};
static const struct cli_option o_approve[] = {
    {"escort", 0, NULL, "the visitor stays escorted"},
    {"until", 0, "WHEN", "another end of the visit"},
    {"reason", 0, "REASON", "why"},
    {0},
};
static const struct cli_option o_reason[] = {
    {"reason", 0, "REASON", "why"},
    {0},
};
static const struct cli_option o_reason_needed[] = {
    {"reason", 0, "REASON", "why (needed)"},
    {0},
};
static const struct cli_option o_checkin[] = {
    {"until", 0, "WHEN", "another end of the visit"},
    {"reason", 0, "REASON", "why"},
    {0},
};
static const struct cli_option o_checkout[] = {
    {"coming-back", 0, NULL, "the visitor comes back; pass and badge stay good"},
    {"reason", 0, "REASON", "why"},
    {0},
};
static const struct cli_option o_extend[] = {
    {"until", 0, "WHEN", "the new end (needed)"},
    {"reason", 0, "REASON", "why"},
    {0},
};
static const struct cli_option o_show[] = {
    {"unseal", 0, "KEYFILE", "open what is kept of documents, with the key of foyer seal-key"},
    {0},
};
static const struct cli_option o_document[] = {
    {"kind", 0, "KIND",
	"passport, id-card, driving-licence, visa, travel-document or other (needed)"},
    {"state", 0, "STATE", "who issued it, in three letters: DEU"},
    {"expiry", 0, "DAY", "until when it is good: 2034-12-10"},
    {"name-matches", 0, "yes|no", "whether it carries the visitor's name"},
    {"of-age", 0, "yes|no", "whether it shows the least age of the visitor type"},
    {"override", 0, NULL, "let pass that it has expired, or a \"no\" of the two above"},
    {"vouched", 0, NULL, "no document: somebody answers for the visitor instead"},
    {"reason", 0, "REASON", "why (needed)"},
    {0},
};
static const struct cli_option o_host_list[] = {
    {"left", 0, NULL, "also those who left"},
    {"limit", 0, "N", "at most so many (200)"},
    {0},
};
static const struct cli_option o_host_set[] = {
    {"name", 0, "NAME", "the name as visitors see it"},
    {"mail", 0, "MAIL", "where notices go"},
    {"department", 0, "DEPARTMENT", "shown beside the name"},
    {"phone", 0, "PHONE", "for the desk"},
    {"lang", 0, "LANG", "the language of notices"},
    {"deputy", 0, "UID", "who is told while this host is away; empty: nobody"},
    {"away", 0, "FROM..UNTIL", "away between two times"},
    {"back", 0, NULL, "not away any more"},
    {"left", 0, NULL, "works here no more"},
    {"here", 0, NULL, "works here (again)"},
    {0},
};
static const struct cli_option o_host_import[] = {
    {"yes", 'y', NULL, "add and change without asking; marks nobody as left"},
    {"mark-left", 0, NULL, "also mark as left whom the file does not name, without asking"},
    {0},
};
static const struct cli_option o_list[] = {
    {"all", 0, NULL, "also those that are settled"},
    {"limit", 0, "N", "at most so many (200)"},
    {0},
};
static const struct cli_option o_journal_show[] = {
    {"after", 0, "N", "begin after this row (0: with the first)"},
    {"limit", 0, "N", "at most so many (50)"},
    {0},
};
static const struct cli_option o_export[] = {
    {"from", 0, "WHEN", "visits and journal: from here on"},
    {"until", 0, "WHEN", "visits and journal: up to here"},
    {"output", 'o', "FILE", "into this file, mode 0600; - for standard output"},
    {"force", 'f', NULL, "replace a file that is there already"},
    {0},
};

static const struct cli_option o_scan[] = {
    {"wait", 0, "SECONDS", "how long to wait for a camera, a folder or a reader (30)"},
    {"speed", 0, "BITS", "of a serial reader: bits a second (9600)"},
    {"framing", 0, "FRAMING", "of a serial reader: data bits, parity, stop bits (8N1)"},
    {"layout", 0, "LAYOUT",
	"the keyboard that a reader which types is set to: us, de, fr, uk (us)"},
    {"end-ms", 0, "MS", "the silence that ends a reader's scan (100)"},
    {"prefix", 0, "TEXT", "what a reader sends before a text"},
    {"suffix", 0, "TEXT", "what a reader sends after a text"},
    {0},
};

const struct cli_command cli_commands[] = {
    {"init", "", 0, 0, "Make an empty book and its keys.", o_init, cmd_init},
    {"doctor", "", 0, 0, "Check everything that must work, and say how to mend what does not.",
	NULL, cmd_doctor},
    {"whoami", "", 0, 0, "Who foyerd takes you for, and what you may do.", NULL, cmd_whoami},
    {"types", "", 0, 0, "The visitor types of this site.", NULL, cmd_types},
    {"invite", "", 0, 0, "Invite a visitor; list, show and take back invitations.", o_invite,
	cmd_invite},
    {"visits", "[QUERY]", 0, CLI_ANY,
	"List visits. QUERY: words of name or company, or their first three letters.", o_visits,
	cmd_visits},
    {"visit show", "VISIT", 1, 1, "All about one visit. VISIT is its number or its id.", o_show,
	cmd_visit_show},
    {"visit approve", "VISIT", 1, 1, "Say yes to a visitor who waits.", o_approve, cmd_visit_act},
    {"visit refuse", "VISIT", 1, 1, "Say no to a visitor.", o_reason_needed, cmd_visit_act},
    {"visit checkin", "VISIT", 1, 1, "Let a visitor in by hand.", o_checkin, cmd_visit_act},
    {"visit checkout", "VISIT", 1, 1, "Sign a visitor out by hand.", o_checkout, cmd_visit_act},
    {"visit extend", "VISIT", 1, 1, "Move the end of a visit.", o_extend, cmd_visit_act},
    {"visit cancel", "VISIT", 1, 1, "Take a visit back.", o_reason_needed, cmd_visit_act},
    {"visit reprint", "VISIT", 1, 1,
	"Print another badge. Earlier copies are worth nothing once the new one is printed.",
	o_reason, cmd_visit_act},
    {"visit document", "VISIT", 1, 1,
	"You have looked at the visitor's document, or somebody answers for them.", o_document,
	cmd_visit_document},
    {"waiting", "", 0, 0, "Who was sent to reception.", o_list, cmd_waiting},
    {"waiting take", "ID", 1, 1, "You see to it.", NULL, cmd_waiting_take},
    {"waiting resolve", "ID", 1, 1, "It is seen to.", o_reason_needed, cmd_waiting_resolve},
    {"host list", "[QUERY]", 0, CLI_ANY, "List hosts. QUERY: beginnings of names or of the uid.",
	o_host_list, cmd_host_list},
    {"host set", "UID", 1, 1, "Add or change a host; what is not named stays.", o_host_set,
	cmd_host_set},
    {"host import", "FILE", 1, 1,
	"Compare a CSV file with the hosts, then apply it. FILE - is standard input.",
	o_host_import, cmd_host_import},
    {"jobs", "", 0, 0, "What is to be printed, sent or opened, and what does not work.", o_list,
	cmd_jobs},
    {"jobs retry", "ID", 1, 1, "Try again at once.", o_reason, cmd_jobs_act},
    {"jobs hold", "ID", 1, 1, "Stop a job until somebody says retry.", o_reason_needed,
	cmd_jobs_act},
    {"jobs drop", "ID", 1, 1, "Give a job up; a right to be withdrawn from a door cannot be.",
	o_reason_needed, cmd_jobs_act},
    {"jobs acknowledge", "ID", 1, 1, "Take note of a failure.", o_reason_needed, cmd_jobs_act},
    {"clock accept", "", 0, 0,
	"Let foyer's time fall back to this machine's clock, which was ahead once and is right "
	"now.",
	o_reason_needed, cmd_clock_accept},
    {"journal show", "", 0, 0, "Read the journal.", o_journal_show, cmd_journal_show},
    {"journal verify", "", 0, 0,
	"Walk the journal's chain: was anything changed, removed or cut off?", NULL,
	cmd_journal_verify},
    {"export", "visits|hosts|journal|person [QUERY]", 1, CLI_ANY,
	"Everything, a JSON object a line. person needs a QUERY: name, mail or id.", o_export,
	cmd_export},
    {"scan", "FILE|DEVICE", 1, 1,
	"Read codes and identity documents from a picture, a camera, a scanner or a passport "
	"reader.",
	o_scan, cmd_scan},
    {"backup", "[FILE]", 0, 1, "Copy the book to a file while visitors go on coming.", NULL,
	cmd_backup},
    {"restore", "FILE", 1, 1, "Put a backup in the book's place; foyerd must be stopped.", NULL,
	cmd_restore},
    {"seal-key", "FILE", 1, 1,
	"Make a key pair, FILE and FILE.pub, to seal what is kept of documents.", NULL,
	cmd_seal_key},
    {"demo", "[shell]", 0, CLI_RAW, "A whole lobby on this machine.", NULL, cmd_demo},
    {"help", "[COMMAND]", 0, 2, "Say how a command is used.", NULL, cmd_help},
    {0},
};

const struct cli_command *cli_command_find(char *const words[], int n, int *used, bool *family)
{
	char two[64];
	*used = 0;
	*family = false;
	if (n == 0)
		return NULL;
	bool have_two = n > 1 && str_print(two, sizeof two, "%s %s", words[0], words[1]);
	const struct cli_command *one = NULL;
	size_t len = strlen(words[0]);
	for (const struct cli_command *cmd = cli_commands; cmd->name != NULL; cmd++) {
		if (have_two && str_eq(cmd->name, two)) {
			*used = 2;
			return cmd;
		}
		if (str_eq(cmd->name, words[0]))
			one = cmd;
		*family |= str_starts(cmd->name, words[0]) && cmd->name[len] == ' ';
	}
	*used = one != NULL ? 1 : 0;
	return one;
}
