#include "kiosk/cli/document_print.h"

#include <string.h>

#include "base/str.h"
#include "pass/seal.h"

static const char *verdict_text(const char *word)
{
	static const struct {
		const char *word, *text;
	} texts[] = {
	    {"mismatch", "carries another name"},
	    {"expired", "has expired"},
	    {"no-expiry", "does not say when it expires"},
	    {"under-age", "does not prove the least age"},
	    {"other-name", "came under another name before"},
	    {"unreadable", "could not be read"},
	    {"none", "there is none"},
	    {"vouched", "somebody answers for the visitor instead"},
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (str_eq(texts[i].word, word))
			return texts[i].text;
	}
	return word; /* good, seen */
}

/* What the kiosk found, its verdict says; somebody at reception may have said it. */
static void print_told(struct cli *c, const json_t *o, const char *key, const char *label)
{
	const json_t *told = json_object_get(o, key);
	if (str_eq(print_text(o, "how"), "desk"))
		print_pair(&c->out, label, "%s",
		    json_is_true(told)    ? "yes"
		    : json_is_false(told) ? "no"
					  : "not said");
}

static void print_look(struct cli *c, const json_t *o)
{
	char when[CLI_TIME_SZ];
	const char *kind = print_text(o, "kind"), *state = print_text(o, "state"),
		   *who = print_text(o, "checked_name");
	const json_t *k;
	size_t i;
	print_line(&c->out, 2, "%s%s%s: %s", kind[0] != '\0' ? kind : "document",
	    state[0] != '\0' ? " of " : "", state, verdict_text(print_text(o, "verdict")));
	print_pair(&c->out, "expires", "%s", print_text(o, "expiry"));
	print_told(c, o, "matched", "name matches");
	print_told(c, o, "least_age_ok", "of age");
	print_pair(&c->out, "looked at", "%s by %s",
	    cli_time_full(when, print_int(o, "checked_ms")),
	    who[0] != '\0' ? who : print_text(o, "checked_by"));
	print_pair(&c->out, "reason", "%s", print_text(o, "reason"));
	json_array_foreach(json_object_get(o, "kept"), i, k)
	{
		const char *text = print_text(k, "text");
		print_pair(&c->out, print_text(k, "part"), "%s, kept until %s",
		    text[0] != '\0' ? text : "sealed",
		    cli_time_full(when, print_int(k, "until_ms")));
	}
}

void document_print(struct cli *c, const json_t *visit)
{
	const json_t *list = json_object_get(visit, "documents"), *o;
	size_t i;
	if (json_array_size(list) == 0)
		return;
	(void)fputc('\n', c->out.f);
	print_styled(&c->out, PRINT_BOLD, "Documents");
	json_array_foreach(list, i, o) print_look(c, o);
}

static enum cli_exit unseal_one(struct cli *c, const struct seal_secret *s, json_t *kept)
{
	char text[SEAL_MOST + 1];
	struct err e = {0};
	const char *sealed = json_string_value(json_object_get(kept, "sealed"));
	if (sealed == NULL) {
		cli_complain(c, "foyerd gives what is sealed to managers alone");
		return CLI_DENIED;
	}
	enum err_code code = seal_open(s, text, sealed, &e);
	json_t *opened = code == ERR_OK ? json_string(text) : NULL;
	explicit_bzero(text, sizeof text);
	if (opened == NULL) { /* it stays as it is, the others are told all the same */
		cli_complain(c, "%s: %s", print_text(kept, "part"),
		    code == ERR_OK ? "what was sealed is no text" : e.msg);
		return CLI_NO;
	}
	(void)json_object_set_new(kept, "text", opened);
	(void)json_object_del(kept, "sealed");
	return CLI_OK;
}

enum cli_exit document_unseal(struct cli *c, json_t *visit, const char *file)
{
	struct seal_secret *s = NULL;
	struct err e = {0};
	size_t i;
	const json_t *o;
	enum cli_exit rc = CLI_OK;
	if (seal_secret_load(&s, file, &e) != ERR_OK) {
		cli_complain(c, "%s", e.msg);
		return CLI_USAGE;
	}
	json_array_foreach(json_object_get(visit, "documents"), i, o)
	{
		json_t *kept = json_object_get(o, "kept");
		for (size_t k = 0; rc != CLI_DENIED && k < json_array_size(kept); k++) {
			enum cli_exit one = unseal_one(c, s, json_array_get(kept, k));
			rc = one != CLI_OK ? one : rc;
		}
	}
	seal_secret_free(s);
	return rc;
}
