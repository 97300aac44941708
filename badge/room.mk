# badge/: the badge drawn, and CUPS. Holds foyer-print, and what the demo's printer is made of.
badge_src  := badge/template.c badge/text.c badge/outline.c badge/draw.c badge/cups.c badge/print_state.c badge/recent.c badge/print_job.c
badge_pkgs := librsvg-2.0 pangocairo libxml-2.0
badge_libs := -lcups
badge_testlib := tests/unit/badge/lsan.c

PROGRAMS         += foyer-print
foyer-print_room := badge
foyer-print_src  := badge/foyer-print.c
foyer-print_uses := badge pass base

# The demo's printer: its script and its preload stand beside the programs and are installed beside them.
SIMS                 += foyer-label-png
foyer-label-png_room := badge
foyer-label-png_src  := badge/label-png.c
foyer-label-png_uses :=
foyer-label-png_libs  = $(badge_libs) $(call libs_of,libpng)

SHARE         += $(O)/print-rig $(O)/no-dnssd.so
LIBEXEC_FILES += $(O)/print-rig $(O)/no-dnssd.so
$(O)/print-rig: etc/demo/print-rig
	@mkdir -p $(@D)
	$(Q)install -m 755 $< $@
# It goes into a program of somebody else's: no sanitizer of ours.
$(O)/no-dnssd.so: etc/demo/no-dnssd.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -O2 $(WARN) -shared -fPIC -o $@ $<
