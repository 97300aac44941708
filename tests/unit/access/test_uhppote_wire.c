/* The codec against frames captured on the wire (controller 405419896), and against bytes that are no frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/uhppote_wire.h"

enum { SERIAL = 405419896 };

static struct uhppote_frame hex(const char *s)
{
	struct uhppote_frame f = {0};
	size_t n = 0;
	for (; *s != '\0'; s += *s == ' ' ? 1 : 2) {
		if (*s == ' ')
			continue;
		int v = 0;
		for (int i = 0; i < 2; i++)
			v = v * 16 + (s[i] <= '9' ? s[i] - '0' : s[i] - 'a' + 10);
		f.b[n++] = (uint8_t)v;
	}
	return f;
}

static struct uhppote_frame request(uint8_t fn)
{
	struct uhppote_frame f;
	uhppote_frame_init(&f, fn, SERIAL);
	return f;
}

static void same(const struct uhppote_frame *f, const char *wire)
{
	struct uhppote_frame want = hex(wire);
	assert_memory_equal(f->b, want.b, UHPPOTE_FRAME_SZ);
}

/* A captured frame comes through the parser with its function and serial number. */
static struct uhppote_frame received(const char *wire, uint8_t fn)
{
	struct uhppote_frame f, raw = hex(wire);
	assert_int_equal(uhppote_frame_parse(&f, raw.b, sizeof raw.b, NULL), ERR_OK);
	assert_int_equal(uhppote_frame_fn(&f), fn);
	assert_int_equal(uhppote_frame_serial(&f), SERIAL);
	return f;
}

static const struct uhppote_card captured_card = {
    .number = 10058400,
    .first = {2026, 11, 23},
    .last = {2026, 11, 24},
    .door = {1, 0, 29, 0},
    .pin = 7531,
};
#define CARD "a0 7a 99 00 20 26 11 23 20 26 11 24 01 00 1d 00 6b 1d 00 00"

static void wire__put_card__captured(void **state)
{
	(void)state;
	struct uhppote_frame f = request(UHPPOTE_PUT_CARD);
	assert_int_equal(uhppote_card_put(&f, &captured_card, NULL), ERR_OK);
	same(&f, "17 50 00 00 78 37 2a 18 " CARD);

	bool ok = false;
	f = received("17 50 00 00 78 37 2a 18 01", UHPPOTE_PUT_CARD);
	assert_int_equal(uhppote_ok_get(&f, &ok, NULL), ERR_OK);
	assert_true(ok);
	uhppote_frame_init(&f, UHPPOTE_PUT_CARD, SERIAL);
	uhppote_ok_put(&f, true);
	same(&f, "17 50 00 00 78 37 2a 18 01");
}

static void wire__get_card__captured(void **state)
{
	(void)state;
	struct uhppote_frame f = request(UHPPOTE_GET_CARD);
	uhppote_number_put(&f, 10058400);
	same(&f, "17 5a 00 00 78 37 2a 18 a0 7a 99 00");

	struct uhppote_card c;
	f = received(
	    "17 5a 00 00 78 37 2a 18 a0 7a 99 00 20 26 11 23 20 26 11 24 01 00 1d 00 6b 1d",
	    UHPPOTE_GET_CARD);
	assert_int_equal(uhppote_card_get(&f, &c, NULL), ERR_OK);
	assert_true(uhppote_card_eq(&c, &captured_card));

	f = received("17 5a 00 00 78 37 2a 18 00 00 00 00", UHPPOTE_GET_CARD);
	assert_int_equal(uhppote_card_get(&f, &c, NULL), ERR_OK);
	assert_int_equal(c.number, 0);
}

static void wire__delete_card__captured(void **state)
{
	(void)state;
	struct uhppote_frame f = request(UHPPOTE_DELETE_CARD);
	uhppote_number_put(&f, 10058400);
	same(&f, "17 52 00 00 78 37 2a 18 a0 7a 99 00");
	bool ok = true;
	f = received("17 52 00 00 78 37 2a 18 00", UHPPOTE_DELETE_CARD);
	assert_int_equal(uhppote_ok_get(&f, &ok, NULL), ERR_OK);
	assert_false(ok);
	f = received("17 52 00 00 78 37 2a 18 01", UHPPOTE_DELETE_CARD);
	assert_int_equal(uhppote_ok_get(&f, &ok, NULL), ERR_OK);
	assert_true(ok);
}

static void wire__profile__captured(void **state)
{
	(void)state;
	static const char wire[] =
	    "17 88 00 00 78 37 2a 18 1d 20 26 01 01 20 26 12 31 01 01 01 01 01 00 00 08 00 18 00";
	struct uhppote_profile p = {
	    .id = 29,
	    .first = {2026, 1, 1},
	    .last = {2026, 12, 31},
	    .weekday = {true, true, true, true, true},
	    .segment = {{{8, 0}, {18, 0}}},
	};
	struct uhppote_frame f = request(UHPPOTE_SET_PROFILE);
	assert_int_equal(uhppote_profile_put(&f, &p, NULL), ERR_OK);
	same(&f, wire);

	struct uhppote_profile got;
	f = received(wire, UHPPOTE_SET_PROFILE);
	assert_int_equal(uhppote_profile_get(&f, &got, NULL), ERR_OK);
	assert_true(uhppote_profile_eq(&p, &got));

	/* The last byte of a profile: 36. */
	p.linked = 30;
	assert_int_equal(uhppote_profile_put(&f, &p, NULL), ERR_OK);
	assert_int_equal(f.b[36], 30);
	assert_int_equal(uhppote_profile_get(&f, &got, NULL), ERR_OK);
	assert_int_equal(got.linked, 30);
	assert_false(uhppote_profile_eq(&p, &(struct uhppote_profile){.id = 29}));
}

/* Captured frames of functions that foyer does not use: header, numbers, bytes and times lie where they are said to. */
static void wire__others__captured(void **state)
{
	(void)state;
	struct uhppote_frame f =
	    received("17 8c 00 00 78 37 2a 18 01 00 00 00 39 30 00 00 3f 42 0f 00", 0x8c);
	assert_int_equal(uhppote_byte_get(&f), 1);
	f = received("17 90 00 00 78 37 2a 18 7f 00 00 01 61 ea 00", 0x90);
	assert_int_equal(uhppote_number_get(&f), 0x0100007f);
	f = received("17 40 00 00 78 37 2a 18 01", 0x40);
	assert_int_equal(uhppote_byte_get(&f), 1);
	f = received("17 b0 00 00 78 37 2a 18 ff ff ff ff", 0xb0);
	assert_int_equal(uhppote_number_get(&f), 0xffffffff);
	f = received(
	    "17 b0 00 00 78 37 2a 18 01 00 00 00 02 01 01 01 ea ac cd e9 20 26 11 23 06 09 29 2c",
	    0xb0);
	assert_int_equal(uhppote_number_get(&f), 1);
	f = received("17 b2 00 00 78 37 2a 18 01 00 00 00 55 aa aa 55", 0xb2);
	assert_int_equal(uhppote_number_get(&f), 1);
	f = received(
	    "17 20 00 00 78 37 2a 18 01 00 00 00 02 01 01 01 ea ac cd e9 20 26 11 23 06 09 29 2c "
	    "00 00 00 00 00 00 00 00 00 06 09 30 00 00 00 00 00 00 00 00 00 00 01 26 11 23",
	    UHPPOTE_GET_STATUS);
	assert_int_equal(uhppote_number_get(&f), 1);
	/* The event's time, as a get-time answer would carry it. */
	struct uhppote_frame t = request(UHPPOTE_GET_TIME);
	struct zone_time at;
	memcpy(t.b + 8, f.b + 20, 7);
	assert_int_equal(uhppote_time_get(&t, &at, NULL), ERR_OK);
	assert_int_equal(at.year * 10000 + at.mon * 100 + at.day, 20261123);
	assert_int_equal(at.hour * 10000 + at.min * 100 + at.sec, 60929);
}

static void wire__time__both_ways(void **state)
{
	(void)state;
	struct zone_time t = {.year = 2026, .mon = 11, .day = 23, .hour = 14, .min = 5, .sec = 9},
			 got;
	struct uhppote_frame f = request(UHPPOTE_SET_TIME);
	assert_int_equal(uhppote_time_put(&f, &t, NULL), ERR_OK);
	same(&f, "17 30 00 00 78 37 2a 18 20 26 11 23 14 05 09");
	assert_int_equal(uhppote_time_get(&f, &got, NULL), ERR_OK);
	assert_int_equal(got.sec, 9);
	t.mon = 13;
	assert_int_equal(uhppote_time_put(&f, &t, NULL), ERR_INPUT);
}

static void wire__time__bytes_that_are_none(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "17 32 00 00 78 37 2a 18 00 00 00 00 00 00 00", /* all zero */
	    "17 32 00 00 78 37 2a 18 20 26 11 2a 14 05 09", /* not BCD */
	    "17 32 00 00 78 37 2a 18 20 26 13 01 14 05 09",
	    "17 32 00 00 78 37 2a 18 20 26 02 29 14 05 09", /* no leap year */
	    "17 32 00 00 78 37 2a 18 20 26 11 23 24 00 00",
	    "17 32 00 00 78 37 2a 18 20 26 11 23 14 60 00",
	    "17 32 00 00 78 37 2a 18 20 26 11 23 14 05 60",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct zone_time t;
		struct uhppote_frame f = hex(bad[i]);
		assert_int_equal(uhppote_time_get(&f, &t, NULL), ERR_PROTOCOL);
	}
}

static void wire__frame__what_is_none(void **state)
{
	(void)state;
	struct uhppote_frame f, raw = hex("17 5a 00 00 78 37 2a 18");
	struct err e;
	uint8_t longer[UHPPOTE_FRAME_SZ + 1] = {0x17, 0x5a};
	for (size_t n = 0; n < UHPPOTE_FRAME_SZ; n++)
		assert_int_equal(uhppote_frame_parse(&f, raw.b, n, &e), ERR_PROTOCOL);
	assert_int_equal(uhppote_frame_parse(&f, longer, sizeof longer, &e), ERR_PROTOCOL);
	assert_int_equal(uhppote_frame_parse(&f, raw.b, sizeof raw.b, &e), ERR_OK);
	raw.b[3] = 1;
	assert_int_equal(uhppote_frame_parse(&f, raw.b, sizeof raw.b, &e), ERR_PROTOCOL);
	/* Firmware 6.62 starts events with 0x19, and nothing else. */
	raw = hex("19 20 00 00 78 37 2a 18 01");
	assert_int_equal(uhppote_frame_parse(&f, raw.b, sizeof raw.b, &e), ERR_OK);
	raw = hex("19 5a 00 00 78 37 2a 18 01");
	assert_int_equal(uhppote_frame_parse(&f, raw.b, sizeof raw.b, &e), ERR_PROTOCOL);
	raw = hex("18 20 00 00 78 37 2a 18 01");
	assert_int_equal(uhppote_frame_parse(&f, raw.b, sizeof raw.b, &e), ERR_PROTOCOL);
}

static void wire__ok__neither(void **state)
{
	(void)state;
	for (int v = 2; v < 256; v++) {
		struct uhppote_frame f = request(UHPPOTE_PUT_CARD);
		bool ok;
		uhppote_byte_put(&f, (uint8_t)v);
		assert_int_equal(uhppote_ok_get(&f, &ok, NULL), ERR_PROTOCOL);
	}
}

static void wire__card__values_it_cannot_have(void **state)
{
	(void)state;
	static const uint32_t numbers[] = {0, 0xffffffff, 0x00ffffff};
	struct uhppote_frame f = request(UHPPOTE_PUT_CARD);
	struct uhppote_card c = captured_card;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		c.number = numbers[i];
		assert_int_equal(uhppote_card_put(&f, &c, NULL), ERR_INPUT);
	}
	c = captured_card;
	c.pin = 1000000;
	assert_int_equal(uhppote_card_put(&f, &c, NULL), ERR_INPUT);
	c = captured_card;
	c.last = (struct access_date){0};
	assert_int_equal(uhppote_card_put(&f, &c, NULL), ERR_INPUT);
	c.last = (struct access_date){2026, 2, 30};
	assert_int_equal(uhppote_card_put(&f, &c, NULL), ERR_INPUT);
}

static void wire__card__foreign_ones(void **state)
{
	(void)state;
	struct uhppote_card c;
	/* No dates, a first-card bitmap in byte 27, bytes after it: somebody else's card is read all the same. */
	struct uhppote_frame f = hex("17 5a 00 00 78 37 2a 18 a0 7a 99 00 00 00 00 00 00 00 00 00 "
				     "01 01 01 01 40 42 0f 05 ff");
	assert_int_equal(uhppote_card_get(&f, &c, NULL), ERR_OK);
	assert_int_equal(c.first.year, 0);
	assert_int_equal(c.pin, 1000000);
	assert_int_equal(c.first_card, 5);
	f = hex("17 5c 00 00 78 37 2a 18 ff ff ff ff ff ff ff ff");
	assert_int_equal(uhppote_card_get(&f, &c, NULL), ERR_OK);
	assert_int_equal(c.number, UHPPOTE_CARD_DELETED);
	f = hex("17 5a 00 00 78 37 2a 18 a0 7a 99 00 20 26 11 31 20 26 11 24");
	assert_int_equal(uhppote_card_get(&f, &c, NULL), ERR_PROTOCOL);
}

static void wire__profile__values_it_cannot_have(void **state)
{
	(void)state;
	struct uhppote_frame f = request(UHPPOTE_SET_PROFILE);
	struct uhppote_profile p = {.id = 1, .first = {2026, 1, 1}, .last = {2026, 1, 1}}, got;
	assert_int_equal(uhppote_profile_put(&f, &p, NULL), ERR_INPUT);
	p.id = 255;
	assert_int_equal(uhppote_profile_put(&f, &p, NULL), ERR_INPUT);
	p.id = 254;
	assert_int_equal(uhppote_profile_put(&f, &p, NULL), ERR_OK);
	p.segment[2].to = (struct access_minute){24, 0};
	assert_int_equal(uhppote_profile_put(&f, &p, NULL), ERR_INPUT);
	f.b[18] = 2; /* Tuesday, neither yes nor no */
	assert_int_equal(uhppote_profile_get(&f, &got, NULL), ERR_PROTOCOL);
	f = request(UHPPOTE_GET_PROFILE);
	memset(f.b + 9, 0xff, sizeof f.b - 9);
	assert_int_equal(uhppote_profile_get(&f, &got, NULL), ERR_OK); /* id 0: not there */
	assert_int_equal(got.id, 0);
}

static void wire__firmware__big_endian(void **state)
{
	(void)state;
	struct uhppote_frame f = request(UHPPOTE_GET_CONTROLLER);
	struct uhppote_firmware v = {.version = 0x0892, .released = {2018, 11, 5}}, got;
	assert_int_equal(uhppote_firmware_put(&f, &v, NULL), ERR_OK);
	assert_int_equal(f.b[26], 0x08);
	assert_int_equal(f.b[27], 0x92);
	assert_int_equal(uhppote_firmware_get(&f, &got, NULL), ERR_OK);
	assert_int_equal(got.version, 0x0892);
	assert_int_equal(got.released.year, 2018);
	f.b[27] = 0x9a;
	assert_int_equal(uhppote_firmware_get(&f, &got, NULL), ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wire__put_card__captured),
	    cmocka_unit_test(wire__get_card__captured),
	    cmocka_unit_test(wire__delete_card__captured),
	    cmocka_unit_test(wire__profile__captured),
	    cmocka_unit_test(wire__others__captured),
	    cmocka_unit_test(wire__time__both_ways),
	    cmocka_unit_test(wire__time__bytes_that_are_none),
	    cmocka_unit_test(wire__frame__what_is_none),
	    cmocka_unit_test(wire__ok__neither),
	    cmocka_unit_test(wire__card__values_it_cannot_have),
	    cmocka_unit_test(wire__card__foreign_ones),
	    cmocka_unit_test(wire__profile__values_it_cannot_have),
	    cmocka_unit_test(wire__firmware__big_endian),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
