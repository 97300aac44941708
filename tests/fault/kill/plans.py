"""Which fault strikes in which round: every point of every program, in an order that the seed decides."""
import dataclasses
import os
import random
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
COURIERS = ("foyer-print", "foyer-access", "foyer-notify")
# Where a program passes its points; what stands in base/courier.c, every courier does.
OWNERS = {"daemon/keeper_side.c": ("keeper",), "daemon": ("foyerd",), "base/courier.c": COURIERS, "badge": ("foyer-print",),
          "access": ("foyer-access",), "notify": ("foyer-notify",), "kiosk": ("foyer-kiosk",), "scan": ("foyer-camera",)}
# Reached by every process that locks itself in, before there is anything to lose; by children that only read, after they did.
UNDRAWN = {"base/sandbox.c", "daemon/read.c"}
AT_START = {"courier.locked", "keeper.spawned"}  # passed by a program that starts
AT_STOP = {"journal.signed", "book.checkpointed"}  # by a foyerd that is told to end
ONCE = AT_START | AT_STOP | {"print.cancelled"}
LATE = [("foyer-access", "access.put", "late"), ("foyer-print", "print.submitted", "late"), ("foyer-notify", "mail.sent", "late")]
ANSWER_MS = 2600  # later than any client waits
SHORT_MS = 700


def named():
    """(program, point, lies) of every FAULT in the sources, the kiosk's screens among them."""
    found = set()
    for folder in sorted({o.split("/")[0] for o in OWNERS}):
        for path, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in names:
                if name.endswith(".c"):
                    found |= in_file(os.path.relpath(os.path.join(path, name), ROOT))
    return sorted(found)


def in_file(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        text = f.read()
    points = [(point, kind == "_LIES") for kind, point in re.findall(r'\bFAULT(|_LIES)\("([^"]+)"\)', text)]
    if re.fullmatch(r"kiosk/visitor/screen_\w+\.c", path):
        points += [(name, False) for name in re.findall(r'^ {4}\.name = "([a-z]+)"', text, re.M)]
    if path in UNDRAWN or not points or path == "base/fault.c":
        return set()
    owner = max((o for o in OWNERS if path == o or path.startswith(o + "/")), key=len, default=None)
    if owner is None:
        raise SystemExit(f"{path}: nobody knows which program passes its fault points (tests/fault/kill/plans.py)")
    return {(program, point, lies) for program in OWNERS[owner] for point, lies in points}


@dataclasses.dataclass(frozen=True)
class Plan:
    index: int
    lane: str
    program: str
    point: str
    verdict: str  # a word of base/fault.h; or what more is done: "widow" (stopped, and foyerd killed), "late" (past foyerd's patience)
    nth: int

    def __str__(self):
        return f"round {self.index} ({self.lane}): {self.program} at {self.point}, time {self.nth}: {self.verdict}"


def tales(struck):
    """The cases that have a name, and how often each happened."""
    between = {("foyer-access", p, "widow") for p in ("access.put", "access.granted")}
    return {"foyerd died between a card's writing and its commit": sum(s in between for s in struck),
            "an orphaned courier went on while the next one waited for its lock": sum(s[2] == "orphan" for s in struck),
            "a courier was later than foyerd's patience": sum(s[2] == "late" for s in struck)}


def verdicts(program, point, lies):
    more = ["wrong"] if lies else []
    if program == "foyerd":
        return ["kill", "kill", "stop", f"delay {ANSWER_MS}"]
    if program in COURIERS:
        return ["kill", "kill", "stop", f"delay {SHORT_MS}", "widow", "orphan", *more]
    if program == "foyer-kiosk":
        return ["kill", "stop"] if point in ("kiosk.call", "kiosk.answer") else ["kill"]
    if program == "foyer-camera":
        return ["kill", f"delay {SHORT_MS}", *more]
    return ["kill", f"delay {SHORT_MS}"]


def decks():
    """For each kind of lane, what it draws from."""
    all_ = [(program, point, verdict) for program, point, lies in named() for verdict in verdicts(program, point, lies)]
    once = sorted(set(all_))
    served = [c for c in all_ if c[0] in ("foyerd", *COURIERS)]
    return {
        "desk": served,
        "keeper": [c for c in all_ if c[0] == "keeper"] * 3 + [c for c in once if c[0] in ("foyerd", *COURIERS) and c[2] in ("kill", "widow")],
        "kiosk": [c for c in once if c[0] in ("foyer-kiosk", "foyer-camera")] + [
            c for c in once if c[0] == "foyerd" and c[1].startswith("request.")],
    }


def drawn(deck, n, rng):
    """n cards: a whole shuffled deck before any comes a second time."""
    out = []
    while len(out) < n:
        fresh = list(deck)
        rng.shuffle(fresh)
        out += fresh
    return out[:n]


def schedule(seed, shares):
    """Every round of a run. shares: kind of lane to its number of rounds."""
    plans = []
    for kind, n in shares.items():
        if kind == "patience":
            cards = LATE[:n]
        else:
            cards = drawn(decks()[kind], n, random.Random(f"{seed}:{kind}"))
        for program, point, verdict in cards:
            rng = random.Random(f"{seed}:{kind}:{len(plans)}")
            most = 1 if point in ONCE or kind in ("kiosk", "patience") else 2
            if kind == "kiosk" and point in ("request.read", "request.answered", "kiosk.call", "kiosk.answer"):
                most = 4  # scan, agreement, check-in, what becomes of it
            plans.append(Plan(len(plans), kind, program, point, verdict, rng.randint(1, most)))
    return plans
