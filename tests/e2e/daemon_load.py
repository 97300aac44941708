#!/usr/bin/python3
"""Two hundred clients at once, one that is greedy, and streams whose clients vanish: nobody starves, the bounds of a peer hold, and nothing is left
behind. tests/fault/load.py has a thousand of the streams."""
import json
import os
import socket
import sys
import threading
import time
import unittest
import uuid

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
from crowd import Connection, Crowd, Holder, children, descriptors, wait_quiet  # noqa: E402
from daemon_api import MORE, House, wait_for  # noqa: E402

KIOSKS = [f"gate{i}" for i in range(12)]
PER_PEER, STREAMS = 32, 8  # daemon/http.h
BOUND_S = 5  # for any answer
STOP_S = 9  # for SIGTERM: two seconds for connections, five for couriers and readers, and the book


class Case(unittest.TestCase):
    def setUp(self):
        self.house = House(MORE + "".join(f'kiosk "{k}" {{ place = "Gate" language = "en" printer = "lobby" }}\n' for k in KIOSKS))
        self.addCleanup(self.house.remove)
        self.house.command("--init", "--demo")
        # The badge does not come: progress stays open.
        self.house.tell("print", {"result": "retry", "class": "media-empty", "reason": "no labels"})
        self.house.start()
        self.pid = self.house.process.pid
        self.host = self.good(201, "PUT", "/v1/hosts/ar", {"name": "Anna Roth", "mail": "anna@example.org"})["id"]
        self.agreement = self.good(200, "GET", "/v1/agreements/visitor?lang=en", kiosk="lobby")["version"]
        wait_for("the couriers", lambda: self.house.logged().count("is ready") >= 2)

    def good(self, status, *args, **more):
        got, answer = self.house.ask(*args, **more)
        self.assertEqual(got, status, answer)
        return answer

    def checkin(self, **who):
        return {"lang": "en", "agreement": {"name": "visitor", "version": self.agreement, "lang": "en", "accepted": True}, **who}

    def walk_in(self, name, kiosk):
        return self.good(201, "POST", "/v1/checkins", self.checkin(walk_in={"type": "guest", "name": name, "company": "", "host": self.host,
                                                                            "fields": {}}), kiosk=kiosk)

    def progress_of(self, kiosk):
        return [(self.house.path(kiosk), f"/v1/progress/{self.token}")] * STREAMS


class Streams(Case):
    def setUp(self):
        super().setUp()
        self.token = self.walk_in("Zoë Müller", "lobby")["progress"]
        for i in range(600):  # so that an export does not fit into a socket's buffer
            self.good(201, "PUT", f"/v1/hosts/h{i}", {"name": f"Host {i} " + "x" * 150, "department": "y" * 190})
        self.before = descriptors(self.pid)
        self.family = len(children(self.pid))

    def crowd(self):
        """As many streams as a peer may have, at every kiosk, and exports on the staff's socket."""
        streams = [s for k in KIOSKS for s in self.progress_of(k)] + [(self.house.path(), "/v1/export?what=hosts")] * 2
        holder = Holder(streams)
        self.assertEqual(set(holder.statuses), {"200"})
        return holder, len(streams)

    def assert_nothing_left(self):
        wait_quiet("the descriptors' return", lambda: descriptors(self.pid) <= self.before, 40)
        wait_quiet("the children's end", lambda: len(children(self.pid)) <= self.family, 20)

    def test_vanished(self):
        holder, n = self.crowd()
        self.assertGreaterEqual(descriptors(self.pid), self.before + n)
        self.good(429, "GET", f"/v1/progress/{self.token}", kiosk=KIOSKS[0])
        holder.kill()
        self.assert_nothing_left()

    def test_stopped_with_streams_open(self):
        alive, _ = self.crowd()
        self.addCleanup(alive.kill)
        alive.stop()
        start = time.monotonic()
        self.assertEqual(self.house.stop(STOP_S), 0)
        took = time.monotonic() - start
        print(f"\n# stopped in {took:.1f} s with {len(alive.statuses)} streams open to clients that do not read")
        self.house.command("--verify")


class Starve(Case):
    CLIENTS, TURNS = 200, 20

    def invite(self, name):
        return self.good(201, "POST", "/v1/invitations", {"host": "ar", "name": name, "type": "guest", "until_ms": int((time.time() + 7200) * 1000)})

    def kiosk_client(self, made, n):
        def client(note):
            flow = str(uuid.uuid4())
            for turn in range(self.TURNS):
                note("kiosk", (200,), "GET", "/v1/kiosk")
                note("scan", (200, 422) if turn > self.TURNS // 3 else (200,), "POST", "/v1/scan", {"text": made["pass"], "source": "camera", "flow": flow})
                if turn % 4 == 0 and n < 6:
                    note("search", (200,), "GET", f"/v1/hosts?q=ann&flow={flow}")
                if turn == self.TURNS // 3:
                    note("check-in", (201,), "POST", "/v1/checkins", self.checkin(**{"pass": made["pass"]}), str(uuid.uuid4()))
            note("state", (200, 204), "POST", "/v1/kiosk/state", {"camera": "ok", "screen": "idle", "size": "80x24"})
        return client

    def staff_client(self, n):
        def client(note):
            for turn in range(self.TURNS):
                note("visits", (200,), "GET", "/v1/visits?state=inside&limit=50")
                note("waiting", (200,), "GET", "/v1/waiting")
                note("host", (200, 201), "PUT", f"/v1/hosts/s{n}", {"name": f"Staff {n} {turn}"}, str(uuid.uuid4()))
                note("journal", (200,), "GET", "/v1/journal?limit=20")
        return client

    def test_two_hundred_at_once(self):
        token = self.walk_in("Zoë Müller", "lobby")["progress"]
        self.token = token
        staff = PER_PEER
        each = (self.CLIENTS - staff) // len(KIOSKS)
        passes = [self.invite(f"Guest {i}") for i in range(each * len(KIOSKS))]
        crowd = Crowd(3 * BOUND_S)
        for i, made in enumerate(passes):
            crowd.add(self.house.path(KIOSKS[i % len(KIOSKS)]), self.kiosk_client(made, i // len(KIOSKS)))
        for n in range(staff):
            crowd.add(self.house.path(), self.staff_client(n))
        # And streams beside them, half of the kiosks' share.
        holder = Holder([s for k in KIOSKS for s in self.progress_of(k)[:4]])
        self.addCleanup(holder.kill)
        self.assertEqual(set(holder.statuses), {"200"})
        start = time.monotonic()
        crowd.all()
        took = time.monotonic() - start
        self.assertEqual(crowd.wrong[:5], [])
        n, p50, p99, most = crowd.told()
        print(f"\n# {len(crowd.threads)} clients: {n} answers in {took:.1f} s; p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
              f"longest {most * 1000:.0f} ms")
        for name in sorted(crowd.times):
            k, p50, p99, longest = crowd.told(name)
            print(f"#   {name}: {k}; p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, longest {longest * 1000:.0f} ms")
        self.assertLess(most, BOUND_S)
        inside = self.good(200, "GET", "/v1/visits?state=inside&limit=200")["items"]
        self.assertEqual(len(inside), len(passes) + 1)
        self.assertEqual(self.house.stop(), 0)
        self.house.command("--verify")

    def greedy(self, over, counts):
        """One connection that asks as fast as it can, many requests ahead of their answers."""
        body = json.dumps({"text": "not a pass", "source": "camera"}).encode()
        request = b"POST /v1/scan HTTP/1.1\r\nHost: f\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            s.connect(self.house.path(KIOSKS[0]))
            while not over.is_set():
                try:
                    s.sendall(request * 50)
                    got = 0
                    while got < 50:
                        piece = s.recv(65536)
                        if not piece:
                            return
                        got += piece.count(b"HTTP/1.1 ")
                    counts.append(got)
                except OSError:
                    return

    def test_one_greedy_kiosk(self):
        made = self.invite("Patient Guest")
        over, counts = threading.Event(), []
        crowd = [threading.Thread(target=self.greedy, args=(over, counts), daemon=True) for _ in range(PER_PEER)]
        for t in crowd:
            t.start()
        try:
            wait_for("a busy foyerd", lambda: len(counts) > 50)
            # It has all that a peer may have, and no more.
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(10)
                s.connect(self.house.path(KIOSKS[0]))
                try:
                    s.sendall(b"GET /v1/kiosk HTTP/1.1\r\nHost: f\r\n\r\n")
                    self.assertEqual(s.recv(100), b"")
                except (BrokenPipeError, ConnectionResetError):
                    pass
            took = []
            c = Connection(self.house.path(KIOSKS[1]), BOUND_S)
            before = sum(counts)
            began = time.monotonic()
            for i in range(60):
                start = time.monotonic()
                if i == 30:
                    status, _ = c.ask("POST", "/v1/checkins", self.checkin(**{"pass": made["pass"]}), str(uuid.uuid4()))
                else:
                    status, _ = c.ask("POST", "/v1/scan", {"text": made["pass"], "source": "camera"})
                took.append(time.monotonic() - start)
                self.assertIn(status, (200, 201, 422))
            rate = (sum(counts) - before) / (time.monotonic() - began)
            c.close()
        finally:
            over.set()
            for t in crowd:
                t.join()
        took.sort()
        print(f"\n# beside a kiosk with {PER_PEER} connections and {rate:.0f} requests a second: p50 {took[30] * 1000:.0f} ms, "
              f"longest {took[-1] * 1000:.0f} ms")
        self.assertLess(took[-1], BOUND_S)
        self.assertEqual(self.house.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
