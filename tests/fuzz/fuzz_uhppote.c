// rooms: access base
/*
 * The controllers' answers are hostile bytes. Whatever is read from a frame must be written back as the same bytes, or be a value that
 * no put accepts: nothing is read that could not have been meant.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "access/uhppote_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { BODY = 8, TIME_SZ = 7, CARD_SZ = 20, PROFILE_SZ = 29, FIRMWARE_AT = 26, FIRMWARE_SZ = 6 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct uhppote_frame empty_like(const struct uhppote_frame *f)
{
	struct uhppote_frame out;
	uhppote_frame_init(&out, uhppote_frame_fn(f), uhppote_frame_serial(f));
	return out;
}

static bool same(const struct uhppote_frame *a, const struct uhppote_frame *b, size_t at, size_t n)
{
	return memcmp(a->b + at, b->b + at, n) == 0;
}

static void check_card(const struct uhppote_frame *f)
{
	struct uhppote_frame out = empty_like(f);
	struct uhppote_card c, again;
	struct err e;
	if (uhppote_card_get(f, &c, &e) != ERR_OK)
		return;
	must(c.number == uhppote_number_get(f));
	bool can = uhppote_card_number_valid(c.number) && access_date_valid(c.first) &&
		   access_date_valid(c.last) && c.pin <= UHPPOTE_PIN_MAX;
	must((uhppote_card_put(&out, &c, &e) == ERR_OK) == can);
	if (!can)
		return;
	must(same(f, &out, BODY, CARD_SZ));
	must(uhppote_card_get(&out, &again, &e) == ERR_OK && uhppote_card_eq(&c, &again));
}

static void check_profile(const struct uhppote_frame *f)
{
	struct uhppote_frame out = empty_like(f);
	struct uhppote_profile p, again;
	struct err e;
	if (uhppote_profile_get(f, &p, &e) != ERR_OK)
		return;
	must(p.id == uhppote_byte_get(f));
	bool can = p.id >= UHPPOTE_PROFILE_FIRST && p.id <= UHPPOTE_PROFILE_LAST &&
		   access_date_valid(p.first) && access_date_valid(p.last);
	must((uhppote_profile_put(&out, &p, &e) == ERR_OK) == can);
	if (!can)
		return;
	must(same(f, &out, BODY, PROFILE_SZ));
	must(uhppote_profile_get(&out, &again, &e) == ERR_OK && uhppote_profile_eq(&p, &again));
}

static void check_small(const struct uhppote_frame *f)
{
	struct uhppote_frame out = empty_like(f);
	struct uhppote_firmware v;
	struct zone_time t;
	struct err e;
	bool ok;
	if (uhppote_ok_get(f, &ok, &e) == ERR_OK) {
		uhppote_ok_put(&out, ok);
		must(same(f, &out, BODY, 1));
	}
	if (uhppote_time_get(f, &t, &e) == ERR_OK) {
		must(uhppote_time_put(&out, &t, &e) == ERR_OK);
		must(same(f, &out, BODY, TIME_SZ));
	}
	if (uhppote_firmware_get(f, &v, &e) == ERR_OK && access_date_valid(v.released)) {
		must(uhppote_firmware_put(&out, &v, &e) == ERR_OK);
		must(same(f, &out, FIRMWARE_AT, FIRMWARE_SZ));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct uhppote_frame f;
	struct err e;
	if (uhppote_frame_parse(&f, data, len, &e) != ERR_OK)
		return 0;
	must(len == UHPPOTE_FRAME_SZ && memcmp(f.b, data, len) == 0);
	struct uhppote_frame out = empty_like(&f);
	must(f.b[0] != out.b[0] || same(&f, &out, 0, BODY));
	check_card(&f);
	check_profile(&f);
	check_small(&f);
	return 0;
}
