#include "scan/v4l2.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <linux/videodev2.h>

#include "device.h"
#include "make.h"

static struct device device;
static struct source source;
static struct image im;
static uint8_t bytes[4 * 1280 * 720];

static int set_up(void **state)
{
	(void)state;
	device_init(&device);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	source_close(&source);
	image_fini(&im);
	device_assert_released(&device);
	return 0;
}

static enum err_code try_open(void)
{
	struct err e;
	const struct v4l2_system system = device_system(&device);
	return v4l2_open(&source, "/dev/video0", &system, 0, &e);
}

static enum err_code take(bool *got, int64_t now_ms)
{
	struct err e = {0};
	enum err_code code = source.calls->picture(source.self, &im, got, now_ms, &e);
	assert_int_equal(code, e.code);
	return code;
}

/* --- the mode ---------------------------------------------------------------------------- */

static void v4l2__mode__is_the_best_of_what_is_offered(void **state)
{
	enum {
		Y = V4L2_PIX_FMT_YUYV,
		J = V4L2_PIX_FMT_MJPEG,
		N = V4L2_PIX_FMT_NV12,
		G = V4L2_PIX_FMT_GREY,
		H = V4L2_PIX_FMT_H264
	};
	static const struct {
		struct device_mode offered[8], best;
	} cases[] = {
	    {{{Y, 640, 480, 30}}, {Y, 640, 480, 0}},
	    /* A webcam at USB 2: large and raw is slow, large and JPEG is not. */
	    {{{Y, 640, 480, 30}, {Y, 1280, 720, 5}, {J, 640, 480, 30}, {J, 1280, 720, 30},
		 {J, 1920, 1080, 30}},
		{J, 1280, 720, 0}},
	    {{{J, 1280, 720, 30}, {Y, 1280, 720, 15}}, {Y, 1280, 720, 0}},
	    {{{J, 1280, 720, 30}, {Y, 1280, 720, 10}}, {J, 1280, 720, 0}},
	    {{{Y, 1920, 1080, 30}, {Y, 800, 600, 30}, {Y, 320, 240, 30}}, {Y, 800, 600, 0}},
	    {{{Y, 1600, 1200, 30}, {Y, 1920, 1080, 30}}, {Y, 1600, 1200, 0}},
	    {{{Y, 640, 480, 5}, {Y, 320, 240, 30}}, {Y, 320, 240, 0}},
	    {{{Y, 640, 480, 5}}, {Y, 640, 480, 0}},
	    {{{H, 1920, 1080, 30}, {N, 640, 480, 0}}, {N, 640, 480, 0}},
	    {{{G, 640, 400, 0}, {H, 640, 480, 30}}, {G, 640, 400, 0}},
	    {{{Y, 8192, 8192, 30}, {Y, 160, 120, 30}}, {Y, 160, 120, 0}},
	    {{{Y, 720, 1280, 30}, {Y, 640, 480, 30}}, {Y, 640, 480, 0}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		device_init(&device);
		memcpy(device.modes, cases[i].offered, sizeof cases[i].offered);
		assert_int_equal(try_open(), ERR_OK);
		assert_memory_equal(&device.set, &cases[i].best, sizeof device.set);
		source_close(&source);
	}
}

static void v4l2__mode__steps_and_silence(void **state)
{
	(void)state;
	device.stepwise = true;
	device.modes[0] = (struct device_mode){V4L2_PIX_FMT_YUYV, 4000, 3000, 30};
	assert_int_equal(try_open(), ERR_OK);
	assert_int_equal(device.set.width, 1280);
	assert_int_equal(device.set.height, 720);
	source_close(&source);
	device_init(&device);
	device.stepwise = true;
	device.modes[0] = (struct device_mode){V4L2_PIX_FMT_GREY, 500, 300, 0};
	assert_int_equal(try_open(), ERR_OK);
	assert_int_equal(device.set.width, 496);
	assert_int_equal(device.set.height, 288);
	source_close(&source);
	device_init(&device);
	device.no_sizes = true;
	assert_int_equal(try_open(), ERR_OK);
	assert_int_equal(device.set.width, 1280);
}

static void v4l2__open__says_why_not(void **state)
{
	static const struct {
		unsigned long request;
		int error, after;
		enum err_code code;
	} cases[] = {{0, ENOENT, 0, ERR_NOT_FOUND}, {0, ENODEV, 0, ERR_NOT_FOUND},
	    {0, EACCES, 0, ERR_DENIED}, {0, EBUSY, 0, ERR_BUSY},
	    {VIDIOC_QUERYCAP, ENOTTY, 0, ERR_UNSUPPORTED},
	    {VIDIOC_QUERYCAP, ENODEV, 0, ERR_NOT_FOUND},
	    {VIDIOC_ENUM_FMT, EINVAL, 0, ERR_UNSUPPORTED}, {VIDIOC_S_FMT, EBUSY, 0, ERR_BUSY},
	    {VIDIOC_S_FMT, EINVAL, 0, ERR_IO}, {VIDIOC_REQBUFS, EBUSY, 0, ERR_BUSY},
	    {VIDIOC_REQBUFS, EINVAL, 0, ERR_IO}, {VIDIOC_QUERYBUF, EINVAL, 2, ERR_IO},
	    {VIDIOC_QBUF, EIO, 1, ERR_IO}, {VIDIOC_STREAMON, ENOSPC, 0, ERR_IO},
	    {VIDIOC_STREAMON, ENODEV, 0, ERR_NOT_FOUND}, {1 /* mmap */, ENOMEM, 0, ERR_IO}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		device_init(&device);
		device.fail_request = cases[i].request;
		device.fail_errno = cases[i].error;
		device.fail_after = cases[i].after;
		assert_int_equal(try_open(), cases[i].code);
		assert_null(source.calls);
		device_assert_released(&device);
	}
}

static void v4l2__open__refuses_what_is_no_camera(void **state)
{
	(void)state;
	device.device_caps =
	    V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING; /* a webcam's second device */
	assert_int_equal(try_open(), ERR_UNSUPPORTED);
	device_init(&device);
	device.device_caps = V4L2_CAP_VIDEO_CAPTURE; /* only read(2) */
	assert_int_equal(try_open(), ERR_UNSUPPORTED);
	device_init(&device);
	device.buffers = 1;
	assert_int_equal(try_open(), ERR_IO);
	device_init(&device);
	device.insists = V4L2_PIX_FMT_H264;
	assert_int_equal(try_open(), ERR_UNSUPPORTED);
	device_init(&device);
	device.capabilities =
	    V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING; /* an old driver: no device_caps */
	device.device_caps = 0;
	device.interrupts = 5;
	assert_int_equal(try_open(), ERR_OK);
}

/* --- pictures ---------------------------------------------------------------------------- */

static void fill(const struct image *want, uint32_t pixels, uint32_t padding)
{
	const int step = pixels == V4L2_PIX_FMT_YUYV ? 2 : 1;
	uint8_t *p = bytes;
	memset(bytes, 0xee, sizeof bytes);
	for (int y = 0; y < want->height; y++, p += padding)
		for (int x = 0; x < want->width; x++, p += step)
			*p = want->grey[y * want->width + x];
}

static void v4l2__picture__every_raw_format(void **state)
{
	static const struct {
		uint32_t pixels, padding;
		size_t len; /* of 64×48 pixels */
	} cases[] = {{V4L2_PIX_FMT_YUYV, 0, 64 * 48 * 2}, {V4L2_PIX_FMT_YUYV, 32, 160 * 48},
	    {V4L2_PIX_FMT_NV12, 0, 64 * 48 * 3 / 2}, {V4L2_PIX_FMT_GREY, 0, 64 * 48},
	    {V4L2_PIX_FMT_GREY, 16, 80 * 48}};
	struct image want = {0};
	bool got;
	(void)state;
	make_slope(&want, 64, 48);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		device_init(&device);
		device.modes[0] = (struct device_mode){cases[i].pixels, 64, 48, 30};
		device.padding = cases[i].padding;
		assert_int_equal(try_open(), ERR_OK);
		assert_true(source.live);
		assert_int_equal(take(&got, 1), ERR_OK);
		assert_false(got);
		fill(&want, cases[i].pixels, cases[i].padding);
		device_add(&device, bytes, cases[i].len);
		assert_int_equal(take(&got, 2), ERR_OK);
		assert_true(got);
		assert_int_equal(im.width, 64);
		assert_int_equal(im.height, 48);
		assert_memory_equal(im.grey, want.grey, 64 * 48);
		source_close(&source);
	}
	image_fini(&want);
}

/* Left half blue, right half red. */
static void put_chrominance(uint8_t *cb, uint8_t *cr, bool right)
{
	*cb = right ? 90 : 240;
	*cr = right ? 240 : 110;
}

static void v4l2__picture__has_colours_where_they_are_wanted(void **state)
{
	static const struct {
		uint32_t pixels, padding;
		size_t len;
		bool colours;
	} cases[] = {{V4L2_PIX_FMT_YUYV, 32, 160 * 48 - 32, true},
	    {V4L2_PIX_FMT_NV12, 0, 64 * 48 * 3 / 2, true},
	    {V4L2_PIX_FMT_NV12, 16, 80 * 72 - 16, true},
	    {V4L2_PIX_FMT_NV12, 16, 80 * 72 - 17, false}, /* breaks off */
	    {V4L2_PIX_FMT_GREY, 0, 64 * 48, false}};
	static struct tint tint;
	struct image want = {0};
	bool got;
	(void)state;
	make_slope(&want, 64, 48);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const bool packed = cases[i].pixels == V4L2_PIX_FMT_YUYV;
		const size_t stride = (packed ? 128 : 64) + cases[i].padding;
		device_init(&device);
		device.modes[0] = (struct device_mode){cases[i].pixels, 64, 48, 30};
		device.padding = cases[i].padding;
		assert_int_equal(try_open(), ERR_OK);
		fill(&want, cases[i].pixels, cases[i].padding);
		for (size_t y = 0; y < (packed ? 48 : 24); y++)
			for (size_t x = 0; x < 32; x++) {
				uint8_t *p = bytes + (packed ? y : 48 + y) * stride +
					     (packed ? 4 * x + 1 : 2 * x);
				put_chrominance(p, p + (packed ? 2 : 1), x >= 16);
			}
		tint = (struct tint){.cols = 9, .rows = 9}; /* of the picture before */
		im.tint = &tint;
		device_add(&device, bytes, cases[i].len);
		assert_int_equal(take(&got, 1), ERR_OK);
		assert_true(got);
		assert_memory_equal(im.grey, want.grey, 64 * 48);
		assert_int_equal(tint.cols > 0, cases[i].colours);
		for (int k = 0; k < tint.cols * tint.rows; k++) {
			uint8_t cb, cr;
			put_chrominance(&cb, &cr, k % tint.cols >= tint.cols / 2);
			assert_int_equal(tint.cb[k], cb);
			assert_int_equal(tint.cr[k], cr);
		}
		source_close(&source);
		im.tint = NULL;
	}
	image_fini(&want);
}

static void v4l2__picture__motion_jpeg(void **state)
{
	struct image want = {0};
	struct str_buf b = STR_BUF_INIT;
	bool got;
	(void)state;
	device.modes[0] = (struct device_mode){V4L2_PIX_FMT_MJPEG, 160, 120, 30};
	assert_int_equal(try_open(), ERR_OK);
	make_slope(&want, 160, 120);
	make_jpeg(&b, &want, (struct make_jpeg){.quality = 90, .colour = true, .no_tables = true});
	device_add(&device, "no JPEG at all", 14);
	assert_int_equal(take(&got, 1), ERR_OK);
	assert_false(got);
	device_add(&device, b.data, b.len);
	assert_int_equal(take(&got, 2), ERR_OK);
	assert_true(got);
	assert_int_equal(im.width, 160);
	/* It breaks off where the buffer ends (fill bytes before a marker: ITU T.81, B.1.1.2), and the driver claims that more is there. */
	const size_t end = device.buffer[0].len, rest = b.len / 2;
	memset(bytes, 0xff, sizeof bytes);
	memcpy(bytes, b.data, 2);
	memcpy(bytes + end - rest, b.data + 2, rest);
	device_add(&device, bytes, end);
	device.frame[2].claims = UINT32_MAX;
	assert_int_equal(take(&got, 3), ERR_OK);
	assert_true(got);
	image_fini(&want);
	str_buf_fini(&b);
}

static void v4l2__picture__the_newest_of_several(void **state)
{
	static uint8_t frames[6][640 * 480 * 2];
	bool got;
	(void)state;
	assert_int_equal(try_open(), ERR_OK);
	for (int i = 0; i < 6; i++) {
		memset(frames[i], 10 * (i + 1), sizeof frames[i]);
		device_add(&device, frames[i], sizeof frames[i]);
	}
	assert_int_equal(take(&got, 1), ERR_OK);
	assert_true(got);
	assert_int_equal(im.grey[0], 60);
	for (uint32_t i = 0; i < device.n; i++)
		assert_true(device.buffer[i].queued); /* all are with the driver again */
	assert_int_equal(take(&got, 2), ERR_OK);
	assert_false(got);
}

static void v4l2__picture__damaged_ones_are_passed_over(void **state)
{
	bool got;
	(void)state;
	assert_int_equal(try_open(), ERR_OK);
	device_add(&device, bytes, 640 * 480 * 2 - 1);
	assert_int_equal(take(&got, 1), ERR_OK);
	assert_false(got);
	device_add(&device, bytes, 0);
	assert_int_equal(take(&got, 2), ERR_OK);
	assert_false(got);
	device_add(&device, bytes, 640 * 480 * 2);
	device.frame[2].flags = V4L2_BUF_FLAG_ERROR;
	assert_int_equal(take(&got, 3), ERR_OK);
	assert_false(got);
	/* A driver that claims more than its buffer holds. */
	device_add(&device, bytes, 100);
	device.frame[3].claims = UINT32_MAX;
	assert_int_equal(take(&got, 4), ERR_OK);
	assert_true(got);
	device_add(&device, bytes, 640 * 480 * 2);
	device.frame[4].index = 77;
	assert_int_equal(take(&got, 5), ERR_PROTOCOL);
}

static void v4l2__unplugged__ends_the_source(void **state)
{
	static const int errors[] = {ENODEV, EPIPE, EINVAL};
	bool got;
	(void)state;
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		device_init(&device);
		assert_int_equal(try_open(), ERR_OK);
		device_add(&device, bytes, 640 * 480 * 2);
		assert_int_equal(take(&got, 1), ERR_OK);
		assert_true(got);
		device.gone = errors[i];
		assert_int_equal(take(&got, 2), ERR_UNREACHABLE);
		source_close(&source);
	}
}

static void v4l2__stall__ends_the_source(void **state)
{
	bool got;
	(void)state;
	assert_int_equal(try_open(), ERR_OK);
	assert_int_equal(source.calls->due_ms(source.self), V4L2_STALL_MS);
	device_add(&device, bytes, 640 * 480 * 2);
	assert_int_equal(take(&got, 4000), ERR_OK);
	assert_int_equal(source.calls->due_ms(source.self), 4000 + V4L2_STALL_MS);
	device.gone = EIO; /* the signal is lost, perhaps for a moment */
	assert_int_equal(take(&got, 3999 + V4L2_STALL_MS), ERR_OK);
	assert_int_equal(take(&got, 4000 + V4L2_STALL_MS), ERR_UNREACHABLE);
	source_close(&source);
	/* Nothing but damaged pictures is no picture. */
	device_init(&device);
	assert_int_equal(try_open(), ERR_OK);
	device_add(&device, bytes, 5);
	assert_int_equal(take(&got, V4L2_STALL_MS), ERR_UNREACHABLE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(v4l2__mode__is_the_best_of_what_is_offered),
	    TEST(v4l2__mode__steps_and_silence),
	    TEST(v4l2__open__says_why_not),
	    TEST(v4l2__open__refuses_what_is_no_camera),
	    TEST(v4l2__picture__every_raw_format),
	    TEST(v4l2__picture__has_colours_where_they_are_wanted),
	    TEST(v4l2__picture__motion_jpeg),
	    TEST(v4l2__picture__the_newest_of_several),
	    TEST(v4l2__picture__damaged_ones_are_passed_over),
	    TEST(v4l2__unplugged__ends_the_source),
	    TEST(v4l2__stall__ends_the_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
