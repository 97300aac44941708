// rooms: badge base
/*
 * print SERVER QUEUE PDF COUNT: the same page handed to a real cupsd over and over, in turn by foyer's own connection, which is kept, and by lp(1), a
 * process each time. A time runs until the server has taken the job. The queue is to be stopped: what a page then needs is another matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "badge/cups.h"
#include "base/path.h"
#include "tests/bench/lib_bench.h"

extern char **environ;

static int64_t by_lp(char *queue, char *pdf)
{
	char lp[] = "lp", s[] = "-s", d[] = "-d", t[] = "-t", title[] = "000001-1";
	char *const argv[] = {lp, s, d, queue, t, title, pdf, NULL};
	pid_t pid;
	int status;
	int64_t start = bench_ns();
	int failed = posix_spawnp(&pid, "lp", NULL, NULL, argv, environ);
	if (failed != 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		bench_die("lp: %s", failed != 0 ? strerror(failed) : "it failed");
	return bench_ns() - start;
}

static int64_t by_foyer(struct badge_cups *c, const struct str_buf *pdf, int64_t i)
{
	struct badge_ticket t = {.stamp = "1"}; /* as foyer-print's have one */
	struct err e = {0};
	(void)str_print(t.title, sizeof t.title, "%06lld-1", (long long)i);
	int64_t start = bench_ns();
	bench_must(badge_cups_print(c, &t, pdf, &e), &e);
	return bench_ns() - start;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		bench_die("print SERVER QUEUE PDF COUNT");
	struct badge_queue q = {.timeout_ms = 5000};
	struct badge_printer printer;
	struct bench_times foyer = {0}, lp = {0};
	struct err e = {0};
	struct str_buf pdf = STR_BUF_INIT;
	size_t len = 0;
	if (!str_copy(q.server, sizeof q.server, argv[1]) ||
	    !str_copy(q.queue, sizeof q.queue, argv[2]))
		bench_die("a name is too long");
	bench_must(path_read(&pdf.data, &len, argv[3], 1024 * 1024, &e), &e);
	pdf.len = len;
	if (setenv("CUPS_SERVER", argv[1], 1) != 0)
		bench_die("setenv: %s", strerror(errno));
	struct badge_cups *c = badge_cups_new(&q);
	bench_must(badge_cups_printer(c, &printer, &e), &e); /* connects */
	for (int64_t i = 0, n = bench_number(argv[4]); i < n; i++) {
		bench_add(&foyer, by_foyer(c, &pdf, i));
		bench_add(&lp, by_lp(argv[2], argv[3]));
	}
	bench_say("foyer", &foyer, NULL);
	bench_say("lp", &lp, NULL);
	badge_cups_free(c);
	free(pdf.data);
	return 0;
}
