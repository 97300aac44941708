#include "access/uhppote_wire.h"

#include <string.h>

/*
 * Offsets of the UT0311-L0x interface: [0] start of message, [1] function, [2..3] 0, [4..7] serial number, [8..] the body. All integers
 * are little-endian but the firmware version; dates, times and the version are packed BCD.
 */
enum {
	SOM = 0x17,
	SOM_EVENT_6_62 = 0x19, /* firmware 6.62 starts its events (0x20) so */
	AT_SERIAL = 4,
	AT_BODY = 8,
	AT_CARD_FIRST = 12,
	AT_CARD_LAST = 16,
	AT_CARD_DOORS = 20,
	AT_CARD_PIN = 24,
	AT_CARD_FIRST_CARD = 27,
	AT_PROFILE_FIRST = 9,
	AT_PROFILE_LAST = 13,
	AT_PROFILE_WEEKDAYS = 17,
	AT_PROFILE_SEGMENTS = 24,
	AT_PROFILE_LINKED = 36,
	AT_VERSION = 26,
	AT_RELEASED = 28,
};

static void put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* 0..99 */
static uint8_t bcd(int v)
{
	return (uint8_t)(v / 10 << 4 | v % 10);
}

static bool unbcd(uint8_t b, int *v)
{
	*v = (b >> 4) * 10 + (b & 15);
	return b >> 4 <= 9 && (b & 15) <= 9;
}

static void put_date(uint8_t *p, struct access_date d)
{
	p[0] = bcd(d.year / 100);
	p[1] = bcd(d.year % 100);
	p[2] = bcd(d.mon);
	p[3] = bcd(d.day);
}

/* Four zero bytes are no date. */
static bool get_date(const uint8_t *p, struct access_date *d)
{
	int century, year;
	if (!unbcd(p[0], &century) || !unbcd(p[1], &year) || !unbcd(p[2], &d->mon) ||
	    !unbcd(p[3], &d->day))
		return false;
	d->year = century * 100 + year;
	return (d->year == 0 && d->mon == 0 && d->day == 0) || access_date_valid(*d);
}

static void put_minute(uint8_t *p, struct access_minute m)
{
	p[0] = bcd(m.hour);
	p[1] = bcd(m.min);
}

static bool get_minute(const uint8_t *p, struct access_minute *m)
{
	return unbcd(p[0], &m->hour) && unbcd(p[1], &m->min) && access_minute_valid(*m);
}

/* Anything but 0 and 1 is an error. */
static bool get_bool(uint8_t b, bool *out)
{
	*out = b == 1;
	return b <= 1;
}

void uhppote_frame_init(struct uhppote_frame *f, uint8_t fn, uint32_t serial)
{
	memset(f, 0, sizeof *f);
	f->b[0] = SOM;
	f->b[1] = fn;
	put_u32(f->b + AT_SERIAL, serial);
}

enum err_code uhppote_frame_parse(
    struct uhppote_frame *f, const void *bytes, size_t n, struct err *e)
{
	if (n != UHPPOTE_FRAME_SZ)
		return err_set(e, ERR_PROTOCOL, "a message of %zu bytes, not 64", n);
	memcpy(f->b, bytes, n);
	if (f->b[0] != SOM && !(f->b[0] == SOM_EVENT_6_62 && f->b[1] == UHPPOTE_GET_STATUS))
		return err_set(
		    e, ERR_PROTOCOL, "a message that starts with 0x%02x 0x%02x", f->b[0], f->b[1]);
	if (f->b[2] != 0 || f->b[3] != 0)
		return err_set(e, ERR_PROTOCOL, "reserved bytes 0x%02x 0x%02x", f->b[2], f->b[3]);
	return ERR_OK;
}

uint8_t uhppote_frame_fn(const struct uhppote_frame *f)
{
	return f->b[1];
}

uint32_t uhppote_frame_serial(const struct uhppote_frame *f)
{
	return get_u32(f->b + AT_SERIAL);
}

void uhppote_number_put(struct uhppote_frame *f, uint32_t v)
{
	put_u32(f->b + AT_BODY, v);
}

uint32_t uhppote_number_get(const struct uhppote_frame *f)
{
	return get_u32(f->b + AT_BODY);
}

void uhppote_byte_put(struct uhppote_frame *f, uint8_t v)
{
	f->b[AT_BODY] = v;
}

uint8_t uhppote_byte_get(const struct uhppote_frame *f)
{
	return f->b[AT_BODY];
}

void uhppote_ok_put(struct uhppote_frame *f, bool ok)
{
	f->b[AT_BODY] = ok ? 1 : 0;
}

enum err_code uhppote_ok_get(const struct uhppote_frame *f, bool *out, struct err *e)
{
	if (!get_bool(f->b[AT_BODY], out))
		return err_set(e, ERR_PROTOCOL, "neither yes nor no: 0x%02x", f->b[AT_BODY]);
	return ERR_OK;
}

static bool time_valid(const struct zone_time *t)
{
	return access_date_valid((struct access_date){t->year, t->mon, t->day}) &&
	       access_minute_valid((struct access_minute){t->hour, t->min}) && t->sec >= 0 &&
	       t->sec <= 59;
}

enum err_code uhppote_time_put(struct uhppote_frame *f, const struct zone_time *t, struct err *e)
{
	if (!time_valid(t))
		return err_set(e, ERR_INPUT, "no such time");
	uint8_t *p = f->b + AT_BODY;
	put_date(p, (struct access_date){t->year, t->mon, t->day});
	put_minute(p + 4, (struct access_minute){t->hour, t->min});
	p[6] = bcd(t->sec);
	return ERR_OK;
}

enum err_code uhppote_time_get(const struct uhppote_frame *f, struct zone_time *out, struct err *e)
{
	const uint8_t *p = f->b + AT_BODY;
	struct access_date d;
	struct access_minute m;
	int sec;
	if (!get_date(p, &d) || !get_minute(p + 4, &m) || !unbcd(p[6], &sec))
		return err_set(e, ERR_PROTOCOL, "a time that is none");
	*out = (struct zone_time){
	    .year = d.year, .mon = d.mon, .day = d.day, .hour = m.hour, .min = m.min, .sec = sec};
	return time_valid(out) ? ERR_OK : err_set(e, ERR_PROTOCOL, "a time that is none");
}

bool uhppote_card_number_valid(uint32_t number)
{
	return number != 0 && number != 0xffffffff && number != 0x00ffffff;
}

enum err_code uhppote_card_put(struct uhppote_frame *f, const struct uhppote_card *c, struct err *e)
{
	if (!uhppote_card_number_valid(c->number))
		return err_set(e, ERR_INPUT, "no card can have this number");
	if (!access_date_valid(c->first) || !access_date_valid(c->last) || c->pin > UHPPOTE_PIN_MAX)
		return err_set(e, ERR_INPUT, "a card's date or PIN is out of range");
	uhppote_number_put(f, c->number);
	put_date(f->b + AT_CARD_FIRST, c->first);
	put_date(f->b + AT_CARD_LAST, c->last);
	memcpy(f->b + AT_CARD_DOORS, c->door, sizeof c->door);
	for (int i = 0; i < 3; i++)
		f->b[AT_CARD_PIN + i] = (uint8_t)(c->pin >> (8 * i));
	f->b[AT_CARD_FIRST_CARD] = c->first_card;
	return ERR_OK;
}

enum err_code uhppote_card_get(
    const struct uhppote_frame *f, struct uhppote_card *out, struct err *e)
{
	memset(out, 0, sizeof *out);
	out->number = uhppote_number_get(f);
	if (out->number == 0 || out->number == UHPPOTE_CARD_DELETED)
		return ERR_OK;
	if (!get_date(f->b + AT_CARD_FIRST, &out->first) ||
	    !get_date(f->b + AT_CARD_LAST, &out->last))
		return err_set(e, ERR_PROTOCOL, "a card with a date that is none");
	memcpy(out->door, f->b + AT_CARD_DOORS, sizeof out->door);
	out->pin = get_u32(f->b + AT_CARD_PIN) & 0xffffff;
	out->first_card = f->b[AT_CARD_FIRST_CARD];
	return ERR_OK;
}

enum err_code uhppote_profile_put(
    struct uhppote_frame *f, const struct uhppote_profile *p, struct err *e)
{
	if (p->id < UHPPOTE_PROFILE_FIRST || p->id > UHPPOTE_PROFILE_LAST ||
	    !access_date_valid(p->first) || !access_date_valid(p->last))
		return err_set(e, ERR_INPUT, "a time profile's id or date is out of range");
	for (int i = 0; i < UHPPOTE_SEGMENTS; i++) {
		if (!access_minute_valid(p->segment[i].from) ||
		    !access_minute_valid(p->segment[i].to))
			return err_set(e, ERR_INPUT, "a time profile's hours are out of range");
		put_minute(f->b + AT_PROFILE_SEGMENTS + 4 * i, p->segment[i].from);
		put_minute(f->b + AT_PROFILE_SEGMENTS + 4 * i + 2, p->segment[i].to);
	}
	uhppote_byte_put(f, p->id);
	put_date(f->b + AT_PROFILE_FIRST, p->first);
	put_date(f->b + AT_PROFILE_LAST, p->last);
	for (int i = 0; i < 7; i++)
		f->b[AT_PROFILE_WEEKDAYS + i] = p->weekday[i] ? 1 : 0;
	f->b[AT_PROFILE_LINKED] = p->linked;
	return ERR_OK;
}

enum err_code uhppote_profile_get(
    const struct uhppote_frame *f, struct uhppote_profile *out, struct err *e)
{
	memset(out, 0, sizeof *out);
	out->id = uhppote_byte_get(f);
	if (out->id == 0)
		return ERR_OK;
	bool good = get_date(f->b + AT_PROFILE_FIRST, &out->first) &&
		    get_date(f->b + AT_PROFILE_LAST, &out->last);
	for (int i = 0; i < 7; i++)
		good = get_bool(f->b[AT_PROFILE_WEEKDAYS + i], &out->weekday[i]) && good;
	for (int i = 0; i < UHPPOTE_SEGMENTS; i++)
		good = get_minute(f->b + AT_PROFILE_SEGMENTS + 4 * i, &out->segment[i].from) &&
		       get_minute(f->b + AT_PROFILE_SEGMENTS + 4 * i + 2, &out->segment[i].to) &&
		       good;
	out->linked = f->b[AT_PROFILE_LINKED];
	return good ? ERR_OK : err_set(e, ERR_PROTOCOL, "a time profile that is none");
}

enum err_code uhppote_firmware_put(
    struct uhppote_frame *f, const struct uhppote_firmware *v, struct err *e)
{
	if (!access_date_valid(v->released))
		return err_set(e, ERR_INPUT, "a firmware without a date");
	f->b[AT_VERSION] = (uint8_t)(v->version >> 8); /* big-endian, the only one */
	f->b[AT_VERSION + 1] = (uint8_t)v->version;
	put_date(f->b + AT_RELEASED, v->released);
	return ERR_OK;
}

enum err_code uhppote_firmware_get(
    const struct uhppote_frame *f, struct uhppote_firmware *out, struct err *e)
{
	out->version = (uint16_t)(f->b[AT_VERSION] << 8 | f->b[AT_VERSION + 1]);
	int ignored;
	if (!unbcd(f->b[AT_VERSION], &ignored) || !unbcd(f->b[AT_VERSION + 1], &ignored) ||
	    !get_date(f->b + AT_RELEASED, &out->released))
		return err_set(e, ERR_PROTOCOL, "a firmware version that is none");
	return ERR_OK;
}

bool uhppote_card_eq(const struct uhppote_card *a, const struct uhppote_card *b)
{
	return a->number == b->number && access_date_cmp(a->first, b->first) == 0 &&
	       access_date_cmp(a->last, b->last) == 0 &&
	       memcmp(a->door, b->door, sizeof a->door) == 0 && a->pin == b->pin &&
	       a->first_card == b->first_card;
}

bool uhppote_profile_eq(const struct uhppote_profile *a, const struct uhppote_profile *b)
{
	for (int i = 0; i < UHPPOTE_SEGMENTS; i++) {
		if (access_minute_cmp(a->segment[i].from, b->segment[i].from) != 0 ||
		    access_minute_cmp(a->segment[i].to, b->segment[i].to) != 0)
			return false;
	}
	for (int i = 0; i < 7; i++) {
		if (a->weekday[i] != b->weekday[i])
			return false;
	}
	return a->id == b->id && a->linked == b->linked &&
	       access_date_cmp(a->first, b->first) == 0 && access_date_cmp(a->last, b->last) == 0;
}
