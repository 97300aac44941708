"""The lobby of `foyer demo` for tests, with everything real but the glue and the doors, and a kiosk whose keys are pressed."""
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
import unittest

sys.dont_write_bytecode = True
BUILD = os.path.realpath(os.environ.get("O", "build"))
DEMO = os.path.join(BUILD, "share", "foyer", "demo")
FIRST = "I have an invitation"  # stands on the first screen alone
BURST = 4  # keys before what they wrote is looked for: fewer than a scan has
PRESS_S = 0.045  # between two keys: a scanner is faster
REDRAWN = 5  # at most so many looks until a screen is the same twice: it comes in pieces, and a camera's picture never rests


def demo(name, file):
    """A module of the demo, as it was built."""
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(DEMO, file))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


LOBBY = demo("lobby_demo", "lobby")
PLAY = demo("play", "play.py")
wait_for = LOBBY.wait_for


def zone_of_noon():
    """A time zone in which it is about noon: nothing here may depend on when it is run."""
    west = time.gmtime().tm_hour - 12
    return f"Etc/GMT{west:+d}" if west else "Etc/GMT"


class Lobby(LOBBY.Lobby):
    """One lobby without guests, in a folder of its own. `more` and `site` change its configuration."""
    guests = []

    def __init__(self):
        super().__init__(tempfile.mkdtemp(prefix="lobby."))
        self.zone = zone_of_noon()
        self.more = ""
        self.site = {}  # texts of the demo's configuration, and what stands there instead

    def conf(self):
        text = super().conf()
        for old, new in self.site.items():
            assert old in text, old
            text = text.replace(old, new)
        return text + self.more

    def down(self):
        super().down()
        shutil.rmtree(self.dir)

    # --- foyer's command line, and what lies behind it -----------------------------------------------------

    def tried(self, *argv):
        """What foyer says and how it ends, whatever that is."""
        return subprocess.run([LOBBY.program("foyer"), *argv], env=self.env, check=False, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

    def ask(self, *argv):
        return json.loads(self.foyer("--json", *argv))

    def invite(self, name, *more, host="jbaker", until="+3h"):
        return self.ask("invite", "--host", host, "--name", name, "--until", until, *more)

    def visit(self, number):
        return self.ask("visit", "show", str(number))

    def newest(self):
        """The visit that was recorded last."""
        numbers = [item["number"] for item in self.ask("visits", "--today")["items"]]
        return self.visit(max(numbers))

    def waiting(self, *more):
        return self.ask("waiting", *more)["items"]

    def jobs(self, kind=None):
        return [j for j in self.ask("jobs")["items"] if kind in (None, j["kind"])]

    def cards(self):
        """The numbers that the controller holds."""
        return [c["card"] for c in json.loads(self.doors("cards"))]

    def labels(self):
        """The titles of what the printer printed, in order."""
        titles = []
        while os.path.exists(self.path(f"print/out/{len(titles) + 1}.txt")):
            with open(self.path(f"print/out/{len(titles) + 1}.txt"), encoding="utf-8") as f:
                titles.append(f.read().strip())
        return titles

    def label(self, title):
        """(passes, door codes) on the label of that title, once it is out."""
        wait_for(f"the label {title}", lambda: title in self.labels())
        codes = PLAY.codes_on(self.path(f"print/out/{self.labels().index(title) + 1}.png"))
        return [c for c in codes if c.startswith("FOYER")], [c for c in codes if c.isdigit()]

    def page(self, title):
        """The words on the page as CUPS was given it."""
        for name in sorted(os.listdir(self.path("print/spool"))):
            pdf = self.path(f"print/spool/{name}")
            if name.endswith("-001"):
                about = subprocess.run(["pdfinfo", pdf], check=True, text=True, stdout=subprocess.PIPE).stdout
                if re.search(rf"^Title: *{title.split('-')[0]}$", about, re.M):
                    words = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, text=True, stdout=subprocess.PIPE).stdout
        return words

    def rig(self, *verb):
        """print-rig VERB DIR …"""
        subprocess.run([LOBBY.program("print-rig"), verb[0], self.path("print"), *map(str, verb[1:])], check=True, timeout=60,
                       stdin=subprocess.DEVNULL)

    def mail(self, to, about=""):
        """The newest mail to somebody whose subject has these words, once it is there."""
        def found():
            return [m for m in PLAY.mails(self, to) if about in str(m["subject"])]
        return wait_for(f"mail to {to} about {about!r}", found)[-1]

    def running_pid(self, name):
        return next(child.pid for n, child in self.running if n == name)


class Kiosk(PLAY.Kiosk):
    """The kiosk's screen and keys."""

    def __init__(self, lobby, width=80, height=24):
        super().__init__(lobby, wait_for, width, height)
        self.width, self.height = width, height
        self.expect(FIRST)

    def expect(self, *marks, patience=20):
        """The screen as soon as every mark stands on it, and all else that is drawn with them."""
        def stands(screen):
            return screen if all(re.search(m, screen) for m in marks) else None

        def ready():
            found = screen = stands(self.screen())
            for _ in range(REDRAWN if found else 0):
                before, screen = screen, self.screen()
                if screen == before:
                    break
                found = stands(screen) or found  # what is gone already was seen all the same
            return found
        try:
            return wait_for(" and ".join(marks), ready, patience)
        except RuntimeError as e:
            raise AssertionError(f"{e}; there is\n{self.screen()}") from None

    def press(self, *names):
        for name in names:
            self.keys(name)
            time.sleep(PRESS_S)  # a person's pace: this is what is tested, not a wait

    def type(self, text):
        """As a person does; every few keys it is looked for, so that a busy machine makes no scan of them."""
        for i in range(0, len(text), BURST):
            part = text[i:i + BURST]
            for c in part:
                self.tmux("send-keys", "-t", "kiosk", "-l", c)
                time.sleep(PRESS_S)
            self.expect(re.escape(part.strip()))

    def home(self):
        """Back to the first screen, from wherever it is. One Esc at a time: one that waits in the terminal would begin the next scan."""
        for _ in range(10):
            if FIRST in self.screen():
                return
            self.press("Escape")
            try:
                wait_for("the first screen", lambda: FIRST in self.screen(), 1)
            except RuntimeError:
                pass  # it was deaf for a moment, or the way back is longer
        self.expect(FIRST)

    def show(self, text, *marks):
        """Scan something, and wait for the answer."""
        self.home()
        self.scan(text)
        return self.expect(*marks)

    def has_rung(self):
        """The bell, since the window was last selected."""
        return self.tmux("display-message", "-p", "-t", "kiosk", "#{window_bell_flag}").strip() == "1"

    def resize(self, width, height):
        """And wait until it is drawn anew: the rule below its first line is as wide as the window."""
        self.tmux("resize-window", "-t", "kiosk", "-x", str(width), "-y", str(height))
        self.width, self.height = width, height
        rule = rf"(?m)^  ─{{{width - 4}}}\s*$"
        self.expect(rule if width >= 60 and height >= 16 else "Please make this window larger")

    def walk_in(self, name, company, letters, host):
        """As a guest without an invitation, up to the rules of the house."""
        self.home()
        self.press("2")
        self.expect("What brings you here", "Guest")
        self.press("1")
        self.expect("About you", "Your name")
        self.type(name)
        self.press("Enter")
        self.type(company)
        self.press("Enter", "Enter", "Enter")  # telephone and mail may be left out
        self.expect("Whom are you visiting")
        # All at once, so that one search is made: the answer to another takes the choice back.
        assert len(letters) <= BURST
        self.tmux("send-keys", "-t", "kiosk", "-l", letters)
        self.expect(host)
        self.press("Down", "Enter")
        return self.expect("Rules of the house", "I agree", "I do not agree")

    def check_in(self, text, name):
        """With a pass, through all screens, up to what a visitor is told in the end."""
        self.show(text, re.escape(name), "Yes, this is me")
        self.press("Enter")
        self.expect("I agree", "I do not agree")
        self.press("Left", "Enter")
        return self.expect("Welcome, ", r"Visit \d{6}")

    def sign_out(self, text, coming_back=False):
        self.show(text, "Are you coming back")
        self.press(*(["Enter"] if coming_back else ["Right", "Enter"]))
        return self.expect("Goodbye, ", "See you later" if coming_back else "Thank you for your visit")


def columns(line):
    """How many columns a line takes on a terminal (UAX #11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class Case(unittest.TestCase):
    """A lobby and a kiosk for all tests of a class, which run in the order of their names."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lobby = Lobby()
        cls.addClassCleanup(cls.lobby.down)
        cls.set_up_lobby()
        cls.lobby.up()
        cls.kiosk = Kiosk(cls.lobby)
        cls.addClassCleanup(cls.kiosk.end)

    @classmethod
    def set_up_lobby(cls):
        """Before it starts."""

    def setUp(self):
        if (self.kiosk.width, self.kiosk.height) != (80, 24):
            self.kiosk.resize(80, 24)
        self.kiosk.home()

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for name in sorted(os.listdir(self.lobby.path("log"))):
                with open(self.lobby.path(f"log/{name}"), encoding="utf-8", errors="replace") as f:
                    print(f"--- log/{name}", *f.read().splitlines()[-15:], sep="\n", file=sys.stderr)
        return result

    def assert_eventually(self, what, holds, patience=20):
        try:
            return wait_for(what, holds, patience)
        except RuntimeError as e:
            self.fail(str(e))
