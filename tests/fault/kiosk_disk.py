#!/usr/bin/python3
"""A sync of foyerd's disk fails while a visitor checks in at the real kiosk. The visitor is told nothing of disks; the book is closed, opened again and verified, and
service comes back by itself; while the disk is dead, foyerd stays shut and doctor says why. Everybody is checked in once."""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
from lib_kiosk import O, PATIENCE_S, WALK_IN, House, read  # noqa: E402
from peer import wait_for  # noqa: E402

UP_TO_AGREEMENT, AGREE, END = WALK_IN[:-2], WALK_IN[-2], WALK_IN[-1]
CALM = "reception"


def check(good, what, house):
    if not good:
        raise RuntimeError(f"{what}\n{house.screen()}\n{read(house.path('foyerd.log'))}")
    print(f"ok: {what}")


def told(house, name):
    """What doctor says of something: (state, text)."""
    return next((c["state"], c["text"]) for c in house.ask(200, "GET", "/v1/doctor")["checks"] if c["name"] == name)


def logged(house, words):
    return read(house.path("foyerd.log")).count(words)


def set_bad(bad, yes):
    with open(bad, "w", encoding="utf-8") as f:
        f.write("bad" if yes else "")


def sync_fails_for_a_moment(house, bad):
    house.begin()
    check(house.play(UP_TO_AGREEMENT + [(AGREE[0], [])]), "a walk-in came to the rules of the house", house)
    set_bad(bad, True)
    for key in AGREE[1]:
        house.tmux("send-keys", "-t", "t", key)
    wait_for("a failed sync", lambda: logged(house, "the book is closed, and no visitors are taken"), PATIENCE_S)
    set_bad(bad, False)
    check(house.play([("Welcome, Max Muster|" + CALM, [])], PATIENCE_S), "the visitor came to an end", house)
    check(not re.search("(?i)error|disk|sqlite", house.screen()), "and was told nothing of disks", house)
    wait_for("the book", lambda: logged(house, "the book is open again"), PATIENCE_S)
    check(told(house, "book")[0] == "ok", "the book is open again, by itself", house)
    house.stop()
    visits = house.ask(200, "GET", "/v1/visits?inside=true")["items"]
    check(len(visits) <= 1, "nobody was checked in twice", house)
    return len(visits)


def disk_is_dead_for_a_while(house, bad, before):
    house.begin()
    check(house.play(UP_TO_AGREEMENT + [(AGREE[0], [])]), "another walk-in came to the rules of the house", house)
    set_bad(bad, True)
    for key in AGREE[1]:
        house.tmux("send-keys", "-t", "t", key)
    wait_for("a book that stays closed", lambda: logged(house, "the book is still closed"), PATIENCE_S)
    check(house.play([(CALM, [])], PATIENCE_S), "the visitor was led to reception", house)
    check(not re.search("(?i)error|disk|sqlite", house.screen()), "and was told nothing of disks", house)
    state, text = told(house, "book")
    check(state == "fail" and "I/O error" in text, f"doctor says why: {text}", house)
    set_bad(bad, False)
    wait_for("the book", lambda: told(house, "book")[0] == "ok", PATIENCE_S)
    house.stop()
    house.begin()
    check(house.play(WALK_IN[:-1] + [("Welcome, Max Muster", [])], PATIENCE_S), "the next one is let in", house)
    house.stop()
    visits = house.ask(200, "GET", "/v1/visits?inside=true")["items"]
    check(before + 1 <= len(visits) <= before + 2, "nobody was checked in twice", house)


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        bad = os.path.join(folder, "bad")
        set_bad(bad, False)
        house = House({"LD_PRELOAD": f"{O}/fault-tests/preload_sync.so", "FAULT_SYNC": bad})
        try:
            inside = sync_fails_for_a_moment(house, bad)
            disk_is_dead_for_a_while(house, bad, inside)
            journal = house.ask(200, "GET", "/v1/journal/verify")
            check(journal["ok"], "the journal holds together", house)
            print("# kiosk: a sync failed for a moment, and for long: service came back by itself, and nobody came in twice")
        finally:
            house.close()
    return 0


sys.exit(main())
