/* foyer-scan-pdf417 FILE [ECI|part]: what comes on standard input, any bytes, as a PDF417 symbol in a PGM, or as the first of two. For the end-to-end tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zint.h>

#include "base/path.h"
#include "base/str.h"

enum { QUIET = 20, RGB = 3 };

/* pgm(5), "P5", with room around the symbol. */
static bool pgm(struct str_buf *out, const struct zint_symbol *s)
{
	const int width = s->bitmap_width + 2 * QUIET, height = s->bitmap_height + 2 * QUIET;
	bool ok = str_buf_print(out, "P5\n%d %d\n255\n", width, height);
	for (int i = 0; i < width * height && ok; i++) {
		const int x = i % width - QUIET, y = i / width - QUIET;
		const bool inside = x >= 0 && y >= 0 && x < s->bitmap_width && y < s->bitmap_height;
		ok = str_buf_add(out,
		    inside ? (const void *)&s->bitmap[RGB * (y * s->bitmap_width + x)] : "\xff", 1);
	}
	return ok;
}

int main(int argc, char **argv)
{
	unsigned char text[2048];
	struct str_buf picture = STR_BUF_INIT;
	struct err e = {0};
	if (argc != 2 && argc != 3)
		return 2;
	const size_t n = fread(text, 1, sizeof text, stdin);
	struct zint_symbol *s = ZBarcode_Create();
	s->symbology = BARCODE_PDF417;
	s->input_mode = DATA_MODE;
	s->option_2 = 8; /* columns of data: about as a licence has them */
	if (argc == 3 && strcmp(argv[2], "part") == 0)
		s->structapp = (struct zint_structapp){.index = 1, .count = 2};
	else if (argc == 3)
		s->eci = (int)strtol(argv[2], NULL, 10);
	enum err_code code = ERR_INPUT;
	if (ZBarcode_Encode_and_Buffer(s, text, (int)n, 0) < ZINT_ERROR && pgm(&picture, s))
		code = path_write(argv[1], picture.data, picture.len, 0600, &e);
	ZBarcode_Delete(s);
	str_buf_fini(&picture);
	return code != ERR_OK;
}
