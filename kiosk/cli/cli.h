/*
 * foyer, the command line: one command at work. It hides nothing but holds together what every
 * command shares: its options, the way to foyerd, the way to the terminal, the site's clock and
 * time zone.
 *
 * A command is a row of the table in commands.c and one function: it reads its options, asks
 * foyerd, prints, and returns an enum cli_exit. Whoever finds the trouble says it (cli_complain)
 * and returns the exit status; nobody else says it again.
 */
#ifndef KIOSK_CLI_CLI_H
#define KIOSK_CLI_CLI_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "kiosk/cli/print.h"

/* What a script can rely on: foyer(1), EXIT STATUS. */
enum cli_exit {
	CLI_OK = 0,
	CLI_NO = 1, /* the answer is no, or a check failed */
	CLI_USAGE = 2, /* the command line, or a value on it, is wrong */
	CLI_UNREACHABLE = 3, /* foyerd does not answer, or cannot work at present */
	CLI_DENIED = 4, /* not permitted */
};

struct cli;
struct cli_option {
	const char *name; /* NULL ends a list */
	char letter; /* 0: none */
	const char *arg; /* NULL: a flag; else what the value is called */
	const char *help;
};
enum { CLI_ANY = INT_MAX, CLI_RAW = -1 };
struct cli_command {
	const char *name; /* one word or two: "host set"; NULL ends the table */
	const char *args; /* as help shows them */
	/* Words after the name. CLI_ANY: no bound; most CLI_RAW: options too are words, for
	 * somebody else. */
	int least, most;
	const char *summary;
	const struct cli_option *options; /* besides cli_options_common */
	enum cli_exit (*run)(struct cli *c);
};

/* commands.c: the one table that parsing, help and the manual page's test read. */
extern const struct cli_command cli_commands[];
/* -s -c --json -h: before or after the command's name. */
extern const struct cli_option cli_options_common[];
/* The command that the words name; *used tells how many of them (0: none). *family: the first
 * word alone is the beginning of several. */
const struct cli_command *cli_command_find(char *const words[], int n, int *used, bool *family);

enum { CLI_OPTIONS_MOST = 64 };
struct cli_args {
	struct {
		const char *name, *value;
	} set[CLI_OPTIONS_MOST]; /* options as they came; borrowed */
	int n_set;
	char **words; /* what is left */
	int n_words;
};

struct cli {
	const struct cli_command *command;
	struct cli_args args;
	char socket[PATH_MAX];
	const char *conf; /* of -c; NULL: where foyer.conf lies by itself */
	bool json;
	struct print out, err;
	struct clock clock;
	int64_t now_ms; /* foyerd's, after cli_site */
};

/* run.c: everything after main has set up out, err and clock: options, the command's name, the
 * socket, the command. argv is permuted. */
enum cli_exit cli_run(struct cli *c, int argc, char **argv);

/* --- args.c ------------------------------------------------------------------------------ */

/* Take the words after the command's name: options into c->args and c, the rest into
 * c->args.words. CLI_OK or CLI_USAGE. argv[0] is passed over. */
enum cli_exit cli_args_read(struct cli *c, int argc, char **argv);
/* The options before the command's name; *used: how many words they took, argv[0] with them.
 * *other: 'h' or 'V' if that was asked for. */
enum cli_exit cli_args_before(struct cli *c, int argc, char **argv, int *used, int *other);

/* The last value of --name; NULL: not given. A name that the command's row does not have is a
 * bug. */
const char *cli_opt(const struct cli *c, const char *name);
bool cli_flag(const struct cli *c, const char *name);
/* For a function of several commands: false also where this one's row has no such option. */
bool cli_has(const struct cli *c, const char *name);
/* Of these flags and options, how many were given. names ends with NULL. */
int cli_count(const struct cli *c, const char *const names[]);
/* A whole number from least to most; an absent option leaves *n as it is. */
enum cli_exit cli_opt_int(struct cli *c, const char *name, int64_t *n, int64_t least, int64_t most);
/* The words, joined by spaces; "" for none. The caller frees. */
char *cli_words(const struct cli *c);
const char *cli_word(const struct cli *c, int i); /* NULL: there is none */

/* --- site.c: time as the site has it ---------------------------------------------------------- */

/* Ask foyerd who we are, once: its time zone is the process's from now on, its clock
 * c->now_ms. */
enum cli_exit cli_site(struct cli *c);

/* A WHEN of --name: what zone_parse takes. is_end: it closes a span that begins at from_ms, so
 * "+2h" and "17:00" count from there, and a bare day means its end. Complains. */
enum cli_exit cli_when(
    struct cli *c, const char *name, const char *text, bool is_end, int64_t from_ms, int64_t *ms);

enum { CLI_TIME_SZ = 48 };
/* For a table: "14:05" today, else "2026-11-23 14:05"; "" for 0. For a sentence: always with its
 * day. */
const char *cli_time_short(const struct cli *c, char dst[CLI_TIME_SZ], int64_t ms);
const char *cli_time_full(char dst[CLI_TIME_SZ], int64_t ms);
/* "35 s", "12 min", "3 h", "5 d". */
const char *cli_span(char dst[CLI_TIME_SZ], int64_t ms);

/* --- say.c ------------------------------------------------------------------------------- */

/* "foyer: …" on standard error, clean. */
void cli_complain(struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same with a hint at the command's help; returns CLI_USAGE. */
enum cli_exit cli_usage(struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Ask a person at the terminal; false without one, or for any answer but y or yes. */
bool cli_can_ask(void);
bool cli_ask(struct cli *c, const char *question);

/* help.c */
void cli_help(const struct print *p);
void cli_help_command(struct cli *c, const struct cli_command *cmd);

/* exec.c: become a program of ours (path_program) or a script of the data directory; comes back
 * only when that failed. argv ends with NULL, argv[0] is filled in. */
enum cli_exit cli_exec_program(struct cli *c, const char *name, const char *argv[]);
enum cli_exit cli_exec_data(struct cli *c, const char *below, const char *argv[]);

/* --- the commands: a file each ----------------------------------------------------------- */

#define CLI_COMMAND(name) enum cli_exit name(struct cli *c)
CLI_COMMAND(cmd_init);
CLI_COMMAND(cmd_backup);
CLI_COMMAND(cmd_restore);
CLI_COMMAND(cmd_doctor);
CLI_COMMAND(cmd_invite);
CLI_COMMAND(cmd_host_list);
CLI_COMMAND(cmd_host_set);
CLI_COMMAND(cmd_host_import);
CLI_COMMAND(cmd_visits);
CLI_COMMAND(cmd_visit_show);
CLI_COMMAND(cmd_visit_act); /* approve, refuse, checkin, checkout, extend, cancel, reprint */
CLI_COMMAND(cmd_visit_document);
CLI_COMMAND(cmd_waiting);
CLI_COMMAND(cmd_waiting_take);
CLI_COMMAND(cmd_waiting_resolve);
CLI_COMMAND(cmd_jobs);
CLI_COMMAND(cmd_jobs_act); /* retry, hold, drop, acknowledge */
CLI_COMMAND(cmd_clock_accept);
CLI_COMMAND(cmd_journal_verify);
CLI_COMMAND(cmd_journal_show);
CLI_COMMAND(cmd_export);
CLI_COMMAND(cmd_scan);
CLI_COMMAND(cmd_seal_key);
CLI_COMMAND(cmd_types);
CLI_COMMAND(cmd_whoami);
CLI_COMMAND(cmd_demo);
CLI_COMMAND(cmd_help);

#endif
