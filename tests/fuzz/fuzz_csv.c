// rooms: daemon visit scan db pass match base
/*
 * A list of hosts from anybody: every record is bounded and terminated, the reader always moves on,
 * and what was read, written again by RFC 4180's rules, reads the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/csv.h"
#include "daemon/host_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(struct str_buf *out, const struct csv_record *r)
{
	for (int i = 0; i < r->n; i++) {
		str_buf_print(out, "%s\"", i ? "," : "");
		for (const char *s = r->field[i]; *s; s++) {
			str_buf_add(out, s, 1);
			if (*s == '"')
				str_buf_add(out, s, 1);
		}
		str_buf_add(out, "\"", 1);
	}
	str_buf_add(out, "\r\n", 2);
}

static void round_trip(const struct csv_record *r)
{
	struct str_buf out = STR_BUF_INIT;
	struct csv again;
	struct csv_record *b = malloc(sizeof *b);
	const char *why;
	write_again(&out, r);
	csv_init(&again, out.data, out.len);
	if (csv_next(&again, b, &why) != CSV_RECORD || b->n != r->n)
		abort();
	for (int i = 0; i < r->n; i++)
		if (strcmp(b->field[i], r->field[i]) != 0)
			abort();
	free(b);
	str_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv c;
	struct csv_record r;
	const char *why = NULL;
	enum csv_got got;
	csv_init(&c, (const char *)data, size);
	for (size_t before = c.pos; (got = csv_next(&c, &r, &why)) != CSV_END; before = c.pos) {
		if (c.pos <= before && c.pos < c.len)
			abort();
		if (got == CSV_RECORD)
			round_trip(&r);
		else if (!why)
			abort();
	}
	struct host_csv h;
	struct host_row *row = malloc(sizeof *row);
	struct err e;
	if (!host_csv_open(&h, (const char *)data, size, &e))
		while (host_csv_next(&h, row))
			if (!row->bad &&
			    (!text_is_clean(row->host.name, TEXT_LINE) || !row->host.uid[0]))
				abort();
	free(row);
	return 0;
}
