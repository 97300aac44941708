/* Which of a camera's formats, sizes and rates to take. */
#include "scan/v4l2.h"

#include <errno.h>

#include <linux/videodev2.h>

/* What a camera says about itself is bounded: it is a stranger's device. */
enum { FORMATS_MAX = 32, SIZES_MAX = 64, RATES_MAX = 64 };
enum { WIDTH_BEST = 1280, HEIGHT_BEST = 720, RATE_LEAST = 15 };

struct choice {
	const struct v4l2_system *system;
	int fd;
	struct v4l2_mode best;
	int64_t score; /* -1: none yet */
};

static bool is_jpeg(uint32_t pixels)
{
	return pixels == V4L2_PIX_FMT_MJPEG || pixels == V4L2_PIX_FMT_JPEG;
}

static bool is_known(uint32_t pixels)
{
	return pixels == V4L2_PIX_FMT_GREY || pixels == V4L2_PIX_FMT_NV12 ||
	       pixels == V4L2_PIX_FMT_YUYV || is_jpeg(pixels);
}

int v4l2_ioctl(const struct v4l2_system *system, int fd, unsigned long request, void *data)
{
	for (int i = 0; i < 8; i++) {
		int rc = system->ioctl(system->arg, fd, request, data);
		if (rc >= 0 || errno != EINTR)
			return rc;
	}
	return -1;
}

static int try(const struct choice *c, unsigned long request, void *data)
{
	return v4l2_ioctl(c->system, c->fd, request, data);
}

static bool quick(const struct v4l2_fract *interval)
{
	return interval->denominator >= (uint64_t)interval->numerator * RATE_LEAST;
}

/* A driver that does not tell its rates is believed to be quick. */
static bool rate_enough(const struct choice *c, const struct v4l2_mode *m)
{
	for (uint32_t i = 0; i < RATES_MAX; i++) {
		struct v4l2_frmivalenum rate = {.index = i,
		    .pixel_format = m->pixels,
		    .width = (uint32_t)m->width,
		    .height = (uint32_t)m->height};
		if (try(c, VIDIOC_ENUM_FRAMEINTERVALS, &rate) < 0)
			return i == 0;
		if (rate.type != V4L2_FRMIVAL_TYPE_DISCRETE)
			return quick(&rate.stepwise.min);
		if (quick(&rate.discrete))
			return true;
	}
	return false;
}

static void consider(struct choice *c, uint32_t pixels, uint32_t width, uint32_t height)
{
	if (width < 1 || height < 1 || width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
		return;
	struct v4l2_mode m = {.pixels = pixels, .width = (int)width, .height = (int)height};
	const int64_t area = (int64_t)width * height,
		      most = (int64_t)IMAGE_SIDE_MAX * IMAGE_SIDE_MAX;
	const bool fits = width <= WIDTH_BEST && height <= HEIGHT_BEST;
	int64_t score = 2 * (fits ? area : most - area) + !is_jpeg(pixels);
	score += fits ? 4 * most : 0;
	if (score + 8 * most <= c->score)
		return; /* not even if it is quick enough */
	score += rate_enough(c, &m) ? 8 * most : 0;
	if (score > c->score) {
		c->best = m;
		c->score = score;
	}
}

/* The largest that is at most best, in steps from least. */
static uint32_t stepped(uint32_t least, uint32_t most, uint32_t step, uint32_t best)
{
	if (most > best)
		most = best;
	if (most < least)
		return least;
	return least + (step > 1 ? (most - least) / step * step : most - least);
}

static void consider_sizes(struct choice *c, uint32_t pixels)
{
	for (uint32_t i = 0; i < SIZES_MAX; i++) {
		struct v4l2_frmsizeenum size = {.index = i, .pixel_format = pixels};
		if (try(c, VIDIOC_ENUM_FRAMESIZES, &size) < 0) {
			if (i == 0) /* an old driver: it will say what it makes of this */
				consider(c, pixels, WIDTH_BEST, HEIGHT_BEST);
			return;
		}
		if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
			consider(c, pixels, size.discrete.width, size.discrete.height);
			continue;
		}
		const struct v4l2_frmsize_stepwise *s = &size.stepwise;
		consider(c, pixels, stepped(s->min_width, s->max_width, s->step_width, WIDTH_BEST),
		    stepped(s->min_height, s->max_height, s->step_height, HEIGHT_BEST));
		return;
	}
}

/* VIDIOC_S_FMT: the driver may change everything but the type; what it returns is what it does. */
static enum err_code set(struct v4l2_mode *m, const struct choice *c, struct err *e)
{
	struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
	f.fmt.pix.width = (uint32_t)c->best.width;
	f.fmt.pix.height = (uint32_t)c->best.height;
	f.fmt.pix.pixelformat = c->best.pixels;
	f.fmt.pix.field = V4L2_FIELD_ANY;
	if (try(c, VIDIOC_S_FMT, &f) < 0)
		return source_errno(e, "the camera's format");
	const struct v4l2_pix_format *p = &f.fmt.pix;
	if (!is_known(p->pixelformat) || p->width < 1 || p->height < 1 ||
	    p->width > IMAGE_SIDE_MAX || p->height > IMAGE_SIDE_MAX)
		return err_set(
		    e, ERR_UNSUPPORTED, "the camera insists on a format that foyer cannot read");
	*m = (struct v4l2_mode){
	    .pixels = p->pixelformat, .width = (int)p->width, .height = (int)p->height};
	if (!is_jpeg(m->pixels)) {
		size_t row = (size_t)m->width * (m->pixels == V4L2_PIX_FMT_YUYV ? 2 : 1);
		m->stride = p->bytesperline >= row ? p->bytesperline : row;
	}
	return ERR_OK;
}

enum err_code v4l2_mode_set(
    struct v4l2_mode *m, const struct v4l2_system *system, int fd, struct err *e)
{
	struct choice c = {.system = system, .fd = fd, .score = -1};
	for (uint32_t i = 0; i < FORMATS_MAX; i++) {
		struct v4l2_fmtdesc format = {.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
		if (try(&c, VIDIOC_ENUM_FMT, &format) < 0)
			break;
		if (is_known(format.pixelformat))
			consider_sizes(&c, format.pixelformat);
	}
	if (c.score < 0)
		return err_set(e, ERR_UNSUPPORTED, "the camera has no format that foyer can read");
	return set(m, &c, e);
}
