/* foyer-scan-qr FILE: what comes on standard input, any bytes but U+0000, as a QR code in a PNG, or in a PGM where the name ends so. For the camera's
 * end-to-end tests. */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "pass/qr.h"

enum { SCALE = 4, QUIET = 4 };

/* pgm(5), "P5". */
static bool pgm(struct str_buf *out, const struct qr *q)
{
	const int side = (q->side + 2 * QUIET) * SCALE;
	bool ok = str_buf_print(out, "P5\n%d %d\n255\n", side, side);
	for (int i = 0; i < side * side && ok; i++) {
		int x = i % side / SCALE - QUIET, y = i / side / SCALE - QUIET;
		bool inside = x >= 0 && y >= 0 && x < q->side && y < q->side;
		ok = str_buf_add(out, inside && q->dark[y * q->side + x] ? "\0" : "\xff", 1);
	}
	return ok;
}

static enum err_code draw(struct str_buf *out, const char *text, const char *name, struct err *e)
{
	static struct qr q;
	size_t n = strlen(name);
	enum err_code code = qr_encode(&q, text, QR_M, e);
	if (code != ERR_OK)
		return code;
	if (n < 4 || strcmp(name + n - 4, ".pgm") != 0)
		return qr_png(out, &q, SCALE, QUIET, e);
	return pgm(out, &q) ? ERR_OK : err_set(e, ERR_TOO_LONG, "the picture is too large");
}

int main(int argc, char **argv)
{
	char text[4096];
	struct str_buf picture = STR_BUF_INIT;
	struct err e = {0};
	if (argc != 2)
		return 2;
	size_t n = fread(text, 1, sizeof text - 1, stdin);
	text[n] = '\0';
	enum err_code code = strlen(text) == n ? draw(&picture, text, argv[1], &e)
					       : err_set(&e, ERR_INPUT, "a NUL cannot be drawn");
	if (code == ERR_OK)
		code = path_write(argv[1], picture.data, picture.len, 0600, &e);
	if (code != ERR_OK)
		(void)fprintf(stderr, "%s\n", e.msg);
	str_buf_fini(&picture);
	return code != ERR_OK;
}
