"""What is compared over books of several sizes: check-ins, look-ups, the daemon's start, its memory."""
import json

import figures
from house import House, bench, pss_kib

ROUNDS, COUNT, WARM = 6, 100, 20  # of check-ins, for each size; each round begins with a fresh foyerd
LOOKS = 600
STARTS = 9
SOAK, MEMORY_VISITS = 10000, 200000  # far more than foyerd keeps in memory
GUESTS = 2 * ROUNDS * (COUNT + WARM) + LOOKS + 100


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def checkins(houses):
    """Bare and real in turn, one size after the other, so that the machine's moods meet all of them."""
    times = {h.visits: {"bare": [], "foyer": [], "fdatasync": []} for h in houses}
    for _ in range(ROUNDS):
        for h in houses:
            for line in lines(bench("bare", h.dir, h.path("guests"), h.take(COUNT + WARM), COUNT, WARM)):
                times[h.visits][line["side"]] += line["us"]
            h.start()
            text = bench("checkin", h.socket(), h.path("guests"), h.take(COUNT + WARM), COUNT, WARM)
            h.stop()
            times[h.visits]["foyer"] += lines(text)[0]["us"]
    p50 = {}
    for visits, sides in times.items():
        foyer, bare = figures.of(sides["foyer"]), figures.of(sides["bare"])
        p50[visits] = foyer.p50
        met = foyer.p50 <= 2.5 * bare.p50 and foyer.p99 <= 5
        yield figures.row(f"check-in, book of {visits:,}", foyer, "bare SQLite", bare, "≤ 2.5 × bare; p99 ≤ 5 ms", met)
        yield figures.row(f"check-in, book of {visits:,}", foyer, "fdatasync 4 KiB", figures.of(sides["fdatasync"]))
    if len(p50) > 1:
        least, most = min(p50.values()), max(p50.values())
        yield figures.plain("check-in, flat over sizes", f"{least:.2f}–{most:.2f} ms", ratio=most / least, goal="± 10 %", met=most <= 1.2 * least)


def looks(houses):
    goals = {"code": 0.1, "name": 0.3}
    for h in houses:
        h.start()
        sides = {(line["what"], line["side"]): figures.of(line["us"]) for line in lines(bench("look", h.dir, h.path("guests"), LOOKS))}
        h.stop()
        for what, most in goals.items():
            foyer, bare = sides[what, "foyer"], sides[what, "bare"]
            yield figures.row(f"look-up by {what}, {h.visits:,}", foyer, "bare select", bare, f"≤ {most} ms", foyer.p50 <= most)
            yield figures.row("  the same through the socket", sides[what, "socket"], "bare select", bare)


def starts(houses):
    """Until READY=1, from the start of the process."""
    for h in houses:
        took = []
        for _ in range(STARTS):
            took.append(1e6 * h.start())
            h.stop()
        t = figures.of(took)
        yield figures.row(f"foyerd ready, {h.visits:,}", t, goal="≤ 50 ms", met=t.p50 <= 50)


def memory(h):
    """Idle, and after each half of ten thousand check-ins."""
    h.start()
    idle = pss_kib(h.foyerd.pid)
    after = []
    for _ in range(2):
        bench("checkin", h.socket(), h.path("guests"), h.take(SOAK // 2), SOAK // 2, 0)
        after.append(pss_kib(h.foyerd.pid))
    private = pss_kib(h.foyerd.pid, "Private") / 1024
    h.stop()
    mib = [kib / 1024 for kib in (idle, *after)]
    yield figures.plain(f"foyerd's memory, {h.visits:,}", f"{mib[0]:.1f} MiB idle, {mib[2]:.1f} ({private:.1f} private) after {SOAK:,}", goal="≤ 20 MiB",
                        met=mib[2] <= 20)
    yield figures.plain("  growth over the second half of them", f"{mib[2] - mib[1]:+.2f} MiB", goal="none", met=mib[2] - mib[1] < 0.5)


def run(wanted, sizes):
    works = {"checkin": checkins, "look": looks, "start": starts}
    if any(wanted(w) for w in works):
        houses = []
        try:
            for visits in sizes:
                houses.append(House(visits, GUESTS))
            # Looking changes nothing, so it comes first.
            for name in ("look", "start", "checkin"):
                if wanted(name):
                    yield from works[name](houses)
        finally:
            for h in houses:
                h.down()
    if wanted("memory"):
        with House(MEMORY_VISITS, SOAK + 100) as h:
            yield from memory(h)
