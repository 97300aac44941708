/*
 * kiosk.conf: the devices of one kiosk and nothing else; policy comes from foyerd. It hides the file's form, which is foyer.conf's, and the
 * defaults. kiosk.conf(5) is part of foyer-kiosk(1).
 */
#ifndef KIOSK_VISITOR_KIOSK_CONF_H
#define KIOSK_VISITOR_KIOSK_CONF_H

#include <limits.h>
#include <stdbool.h>

#include "base/conf_read.h"
#include "base/err.h"
#include "base/text.h"
#include "scan/reader.h"
#include "scan/wedge.h"

enum { KIOSK_READERS = 4 };

struct kiosk_conf {
	char socket[PATH_MAX]; /* of foyerd; "": the command line must name it */
	enum kiosk_colours { KIOSK_COLOURS_AUTO, KIOSK_COLOURS_MONO } colours;
	bool mouse;
	char camera_program[TEXT_WORD_SZ];
	char camera_device[PATH_MAX]; /* "": no camera */
	int camera_columns, camera_rows;
	struct wedge_conf wedge;
	struct reader_conf readers[KIOSK_READERS];
	int n_readers;
};

/* Read path over the defaults; a file that is not there is ERR_NOT_FOUND and *c holds the defaults. ERR_CONFIG: "file:line: option: what is wrong;
 * what is allowed". */
enum err_code kiosk_conf_load(struct kiosk_conf *c, const char *path, struct err *e) MUST_USE;

/* For a reader that stands in no file: its defaults; and one of its options, in the words that the file has for it. False: what is wrong, and what is
 * allowed, in why; an option that a reader does not have is a bug. */
void kiosk_conf_reader_init(struct reader_conf *r);
bool kiosk_conf_reader_set(
    struct reader_conf *r, const char *option, const char *value, char why[CONF_WHY_SZ]);

#endif
