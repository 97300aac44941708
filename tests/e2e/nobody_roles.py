#!/usr/bin/python3
"""Nobody gets in: every operation of etc/openapi.yaml tried by everybody at the real foyerd, installed as it is meant to be (started as root,
couriers and staff under users of their own).

What x-roles names is let in and does it; what it does not name is refused, and the book is the same as before.
"""
import contextlib
import functools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import unittest
import uuid

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
import users  # noqa: E402
import yaml  # noqa: E402
from daemon_api import House, wait_for  # noqa: E402

# Those who may connect at all are in foyerd's group. The guard has the role by a group, as a second one; "outsider" has none.
PEOPLE = {
    "fmanager": (64201, ["foyer"]), "fsupervisor": (64202, ["foyer"]), "fdesk": (64203, ["foyer"]), "fguard": (64204, ["foyer", "fguards"]),
    "fwarden": (64205, ["foyer"]), "fauditor": (64206, ["foyer"]), "fhost": (64207, ["foyer"]), "fother": (64208, ["foyer"]),
    "outsider": (64209, ["foyer"]),
}
STAFF = {"manager": "fmanager", "supervisor": "fsupervisor", "desk": "fdesk", "guard": "fguard", "warden": "fwarden", "auditor": "fauditor",
         "host": "fhost"}
CONF = '''
kiosk "lobby" { place = "Lobby" language = "en" printer = "lobby" }
kiosk "gate" { place = "Gate" language = "en" printer = "lobby" }
printer "lobby" { queue = "badge" media = "om_badge_62x100mm" badge-size = "62x100" }
mail { server = "127.0.0.1:9" tls = "none" from = "foyer@example.org" }
type "checked" { label = "Checked" walk-in = "yes" steps = { "details", "host" } approval = "none" id = "required" }
type "caller" { label = "Caller" walk-in = "yes" steps = { "details", "host" } badge = "visitor" longest-stay = "4h" approval = "host" }
role "supervisor" { members = { "user:fsupervisor" } }
role "desk" { members = { "user:fdesk" } }
role "guard" { members = { "group:fguards" } }
role "warden" { members = { "user:fwarden" } }
role "auditor" { members = { "user:fauditor" } }
role "host" { members = { "user:fhost", "user:fother" } }
'''
MANAGER = 'role "manager" { members = { "user:fmanager" } }\n'
DESCRIPTION = os.path.join(HERE, "..", "..", "etc", "openapi.yaml")
HOUR_MS = 3600 * 1000
NOWHERE = 0  # the status of who could not even connect


@functools.cache
def operations():
    """operationId → (method, path, roles)"""
    with open(DESCRIPTION, encoding="utf-8") as f:
        paths = yaml.safe_load(f)["paths"]
    return {op["operationId"]: (method.upper(), path, op["x-roles"]) for path, methods in paths.items() for method, op in methods.items()}


class Installed(House):
    """foyerd as root starts it: it becomes foyer, and a keeper spawns its couriers."""

    def __init__(self):
        super().__init__(CONF + MANAGER)
        os.chmod(self.bin, 0o777)  # the couriers' scripts note beside themselves what they saw
        for name in ("state", "backups"):
            os.mkdir(os.path.join(self.dir, name), 0o700)  # as foyer.tmpfiles does it
        self.reader, self.seen_version, self.seen_rows = None, None, None

    def write_conf(self, more=None, timezone="UTC"):
        super().write_conf(more, timezone)
        with open(self.conf, "r+", encoding="utf-8") as f:
            text = f.read().replace('demo = "yes"', "")
            f.seek(0)
            f.truncate()
            f.write(text)
        os.chown(self.conf, 0, users.SERVICES["foyer"])
        os.chmod(self.conf, 0o640)

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([os.path.join(self.bin, "foyerd"), "-c", self.conf, "-f"], stderr=log, stdin=subprocess.DEVNULL)
        wait_for("the couriers", lambda: self.process.poll() is not None or self.logged().count("is ready") == 2)
        wait_for("the sockets", lambda: self.process.poll() is not None or os.path.exists(self.path("gate")))
        if self.process.poll() is not None:
            raise AssertionError(self.logged())

    def reload(self, more):
        before = self.logged().count("the configuration was read again")
        self.write_conf(more)
        self.process.send_signal(signal.SIGHUP)
        wait_for("the new configuration", lambda: self.logged().count("the configuration was read again") > before)

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.dir}/state/book?mode=ro", uri=True)) as b:
            return b.execute(sql).fetchall()

    def book(self):
        """Everything in the book but the signed heads, which the clock alone makes. It is read again only where somebody committed something."""
        if self.reader is None:
            self.reader = sqlite3.connect(f"file:{self.dir}/state/book?mode=ro", uri=True)
        version = self.reader.execute("PRAGMA data_version").fetchone()[0]
        if version != self.seen_version:
            tables = [row[0] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            self.seen_version, self.seen_rows = version, {t: self.rows(f"SELECT * FROM {t}") for t in tables if t != "journal_head"}
        return self.seen_rows

    def remove(self):
        if self.reader is not None:
            self.reader.close()
        super().remove()


class Case(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.house = Installed()
        cls.addClassCleanup(cls.house.remove)
        cls.house.command("--init")
        cls.house.start()
        api, kiosk = cls.house.path(), cls.house.path("lobby")
        # who → (process, the socket it asks on)
        cls.who = {role: (users.Person(name), api) for role, name in STAFF.items()}
        cls.who |= {"kiosk": (users.Person("foyer-kiosk"), kiosk), "another host": (users.Person("fother"), api),
                    "outsider": (users.Person("outsider"), api), "root": (users.Person(None), api), "foyerd": (users.Person("foyer"), api),
                    "nobody": (users.Person("nobody"), api), "nobody at the kiosk": (users.Person("nobody"), kiosk),
                    "the kiosk at the desk": (users.Person("foyer-kiosk"), api), "the desk at the kiosk": (users.Person("fdesk"), kiosk)}
        for person, _ in cls.who.values():
            cls.addClassCleanup(person.end)
        cls.hosts = {}
        for uid in ("fhost", "fother"):
            cls.hosts[uid] = cls.good("manager", "PUT", f"/v1/hosts/{uid}", {"name": f"Anna {uid}"})["id"]

    @classmethod
    def ask(cls, who, method, url, body=None, **more):
        person, path = cls.who[who]
        status, text = person.ask(path, method, url, body, **more)
        return status, users.json_of(text)

    @classmethod
    def good(cls, *args, **more):
        status, answer = cls.ask(*args, **more)
        assert 200 <= status < 300, (args, status, answer)
        return answer

    # --- what there is to do something to ------------------------------------------------------------------

    def settled(self):
        """No courier has anything to do, so that the book rests."""
        def rests():
            soon = (time.time() + 60) * 1000
            return not [j for j in self.good("manager", "GET", "/v1/jobs?limit=200")["items"]
                        if j["state"] in ("ready", "leased", "waiting") and j["next_ms"] < soon]
        wait_for("the couriers to rest", rests)

    def invite(self, host="fhost", **more):
        return self.good("manager", "POST", "/v1/invitations", {"name": "Ina Vited", "type": "guest", "host": host,
                                                               "until_ms": int(time.time() * 1000) + HOUR_MS, **more})

    def agreement(self):
        version = self.good("kiosk", "GET", "/v1/agreements/visitor?lang=en")["version"]
        return {"name": "visitor", "version": version, "lang": "en", "accepted": True}

    def arrival(self, invitation):
        return {"lang": "en", "pass": invitation["pass"], "agreement": self.agreement()}

    def inside(self):
        """(what the kiosk was told, the pass on the badge)"""
        came = self.good("kiosk", "POST", "/v1/checkins", self.arrival(self.invite()))
        title = came["number"] + "-1"
        badge = wait_for("the badge", lambda: [j["slots"] for j in self.house.seen("print", "lobby") if j.get("title") == title])
        return came, badge[0]["pass"]

    def caller(self):
        """A walk-in whom a host must let in."""
        return self.good("kiosk", "POST", "/v1/checkins", {"lang": "en", "walk_in": {"type": "caller", "name": "Carl Caller",
                                                                                     "host": self.hosts["fhost"], "fields": {}}})

    def waiting(self):
        return self.good("kiosk", "POST", "/v1/waiting", {"flow": str(uuid.uuid4()), "reason": "help"})["waiting"]

    def failed_job(self, state="failed"):
        """A mail that did not go out; held: and that somebody laid aside."""
        self.house.tell("notify", {"result": "failed", "class": "refused", "reason": "no such mailbox"}
                        if state == "failed" else {"result": "retry", "class": "unreachable", "reason": "nobody answers", "after_ms": 600000})
        try:
            number = self.invite(mail="ina@example.org")["number"]

            def there():
                items = self.good("manager", "GET", "/v1/jobs?kind=mail&limit=200")["items"]
                return [j["id"] for j in items if j["visit_number"] == number and j["state"] in ("failed", "waiting", "ready") and j["class"]]
            job = wait_for("the mail in trouble", there)[0]
            if state == "held":
                self.good("manager", "POST", f"/v1/jobs/{job}/hold", {"reason": "test"})
            return job
        finally:
            self.house.tell("notify", {"result": "done"})

    def request(self, op):
        """(url, body) of a request that does something, on something made for it."""
        later = int(time.time() * 1000) + 2 * HOUR_MS
        why = {"reason": "because"}
        make = {
            "kioskShow": lambda: ("", None), "kioskState": lambda: ("", {"camera": "ok", "screen": "idle"}),
            "agreementShow": lambda: ("visitor", None), "scan": lambda: ("", {"text": self.invite()["pass"], "source": "wedge"}),
            "hostList": lambda: (f"?q=anna&flow={uuid.uuid4()}", None),
            "checkinNew": lambda: ("", self.arrival(self.invite())), "signoutNew": lambda: ("", {"pass": self.inside()[1]}),
            "waitingNew": lambda: ("", {"flow": str(uuid.uuid4()), "reason": "help"}),
            "progressShow": lambda: (self.inside()[0]["progress"], None), "me": lambda: ("", None), "typeList": lambda: ("", None),
            "invitationNew": lambda: ("", {"name": "Nora New", "type": "guest", "host": "fhost", "until_ms": later}),
            "invitationList": lambda: ("", None), "invitationShow": lambda: (self.invite()["id"], None),
            "invitationCancel": lambda: (self.invite()["id"], why), "visitList": lambda: ("?q=vited", None),
            "visitShow": lambda: (self.invite()["visit"], None), "visitApprove": lambda: (self.caller()["visit"], {}),
            "visitRefuse": lambda: (self.caller()["visit"], why), "visitCheckin": lambda: (self.invite()["visit"], {}),
            "visitCheckout": lambda: (self.inside()[0]["visit"], {}), "visitExtend": lambda: (self.invite()["visit"], {"until_ms": later}),
            "visitCancel": lambda: (self.invite()["visit"], why), "visitReprint": lambda: (self.inside()[0]["visit"], {}),
            "visitDocument": lambda: (self.invite()["visit"], {"how": "seen", "kind": "passport", **why}),
            "hostPut": lambda: ("new" + uuid.uuid4().hex, {"name": "Nele New"}),
            "hostImport": lambda: ("", {"csv": f"uid,name\nimported{uuid.uuid4().hex},Ines Imported\n", "apply": True}),
            "waitingList": lambda: ("", None), "waitingTake": lambda: (self.waiting(), {}), "waitingResolve": lambda: (self.waiting(), why),
            "jobList": lambda: ("", None), "jobRetry": lambda: (self.failed_job("held"), {}),
            "jobHold": lambda: (self.failed_job("waiting"), why), "jobDrop": lambda: (self.failed_job("held"), why),
            "jobAcknowledge": lambda: (self.failed_job(), why), "journalList": lambda: ("", None), "journalVerify": lambda: ("", None),
            "export": lambda: ("?what=visits", None), "backupNew": lambda: ("", {}), "backupList": lambda: ("", None),
            "doctor": lambda: ("", None), "clockAccept": lambda: ("", why),
        }
        _, path, _ = operations()[op]
        what, body = make[op]()
        head, brace, tail = path.partition("{")
        url = head + what + tail.partition("}")[2] if brace else path + what
        return url, body


class Matrix(Case):
    ROLES = [*STAFF, "kiosk"]

    def test_1_the_description_names_no_other_role(self):
        named = {role for _, _, roles in operations().values() for role in roles}
        self.assertEqual(named, set(self.ROLES))
        self.assertGreater(len(operations()), 38)

    def test_2_who_is_named_may_and_does(self):
        for op, (method, _, roles) in operations().items():
            for role in roles:
                with self.subTest(op=op, role=role):
                    url, body = self.request(op)
                    status, answer = self.ask(role, method, url, body)
                    if op == "clockAccept":  # allowed, but there is nothing to accept
                        self.assertEqual((status, answer["error"]), (409, "not-ahead"))
                        continue
                    self.assertTrue(200 <= status < 300, (status, answer))

    def test_3_who_is_not_named_is_refused_and_changes_nothing(self):
        tried = 0
        for op, (method, _, roles) in operations().items():
            url, body = self.request(op)
            self.settled()
            before, files = self.house.book(), sorted(users.walk(self.house.dir + "/backups"))
            for who in self.who:
                if who in roles or who == "another host":
                    continue
                with self.subTest(op=op, who=who):
                    status, answer = self.ask(who, method, url, body)
                    self.assertIn(status, (NOWHERE, 403), answer)
                    self.assertEqual(status == NOWHERE, who in ("nobody", "nobody at the kiosk", "the kiosk at the desk", "the desk at the kiosk"))
                    if status:
                        self.assertEqual(set(answer), {"error", "message"})
                        self.assertIn(answer["error"], ("denied", "no-role"))
                    self.assertEqual(self.house.book(), before)
                    tried += 1
            self.assertEqual(sorted(users.walk(self.house.dir + "/backups")), files)
        print(f"{tried} refusals of {len(operations())} operations", file=sys.stderr)
        checks = {c["name"]: c["text"] for c in self.good("manager", "GET", "/v1/doctor")["checks"]}
        self.assertIn("not heard of", checks["kiosk gate"])  # no heartbeat but a kiosk's own counts

    def test_4_no_other_way_to_say_it(self):
        """Methods, spellings of a path, and headers that claim to be somebody: nothing of it is looked at."""
        self.settled()
        before = self.house.book()
        claims = ["Authorization: Basic Zm1hbmFnZXI6", "X-Forwarded-User: fmanager", "X-Remote-User: fmanager", "Cookie: role=manager",
                  "X-Original-URL: /v1/kiosk", "X-HTTP-Method-Override: GET"]
        for who in ("kiosk", "warden", "outsider", "root"):
            for url in ("/v1/export?what=visits", "//v1/export?what=visits", "/v1/./export?what=visits", "/v1/kiosk/../export?what=visits",
                        "/v1/%65xport?what=visits", "/v1/kiosk%2f..%2fexport?what=visits", "/V1/EXPORT?what=visits", "/v1/export/?what=visits",
                        "/v1/export;a=b?what=visits", "http://foyer/v1/export?what=visits", "/v1/kiosk?/v1/export&what=visits&role=manager"):
                with self.subTest(who=who, url=url):
                    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get"):
                        status, answer = self.ask(who, method, url, headers=claims)
                        self.assertNotIn("items", answer)
                        if url.startswith("/v1/kiosk?") and who == "kiosk" and method == "GET":
                            self.assertEqual(answer["kiosk"], "lobby")
                        else:
                            self.assertIn(status, (400, 403, 404, 405), (method, answer))
        self.assertEqual(self.house.book(), before)

    def test_5_who_has_no_role_is_not_even_told_what_there_is(self):
        for who in ("outsider", "root", "foyerd"):
            for method, url in (("GET", "/v1/nothing"), ("GET", "/"), ("DELETE", "/v1/visits"), ("GET", "/v1/me")):
                self.assertEqual(self.ask(who, method, url)[0], 403)

    def test_6_a_role_that_is_taken_away_is_gone_at_once(self):
        """Also on a connection that was opened before, also for a request that was answered before."""
        key = str(uuid.uuid4())
        body = {"name": "Gone Tomorrow"}
        person, path = self.who["manager"]
        self.good("manager", "PUT", "/v1/hosts/gone", body, key=key)
        self.assertEqual(person.call("keep", path, "/v1/visits"), 200)
        self.house.reload(CONF)
        try:
            self.assertEqual(person.call("keep", path, "/v1/visits"), 403)
            self.assertEqual(self.ask("manager", "PUT", "/v1/hosts/gone", body, key=key)[0], 403)
            self.assertEqual(self.ask("manager", "GET", "/v1/visits")[0], 403)
        finally:
            self.house.reload(CONF + MANAGER)
        self.good("manager", "PUT", "/v1/hosts/gone", body, key=key)

    def test_7_an_answer_belongs_to_who_asked(self):
        """Another's Idempotency-Key brings no answer of theirs."""
        key = str(uuid.uuid4())
        invited = {"name": "Keyed Guest", "type": "guest", "host": "fhost", "until_ms": int(time.time() * 1000) + HOUR_MS}
        first = self.good("host", "POST", "/v1/invitations", invited, key=key)
        again = self.good("desk", "POST", "/v1/invitations", invited, key=key)
        self.assertNotEqual(first["id"], again["id"])
        self.assertEqual(self.ask("another host", "POST", "/v1/invitations", invited, key=key)[0], 403)
        self.assertEqual(self.good("host", "POST", "/v1/invitations", invited, key=key), first)


class Hosts(Case):
    """A host sees the own visits and invitations, and nobody else's by any way."""

    def test_others_are_not_there(self):
        mine, theirs = self.invite("fhost", name="Mona Mine"), self.invite("fother", name="Theo Theirs")
        self.settled()
        before = self.house.book()
        names = {"invitations": "/v1/invitations?limit=200", "visits": "/v1/visits?limit=200", "by name": "/v1/visits?q=theo",
                 "expected": "/v1/visits?state=expected&limit=200", "by time": "/v1/visits?from_ms=1&until_ms=4102444800000&limit=200",
                 "open": "/v1/invitations?open=1&limit=200", "behind mine": f"/v1/invitations?after={mine['id']}"}
        for what, url in names.items():
            with self.subTest(what=what):
                items = self.good("host", "GET", url)["items"]
                self.assertNotIn("Theo Theirs", json.dumps(items))
                self.assertEqual({i["host"] for i in items} - {"Anna fhost"}, set())
                self.assertEqual("Mona Mine" in json.dumps(items), what not in ("by name", "behind mine"))
        visit, absent = theirs["visit"], str(uuid.uuid4())
        later = {"until_ms": int(time.time() * 1000) + 2 * HOUR_MS, "reason": "mine now"}
        for method, url, body in (("GET", "/v1/visits/{}", None), ("GET", "/v1/invitations/{}", None), ("POST", "/v1/invitations/{}/cancel",
            {"reason": "x"}),
                                  ("POST", "/v1/visits/{}/approve", {}), ("POST", "/v1/visits/{}/refuse", {"reason": "x"}),
                                  ("POST", "/v1/visits/{}/extend", later), ("POST", "/v1/visits/{}/cancel", {"reason": "x"})):
            with self.subTest(url=url):
                unknown = self.ask("host", method, url.format(absent), body)
                self.assertEqual(unknown[0], 404)
                for name in (visit, theirs["id"] if "invitations" in url else theirs["number"], str(int(theirs["number"]))):
                    self.assertEqual(self.ask("host", method, url.format(name), body), unknown)  # as if it were not there
        self.assertEqual(self.ask("host", "POST", "/v1/invitations", {"name": "Via Other", "type": "guest", "host": "fother", **later})[0], 400)
        self.assertEqual(self.ask("host", "POST", "/v1/invitations", {"name": "Via Other", "type": "guest", "host": "fother",
                                                                      "until_ms": later["until_ms"]})[0], 403)
        self.assertEqual(self.house.book(), before)
        self.assertEqual(self.good("another host", "GET", f"/v1/visits/{visit}")["name"], "Theo Theirs")

    def test_a_host_without_a_card_sees_nothing(self):
        """The role alone makes nobody a host: it is the directory's login name."""
        self.house.reload(CONF.replace('"user:fhost", "user:fother"', '"user:outsider"') + MANAGER)
        try:
            self.invite("fhost", name="Nadja Notyours")
            self.assertEqual(self.ask("outsider", "GET", "/v1/invitations"), (200, {"items": [], "next": None}))
            self.assertEqual(self.ask("outsider", "GET", "/v1/visits")[0], 403)
            self.assertEqual(self.ask("outsider", "POST", "/v1/invitations", {"name": "Own", "type": "guest",
                                                                              "until_ms": int(time.time() * 1000) + HOUR_MS})[0], 400)
        finally:
            self.house.reload(CONF + MANAGER)

    def test_who_only_watches_sees_no_secret(self):
        """Guard, warden, auditor and host see who comes, but no pass, no code, no card number; nobody sees a pass in a list."""
        came, badge_pass = self.inside()
        ids = self.house.rows("SELECT pass_id FROM invitation UNION SELECT pass_id FROM badge_issue")
        secrets = {users.typed_code(row[0]) for row in ids}
        self.assertGreater(len(secrets), 1)
        for role in ("guard", "warden", "auditor", "host"):
            seen = json.dumps([self.good(role, "GET", f"/v1/visits/{came['visit']}"), self.good(role, "GET", "/v1/visits?limit=200")])
            self.assertIn("Ina Vited", seen)
            self.assertNotIn("FOYER", seen)
            self.assertNotIn(badge_pass, seen)
            for code in secrets:
                self.assertNotIn(code, seen)
        for role in ("manager", "desk", "host"):
            listed = json.dumps(self.good(role, "GET", "/v1/invitations?limit=200"))
            self.assertNotIn("FOYER", listed)
            for code in secrets:
                self.assertNotIn(code, listed)

    def test_what_was_the_matter_with_a_document_is_for_reception(self):
        came = self.good("kiosk", "POST", "/v1/checkins", {"lang": "en", "document": {"text": "no document"}, "walk_in": {
            "type": "checked", "name": "Doris Doubt", "host": self.hosts["fhost"], "fields": {}}})
        self.assertEqual((came["outcome"], came["reason"]), ("reception", "id"))
        for role in STAFF:
            with self.subTest(role=role):
                visit = self.good(role, "GET", f"/v1/visits/{came['visit']}")
                reception = role in ("manager", "supervisor", "desk", "guard")
                self.assertEqual(visit["waiting"][0]["reason"], "id-unreadable" if reception else "id")
                self.assertEqual("documents" in visit, reception)


class Kiosks(Case):
    def test_a_kiosk_is_its_socket_and_nothing_it_says(self):
        for kiosk in ("lobby", "gate"):
            person, path = self.who["kiosk"][0], self.house.path(kiosk)
            status, text = person.ask(path, "GET", "/v1/kiosk?kiosk=other", headers=["X-Kiosk: other"])
            self.assertEqual((status, users.json_of(text)["kiosk"]), (200, kiosk))
            self.assertEqual(person.ask(path, "POST", "/v1/waiting", {"flow": str(uuid.uuid4()), "reason": "help", "kiosk": "other"})[0], 400)

    def test_a_kiosk_that_left_the_configuration_is_nobody(self):
        person, path = self.who["kiosk"][0], self.house.path("gate")
        self.assertEqual(person.ask(path, "GET", "/v1/kiosk")[0], 200)
        self.house.reload(CONF.replace('kiosk "gate" { place = "Gate" language = "en" printer = "lobby" }\n', "") + MANAGER)
        try:
            self.assertEqual(person.ask(path, "GET", "/v1/kiosk")[0], NOWHERE)
        finally:
            self.house.reload(CONF + MANAGER)


if __name__ == "__main__":
    if users.run(os.path.abspath(__file__), PEOPLE):
        unittest.main(verbosity=2)
