/* cmocka and what it needs before it. */
#ifndef TESTS_UNIT_BASE_CHECK_H
#define TESTS_UNIT_BASE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
