#include "daemon/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

bool lines_read(int fd, struct str_buf *b, size_t most,
    void (*take)(void *arg, const char *text, size_t len), void *arg)
{
	char buf[4096];
	/* A bounded number of reads a round: one talkative child must not hold the loop. */
	for (int round = 0; round < 16; round++) {
		ssize_t n = read(fd, buf, sizeof buf);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n <= 0)
			return false;
		str_buf_add(b, buf, (size_t)n);
		char *nl;
		while (b->len && (nl = memchr(b->data, '\n', b->len))) {
			size_t len = (size_t)(nl - b->data);
			*nl = 0;
			take(arg, b->data, len);
			str_buf_shift(b, len + 1);
		}
		if (b->len > most)
			return false;
	}
	return true;
}

void lines_log(const char *who, const char *text, size_t len)
{
	int level = 6;
	char clean[LINES_LOG_MOST];
	struct err e;
	if (len >= 3 && text[0] == '<' && text[1] >= '0' && text[1] <= '7' && text[2] == '>') {
		level = text[1] - '0';
		text += 3;
		len -= 3;
	}
	if (!len || text_clean(clean, sizeof clean, text, len, TEXT_LINE | TEXT_CUT, &e))
		return;
	if (level <= 3)
		log_error("%s: %s", who, clean);
	else if (level == 4)
		log_warn("%s: %s", who, clean);
	else if (level <= 6)
		log_info("%s: %s", who, clean);
	else
		log_debug("%s: %s", who, clean);
}
