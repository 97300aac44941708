"""A lane: one lobby, in which rounds follow each other. Several lanes run at once."""
import random
import signal
import threading
import time
import traceback
import uuid

from plans import AT_START, AT_STOP
from points import Fault, is_gone, parent_of, state_of, tell, unstop
from proof import Proof
from sites import KIOSKS, KeeperSite, Site, wait_for
from visitors import LATE_S, Client, Lost, Visitor

BATCH = 8  # rounds between two proofs
ROUND_S = 90
STOP_S = 0.4
KINDS = ("invited", "invited", "walk-in", "hurried", "hurried-walk-in", "returns", "reprint", "approved")


class House:
    """What every visitor of a lane knows."""
    kiosks = KIOSKS

    def __init__(self, client, book):
        self.until_ms = int(time.time() * 1000) // 60000 * 60000 + 3 * 3600 * 1000  # one time profile for all
        self.badge_code = book.badge_code
        self.agreement = client.ask("k0", "GET", "/v1/agreements/visitor?lang=en")["version"]
        self.host = client.ask("k0", "GET", f"/v1/hosts?q=baker&flow={uuid.uuid4()}")["items"][0]["id"]


class Lane:
    """Rounds of visitors who come over the API."""

    def __init__(self, kind, seed):
        self.kind, self.seed = kind, seed
        self.site = KeeperSite() if kind == "keeper" else Site()
        self.points = self.site.points
        self.failures = []  # (plan or None, text)
        self.missed = []  # plans whose fault found nobody
        self.struck = []  # (program, point, verdict)
        self.batch = []  # (plan, visitor)
        self.walked = 0
        try:
            self.site.up()
            self.client = Client(self.site)
            self.proof = Proof(self.site, self.client)
            self.house = House(self.client, self.proof.book)
        except BaseException:
            print("\n".join(self.site.log_tail()), flush=True)
            self.site.down()
            raise

    def down(self):
        self.site.down()

    def run(self, plans):
        for i, plan in enumerate(plans):
            began = time.monotonic()
            try:
                self.round(plan)
            except Exception:  # pylint: disable=broad-except
                self.fail(plan, traceback.format_exc())
            self.troubles(plan)
            print(f"{plan}: {time.monotonic() - began:.1f} s", flush=True)
            if time.monotonic() - began > ROUND_S and plan.verdict != "late":
                self.fail(plan, f"took {time.monotonic() - began:.0f} s")
            if i % BATCH == BATCH - 1 or i == len(plans) - 1:
                self.prove(plan)

    def fail(self, plan, text):
        said = [f"FAILED {plan}", *("    " + line for line in text.rstrip().splitlines())]
        if not self.failures:  # the first may have made the others
            said += ["    the last points:", *(f"      {' '.join(map(str, e))}" for e in list(self.points.last)[-60:]), *self.site.log_tail()]
        print("\n".join(said), flush=True)
        self.failures.append((plan.index, text))

    def troubles(self, plan):
        for troubles in (self.points.troubles, self.site.foyerd.troubles):
            while troubles:
                self.fail(plan, troubles.pop(0))

    def prove(self, plan):
        """That all of the last rounds came to their end as they ought."""
        self.points.arm()
        batch, self.batch = self.batch, []
        try:
            problems = self.proof.problems([v for _, v in batch])
        except Exception:  # pylint: disable=broad-except
            problems = [traceback.format_exc()]
        for text in problems:
            self.fail(next((p for p, v in batch if text.startswith(str(v))), plan), text)
        self.troubles(plan)

    # --- one round -----------------------------------------------------------------------------------------

    def kinds(self, plan, rng):
        """Who comes: always somebody who passes the point."""
        if plan.point.startswith("clock."):
            first = "expires"
        elif plan.point == "print.cancelled":
            return ["jammed"]
        elif plan.program == "foyer-access":
            first = rng.choice(("invited", "returns", "reprint"))
        elif plan.program == "foyer-print":
            first = rng.choice(("invited", "walk-in", "reprint"))
        else:
            first = rng.choice(KINDS)
        return [first] * plan.nth + [rng.choice(KINDS) for _ in range(rng.choice((0, 0, 1)))]

    def round(self, plan):
        rng = random.Random(f"{self.seed}:{plan.index}")
        fault = Fault(plan.program, plan.point, plan.nth, {"widow": "stop", "late": "stop"}.get(plan.verdict, plan.verdict))
        self.points.arm(fault)
        keeperless = plan.program == "keeper" or plan.verdict == "orphan"
        self.site.foyerd.sanctioned = {0, -signal.SIGTERM} if plan.point in AT_STOP else {-signal.SIGABRT} if keeperless else set()
        if plan.point == "print.cancelled":
            self.site.rig("jam", "on")
        visitors = [Visitor(self.client, self.house, plan, n, kind, random.Random(f"{self.seed}:{plan.index}:{n}"))
                    for n, kind in enumerate(self.kinds(plan, rng))]
        self.batch += [(plan, v) for v in visitors]
        self.walked += len(visitors)
        threads = [threading.Thread(target=v.walk, daemon=True) for v in visitors]
        for t in threads:
            t.start()
        if plan.point in AT_START:
            self.site.foyerd.restart()
        elif plan.point in AT_STOP:
            rng.choice(threads).join(rng.random())
            self.site.foyerd.kill(signal.SIGTERM)
        after = threading.Thread(target=self.aftermath, args=(plan, fault, threads), daemon=True)
        after.start()
        for t in [*threads, after]:
            t.join(LATE_S)
            if t.is_alive():
                raise Lost("the round never ended")
        self.points.arm()
        wait_for("foyerd", self.site.answers)
        self.site.foyerd.sanctioned = set()

    def aftermath(self, plan, fault, threads):
        """What follows on the fault, as soon as it has struck."""
        struck = fault.fired.wait(0.1)
        # What they leave behind may come to it when they have gone.
        while not struck and (any(t.is_alive() for t in threads) or self.proof.busy()):
            struck = fault.fired.wait(0.1)
        if plan.point == "print.cancelled":
            # What somebody before left behind may have come to it: this round's visitor must still meet the jam.
            while threads[-1].is_alive() and not self.batch[-1][1].noticed.wait(0.1):
                pass
            self.site.rig("jam", "off")
        if not struck and not fault.fired.wait(0.3):
            self.missed.append(plan)
            return
        self.struck.append((plan.program, plan.point, plan.verdict))
        try:
            self.follow(plan, fault)
        except Exception:  # pylint: disable=broad-except
            self.fail(plan, traceback.format_exc())

    def follow(self, plan, fault):
        pid = fault.pid
        if plan.verdict == "kill":
            wait_for(f"the end of {plan.program}", lambda: is_gone(pid), 10)
        elif plan.verdict == "stop" and plan.program == "foyerd":
            while self.client.in_vain.acquire(blocking=False):
                pass
            self.client.in_vain.acquire(timeout=2.5)  # somebody has given up on an answer, or nobody asks
            unstop(pid)
        elif plan.verdict == "stop":
            wait_for("the stop", lambda: state_of(pid) == "T", 10)
            threading.Event().wait(STOP_S)
            tell(pid, signal.SIGCONT)
        elif plan.verdict == "widow":
            wait_for("the stop", lambda: state_of(pid) == "T", 10)
            self.site.foyerd.restart()
            wait_for(f"the end of {plan.program}, whose foyerd is dead", lambda: is_gone(pid), 5)
        elif plan.verdict == "orphan":
            self.orphan(pid)
        elif plan.verdict == "late":
            self.late(pid)

    def logged(self, words):
        with open(self.site.path("log/foyerd"), encoding="utf-8", errors="replace") as f:
            return f.read().count(words)

    def orphan(self, pid):
        """It outlives its keeper and foyerd, stopped. Whoever comes after it does not get the lock; then it goes on, and finds nobody to tell."""
        wait_for("the stop", lambda: state_of(pid) == "T", 10)
        keeper = parent_of(pid)
        refused = self.logged("another courier holds")
        tell(keeper, signal.SIGKILL)  # who hears of foyerd's end takes its couriers along
        wait_for("the keeper's end", lambda: is_gone(keeper), 10)
        self.site.foyerd.restart()
        if is_gone(pid):
            raise Lost("the orphan did not outlive foyerd")
        wait_for("the next courier to be refused", lambda: self.logged("another courier holds") > refused, 20)
        tell(pid, signal.SIGCONT)
        wait_for("the orphan's end", lambda: is_gone(pid), 20)

    def late(self, pid):
        """Stopped until foyerd's patience is over: killed, reaped, and its job done by the next one."""
        before = self.logged("it did not answer in time")
        wait_for("the end of foyerd's patience", lambda: self.logged("it did not answer in time") > before, LATE_S - 10)
        wait_for("the end of the late one", lambda: is_gone(pid), 10)
