// rooms: notify base
/*
 * A header field from any bytes: it keeps the rules of the wire, and a reader written apart gets back just what text_clean leaves of the
 * value. The first byte is the kind of field.
 */
#include "notify/rfc2047.h"

#include <stdint.h>

#include "base/text.h"
#include "tests/unit/notify/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	bool mailbox = data[0] & 1;
	char *value = mem_new(len, 1), clean[MAIL_HEADER_VALUE_SZ], *address = NULL;
	memcpy(value, data + 1, len - 1);
	struct str_buf out = STR_BUF_INIT;
	bool fits =
	    text_clean(clean, sizeof clean, value, strlen(value), TEXT_LINE, NULL) == ERR_OK;
	enum err_code code = mailbox
				 ? mail_header_mailbox(&out, "To", value, "zoe@guest.example", NULL)
				 : mail_header_text(&out, "Subject", value, NULL);
	decode_must((code == ERR_OK) == fits, "refused what fits, or took what does not");
	if (code == ERR_OK) {
		decode_check_lines(out.data, 76);
		char *back = mailbox ? decode_mailbox(out.data, &address) : decode_field(out.data);
		decode_must(strcmp(back, clean) == 0, "the value does not come back");
		decode_must(address == NULL || strcmp(address, "zoe@guest.example") == 0,
		    "another address");
		free(back);
		free(address);
	}
	str_buf_fini(&out);
	free(value);
	return 0;
}
