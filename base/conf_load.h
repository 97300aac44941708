/*
 * Between the files of the configuration: what conf.c hands to conf_check.c. Nobody else includes this.
 */
#ifndef BASE_CONF_LOAD_H
#define BASE_CONF_LOAD_H

#include "base/conf.h"
#include "base/conf_tree.h"

/* Do the sections agree with each other? ERR_CONFIG "file:line: section title: option: what" of the section that counts. */
enum err_code conf_check(const struct conf *c, struct err *e) MUST_USE;

#endif
