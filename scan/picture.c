#include "scan/picture.h"

#include <string.h>

enum err_code picture_decode(struct image *im, const uint8_t *bytes, size_t len, struct err *e)
{
	if (len > PICTURE_BYTES_MAX)
		return err_set(e, ERR_INPUT, "a picture of %zu bytes", len);
	if (len >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
		return picture_png(im, bytes, len, e);
	if (len >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
		return picture_jpeg(im, bytes, len, e);
	if (len >= 2 && memcmp(bytes, "P5", 2) == 0)
		return picture_pgm(im, bytes, len, e);
	return err_set(e, ERR_INPUT, "neither PNG nor JPEG nor PGM");
}

/* --- PGM --------------------------------------------------------------------------------- */

struct cursor {
	const uint8_t *at, *end;
};

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool skip_space(struct cursor *c)
{
	const uint8_t *before = c->at;
	while (c->at < c->end && (is_space(*c->at) || *c->at == '#')) {
		if (*c->at == '#')
			while (c->at < c->end && *c->at != '\n' && *c->at != '\r')
				c->at++;
		else
			c->at++;
	}
	return c->at > before;
}

/* White space, then a number of at most max; -1. */
static int number(struct cursor *c, int max)
{
	int n = 0;
	if (!skip_space(c) || c->at == c->end || *c->at < '0' || *c->at > '9')
		return -1;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		n = n * 10 + (*c->at - '0');
		if (n > max)
			return -1;
	}
	return n;
}

enum err_code picture_pgm(struct image *im, const uint8_t *bytes, size_t len, struct err *e)
{
	struct cursor c = {bytes + (len < 2 ? len : 2), bytes + len};
	int width = number(&c, IMAGE_SIDE_MAX);
	int height = width < 0 ? -1 : number(&c, IMAGE_SIDE_MAX);
	int most = height < 0 ? -1 : number(&c, UINT8_MAX);
	if (most < 1 || c.at == c.end || !is_space(*c.at))
		return err_set(e, ERR_INPUT, "a PGM whose head is wrong, or beyond the bounds");
	c.at++;
	size_t n = (size_t)width * (size_t)height;
	if ((size_t)(c.end - c.at) < n)
		return err_set(e, ERR_INPUT, "a PGM that breaks off");
	enum err_code code = image_resize(im, width, height, e);
	if (code != ERR_OK)
		return code;
	for (size_t i = 0; i < n; i++)
		im->grey[i] = (uint8_t)(c.at[i] >= most ? 255 : c.at[i] * 255 / most);
	return ERR_OK;
}
