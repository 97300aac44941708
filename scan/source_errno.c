/* Apart from source.c: who only opens a device of another sort needs no pictures. */
#include "scan/source.h"

#include <errno.h>

enum err_code source_errno(struct err *e, const char *what)
{
	enum err_code code = ERR_IO;
	if (errno == ENOENT || errno == ENOTDIR || errno == ENODEV || errno == ENXIO)
		code = ERR_NOT_FOUND;
	else if (errno == EACCES || errno == EPERM)
		code = ERR_DENIED;
	else if (errno == EBUSY)
		code = ERR_BUSY;
	return err_errno(e, code, "%s", what);
}
