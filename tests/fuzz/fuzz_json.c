// rooms: base
/* JSON at the edge: what is read prints as one line and reads again as the same. */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void read_it(const json_t *v)
{
	struct json_reader r;
	struct err e = {0};
	char name[TEXT_NAME_SZ] = "", raw[TEXT_SCAN_SZ] = "";
	int64_t n = 0;
	bool b = false;
	struct uuid id;
	const json_t *o, *a;
	json_read_begin(&r, v, &e);
	(void)json_read_text(&r, "name", JSON_OPTIONAL, name, sizeof name, TEXT_LINE);
	(void)json_read_raw(&r, "text", JSON_OPTIONAL, raw, sizeof raw);
	(void)json_read_int(&r, "until_ms", JSON_OPTIONAL, &n, 0, 1000);
	(void)json_read_bool(&r, "escort", JSON_OPTIONAL, &b);
	(void)json_read_uuid(&r, "id", JSON_OPTIONAL, &id);
	(void)json_read_object(&r, "fields", JSON_OPTIONAL, &o);
	(void)json_read_array(&r, "doors", JSON_OPTIONAL, 4, &a);
	enum err_code code = json_read_end(&r);
	must(text_is_clean(name, TEXT_LINE) && n >= 0 && n <= 1000);
	must(code == ERR_OK ||
	     (e.code == code && e.msg[0] != '\0' && memchr(e.msg, '\0', sizeof e.msg) != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *v, *again;
	struct err e;
	if (json_parse_object(&v, (const char *)data, size, 65536, &e) != ERR_OK) {
		must(v == NULL);
		return 0;
	}
	char *line = json_print_line(v);
	must(strchr(line, '\n') == NULL);
	/* Escapes may make it longer than it came. */
	must(json_parse_object(&again, line, strlen(line), 1 << 20, &e) == ERR_OK);
	must(json_equal(v, again));
	read_it(v);
	free(line);
	json_decref(v);
	json_decref(again);
	return 0;
}
