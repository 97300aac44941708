"""foyer-access and our simulated controller against uhppoted, a client of these boards that shares no line with us.

Both sides of foyer-access use one codec with the simulator, so they would agree where both are wrong. Here the client reads what came of
foyer-access's writing, foyer-access meets what the client wrote, and a relay in between holds the bytes of the two against each other.
"""
import datetime
import ipaddress
import os
import select
import socket
import sys
import threading
import unittest
import zoneinfo

from uhppoted import uhppote
from uhppoted.errors import CardDeleted, CardNotFound, TimeProfileNotFound
from uhppoted.structs import Card, GetControllerResponse, TimeProfile, TimeSegment, Weekdays

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../sim"))
import tally  # noqa: E402
from courier import CARD, SERIAL, Courier, Folder, Sim, day_profile  # noqa: E402

ZONE = zoneinfo.ZoneInfo("Europe/Berlin")  # of the courier and the simulator in courier.py
SET_TIME, GET_TIME = 0x30, 0x32
ANSWER_S = 10
EVERY_DAY = Weekdays(*[True] * 7)
DAY_1, DAY_2, DAY_3 = "2026-11-23", "2026-11-24", "2026-11-25"  # from a Monday


class Relay(threading.Thread):
    """Stands before the controller, passes every message on as it is, and remembers it."""

    def __init__(self, port):
        super().__init__()
        self.requests, self.replies = [], []
        self.front, self.back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.front.bind(("127.0.0.1", 0))
        self.back.connect(("127.0.0.1", port))
        self.port = self.front.getsockname()[1]
        self.stop, self.stopped = socket.socketpair()
        self.start()

    def run(self):
        peer = None  # they ask one after the other
        while True:
            ready = select.select([self.front, self.back, self.stopped], [], [])[0]
            if self.stopped in ready:
                return
            if self.front in ready:
                message, peer = self.front.recvfrom(2048)
                self.requests.append(message)
                self.back.send(message)
            if self.back in ready:
                message = self.back.recv(2048)
                self.replies.append(message)
                self.front.sendto(message, peer)

    def take(self):
        """What was asked and answered since the last time. For when nobody waits for an answer."""
        requests, replies = self.requests, self.replies
        self.requests, self.replies = [], []
        return requests, replies

    def end(self):
        self.stop.send(b".")
        self.join(ANSWER_S)
        for s in (self.front, self.back, self.stop, self.stopped):
            s.close()


def day(text):
    return datetime.date.fromisoformat(text)


def segment(start="00:00", end="00:00"):
    return TimeSegment(datetime.time.fromisoformat(start), datetime.time.fromisoformat(end))


def card(first, last, doors, number=CARD, pin=0, first_card=()):
    return Card(number, day(first), day(last), dict(enumerate(doors, 1)), pin, {i: i in first_card for i in range(1, 5)})


def as_client(p):
    """A time profile of a grant, in the client's words."""
    return TimeProfile(p["id"], day(p["first"]), day(p["last"]), EVERY_DAY,
                       {1: segment(p["from"], p["to"]), 2: segment(), 3: segment()}, p["linked"])


class Client(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.remove)
        self.sim = Sim(self.folder.path)
        self.addCleanup(self.sim.end)
        self.relay = Relay(self.sim.port)
        self.addCleanup(self.relay.end)
        address = f"127.0.0.1:{self.relay.port}"
        self.client = uhppote.Uhppote(bind="127.0.0.1", broadcast=address)
        self.controller = (SERIAL, address, "udp")
        # Nothing is asked twice: the messages are counted here.
        self.courier = Courier(self.folder.path, self.relay.port, timeout_ms=ANSWER_S * 1000, retries=0)
        self.addCleanup(self.courier.end)
        self.assertEqual(self.courier.ready, {"v": 1, "ready": True})
        self.relay.take()

    def ask(self, verb, *args, timeout=ANSWER_S):
        return getattr(self.client, verb)(self.controller, *args, timeout=timeout)

    def assert_done(self, answer):
        self.assertEqual(answer["result"], "done", answer)

    def assert_swipes(self, door, verdicts):
        for at, verdict in verdicts.items():
            self.assertEqual(self.sim.swipe(CARD, door, at), verdict, at)

    # --- what foyer-access writes, the client reads

    def assert_right(self, last, profiles, verdicts):
        """Grant doors 1 and 3, read all of it, swipe, take it away."""
        self.assert_done(self.courier.grant(first=DAY_1, last=last, profiles=profiles))
        first_id = profiles[0]["id"]
        self.assertEqual(self.ask("get_card_record", CARD), card(DAY_1, last, [first_id, 0, first_id, 0]))
        for p in profiles:
            self.assertEqual(self.ask("get_time_profile_record", p["id"]), as_client(p))
        with self.assertRaises(TimeProfileNotFound):
            self.ask("get_time_profile_record", profiles[-1]["id"] + 1)
        self.assertEqual(self.ask("get_cards").cards, 1)
        for door in (1, 3):
            self.assert_swipes(door, verdicts)
        self.assert_swipes(2, dict.fromkeys(verdicts, "refused no-right"))

        self.assert_done(self.courier.revoke())
        with self.assertRaises(CardNotFound):
            self.ask("get_card_record", CARD)
        with self.assertRaises(CardDeleted):
            self.ask("get_card_record_by_index", 1)
        self.assertEqual(self.ask("get_cards").cards, 0)
        self.assert_swipes(1, dict.fromkeys(verdicts, "refused unknown-card"))

    def test_a_right_of_one_day(self):
        self.assert_right(DAY_1, [day_profile(101, DAY_1, DAY_1, "14:00", "17:30")], {
            "2026-11-23T13:59": "refused outside-profile", "2026-11-23T14:00": "granted", "2026-11-23T17:30": "granted",
            "2026-11-23T17:31": "refused outside-profile", "2026-11-24T15:00": "refused outside-dates"})

    def test_a_right_over_midnight(self):
        self.assert_right(DAY_2, [day_profile(101, DAY_1, DAY_1, "22:15", "23:59", linked=102),
                                  day_profile(102, DAY_2, DAY_2, "00:00", "02:45")], {
            "2026-11-23T01:00": "refused outside-profile", "2026-11-23T22:14": "refused outside-profile",
            "2026-11-23T22:15": "granted", "2026-11-23T23:59": "granted", "2026-11-24T00:00": "granted",
            "2026-11-24T02:45": "granted", "2026-11-24T02:46": "refused outside-profile",
            "2026-11-24T22:30": "refused outside-profile"})

    def test_a_right_of_several_days(self):
        self.assert_right(DAY_3, [day_profile(150, DAY_1, DAY_1, "09:10", "23:59", linked=149),
                                  day_profile(149, DAY_2, DAY_2, linked=100),
                                  day_profile(100, DAY_3, DAY_3, "00:00", "11:05")], {
            "2026-11-22T10:00": "refused outside-dates", "2026-11-23T09:09": "refused outside-profile",
            "2026-11-23T09:10": "granted", "2026-11-24T03:00": "granted", "2026-11-25T11:05": "granted",
            "2026-11-25T11:06": "refused outside-profile", "2026-11-26T10:00": "refused outside-dates"})

    def test_both_say_it_in_the_same_bytes(self):
        profiles = [day_profile(101, DAY_1, DAY_1, "22:15", "23:59", linked=102), day_profile(102, DAY_2, DAY_2, "00:00", "02:45")]
        self.assert_done(self.courier.grant(first=DAY_1, last=DAY_2, profiles=profiles))
        self.assert_done(self.courier.ask("list"))
        self.assert_done(self.courier.revoke())
        ours = self.relay.take()

        with self.assertRaises(CardNotFound):
            self.ask("get_card_record", CARD)
        for p in reversed(profiles):  # the chain's end first: one that links nowhere opens at any hour
            self.assertIs(self.ask("set_time_profile_record", as_client(p)), True)
            self.ask("get_time_profile_record", p["id"])
        self.assertIs(self.ask("put_card_record", card(DAY_1, DAY_2, [101, 0, 101, 0])), True)
        self.ask("get_card_record", CARD)
        self.ask("get_cards")
        self.ask("get_card_record_by_index", 1)
        self.assertIs(self.ask("delete_card", CARD).deleted, True)
        with self.assertRaises(CardNotFound):
            self.ask("get_card_record", CARD)
        self.assertEqual([[m.hex() for m in side] for side in ours], [[m.hex() for m in side] for side in self.relay.take()])

    # --- what the client writes, foyer-access meets

    def test_a_foreign_card_stays(self):
        foreign = card("2020-01-31", "2029-12-01", [1, 0, 29, 254], pin=765431, first_card=(2, 4))
        self.assertIs(self.ask("put_card_record", foreign), True)
        self.relay.take()
        answer = self.courier.grant()
        self.assertEqual((answer["result"], answer["class"]), ("failed", "foreign-card"), answer)
        self.assertEqual(len(self.relay.take()[0]), 1)  # one look, and nothing written
        self.assertEqual(self.ask("get_card_record", CARD), foreign)
        with self.assertRaises(TimeProfileNotFound):
            self.ask("get_time_profile_record", 101)

    def test_a_card_of_ours_but_for_one_field(self):
        doors = [101, 0, 101, 0]
        for foreign in (card(DAY_1, DAY_1, doors, pin=1), card(DAY_1, DAY_1, doors, first_card=(4,)), card(DAY_1, DAY_2, doors),
                        card("2026-11-22", DAY_1, doors), card(DAY_1, DAY_1, [101, 0, 101, 1])):
            with self.subTest(foreign=foreign):
                self.assertIs(self.ask("put_card_record", foreign), True)
                self.assertEqual(self.courier.grant().get("class"), "foreign-card")
                self.assertEqual(self.ask("get_card_record", CARD), foreign)
        self.assertIs(self.ask("put_card_record", card(DAY_1, DAY_1, doors)), True)
        self.assert_done(self.courier.grant())  # an earlier attempt, whose answer was lost, looks like this

    def test_the_client_takes_a_card_away(self):
        self.assert_done(self.courier.grant())
        self.assertIs(self.ask("put_card_record", card(DAY_1, DAY_1, [1, 0, 0, 0], number=77)), True)
        self.assertIs(self.ask("put_card_record", card(DAY_1, DAY_1, [1, 0, 0, 0], number=CARD + 99)), True)
        answer = self.courier.ask("list")
        self.assertEqual((answer["cards"], answer["count"]), ([CARD, CARD + 99], 3), answer)
        self.assertIs(self.ask("delete_card", CARD).deleted, True)
        self.assertIs(self.ask("delete_card", CARD).deleted, False)
        answer = self.courier.ask("list")
        self.assertEqual((answer["cards"], answer["count"]), ([CARD + 99], 2), answer)
        self.assert_done(self.courier.revoke())

    def test_the_clock_is_set_right(self):
        def off():
            now = datetime.datetime.now(ZONE).replace(tzinfo=None)
            return (self.ask("get_time").datetime - now).total_seconds()

        first, last = (str(datetime.date.today() + datetime.timedelta(days=n)) for n in (-3, 3))
        self.assert_done(self.courier.grant(first=first, last=last, profiles=[day_profile(101, first, last)]))
        self.assertEqual(self.sim.tell("at now"), "ok")  # by the controller's own clock
        for wrong in (datetime.datetime(2009, 8, 7, 16, 45, 39), datetime.datetime(2048, 12, 31, 23, 59, 58)):
            with self.subTest(wrong=wrong):
                self.assertEqual(self.ask("set_time", wrong).datetime, wrong)
                self.assertGreater(abs(off()), 86400)
                self.assertEqual(self.sim.tell(f"swipe {CARD} 1"), "refused outside-dates")
                self.relay.take()
                answer = self.courier.ask("check")
                self.assertEqual((answer["ok"], answer["state"]), (True, "idle"), answer)
                self.assertLessEqual(abs(answer["clock_offset_ms"]), 2000)
                self.assertLess(abs(off()), 10)
                self.assertEqual(self.sim.tell(f"swipe {CARD} 1"), "granted")

                setting = [m for m in self.relay.take()[0] if m[1] == SET_TIME]
                self.assertEqual(len(setting), 1)
                self.ask("set_time", datetime.datetime.strptime(setting[0][8:15].hex(), "%Y%m%d%H%M%S"))
                self.assertEqual(self.relay.take()[0], setting)

    # --- the simulated controller, as the client knows controllers

    def test_discovery(self):
        nowhere = ipaddress.IPv4Address("0.0.0.0")  # the simulated board has no network of its own to tell of
        board = GetControllerResponse(SERIAL, nowhere, nowhere, nowhere, "00:00:00:00:00:00", "v8.92", day("2018-11-05"))
        self.assertEqual(self.client.get_all_controllers(), [board])
        self.assertEqual(self.ask("get_controller"), board)
        self.assertEqual("v" + self.courier.ask("check")["version"], board.version)

    def test_weekdays_and_segments(self):
        profile = TimeProfile(29, day(DAY_1), day("2026-12-06"), Weekdays(monday=True, wednesday=True, sunday=True),
                              {1: segment("08:30", "09:45"), 2: segment("12:00", "12:59"), 3: segment("18:01", "23:59")}, 0)
        self.assertIs(self.ask("set_time_profile_record", profile), True)
        self.assertEqual(self.ask("get_time_profile_record", 29), profile)
        self.assertIs(self.ask("put_card_record", card(DAY_1, "2026-12-31", [0, 0, 0, 29])), True)
        no = "refused outside-profile"
        self.assert_swipes(4, {
            "2026-11-23T08:29": no, "2026-11-23T08:30": "granted", "2026-11-23T09:46": no, "2026-11-23T12:59": "granted",
            "2026-11-23T18:00": no, "2026-11-23T18:01": "granted", "2026-11-24T08:30": no, "2026-11-25T08:30": "granted",
            "2026-11-26T08:30": no, "2026-11-27T08:30": no, "2026-11-28T08:30": no, "2026-11-29T08:30": "granted",
            "2026-12-06T08:30": "granted", "2026-12-07T08:30": no})

    def test_what_happened_at_the_doors(self):
        at = datetime.datetime(2026, 11, 23, 15, 0, 0)
        self.assertIs(self.ask("put_card_record", card(DAY_1, DAY_1, [1, 0, 0, 0])), True)
        self.assertEqual(self.ask("get_event_index").event_index, 0)
        self.assertEqual(self.sim.swipe(CARD, 1, at.isoformat(timespec="minutes")), "granted")
        self.assertEqual(self.sim.swipe(CARD + 1, 4, at.isoformat(timespec="minutes")), "refused unknown-card")
        self.assertIs(self.ask("open_door", 3).opened, True)
        seen = []
        for index in (1, 2, 3):
            e = self.ask("get_event", index)
            seen.append((e.index, e.event_type, e.access_granted, e.door, e.card, e.reason))
        self.assertEqual(seen, [(1, 1, True, 1, CARD, 1), (2, 1, False, 4, CARD + 1, 0x12), (3, 2, True, 3, 0, 0x2c)])
        self.assertEqual(self.ask("get_event", 1).timestamp, at)
        status = self.ask("get_status")
        self.assertEqual((status.event_index, status.event_type, status.event_door, status.event_reason), (3, 2, 3, 0x2c))
        self.assertEqual(self.ask("set_event_index", 3).updated, True)
        self.assertEqual(self.ask("get_event_index").event_index, 3)

    def test_what_it_has_not_it_does_not_answer(self):
        # Silence is these boards' no. Nothing of it harms what they hold.
        mine = card(DAY_1, DAY_1, [1, 1, 1, 1])
        self.assertIs(self.ask("put_card_record", mine), True)
        self.relay.take()
        unknown = [("get_door_control", 1), ("get_listener",), ("delete_all_cards",), ("delete_all_time_profiles",)]
        for verb, *args in unknown:
            with self.assertRaises(TimeoutError, msg=verb):
                self.ask(verb, *args, timeout=0.05)
        other = (SERIAL + 1, self.controller[1], "udp")
        with self.assertRaises(TimeoutError):
            self.client.get_time(other, timeout=0.05)
        self.ask("get_time")  # its answer would come after theirs
        requests, replies = self.relay.take()
        self.assertEqual((len(requests), [m[1] for m in replies]), (len(unknown) + 2, [GET_TIME]))
        self.assertEqual(self.ask("get_card_record", CARD), mine)


if __name__ == "__main__":
    tally.main("interop")
