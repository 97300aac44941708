/*
 * The dark modules of a code as outlines: one closed path around each patch of them and around each hole in it, with a corner only where the
 * outline turns. A third of the points that a box for each run of modules has, and a page is ready that much sooner. For badge/ only.
 */
#ifndef BADGE_OUTLINE_H
#define BADGE_OUTLINE_H

#include <cairo.h>

#include "pass/qr.h"

/* Append to the path. The first module's upper left corner is the origin; dots is a module's side; every outline lies inset within its
 * patch, so modules that meet at a corner alone do not touch. Fill with the winding rule. */
void badge_outline(cairo_t *cr, const struct qr *q, int dots, double inset);

#endif
