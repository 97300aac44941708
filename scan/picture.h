/*
 * Pictures in files, and the JPEG frames of cameras, decoded to grey, with their colours beside it where image.tint wants them. It hides libpng and libjpeg. The bytes are hostile: no side beyond
 * IMAGE_SIDE_MAX, bounded memory for what is not pixels, a bounded number of passes, every error of a library survived. Nothing is printed.
 *
 * All of these: ERR_INPUT for what cannot be read, and then what *im holds is undefined (image_fini is still owed).
 */
#ifndef SCAN_PICTURE_H
#define SCAN_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "scan/image.h"

enum { PICTURE_BYTES_MAX = 16 * 1024 * 1024 };

/* By its first bytes: PNG, JPEG or PGM. What is transparent is white: a code drawn in black on nothing is to be read. */
enum err_code picture_decode(
    struct image *im, const uint8_t *bytes, size_t len, struct err *e) MUST_USE;

enum err_code picture_png(
    struct image *im, const uint8_t *bytes, size_t len, struct err *e) MUST_USE;

/* Also a frame of Motion-JPEG, without Huffman tables of its own and with a byte too many or too few: cameras send such. A picture that breaks
 * off is what came of it. */
enum err_code picture_jpeg(
    struct image *im, const uint8_t *bytes, size_t len, struct err *e) MUST_USE;

/* Binary, one byte a pixel (netpbm: pgm(5), "P5", Maxval 255 at most). */
enum err_code picture_pgm(
    struct image *im, const uint8_t *bytes, size_t len, struct err *e) MUST_USE;

#endif
