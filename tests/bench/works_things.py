"""What is compared apart from the book's size: the badge, the printer, the doors, the camera, the screen, a crowd."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import figures
from house import BUILD, KIOSKS, SERIAL, WITH, House, Failed, bench, pss_kib, ran
from screen import Screen

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "rig"))
from peer import wait_for  # noqa: E402
from printing import Rig  # noqa: E402

TEMPLATE = os.path.join(BUILD, "share", "foyer", "badge", "visitor-62x100.svg")
FIRST = b"invitation"  # stands on the kiosk's first screen alone
CROWD, EACH = 500, 8
RUNS = 15
PREVIEW_S = 15
BURST_S = 0.012  # what a kiosk writes for one picture comes in several pieces, this close
WARM = 60


def sides(text, *keys):
    return {tuple(line.get(k) for k in keys): line["us"] for line in map(json.loads, text.splitlines())}


def badges():
    goals = {"first": 30, "warm": 8}
    times = {(what, side): [] for what in goals for side in ("foyer", "bare")}
    for _ in range(RUNS):
        for side in ("foyer", "bare"):
            for (what,), us in sides(bench("badge", TEMPLATE, side, 12), "what").items():
                times[what, side] += us
    for what, most in goals.items():
        foyer, bare = figures.of(times[what, "foyer"]), figures.of(times[what, "bare"])
        yield figures.row(f"badge to PDF, {what}", foyer, "cairo + pango", bare, f"≤ {most} ms", foyer.p50 <= most)


def printing():
    rig = Rig()
    try:
        with tempfile.TemporaryDirectory() as folder:
            pdf = os.path.join(folder, "badge.pdf")
            ran([os.path.join(BUILD, "foyer-print"), "--preview", TEMPLATE, pdf])
            rig.cups("cupsdisable", "badge")
            got = sides(bench("print", rig.server, "badge", pdf, 60), "side")
        rig.cups("cancel", "-a", "badge")
    finally:
        rig.stop()
    foyer, lp = figures.of(got["foyer",]), figures.of(got["lp",])
    yield figures.row("PDF to CUPS, kept connection", foyer, "lp", lp, "ahead of lp", foyer.p50 < lp.p50)


def doors():
    with House(3000, 100 + CROWD, doors=True) as h:
        h.start()
        got = sides(bench("door", h.socket(), h.path("guests"), h.take(60), 60, h.port, SERIAL), "side")
        foyer, bare = figures.of(got["foyer",]), figures.of(got["bare",])
        yield figures.row("commit to right read back", foyer, "UDP round trip", bare, "p99 ≤ 20 ms", foyer.p99 <= 20)
        h.stop()


def crowd():
    """All of a group at once, at four kiosks, while the couriers open the doors for those who are in already."""
    with House(3000, CROWD + 10, doors=True) as h:
        h.start()
        begin = time.monotonic()
        got = sides(bench("group", h.path("guests"), h.take(CROWD), CROWD, EACH, *map(h.socket, KIOSKS)), "side")
        waits, answers = figures.of(got["foyer",]), figures.of(got["answer",])
        wait_for(f"right at the doors for all {CROWD}", lambda: h.cards() >= CROWD, 120)
        opened = time.monotonic() - begin
        h.stop()
    yield figures.row(f"{CROWD} at once: until one's own welcome", waits, goal="nobody over 1 s", met=waits.most <= 1000)
    yield figures.plain(f"  the last of {CROWD}", f"welcome after {waits.most:.0f} ms, doors open after {opened:.1f} s")
    yield figures.row("  what a kiosk waited for one answer", answers)


def camera():
    with tempfile.TemporaryDirectory() as folder:
        got = sides(bench("qr", folder, 8), "what", "side")
        took = []
        for name in sorted(os.listdir(folder))[:6]:
            argv = [*WITH, "zbarimg", "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", os.path.join(folder, name)]
            begin = time.monotonic()
            subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            took.append(1e6 * (time.monotonic() - begin))
    foyer, bare = figures.of(got["code", "foyer"]), figures.of(got["code", "bare"])
    yield figures.row("QR in a frame of 1280×720", foyer, "zbarimg", figures.of(took), "≤ 15 ms", foyer.p50 <= 15)
    yield figures.row("  the same", foyer, "ZBar in process", bare)
    yield figures.row("  nobody there", figures.of(got["nobody", "foyer"]), "ZBar in process", figures.of(got["nobody", "bare"]))


class Kiosk(Screen):
    def __init__(self, house, camera="", program=os.path.join(BUILD, "foyer-kiosk")):
        with open(house.path("kiosk.conf"), "w", encoding="utf-8") as f:
            f.write(f'kiosk {{ socket = "{house.socket()}" }}\n{camera}')
        super().__init__([program, "-c", house.path("kiosk.conf")])


def preview():
    """What a visitor sees of themselves who holds up a code that cannot be read, on the terminal of a real kiosk: each burst of bytes is a picture."""
    with House(3000, 10) as h:
        shutil.copy(os.path.join(BUILD, "foyer-kiosk"), h.path("bin"))
        shutil.copy(os.path.join(BUILD, "bench", "eyes"), h.path("bin/foyer-camera"))
        h.start()
        kiosk = Kiosk(h, 'camera { device = "/dev/video0" }\n', h.path("bin/foyer-kiosk"))
        kiosk.until(FIRST)
        os.write(kiosk.fd, b"1")  # I have an invitation
        for _ in range(WARM):
            kiosk.read(1)
        begin, bursts = time.monotonic(), []
        while time.monotonic() - begin < PREVIEW_S:
            if kiosk.read(1):
                now = time.monotonic()
                if not bursts or now - bursts[-1][1] > BURST_S:
                    bursts.append([now, now])
                bursts[-1][1] = now
        kiosk.end()
        h.stop()
    gaps = [b[0] - a[0] for a, b in zip(bursts, bursts[1:])]
    if not gaps:
        raise Failed("the kiosk shows no preview")
    rate = len(gaps) / (bursts[-1][0] - bursts[0][0])
    yield figures.plain("preview with a code that nobody can read", f"{rate:.1f} pictures a second, longest gap {1e3 * max(gaps):.0f} ms",
                        goal="≥ 15 a second", met=rate >= 15)


def walk(kiosk):
    """Through a walk-in's screens and back again: bytes of each change, bytes of each letter."""
    changes, letters = [], []
    changes.append(kiosk.keys("2"))  # no invitation
    changes.append(kiosk.keys("1"))  # a guest
    for letter in "Maria Bauer":
        letters.append(kiosk.keys(letter))
    for _ in range(2):
        changes.append(kiosk.keys("\x1b"))
    return changes, letters


def screens(wanted):
    with House(3000, 10) as h:
        h.start()
        if wanted("start"):
            starts = {"foyer": [], "empty": []}
            for _ in range(RUNS):
                for side, argv, mark in (("foyer", None, FIRST), ("empty", [os.path.join(BUILD, "bench", "empty")], b"empty")):
                    s = Kiosk(h) if argv is None else Screen(argv)
                    starts[side].append(1e6 * s.until(mark))
                    s.end()
            foyer, empty = figures.of(starts["foyer"]), figures.of(starts["empty"])
            yield figures.row("kiosk to its first screen", foyer, "empty curses", empty, "≤ 30 ms", foyer.p50 <= 30)
        kiosk = Kiosk(h)
        kiosk.until(FIRST)
        kiosk.settle()
        idle = pss_kib(kiosk.pid)
        changes, letters = walk(kiosk)
        if wanted("screen"):
            yield figures.counted("bytes for a change of screen, 80×24", changes, "≤ 2,400", max(changes) <= 2400)
            yield figures.counted("bytes for a letter", letters, "≤ 40", statistics.median(letters) <= 40)
        if wanted("memory"):
            for _ in range(4):
                walk(kiosk)
            after = pss_kib(kiosk.pid)
            empty = Screen([os.path.join(BUILD, "bench", "empty")])
            empty.until(b"empty")
            yield figures.plain("kiosk's memory", f"{idle / 1024:.1f} MiB idle, {after / 1024:.1f} after five walks", ratio=after / pss_kib(empty.pid),
                                beside="empty curses", beside_is=f"{pss_kib(empty.pid) / 1024:.1f} MiB", goal="≤ 12 MiB", met=after <= 12 * 1024)
            empty.end()
        kiosk.end()
        h.stop()


def run(wanted):
    works = {"badge": badges, "print": printing, "door": doors, "group": crowd, "qr": camera, "preview": preview}
    for name, work in works.items():
        if wanted(name):
            yield from work()
    if any(wanted(w) for w in ("screen", "start", "memory")):
        yield from screens(wanted)
