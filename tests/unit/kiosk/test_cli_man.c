/* man/foyer.1 and the command table say the same: every command in its order, every option of
 * each in its order, with the same argument. */
#include "tests/unit/kiosk/cli_rig.h"

#include <ctype.h>
#include <stdio.h>

#include "base/path.h"
#include "base/str.h"

enum { PAGE_MAX = 256 * 1024 };

struct page {
	char *text, *at;
};

static char *line_next(struct page *p)
{
	char *line = p->at, *lf = line != NULL ? strchr(line, '\n') : NULL;
	if (lf == NULL)
		return NULL;
	*lf = '\0';
	p->at = lf + 1;
	return line;
}

static int page_open(void **state)
{
	struct page *p = mem_new(1, sizeof *p);
	size_t len;
	if (path_read(&p->text, &len, "man/foyer.1", PAGE_MAX, NULL) != ERR_OK)
		return -1;
	p->at = p->text;
	*state = p;
	return 0;
}

static int page_close(void **state)
{
	struct page *p = *state;
	free(p->text);
	free(p);
	return 0;
}

static void section_find(struct page *p, const char *name)
{
	char *line;
	while ((line = line_next(p)) != NULL) {
		if (str_starts(line, ".Sh ") && str_eq(line + 4, name))
			return;
	}
	fail_msg("man/foyer.1 has no section %s", name);
}

/* "Fl f , Fl Fl force" → name "force", letter 'f'; "Fl Fl png Ar FILE" → arg "FILE". */
static void option_is(const char *item, const struct cli_option *o)
{
	char want[128];
	if (o->letter != 0 && o->arg != NULL)
		(void)str_print(want, sizeof want, "Fl %c Ar %s , Fl Fl %s Ar %s", o->letter,
		    o->arg, o->name, o->arg);
	else if (o->letter != 0)
		(void)str_print(want, sizeof want, "Fl %c , Fl Fl %s", o->letter, o->name);
	else
		(void)str_print(want, sizeof want, "Fl Fl %s%s%s", o->name,
		    o->arg != NULL ? " Ar " : "", o->arg != NULL ? o->arg : "");
	assert_string_equal(item, want);
}

static void options_are(struct page *p, const struct cli_option *o, char **line)
{
	for (; o != NULL && o->name != NULL; o++) {
		while (*line != NULL && !str_starts(*line, ".It Fl"))
			*line = line_next(p);
		if (*line == NULL) {
			fail_msg("man/foyer.1 lacks --%s", o->name);
			return;
		}
		option_is(*line + 4, o);
		*line = line_next(p);
	}
}

/* The words of ".It Ic visit show Ar VISIT" before the next macro. */
static void name_of(const char *item, char dst[64])
{
	dst[0] = '\0';
	while (*item != '\0') {
		size_t n = strcspn(item, " ");
		if (isupper((unsigned char)*item))
			return;
		size_t len = strlen(dst);
		(void)str_print(dst + len, 64 - len, "%s%.*s", len > 0 ? " " : "", (int)n, item);
		item += n;
		item += strspn(item, " ");
	}
}

static void man__common_options__as_in_the_table(void **state)
{
	struct page *p = *state;
	section_find(p, "DESCRIPTION");
	char *line = line_next(p);
	options_are(p, cli_options_common, &line);
}

static void man__commands__as_in_the_table(void **state)
{
	struct page *p = *state;
	const struct cli_command *cmd = cli_commands;
	char name[64], *line;
	section_find(p, "COMMANDS");
	line = line_next(p);
	while (line != NULL && !str_starts(line, ".Sh ")) {
		if (str_starts(line, ".It Ic ")) {
			name_of(line + 7, name);
			assert_non_null(cmd->name);
			assert_string_equal(name, cmd->name);
			line = line_next(p);
			options_are(p, cmd->options, &line);
			cmd++;
		} else {
			assert_false(str_starts(line, ".It Fl")); /* one that the table lacks */
			line = line_next(p);
		}
	}
	assert_null(cmd->name); /* one that the page lacks */
}

static void man__exit_status__every_one(void **state)
{
	struct page *p = *state;
	char *line, want[16];
	section_find(p, "EXIT STATUS");
	for (int status = CLI_OK; status <= CLI_DENIED; status++) {
		(void)str_print(want, sizeof want, ".It %d", status);
		while ((line = line_next(p)) != NULL && !str_starts(line, ".It"))
			;
		assert_string_equal(line, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		man__common_options__as_in_the_table, page_open, page_close),
	    cmocka_unit_test_setup_teardown(man__commands__as_in_the_table, page_open, page_close),
	    cmocka_unit_test_setup_teardown(man__exit_status__every_one, page_open, page_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
