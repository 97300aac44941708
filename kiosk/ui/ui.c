#include "kiosk/ui/ui.h"

#include <curses.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ESC_WAIT_MS = 25 };

/* One look a role: 256 colours, 8 colours, none. Contrast of text on its ground is at least 4.5:1 in the first. */
static const struct {
	short fg256, bg256, fg8, bg8;
	attr_t colour, mono;
} looks[UI_ROLES] = {
    [UI_TEXT] = {253, 235, COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_NORMAL},
    [UI_DIM] = {247, 235, COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_NORMAL},
    [UI_HEADING] = {231, 235, COLOR_WHITE, COLOR_BLACK, A_BOLD, A_BOLD},
    [UI_KEY] = {117, 235, COLOR_CYAN, COLOR_BLACK, A_BOLD, A_BOLD},
    [UI_RULE] = {241, 235, COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_NORMAL},
    [UI_TILE] = {253, 235, COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_NORMAL},
    [UI_TILE_ON] = {231, 25, COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE | A_BOLD},
    [UI_FIELD] = {253, 238, COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_UNDERLINE},
    /* Not bold: what is typed goes out letter by letter, each with its attributes. */
    [UI_FIELD_ON] = {231, 25, COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_UNDERLINE | A_BOLD},
    [UI_GOOD] = {114, 235, COLOR_GREEN, COLOR_BLACK, A_BOLD, A_BOLD},
    [UI_TROUBLE] = {216, 235, COLOR_YELLOW, COLOR_BLACK, A_BOLD, A_BOLD},
    [UI_CODE] = {16, 231, COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_REVERSE},
};

static void open_colours(struct ui *u, bool mono)
{
	u->colours = 0;
	if (mono || !has_colors() || start_color() == ERR || COLORS < 8 || COLOR_PAIRS < UI_PAIRS)
		return;
	/* Every cell has a role's colours; those that curses goes back to between them need not be set. */
	(void)use_default_colors();
	u->colours = COLORS >= UI_DIRECT ? UI_DIRECT : COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : 8;
	for (int i = 0; i < UI_ROLES; i++)
		ui_pair(u, i + 1, u->colours >= 256 ? looks[i].fg256 : looks[i].fg8,
		    u->colours >= 256 ? looks[i].bg256 : looks[i].bg8);
}

/* The terminal once more, not blocking. curses waits for the rest of a mouse report, and for the next key behind one that it does not care
 * for, whatever nodelay() says (lib_getch.c, lib_mouse.c): on stdin itself half a report would stop the program, and O_NONBLOCK there would be the
 * writer's too. */
static FILE *open_keys(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	FILE *keys = fdopen(fd, "r");
	if (keys == NULL)
		(void)close(fd);
	return keys;
}

enum err_code ui_open(struct ui *u, const struct ui_conf *conf, struct err *e)
{
	*u = (struct ui){.cursor_y = -1};
	FILE *in = conf->in;
	if (in == NULL)
		in = u->keys = open_keys();
	if (in == NULL)
		return err_errno(e, ERR_IO, "the terminal cannot be read");
	u->screen = newterm(conf->term, conf->out != NULL ? conf->out : stdout, in);
	if (u->screen == NULL) {
		if (u->keys != NULL)
			(void)fclose(u->keys);
		u->keys = NULL;
		return err_set(e, ERR_UNSUPPORTED, "this terminal type is not known here");
	}
	set_term(u->screen);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	set_escdelay(ESC_WAIT_MS);
	open_colours(u, conf->mono);
	if (conf->mouse) {
		mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED, NULL);
		mouseinterval(0);
	}
	if (conf->rows > 0)
		resize_term(conf->rows, conf->cols);
	getmaxyx(stdscr, u->rows, u->cols);
	return ERR_OK;
}

void ui_close(struct ui *u)
{
	if (u->screen == NULL)
		return;
	werase(stdscr); /* what stood there may be somebody's name */
	wrefresh(stdscr);
	endwin();
	delscreen(u->screen);
	u->screen = NULL;
	if (u->keys != NULL)
		(void)fclose(u->keys);
	u->keys = NULL;
}

bool ui_tty_size(int fd, int *rows, int *cols)
{
	struct winsize ws;
	if (ioctl(fd, TIOCGWINSZ, &ws) < 0 || ws.ws_row == 0 || ws.ws_col == 0)
		return false;
	*rows = ws.ws_row;
	*cols = ws.ws_col;
	return true;
}

void ui_resize(struct ui *u, int rows, int cols)
{
	resize_term(rows, cols);
	getmaxyx(stdscr, u->rows, u->cols);
	clearok(curscr, TRUE);
}

void ui_begin(struct ui *u)
{
	u->n_spots = 0;
	u->cursor_y = -1;
	ui_role(u, UI_TEXT);
	cchar_t ground;
	attr_t attrs = A_NORMAL;
	short pair = u->colours > 0 ? UI_TEXT + 1 : 0;
	setcchar(&ground, L" ", attrs, pair, NULL);
	bkgrndset(&ground);
	werase(stdscr);
}

void ui_end(struct ui *u)
{
	if (u->cursor_y >= 0) {
		wmove(stdscr, u->cursor_y, u->cursor_x);
		curs_set(1);
	} else {
		wmove(stdscr, u->rows - 1, u->cols - 1);
		curs_set(0);
	}
	wrefresh(stdscr);
}

void ui_beep(struct ui *u)
{
	(void)u;
	beep();
}

static struct ui_input click(const struct ui *u)
{
	MEVENT ev;
	struct ui_input in = {.kind = UI_NOTHING};
	if (getmouse(&ev) == ERR)
		return in;
	for (int i = u->n_spots - 1; i >= 0; i--) { /* what was drawn last lies on top */
		const struct ui_rect *r = &u->spots[i].at;
		if (ev.y >= r->y && ev.y < r->y + r->h && ev.x >= r->x && ev.x < r->x + r->w) {
			in = (struct ui_input){
			    .kind = UI_CLICK, .action = u->spots[i].action, .arg = u->spots[i].arg};
			break;
		}
	}
	return in;
}

struct ui_input ui_read(struct ui *u)
{
	for (;;) {
		wint_t c;
		int rc = wget_wch(stdscr, &c);
		if (rc == ERR)
			return (struct ui_input){.kind = UI_NOTHING};
		if (rc == KEY_CODE_YES && c == KEY_RESIZE)
			continue; /* sizes come with the signal */
		if (rc == KEY_CODE_YES && c == KEY_MOUSE) {
			struct ui_input in = click(u);
			if (in.kind == UI_NOTHING)
				continue;
			return in;
		}
		return (struct ui_input){
		    .kind = UI_PRESS, .key = {.code = (uint32_t)c, .function = rc == KEY_CODE_YES}};
	}
}

void ui_role(struct ui *u, enum ui_role role)
{
	attr_t attrs = u->colours > 0 ? looks[role].colour : looks[role].mono;
	wattr_set(stdscr, attrs, u->colours > 0 ? (short)(role + 1) : 0, NULL);
}

void ui_spot(struct ui *u, struct ui_rect at, int action, int arg)
{
	if (u->n_spots < UI_SPOTS)
		u->spots[u->n_spots++] = (struct ui_spot){at, action, arg};
}
