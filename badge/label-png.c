/*
 * foyer-label-png, the print head of the demo's printer (etc/demo/print-rig): turns the raster that
 * a driverless printer is sent (PWG or Apple raster, grey or black and white, one page) into a PNG,
 * dot for dot, so that people and tests can look at the label.
 *
 *   foyer-label-png RASTER PNG
 */
#include <cups/raster.h>
#include <fcntl.h>
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIDE_MAX = 20000 };

static int fail(const char *why)
{
	(void)fprintf(stderr, "ERROR: foyer-label-png: %s\n", why);
	return EXIT_FAILURE;
}

/* 8-bit grey, white 255, from one raster line. */
static bool line_grey(unsigned char *grey, const unsigned char *line, const cups_page_header2_t *h)
{
	const bool black = h->cupsColorSpace == CUPS_CSPACE_K; /* ink, not light */
	for (unsigned x = 0; x < h->cupsWidth; x++) {
		if (h->cupsBitsPerPixel == 8)
			grey[x] = black ? (unsigned char)(255 - line[x]) : line[x];
		else if (h->cupsBitsPerPixel == 1)
			grey[x] = ((line[x / 8] >> (7 - x % 8) & 1) != 0) == black ? 0 : 255;
		else
			return false;
	}
	return true;
}

static int page_turn(cups_raster_t *in, const char *path)
{
	cups_page_header2_t h;
	if (!cupsRasterReadHeader2(in, &h))
		return fail("no page");
	if (h.cupsWidth == 0 || h.cupsHeight == 0 || h.cupsWidth > SIDE_MAX ||
	    h.cupsHeight > SIDE_MAX || h.cupsBytesPerLine > 4 * SIDE_MAX)
		return fail("a page of no sensible size");
	int rc = EXIT_FAILURE;
	png_image png = {.version = PNG_IMAGE_VERSION,
	    .width = h.cupsWidth,
	    .height = h.cupsHeight,
	    .format = PNG_FORMAT_GRAY};
	unsigned char *line = calloc(1, h.cupsBytesPerLine),
		      *grey = calloc(h.cupsHeight, h.cupsWidth);
	if (line == NULL || grey == NULL) {
		(void)fail("no memory");
		goto out;
	}
	for (unsigned y = 0; y < h.cupsHeight; y++) {
		if (cupsRasterReadPixels(in, line, h.cupsBytesPerLine) != h.cupsBytesPerLine ||
		    !line_grey(grey + (size_t)y * h.cupsWidth, line, &h)) {
			(void)fail("the page ends early or has colours");
			goto out;
		}
	}
	if (png_image_write_to_file(&png, path, 0, grey, 0, NULL))
		rc = EXIT_SUCCESS;
	else
		(void)fail(png.message);
out:
	free(line);
	free(grey);
	return rc;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return fail("usage: foyer-label-png RASTER PNG");
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	cups_raster_t *in = fd >= 0 ? cupsRasterOpen(fd, CUPS_RASTER_READ) : NULL;
	int rc = in != NULL ? page_turn(in, argv[2]) : fail("no raster");
	if (in != NULL)
		cupsRasterClose(in);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}
