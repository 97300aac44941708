#include "scan/ocrb.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* A zone that cannot be read is found in several forms; a pattern, in more. */
enum { REJECTED_MOST = 3 };

struct room {
	struct ocrb_blobs blobs;
	struct ocrb_lines lines;
	struct ocrb_zone zones[OCRB_ZONES_MAX];
	struct ocrb_scores scores;
	struct ocrb_matcher *matcher;
};

static int within(double n, int end)
{
	return n > 0 ? (n < end - 1 ? (int)n : end - 1) : 0;
}

static struct code_box box_of(const struct ocrb_zone *z, const struct image *im)
{
	struct code_box b = {im->width - 1, im->height - 1, 0, 0};
	for (int row = 0; row < z->rows; row++)
		for (int i = z->first; i <= z->last; i++) {
			const struct ocrb_point p = ocrb_line_at(&z->row[row], i);
			const int x = within(p.x, im->width), y = within(p.y, im->height);
			b.left = x < b.left ? x : b.left;
			b.right = x > b.right ? x : b.right;
			b.top = y < b.top ? y : b.top;
			b.bottom = y > b.bottom ? y : b.bottom;
		}
	return b;
}

enum err_code ocrb_read(const struct image *im, char *text, size_t sz, struct err *e)
{
	struct code_box where;
	return ocrb_read_where(im, text, sz, &where, e);
}

enum err_code ocrb_read_where(
    const struct image *im, char *text, size_t sz, struct code_box *where, struct err *e)
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
	if (n > 0)
		r->matcher = ocrb_matcher_new();
	for (int i = 0, rejected = 0; i < n && rejected < REJECTED_MOST && code != ERR_OK; i++) {
		if (!ocrb_match(&r->scores, r->matcher, im, &r->zones[i]))
			continue;
		const enum err_code is = ocrb_decide(text, &r->scores, r->zones[i].width);
		rejected += is == ERR_REJECTED;
		code = is == ERR_OK || code == ERR_INPUT ? is : code;
		*where = box_of(&r->zones[i], im);
	}
	if (n > 0)
		ocrb_matcher_free(r->matcher);
	explicit_bzero(r, sizeof *r);
	free(r);
	if (code == ERR_OK)
		return ERR_OK;
	return err_set(e, code,
	    code == ERR_INPUT ? "no machine-readable zone" : "the zone's check digits disagree");
}
