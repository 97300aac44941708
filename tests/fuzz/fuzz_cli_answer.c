// rooms: kiosk pass base
/* Whatever foyerd answers, what reaches the terminal is clean text in lines no wider than it,
 * and printing ends. The first byte is the terminal's width; what follows is an answer, or else
 * the cells of a table. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "kiosk/cli/table.h"
#include "kiosk/cli/visit_print.h"

enum { CELLS = 3, CELL_SZ = 256 };
static const struct table_column columns[CELLS] = {{"A", 4, false}, {"B", 4, true}, {"C", 4, true}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cells(struct print *p, const char *text, size_t len)
{
	struct table t;
	char cell[CELL_SZ];
	table_init(&t, columns, CELLS);
	while (len > 0) {
		size_t n = len < CELL_SZ - 1 ? len : CELL_SZ - 1;
		memcpy(cell, text, n);
		cell[n] = '\0';
		n = strcspn(cell, "|");
		cell[n] = '\0';
		table_add(&t, PRINT_BAD, cell);
		n = n < len ? n + 1 : len;
		text += n;
		len -= n;
	}
	while (t.n_cells % CELLS != 0)
		table_add(&t, PRINT_PLAIN, "");
	table_print(&t, p);
	table_fini(&t);
}

static void check(const char *out, size_t len, int room)
{
	char line[64 * 1024];
	if (strlen(out) != len)
		abort();
	for (const char *lf; (lf = strchr(out, '\n')) != NULL; out = lf + 1) {
		size_t n = (size_t)(lf - out);
		if (n >= sizeof line)
			abort();
		memcpy(line, out, n);
		line[n] = '\0';
		for (size_t i = 0; i < n; i++) {
			if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
				abort();
		}
		/* Runs of spaces are ours; nothing else may be unclean. */
		char words[sizeof line], *w = words;
		for (const char *r = line; *r != '\0'; r++) {
			if (*r != ' ' || (w > words && w[-1] != ' '))
				*w++ = *r;
		}
		while (w > words && w[-1] == ' ')
			w--;
		*w = '\0';
		if (!text_is_clean(words, TEXT_LINE) || (room > 0 && text_width(line) > room))
			abort();
	}
	if (*out != '\0')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *out = NULL, *text;
	size_t len;
	struct cli c = {.now_ms = 1795420800000};
	if (size == 0 || zone_set("Europe/Berlin", NULL) != ERR_OK)
		return 0;
	text = malloc(size);
	if (text == NULL)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	c.out =
	    (struct print){.f = open_memstream(&out, &len), .columns = data[0] < 40 ? 0 : data[0]};
	json_t *answer = json_loadb(text, size - 1, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(answer))
		visit_print(&c, answer);
	else
		cells(&c.out, text, size - 1);
	json_decref(answer);
	(void)fclose(c.out.f);
	check(out, len, c.out.columns);
	free(out);
	free(text);
	return 0;
}
