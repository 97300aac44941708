# base/: errors, log, text, clock, ids, configuration, language, JSON edges.
base_src  := base/err.c base/log.c base/str.c base/text.c base/text_view.c base/text_fold.c base/joining.c \
             base/clock.c base/zone.c base/random.c base/uuid.c base/json.c base/path.c base/base32.c base/conf.c base/conf_tree.c base/conf_read.c base/conf_set.c \
             base/conf_table.c base/conf_check.c base/conf_find.c base/conf_shipped.c base/lang.c \
             base/dump.c base/sandbox.c base/filter.c base/courier.c
base_src  += $(if $(FAULT),base/fault.c base/fault_probe.c)
base_pkgs := libutf8proc jansson

# The defaults are the shipped file itself: rebuild when it changes. (A rule in a room must not become the first target.)
.DEFAULT_GOAL := all
$(O)/base/conf_shipped.o: etc/foyer.conf
