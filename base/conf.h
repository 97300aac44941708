/*
 * The configuration: foyer.conf read, checked and turned into plain structs. It hides the grammar and every default.
 *
 * The shipped etc/foyer.conf is compiled in and read first, the site's file over it:
 *   an untitled section (site, paths, mail, retention) overrides option by option; a text with its translations counts as one option;
 *   a titled section (type "guest") replaces the shipped one of that title as a whole; a type goes with disabled = "yes";
 *   as soon as the site's file has a kiosk, printer, controller or access-group, the shipped ones of that kind do not apply.
 * Every option is a string with a typed parser. An error reads "file:line: option: what is wrong; what is allowed".
 * foyer.conf(5) documents every option.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum {
	CONF_KIOSKS = 64,
	CONF_PRINTERS = 64,
	CONF_CONTROLLERS = 64,
	CONF_GROUPS = 64,
	CONF_TYPES = 32,
	CONF_FIELDS = 16,
	CONF_STEPS = 8,
	CONF_LANGS = 8,
	CONF_ROLES = 8,
	CONF_WHO = 64,
	CONF_DOORS = 64,
	CONF_AGREEMENTS = 16,
	CONF_FIELD_KINDS = 16,
};

/* How a door right reaches the reader. */
enum conf_door_right { CONF_DOOR_BADGE_CODE, CONF_DOOR_CARD, CONF_DOOR_NONE };

/* Roles, each more or other than the next; a person may have several. kiosk is never configured: it is a socket. */
enum conf_role {
	CONF_ROLE_MANAGER,
	CONF_ROLE_SUPERVISOR,
	CONF_ROLE_DESK,
	CONF_ROLE_GUARD,
	CONF_ROLE_WARDEN,
	CONF_ROLE_AUDITOR,
	CONF_ROLE_HOST,
	CONF_ROLE_KIOSK
};
enum { CONF_ROLE_COUNT = 8 };
const char *conf_role_name(enum conf_role r);

/* One text in several languages: option "label" with "label-de" … beside it. The plain option is the site's first language, or
 * English where the first language has an option of its own. The site's first language stands first. */
struct conf_text {
	struct {
		char lang[TEXT_LANG_SZ];
		const char *text; /* lives as long as the struct conf */
	} of[CONF_LANGS];
	int n;
};
/* The text in lang, else in the site's first language, else the first there is, else "". */
const char *conf_text_in(const struct conf_text *t, const char *lang);

struct conf_site {
	char name[TEXT_NAME_SZ];
	int id; /* 0..255, stands in every pass */
	char timezone[TEXT_WORD_SZ];
	char langs[CONF_LANGS][TEXT_LANG_SZ];
	int n_langs;
	char reception[TEXT_PHONE_SZ]; /* the number to call; may be empty */
	struct conf_text data_notice; /* one line: who keeps the data, why, how long */
	struct conf_text privacy; /* the full notice */
	enum conf_door_right door_right;
	int64_t exit_grace_ms; /* 30m */
	int64_t early_ms; /* an invitation works this long before its start: 30m */
	char seal_key
	    [PATH_MAX]; /* public half of `foyer seal-key`; empty: nothing of a document is kept */
	char accept_no_disk_encryption
	    [TEXT_FIELD_SZ]; /* who accepts it and why; empty: doctor fails without LUKS */
};

struct conf_paths {
	char state[PATH_MAX]; /* /var/lib/foyer: book, keys */
	char run[PATH_MAX]; /* /run/foyer: sockets */
	char backups[PATH_MAX]; /* default STATE/backups */
	char keys[PATH_MAX]; /* default STATE/keys */
};

struct conf_kiosk {
	char name[TEXT_WORD_SZ];
	char place[TEXT_NAME_SZ];
	char lang[TEXT_LANG_SZ];
	char printer[TEXT_WORD_SZ]; /* may be empty: no badge is printed */
	char fallback[TEXT_WORD_SZ];
};

struct conf_printer {
	char name[TEXT_WORD_SZ];
	char server[PATH_MAX]; /* CUPS socket path or host:port; empty: /run/cups/cups.sock */
	char queue[TEXT_WORD_SZ];
	char media[TEXT_WORD_SZ]; /* PWG media name handed to CUPS */
	char badge_size[TEXT_WORD_SZ]; /* template family: "62x100", "a6" */
};

struct conf_controller {
	char name[TEXT_WORD_SZ];
	char driver[TEXT_WORD_SZ]; /* "uhppote" */
	char address[TEXT_MAIL_SZ]; /* host:port */
	uint32_t serial;
	uint32_t card_first, card_last; /* numbers foyer may issue */
	int profile_first, profile_last; /* time-profile ids foyer may write, 2..254 */
	int64_t timeout_ms;
	int retries;
	char timezone[TEXT_WORD_SZ]; /* of the controller's clock; empty: the site's */
};

struct conf_door {
	char controller[TEXT_WORD_SZ];
	int door; /* 1..4 */
};
struct conf_group {
	char name[TEXT_WORD_SZ];
	struct conf_door doors[CONF_DOORS];
	int n_doors;
};

struct conf_field {
	char name[TEXT_WORD_SZ];
	enum conf_field_kind {
		CONF_FIELD_TEXT,
		CONF_FIELD_MAIL,
		CONF_FIELD_PHONE,
		CONF_FIELD_DATE,
		CONF_FIELD_PLATE,
		CONF_FIELD_CHOICE
	} kind;
	bool required, on_badge;
	int64_t retention_ms;
	struct conf_text label;
	char choices[CONF_FIELD_KINDS][TEXT_WORD_SZ];
	int n_choices;
};

enum conf_step { CONF_STEP_DETAILS, CONF_STEP_HOST, CONF_STEP_AGREEMENT, CONF_STEP_DOCUMENT };
/* Whether a visitor of this type shows an identity document, and what may be kept of it beyond the check itself. */
enum conf_id { CONF_ID_NONE, CONF_ID_REQUIRED };
enum conf_id_part { CONF_ID_NAME, CONF_ID_NUMBER, CONF_ID_BIRTH, CONF_ID_ADDRESS };
enum { CONF_ID_PARTS = 4 };
const char *conf_id_part_name(enum conf_id_part p); /* "name", "number", "birth", "address" */
enum conf_approval { CONF_APPROVAL_NONE, CONF_APPROVAL_DESK, CONF_APPROVAL_HOST };
enum conf_escort { CONF_ESCORT_NEVER, CONF_ESCORT_UNTIL_APPROVED, CONF_ESCORT_ALWAYS };

struct conf_type {
	char name[TEXT_WORD_SZ];
	struct conf_text label;
	bool walk_in; /* offered to walk-ins at the kiosk */
	enum conf_step steps[CONF_STEPS];
	int n_steps;
	struct conf_field fields[CONF_FIELDS];
	int n_fields;
	char agreement[TEXT_WORD_SZ]; /* empty: none */
	char badge[TEXT_WORD_SZ]; /* template name without size: "visitor"; empty: no badge */
	char access_group[TEXT_WORD_SZ]; /* empty: no door right ever */
	int64_t longest_stay_ms;
	enum conf_approval
	    approval; /* who must authorise a walk-in before a door right; NONE = the type authorises itself */
	enum conf_escort escort; /* for walk-ins without authorisation */
	bool notify_host;
	enum conf_id id; /* REQUIRED: CONF_STEP_DOCUMENT is among the steps, and only then */
	int id_least_age; /* in years; 0: none */
	bool id_without_expiry; /* a document that says that it never expires is good */
	int64_t id_keep_ms[CONF_ID_PARTS]; /* sealed, from the check on; 0: not kept */
};

struct conf_agreement {
	char name[TEXT_WORD_SZ];
	char dir[PATH_MAX]; /* absolute; holds LANG.txt; the text's hash is its version */
	int64_t valid_ms; /* signed once, good for this long; 0: sign each visit */
};

struct conf_mail {
	char server[TEXT_MAIL_SZ]; /* host:port; empty: no mail */
	enum conf_tls { CONF_TLS_NONE, CONF_TLS_STARTTLS, CONF_TLS_SMTPS } tls;
	char ca_file[PATH_MAX]; /* empty: the machine's */
	char user[TEXT_MAIL_SZ];
	char secret_file[PATH_MAX];
	char from[TEXT_MAIL_SZ];
	char from_name[TEXT_NAME_SZ];
	int64_t timeout_ms;
};

struct conf_who { /* one member of a role: "user:anna", "group:reception" */
	enum conf_who_kind { CONF_WHO_USER, CONF_WHO_GROUP } kind;
	char name[TEXT_WORD_SZ];
};
struct conf_role_map {
	struct conf_who who[CONF_WHO];
	int n;
};

struct conf_retention { /* after the visit's end */
	int64_t visitor_ms, visit_ms, signature_ms, invitation_ms, job_ms, journal_ms;
};

struct conf {
	struct conf_site site;
	struct conf_paths paths;
	struct conf_mail mail;
	struct conf_retention retention;
	struct conf_kiosk kiosks[CONF_KIOSKS];
	struct conf_printer printers[CONF_PRINTERS];
	struct conf_controller controllers[CONF_CONTROLLERS];
	struct conf_group groups[CONF_GROUPS];
	struct conf_type types[CONF_TYPES];
	struct conf_agreement agreements[CONF_AGREEMENTS];
	struct conf_role_map roles[CONF_ROLE_COUNT];
	int n_kiosks, n_printers, n_controllers, n_groups, n_types, n_agreements;
	bool
	    demo; /* a lobby of `foyer demo`: foyerd's own uid may do everything, only on a book that the demo made */
	char hash
	    [33]; /* of what was read: 32 hex digits (FNV-1a 128), kept with every visit; tells versions apart, proves nothing */
	struct conf_tree *shipped, *own; /* conf.c's: they hold the texts */
};

/* Read path over the shipped defaults (path NULL: defaults alone). *own_conf: conf_free. References between sections are checked. At most
 * 1 MiB. ERR_CONFIG with file and line, or path_read's errors. */
enum err_code conf_load(struct conf **own_conf, const char *path, struct err *e) MUST_USE;
void conf_free(struct conf *own_conf);

/* Where foyer.conf lies when nobody says: $FOYER_CONF, else SYSCONFDIR/foyer.conf. */
const char *conf_path_default(void);

/* One of the site's languages, or "" for none said. */
bool conf_lang_known(const struct conf *c, const char *lang);

const struct conf_type *conf_type_find(const struct conf *c, const char *name);
const struct conf_kiosk *conf_kiosk_find(const struct conf *c, const char *name);
const struct conf_printer *conf_printer_find(const struct conf *c, const char *name);
const struct conf_controller *conf_controller_find(const struct conf *c, const char *name);
const struct conf_group *conf_group_find(const struct conf *c, const char *name);
const struct conf_agreement *conf_agreement_find(const struct conf *c, const char *name);
const struct conf_role_map *conf_role_map(const struct conf *c, enum conf_role r);

#endif
