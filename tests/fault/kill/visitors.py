"""Visitors who walk through a whole visit over foyerd's sockets. Each asks again, under the same key, until there is an answer."""
import http.client
import json
import os
import sys
import threading
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../rig"))
from peer import Unix  # noqa: E402
from proof import UNFINISHED  # noqa: E402

ANSWER_S = 1.8  # as long as the kiosk waits
PATIENCE_S = 40
LATE_S = 100  # foyerd's own patience with a courier is a minute


class Lost(Exception):
    """Something was never answered, or wrongly."""


def ask_once(path, method, target, body, key):
    """(status, text); an OSError or HTTPException where there is no whole answer."""
    c = Unix(path, ANSWER_S)
    try:
        head = {"Content-Type": "application/json"}
        if key:
            head["Idempotency-Key"] = key
        c.request(method, target, None if body is None else json.dumps(body), head)
        r = c.getresponse()
        return r.status, r.read().decode()
    finally:
        c.close()


class Client:
    """Somebody who has time. `in_vain` counts the answers that did not come."""

    def __init__(self, site):
        self.site = site
        self.in_vain = threading.Semaphore(0)
        self.replays = 0

    def ask(self, who, method, target, body=None, want=(200,), again=False):
        """What `who` is told in the end. again: the same once more under the same key, which must be the same answer."""
        key = str(uuid.uuid4()) if method != "GET" else None
        end = time.monotonic() + PATIENCE_S
        status = text = None
        while True:
            try:
                status, text = ask_once(self.site.socket(who), method, target, body, key)
                if status < 500:
                    break
            except (OSError, http.client.HTTPException):
                self.in_vain.release()
            if time.monotonic() > end:
                raise Lost(f"{method} {target}: no answer in {PATIENCE_S} s; the last was {status}")
            threading.Event().wait(0.05)
        if status not in want:
            raise Lost(f"{method} {target}: {status} {text}")
        if again:
            self.replays += 1
            try:
                second = ask_once(self.site.socket(who), method, target, body, key)
            except (OSError, http.client.HTTPException):
                second = None
            if second is not None and second[0] < 500 and second != (status, text):
                raise Lost(f"{method} {target}: {status} {text}, and the second time {second}")
        return json.loads(text) if text else None


class Visitor:
    """One visit. After walk(): what it ought to have left in the book (number, stays, copies, whether doors, badge and mail were waited for)."""

    def __init__(self, client, house, plan, n, kind, rng):
        self.client, self.house, self.plan, self.kind, self.rng = client, house, plan, kind, rng
        self.name = f"Vera R{plan.index} {'ABCDEFGH'[n]}"
        self.kiosk = f"k{rng.randrange(house.kiosks)}"
        self.number = None
        self.stays = self.copies = 0
        self.mails = 1  # at most so many to the host, however often each is sent
        self.doors = False  # a card was written for them
        self.last_printed = self.patient = kind not in ("hurried", "hurried-walk-in", "jammed")
        self.problem = None
        self.noticed = threading.Event()  # the jam, of who comes while there is one

    def __str__(self):
        return f"{self.name} ({self.kind}, visit {self.number})"

    def walk(self):
        try:
            getattr(self, self.kind.replace("-", "_"))()
        except Lost as e:
            self.problem = str(e)

    # --- kinds ---------------------------------------------------------------------------------------------

    def invited(self):
        self.arrive(self.invite())
        self.settle()
        self.leave()

    def walk_in(self):
        self.arrive_unasked()
        self.settle()
        self.leave()

    def approved(self):
        """A walk-in to whom reception says yes: then there is a right, and a badge without the word ESCORT."""
        self.arrive_unasked()
        self.settle()
        self.staff("approve")
        self.doors = True
        self.copies += 1
        self.settle()
        self.leave()

    def hurried(self):
        """Gone before the badge is out."""
        self.arrive(self.invite())
        self.leave()

    def hurried_walk_in(self):
        self.arrive_unasked()
        self.leave()

    def jammed(self):
        """Gone when the print server has the badge, and the printer cannot print it."""
        self.arrive(self.invite())
        end = time.monotonic() + PATIENCE_S
        while not any(j["kind"] == "print" and j["class"] for j in self.visit()["jobs"]):
            if time.monotonic() > end:
                raise Lost("the jam was never noticed")
            threading.Event().wait(0.05)
        self.noticed.set()
        self.leave()

    def returns(self):
        self.arrive(self.invite())
        self.settle()
        self.leave(coming_back=True)
        if self.rng.random() < 0.5:
            self.settle()
        self.check_in({"pass": self.code()})
        self.settle()
        self.leave()

    def reprint(self):
        self.arrive(self.invite())
        if self.rng.random() < 0.5:
            self.settle()
        self.staff("reprint")
        self.copies += 1
        self.settle()
        self.leave()

    def expires(self):
        """Time runs out, while foyerd may be away; the muster still counts them until reception signs them out."""
        self.arrive(self.invite())
        self.settle()
        self.staff("extend", {"until_ms": int(time.time() * 1000) + 1200})
        self.copies += 1  # the badge says until when, if there is time to print it
        self.last_printed = False
        end = time.monotonic() + PATIENCE_S
        while any(c["state"] != "revoked" for c in self.visit()["credentials"]):
            if time.monotonic() > end:
                raise Lost("the right outlived its end")
            threading.Event().wait(0.05)
        self.staff("checkout")

    # --- steps ---------------------------------------------------------------------------------------------

    def ask(self, who, method, target, body=None, want=(200,)):
        return self.client.ask(who, method, target, body, want, again=method == "POST" and self.rng.random() < 0.15)

    def staff(self, act, body=None):
        return self.ask("staff", "POST", f"/v1/visits/{self.number}/{act}", body or {})

    def visit(self):
        return self.client.ask("staff", "GET", f"/v1/visits/{self.number}")

    def invite(self):
        now = int(time.time() * 1000)
        made = self.ask("staff", "POST", "/v1/invitations", {
            "host": "jbaker", "name": self.name, "company": "Example", "type": "guest", "lang": "en", "from_ms": now - 60000,
            "until_ms": self.house.until_ms}, (201,))
        self.number = made["number"]
        return made["pass"] if self.rng.random() < 0.7 else made["code"]

    def arrive(self, text):
        seen = self.ask(self.kiosk, "POST", "/v1/scan", {"text": text, "source": "wedge", "flow": str(uuid.uuid4())})
        if (seen["what"], seen["name"]) != ("arrive", self.name):
            raise Lost(f"the scan says {seen}")
        self.check_in({"pass": text})
        self.doors = True
        self.copies += 1

    def arrive_unasked(self):
        self.check_in({"walk_in": {"type": "guest", "name": self.name, "company": "Example", "host": self.house.host, "fields": {}}})
        self.copies += 1

    def check_in(self, who):
        agreement = {"name": "visitor", "version": self.house.agreement, "lang": "en", "accepted": True}
        got = self.ask(self.kiosk, "POST", "/v1/checkins", {"flow": str(uuid.uuid4()), "lang": "en", "agreement": agreement, **who}, (201,))
        if got["outcome"] != "welcome" or self.number not in (None, got["number"]):
            raise Lost(f"the check-in says {got}")
        self.number = got["number"]
        self.stays += 1

    def code(self):
        """What stands on the newest badge, to be typed."""
        return self.house.badge_code(self.number)

    def settle(self):
        """Until everything that follows is done: badge, right, mail."""
        end = time.monotonic() + (LATE_S if self.plan.verdict == "late" else PATIENCE_S)
        pushed = set()
        while True:
            open_jobs = [j for j in self.visit()["jobs"] if j["state"] in UNFINISHED]
            if not open_jobs:
                return
            if time.monotonic() > end:
                raise Lost(f"never finished: {open_jobs}")
            for j in open_jobs:  # reception does not wait for the next try by itself
                if j["state"] == "waiting" and j["class"] != "pending" and j["id"] not in pushed:
                    pushed.add(j["id"])
                    self.client.ask("staff", "POST", f"/v1/jobs/{j['id']}/retry", {}, (200, 409))
            threading.Event().wait(0.06)

    def leave(self, coming_back=False):
        got = self.ask(self.kiosk, "POST", "/v1/signouts", {"flow": str(uuid.uuid4()), "pass": self.code(), "coming_back": coming_back})
        if got["outcome"] != "goodbye":
            raise Lost(f"the sign-out says {got}")
