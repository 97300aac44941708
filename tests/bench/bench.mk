# make bench [ONLY=checkin] [N=10000000]: what foyer costs beside the bare thing, in ratios of one run.
#
# tests/bench/NAME.c is a program that prints a line of JSON for each side of a comparison; its first line names the rooms it links, as a
# fuzz harness's does, a second line may name libraries of its own (pkg-config's names): // pkgs: libwebp. lib_*.c is what they share, works_*.py says what is compared with what, run makes the table.
ONLY ?=
N    ?=

bench_main := $(filter-out tests/bench/lib_%.c,$(wildcard tests/bench/*.c))
bench_lib  := $(patsubst %.c,$(O)/%.o,$(wildcard tests/bench/lib_*.c))
$(O)/bench.a: $(bench_lib)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
bench_bin  := $(bench_main:tests/bench/%.c=$(O)/bench/%)
bench_uses  = $(call order,$(shell sed -n '1s,^// rooms: ,,p' $(1)))
bench_pkgs  = $(shell sed -n '2s,^// pkgs: ,,p' $(1))

$(O)/tests/bench/%.o: ROOM_CFLAGS = $(call cflags_of,$(call pkgs_of,$(ROOMS))) $(foreach r,$(ROOMS),$($(r)_cflags))
define bench_rules
$$(O)/bench/$(1): $$(O)/tests/bench/$(1).o $$(O)/bench.a $$(foreach r,$$(call bench_uses,tests/bench/$(1).c),$$(O)/$$(r).a)
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(call libs_of,$$(call pkgs_of,$$(call bench_uses,tests/bench/$(1).c)) \
		$$(call bench_pkgs,tests/bench/$(1).c)) \
		$$(call xlibs_of,$$(call bench_uses,tests/bench/$(1).c)) -lm
endef
$(foreach b,$(bench_main:tests/bench/%.c=%),$(eval $(call bench_rules,$(b))))

# How well PDF417 is read: make pdf417-sets [SETS='folder…'].
SETS ?=
$(O)/tests/bench/scan/%.o: ROOM_CFLAGS = $(call cflags_of,$(call pkgs_of,$(call needs_of,scan)))
$(O)/bench/pdf417_sets: $(O)/tests/bench/scan/pdf417_sets.o $(O)/tests/unit/scan/pdf417_make.o $(O)/scan.a $(O)/base.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libs_of,$(call pkgs_of,$(call needs_of,scan)) cmocka) $(scan_testlibs) $(scan_libs)
.PHONY: pdf417-sets
pdf417-sets: $(O)/bench/pdf417_sets
	$(Q)$< $(SETS)

.PHONY: bench bench-bins
bench-bins: $(bench_bin)
bench:
	$(Q)etc/deps build run demo bench
	$(Q)$(MAKE) --no-print-directory all sims bench-bins
	$(Q)O=$(O) ONLY='$(ONLY)' N='$(N)' tests/bench/run

# make bench-scan SETS='FOLDER…' [SCAN='--json FILE --list']: what the eyes read on folders of pictures (tests/bench/scan_sets.py).
SETS ?=
SCAN ?=
.PHONY: bench-scan
bench-scan:
	$(Q)etc/deps build bench
	$(Q)$(MAKE) --no-print-directory $(O)/bench/scan
	$(Q)test -n '$(SETS)' || { echo 'bench-scan: which folders? SETS="…"' >&2; exit 2; }
	$(Q)O=$(O) tests/bench/scan_sets.py $(SCAN) $(SETS)
