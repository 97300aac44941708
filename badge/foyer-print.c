/*
 * foyer-print: the courier for one printer (foyer-courier(7)). It draws badges, gives them to CUPS.
 *
 *   foyer-print                         speaks the courier protocol on stdin and stdout
 *   foyer-print --preview FILE.svg OUT  draws a template with a made-up visitor, for its designer:
 *                                       OUT.png at 300 dpi, else PDF
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badge/badge.h"
#include "badge/print_job.h"
#include "base/log.h"
#include "base/path.h"
#include "base/sandbox.h"

static enum err_code print_start(void *arg, const struct courier_start *s, struct err *e)
{
	struct badge_printing *p = arg;
	enum err_code code = badge_printing_read(p, s->conf, e);
	if (code != ERR_OK)
		return code;
	p->cups = badge_cups_new(&p->queue);
	const bool local = p->queue.server[0] == '/' || p->queue.server[0] == '\0';
	/* The usual cupsd listens on a socket of this machine: then no network at all. */
	const struct sandbox cell = {
	    .read = {p->data, "/etc/fonts", "/etc/cups", "/var/cache/fontconfig",
		p->templates[0] != '\0' ? p->templates : NULL},
	    .connect = {local ? 0 : badge_cups_port(p->cups)},
	    .allow = (local ? SANDBOX_UNIX : SANDBOX_INET | SANDBOX_RESOLVE) | SANDBOX_WITH_PARENT,
	};
	code = sandbox_enter(&cell, e);
	if (code == ERR_OK)
		badge_printing_warm_up(p);
	return code;
}

static int preview(const char *svg, const char *out)
{
	struct badge b = badge_example(); /* the preview goes to people who may print it */
	struct badge_template *t = NULL;
	struct str_buf page = STR_BUF_INIT;
	struct clock clock = clock_system();
	struct err e;
	const char *dot = strrchr(out, '.');
	enum err_code code = badge_template_load(&t, svg, &e);
	if (code == ERR_OK)
		code = str_eq(dot, ".png") ? badge_png(&page, t, &b, BADGE_DPI, &e)
					   : badge_pdf(&page, t, &b, &clock, &e);
	if (code == ERR_OK)
		code = path_write(out, page.data, page.len, 0644, &e);
	if (code != ERR_OK)
		(void)fprintf(stderr, "foyer-print: %s\n", e.msg);
	badge_template_free(t);
	str_buf_fini(&page);
	return code == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	if (argc == 4 && str_eq(argv[1], "--preview"))
		return preview(argv[2], argv[3]);
	if (argc != 1) {
		(void)fprintf(stderr,
		    "usage: foyer-print | foyer-print --preview TEMPLATE.svg OUT.png|OUT.pdf\n");
		return EXIT_FAILURE;
	}
	struct badge_printing printing = {.clock = clock_system()};
	const struct courier_spec spec = {.program = "foyer-print",
	    .courier = "print",
	    .line_max = COURIER_LINE_MAX,
	    .start = print_start,
	    .kinds = badge_print_kinds,
	    .arg = &printing};
	int rc = courier_run(&spec);
	badge_cups_free(printing.cups);
	return rc;
}
