#include "base/conf_table.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "base/zone.h"

#define SECONDS(n) ((int64_t)(n)*1000)
#define MINUTES(n) SECONDS((n)*60)
#define HOURS(n) MINUTES((n)*60)
#define DAYS(n) HOURS((int64_t)(n)*24)

/* Where an option goes: a member, or the elements of an array member and its counter. */
#define TO(s, m) .off = offsetof(struct s, m), .size = sizeof(((struct s *)0)->m)
#define LIST(s, m, n)                                                                              \
	.off = offsetof(struct s, m), .size = sizeof(((struct s *)0)->m[0]),                       \
	.count_off = offsetof(struct s, n),                                                        \
	.max = sizeof(((struct s *)0)->m) / sizeof(((struct s *)0)->m[0])
#define TEXTS(s, m) .off = offsetof(struct s, m)

static const char *const door_rights[] = {"badge-code", "card", "none", NULL};
static const char *const tls_words[] = {"none", "starttls", "smtps", NULL};
static const char *const kinds[] = {"text", "mail", "phone", "date", "plate", "choice", NULL};
static const char *const steps[] = {"details", "host", "agreement", "document", NULL};
static const char *const ids[] = {"none", "required", NULL};
static const char *const approvals[] = {"none", "desk", "host", NULL};
static const char *const escorts[] = {"never", "until-approved", "always", NULL};

/* --- setters for values of one section --------------------------------------------------- */

/* "main:3": door 3 of controller main. Whether there is such a controller is conf_check's business. */
static bool set_door(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	(void)o;
	struct conf_door *d = (struct conf_door *)at + index;
	size_t n = 0;
	while (value[n] != '\0' && value[n] != ':')
		n++;
	if (n > 0 && n < sizeof d->controller && value[n] == ':' && value[n + 1] >= '1' &&
	    value[n + 1] <= '4' && value[n + 2] == '\0') {
		(void)str_print(d->controller, sizeof d->controller, "%.*s", (int)n, value);
		d->door = value[n + 1] - '0';
		return true;
	}
	(void)str_copy(
	    why, CONF_WHY_SZ, "no door; allowed is a controller and its door 1 to 4, like main:1");
	return false;
}

/* "user:anna", "group:reception": names as useradd(8) makes them, and those of a directory. */
static bool set_member(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	(void)o;
	struct conf_who *w = (struct conf_who *)at + index;
	const char *name = NULL;
	if (str_starts(value, "user:")) {
		w->kind = CONF_WHO_USER;
		name = value + 5;
	} else if (str_starts(value, "group:")) {
		w->kind = CONF_WHO_GROUP;
		name = value + 6;
	}
	if (name != NULL && *name != '\0' && strpbrk(name, ": \n,/") == NULL &&
	    str_copy(w->name, sizeof w->name, name))
		return true;
	(void)str_copy(why, CONF_WHY_SZ, "not a member; allowed are user:NAME and group:NAME");
	return false;
}

static bool set_server(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	if (value[0] == '/')
		return conf_set_path(o, at, value, index, why);
	return conf_set_place(o, at, value, index, why);
}

/* Below the data directory or absolute, never climbing. */
static bool set_folder(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	if (value[0] == '/')
		return conf_set_path(o, at, value, index, why);
	return conf_set_word(o, at, value, index, why);
}

/* "name 30d, number 7d": what may be kept of a document, and for how long. */
static bool set_keep(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	(void)o;
	(void)index;
	int64_t *keep = at;
	for (const char *p = value; *p != '\0';) {
		char part[TEXT_WORD_SZ], *gap;
		size_t n = strcspn(p, ",");
		int what = 0;
		if (!str_print(part, sizeof part, "%.*s", (int)n, p) ||
		    (gap = strchr(part, ' ')) == NULL)
			goto bad;
		*gap++ = '\0';
		while (what < CONF_ID_PARTS &&
		       strcmp(conf_id_part_name((enum conf_id_part)what), part) != 0)
			what++;
		if (what == CONF_ID_PARTS || keep[what] != 0 ||
		    zone_parse_span(&keep[what], gap, NULL) != ERR_OK || keep[what] < HOURS(1) ||
		    keep[what] > DAYS(3650))
			goto bad;
		p += n;
		if (*p != ',')
			continue;
		p += 1 + strspn(p + 1, " ");
		if (*p == '\0')
			goto bad;
	}
	return true;
bad:
	(void)str_copy(why, CONF_WHY_SZ,
	    "not what may be kept; allowed are name, number, birth, address, each once with 1h to "
	    "3650d, like \"name 30d, number 30d\"");
	return false;
}

/* --- tables ------------------------------------------------------------------------------ */

const struct conf_option conf_table_languages[] = {
    {"languages", conf_set_lang, LIST(conf_site, langs, n_langs),
	.flags = CONF_OPTION_LIST | CONF_OPTION_MUST},
    {0},
};

const struct conf_option conf_table_demo[] = {
    {"demo", conf_set_yes, TO(conf, demo), .missing = "no"},
    {0},
};

const struct conf_option conf_table_site[] = {
    {"name", conf_set_text, TO(conf_site, name), .flags = CONF_OPTION_MUST},
    {"id", conf_set_int, TO(conf_site, id), .max = 255},
    {"timezone", conf_set_zone, TO(conf_site, timezone), .flags = CONF_OPTION_MUST},
    {"reception", conf_set_text, TO(conf_site, reception)},
    {"data-notice", NULL, TEXTS(conf_site, data_notice),
	.flags = CONF_OPTION_TEXTS | CONF_OPTION_MUST, .max = TEXT_FIELD_SZ - 1},
    {"privacy", NULL, TEXTS(conf_site, privacy), .flags = CONF_OPTION_TEXTS | CONF_OPTION_MUST,
	.max = CONF_TREE_VALUE_SZ - 1},
    {"door-right", conf_set_choice, TO(conf_site, door_right), .words = door_rights},
    {"exit-grace", conf_set_span, TO(conf_site, exit_grace_ms), .min = 0, .max = HOURS(4)},
    {"early", conf_set_span, TO(conf_site, early_ms), .min = 0, .max = DAYS(1)},
    {"seal-key", conf_set_path, TO(conf_site, seal_key), .flags = CONF_OPTION_EMPTY},
    {"accept-no-disk-encryption", conf_set_text, TO(conf_site, accept_no_disk_encryption)},
    {0},
};

const struct conf_option conf_table_paths[] = {
    {"state", conf_set_path, TO(conf_paths, state), .flags = CONF_OPTION_MUST},
    {"run", conf_set_path, TO(conf_paths, run), .flags = CONF_OPTION_MUST},
    {"backups", conf_set_path, TO(conf_paths, backups), .flags = CONF_OPTION_EMPTY},
    {"keys", conf_set_path, TO(conf_paths, keys), .flags = CONF_OPTION_EMPTY},
    {0},
};

const struct conf_option conf_table_mail[] = {
    {"server", conf_set_place, TO(conf_mail, server), .flags = CONF_OPTION_EMPTY},
    {"tls", conf_set_choice, TO(conf_mail, tls), .words = tls_words},
    {"ca-file", conf_set_path, TO(conf_mail, ca_file), .flags = CONF_OPTION_EMPTY},
    {"user", conf_set_text, TO(conf_mail, user)},
    {"secret-file", conf_set_path, TO(conf_mail, secret_file), .flags = CONF_OPTION_EMPTY},
    {"from", conf_set_mail, TO(conf_mail, from), .flags = CONF_OPTION_EMPTY},
    {"from-name", conf_set_text, TO(conf_mail, from_name)},
    {"timeout", conf_set_span, TO(conf_mail, timeout_ms), .min = SECONDS(1), .max = MINUTES(5)},
    {0},
};

#define KEEP(n, m)                                                                                 \
	{                                                                                          \
		n, conf_set_span, TO(conf_retention, m), .min = HOURS(1), .max = DAYS(3650)        \
	}
const struct conf_option conf_table_retention[] = {
    KEEP("visitor", visitor_ms),
    KEEP("visit", visit_ms),
    KEEP("signature", signature_ms),
    KEEP("invitation", invitation_ms),
    KEEP("job", job_ms),
    KEEP("journal", journal_ms),
    {0},
};

const struct conf_option conf_table_kiosk[] = {
    {"place", conf_set_text, TO(conf_kiosk, place), .flags = CONF_OPTION_MUST},
    {"language", conf_set_lang, TO(conf_kiosk, lang), .flags = CONF_OPTION_EMPTY},
    {"printer", conf_set_word, TO(conf_kiosk, printer), .flags = CONF_OPTION_EMPTY},
    {"fallback", conf_set_word, TO(conf_kiosk, fallback), .flags = CONF_OPTION_EMPTY},
    {0},
};

const struct conf_option conf_table_printer[] = {
    {"server", set_server, TO(conf_printer, server), .flags = CONF_OPTION_EMPTY},
    {"queue", conf_set_word, TO(conf_printer, queue), .flags = CONF_OPTION_MUST},
    {"media", conf_set_word, TO(conf_printer, media), .missing = "om_badge_62x100mm"},
    {"badge-size", conf_set_word, TO(conf_printer, badge_size), .missing = "62x100"},
    {0},
};

const struct conf_option conf_table_controller[] = {
    {"driver", conf_set_word, TO(conf_controller, driver), .missing = "uhppote"},
    {"address", conf_set_place, TO(conf_controller, address), .flags = CONF_OPTION_MUST},
    {"serial", conf_set_u32, TO(conf_controller, serial), .flags = CONF_OPTION_MUST, .min = 1,
	.max = UINT32_MAX},
    {"card-first", conf_set_u32, TO(conf_controller, card_first), .flags = CONF_OPTION_MUST,
	.min = 1, .max = UINT32_MAX - 1},
    {"card-last", conf_set_u32, TO(conf_controller, card_last), .flags = CONF_OPTION_MUST, .min = 1,
	.max = UINT32_MAX - 1},
    {"profile-first", conf_set_int, TO(conf_controller, profile_first), .missing = "2", .min = 2,
	.max = 254},
    {"profile-last", conf_set_int, TO(conf_controller, profile_last), .missing = "254", .min = 2,
	.max = 254},
    {"timeout", conf_set_span, TO(conf_controller, timeout_ms), .missing = "2s", .min = SECONDS(1),
	.max = MINUTES(1)},
    {"retries", conf_set_int, TO(conf_controller, retries), .missing = "3", .min = 0, .max = 10},
    {"timezone", conf_set_zone, TO(conf_controller, timezone), .flags = CONF_OPTION_EMPTY},
    {0},
};

const struct conf_option conf_table_group[] = {
    {"doors", set_door, LIST(conf_group, doors, n_doors), .flags = CONF_OPTION_LIST},
    {0},
};

const struct conf_option conf_table_agreement[] = {
    {"dir", set_folder, TO(conf_agreement, dir)},
    {"valid", conf_set_span, TO(conf_agreement, valid_ms), .missing = "0s", .min = 0,
	.max = DAYS(3650)},
    {0},
};

const struct conf_option conf_table_disabled[] = {
    {"disabled", conf_set_yes, .off = 0, .size = sizeof(bool), .missing = "no"},
    {0},
};

const struct conf_option conf_table_type[] = {
    {"label", NULL, TEXTS(conf_type, label), .flags = CONF_OPTION_TEXTS | CONF_OPTION_MUST,
	.max = TEXT_NAME_SZ - 1},
    {"walk-in", conf_set_yes, TO(conf_type, walk_in), .missing = "no"},
    {"steps", conf_set_choice, .off = offsetof(struct conf_type, steps), .size = sizeof(int),
	.count_off = offsetof(struct conf_type, n_steps), .max = CONF_STEPS, .words = steps,
	.flags = CONF_OPTION_LIST | CONF_OPTION_MUST},
    {"agreement", conf_set_word, TO(conf_type, agreement), .flags = CONF_OPTION_EMPTY},
    {"badge", conf_set_word, TO(conf_type, badge), .flags = CONF_OPTION_EMPTY},
    {"access-group", conf_set_word, TO(conf_type, access_group), .flags = CONF_OPTION_EMPTY},
    {"longest-stay", conf_set_span, TO(conf_type, longest_stay_ms), .missing = "10h",
	.min = MINUTES(15), .max = DAYS(366)},
    {"approval", conf_set_choice, TO(conf_type, approval), .missing = "desk", .words = approvals},
    {"escort", conf_set_choice, TO(conf_type, escort), .missing = "until-approved",
	.words = escorts},
    {"notify-host", conf_set_yes, TO(conf_type, notify_host), .missing = "yes"},
    {"id", conf_set_choice, TO(conf_type, id), .missing = "none", .words = ids},
    {"id-least-age", conf_set_int, TO(conf_type, id_least_age), .flags = CONF_OPTION_EMPTY,
	.min = 1, .max = 120},
    {"id-without-expiry", conf_set_yes, TO(conf_type, id_without_expiry), .missing = "no"},
    {"id-keep", set_keep, TO(conf_type, id_keep_ms), .flags = CONF_OPTION_EMPTY},
    {0},
};

const struct conf_option conf_table_field[] = {
    {"label", NULL, TEXTS(conf_field, label), .flags = CONF_OPTION_TEXTS | CONF_OPTION_MUST,
	.max = TEXT_NAME_SZ - 1},
    {"kind", conf_set_choice, TO(conf_field, kind), .missing = "text", .words = kinds},
    {"required", conf_set_yes, TO(conf_field, required), .missing = "no"},
    {"on-badge", conf_set_yes, TO(conf_field, on_badge), .missing = "no"},
    {"retention", conf_set_span, TO(conf_field, retention_ms), .min = HOURS(1), .max = DAYS(3650)},
    {"choices", conf_set_text, LIST(conf_field, choices, n_choices), .flags = CONF_OPTION_LIST},
    {0},
};

const struct conf_option conf_table_role[] = {
    {"members", set_member, LIST(conf_role_map, who, n), .flags = CONF_OPTION_LIST},
    {0},
};
