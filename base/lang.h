/*
 * Language: gettext with LC_ALL=C.UTF-8 and LANGUAGE, switched at run time. Catalogues lie in share/locale below the data
 * directory (path_data("locale")). It hides libintl's cache. A text in code is _("English").
 */
#ifndef BASE_LANG_H
#define BASE_LANG_H

#include <libintl.h>

#include "base/err.h"

#define _(s) gettext(s)
#define N_(s) (s)

/* Once at start. ERR_UNSUPPORTED where the machine has no C.UTF-8. */
enum err_code lang_init(struct err *e) MUST_USE;

/* From now on _() answers in lang ("de"); an unknown one falls back to English. */
void lang_set(const char *lang);
const char *lang_get(void);

/* What a language calls itself: "Deutsch". The tag itself if unknown. */
const char *lang_own_name(const char *lang);

#endif
