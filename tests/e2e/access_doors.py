#!/usr/bin/python3
"""foyer-access against a simulated door controller: rights that open doors and stop opening them, and everything that can go wrong."""
import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import time
import unittest
import uuid
import zoneinfo

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../sim"))
from courier import BUILD, CARD, Courier, Folder, Sim, Wire, day_profile, nonblocking_rest  # noqa: E402
from peer import wait_for  # noqa: E402

INSIDE, BEFORE, AFTER = "2026-11-23T15:00", "2026-11-23T13:59", "2026-11-23T17:31"


class Doors(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.remove)

    def sim(self, *args):
        sim = Sim(self.folder.path, *args)
        self.addCleanup(lambda: sim.process.poll() is None and sim.end())
        return sim

    def courier(self, port, **conf):
        courier = Courier(self.folder.path, port, **conf)
        self.addCleanup(lambda: courier.process.poll() is None and courier.end())
        return courier

    def pair(self, *args, **conf):
        sim = self.sim(*args)
        courier = self.courier(sim.port, **conf)
        self.assertEqual(courier.ready, {"v": 1, "ready": True})
        return sim, courier

    def assert_done(self, answer):
        self.assertEqual(answer["result"], "done", answer)

    def assert_again(self, answer, word):
        self.assertEqual((answer["result"], answer.get("class")), ("retry", word), answer)
        self.assertNotIn(str(CARD), json.dumps({k: v for k, v in answer.items() if k != "job"}))

    # --- what it is for

    def test_a_right_opens_doors_until_it_is_taken_away(self):
        sim, courier = self.pair()
        self.assertEqual(sim.swipe(CARD, 1, INSIDE), "refused unknown-card")
        answer = courier.grant()
        self.assert_done(answer)
        self.assertIs(answer["read_back"], True)
        self.assertEqual(sim.cards(), {CARD: {"card": CARD, "first": "2026-11-23", "last": "2026-11-23",
                                              "doors": [101, 0, 101, 0], "pin": 0}})
        self.assertEqual(sim.swipe(CARD, 1, INSIDE), "granted")
        self.assertEqual(sim.swipe(CARD, 3, INSIDE), "granted")
        self.assertEqual(sim.swipe(CARD, 2, INSIDE), "refused no-right")
        self.assertEqual(sim.swipe(CARD, 1, BEFORE), "refused outside-profile")
        self.assertEqual(sim.swipe(CARD, 1, AFTER), "refused outside-profile")
        self.assertEqual(sim.swipe(CARD, 1, "2026-11-24T15:00"), "refused outside-dates")
        self.assert_done(courier.revoke())
        self.assertEqual(sim.swipe(CARD, 1, INSIDE), "refused unknown-card")
        self.assert_done(courier.revoke())  # again is the same
        self.assertEqual(courier.end(), 0)

    def test_several_days_are_a_chain(self):
        sim, courier = self.pair()
        chain = [day_profile(110, "2026-11-23", "2026-11-23", start="14:00", linked=111),
                 day_profile(111, "2026-11-24", "2026-11-24", linked=112),
                 day_profile(112, "2026-11-25", "2026-11-25", end="10:00")]
        self.assert_done(courier.grant(last="2026-11-25", profiles=chain))
        for at, verdict in (("2026-11-23T13:59", "refused outside-profile"), ("2026-11-23T14:00", "granted"),
                            ("2026-11-24T03:00", "granted"), ("2026-11-25T10:00", "granted"),
                            ("2026-11-25T10:01", "refused outside-profile"), ("2026-11-26T09:00", "refused outside-dates")):
            self.assertEqual(sim.swipe(CARD, 1, at), verdict, at)

    def test_a_right_is_extended_in_place(self):
        sim, courier = self.pair()
        self.assert_done(courier.grant())
        longer = [day_profile(101, "2026-11-23", "2026-11-23", "14:00", "19:00")]
        self.assert_done(courier.grant(fresh=False, profiles=longer))
        self.assertEqual(sim.swipe(CARD, 1, AFTER), "granted")
        self.assertEqual(len(sim.cards()), 1)

    def test_list_and_check(self):
        sim, courier = self.pair()
        Wire(sim.port).put(77, "2026-01-01", "2026-12-31", [1, 1, 1, 1])
        for i in range(3):
            self.assert_done(courier.grant(card=CARD + i))
        self.assert_done(courier.revoke(CARD + 1))
        answer = courier.ask("list")
        self.assertEqual((answer["cards"], answer["count"]), ([CARD, CARD + 2], 3))
        answer = courier.ask("check")
        self.assertEqual((answer["result"], answer["ok"], answer["state"], answer["version"], answer["count"]),
                         ("done", True, "idle", "8.92", 3))
        self.assertLessEqual(abs(answer["clock_offset_ms"]), 2000)

    # --- what must never happen

    def test_a_foreign_card_is_left_alone(self):
        sim, courier = self.pair()
        wire = Wire(sim.port)
        wire.put(CARD, "2020-01-01", "2029-12-31", [1, 1, 1, 1], pin=7531)
        answer = courier.grant()
        self.assertEqual((answer["result"], answer["class"]), ("failed", "foreign-card"))
        # Nor does a revoke delete it, where no grant of ours was ever read back.
        answer = courier.revoke(issued=False)
        self.assertEqual((answer["result"], answer["class"]), ("failed", "foreign-card"))
        self.assertTrue(answer["remedy"])
        self.assertEqual(wire.get(CARD), ("2020-01-01", "2029-12-31", [1, 1, 1, 1], 7531))
        self.assertEqual(sim.json("profiles"), [])

    def test_numbers_that_are_not_ours(self):
        sim, courier = self.pair()
        Wire(sim.port).put(CARD - 1, "2020-01-01", "2029-12-31", [1, 1, 1, 1])
        asked = sim.json("asked")
        for answer in (courier.grant(card=CARD - 1), courier.grant(card=0), courier.grant(doors=[5]),
                       courier.grant(profiles=[day_profile(99, "2026-11-23", "2026-11-23")]),
                       courier.grant(profiles=[]), courier.revoke(CARD - 1), courier.revoke(CARD + 100), courier.revoke(0)):
            self.assertEqual((answer["result"], answer["class"]), ("failed", "out-of-range"), answer)
        self.assertEqual(sim.json("asked"), asked)
        self.assertEqual(list(sim.cards()), [CARD - 1])

    def test_a_card_that_will_not_go_is_never_called_revoked(self):
        sim, courier = self.pair()
        self.assert_done(courier.grant())
        sim.tell("fault cards-stuck")
        self.assert_again(courier.revoke(), "protocol")
        sim.tell("fault none")
        self.assert_done(courier.revoke())

    # --- lost, late and wrong answers

    def test_a_lost_answer_is_asked_for_again(self):
        for lost in ("put-card", "get-card", "set-profile", "get-profile"):
            with self.subTest(lost=lost):
                sim, courier = self.pair(timeout_ms=600)
                before = sim.json("asked")[lost]
                self.assertEqual(sim.tell(f"fault lose {lost}"), "ok")
                self.assert_done(courier.grant())
                self.assertEqual(list(sim.cards()), [CARD])
                self.assertEqual(sim.json("asked")[lost] - before, 3 if lost == "get-card" else 2)
                self.assertEqual(courier.end(), 0)
                sim.end()

    def test_a_lost_answer_to_delete_is_no_trouble(self):
        sim, courier = self.pair(timeout_ms=600)
        self.assert_done(courier.grant())
        sim.tell("fault lose delete-card")
        self.assert_done(courier.revoke())
        self.assertEqual(sim.cards(), {})

    def test_a_silent_controller(self):
        sim, courier = self.pair(timeout_ms=300, retries=1)
        self.assert_done(courier.grant())
        sim.tell("fault silent")
        start = time.monotonic()
        self.assert_again(courier.grant(card=CARD + 1), "timeout")
        self.assert_again(courier.revoke(), "timeout")
        self.assert_again(courier.ask("list"), "timeout")
        answer = courier.ask("check")
        self.assertEqual((answer["result"], answer["ok"], answer["state"]), ("done", False, "unreachable"))
        took = time.monotonic() - start
        self.assertGreaterEqual(took, 4 * 2 * 0.300)
        self.assertLess(took, 4 * 2 * 0.300 + 5)
        sim.tell("fault none")
        self.assert_done(courier.revoke())

    def test_nobody_there(self):
        sim, courier = self.pair(timeout_ms=20000)
        sim.end()
        start = time.monotonic()
        self.assert_again(courier.grant(), "unreachable")
        self.assert_again(courier.revoke(), "unreachable")
        self.assertEqual(courier.ask("check")["state"], "unreachable")
        self.assertLess(time.monotonic() - start, 10)

    def test_nobody_there_at_the_start(self):
        """A courier is ready all the same, and works once its controller is back."""
        gone = self.sim()
        port = gone.port
        gone.end()
        courier = self.courier(port)
        self.assertIs(courier.ready["ready"], True)
        self.assert_again(courier.grant(), "unreachable")
        self.sim("--port", str(port))
        self.assert_done(courier.grant())

    def test_answers_of_another_controller(self):
        sim, courier = self.pair(timeout_ms=300, retries=1)
        sim.tell("fault wrong-serial")
        answer = courier.grant()
        self.assert_again(answer, "timeout")
        self.assertIn("another serial number", answer["reason"])
        sim.tell("fault none")
        self.assert_done(courier.grant())

    def test_garbage(self):
        sim, courier = self.pair(timeout_ms=200, retries=2)
        self.assert_done(courier.grant(card=CARD + 1))
        sim.tell("fault garbage")
        for _ in range(3):
            self.assert_again(courier.grant(), "protocol")
            self.assert_again(courier.revoke(CARD + 1), "protocol")
            answer = courier.ask("check")
            self.assertEqual((answer["result"], answer["ok"], answer["state"]), ("done", False, "protocol"))
        sim.tell("fault none")
        self.assert_done(courier.grant())

    def test_a_late_answer_is_not_the_next_one(self):
        """"Not there" about one card comes while another, which will not go, is asked about."""
        sim, courier = self.pair(timeout_ms=400, retries=0)
        self.assert_done(courier.grant(card=CARD + 1))
        sim.tell("fault late 1000")
        start = time.monotonic()
        self.assert_again(courier.grant(), "timeout")
        sim.tell("fault cards-stuck")
        rounds = 0
        while time.monotonic() - start < 1.6:
            self.assert_again(courier.revoke(CARD + 1), "protocol")
            rounds += 1
        self.assertGreater(rounds, 1)
        sim.tell("fault none")
        self.assert_done(courier.revoke(CARD + 1))
        self.assert_done(courier.grant())

    # --- a full controller, a wrong clock

    def test_a_full_controller(self):
        sim, courier = self.pair("--capacity", "3")
        for i in range(3):
            self.assert_done(courier.grant(card=CARD + i))
        answer = courier.grant(card=CARD + 3)
        self.assert_again(answer, "controller-full")
        self.assertIn("holds 3", answer["reason"])
        answer = courier.ask("check")
        self.assertEqual((answer["ok"], answer["state"]), (False, "controller-full"))
        self.assert_done(courier.grant(card=CARD + 2, fresh=False))  # one that is there is no new one
        self.assert_done(courier.revoke(CARD + 1))
        self.assert_done(courier.grant(card=CARD + 3))
        self.assertEqual(courier.ask("check")["state"], "idle")
        self.assertEqual(sorted(sim.cards()), [CARD, CARD + 2, CARD + 3])

    def test_a_wrong_clock_is_set(self):
        sim = self.sim()
        sim.tell("clock +7200000")
        courier = self.courier(sim.port)  # looks at the start
        self.assertEqual(sim.json("asked")["set-time"], 1)
        now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
        shown = datetime.datetime.strptime(Wire(sim.port).time(), "%Y%m%d%H%M%S")
        self.assertLess(abs((now - shown).total_seconds()), 5)
        sim.tell("clock -3600000")
        self.assertLessEqual(abs(courier.ask("check")["clock_offset_ms"]), 2000)
        self.assertEqual(sim.json("asked")["set-time"], 2)
        self.assert_done(courier.grant())

    def test_a_clock_that_cannot_be_set(self):
        sim = self.sim()
        sim.tell("clock +7200000")
        sim.tell("fault clock-stuck")
        courier = self.courier(sim.port)
        answer = courier.grant()
        self.assert_again(answer, "clock-off")
        self.assertRegex(answer["reason"], r"7(199|200|201) s")
        self.assertEqual(sim.cards(), {})
        answer = courier.ask("check")
        self.assertEqual((answer["ok"], answer["state"]), (False, "clock-off"))
        self.assertLessEqual(abs(answer["clock_offset_ms"] - 7200000), 2000)
        self.assert_done(courier.revoke())  # a right can be taken away all the same
        sim.tell("fault none")
        self.assert_done(courier.grant())

    # --- the courier itself

    def test_killed_between_writing_and_the_answer(self):
        sim, courier = self.pair(timeout_ms=20000)
        payload = Courier.grant_payload()
        sim.tell("fault lose put-card")
        courier.say({"job": str(uuid.uuid4()), "kind": "grant", "attempt": 1, **payload})
        wait_for("the card is written", lambda: CARD in sim.cards())
        courier.process.send_signal(signal.SIGKILL)
        self.assertEqual(courier.end(), -signal.SIGKILL)
        again = self.courier(sim.port)
        self.assertIs(again.ready["ready"], True)  # the dead one's lock is gone with it
        self.assert_done(again.ask("grant", **payload))
        self.assertEqual(list(sim.cards()), [CARD])

    def test_one_courier_a_controller(self):
        sim, courier = self.pair()
        second = self.courier(sim.port)
        self.assertIs(second.ready["ready"], False)
        self.assertEqual(second.end(), 1)
        self.assert_done(courier.grant())

    def test_sections_that_are_wrong(self):
        sim = self.sim()
        for conf in ({"driver": "wiegand"}, {"address": "127.0.0.1"}, {"serial": 0}, {"timezone": "Europe/Nowhere"},
                     {"profile_first": 1}, {"card_last": CARD - 1}, {"timeout_ms": 0}, {"surprise": 1},
                     {"driver": "x" * 10000}, {"address": "a\u001b]0;:1"}, {"timezone": "../../etc/passwd"}):
            with self.subTest(conf=conf):
                courier = self.courier(sim.port, **conf)
                self.assertIs(courier.ready["ready"], False)
                self.assertTrue(courier.ready["reason"])
                self.assertEqual(courier.end(), 1)

    def test_it_locks_itself_in_and_logs_no_card(self):
        sim, courier = self.pair()
        with open(f"/proc/{courier.process.pid}/status", encoding="utf-8") as f:
            status = dict(line.split(":", 1) for line in f)
        self.assertEqual((status["NoNewPrivs"].strip(), status["Seccomp"].strip()), ("1", "2"))
        self.assert_done(courier.grant())
        sim.tell("fault silent")
        self.assertEqual(courier.revoke()["result"], "retry")
        with open(f"/proc/{courier.process.pid}/cmdline", "rb") as f:
            self.assertNotIn(str(CARD).encode(), f.read())
        courier.end()
        with open(os.path.join(self.folder.path, "access.log"), "rb") as f:
            log = f.read()
        self.assertIn(b"controller 405419896", log)
        self.assertNotIn(str(CARD).encode(), log)


class Simulator(unittest.TestCase):
    """The simulated controller's own manners."""

    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.remove)

    def sim(self, *args):
        sim = Sim(self.folder.path, *args)
        self.addCleanup(lambda: sim.process.poll() is None and sim.process.kill())
        return sim

    def test_what_a_person_can_look_at(self):
        sim = self.sim()
        Wire(sim.port).put(CARD, "2026-11-23", "2026-11-24", [1, 0, 0, 0])
        self.assertEqual(sim.swipe(CARD, 1, INSIDE), "granted")
        with open(sim.state_file, encoding="utf-8") as f:
            state = json.load(f)
        self.assertEqual((state["count"], state["cards"][0]["card"]), (1, CARD))
        self.assertEqual(state["events"][0], {"index": 1, "at": "2026-11-23T15:00:00", "type": "swipe", "card": CARD, "door": 1,
                                              "verdict": "granted", "reason": 1})
        self.assertEqual(sim.json("events"), state["events"])
        self.assertEqual(sim.end(), 0)

    def test_hostile_commands(self):
        sim = self.sim()
        for command in (b"\n", b"swipe\n", b"swipe x 1\n", b"swipe 1 5\n", b"swipe 99999999999999999999 1\n", b"swipe 1 1 1 1 1 1\n",
                        b"at\n", b"at never\n", b"clock 1e9\n", b"fault\n", b"fault lose everything\n", b"fault late -1\n",
                        b"\x1b]0;x\x07\n", b"\xff\xfe\n", b"\xe2\x80\xae\n", b"sw\x00ipe\n", b"'; drop table %_=\r\n"):
            self.assertTrue(sim.tell(command).startswith("error:"), command)
        self.assertTrue(sim.tell("swipe 1 1\r\n".encode()).startswith("refused"))
        sim.process.stdin.write(b"x" * 10000)  # no command is so long: it hangs up
        self.assertEqual(sim.process.wait(30), 0)
        self.assertEqual(nonblocking_rest(sim.process.stdout), b"")
        sim.process.stdin.close()
        sim.process.stdout.close()

    def test_control_socket(self):
        path = os.path.join(self.folder.path, "door.sock")
        sim = self.sim("--control", path)
        Wire(sim.port).put(CARD, "2026-11-23", "2026-11-24", [1, 0, 0, 0])

        def tell(*words):
            return subprocess.run([os.path.join(BUILD, "foyer-door-sim"), "--control", path, *words], timeout=30,
                                  capture_output=True, check=False)
        self.assertEqual(tell("at", INSIDE).stdout, b"ok\n")
        self.assertEqual(tell("swipe", str(CARD), "1").stdout, b"granted\n")
        self.assertEqual(tell("swipe", str(CARD), "2").stdout, b"refused no-right\n")
        self.assertEqual(json.loads(tell("cards").stdout)[0]["card"], CARD)
        self.assertEqual(tell("sweep").returncode, 1)
        idle = [socket.socket(socket.AF_UNIX) for _ in range(20)]  # peers that say nothing hold nobody up
        for s in idle[:7]:
            s.connect(path)
        self.assertEqual(tell("swipe", str(CARD), "1").stdout, b"granted\n")
        for s in idle:
            s.close()
        sim.process.terminate()
        self.assertEqual(sim.end(), -signal.SIGTERM)
        self.assertEqual(tell("cards").returncode, 1)


if __name__ == "__main__":
    unittest.main()
