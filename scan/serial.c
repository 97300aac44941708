#include "scan/serial.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "scan/source.h"

static const struct {
	int bits;
	speed_t code;
} speeds[] = {{1200, B1200}, {2400, B2400}, {4800, B4800}, {9600, B9600}, {19200, B19200},
    {38400, B38400}, {57600, B57600}, {115200, B115200}, {230400, B230400}, {460800, B460800},
    {921600, B921600}};

static const speed_t *speed_code(int bits)
{
	for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++)
		if (speeds[i].bits == bits)
			return &speeds[i].code;
	return NULL;
}

bool serial_speed_known(int speed)
{
	return speed_code(speed) != NULL;
}

bool serial_framing(struct serial_conf *c, const char *text)
{
	if ((text[0] != '7' && text[0] != '8') ||
	    (text[1] != 'N' && text[1] != 'E' && text[1] != 'O') ||
	    (text[2] != '1' && text[2] != '2') || text[3] != '\0')
		return false;
	c->bits = text[0] - '0';
	c->parity = text[1];
	c->stops = text[2] - '0';
	return true;
}

/* termios(3). VMIN 1: read(2) tells "nothing yet" (EAGAIN) from "gone" (0). A byte whose parity is wrong reads as NUL, and is left out. TCSAFLUSH
 * throws away what came before; it also passes over a port that cannot do the framing, as one that USB plays may: ISTRIP does for it. */
static enum err_code settle(int fd, const char *path, const struct serial_conf *c, struct err *e)
{
	struct termios t;
	const speed_t *speed = speed_code(c->speed);
	if (speed == NULL)
		return err_set(e, ERR_UNSUPPORTED, "%s: no such speed", path);
	if (tcgetattr(fd, &t) != 0)
		return err_set(e, ERR_UNSUPPORTED, "%s: no serial port", path);
	cfmakeraw(&t);
	t.c_iflag = IGNBRK;
	t.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
	t.c_cflag |= CLOCAL | CREAD | (c->bits == 7 ? CS7 : CS8);
	if (c->bits == 7)
		t.c_iflag |= ISTRIP;
	if (c->parity != 'N') {
		t.c_cflag |= PARENB | (c->parity == 'O' ? PARODD : 0);
		t.c_iflag |= INPCK;
	}
	if (c->stops == 2)
		t.c_cflag |= CSTOPB;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (cfsetspeed(&t, *speed) != 0 || tcsetattr(fd, TCSAFLUSH, &t) != 0 ||
	    ioctl(fd, TIOCEXCL) != 0)
		return source_errno(e, path);
	return ERR_OK;
}

enum err_code serial_open(int *own_fd, const char *path, const struct serial_conf *c, struct err *e)
{
	*own_fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (*own_fd < 0)
		return source_errno(e, path);
	enum err_code rc = settle(*own_fd, path, c, e);
	if (rc != ERR_OK) {
		(void)close(*own_fd);
		*own_fd = -1;
	}
	return rc;
}
