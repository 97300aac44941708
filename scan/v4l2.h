/*
 * A camera by Video4Linux2, memory-mapped (kernel: userspace-api/media/v4l). It hides formats, sizes and buffers. The system calls are a
 * table, so that a test can play a camera.
 *
 * The descriptor is opened once: the program's sandbox lets nothing be opened later, and a camera that is plugged in again is another device
 * file. So ERR_UNREACHABLE (unplugged, or no picture for V4L2_STALL_MS) is the end of this source.
 */
#ifndef SCAN_V4L2_H
#define SCAN_V4L2_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "scan/source.h"

enum { V4L2_STALL_MS = 5000, V4L2_BUFFERS = 4 };

/* As open(2), close(2), ioctl(2), mmap(2) and munmap(2) answer, errno too; copied. */
struct v4l2_system {
	int (*open)(void *arg, const char *path);
	int (*close)(void *arg, int fd);
	int (*ioctl)(void *arg, int fd, unsigned long request, void *data);
	void *(*mmap)(void *arg, size_t len, int fd, int64_t offset);
	int (*munmap)(void *arg, void *p, size_t len);
	void *arg;
};
struct v4l2_system v4l2_system_real(void);

/* Open, settle a mode, start. Errors as source_open. */
enum err_code v4l2_open(struct source *s, const char *path, const struct v4l2_system *system,
    int64_t now_ms, struct err *e) MUST_USE;

/* --- the mode, for v4l2.c and its test --------------------------------------------------- */

struct v4l2_mode {
	uint32_t pixels; /* V4L2_PIX_FMT_GREY, _NV12, _YUYV, _MJPEG or _JPEG */
	int width, height;
	size_t stride; /* bytes a row; 0 for JPEG */
};

/*
 * Of what the camera offers: at least ten pictures a second, at most 1280×720, as many pixels as that leaves, raw before JPEG; the nearest to that where
 * it has none such. Then set; *m is what the driver made of it. ERR_BUSY, ERR_UNSUPPORTED, ERR_IO.
 */
enum err_code v4l2_mode_set(
    struct v4l2_mode *m, const struct v4l2_system *system, int fd, struct err *e) MUST_USE;

/* ioctl(2) once more after EINTR. */
int v4l2_ioctl(const struct v4l2_system *system, int fd, unsigned long request, void *data);

#endif
