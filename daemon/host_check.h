/*
 * What makes a host's entry a good one, wherever it comes from.
 */
#ifndef DAEMON_HOST_CHECK_H
#define DAEMON_HOST_CHECK_H

#include "base/conf.h"
#include "base/err.h"
#include "db/host.h"

/* ERR_INPUT names the member: uid and name are there, mail is an address or empty, away
 * ends after it begins. */
enum err_code host_check(const struct db_host *h, struct err *e) MUST_USE;

/* A host's language is one of the site's, which ERR_INPUT lists, or empty: in no other anything is
 * written here. */
enum err_code host_lang_check(const struct conf *conf, const char *lang, struct err *e) MUST_USE;

#endif
