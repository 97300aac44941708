"""A lane with the real kiosk: its keys are pressed, its scanner and its camera are shown things, and it is started again when it dies."""
import os
import random
import re
import subprocess
import threading
import time

import sites
from lanes import Lane
from points import Fault, is_gone
from sites import wait_for
from visitors import Lost, Visitor

BACK_S = 3  # after a restart, its own or foyerd's, the kiosk is for visitors again
SEEN_S = 5  # for a camera that died to be started again
DRIVE_S = 60
# The same screen for so long: what was pressed was lost, or a code that was seen already was held up again too soon: it is shown for
# FILES_SHOW_MS, and has to be out of view for SEEN_GONE_MS to be another one.
STUCK_S = 5
FIRST = sites.lobby.FIRST
CALM = "Until this screen is back, reception"  # the screen without foyerd
BUSY = "One moment, please …"
QR = os.path.join(sites.lobby.BUILD, "foyer-scan-qr")


class Kiosk(sites.lobby.Kiosk):
    """Its screen, and the process behind it."""
    DEAD = "dead"

    def expect(self, *marks, patience=4):
        return super().expect(*marks, patience=patience)

    def look(self):
        """The screen; DEAD where the kiosk has died."""
        said = self.tmux("display-message", "-p", "-t", "kiosk", "#{pane_dead}", ";", "capture-pane", "-p", "-t", "kiosk")
        dead, _, screen = said.partition("\n")
        return self.DEAD if dead == "1" else screen

    def pid(self):
        return int(self.tmux("display-message", "-p", "-t", "kiosk", "#{pane_pid}"))

    def respawn(self):
        self.tmux("respawn-pane", "-k", "-t", "kiosk")

    def calm(self):
        screen = self.look()
        return screen != self.DEAD and CALM not in screen


class KioskLane(Lane):
    """Each round one visitor at the screen."""

    def __init__(self, kind, seed):
        super().__init__(kind, seed)
        try:
            self.kiosk = Kiosk(self.site)
        except BaseException:
            self.site.down()
            raise
        self.pictures = 0
        self.slowest = 0.0  # of all its returns

    def down(self):
        self.kiosk.end()
        super().down()

    # --- what a person does --------------------------------------------------------------------------------

    def show(self, text):
        """Hold a code before the camera."""
        self.pictures += 1
        path = self.site.path(f"code-{self.pictures}.png")
        subprocess.run([QR, path], input=text, text=True, check=True, timeout=30)
        os.rename(path, self.site.path(f"camera/{self.pictures}.png"))

    def keys(self, *names):
        return lambda: self.kiosk.press(*names)

    def drive(self, what, done, answers):
        """Do what each screen asks for, until done(): answers are pairs of words on it and what to do then. A kiosk that dies is started again."""
        end = time.monotonic() + DRIVE_S
        before, since = None, 0.0
        while not done():
            if time.monotonic() > end:
                raise Lost(f"{what}: not in {DRIVE_S} s; the screen is\n{self.kiosk.look()}")
            screen = self.kiosk.look()
            if screen == Kiosk.DEAD:
                self.restart()
                before = None
            elif CALM in screen or BUSY in screen or (screen == before and time.monotonic() - since < STUCK_S):
                threading.Event().wait(0.03)
            else:
                before, since = screen, time.monotonic()
                try:
                    next((do for words, do in answers if re.search(words, screen)), self.keys("Escape"))()
                except AssertionError:  # it died, or foyerd did, while keys were pressed
                    self.kiosk.press("Escape")

    def restart(self):
        """As systemd does; it must be there for the next visitor soon."""
        threading.Event().wait(sites.RESTART_S)
        self.kiosk.respawn()
        if not self.site.foyerd.hold.is_set():
            self.back("after its own restart", lambda: FIRST in self.kiosk.look())
            return
        wait_for("the calm screen", lambda: CALM in self.kiosk.look(), 10)
        self.site.foyerd.hold.clear()
        wait_for("foyerd", self.site.answers)
        self.back("after foyerd's", lambda: FIRST in self.kiosk.look())

    def back(self, what, ready):
        began = time.monotonic()
        try:
            wait_for(what, ready, 10)
        except RuntimeError:
            raise Lost(f"{what} the kiosk is not back within 10 s; its screen is\n{self.kiosk.look()}") from None
        self.slowest = max(self.slowest, time.monotonic() - began)
        if time.monotonic() - began > BACK_S:
            raise Lost(f"{what} the kiosk needed {time.monotonic() - began:.1f} s to come back")

    def away(self):
        """foyerd dies, and nobody starts it again until the kiosk has noticed."""
        self.site.foyerd.hold.set()
        self.site.foyerd.kill()

    # --- one round -----------------------------------------------------------------------------------------

    def round(self, plan):
        rng = random.Random(f"{self.seed}:{plan.index}")
        fault = Fault(plan.program, plan.point, plan.nth, plan.verdict)
        self.home()
        guest = Guest(self, plan, rng, fault)
        self.batch.append((plan, guest))
        self.walked += 1
        walk = threading.Thread(target=guest.walk, daemon=True)
        walk.start()
        while not fault.fired.wait(0.05) and walk.is_alive():
            pass
        if fault.fired.is_set():
            self.struck.append((plan.program, plan.point, plan.verdict))
            self.follow(plan, fault)
        else:
            self.missed.append(plan)
        walk.join(3 * DRIVE_S)
        if walk.is_alive():
            raise Lost("the round never ended")
        self.points.arm()
        self.home()

    def home(self):
        self.drive("the first screen", lambda: FIRST in self.kiosk.look(), [("Welcome, |Goodbye, ", self.keys("Enter"))])

    def follow(self, plan, fault):
        if plan.program == "foyerd" and plan.verdict == "kill":
            wait_for("the end of foyerd", lambda: is_gone(fault.pid), 10)
            wait_for("foyerd", self.site.answers, 20)
            self.back("after foyerd's restart", self.kiosk.calm)
        elif plan.program == "foyer-camera" and plan.verdict in ("kill", "wrong"):
            wait_for("the end of the camera", lambda: is_gone(fault.pid), 10)
            wait_for("another camera", lambda: self.points.pids("foyer-camera")[-1:] != [fault.pid], SEEN_S)
        else:
            super().follow(plan, fault)


class Guest(Visitor):
    """At the screen. Whoever loses it begins anew, and asks reception first whether they are in the house already."""

    WALK_IN = ("type", "details", "host")

    def __init__(self, lane, plan, rng, fault):
        kind = "walk-in" if plan.point in self.WALK_IN or rng.random() < 0.1 and plan.program == "foyerd" else "invited"
        super().__init__(lane.client, lane.house, plan, 0, kind, rng)
        self.lane, self.kiosk_, self.fault = lane, lane.kiosk, fault
        self.detour = {"notice": self.keys("F3"), "waiting": self.keys("F1"), "sorry": lambda: self.kiosk_.scan("NO CODE OF OURS"),
                       "scan": self.keys("1"), "code": self.keys("1"),
                       "document": self.keys("2")}.get(plan.point)
        self.heard = False
        self.camera = plan.program == "foyer-camera" or rng.random() < 0.5

    def keys(self, *names):
        return self.lane.keys(*names)

    def state(self):
        """Of the visit, as the book has it; "" none yet."""
        rows = self.lane.proof.book.rows(
            "SELECT v.number, v.state FROM visit v JOIN visitor w ON w.id = v.visitor WHERE w.name = ?", self.name)
        if rows:
            self.number = f"{rows[0][0]:06d}"
        return rows[0][1] if rows else ""

    def show(self, text):
        """With the camera or the scanner, at the first screen; once by way of the screen that this round is about."""
        def act():
            if self.detour:
                self.detour()
                self.detour = None
            elif self.camera:
                self.lane.show(text)
            else:
                self.kiosk_.scan(text)
        return act

    def code_typed(self, code):
        def act():
            self.kiosk_.type(code)
            self.kiosk_.press("Enter")
        return act

    def must_hear(self):
        """foyerd died after it wrote the check-in: the one who is told so by the next must hear the rest, too."""
        return (self.plan.point, self.plan.verdict, self.heard) == ("request.committed", "kill", False)

    def welcome(self):
        if self.must_hear():
            try:
                self.kiosk_.expect("Your badge is printed", "Doors open for you|Please wait", patience=7)
            except AssertionError as e:
                raise Lost(f"of foyerd's successor the visitor never heard how things stand: {e}") from None
            self.heard = True
        self.kiosk_.press("Enter")

    def invited(self):
        now = int(time.time() * 1000)
        made = self.ask("staff", "POST", "/v1/invitations", {
            "host": "jbaker", "name": self.name, "company": "Example", "type": "guest", "lang": "en", "from_ms": now - 60000,
            "until_ms": self.house.until_ms}, (201,))
        self.number, self.doors = made["number"], True
        scan_screen = self.keys("Enter") if self.plan.point == "code" else lambda: self.kiosk_.scan(made["pass"])
        self.go_in([(FIRST, self.show(made["pass"])), ("Type the code instead", scan_screen), ("Your code", self.code_typed(made["code"]))])

    def walk_in(self):
        def details():
            self.kiosk_.type(self.name)
            self.kiosk_.press("Enter")
            self.kiosk_.type("Example")
            self.kiosk_.press("Enter", "Enter", "Enter")  # telephone and mail may be left out

        def host():
            self.kiosk_.type("bak")
            self.kiosk_.expect("James Baker")
            self.kiosk_.press("Down", "Enter")
        self.go_in([(FIRST, self.keys("2")), ("What brings you here", self.keys("1")), ("About you", details), ("Whom are you visiting", host)])

    def on_to_papers(self):
        """From the first screen to the one for documents, which the kiosk does not outlive."""
        def details():
            self.kiosk_.type("Nobody")
            self.kiosk_.press(*["Enter"] * 4)
        return [("What brings you here", self.keys("4")), ("About you", details), ("Your identity document", self.keys("Escape"))]

    def go_in(self, way):
        if self.plan.point == "document":
            way = [*way, *self.on_to_papers()]
        self.lane.points.arm(self.fault)
        if self.plan.point == "offline":
            self.lane.away()
        self.lane.drive("a check-in", lambda: self.state() == "inside" and not self.must_hear(), [
            *way, ("Yes, this is me", self.keys("Enter")), ("I agree", self.keys("Left", "Enter")), ("Welcome, ", self.welcome)])
        self.stays = self.copies = 1
        self.settle()
        (badge,), _ = self.lane.site.label(f"{self.number}-1")
        self.lane.drive("a sign-out", lambda: self.state() == "ended", [
            (FIRST, self.show(badge)), ("Are you coming back", self.keys("Right", "Enter")), ("Welcome, |Goodbye, ", self.keys("Enter"))])
