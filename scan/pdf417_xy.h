/*
 * Places and directions in a picture, for those who look for PDF417 symbols. x is to the right, y is down; the middle of the upper left pixel is 0, 0.
 */
#ifndef SCAN_PDF417_XY_H
#define SCAN_PDF417_XY_H

#include <math.h>

struct pdf417_xy {
	float x, y;
};

static inline struct pdf417_xy pdf417_from_to(struct pdf417_xy a, struct pdf417_xy b)
{
	return (struct pdf417_xy){b.x - a.x, b.y - a.y};
}

/* a, and so much of the way v. */
static inline struct pdf417_xy pdf417_along(struct pdf417_xy a, struct pdf417_xy v, float part)
{
	return (struct pdf417_xy){a.x + v.x * part, a.y + v.y * part};
}

/* 0: the first of two places, 1: the second one. */
static inline struct pdf417_xy pdf417_between(const struct pdf417_xy p[2], float part)
{
	return pdf417_along(p[0], pdf417_from_to(p[0], p[1]), part);
}

static inline float pdf417_length(struct pdf417_xy v)
{
	return hypotf(v.x, v.y);
}

static inline float pdf417_dot(struct pdf417_xy a, struct pdf417_xy b)
{
	return a.x * b.x + a.y * b.y;
}

/* Above 0: b is clockwise of a. */
static inline float pdf417_cross(struct pdf417_xy a, struct pdf417_xy b)
{
	return a.x * b.y - a.y * b.x;
}

/* The part of v, from a on, at which the straight line through p crosses it; 0 where it never does. */
static inline float pdf417_crossing(
    struct pdf417_xy a, struct pdf417_xy v, const struct pdf417_xy p[2])
{
	const struct pdf417_xy way = pdf417_from_to(p[0], p[1]);
	const float turn = pdf417_cross(v, way);
	return turn != 0 ? pdf417_cross(pdf417_from_to(a, p[0]), way) / turn : 0;
}

#endif
