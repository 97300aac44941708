# make soak-scan [COUNT=20000] [SEED=1] [SAN=-fsanitize=address,undefined]: distorted codes before the eyes (tests/soak/scan.c). SAN builds below $(O)/soak-san.
COUNT ?= 20000

$(O)/tests/soak/%.o: ROOM_CFLAGS = $(call cflags_of,$(call pkgs_of,scan pass base))
$(O)/soak/scan: $(O)/tests/soak/scan.o $(O)/tests/soak/dense.o $(O)/scan.a $(O)/pass.a $(O)/base.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libs_of,$(call pkgs_of,scan pass base)) $(call xlibs_of,scan pass base) -lzint -lm

.PHONY: soak-scan
soak-scan:
	$(Q)etc/deps build test
	$(Q)$(MAKE) --no-print-directory $(if $(SAN),O=$(O)/soak-san HARDEN= LDHARDEN= OPT='-O1 -g') $(if $(SAN),$(O)/soak-san,$(O))/soak/scan
	$(Q)$(if $(SAN),$(O)/soak-san,$(O))/soak/scan $(COUNT) $(or $(SEED),$(shell date +%s))
