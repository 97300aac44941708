/*
 * A line of pixels as the places where it turns dark and light, finer than a pixel. It hides how an edge is told from noise: each lies half way
 * between a peak and a valley beside it, so that bars and spaces of one module count although blur has taken most of their contrast, and no
 * threshold has to suit a whole picture.
 */
#ifndef SCAN_PDF417_EDGES_H
#define SCAN_PDF417_EDGES_H

#include <stdbool.h>
#include <stdint.h>

enum { PDF417_EDGES_MAX = 4096 };

struct pdf417_edges {
	int n; /* even */
	/* Ascending; pixel i lies at i. Those with an even index turn dark, the others light. */
	float at[PDF417_EDGES_MAX];
};

/* What is taken for an edge. */
struct pdf417_eye {
	uint8_t white; /* how bright paper is, beyond the ends of a line */
	int least; /* grey levels between a peak and a valley: less is noise */
	int part; /* 65536ths of the strongest edge nearby that an edge has at least: the less, the more blur is borne, and the less noise */
};

/* Of n pixels. What lies before and behind them is taken for white. */
void pdf417_edges_find(
    struct pdf417_edges *e, const uint8_t *pixels, int n, const struct pdf417_eye *eye);

/*
 * The characters at both ends of every row (ISO/IEC 15438, 5.3.2): bars and spaces, read forwards. They are measured from where one bar begins to where
 * another does, as the reference decode algorithm does it (annex J), for where bars end ink and light say: the start character up to the first bar of
 * the data, the stop character without its last bar, which is one module. Either is 17 modules then.
 */
enum pdf417_guard_kind { PDF417_START, PDF417_STOP };
enum { PDF417_GUARD_MODULES = 17, PDF417_LAST_BAR_MODULES = 1 };

/* Where such a character was seen in a line. */
struct pdf417_hit {
	enum pdf417_guard_kind kind;
	bool reversed; /* the line runs against the way the symbol is read */
	float outer, inner; /* where it is measured: towards the quiet zone, towards the data */
};
/* The next one whose widest bar begins with edge *i, which is even, or later; *i is then behind it. False: there is none, and *i is e->n. */
bool pdf417_edges_hit(const struct pdf417_edges *e, int *i, struct pdf417_hit *hit);

#endif
