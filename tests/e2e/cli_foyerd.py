#!/usr/bin/python3
"""foyer, the command line, against a real foyerd on a demo's book: every command, hostile names, terminals and pipes, exit statuses."""
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unicodedata
import unittest
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from lobby import zone_of_noon  # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rig"))
from peer import PATIENCE_S, Unix, wait_for  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(ROOT, "build")))
FOYER = os.path.join(BUILD, "foyer")
OK, NO, USAGE, UNREACHABLE, DENIED = range(5)
ZONE = zone_of_noon()

CONF = """\
site {{
	name = "Test house"
	id = "9"
	timezone = "{zone}"
	languages = {{ "en", "de" }}
	accept-no-disk-encryption = "a test, with people who do not exist"
	demo = "yes"
}}
paths {{
	state = "{dir}/state"
	run = "{dir}/run"
	backups = "{dir}/backups"
}}
kiosk "lobby" {{
	place = "Lobby"
	printer = "lobby"
}}
printer "lobby" {{
	queue = "badge"
	media = "om_badge_62x100mm"
	badge-size = "62x100"
}}
"""

# Stands in the place of foyer-print: out of labels for as long as a file says so.
PRINTER = """\
#!/bin/sh
get() {{ v=${{line#*\\"$1\\":\\"}}; printf %s "${{v%%\\"*}}"; }}
IFS= read -r line
echo '{{"v":1,"ready":true}}'
while IFS= read -r line; do
	result='"result":"done","ok":true,"state":"idle"'
	[ ! -e {dir}/empty ] || [ "$(get kind)" != print ] ||
		result='"result":"retry","class":"media-empty","reason":"out of labels","remedy":"put some in"'
	printf '{{"job":"%s",%s}}\\n' "$(get job)" "$result"
done
"""

HOSTS = '''\
uid,name,mail,department,phone,lang,deputy
aroth,Anna Roth,anna.roth@example.org,Facilities,+49 30 555 0101,de,
ssato,佐藤 さくら,sato@example.org,Research,,en,aroth
jbaker,"Baker, ""Jim""",baker@example.org,,,en,
'''

# What a person may type as a name, and what of it may come out again.
HOSTILE = [
    ("\x1b[31mRed\x1b]0;title\x07 \x1b[2J", "[31mRed]0;title [2J"),
    ("Ann\u202ea \u2066x\u200b", "Anna x"),
    ("\"quoted\" 'x'; -- %s%n $(id) `id`", "\"quoted\" 'x'; -- %s%n $(id) `id`"),
    ("Carriage\r\nReturn\tTab", "Carriage Return Tab"),
    ("C1\u009b2Jend\u0085", "C12Jend"),
    ("山田太郎" * 12, "山田太郎" * 12),
]


class House:
    """foyerd beside a printer's courier of ours, in a folder of its own."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="foyer-cli-")
        os.chmod(self.dir, 0o711)
        self.bin = self.path("bin")
        os.mkdir(self.bin)
        shutil.copy(os.path.join(BUILD, "foyerd"), self.bin)
        self.write("bin/foyer-print", PRINTER.format(dir=self.dir), 0o755)
        self.write("foyer.conf", CONF.format(dir=self.dir, zone=ZONE))
        self.env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "FOYER_SOCKET")}
        self.env.update(FOYER_CONF=self.path("foyer.conf"), LC_ALL="C.UTF-8", TERM="xterm-256color", TMPDIR=self.dir,
                        FOYER_DATADIR=os.path.join(BUILD, "share/foyer"))
        self.daemon = None

    def path(self, below):
        return os.path.join(self.dir, below)

    def write(self, below, text, mode=0o644):
        with open(self.path(below), "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(self.path(below), mode)
        return self.path(below)

    def run(self, *argv, status=OK, stdin=subprocess.DEVNULL, env=None, **how):
        if isinstance(stdin, bytes):
            how["input"] = stdin
        else:
            how["stdin"] = stdin
        # Another user may not be able to pass through the folder that the build lies in.
        program = shutil.copy(FOYER, self.path("foyer")) if "user" in how else FOYER
        done = subprocess.run([program, *argv], env=dict(self.env, **(env or {})), cwd=self.dir, capture_output=True, timeout=PATIENCE_S, **how)
        assert done.returncode == status, f"foyer {argv}: {done.returncode}, not {status}\n{done.stdout}\n{done.stderr}"
        done.out, done.err = done.stdout.decode(), done.stderr.decode()
        return done

    def json(self, *argv, **how):
        out = self.run("--json", *argv, **how).stdout
        assert out.endswith(b"\n") and out.count(b"\n") == 1, out
        return json.loads(out)

    def start(self):
        log = open(self.path("foyerd.log"), "ab")
        self.daemon = subprocess.Popen([os.path.join(self.bin, "foyerd"), "-f"], env=self.env, stdout=log, stderr=log,
                                       stdin=subprocess.DEVNULL)
        log.close()
        wait_for("foyerd", lambda: self.listens("run/api.sock") and self.listens("run/kiosk/lobby.sock"))

    def listens(self, below):
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(self.path(below)) == 0

    def stop(self):
        self.daemon.terminate()
        assert self.daemon.wait(PATIENCE_S) == 0
        self.daemon = None

    def end(self):
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        shutil.rmtree(self.dir)

    def kiosk(self, method, target, body=None):
        c = Unix(self.path("run/kiosk/lobby.sock"))
        c.request(method, target, None if body is None else json.dumps(body).encode(),
                  {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())})
        answer = c.getresponse()
        text = answer.read()
        c.close()
        return answer.status, json.loads(text)

    def on_terminal(self, *argv, types=(), size=(24, 80), env=None):
        """foyer on a pseudo-terminal; types: (prompt to wait for, what is typed then)."""
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(self.dir)
            os.execve(FOYER, [FOYER, *argv], dict(self.env, **(env or {})))
        import fcntl
        import struct
        import termios
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        out, types, end = b"", list(types), time.monotonic() + PATIENCE_S
        while True:
            if not select.select([master], [], [], max(0, end - time.monotonic()))[0]:
                os.kill(pid, signal.SIGKILL)
                raise TimeoutError(f"foyer {argv}: so far {out!r}")
            try:
                piece = os.read(master, 65536)
            except OSError:
                piece = b""
            if not piece:
                break
            out += piece
            if types and types[0][0].encode() in out:
                os.write(master, types.pop(0)[1].encode())
        os.close(master)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return status, out.decode().replace("\r\n", "\n")


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House()
        try:
            cls.house.run("init", status=NO)  # a demo's configuration says so
            made = cls.house.run("init", "--demo").out
            assert "made" in made
            cls.house.run("init", "--demo", status=NO)
            cls.house.start()
            hosts = cls.house.write("hosts.csv", HOSTS)
            cls.house.run("host", "import", hosts, "--yes")
        except BaseException:
            cls.house.end()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.house.end()

    def clean(self, text):
        for c in text:
            self.assertFalse(c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co"), f"{c!r} in {text!r}")

    def invite(self, name, *more):
        return self.house.json("invite", "--host", "aroth", "--name", name, "--until", "+3h", *more)

    def inside(self, name):
        made = self.invite(name)
        self.house.run("visit", "checkin", made["number"])
        return made["number"]

    def test_who_and_what(self):
        me = self.house.json("whoami")
        self.assertTrue(me["demo"])
        self.assertIn("manager", me["roles"])
        self.assertIn(ZONE, self.house.run("whoami").out)
        types = self.house.run("types").out
        self.assertRegex(types, r"(?m)^contractor +5 d +yes +desk +contractor +work\*, phone\*")
        self.assertEqual([t["name"] for t in self.house.json("types")["items"]], ["guest", "contractor", "interview", "delivery"])

    def test_usage(self):
        done = self.house.run(status=USAGE)
        self.assertEqual(done.out, "")
        self.assertIn("visit checkout", done.err)
        self.assertIn("visit checkout", self.house.run("--help").out)

    def test_doctor(self):
        done = self.house.run("doctor")
        self.clean(done.out)
        self.assertRegex(done.out, r"(?m)^ok    foyerd: answers on ")
        self.assertRegex(done.out, r"(?m)^ok    printer lobby: idle$")
        self.assertRegex(done.out, r"(?m)^warn  backup: .*\n      → foyer backup|(?m:^ok    backup)")
        checks = self.house.json("doctor")["checks"]
        self.assertIn("terminal", [c["name"] for c in checks])
        self.house.run("doctor", status=NO, env={"LC_ALL": "C"})
        self.house.run("doctor", status=NO, env={"TERM": "no-such-terminal"})

    def test_invite_shows_and_keeps_the_code(self):
        done = self.house.run("invite", "--host", "ssato", "--name", "Zoë Müller", "--company", "Brückner & Söhne", "--until", "+3h",
                              "--field", "phone=+49 170 1234567", "--png", "zoe.png")
        self.assertRegex(done.out, r"(?m)^  code +[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")
        self.assertIn("host          佐藤 さくら", done.out)
        self.assertIn("mail          none", done.out)
        self.clean(done.out)
        png = self.house.path("zoe.png")
        self.assertEqual(stat.S_IMODE(os.stat(png).st_mode), 0o600)
        with open(png, "rb") as f:
            self.assertEqual(f.read(8), b"\x89PNG\r\n\x1a\n")
        self.house.run("invite", "--host", "ssato", "--name", "X", "--png", "zoe.png", status=NO)
        item = self.house.json("invite", "--list")["items"][0]
        self.assertEqual(item["name"], "Zoë Müller")
        self.assertNotIn("code", item)
        shown = self.house.run("invite", "--show", item["id"]).out
        self.assertRegex(shown, r"code +[0-9A-Z]{4}-")
        code = self.house.json("invite", "--show", item["id"])["code"]
        status, seen = self.house.kiosk("POST", "/v1/scan", {"text": code, "source": "typed", "flow": str(uuid.uuid4())})
        self.assertEqual((status, seen["name"]), (200, "Zoë Müller"))
        self.assertEqual(self.house.json("invite", "--show", item["number"])["id"], item["id"])
        self.assertIn("taken back", self.house.run("invite", "--cancel", item["number"], "--reason", "ill").out)
        self.house.run("invite", "--cancel", item["id"], status=NO)
        self.assertNotIn("code ", self.house.run("invite", "--show", item["id"]).out)
        self.assertNotIn(item["id"], self.house.run("invite", "--list").out)
        self.assertIn(item["id"], self.house.run("invite", "--list", "--all").out)

    def test_invite_times(self):
        made = self.invite("Timo", "--from", "tomorrow 09:00", "--until", "11:30")
        self.assertEqual(made["until_ms"] - made["from_ms"], 150 * 60000)
        done = self.house.run("invite", "--host", "aroth", "--name", "T", "--until", "soon", status=USAGE)
        self.assertIn("--until: no time; allowed are", done.err)
        done = self.house.run("invite", "--host", "aroth", "--name", "T", "--until", "+20h", status=USAGE)
        self.assertIn("--until: is beyond the longest stay", done.err)
        self.house.run("invite", "--host", "nobody", "--name", "T", status=USAGE)
        self.house.run("invite", "--host", "aroth", "--name", "T", "--type", "nope", status=USAGE)
        self.house.run("invite", "--host", "aroth", "--name", "T", "--field", "nope=1", status=USAGE)

    def test_hostile_names(self):
        for typed, kept in HOSTILE:
            with self.subTest(typed=typed):
                made = self.invite(typed, "--company", typed)
                self.assertEqual(made["name"], kept)
                number = made["number"]
                for argv in (["visits"], ["visit", "show", number], ["invite", "--list"], ["journal", "show", "--limit", "500"]):
                    self.clean(self.house.run(*argv).out)
                    json.loads(self.house.run(*argv, "--json").out)
                    for out in (self.house.run(*argv, env={"COLUMNS": "60"}).out,):
                        self.clean(out)
                self.assertIn(kept, self.house.run("visit", "show", number).out)
                self.house.run("visit", "cancel", number, "--reason", typed)
        for bad in ("x" * 10000, "", " ", "\u202e", b"\xff\xfe", b"\xed\xa0\x80"):
            done = self.house.run("invite", "--host", "aroth", "--name", bad, "--no-qr", status=USAGE)
            self.clean(done.err)
        for odd in ("x" * 10000, "\x1b[2J", "../me", "%", "1;2", "0"):
            self.assertIn(self.house.run("visit", "show", odd, status=USAGE if len(odd) > 9000 else NO).returncode, (NO, USAGE))
        self.house.run("visit", "show", "", status=USAGE)
        self.house.run("visits", "x" * 10000, status=USAGE)
        self.house.run("host", "set", "näme\x1b", "--name", "X", status=USAGE)

    def test_a_table_fits_its_terminal(self):
        for name in ("Maximiliane Alexandra Freifrau von und zu Hohenstein-Langenfeld", "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末"):
            self.invite(name, "--company", "Société Générale d’Architecture et d’Urbanisme")
        for width in (40, 60, 80, 132):
            for argv in (["visits"], ["host", "list"], ["types"]):
                for line in self.house.run(*argv, env={"COLUMNS": str(width)}).out.splitlines():
                    self.assertLessEqual(columns(line), width, line)
        self.assertIn("Hohenstein-Langenfeld", self.house.run("visits").out)  # a pipe is never cut
        status, out = self.house.on_terminal("visits", size=(24, 80))
        self.assertEqual(status, OK)
        self.assertIn("\x1b[1m", out)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
        self.clean(plain)
        status, out = self.house.on_terminal("visits", env={"NO_COLOR": "1"})
        self.clean(out)

    def test_the_code_on_a_terminal(self):
        status, out = self.house.on_terminal("invite", "--host", "aroth", "--name", "Tara", "--until", "+1h", "--png", "tara.png", size=(50, 100))
        self.assertEqual(status, OK)
        self.assertIn("\u2580", out)
        status, out = self.house.on_terminal("invite", "--host", "aroth", "--name", "Tara", "--until", "+1h", "--no-qr", size=(50, 100))
        self.assertNotIn("\u2580", out)
        status, out = self.house.on_terminal("visits", "--json")
        self.assertTrue(out.isascii())
        status, out = self.house.on_terminal("export", "hosts")
        self.assertTrue(out.isascii())
        self.assertIn("\\u4F50", out)

    def test_visits_and_what_is_done_to_them(self):
        number = self.inside("Victor Visitor")
        self.assertRegex(self.house.run("visits", "--inside").out, rf"(?m)^{number}  Victor Visitor")
        self.assertRegex(self.house.run("visits", "--inside").out.splitlines()[-1], r"^\d+ inside, 20\d\d-")
        done = self.house.run("visit", "checkin", number, status=NO)
        self.assertIn("already-inside", done.err)
        self.assertEqual(self.house.json("visit", "checkin", number, status=NO)["error"], "already-inside")
        until = self.house.json("visit", "show", number)["until_ms"]
        self.assertEqual(self.house.json("visit", "extend", number, "--until", "+30m")["until_ms"], until + 30 * 60000)
        self.house.run("visit", "extend", number, "--until", "+30d", status=NO)
        self.assertIn("out,", self.house.run("visit", "checkout", number.lstrip("0"), "--coming-back").out)
        self.assertNotIn(number, self.house.run("visits", "--inside").out)
        self.house.run("visit", "checkin", number)
        self.assertIn("ended,", self.house.run("visit", "checkout", number, "--reason", "walked out").out)
        self.house.run("visit", "approve", number, status=NO)
        self.house.run("visit", "cancel", "999999999", "--reason", "x", status=NO)
        shown = self.house.run("visit", "show", number).out
        self.assertEqual(shown.count("  desk"), 4)
        self.assertIn(number, self.house.run("visits", "victor").out)
        self.assertIn(number, self.house.run("visits", "--today", "--state", "ended").out)
        self.assertEqual(self.house.run("visits", "nobodylikethat").out, "")
        self.house.run("visits", "--inside", "--expected", status=USAGE)
        number = self.inside("Clara Called Off")
        out = self.house.run("visit", "cancel", number, "--reason", "fire drill").out
        self.assertEqual(out, f"{number} Clara Called Off: called off; the visitor must be seen out (foyer waiting).\n")
        self.assertIn(f"{number} Clara Called Off must be seen out", self.house.run("waiting").out)
        self.assertIn("  The visitor must be seen out: the permission was taken back\n", self.house.run("visit", "show", number).out)
        whole = [v["number"] for v in self.house.json("visits")["items"]]
        self.assertEqual([v["number"] for v in self.house.json("visits", "--limit", "2")["items"]], whole[:2])
        for begins in ("+2h", "+3h", "+1h"):
            self.invite("Ordered", "--from", begins, "--until", "+1h")
        whole = self.house.json("visits", "--expected")["items"]
        self.assertEqual([v["from_ms"] for v in whole], sorted(v["from_ms"] for v in whole))
        first = self.house.json("visits", "--expected", "--limit", "1")["items"]
        self.assertEqual([v["number"] for v in first], [whole[0]["number"]])
        self.assertIn("There are more than 1", self.house.run("visits", "--expected", "--limit", "1").err)

    def walk_in(self, name, agrees):
        host = self.house.json("host", "list", "roth")["items"][0]["id"]
        status, text = self.house.kiosk("GET", "/v1/agreements/visitor?lang=en")
        self.assertEqual(status, 200, text)
        status, answer = self.house.kiosk("POST", "/v1/checkins", {
            "flow": str(uuid.uuid4()), "lang": "en", "walk_in": {"type": "guest", "name": name, "company": "", "host": host, "fields": {}},
            "agreement": {"name": "visitor", "version": text["version"], "lang": "en", "accepted": agrees}})
        self.assertEqual(status, 201, answer)
        return answer["number"]

    def test_a_walk_in_waits_for_a_yes(self):
        number = self.walk_in("Wanda Walk-in", True)
        self.assertRegex(self.house.run("visits", "--inside").out, rf"(?m)^{number} .* escort$")
        out = self.house.run("waiting").out
        self.assertIn(f"{number} Wanda Walk-in is not announced: somebody must say yes", out)
        item = [w for w in self.house.json("waiting")["items"] if w["number"] == number][0]
        self.assertIn("taken ", self.house.run("waiting", "take", item["id"]).out)
        self.assertRegex(self.house.run("visit", "approve", number).out,
                         r"inside, until (\d{4}-\d\d-\d\d )?\d\d:\d\d\.\nA new badge is printing; take the ESCORT one back\.\n$")
        self.assertIn(f"authorised by {self.house.json('whoami')['user']}\n", self.house.run("visit", "show", number).out)
        self.assertRegex(self.house.run("visits", "--inside").out, rf"(?m)^{number} .*\d$")
        self.assertNotIn(number, self.house.run("waiting").out)
        self.assertIn(number, self.house.run("waiting", "--all").out)
        self.house.run("visit", "approve", number, status=NO)
        number = self.walk_in("Wilma Walk-in", False)
        self.assertIn("agreement     not signed (visitor)\n", self.house.run("visit", "show", number).out)
        self.assertIn("The agreement was not signed: visitor.\n", self.house.run("visit", "approve", number).out)
        number = self.walk_in("Walter Walk-in", False)
        self.assertIn(number, self.house.run("visits", "--waiting").out)
        self.assertIn("does not agree", self.house.run("waiting").out)
        self.assertIn("refused,", self.house.run("visit", "refuse", number, "--reason", "not today").out)
        self.house.kiosk("POST", "/v1/waiting", {"flow": str(uuid.uuid4()), "reason": "help", "screen": "host"})
        item = [w for w in self.house.json("waiting")["items"] if w["reason"] == "help"][0]
        self.assertIn("Somebody asks for help", self.house.run("waiting").out)
        self.house.run("waiting", "resolve", item["id"], status=USAGE)
        self.assertIn("shown the way", self.house.run("waiting", "resolve", item["id"], "--reason", "shown the way").out)
        self.house.run("waiting", "resolve", item["id"], "--reason", "again", status=NO)
        self.house.run("waiting", "take", str(uuid.uuid4()), status=NO)
        self.house.run("waiting", "take", "nonsense", status=NO)

    def job(self, number, **what):
        jobs = self.house.json("jobs", "--all")["items"]
        return next((j for j in jobs if j["visit_number"] == number and all(j[k] == v for k, v in what.items())), None)

    def test_jobs(self):
        number = self.inside("Paula Printed")
        wait_for("a badge", lambda: self.house.json("visit", "show", number)["badge"] == "printed")
        with open(self.house.path("empty"), "w", encoding="utf-8"):
            pass
        try:
            number = self.inside("Petra Pending")
            job = wait_for("trouble", lambda: self.job(number, kind="print", state="waiting"))
            out = self.house.run("jobs").out
            self.assertRegex(out, rf"print to print:lobby, visit {number}: will try again( at \d\d:\d\d)?\n  since +\S+ \S+, \d+ attempts?\n"
                                  rf"  because +media-empty: out of labels\n  remedy +put some in\n  id +{job['id']}")
            self.house.run("jobs", "hold", job["id"], status=USAGE)
            self.assertIn("held", self.house.run("jobs", "hold", job["id"], "--reason", "lunch").out)
            self.assertIn("print to print:lobby", self.house.run("jobs", "retry", job["id"]).out)
            wait_for("waiting again", lambda: self.job(number, kind="print", state="waiting"))
            self.assertIn("dropped", self.house.run("jobs", "drop", job["id"], "--reason", "gave a paper badge").out)
            self.house.run("jobs", "drop", job["id"], "--reason", "twice", status=NO)
            self.house.run("jobs", "retry", str(uuid.uuid4()), status=NO)
        finally:
            os.unlink(self.house.path("empty"))
        self.house.run("visit", "reprint", number)
        wait_for("a reprint", lambda: self.house.json("visit", "show", number)["badge"] == "printed")
        self.assertIn(f"{number}-2", self.house.run("visit", "show", number).out)

    def test_hosts(self):
        out = self.house.run("host", "list").out
        self.assertIn('Baker, "Jim"', out)
        self.house.run("host", "set", "nora", "--name", "Nora \x1b[2JNeu", "--mail", "nora@example.org", "--lang", "de")
        self.assertEqual(self.house.json("host", "list", "nora")["items"][0]["name"], "Nora [2JNeu")
        out = self.house.run("host", "set", "nora", "--away", "now..tomorrow", "--deputy", "aroth").out
        self.assertRegex(out, r"until 20\d\d-\d\d-\d\d 23:59")
        self.house.run("host", "set", "nora", "--deputy", "nobody", status=USAGE)
        self.house.run("host", "set", "nora", "--mail", "no address", status=USAGE)
        self.house.run("host", "set", "nora", "--back", "--left", "--deputy", "")
        self.assertNotIn("nora", self.house.run("host", "list").out)
        self.assertIn("nora", self.house.run("host", "list", "--left").out)
        self.house.run("host", "set", "nora", "--here")
        self.house.run("host", "set", "nora", "--left")

    def test_import_asks(self):
        csv = self.house.write("more.csv", HOSTS + "karl,Karl Neu,karl@example.org,,,de,\n")
        self.assertIn("nothing was changed", self.house.run("host", "import", csv, status=NO).err)
        status, out = self.house.on_terminal("host", "import", csv, types=[("Add and change these hosts? [y/N]", "n\n")])
        self.assertEqual(status, NO)
        self.assertEqual(self.house.json("host", "list", "karl")["items"], [])
        status, out = self.house.on_terminal("host", "import", csv, types=[("these hosts? [y/N]", "y\n")])
        self.assertEqual(status, OK, out)
        self.assertEqual(len(self.house.json("host", "list", "karl")["items"]), 1)
        fewer = self.house.write("fewer.csv", HOSTS)
        status, out = self.house.on_terminal("host", "import", fewer, types=[("does not name? [y/N]", "n\n")])
        self.assertEqual(len(self.house.json("host", "list", "karl")["items"]), 1)
        self.house.run("host", "import", fewer, "--yes")
        self.assertEqual(len(self.house.json("host", "list", "karl")["items"]), 1)
        status, out = self.house.on_terminal("host", "import", fewer, types=[("does not name? [y/N]", "y\n")])
        self.assertIn("1 marked as left", out)
        self.assertEqual(self.house.json("host", "list", "karl")["items"], [])
        done = self.house.run("host", "import", "-", "--yes", stdin=b"uid,name\nx\n", status=NO)
        self.assertIn("line 2", done.out)
        self.house.run("host", "import", "-", "--yes", stdin=b"uid,name\nx,M\xfcller\n", status=USAGE)
        self.house.run("host", "import", "-", "--yes", stdin=b"nonsense", status=USAGE)
        self.house.run("host", "import", "-", "--yes", stdin=b"", status=USAGE)
        # As much as foyerd takes at once.
        many = "uid,name,mail,department\n" + "".join(f"u{i},Person {i},u{i}@example.org,{'D' * 60}\n" for i in range(9000))
        plan = self.house.json("host", "import", "-", stdin=many.encode(), status=NO)
        self.assertEqual(plan["counts"]["add"], 9000)
        self.assertFalse(plan["applied"])

    def test_journal_and_export(self):
        self.inside("Jonas Journal")
        self.assertIn("The journal holds: ", self.house.run("journal", "verify").out)
        self.assertTrue(self.house.json("journal", "verify")["ok"])
        self.assertRegex(self.house.run("journal", "show", "--limit", "100").out, rf"(?m)visit\.[a-z-]+ +{self.house.json('whoami')['user']} ")
        rows = self.house.json("journal", "show", "--after", "2", "--limit", "3")["items"]
        self.assertEqual([r["seq"] for r in rows], [3, 4, 5])
        self.assertRegex(self.house.run("journal", "show", "--limit", "1").out, r"(?m)^1 +20\d\d-\d\d-\d\d \d\d:\d\d +book\.init")
        lines = self.house.run("export", "visits").out.splitlines()
        self.assertIn("Jonas Journal", [json.loads(line)["name"] for line in lines])
        self.house.run("export", "person", "Jonas Journal", "-o", "jonas.ndjson")
        file = self.house.path("jonas.ndjson")
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        with open(file, encoding="utf-8") as f:
            self.assertTrue(all("table" in json.loads(line) for line in f))
        self.house.run("export", "person", "Jonas Journal", "-o", "jonas.ndjson", status=NO)
        self.house.run("export", "person", "Jonas Journal", "-o", "jonas.ndjson", "-f")
        self.house.run("export", "person", status=USAGE)
        self.house.run("export", "everything", status=USAGE)
        self.house.run("export", "visits", "-o", "nowhere/file", status=NO)
        self.assertEqual(self.house.run("export", "visits", "--until", "2020-01-01").out, "")

    def test_names_leave_the_process_list(self):
        process = subprocess.Popen([FOYER, "host", "import", "-", "--yes"], env=self.house.env, stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            def wiped():
                with open(f"/proc/{process.pid}/cmdline", "rb") as f:
                    words = f.read()
                return words.startswith(os.fsencode(FOYER)) and b"import" not in words
            wait_for("an empty command line", wiped)
        finally:
            process.stdin.close()
            process.wait(PATIENCE_S)

    def test_a_full_disk_is_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([FOYER, "types"], env=self.house.env, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, NO)
        self.assertIn(b"standard output", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "another user is needed")
    def test_another_user_has_no_role(self):
        done = self.house.run("whoami", status=DENIED, user=65534, group=65534, extra_groups=[])
        self.assertIn("may not talk to foyerd", done.err)
        api = self.house.path("run/api.sock")
        os.chmod(api, 0o666)
        try:
            done = self.house.run("whoami", status=DENIED, user=65534, group=65534, extra_groups=[])
            self.house.run("doctor", status=DENIED, user=65534, group=65534, extra_groups=[])
            self.clean(done.err)
        finally:
            os.chmod(api, 0o660)

    def test_socket_of_the_command_line(self):
        nowhere = self.house.path("nowhere.sock")
        self.house.run("-s", nowhere, "whoami", status=UNREACHABLE)
        self.house.run("whoami", "--socket", nowhere, status=UNREACHABLE)
        self.house.run("whoami", status=UNREACHABLE, env={"FOYER_SOCKET": nowhere})
        self.house.run("-s", self.house.path("run/api.sock"), "whoami", env={"FOYER_SOCKET": nowhere})
        self.house.run("-c", nowhere, "whoami", status=USAGE)
        self.house.run("-s", "x" * 200, "whoami", status=UNREACHABLE)


class Backups(unittest.TestCase):
    """A house that is stopped, copied and put back."""

    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.end)
        self.house.run("init", "--demo")

    def test_there_and_back(self):
        house = self.house
        house.start()
        house.run("host", "set", "aroth", "--name", "Anna Roth")
        house.run("invite", "--host", "aroth", "--name", "Before", "--until", "+3h", "--no-qr")
        made = house.json("backup")
        self.assertEqual(os.stat(made["file"]).st_size, made["bytes"])
        self.assertIn("leave FILE out", house.run("backup", "copy.book", status=USAGE).err)
        house.run("invite", "--host", "aroth", "--name", "After", "--until", "+3h", "--no-qr")
        self.assertIn("stop it first", house.run("restore", made["file"], status=NO).err)
        house.stop()
        house.run("visits", status=UNREACHABLE)
        done = house.run("doctor", status=NO)
        self.assertRegex(done.out, r"(?m)^fail  foyerd: it does not answer on .*\n      → systemctl start foyerd")
        self.assertRegex(done.out, r"(?m)^ok    configuration: ")
        self.assertRegex(done.out, r"(?m)^ok    keys: 3 in ")
        self.assertIn("say which FILE", house.run("backup", status=USAGE).err)
        self.assertIn("SHA-256", house.run("backup", "offline.book").out)
        house.run("backup", "offline.book", status=NO)
        house.run("restore", "nothing.book", status=NO)
        house.run("restore", made["file"])
        house.start()
        self.assertEqual([v["name"] for v in house.json("visits")["items"]], ["Before"])
        self.assertTrue(house.json("journal", "verify")["ok"])

    def test_a_foyerd_that_hangs_shows(self):
        house = self.house
        house.start()
        os.kill(house.daemon.pid, signal.SIGSTOP)
        try:
            done = house.run("doctor", status=NO)  # in PATIENCE_S
        finally:
            os.kill(house.daemon.pid, signal.SIGCONT)
        self.assertRegex(done.out, r"(?m)^fail  foyerd: it does not answer in time on .*\n      → systemctl restart foyerd")
        self.assertRegex(done.out, r"(?m)^ok    configuration: ")
        self.assertEqual(done.err, "")

    def test_a_broken_key_mode_shows(self):
        os.chmod(self.house.path("state/keys/pass-001.key"), 0o644)
        out = self.house.run("doctor", status=NO).out
        self.assertIn("fail  keys: ", out)
        self.assertIn("chmod 0400", out)


if __name__ == "__main__":
    unittest.main()
