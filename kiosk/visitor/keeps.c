/* What is kept of an identity document, as the configuration has it, in a visitor's words. */
#include "kiosk/visitor/screen.h"

#include <string.h>

#include "base/lang.h"
#include "base/str.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

/* Of the type that the visitor comes as; of all of them, the longest spans, where nobody chose one yet. False: none asks for a document. */
static bool kept(const struct flow *f, int64_t ms[API_ID_PARTS])
{
	const struct api_type *mine = flow_type(f);
	bool asked = false;
	for (int i = 0; i < API_ID_PARTS; i++)
		ms[i] = 0;
	for (int i = 0; f->info != NULL && i < f->info->n_types; i++) {
		const struct api_type *t = &f->info->types[i];
		if (!t->id || (mine != NULL && t != mine))
			continue;
		asked = true;
		for (int k = 0; k < API_ID_PARTS; k++)
			ms[k] = t->id_keep_ms[k] > ms[k] ? t->id_keep_ms[k] : ms[k];
	}
	return asked;
}

/* "name (30 days), number (12 hours)". False, and dst empty: nothing. */
static bool list(char *dst, size_t dst_sz, const int64_t ms[API_ID_PARTS])
{
	static const char *const parts[API_ID_PARTS] = {
	    N_("name"), N_("number"), N_("date of birth"), N_("address")};
	char span[TEXT_WORD_SZ];
	size_t n = 0;
	dst[0] = '\0';
	for (int i = 0; i < API_ID_PARTS; i++) {
		if (ms[i] == 0)
			continue;
		if (ms[i] % DAY_MS == 0)
			str_print(span, sizeof span,
			    ngettext("%d day", "%d days", (unsigned long)(ms[i] / DAY_MS)),
			    (int)(ms[i] / DAY_MS));
		else
			str_print(span, sizeof span,
			    ngettext("%d hour", "%d hours",
				(unsigned long)((ms[i] + HOUR_MS - 1) / HOUR_MS)),
			    (int)((ms[i] + HOUR_MS - 1) / HOUR_MS));
		str_print(
		    dst + n, dst_sz - n, "%s%s (%s)", n > 0 ? ", " : "", gettext(parts[i]), span);
		n += strlen(dst + n);
	}
	return n > 0;
}

bool keeps_line(char *dst, size_t dst_sz, const struct flow *f)
{
	int64_t ms[API_ID_PARTS];
	char what[TEXT_FIELD_SZ];
	dst[0] = '\0';
	if (!kept(f, ms))
		return false;
	if (list(what, sizeof what, ms))
		return str_print(dst, dst_sz, _("We keep of it, sealed: %s."), what);
	return str_copy(dst, dst_sz, _("We keep no copy, only a keyed hash of its number."));
}

bool keeps_notice(char *dst, size_t dst_sz, const struct flow *f)
{
	int64_t ms[API_ID_PARTS];
	char what[TEXT_FIELD_SZ], also[2 * TEXT_FIELD_SZ] = "";
	dst[0] = '\0';
	if (!kept(f, ms))
		return false;
	if (list(what, sizeof what, ms))
		str_print(also, sizeof also,
		    _("Sealed, so that only the manager can read it, we also keep: %s."), what);
	return str_print(dst, dst_sz, "%s %s",
	    _("Your identity document: where we ask for one, it is read to compare its name with "
	      "yours and to see whether it is valid. With your details we keep its kind, the state "
	      "that issued it, its expiry, whether the names match, and a keyed hash of its "
	      "number, which knows the same document again and cannot be read back."),
	    also[0] != '\0' ? also : _("Nothing else of it is kept."));
}
