#!/usr/bin/python3
"""Canaries through every flow of the whole lobby: names, addresses, codes, passes, card numbers, the mail password, the keys. A table says which of
them may lie where; what is found anywhere else fails: logs, job titles, temporary and run folders, the words and the environment of whatever was
started, memory images, and the book once somebody is erased."""
import contextlib
import glob
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
import canary  # noqa: E402
import lobby as lobbies  # noqa: E402
from typist import SCREENS, Typist, arrow, below  # noqa: E402
from users import exchange, json_of, typed_code  # noqa: E402

wait_for = lobbies.wait_for
HOUR_MS = 3600 * 1000
# Where each canary must be found, or the search is blind ("-": nowhere in plain bytes), and where else it may lie. What is not named is forbidden.
WHERE = {
    "visitor's name": "book backup mail label",
    "visitor's company": "book backup mail label",
    "visitor's mail": "mail book backup",
    "visitor's phone": "book backup",
    "visitor's permit": "book backup",
    "walk-in's name": "book backup mail label",
    "walk-in's company": "book backup mail label",
    "walk-in's mail": "book backup mail",
    "walk-in's phone": "book backup",
    "host's name": "book backup mail label",
    "host's mail": "mail book backup",
    "host's phone": "book backup",
    "imported host's name": "book backup",
    "imported host's mail": "book backup",
    "imported host's phone": "book backup",
    "reason": "book backup mail",
    "invitation's code": "mail book backup",
    "invitation's id": "book backup",
    "invitation's pass": "book backup mail camera",
    "badge's code": "- label",
    "badge's id": "book backup",
    "badge's pass": "- label",
    "shown pass": "book backup mail",
    "somebody else's code": "-",
    "card number": "book backup label doors foyer.conf",  # which names the first and the last
    "progress token": "book backup",
    "mail password": "password's-file",
    "wrong password": "-",
    "signing key": "keys",
    "journal's key": "keys",
}
# Of whom nothing is left after erasing; what opened their doors is spent.
ERASED = [kind for kind in WHERE if kind.startswith(("visitor's", "walk-in's"))] + ["invitation's pass", "badge's pass", "reason", "progress token"]


class Lobby(lobbies.Lobby):
    """With a mail server that wants a password, every start of a program written down, and memory images allowed."""

    def __init__(self, password):
        super().__init__()
        self.password = password
        self.site = {'\ttls = "starttls"\n': f'\ttls = "starttls"\n\tuser = "foyer"\n\tsecret-file = "{self.path("secret/smtp")}"\n'}
        self.more = "".join(f'kiosk "k{i}" {{ place = "Lobby" printer = "lobby" }}\n' for i in range(3))
        self.more += 'retention { visitor = "1h" signature = "1h" invitation = "1h" job = "1h" }\n'
        self.kiosks = ["k0", "k1", "k2"]
        for name in ("tmp", "cwd", "secret", "trace"):
            os.mkdir(self.path(name))
        os.chmod(self.path("tmp"), 0o1777)
        os.chmod(self.path("secret"), 0o700)
        with open(self.path("secret/smtp"), "w", encoding="utf-8") as f:
            f.write(password + "\n")
        os.chmod(self.path("secret/smtp"), 0o400)
        self.env["TMPDIR"] = self.path("tmp")

    def path(self, below_dir):
        return super().path(f"run/kiosk/{below_dir}.sock" if below_dir in ("k0", "k1", "k2") else below_dir)

    def start(self, name, argv, ready=None, **how):
        if name in ("foyerd", "print"):
            argv = self.watched(name, argv)
        if name == "mail":
            argv = [*argv[:1], "--auth", "foyer:" + self.path("secret/smtp"), *argv[1:]]
        return super().start(name, argv, ready, cwd=self.path("cwd"), **how)

    def watched(self, name, argv):
        return [*canary.STRACE, "-o", self.path(f"trace/{name}.{len(os.listdir(self.path('trace')))}"), *argv]

    def print_start(self):
        """CUPS as SECURITY.md wants it: it keeps no page of a job that is done."""
        super().print_start()
        self.rig("cupsd", "off")
        conf = self.path("print/etc/cupsd.conf")
        text = read(conf)
        assert "PreserveJobFiles Yes" in text
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text.replace("PreserveJobFiles Yes", "PreserveJobFiles No"))
        subprocess.run(self.watched("cupsd", [lobbies.LOBBY.program("print-rig"), "cupsd", self.path("print"), "on"]), check=True, timeout=60,
                       stdin=subprocess.DEVNULL)

    def pages(self):
        """What lies in the spool beside the jobs' own attributes."""
        return [p for p in glob.glob(self.path("print/spool/**"), recursive=True) if os.path.isfile(p) and not re.fullmatch(r"c\d+", os.path.basename(p))]

    def invite(self, name, **more):
        return self.api("POST", "/v1/invitations", {"name": name, "type": "guest", "host": "jbaker",
                                                    "until_ms": int(time.time() * 1000) + 3 * HOUR_MS, **more})

    def api(self, method, url, body=None, key=None):
        status, text = exchange(self.path("run/api.sock"), method, url, body, key)
        assert 200 <= status < 300, (method, url, status, text)
        return json_of(text)

    def backup(self):
        """Its file. They are called by the second: two within one are refused."""
        def made():
            status, text = exchange(self.path("run/api.sock"), "POST", "/v1/backups", {})
            assert status in (201, 409), (status, text)
            return status == 201 and json_of(text)["file"]
        return wait_for("a backup", made)

    def place(self, path):
        """What lies at a path, as WHERE calls it; anything else is its own name."""
        at = os.path.relpath(path, self.dir)
        for pattern, place in ((r"state/book(-wal|-shm)?", "book"), (r"state/keys/.*", "keys"), (r"backups/.*\.book", "backup"),
                               (r"mail/\d+\.(eml|json)", "mail"), (r"print/(out/\d+\.png|eve/.*)", "label"),
                               (r"doors/state\.json", "doors"), (r"secret/smtp", "password's-file"), (r".*/camera/\d+\.png", "camera")):
            if re.fullmatch(pattern, at):
                return place
        return at if not at.startswith("..") else path


class Canaries(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        cls.began = time.time()
        cls.text = {kind: f"{canary.word().title()} {canary.word().title()}"
                    for kind in ("visitor's name", "visitor's company", "walk-in's name", "walk-in's company", "host's name", "imported host's name", "reason")}
        cls.text |= {kind: f"{canary.word()}@visitors.example" for kind in ("visitor's mail", "walk-in's mail", "host's mail", "imported host's mail")}
        cls.text |= {kind: "+49" + "".join(str(b % 10) for b in os.urandom(11)) for kind in WHERE if kind.endswith(" phone")}
        cls.text |= {kind: canary.word(24) for kind in ("mail password", "wrong password", "visitor's permit", "somebody else's code")}
        cls.lobby = Lobby(cls.text["mail password"])
        cls.addClassCleanup(cls.lobby.down)
        cls.addClassCleanup(cls.lobby.rig, "cupsd", "go")
        cls.lobby.up()
        for kind, pattern in (("signing key", "pass-*.key"), ("journal's key", "journal.key")):
            with open(glob.glob(cls.lobby.path("state/keys/" + pattern))[0], "rb") as f:
                cls.text[kind] = f.read()
        cls.found = set()

    def canaries(self, *kinds):
        return canary.Canaries({k: re.compile(rb"(?<!\d)" + v.encode() + rb"(?!\d)") if k == "card number" else v for k, v in self.text.items()
                                if not kinds or k in kinds})

    def look(self):
        """At what runs, in the middle of it."""
        type(self).found |= self.canaries().in_processes()

    def settle(self):
        """Every courier has done what there is to do."""
        def rests():
            return not [j for j in self.lobby.jobs() if j["state"] in ("ready", "leased", "waiting")]
        try:
            wait_for("an empty queue", rests, 30)
        except RuntimeError as e:
            raise AssertionError(f"{e}: {self.lobby.jobs()}") from None

    # --- the flows -----------------------------------------------------------------------------------------

    def test_1_detectors_see(self):
        """A canary put where it must not be is found there, however it is written."""
        text = self.text["visitor's name"]
        canaries = canary.Canaries({"name": text, "key": b"\x01\x02\xfe" + os.urandom(29), "card": re.compile(rb"(?<!\d)10058433(?!\d)")})
        key = canaries.values["key"]
        with tempfile.TemporaryDirectory() as folder:
            b64 = canary.base64.b64encode
            written = {"name": [text.encode(), text.upper().encode(), text.encode("utf-16-le"), text.encode().hex().encode(),
                                b64(b"To: " + text.encode()), b64(text.encode() + b"\n"), b"q=" + text.replace(" ", "%20").encode(), b"\0" * (canary.CHUNK - 5) + text.encode()],
                       "key": [key, key.hex().upper().encode(), b64(b"x" + key)], "card": [b"card=10058433,"]}
            for kind, data in [(kind, data) for kind, forms in written.items() for data in forms]:
                path = os.path.join(folder, "written")
                with open(path, "wb") as f:
                    f.write(data)
                self.assertEqual(canaries.in_files(folder), {(kind, path)})
                os.unlink(path)
            for none in (b"110058433", b"100584330", text[:8].encode()):
                self.assertEqual(canaries.within(none), set())
            hidden = os.path.join(folder, "named " + text)
            os.mkdir(hidden)
            with open(os.path.join(hidden, "x"), "wb"):
                pass
            self.assertEqual({kind for kind, _ in canaries.in_files(folder)}, {"name"})
            for what, words, more in (("argv", [text], {}), ("environment", [], {"GUEST": text})):
                trace = os.path.join(folder, what)
                child = subprocess.Popen([*canary.STRACE, "-o", trace, "sh", "-c", "read x; true", *words], stdin=subprocess.PIPE, env=os.environ | more)
                wait_for("the shell", lambda c=child: read(f"/proc/{c.pid}/comm") == "sh\n")
                self.assertEqual({(k, w) for k, w in canaries.in_processes() if w.endswith(" of sh")}, {("name", what + " of sh")})
                child.communicate()
                wait_for("strace", lambda t=trace: [w for k, w in canaries.in_traces(t) if k == "name" and w.endswith("/sh")])
            image = canary.image_of(folder, text)
            if image:
                self.assertIn("name", canaries.within_file(image))

    def test_2_every_flow(self):
        lobby, text = self.lobby, self.text
        host = lobby.api("PUT", "/v1/hosts/jbaker", {"name": text["host's name"], "mail": text["host's mail"], "phone": text["host's phone"]})
        self.assertEqual(host["name"], text["host's name"])
        # Invited, and told so by mail.
        made = lobby.invite(text["visitor's name"], type="contractor", company=text["visitor's company"], mail=text["visitor's mail"],
                            fields={"phone": text["visitor's phone"], "work": "lift", "permit": text["visitor's permit"]})
        text["invitation's code"], text["invitation's pass"] = made["code"], made["pass"]
        text["invitation's id"] = sqlite3_one(lobby, "SELECT pass_id FROM invitation")
        mail = lobby.mail(text["visitor's mail"])
        self.assertIn(made["code"][:4], mail.get_body(("plain",)).get_content())
        self.assertIn('"user": "foyer"', read(lobby.path("mail/1.json")))  # with the password
        self.look()
        # In at the kiosk; a label, the doors, the host's mail.
        typist = Typist(lobby)
        typist.code(made)
        typist.expect(re.escape(text["visitor's name"]), "Yes, this is me")
        typist.act("\r", "I do not agree")
        typist.act(arrow(typist.term, "D") + b"\r", "Welcome, " + re.escape(text["visitor's name"]))
        self.look()
        (text["badge's pass"],), (text["card number"],) = lobby.label(made["number"] + "-1")
        text["badge's id"] = self.badge_id(made, 1)
        text["badge's code"] = typed_code(text["badge's id"])
        wait_for("the door", lambda: lobby.swipe(text["card number"], 1).startswith("granted"))
        self.assertIn(text["visitor's name"], str(lobby.mail(text["host's mail"])["subject"]))
        typist.home()
        # A walk-in types everything, and is refused.
        typed = [text["walk-in's " + field] for field in ("name", "company", "phone", "mail")]
        typist.act("21" + "".join(word + "\r" for word in typed), "Whom are you visiting")
        typist.act(text["host's name"][:5], re.escape(text["host's name"]))
        typist.act(arrow(typist.term, "B") + b"\r", "I do not agree")
        self.look()
        typist.act(arrow(typist.term, "C") + b"\r", "Please see reception")
        walk_in = lobby.newest()
        self.assertEqual(walk_in["name"], text["walk-in's name"])
        lobby.api("POST", f"/v1/visits/{walk_in['number']}/refuse", {"reason": text["reason"]})
        # The next walk-in is let in, and then said yes to.
        came = self.arrive(walk_in={"type": "guest", "name": text["walk-in's name"], "company": text["walk-in's company"], "host": host["id"],
                                    "fields": {"phone": text["walk-in's phone"], "mail": text["walk-in's mail"]}})
        self.assertTrue(came["escort"])
        lobby.api("POST", f"/v1/visits/{came['number']}/approve", {"reason": text["reason"]})
        # Another has the pass on paper, and shows before the camera also what is none.
        shown = lobby.invite(text["visitor's name"], company=text["visitor's company"], mail=text["visitor's mail"])
        text["shown pass"] = shown["pass"]
        typist.home()
        typist.show(text["somebody else's code"])
        typist.expect(SCREENS["sorry"])
        typist.home()
        typist.show(shown["pass"])
        typist.expect(re.escape(text["visitor's name"]), "Yes, this is me")
        typist.act("\r", "I do not agree")
        typist.act(arrow(typist.term, "D") + b"\r", "Welcome, " + re.escape(text["visitor's name"]))
        lobby.api("POST", f"/v1/visits/{shown['number']}/checkout", {"reason": text["reason"]})
        # Nobody comes with this one.
        lobby.invite(text["visitor's name"], company=text["visitor's company"], mail=text["visitor's mail"])
        # The directory is brought, also with rows that are bad.
        name, mail, phone = (text["imported host's " + field] for field in ("name", "mail", "phone"))
        self.assertEqual(self.imports(f"imported,{name},{mail},Import,{phone},en,").returncode, 0)
        self.assertNotEqual(self.imports(f"{name},{mail}", f"other,{name},{mail},Import,{name},xx,{phone}", name).returncode, 0)
        # Another is called off.
        gone = lobby.invite(text["visitor's name"], company=text["visitor's company"], mail=text["visitor's mail"])
        self.settle()
        lobby.api("POST", f"/v1/invitations/{gone['id']}/cancel", {"reason": text["reason"]})
        lobby.mail(text["visitor's mail"], "Cancelled")
        # Looked for, exported, backed up, extended, reprinted, signed out with the code on the badge.
        lobby.api("GET", "/v1/visits?q=" + text["visitor's name"].replace(" ", "%20"))
        status, lines = exchange(lobby.path("run/api.sock"), "GET", "/v1/export?what=person&q=" + text["visitor's name"].replace(" ", "%20"))
        self.assertEqual(status, 200)
        self.assertIn(text["visitor's mail"], lines)
        lobby.api("POST", f"/v1/visits/{made['number']}/extend", {"until_ms": int(time.time() * 1000) + 4 * HOUR_MS, "reason": text["reason"]})
        lobby.label(made["number"] + "-2")  # the new end is on it
        lobby.api("POST", f"/v1/visits/{made['number']}/reprint", {"reason": text["reason"]})
        lobby.label(made["number"] + "-3")
        typist.home()
        typist.code({"code": typed_code(self.badge_id(made, 3))})
        typist.expect("Are you coming back")
        typist.act(arrow(typist.term, "C") + b"\r", "Goodbye, " + re.escape(text["visitor's name"]))
        typist.home()
        # Somebody whose progress is followed, so that there is a token; and what goes wrong.
        guest = lobby.invite("Peter Progress")
        text["progress token"] = self.arrive(**{"pass": guest["pass"]})["progress"]
        self.assertEqual(exchange(lobby.path("k0"), "GET", "/v1/progress/" + text["progress token"])[0], 200)
        for body in ({"name": text["visitor's name"] * 20, "type": "guest"}, {"name": text["visitor's name"], "type": text["visitor's company"]},
                     {"name": text["visitor's name"], "type": "guest", "mail": text["visitor's name"], "until_ms": 1}, {text["visitor's name"]: 1}):
            self.assertEqual(exchange(lobby.path("run/api.sock"), "POST", "/v1/invitations", body)[0], 400)
        for bad in (text["badge's code"], text["invitation's pass"], text["badge's pass"][:-2], text["visitor's name"]):
            exchange(lobby.path("k0"), "POST", "/v1/scan", {"text": bad, "source": "wedge"})
        self.settle()
        doctor = lobby.tried("doctor").stdout
        self.assertIn("mail", doctor)
        self.assertEqual(self.canaries().within(doctor.encode()), set())
        lobby.backup()
        lobby.foyer("journal", "verify")
        lobby.foyer("journal", "show")
        self.look()
        self.assertEqual(typist.end(), 0)
        type(self).typist_log = typist.log

    def test_3_troubles(self):
        """What a courier says when nothing works goes to the log, and is shown to staff: it names nobody."""
        lobby, text = self.lobby, self.text
        lobby.rig("jam", "on")
        lobby.stop("mail")
        lobby.stop("doors")
        made = lobby.invite(text["visitor's name"], company=text["visitor's company"], mail=text["visitor's mail"])
        self.arrive(**{"pass": made["pass"]})
        wait_for("all three in trouble", lambda: {"print", "grant",
                                                  "mail"} <= {j["kind"] for j in lobby.jobs() if j["class"] and j["state"] != "done"}, 30)
        self.look()
        told = "".join(f"{j['class']} {j['reason']} {j['remedy']}\n" for j in lobby.jobs())
        self.assertEqual(self.canaries().within(told.encode()), set(), told)
        lobby.rig("jam", "off")
        lobby.mail_start()
        lobby.doors_start()
        for job in lobby.jobs():
            lobby.tried("jobs", "retry", job["id"])
        self.settle()
        lobby.api("POST", f"/v1/visits/{made['number']}/checkout", {"reason": text["reason"]})
        # A password that is not good: what the mail server says of it is not repeated.
        self.password(text["wrong password"])
        lobby.invite("Anna Auth", mail="auth@visitors.example")
        job = wait_for("the login's refusal", lambda: [j for j in lobby.jobs("mail") if j["class"] == "auth"])[0]
        self.assertEqual(self.canaries().within(str(job).encode()), set())
        self.password(text["mail password"])
        lobby.tried("jobs", "retry", job["id"])  # if it is not being tried at this moment
        self.settle()

    def badge_id(self, made, copy):
        return sqlite3_one(self.lobby, "SELECT pass_id FROM badge_issue WHERE copy = ? AND visit = (SELECT id FROM visit WHERE number = ?)", copy,
                           int(made["number"]))

    def agreed(self):
        version = json_of(exchange(self.lobby.path("k0"), "GET", "/v1/agreements/visitor?lang=en")[1])["version"]
        return {"lang": "en", "agreement": {"name": "visitor", "version": version, "lang": "en", "accepted": True}}

    def arrive(self, **how):
        status, came = exchange(self.lobby.path("k0"), "POST", "/v1/checkins", self.agreed() | how)
        self.assertEqual(status, 201, came)
        return json_of(came)

    def imports(self, *rows):
        """What `foyer host import` says of these hosts."""
        file = self.lobby.path("secret/hosts.csv")
        with open(file, "w", encoding="utf-8") as f:
            f.write("uid,name,mail,department,phone,lang,deputy\n" + "".join(row + "\n" for row in rows))
        did = self.lobby.tried("host", "import", file, "--yes")
        os.unlink(file)
        return did

    def password(self, text):
        """In its file from now on, and in a new foyer-notify."""
        secret, foyerd = self.lobby.path("secret/smtp"), self.lobby.running_pid("foyerd")

        def notify():
            return next((pid for pid, name in below(foyerd).items() if name == "foyer-notify"), None)
        os.chmod(secret, 0o600)
        with open(secret, "w", encoding="utf-8") as f:
            f.write(text + "\n")
        os.chmod(secret, 0o400)
        before = notify()
        os.kill(before, signal.SIGKILL)
        wait_for("another foyer-notify", lambda: notify() not in (None, before))

    def test_4_what_lies_where(self):
        """The table."""
        lobby, canaries = self.lobby, self.canaries()
        os.kill(int(read(lobby.path("print/cupsd.pid"))), signal.SIGHUP)  # it may sleep before it looks what is to go
        try:
            wait_for("a spool without pages", lambda: not lobby.pages())
        except RuntimeError as e:
            self.fail(f"{e}: {lobby.pages()}, printed {lobby.labels()}")
        at = {(kind, lobby.place(path)) for kind, path in canaries.in_files(lobby.dir)}
        print(f"\n# {len(self.text)} canaries lie in {len(at)} places", flush=True)
        must = {(kind, places.split()[0]) for kind, places in WHERE.items() if places[0] != "-"}
        self.assertEqual(must - at, set(), "what must be found was not")
        self.assertEqual(sorted((kind, place) for kind, place in at if place not in WHERE[kind].split()), [])
        self.assertEqual(set(self.text), set(WHERE))

    def test_CVE_2018_17499_no_secret_in_logs(self):
        """Not even in the print server's: what a job is called, it is called by everybody."""
        lobby, canaries = self.lobby, self.canaries()
        logs = [p for p in glob.glob(lobby.path("log/*")) + glob.glob(lobby.path("print/log/*")) + [self.typist_log] if os.path.getsize(p)]
        self.assertGreaterEqual(len(logs), 4, logs)
        for path in logs:
            self.assertEqual(canaries.within_file(path), set(), path)
        with open(lobby.path("log/foyerd"), encoding="utf-8") as f:
            self.assertIn("journal head", f.read())  # it is the log
        control = glob.glob(lobby.path("print/spool/c*"))
        self.assertGreaterEqual(len(control), 3)
        for path in control:
            self.assertEqual(canaries.within_file(path), set(), path)
            with open(path, "rb") as f:
                self.assertRegex(f.read(), rb"job-name..\d{6}-\d")
        self.assertEqual(canaries.within("".join(lobby.labels()).encode()), set())

    def test_5_what_was_started_and_what_ran(self):
        lobby, canaries = self.lobby, self.canaries()
        traces = glob.glob(lobby.path("trace/*"))
        words = b""
        for trace in traces:
            with open(trace, "rb") as f:
                words += f.read()
        for program in (b"foyer-print", b"foyer-notify", b"foyer-access", b"--read", b"/cups/filter/", b"ippeveprinter"):
            self.assertTrue(program in words, program)
        self.assertEqual(canaries.in_traces(*traces), set())
        self.assertEqual(self.found, set())

    def test_5_what_staff_type(self):
        """A name stands on foyer's command line, where everybody could read it: it is wiped before anything is asked."""
        at = self.lobby.path("cwd/silent")
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(at)
            silent.listen()
            silent.settimeout(30)
            child = subprocess.Popen([lobbies.LOBBY.program("foyer"), "-s", at, "invite", "--host", "jbaker", "--name", self.text["visitor's name"],
                                      "--until", "+1h"],
                                     env=self.lobby.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            asked, _ = silent.accept()
            with asked:
                self.assertRegex(asked.recv(4096), b"^(GET|POST) /v1/")
                self.assertEqual(self.canaries().in_processes(), set())
            child.kill()
            child.wait()

    def test_6_nothing_in_temporary_folders(self):
        lobby, canaries = self.lobby, self.canaries()
        for folder in ("/tmp", "/var/tmp", "/dev/shm", lobby.path("tmp"), lobby.path("run"), lobby.path("cwd"), os.path.expanduser("~")):
            if folder.startswith(lobby.dir):
                self.assertEqual(canaries.in_files(folder), set())
                continue
            # On a machine that others use too: what is new, and not of theirs.
            new = [e.path for e in os.scandir(folder) if e.is_file(follow_symlinks=False) and e.stat(follow_symlinks=False).st_ctime >= self.began]
            for path in new:
                self.assertEqual(canaries.within_file(path), set(), path)
        self.assertEqual(os.listdir(lobby.path("tmp")), [])

    def test_7_memory_images(self):
        """None of those that hold a name, a pass or a key may leave one; and aborted in the midst of it, with images allowed, none does."""
        lobby = self.lobby
        folder = tempfile.mkdtemp(dir=lobby.dir)
        os.chdir(folder)
        self.addCleanup(os.chdir, HERE)
        typist = Typist(lobby)
        typist.code(lobby.invite(self.text["visitor's name"]))
        typist.expect("Yes, this is me")
        kiosk, camera = typist.program, next(p for p, n in typist.began.items() if n == "foyer-camera")
        foyerd = lobby.running_pid("foyerd")
        running = {name: pid for pid, name in {**typist.began, **below(foyerd), foyerd: "foyerd"}.items()}
        self.assertEqual(set(running), {"foyer-kiosk", "foyer-camera", "foyerd", "foyerd-keeper", "foyer-print", "foyer-access", "foyer-notify"})
        self.assertEqual({name: canary.may_dump(pid) for name, pid in running.items()}, dict.fromkeys(running, set()))
        for pid in (camera, kiosk):
            os.kill(pid, signal.SIGABRT)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(typist.pid, 0)[1]), 128 + signal.SIGABRT)
        # Couriers: foyerd says how they ended; 134 would be an image.
        for name in ("foyer-print", "foyer-access", "foyer-notify"):
            os.kill(running[name], signal.SIGABRT)

        def ends():
            with open(lobby.path("log/foyerd"), encoding="utf-8") as f:
                return re.findall(r"courier (\w+:\w+) ended \(status (6|134)\)", f.read())
        self.assertEqual({status for _, status in wait_for("their end", lambda: len(ends()) >= 3 and ends())}, {"6"})
        # The command line, which shows passes, while it waits for foyerd; foyerd's other ways to the book, while they wait for it.
        silent = socket.socket(socket.AF_UNIX)
        self.addCleanup(silent.close)
        silent.bind(os.path.join(folder, "silent"))
        silent.listen()
        argv = {"foyer": [lobbies.LOBBY.program("foyer"), "-s", os.path.join(folder, "silent"), "visits"],
                "foyerd --read": [lobbies.LOBBY.program("foyerd"), "-c", lobby.path("foyer.conf"), "--read"]}
        for name, words in argv.items():
            child = subprocess.Popen(words, env=lobby.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            wait_for(name, lambda c=child: os.path.exists(f"/proc/{c.pid}/exe") and "foyer" in os.readlink(f"/proc/{c.pid}/exe") and sleeps(c.pid))
            self.assertEqual(canary.may_dump(child.pid), set(), name)
            self.assertFalse(canary.dumped(child.pid), name)
            child.communicate()
        child = next(c for n, c in lobby.running if n == "foyerd")
        self.assertFalse(canary.dumped(child.pid), "foyerd")
        lobby.stop("foyerd", signal.SIGKILL)
        left = [p for f in (folder, lobby.path("cwd"), lobby.dir) for p in glob.glob(f + "/core*") + glob.glob(f + "/*.core")]
        self.assertEqual(left, [])
        self.assertEqual(self.canaries().in_files(folder), set())

    # --- when somebody is erased ---------------------------------------------------------------------------

    def later(self, hours):
        """As if everything in the book had happened so much earlier; foyerd does not run. Ids of signatures begin with their time (UUIDv7)."""
        with contextlib.closing(sqlite3.connect(self.lobby.path("state/book"), isolation_level=None)) as book:
            book.execute("PRAGMA secure_delete = ON")
            for table, columns in (("visit", ("from_ms", "until_ms", "closed_ms", "created_ms", "host_told_ms")), ("signature", ("signed_ms",)),
                                   ("job", ("created_ms", "since_ms")), ("visit_field", ("purge_ms",)), ("visit_word", ("from_ms",)),
                                   ("idempotency", ("at_ms",))):
                for column in columns:
                    book.execute(f"UPDATE {table} SET {column} = {column} - {hours * HOUR_MS} WHERE {column} IS NOT NULL")  # noqa: S608
            for old, in book.execute("SELECT id FROM signature").fetchall():
                book.execute("UPDATE signature SET id = ? WHERE id = ?", (b"\0\0\0\0\0\1" + old[6:], old))
            book.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def test_8_after_erasing_the_book_knows_nothing(self):
        """Not in its rows, its free pages or its log: when retention has forgotten them, and when a backup is restored that still knew."""
        lobby = self.lobby
        lobby.foyerd_start()
        open_visits = "SELECT count(*) FROM visit WHERE closed_ms IS NULL"
        states = {visit["state"] for visit in lobby.ask("visits", "--today")["items"]}
        self.assertGreaterEqual(states, {"inside", "expected"})
        self.settle()
        # Nobody signed them out: the clock ends their visits, and their rights.
        lobby.stop("foyerd")
        self.later(30)
        lobby.foyerd_start()
        wait_for("the end of all visits", lambda: sqlite3_one(lobby, open_visits) == 0)
        self.settle()
        self.assertEqual(lobby.cards(), [])
        # Before they are forgotten, one more backup knows them.
        knows = lobby.backup()
        self.assertIn("visitor's name", self.canaries().within_file(knows))
        lobby.stop("foyerd")
        self.later(2)
        self.assertIn("visitor's name", self.canaries().within_file(lobby.path("state/book")))
        lobby.foyerd_start()
        wait_for("the forgetting", lambda: sqlite3_one(lobby, "SELECT count(*) FROM visitor WHERE erased_ms IS NULL") == 0)
        wait_for("the log's end", lambda: os.path.getsize(lobby.path("state/book-wal")) == 0)
        self.assert_forgotten("by retention")
        self.assertIn("The journal holds", lobby.foyer("journal", "verify"))
        listed = wait_for("the list", lambda: os.path.exists(lobby.path("backups/erased.list")) and read(lobby.path("backups/erased.list")))
        self.assertGreaterEqual(listed.count("\n"), 2)
        fresh = lobby.backup()
        self.assertEqual(self.canaries(*ERASED).within_file(fresh), set())
        # An older backup comes back.
        lobby.stop("foyerd")
        subprocess.run([lobbies.LOBBY.program("foyerd"), "-c", lobby.path("foyer.conf"), "--restore", knows], env=lobby.env, check=True,
                       stdout=subprocess.DEVNULL)
        self.assert_forgotten("by a restore")
        lobby.foyerd_start()
        self.assertIn("The journal holds", lobby.foyer("journal", "verify"))

    def assert_forgotten(self, how):
        lobby, canaries = self.lobby, self.canaries(*ERASED)
        left = sorted({(kind, os.path.basename(path)) for kind, path in canaries.in_files(lobby.path("state")) if "before-restore" not in path})
        self.assertEqual(left, [], how + ": " + str(self.where(canaries)))
        self.assertEqual(canaries.in_files(lobby.path("log"), lobby.path("run"), lobby.path("tmp")), set())

    def where(self, canaries):
        """The tables that still say something, for who reads the failure."""
        with contextlib.closing(sqlite3.connect(f"file:{self.lobby.path('state/book')}?mode=ro", uri=True)) as book:
            tables = [r[0] for r in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {(t, kind) for t in tables for row in book.execute(f"SELECT * FROM {t}")  # noqa: S608
                    for kind in canaries.within(repr(row).encode())}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def sleeps(pid):
    return read(f"/proc/{pid}/stat").rpartition(")")[2].split()[0] == "S"


def sqlite3_one(lobby, sql, *values):
    with contextlib.closing(sqlite3.connect(f"file:{lobby.path('state/book')}?mode=ro", uri=True)) as book:
        return book.execute(sql, values).fetchone()[0]


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("FAILED: this test looks into every process, which root alone may: run it as root")
    unittest.main(verbosity=2)
