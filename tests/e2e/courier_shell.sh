#!/bin/sh
# The courier of foyer-courier(7), as it stands in the manual page: its first line, a job, a check, a name that looks like a member, a second
# courier for the same destination, and the end.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/foyer-courier.XXXXXX")
pid=
finish() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT

fail() {
	echo "$1" >&2
	exit 1
}
is() { # NAME WANTED GOT
	[ "$2" = "$3" ] || fail "$1: wanted $2, got $3"
}
member() { # JSON KEY
	printf '%s' "$1" | python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1], ""))' "$2"
}

sed -n '/^A courier in ten lines/,/^\.Ed/p' "$root/man/foyer-courier.7" | sed -n '/^#!/,/^\.Ed/p' | sed -e '/^\.Ed/d' -e 's/\\e/\\/g' >"$work/courier"
chmod 755 "$work/courier"
is lines 10 "$(grep -c . "$work/courier")"

first='{"v":1,"courier":"print","name":"lobby","run":"'$work'","conf":{"server":"x","name":"other"}}'
mkfifo "$work/in" "$work/out"
"$work/courier" <"$work/in" >"$work/out" 2>"$work/err" 9>&- &
pid=$!
exec 3>"$work/in" 4<"$work/out"
answer=
say() {
	printf '%s\n' "$1" >&3
	IFS= read -r answer <&4
}

say "$first"
is ready '{"v":1,"ready":true}' "$answer"
[ -e "$work/print-lobby.lock" ] || fail "no lock"

say '{"title":"000042-1","slots":{"name":"\"job\":\"evil\" \\ $(id) `id` %s","pass":"FOYER"},"kind":"print","attempt":1,"job":"01a207d2-8f3c-75ea-966b-0dcfa602af07"}'
is job 01a207d2-8f3c-75ea-966b-0dcfa602af07 "$(member "$answer" job)"
is result "done" "$(member "$answer" result)"

say '{"kind":"check","job":"01a207d2-8f3c-75ea-966b-0dcfa602af08"}'
is "check's job" 01a207d2-8f3c-75ea-966b-0dcfa602af08 "$(member "$answer" job)"
is ok True "$(member "$answer" ok)"
is state idle "$(member "$answer" state)"

status=0
second=$(printf '%s\n' "$first" | "$work/courier") || status=$?
is "the second's status" 1 "$status"
is "the second is ready" False "$(member "$second" ready)"
[ -n "$(member "$second" reason)" ] || fail "the second does not say why"

exec 3>&-
status=0
wait "$pid" || status=$?
pid=
is "status at the end" 0 "$status"
is log "<6>print" "$(head -n 1 "$work/err")"
! grep -q evil "$work/err" || fail "a name is in the log"
