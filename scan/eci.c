#include "scan/eci.h"

#include <iconv.h>
#include <string.h>

/* AIM ITS/04-023, ECI part 3, the register. 0 and 1 are of the time before ECIs were. */
static const char *charset(int number)
{
	static const struct {
		int number;
		const char *name;
	} charsets[] = {{0, "CP437"}, {1, "ISO-8859-1"}, {2, "CP437"}, {3, "ISO-8859-1"},
	    {4, "ISO-8859-2"}, {5, "ISO-8859-3"}, {6, "ISO-8859-4"}, {7, "ISO-8859-5"},
	    {8, "ISO-8859-6"}, {9, "ISO-8859-7"}, {10, "ISO-8859-8"}, {11, "ISO-8859-9"},
	    {12, "ISO-8859-10"}, {13, "ISO-8859-11"}, {15, "ISO-8859-13"}, {16, "ISO-8859-14"},
	    {17, "ISO-8859-15"}, {18, "ISO-8859-16"}, {20, "CP932"}, {21, "CP1250"}, {22, "CP1251"},
	    {23, "CP1252"}, {24, "CP1256"}, {25, "UTF-16BE"}, {26, "UTF-8"}, {27, "ASCII"},
	    {28, "BIG5"}, {29, "GB18030"}, {30, "EUC-KR"}, {31, "GBK"}, {32, "GB18030"},
	    {33, "UTF-16LE"}, {34, "UTF-32BE"}, {35, "UTF-32LE"}, {170, "ASCII"}};
	for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
		if (charsets[i].number == number)
			return charsets[i].name;
	return NULL;
}

/* Where the next byte goes. */
struct space {
	char *to;
	size_t left;
};

/* True: all of it was of this character set, and went in. An ECI that holds for nothing may be any. */
static bool convert(struct space *s, int number, const uint8_t *bytes, size_t n)
{
	const char *from = charset(number);
	char *in = (char *)(uintptr_t)bytes; /* iconv(3) changes none of it */
	if (n == 0 || from == NULL)
		return n == 0;
	const iconv_t how = iconv_open("UTF-8", from);
	if (how == (iconv_t)-1)
		return false;
	const size_t done = iconv(how, &in, &n, &s->to, &s->left);
	(void)iconv_close(how);
	return done != (size_t)-1 && n == 0;
}

bool eci_to_utf8(const struct eci_bytes *from, uint8_t *dst, size_t room, size_t *len)
{
	struct space s = {(char *)dst, room};
	bool ok = true;
	for (int i = -1; i < from->n_marks && ok; i++) {
		const size_t begin = i < 0 ? 0 : from->marks[i].at;
		const size_t end = i + 1 < from->n_marks ? from->marks[i + 1].at : from->len;
		ok = begin <= end && end <= from->len &&
		     convert(&s, i < 0 ? 3 : from->marks[i].number, from->at + begin, end - begin);
	}
	*len = ok ? room - s.left : 0;
	if (!ok)
		explicit_bzero(dst, room - s.left);
	return ok;
}
