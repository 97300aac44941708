#!/usr/bin/python3
"""foyer scan: codes from pictures and from readers at the command line, with no foyerd. What is read, what a document says, and how it ends."""
import fcntl
import json
import os
import pty
import shutil
import select
import subprocess
import tempfile
import termios
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(ROOT, "build")))
FOYER = os.path.join(BUILD, "foyer")
IN_TIME = 60
OK, NO, USAGE, BUSY, DENIED = range(5)
NOBODY = 65534
PASS = b"FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZKACKLLOTULJVXFD6REMIEUHLM"
LICENCE = (b"@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\nDDFN\nDADJOHN\nDDGN\nDCUJR\nDCAD\n"
           b"DCBK\nDCDPH\nDBD06062019\nDBB06061986\nDBA12102034\nDBC1\nDAU068 in\nDAYBRO\nDAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\n"
           b"DAK232690000  \nDCF2424244747474786102204\nDCGUSA\nDDAF\nDDB06062008\nDDD1\rZVZVA01\r")

PASSPORT = [b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", b"L898902C36UTO7408122F1204159ZE184226B<<<<<10"]


class Scan(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="foyer-scan.")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def draw(self, text, name, by="foyer-scan-qr", *words):
        subprocess.run([os.path.join(BUILD, by), self.path(name), *words], input=text, check=True, timeout=IN_TIME)
        return self.path(name)

    def pgm(self, *names):
        """Pictures of one height beside each other."""
        pictures = []
        for name in names:
            with open(self.path(name), "rb") as f:
                _, size, _, grey = f.read().split(b"\n", 3)
            pictures.append((*map(int, size.split()), grey))
        height = pictures[0][1]
        rows = b"".join(grey[y * w:(y + 1) * w] for y in range(height) for w, _, grey in pictures)
        with open(self.path("beside.pgm"), "wb") as f:
            f.write(b"P5\n%d %d\n255\n" % (sum(p[0] for p in pictures), height) + rows)
        return self.path("beside.pgm")

    def scan(self, *words, status=OK):
        run = subprocess.run([FOYER, "scan", *words], capture_output=True, timeout=IN_TIME, check=False)
        self.assertEqual(run.returncode, status, run.stderr)
        return run

    def test_a_pass(self):
        path = self.draw(PASS, "a.png")
        self.assertEqual(self.scan(path).stdout, PASS + b"\n")
        self.assertEqual(json.loads(self.scan(path, "--json").stdout),
                         {"codes": [{"kind": "qr", "text": PASS.decode(), "bytes": PASS.hex()}], "many": False})

    def test_what_is_no_utf8(self):
        for text, want in (("Zoë Müller".encode(), "Zoë Müller"), ("Zoë".encode("latin-1"), "Zoë"), ("山田 太郎".encode("cp932"), "山田 太郎")):
            code = json.loads(self.scan(self.draw(text, "a.png"), "--json").stdout)["codes"][0]
            self.assertEqual((code["text"], code["bytes"]), (want, text.hex()))

    def test_a_licence_in_its_fields(self):
        path = self.draw(LICENCE, "a.pgm", "foyer-scan-pdf417")
        self.assertEqual(self.scan(path).stdout, LICENCE + b"\n")
        code, = json.loads(self.scan(path, "--json").stdout)["codes"]
        self.assertEqual((code["kind"], bytes.fromhex(code["bytes"])), ("pdf417", LICENCE))
        document = code["document"]
        want = {"kind": "driving-licence", "source": "aamva-08", "family": "SAMPLE", "given": "MICHAEL JOHN", "suffix": "JR", "number": "T64235789",
                "birth": "1986-06-06", "expires": "on", "expiry": "2034-12-10", "confidence": 100, "repairs": [], "city": "RICHMOND", "region": "VA", "sex": "M"}
        self.assertEqual({k: document.get(k) for k in want}, want)

    def test_what_had_to_be_mended_and_how_it_ends(self):
        for swap, want in ((lambda b: b, ("on", [], 100)),
                           (lambda b: b.replace(b"DBA12102034", b"DBA20341210"), ("on", ["date order"], 95)),
                           (lambda b: b.replace(b"DBA12102034", b"DBA121O2034"), ("on", ["expiry O→0"], 95)),
                           (lambda b: b.replace(b"DBA12102034", b"DBA99999999"), ("never", [], 100)),
                           (lambda b: b.replace(b"DBA12102034\n", b""), ("unsaid", [], 90)),
                           (lambda b: b.replace(b"DBA12102034", b"DBAsoon"), ("unreadable", [], 90))):
            path = self.draw(swap(LICENCE), "a.pgm", "foyer-scan-pdf417")
            document = json.loads(self.scan(path, "--json").stdout)["codes"][0]["document"]
            self.assertEqual((document["expires"], document["repairs"], document["confidence"]),
                             want)
            self.assertEqual("expiry" in document, want[0] == "on")

    def test_what_says_in_which_character_set_it_is(self):
        """The camera's cell lets the tables in. A character set that nobody knows is none."""
        for charset, eci, text in (("cp932", 20, "山田 太郎"), ("iso8859-2", 4, "Łódź"), ("iso8859-7", 9, "Αθήνα"), ("cp1251", 22, "Москва"),
                                   ("utf-16-be", 25, "Zoë 中"), ("gb18030", 32, "北京"), ("latin-1", 811, "Zoë")):
            path = self.draw(text.encode(charset), "a.pgm", "foyer-scan-pdf417", str(eci))
            code, = json.loads(self.scan(path, "--json").stdout)["codes"]
            self.assertEqual((code["text"], bytes.fromhex(code["bytes"])), (text, text.encode("latin-1" if eci == 811 else "utf-8")))

    def test_one_of_several_symbols_is_no_document(self):
        path = self.draw(LICENCE, "a.pgm", "foyer-scan-pdf417", "part")
        code, = json.loads(self.scan(path, "--json").stdout)["codes"]
        self.assertEqual((code["text"].encode(), code["stray"], "document" in code), (LICENCE, True, False))

    def test_several(self):
        for name, text in (("a.pgm", PASS), ("b.pgm", PASS[::-1].replace(b"REYOF", b"FEYOR")), ("c.pgm", PASS[:-1] + b"A")):
            self.draw(text, name)
        codes = json.loads(self.scan(self.pgm("a.pgm", "b.pgm"), "--json").stdout)
        self.assertEqual((len(codes["codes"]), codes["many"]), (2, False))
        both = self.scan(self.pgm("a.pgm", "c.pgm"), "--json", status=NO)
        self.assertEqual(json.loads(both.stdout), {"codes": [], "many": True})
        self.assertIn(b"show one", both.stderr)

    def test_nothing_to_read(self):
        with open(self.path("grey.pgm"), "wb") as f:
            f.write(b"P5\n200 200\n255\n" + bytes(200 * 200))
        with open(self.path("text.png"), "wb") as f:
            f.write(b"no picture")
        os.mkfifo(self.path("fifo"))
        for name, word in (("grey.pgm", b"no code"), ("text.png", b"no code"), ("absent.png", b"no such file"), ("fifo", b"neither a picture")):
            run = self.scan(self.path(name), status=NO)
            self.assertEqual(run.stdout, b"")
            self.assertIn(word, run.stderr)
        self.assertEqual(json.loads(self.scan(self.path("grey.pgm"), "--json", status=NO).stdout), {"codes": [], "many": False})
        self.scan(status=USAGE)
        self.scan("--wait", "0", self.path("grey.pgm"), status=USAGE)

    def test_a_folder_is_looked_at_for_a_while(self):
        path = self.draw(b"later", "a.png")
        folder = self.path("folder")
        os.mkdir(folder)
        self.scan("--wait", "1", folder, status=NO)
        # Nothing tells when it has begun to look, so the picture comes again and again.
        with subprocess.Popen([FOYER, "scan", folder], stdout=subprocess.PIPE) as run:
            n = 0
            while run.poll() is None:
                n += 1
                shutil.copy(path, os.path.join(folder, ".part"))
                os.rename(os.path.join(folder, ".part"), os.path.join(folder, f"{n % 8}.png"))
                try:
                    run.wait(0.2)
                except subprocess.TimeoutExpired:
                    continue
            self.assertEqual(run.stdout.read(), b"later\n")
            self.assertEqual(run.returncode, OK)

    def test_a_terminal_gets_no_control_characters(self):
        path = self.draw(b"a\x1b]0;x\x07b", "a.png")
        outer, inner = pty.openpty()
        self.addCleanup(os.close, outer)
        run = subprocess.run([FOYER, "scan", path], stdout=inner, stderr=subprocess.PIPE, timeout=IN_TIME, check=False)
        os.close(inner)
        self.assertEqual(run.returncode, OK, run.stderr)
        said = os.read(outer, 4096)
        self.assertNotIn(b"\x1b", said)
        self.assertIn(b"a", said)


def is_taken(fd):
    """The last thing that is done with a port before it is read: TIOCGEXCL, asm-generic/ioctls.h."""
    return fcntl.ioctl(fd, 0x80045440, bytes(4)) != bytes(4)


class Reader(unittest.TestCase):
    """A scanner at a serial port: the far end of a pseudo-terminal. Who has it is told to nobody alone, as root is let into everything."""

    def setUp(self):
        self.far, self.near = pty.openpty()
        self.port = os.ttyname(self.near)
        self.before = termios.tcgetattr(self.near)
        if os.geteuid() == 0:
            os.chown(self.port, NOBODY, -1)

    def tearDown(self):
        for fd in (self.far, self.near):
            if fd >= 0:
                os.close(fd)

    def start(self, *words, out=subprocess.PIPE):
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        run = subprocess.Popen([FOYER, "scan", self.port, *words], stdout=out, stderr=subprocess.PIPE, cwd="/", **who)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        return run

    def until_it_listens(self, run):
        """What was sent before is thrown away with the port's old settings."""
        end = time.monotonic() + IN_TIME
        while not is_taken(self.near):
            self.assertIsNone(run.poll(), "it ended before it listened")
            self.assertLess(time.monotonic(), end)
            select.select([], [], [], 0.01)

    def end(self, run, status=OK):
        out, err = run.communicate(timeout=IN_TIME)
        self.assertEqual(run.returncode, status, err)
        return out, err

    def scan(self, sent, *words, status=OK):
        run = self.start(*words)
        self.until_it_listens(run)
        for part in sent if isinstance(sent, list) else [sent]:
            os.write(self.far, part)
        return self.end(run, status)[0]

    def test_a_pass_and_the_port_is_given_back(self):
        for _ in range(2):
            self.assertEqual(self.scan(b"]Q1" + PASS + b"\r\n"), PASS + b"\n")
            self.assertEqual(termios.tcgetattr(self.near), self.before)
        self.assertEqual(json.loads(self.scan(PASS + b"\r", "--json")),
                         {"codes": [{"kind": "reader", "text": PASS.decode(), "bytes": PASS.hex()}], "many": False})

    def test_a_passport_in_two_lines(self):
        sent = [b"\x02" + PASSPORT[0] + b"\r", PASSPORT[1] + b"\r\x03"]
        self.assertEqual(self.scan(sent, "--end-ms", "1000"), b"\r".join(PASSPORT) + b"\n")
        code, = json.loads(self.scan(sent, "--end-ms", "1000", "--json"))["codes"]
        want = {"kind": "passport", "source": "td3", "family": "Eriksson", "given": "Anna Maria", "number": "L898902C3", "birth": "1974-08-12",
                "expires": "on", "expiry": "2012-04-15", "confidence": 100, "repairs": []}
        self.assertEqual({k: code["document"].get(k) for k in want}, want)

    def test_a_licence_as_a_scanner_sends_it(self):
        code, = json.loads(self.scan(LICENCE, "--json", "--speed", "115200"))["codes"]
        self.assertEqual((code["document"]["kind"], code["document"]["number"]), ("driving-licence", "T64235789"))

    def test_noise(self):
        """Any bytes but NUL come through, and none to a terminal that it means something to."""
        noise = b"\x00\x1b]0;x\x07\x00\xff\x7fA\x00"
        code, = json.loads(self.scan(noise, "--json"))["codes"]
        self.assertEqual(bytes.fromhex(code["bytes"]), noise.replace(b"\x00", b""))
        self.assertNotIn("document", code)
        outer, inner = pty.openpty()
        self.addCleanup(os.close, outer)
        run = self.start(out=inner)
        self.until_it_listens(run)
        os.write(self.far, noise)
        os.close(inner)
        self.end(run)
        said = os.read(outer, 4096)
        self.assertNotIn(b"\x1b", said)
        self.assertNotIn(b"\x00", said)
        self.assertIn(b"A", said)

    def test_framing_and_what_stands_around(self):
        self.assertEqual(self.scan(b"\xc1BC\r", "--framing", "7E1"), b"ABC\n")
        self.assertEqual(self.scan(b"~ABC##\r", "--prefix", "~", "--suffix", "##"), b"ABC\n")

    def test_nothing_within_the_time(self):
        out, err = self.end(self.start("--wait", "1"), NO)
        self.assertEqual(out, b"")
        self.assertIn(b"nothing was scanned", err)
        self.assertEqual(termios.tcgetattr(self.near), self.before)

    def test_unplugged(self):
        run = self.start()
        self.until_it_listens(run)
        os.write(self.far, b"half a sc")
        os.close(self.far)
        self.far = -1
        out, err = self.end(run, NO)
        self.assertEqual(out, b"")
        self.assertIn(b"it is gone", err)

    def test_another_program_has_it(self):
        first = self.start()
        self.until_it_listens(first)
        self.assertIn(b"another program has it", self.end(self.start(), BUSY)[1])
        os.write(self.far, b"first")
        self.assertEqual(self.end(first)[0], b"first\n")
        self.assertEqual(self.scan(b"then"), b"then\n")

    def test_not_ours_to_open(self):
        os.chmod(self.port, 0)
        self.assertIn(b"you may not open it", self.end(self.start(), DENIED)[1])


if __name__ == "__main__":
    unittest.main()
