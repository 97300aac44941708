# What programs read at run time, mirrored below $(O)/share/foyer: message catalogues, badge and mail templates, agreements.

share_dir  := $(O)/share/foyer
share_src  := $(wildcard etc/demo/lobby etc/demo/play.py etc/demo/mail-sink) \
              $(shell find etc/agreements etc/badge etc/mail -type f ! -name '.*' ! -name '*~' 2>/dev/null)
# A room may mirror files of its own.
share_src  := $(filter-out $(SHARE:$(share_dir)/%=etc/%),$(share_src))
catalogues := $(patsubst po/%.po,$(share_dir)/locale/%/LC_MESSAGES/foyer.mo,$(wildcard po/*.po))
SHARE      += $(catalogues) $(share_src:etc/%=$(share_dir)/%)

# Included before the main makefile's first target.
.DEFAULT_GOAL := all

$(share_dir)/locale/%/LC_MESSAGES/foyer.mo: po/%.po
	$(call say,MO,$<)
	@mkdir -p $(@D)
	$(Q)msgfmt --check -o $@ $<

define mirror
$(share_dir)/$(1): etc/$(1)
	@mkdir -p $$(@D)
	$$(Q)cp $$< $$@
endef
$(foreach f,$(share_src:etc/%=%),$(eval $(call mirror,$(f))))

# make pot: collect the texts of the kiosk's sources into po/foyer.pot and merge them into the translations. No date and no
# line numbers: a catalogue changes when a text does.
pot_src := $(sort $(shell find kiosk -name '*.c' 2>/dev/null))
xgettext = xgettext --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ --keyword=ngettext:1,2 --add-comments=TRANSLATORS: \
	--add-location=file --sort-by-file --package-name=foyer --msgid-bugs-address='the foyer authors'
.PHONY: pot
pot:
	$(Q)$(xgettext) -o - $(pot_src) | sed -e '1,4d' -e '/^"POT-Creation-Date:/d' > po/foyer.pot
	$(Q)for p in po/*.po; do msgmerge --quiet --update --backup=none --no-fuzzy-matching --add-location=file $$p po/foyer.pot; done
