# daemon/: foyerd: API, roles, the transaction, job queue, couriers, the clock.
daemon_src  := $(filter-out daemon/main.c,$(wildcard daemon/*.c))
daemon_pkgs := libmicrohttpd jansson libsodium

PROGRAMS    += foyerd
foyerd_room := daemon
foyerd_src  := daemon/main.c
foyerd_uses := daemon visit scan db pass match base
daemon_testlib := tests/unit/daemon/fixture.c tests/unit/daemon/lobby.c tests/unit/daemon/papers.c
