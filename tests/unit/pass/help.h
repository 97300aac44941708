/*
 * What the tests of pass/ share: a folder of their own, a fixed key, a keyboard under another layout, and zbarimg as the eye.
 */
#ifndef TESTS_UNIT_PASS_HELP_H
#define TESTS_UNIT_PASS_HELP_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "pass/key.h"
#include "pass/layout.h"

/* The test key: seed 00 01 … 1f. Never signs anything but tests. */
#define HELP_SEED_HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HELP_PUBLIC_HEX "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"

/* A new folder below $TMPDIR; help_dir_remove deletes it with the files in it. */
void help_dir_make(char dst[PATH_MAX]);
void help_dir_remove(const char *dir);

/* Write dir/name with exactly this mode, replacing what was there. */
void help_file(const char *dir, const char *name, const void *data, size_t len, unsigned mode);
void help_text_file(const char *dir, const char *name, const char *text, unsigned mode);
unsigned help_mode(const char *dir, const char *name);
void help_unlink(const char *dir, const char *name);

/* The test key as pass-001 in dir, and the ring of dir. */
void help_key_files(const char *dir);
struct pass_ring *help_ring(const char *dir);

/* What a terminal under layout l shows when a scanner types us. False if a dead key is met. */
bool help_type(char *dst, size_t dst_sz, const char *us, enum pass_layout l);

/* What zbarimg reads in a picture, without the line's end; "" if it reads nothing. */
void help_zbar(char *dst, size_t dst_sz, const char *dir, const char *name);

/* A grey picture (PGM, netpbm's pgm(5)) of side w × h, 0 black. */
void help_pgm(const char *dir, const char *name, const uint8_t *grey, size_t w, size_t h);

#endif
