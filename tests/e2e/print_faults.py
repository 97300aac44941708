#!/usr/bin/python3
"""Everything that can go wrong between a visitor who checks in and a badge in the tray, with a real print server and printer: what staff see
of it and how soon, and that its remedy ends it with one badge. A row of the table is a fault; each prints what was seen, and after how long."""
import os
import re
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from house import SOON_S, House, Seen  # noqa: E402
from lobby import wait_for  # noqa: E402

LIMIT = "MaxJobsPerPrinter 1\n"


class Printer(House):

    def cups(self, *argv):
        """One of CUPS' own programs, as its operator types it; what it says."""
        env = dict(os.environ, CUPS_SERVER=self.path("print/run/cups.sock"), HOME=self.path("print"),
                   PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
        return subprocess.run(argv, env=env, check=True, stdin=subprocess.DEVNULL, timeout=60, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True).stdout

    def at_cups(self):
        """CUPS' own names of the jobs that are not done: "badge-7"."""
        return re.findall(r"^(badge-\d+) ", self.cups("lpstat", "-o"), re.M)

    def courier(self):
        """Its number, while foyerd's printer has one."""
        below = [self.running_pid("foyerd")]
        for pid in below:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
                below += [int(child) for child in f.read().split()]
            with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                if f.read().strip() == "foyer-print":
                    return pid
        return None

    def courier_kill(self):
        """Another one is there afterwards."""
        old = self.courier()
        os.kill(old, signal.SIGKILL)
        wait_for("another courier", lambda: self.courier() not in (None, old))

    # --- what fills up -------------------------------------------------------------------------------------

    def spool_fill(self):
        """A disk that is smaller than a badge under the spool."""
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=710,gid=lp", "none", self.path("print/spool")], check=True)

    def spool_free(self):
        if os.path.ismount(self.path("print/spool")):
            subprocess.run(["umount", self.path("print/spool")], check=True)

    def limit(self, text):
        """Start cupsd with so much more in its configuration."""
        with open(self.path("print/etc/cupsd.conf"), "r+", encoding="utf-8") as f:
            conf = f.read().replace(LIMIT, "")
            f.seek(0)
            f.truncate()
            f.write(conf + text)
        self.rig("cupsd", "off")
        self.rig("cupsd", "on")

    def queue_fill(self):
        """One job is all that cupsd takes, and somebody's letter is that job."""
        self.limit(LIMIT)
        self.cups("lp", "-d", "badge", "-H", "indefinite", self.path("hosts.csv"))

    def queue_free(self):
        self.cups("cancel", *self.at_cups())

    def repair(self):
        """Everything as it was at the start, whatever a failed test left behind."""
        self.spool_free()
        for thing in ("cupsd", "printer"):
            if not os.path.exists(self.path(f"print/{thing}.pid")):
                self.rig(thing, "on")
        self.rig("cupsd", "go")
        with open(self.path("print/etc/cupsd.conf"), encoding="utf-8") as f:
            limited = LIMIT in f.read()
        if limited:
            self.limit("")
        self.rig("jam", "off")
        self.rig("labels", 250)
        self.cups("cupsenable", "badge")
        self.cups("cupsaccept", "badge")
        for job in self.at_cups():
            self.cups("cancel", job)


def may_mount():
    mount = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(mount, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def setUpModule():
    global house
    house = Faults.house = Printer()
    unittest.addModuleCleanup(house.down)
    house.up()


class Faults(Seen):
    FAULTS = {
        # the fault: what makes it, staff's word for it, what mends it
        "labels out": (("rig", "labels", 0), "media-empty", ("rig", "labels", 250)),
        "jam": (("rig", "jam", "on"), "media-jam", ("rig", "jam", "off")),
        "queue paused": (("cups", "cupsdisable", "-r", "roll change", "badge"), "queue-paused", ("cups", "cupsenable", "badge")),
        "queue closed": (("cups", "cupsreject", "badge"), "queue-closed", ("cups", "cupsaccept", "badge")),
        "cupsd down": (("rig", "cupsd", "off"), "cups-down", ("rig", "cupsd", "on")),
        "cupsd stopped": (("rig", "cupsd", "hang"), "cups-hung", ("rig", "cupsd", "go")),
        "spool full": (("spool_fill",), "spool-full", ("spool_free",)),
        "queue full": (("queue_fill",), "queue-full", ("queue_free",)),
        "printer off": (("rig", "printer", "off"), "printer-off", ("rig", "printer", "on")),
    }
    SHOWN_BY_A_JOB_ALONE = ("spool-full", "queue-full")  # cupsd does not tell who only asks

    def setUp(self):
        self.addCleanup(house.repair)
        self.before = house.labels()
        self.number = ""

    def do(self, step):
        getattr(house, step[0])(*step[1:])

    def printing(self):
        """The newest print job of the visitor that is not settled; {} where there is none."""
        return self.job("print", self.number)

    def troubled(self, fault, word, began):
        job = self.seen(fault, "print", self.number, word, began)
        self.assertEqual(house.visit(self.number)["badge"], "trouble")
        return job

    def told(self, job):
        """So does doctor; a filter's last word may stand over the backend's for a moment."""
        def fails():
            check = house.doctor("printer lobby")
            return check if check["state"] == "fail" else None
        check = wait_for("doctor's word", fails, SOON_S)
        self.assertEqual((check["text"], check["remedy"]), (job["reason"], job["remedy"]))

    def ended(self, copy=1):
        """One badge is out, and foyer knows it."""
        title = f"{self.number}-{copy}"
        house.later(3)  # by itself: foyer looks every three seconds, and that time is the test's
        house.label(title)
        wait_for("the end of the job", lambda: house.visit(self.number)["badge"] == "printed", 30)
        self.assertEqual(house.labels(), self.before + [title])
        badge = house.visit(self.number)["badges"][0]
        self.assertEqual((badge["copy"], badge["printed_ms"] > 0), (copy, True))
        self.assertEqual(self.waits(self.number), [])

    def row(self, fault):
        broken, word, mended = self.FAULTS[fault]
        self.do(broken)
        began = time.monotonic()
        self.number = self.come("Paula Paper")
        job = self.troubled(fault, word, began)
        if word not in self.SHOWN_BY_A_JOB_ALONE:
            self.told(job)
        self.assertEqual(house.labels(), self.before)
        self.do(mended)
        self.ended()

    def test_labels_out(self):
        self.row("labels out")

    def test_jam(self):
        self.row("jam")

    def test_printer_off(self):
        self.row("printer off")

    def test_queue_paused(self):
        self.row("queue paused")

    def test_queue_closed(self):
        self.row("queue closed")

    def test_cupsd_down(self):
        self.row("cupsd down")

    def test_cupsd_stopped(self):
        self.row("cupsd stopped")

    @unittest.skipUnless(may_mount(), "a small disk is mounted by root alone")
    def test_spool_full(self):
        self.row("spool full")

    def test_queue_full(self):
        self.row("queue full")

    def lost(self, fault, word, began):
        """The job ended, and nobody knows of a badge: reception is called, and the badge is not printed again by itself."""
        job = self.troubled(fault, word, began)
        self.assertEqual((job["state"], self.waits(self.number)), ("failed", ["badge-failed"]))
        self.assertIn("no badge came out", house.foyer("waiting"))
        return job

    def test_printer_dead_after_accepting(self):
        house.rig("labels", 0)
        self.number = self.come("Paula Paper")
        wait_for("the job at the printer", lambda: self.printing().get("class") == "media-empty")
        began = time.monotonic()
        house.rig("printer", "off")
        house.rig("printer", "on")
        self.lost("printer dead after accepting", "media-missing-history", began)
        self.assertEqual(house.labels(), self.before)
        # CUPS never takes that reason back; the next badge is not accused of it.
        house.foyer("visit", "reprint", self.number)
        self.ended(copy=2)

    def stuck(self):
        """A visitor's label is in the printer, and CUPS waits for it."""
        house.rig("jam", "on")
        self.number = self.come("Paula Paper")
        wait_for("the job at the printer", lambda: self.printing().get("class") == "media-jam")

    def came_out(self, job):
        """The label that was in the printer; reception looks, and gives it to the visitor. CUPS prints no other."""
        self.assertEqual(house.at_cups(), [])
        house.rig("jam", "off")
        house.label(f"{self.number}-1")
        house.foyer("jobs", "acknowledge", job["id"], "--reason", "it came out")
        row, = [w for w in house.waiting() if w["number"] == self.number]
        house.foyer("waiting", "resolve", row["id"], "--reason", "it came out")

    def began_anew(self, fault):
        """cupsd is back, and prints such a job again from its beginning: no second label may have the copy's number."""
        began = time.monotonic()
        house.rig("cupsd", "on")
        job = self.lost(fault, "print-interrupted", began)
        self.came_out(job)
        # What comes next is printed, so nothing of this one is left behind.
        number, before = self.number, house.labels()
        self.assertEqual(before, self.before + [f"{number}-1"])
        self.before = before
        self.number = self.come("Paula Paper")
        self.ended()

    def test_cupsd_killed_while_printing(self):
        self.stuck()
        began = time.monotonic()
        house.rig("cupsd", "off")
        self.troubled("cupsd killed while printing", "cups-down", began)
        self.began_anew("cupsd back after it was killed while printing")

    def test_cupsd_and_courier_killed_while_printing(self):
        """Nobody is left who saw the label being printed: the book knows."""
        self.stuck()
        house.rig("cupsd", "off")
        house.courier_kill()
        self.began_anew("cupsd back, and another courier")

    def test_cupsd_killed_while_printing_and_foyerd_restarted(self):
        """As after a power cut: the first that foyer sees is a job that prints."""
        self.stuck()
        house.rig("cupsd", "off")
        house.stop("foyerd", signal.SIGKILL)
        house.rig("cupsd", "on")
        wait_for("the label's second beginning", lambda: "now printing" in house.cups("lpstat", "-p", "badge"))
        house.foyerd_start()
        self.came_out(self.lost("foyerd back after everything was killed", "print-interrupted", time.monotonic()))

    def test_courier_killed_while_printing(self):
        """CUPS was there all the time: its job is the copy's own, and goes on."""
        self.stuck()
        house.courier_kill()
        house.rig("jam", "off")
        self.ended()

    def test_a_restored_book_gives_a_number_again(self):
        """CUPS has printed that number for a visitor whom the book knows no more; the badge of the one who has it now comes out as well."""
        backup = house.ask("backup")["file"]
        self.number = lost = self.come("Paula Paper")
        self.ended()
        house.stop("foyerd")
        house.foyer("restore", backup)
        house.foyerd_start()
        self.number = self.come("Paul Pulp")
        self.assertEqual(self.number, lost)
        wait_for("the badge", lambda: house.visit(self.number)["badge"] == "printed", 30)
        self.assertEqual(house.labels(), self.before + [f"{lost}-1"] * 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
