/* Millimetres, points (1/72 inch: what PDF and pango count in) and printer dots. For badge/
 * only. */
#ifndef BADGE_UNITS_H
#define BADGE_UNITS_H

#define POINTS_PER_INCH 72.0
#define MM_PER_INCH 25.4

static inline double mm_to_pt(double mm)
{
	return mm * POINTS_PER_INCH / MM_PER_INCH;
}

static inline double mm_to_dots(double mm, int dpi)
{
	return mm * dpi / MM_PER_INCH;
}

#endif
