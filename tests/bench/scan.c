// rooms: scan pass base
// pkgs: libwebp
/*
 * scan live|still REPEAT GREY: what foyer-camera makes of pictures, by the code that it runs. Their paths come on standard input, a line each, and a
 * line of JSON goes out for each: its size, microseconds of the processor's time, and what was told on the pipe in hexadecimal digits. GREY, if it is not "-", is a folder
 * where the grey pictures are left as N.pgm, counted from 0, so that other programs see the same pixels.
 *
 * still: a picture in a file, REPEAT times by readers that have never seen it. live: a camera that holds it until something is told, for
 * LIVE_FRAMES at most, with the noise of a camera.
 *
 * It reads WebP too, which foyer-camera does not: public collections of pictures come so.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <webp/decode.h>

#include "base/clock.h"
#include "base/path.h"
#include "scan/camera_wire.h"
#include "scan/look.h"
#include "scan/picture.h"
#include "tests/bench/lib_bench.h"

enum { LIVE_FRAMES = 60, FRAME_MS = 50, COLUMNS = 44, ROWS = 11 };

struct eye {
	struct look look;
	struct out out;
	int pipe[2];
	struct camera_reader reader;
	json_t *codes;
	bool told;
};

/* --- pictures ------------------------------------------------------------------------------- */

static void read_webp(struct image *im, const char *bytes, size_t len, const char *path)
{
	int width, height;
	struct err e = {0};
	uint8_t *rgba = WebPDecodeRGBA((const uint8_t *)bytes, len, &width, &height);
	if (rgba == NULL)
		bench_die("%s: neither PNG nor JPEG nor PGM nor WebP", path);
	bench_must(image_resize(im, width, height, &e), &e);
	for (int i = 0; i < width * height; i++) {
		const uint8_t *p = rgba + 4 * (ptrdiff_t)i;
		/* ITU-R BT.601, as in JPEG; what is transparent is white. */
		const int grey = (299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000;
		im->grey[i] = (uint8_t)((grey * p[3] + 255 * (255 - p[3])) / 255);
	}
	WebPFree(rgba);
}

static void read_picture(struct image *im, const char *path)
{
	char *bytes;
	size_t len;
	struct err e = {0};
	bench_must(path_read(&bytes, &len, path, PICTURE_BYTES_MAX, &e), &e);
	if (picture_decode(im, (const uint8_t *)bytes, len, &e) != ERR_OK)
		read_webp(im, bytes, len, path);
	free(bytes);
}

static void keep(const struct image *im, const char *folder, int n)
{
	char path[PATH_MAX], name[32];
	struct err e = {0};
	struct str_buf pgm = STR_BUF_INIT;
	(void)str_print(name, sizeof name, "%d.pgm", n);
	bench_must(path_join(path, folder, name, &e), &e);
	if (!str_buf_print(&pgm, "P5\n%d %d\n255\n", im->width, im->height) ||
	    !str_buf_add(&pgm, im->grey, (size_t)im->width * (size_t)im->height))
		bench_die("out of room");
	bench_must(path_write(path, pgm.data, pgm.len, 0644, &e), &e);
	str_buf_fini(&pgm);
}

static void copy(struct image *dst, const struct image *src)
{
	struct err e = {0};
	bench_must(image_resize(dst, src->width, src->height, &e), &e);
	memcpy(dst->grey, src->grey, (size_t)src->width * (size_t)src->height);
}

static void add_noise(struct image *im, uint32_t *seed)
{
	for (int i = 0; i < im->width * im->height; i++) {
		*seed = *seed * 1664525 + 1013904223;
		const int level = im->grey[i] + (int)(*seed >> 24) % 5 - 2;
		im->grey[i] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
	}
}

/* --- what is told of them ----------------------------------------------------------------- */

static void eye_open(struct eye *y, bool live)
{
	*y = (struct eye){.codes = json_array()};
	if (pipe2(y->pipe, O_NONBLOCK | O_CLOEXEC) != 0)
		bench_die("no pipe");
	out_init(&y->out, y->pipe[1]);
	y->look.live = live;
	y->look.clock = clock_system();
	y->look.how = (struct mosaic_look){.cols = COLUMNS, .rows = ROWS, .mirror = live};
	look_init(&y->look);
}

/* What was told stays. */
static json_t *eye_close(struct eye *y)
{
	look_fini(&y->look);
	out_fini(&y->out);
	camera_reader_fini(&y->reader);
	(void)close(y->pipe[0]);
	(void)close(y->pipe[1]);
	return y->codes;
}

static void add_code(struct eye *y, const struct camera_frame *f)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * CAMERA_CODE_MAX + 1];
	for (size_t i = 0; i < f->code_len; i++) {
		hex[2 * i] = digits[f->code[i] >> 4];
		hex[2 * i + 1] = digits[f->code[i] & 15];
	}
	hex[2 * f->code_len] = '\0';
	json_array_append_new(y->codes, json_pack("{s:s, s:s}", "kind",
					    f->kind == CAMERA_CODE    ? "qr"
					    : f->kind == CAMERA_STRAY ? "stray"
								      : "pdf417",
					    "hex", hex));
	y->told = true;
}

static void listen_to(struct eye *y)
{
	char bytes[16 * 1024];
	struct camera_frame f;
	struct err e = {0};
	ssize_t n;
	do {
		n = read(y->pipe[0], bytes, sizeof bytes);
		if (n > 0)
			bench_must(camera_reader_feed(&y->reader, bytes, (size_t)n, &e), &e);
		while (camera_reader_next(&y->reader, &f, &e) > 0)
			if (f.kind == CAMERA_CODE || f.kind == CAMERA_PDF417 ||
			    f.kind == CAMERA_STRAY)
				add_code(y, &f);
		bench_must(e.code, &e);
		bench_must(out_flush(&y->out, &e), &e);
	} while (n > 0 || !out_idle(&y->out));
}

/* Of the processor's: others work on this machine too. */
static int64_t work_ns(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void see(struct eye *y, struct image *im, int64_t now_ms, struct bench_times *times)
{
	struct err e = {0};
	const int64_t start = work_ns();
	bench_must(look_at(&y->look, im, &y->out, now_ms, &e), &e);
	bench_add(times, work_ns() - start);
	listen_to(y);
}

static json_t *still(const struct image *im, int64_t repeat, struct bench_times *times)
{
	struct image seen = {0};
	json_t *codes = NULL;
	for (int64_t i = 0; i < repeat; i++) {
		struct eye y;
		json_decref(codes);
		eye_open(&y, false);
		copy(&seen, im);
		see(&y, &seen, 0, times);
		codes = eye_close(&y);
	}
	image_fini(&seen);
	return codes;
}

static json_t *live(const struct image *im, struct bench_times *times)
{
	struct image seen = {0};
	struct eye y;
	uint32_t seed = 1;
	eye_open(&y, true);
	for (int i = 0; i < LIVE_FRAMES && !y.told; i++) {
		copy(&seen, im);
		add_noise(&seen, &seed);
		see(&y, &seen, (int64_t)i * FRAME_MS, times);
	}
	image_fini(&seen);
	return eye_close(&y);
}

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	if (argc != 4 || (strcmp(argv[1], "live") != 0 && strcmp(argv[1], "still") != 0))
		bench_die("scan live|still REPEAT GREY < PATHS");
	const int64_t repeat = bench_number(argv[2]);
	for (int n = 0; fgets(path, sizeof path, stdin) != NULL; n++) {
		struct image im = {0};
		struct bench_times times = {0};
		path[strcspn(path, "\n")] = '\0';
		read_picture(&im, path);
		if (strcmp(argv[3], "-") != 0)
			keep(&im, argv[3], n);
		json_t *codes =
		    strcmp(argv[1], "live") == 0 ? live(&im, &times) : still(&im, repeat, &times);
		bench_say(argv[1], &times,
		    json_pack("{s:s, s:i, s:i, s:o}", "picture", path, "width", im.width, "height",
			im.height, "codes", codes));
		image_fini(&im);
	}
	return 0;
}
