/*
 * Documents that do not exist, and those who come with them: for tests of the desk in a lobby whose types ask for one.
 */
#ifndef TESTS_UNIT_DAEMON_PAPERS_H
#define TESTS_UNIT_DAEMON_PAPERS_H

#include "tests/unit/daemon/lobby.h"

/* "checked" asks for a document and for an age of 18, "lasting" for one that may be without an end, "plain" for none. */
#define PAPERS_TYPES                                                                               \
	"type \"checked\" { label = \"Checked\" walk-in = \"yes\" steps = { \"details\", "         \
	"\"host\" } "                                                                              \
	"badge = \"visitor\" access-group = \"visitors\" approval = \"none\" id = \"required\" "   \
	"id-least-age = \"18\" }\n"                                                                \
	"type \"lasting\" { label = \"Lasting\" walk-in = \"yes\" steps = { \"details\", "         \
	"\"host\" } approval = \"none\" id = \"required\" id-without-expiry = \"yes\" }\n"         \
	"type \"plain\" { label = \"Plain\" walk-in = \"yes\" steps = { \"details\", \"host\" } "  \
	"approval = \"none\" }\n"

enum { PAPERS_ZONE = 92 };
/* A passport of Utopia (ICAO 9303-4, TD3). name: "ERIKSSON<<ANNA<MARIA"; days: YYMMDD. */
void passport(char dst[PAPERS_ZONE], const char *name, const char *number, const char *birth,
    const char *expiry);

json_t *walk_in(struct lobby *l, const char *type, const char *name, json_t *own_document);
json_t *text(const char *s);

/* Comes, is welcome or sent to reception, and hears no more than that. number: of the visit. */
void comes_as(struct lobby *l, const char *type, const char *name, json_t *own_document, bool in,
    char number[16]);
void comes(struct lobby *l, const char *name, json_t *own_document, bool in, char number[16]);

json_t *show(struct lobby *l, const char *number);
const json_t *look(const json_t *visit, size_t i);
bool flag(const json_t *o, const char *key);
void assert_waits(struct lobby *l, const char *number, const char *reason);

#endif
