#!/bin/sh
# The demo without a terminal: a whole visit on the real kiosk, and what reached printer, mailbox and doors.
set -eu
out=$TMPDIR/out
"$O/foyer" demo </dev/null >"$out" 2>&1 || { cat "$out"; exit 1; }
cat "$out"
grep -q '^All of it happened' "$out"
dir=$(sed -n 's/^  logs *//p' "$out")
# Nothing of it runs on, and nobody's name reached a log.
! grep -lE 'Zoë|Müller|Brückner|visitors\.example' "$dir"/*
pdf=$(find "${dir%/log}/badges" -name '*.pdf')
pdfinfo "$pdf" | grep -q '^Title: *000001$'
! pdfinfo "$pdf" | grep -q 'Müller'
