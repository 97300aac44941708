/*
 * A mail server that says what it is told to, for one connection: a child process on 127.0.0.1. What the client sent is kept word for word.
 */
#ifndef TESTS_UNIT_NOTIFY_SMTP_SCRIPT_H
#define TESTS_UNIT_NOTIFY_SMTP_SCRIPT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The reply to a command that starts with verb; "GREETING" and "." are verbs too. "" says nothing, NULL hangs up. What no rule names
 * gets the usual answer. The list ends with a NULL verb. */
struct smtp_rule {
	const char *verb, *reply;
};

struct smtp_script {
	uint16_t port;
	pid_t pid;
	int record;
};
void smtp_script_start(struct smtp_script *s, const struct smtp_rule *rules);

/* Ends the server; returns what the client sent, NUL-terminated, the caller frees. */
char *smtp_script_stop(struct smtp_script *s);

#endif
