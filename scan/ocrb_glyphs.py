#!/usr/bin/python3
"""Makes scan/ocrb_glyphs.c: how the 37 characters of a machine-readable zone look in OCR-B (ISO 1073-2, size 1), from the font of
Debian's package fonts-ocr-b (Norbert Schwarz's outlines: "You may freely use, modify and/or distribute this file, without limitation";
Matthew Skala's font: public domain). Needs that package and python3-pil; run by hand: scan/ocrb_glyphs.py > scan/ocrb_glyphs.c"""
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/opentype/ocr-b/OCRB.otf"
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
WIDTH, HEIGHT = 20, 24  # a character's cell and what of it can be dark, in pixels: OCRB_GLYPH_* of ocrb_glyphs.h
MORE = 16               # drawn so much larger
ADVANCE, MIDDLE = 723, 378  # of the font, of 1000: the pitch, and the middle between the highest and the lowest point above the base line
A_LINE = 4              # rows of a glyph in a line of C

size = 1000 * WIDTH * MORE / ADVANCE
font = ImageFont.truetype(FONT, round(size))
print(f"""#include "scan/ocrb_glyphs.h"

/* Made by scan/ocrb_glyphs.py from the font of Debian's fonts-ocr-b; change it there. */
const char ocrb_characters[OCRB_GLYPHS + 1] = "{CHARACTERS}";

/* A digit a pixel, row by row: 0 paper … f ink. */
const char ocrb_glyphs[OCRB_GLYPHS][OCRB_GLYPH_WIDTH * OCRB_GLYPH_HEIGHT + 1] = {{""")
for c in CHARACTERS:
    large = Image.new("L", (WIDTH * MORE, HEIGHT * MORE), 0)
    base = HEIGHT * MORE / 2 + MIDDLE * size / 1000
    ImageDraw.Draw(large).text((0, round(base)), c, fill=255, font=font, anchor="ls")
    grey = large.resize((WIDTH, HEIGHT), Image.BOX).tobytes()
    rows = ["".join("%x" % round(v / 17) for v in grey[i:i + WIDTH * A_LINE]) for i in range(0, len(grey), WIDTH * A_LINE)]
    print(f"    /* {c} */")
    print("\n".join(f'    "{row}"' for row in rows) + ",")
print("};")
