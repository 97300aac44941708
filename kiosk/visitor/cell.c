#include "kiosk/visitor/cell.h"

#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/sandbox.h"
#include "base/str.h"

static const char *folder_of(char path[PATH_MAX])
{
	return dirname(path);
}

/* A camera that is plugged in again is another file below /dev, and a program that was replaced another one in its folder: so the folders
 * are let in. Pictures lie in a folder of their own, or are one file. */
static void camera_let_in(struct sandbox *cell, const struct kiosk_conf *conf,
    char device[PATH_MAX], char program[PATH_MAX])
{
	struct stat st;
	struct err e;
	if (conf->camera_device[0] == '\0')
		return;
	str_copy(device, PATH_MAX, conf->camera_device);
	if (str_starts(device, "/dev/"))
		cell->device[0] = "/dev";
	else if (stat(device, &st) == 0 && S_ISDIR(st.st_mode))
		cell->read[1] = device;
	else
		cell->read[1] = folder_of(device);
	if (path_program(program, conf->camera_program, &e) == ERR_OK)
		cell->program[0] = folder_of(program);
}

/* A reader, too, is another file once it is plugged in again. Serial ports lie in /dev itself, and a machine may have no input device yet. */
static void readers_let_in(struct sandbox *cell, const struct kiosk_conf *conf)
{
	static const char input[] = "/dev/input";
	struct stat st;
	bool there = stat(input, &st) == 0;
	for (int i = 0; i < conf->n_readers; i++) {
		bool types = conf->readers[i].kind == READER_WEDGE && there;
		if (!types)
			cell->device[0] = "/dev";
		else if (cell->device[0] == NULL)
			cell->device[0] = input;
	}
}

enum err_code kiosk_cell_enter(const struct kiosk_conf *conf, struct err *e)
{
	char data[PATH_MAX], device[PATH_MAX], program[PATH_MAX];
	struct sandbox cell = {.read = {path_data(data, "")}, .allow = SANDBOX_UNIX};
	camera_let_in(&cell, conf, device, program);
	readers_let_in(&cell, conf);
	return sandbox_enter(&cell, e);
}
