#!/usr/bin/python3
"""What fails around a visit, at the real kiosk: paper, printer, controller, mail server, foyerd itself, time, and the disk. Nobody is
stopped by it, staff are told what waits, and everything happens once when it can."""
import datetime
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from lobby import BUILD, FIRST, LOBBY, Case, wait_for  # noqa: E402

CALM = "Until this screen is back, reception"  # the screen without foyerd
BUSY = "One moment, please …"  # a request is under way
HELD = 20  # pictures, one after the other: for as long as all this may take
SLOW_S = 20  # what takes a second or two, on a machine that is busy


def children(pid):
    """The processes that pid started, and theirs."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                parents.setdefault(int(f.read().rpartition(")")[2].split()[1]), []).append(int(name))
        except OSError:
            pass  # it has ended meanwhile
    found = list(parents.get(pid, []))
    return found + [grandchild for child in found for grandchild in children(child)]


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            return f.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def may_mount():
    mount = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(mount, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


class Faults(Case):

    @classmethod
    def set_up_lobby(cls):
        cls.lobby.site['door-right = "badge-code"'] = 'door-right = "badge-code"\n\texit-grace = "0s"'

    def job(self, kind, number):
        """What `foyer jobs` says of such a job of a visit, if it says anything."""
        return next((j for j in self.lobby.jobs(kind) if j["visit_number"] == number), {})

    def in_trouble(self, kind, number, patience=20):
        return self.assert_eventually(f"{kind} in trouble", lambda: self.job(kind, number).get("class") not in (None, "", "pending")
                                      and self.job(kind, number), patience)

    def settled(self, *kinds):
        """Everything of these kinds is done."""
        self.assert_eventually("an empty queue", lambda: not [j for j in self.lobby.jobs() if j["kind"] in kinds], 40)

    def retry(self, *kinds):
        """What reception does when it is mended; else it would be tried in its own time."""
        for job in self.lobby.jobs():
            if job["kind"] in kinds:
                self.lobby.tried("jobs", "retry", job["id"])  # unless it is being tried at this moment

    def arrive(self, name, *more, **how):
        made = self.lobby.invite(name, *more, **how)
        self.kiosk.check_in(made["pass"], name)
        return made

    # --- paper, printer, controller, mail ------------------------------------------------------------------

    def test_1_out_of_labels(self):
        self.lobby.rig("labels", 0)
        made = self.arrive("Paula Paper")
        self.kiosk.expect("The badge printer needs help", "Reception will see to your badge", patience=SLOW_S)
        job = self.in_trouble("print", made["number"])
        self.assertEqual(job["class"], "media-empty")
        said = self.lobby.foyer("jobs")
        self.assertRegex(said, r"media-empty: \S.*")
        self.assertRegex(said, r"remedy +\S.*")
        self.assertEqual(self.lobby.labels(), [])
        self.assertEqual(self.lobby.visit(made["number"])["state"], "inside")
        self.lobby.rig("labels", 250)
        passes, numbers = self.lobby.label(made["number"] + "-1")
        self.assertEqual((len(passes), len(numbers)), (1, 1))
        self.settled("print")
        self.assertEqual(self.lobby.labels(), [made["number"] + "-1"])
        self.assertEqual(self.lobby.visit(made["number"])["badge"], "printed")

    def test_2_nothing_answers_and_a_visitor_comes_in_all_the_same(self):
        before = self.lobby.labels()
        made = self.lobby.invite("Nadja Nothing")
        self.lobby.rig("cupsd", "off")
        self.lobby.stop("doors")
        self.lobby.stop("mail")
        self.kiosk.check_in(made["pass"], "Nadja Nothing")
        self.kiosk.expect("The badge printer needs help")
        for kind in ("print", "grant", "mail"):
            job = self.in_trouble(kind, made["number"])
            self.assertIn(job["class"], {"print": ("cups-down",), "grant": ("timeout", "unreachable"), "mail": ("unreachable",)}[kind])
            self.assertGreater(job["since_ms"], 0)
            self.assertNotEqual(job["reason"], "")
        visit = self.lobby.visit(made["number"])
        self.assertEqual((visit["state"], visit["doors"], visit["badge"]), ("inside", "trouble", "trouble"))
        self.assertNotIn("Nadja", "".join(str(j) for j in self.lobby.jobs()))
        self.assertEqual(self.lobby.tried("doctor").returncode, 1)

        self.lobby.rig("cupsd", "on")
        self.lobby.doors_start()
        self.lobby.mail_start()
        self.retry("mail")
        _, (card,) = self.lobby.label(made["number"] + "-1")
        self.assert_eventually("the right", lambda: self.lobby.swipe(card, 1).startswith("granted"), 30)
        self.assertIn("Nadja Nothing", self.lobby.mail("james.baker@demo.example", "Nadja")["subject"])
        self.settled("print", "grant", "mail")
        self.assertEqual(self.lobby.labels(), before + [made["number"] + "-1"])
        self.assertEqual(self.lobby.visit(made["number"])["doors"], "open")

    def test_3_controller_is_away_at_sign_out(self):
        made = self.arrive("Walter Withdrawn")
        (badge,), (card,) = self.lobby.label(made["number"] + "-1")
        self.assert_eventually("the right", lambda: self.lobby.swipe(card, 1).startswith("granted"))
        self.lobby.doors("fault", "silent")
        self.kiosk.sign_out(badge)
        self.kiosk.expect("The doors are being told|The doors could not be told yet")
        job = self.in_trouble("revoke", made["number"])  # as it is shipped, a controller has eight seconds for an answer
        self.assertEqual(job["class"], "no-answer-yet")
        self.assertIn(f"revoke to access:main, visit {made['number']}", self.lobby.foyer("jobs"))
        self.assertRegex(self.lobby.foyer("jobs"), r"since +20\d\d-\d\d-\d\d \d\d:\d\d")
        self.assertLess(abs(job["since_ms"] / 1000 - time.time()), 60)
        self.assert_eventually("the visit's trouble", lambda: self.lobby.visit(made["number"])["doors"] == "trouble")
        # A withdrawal is what nobody may give up.
        self.assertEqual(self.lobby.tried("jobs", "drop", job["id"], "--reason", "tired of it").returncode, 1)
        self.assertTrue(self.lobby.swipe(card, 1).startswith("granted"))
        self.lobby.doors("fault", "none")
        self.assert_eventually("the withdrawal", lambda: self.lobby.swipe(card, 1).startswith("refused"), 30)
        self.settled("revoke")
        self.assertEqual(self.lobby.visit(made["number"])["doors"], "withdrawn")

    def test_4_spare_printer(self):
        with open(self.lobby.path("print/printer.port"), encoding="utf-8") as f:
            port = f.read().strip()
        env = dict(os.environ, CUPS_SERVER=self.lobby.path("print/run/cups.sock"), HOME=self.lobby.path("print"),
                   PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")

        def cups(*argv):
            subprocess.run(argv, env=env, check=True, stdin=subprocess.DEVNULL, timeout=60, stderr=subprocess.PIPE)
        cups("lpadmin", "-p", "spare", "-E", "-v", f"ipp://localhost:{port}/ipp/print", "-m", "everywhere")
        self.assert_eventually("the spare queue", lambda: os.path.exists(self.lobby.path("print/etc/ppd/spare.ppd")))
        self.lobby.site['printer = "lobby"\n'] = 'printer = "lobby"\n\tfallback = "spare"\n'
        self.lobby.more = 'printer "spare" { server = "%s" queue = "spare" }\n' % self.lobby.path("print/run/cups.sock")
        self.lobby.conf_write()
        os.kill(self.lobby.running_pid("foyerd"), signal.SIGHUP)
        self.assert_eventually("the spare printer's courier", lambda: "printer spare" in self.lobby.tried("doctor").stdout)
        cups("cupsdisable", "badge")
        try:
            made = self.arrive("Stella Spare")
            passes, _ = self.lobby.label(made["number"] + "-1")
            self.assertEqual(len(passes), 1)
            self.settled("print", "print-cancel")
            badge = self.lobby.visit(made["number"])["badges"][0]
            self.assertEqual((badge["printer"], badge["printed_ms"] > 0), ("spare", True))
        finally:
            cups("cupsenable", "badge")
        # The job that was taken back there does not come out now; what comes next goes there again.
        made = self.arrive("Stephan Spare")
        self.lobby.label(made["number"] + "-1")
        self.settled("print", "print-cancel")
        self.assertEqual(self.lobby.visit(made["number"])["badges"][0]["printer"], "lobby")
        self.assertEqual(len(self.lobby.labels()), len(set(self.lobby.labels())))

    # --- foyerd itself -------------------------------------------------------------------------------------

    def kill_foyerd(self):
        """As a crash does it; its couriers go with it."""
        pid = self.lobby.running_pid("foyerd")
        below = children(pid)
        self.assertGreaterEqual(len(below), 3)
        self.lobby.stop("foyerd", signal.SIGKILL)
        self.assert_eventually("the couriers' end", lambda: all(map(is_gone, below)))

    def agree(self, name):
        """Invited, and about to press the last Enter."""
        made = self.lobby.invite(name)
        self.kiosk.show(made["pass"], name, "Yes, this is me")
        self.kiosk.press("Enter")
        self.kiosk.expect("I agree", "I do not agree")
        self.kiosk.press("Left")
        self.kiosk.expect("► +I agree")
        return made

    def assert_once(self, made):
        """One visit, with one of everything, and a journal that says so."""
        visit = self.lobby.visit(made["number"])
        self.assertEqual((visit["state"], len(visit["stays"]), len(visit["signatures"]), len(visit["badges"])), ("inside", 1, 1, 1))
        self.assertEqual([v["number"] for v in self.lobby.ask("visits", "--inside")["items"]].count(made["number"]), 1)
        self.lobby.label(made["number"] + "-1")
        self.settled("print", "grant")
        self.assertEqual(self.lobby.labels().count(made["number"] + "-1"), 1)
        self.assertEqual(self.lobby.visit(made["number"])["doors"], "open")
        self.assertIn("The journal holds", self.lobby.foyer("journal", "verify"))

    def test_5_foyerd_dies_before_it_reads_the_request(self):
        made = self.agree("Kim Killed")
        os.kill(self.lobby.running_pid("foyerd"), signal.SIGSTOP)
        self.kiosk.press("Enter")
        self.kiosk.expect(BUSY)
        self.kill_foyerd()
        self.kiosk.expect(CALM, patience=SLOW_S)
        self.lobby.foyerd_start()
        self.kiosk.expect("Welcome, Kim Killed", r"Visit \d{6}", patience=SLOW_S)
        self.assert_once(made)

    def test_5_foyerd_dies_when_it_has_the_request(self):
        made = self.agree("Lou Later")
        self.kiosk.press("Enter")
        self.kiosk.expect(f"{BUSY}|Welcome, Lou Later")
        self.kill_foyerd()
        self.kiosk.expect(CALM, patience=SLOW_S)
        self.lobby.foyerd_start()
        self.kiosk.expect(f"Welcome, Lou Later|{FIRST}", patience=SLOW_S)
        self.assert_once(made)

    def test_5_foyerd_hangs_and_its_answer_comes_too_late(self):
        made = self.agree("Hilde Hung")
        pid = self.lobby.running_pid("foyerd")
        os.kill(pid, signal.SIGSTOP)
        try:
            self.kiosk.press("Enter")
            self.kiosk.expect(BUSY, patience=SLOW_S)
            self.kiosk.expect(CALM, patience=SLOW_S)
        finally:
            os.kill(pid, signal.SIGCONT)
        self.kiosk.expect("Welcome, Hilde Hung", r"Visit \d{6}", patience=SLOW_S)
        self.assert_once(made)

    def test_6_foyerd_dies_while_nobody_is_there(self):
        self.kiosk.expect(FIRST)
        self.kill_foyerd()
        screen = self.kiosk.expect(CALM, patience=SLOW_S)
        for words in ("Einen Moment", "Un instant", "Un momento"):
            self.assertIn(words, screen)
        self.kiosk.press("Enter", "F1", "x")
        self.assertIn(CALM, self.kiosk.screen())
        self.lobby.foyerd_start()
        self.kiosk.expect(FIRST, patience=SLOW_S)

    def test_6_a_code_is_held_up_until_foyerd_is_back(self):
        """The camera tells a code once while it is in view; whom nobody could ask need not take it away first."""
        made = self.lobby.invite("Pia Patient")
        picture, folder = self.lobby.path("pass.png"), self.lobby.path("camera")
        subprocess.run([os.path.join(BUILD, "foyer-scan-qr"), picture], input=made["pass"].encode(), check=True, timeout=30)
        self.kiosk.home()
        self.kill_foyerd()
        self.kiosk.expect(CALM, patience=SLOW_S)
        self.kiosk.tmux("select-window", "-t", "kiosk")  # the bells before are forgotten
        try:
            for i in range(HELD):
                shutil.copy(picture, folder)
                os.rename(os.path.join(folder, "pass.png"), os.path.join(folder, f"{i}.png"))
            self.assert_eventually("the code is seen", self.kiosk.has_rung)
            self.lobby.foyerd_start()
            self.kiosk.expect("Pia Patient", "Yes, this is me", patience=SLOW_S)
        finally:
            for i in range(HELD):
                os.unlink(os.path.join(folder, f"{i}.png"))

    def test_6_the_book_is_closed_while_nobody_is_there(self):
        """Nobody is to type a name for nothing: the kiosk says so as soon as foyerd knows, and is back by itself."""
        self.kiosk.expect(FIRST)
        book = self.lobby.path("state/book")
        os.rename(book, book + ".away")
        try:
            self.assertNotEqual(self.lobby.tried("visits").returncode, 0)
            self.kiosk.expect(CALM, patience=5)  # half of the time between two looks of its own
            self.kiosk.press("Enter", "x")
            self.assertIn(CALM, self.kiosk.screen())
        finally:
            os.rename(book + ".away", book)
        self.kiosk.expect(FIRST, patience=SLOW_S)
        self.arrive("Clara Closed")

    def test_7_time_runs_out_while_foyerd_is_down(self):
        made = self.arrive("Theo Timeout")
        card = self.lobby.visit(made["number"])["credentials"][0]["card"]
        end = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(seconds=20)
        self.lobby.foyer("visit", "extend", made["number"], "--until", end.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.settled("grant")
        self.assertIn(card, self.lobby.cards())
        self.lobby.stop("foyerd")
        self.kiosk.expect(CALM, patience=SLOW_S)
        self.assertLess(datetime.datetime.now(datetime.timezone.utc), end, "this machine is too slow for this test")
        wait_for("the visit's end", lambda: datetime.datetime.now(datetime.timezone.utc) > end)
        self.assertIn(card, self.lobby.cards())
        self.lobby.foyerd_start()
        self.assert_eventually("the withdrawal", lambda: card not in self.lobby.cards(), 10)
        self.assert_eventually("its record", lambda: self.lobby.visit(made["number"])["doors"] == "withdrawn")
        self.assertEqual(self.lobby.visit(made["number"])["state"], "inside")  # the muster still counts them

    # --- the disk, last: its book is thrown away -----------------------------------------------------------

    SMALL = 'mount -t tmpfs -o size=6m,mode=700 none "$1.small" && cp -a "$1/." "$1.small/" && mount --bind "$1.small" "$1" && shift && exec "$@"'

    @unittest.skipUnless(may_mount(), "a small disk is mounted by root alone")
    def test_8_disk_is_full(self):
        made = self.lobby.invite("Dora Diskfull")
        inside = len(self.lobby.ask("visits", "--inside")["items"])
        state = self.lobby.path("state")
        self.lobby.stop("foyerd")
        os.makedirs(state + ".small")
        self.lobby.foyerd_start(before=["unshare", "-m", "sh", "-c", self.SMALL, "sh", state])
        self.kiosk.expect(FIRST, patience=SLOW_S)
        filler = f"/proc/{self.lobby.running_pid('foyerd')}/root{state}/filler"

        self.kiosk.show(made["pass"], "Yes, this is me")
        self.kiosk.press("Enter")
        self.kiosk.expect("I agree")
        self.kiosk.press("Left")
        with open(filler, "wb", buffering=0) as f:
            try:
                while f.write(b"\0" * 4096):
                    pass
            except OSError:
                pass
        self.kiosk.press("Enter")
        screen = self.kiosk.expect("Please go to reception", patience=SLOW_S)
        print(screen)
        self.assertNotRegex(screen, "(?i)error|disk|database|sqlite")
        os.unlink(filler)
        self.assert_eventually("the book", lambda: self.lobby.tried("visits").returncode == 0)
        visit = self.lobby.visit(made["number"])
        self.assertEqual((visit["state"], visit["stays"], visit["signatures"], visit["badges"]), ("expected", [], [], []))
        self.kiosk.home()
        self.kiosk.check_in(made["pass"], "Dora Diskfull")
        self.assertEqual(len(self.lobby.ask("visits", "--inside")["items"]), inside + 1)
        self.assert_once(made)
        subprocess.run(["nsenter", "-m", "-t", str(self.lobby.running_pid("foyerd")), LOBBY.program("foyerd"), "-c",
                        self.lobby.path("foyer.conf"), "--verify"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
