// rooms: scan pass base
/* Keys at any pace: everything comes out as a key, in a scan, or not at all; a burst never as text. Input: 3 configuration bytes, then pairs of
 * key and milliseconds. */
#include "scan/wedge.h"

#include <stdlib.h>
#include <string.h>

static void drain(struct wedge *w, int64_t now, size_t *keys)
{
	struct wedge_event ev;
	while (wedge_next(w, &ev, now)) {
		if (ev.kind == WEDGE_KEY) {
			++*keys;
		} else if (ev.len >= sizeof ev.text || strlen(ev.text) != ev.len) {
			abort();
		}
	}
	if (wedge_due_ms(w) <= now)
		abort(); /* nothing may be due after everything was taken */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct wedge_conf c = wedge_conf_default();
	struct wedge w;
	int64_t now = 1000;
	size_t keys = 0, fast = 0, longest = 0;
	if (len < 3)
		return 0;
	c.least = data[0] % 40;
	if (data[1] & 1)
		c.prefix[0] = (char)(data[1] >> 1 | 0x40);
	if (data[2] & 1)
		c.suffix[0] = (char)(data[2] >> 1 | 0x40);
	wedge_init(&w, &c);
	for (size_t i = 3; i + 1 < len; i += 2) {
		now += data[i + 1];
		fast = data[i + 1] < c.gap_ms ? fast + 1 : 1;
		longest = fast > longest ? fast : longest;
		wedge_key(&w,
		    (struct wedge_key){.code = data[i] < 0xf0 ? data[i] : 0x1f000u + data[i],
			.function = data[i] >= 0xf8},
		    now);
		drain(&w, now, &keys);
	}
	now += 10000;
	drain(&w, now, &keys);
	if (keys > len / 2 || wedge_due_ms(&w) != INT64_MAX)
		abort();
	wedge_fini(&w);
	return 0;
}
