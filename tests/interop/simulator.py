#!/usr/bin/python3
"""foyer-access against uhppote-simulator: written by others, from the boards. Cards are swiped through its REST interface.

The simulator judges a swipe by its own clock, and by time profiles alone (it does not look at a card's dates). So the courier gets a time zone where
it is about noon: that it sets the simulator's clock is part of every test, and no test comes near midnight.
"""
import datetime
import http.client
import json
import os
import socket
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../sim"))
import tally  # noqa: E402
from courier import BUILD, CARD, SERIAL, Courier, Folder, Wire, day_profile, free_port  # noqa: E402
from peer import wait_for  # noqa: E402

CAPACITY = 64  # of the simulator
TRIES = 5


def noon():
    """A time zone where the hour is 12, and the day there."""
    now = datetime.datetime.now(datetime.timezone.utc)
    hours = 12 - now.hour
    sign = "-" if hours > 0 else "+"  # POSIX: Etc/GMT-2 is two hours east
    zone = f"Etc/GMT{sign}{abs(hours)}" if hours != 0 else "Etc/GMT"
    return zone, (now + datetime.timedelta(hours=hours)).date()


class Simulator:
    def __init__(self, folder):
        self.devices = os.path.join(folder, "devices")
        os.mkdir(self.devices)
        self.log = open(os.path.join(folder, "simulator.log"), "ab")
        for _ in range(TRIES):  # a port that was free may be taken by now
            self.port, self.rest = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
            self.process = subprocess.Popen([os.path.join(BUILD, "interop-simulator/uhppote-simulator"), "--bind",
                                             f"127.0.0.1:{self.port}", "--rest", f"127.0.0.1:{self.rest}", "--devices",
                                             self.devices], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
            wait_for("the simulator starts", lambda: self.process.poll() is not None or self.is_up())
            if self.process.poll() is None:
                break
        status, _ = self.http("POST", "/uhppote/simulator",
                              {"device-id": SERIAL, "device-type": "UT0311-L04", "compressed": False})
        assert status in (200, 201), status

    def http(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.rest, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json", "Accept": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def is_up(self):
        try:
            return self.http("GET", "/uhppote/simulator")[0] == 200
        except OSError:
            return False

    def swipe(self, door, card=CARD):
        status, body = self.http("POST", f"/uhppote/simulator/{SERIAL}/swipe",
                                 {"door": door, "card-number": card, "direction": 1, "PIN": 0})
        assert status == 200, (status, body)
        return json.loads(body)["access-granted"]

    def end(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


class Interop(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.remove)
        self.simulator = Simulator(self.folder.path)
        self.addCleanup(self.simulator.end)
        zone, today = noon()
        self.today, self.yesterday = today.isoformat(), (today - datetime.timedelta(days=1)).isoformat()
        self.courier = Courier(self.folder.path, self.simulator.port, timezone=zone)
        self.addCleanup(self.courier.end)
        self.assertIs(self.courier.ready["ready"], True)
        self.wire = Wire(self.simulator.port)

    def grant(self, card=CARD, fresh=True, first=None, **hours):
        profile = day_profile(101, first or self.today, self.today, **hours)
        answer = self.courier.grant(card=card, first=first or self.today, last=self.today, fresh=fresh, profiles=[profile])
        self.assertEqual(answer["result"], "done", answer)

    def test_granted_inside_refused_outside_and_after(self):
        self.assertFalse(self.simulator.swipe(1))
        self.grant(start="11:00", end="14:00")
        # Read by a codec that is not ours.
        self.assertEqual(self.wire.get(CARD), (self.today, self.today, [101, 0, 101, 0], 0))
        self.assertTrue(self.simulator.swipe(1))
        self.assertTrue(self.simulator.swipe(3))
        self.assertFalse(self.simulator.swipe(2))
        self.grant(fresh=False, start="15:00", end="16:00")
        self.assertFalse(self.simulator.swipe(1))
        self.grant(fresh=False, start="11:00", end="14:00")
        self.assertTrue(self.simulator.swipe(1))
        answer = self.courier.revoke()
        self.assertEqual(answer["result"], "done", answer)
        self.assertIsNone(self.wire.get(CARD))
        self.assertFalse(self.simulator.swipe(1))
        self.assertEqual(self.courier.revoke()["result"], "done")

    def test_a_chain_of_days(self):
        past = day_profile(110, self.yesterday, self.yesterday, linked=111)
        present = day_profile(111, self.today, self.today, "11:00", "14:00")
        answer = self.courier.grant(first=self.yesterday, last=self.today, profiles=[past, present])
        self.assertEqual(answer["result"], "done", answer)
        self.assertTrue(self.simulator.swipe(1))
        over = dict(past, linked=0)
        answer = self.courier.grant(first=self.yesterday, last=self.today, fresh=False, profiles=[over])
        self.assertEqual(answer["result"], "done", answer)
        self.assertFalse(self.simulator.swipe(1))

    def test_a_foreign_card_stays(self):
        self.wire.put(CARD, "2020-01-01", "2029-12-31", [1, 1, 1, 1], pin=7531)
        answer = self.courier.grant(first=self.today, last=self.today)
        self.assertEqual((answer["result"], answer["class"]), ("failed", "foreign-card"))
        self.assertEqual(self.wire.get(CARD), ("2020-01-01", "2029-12-31", [1, 1, 1, 1], 7531))

    def test_full_list_and_check(self):
        for i in range(CAPACITY):
            self.grant(card=CARD + i)
        answer = self.courier.grant(card=CARD + CAPACITY, first=self.today, last=self.today)
        self.assertEqual((answer["result"], answer["class"]), ("retry", "controller-full"), answer)
        self.assertEqual(self.courier.ask("check")["state"], "controller-full")
        self.assertEqual(self.wire.count(), CAPACITY)
        self.assertEqual(self.courier.revoke(CARD + 7)["result"], "done")
        answer = self.courier.ask("list")
        self.assertEqual((sorted(answer["cards"]), answer["count"]),
                         ([CARD + i for i in range(CAPACITY) if i != 7], CAPACITY - 1))
        self.grant(card=CARD + CAPACITY)
        answer = self.courier.ask("check")
        self.assertEqual((answer["ok"], answer["state"]), (True, "idle"), answer)
        self.assertLessEqual(abs(answer["clock_offset_ms"]), 2000)

    def test_another_serial_number_gets_silence(self):
        second = Courier(self.folder.path, self.simulator.port, name="other", serial=SERIAL + 1, timeout_ms=200, retries=1)
        self.addCleanup(second.end)
        answer = second.grant(first=self.today, last=self.today)
        self.assertEqual((answer["result"], answer["class"]), ("retry", "timeout"))
        self.assertIsNone(self.wire.get(CARD))


if __name__ == "__main__":
    tally.main("interop-simulator")
