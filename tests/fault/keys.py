#!/usr/bin/python3
"""ROUNDS thousand random keys (a million) with windows of every size at the kiosk of every terminal, and before that each byte and each
capability on each screen alone. The kiosk is the same program at the end and lets the next visitor in; only the closed set of sequences was
written. The quick one of these is tests/e2e/nobody_keys.py."""
import os
import random
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "lib"))
from typist import SCREENS, Desk, Typist  # noqa: E402
from keyboard import HOSTILE, TERMS, Storm, Sweep, every_capability  # noqa: E402

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
KEYS = 1000 * int(os.environ.get("ROUNDS") or 1000)
NO_CODE = {"code": "ZZZZZZZZ"}


def alone(desk, term):
    """Each key on each screen that foyerd's answers lead to; the others get theirs in bursts."""
    typist, tried = Typist(desk, term), 0
    sweep, keys = Sweep(typist), [bytes([b]) for b in range(256)] + every_capability() + HOSTILE
    for screen in sweep.at_once:
        sweep.burst(screen, keys)
        tried += len(keys)
    makes = {"you": lambda: desk.invite("Ada Alone"), "agreement": lambda: desk.invite("Ada Alone"), "signout": sweep.badge}
    for screen, make in makes.items():
        shown, spent = make(), desk.moves()
        sweep.go(screen, shown)
        for key in keys:
            typist.quiet()
            if not sweep.stands(screen):
                if desk.moves() != spent:  # one of the keys let somebody in, or out
                    shown = make()
                    spent = desk.moves()
                sweep.go(screen, shown)
            typist.send(key)
            tried += 1
        typist.quiet()
        typist.same()
    typist.check_in("Ute Alone")
    assert typist.end() == 0
    return tried


def main():
    began, met = time.monotonic(), set()
    desk = Desk()
    try:
        tried = sum(alone(desk, term) for term in ("xterm-256color", "linux"))
        print(f"# SEED={SEED}: {tried} keys, each on its own, {time.monotonic() - began:.0f} s", flush=True)
        began = time.monotonic()
        runs = [(term, scanner) for term in TERMS for scanner in (False, True)]
        for i, (term, scanner) in enumerate(runs):
            typist = Typist(desk, term, scanner=scanner)
            storm = Storm(typist, SEED + i)
            storm.blow(KEYS // len(TERMS) * (9 if not scanner else 1) // 10)
            typist.check_in(f"Ute {term} {scanner}")
            assert typist.end() == 0
            met |= storm.met
        assert met == set(SCREENS), set(SCREENS) - met
        assert len(desk.came("ute")) == len(runs) + 2, desk.came("ute")
        assert desk.stop() == 0
        desk.command("--verify")
        print(f"# {KEYS} random keys, {len(met)} screens met, {time.monotonic() - began:.0f} s", flush=True)
    finally:
        desk.remove()


if __name__ == "__main__":
    main()
