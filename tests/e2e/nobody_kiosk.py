#!/usr/bin/python3
"""What a guest at the kiosk tries: the classes of the study of visitor management systems of 2019 (CVE-2018-17482 to 17502), and what was found in
others since. Everything is real: foyerd, its couriers, a print server with a label printer, doors, a mail server, and the kiosk on a terminal.

The classes that need no kiosk: nobody_house.py; secrets in logs: nobody_canaries.py; keys by the hundred thousand: nobody_keys.py.
"""
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import unittest
import uuid

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
import lobby as lobbies  # noqa: E402
import yaml  # noqa: E402
from keyboard import Sweep  # noqa: E402
from typist import FIRST, SCREENS, Typist, arrow, below  # noqa: E402
from users import exchange, json_of  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
TYPES = '''
type "course" {
	label = "Course"
	walk-in = "yes"
	steps = { "details", "host" }
	badge = "visitor"
	longest-stay = "4h"
	approval = "desk"
	field "day" { label = "Day" kind = "date" }
	field "phone" { label = "Phone" kind = "phone" }
	field "licence" { label = "Licence" }
}
'''
COURSE = "4"  # what it is in the kiosk's list, after guest, contractor and delivery
QUOTES = ["'", '"', "`", "\\", ";", "''", "'\"", "--", "/*", "%", "_", "*", "%s%n", "O'Brien", "a' OR 'a'='a", "'; DROP TABLE visit; --", "\\'; --",
          "$(id)", "`id`", "|id", "{{7*7}}", "<b>", "\x00"]
SQL = ["' OR 1=1 --", "') OR ('1'='1", "1; DROP TABLE visitor; --", "x' UNION SELECT code FROM invitation --", "%", "_%", "*", "NULL",
       "\" OR \"\"=\"",
       "1970-01-01' OR '1'='1", "1970-01-01'; DELETE FROM visit; --", "+49' OR '1'='1", "0); DELETE FROM host; --"]


class Desk(lobbies.Lobby):
    """The lobby, for typists: a kiosk each."""

    def __init__(self):
        super().__init__()
        self.kiosks = [f"k{i}" for i in range(60)]
        self.more = "".join(f'kiosk "{k}" {{ place = "Lobby" printer = "lobby" }}\n' for k in self.kiosks) + TYPES

    def path(self, below_dir):
        return super().path(f"run/kiosk/{below_dir}.sock" if re.fullmatch(r"k\d+", below_dir) else below_dir)

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.path('state/book')}?mode=ro", uri=True)) as book:
            return book.execute(sql).fetchall()

    def digest(self):
        """Everything in the book that no clock and no courier changes by itself."""
        return {t: self.rows(f"SELECT * FROM {t}") for t in ("visitor", "visit", "stay", "invitation", "host", "visit_field", "signature", "waiting")}


def setUpModule():
    Case.desk = Desk()
    unittest.addModuleCleanup(Case.desk.down)
    Case.desk.up()


class Case(unittest.TestCase):
    maxDiff = 2000

    desk = None

    def typist(self, **how):
        typist = Typist(self.desk, **how)
        self.addCleanup(lambda: self.assertEqual(typist.end(), 0))
        return typist

    def guest(self):
        """Who sits on a kiosk's socket and can say what the kiosk never would."""
        path = self.desk.path(self.desk.kiosks.pop(0))

        def ask(method, url, body=None):
            status, text = exchange(path, method, url, body)
            return status, json_of(text), text
        return ask

    def enter(self, name):
        """The invitation of somebody who is inside."""
        made = self.desk.invite(name)
        status, came, _ = self.arrive(self.guest(), made)
        self.assertEqual((status, came["outcome"]), (201, "welcome"))
        return made

    @staticmethod
    def arrive(guest, made):
        version = guest("GET", "/v1/agreements/visitor?lang=en")[1]["version"]
        return guest("POST", "/v1/checkins", {"lang": "en", "pass": made["pass"], "agreement": {
            "name": "visitor", "version": version, "lang": "en", "accepted": True}})

    def same(self, *typists):
        for typist in typists:
            typist.same()
        self.assertIsNone(next(child for name, child in self.desk.running if name == "foyerd").poll())


class Study(unittest.TestCase):
    def test_all_nineteen_are_tried(self):
        """CVE-2018-17482 … 17497, 17499, 17500, 17502, as published on 2019-03-04."""
        tried = set()
        for name in os.listdir(HERE):
            if name.startswith("nobody_"):
                with open(os.path.join(HERE, name), encoding="utf-8") as f:
                    for numbers in re.findall(r"def test_CVE_2018((?:_175?\d+)+)_", f.read()):
                        tried.update(map(int, numbers.strip("_").split("_")))
        self.assertEqual(tried, {*range(17482, 17498), 17499, 17500, 17502})


class Breakout(Case):
    """Out of the program, or beside it."""

    def everywhere(self, typist, keys, at=None):
        """These keys on every screen there is a way to."""
        sweep = Sweep(typist)
        for screen in at or sweep.at_once:
            sweep.burst(screen, keys)
        for screen in ("you", "agreement", "progress"):
            sweep.go(screen, self.desk.invite("Bo Breakout"))
            typist.send(b"".join(keys))
            typist.quiet()
        self.same(typist)
        typist.home()

    def test_CVE_2018_17487_17488_no_print_dialog(self):
        """A badge is printed without a word from the kiosk's own program: it knows no printer, and starts nothing."""
        linked = subprocess.run(["ldd", lobbies.LOBBY.program("foyer-kiosk")], check=True, text=True, stdout=subprocess.PIPE).stdout
        self.assertIn("libncursesw", linked)
        self.assertNotRegex(linked, "cups|gtk|Qt|X11|wayland")
        typist = self.typist()
        sweep, started = Sweep(typist), set()
        made = self.desk.invite("Petra Print")
        sweep.go("progress", made)
        self.assertNotRegex(typist.screen.text(), r"(?i)printer\b|copies|paper size|cancel print|properties")

        def printed():
            started.update(below(typist.pid).values())
            typist.send(b"\x10\x1b[1;5P\x1b[29~")  # Ctrl-P, Ctrl-Print, Menu
            typist.quiet()
            return made["number"] + "-1" in self.desk.labels()
        lobbies.wait_for("the label", printed)
        self.assertEqual(started, {"foyer-kiosk", "foyer-camera"})
        self.everywhere(typist, [b"\x10", b"\x10\r", b"\x1b[1;5P", b"\x1bp", b"\x1b[29~"])

    def test_CVE_2018_17490_17496_no_task_manager(self):
        """Ctrl-Alt-Del, Ctrl-Shift-Esc and their like, as xterm, foot, kitty's protocol and the Linux console say them."""
        keys = [b"\x1b[27;6;27~", b"\x1b[27;6u", b"\x1b[3;7~", b"\x1b[3;7u", b"\x1b[27;7;46~", b"\x1b\x1b[3~", b"\x1b\t", b"\x1b[1;3S",
                b"\x1b\x1bOS", b"\x1b[57444;3u",
                b"\x1b[1;7P", b"\x1b[1;7Q", b"\x1b\x1b[[B", b"\x1b[27;5;92~", b"\x1c", b"\x1a", b"\x19", b"\x1b[57361u", b"\x1b[57362u",
                b"\x1b[5;5~", b"\x1b[P"]
        self.everywhere(self.typist(), keys)
        self.everywhere(self.typist(term="linux"), keys)
        for unit, words in {"foyer-kiosk@.service": ["--lock-vt", "mask ctrl-alt-del.target", "Restart=always", "StandardInput=tty-force"],
                            "foyer-kiosk-cage@.service": ["srvrkeys:none", "mask ctrl-alt-del.target", "Restart=always"],
                            "foot.ini": ["spawn-terminal=none", "unicode-input=none", "show-urls-launch=none"]}.items():
            with open(os.path.join(ROOT, "etc/systemd", unit), encoding="utf-8") as f:
                text = f.read()
            for word in words:
                self.assertIn(word, text, unit)

    def test_CVE_2018_17491_esc_does_not_leave(self):
        """Once, held down, and with anything around it."""
        typist = self.typist()
        self.everywhere(typist, [b"\x1b", b"\x1b" * 60, b"\x1b\x1b", b"\x1b[27u", b"\x1b[27;1u"])
        for _ in range(8):
            typist.send(b"\x1b")
            typist.quiet()
            typist.pump(0.03)  # so that it is Esc and no key's beginning
        typist.expect(FIRST)
        self.same(typist)

    def test_CVE_2018_17493_no_window_button(self):
        """Every cell of every screen is clicked, with every button; the window is made small and large again."""
        typist = self.typist()
        clicks = [b"\x1b[<%d;%d;%dM\x1b[<%d;%d;%dm" % (button, x, y, button, x, y) for y in range(1, 25) for x in range(1, 81, 2)
                  for button in ((0, 1, 2) if y in (1, 23, 24) or x in (1, 79) else (0,))]
        sweep = Sweep(typist)
        for screen, way in sweep.at_once.items():
            typist.home()
            typist.send(way)
            for y in range(0, len(clicks), 200):
                typist.send(b"".join(clicks[y:y + 200]) + b"\x1b\x1b\x1b\x1b" + way)
            typist.quiet()
            self.same(typist)
        self.everywhere(typist, [b"\x1b[23~", b"\x1b[1;3\r", b"\x1b[8;1;1t", b"\x1b[2t", b"\x1b[9;0t"])
        for size in ((1, 1), (300, 100), (80, 24)):
            typist.resize(*size)
            typist.quiet()
            self.same(typist)
        typist.check_in("Wim Window")

    def test_CVE_2018_17494_no_start_menu(self):
        """The Windows and Menu keys, twice."""
        keys = [b"\x1b[57444u" * 2, b"\x1b[57450u" * 2, b"\x1b[57444;9u\x1b[57444;9:3u" * 2, b"\x1b[29~" * 2, b"\x1b[57363u" * 2, b"\x1b@s" * 2,
                b"\x18@s" * 2, b"\x1b[1;9P"]
        self.everywhere(self.typist(), keys)

    def test_CVE_2018_17495_help_is_a_person(self):
        """F1 calls reception and shows a number; there is nothing on it to follow, to type into or to open."""
        typist = self.typist()
        before = len(self.desk.waiting())
        text = typist.act(arrow(typist.term, "P"), "Help is near", re.escape("+49 30 555 0100"))
        self.assertEqual(len(self.desk.waiting()), before + 1)
        self.assertNotRegex(text, r"(?i)https?:|www\.|\.html|\.chm|file:|browse|search|index|contents|print")
        typist.send(b"".join(b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (x, y, x, y) for y in range(3, 22) for x in range(1, 81)))
        typist.send(b"help\r\x1bOP\x1b[28~shell\r!\r:\r")
        typist.quiet()
        self.same(typist)
        typist.check_in("Hal Help")

    def test_no_shell_by_keys(self):
        """What opens a shell, an editor, a pager or a debugger elsewhere."""
        keys = [b"!sh\r", b":!sh\r", b"\x1b!", b"\x1bx", b"\x1b:", b"|sh\r", b"\x1b[24~", b"\x1b[1;2P", b"~.\r", b"\r~.", b"\r~!\r", b"\x1d",
                b"\x1e", b"\x1f", b"\x02:",
                b"\x02c", b"\x01c", b"\x01\x1a", b"\x18\x03", b"\x03" * 20, b"\x1c" * 20, b"\x1a" * 20, b"\x04" * 20, b"q", b"Q", b":q!\r", b"ZZ",
                b"exit\r", b"quit\r", b"logout\r"]
        self.everywhere(self.typist(), keys)

    def test_CVE_2024_37364_a_quote_does_not_end_the_program(self):
        """In every field, in the search, as a code: text, or a polite no."""
        typist = self.typist()
        for quote in QUOTES:
            typed = quote.encode()
            for way in (b"21" + typed + b"\r" + typed + b"\r" + typed + b"\r" + typed + b"\r", b"21Quentin\r\r\r\r" + typed * 3 + b"\r",
                        b"1\r" + typed * 4 + b"\r",
                        typed + b"\r"):
                typist.send(b"\x1b" * 4 + way)
                typist.quiet()
            self.same(typist)
        typist.home()
        typist.act("21Quentin O'Quote\r", "Quentin O'Quote")
        typist.act("\r\r\r", SCREENS["host"])
        typist.act("O'B", "(?s)O'B")
        guest = self.guest()
        for quote in QUOTES:
            flow = str(uuid.uuid4())
            for url in ("/v1/hosts?flow=" + flow + "&q=bak" + "".join(f"%{b:02x}" for b in quote.encode()),
                        "/v1/hosts?flow=" + flow + "&q=" + "".join(f"%{b:02x}" for b in (quote * 3).encode())):
                status, answer, text = guest("GET", url)
                self.assertIn(status, (200, 400, 429), text)
                self.assertLessEqual(len(answer.get("items", [])), 1)
        self.same(typist)
        typist.check_in("Quinn Quote")


class Records(Case):
    """At what the house knows."""

    @classmethod
    def setUpClass(cls):
        for i in range(6):
            cls.desk.invite(f"Zebedee Quorzel{i}", "--company", f"Quorzel Works {i}", "--mail", f"quorzel{i}@visitors.example")
        hosts = "".join(f"host{i},Hedwig Harvest{i},harvest{i}@demo.example,Dept,+49 30 555 9{i:03d},en,\n" for i in range(300))
        with open(cls.desk.path("more.csv"), "w", encoding="utf-8") as f:
            f.write("uid,name,mail,department,phone,lang,deputy\n" + hosts)
        cls.desk.foyer("host", "import", cls.desk.path("more.csv"), "--yes")

    def test_CVE_2018_17482_no_report_for_a_guest(self):
        """No key, no screen and no request of a kiosk shows who else comes; of those who work here a guest finds few, and no address."""
        with open(os.path.join(ROOT, "etc/openapi.yaml"), encoding="utf-8") as f:
            described = yaml.safe_load(f)["paths"]
        guest, ids = self.guest(), [r[0] for r in self.desk.rows("SELECT number FROM visit")] + [str(uuid.UUID(bytes=r[0])) for r in self.desk.rows(
            "SELECT id FROM visit UNION SELECT id FROM visitor UNION SELECT id FROM invitation")]
        for path in described:
            for value in ids if "{" in path else [""]:
                for query in ("", "?limit=200", "?what=visits", "?q=quorzel", "?state=expected", "?q=&limit=200&left=1"):
                    text = guest("GET", re.sub(r"\{\w+\}", str(value), path) + query)[2]
                    self.assertNotIn("quorzel", text.lower(), path)
        typist = self.typist()
        typist.tape = bytearray()
        Breakout.everywhere(self, typist, [arrow(typist.term, way) for way in "PQRSABCD"] + [b"\x1b[15~", b"\x1b[21~", b"\x12", b"\x06", b"r",
            b"report", b"quorzel", b"zebedee"])
        shown = typist.tape.decode(errors="replace")
        self.assertIn("Bo Breakout", shown)
        self.assertNotIn("Quorzel W", shown)
        self.assertNotRegex(shown, r"Zebedee Quorzel|quorzel\d@")

        names, status = set(), 200
        asked = 0
        while status == 200 and asked < 400:
            status, answer, text = guest("GET", f"/v1/hosts?flow={uuid.uuid4()}&q=harvest{asked}")
            asked += 1
            self.assertLessEqual(len(answer.get("items", [])), 5)
            for item in answer.get("items", []):
                self.assertEqual(set(item), {"id", "name", "department"})
                names.add(item["name"])
        self.assertEqual((status, asked), (429, 121))  # the directory is not read out: 120 searches in ten minutes
        self.assertLess(len(names), 300)
        for q in ("%25%25%25", "___", "***", "%20%20%20", "a", "ha", "%2e%2a", "%5b%5d%5b", "har_est"):
            status, answer, _ = self.guest()("GET", f"/v1/hosts?flow={uuid.uuid4()}&q={q}")
            self.assertEqual(answer.get("items", []), [], q)

    def test_CVE_2018_17483_no_licence_number(self):
        """What one visitor gave, the next does not see; who comes with a pass sees the own numbers half covered."""
        guest = self.guest()
        made = self.desk.invite("Lia Licence", "--type", "contractor", "--field", "permit=D1234567890", "--field", "work=lift", "--field",
                                "phone=+49 171 5550188",
                                "--mail", "lia.licence@visitors.example")
        status, answer, text = guest("POST", "/v1/scan", {"text": made["pass"], "source": "wedge"})
        self.assertEqual((status, answer["name"]), (200, "Lia Licence"))
        self.assertTrue({"permit", "phone", "mail"} <= {f["name"] for f in answer["fields"]})
        for plain in ("D1234567890", "5550188", "lia.licence@"):
            self.assertNotIn(plain, text)
        typist = self.typist()
        typist.act("2", "What brings you here")
        typist.act(COURSE, "About you", "Licence")
        typist.act("Max Mustermann\r", "Max Mustermann")
        typist.act("Muster AG\r", "Muster AG")
        typist.act("\r\rX9876543210", "X9876543210")
        typist.home()
        typist.tape = bytearray()
        typist.act("2", "What brings you here")
        typist.act(COURSE, "About you", "Licence")
        typist.quiet()
        for plain in (b"Mustermann", b"Muster AG", b"X9876543210"):
            self.assertNotIn(plain, typist.tape)

    def test_CVE_2018_17486_a_guest_deletes_nobody(self):
        """Neither a visitor nor a host, by no method and by nobody else's number."""
        made = self.enter("Ines Inside")
        (badge,), _ = self.desk.label(made["number"] + "-1")
        guest, before = self.guest(), self.desk.digest()
        visit = self.desk.visit(made["number"])
        ids = [made["number"], str(int(made["number"])), visit["id"], made["id"], "jbaker", "aroth", made["number"] + "-1"]
        for method in ("DELETE", "PUT", "POST", "PATCH"):
            for path in ("visits", "visitors", "hosts", "invitations", "journal", "jobs", "waiting", "backups", "checkins", "signouts"):
                for tail in ("", "/cancel", "/refuse", "/checkout", "/erase", "/resolve", "/drop"):
                    for i in ids[:1] if tail else ids:
                        status = guest(method, f"/v1/{path}/{i}{tail}", {"reason": "x"})[0]
                        self.assertIn(status, (403, 404, 405))
        for text in [*ids, "Ines Inside", badge[:-1], badge[:-1] + ("A" if badge[-1] != "A" else "B")]:
            self.assertIn(guest("POST", "/v1/signouts", {"pass": text})[0], (422, 429))
        self.assertEqual(self.desk.digest(), before)
        self.assertEqual(guest("POST", "/v1/signouts", {"pass": badge})[0], 200)  # the badge itself is the key

    def test_CVE_2018_17489_numbers_that_say_nothing(self):
        """The number on a badge is no key; what is one cannot be told from its neighbour's, and five guesses are all there are."""
        made = [self.desk.invite(f"Nora Number{i}") for i in range(12)]
        codes, passes = [m["code"] for m in made], [m["pass"] for m in made]
        self.assertEqual(len(set(codes)), 12)
        for code in codes:
            self.assertRegex(code, "^[0-9A-HJKMNP-TV-Z]{8}$")
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        values = [sum(digits.index(c) << 5 * (7 - i) for i, c in enumerate(code)) for code in codes]
        self.assertGreater(min(abs(a - b) for a, b in zip(values, values[1:])), 1 << 16)  # 12 at random: one in a million
        self.assertEqual(len({p[20:40] for p in passes}), 12)
        near = [codes[0][:-1] + digits[(digits.index(codes[0][-1]) + step) % 32] for step in (1, 2, 31)]
        guest, other = self.guest(), self.guest()
        answers = [guest("POST", "/v1/scan", {"text": t}) for t in [made[0]["number"], made[0]["number"] + "-1", str(int(made[0]["number"]))]]
        self.assertEqual({(s, a["error"]) for s, a, _ in answers}, {(422, "not-a-pass")})
        answers = [guest("POST", "/v1/scan", {"text": t})[1]["error"] for t in [*near, "ZZZZZZZ1", "ZZZZZZZ2", "ZZZZZZZ3", codes[1]]]
        self.assertEqual(answers, ["unknown-code"] * 5 + ["try-reception"] * 2)  # also the right one: nothing can be learned any more
        self.assertEqual(guest("POST", "/v1/scan", {"text": passes[1]})[0], 200)
        self.assertEqual(other("POST", "/v1/scan", {"text": codes[1]})[0], 200)
        cards = [self.desk.visit(self.enter(f"Nils Number{i}")["number"])["credentials"][0]["card"] for i in range(5)]
        self.assertEqual(len(set(cards)), 5)
        self.assertNotEqual({b - a for a, b in zip(cards, cards[1:])}, {1})  # not one after the other

    def test_CVE_2023_2904_ids_cannot_be_guessed(self):
        """The key to what becomes of a visit is 128 random bits; a visit's id, its neighbours and its number are no keys at all."""
        guest = self.guest()
        tokens = []
        for i in range(4):
            _, came, _ = self.arrive(self.guest(), self.desk.invite(f"Tom Token{i}"))
            tokens.append(came["progress"])
            self.assertRegex(came["progress"], "^[0-9a-f]{32}$")
        self.assertEqual(guest("GET", f"/v1/progress/{tokens[0]}")[0], 200)
        bits = [int(t, 16) for t in tokens]
        self.assertGreater(min(abs(a - b) for a in bits for b in bits if a != b), 1 << 100)
        wrong = [f"{bits[0] + step:032x}" for step in (1, -1, 1 << 64)] + [came["visit"], came["visit"].replace("-", ""), came["number"], "0" * 32,
                                                                           "f" * 32,
                                                                           tokens[0][:-1], tokens[0] + "0", tokens[0].upper() + "x", "%00",
                                                                           tokens[0] + "%00"]
        for token in wrong:
            self.assertEqual(guest("GET", f"/v1/progress/{token}")[0], 404, token)
        name = json.dumps(came)
        self.assertIn("Tom Token", name)
        self.assertNotIn("Tom Token", guest("GET", f"/v1/progress/{tokens[1]}")[2])

    def test_sql_in_search_date_and_phone(self):
        """It is looked for, or refused, as the text that it is."""
        guest, host = self.guest(), None
        host = guest("GET", f"/v1/hosts?flow={uuid.uuid4()}&q=baker")[1]["items"][0]["id"]
        tables = {t: n for t, n in self.desk.rows("SELECT type, count(*) FROM sqlite_master GROUP BY type")}
        people = self.desk.rows("SELECT count(*) FROM host")[0][0]
        for text in SQL:
            for field, value in (("day", text), ("phone", text), ("licence", text)):
                before = self.desk.rows("SELECT count(*) FROM visit")[0][0]
                status, answer, said = guest("POST", "/v1/checkins", {"lang": "en", "walk_in": {
                    "type": "course", "name": "Sven " + text, "company": text, "host": host, "fields": {field: value}}})
                self.assertIn(status, (201, 400), said)
                self.assertEqual(self.desk.rows("SELECT count(*) FROM visit")[0][0], before + (status == 201))
                if field != "licence":
                    self.assertEqual(status, 400, (field, text))  # no day, and no telephone number
                else:
                    stored = self.desk.visit(answer["number"])
                    self.assertEqual((stored["fields"]["licence"], stored["company"]), (text, text))
            found = self.desk.ask("visits", text)["items"]
            self.assertTrue(all("sven" in i["name"].lower() for i in found), text)
            for query in ("q", "from_ms", "until_ms", "after", "state", "limit"):
                status, answer, _ = self.staff(f"/v1/visits?{query}=" + "".join(f"%{b:02x}" for b in text.encode()))
                self.assertEqual(status, 200 if query == "q" else 400, (query, text))
        self.assertEqual({t: n for t, n in self.desk.rows("SELECT type, count(*) FROM sqlite_master GROUP BY type")}, tables)
        self.assertEqual(self.desk.rows("SELECT count(*) FROM host")[0][0], people)
        self.assertIn("The journal holds", self.desk.foyer("journal", "verify"))

    def staff(self, url):
        status, text = exchange(self.desk.path("run/api.sock"), "GET", url)
        return status, json_of(text), text


if __name__ == "__main__":
    unittest.main(verbosity=2)
