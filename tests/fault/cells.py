#!/usr/bin/python3
"""Every program of the house tries to break out of its cell, for real: a whole lobby, in which each one is asked for its probe before it
locks itself in, right after, and again in the middle of its work.

Once with foyerd started as root, so that its keeper gives each courier a user of its own; once with everything under one ordinary user.
"""
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "..", "e2e", "lib")]
from lobby import FIRST, LOBBY, Kiosk, Lobby, wait_for  # noqa: E402
from referee import Referee  # noqa: E402

USERS = {"foyer": 64101, "foyer-print": 64102, "foyer-access": 64103, "foyer-notify": 64104, "foyer-kiosk": 64105, "foyer-tester": 64106}
LANDLOCK_NET, LANDLOCK_FILES = 4, 1  # the first levels that fence in TCP, and files

# What each program's cell refuses, and the errors that say so. EPERM is seccomp's word, EACCES Landlock's.
SECCOMP = {"tiocsti": "EPERM", "ptrace": "EPERM", "mptcp": "EPERM", "fastopen": "EPERM", "netlink": "EPERM"}
FILES = {"proc": "EACCES", "create": "EACCES"}  # Landlock
NO_PASSWD = {"passwd": "EACCES"}
NO_PROGRAM = {"execve": "EPERM"}
NO_OTHER_PROGRAM = {"execve": "EACCES"}  # one is allowed: only Landlock can tell which
NO_STREAMS = {"connect": "EPERM", "listen": "EPERM"}
NO_INTERNET = {**NO_STREAMS, "udp": "EPERM"}
NO_OTHER_PORT = {"connect": "EACCES", "listen": "EPERM"}
NO_UNIX = {"unix": "EPERM"}

# program: (point in the middle of its work, what is refused, what must go on to work)
CELLS = {
    "foyer-print": ("courier.job", {**SECCOMP, **FILES, **NO_PASSWD, **NO_PROGRAM, **NO_INTERNET}, ("unix",)),
    "foyer-access": ("courier.job", {**SECCOMP, **FILES, **NO_PASSWD, **NO_PROGRAM, **NO_STREAMS, **NO_UNIX}, ("udp",)),
    "foyer-notify": ("courier.job", {**SECCOMP, **FILES, **NO_PASSWD, **NO_PROGRAM, **NO_OTHER_PORT, **NO_UNIX}, ("udp",)),
    "foyer-camera": ("camera.looked", {**SECCOMP, **FILES, **NO_PASSWD, **NO_PROGRAM, **NO_INTERNET, **NO_UNIX}, ()),
    "foyer-kiosk": ("kiosk.answered", {**SECCOMP, **FILES, **NO_PASSWD, **NO_OTHER_PROGRAM, **NO_INTERNET}, ("unix",)),
    "foyer-kiosk-guard": (None, {**SECCOMP, **FILES, **NO_PASSWD, **NO_PROGRAM, **NO_INTERNET, **NO_UNIX}, ()),
    "foyerd": ("foyerd.answered", {**SECCOMP, **FILES, **NO_PASSWD, **NO_PROGRAM, **NO_INTERNET}, ("unix",)),
    "foyerd-names": ("reader.read", {**SECCOMP, **FILES, **NO_PROGRAM, **NO_INTERNET}, ("unix", "passwd")),
    "foyerd-read": ("reader.read", {**SECCOMP, **FILES, **NO_PASSWD, **NO_PROGRAM, **NO_INTERNET, **NO_UNIX}, ()),
}
BY_LANDLOCK_NET = {("foyer-notify", "connect")}
# Without Landlock a program that may run one may run all.
BY_LANDLOCK_FILES = {(program, name) for program in CELLS for name in ("proc", "create", "passwd")} | {("foyer-kiosk", "execve")}


def landlock():
    """The kernel's level: landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION."""
    return max(0, ctypes.CDLL(None).syscall(444, 0, 0, 1))


def tiocsti_works():
    """Since Linux 6.2 a machine may refuse it to everybody."""
    try:
        with open("/proc/sys/dev/tty/legacy_tiocsti", encoding="ascii") as f:
            return f.read().strip() == "1"
    except FileNotFoundError:
        return True


class CellLobby(Lobby):
    """A lobby in which foyerd may also be root's: then each courier has a user of its own, and so has the kiosk."""

    def __init__(self, as_root):
        super().__init__()
        self.as_root = as_root
        if as_root:
            self.init = ("--init",)
            self.site['\tdemo = "yes"\n'] = ""
            self.more = 'role "manager" { members = { "user:root" } }\n'

    def conf_write(self):
        super().conf_write()
        if self.as_root:  # what others than root must pass or read
            for below in ("mail", "print", "run", "camera"):
                os.chmod(self.path(below), 0o755)
            for below in ("foyer.conf", "kiosk.conf", "mail/tls.crt"):
                os.chmod(self.path(below), 0o644)

    def kiosk_argv(self):
        argv = super().kiosk_argv()
        return ["setpriv", "--reuid=foyer-kiosk", "--regid=foyer-kiosk", "--init-groups", *argv] if self.as_root else argv


class Cells(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        # What stands for the rest of the world.
        self.elsewhere = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.addCleanup(self.elsewhere.close)
        self.reports = {}
        self.asked = set()
        self.programs = set()

    def verdict(self, program, _pid, point):
        """Each program once at each point."""
        if program not in self.programs or (program, point) in self.asked:
            return None
        self.asked.add((program, point))
        return f"probe {self.elsewhere.getsockname()[1]}"

    def reported(self, program, _pid, point, report):
        self.reports[program, point] = report

    def probed(self):
        """Every program's reports, and what they say."""
        points = {(p, at) for p in self.programs for at in ("sandbox.entering", "sandbox.entered", CELLS[p][0]) if at}
        wait_for("every probe", lambda: points <= set(self.reports), 30)
        for program in self.programs:
            with self.subTest(program=program):
                self.check(program)

    def test_nobody_gets_out(self):
        # The camera has the kiosk's cell around its own: it is seen alone.
        self.programs = set(CELLS) - {"foyer-camera"}
        lobby = CellLobby(as_root=os.geteuid() == 0)
        self.addCleanup(lobby.down)
        referee = Referee(lobby.path("referee"), self.verdict, self.reported)
        self.addCleanup(referee.close)
        lobby.env["FOYER_FAULT"] = referee.path
        lobby.up()
        kiosk = Kiosk(lobby)
        self.addCleanup(kiosk.end)
        made = lobby.invite("Conny Cell", "--png", lobby.path("pass.png"))
        os.chmod(lobby.path("pass.png"), 0o644)  # the camera's user is another one
        kiosk.expect(FIRST)
        shutil.copy(lobby.path("pass.png"), lobby.path("camera/pass.png"))
        kiosk.expect("Conny Cell", "Yes, this is me")
        kiosk.press("Enter")
        kiosk.expect("I agree")
        kiosk.press("Left", "Enter")
        kiosk.expect("Welcome, Conny Cell", "Your badge is printed", "Doors open for you until")
        lobby.mail("james.baker@demo.example", "Conny")
        self.assertIn("The journal holds", lobby.foyer("journal", "verify"))
        lobby.foyer("backup")
        self.probed()
        self.assertEqual(lobby.visit(made["number"])["state"], "inside")

    def test_the_camera_alone(self):
        self.programs = {"foyer-camera"}
        folder = tempfile.mkdtemp(prefix="camera.")
        self.addCleanup(shutil.rmtree, folder)
        referee = Referee(os.path.join(folder, "referee"), self.verdict, self.reported)
        self.addCleanup(referee.close)
        picture = os.path.join(folder, "picture.png")
        subprocess.run([LOBBY.program("foyer-scan-qr"), picture], input=b"HELLO", check=True)
        camera = subprocess.Popen([LOBBY.program("foyer-camera"), picture], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                  env=dict(os.environ, FOYER_FAULT=referee.path))
        self.addCleanup(camera.stdout.close)
        self.addCleanup(camera.wait)
        self.addCleanup(camera.kill)
        self.probed()
        self.assertIsNone(camera.poll())

    def check(self, program):
        later, refused, needed = CELLS[program]
        level = landlock()
        before = self.reports[program, "sandbox.entering"]
        # Whatever is refused afterwards went through before: else this test would see nothing.
        expected = {name: "ok" for name in before}
        if not tiocsti_works():
            expected["tiocsti"] = "EIO"
        self.assertEqual(before, expected)
        for point in ("sandbox.entered", later):
            if point is None:
                continue
            report = self.reports[program, point]
            seen, expected = dict(report), dict(refused)
            for name in list(expected):
                if ((program, name) in BY_LANDLOCK_FILES and level < LANDLOCK_FILES) or (
                        (program, name) in BY_LANDLOCK_NET and level < LANDLOCK_NET):
                    print(f"# {program} at {point}: {name} was {seen[name]}; this kernel's Landlock (level {level}) cannot refuse it")
                    del expected[name]
            self.assertEqual({name: seen[name] for name in expected}, expected, point)
            self.assertEqual({name: seen[name] for name in needed}, {name: "ok" for name in needed}, point)
            self.assertEqual(set(refused) | set(needed), set(seen), "every probe is either refused or needed")


def users_added(folder):
    """/etc/passwd and /etc/group with the house's users, in folder."""
    for name, line in (("passwd", "{0}:x:{1}:{1}::/nonexistent:/usr/sbin/nologin\n"), ("group", "{0}:x:{1}:\n")):
        path = os.path.join(folder, name)
        with open(f"/etc/{name}", encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
            out.write("".join(one for one in f if one.split(":")[0] not in USERS))
            out.write("".join(line.format(*user) for user in USERS.items()))
        os.chmod(path, 0o644)


def both_ways():
    """Run this file twice where the users are: as root, and as an ordinary one."""
    folder = tempfile.mkdtemp(prefix="cells.")
    script = 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"'
    enter = ["unshare", "--mount", "sh", "-c", script, "sh", folder]
    ordinary = ["setpriv", "--reuid=foyer-tester", "--regid=foyer-tester", "--clear-groups"]
    try:
        users_added(folder)
        for how in ([], ordinary):
            print("#", "as an ordinary user" if how else "as root, through the keeper", flush=True)
            subprocess.run([*enter, *how, sys.executable, os.path.abspath(__file__), "inside"], check=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    print(f"# Landlock level {landlock()}", flush=True)
    if len(sys.argv) > 1 or os.geteuid() != 0:
        if len(sys.argv) == 1:
            print("# not root: the half with the keeper's users was not seen")
        unittest.main(argv=sys.argv[:1], verbosity=1)
    try:
        both_ways()
    except subprocess.CalledProcessError as e:
        sys.exit(e.returncode)
