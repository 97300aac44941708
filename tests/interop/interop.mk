# The doors against code that shares no line with ours.
#
# make interop: foyer-access and our simulated controller against uhppoted, a client for these boards by others, from PyPI (pinned and hashed in
# requirements.txt, installed below $(O)/interop). It reads what foyer-access wrote, writes what foyer-access must leave alone, and says
# whether the two send the same bytes for the same right.
#
# make interop-simulator: foyer-access against uhppote-simulator, a controller by the same others. It needs Go, and a Go module proxy that
# serves it; where there is none, make interop is the check to have.
#
# Either fails where its peer is not to be had: a test that was not run is not a test that passed.
UHPPOTE_SIMULATOR := github.com/uhppoted/uhppote-simulator/cmd/uhppote-simulator@v0.8.9

.PHONY: interop interop-simulator
interop:
	$(Q)etc/deps build run interop
	$(Q)$(MAKE) --no-print-directory $(O)/foyer-access $(O)/foyer-door-sim
	$(Q)O=$(O) tests/interop/run
interop-simulator: $(O)/foyer-access
	$(Q)O=$(O) tests/interop/run-simulator $(UHPPOTE_SIMULATOR)
