#!/usr/bin/python3
"""foyer-print against a real cupsd and label printer: badges that scanners read, one label a title whatever breaks. The faults that staff see, with
foyerd around it, are in print_faults.py."""
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rig"))
from printing import BUILD, Courier, Rig  # noqa: E402
from peer import wait_for  # noqa: E402

PASS = "FOYER" + ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 5)[:135]
SLOTS = {"name": "Zoë Müller", "company": "Example GmbH", "host": "Anna Schmidt", "type": "Guest", "escort": "",
         "expiry": "2026-11-23 17:00", "daymark": "MON 23", "pass": PASS, "door_code": "10058400"}
ISSUED_MS = 1795420800000
NAMES = [("عبد الرحمن بن محمد الخوارزمي", "شركة النور للهندسة", "歐陽鋒 OUYANG Feng"),
         ("Maximilian-Alexander Freiherr von Hohenstein-Wittelsbach zu Rosenberg", "x" * 10000, "%n'\"<b>;_ &amp;"),
         ("\u202eevil\u2066", "\x1b]0;t\x07\r\n", "z\u0301\u0302\u0303\u0304\u0305\u0306\u0323\u0324\u0325")]


def setUpModule():
    global rig  # one for all: it starts in a moment, but every broken printer takes CUPS a while to notice
    rig = Rig()


def tearDownModule():
    rig.stop()


class Printing(unittest.TestCase):
    number = 0

    def setUp(self):
        self.courier = self.start()
        self.assertEqual(self.courier.ready, {"v": 1, "ready": True})
        self.before = len(rig.labels())

    def start(self, **conf):
        courier = Courier(rig, **conf)
        self.addCleanup(lambda: courier.process.poll() is None and courier.end())
        return courier

    def title(self):
        Printing.number += 1
        return f"{Printing.number:06d}-1"

    def print(self, title, issued=ISSUED_MS, mark=None, **slots):
        more = {"mark": mark} if mark else {}
        return self.courier.ask("print", title=title, issued_ms=issued, template="visitor", slots={**SLOTS, **slots}, **more)

    def until(self, title, result, word=None, **more):
        """Ask as foyerd does, until this answer; what comes before it may only be "pending"."""
        def once():
            answer = self.print(title, **more)
            if answer["result"] == result and answer.get("class") == word:
                return answer
            self.assertEqual(answer.get("class"), "pending", answer)
            return None
        return wait_for(f"{result} {word}", once)

    def until_done(self, title):
        """Until it is printed, after a repair: the trouble may be told a little longer."""
        wait_for("printed", lambda: self.print(title)["result"] == "done")

    def printed(self):
        return rig.labels()[self.before:]

    def check(self):
        return self.courier.ask("check")


class Badges(Printing):
    def test_a_badge_comes_out_once_and_both_codes_read(self):
        title = self.title()
        answer = self.until(title, "done")
        self.assertEqual(answer, {"result": "done", "printed": True})
        self.assertEqual(rig.codes(self.before + 1), sorted([PASS, "10058400"]))
        self.assertEqual(self.print(title)["result"], "done")  # asked again, by the same courier and by another
        self.courier.end()
        self.courier = self.start()
        self.assertEqual(self.print(title)["result"], "done")
        self.assertEqual(self.printed(), [title])

    def test_every_name_leaves_the_codes_readable(self):
        for n, (name, company, host) in enumerate(NAMES, 1):
            self.until(self.title(), "done", name=name, company=company, host=host, escort="ESCORT")
            self.assertEqual(rig.codes(self.before + n), sorted([PASS, "10058400"]), name)

    def test_no_door_code_no_second_code(self):
        self.until(self.title(), "done", door_code="", escort="ESCORT")
        self.assertEqual(rig.codes(self.before + 1), [PASS])

    def test_a_killed_courier_leaves_one_label(self):
        title = self.title()
        rig.do("labels", 0)
        self.until(title, "retry", "media-empty")
        self.courier.kill()
        self.courier = self.start()
        self.assertEqual(self.print(title)["class"], "media-empty")
        rig.do("labels", 250)
        self.until_done(title)
        self.assertEqual(self.printed(), [title])

    def test_the_next_courier_knows_by_the_mark_that_cups_began_again(self):
        title = self.title()
        rig.do("jam", "on")
        self.addCleanup(rig.repair)
        first = self.print(title)
        self.assertEqual(first["class"], "pending")  # what was seen is told before anything is waited for
        mark = self.until(title, "retry", "media-jam", mark=first["mark"])["mark"]
        self.courier.kill()
        self.courier = self.start()
        self.assertEqual(self.print(title, mark=mark)["class"], "media-jam")  # CUPS was there all the time
        self.courier.kill()
        rig.do("cupsd", "off")
        rig.do("cupsd", "on")
        for _ in range(2):  # and whoever comes after that
            self.courier = self.start()
            answer = self.until(title, "failed", "print-interrupted", mark=mark)
            self.assertNotIn("mark", answer)
            self.courier.end()
        rig.do("jam", "off")
        wait_for("the label that stuck", lambda: self.printed() == [title])
        self.assertEqual(rig.waiting(), [])

    def test_the_next_courier_knows_by_the_mark_that_cups_had_it(self):
        """A print server that keeps no history says nothing of a badge that is out."""
        title, other = self.title(), self.title()
        mark = self.print(title)["mark"]
        self.until_done(title)
        rig.cups("cancel", "-a", "-x")  # forgets it
        self.courier.end()
        self.courier = self.start()
        self.assertEqual(self.print(title, mark=mark)["class"], "gone")
        self.until_done(other)
        self.assertEqual(self.printed(), [title, other])

    def test_a_restored_book_gives_a_number_again(self):
        """CUPS has printed that title, for a badge that no book knows any more."""
        title = self.title()
        self.until(title, "done")
        self.courier.end()
        self.courier = self.start()
        for issued in (ISSUED_MS + 1, ISSUED_MS - 1):  # what its clock says is not asked: it may be another one's by now
            self.assertEqual(self.courier.ask("print-cancel", title=title, issued_ms=issued), {"result": "done", "was": "absent"})
            self.until(title, "done", issued=issued)
        rig.do("cupsd", "off")  # from its spool it knows them apart as well
        rig.do("cupsd", "on")
        self.courier.end()
        self.courier = self.start()
        self.assertEqual(self.print(title, issued=ISSUED_MS + 1)["result"], "done")
        self.assertEqual(self.printed(), [title] * 3)
        answer = self.courier.ask("print-cancel", title=title, issued_ms=ISSUED_MS)
        self.assertEqual(answer, {"result": "done", "was": "completed"})

    def test_an_older_foyerd_s_jobs_are_known_by_their_title(self):
        title = self.title()
        job = {"title": title, "template": "visitor", "slots": SLOTS}
        wait_for("printed", lambda: self.courier.ask("print", **job)["result"] == "done")
        self.assertEqual(self.print(title)["result"], "done")  # by a newer one, after an update
        self.assertEqual(self.courier.ask("print", **job)["result"], "done")
        self.assertEqual(self.printed(), [title])

    def test_the_preview_of_each_template_has_an_exact_page(self):
        for name, size in (("visitor-62x100", "175.748 x 283.465 pts"), ("visitor-a6", "297.638 x 419.528 pts")):
            pdf = os.path.join(rig.dir, "preview.pdf")
            svg = os.path.join(BUILD, "share/foyer/badge", name + ".svg")
            subprocess.run([os.path.join(BUILD, "foyer-print"), "--preview", svg, pdf], check=True, timeout=30)
            info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True, timeout=30).stdout
            lines = dict(line.split(":", 1) for line in info.splitlines())
            self.assertEqual(lines["Page size"].strip(), size)
            self.assertEqual((lines["Title"].strip(), lines["Pages"].strip()), ("000042", "1"))
            self.assertNotIn("Author", lines)


class Faults(Printing):
    def tearDown(self):
        rig.repair()  # what a failed test left broken must not break the next one

    def trouble(self, title, word):
        answer = self.until(title, "retry", word)
        print(f"{word}: {answer['reason']} | {answer.get('remedy')}")
        self.assertTrue(answer["reason"] and answer["remedy"], answer)
        self.assertNotIn("Zo", answer["reason"])

    def test_held_then_released(self):
        title = self.title()
        rig.cups("cupsdisable", "badge")
        self.trouble(title, "queue-paused")
        job, = rig.waiting()
        rig.cups("lp", "-i", job, "-H", "hold")
        rig.cups("cupsenable", "badge")
        self.trouble(title, "held")
        rig.cups("lp", "-i", job, "-H", "resume")
        self.until_done(title)
        self.assertEqual(self.printed(), [title])

    def test_cancelled_by_an_operator(self):
        title = self.title()
        rig.cups("cupsdisable", "badge")
        self.until(title, "retry", "queue-paused")
        rig.cups("cancel", *rig.waiting())
        self.assertEqual((self.print(title)["result"], self.print(title)["class"]), ("failed", "canceled"))
        rig.cups("cupsenable", "badge")
        self.assertEqual(self.printed(), [])

    def test_cupsd_down_and_up_no_second_copy(self):
        title = self.title()
        rig.cups("cupsdisable", "badge")
        self.until(title, "retry", "queue-paused")
        rig.do("cupsd", "off")
        self.trouble(title, "cups-down")
        self.assertEqual(self.check()["state"], "cups-down")
        rig.do("cupsd", "on")
        self.until(title, "retry", "queue-paused")
        self.assertEqual(len(rig.waiting()), 1)
        rig.cups("cupsenable", "badge")
        self.until_done(title)
        self.assertEqual(self.printed(), [title])

    def test_no_such_queue(self):
        self.courier.end()
        self.courier = self.start(queue="none")
        self.trouble(self.title(), "no-queue")
        self.assertEqual(self.check()["state"], "no-queue")


class Cancelling(Printing):
    def test_a_badge_waiting_in_the_queue_is_gone(self):
        title, after = self.title(), self.title()
        rig.cups("cupsdisable", "badge")
        self.until(title, "retry", "queue-paused")
        self.assertEqual(self.courier.ask("print-cancel", title=title), {"result": "done", "was": "canceled"})
        self.assertEqual(rig.waiting(), [])
        self.assertEqual(self.courier.ask("print-cancel", title=title)["was"], "canceled")
        rig.cups("cupsenable", "badge")
        self.until(after, "done")
        self.assertEqual(self.printed(), [after])

    def test_a_badge_waiting_in_the_printer_is_gone(self):
        own = Rig()  # CUPS' ipp backend leaves a printer alone for ten seconds after this
        self.addCleanup(own.stop)
        courier = Courier(own)
        self.addCleanup(courier.end)
        own.do("labels", 0)
        job = {"title": "000001-1", "template": "visitor", "slots": SLOTS}
        wait_for("media-empty", lambda: courier.ask("print", **job).get("class") == "media-empty")
        self.assertEqual(courier.ask("print-cancel", title="000001-1"), {"result": "done", "was": "canceled"})
        self.assertEqual((own.waiting(), own.labels()), ([], []))
        self.assertEqual(courier.ask("print", **job)["class"], "canceled")

    def test_a_printed_and_an_unknown_badge(self):
        title = self.title()
        self.until(title, "done")
        self.assertEqual(self.courier.ask("print-cancel", title=title), {"result": "done", "was": "completed"})
        self.assertEqual(self.courier.ask("print-cancel", title="999999-1"), {"result": "done", "was": "absent"})


class Edges(Printing):
    def test_check_of_a_good_printer(self):
        answer = self.check()
        self.assertEqual((answer["ok"], answer["state"]), (True, "idle"))

    def test_bad_jobs_are_failed_and_print_nothing(self):
        for change in ({"title": "x"}, {"title": "1-1; rm"}, {"title": ""}, {"title": "1-1\u202e"}, {"title": "9" * 10000 + "-1"},
                       {"slots": {}}, {"slots": {**SLOTS, "door_code": "12a"}}, {"slots": {**SLOTS, "pass": "x" * 200}},
                       {"slots": {**SLOTS, "badge": "x"}}, {"extra": 1}):
            job = {"title": "000001-1", "template": "visitor", "slots": SLOTS, **change}
            answer = self.courier.ask("print", **job)
            self.assertEqual((answer["result"], answer["class"]), ("failed", "bad-job"), change)
        for template in ("none", "../badge/visitor", "visitor\u202e", "%s", "x" * 64):
            answer = self.courier.ask("print", title="900001-1", template=template, slots=SLOTS)
            self.assertEqual(answer["result"], "failed", template)
        self.assertEqual(self.printed(), [])

    def test_a_broken_template_is_told_with_its_line(self):
        folder = os.path.join(rig.dir, "templates")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "visitor-62x100.svg"), "w", encoding="utf-8") as f:
            f.write('<svg xmlns="http://www.w3.org/2000/svg" width="62mm" height="100mm" viewBox="0 0 62 100">\n'
                    '<rect id="slot-name" width="0"/></svg>')
        self.courier.end()
        self.courier = self.start(templates=folder)
        answer = self.print(self.title())
        self.assertEqual((answer["result"], answer["class"]), ("failed", "template"))
        self.assertIn("visitor-62x100.svg:2: ", answer["reason"])
        self.assertEqual(self.check()["state"], "template")

    def test_its_log_names_nobody(self):
        self.until(self.title(), "done")
        self.assertEqual(self.courier.end(), 0)
        with open(os.path.join(rig.dir, "foyer-print.log"), "rb") as f:
            log = f.read()
        for secret in (b"ller", b"Anna", PASS.encode(), b"10058400"):
            self.assertNotIn(secret, log)
        for name in os.listdir(os.path.join(rig.dir, "log")):
            with open(os.path.join(rig.dir, "log", name), "rb") as f:
                self.assertNotIn(b"ller", f.read(), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
