"""Keys by the hundred thousand: every byte, every capability of five terminals, what terminals gone mad send, and ways to strew them over the
screens of foyer-kiosk (typist.py)."""
import random
import re
import subprocess

from daemon_api import wait_for
from typist import SCREENS, arrow

TERMS = ("xterm-256color", "linux", "foot", "screen", "tmux")
SIZES = ((80, 24), (80, 24), (80, 24), (60, 16), (59, 15), (200, 60), (1, 1), (2, 3), (500, 5), (10, 200), (132, 43))


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
    "\U0001f469\u200d\U0001f4bb".encode(), ("e" + "\u0301" * 40).encode(), b"\x00", b"\x00" * 40, b"\x03", b"\x04", b"\x1a", b"\x1c", b"\x11",
    b"\x13", b"\x0f", b"\x0e", b"\x15", b"\x17", b"\x12", b"\x16", b":q!\r", b"!sh\r", b"|sh\r", b"`id`", b"$(id)", b"'; DROP TABLE visit; --", b"%s%n%x",
    b"../../etc/passwd",
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
            return r.choice((b"\r", b"\r", b"\t", b"\x1bOA", b"\x1bOB", b"\x1bOC", b"\x1bOD", b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"1", b"2", b"3",
                             b"\x7f"))
        if what < 0.60:
            return r.choice((b"anna", b"Roth", b"Zo\xc3\xab", b"a@b.example", b"+49 30 1", b"K7M2", b"?", b" ", b"\xe5\xb1\xb1", b"x" * 60))
        if what < 0.85:
            return r.choice(self.capabilities)
        if what < 0.92:
            return self.mouse()
        if what < 0.99:
            return r.choice(HOSTILE)
        return (r.choice(self.passes) + "\r").encode()


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
