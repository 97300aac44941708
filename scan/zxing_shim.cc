#include "scan/zxing.h"

#include <algorithm>

#define ZX_USE_UTF8 /* its headers ask for it, loudly; no text of theirs is used */
#include <ZXing/ReadBarcode.h>

namespace
{

/* What bytesECI() says that bytes() does not: after a symbology identifier of three characters, "\\\\" is one byte of data, and six digits behind a
 * "\\" are an ECI (ISO/IEC 15424, AIM ITS/04-001). */
int take_eci(struct eci_mark *eci, const ZXing::Result &from)
{
	const ZXing::ByteArray marked = from.bytesECI();
	size_t at = 0;
	int n = 0;
	for (size_t i = 3; i < marked.size(); at++) {
		if (marked[i] != '\\' || (i + 1 < marked.size() && marked[i + 1] == '\\')) {
			i += marked[i] == '\\' ? 2 : 1;
			continue;
		}
		int number = 0;
		for (size_t k = i + 1; k < i + 7 && k < marked.size(); k++)
			number = number * 10 + (marked[k] - '0');
		if (n == ECI_MARKS_MAX || number < 0 || number > ECI_NUMBER_MAX)
			return 0;
		eci[n++] = {at, number};
		i += 7;
		at--;
	}
	return at == from.bytes().size() ? n : 0;
}

bool take(struct zxing_code *to, const ZXing::Result &from)
{
	const ZXing::ByteArray &bytes = from.bytes();
	if (!from.isValid() || from.isPartOfSequence() || from.readerInit() || bytes.empty() ||
	    bytes.size() > sizeof to->bytes)
		return false;
	to->kind = from.format() == ZXing::BarcodeFormat::PDF417 ? ZXING_PDF417 : ZXING_QR;
	to->len = bytes.size();
	std::copy(bytes.begin(), bytes.end(), to->bytes);
	to->n_eci = from.hasECI() ? take_eci(to->eci, from) : 0;
	for (int i = 0; i < 4; i++) {
		to->x[i] = from.position()[i].x;
		to->y[i] = from.position()[i].y;
	}
	return true;
}

int read(const ZXing::ImageView &view, unsigned kinds, struct zxing_code *codes)
{
	ZXing::BarcodeFormats formats;
	if (kinds & ZXING_QR)
		formats |= ZXing::BarcodeFormat::QRCode;
	if (kinds & ZXING_PDF417)
		formats |= ZXing::BarcodeFormat::PDF417;
	if (formats.empty()) /* all of them, to libzxing */
		return 0;
	ZXing::DecodeHints hints;
	hints.setFormats(formats).setMaxNumberOfSymbols(ZXING_CODES_MAX);
	int n = 0;
	for (const ZXing::Result &result : ZXing::ReadBarcodes(view, hints))
		if (n < ZXING_CODES_MAX && take(&codes[n], result))
			n++;
	return n;
}

} // namespace

int zxing_read(const uint8_t *grey, int width, int height, unsigned kinds,
    struct zxing_code codes[ZXING_CODES_MAX])
{
	try {
		return read(
		    ZXing::ImageView(grey, width, height, ZXing::ImageFormat::Lum), kinds, codes);
	} catch (...) {
		return 0;
	}
}
