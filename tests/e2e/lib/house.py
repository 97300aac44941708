"""What the tests of faults outside foyer share: a lobby whose visitors are let in by reception and whose clock the test drives, and how staff see
trouble."""
import json
import os
import re
import struct
import time
import unittest

from lobby import BUILD, Lobby, wait_for

SOON_S = 5  # staff know by then


class House(Lobby):
    """A lobby without a kiosk's screen."""
    without = ()  # of "printer", "controller": what it has not

    def __init__(self):
        super().__init__()
        with open(self.path("shift"), "wb") as f:
            f.write(struct.pack("=q", 0))

    def foyerd_start(self, before=()):
        """foyerd alone lives in the test's time."""
        clock = ("env", "LD_PRELOAD=" + os.path.join(BUILD, "shift-clock.so"), "FOYER_SHIFT_CLOCK=" + self.path("shift"))
        super().foyerd_start(before=(*clock, *before))

    def print_start(self):
        if "printer" not in self.without:
            super().print_start()

    def doors_start(self):
        if "controller" not in self.without:
            super().doors_start()

    def port(self, of):
        return "1" if of == "doors" and "controller" in self.without else super().port(of)

    def conf(self):
        text = super().conf()
        for what in self.without + (("access-group",) if "controller" in self.without else ()):
            text = re.sub(rf'(?ms)^{what} ".*?^}}\n', "", text)
        if "printer" in self.without:
            text = text.replace('\tprinter = "lobby"\n', "")
        return text.replace('door-right = "badge-code"', 'door-right = "none"') if "controller" in self.without else text

    def doctor(self, name):
        """What doctor says of one thing."""
        checks = json.loads(self.tried("--json", "doctor").stdout)["checks"]
        return next(c for c in checks if c["name"] == name)

    # --- time ----------------------------------------------------------------------------------------------

    def shift_ms(self):
        with open(self.path("shift"), "rb") as f:
            return struct.unpack("=q", f.read())[0]

    def now_ms(self):
        """As foyerd sees it."""
        return time.time() * 1000 + self.shift_ms()

    def later(self, seconds):
        """For foyerd it is so much later; a question makes it look at the clock."""
        with open(self.path("shift"), "r+b") as f:
            f.write(struct.pack("=q", self.shift_ms() + round(seconds * 1000)))
        self.ask("whoami")


class Seen(unittest.TestCase):
    """`house` is the module's."""
    house = None

    def come(self, name, host="jbaker"):
        """A visitor is let in; the visit's number."""
        number = self.house.invite(name, host=host)["number"]
        self.house.foyer("visit", "checkin", number)
        return number

    def job(self, kind, number):
        """The newest job of that kind of a visit that is not settled, as `foyer jobs` has it; {} where there is none."""
        mine = [j for j in self.house.jobs(kind) if j["visit_number"] == number]
        return max(mine, key=lambda j: j["id"], default={})

    def seen(self, fault, kind, number, word, began):
        """Staff see this word, why, and what to do, soon, in the list of jobs; and no name beside it."""
        def told():
            job = self.job(kind, number)
            return job if job.get("class") == word else None
        try:
            job = wait_for(f"{fault}: {word}", told, SOON_S)
        except RuntimeError as e:
            raise AssertionError(f"{e}; there is {self.job(kind, number)}") from None
        ms = round((time.monotonic() - began) * 1000)
        print(f"\n{fault}: {job['state']} after {ms} ms: {word}: {job['reason']}\n    remedy: {job['remedy']}", flush=True)
        self.assertLessEqual(ms, SOON_S * 1000)
        self.assertTrue(job["reason"] and job["remedy"], job)
        said = self.house.foyer("jobs")
        for text in (f"{kind} to {job['destination']}, visit {number}", f"{word}: {job['reason']}", job["remedy"]):
            self.assertIn(text, said)
        for word in self.house.visit(number)["name"].split() + ["baker", "roth"]:
            self.assertNotIn(word, said)
        return job

    def waits(self, number):
        """Why reception is asked to see to the visitor."""
        return [w["reason"] for w in self.house.waiting() if w["number"] == number]
