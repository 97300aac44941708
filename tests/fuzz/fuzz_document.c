// rooms: scan pass base
/* What scanners say of identity documents: whatever comes in, what comes out is clean, bounded and a date that exists; and what is refused is cleared. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scan/aamva.h"
#include "scan/document.h"
#include "scan/mrz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void date_good(const struct document_date *t)
{
	must(t->month >= 0 && t->month <= 12 && t->day >= 0 && t->day <= 31 && t->year >= 0 &&
	     t->year < 2200);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct document_date today = {2026, 11, 23};
	struct document d;
	struct err e = {0};
	static const struct document nothing;
	(void)document_looks_like(data, size);
	if (document_read(&d, data, size, &today, &e) != ERR_OK) {
		must(memcmp(&d, &nothing, sizeof d) == 0 && e.msg[0] != '\0');
		return 0;
	}
	must(text_is_clean(d.family, TEXT_LINE) && text_is_clean(d.given, TEXT_LINE) &&
	     text_is_clean(d.number, TEXT_LINE));
	must(text_is_clean(d.street, TEXT_LINE) && text_is_clean(d.city, TEXT_LINE) &&
	     text_is_clean(d.suffix, TEXT_LINE));
	must(d.family[0] != '\0' && d.number[0] != '\0' && d.n_repairs <= DOCUMENT_REPAIRS &&
	     d.confidence <= 100);
	date_good(&d.birth);
	date_good(&d.expiry);
	must((d.expiry.year != 0) == (d.expires == DOCUMENT_EXPIRES_ON));
	must(document_age(&d.birth, &today) >= -200);
	document_clear(&d);
	return 0;
}
