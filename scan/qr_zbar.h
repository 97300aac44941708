/*
 * QR codes in a picture, by ZBar: only its decoder, only for QR, and told to leave the bytes as they are (by default it guesses a charset and mangles
 * UTF-8). Its other decoders misread, are slow and print; its video part crashes without a screen. It reads some codes that libzxing does not,
 * and takes five times as long.
 */
#ifndef SCAN_QR_ZBAR_H
#define SCAN_QR_ZBAR_H

#include "scan/code.h"

struct qr_zbar;
struct qr_zbar *qr_zbar_new(void);
/* How many were found. Their bytes are lent until the next call. A picture that is too small for any code has none. */
int qr_zbar_read(struct qr_zbar *r, const struct image *im, struct code codes[CODES_MAX]);
void qr_zbar_free(struct qr_zbar *own_r);

#endif
