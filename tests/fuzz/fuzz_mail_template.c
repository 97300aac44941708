// rooms: notify base
/* A mail text of any bytes, with hostile values: it renders within its bounds under a clean subject, or the error names a line. */
#include "notify/template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct mail_vars vars;
	struct err e = {0};
	char subject[MAIL_SUBJECT_SZ];
	struct str_buf body = STR_BUF_INIT;
	if (len > MAIL_TEMPLATE_MAX)
		return 0;
	mail_vars_init(&vars);
	must(mail_vars_set(&vars, "visitor", "{{host}}\r\nBcc: x@evil.example\x1b\xe2\x80\xae",
		 NULL) == ERR_OK);
	must(mail_vars_set(&vars, "host", "Jørn", NULL) == ERR_OK);
	struct mail_template t = {.label = "en/x.txt", .src = mem_new(len + 1, 1), .len = len};
	memcpy(t.src, data, len);
	enum err_code code = mail_template_render(&t, &vars, subject, &body, &e);
	if (code == ERR_OK) {
		must(subject[0] != '\0' && text_is_clean(subject, TEXT_LINE));
		must(body.len > 0 && body.len <= MAIL_BODY_MAX);
		must(memmem(body.data, body.len, "\nBcc:", 5) == NULL ||
		     memmem(data, len, "\nBcc:", 5) != NULL);
	} else {
		must(code == ERR_CONFIG && strncmp(e.msg, "en/x.txt:", 9) == 0);
	}
	str_buf_fini(&body);
	mail_template_fini(&t);
	return 0;
}
