"""What must hold once all is quiet: the book against the visitors, the controller, the printer, the print server and the mail."""
import collections
import email
import email.policy
import os
import re
import sqlite3
import threading
import time

from users import typed_code

QUIET_S = 60
UNFINISHED = ("ready", "leased", "waiting", "held")


class Book:
    """The book as somebody else's program reads it."""

    def __init__(self, path):
        self.path = path

    def rows(self, sql, *values):
        """One short look: foyerd may be starting at this moment."""
        end = time.monotonic() + 10
        while True:
            try:
                db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5)
                try:
                    return db.execute(sql, values).fetchall()
                finally:
                    db.close()
            except sqlite3.OperationalError:
                if time.monotonic() > end:
                    raise
                threading.Event().wait(0.05)

    def badge_code(self, number):
        newest = "SELECT b.pass_id FROM badge_issue b JOIN visit v ON v.id = b.visit WHERE v.number = ? ORDER BY b.copy DESC"
        return typed_code(self.rows(newest, int(number))[0][0])


class Mails:
    """Every mail once read stays counted: visitor's name to its Message-IDs."""

    def __init__(self, site):
        self.folder = site.path("mail")
        self.read = set()
        self.ids = collections.defaultdict(list)

    def look(self):
        for name in os.listdir(self.folder):
            if not name.endswith(".eml") or name in self.read:
                continue
            self.read.add(name)
            with open(os.path.join(self.folder, name), "rb") as f:
                m = email.message_from_binary_file(f, policy=email.policy.default)
            whom = re.search(r"Vera R\d+ [A-H]", str(m["subject"]))
            if whom:
                self.ids[whom.group()].append(str(m["message-id"]))


class Proof:
    def __init__(self, site, client):
        self.site, self.client = site, client
        self.book = Book(site.book())
        self.mails = Mails(site)
        self.seen = 0  # visits
        self.mails_twice = 0

    def busy(self):
        """Whether jobs are left, whatever has become of foyerd."""
        return self.book.rows("SELECT 1 FROM job WHERE state IN ('ready', 'leased', 'waiting') LIMIT 1")

    def left(self):
        """The jobs that are not done yet."""
        return [j for j in self.client.ask("staff", "GET", "/v1/jobs?limit=200")["items"] if j["state"] in UNFINISHED]

    def quiet(self):
        """Wait until no job is left; what does not end is a problem."""
        end = time.monotonic() + QUIET_S
        pushed = set()
        while True:
            left = self.left()
            if not left:
                return []
            if time.monotonic() > end:
                return [f"visit {j['visit_number']}: {j['kind']} is still {j['state']} ({j['class']} {j['reason']})" for j in left]
            for j in left:
                if j["state"] == "waiting" and j["class"] != "pending" and j["id"] not in pushed:
                    pushed.add(j["id"])
                    self.client.ask("staff", "POST", f"/v1/jobs/{j['id']}/retry", {}, (200, 409))
            threading.Event().wait(0.1)

    def problems(self, visitors):
        """Of these visitors, who have all left."""
        found = [f"{v}: {v.problem}" for v in visitors if v.problem]
        found += self.quiet()
        found += self.journal()
        found += self.jobs_failed()
        found += self.live_cards()
        self.mails.look()
        printed, paged = collections.Counter(self.site.labels()), self.pages()
        found += [f"the label {title} came out {n} times" for title, n in printed.items() if n > 1]
        found += [f"the print server printed {title} {n} times" for title, n in paged.items() if n > 1]
        for v in visitors:
            found += [f"{v}: {p}" for p in self.visit(v, printed) if not v.problem]
        self.seen += len(visitors)
        return found

    def journal(self):
        said = self.client.ask("staff", "GET", "/v1/journal/verify")
        return [] if said["ok"] else [f"the journal does not verify: {said}"]

    def jobs_failed(self):
        return [f"visit {n}: {kind} failed ({cls} {reason})" for n, kind, cls, reason in self.book.rows(
            "SELECT v.number, j.kind, j.class, j.reason FROM job j JOIN visit v ON v.id = j.visit WHERE j.state IN ('failed', 'held')")]

    def live_cards(self):
        """Everybody has left: no card is there, and no right is open in the book."""
        there = self.site.cards()
        found = [f"the controller still holds card {card}" for card in there]
        found += [f"visit {n}: a right is {state}" for n, state in self.book.rows(
            "SELECT v.number, c.state FROM credential c JOIN visit v ON v.id = c.visit WHERE c.state <> 'revoked'")]
        return found

    def pages(self):
        """Titles in CUPS' own page log."""
        titles = collections.Counter()
        if not os.path.exists(self.site.path("print/log/page")):
            return titles  # nothing was printed yet
        with open(self.site.path("print/log/page"), encoding="utf-8", errors="replace") as f:
            for line in f:
                title = re.search(r" (\d{6}-\d+) ", line)
                if title:
                    titles[title.group(1)] += 1
        return titles

    def visit(self, v, printed):
        rows = self.book.rows("SELECT v.number, v.id, v.state, v.copies FROM visit v JOIN visitor w ON w.id = v.visitor WHERE w.name = ?", v.name)
        if len(rows) != 1:
            return [f"{len(rows)} visits in the book"]
        number, key, state, copies = rows[0]
        found = []

        def same(what, is_, ought):
            if is_ != ought:
                found.append(f"{what}: {is_}, and ought to be {ought}")
        same("number", f"{number:06d}", v.number)
        same("state", state, "ended")
        stays = self.book.rows("SELECT out_ms FROM stay WHERE visit = ?", key)
        same("stays", len(stays), v.stays)
        same("stays that are over", sum(out is not None for out, in stays), v.stays)
        same("copies", copies, v.copies)
        for copy, printed_ms in self.book.rows("SELECT copy, printed_ms FROM badge_issue WHERE visit = ?", key):
            title = f"{number:06d}-{copy}"
            if printed_ms is not None and printed[title] != 1:
                found.append(f"badge {title} is printed in the book, and {printed[title]} came out")
            if v.last_printed and copy == v.copies and printed_ms is None:
                found.append(f"badge {title} was never printed")
        cards = self.book.rows("SELECT card, granted_ms FROM credential WHERE visit = ?", key)
        same("cards", len({card for card, _ in cards}), int(v.doors))
        if v.patient and v.doors and not any(granted for _, granted in cards):
            found.append("the doors were never told")
        mails = self.mails.ids[v.name]
        self.mails_twice += len(mails) - len(set(mails))
        if v.patient and not mails:
            found.append("the host was never told")
        if len(set(mails)) > v.mails:
            found.append(f"{len(set(mails))} different mails, and ought to be at most {v.mails}")
        return found
