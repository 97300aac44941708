# foyer: one makefile for the whole house.
#
# A room lists its sources in ROOM/room.mk; everything else is here. Objects, programs, catalogues and
# the data directory land below $(O). `make help` names the targets.

O        ?= build
PREFIX   ?= /usr
SYSCONF  ?= /etc
CC       ?= cc
CXX      ?= c++
AR       ?= ar
CLANG    ?= clang
PKGCONF  ?= pkg-config
WERROR   ?= $(if $(CI),-Werror)

VERSION  := $(shell cat VERSION)
DATADIR  := $(PREFIX)/share/foyer
LIBEXEC  := $(PREFIX)/lib/foyer

# Rooms in link order: a room may use those after it, as far as its own needs line allows (tests/lint/walls
# proves it from the includes).
ROOMS    := kiosk daemon visit notify access badge scan db pass match base

base_needs   :=
pass_needs   := base
match_needs  := base
db_needs     := pass base
scan_needs   := pass base
badge_needs  := pass base
access_needs := pass base
notify_needs := pass base
visit_needs  := base
daemon_needs := visit notify access badge scan db pass match base
kiosk_needs  := scan pass base

PROGRAMS :=
SIMS     :=
TESTBINS :=
include $(wildcard $(ROOMS:%=%/room.mk) etc/etc.mk)

# --- flags -------------------------------------------------------------------------------------------

PKGS     := $(sort $(foreach r,$(ROOMS),$($(r)_pkgs)))
DEFS     := -D_GNU_SOURCE -DFOYER_VERSION='"$(VERSION)"' -DFOYER_DATADIR='"$(DATADIR)"' \
            -DFOYER_LIBEXECDIR='"$(LIBEXEC)"' -DFOYER_SYSCONFDIR='"$(SYSCONF)/foyer"'
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
            -Wpointer-arith -Wwrite-strings -Wcast-qual -Wformat=2 -Wvla -Wundef -Wimplicit-fallthrough \
            -Wswitch-enum  $(WERROR)
OPT      ?= -O2 -g
HARDEN   ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
LDHARDEN ?= -pie -Wl,-z,relro,-z,now -Wl,--as-needed
SAN      ?=
# FAULT=1: the test build, with the points of base/fault.h in it. Never installed.
FAULT    ?=
DEFS     += $(if $(FAULT),-DFOYER_FAULT)
CFLAGS   += -std=c17 $(OPT) $(HARDEN) $(WARN) $(SAN)
# C++ is only ever a thin cover of a library that has no C interface: ROOM_cxx.
CXXFLAGS += -std=c++17 $(OPT) $(HARDEN) $(filter-out -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition,$(WARN)) -Wold-style-cast \
            $(SAN) $(if $(SAN),-fno-sanitize=vptr)
LDFLAGS  += $(LDHARDEN) $(SAN)

cflags_of = $(if $(strip $(1)),$(shell $(PKGCONF) --cflags $(1)))
libs_of   = $(if $(strip $(1)),$(shell $(PKGCONF) --libs $(1)))
needs_of  = $(1) $($(1)_needs)
pkgs_of   = $(sort $(foreach r,$(1),$($(r)_pkgs)))
xlibs_of  = $(foreach r,$(1),$($(r)_libs))
order     = $(filter $(1),$(ROOMS))

.PHONY: all
all: programs share

# --- objects and rooms -------------------------------------------------------------------------------

define room_rules
$(1)_obj := $$(patsubst %.c,$$(O)/%.o,$$($(1)_src)) $$(patsubst %.cc,$$(O)/%.o,$$($(1)_cxx))
$$($(1)_obj) $$(patsubst %.c,$$(O)/%.o,$$(foreach p,$$(PROGRAMS),$$(if $$(filter $(1),$$($$(p)_room)),$$($$(p)_src)))): \
	ROOM_CFLAGS = $$(call cflags_of,$$(call pkgs_of,$(1))) $$($(1)_cflags)
$$(O)/$(1).a: $$($(1)_obj)
	@rm -f $$@
	$$(Q)$$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rules,$(r))))

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)')

$(O)/%.o: %.c $(O)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(DEFS) -I. -I$(O) $(ROOM_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.o: %.cc $(O)/flags
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS) $(DEFS) -I. -I$(O) $(ROOM_CFLAGS) -MMD -MP -c -o $@ $<

# Rebuild when the flags change, not when make does.
.PHONY: force
$(O)/flags: force
	@mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(CC) $(CFLAGS) $(DEFS))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(CC) $(CFLAGS) $(DEFS))' > $@

# --- programs ----------------------------------------------------------------------------------------
# NAME_room says whose program it is, NAME_src its main file, NAME_uses the rooms it links.

define program_rules
$$(O)/$(1): $$(patsubst %.c,$$(O)/%.o,$$($(1)_src)) $$(foreach r,$$(call order,$$($(1)_uses)),$$(O)/$$(r).a)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(call libs_of,$$(call pkgs_of,$$(call order,$$($(1)_uses)))) \
		$$(call xlibs_of,$$(call order,$$($(1)_uses))) $$($(1)_libs)
endef
$(foreach p,$(PROGRAMS) $(SIMS) $(TESTBINS),$(eval $(call program_rules,$(p))))

.PHONY: programs share
programs: $(PROGRAMS:%=$(O)/%)
share: $(SHARE)

# --- what people type --------------------------------------------------------------------------------

.PHONY: help
help:
	@echo 'make              build everything below $(O)'
	@echo 'make demo         a whole lobby on this machine (installs what is missing, DEPS=no only names it)'
	@echo 'make check        every test but the soaks (installs what is missing)'
	@echo 'make unit e2e     parts of it: ROOM=pass, ONLY=print'
	@echo 'make lint         every rule that a machine can hold'
	@echo 'make interop      the doors against an independent client (fetched from PyPI)'
	@echo 'make fault        power cuts, kills and failing calls: SEED= ONLY= ROUNDS='
	@echo 'make bench        what it costs beside the bare thing, in ratios: ONLY=checkin N=10000000'
	@echo 'make bench-scan   what is read on folders of pictures, beside zbarimg and ZXingReader: SETS='
	@echo 'make soak-scan    20,000 distorted codes before the eyes: COUNT= SEED= SAN='
	@echo 'make asan         unit tests under AddressSanitizer and UBSan'
	@echo 'make fuzz         libFuzzer on every edge, TIME=60 seconds in all'
	@echo 'make cover        line coverage of the unit tests'
	@echo 'make install      DESTDIR= PREFIX=/usr SYSCONF=/etc; creates no users'
	@echo 'make dist         foyer-$(VERSION).tar.gz from what is committed'
	@echo 'make deps clean   Debian packages; remove $(O)'

.PHONY: deps demo dist clean
deps:
	$(Q)etc/deps build run demo test
demo:
	$(Q)etc/deps build run demo
	$(Q)$(MAKE) --no-print-directory all sims
	$(Q)$(O)/foyer demo
dist:
	$(Q)git archive --prefix=foyer-$(VERSION)/ -o foyer-$(VERSION).tar.gz HEAD
clean:
	rm -rf $(O)

# --- unit tests: tests/unit/ROOM/test_X.c links ROOM and what ROOM may use, nothing else ---------------

unit_src := $(wildcard tests/unit/*/test_*.c)
unit_bin := $(unit_src:tests/unit/%.c=$(O)/unit/%)
define unit_rules
$$(O)/tests/unit/$(1)/%.o: ROOM_CFLAGS = $$(call cflags_of,$$(call pkgs_of,$$(call needs_of,$(1))) cmocka) $$($(1)_cflags)
$$(O)/unit/$(1)/%: $$(O)/tests/unit/$(1)/%.o $$(patsubst %.c,$$(O)/%.o,$$($(1)_testlib)) \
		$$(foreach r,$$(call order,$$(call needs_of,$(1))),$$(O)/$$(r).a)
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(call libs_of,$$(call pkgs_of,$$(call order,$$(call needs_of,$(1)))) cmocka) \
		$$(call xlibs_of,$$(call order,$$(call needs_of,$(1)))) $$($(1)_testlibs)
endef
$(foreach r,$(ROOMS),$(eval $(call unit_rules,$(r))))
.SECONDARY:

# make unit [ROOM=pass]: the unit tests alone, each with a private directory in $TMPDIR.
.PHONY: unit
unit: $(if $(ROOM),$(filter $(O)/unit/$(ROOM)/%,$(unit_bin)),$(unit_bin)) $(SHARE)
	$(Q)O=$(O) tests/run-units $(if $(ROOM),$(filter $(O)/unit/$(ROOM)/%,$(unit_bin)),$(unit_bin))

include tests/tests.mk etc/install.mk

-include $(shell find $(O) -name '*.d' 2>/dev/null)
