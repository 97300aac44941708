# What is checked, and how. `make check` is the whole of it in under ten minutes; soaks and fuzzing have targets of their own.

# --- fuzz harnesses: tests/fuzz/fuzz_X.c; its first line names the rooms it links: // rooms: pass base ----------------
# A second line may name files that it shares with others: // with: tests/fuzz/house.c
# make check replays the committed corpora through each; make fuzz TIME=60 looks for more with libFuzzer.

fuzz_src  := $(wildcard tests/fuzz/fuzz_*.c)
fuzz_bin  := $(fuzz_src:tests/fuzz/%.c=$(O)/fuzz/%)
fuzz_uses  = $(call order,$(shell sed -n '1s,^// rooms: ,,p' $(1)))
fuzz_with  = $(patsubst %.c,$(O)/%.o,$(shell sed -n '2s,^// with: ,,p' $(1)))
FUZZ_MAIN ?= $(O)/tests/fuzz/replay.o
FUZZ_LD   ?=
TIME      ?= 60

$(O)/tests/fuzz/%.o: ROOM_CFLAGS = $(call cflags_of,$(call pkgs_of,$(ROOMS))) $(foreach r,$(ROOMS),$($(r)_cflags))
define fuzz_rules
$$(O)/fuzz/$(1): $$(O)/tests/fuzz/$(1).o $$(call fuzz_with,tests/fuzz/$(1).c) $$(FUZZ_MAIN) $$(foreach r,$$(call fuzz_uses,tests/fuzz/$(1).c),$$(O)/$$(r).a)
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(LDFLAGS) $$(FUZZ_LD) -o $$@ $$^ $$(call libs_of,$$(call pkgs_of,$$(call fuzz_uses,tests/fuzz/$(1).c))) \
		$$(call xlibs_of,$$(call fuzz_uses,tests/fuzz/$(1).c))
endef
$(foreach f,$(fuzz_src:tests/fuzz/%.c=%),$(eval $(call fuzz_rules,$(f))))

.PHONY: fuzz-bins fuzz replay
fuzz-bins: $(fuzz_bin)
replay: $(fuzz_bin)
	$(Q)O=$(O) tests/run-replay $(fuzz_bin)
fuzz:
	$(Q)etc/deps build fuzz
	$(Q)$(MAKE) --no-print-directory O=$(O)/libfuzzer CC=$(CLANG) CXX=$(CLANG)++ HARDEN= OPT='-O1 -g' WARN= LDHARDEN= \
		SAN='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' FUZZ_MAIN= FUZZ_LD=-fsanitize=fuzzer fuzz-bins
	$(Q)O=$(O)/libfuzzer TIME=$(TIME) tests/run-fuzz

# --- check -------------------------------------------------------------------------------------------

e2e := $(sort $(wildcard tests/e2e/*.sh tests/e2e/*.py))

.PHONY: check check-run e2e
check:
	$(Q)etc/deps build run demo test bench
	$(Q)$(MAKE) --no-print-directory all sims check-run
.PHONY: sims testbins
sims: $(SIMS:%=$(O)/%) $(O)/shift-clock.so
$(O)/shift-clock.so: tests/sim/shift_clock.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -O2 -fPIC -shared -o $@ $<
testbins: $(TESTBINS:%=$(O)/%)
# The benches are only built: that nobody changes what they call.
check-run: all sims testbins bench-bins $(unit_bin) $(fuzz_bin)
	$(Q)O=$(O) tests/run-all "$(unit_bin)" "$(fuzz_bin)" "$(e2e)"
e2e: all sims testbins
	$(Q)O=$(O) tests/run-e2e $(if $(ONLY),$(filter tests/e2e/$(ONLY)%,$(e2e)),$(e2e))

.PHONY: asan
asan:
	$(Q)$(MAKE) --no-print-directory O=$(O)/asan HARDEN= OPT='-O1 -g' LDHARDEN= \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined' unit replay

.PHONY: cover
cover:
	$(Q)$(MAKE) --no-print-directory O=$(O)/cover HARDEN= OPT='-O0 -g' LDHARDEN= SAN='--coverage' unit replay
	$(Q)tests/cover $(O)/cover

.PHONY: lint
lint:
	$(Q)etc/deps build test lint
	$(Q)tests/run-lint

include $(wildcard tests/interop/interop.mk tests/fault/fault.mk tests/bench/bench.mk tests/soak/soak.mk)
