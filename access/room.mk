# access/: the doors. Holds foyer-access; its simulated controller lives in tests/sim and shares the codec.
access_src  := access/when.c access/driver.c access/right.c access/job.c access/uhppote_wire.c access/uhppote_link.c access/uhppote.c
access_pkgs := jansson

PROGRAMS += foyer-access
foyer-access_room := access
foyer-access_src  := access/foyer-access.c
foyer-access_uses := access base

SIMS += foyer-door-sim
foyer-door-sim_room := access
foyer-door-sim_src  := tests/sim/door-sim.c tests/sim/door_board.c tests/sim/door_event.c tests/sim/door_state.c tests/sim/door_wire.c
foyer-door-sim_uses := access base

# The driver's unit tests meet a scripted controller; the simulator's rules have tests of their own.
access_testlib := tests/sim/door_board.c tests/sim/door_event.c tests/unit/access/peer.c
