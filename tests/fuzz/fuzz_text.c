// rooms: base
/* Text from outside: whatever comes in, clean text is stable, fits, and every view of it keeps its bounds. */
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_views(const char *s, int columns)
{
	char dst[256];
	must(text_fit(dst, sizeof dst, s, columns) <= (columns > 0 ? columns : 0));
	must(strlen(dst) < sizeof dst && text_width(dst) <= (columns > 0 ? columns : 0));
	for (const char *p = s; *p != '\0';) {
		size_t n = text_wrap(p, columns);
		must(n > 0 && n <= strlen(p));
		p += n;
	}
	text_mask(dst, sizeof dst, s);
	must(strlen(dst) < sizeof dst);
	(void)text_is_mail(s);
}

static void check_look_up(const char *s)
{
	char key[512], again[512], word[32];
	if (text_fold(key, sizeof key, s) == ERR_OK) {
		must(text_is_clean(key, TEXT_LINE) ||
		     strlen(key) > 100); /* a run of marks may be longer than names have */
		must(text_fold(again, sizeof again, key) == ERR_OK && strcmp(key, again) == 0);
	}
	while (text_next_word(&s, word, sizeof word))
		must(strlen(word) < sizeof word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	unsigned flags = data[0] & (TEXT_LINES | TEXT_STRICT | TEXT_CUT);
	size_t dst_sz = (size_t)data[1] + 1;
	char *once = malloc(dst_sz), twice[512];
	must(once != NULL);
	enum err_code code = text_clean(once, dst_sz, data + 2, size - 2, flags, NULL);
	must(memchr(once, '\0', dst_sz) != NULL);
	if (code == ERR_OK) {
		must(text_is_clean(once, flags));
		must(text_clean(twice, sizeof twice, once, strlen(once), flags | TEXT_STRICT,
			 NULL) == ERR_OK);
		must(strcmp(once, twice) == 0);
		must((flags & TEXT_LINES) || strchr(once, '\n') == NULL);
		check_views(once, data[0] >> 3);
		check_look_up(once);
	} else {
		must(once[0] == '\0' &&
		     (code == ERR_INPUT ? (flags & TEXT_STRICT) != 0 : !(flags & TEXT_CUT)));
	}
	free(once);
	return 0;
}
