"""foyer-kiosk on a bare pseudo-terminal, and somebody who types at it: every byte that goes in is chosen here, every byte that comes out is
judged (wire.py). Behind it stands a real foyerd, with couriers that do at once what they are told."""
import contextlib
import fcntl
import os
import pty
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
TIOCGPTN = 0x80045430  # ioctl_tty(2): which /dev/pts/N
KIOSK_CONF = """
kiosk {{ socket = "{socket}" }}
camera {{ device = "{camera}" }}
wedge {{ enabled = "{scanner}" }}
"""
SCAN_END_MS = 100  # kiosk.conf's
HOST = "Anna Roth"
# What stands on a screen alone, in English.
SCREENS = {
    "welcome": FIRST, "scan": "Type the code instead", "code": "eight letters and digits", "type": "What brings you here", "details": "About you",
    "host": "Whom are you visiting", "you": "Yes, this is me", "agreement": "I do not agree", "progress": "Welcome, .*\n(.*\n)*.*Visit \\d",
    "signout": "Are you coming back", "goodbye": "Goodbye, ", "sorry": "Try again|Ask reception|Let reception help",
    "waiting": "Somebody will come to you|Please see reception",
    "notice": "What we keep", "small": "Please make this window larger",
}


def arrow(term, way):
    """An arrow or F1 to F4 (A … D, P … S), as this terminal sends it."""
    if term == "linux":
        return b"\x1b[" + (way if way in "ABCD" else "[" + chr(ord(way) - ord("P") + ord("A"))).encode()
    return b"\x1bO" + way.encode()


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
        self.program = self.pid  # which holds the terminal, until the one that draws is known
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
        try:
            with open(f"/proc/{self.program}/stat", encoding="utf-8", errors="replace") as f:
                state = f.read().rpartition(")")[2].split()[0]
        except OSError:
            state = "Z"
        assert state not in "ZX", f"the kiosk has ended: {self.said()}"
        return unread == 0 and state == "S"

    def quiet(self, patience=60):
        """Until it has done everything that it was told, and said what comes of it."""
        end, still = time.monotonic() + patience, 0
        while still < 2:
            assert time.monotonic() < end, "the kiosk does not come to rest"
            still = 0 if self.pump(0.002) or not self.rests() else still + 1

    def expect(self, *marks, patience=20):
        """The screen as soon as every mark stands on it, with what is drawn in the same breath."""
        end = time.monotonic() + patience
        while True:
            text = self.screen.text()
            if all(re.search(m, text) for m in marks):
                self.quiet()
                whole = self.screen.text()
                return whole if all(re.search(m, whole) for m in marks) else text
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
