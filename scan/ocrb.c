#include "scan/ocrb.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct room {
	struct ocrb_blobs blobs;
	struct ocrb_lines lines;
	struct ocrb_zone zones[OCRB_ZONES_MAX];
	struct ocrb_scores scores;
};

enum err_code ocrb_read(const struct image *im, char *text, size_t sz, struct err *e)
{
	if (sz > 0)
		text[0] = '\0';
	if (sz < OCRB_TEXT_SZ)
		return err_set(e, ERR_TOO_LONG, "no room for a zone's lines");
	struct room *r = mem_new(1, sizeof *r);
	enum err_code code = ERR_INPUT;
	ocrb_blobs_find(&r->blobs, im);
	ocrb_lines_find(&r->lines, &r->blobs);
	const int n = ocrb_zones_find(r->zones, &r->lines);
	for (int i = 0; i < n && code != ERR_OK; i++) {
		ocrb_match(&r->scores, im, &r->zones[i]);
		const enum err_code is = ocrb_decide(text, &r->scores, r->zones[i].width);
		code = is == ERR_OK || code == ERR_INPUT ? is : code;
	}
	explicit_bzero(r, sizeof *r);
	free(r);
	if (code == ERR_OK)
		return ERR_OK;
	return err_set(e, code,
	    code == ERR_INPUT ? "no machine-readable zone" : "the zone's check digits disagree");
}
