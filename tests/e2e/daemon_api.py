#!/usr/bin/python3
"""foyerd itself over its sockets: who may what, what is bounded, couriers that die, streams, backups, and how it stops.

Couriers are scripts here: the protocol of foyer-courier(7) is all that foyerd knows of one.
"""
import ctypes
import grp
import json
import os
import pwd
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rig"))
from peer import PATIENCE_S, Unix, wait_for  # noqa: E402

BUILD = os.path.realpath(os.environ.get("O", "build"))

COURIER = r'''#!/usr/bin/python3
import json, os, select, sys
hello = json.loads(sys.stdin.readline())
folder = os.path.dirname(os.path.abspath(__file__))
seen = open(os.path.join(folder, "seen-" + hello["courier"] + "-" + hello["name"]), "a")
def say(o):
    print(json.dumps(o), flush=True)
def told():
    try:
        with open(os.path.join(folder, "tell-" + hello["courier"])) as f:
            return json.load(f)
    except FileNotFoundError:
        return {"result": "done"}
if told().get("refuse"):
    say({"v": 1, "ready": False, "reason": "the printer's name is not known"})
    sys.exit(1)
sys.stderr.write("<4>a line for the log\n")
say({"v": 1, "ready": True})
for line in sys.stdin:
    job = json.loads(line)
    seen.write(json.dumps(job) + "\n")
    seen.flush()
    if job["kind"] == "check":
        say({"job": job["job"], "result": "done", "ok": True, "state": "idle"})
        continue
    while told().get("wait"):
        select.select([], [], [], 0.02)
    answer = told()
    if answer.get("die"):
        os._exit(3)
    if answer.get("babble"):
        print("this is not JSON", flush=True)
        continue
    say({"job": job["job"], **answer})
'''


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def landlock():
    """The kernel's level; 0: none. landlock_create_ruleset(2)."""
    return max(0, ctypes.CDLL(None).syscall(444, 0, 0, 1))


def connect(path, patience=PATIENCE_S):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(patience)
    s.connect(path)
    return s


class House:
    """One foyerd on a folder of its own, with scripts as couriers."""

    def __init__(self, more=""):
        self.dir = tempfile.mkdtemp(prefix="d", dir=os.environ.get("TMPDIR"))
        os.chmod(self.dir, 0o755)
        self.bin = os.path.join(self.dir, "bin")
        os.mkdir(self.bin)
        shutil.copy(os.path.join(BUILD, "foyerd"), self.bin)
        os.makedirs(os.path.join(self.bin, "share"))
        os.symlink(os.path.join(BUILD, "share", "foyer"), os.path.join(self.bin, "share", "foyer"))
        for kind in ("print", "access", "notify"):
            self.program(f"foyer-{kind}", COURIER)
        self.conf = os.path.join(self.dir, "foyer.conf")
        self.more = more
        self.write_conf()
        self.process = None
        self.log = os.path.join(self.dir, "log")
        self.run_dir = os.path.join(self.dir, "run")

    def program(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o755)

    def write_conf(self, more=None, timezone="UTC"):
        with open(self.conf, "w") as f:
            f.write(f'site {{ name = "House" id = "3" timezone = "{timezone}" languages = {{ "en" }} demo = "yes" reception = "100" }}\n'
                    f'paths {{ state = "{self.dir}/state" run = "{self.dir}/run" backups = "{self.dir}/backups" }}\n'
                    + (self.more if more is None else more))

    def command(self, *args, ask=None, ok=True):
        done = subprocess.run([os.path.join(self.bin, "foyerd"), "-c", self.conf, *args], capture_output=True, text=True, timeout=60,
                              input="" if ask is None else json.dumps(ask))
        if ok and done.returncode:
            raise AssertionError(f"foyerd {args}: {done.stderr}")
        return done

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([os.path.join(self.bin, "foyerd"), "-c", self.conf, "-f"], stderr=log, stdin=subprocess.DEVNULL)
        wait_for("the socket", lambda: self.process.poll() is not None or self.answers())
        if self.process.poll() is not None:
            raise AssertionError(self.logged())
        return self

    def answers(self):
        try:
            return self.ask("GET", "/v1/me")[0] == 200
        except OSError:
            return False

    def stop(self, patience=10):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("foyerd did not stop")
        return self.process.returncode

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, kiosk=None):
        return os.path.join(self.run_dir, "kiosk", f"{kiosk}.sock") if kiosk else os.path.join(self.run_dir, "api.sock")

    def ask(self, method, url, body=None, key=None, kiosk=None, headers=None):
        c = Unix(self.path(kiosk))
        try:
            head = dict(headers or {})
            if method != "GET" and key is not False:
                head["Idempotency-Key"] = key or str(uuid.uuid4())
            c.request(method, url, None if body is None else json.dumps(body), head)
            r = c.getresponse()
            text = r.read()
            return r.status, json.loads(text) if text and r.getheader("Content-Type") == "application/json" else text
        finally:
            c.close()

    def tell(self, kind, answer):
        path = os.path.join(self.bin, f"tell-{kind}")
        with open(path + ".new", "w") as f:
            json.dump(answer, f)
        os.rename(path + ".new", path)

    def seen(self, courier, name):
        try:
            return [json.loads(line) for line in read(os.path.join(self.bin, f"seen-{courier}-{name}")).splitlines()]
        except FileNotFoundError:
            return []

    def logged(self):
        return read(self.log)


MORE = '''
kiosk "lobby" { place = "Lobby" language = "en" printer = "lobby" }
printer "lobby" { queue = "badge" media = "om_badge_62x100mm" badge-size = "62x100" }
mail { server = "127.0.0.1:9" tls = "none" from = "foyer@example.org" }
'''


class Case(unittest.TestCase):
    more = MORE

    def setUp(self):
        self.house = House(self.more)
        self.addCleanup(self.house.remove)
        self.house.command("--init", "--demo")
        self.house.start()

    def good(self, status, *args, **more):
        got, answer = self.house.ask(*args, **more)
        self.assertEqual(got, status, answer)
        return answer

    def host(self):
        return self.good(201, "PUT", "/v1/hosts/ar", {"name": "Anna Roth", "mail": "anna@example.org"})["id"]

    def walk_in(self, host):
        agreement = self.good(200, "GET", "/v1/agreements/visitor?lang=en", kiosk="lobby")
        return self.good(201, "POST", "/v1/checkins", {
            "lang": "en", "walk_in": {"type": "guest", "name": "Zoë Müller", "company": "Example", "host": host, "fields": {}},
            "agreement": {"name": "visitor", "version": agreement["version"], "lang": "en", "accepted": True}}, kiosk="lobby")

    def jobs(self, **where):
        items = self.good(200, "GET", "/v1/jobs?limit=200")["items"]
        return [j for j in items if all(j[k] == v for k, v in where.items())]


class Roles(Case):
    def test_a_kiosk_is_its_socket(self):
        self.assertEqual(self.good(200, "GET", "/v1/kiosk", kiosk="lobby")["kiosk"], "lobby")
        self.good(403, "GET", "/v1/kiosk")
        self.good(403, "GET", "/v1/visits", kiosk="lobby")
        self.good(403, "GET", "/v1/export?what=visits", kiosk="lobby")
        self.assertEqual(os.stat(self.house.path()).st_mode & 0o777, 0o660)
        self.assertEqual(os.stat(self.house.path("lobby")).st_mode & 0o777, 0o660)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to be somebody else")
    def test_who_has_no_role_gets_nothing(self):
        os.chmod(self.house.path(), 0o666)
        nobody = pwd.getpwnam("nobody")
        ask = ("import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
               "s.sendall(b'GET /v1/me HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'); print(s.makefile().readline())")

        def as_nobody(groups=()):
            return subprocess.run([sys.executable, "-c", ask, self.house.path()], capture_output=True, text=True, user=nobody.pw_uid,
                                  group=nobody.pw_gid, extra_groups=list(groups), timeout=30).stdout
        self.assertIn(" 403 ", as_nobody())
        self.house.write_conf(self.more + 'role "guard" { members = { "group:daemon" } }\nrole "host" { members = { "user:nobody" } }\n')
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the new role", lambda: " 200 " in as_nobody())
        self.house.write_conf(self.more + 'role "guard" { members = { "group:daemon" } }\n')
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the role to go", lambda: " 403 " in as_nobody())
        self.assertIn(" 200 ", as_nobody([grp.getgrnam("daemon").gr_gid]))  # a supplementary group counts


class Bounds(Case):
    def raw(self, data, patience=30):
        with connect(self.house.path(), patience) as s:
            s.sendall(data)
            got = b""
            while True:
                piece = s.recv(65536)
                if not piece:
                    return got
                got += piece

    def test_paths_methods_bodies(self):
        self.good(404, "GET", "/v1/nothing")
        self.good(404, "GET", "/")
        self.good(405, "DELETE", "/v1/me")
        self.good(400, "POST", "/v1/invitations", {}, key=False)
        self.good(413, "PUT", "/v1/hosts/x", {"name": "x" * 70000})
        self.good(400, "PUT", "/v1/hosts/x", {"name": "x" * 10000})
        self.good(404, "GET", "/v1/visits/%00")
        self.good(404, "GET", "/v1/visits/%2e%2e%2f")
        self.good(400, "GET", "/v1/visits?" + "&".join(f"a{i}=1" for i in range(40)))
        body = b'{"name":"' + b"x" * 70000 + b'"}'
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        head = b"PUT /v1/hosts/x HTTP/1.1\r\nHost: f\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.assertIn(b" 413 ", self.raw(head + chunked).split(b"\r\n")[0])

    def test_hostile_requests(self):
        for data in (b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"\x00\xff\xfe\r\n\r\n", b"GET /v1/me HTTP/9.9\r\n\r\n", b"GET /v1/me HTTP/1.1\r\n\r\n",
                     b"GET /v1/me HTTP/1.1\r\nHost: f\r\nContent-Length: -1\r\n\r\n",
                     b"GET /v1/me HTTP/1.1\r\nHost: f\r\nX: " + b"y" * 100000 + b"\r\n\r\n",
                     b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: f\r\n\r\n"):
            with self.subTest(data=data[:40]):
                with connect(self.house.path()) as s:
                    try:
                        s.sendall(data)
                        self.assertNotIn(b" 200 ", s.recv(65536) if select.select([s], [], [], 0.3)[0] else b"")
                    except (BrokenPipeError, ConnectionResetError):
                        pass
                self.good(200, "GET", "/v1/me")

    def test_one_peer_has_so_many_connections(self):
        held = []
        for _ in range(40):
            held.append(connect(self.house.path()))

        def closed(s):
            try:
                s.setblocking(False)
                return s.recv(1) == b""
            except BlockingIOError:
                return False
        wait_for("the eight too many to be closed", lambda: sum(closed(s) for s in held[32:]) == 8)
        self.good(200, "GET", "/v1/kiosk", kiosk="lobby")  # another peer
        for s in held:
            s.close()
        wait_for("room", self.house.answers)

    def test_a_body_that_does_not_come_is_not_waited_for(self):
        s = connect(self.house.path(), 40)
        self.addCleanup(s.close)
        s.sendall(b"PUT /v1/hosts/x HTTP/1.1\r\nHost: f\r\nContent-Length: 100\r\n\r\n{")
        start = time.monotonic()
        try:
            self.assertEqual(s.recv(100), b"")
        except ConnectionResetError:
            pass
        self.assertLess(time.monotonic() - start, 30)
        self.good(200, "GET", "/v1/me")

    def test_many_requests_on_one_connection(self):
        c = Unix(self.house.path())
        for _ in range(500):
            c.request("GET", "/v1/me")
            r = c.getresponse()
            self.assertEqual(r.status, 200)
            r.read()
        c.close()


class Couriers(Case):
    def test_a_visit_goes_out_and_the_kiosk_hears(self):
        came = self.walk_in(self.host())
        self.assertEqual(came["badge"], "printing")
        done = wait_for("the badge", lambda: self.jobs(kind="print", state="done"))
        self.assertEqual(done[0]["visit_number"], came["number"])
        line = [j for j in self.house.seen("print", "lobby") if j["kind"] == "print"][0]
        self.assertEqual(line["slots"]["name"], "Zoë Müller")
        self.assertEqual(line["attempt"], 1)
        wait_for("the mail", lambda: self.jobs(kind="mail", state="done"))
        self.assertNotIn("Müller", self.house.logged())
        self.assertIn("a line for the log", self.house.logged())

    def test_progress_is_streamed_until_all_is_final(self):
        self.house.tell("print", {"result": "retry", "class": "media-empty", "reason": "no labels", "after_ms": 200})
        came = self.walk_in(self.host())
        c = Unix(self.house.path("lobby"))
        self.addCleanup(c.close)
        c.request("GET", f"/v1/progress/{came['progress']}")
        r = c.getresponse()
        self.assertEqual((r.status, r.getheader("Content-Type")), (200, "text/event-stream"))
        states = []
        while True:
            line = r.readline().decode().strip()
            if line.startswith("data: "):
                states.append(json.loads(line[6:]))
                if states[-1]["badge"] == "trouble":
                    self.assertEqual(states[-1]["badge_reason"], "media-empty")
                    self.house.tell("print", {"result": "done", "printed": True})
                    retry = self.jobs(kind="print")[0]["id"]
                    self.house.ask("POST", f"/v1/jobs/{retry}/retry", {})
                if states[-1]["badge"] == "printed" and states[-1]["host"] == "sent":
                    break
        self.assertEqual(r.read(), b"\n")  # final: the stream ends by itself
        self.good(404, "GET", "/v1/progress/" + "0" * 32, kiosk="lobby")
        self.good(403, "GET", f"/v1/progress/{came['progress']}")

    def test_a_job_that_kills_three_couriers_is_held(self):
        self.house.tell("print", {"die": True})
        self.walk_in(self.host())
        held = wait_for("the third death", lambda: self.jobs(kind="print", state="held"))
        self.assertEqual(held[0]["class"], "courier-died")
        self.assertEqual(held[0]["kills"], 3)
        self.assertIn("job.held", [row["what"] for row in self.good(200, "GET", "/v1/journal")["items"]])
        self.house.tell("print", {"result": "done"})
        self.good(200, "POST", f"/v1/jobs/{held[0]['id']}/retry", {"reason": "mended"})
        wait_for("the badge after all", lambda: self.jobs(kind="print", state="done"))

    def test_a_kiosk_cannot_flood_reception(self):
        call = {"flow": str(uuid.uuid4()), "reason": "help"}
        statuses = [self.house.ask("POST", "/v1/waiting", call, kiosk="lobby")[0] for _ in range(62)]
        self.assertEqual(statuses, [201] * 60 + [429] * 2)
        self.assertEqual(self.house.ask("POST", "/v1/waiting", call, kiosk="lobby")[1]["error"], "too-many")

    def test_a_result_that_could_not_be_written_is_asked_for_again(self):
        self.house.tell("print", {"wait": True})
        self.walk_in(self.host())
        wait_for("the job at its courier", lambda: [j for j in self.house.seen("print", "lobby") if j["kind"] == "print"])
        wait_for("the mail, the last to write", lambda: self.jobs(kind="mail", state="done"))
        book = sqlite3.connect(os.path.join(self.house.dir, "state", "book"), isolation_level=None)
        self.addCleanup(book.close)
        book.execute("BEGIN IMMEDIATE")
        self.house.tell("print", {"result": "done"})
        wait_for("foyerd to find the book busy", lambda: "job of print:lobby" in self.house.logged())
        self.good(200, "GET", "/v1/me")  # it has given up
        book.execute("ROLLBACK")
        wait_for("the badge", lambda: self.jobs(kind="print", state="done"))

    def test_a_courier_that_babbles_is_killed(self):
        self.house.tell("print", {"babble": True})
        self.walk_in(self.host())
        wait_for("the kill", lambda: "what is no JSON object" in self.house.logged())
        self.house.tell("print", {"result": "done"})
        wait_for("the badge", lambda: self.jobs(kind="print", state="done"))

    def test_a_failure_is_told(self):
        self.house.tell("print", {"result": "failed", "class": "template", "reason": "bad\x1b[31m\u202ereason\n"})
        self.walk_in(self.host())
        failed = wait_for("the failure", lambda: self.jobs(kind="print", state="failed"))
        self.assertEqual(failed[0]["class"], "template")
        self.assertNotIn("\x1b", failed[0]["reason"])
        self.good(200, "POST", f"/v1/jobs/{failed[0]['id']}/acknowledge", {"reason": "seen"})

    def test_doctor_asks_every_courier(self):
        checks = {c["name"]: c for c in self.good(200, "GET", "/v1/doctor")["checks"]}
        self.assertEqual(checks["printer lobby"]["state"], "ok")
        self.assertEqual(checks["messages mail"]["state"], "ok")
        self.assertIn("disk encryption", checks)

    def test_doctor_tells_why_a_courier_does_not_run(self):
        wait_for("the courier", lambda: "print:lobby is ready" in self.house.logged())
        self.house.tell("print", {"refuse": True})
        self.house.write_conf(self.more.replace('queue = "badge"', 'queue = "other"'))
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the courier to refuse", lambda: "is not ready" in self.house.logged())
        checks = {c["name"]: c for c in self.good(200, "GET", "/v1/doctor")["checks"]}
        self.assertEqual(checks["printer lobby"]["state"], "fail")
        self.assertIn("name is not known", checks["printer lobby"]["text"])


class Reload(Case):
    def test_kiosks_come_and_go(self):
        self.house.write_conf(self.more.replace('kiosk "lobby"', 'kiosk "gate"'))
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the new socket", lambda: os.path.exists(self.house.path("gate")))
        self.assertEqual(self.good(200, "GET", "/v1/kiosk", kiosk="gate")["kiosk"], "gate")
        self.assertFalse(os.path.exists(self.house.path("lobby")))

    def test_a_bad_configuration_changes_nothing(self):
        self.house.write_conf("nonsense {")
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the complaint", lambda: "stays as it was" in self.house.logged())
        self.good(200, "GET", "/v1/kiosk", kiosk="lobby")
        self.house.write_conf(timezone="Europe/Berlin")
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the second complaint", lambda: "site.timezone has changed" in self.house.logged())
        self.assertEqual(self.good(200, "GET", "/v1/me")["timezone"], "UTC")

    def agreement(self, folder):
        """A configuration with that agreement, read again."""
        os.makedirs(folder)
        with open(os.path.join(folder, "en.txt"), "w", encoding="utf-8") as f:
            f.write(f"Rules of {os.path.basename(folder)}\n\nBe kind.\n")
        self.house.write_conf(self.more + f'agreement "rules" {{ dir = "{folder}" }}\n')
        self.house.process.send_signal(signal.SIGHUP)

    def test_texts_near_the_configuration_and_out_of_reach(self):
        self.agreement(os.path.join(self.house.dir, "near"))
        wait_for("the text", lambda: self.house.ask("GET", "/v1/agreements/rules?lang=en", kiosk="lobby")[0] == 200)
        elsewhere = tempfile.mkdtemp(prefix="far", dir=os.environ.get("TMPDIR"))
        self.addCleanup(shutil.rmtree, elsewhere)
        self.agreement(os.path.join(elsewhere, "far"))
        if landlock() == 0:
            self.skipTest("this kernel fences no files in")
        wait_for("the complaint", lambda: "far is out of reach, which may need a new start" in self.house.logged())
        self.assertEqual(self.good(200, "GET", "/v1/agreements/rules?lang=en", kiosk="lobby")["title"], "Rules of near")
        self.house.stop()
        self.house.start()
        self.assertEqual(self.good(200, "GET", "/v1/agreements/rules?lang=en", kiosk="lobby")["title"], "Rules of far")


class Book(Case):
    def test_a_second_foyerd_is_refused(self):
        done = self.house.command("-f", ok=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another foyerd", done.stderr)
        self.good(200, "GET", "/v1/me")

    def test_export_and_verify(self):
        self.host()
        status, text = self.house.ask("GET", "/v1/export?what=hosts")
        self.assertEqual(status, 200)
        self.assertEqual([json.loads(line)["uid"] for line in text.splitlines()], ["ar"])
        status, text = self.house.ask("GET", "/v1/export?what=journal")
        rows = [json.loads(line) for line in text.splitlines()]
        self.assertIn("export", [row.get("what") for row in rows])
        me = pwd.getpwuid(os.getuid()).pw_name
        self.assertEqual({row["actor_name"] for row in rows if row["actor"].startswith("staff:")}, {me})
        self.assertEqual({row["actor_name"] for row in rows if not row["actor"].startswith("staff:")} - {""}, set())
        for row in self.good(200, "GET", "/v1/journal")["items"]:
            self.assertEqual(row["actor_name"], me if row["actor"].startswith("staff:") else "")
        self.assertEqual(self.house.ask("GET", "/v1/export?what=visits")[0], 200)
        self.good(400, "GET", "/v1/export?what=secrets")
        self.good(400, "GET", "/v1/export?what=person")
        self.assertTrue(self.good(200, "GET", "/v1/journal/verify")["ok"])

    def test_one_turned_bit_names_its_entry(self):
        for uid in ("ar", "bs", "ct"):
            self.good(201, "PUT", f"/v1/hosts/{uid}", {"name": "Anna Roth"})
        self.assertEqual(self.house.stop(), 0)
        with sqlite3.connect(os.path.join(self.house.dir, "state", "book")) as db:
            db.execute("UPDATE journal SET at_ms = at_ms + 1 - 2 * (at_ms & 1) WHERE seq = 3")
        db.close()
        done = self.house.command("--verify", ok=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("journal: entry 3: ", done.stderr)
        self.house.start()
        report = self.good(200, "GET", "/v1/journal/verify")
        self.assertEqual((report["ok"], report["first_bad"]), (False, 3))

    def test_backup_and_restore(self):
        host = self.host()
        key = str(uuid.uuid4())
        made = self.good(201, "POST", "/v1/backups", {}, key=key)
        self.assertEqual(self.good(201, "POST", "/v1/backups", {}, key=key), made)  # the stored answer, no second file
        listed = self.good(200, "GET", "/v1/backups")["items"]
        self.assertEqual([b["file"] for b in listed], [made["file"]])
        self.assertEqual(os.stat(made["file"]).st_mode & 0o777, 0o600)
        self.good(201, "PUT", "/v1/hosts/late", {"name": "Came Later"})
        done = self.house.command("--restore", made["file"], ok=False)
        self.assertIn("another foyerd", done.stderr)
        self.assertEqual(self.house.stop(), 0)
        self.house.command("--verify")
        self.house.command("--restore", made["file"])
        self.house.command("--verify")
        self.house.start()
        hosts = self.good(200, "GET", "/v1/hosts")["items"]
        self.assertEqual([h["id"] for h in hosts], [host])
        self.assertTrue(any(n.startswith("book.before-restore-") for n in os.listdir(os.path.join(self.house.dir, "state"))))

    def test_restore_refuses_what_is_no_book(self):
        self.assertEqual(self.house.stop(), 0)
        bad = os.path.join(self.house.dir, "bad")
        with open(bad, "wb") as f:
            f.write(b"SQLite format 3\0" + b"x" * 5000)
        self.assertEqual(self.house.command("--restore", bad, ok=False).returncode, 1)
        self.assertEqual(self.house.command("--restore", bad + "-none", ok=False).returncode, 1)
        self.house.command("--verify")
        self.house.start()

    def test_a_book_that_the_demo_did_not_make(self):
        self.assertEqual(self.house.stop(), 0)
        self.house.write_conf(self.more)
        text = read(self.house.conf)
        with open(self.house.conf, "w") as f:
            f.write(text.replace('id = "3"', 'id = "4"'))
        done = self.house.command("-f", ok=False)
        self.assertIn("is of site 3", done.stderr)

    def test_a_disk_that_fails_closes_the_book_until_it_verifies(self):
        self.host()
        pid = self.house.process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        try:
            self.assertEqual(self.house.ask("PUT", "/v1/hosts/lost", {"name": "Never Written"})[0], 503)
            self.assertEqual(self.house.ask("POST", "/v1/waiting", {"flow": str(uuid.uuid4()), "reason": "help"}, kiosk="lobby")[0], 503)
            self.good(200, "GET", "/v1/kiosk", kiosk="lobby")  # it can say so
            self.good(200, "GET", "/v1/me")
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_for("the book to be open again", lambda: "the book is open again" in self.house.logged())
        self.good(404, "GET", "/v1/visits/lost")
        self.assertEqual([h["uid"] for h in self.good(200, "GET", "/v1/hosts")["items"]], ["ar"])
        self.good(201, "PUT", "/v1/hosts/next", {"name": "Written"})
        self.assertEqual(self.house.stop(), 0)
        self.house.command("--verify")

    def test_killed_and_started_again(self):
        self.house.tell("print", {"result": "retry", "class": "media-empty", "reason": "no labels"})
        came = self.walk_in(self.host())
        self.house.process.kill()
        self.house.process.wait()
        self.house.tell("print", {"result": "done"})
        self.house.start()  # over the sockets that were left
        wait_for("the badge", lambda: self.jobs(kind="print", state="done"))
        self.assertEqual(self.good(200, "GET", f"/v1/visits/{came['number']}")["name"], "Zoë Müller")
        # The kiosk's screen still asks: it is told how things stand by now.
        c = Unix(self.house.path("lobby"))
        self.addCleanup(c.close)
        c.request("GET", f"/v1/progress/{came['progress']}")
        r = c.getresponse()
        self.assertEqual(r.status, 200)
        self.assertEqual(json.loads([r.readline() for _ in range(2)][1].decode().removeprefix("data: "))["badge"], "printed")
        self.good(404, "GET", "/v1/progress/" + "0" * 32, kiosk="lobby")


class Stop(Case):
    def test_with_streams_open_and_requests_half_sent(self):
        self.house.tell("print", {"result": "retry", "class": "media-empty", "reason": "no labels"})
        came = self.walk_in(self.host())
        streams = []
        for _ in range(4):
            c = Unix(self.house.path("lobby"))
            c.request("GET", f"/v1/progress/{came['progress']}")
            r = c.getresponse()
            r.readline()
            streams.append((c, r))
        half = connect(self.house.path())
        self.addCleanup(half.close)
        half.sendall(b"PUT /v1/hosts/x HTTP/1.1\r\nHost: f\r\nContent-Length: 100\r\n\r\n{")
        silent = connect(self.house.path())
        self.addCleanup(silent.close)
        self.assertEqual(self.house.stop(), 0)
        for c, r in streams:
            r.read()  # ends well
            r.close()
            c.close()
        self.assertFalse(os.path.exists(self.house.path()))
        self.assertEqual(os.path.getsize(os.path.join(self.house.dir, "state", "book-wal"))
                         if os.path.exists(os.path.join(self.house.dir, "state", "book-wal")) else 0, 0)
        self.assertIn("signed heads", self.house.command("--verify").stdout)

    def test_asked_to_read_its_configuration_while_it_stops(self):
        self.house.tell("print", {"wait": True})
        self.walk_in(self.host())
        wait_for("the job at its courier", lambda: self.house.seen("print", "lobby"))
        self.house.process.send_signal(signal.SIGTERM)
        wait_for("the socket to go", lambda: not os.path.exists(self.house.path()))
        self.house.process.send_signal(signal.SIGHUP)
        self.house.tell("print", {"result": "done"})
        self.assertEqual(self.house.process.wait(PATIENCE_S), 0)

    def test_a_client_that_went_away_mid_stream(self):
        self.house.tell("print", {"result": "retry", "class": "media-empty", "reason": "no labels"})
        came = self.walk_in(self.host())
        streams = []
        for _ in range(8):
            c = Unix(self.house.path("lobby"))
            c.request("GET", f"/v1/progress/{came['progress']}")
            r = c.getresponse()
            r.readline()
            streams += [r, c]
        self.good(429, "GET", f"/v1/progress/{came['progress']}", kiosk="lobby")
        for s in streams:
            s.close()
        wait_for("a heartbeat to find them gone",
                 lambda: self.stream_opens(came["progress"]), patience=40)

    def stream_opens(self, token):
        c = Unix(self.house.path("lobby"))
        c.request("GET", f"/v1/progress/{token}")
        r = c.getresponse()
        opened = r.status == 200
        r.close()
        c.close()
        return opened

    def test_notify_socket(self):
        self.notified(os.path.join(self.house.dir, "notify"))

    def test_abstract_notify_socket(self):
        self.notified(f"@foyer-test-{uuid.uuid4()}")  # unix(7): foyerd, locked in, could not reach a new one

    def notified(self, path):
        self.assertEqual(self.house.stop(), 0)
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.settimeout(PATIENCE_S)
        self.addCleanup(s.close)
        s.bind(path.replace("@", "\0"))
        os.environ["NOTIFY_SOCKET"] = path
        try:
            self.house.start()
        finally:
            del os.environ["NOTIFY_SOCKET"]
        self.assertEqual(s.recv(100), b"READY=1")
        self.assertEqual(self.house.stop(), 0)
        self.assertEqual(s.recv(100), b"STOPPING=1")


class CommandLine(unittest.TestCase):
    def test_init_once(self):
        house = House(MORE)
        self.addCleanup(house.remove)
        self.assertEqual(house.command("-f", ok=False).returncode, 1)
        self.assertEqual(house.command("--init", ok=False).returncode, 1)  # a demo's configuration wants --demo
        said = house.command("--init", "--demo").stdout
        self.assertIn("keys", said)
        again = house.command("--init", "--demo", ok=False)
        self.assertIn("already", again.stderr)
        keys = os.path.join(house.dir, "state", "keys")
        self.assertEqual(os.stat(keys).st_mode & 0o777, 0o700)
        for name in os.listdir(keys):
            if name.endswith(".key"):
                self.assertEqual(os.stat(os.path.join(keys, name)).st_mode & 0o777, 0o400)
        self.assertEqual(os.stat(os.path.join(house.dir, "state", "book")).st_mode & 0o777, 0o600)
        self.assertIn("good", house.command("--check", house.conf).stdout)
        self.assertEqual(house.command("--check", "/dev/null/x", ok=False).returncode, 1)
        self.assertIn("usage", house.command("--help").stdout)
        self.assertIn("foyerd ", house.command("--version").stdout)
        self.assertEqual(house.command("--frobnicate", ok=False).returncode, 2)
        self.assertEqual(house.command("--read", ask={"read": "nonsense"}, ok=False).returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
