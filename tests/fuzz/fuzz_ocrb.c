// rooms: scan pass base
/* Frames of any content, and characters seen well, badly or not at all: what is told is a zone, line by line, whose check digits agree; else nothing.
 * Input: 0, the width in pixels / 4, pixels; or 1, rows and width, then for each place the glyph it looks like and how much. */
#include "scan/ocrb.h"

#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void text_good(const char *text)
{
	const size_t width = strcspn(text, "\n"), n = strlen(text);
	struct document d;
	must((width == 30 && n == 93) || (width == 36 && n == 74) || (width == 44 && n == 90));
	for (size_t i = 0; i < n; i++)
		must(i % (width + 1) == width
			 ? text[i] == '\n'
			 : text[i] != '\n' && strchr(ocrb_characters, text[i]) != NULL);
	must(mrz_read(&d, text, n, &(struct document_date){2026, 11, 23}, NULL) == ERR_OK);
	document_clear(&d);
}

static void frame_read(const uint8_t *data, size_t len)
{
	char text[OCRB_TEXT_SZ];
	struct image im = {0};
	struct err e = {0};
	const int width = data[0] * 4 + 1, height = (int)(len - 1) / width;
	if (height < 1 || height > 1024 || image_resize(&im, width, height, &e) != ERR_OK)
		return;
	memcpy(im.grey, data + 1, (size_t)width * (size_t)height);
	if (ocrb_read(&im, text, sizeof text, &e) == ERR_OK)
		text_good(text);
	else
		must(text[0] == '\0' && e.msg[0] != '\0' &&
		     (e.code == ERR_INPUT || e.code == ERR_REJECTED));
	image_fini(&im);
}

static void scores_read(const uint8_t *data, size_t len)
{
	static const int widths[] = {44, 36, 30};
	static struct ocrb_scores s;
	char text[OCRB_TEXT_SZ] = "";
	const int width = widths[data[0] % 3];
	memset(&s, 0, sizeof s);
	s.rows = width == 30 ? 3 : 2;
	s.places = width + data[0] / 3 % 4;
	for (size_t i = 0; 2 * i + 2 < len && i < (size_t)(s.rows * s.places); i++) {
		const int row = (int)i / s.places, place = (int)i % s.places;
		const uint8_t glyph = data[2 * i + 1], how = data[2 * i + 2];
		s.score[row][place][glyph % OCRB_GLYPHS] = (float)(how >> 2) / 63;
		/* and the next glyph is a little less like it */
		s.score[row][place][(glyph + 1) % OCRB_GLYPHS] =
		    (float)(how >> 2) / 63 - (float)(how & 3) / 20;
	}
	if (ocrb_decide(text, &s, width) == ERR_OK)
		text_good(text);
	else
		must(text[0] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 3)
		return 0;
	if (data[0] == 0)
		frame_read(data + 1, len - 1);
	else
		scores_read(data + 1, len - 1);
	return 0;
}
