#include "tests/unit/notify/smtp_script.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"

enum { LIFE_S = 60 };

static void must(bool holds, const char *what)
{
	if (!holds) {
		perror(what);
		abort();
	}
}

static const char *reply_to(const struct smtp_rule *rules, const char *line)
{
	static const struct smtp_rule usual[] = {{"GREETING", "220 script"},
	    {"EHLO", "250-script\r\n250 8BITMIME"}, {"MAIL", "250 ok"}, {"RCPT", "250 ok"},
	    {"DATA", "354 go"}, {".", "250 2.0.0 taken"}, {"NOOP", "250 ok"}, {"QUIT", "221 bye"},
	    {"", "500 what"}};
	for (; rules != NULL && rules->verb != NULL; rules++) {
		if (strncasecmp(line, rules->verb, strlen(rules->verb)) == 0)
			return rules->reply;
	}
	size_t i = 0;
	while (strncasecmp(line, usual[i].verb, strlen(usual[i].verb)) != 0)
		i++;
	return usual[i].reply;
}

/* False: hang up. */
static bool say(FILE *out, const char *reply)
{
	if (reply == NULL)
		return false;
	if (*reply != '\0')
		(void)fprintf(out, "%s\r\n", reply);
	return fflush(out) == 0;
}

static void serve(int conn, int record, const struct smtp_rule *rules)
{
	FILE *in = fdopen(conn, "r"), *out = fdopen(dup(conn), "w");
	must(in != NULL && out != NULL, "fdopen");
	char line[4096];
	bool body = false, more = say(out, reply_to(rules, "GREETING"));
	while (more && fgets(line, sizeof line, in) != NULL) {
		must(write(record, line, strlen(line)) == (ssize_t)strlen(line), "write");
		bool end = strcmp(line, ".\r\n") == 0;
		if (body && !end)
			continue;
		const char *reply = reply_to(rules, line);
		body =
		    strncasecmp(line, "DATA", 4) == 0 && reply != NULL && str_starts(reply, "354");
		more = say(out, reply);
	}
}

void smtp_script_start(struct smtp_script *s, const struct smtp_rule *rules)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 1) == 0 &&
		 getsockname(fd, (struct sockaddr *)&a, &len) == 0,
	    "listen");
	s->port = ntohs(a.sin_port);
	s->record = memfd_create("record", MFD_CLOEXEC);
	must(s->record >= 0, "memfd_create");
	s->pid = fork();
	must(s->pid >= 0, "fork");
	if (s->pid > 0) {
		(void)close(fd);
		return;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)alarm(LIFE_S);
	int conn = accept(fd, NULL, NULL);
	if (conn >= 0)
		serve(conn, s->record, rules);
	_exit(0);
}

char *smtp_script_stop(struct smtp_script *s)
{
	(void)kill(s->pid, SIGKILL);
	must(waitpid(s->pid, NULL, 0) == s->pid, "waitpid");
	off_t n = lseek(s->record, 0, SEEK_END);
	must(n >= 0, "lseek");
	char *sent = mem_new((size_t)n + 1, 1);
	must(pread(s->record, sent, (size_t)n, 0) == n, "pread");
	(void)close(s->record);
	return sent;
}
