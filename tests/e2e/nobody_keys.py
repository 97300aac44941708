#!/usr/bin/python3
"""Nobody gets out of the kiosk: every byte, every key of five terminals, mouse garbage, pasted text and 100,000 random keys with windows of
every size, at the real foyer-kiosk with foyerd behind it. It is the same program at the end, nothing runs below it but its camera, only a
closed set of sequences has reached the terminal, and the next visitor comes in.

SEED=N repeats a run. A million keys, and every key on every screen: make fault ONLY=keys.
"""
import contextlib
import os
import random
import re
import sqlite3
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import wire  # noqa: E402
from keyboard import HOSTILE, TERMS, Storm, Sweep, every_capability  # noqa: E402
from typist import FIRST, SCREENS, Desk, Typist, arrow, below, wait_for  # noqa: E402

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
KEYS = 100_000
NO_CODE = {"code": "ZZZZZZZZ"}
BYTES = [bytes([b]) for b in range(256)]
# What a terminal does with these, none of which may ever come from data.
COMMANDS = ["\x1b]0;pwned\x07", "\x1b]2;pwned\x1b\\", "\x1b[31m", "\x1b[2J", "\x1b[?1049l", "\x1b[20t", "\x1b]52;c;cHduZWQ=\x07",
            "\x1bP+q544e\x1b\\", "\x1bc",
            "\x1b[5i", "\x1b]8;;http://x\x1b\\", "\u009b2J", "\u009d0;pwned\u009c", "\x0e", "\r\n\x08", "\u202e", "\u2066", "\x05", "\x7f"]


class Detectors(unittest.TestCase):
    """What the other tests rely on: each sees what it is there to see."""

    def test_whatever_is_not_in_the_set_is_an_error(self):
        for bad in [b"\x1b]0;t\x07", b"\x1b]2;t\x1b\\", b"\x1b]52;c;AAAA\x07", b"\x1b]104;1\x07", b"\x1b]4;1;rgb:0/0/0\x1b\\", b"\x1bP+q544e\x1b\\",
                    b"\x1b_x\x1b\\",
                    b"\x1b^x\x1b\\", b"\x1bXx\x1b\\", b"\x1b[20t", b"\x1b[22;1t", b"\x1b[6n", b"\x1b[c", b"\x1b[>c", b"\x1b[5i", b"\x1b[?2004h",
                    b"\x1b[?1;9999h",
                    b"\x1b[1q", b"\x1b[0\"q", b"\x1b[!p", b"\x1b[3J", b"\x1b[14t", b"\x1b#8", b"\x1bc", b"\x1bZ", b"\x1b%G", b"\x05", b"\x00",
                    b"\x0b", b"\x18",
                    b"\x7f", b"\x9b2J", "\u009b2J".encode(), "\u202e".encode(), "\u2028".encode(), "\u200b".encode(), b"\xff", b"\xc3(",
                    b"\xed\xa0\x80"]:
            for split in range(len(bad)):
                with self.subTest(bad=bad, split=split), self.assertRaises(wire.Foreign):
                    screen = wire.Screen(80, 24)
                    screen.feed(b"good" + bad[:split])
                    screen.feed(bad[split:] + b"x" * wire.LONGEST)
        for word in COMMANDS:
            with self.subTest(word=word):
                screen = wire.Screen(80, 24)
                if word in ("\x1b[31m", "\x1b[2J", "\x1b[?1049l", "\x0e", "\r\n\x08"):
                    screen.feed(word.encode() + b"x")  # these curses says too: what stands on the screen tells them apart
                else:
                    with self.assertRaises(wire.Foreign):
                        screen.feed(word.encode() + b"x" * wire.LONGEST)

    def test_the_screen_is_drawn(self):
        screen = wire.Screen(10, 3)
        screen.feed("\x1b[2;3Hab\x1b[1;1H山x\x1b[2;4H\x1b[1@Z\x1b[3;1Hlast\x1b[3;2H\x1b[1P\x1b[3;3H\x1b[K".encode() + b"\r\xc3")
        screen.feed(b"\xa9\x1b[")
        screen.feed(b"2;8Hend")
        self.assertEqual(screen.text(), "山x\n  aZb  end\nés")

    def test_a_program_below_is_seen(self):
        shell = subprocess.Popen(["sh", "-c", "echo; read line; true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            shell.stdout.read(1)
            self.assertEqual(below(os.getpid()).get(shell.pid), "sh")
        finally:
            shell.communicate()

    def test_all_keys_are_there(self):
        keys = every_capability()
        for key in (b"\x1bOP", b"\x1b[[A", b"\x1b[3~", b"\x1b[1;5C", b"\x1b[M", b"\x1b[<", b"\x0d"):
            self.assertTrue(key in keys or key == b"\x0d" or any(k.startswith(key) for k in keys), key)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk(cls.more() if hasattr(cls, "more") else "")
        cls.addClassCleanup(cls.desk.remove)

    def typist(self, term="xterm-256color", **how):
        typist = Typist(self.desk, term, **how)
        self.addCleanup(lambda: self.assertEqual(typist.end(), 0))
        return typist


class Keys(Case):
    def test_1_every_byte_and_every_key_of_five_terminals(self):
        order = random.Random(SEED)
        keys = BYTES + every_capability() + HOSTILE
        for term in ("xterm-256color", "linux"):
            typist = self.typist(term)
            sweep = Sweep(typist)
            for screen in sweep.at_once:
                order.shuffle(keys)
                sweep.burst(screen, keys)
            badge = sweep.badge()
            for screen in ("you", "agreement", "progress", "signout", "goodbye", "sorry"):
                leaving = screen in ("signout", "goodbye")
                sweep.go(screen, badge if leaving else NO_CODE if screen == "sorry" else self.desk.invite("Bea Byte"))
                order.shuffle(keys)
                typist.send(b"".join(keys))
                typist.quiet()
                typist.same()
            typist.check_in("Una " + term)
            with open(typist.log, encoding="utf-8") as f:
                self.assertLess(len(f.readlines()), 20)  # nobody fills a log by pressing keys
        print(f"\n# {len(keys)} keys on {len(SCREENS) - 1} screens", flush=True)

    def test_2_many_thousand_keys(self):
        met = set()
        for i, term in enumerate(TERMS):
            typist = self.typist(term)
            storm = Storm(typist, SEED + i)
            storm.blow(KEYS * 18 // 100)
            typist.check_in("Ute " + term)
            met |= storm.met
        typist = self.typist(scanner=True)  # the shipped kiosk.conf: what comes this fast is a scan
        storm = Storm(typist, SEED + len(TERMS))
        storm.blow(KEYS * 10 // 100)
        typist.check_in("Ute Scanned")
        print(f"\n# {KEYS} random keys, {len(met)} screens met", flush=True)
        self.assertGreaterEqual(met, {"you", "agreement", "details", "type", "host", "scan", "small"})
        self.assertEqual(self.desk.process.poll(), None)
        self.assertEqual(self.desk.came("ute"), sorted([*(f"Ute {term}" for term in TERMS), "Ute Scanned"]))

    def test_3_signals_of_a_keyboard_are_no_signals(self):
        typist = self.typist()
        for key in (b"\x03", b"\x1c", b"\x1a", b"\x19", b"\x11", b"\x13", b"\x04", b"\x0f"):  # intr, quit, susp, dsusp, start, stop, eof, discard
            typist.send(key * 3)
            typist.quiet()
            typist.same()
        typist.act("2", "What brings you here")
        typist.check_in()


class Data(Case):
    """What visitors, hosts and the house wrote reaches the terminal as text."""
    EVE = "Eve".join(COMMANDS) + "Eve"

    @classmethod
    def more(cls):
        return 'agreement "visitor" { dir = "/rules" valid = "0s" }\n'

    def setUp(self):
        """The house's own text has commands in it, too."""
        rules = os.path.join(self.desk.dir, "rules")
        os.makedirs(rules, exist_ok=True)
        with open(os.path.join(rules, "en.txt"), "w", encoding="utf-8") as f:
            f.write(f"Rules {self.EVE}\n\nNo {self.EVE} in the house.\n")
        self.desk.write_conf(self.desk.more.replace('"/rules"', f'"{rules}"'))
        before = self.desk.logged().count("was read again")
        self.desk.process.send_signal(1)
        wait_for("the configuration", lambda: self.desk.logged().count("was read again") > before)

    def assert_plain(self, typist):
        """As text it may stand there; curses' own sequences have drawn nothing that is not on the emulated screen."""
        text = typist.expect("Eve")
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
        self.assertIn("House · Lobby", text.split("\n")[0])

    def walk_through(self, typist, made):
        typist.home()
        typist.code(made)
        typist.expect("Yes, this is me|Ask reception|Let reception")
        self.assert_plain(typist) if "Yes, this is me" in typist.screen.text() else None
        typist.send("\r")
        typist.expect("I do not agree|Ask reception|Let reception|" + FIRST)
        if "I do not agree" in typist.screen.text():
            self.assert_plain(typist)
            typist.send(arrow(typist.term, "D") + b"\r")
            typist.expect("Welcome, ")
            self.assert_plain(typist)
        typist.home()

    def test_1_through_the_api(self):
        self.desk.good("PUT", "/v1/hosts/ar", {"name": "Eve " + self.EVE[:60], "department": self.EVE[:80], "phone": self.EVE[:30]})
        for term in TERMS[:3]:
            typist = self.typist(term)
            made = self.desk.invite(f"Eve {term}" + "".join(COMMANDS[:8]), company="".join(COMMANDS))
            self.walk_through(typist, made)
            typist.act("21" + "Eve\r\r\r\r" + "eve", "Eve .*")  # the search for hosts
            self.assert_plain(typist)
        self.assertGreaterEqual(len(self.desk.came("eve")), 3)

    def test_2_from_a_book_that_somebody_has_changed(self):
        """foyerd cleaned it when it came in. Should the book hold it all the same, the terminal still gets none of it."""
        made = self.desk.invite("Eve Honest", company="Eve Works")
        with contextlib.closing(sqlite3.connect(os.path.join(self.desk.dir, "state", "book"), isolation_level=None)) as book:
            book.execute("UPDATE visitor SET name = ?, company = ? WHERE name = 'Eve Honest'", ("Eve" + self.EVE[:60], "Eve" + self.EVE[60:120]))
            book.execute("UPDATE host SET name = ?", ("Eve" + self.EVE[:90],))
            self.assertEqual(book.execute("SELECT count(*) FROM visitor WHERE instr(name, char(27)) > 0").fetchone()[0], 1)
        for term in ("xterm-256color", "linux"):
            self.walk_through(self.typist(term), made)

    def test_3_typed_pasted_and_scanned(self):
        typist = self.typist()
        for nav in (b"21", b"21Eve\r\r\r\r", b"1\r", b"1"):
            for word in COMMANDS:
                typist.send(b"\x1b" * 4 + nav + word.encode() + b"Eve\x1b[200~" + word.encode() + b"Eve\x1b[201~")
                typist.quiet()
            typist.same()
        scanning = self.typist(scanner=True)
        for i in range(0, len(COMMANDS), 6):
            scanning.home()
            scanning.scan("FOYER" + "EVE".join(COMMANDS[i:i + 6]) + "EVE" * 9)
            scanning.expect("Try again|Ask reception|Let reception")
        typist.check_in()


class Offers(Case):
    """No screen offers a way out of the program, in no language."""
    WORDS = r"(?i)\b(exit|quit|close|shut ?down|reboot|restart|desktop|settings?|admin\w*|log ?(in|out|off)|sign ?off|shell|terminal|" \
            r"console|ctrl|alt|programm?e? (beenden|verlassen)|einstellungen|neustart\w*|herunterfahren|fermer|redémarrer|paramètres|" \
            r"réglages|cerrar|reiniciar|ajustes)\b"
    FOOTER = {"F1", "F2", "F3", "Esc", "Enter"}

    def test_every_screen_in_every_language(self):
        with open(self.desk.conf, encoding="utf-8") as f:
            text = f.read().replace('languages = { "en" }', 'languages = { "en", "de", "fr", "es" }')
        with open(self.desk.conf, "w", encoding="utf-8") as f:
            f.write(text)
        self.assertEqual(self.desk.stop(), 0)
        self.desk.start()
        typist = self.typist()
        sweep, seen = Sweep(typist), 0
        badge = sweep.badge()
        next_language = arrow(typist.term, "Q")
        ways = [lambda keys=keys: typist.send(keys) for keys in sweep.at_once.values()]
        ways += [lambda name=name: sweep.go(name, self.desk.invite("Lea Language")) for name in ("you", "agreement", "progress")]
        ways += [lambda: sweep.go("signout", badge), lambda: sweep.go("sorry", NO_CODE)]
        for way in ways:
            typist.home()
            way()
            typist.quiet()
            for _ in range(4):
                text = typist.screen.text()
                self.assertNotRegex(text, self.WORDS)
                foot = text.split("\n")[-1]
                for key in re.findall(r"(?<!\w)(F\d+|Esc|Enter|Ctrl\S*|Alt\S*|\^\w)(?!\w)", foot):
                    self.assertIn(key, self.FOOTER)
                seen += 1
                if "Welcome, " in text:
                    break  # here every key goes on
                typist.send(next_language)
                typist.quiet()
        self.assertGreater(seen, 40)

    def test_help_and_manual_name_no_key_that_leaves(self):
        said = subprocess.run([os.path.join(os.environ.get("O", "build"), "foyer-kiosk"), "--help"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        keys = said[said.index("Keys:"):]
        self.assertIn("It never leaves the program.", keys)
        self.assertNotRegex(keys.replace("It never leaves the program.", ""), self.WORDS + r"|\bleaves?\b")


if __name__ == "__main__":
    print(f"# SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
