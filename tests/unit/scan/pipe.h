/* The kiosk's end of the pipe, for tests: frames that came, counted and kept. */
#ifndef TESTS_UNIT_SCAN_PIPE_H
#define TESTS_UNIT_SCAN_PIPE_H

#include <stdbool.h>

#include "scan/out.h"

enum { PIPE_CODES = 32 };

struct pipe_end {
	int fd; /* read from this */
	struct camera_reader reader;
	int previews, codes, states;
	int pdf417, stray, mrz; /* of the codes */
	int many;
	char code[PIPE_CODES][144]; /* cut, NUL-terminated */
	size_t code_len[PIPE_CODES];
	char state[CAMERA_WORD_SZ];
	int cols, rows; /* of the last preview */
	int outlines;
	struct camera_outline outline; /* the last */
};

/* A pipe of 4096 bytes (the kernel's least) where small, else the kernel's usual; o writes to it without blocking. */
void pipe_start(struct pipe_end *p, struct out *o, bool small);
/* Take what is there now. */
void pipe_take(struct pipe_end *p);
void pipe_hang_up(struct pipe_end *p);
/* Both ends. */
void pipe_stop(struct pipe_end *p, struct out *o);

#endif
