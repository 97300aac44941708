/*
 * A reader with a device of its own: opened, listened to, and looked for again when it was unplugged. It hides what sort of device it is and how
 * its bytes become texts. Never blocks.
 *
 * Text from it is hostile: any bytes but NUL, bounded; from one that types UTF-8. The struct holds what was scanned until it is taken, some
 * conf.text.end_ms; reader_fini clears it. A path below /dev/input/by-id or /dev/serial/by-id means the same reader after it was plugged in again.
 */
#ifndef SCAN_READER_H
#define SCAN_READER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "scan/evdev.h"
#include "scan/reading.h"
#include "scan/serial.h"

enum { READER_AGAIN_MS = 1000 };

enum reader_kind {
	READER_SERIAL,
	READER_WEDGE /* one that types; its keys reach nobody else */
};

struct reader_conf {
	char name[TEXT_WORD_SZ]; /* for the log */
	char device[PATH_MAX];
	enum reader_kind kind;
	struct serial_conf serial;
	enum keymap layout; /* that a wedge is set to */
	struct reading_conf text;
};

struct reader {
	struct reader_conf conf;
	int fd; /* poll(2) this for reading; -1: it is not there */
	int64_t again_ms; /* when it is looked for */
	int64_t since_ms; /* when it was opened */
	enum { READER_TOLD_NOTHING, READER_TOLD_THERE, READER_TOLD_GONE } told; /* to the log */
	struct evdev evdev;
	struct reading reading;
};

void reader_init(struct reader *r, const struct reader_conf *conf);
void reader_fini(struct reader *r);

/* It is plugged in; after it was not, once it has stayed. */
bool reader_there(const struct reader *r);

/* Open it now, which is closed. For who asks once: errors as serial_open's and evdev_open's. */
enum err_code reader_open(struct reader *r, int64_t now_ms, struct err *e) MUST_USE;
/* Opens it when it is time to. */
void reader_step(struct reader *r, int64_t now_ms);
/* fd is readable: take what is there. */
void reader_read(struct reader *r, int64_t now_ms);
/* As reading_next. */
enum reading_end reader_next(struct reader *r, char dst[READING_TEXT_SZ], int64_t now_ms);
/* When reader_step or reader_next is wanted without more bytes; INT64_MAX: not. */
int64_t reader_due_ms(const struct reader *r);

#endif
