# make fault SEED=7 [ONLY=power] [ROUNDS=100]: what foyer promises to survive, done to it.
#
# Everything is built a second time with FAULT=1 below $(O)/fault. tests/fault/NAME.c is a program over the daemon's own rooms and the units'
# lobby, tests/fault/NAME.py a script over the real programs; tests/fault/lib_*.c is what the programs share, preload_*.c what is loaded before a
# real program. Each takes SEED and ROUNDS from the
# environment (ROUNDS unset: the number it promises), and says what it did; the runner prints the seed of what failed.
SEED   ?=
ROUNDS ?=

fault_main := $(filter-out tests/fault/lib_%.c tests/fault/preload_%.c,$(wildcard tests/fault/*.c))
fault_lib  := $(wildcard tests/fault/lib_*.c) tests/unit/daemon/fixture.c tests/unit/daemon/lobby.c
fault_bin  := $(fault_main:tests/fault/%.c=$(O)/fault-tests/%)
fault_so   := $(patsubst tests/fault/%.c,$(O)/fault-tests/%.so,$(wildcard tests/fault/preload_*.c))
fault_py   := $(filter-out tests/fault/lib_%.py,$(wildcard tests/fault/*.py))
fault_uses := $(call order,daemon $(daemon_needs))

$(O)/tests/fault/%.o: ROOM_CFLAGS = $(call cflags_of,$(call pkgs_of,$(fault_uses)) cmocka)
$(O)/fault-tests/%: $(O)/tests/fault/%.o $(fault_lib:%.c=$(O)/%.o) $(foreach r,$(fault_uses),$(O)/$(r).a)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libs_of,$(call pkgs_of,$(fault_uses)) cmocka) $(call xlibs_of,$(fault_uses))

# foyerd looks for its children beside itself; so does what stands in for it here.
$(O)/fault-tests/foyerd: $(O)/foyerd
	$(Q)mkdir -p $(@D) && ln -sf ../foyerd $@

$(O)/fault-tests/%.so: tests/fault/%.c $(wildcard tests/fault/*.inc) $(O)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(DEFS) -I. -fPIC -shared -o $@ $<

.PHONY: fault fault-bins
fault-bins: $(fault_bin) $(fault_so) $(O)/fault-tests/foyerd
fault:
	$(Q)etc/deps build run demo test
	$(Q)$(MAKE) --no-print-directory O=$(O)/fault FAULT=1 all sims testbins fault-bins
	$(Q)O=$(O)/fault SEED=$(SEED) ROUNDS=$(ROUNDS) tests/run-fault \
		$(foreach t,$(fault_bin:$(O)/%=$(O)/fault/%) $(fault_py),$(if $(findstring /$(ONLY),$(t)),$(t)))
