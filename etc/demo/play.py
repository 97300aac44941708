"""One visitor's whole visit, played on the real kiosk and checked at the other ends: the label that came out of the printer, the
mail that reached the host, the door. `make demo` without a terminal prints it and ends with 0 only if all of it happened.
"""
import email
import email.policy
import os
import re
import shutil
import subprocess

WIDTH, HEIGHT = 80, 24


class Kiosk:
    """foyer-kiosk on a terminal of tmux's, as a person sees it."""

    def __init__(self, lobby, wait_for, width=WIDTH, height=HEIGHT):
        self.lobby, self.wait_for = lobby, wait_for
        self.socket = lobby.path("tmux.sock")
        argv = ["new-session", "-d", "-s", "kiosk", "-x", str(width), "-y", str(height)] + lobby.kiosk_argv()
        self.tmux("-f", "/dev/null", *argv, ";", "set-option", "-g", "remain-on-exit", "on")

    def tmux(self, *argv):
        env = dict(self.lobby.env, TERM="xterm-256color")
        return subprocess.run(["tmux", "-u", "-S", self.socket, *argv], env=env, check=True, text=True, stdout=subprocess.PIPE,
                              stdin=subprocess.DEVNULL).stdout

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "kiosk")

    def expect(self, *marks):
        """Wait until every mark stands on the screen; print the screen."""
        def ready():
            screen = self.screen()
            return screen if all(re.search(m, screen) for m in marks) else None
        try:
            screen = self.wait_for(" and ".join(marks), ready)
        except RuntimeError:
            print_screen(self.screen())
            raise
        print_screen(screen)
        return screen

    def keys(self, *names):
        self.tmux("send-keys", "-t", "kiosk", *names)

    def scan(self, text):
        """What a wedge scanner does: all characters at once, then Enter."""
        self.tmux("send-keys", "-t", "kiosk", "-l", text + "\r")

    def end(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def print_screen(screen):
    lines = screen.rstrip("\n").split("\n")
    print("┌" + "─" * WIDTH + "┐")
    for line in lines:
        print("│" + line)
    print("└" + "─" * WIDTH + "┘", flush=True)


def step(text):
    print(f"\n== {text}", flush=True)


def check(holds, what):
    print(f"   {'ok' if holds else 'FAILED'}: {what}", flush=True)
    if not holds:
        raise RuntimeError(what)


def codes_on(png):
    out = subprocess.run(["zbarimg", "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", png], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return out.split()


def labels(lobby):
    folder = lobby.path("print/out")
    return sorted((n for n in os.listdir(folder) if n.endswith(".png")), key=lambda n: int(n[:-4]))


def mails(lobby, to):
    found = []
    folder = lobby.path("mail")
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".eml")):
        with open(os.path.join(folder, name), "rb") as f:
            message = email.message_from_binary_file(f, policy=email.policy.default)
        if to in str(message["to"]):
            found.append(message)
    return found


def visit(lobby, kiosk, wait_for):
    step("Zoë Müller was invited: the mail that reached her")
    invitation = wait_for("the invitation's mail", lambda: mails(lobby, "guest1@visitors.example"))[0]
    print(f"   Subject: {invitation['subject']}")
    parts = [p.get_content_type() for p in invitation.walk()]
    check("text/calendar" in parts and "image/png" in parts, f"text, QR and calendar are in it: {', '.join(parts)}")

    step("The kiosk waits")
    kiosk.expect("Welcome", "I have an invitation")
    step("She holds the invitation before the camera")
    shutil.copy(lobby.path("invitations/guest1.png"), lobby.path("camera/guest1.png"))
    kiosk.expect("Zoë Müller", "Yes, this is me")
    step("Yes, that is her")
    kiosk.keys("Enter")
    kiosk.expect("I agree", "I do not agree")
    step("She agrees")
    kiosk.keys("Left", "Enter")
    kiosk.expect("Welcome, Zoë Müller", "Your badge is printed", "Doors open for you until", "has been told")

    step("What came out of the printer")
    check(labels(lobby), "there is a label")
    label = lobby.path(f"print/out/{labels(lobby)[0]}")
    codes = codes_on(label)
    print(f"   {label}")
    passes, numbers = [c for c in codes if c.startswith("FOYER")], [c for c in codes if c.isdigit()]
    check(len(passes) == 1 and len(numbers) == 1, "both its codes can be read: the pass, and the number for the doors")

    step("What reached the host")
    notice = wait_for("the host's mail", lambda: mails(lobby, "james.baker@demo.example"))[0]
    print(f"   To: {notice['to']}\n   Subject: {notice['subject']}")
    check("Zoë Müller" in notice.get_body(("plain",)).get_content(), "it names the visitor")

    step("She swipes at the doors")
    for door in (1, 2):
        answer = lobby.swipe(numbers[0], door)
        check(answer.startswith("granted"), f"door {door}: {answer}")
    check(lobby.swipe(numbers[0], 3).startswith("refused"), "door 3, which is not a visitor's, stays shut")
    print(lobby.foyer("visits", "--inside"))

    step("She leaves: the printed badge, both its codes in view, before the camera")
    if "I have an invitation" not in kiosk.screen():  # it goes back by itself, too
        kiosk.keys("Enter")
    kiosk.expect("I have an invitation", "I am leaving")
    shutil.copy(label, lobby.path("camera/badge.png"))
    kiosk.expect("Are you coming back", "No, I am leaving")
    kiosk.keys("Right", "Enter")
    kiosk.expect("Goodbye, Zoë Müller", "Thank you for your visit")
    wait_for("the door's refusal", lambda: lobby.swipe(numbers[0], 1).startswith("refused"))
    check(True, f"door 1: {lobby.swipe(numbers[0], 1)}")

    step("The book")
    print(lobby.foyer("visits"))
    journal = lobby.foyer("journal", "verify")
    print("   " + journal.strip())


def play(lobby, wait_for):
    kiosk = Kiosk(lobby, wait_for)
    try:
        visit(lobby, kiosk, wait_for)
    finally:
        kiosk.end()
    print("\nAll of it happened.")
    return 0
