#!/usr/bin/python3
"""The nights in which the clock is set, midnights and the year's end, in time zones that are hard: every right and every day ends when Python's own
zoneinfo says, once, and what the door is told fits. tests/e2e/clock_jumps.py has the jumps."""
import datetime
import os
import subprocess
import sys
import time
import unittest
import zoneinfo

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../e2e"), os.path.join(HERE, "../e2e/lib")]
from daemon_api import MORE, House, wait_for  # noqa: E402
from fake_clock import FakeClock  # noqa: E402

MINUTE, HOUR, DAY = 60, 3600, 86400
GRACE = 10 * MINUTE
ZONES = ["Europe/Berlin", "America/Anchorage", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo",
         "America/St_Johns", "Asia/Kathmandu", "UTC"]
DOORS = '''
controller "main" { driver = "uhppote" address = "127.0.0.1:9" serial = "405419896" card-first = "1000" card-last = "1999"
	profile-first = "100" profile-last = "199" }
access-group "visitors" { doors = { "main:1" } }
'''


class Site(House):
    """foyerd under a clock of its own, in some time zone."""

    def __init__(self, zone):
        self.zone = zoneinfo.ZoneInfo(zone)
        super().__init__(MORE + DOORS)

    def write_conf(self, more=None, timezone=None):
        super().write_conf(more, self.zone.key)
        with open(self.conf, encoding="utf-8") as f:
            text = f.read()
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(text.replace('id = "3"', f'id = "3" exit-grace = "{GRACE // 60}m" door-right = "badge-code"'))

    def start(self):
        self.clock = getattr(self, "clock", None) or FakeClock(self.dir)
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([*self.clock.before(), os.path.join(self.bin, "foyerd"), "-c", self.conf, "-f"], stderr=log,
                                            stdin=subprocess.DEVNULL)
        wait_for("the socket", lambda: self.process.poll() is not None or self.answers())
        return self

    # --- the calendar, by zoneinfo -------------------------------------------------------------------------

    def local(self, at):
        return datetime.datetime.fromtimestamp(at, self.zone)

    def midnight(self, at):
        """The end of the local day in which that second lies."""
        day = self.local(at).date() + datetime.timedelta(days=1)
        start = datetime.datetime(day.year, day.month, day.day, tzinfo=self.zone)
        # Where midnight itself is left out, the day begins with the first minute that there is.
        while self.local(start.timestamp()).date() != day:
            start += datetime.timedelta(minutes=1)
        return start.timestamp()

    def quarter(self, at):
        """The door's time: the local quarter of an hour at or after."""
        offset = self.local(at).utcoffset().total_seconds()
        return at + -(at + offset) % (15 * MINUTE)


def nights(zone, start):
    """(name, moment): the next two changes of the clock, if there are any, the next midnight, and the end of the year."""
    site = zoneinfo.ZoneInfo(zone)

    def offset(at):
        return datetime.datetime.fromtimestamp(at, site).utcoffset()
    found, at = [], start // HOUR * HOUR
    while at < start + 400 * DAY and len(found) < 2:
        if offset(at) != offset(at + HOUR):
            low = at
            while offset(low + MINUTE) == offset(at):
                low += MINUTE
            found.append(("spring" if offset(at + HOUR) > offset(at) else "autumn", low + MINUTE))
        at += HOUR
    here = datetime.datetime.fromtimestamp(start, site)
    for name, day in (("midnight", here.date() + datetime.timedelta(days=2)), ("year's end", datetime.date(here.year + 1, 1, 1))):
        found.append((name, datetime.datetime(day.year, day.month, day.day, tzinfo=site).timestamp()))
    return found


class Nights(unittest.TestCase):
    def good(self, status, *args, **more):
        got, answer = self.site.ask(*args, **more)
        self.assertEqual(got, status, answer)
        return answer

    def enter(self, name, until):
        made = self.good(201, "POST", "/v1/invitations", {"host": "ar", "name": name, "type": "guest", "until_ms": int(until * 1000)})
        text = self.good(200, "GET", "/v1/agreements/visitor?lang=en", kiosk="lobby")
        self.good(201, "POST", "/v1/checkins", {"lang": "en", "pass": made["pass"], "agreement": {
            "name": "visitor", "version": text["version"], "lang": "en", "accepted": True}}, kiosk="lobby")
        wait_for("the right", lambda: self.show(made)["doors"] == "open")
        made["until"] = until
        return made

    def show(self, made):
        return self.good(200, "GET", f"/v1/visits/{made['number']}")

    def told(self, kind, made):
        card = self.show(made)["credentials"][0]["card"]
        return [j for j in self.site.seen("access", "main") if j["kind"] == kind and j["card"] == card]

    def poke(self):
        self.assertIn(self.site.ask("PUT", "/v1/hosts/poke", {"name": f"Poke {time.monotonic_ns()}"})[0], (200, 201))
        self.good(200, "GET", "/v1/me")  # the next round of the loop has passed

    def assert_grant_fits(self, made, came):
        end = self.site.quarter(made["until"] + GRACE)
        last = self.site.local(end - 1)
        job, = self.told("grant", made)
        self.assertEqual((job["first"], job["last"]), (f"{self.site.local(came):%Y-%m-%d}", f"{last:%Y-%m-%d}"))
        profile = job["profiles"][-1]
        midnight = end == self.site.midnight(end - 1)
        self.assertEqual((profile["first"], profile["last"], profile["from"], profile["to"]),
                         (job["last"], job["last"], "00:00", "23:59" if midnight else f"{self.site.local(end):%H:%M}"))
        self.assertEqual(len(job["profiles"]), 1 if job["first"] == job["last"] else 2)

    def assert_at(self, at, visits):
        """What holds at that second."""
        self.site.clock.set(at)
        self.poke()
        for made in visits:
            right_over, day_over = at >= made["until"] + GRACE, at >= self.site.midnight(made["until"] - 1)
            with self.subTest(at=str(self.site.local(at)), until=str(self.site.local(made["until"]))):
                if right_over:
                    wait_for("the withdrawal", lambda made=made: self.show(made)["doors"] == "withdrawn", 10)
                if day_over:
                    wait_for("the day's end", lambda made=made: self.show(made)["state"] == "ended", 10)
                shown = self.show(made)
                self.assertEqual((shown["doors"], shown["state"]), ("withdrawn" if right_over or day_over else "open",
                                                                    "ended" if day_over else "inside"))
                self.assertEqual(len(self.told("revoke", made)), int(right_over or day_over))
                self.assertEqual(len(self.told("grant", made)), 1)

    def night(self, zone, moment):
        self.site = Site(zone)
        try:
            self.site.command("--init", "--demo")
            self.site.start()
            came = moment - 3 * HOUR
            self.site.clock.set(came)
            self.good(201, "PUT", "/v1/hosts/ar", {"name": "Anna Roth"})
            # Before the moment, on it, in the odd hour after it, and in the morning.
            visits = [self.enter(f"Guest {i}", moment + after) for i, after in enumerate((-30 * MINUTE, 0, 25 * MINUTE, 95 * MINUTE, 6 * HOUR))]
            for made in visits:
                self.assert_grant_fits(made, came)
            ends = {made["until"] + GRACE for made in visits} | {self.site.midnight(made["until"] - 1) for made in visits} | {moment}
            for end in sorted(ends):
                self.assert_at(end - 20, visits)
                self.assert_at(end + 1, visits)
            for made in visits:
                self.assertEqual(self.good(422, "POST", "/v1/scan", {"text": made["pass"], "source": "camera"}, kiosk="lobby")["error"], "ended")
            # An hour back, as a machine may do that keeps local time: nothing comes to life, nothing happens twice.
            self.site.clock.jump(-HOUR)
            self.poke()
            for made in visits:
                self.assertEqual((self.show(made)["doors"], self.show(made)["state"]), ("withdrawn", "ended"))
                self.assertEqual(len(self.told("revoke", made)), 1)
            self.assertTrue(self.good(200, "GET", "/v1/journal/verify")["ok"])
            self.assertEqual(self.site.stop(), 0)
        finally:
            self.site.remove()

    def test_nights(self):
        n = 0
        for zone in ZONES:
            for name, moment in nights(zone, time.time() + 2 * DAY):
                with self.subTest(zone=zone, night=name, moment=moment):
                    self.night(zone, moment)
                    n += 1
        print(f"\n# {n} nights in {len(ZONES)} time zones")

    def test_by_itself(self):
        """Nobody does anything: the alarm rings at the right second, and the door is told."""
        self.site = Site("Asia/Kolkata")
        self.addCleanup(self.site.remove)
        self.site.command("--init", "--demo")
        self.site.start()
        self.site.clock.set(time.time() + 30 * DAY)
        self.good(201, "PUT", "/v1/hosts/ar", {"name": "Anna Roth"})
        made = self.enter("Guest", self.site.clock.now() + 4 - GRACE + 30 * MINUTE)
        self.site.clock.set(made["until"] + GRACE - 4)
        self.poke()
        seen = os.path.join(self.site.bin, "seen-access-main")
        size = os.path.getsize(seen)
        wait_for("the withdrawal at the door", lambda: os.path.getsize(seen) > size, 20)
        self.assertAlmostEqual(self.site.clock.now(), made["until"] + GRACE, delta=1)
        self.assertEqual(len(self.told("revoke", made)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
