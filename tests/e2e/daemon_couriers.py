#!/usr/bin/python3
"""foyerd's own trouble with a job: what cannot be told to a courier at all fails once, and reception hears of it where that can be said."""
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon_api import Case, Unix, wait_for  # noqa: E402


class OwnTrouble(Case):
    """A job waits for its courier; then the book is changed behind foyerd's back, as a bad disk does it."""

    def waiting_job(self, kind, damage, *values):
        """A visitor whose job of this kind nobody could do yet; what damage makes of it, and a foyerd that finds it so."""
        self.house.tell("notify" if kind == "mail" else kind, {"result": "retry", "class": "unreachable", "reason": "not yet"})
        came = self.walk_in(self.host())
        wait_for("the first try", lambda: self.jobs(kind=kind, state="waiting"))
        self.assertEqual(self.house.stop(), 0)
        book = sqlite3.connect(os.path.join(self.house.dir, "state", "book"), isolation_level=None)
        book.execute("PRAGMA ignore_check_constraints = 1")
        book.execute(damage, values)
        book.execute("UPDATE job SET not_before_ms = 0 WHERE kind = ?", (kind,))
        book.close()
        self.house.tell("notify" if kind == "mail" else kind, {"result": "done"})
        self.seen = len(self.seen_jobs(kind))
        self.house.start()
        return came

    def seen_jobs(self, kind):
        name = {"mail": ("notify", "mail"), "print": ("print", "lobby")}[kind]
        return [j for j in self.house.seen(*name) if j["kind"] == kind]

    def journalled(self, what):
        return [row for row in self.good(200, "GET", "/v1/journal?limit=200")["items"] if row["what"] == what]

    def test_a_mail_that_cannot_be_composed_is_reception_s(self):
        self.waiting_job("mail", "UPDATE job SET facts = '{\"template\":\"host-arrival\",\"host\":' WHERE kind = 'mail'")
        failed = wait_for("the failure", lambda: self.jobs(kind="mail", state="failed"))
        self.assertEqual(len(failed), 1)
        self.assertNotEqual(failed[0]["reason"], "")
        self.assertEqual(len(self.seen_jobs("mail")), self.seen)  # no courier was asked
        self.assertIn("host-not-told", [w["reason"] for w in self.good(200, "GET", "/v1/waiting")["items"]])
        self.assertEqual(len(self.journalled("job.failed")), 1)
        # The others go on, and so does this courier.
        self.assertIn("courier notify:mail is ready", self.house.logged().rpartition("serves site")[2])
        self.good(201, "PUT", "/v1/hosts/next", {"name": "Next"})

    def test_where_reception_cannot_be_told_either_the_job_fails_all_the_same(self):
        self.waiting_job("mail", "UPDATE visit SET state = 'lost'")
        wait_for("the failure", lambda: self.jobs(kind="mail", state="failed"))
        self.assertEqual(self.jobs(kind="mail", state="failed")[0]["class"], "corrupt")
        self.assertIn("job of notify:mail: telling reception", self.house.logged())
        self.assertEqual(self.journalled("job.failed"), [])  # what could not be said whole is not said by half
        self.assertEqual(len(self.seen_jobs("mail")), self.seen)
        self.assertTrue(self.good(200, "GET", "/v1/journal/verify")["ok"])


class Down(Case):
    """What is to be done waits for a courier that does not run: staff are told so within five seconds."""

    def test_a_courier_that_refuses_to_begin(self):
        self.house.tell("print", {"refuse": True})
        self.assertEqual(self.house.stop(), 0)
        self.house.start()
        self.walk_in(self.host())
        job = wait_for("the reason", lambda: self.jobs(kind="print") and self.jobs(kind="print")[0]["class"] and self.jobs(kind="print")[0], 5)
        self.assertEqual((job["state"], job["class"]), ("ready", "courier-down"))
        self.assertIn("does not run", job["reason"])
        self.assertIn("log of foyerd", job["remedy"])
        self.house.tell("print", {"result": "done"})
        wait_for("the badge", lambda: self.jobs(kind="print", state="done"), 60)

    def test_a_keeper_that_does_not_answer(self):
        """foyerd cannot do without: it ends, so that whoever started it starts it again."""
        children = subprocess.run(["pgrep", "-P", str(self.house.process.pid)], capture_output=True, text=True, check=True).stdout.split()
        keeper = next(int(p) for p in children if "keeper" in pathlib.Path(f"/proc/{p}/comm").read_text(encoding="utf-8"))
        os.kill(keeper, signal.SIGSTOP)
        with self.assertRaises(OSError):
            self.house.ask("GET", "/v1/journal/verify")  # somebody is to be started for this
        self.assertEqual(self.house.process.wait(60), -signal.SIGABRT)
        self.assertIn("the keeper does not answer", self.house.logged())
        wait_for("the keeper's end", lambda: not pathlib.Path(f"/proc/{keeper}").exists())


class Outage(Case):
    """Nothing can be done at a destination: everyone who waits behind it is told so, and so are reception and the log, once."""

    OFF = {"result": "retry", "class": "unreachable", "reason": "the mail server does not answer", "remedy": "look at the network", "blocks": True}

    def host_is(self, came, word):
        """The kiosk of this visitor is shown so, and not only when it is late (DESK_LATE_MS)."""
        began = time.monotonic()
        c = Unix(self.house.path("lobby"))
        self.addCleanup(c.close)
        c.request("GET", f"/v1/progress/{came['progress']}")
        r = c.getresponse()
        while True:
            line = r.readline().decode()
            self.assertNotEqual(line, "", "the stream ended")
            if line.startswith("data: ") and json.loads(line[6:])["host"] == word:
                self.assertLess(time.monotonic() - began, 9)
                return

    def told(self):
        return [w["reason"] for w in self.good(200, "GET", "/v1/waiting")["items"]].count("host-not-told")

    def test_of_the_mail_server(self):
        self.house.tell("notify", self.OFF)
        host = self.host()
        self.host_is(self.walk_in(host), "trouble")
        self.host_is(self.walk_in(host), "trouble")  # whose mail was not even tried
        # While it is tried whether it works again, who comes is told what is known.
        self.house.tell("notify", {**self.OFF, "wait": True})
        seen = len(self.house.seen("notify", "mail"))
        self.good(200, "POST", f"/v1/jobs/{self.jobs(kind='mail', state='waiting')[-1]['id']}/retry", {})
        wait_for("the next try", lambda: len(self.house.seen("notify", "mail")) > seen)
        self.host_is(self.walk_in(host), "trouble")
        self.house.tell("notify", self.OFF)
        wait_for("the third one behind it", lambda: len(self.jobs(kind="mail", state="waiting")) == 3)
        wait_for("three rows at reception", lambda: self.told() == 3)
        line = "notify:mail: unreachable: the mail server does not answer; look at the network"
        self.assertEqual(self.house.logged().count(line), 1)
        self.house.tell("notify", {"result": "done"})
        self.good(200, "POST", f"/v1/jobs/{self.jobs(kind='mail', state='waiting')[-1]['id']}/retry", {})
        wait_for("the mails", lambda: len(self.jobs(kind="mail", state="done")) == 3)
        self.assertEqual(self.told(), 0)
        self.assertEqual(self.house.logged().count("notify:mail: well again"), 1)

    def test_a_failure_is_in_the_log(self):
        self.house.tell("notify", {"result": "failed", "class": "rejected", "reason": "the address is unknown", "remedy": "another address"})
        self.walk_in(self.host())
        wait_for("the failure", lambda: self.jobs(kind="mail", state="failed"))
        self.assertIn("a job failed: notify:mail: rejected: the address is unknown; another address", self.house.logged())


if __name__ == "__main__":
    unittest.main(verbosity=1)
