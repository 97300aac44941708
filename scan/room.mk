# scan/: what the eyes read. Lines from scanners, the frames of foyer-camera, and foyer-camera, which alone looks at pixels.
scan_src  := scan/wedge.c scan/camera_wire.c
# Readers with a device of their own.
scan_src  += scan/reader.c scan/reading.c scan/serial.c scan/evdev.c scan/keymap.c
scan_src  += scan/image.c scan/tint.c scan/picture.c scan/picture_png.c scan/picture_jpeg.c scan/eci.c scan/code.c scan/qr_zbar.c scan/enhance.c scan/contrast.c scan/finder.c scan/crowd.c \
             scan/seen.c scan/mosaic.c scan/outline.c scan/out.c scan/look.c \
             scan/source.c scan/source_errno.c scan/files.c scan/v4l2.c scan/v4l2_mode.c scan/watch.c
scan_src  += scan/document.c scan/mrz.c scan/mrz_layout.c scan/mrz_lines.c scan/mrz_spelling.c scan/aamva.c scan/aamva_text.c scan/aamva_track.c
# PDF417, from pixels to bytes.
scan_src  += scan/pdf417.c scan/pdf417_edges.c scan/pdf417_find.c scan/pdf417_line.c scan/pdf417_rows.c scan/pdf417_field.c \
             scan/pdf417_grid.c scan/pdf417_match.c scan/pdf417_patterns.c scan/pdf417_correct.c scan/pdf417_text.c
# Machine-readable zones in OCR-B, from pixels to lines.
scan_src  += scan/ocrb.c scan/ocrb_blobs.c scan/ocrb_lines.c scan/ocrb_zones.c scan/ocrb_match.c scan/ocrb_shapes.c \
             scan/ocrb_glyphs.c scan/ocrb_decide.c
# A fuzzer that watches every step of its one loop takes seconds for a picture.
$(O)/scan/ocrb_shapes.o: override SAN := $(filter-out -fsanitize=fuzzer%,$(SAN))
# libzxing has no C interface.
scan_cxx  := scan/zxing_shim.cc
scan_pkgs := zbar zxing libpng libjpeg
scan_libs := -lm -lstdc++
scan_testlib := tests/unit/scan/make.c tests/unit/scan/pipe.c tests/unit/scan/device.c tests/unit/scan/pdf417_make.c tests/unit/scan/mrz_make.c \
                tests/unit/badge/lsan.c
scan_testlibs = -lzint -lxkbcommon $(call libs_of,cairo)
$(O)/tests/unit/scan/mrz_make.o: CFLAGS += $(call cflags_of,cairo)

PROGRAMS          += foyer-camera
foyer-camera_room := scan
foyer-camera_src  := scan/foyer-camera.c
foyer-camera_uses := scan pass base

# Codes for the end-to-end tests.
TESTBINS           += foyer-scan-qr
foyer-scan-qr_room := scan
foyer-scan-qr_src  := tests/e2e/scan_qr.c
foyer-scan-qr_uses := pass base

TESTBINS               += foyer-scan-pdf417
foyer-scan-pdf417_room := scan
foyer-scan-pdf417_src  := tests/e2e/scan_pdf417.c
foyer-scan-pdf417_uses := base
foyer-scan-pdf417_libs := -lzint
