/*
 * Where the start and stop characters of PDF417 symbols stand in a picture, at any angle. It hides the search: lines in four directions, so that
 * one of them crosses any bar at no more than 22.5 degrees off the square, and what was seen in several of them and lies on one straight line.
 */
#ifndef SCAN_PDF417_FIND_H
#define SCAN_PDF417_FIND_H

#include "scan/image.h"
#include "scan/pdf417_edges.h"
#include "scan/pdf417_xy.h"

enum { PDF417_GUARDS_MAX = 32, PDF417_CHAINS_MAX = 96, PDF417_HITS_MAX = 64 };

struct pdf417_guard {
	enum pdf417_guard_kind kind;
	/* Its edge towards the quiet zone and its edge towards the data, each from where the symbol's rows begin to where they end, as far as they were
	 * seen: seen from somebody who reads it, from the top to the bottom. */
	struct pdf417_xy outer[2], inner[2];
	float module; /* pixels */
	int hits;
};

/* Hits of one direction that lie on one line: a sum of the least squares. Positions are along the scanned lines, c is across. */
struct pdf417_chain {
	enum pdf417_guard_kind kind;
	bool reversed;
	int hits, c_first, c_last;
	float width; /* of the last hit */
	double c, cc, outer, outer_c, inner, inner_c;
};

/* What was seen on one line, in the coordinates of its direction. */
struct pdf417_hits {
	int n;
	struct pdf417_hit at[PDF417_HITS_MAX];
};

struct pdf417_finder {
	struct pdf417_edges edges;
	uint8_t line[IMAGE_SIDE_MAX];
	struct pdf417_chain chains[PDF417_CHAINS_MAX];
	int n_chains;
	struct pdf417_eye eye;
};

/* What a picture is like, by a few thousand of its pixels. */
struct pdf417_tone {
	uint8_t white; /* brighter are few pixels: paper */
	int least; /* grey levels: differences below that are noise */
	bool noisy; /* so that single lines may not say what they should */
};
struct pdf417_tone pdf417_tone_of(const struct image *im);

/* How to look: by an eye that takes this share of the strongest edge for one, along lines that are the mean of three or not. */
struct pdf417_way {
	int share;
	bool smooth;
};
struct pdf417_search {
	const struct image *im;
	struct pdf417_tone tone;
	struct pdf417_way how;
};

/* The directions of lines to look along, one after the other: whoever reads what is there needs not see it in all of them. */
enum { PDF417_DIRECTIONS = 4 };

/* Add what is seen in this direction to the n guards there are, the longest first; how many there are then. Whether any is new is told. f->eye is the
 * eye that looked. The work is bounded by the picture's size. */
int pdf417_find(struct pdf417_finder *f, const struct pdf417_search *s, int direction,
    struct pdf417_guard guards[PDF417_GUARDS_MAX], int n, bool *more);

#endif
