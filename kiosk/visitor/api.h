/*
 * What the kiosk and foyerd say to each other, as plain structs: JSON answers read with bounds and cleaned, request bodies written. It hides
 * every member's name. Nothing here does I/O.
 */
#ifndef KIOSK_VISITOR_API_H
#define KIOSK_VISITOR_API_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "base/uuid.h"

enum {
	API_LANGS = 8,
	API_TYPES = 32,
	API_FIELDS = 16,
	API_CHOICES = 16,
	API_STEPS = 8,
	API_ID_PARTS = 4,
	API_READERS = 4,
	API_HOSTS = 5,
	API_NOTICE_SZ = 4001,
	API_AGREEMENT_SZ = 65537,
	API_TOKEN_SZ = 65,
	API_NUMBER_SZ = 21,
};

/* A text of the configuration in the languages that the site wrote it in. */
struct api_text {
	struct {
		char lang[TEXT_LANG_SZ];
		char text[TEXT_FIELD_SZ];
	} of[API_LANGS];
	int n;
};
/* In lang, else in English, else the first, else "". */
const char *api_text_in(const struct api_text *t, const char *lang);

struct api_field {
	char name[TEXT_WORD_SZ];
	enum api_field_kind {
		API_FIELD_TEXT,
		API_FIELD_MAIL,
		API_FIELD_PHONE,
		API_FIELD_DATE,
		API_FIELD_PLATE,
		API_FIELD_CHOICE
	} kind;
	bool required;
	struct api_text label;
	char choices[API_CHOICES][TEXT_WORD_SZ];
	int n_choices;
};

enum api_step { API_STEP_DETAILS, API_STEP_HOST, API_STEP_AGREEMENT, API_STEP_DOCUMENT };

struct api_type {
	char name[TEXT_WORD_SZ];
	struct api_text label;
	bool walk_in;
	bool id; /* an identity document is to be shown */
	int64_t id_keep_ms
	    [API_ID_PARTS]; /* what is kept of it beyond the check: name, number, birth, address; 0: not */
	enum api_step steps[API_STEPS];
	int n_steps;
	char agreement[TEXT_WORD_SZ];
	struct api_field fields[API_FIELDS];
	int n_fields;
};

struct api_kiosk {
	bool open; /* visitors are taken; an older foyerd does not say */
	char kiosk[TEXT_WORD_SZ], place[TEXT_NAME_SZ], site[TEXT_NAME_SZ], timezone[TEXT_WORD_SZ];
	char langs[API_LANGS][TEXT_LANG_SZ];
	int n_langs;
	char lang[TEXT_LANG_SZ];
	char reception[TEXT_PHONE_SZ];
	struct api_text data_notice;
	struct {
		char lang[TEXT_LANG_SZ];
		char text[API_NOTICE_SZ];
	} privacy[API_LANGS];
	int n_privacy;
	bool doors; /* a door right may come of a visit here */
	struct api_type types[API_TYPES];
	int n_types;
};
const char *api_privacy_in(const struct api_kiosk *k, const char *lang);

struct api_hosts {
	struct {
		struct uuid id;
		char name[TEXT_NAME_SZ], department[TEXT_NAME_SZ];
	} of[API_HOSTS];
	int n;
};

struct api_agreement {
	char name[TEXT_WORD_SZ], version[TEXT_WORD_SZ], lang[TEXT_LANG_SZ], title[TEXT_NAME_SZ];
	char text[API_AGREEMENT_SZ];
};

enum api_what { API_ARRIVE, API_RETURN, API_LEAVE };
struct api_scan {
	enum api_what what;
	char name[TEXT_NAME_SZ], company[TEXT_NAME_SZ], host[TEXT_NAME_SZ], label[TEXT_FIELD_SZ];
	int64_t from_ms, until_ms;
	struct {
		char name[TEXT_WORD_SZ], masked[TEXT_FIELD_SZ];
	} fields[API_FIELDS];
	int n_fields;
	char type[TEXT_WORD_SZ];
	char agreement[TEXT_WORD_SZ]; /* what must be signed still */
	char lang[TEXT_LANG_SZ];
	bool late;
	bool document; /* an identity document must be shown still */
};

enum api_badge { API_BADGE_NONE, API_BADGE_PRINTING, API_BADGE_PRINTED, API_BADGE_TROUBLE };
enum api_doors {
	API_DOORS_NONE,
	API_DOORS_PENDING,
	API_DOORS_OPEN,
	API_DOORS_TROUBLE,
	API_DOORS_WITHDRAWN
};
enum api_host { API_HOST_NONE, API_HOST_SENDING, API_HOST_SENT, API_HOST_TROUBLE };
struct api_progress {
	enum api_badge badge;
	enum api_doors doors;
	enum api_host host;
	int64_t until_ms; /* 0: not told */
};

struct api_checkin {
	bool reception; /* false: welcome */
	char reason[TEXT_WORD_SZ];
	char number[API_NUMBER_SZ], name[TEXT_NAME_SZ];
	bool escort;
	struct api_progress progress;
	char token[API_TOKEN_SZ]; /* hex, or "" */
};

struct api_signout {
	char name[TEXT_NAME_SZ];
	int64_t until_ms;
	char token[API_TOKEN_SZ];
};

struct api_refusal {
	char word[TEXT_WORD_SZ];
	int64_t from_ms; /* too-early: when it begins; 0: not told */
};

/* All read one answer; members that a newer foyerd adds pass. ERR_INPUT or ERR_TOO_LONG where it is not what etc/openapi.yaml says. */
enum err_code api_read_kiosk(struct api_kiosk *k, const json_t *j, struct err *e) MUST_USE;
enum err_code api_read_hosts(struct api_hosts *h, const json_t *j, struct err *e) MUST_USE;
enum err_code api_read_agreement(struct api_agreement *a, const json_t *j, struct err *e) MUST_USE;
enum err_code api_read_scan(struct api_scan *s, const json_t *j, struct err *e) MUST_USE;
enum err_code api_read_checkin(struct api_checkin *c, const json_t *j, struct err *e) MUST_USE;
enum err_code api_read_signout(struct api_signout *s, const json_t *j, struct err *e) MUST_USE;
enum err_code api_read_waiting(
    char reception[TEXT_PHONE_SZ], const json_t *j, struct err *e) MUST_USE;
enum err_code api_read_progress(struct api_progress *p, const json_t *j, struct err *e) MUST_USE;
/* Never fails: what is unreadable is the word "". */
void api_read_refusal(struct api_refusal *r, const json_t *j);

/* Request bodies: malloc'ed text, the caller clears and frees (api_free_body). The same input gives the same bytes: a retry under one
 * Idempotency-Key must not differ. */
enum api_source { API_SOURCE_CAMERA, API_SOURCE_WEDGE, API_SOURCE_TYPED };
char *api_write_scan(const struct uuid *flow, const char *text, enum api_source source);

struct api_walk_in {
	const char *type, *name, *company;
	struct uuid host; /* nil: none */
	struct {
		const char *name, *value;
	} fields[API_FIELDS];
	int n_fields;
};
struct api_checkin_ask {
	struct uuid flow;
	const char *lang;
	const char *pass; /* or NULL: then walk_in */
	const struct api_walk_in *walk_in;
	const struct api_agreement *agreement; /* NULL: none was asked */
	bool accepted;
	const char *document; /* as scanned; "": there is none to show; NULL: none was asked for */
};
char *api_write_checkin(const struct api_checkin_ask *a);
char *api_write_signout(const struct uuid *flow, const char *pass, bool coming_back);
char *api_write_waiting(const struct uuid *flow, const char *reason, const char *screen);
struct api_state {
	const char *camera; /* "ok", "gone", "none" */
	bool busy;
	int cols, rows;
	struct {
		const char *name;
		bool there;
	} readers[API_READERS];
	int n_readers;
};
char *api_write_state(const struct api_state *s);
void api_free_body(char *own_body);

#endif
