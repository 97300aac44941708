// rooms: scan pass base
/* Any events of an input device at any pace: texts come out bounded and in UTF-8, each after its silence, and one that lost events is not among them.
 * Input: a byte for the layout, then four bytes an event: type and value, the code's two, milliseconds. */
#include "scan/evdev.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scan/reading.h"

enum { END_MS = 100 };

static void said_check(const struct evdev_said *said)
{
	char clean[16];
	const size_t n = strnlen(said->text, sizeof said->text);
	if (n == sizeof said->text || (said->lost && n > 0) || (n > 0 && !said->key))
		abort();
	/* Above ASCII it is clean text as it stands; below it may be a control character. */
	if (n > 1 &&
	    (text_clean(clean, sizeof clean, said->text, n, TEXT_STRICT, NULL) != ERR_OK ||
		strcmp(clean, said->text) != 0) &&
	    strcmp(said->text, "\xef\xbf\xbd") != 0 && strcmp(said->text, "\xc2\xa0") != 0 &&
	    strcmp(said->text, "\xc2\xad") != 0)
		abort();
}

/* How many texts and lost scans there are by now. */
static int drain(struct reading *r, int64_t now_ms)
{
	static char text[READING_TEXT_SZ];
	int n = 0;
	for (;;) {
		switch (reading_next(r, text, now_ms)) {
		case READING_NONE:
			if (reading_due_ms(r) <= now_ms)
				abort();
			return n;
		case READING_TEXT:
			if (strnlen(text, sizeof text) == 0 ||
			    strnlen(text, sizeof text) == sizeof text)
				abort();
			n++;
			break;
		case READING_SPOILT: n++; break;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct evdev d;
	struct reading r;
	const struct reading_conf c = {.end_ms = END_MS};
	int64_t now = 1000, last = now;
	int scans = 0, pauses = 1;
	if (len < 1)
		return 0;
	evdev_init(&d, (enum keymap)(data[0] % KEYMAP_COUNT));
	reading_init(&r, &c);
	for (size_t i = 1; i + 3 < len; i += 4) {
		struct input_event ev = {.type = data[i] >> 3,
		    .code = (uint16_t)(data[i + 1] | data[i + 2] << 8),
		    .value = (int)(data[i] & 7) - 1};
		now += data[i + 3];
		pauses += now - last >= END_MS;
		scans += drain(&r, now);
		struct evdev_said said = evdev_take(&d, &ev);
		said_check(&said);
		if (said.lost)
			reading_spoil(&r, now);
		else if (said.key)
			reading_add(&r, said.text, strlen(said.text), now);
		if (said.lost || said.key)
			last = now;
		if (r.spoilt && r.len > 0)
			abort();
	}
	scans += drain(&r, now + END_MS);
	if (scans > pauses || reading_due_ms(&r) != INT64_MAX)
		abort();
	evdev_reset(&d);
	if (d.held != 0 || d.caps)
		abort();
	reading_fini(&r);
	return 0;
}
