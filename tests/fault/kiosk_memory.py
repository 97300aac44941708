#!/usr/bin/python3
"""The n-th malloc fails in the real kiosk, from its first screen through a walk-in's: it ends on purpose ("out of memory" in its log) or goes on as
well as it can, and never ends by a fault of its own; and the terminal is as it was before."""
import os
import random
import signal
import sys

sys.dont_write_bytecode = True
from lib_kiosk import O, House, read  # noqa: E402

SEED = int(os.environ.get("SEED", "1"))
ROUNDS = int(os.environ.get("ROUNDS", "100"))
ABORTED = 128 + signal.SIGABRT
GUARDED = 30  # walk-ins of one kiosk: a few more, and foyerd slows it down (daemon/guard.h) until it is started anew


def trial(house, n):
    """The kiosk's status, and what is wrong with that; "" nothing."""
    house.begin(f"LD_PRELOAD={O}/fault-tests/preload_malloc.so FAULT_MALLOC='{n} {house.path('count')}'")
    whole = house.play()  # it may live and be deaf to a key: curses leaves out those that it has no memory for
    status, log = house.stop(), read(house.path("log"))
    if n == 0 and not whole:
        return status, "the walk-in came to no end"
    if status not in (0, 1, ABORTED):
        return status, f"it ended with {status}: {log}"
    if status == ABORTED and "out of memory" not in log:
        return status, f"it ended without a word: {log!r}"
    if status == 1 and not log:
        return status, "it did not start, and did not say why"
    if read(house.path("before")) != read(house.path("after")):
        return status, "the terminal's settings are others now"
    if house.terminal() != "0 1 0":
        return status, f"other screen, cursor, mouse: {house.terminal()}"
    return status, ""


def main():
    house = House()
    rng = random.Random(SEED)
    ends = {0: 0, 1: 0, ABORTED: 0}
    try:
        status, wrong = trial(house, 0)
        assert not wrong and status == 0, f"without a fault: {status} {wrong}"
        most = int(read(house.path("count")))
        for i in range(ROUNDS):
            if i % GUARDED == GUARDED - 1:
                house.foyerd_stop()
                house.foyerd_start()
            n = rng.randint(1, most)
            status, wrong = trial(house, n)
            if wrong:
                print(f"kiosk_memory: SEED={SEED} round {i}: malloc {n} of {most} fails: {wrong}\n{house.screen()}")
                return 1
            ends[status] += 1
    finally:
        house.close()
    print(f"# kiosk: {ROUNDS} of {most} mallocs failed: {ends[ABORTED]} times it ended on purpose, {ends[1]} times it did not start, "
          f"{ends[0]} times it went on; the terminal was whole each time")
    return 0


sys.exit(main())
