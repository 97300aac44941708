"""foyer-kiosk on a bare pseudo-terminal, and somebody who types at it: every byte that goes in is chosen here, every byte that comes out is
judged (wire.py). Behind it stands a real foyerd, with couriers that do at once what they are told."""
import contextlib
import fcntl
import os
import pty
import random
import re
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import wire  # noqa: E402
from daemon_api import BUILD, MORE, House, wait_for  # noqa: E402

FIRST = "I have an invitation"
TERMS = ("xterm-256color", "linux", "foot", "screen", "tmux")
TIOCGPTN = 0x80045430  # ioctl_tty(2): which /dev/pts/N
KIOSK_CONF = """
kiosk {{ socket = "{socket}" }}
camera {{ device = "{camera}" }}
wedge {{ enabled = "{scanner}" }}
"""
SCAN_END_MS = 100  # kiosk.conf's
HOST = "Anna Roth"


class Desk(House):
    """A house with a host, whose visitors are let in at once. Each typist has a kiosk of their own: foyerd remembers who guessed."""

    def __init__(self, more=""):
        self.kiosks = [f"k{i}" for i in range(20)]
        super().__init__(MORE + "".join(f'kiosk "{k}" {{ place = "Lobby" language = "en" printer = "lobby" }}\n' for k in self.kiosks) + more)
        self.command("--init", "--demo")
        self.start()
        self.host = self.good("PUT", "/v1/hosts/ar", {"name": HOST, "mail": "anna@example.org"})["id"]

    def good(self, method, url, body=None, **more):
        status, answer = self.ask(method, url, body, **more)
        assert 200 <= status < 300, (method, url, status, answer)
        return answer

    def invite(self, name="Tia Typist", **more):
        return self.good("POST", "/v1/invitations", {"name": name, "type": "guest", "host": "ar",
                                                     "until_ms": int(time.time() * 1000) + 3600000, **more})

    def badges(self):
        """What the labels say."""
        return [j["slots"] for j in self.seen("print", "lobby") if "slots" in j]

    def moves(self):
        """How often somebody came in or went out."""
        with contextlib.closing(sqlite3.connect(f"file:{self.dir}/state/book?mode=ro", uri=True)) as book:
            return book.execute("SELECT count(*) + count(out_ms) FROM stay").fetchone()[0]

    def came(self, word):
        """Who of that name came in, wherever they are now."""
        return sorted(v["name"] for v in self.good("GET", f"/v1/visits?q={word}&limit=200")["items"] if v["in_ms"])


def below(pid):
    """pid → the name of what runs there, for all processes below this one."""
    found, ask = {}, [pid]
    while ask:
        at = ask.pop()
        try:
            with open(f"/proc/{at}/task/{at}/children", encoding="ascii") as f:
                children = [int(c) for c in f.read().split()]
            for child in children:
                with open(f"/proc/{child}/comm", encoding="utf-8", errors="replace") as f:
                    found[child] = f.read().strip()
            ask += children
        except OSError:
            pass  # it has ended meanwhile
    return found


class Typist:
    """The kiosk under one pseudo-terminal, until end(). Without a scanner every key is a person's, however fast; then passes go before the camera."""

    def __init__(self, desk, term="xterm-256color", scanner=False, columns=80, rows=24):
        self.desk, self.term, self.scanner = desk, term, scanner
        self.screen = wire.Screen(columns, rows)
        folder = tempfile.mkdtemp(prefix=f"kiosk-{term}.", dir=desk.dir)
        self.camera, self.shown = os.path.join(folder, "camera"), 0
        os.mkdir(self.camera)
        self.log = os.path.join(folder, "log")
        conf = os.path.join(folder, "kiosk.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(KIOSK_CONF.format(socket=desk.path(desk.kiosks.pop(0)), camera=self.camera, scanner="yes" if scanner else "no"))
        env = {"TERM": term, "LC_ALL": "C.UTF-8", "PATH": BUILD + ":/usr/bin:/bin", "LANG": "C.UTF-8"}
        program = os.path.join(BUILD, "foyer-kiosk")
        self.pid, self.tty = pty.fork()
        if self.pid == 0:
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 2)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execve(program, ["foyer-kiosk", "-c", conf], env)
        os.set_blocking(self.tty, False)
        self.tape = None  # bytearray(): what was written since
        number = struct.unpack("i", fcntl.ioctl(self.tty, TIOCGPTN, b"\0" * 4))[0]
        self.line = os.open(f"/dev/pts/{number}", os.O_RDWR | os.O_NOCTTY)  # the kiosk's end, to see what it has not read yet
        self.expect(FIRST)
        wait_for("the camera's program", lambda: sorted(self.programs().values()) == ["foyer-camera", "foyer-kiosk"])
        self.began = self.programs()
        self.program = next(pid for pid, name in self.began.items() if name == "foyer-kiosk")

    def programs(self):
        return below(self.pid)

    def pump(self, wait=0.0):
        """Take what the kiosk wrote; True if there was something."""
        if not select.select([self.tty], [], [], wait)[0]:
            return False
        data = os.read(self.tty, 65536)
        if self.tape is not None:
            self.tape += data
        self.screen.feed(data)
        return True

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return "\n".join(dict.fromkeys(f.read().splitlines()[-200:]))

    def send(self, data):
        """Write it all, whatever the kiosk writes meanwhile."""
        data = data.encode() if isinstance(data, str) else data
        while data:
            readable, writable, _ = select.select([self.tty], [self.tty], [], 30)
            assert readable or writable, "the kiosk takes no more keys"
            if readable:
                self.pump()
            if writable:
                try:
                    data = data[os.write(self.tty, data):]
                except BlockingIOError:
                    pass

    def resize(self, columns, rows):
        """All that was written for the old size comes first; for the new one everything is painted anew."""
        if (columns, rows) == (self.screen.columns, self.screen.rows):
            return
        self.quiet()
        self.screen.resize(columns, rows)
        fcntl.ioctl(self.tty, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def rests(self):
        """It has read every key and sleeps."""
        unread = struct.unpack("i", fcntl.ioctl(self.line, termios.FIONREAD, b"\0" * 4))[0]
        with open(f"/proc/{self.program}/stat", encoding="utf-8", errors="replace") as f:
            return unread == 0 and f.read().rpartition(")")[2].split()[0] == "S"

    def quiet(self, patience=60):
        """Until it has done everything that it was told, and said what comes of it."""
        end, still = time.monotonic() + patience, 0
        while still < 2:
            assert time.monotonic() < end, "the kiosk does not come to rest"
            still = 0 if self.pump(0.002) or not self.rests() else still + 1

    def expect(self, *marks, patience=20):
        end = time.monotonic() + patience
        while True:
            text = self.screen.text()
            if all(re.search(m, text) for m in marks):
                return text
            if time.monotonic() > end:
                raise AssertionError(f"{marks} did not come at {self.term}; there is\n{text}\n{self.said()}")
            self.pump(0.05)

    def act(self, keys, *marks):
        self.send(keys)
        return self.expect(*marks)

    def show(self, text):
        """Hold a code before the camera; what comes of it is waited for by who asks."""
        self.shown += 1
        part = os.path.join(os.path.dirname(self.camera), "part.png")
        subprocess.run([os.path.join(BUILD, "foyer-scan-qr"), part], input=text.encode(), check=True, timeout=30)
        os.rename(part, os.path.join(self.camera, f"{self.shown}.png"))

    def scan(self, text):
        """As a scanner does it: the silence after it is part of it, and what comes within it is dropped."""
        self.send((text + "\r").encode())
        end = time.monotonic() + 2 * SCAN_END_MS / 1000
        while time.monotonic() < end:
            self.pump(end - time.monotonic())
        self.quiet()

    def code(self, shown):
        """What an invitation or a badge holds: scanned, or its code typed."""
        if self.scanner:
            self.scan(shown["pass"])
        else:
            self.send(b"1\r" + shown["code"].replace(" ", "").encode() + b"\r")

    def home(self):
        """Back to the first screen from wherever it is. The first Esc may end half a character, or half a mouse report, of what was typed before."""
        if (self.screen.columns, self.screen.rows) != (80, 24):
            self.resize(80, 24)
        pressed, end = 0, time.monotonic() + 30
        while pressed < 2 or FIRST not in self.screen.text():
            assert time.monotonic() < end, f"no way back:\n{self.screen.text()}\n{self.said()}"
            self.send(b"\x1b")
            self.quiet()
            # A lone Esc is told from a key's beginning by the 25 ms after it, and from a scanner's noise by the silence before it.
            silence = time.monotonic() + (1.5 * SCAN_END_MS if self.scanner else 40) / 1000
            while time.monotonic() < silence:
                self.pump(max(silence - time.monotonic(), 0))
            self.quiet()
            pressed += 1

    def same(self):
        """It is still the program that it was, with what belongs to it and nothing else."""
        now = self.programs()
        assert now == self.began, f"{self.began} became {now}: {self.said()}"
        for pid in (self.pid, *now):
            exe = os.readlink(f"/proc/{pid}/exe")
            assert os.path.dirname(exe) == BUILD, exe
        flags = termios.tcgetattr(self.tty)
        assert not flags[3] & (termios.ISIG | termios.ICANON | termios.ECHO), "a key could make a signal again"

    def check_in(self, name="Ute Usable"):
        """With a pass, through all screens."""
        self.home()
        made = self.desk.invite(name)["pass"]
        (self.scan if self.scanner else self.show)(made)  # the genuine one: a code is judged no more where many wrong ones were typed
        self.expect(name, "Yes, this is me")
        self.act("\r", "I agree", "I do not agree")
        self.act(arrow(self.term, "D"), "► +I agree")
        self.act("\r", f"Welcome, {name}")
        self.home()

    def end(self):
        """Its exit status."""
        os.kill(self.pid, signal.SIGTERM)
        while True:
            self.pump(0.01)
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                break
        os.close(self.tty)
        os.close(self.line)
        return os.waitstatus_to_exitcode(status)


# --- keys ----------------------------------------------------------------------------------------------------


def unescaped(text):
    """terminfo(5): what infocmp writes, as bytes."""
    simple = {"E": 27, "e": 27, "n": 10, "l": 10, "r": 13, "t": 9, "b": 8, "f": 12, "s": 32, "\\": 92, "^": 94, ",": 44, ":": 58, "0": 128}
    out, at = bytearray(), 0
    while at < len(text):
        c = text[at]
        octal = re.match(r"\\([0-7]{3})", text[at:])
        if octal:
            out.append(int(octal.group(1), 8) & 0xFF)
            at += 4
        elif c == "\\":
            out.append(simple[text[at + 1]])
            at += 2
        elif c == "^":
            out.append(ord(text[at + 1]) & 0x1F if text[at + 1] != "?" else 127)
            at += 2
        else:
            out += c.encode()
            at += 1
    return bytes(out)


def capabilities(term):
    """Name → string of every capability, the user-defined ones too."""
    listed = subprocess.run(["infocmp", "-1x", term], check=True, text=True, stdout=subprocess.PIPE).stdout
    return {name: unescaped(text) for name, text in re.findall(r"^\t(\w+)=(.*),$", listed, re.M)}


def every_capability():
    found = {string for term in TERMS for string in capabilities(term).values() if string}
    assert len(found) > 250, len(found)
    return sorted(found)


HOSTILE = [
    b"\x1b", b"\x1b\x1b", b"\x1b[", b"\x1bO", b"\x1b]", b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x9b", b"\x9d", b"\x90", b"\xc2\x9b31m",
    b"\x1b[200~rm -rf /\r\x1b[201~", b"\x1b[200~", b"\x1b[201~", b"\x1b[200~\x1b[201~\x1b]0;x\x07", b"\x1b[?1;2c", b"\x1b[>41;354;0c",
    b"\x1b[24;80R", b"\x1b[8;24;80t", b"\x1b]11;rgb:0000/0000/0000\x1b\\", b"\x1b]52;c;cm0gLXJmIC8=\x07", b"\x1bP1$r0m\x1b\\", b"\x1b[I", b"\x1b[O",
    b"\x1b[1;5P", b"\x1b[1;9A", b"\x1b[27;5;9~", b"\x1b[99999999999999999999~", b"\x1b[0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0m", b"\x1b[M", b"\x1b[M !",
    b"\x1b[<0;1;1M", b"\x1b[<0;1;1m", b"\x1b[<35;999999999;999999999M", b"\x1b[<-1;-1;-1M", b"\x1b[<0;40", b"\x1b[1;1;1M", b"\xff", b"\xfe\xff",
    b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xc3", b"\xe2\x82", "\u202e\u2066\u200b".encode(),
    "\U0001f469\u200d\U0001f4bb".encode(), ("e" + "\u0301" * 40).encode(), b"\x00", b"\x00" * 40, b"\x03", b"\x04", b"\x1a", b"\x1c", b"\x11", b"\x13",
    b"\x0f", b"\x0e", b"\x15", b"\x17", b"\x12", b"\x16", b":q!\r", b"!sh\r", b"|sh\r", b"`id`", b"$(id)", b"'; DROP TABLE visit; --", b"%s%n%x", b"../../etc/passwd",
]


class Keys:
    """An endless row of keys: now a person's, now a cat's on the keyboard, now a terminal gone mad. One seed makes one row."""

    def __init__(self, seed, passes):
        self.random = random.Random(seed)
        self.passes = passes
        self.capabilities = every_capability()

    def mouse(self):
        r = self.random
        if r.random() < 0.5:
            return b"\x1b[<%d;%d;%d%s" % (r.choice((0, 0, 0, 1, 2, 35, 64, 128)), r.randint(0, 90), r.randint(0, 30), r.choice((b"M", b"m")))
        return b"\x1b[M" + bytes(r.randint(0, 255) for _ in range(3))

    def next(self):
        r = self.random
        what = r.random()
        if what < 0.30:
            return bytes([r.randint(0, 255)])
        if what < 0.45:
            return r.choice((b"\r", b"\r", b"\t", b"\x1bOA", b"\x1bOB", b"\x1bOC", b"\x1bOD", b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"1", b"2", b"3", b"\x7f"))
        if what < 0.60:
            return r.choice((b"anna", b"Roth", b"Zo\xc3\xab", b"a@b.example", b"+49 30 1", b"K7M2", b"?", b" ", b"\xe5\xb1\xb1", b"x" * 60))
        if what < 0.85:
            return r.choice(self.capabilities)
        if what < 0.92:
            return self.mouse()
        if what < 0.99:
            return r.choice(HOSTILE)
        return (r.choice(self.passes) + "\r").encode()


# What stands on a screen alone, in English.
SCREENS = {
    "welcome": FIRST, "scan": "Type the code instead", "code": "eight letters and digits", "type": "What brings you here", "details": "About you",
    "host": "Whom are you visiting", "you": "Yes, this is me", "agreement": "I do not agree", "progress": "Welcome, .*\n(.*\n)*.*Visit \\d",
    "signout": "Are you coming back", "goodbye": "Goodbye, ", "sorry": "Try again|Ask reception|Let reception help", "waiting": "Somebody will come to you|Please see reception",
    "notice": "What we keep", "small": "Please make this window larger",
}
SIZES = ((80, 24), (80, 24), (80, 24), (60, 16), (59, 15), (200, 60), (1, 1), (2, 3), (500, 5), (10, 200), (132, 43))
ARROW = {"linux": b"\x1b[%c"}


def arrow(term, way):
    return ARROW.get(term, b"\x1bO%c") % way.encode()


class Storm:
    """n keys in bursts, the window another size now and then, guests that come and go in between; every few hundred keys it is looked whether the
    kiosk is still itself."""
    EACH, GUESTS = 1000, 3600

    def __init__(self, typist, seed):
        self.typist, self.desk = typist, typist.desk
        self.keys = Keys(seed, [self.desk.invite(f"Storm {i}")["pass"] for i in range(3)])
        self.random = self.keys.random
        self.met, self.guests = set(), 0

    def look(self):
        self.typist.quiet()
        text = self.typist.screen.text()
        self.met |= {name for name, mark in SCREENS.items() if re.search(mark, text)}

    def guest(self):
        """Somebody who means to come in or to leave, with the cat beside the keyboard."""
        r, typist, left, right = self.random, self.typist, arrow(self.typist.term, "D"), arrow(self.typist.term, "C")
        # The first ones do each of it once.
        what = (0.2, 0.9, 0.6, 0.35, 0.45)[self.guests] if self.guests < 5 else r.random()
        self.guests += 1
        shown = None
        if what < 0.3:
            steps = [b"2", b"1", b"Anna Guest", b"\r", b"Example", b"\r", b"\r", b"\r", b"anna", b"\r", b"\r", left, b"\r"]
        elif what < 0.4:
            steps = [b"1", b"k", b"7m2", b"x" * 9, b"\r"]
        elif what < 0.5:
            steps = [arrow(typist.term, "P"), b"\r", arrow(typist.term, "R"), b"\r"]
        else:
            badges = self.desk.badges()
            leaves = badges and what < 0.75
            shown = r.choice(badges) if leaves else self.desk.invite("Storm guest")
            steps = [right, b"\r"] if leaves else [b"\r", left, b"\r"]
        typist.home()
        if shown:
            typist.code(shown)
            typist.expect("Yes, this is me|Are you coming back|Try again|Ask reception|Let reception")
            self.look()
        for step in steps:
            typist.send(self.keys.next() if r.random() < 0.03 else step)
            self.look()

    def blow(self, n):
        r, typist, done, checked, guests = self.random, self.typist, 0, 0, 0
        while done < n:
            burst = min(n - done, r.choice((1, 2, 5, 10, 40, 150)))
            typist.send(b"".join(self.keys.next() for _ in range(burst)))
            done += burst
            if r.random() < 0.2:
                self.look()
            if done - checked >= self.EACH:
                checked = done
                typist.same()
                typist.resize(*r.choice(SIZES))
            if done - guests >= self.GUESTS:
                guests = done
                self.guest()
        self.look()
        typist.same()


# --- every key on every screen -------------------------------------------------------------------------------


class Sweep:
    """Ways to each screen. What needs no answer of foyerd is one burst of keys; the others are gone to, and gone to again."""

    def __init__(self, typist):
        self.typist, self.desk = typist, typist.desk
        left, right = (arrow(typist.term, way) for way in "DC")
        self.at_once = {"welcome": b"", "scan": b"1", "code": b"1\r", "type": b"2", "details": b"21", "notice": arrow(typist.term, "R"),
                        "host": b"21A\r\r\r\r", "waiting": arrow(typist.term, "P")}
        self.agree = [(b"\r", "agreement"), (left + b"\r", "progress")]
        self.leave = [(right + b"\r", "goodbye")]

    def burst(self, name, keys):
        """Each of these keys on that screen, from a fresh start. Four times back is the way home from anywhere."""
        self.typist.home()
        self.typist.send(b"".join(b"\x1b" * 4 + self.at_once[name] + key for key in keys))
        self.typist.quiet()
        self.typist.same()

    def expect(self, name):
        self.typist.expect(SCREENS[name])

    def stands(self, name):
        return bool(re.search(SCREENS[name], self.typist.screen.text()))

    def badge(self):
        """Of somebody who is inside."""
        name = f"Sam Sweep {len(self.desk.badges())}"
        self.go("progress", self.desk.invite(name))
        return wait_for("the badge", lambda: [b for b in self.desk.badges() if b["name"] == name])[0]

    def go(self, name, shown):
        """With a code, to a screen that needs foyerd's answers: you, agreement, progress; signout, goodbye; sorry."""
        self.typist.home()
        self.typist.code(shown)
        first, *steps = {"you": ["you"], "agreement": ["you", *self.agree[:1]], "progress": ["you", *self.agree], "signout": ["signout"],
                         "goodbye": ["signout", *self.leave], "sorry": ["sorry"]}[name]
        self.expect(first)
        for keys, then in steps:
            self.typist.send(keys)
            self.expect(then)
