#include "device.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>
#include <linux/videodev2.h>

enum { FD = 1000, PAGE = 4096 };

void device_init(struct device *d)
{
	*d = (struct device){.modes = {{V4L2_PIX_FMT_YUYV, 640, 480, 30}},
	    .capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_DEVICE_CAPS,
	    .device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING,
	    .buffers = DEVICE_BUFFERS};
}

void device_add(struct device *d, const void *bytes, size_t len)
{
	assert_in_range(d->frames, 0, DEVICE_FRAMES - 1);
	d->frame[d->frames++] = (struct device_frame){.bytes = bytes, .len = len};
}

static int no(int error)
{
	errno = error;
	return -1;
}

static int enum_format(const struct device *d, struct v4l2_fmtdesc *f)
{
	uint32_t n = 0;
	for (int i = 0; i < DEVICE_MODES && d->modes[i].pixels != 0; i++) {
		bool known = false;
		for (int k = 0; k < i; k++)
			known = known || d->modes[k].pixels == d->modes[i].pixels;
		if (!known && n++ == f->index) {
			f->pixelformat = d->modes[i].pixels;
			return 0;
		}
	}
	return no(EINVAL);
}

static const struct device_mode *mode_of(const struct device *d, uint32_t pixels, uint32_t index)
{
	for (int i = 0; i < DEVICE_MODES && d->modes[i].pixels != 0; i++)
		if (d->modes[i].pixels == pixels && index-- == 0)
			return &d->modes[i];
	return NULL;
}

static int enum_size(const struct device *d, struct v4l2_frmsizeenum *f)
{
	const struct device_mode *m = mode_of(d, f->pixel_format, f->index);
	if (d->no_sizes)
		return no(ENOTTY);
	if (m == NULL || (d->stepwise && f->index > 0))
		return no(EINVAL);
	if (d->stepwise) {
		f->type = V4L2_FRMSIZE_TYPE_STEPWISE;
		f->stepwise = (struct v4l2_frmsize_stepwise){16, m->width, 16, 16, m->height, 16};
	} else {
		f->type = V4L2_FRMSIZE_TYPE_DISCRETE;
		f->discrete = (struct v4l2_frmsize_discrete){m->width, m->height};
	}
	return 0;
}

static int enum_rate(const struct device *d, struct v4l2_frmivalenum *f)
{
	for (int i = 0; i < DEVICE_MODES && d->modes[i].pixels != 0; i++) {
		const struct device_mode *m = &d->modes[i];
		if (m->pixels != f->pixel_format || m->fps == 0 || f->index > 0 ||
		    (!d->stepwise && (m->width != f->width || m->height != f->height)))
			continue;
		f->type = V4L2_FRMIVAL_TYPE_DISCRETE;
		f->discrete = (struct v4l2_fract){1, m->fps};
		return 0;
	}
	return no(EINVAL);
}

static int set_format(struct device *d, struct v4l2_format *f)
{
	struct v4l2_pix_format *p = &f->fmt.pix;
	assert_int_equal(f->type, V4L2_BUF_TYPE_VIDEO_CAPTURE);
	assert_int_equal(d->n, 0);
	if (d->insists != 0)
		p->pixelformat = d->insists;
	p->bytesperline = p->width * (p->pixelformat == V4L2_PIX_FMT_YUYV ? 2 : 1) + d->padding;
	p->sizeimage = p->bytesperline * p->height * 2;
	d->set = (struct device_mode){p->pixelformat, p->width, p->height, 0};
	return 0;
}

static int request(struct device *d, struct v4l2_requestbuffers *r)
{
	assert_int_equal(r->memory, V4L2_MEMORY_MMAP);
	assert_true(d->set.pixels != 0);
	r->count = r->count < d->buffers ? r->count : d->buffers;
	d->n = r->count;
	return 0;
}

static int query(struct device *d, struct v4l2_buffer *b)
{
	assert_true(b->index < d->n);
	b->length = d->set.width * d->set.height * 2 + d->padding * d->set.height;
	b->m.offset = b->index * PAGE;
	d->buffer[b->index].len = b->length;
	return 0;
}

static int queue(struct device *d, const struct v4l2_buffer *b)
{
	assert_true(b->index < d->n);
	assert_true(d->buffer[b->index].mapped);
	assert_false(d->buffer[b->index].queued);
	d->buffer[b->index].queued = true;
	return 0;
}

static int dequeue(struct device *d, struct v4l2_buffer *b)
{
	assert_true(d->streaming);
	if (d->next == d->frames)
		return no(d->gone != 0 ? d->gone : EAGAIN);
	uint32_t i = 0;
	while (i < d->n && !d->buffer[i].queued)
		i++;
	if (i == d->n)
		return no(EAGAIN); /* all lie with the program */
	const struct device_frame *f = &d->frame[d->next++];
	size_t n = f->len < d->buffer[i].len ? f->len : d->buffer[i].len;
	memcpy(d->buffer[i].bytes, f->bytes, n);
	d->buffer[i].queued = false;
	b->index = f->index != 0 ? f->index : i;
	b->bytesused = (uint32_t)(f->claims != 0 ? f->claims : n);
	b->flags = f->flags;
	return 0;
}

static int device_ioctl(void *arg, int fd, unsigned long what, void *data)
{
	struct device *d = arg;
	assert_int_equal(fd, FD);
	assert_true(d->open > 0);
	if (d->interrupts > 0) {
		d->interrupts--;
		return no(EINTR);
	}
	if (what == d->fail_request && d->fail_count++ >= d->fail_after)
		return no(d->fail_errno);
	switch (what) {
	case VIDIOC_QUERYCAP: {
		struct v4l2_capability *c = data;
		c->capabilities = d->capabilities;
		c->device_caps = d->device_caps;
		return 0;
	}
	case VIDIOC_ENUM_FMT: return enum_format(d, data);
	case VIDIOC_ENUM_FRAMESIZES: return enum_size(d, data);
	case VIDIOC_ENUM_FRAMEINTERVALS: return enum_rate(d, data);
	case VIDIOC_S_FMT: return set_format(d, data);
	case VIDIOC_REQBUFS: return request(d, data);
	case VIDIOC_QUERYBUF: return query(d, data);
	case VIDIOC_QBUF: return queue(d, data);
	case VIDIOC_DQBUF: return dequeue(d, data);
	case VIDIOC_STREAMON: d->streaming = true; return 0;
	case VIDIOC_STREAMOFF: d->streaming = false; return 0;
	default: return no(ENOTTY);
	}
}

static int device_open(void *arg, const char *path)
{
	struct device *d = arg;
	if (strcmp(path, "/dev/video0") != 0)
		return no(ENOENT);
	if (d->fail_request == 0 && d->fail_errno != 0)
		return no(d->fail_errno);
	d->open++;
	return FD;
}

static int device_close(void *arg, int fd)
{
	struct device *d = arg;
	assert_int_equal(fd, FD);
	d->open--;
	return 0;
}

/* Ends where a page ends that nobody may touch: a library without a sanitizer is caught too. */
static size_t pages(size_t len)
{
	return (len + PAGE - 1) / PAGE * PAGE;
}

static uint8_t *fenced_new(size_t len)
{
	uint8_t *p = mmap(
	    NULL, pages(len) + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(p != MAP_FAILED);
	assert_int_equal(mprotect(p + pages(len), PAGE, PROT_NONE), 0);
	return p + pages(len) - len;
}

static void fenced_free(uint8_t *p, size_t len)
{
	assert_int_equal(munmap(p + len - pages(len), pages(len) + PAGE), 0);
}

static void *device_mmap(void *arg, size_t len, int fd, int64_t offset)
{
	struct device *d = arg;
	const size_t i = (size_t)offset / PAGE;
	assert_int_equal(fd, FD);
	assert_true(i < d->n);
	assert_false(d->buffer[i].mapped);
	if (d->fail_request == 1) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	d->buffer[i].bytes = fenced_new(len);
	d->buffer[i].mapped = true;
	return d->buffer[i].bytes;
}

static int device_munmap(void *arg, void *p, size_t len)
{
	struct device *d = arg;
	for (uint32_t i = 0; i < d->n; i++) {
		if (d->buffer[i].bytes != p)
			continue;
		assert_true(d->buffer[i].mapped);
		assert_int_equal(d->buffer[i].len, len);
		d->buffer[i].mapped = false;
		d->buffer[i].bytes = NULL;
		fenced_free(p, len);
		return 0;
	}
	fail();
	return -1;
}

struct v4l2_system device_system(struct device *d)
{
	return (struct v4l2_system){
	    device_open, device_close, device_ioctl, device_mmap, device_munmap, d};
}

void device_assert_released(const struct device *d)
{
	assert_int_equal(d->open, 0);
	assert_false(d->streaming);
	for (uint32_t i = 0; i < DEVICE_BUFFERS; i++)
		assert_false(d->buffer[i].mapped);
}
