#!/usr/bin/python3
"""The clock jumps while foyerd runs: two hours back, a year ahead and back again, over midnight. Rights end when they should, at the door and once;
nothing that had ended begins again; staff are told; and an expired pass at the kiosk."""
import json
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from fake_clock import FakeClock  # noqa: E402
from lobby import Case, Lobby, wait_for  # noqa: E402

HOUR, DAY, YEAR = 3600, 86400, 365 * 86400


class ClockLobby(Lobby):
    def foyerd_start(self, before=()):
        if not hasattr(self, "clock"):
            self.clock = FakeClock(self.dir)
        super().foyerd_start(before=[*before, *self.clock.before()])


class Clock(Case):
    @classmethod
    def setUpClass(cls):
        import lobby
        lobby.Lobby, kept = ClockLobby, lobby.Lobby
        try:
            super().setUpClass()
        finally:
            lobby.Lobby = kept
        cls.clock = cls.lobby.clock

    @classmethod
    def set_up_lobby(cls):
        cls.lobby.site['door-right = "badge-code"'] = 'door-right = "badge-code"\n\texit-grace = "10m"'

    def deletes(self):
        """How often the controller was told to forget a card."""
        return json.loads(self.lobby.doors("asked")).get("delete-card", 0)

    def arrive(self, name, *more, **how):
        made = self.lobby.invite(name, *more, **how)
        self.kiosk.check_in(made["pass"], name)
        self.assert_eventually("the right", lambda: self.lobby.visit(made["number"])["doors"] == "open")
        made["card"] = self.lobby.visit(made["number"])["credentials"][0]["card"]
        self.assertIn(made["card"], self.lobby.cards())
        return made

    def look(self):
        """Somebody does something, as somebody always does; foyerd looks at its clock with every change."""
        self.lobby.foyer("host", "set", "aroth", "--phone", f"+49 30 {self.clock.now():.3f}")

    def told(self, what):
        return [r for r in self.lobby.ask("journal", "show", "--limit", "1000")["items"] if r["what"] == what]

    def clock_check(self):
        return next(c for c in json.loads(self.lobby.tried("--json", "doctor").stdout)["checks"] if c["name"] == "clock")

    # --------------------------------------------------------------------------------------------------

    def test_1_a_right_ends_at_its_time_and_once(self):
        made = self.arrive("Ruth Right", until="+30m")
        self.clock.ahead(39 * 60)  # the grace is not over
        self.look()
        self.assertIn(made["card"], self.lobby.cards())
        self.assertEqual(self.lobby.visit(made["number"])["doors"], "open")
        before = self.deletes()
        self.clock.ahead(40 * 60 + 30)
        self.look()
        self.assert_eventually("the withdrawal", lambda: made["card"] not in self.lobby.cards(), 10)
        self.assert_eventually("its record", lambda: self.lobby.visit(made["number"])["doors"] == "withdrawn")
        self.assertEqual(self.deletes(), before + 1)
        # Two hours back: told, and nothing comes to life or ends once more.
        self.clock.jump(-2 * HOUR)
        self.look()
        self.assert_eventually("its journal", lambda: self.told("clock.back"))
        self.assertEqual(self.clock_check()["state"], "fail")
        self.assertIn("clock-back", [w["reason"] for w in self.lobby.waiting()])
        self.assertIn("The clock was set back", self.lobby.foyer("waiting"))
        self.assertEqual(self.lobby.visit(made["number"])["doors"], "withdrawn")
        self.assertNotIn(made["card"], self.lobby.cards())
        self.assertEqual(self.deletes(), before + 1)
        # And forth: the clock has caught up, and that is all.
        self.clock.jump(2 * HOUR)
        self.look()
        self.assertEqual(self.deletes(), before + 1)
        self.assertEqual(len(self.told("clock.back")), 1)
        self.assertEqual(self.told("clock.leap"), [])
        self.assertEqual([self.lobby.visit(made["number"])[k] for k in ("doors", "state")], ["withdrawn", "inside"])
        self.assertEqual(self.clock_check()["state"], "warn")

    def test_2_an_expired_pass_at_the_kiosk(self):
        made = self.lobby.invite("Edda Expired", until="+30m")
        self.kiosk.show(made["pass"], "Edda Expired", "Yes, this is me")
        # It is for today; tomorrow it is over. The screen is the visitor's, the rest is reception's.
        self.clock.jump(DAY)
        screen = self.kiosk.show(made["pass"], "This code is no longer valid", "Reception will gladly help", "you with a new one")
        self.assertNotRegex(screen, r"Edda|20\d\d")
        code = re.sub("[^0-9A-Z]", "", made["code"])
        self.kiosk.home()
        self.kiosk.press("1")
        self.kiosk.type(code)
        self.kiosk.press("Enter")
        screen = self.kiosk.expect("This (code is no longer valid|visit is over)")
        self.assertNotIn("Edda", screen)
        self.look()
        self.assert_eventually("its end", lambda: self.lobby.visit(made["number"])["state"] == "ended")
        self.kiosk.show(made["pass"], "This visit is over|This code is no longer valid")

    def test_3_a_year_ahead_for_a_minute(self):
        ends = self.arrive("Yves Year", until="+2h")
        self.lobby.invite("Nina Never", until="+2h")
        forgotten = len(self.lobby.ask("visits")["items"])
        before = self.deletes()
        self.clock.jump(YEAR)
        self.look()
        self.assert_eventually("the withdrawal", lambda: ends["card"] not in self.lobby.cards(), 10)
        self.assert_eventually("the day's end", lambda: self.lobby.visit(ends["number"])["state"] == "ended")
        self.assertEqual(self.deletes(), before + 1)
        self.assertEqual(len(self.told("clock.leap")), 2)  # the day of the expired pass, and the year
        self.assertEqual(self.clock_check()["state"], "fail")
        # What retention would forget after a year is still there: somebody is to look first.
        self.assertEqual(len(self.lobby.ask("visits")["items"]), forgotten)
        made = self.lobby.invite("Wanda Wrong", until="+2h")

        self.clock.jump(-YEAR)
        self.look()
        check = self.clock_check()
        self.assertEqual((check["state"], "foyer clock accept" in check["remedy"]), ("fail", True))
        self.assertIn("clock-back", [w["reason"] for w in self.lobby.waiting()])
        today = self.lobby.tried("invite", "--host", "jbaker", "--name", "Tom Today", "--until", self.local(2 * HOUR), "--no-qr")
        self.assertNotEqual(today.returncode, 0)  # foyer's time is a year ahead: this is what has to be mended

        self.assertEqual(self.lobby.tried("clock", "accept").returncode, 2)
        said = self.lobby.foyer("clock", "accept", "--reason", "the time server was wrong")
        self.assertIn("Foyer's time was", said)
        self.assertEqual(self.lobby.tried("clock", "accept", "--reason", "once more").returncode, 1)
        entry, = self.told("clock.accept")
        self.assertEqual(entry["fields"]["reason"], "the time server was wrong")
        self.assertEqual([w for w in self.lobby.waiting() if w["reason"].startswith("clock-")], [])
        # What had ended stays so, what was made at the wrong time is over too, and today's guest comes in.
        for number in (ends["number"], made["number"]):
            self.assertEqual(self.lobby.visit(number)["state"], "ended")
        self.kiosk.show(made["pass"], "This visit is over")
        self.kiosk.show(ends["pass"], "This visit is over")
        today = self.arrive("Tom Today", until="+2h")
        self.assertEqual(self.deletes(), before + 1)
        self.assertIn("The journal holds", self.lobby.foyer("journal", "verify"))
        # Over a restart the time is the one that was accepted.
        self.lobby.stop("foyerd")
        self.lobby.foyerd_start()
        self.kiosk.home()  # the end of the check-in waits for its badge, and nothing prints here
        self.clock.jump(2 * HOUR + 11 * 60)
        self.look()
        self.assert_eventually("the withdrawal", lambda: today["card"] not in self.lobby.cards(), 10)
        self.assertEqual(self.deletes(), before + 2)

    def local(self, ahead_s):
        """A time of the site, as people write it."""
        import datetime
        import zoneinfo
        return datetime.datetime.fromtimestamp(self.clock.now() + ahead_s, zoneinfo.ZoneInfo(self.lobby.zone)).strftime("%Y-%m-%dT%H:%M:%S%z")[:-2] + ":00"


if __name__ == "__main__":
    unittest.main(verbosity=2)
