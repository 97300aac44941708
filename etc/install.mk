# make install: programs, data, manual, units. Creates no users and starts nothing (sysusers.d and tmpfiles.d say which are needed).

UNITDIR     ?= $(PREFIX)/lib/systemd/system
BIN_PROGS   := foyer foyer-kiosk foyerd
INSTALL     ?= install
# The units name programs and configuration where they come to lie.
PLACED      := sed -e 's,/usr/bin/foyer,$(PREFIX)/bin/foyer,g' -e 's,/etc/foyer,$(SYSCONF)/foyer,g'
MAN_PAGES   := $(wildcard man/*.[1-8])

.PHONY: install
install: all sims
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXEC) $(DESTDIR)$(DATADIR) $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d $(DESTDIR)$(SYSCONF)/foyer
	$(INSTALL) -m 755 $(BIN_PROGS:%=$(O)/%) $(DESTDIR)$(PREFIX)/bin
	$(INSTALL) -m 755 $(patsubst %,$(O)/%,$(filter-out $(BIN_PROGS),$(PROGRAMS)) $(SIMS)) $(LIBEXEC_FILES) $(DESTDIR)$(LIBEXEC)
	cd $(O)/share/foyer && find . -type d -exec $(INSTALL) -d $(abspath $(DESTDIR)$(DATADIR))/{} \;
	cd $(O)/share/foyer && find . -type f -exec sh -c 'm=644; [ ! -x "$$1" ] || m=755; $(INSTALL) -m $$m "$$1" "$$2/$$1"' \
		- {} $(abspath $(DESTDIR)$(DATADIR)) \;
	for f in $(notdir $(wildcard etc/systemd/*.service etc/systemd/*.socket)); do \
		$(PLACED) etc/systemd/$$f > $(DESTDIR)$(UNITDIR)/$$f && chmod 644 $(DESTDIR)$(UNITDIR)/$$f || exit 1; done
	$(INSTALL) -m 644 etc/systemd/foyer.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/foyer.conf
	$(PLACED) etc/systemd/foyer.tmpfiles > $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/foyer.conf
	chmod 644 $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/foyer.conf
	for f in 640:foyer.conf 644:kiosk.conf 644:systemd/foot.ini; do \
		test -e $(DESTDIR)$(SYSCONF)/foyer/$${f##*[:/]} || $(INSTALL) -m $${f%%:*} etc/$${f#*:} $(DESTDIR)$(SYSCONF)/foyer; done
	for m in $(MAN_PAGES); do s=$${m##*.}; $(INSTALL) -d $(DESTDIR)$(PREFIX)/share/man/man$$s && \
		$(INSTALL) -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$$s; done
