// rooms: kiosk base
/*
 * empty: a curses program that does nothing: one line in the middle of the screen, until a key comes. What a terminal costs by itself.
 */
#include <curses.h>
#include <locale.h>

int main(void)
{
	(void)setlocale(LC_ALL, "");
	if (initscr() == NULL)
		return 1;
	(void)noecho();
	(void)mvaddstr(LINES / 2, 10, "empty");
	(void)refresh();
	(void)getch();
	(void)endwin();
	return 0;
}
