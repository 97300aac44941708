#!/usr/bin/python3
"""The book's disk: full, on small blocks; read-only; and a book that is moved, replaced or written to by somebody else, while foyerd has it and
while it is down."""
import os
import shutil
import sys
import time
import unittest
import uuid

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
import disk  # noqa: E402
from daemon_api import MORE, House, wait_for  # noqa: E402

KIOSKS = [f"gate{i}" for i in range(20)]  # each may take so many walk-ins
ROOT = os.geteuid() == 0
if ROOT:
    disk.alone()


class Case(unittest.TestCase):
    def setUp(self):
        self.house = House(MORE + "".join(f'kiosk "{k}" {{ place = "Gate" language = "en" printer = "lobby" }}\n' for k in KIOSKS))
        self.addCleanup(self.house.remove)
        self.arrivals = 0
        self.state = os.path.join(self.house.dir, "state")
        self.book = os.path.join(self.state, "book")
        self.prepare()
        self.house.command("--init", "--demo")
        self.house.start()
        self.host = self.good(201, "PUT", "/v1/hosts/ar", {"name": "Anna Roth", "mail": "anna@example.org"})["id"]

    def prepare(self):
        """Before there is a book."""

    def good(self, status, *args, **more):
        got, answer = self.house.ask(*args, **more)
        self.assertEqual(got, status, answer)
        return answer

    def write(self, n=1):
        return [self.house.ask("PUT", f"/v1/hosts/h{i}", {"name": f"Host {time.monotonic_ns()}"})[0] for i in range(n)]

    def arrive(self, name):
        """A walk-in at the next kiosk: the status, and the answer."""
        self.arrivals += 1
        kiosk = KIOSKS[self.arrivals % len(KIOSKS)]
        agreement = self.good(200, "GET", "/v1/agreements/visitor?lang=en", kiosk="lobby")
        return self.house.ask("POST", "/v1/checkins", {
            "lang": "en", "walk_in": {"type": "guest", "name": name, "company": "Example", "host": self.host, "fields": {}},
            "agreement": {"name": "visitor", "version": agreement["version"], "lang": "en", "accepted": True}}, kiosk=kiosk)

    def visits(self):
        return {v["name"]: v for v in self.good(200, "GET", "/v1/visits?limit=200")["items"]}

    def tried(self):
        """Start foyerd: True, or what it said when it ended by itself; a signal is an error."""
        try:
            self.house.start()
            return True
        except AssertionError:
            self.assertIsNotNone(self.house.process.poll())
            self.assertEqual(self.house.process.returncode, 1, self.house.logged())
            return self.house.logged().strip().splitlines()[-1]

    def book_check(self):
        return next(c for c in self.good(200, "GET", "/v1/doctor")["checks"] if c["name"] == "book")

    def stop(self):
        self.assertEqual(self.house.stop(), 0)

    def whole(self):
        self.stop()
        self.assertIn("the book is whole", self.house.command("--verify").stdout)


class Replaced(Case):
    def closed(self, why):
        wait_for("the closed book", lambda: self.write() == [503])
        self.assertIn(why, self.house.logged())
        self.good(503, "GET", "/v1/visits")
        self.good(503, "POST", "/v1/scan", {"text": "8K3M9QPT", "source": "typed"}, kiosk="lobby")
        self.good(200, "GET", "/v1/kiosk", kiosk="lobby")  # it can say so
        check = self.book_check()
        self.assertEqual(check["state"], "fail")
        self.assertIn(why, check["text"])

    def older(self):
        """A copy as foyerd itself makes it, and some visitors more since; part of those in the book, part in its log."""
        file = self.good(201, "POST", "/v1/backups", {}, key=str(uuid.uuid4()))["file"]
        self.assertEqual(self.write(3), [201] * 3)
        self.stop()
        self.house.start()
        self.assertEqual(self.write(3), [200] * 3)
        return file

    def test_moved_away_and_back_while_it_is_served(self):
        os.rename(self.book, self.book + ".away")
        self.closed("moved away or replaced")
        self.assertFalse(os.path.exists(self.book))  # nobody makes another
        os.rename(self.book + ".away", self.book)
        wait_for("the book", lambda: self.write() == [201], 20)
        self.assertIn("the book is open again", self.house.logged())
        self.assertEqual({h["uid"] for h in self.good(200, "GET", "/v1/hosts")["items"]}, {"ar", "h0"})
        self.whole()

    def test_an_older_one_while_it_is_served(self):
        file = self.older()
        shutil.copy(file, self.book + ".new")
        os.rename(self.book, self.book + ".right")
        os.rename(self.book + ".new", self.book)
        self.closed("moved away or replaced")
        wait_for("a look at it", lambda: "another file lies in its place" in self.house.logged(), 20)
        self.assertEqual(self.write(), [503])
        # Also when it is started again beside the log that was left.
        self.stop()
        self.assertIn("the book is an older copy", self.tried())
        os.rename(self.book + ".right", self.book)
        self.house.start()
        self.assertEqual(self.write(), [200])
        self.whole()

    def test_overwritten_while_it_is_served(self):
        file = self.older()
        with open(file, "rb") as a, open(self.book, "r+b") as b:
            shutil.copyfileobj(a, b)
        self.closed("somebody else wrote to it")
        self.stop()
        self.assertIn("was written to by somebody else", self.tried())
        self.house.command("--restore", file)
        self.house.start()
        self.assertEqual([h["uid"] for h in self.good(200, "GET", "/v1/hosts")["items"]], ["ar"])
        self.assertEqual(self.write(), [201])
        self.whole()

    def test_an_older_one_while_it_is_down(self):
        file = self.older()
        self.stop()
        os.rename(self.book, self.book + ".right")
        shutil.copy(file, self.book)
        self.assertIn("the book is an older copy", self.tried())
        os.rename(self.book + ".right", self.book)
        self.house.start()
        self.stop()
        self.house.command("--restore", file)  # this is how it is meant
        self.house.start()
        self.whole()

    def test_an_older_one_after_a_crash(self):
        file = self.older()
        self.house.process.kill()
        self.house.process.wait()
        self.house.start()  # marks where it is
        self.house.process.kill()
        self.house.process.wait()
        shutil.copy(self.book, self.book + ".right")
        shutil.copy(self.book + "-wal", self.book + "-wal.right")
        # With the log of the right one beside it, which must not be taken for its own; and without.
        shutil.copy(file, self.book)
        self.assertIn("the book is an older copy", self.tried())
        os.unlink(self.book + "-wal")
        self.assertIn("the book is an older copy", self.tried())
        shutil.copy(self.book + ".right", self.book)
        shutil.copy(self.book + "-wal.right", self.book + "-wal")
        self.house.start()
        self.assertEqual(len(self.good(200, "GET", "/v1/hosts")["items"]), 4)
        self.whole()

    def test_a_newer_one_while_it_is_down(self):
        self.stop()
        twin = House(MORE)
        self.addCleanup(twin.remove)
        shutil.copytree(self.state, os.path.join(twin.dir, "state"))
        twin.start()
        self.assertEqual(twin.ask("PUT", "/v1/hosts/elsewhere", {"name": "Went On"})[0], 201)
        self.assertEqual(twin.stop(), 0)
        shutil.copy(os.path.join(twin.dir, "state", "book"), self.book)
        self.assertIn("the book is a newer one", self.tried())
        # And one of another house, or of another site's making.
        other = House(MORE)
        self.addCleanup(other.remove)
        other.command("--init", "--demo")
        shutil.copy(os.path.join(other.dir, "state", "book"), self.book)
        self.assertIn("the book is another one", self.tried())

    def test_a_bookmark_that_cannot_be_read(self):
        self.stop()
        for text in ("", "{}", '{"state":"asleep","node":1,"rev":1,"seq":1,"hash":""}', "x" * 5000):
            with open(os.path.join(self.state, "book.mark"), "w") as f:
                f.write(text)
            self.assertIn("book.mark", self.tried())
        os.unlink(os.path.join(self.state, "book.mark"))
        self.house.start()
        self.whole()


@unittest.skipUnless(ROOT, "a small disk is mounted by root alone")
class Full(Case):
    block = 1024  # SQLite's shared memory counts in 4 KiB
    mib = 12

    def prepare(self):
        self.disk = disk.Disk(os.path.join(self.house.dir, "image"), self.mib, self.block)
        self.disk.mount(self.state)

    def tearDown(self):
        self.house.remove()
        self.disk.umount("-l")

    LEAVE = range(0, 48 * 1024, 8 * 1024)
    # Where the shared memory was mapped and not on the disk yet: at the start, and when the log grew. tests/fault/disk.py tries them all.
    LEAVE_START = [0, *range(9 * 1024, 12 * 1024, 1024), *range(45 * 1024, 49 * 1024, 1024)]

    def test_started_on_a_full_disk(self):
        for leave in self.LEAVE_START:
            self.stop()
            self.disk.fill(leave)
            said = self.tried()
            if said is not True:
                self.assertRegex(said, "full|No space")
            else:
                self.assertLessEqual(set(self.write(10)), {200, 201, 503})
                self.assertIsNone(self.house.process.poll())
            self.disk.empty()
            if said is not True:
                self.house.start()
            wait_for("the book", lambda: self.write()[0] in (200, 201), 20)
        self.whole()

    def test_full_while_it_is_served(self):
        came = set()
        self.house.tell("print", {"wait": True})
        self.assertEqual(self.arrive("Before")[0], 201)
        came.add("Before")
        wait_for("the badge at its courier", lambda: self.house.seen("print", "lobby"))
        for leave in self.LEAVE:
            self.disk.fill(leave)
            for i in range(8):
                name = f"Guest {leave} {i}"
                start = time.monotonic()
                status, answer = self.arrive(name)
                self.assertLess(time.monotonic() - start, 5)
                self.assertIn(status, (201, 503), answer)
                if status == 201:
                    came.add(name)
                else:
                    self.assertIn(answer["error"], ("no-space", "io"))
            self.assertIsNone(self.house.process.poll(), self.house.logged()[-2000:])
            self.good(200, "GET", "/v1/kiosk", kiosk="lobby")
            if leave == 0:
                self.house.tell("print", {"result": "done"})  # an answer that cannot be written down
            self.disk.empty()
            wait_for("the book", lambda: self.write()[0] in (200, 201), 20)
        # Whole or not at all: who was welcomed is there, with everything, and nobody else.
        self.assertEqual(set(self.visits()), came)
        for visit in self.visits().values():
            v = self.good(200, "GET", f"/v1/visits/{visit['id']}")
            self.assertEqual((v["state"], len(v["stays"]), len(v["badges"])), ("inside", 1, 1))
        # And all goes on by itself.
        wait_for("every badge", lambda: all(v["badge"] == "printed" for v in self.visits().values()), 40)
        self.assertTrue(self.good(200, "GET", "/v1/journal/verify")["ok"])
        self.whole()

    def test_read_only_while_it_is_served(self):
        self.assertEqual(self.arrive("Before")[0], 201)
        wait_for("the badge", lambda: self.visits()["Before"]["badge"] == "printed")
        self.disk.remount("abort")  # as ext4 does with a disk that fails
        self.assertEqual(self.arrive("Lost")[0], 503)
        self.good(503, "POST", "/v1/waiting", {"flow": str(uuid.uuid4()), "reason": "help"}, kiosk="lobby")
        self.good(200, "GET", "/v1/kiosk", kiosk="lobby")
        self.assertEqual(self.book_check()["state"], "fail")
        self.stop()
        self.disk.umount()
        self.disk.check()
        self.disk.mount(self.state)
        self.house.start()
        self.assertEqual(set(self.visits()), {"Before"})
        self.assertEqual(self.arrive("After")[0], 201)
        self.whole()


if __name__ == "__main__":
    unittest.main(verbosity=2)
