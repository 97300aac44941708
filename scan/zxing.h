/*
 * libzxing behind a C call: QR codes and PDF417 symbols in a grey picture. It hides C++; nothing is thrown across it.
 *
 * Only these two: Debian's libzxing is built with assertions, and its readers of linear codes end the process on pictures that anybody can hold up.
 * It has no state, and it keeps nothing of what it read but what the allocator keeps.
 */
#ifndef SCAN_ZXING_H
#define SCAN_ZXING_H

#include <stddef.h>
#include <stdint.h>

#include "scan/eci.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ZXING_QR = 1 << 0, ZXING_PDF417 = 1 << 1 };
enum { ZXING_BYTES_MAX = 4096, ZXING_CODES_MAX = 8 };

struct zxing_code {
	int kind; /* one of the two */
	size_t len; /* 1 … ZXING_BYTES_MAX; longer ones are passed over */
	uint8_t bytes[ZXING_BYTES_MAX]; /* as they stand in the symbol: no charset is guessed */
	struct eci_mark eci[ECI_MARKS_MAX];
	int n_eci; /* of a code with more of them: 0 */
	int x[4], y[4]; /* its corners, which may lie outside the picture */
};

/* How many of these kinds (a sum of ZXING_…) were found, ZXING_CODES_MAX at most; codes of several that belong together, and such as would program the
 * reader, are passed over. grey: width × height, row by row. Any failure within, also of memory, is a picture without codes. */
int zxing_read(const uint8_t *grey, int width, int height, unsigned kinds,
    struct zxing_code codes[ZXING_CODES_MAX]);

#ifdef __cplusplus
}
#endif

#endif
