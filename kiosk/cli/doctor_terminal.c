/* Is this terminal one that the kiosk can be drawn on? The one file of the command line that
 * knows curses, and of that only the descriptions of terminals (terminfo(5)). */
#include "kiosk/cli/doctor_own.h"

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"

/* Last: term.h makes macros of words like "columns". */
#include <curses.h>
#include <term.h>

enum { COLUMNS_LEAST = 60, ROWS_LEAST = 16, COLOURS_LEAST = 8 };

static void size(json_t *checks)
{
	struct winsize w;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_col == 0) {
		doctor_say(checks, "terminal size", DOCTOR_WARN, "stty cols 80 rows 24",
		    "the terminal does not tell its size");
		return;
	}
	bool fits = w.ws_col >= COLUMNS_LEAST && w.ws_row >= ROWS_LEAST;
	doctor_say(checks, "terminal size", fits ? DOCTOR_OK : DOCTOR_WARN,
	    fits ? "" : "make the window larger, or the font smaller",
	    "%dx%d; the kiosk needs %dx%d", w.ws_col, w.ws_row, COLUMNS_LEAST, ROWS_LEAST);
}

static void locale(json_t *checks)
{
	/* Only LC_CTYPE, and only to ask: nothing here depends on it. */
	char before[64];
	(void)str_copy(before, sizeof before, setlocale(LC_CTYPE, NULL));
	bool set = setlocale(LC_CTYPE, "") != NULL;
	bool utf8 = set && str_eq(nl_langinfo(CODESET), "UTF-8");
	(void)setlocale(LC_CTYPE, before);
	doctor_say(checks, "locale", utf8 ? DOCTOR_OK : DOCTOR_FAIL,
	    utf8 ? "" : "export LC_ALL=C.UTF-8", "%s",
	    utf8 ? "UTF-8"
		 : (set ? "not UTF-8: names will not read right"
			: "LC_ALL or LANG names one that this machine does not have"));
}

void doctor_terminal(json_t *checks, const char *term, bool is_tty)
{
	int why = 0;
	bool known = term != NULL && setupterm(term, STDOUT_FILENO, &why) == OK;
	locale(checks);
	if (!is_tty && term == NULL) /* a cron job has no terminal, and needs none */
		return;
	if (!known) {
		doctor_say(checks, "terminal", DOCTOR_FAIL,
		    "set TERM to what it is (TERM=xterm-256color), or install ncurses-term",
		    "TERM=%s is not known here", term != NULL ? term : "");
		return;
	}
	int colours = tigetnum("colors");
	(void)del_curterm(cur_term);
	doctor_say(checks, "terminal", DOCTOR_OK, "", "TERM=%s", term);
	if (!is_tty)
		return;
	doctor_say(checks, "terminal colours", colours >= COLOURS_LEAST ? DOCTOR_OK : DOCTOR_WARN,
	    colours >= COLOURS_LEAST ? "" : "choose a TERM with colours, if the terminal has them",
	    "%d", colours > 0 ? colours : 0);
	size(checks);
}
