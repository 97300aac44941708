#include "scan/v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "base/str.h"
#include "scan/picture.h"

struct camera {
	struct v4l2_system system;
	int fd;
	struct v4l2_mode mode;
	struct buffer {
		uint8_t *bytes;
		size_t len;
	} buffers[V4L2_BUFFERS];
	uint32_t n;
	bool streaming;
	int64_t last_ms; /* of the last good picture, or of the start */
};

/* --- the machine's own ------------------------------------------------------------------- */

static int real_open(void *arg, const char *path)
{
	(void)arg;
	return open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int real_close(void *arg, int fd)
{
	(void)arg;
	return close(fd);
}

static int real_ioctl(void *arg, int fd, unsigned long request, void *data)
{
	(void)arg;
	return ioctl(fd, request, data);
}

static void *real_mmap(void *arg, size_t len, int fd, int64_t offset)
{
	(void)arg;
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
}

static int real_munmap(void *arg, void *p, size_t len)
{
	(void)arg;
	return munmap(p, len);
}

struct v4l2_system v4l2_system_real(void)
{
	return (struct v4l2_system){
	    real_open, real_close, real_ioctl, real_mmap, real_munmap, NULL};
}

/* --- starting ---------------------------------------------------------------------------- */

static int try(const struct camera *c, unsigned long request, void *data)
{
	return v4l2_ioctl(&c->system, c->fd, request, data);
}

static enum err_code check_kind(const struct camera *c, struct err *e)
{
	struct v4l2_capability cap = {0};
	if (try(c, VIDIOC_QUERYCAP, &cap) < 0) {
		if (errno == ENOTTY || errno == EINVAL)
			return err_set(e, ERR_UNSUPPORTED, "the device is no camera");
		return source_errno(e, "the camera");
	}
	const uint32_t can =
	    cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
	if (!(can & V4L2_CAP_VIDEO_CAPTURE) || !(can & V4L2_CAP_STREAMING))
		return err_set(e, ERR_UNSUPPORTED,
		    "the device gives no pictures; a camera's other device may");
	return ERR_OK;
}

static enum err_code give_back(const struct camera *c, uint32_t index, struct err *e)
{
	struct v4l2_buffer b = {
	    .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = index};
	return try(c, VIDIOC_QBUF, &b) < 0 ? source_errno(e, "the camera's buffers") : ERR_OK;
}

static enum err_code map_one(struct camera *c, uint32_t index, struct err *e)
{
	struct v4l2_buffer b = {
	    .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = index};
	if (try(c, VIDIOC_QUERYBUF, &b) < 0)
		return source_errno(e, "the camera's buffers");
	void *p = c->system.mmap(c->system.arg, b.length, c->fd, b.m.offset);
	if (p == MAP_FAILED)
		return source_errno(e, "the camera's memory");
	c->buffers[c->n++] = (struct buffer){p, b.length};
	return give_back(c, index, e);
}

static enum err_code start(struct camera *c, struct err *e)
{
	struct v4l2_requestbuffers r = {
	    .count = V4L2_BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	if (try(c, VIDIOC_REQBUFS, &r) < 0)
		return source_errno(e, "the camera's buffers");
	if (r.count < 2)
		return err_set(e, ERR_IO, "the camera has no memory for two pictures");
	enum err_code code = ERR_OK;
	for (uint32_t i = 0; i < r.count && i < V4L2_BUFFERS && code == ERR_OK; i++)
		code = map_one(c, i, e);
	if (code != ERR_OK)
		return code;
	if (try(c, VIDIOC_STREAMON, &type) < 0)
		return source_errno(e, "starting the camera");
	c->streaming = true;
	return ERR_OK;
}

static void camera_free(void *own_self)
{
	struct camera *c = own_self;
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	if (c->streaming)
		(void)try(c, VIDIOC_STREAMOFF, &type);
	for (uint32_t i = 0; i < c->n; i++)
		(void)c->system.munmap(c->system.arg, c->buffers[i].bytes, c->buffers[i].len);
	if (c->fd >= 0)
		(void)c->system.close(c->system.arg, c->fd);
	free(c);
}

/* --- pictures ---------------------------------------------------------------------------- */

static int camera_fd(const void *self)
{
	const struct camera *c = self;
	return c->fd;
}

static int64_t camera_due(const void *self)
{
	const struct camera *c = self;
	return c->last_ms + V4L2_STALL_MS;
}

/* 1: *b is a full buffer, ours until it is given back. 0: there is none. -1: the camera is gone. */
static int take_one(const struct camera *c, struct v4l2_buffer *b, struct err *e)
{
	*b = (struct v4l2_buffer){.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
	if (try(c, VIDIOC_DQBUF, b) < 0) {
		/* EIO "can also indicate temporary problems like signal loss" (VIDIOC_DQBUF): the stall ends it. */
		if (errno == EAGAIN || errno == EIO || errno == EINTR)
			return 0;
		err_errno(e, ERR_UNREACHABLE, "the camera");
		return -1;
	}
	if (b->index >= c->n) {
		err_set(e, ERR_PROTOCOL, "the camera gave a buffer that does not exist");
		return -1;
	}
	return 1;
}

/* The newest full buffer; older ones go back unread. */
static int take_newest(const struct camera *c, struct v4l2_buffer *newest, struct err *e)
{
	int held = take_one(c, newest, e);
	for (uint32_t i = 0; i < 2 * c->n && held > 0; i++) {
		struct v4l2_buffer next;
		int more = take_one(c, &next, e);
		if (more < 0)
			return -1;
		if (more == 0)
			break;
		if (give_back(c, newest->index, e) != ERR_OK)
			return -1;
		*newest = next;
	}
	return held;
}

/* Of the bytes that image_take_luma took (kernel: userspace-api/media/v4l, pixfmt-packed-yuv and pixfmt-yuv-planar). */
static void take_tint(struct tint *t, const struct v4l2_mode *m, const uint8_t *bytes, size_t len)
{
	const size_t width = (size_t)m->width / 2, height = (size_t)m->height,
		     plane = m->stride * height;
	struct tint_samples s = {
	    .width = (int)width, .height = m->height, .stride = m->stride, .step = 4};
	if (m->pixels == V4L2_PIX_FMT_YUYV) {
		s.cb = bytes + 1;
		s.cr = bytes + 3;
	} else if (m->pixels == V4L2_PIX_FMT_NV12 && height >= 2 &&
		   len >= plane + (height / 2 - 1) * m->stride + 2 * width) {
		s.height /= 2;
		s.step = 2;
		s.cb = bytes + plane;
		s.cr = s.cb + 1;
	} else {
		return;
	}
	tint_take(t, &s);
}

static enum err_code read_buffer(
    const struct camera *c, struct image *im, const struct v4l2_buffer *b, struct err *e)
{
	const struct buffer *from = &c->buffers[b->index];
	const size_t len = b->bytesused < from->len ? b->bytesused : from->len;
	const struct image_luma luma = {.width = c->mode.width,
	    .height = c->mode.height,
	    .step = c->mode.pixels == V4L2_PIX_FMT_YUYV ? 2 : 1,
	    .stride = c->mode.stride};
	if (b->flags & V4L2_BUF_FLAG_ERROR)
		return err_set(e, ERR_INPUT, "a damaged picture");
	if (luma.stride == 0)
		return picture_jpeg(im, from->bytes, len, e);
	enum err_code code = image_take_luma(im, from->bytes, len, &luma, e);
	if (code == ERR_OK && im->tint != NULL)
		take_tint(im->tint, &c->mode, from->bytes, len);
	return code;
}

static enum err_code camera_picture(
    void *self, struct image *im, bool *got, int64_t now_ms, struct err *e)
{
	struct camera *c = self;
	struct v4l2_buffer b;
	struct err damaged;
	*got = false;
	int held = take_newest(c, &b, e);
	if (held < 0)
		return e->code;
	if (held > 0) {
		*got = read_buffer(c, im, &b, &damaged) == ERR_OK;
		if (*got)
			c->last_ms = now_ms;
		if (give_back(c, b.index, e) != ERR_OK)
			return e->code;
	}
	if (now_ms - c->last_ms >= V4L2_STALL_MS)
		return err_set(e, ERR_UNREACHABLE, "the camera gave no picture for %d seconds",
		    V4L2_STALL_MS / 1000);
	return ERR_OK;
}

enum err_code v4l2_open(struct source *s, const char *path, const struct v4l2_system *system,
    int64_t now_ms, struct err *e)
{
	static const struct source_calls calls = {
	    camera_fd, camera_due, camera_picture, camera_free};
	struct camera *c = mem_new(1, sizeof *c);
	*s = (struct source){.calls = &calls, .self = c, .live = true};
	c->system = *system;
	c->last_ms = now_ms;
	c->fd = system->open(system->arg, path);
	enum err_code code = c->fd < 0 ? source_errno(e, path) : check_kind(c, e);
	if (code == ERR_OK)
		code = v4l2_mode_set(&c->mode, system, c->fd, e);
	if (code == ERR_OK)
		code = start(c, e);
	if (code != ERR_OK)
		source_close(s);
	return code;
}
