/*
 * The shipped etc/foyer.conf, compiled in. The file that administrators read and the defaults are one.
 */
#ifndef BASE_CONF_SHIPPED_H
#define BASE_CONF_SHIPPED_H

#include <stddef.h>

/* Not NUL-terminated. */
const char *conf_shipped(size_t *len);

#endif
