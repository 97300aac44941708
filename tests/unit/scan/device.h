/*
 * A camera that does what a test says, behind struct v4l2_system. It keeps Video4Linux2's own rules and fails the test where the driver of a real one
 * would refuse: buffers only after REQBUFS, a buffer queued once, nothing dequeued that was not queued, all given back at the end.
 */
#ifndef TESTS_UNIT_SCAN_DEVICE_H
#define TESTS_UNIT_SCAN_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "scan/v4l2.h"

enum { DEVICE_MODES = 16, DEVICE_BUFFERS = 4, DEVICE_FRAMES = 16 };

struct device_mode { /* fps 0: it does not tell */
	uint32_t pixels, width, height, fps;
};

struct device {
	/* What it is; filled by the test. */
	struct device_mode modes[DEVICE_MODES]; /* in the order told; pixels 0 ends */
	bool stepwise; /* sizes from 16×16 to those of each format's first mode, in steps of 16 */
	bool no_sizes; /* ENUM_FRAMESIZES is unknown */
	uint32_t capabilities, device_caps;
	uint32_t buffers; /* how many it has memory for */
	uint32_t insists; /* S_FMT: this pixel format, whatever was asked */
	uint32_t padding; /* bytes at the end of each row */
	unsigned long
	    fail_request; /* this ioctl answers fail_errno, from the fail_after-th time on */
	int fail_errno, fail_after;
	int interrupts; /* this many calls answer EINTR first */

	/* What became of it. */
	int open, fail_count;
	struct device_mode set;
	bool streaming;
	struct {
		uint8_t *bytes;
		size_t len;
		bool mapped, queued;
	} buffer[DEVICE_BUFFERS];
	uint32_t n;

	/* Pictures to come. */
	struct device_frame {
		const uint8_t *bytes;
		size_t len, claims; /* claims: bytesused, where not 0 */
		uint32_t flags, index; /* index: a wrong one, where not 0 */
	} frame[DEVICE_FRAMES];
	int frames, next;
	int gone; /* errno of DQBUF once the frames are out; 0: EAGAIN */
};

/* An ordinary one: YUYV 640×480 at 30. */
void device_init(struct device *d);
struct v4l2_system device_system(struct device *d);
void device_add(struct device *d, const void *bytes, size_t len);
/* Closed, unmapped, stopped. */
void device_assert_released(const struct device *d);

#endif
