#!/usr/bin/python3
"""Everything that can go wrong between foyer and a door controller: what staff see of it and how soon, that it heals by itself when the cause is gone,
and that every right is withdrawn in the end, whatever was in the way. A row of the table is a fault. The controller is the simulated one."""
import json
import os
import signal
import socket
import struct
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from house import SOON_S, House, Seen  # noqa: E402
from lobby import wait_for  # noqa: E402

SERIAL = 405419896


class Doors(House):
    """A lobby without printer, and with a controller that is given a second for an answer."""
    without = ("printer",)

    def conf(self):
        return super().conf().replace('\tdriver = "uhppote"\n', '\tdriver = "uhppote"\n\ttimeout = "1s"\n\tretries = "0"\n')

    def cards(self, first, last):
        """From now on these numbers are foyer's."""
        self.site = {'card-first = "10058400"': f'card-first = "{first}"', 'card-last = "10058499"': f'card-last = "{last}"'}
        self.conf_write()
        os.kill(self.running_pid("foyerd"), signal.SIGHUP)
        wait_for("the courier of the new range", lambda: self.doctor("controller main")["state"] == "ok")

    def held(self):
        """The cards that the controller holds, by number."""
        return {c["card"]: c for c in json.loads(self.doors("cards"))}

    def wire(self, function, body):
        """Somebody else speaks to the controller."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(SOON_S)
            s.connect(("127.0.0.1", int(self.port("doors"))))
            s.send((struct.pack("<BBHI", 0x17, function, 0, SERIAL) + body).ljust(64, b"\0"))
            assert s.recv(2048)[8] == 1

    def put(self, card):
        """A card of somebody else's: every door, ten years, a PIN."""
        self.wire(0x50, struct.pack("<I", card) + bytes.fromhex("2020010120291231") + bytes((1, 1, 1, 1)) + (7531).to_bytes(3, "little"))

    def delete(self, card):
        self.wire(0x52, struct.pack("<I", card))

    # --- what makes a fault, and what mends it -------------------------------------------------------------

    def fault(self, *words):
        assert self.doors("fault", *words) == "ok"

    def well(self):
        self.fault("none")

    def off(self):
        self.stop("doors")

    def on(self):
        """With an empty memory."""
        self.doors_start()

    def full(self):
        self.fault("full", len(self.held()))

    def clock_wrong(self):
        """Two hours, and it cannot be set. foyer looks at the clock when it begins, and every ten minutes."""
        self.doors("clock", "+7200000")
        self.fault("clock-stuck")
        self.stop("foyerd")
        self.foyerd_start()


def setUpModule():
    global house
    house = Faults.house = Doors()
    unittest.addModuleCleanup(house.down)
    house.up()


class Faults(Seen):
    WELL = ("well",)
    FAULTS = {
        # the fault: what makes it, staff's word for it, what ends it
        "silent controller": (("fault", "silent"), "timeout", WELL),
        "wrong serial number": (("fault", "wrong-serial"), "timeout", WELL),
        "wrong function code": (("fault", "wrong-function"), "protocol", WELL),
        "short answers": (("fault", "short"), "protocol", WELL),
        "long answers": (("fault", "long"), "protocol", WELL),
        "random answers": (("fault", "random"), "protocol", WELL),
        "another card's answer": (("fault", "other-card"), "protocol", WELL),
        "late answers": (("fault", "late", 1500), "timeout", WELL),
        "controller off": (("off",), "unreachable", ("on",)),
        # and where rights are withdrawn all the same:
        "full controller": (("full",), "controller-full", WELL),
        "wrong clock": (("clock_wrong",), "clock-off", WELL),
    }

    def setUp(self):
        self.inside = []

    def tearDown(self):
        """Whoever is inside leaves, and nothing of theirs stays on the controller."""
        house.well()
        for number in self.inside:
            house.foyer("visit", "checkout", number)
        for number in self.inside:
            self.heals(number, "withdrawn")
        self.assertEqual(house.jobs("grant") + house.jobs("revoke"), [])
        self.assertEqual([c for c in house.held().values() if c["pin"] == 0], [])

    def do(self, step):
        getattr(house, step[0])(*step[1:])

    def visit(self, number):
        return house.visit(number)["doors"]

    def card(self, number):
        return house.visit(number)["credentials"][0]["card"]

    def let_in(self, name):
        number = self.come(name)
        self.inside.append(number)
        return number

    def leave(self, number):
        self.inside.remove(number)
        house.foyer("visit", "checkout", number)

    def heals(self, number, doors):
        """By itself, in foyer's own time."""
        def there():
            if self.visit(number) == doors:
                return True
            house.later(10)
            return False
        wait_for(f"doors {doors}", there, 20)

    def row(self, fault, revokes=False):
        """revokes: rights can be withdrawn all the same. The reason that staff read is the answer."""
        broken, word, mended = self.FAULTS[fault]
        leaves = self.let_in("Wanda Withdrawn")
        self.heals(leaves, "open")
        gone = self.card(leaves)
        self.assertIn(gone, house.held())
        self.do(broken)
        began = time.monotonic()
        comes = self.let_in("Gabi Granted")
        reason = self.seen(fault, "grant", comes, word, began)["reason"]
        check = house.doctor("controller main")
        self.assertEqual(check["state"], "fail")
        self.assertTrue(check["text"] and check["remedy"])
        self.assertEqual(self.visit(comes), "trouble")
        began = time.monotonic()
        self.leave(leaves)
        if revokes:
            wait_for("the withdrawal", lambda: self.visit(leaves) == "withdrawn", SOON_S)
        else:
            job = self.seen(fault, "revoke", leaves, word, began)
            self.assertEqual(self.visit(leaves), "trouble")
            # Nobody may give a withdrawal up.
            self.assertEqual(house.tried("jobs", "drop", job["id"], "--reason", "tired of it").returncode, 1)
        self.do(mended)
        self.heals(comes, "open")
        self.heals(leaves, "withdrawn")
        self.assertNotIn(gone, house.held())
        self.assertTrue(house.swipe(self.card(comes), 1).startswith("granted"))
        self.assertTrue(house.swipe(gone, 1).startswith("refused unknown-card"))
        self.assertEqual(house.doctor("controller main")["state"], "ok")
        return reason

    def test_silent_controller(self):
        self.row("silent controller")

    def test_wrong_serial_number(self):
        self.assertIn("another serial number", self.row("wrong serial number"))

    def test_wrong_function_code(self):
        self.assertIn("another question", self.row("wrong function code"))

    def test_short_answers(self):
        self.row("short answers")

    def test_long_answers(self):
        self.row("long answers")

    def test_random_answers(self):
        self.row("random answers")

    def test_another_cards_answer(self):
        self.assertIn("another question", self.row("another card's answer"))

    def test_late_answers(self):
        self.row("late answers")

    def test_controller_off(self):
        self.row("controller off")

    def test_full_controller(self):
        self.row("full controller", revokes=True)

    def test_wrong_clock(self):
        self.row("wrong clock", revokes=True)

    def waiting_long(self, name):
        """A visitor before a controller that has been silent for so long that nobody asks it for a while; it is well now."""
        house.fault("silent")
        number = self.let_in(name)

        def rarely():
            job = self.job("grant", number)
            wait = job["next_ms"] - house.now_ms() if job.get("class") == "timeout" and job["state"] == "waiting" else 0
            if 0 < wait < 20000:
                house.later(wait / 1000)
            return wait >= 20000
        wait_for("a grant that is tried rarely", rarely, 40)
        house.well()
        return number

    def soon_open(self, *numbers):
        wait_for("open doors", lambda: {self.visit(n) for n in numbers} == {"open"}, SOON_S)

    def test_whoever_gets_in_first_shows_that_it_is_well_again(self):
        waits = self.waiting_long("Willi Waits")
        self.soon_open(waits, self.let_in("Karl Comes"))

    def test_doctor_sees_that_it_is_well_again(self):
        waits = self.waiting_long("Dora Doctored")
        self.assertEqual(house.doctor("controller main")["state"], "ok")
        self.soon_open(waits)

    def test_foreign_card(self):
        """Somebody else's cards stand under both our numbers: never overwritten, never deleted, and their numbers are given to nobody."""
        first = 10058600
        for card in (first, first + 1):
            house.put(card)
        foreign = house.held()
        self.addCleanup(house.cards, 10058400, 10058499)
        house.cards(first, first + 1)

        began = time.monotonic()
        number = self.let_in("Fanny Foreign")
        job = self.seen("foreign card", "grant", number, "foreign-card", began)
        self.assertEqual((job["state"], self.waits(number)), ("failed", ["doors-failed"]))
        self.assertEqual(house.held(), foreign)
        self.assertIn("set aside", house.doctor("door cards")["text"])
        # The remedy: the number is freed there, and the job is tried again.
        mine = self.card(number)
        house.delete(mine)
        house.foyer("jobs", "retry", job["id"])
        self.heals(number, "open")
        self.assertEqual(self.waits(number), [])
        self.assertEqual((self.card(number), house.held()[mine]["pin"]), (mine, 0))
        # The other one stays as it is, whoever comes and goes.
        other = self.let_in("Flora Foreign")
        self.seen("foreign card", "grant", other, "foreign-card", time.monotonic())
        self.leave(other)
        last = self.let_in("Fiona Foreign")
        self.assertEqual(self.waits(last), ["doors-full"])
        self.leave(last)
        theirs = 2 * first + 1 - mine
        self.assertEqual(house.held()[theirs], foreign[theirs])
        house.foyer("jobs", "acknowledge", self.job("grant", other)["id"], "--reason", "theirs")


if __name__ == "__main__":
    unittest.main(verbosity=2)
