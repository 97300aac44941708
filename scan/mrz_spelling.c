#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "scan/mrz.h"

/* 9303-3, section 6 A, read backwards, where a state's own alphabet has the letter. */
static const struct {
	const char *states, *zone, *small;
} letters[] = {
    {"DEU AUT CHE LIE LUX", "AE", "ä"},
    {"DEU AUT CHE LIE LUX", "OE", "ö"},
    {"DEU AUT CHE LIE LUX", "UE", "ü"},
    {"SWE FIN", "AE", "ä"},
    {"SWE FIN", "OE", "ö"},
    {"SWE FIN NOR DNK", "AA", "å"},
    {"NOR DNK", "AE", "æ"},
    {"NOR DNK", "OE", "ø"},
    {"EST", "AE", "ä"},
    {"EST", "OE", "ö"},
    {"EST", "UE", "ü"},
    {"ISL", "TH", "þ"},
    {"ISL", "AE", "æ"},
    {"TUR HUN", "UE", "ü"},
    {"TUR HUN", "OE", "ö"},
};

static bool vowel(char c)
{
	return strchr("AEIOU", c) != NULL;
}

/* "Manuel", "Joel", "Bauer" and "Que" have two letters, no umlaut: not after a vowel or Q, not before a last L. */
static const char *umlaut_at(const char *zone, size_t i, size_t len, const char *state)
{
	if (i + 1 >= len || (i > 0 && (vowel(zone[i - 1]) || zone[i - 1] == 'Q')) ||
	    (i + 2 < len && zone[i + 2] == 'L' && (i + 3 == len || zone[i + 3] == '<')) ||
	    i + 2 == len)
		return NULL;
	for (size_t k = 0; k < sizeof letters / sizeof letters[0]; k++)
		if (state[0] != '\0' && strstr(letters[k].states, state) != NULL &&
		    memcmp(zone + i, letters[k].zone, 2) == 0)
			return letters[k].small;
	return NULL;
}

/* U+00E0 … U+00FE and their capitals lie 32 apart (ISO 8859-1). */
static void put_umlaut(char *dst, size_t *n, const char *small, bool first)
{
	dst[(*n)++] = small[0];
	dst[(*n)++] = (char)(first ? (unsigned char)small[1] - 0x20 : (unsigned char)small[1]);
}

void mrz_spelling(char *dst, size_t dst_sz, const char *zone, size_t len, const char *state)
{
	size_t n = 0;
	bool first = true;
	while (len > 0 && zone[len - 1] == '<')
		len--;
	for (size_t i = 0; i < len && n + 3 < dst_sz; i++) {
		if (zone[i] == '<') {
			if (n > 0 && dst[n - 1] != ' ')
				dst[n++] = ' ';
			first = true;
			continue;
		}
		const char *umlaut = umlaut_at(zone, i, len, state);
		if (umlaut != NULL) {
			put_umlaut(dst, &n, umlaut, first);
			i++;
		} else {
			dst[n++] = (char)(first ? zone[i] : tolower((unsigned char)zone[i]));
		}
		first = false;
	}
	dst[n] = '\0';
}

/* ISO 3166-1 alpha-3, then 9303-3, section 5: parts of the United Kingdom, the United Nations and other organisations, persons without a state,
 * the specimen. */
static const char states[] =
    " ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD "
    "BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN"
    " BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE "
    "DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH"
    " FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM "
    "GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN"
    " IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA "
    "LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL"
    " MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD "
    "NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL"
    " PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM "
    "SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA"
    " TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN "
    "VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE"
    " D GBD GBN GBO GBP GBS EUE UNA UNO UNK XAA XBA XCE XCO XCT XDC XEC XES XIM XMP XOM XPO XXA "
    "XXB XXC"
    " XXX" /* allowed: nationality not told */ " RKS NTZ IAO UTO ";

bool mrz_state_known(const char *code)
{
	char word[6];
	size_t n = 0;
	word[n++] = ' ';
	for (int i = 0; i < 3 && code[i] != '<' && code[i] != '\0'; i++)
		word[n++] = code[i];
	word[n++] = ' ';
	word[n] = '\0';
	return n > 2 && strstr(states, word) != NULL;
}
