/*
 * A reader at a serial port, or at one that USB plays (CDC-ACM). It hides termios(3): bytes come as they were sent, nothing is echoed, no
 * character means anything to the kernel.
 */
#ifndef SCAN_SERIAL_H
#define SCAN_SERIAL_H

#include <stdbool.h>

#include "base/err.h"

struct serial_conf {
	int speed; /* bits a second; USB does not mind which */
	int bits; /* 7 or 8 */
	char parity; /* 'N', 'E', 'O' */
	int stops; /* 1 or 2 */
};

bool serial_speed_known(int speed);
/* "8N1", "7E1", …: false, and *c as it was, where it is none. */
bool serial_framing(struct serial_conf *c, const char *text);

/*
 * Open to read, not blocking: read(2) answers EAGAIN while there is nothing, 0 or an error once the reader is unplugged. What was sent before is thrown
 * away. Errors as source_open's; ERR_BUSY: another program has it for itself, as we do from now on. ERR_UNSUPPORTED: no serial port.
 */
enum err_code serial_open(
    int *own_fd, const char *path, const struct serial_conf *c, struct err *e) MUST_USE;

#endif
