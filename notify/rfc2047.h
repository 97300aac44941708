/*
 * Header fields from any text: encoded words (RFC 2047), quoted names (RFC 5322 §3.2.4) and folding, so that no value can end its
 * line or start another field. The encoder cleans what it is given (text_clean) before it writes a byte.
 *
 * A field is appended as "Name: value" without the final CR LF, folded by CR LF SP: at most 76 characters a line, at most 75 an
 * encoded word, and no encoded word holds part of a UTF-8 sequence (RFC 2047 §2, §5).
 */
#ifndef NOTIFY_RFC2047_H
#define NOTIFY_RFC2047_H

#include "base/err.h"
#include "base/str.h"

enum { MAIL_HEADER_VALUE_SZ = 1001 };

/* An unstructured field: Subject. ERR_TOO_LONG beyond MAIL_HEADER_VALUE_SZ. */
enum err_code mail_header_text(
    struct str_buf *out, const char *field, const char *value, struct err *e) MUST_USE;

/* A field that holds one mailbox: From, To. display may be empty. ERR_INPUT where address is no plain one (text_is_mail). */
enum err_code mail_header_mailbox(struct str_buf *out, const char *field, const char *display,
    const char *address, struct err *e) MUST_USE;

#endif
