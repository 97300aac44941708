#include "kiosk/cli/scan_code.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "scan/camera_wire.h"
#include "scan/document.h"
#include "scan/reading.h"

_Static_assert((int)READING_TEXT_SZ <= (int)CAMERA_CODE_MAX + 1, "what is scanned fits as well");

/* UTF-8 of bytes in this charset; false where they cannot be in it. */
static bool convert(struct str_buf *text, const char *charset, const void *bytes, size_t len)
{
	iconv_t how = iconv_open("UTF-8", charset);
	char *in = (char *)(uintptr_t)bytes; /* iconv(3) changes none of it */
	bool ok = how != (iconv_t)-1;
	str_buf_clear(text);
	while (ok && len > 0) {
		char block[256], *out = block;
		size_t room = sizeof block;
		ok = iconv(how, &in, &len, &out, &room) != (size_t)-1 || errno == E2BIG;
		ok = str_buf_add(text, block, sizeof block - room) && ok;
		explicit_bzero(block, sizeof block);
	}
	if (how != (iconv_t)-1)
		(void)iconv_close(how);
	return ok;
}

/* ISO/IEC 18004, 7.4: bytes are ISO 8859-1 and kanji are Shift JIS where nothing else is said, and most codes are UTF-8 in truth. */
static json_t *text_of(const void *bytes, size_t len)
{
	static const char *const charsets[] = {"CP932", "ISO-8859-1"};
	json_t *text = json_stringn(bytes, len);
	struct str_buf b = STR_BUF_INIT;
	for (size_t i = 0; text == NULL && i < sizeof charsets / sizeof charsets[0]; i++)
		if (convert(&b, charsets[i], bytes, len))
			text = json_stringn(b.data, b.len);
	str_buf_fini(&b);
	return text;
}

static json_t *hex_of(const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * CAMERA_CODE_MAX + 1];
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	json_t *v = json_stringn(hex, 2 * len);
	explicit_bzero(hex, sizeof hex);
	return v;
}

static void set_text(json_t *o, const char *key, const char *value)
{
	if (value[0] != '\0')
		(void)json_object_set_new(o, key, json_string(value));
}

static void set_date(json_t *o, const char *key, const struct document_date *d)
{
	char text[32];
	if (d->year != 0 &&
	    str_print(text, sizeof text, "%04d-%02d-%02d", d->year, d->month, d->day))
		set_text(o, key, text);
}

static const char *expires_word(enum document_expires x)
{
	switch (x) {
	case DOCUMENT_EXPIRES_UNSAID: return "unsaid";
	case DOCUMENT_EXPIRES_NEVER: return "never";
	case DOCUMENT_EXPIRES_ON: return "on";
	case DOCUMENT_EXPIRES_UNREADABLE: return "unreadable";
	}
	return "";
}

static json_t *repairs_json(const struct document *d)
{
	json_t *all = json_array();
	for (int i = 0; i < d->n_repairs; i++)
		(void)json_array_append_new(all, json_string(d->repairs[i]));
	return all;
}

static json_t *document_json(const struct document *d)
{
	json_t *o = json_object();
	const char sex[2] = {d->sex, '\0'};
	set_text(o, "kind", document_kind_name(d->kind));
	set_text(o, "source", d->source);
	set_text(o, "state", d->state);
	set_text(o, "region", d->region);
	set_text(o, "nationality", d->nationality);
	set_text(o, "number", d->number);
	set_text(o, "family", d->family);
	set_text(o, "given", d->given);
	set_text(o, "suffix", d->suffix);
	set_date(o, "birth", &d->birth);
	set_text(o, "expires", expires_word(d->expires));
	set_date(o, "expiry", &d->expiry);
	set_date(o, "issued", &d->issued);
	set_text(o, "sex", sex);
	set_text(o, "street", d->street);
	set_text(o, "city", d->city);
	set_text(o, "zip", d->zip);
	(void)json_object_set_new(o, "confidence", json_integer(d->confidence));
	(void)json_object_set_new(o, "repairs", repairs_json(d));
	return o;
}

/* NULL: it is no document. */
static json_t *document_of(const struct clock *clock, const void *bytes, size_t len)
{
	struct document d;
	struct err e;
	struct tm tm;
	const time_t now = (time_t)(clock_wall(clock) / CLOCK_SECOND);
	if (gmtime_r(&now, &tm) == NULL)
		return NULL;
	const struct document_date today = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
	json_t *o = NULL;
	if (document_read(&d, bytes, len, &today, &e) == ERR_OK)
		o = document_json(&d);
	document_clear(&d);
	return o;
}

json_t *scan_code(enum scan_kind kind, const void *bytes, size_t len, const struct clock *clock)
{
	static const char *const words[] = {
	    [SCAN_QR] = "qr",
	    [SCAN_PDF417] = "pdf417",
	    [SCAN_STRAY] = "pdf417",
	    [SCAN_MRZ] = "mrz",
	    [SCAN_READER] = "reader",
	};
	json_t *code = json_object(), *document = NULL;
	if (kind != SCAN_QR && kind != SCAN_STRAY)
		document = document_of(clock, bytes, len);
	(void)json_object_set_new(code, "kind", json_string(words[kind]));
	(void)json_object_set_new(code, "text", text_of(bytes, len));
	(void)json_object_set_new(code, "bytes", hex_of(bytes, len));
	if (document != NULL)
		(void)json_object_set_new(code, "document", document);
	if (kind == SCAN_STRAY)
		(void)json_object_set_new(code, "stray", json_true());
	return code;
}
