#!/usr/bin/python3
"""What lies about: the classes of the study of visitor management systems of 2019 (CVE-2018-17482 to 17502) that need no kiosk, tried on an
installation as it is meant to be, by every user that has no business there. Those at the kiosk: nobody_kiosk.py; logs: nobody_canaries.py.
"""
import glob
import json
import math
import os
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
import users  # noqa: E402
from daemon_api import BUILD, House, wait_for  # noqa: E402
from nobody_roles import PEOPLE, Installed, operations  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
# Who has no business in the folders of foyerd; the last three reach what they must by their one socket or their first line.
STRANGERS = ["nobody", "outsider", "fdesk", "foyer-kiosk", "foyer-print", "foyer-notify"]
PROGRAMS = ["foyer", "foyerd", "foyer-kiosk", "foyer-camera", "foyer-print", "foyer-access", "foyer-notify"]


def magic(path, n=16):
    with open(path, "rb") as f:
        return f.read(n)


class Fresh(unittest.TestCase):
    """Right after `foyerd --init`."""

    def setUp(self):
        self.house = Installed()
        self.addCleanup(self.house.remove)

    def test_CVE_2018_17484_no_sample_data(self):
        """No book comes with foyer, and a new one names nobody."""
        programs = [os.path.join(BUILD, name) for name in os.listdir(BUILD) if name.startswith("foyer")]
        shipped = [p for p in users.walk(os.path.join(BUILD, "share"), os.path.join(ROOT, "etc")) + programs if os.path.isfile(p)]
        self.assertGreater(len(shipped), 60)
        for path in shipped:
            self.assertNotEqual(magic(path), b"SQLite format 3\0", path)
            self.assertNotRegex(path, r"\.(book|db|sqlite|mdb|key|pem|p12|csv)$")
        self.house.command("--init")
        book = sqlite3.connect(f"file:{self.house.dir}/state/book?mode=ro", uri=True)
        self.addCleanup(book.close)
        rows = {t: book.execute(f"SELECT count(*) FROM {t}").fetchone()[0]
                for t, in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
        self.assertIn("visitor", rows)
        self.assertEqual({t for t, n in rows.items() if n}, {"meta", "journal"})

    def test_CVE_2018_17484_the_demo_is_no_house(self):
        """A book that the demo made, in which whoever ran it was everybody, is not taken over; nor the other way round."""
        demo = House()
        self.addCleanup(demo.remove)
        demo.command("--init", "--demo")
        with open(demo.conf, "r+", encoding="utf-8") as f:
            text = f.read().replace('demo = "yes"', "")
            f.seek(0)
            f.truncate()
            f.write(text)
        for path in users.walk(demo.dir + "/state"):
            os.chown(path, users.SERVICES["foyer"], users.SERVICES["foyer"])
        done = demo.command("-f", ok=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("made by the demo", done.stderr)
        self.house.command("--init")
        backup = os.path.join(demo.dir, "demo.book")
        shutil.copy(demo.dir + "/state/book", backup)
        done = self.house.command("--restore", backup, ok=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("made by the demo", done.stderr)

    def test_CVE_2018_17485_17492_17497_no_default_account(self):
        """Whoever one is, as shipped one is nobody; there is no password that could be a known one."""
        self.house.write_conf("")
        self.house.command("--init")
        self.house.process = subprocess.Popen([os.path.join(self.house.bin, "foyerd"), "-c", self.house.conf, "-f"], stderr=subprocess.DEVNULL)
        wait_for("the sockets", lambda: os.path.exists(self.house.path("lobby")))
        for name in (None, "nobody", *PEOPLE, *users.SERVICES):
            person = users.Person(name)
            self.addCleanup(person.end)
            for op, (method, path, _) in operations().items():
                url = re.sub(r"\{\w+\}", str(uuid.uuid4()), path)
                headers = ["Authorization: Basic YWRtaW46YWRtaW4=", "Cookie: user=admin; password=admin", "X-Api-Key: admin"]
                status, answer = person.ask(self.house.path(), method, url, {}, headers=headers)
                self.assertIn(status, (0, 403), (name, op, answer))
        with open(os.path.join(ROOT, "etc/foyer.conf"), encoding="utf-8") as f:
            self.assertNotRegex(re.sub("#.*", "", f.read()).replace("secret-file", ""), r"(?i)passw|pin\b|secret|token|api-?key")


    def test_no_memory_image_after_becoming_foyer(self):
        """The kernel takes PR_SET_DUMPABLE back when a program becomes another user (prctl(2)): every mode that opens the book says it again."""
        trace = os.path.join(self.house.dir, "trace")
        argv = [os.path.join(self.house.bin, "foyerd"), "-c", self.house.conf]
        modes = [["--init"], ["--verify"], ["--backup", self.house.dir + "/backups/x.book"], ["-f"]]
        for mode in modes:
            with self.subTest(mode=mode):
                child = subprocess.Popen(["strace", "-D", "-f", "-qq", "-e", "trace=prctl,setresuid", "-o", trace, *argv, *mode],
                                         stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
                if mode == ["-f"]:
                    wait_for("the sockets", lambda: os.path.exists(self.house.path("lobby")))
                    child.terminate()
                self.assertEqual(child.wait(30), 0)
                wait_for("strace", lambda: os.path.exists(trace))
                with open(trace, encoding="utf-8") as f:
                    said = [line.split(None, 1)[1] for line in f if line.split(None, 1)[0] == str(child.pid)]
                became = max(i for i, line in enumerate(said) if line.startswith("setresuid") and line.rstrip().endswith("= 0"))
                self.assertIn("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)", "".join(said[became:]))
                os.unlink(trace)


class Files(unittest.TestCase):
    """A house that has been used: invitations, a visit, a backup, an export, a broken start."""

    @classmethod
    def setUpClass(cls):
        cls.house = Installed()
        cls.addClassCleanup(cls.house.remove)
        os.chmod(cls.house.bin, 0o755)  # as a package has it
        for kind in ("print", "notify"):
            cls.house.program(f"foyer-{kind}", QUIET)
        cls.house.command("--init")
        cls.house.start()
        cls.manager, cls.kiosk = users.Person("fmanager"), users.Person("foyer-kiosk")
        for person in (cls.manager, cls.kiosk):
            cls.addClassCleanup(person.end)
        cls.good(cls.manager, "PUT", "/v1/hosts/fhost", {"name": "Heidi Host", "mail": "heidi@example.org", "phone": "+49 30 5550199"})
        made = cls.invite()
        version = cls.good(cls.kiosk, "GET", "/v1/agreements/contractor?lang=en")["version"]
        cls.good(cls.kiosk, "POST", "/v1/checkins", {"lang": "en", "pass": made["pass"], "agreement": {
            "name": "contractor", "version": version, "lang": "en", "accepted": True}})
        cls.backup = cls.good(cls.manager, "POST", "/v1/backups", {})["file"]
        cls.strangers = {name: users.Person(name) for name in STRANGERS}
        for person in cls.strangers.values():
            cls.addClassCleanup(person.end)

    @classmethod
    def good(cls, person, method, url, body=None):
        path = cls.house.path("lobby" if person is cls.kiosk else None)
        status, text = person.ask(path, method, url, body)
        assert 200 <= status < 300, (url, status, text)
        return users.json_of(text)

    @classmethod
    def invite(cls):
        return cls.good(cls.manager, "POST", "/v1/invitations", {
            "name": "Rita Readable", "company": "Readable Ltd", "type": "contractor", "host": "fhost", "mail": "rita@example.org",
            "fields": {"phone": "+49 171 5550188", "work": "lift", "permit": "D123456789"}, "until_ms": int(time.time() * 1000) + 3600000})

    def test_CVE_2018_17502_17489_contacts_and_numbers_are_not_readable(self):
        """Names, telephone and licence numbers lie in the book, and the book is foyerd's alone, with everything beside it."""
        with open(self.house.dir + "/state/book", "rb") as f, open(self.house.dir + "/state/book-wal", "rb") as wal:
            content = f.read() + wal.read()
        for word in (b"Rita Readable", b"rita@example.org", b"D123456789", b"+49 171 5550188", b"Heidi Host"):
            self.assertIn(word, content)  # it is there to be read
        everything = users.walk(self.house.dir)
        secret = [p for p in everything if p.startswith((self.house.dir + "/state", self.house.dir + "/backups"))]
        self.assertTrue({self.backup, self.house.dir + "/state/book", self.house.dir + "/state/keys/journal.key"} <= set(secret), secret)
        mine = {"foyer-kiosk": [self.house.path("lobby"), self.house.path("gate")], "fdesk": [self.house.path()], "outsider": [self.house.path()]}
        for name, person in self.strangers.items():
            with self.subTest(who=name):
                got = person.call("reads", everything)
                self.assertEqual([p for p in got if p in secret], [])
                self.assertEqual(self.house.conf in got, name in PEOPLE)  # staff, of foyerd's group, may read the policy; it holds no secret
                sockets = [p for p in got if stat.S_ISSOCK(os.lstat(p).st_mode)]
                self.assertEqual(sorted(sockets), sorted(mine.get(name, [])))
                for path in got:
                    if os.path.isfile(path):
                        with open(path, "rb") as f:
                            self.assertNotRegex(f.read(), rb"Rita Readable|rita@example|D123456789|Heidi Host", path)

    def test_detector_reads(self):
        """It sees a file that is readable, and a folder, and a socket."""
        loose = os.path.join(self.house.dir, "loose")
        with open(loose, "w", encoding="utf-8") as f:
            f.write("x")
        os.chmod(loose, 0o666)
        try:
            self.assertEqual(self.strangers["nobody"].call("reads", [loose, self.house.dir]), [loose, self.house.dir])
            self.assertEqual(self.strangers["nobody"].call("writes", [loose, self.house.dir]), [loose])
        finally:
            os.unlink(loose)

    def test_privilege_by_local_files(self):
        """Nothing that foyerd or a courier reads or runs can be changed or put in its way; no program has more rights than who starts it."""
        everything = users.walk(self.house.dir)
        for name, person in self.strangers.items():
            own = [p for p in everything if p.startswith(self.house.run_dir + "/courier/" + name.removeprefix("foyer-"))]
            with self.subTest(who=name):
                writes = [p for p in person.call("writes", everything) if p not in own and not stat.S_ISSOCK(os.lstat(p).st_mode)]
                self.assertEqual(writes, [])
        for program in PROGRAMS:
            path = os.path.join(BUILD, program)
            self.assertEqual(os.stat(path).st_mode & (stat.S_ISUID | stat.S_ISGID), 0)
            self.assertNotIn("security.capability", os.listxattr(path))

    def test_privilege_by_our_own_programs(self):
        """foyerd's other ways to the book are closed to who may not read it: its modes, and a configuration of one's own."""
        own = tempfile.mkdtemp(dir="/tmp")
        self.addCleanup(shutil.rmtree, own)
        os.chmod(own, 0o777)
        mine = os.path.join(own, "foyer.conf")
        with open(self.house.conf, encoding="utf-8") as f, open(mine, "w", encoding="utf-8") as copy:
            copy.write(f.read())
        os.chmod(mine, 0o644)
        for who in ("nobody", "foyer-kiosk", "fdesk"):
            for conf in (self.house.conf, mine):
                for mode in (["--backup", own + "/stolen"], ["--verify"], ["--read", "export"], ["--restore", mine], ["--init"], ["-f"]):
                    with self.subTest(who=who, mode=mode, conf=conf):
                        done = subprocess.run([os.path.join(self.house.bin, "foyerd"), "-c", conf, *mode], input='{"what":"visits"}', text=True,
                                              capture_output=True, timeout=30, user=users.pwd.getpwnam(who).pw_uid,
                                              group=users.pwd.getpwnam(who).pw_gid,
                                              extra_groups=[], check=False)
                        self.assertNotEqual(done.returncode, 0)
                        self.assertNotRegex(done.stdout + done.stderr, "Rita|Heidi|D123456789")
        self.assertEqual(glob.glob(own + "/stolen*"), [])
        self.assertIsNone(self.house.process.poll())

    def test_secrets_at_rest(self):
        """No password is kept, so none can be weak; what there is lies in files that refuse to be used when they are open to others."""
        book = sqlite3.connect(f"file:{self.house.dir}/state/book?mode=ro", uri=True)
        self.addCleanup(book.close)
        self.assertNotRegex("".join(sql or "" for sql, in book.execute("SELECT sql FROM sqlite_master")),
                            r"(?i)passw|\bpin\b|hash_of_pass|secret|login_key")
        keys = self.house.dir + "/state/keys"
        self.assertEqual(stat.S_IMODE(os.stat(keys).st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(self.house.dir + "/state").st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(self.house.dir + "/backups").st_mode), 0o700)
        for path in users.walk(self.house.dir + "/state", self.house.dir + "/backups"):
            mode = stat.S_IMODE(os.stat(path).st_mode)
            if not path.endswith(".pub"):
                self.assertEqual(mode & 0o077, 0, path)
            if path.endswith(".key"):
                self.assertEqual(mode, 0o400, path)
        open_key = next(p for p in users.walk(keys) if p.endswith(".key"))
        self.house.stop()
        try:
            for mode in (0o440, 0o404, 0o600, 0o644):
                os.chmod(open_key, mode)
                done = self.house.command("-f", ok=False)
                self.assertEqual(done.returncode, 1, oct(mode))
                self.assertRegex(done.stderr, "0?400")
        finally:
            os.chmod(open_key, 0o400)
            before = self.house.logged().count("is ready")
            with open(self.house.log, "a", encoding="utf-8") as log:
                type(self).house.process = subprocess.Popen([os.path.join(self.house.bin, "foyerd"), "-c", self.house.conf, "-f"], stderr=log,
                                                            stdin=subprocess.DEVNULL)
            wait_for("the couriers", lambda: self.house.logged().count("is ready") >= before + 2)

    def test_what_a_refusal_tells(self):
        """Whatever goes wrong, a guest and a stranger are told what to do, not how the house is built."""
        # The API's own vocabulary stands in etc/openapi.yaml; a kiosk is no one who could read more into it.
        telling = re.compile(re.escape(self.house.dir) + r"|/(var|etc|usr|run|tmp|home)/|sqlite|SQL|\bSELECT\b|INSERT|constraint|errno|\.c:\d|"
                             r"No such file|Permission denied|0x[0-9a-f]{6}|libmicrohttpd|jansson|foyer\.conf:\d", re.I)
        lobby, flow = self.house.path("lobby"), str(uuid.uuid4())
        asked = [("GET", "/v1/agreements/..%2f..%2fkeys", None), ("GET", "/v1/agreements/nothing", None), ("GET", "/v1/hosts?q=a", None),
                 ("POST", "/v1/scan", {"text": "x" * 600}), ("POST", "/v1/scan", {"txet": "x"}),
                 ("POST", "/v1/scan", {"text": "\x00'"}), ("POST", "/v1/checkins", {"walk_in": {"type": "guest'", "name": "x", "host": flow,
                     "fields": {}}}),
                 ("POST", "/v1/checkins", {"walk_in": {"type": "guest", "name": "x", "host": flow, "fields": {}}}), ("POST", "/v1/signouts",
                     {"pass": 7}),
                 ("POST", "/v1/waiting", {"flow": flow, "reason": "A B"}), ("GET", "/v1/progress/" + "0" * 32, None), ("GET", "/v1/visits", None),
                 ("GET", "/v1/%ff%fe", None), ("POST", "/v1/kiosk/state", {"camera": "x", "screen": "y"})]
        for method, url, body in asked:
            status, text = self.kiosk.ask(lobby, method, url, body)
            self.assertGreaterEqual(status, 400, url)
            self.assertNotRegex(text, telling)
            self.assertEqual(set(json.loads(text)) - {"error", "message"}, set())
        # What the house itself has broken: a text that is gone, a book that cannot be written.
        texts = os.path.join(self.house.dir, "texts")
        os.makedirs(texts, exist_ok=True)
        with open(os.path.join(texts, "en.txt"), "wb") as f:
            f.write(b"\xff no text\n")
        self.house.reload(self.house.more + f'agreement "visitor" {{ dir = "{texts}" valid = "0s" }}\n'
                          f'agreement "contractor" {{ dir = "{texts}-gone" valid = "0s" }}\n')
        for name in ("visitor", "contractor"):
            status, text = self.kiosk.ask(lobby, "GET", f"/v1/agreements/{name}?lang=en")
            self.assertEqual(status, 503)  # not 404: the house is to mend it
            self.assertNotRegex(text, telling)
        self.house.reload(self.house.more)
        itself, pid = users.Person("foyer"), self.house.process.pid
        self.addCleanup(itself.end)
        itself.call("limit", pid, 1)
        try:
            for _ in range(3):
                status, text = self.kiosk.ask(lobby, "POST", "/v1/waiting", {"flow": flow, "reason": "help"})
                self.assertEqual(status, 503)
                self.assertNotRegex(text, telling)
        finally:
            itself.call("limit", pid, resource.RLIM_INFINITY)
        wait_for("the book to be open again", lambda: "the book is open again" in self.house.logged())
        self.assertRegex(self.house.logged(), re.escape(texts))  # who runs the house is told


QUIET = '''#!/usr/bin/python3
import json, sys
sys.stdin.readline()
print(json.dumps({"v": 1, "ready": True}), flush=True)
for line in sys.stdin:
    print(json.dumps({"job": json.loads(line)["job"], "result": "done", "ok": True}), flush=True)
'''


def entropy(text):
    return -sum(n / len(text) * math.log2(n / len(text)) for n in map(text.count, set(text)))


class Programs(unittest.TestCase):
    """CVE-2018-17500: credentials within the program."""
    LOOKS = re.compile(rb"-----BEGIN|AKIA[0-9A-Z]{16}|://[^/\s:]+:[^@/\s%]+@|(?i:passw(?:or)?d|secret|api_?key|token)"
                       rb"(?:[=:][^\s%<>{}()\"'.,;]{6}|\s*[=:]\s*[\"'][^\s\"'%]{4,}[\"'])")
    LONG = re.compile(rb"(?<![\w+/-])(?:[0-9a-fA-F]{32,}|[A-Za-z0-9+/]{40,}={0,2}|[A-Z2-7]{32,})(?![\w+/-])")

    def secrets(self, data):
        found = [m.group() for m in self.LOOKS.finditer(data)]
        # A long word of letters and digits alone, as even as chance makes it; an alphabet in its order is none, nor what C++ and Rust call names.
        return found + [w for w in self.LONG.findall(data) if entropy(w) > 3.4 and re.search(rb"\d", w) and not re.search(rb"0123456789|234567", w)]

    def test_detector(self):
        for planted in (b"-----BEGIN PRIVATE KEY-----", b"password=hunter22", b"secret = \"hunter22\"", b"https://user:pw12@host/",
                        b"9f86d081884c7d659a2feaa0c55ad015",
                        b"Zm95ZXIgcGFzc3dvcmQgaXMgbm90IGhlcmUgYnV0IDEyMzQ1Njc4", b"AKIAIOSFODNN7EXAMPLE"):
            self.assertTrue(self.secrets(b"\0" + planted + b"\0"), planted)

    def test_CVE_2018_17500_no_secret_in_the_programs(self):
        for path in [os.path.join(BUILD, p) for p in PROGRAMS] + [p for p in users.walk(os.path.join(BUILD, "share")) if os.path.isfile(p)]:
            with tempfile.NamedTemporaryFile() as bare:
                # The build's own marks (debug names, the linker's id) are no data of the program.
                if magic(path, 4) == b"\x7fELF":
                    subprocess.run(["objcopy", "--strip-all", "--remove-section=.note.gnu.build-id", path, bare.name], check=True)
                    path = bare.name
                with open(path, "rb") as f:
                    self.assertEqual(self.secrets(f.read()), [], path)

    def test_CVE_2018_17500_every_house_has_keys_of_its_own(self):
        keys = set()
        for _ in range(3):
            house = House()
            self.addCleanup(house.remove)
            house.command("--init", "--demo")
            for path in users.walk(house.dir + "/state/keys"):
                if path.endswith(".key"):
                    with open(path, "rb") as f:
                        keys.add(f.read())
        self.assertEqual(len(keys), 9)


if __name__ == "__main__":
    if users.run(os.path.abspath(__file__), PEOPLE):
        unittest.main(verbosity=2)
