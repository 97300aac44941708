#!/usr/bin/python3
"""Death at every named step. Visitors walk through whole visits on real lobbies; in each round one process is killed, stopped, orphaned,
delayed or made to answer wrongly at one point that it passes (base/fault.h), and started again by who would start it. Nothing may be
lost, done twice, or left open; nobody may be stopped by it.

    SEED=7 ROUNDS=500 tests/fault/kill.py      ROUNDS unset: 500. O names a build with FAULT=1.
    SEED=7 ROUND=123 tests/fault/kill.py       that one round again, in a lobby of its own
    SEED=7 LANES=desk,kiosk tests/fault/kill.py
"""
import collections
import dataclasses
import multiprocessing
import os
import queue
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "kill"))
import plans  # noqa: E402
from kiosk import KioskLane  # noqa: E402
from lanes import Lane  # noqa: E402
from sites import KeeperSite  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "500"))
SEED = os.environ.get("SEED") or str(int.from_bytes(os.urandom(4), "little"))
ROUND = os.environ.get("ROUND")
DESKS = 5  # lanes over the API; each print takes a second, in which the others go on
FULL = 400  # from so many rounds on, every point must have been reached and every fault have struck


def shares(kinds):
    """How many rounds each kind of lane gets."""
    parts = {"kiosk": 0.12, "keeper": 0.13}
    out = {k: max(1, round(ROUNDS * part)) for k, part in parts.items() if k in kinds}
    if "patience" in kinds:
        out["patience"] = min(len(plans.LATE), max(1, ROUNDS // 50))
    if "desk" in kinds:
        out["desk"] = max(1, ROUNDS - sum(out.values()))
    return out


@dataclasses.dataclass
class Report:
    """What a lane has to say."""
    failures: list  # (round or None, text)
    missed: list = dataclasses.field(default_factory=list)
    struck: list = dataclasses.field(default_factory=list)  # (program, point, verdict)
    hits: dict = dataclasses.field(default_factory=dict)
    visitors: int = 0
    mails_twice: int = 0
    replays: int = 0
    kiosk_back_s: float = 0.0


def lane_run(kind, todo, results):
    """In a process of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    lane = None
    try:
        lane = (KioskLane if kind == "kiosk" else Lane)(kind, SEED)
        lane.run(todo)
        results.put(Report(lane.failures, lane.missed, lane.struck, dict(lane.points.hits), lane.walked, lane.proof.mails_twice,
                           lane.client.replays, getattr(lane, "slowest", 0.0)))
    except BaseException as e:  # pylint: disable=broad-except
        if not isinstance(e, SystemExit):
            traceback.print_exc()
        results.put(Report([(None, f"lane {kind}: {e!r}")]))
    finally:
        if lane:
            lane.down()


def split(schedule):
    """[(kind, plans)]: a lane each; the desk's rounds among several."""
    by_kind = collections.defaultdict(list)
    for plan in schedule:
        by_kind[plan.lane].append(plan)
    lanes = [(kind, todo) for kind, todo in by_kind.items() if kind != "desk"]
    return lanes + [("desk", by_kind["desk"][i::DESKS]) for i in range(DESKS) if by_kind["desk"][i::DESKS]]


def run(lanes):
    """Every lane's report."""
    results = multiprocessing.Queue()
    children = [multiprocessing.Process(target=lane_run, args=(kind, todo, results)) for kind, todo in lanes]
    reports = []
    try:
        for c in children:
            c.start()
        while len(reports) < len(children):
            try:
                reports.append(results.get(timeout=2))
            except queue.Empty:
                if not any(c.is_alive() for c in children):
                    return [*reports, Report([(None, "a lane ended without a word")])]
        return reports
    finally:
        for c in children:
            if len(reports) < len(children):
                c.terminate()
        for c in children:
            c.join(60)


def unreached(hits, struck, kinds):
    """What a full run must have seen and has not."""
    out = []
    needed = {(program, point) for program, point, _ in plans.named()
              if not (program == "keeper" and "keeper" not in kinds)}
    out += [f"{program} never came to {point}" for program, point in sorted(needed - set(hits))]
    meant = {c for kind in kinds if kind != "patience" for c in plans.decks()[kind]}
    out += [f"{program} at {point} was never struck: {verdict}" for program, point, verdict in sorted(meant - set(struck))]
    return out


def main():
    began = time.monotonic()
    kinds = os.environ.get("LANES", "desk,keeper,kiosk,patience").split(",")
    if "keeper" in kinds and not KeeperSite.possible():
        print("# without the keeper: only root may be it, where it may mount")
        kinds.remove("keeper")
    schedule = plans.schedule(SEED, shares(kinds))
    if ROUND:
        schedule = [p for p in schedule if p.index == int(ROUND)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    reports = run(split(schedule))
    failures = [f for r in reports for f in r.failures]
    missed, struck, hits = [p for r in reports for p in r.missed], [s for r in reports for s in r.struck], collections.Counter()
    for r in reports:
        hits.update(r.hits)
    full = ROUNDS >= FULL and not ROUND and {"desk", "kiosk", "patience"} <= set(kinds)
    holes = unreached(hits, struck, kinds) if full else []
    verdicts = collections.Counter(v.split()[0] for _, _, v in struck)
    print(f"# {len(schedule)} rounds with seed {SEED}: {len(struck)} faults struck ({', '.join(f'{n} {v}' for v, n in sorted(verdicts.items()))}), "
          f"{len(missed)} found nobody; {sum(r.visitors for r in reports)} visitors; {len(hits)} points reached, {sum(hits.values())} times")
    print(f"# {sum(r.replays for r in reports)} answers asked for twice; {sum(r.mails_twice for r in reports)} mails came twice under one Message-ID; "
          f"the kiosk was back within {max(r.kiosk_back_s for r in reports):.1f} s; {time.monotonic() - began:.0f} s")
    for tale, n in plans.tales(struck).items():
        print(f"# {tale}: {n} times")
        holes += [f"never: {tale}"] if full and not n else []
    for plan in missed:
        print(f"  found nobody: {plan}")
    for hole in holes:
        print(f"FAILED {hole}")
    for index, text in failures:
        if index is None:
            print(f"FAILED {text}")
    for index in sorted({i for i, _ in failures if i is not None}):
        print(f"again: make fault ONLY=kill SEED={SEED} ROUNDS={ROUNDS} with ROUND={index} in the environment")
    return 1 if failures or holes else 0


if __name__ == "__main__":
    sys.exit(main())
