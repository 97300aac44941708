/*
 * Pictures from files instead of a camera, for tests and demonstrations. It hides inotify, and that a picture is held up for two seconds
 * only. PNG, JPEG and PGM; regular files (no link is followed in a folder) of PICTURE_BYTES_MAX at most.
 *
 * One file is shown as long as the source lives. A folder is an empty grey scene; a picture that is written there or moved there is shown for
 * FILES_SHOW_MS, several one after another; what lay there before is not shown, names that begin with a dot never are, nothing is deleted. A file that
 * is no picture gets a log line without its name, which may be a visitor's.
 */
#ifndef SCAN_FILES_H
#define SCAN_FILES_H

#include "scan/source.h"

enum { FILES_SHOW_MS = 2000 };

enum err_code files_open_one(struct source *s, const char *path, struct err *e) MUST_USE;
/* Ends with ERR_UNREACHABLE when the folder is removed. */
enum err_code files_open_folder(struct source *s, const char *path, struct err *e) MUST_USE;

#endif
