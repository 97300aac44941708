"""The lobbies of kill.py: everything real, foyerd started again by us whenever it dies, as systemd would."""
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

from points import Points

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "e2e", "lib"))
import lobby  # noqa: E402

wait_for = lobby.wait_for
KIOSKS = 6  # a kiosk may bring in so many walk-ins, and we are in a hurry
RESTART_S = 0.1  # systemd's is a second: this leaves couriers and kiosks less time to notice


class Site(lobby.Lobby):
    """One lobby; each process in it asks `points` at each step."""

    def __init__(self):
        super().__init__()
        self.points = Points(self.path("fault.sock"))
        self.env["FOYER_FAULT"] = self.points.path
        self.site = {'door-right = "badge-code"': 'door-right = "badge-code"\n\texit-grace = "0s"',
                     # Room for all, and no more patience with a controller than with the others.
                     'card-last = "10058499"': 'card-last = "10062399"\n\ttimeout = "1s"'}
        self.more = "".join(f'kiosk "k{i}" {{ place = "Lobby" printer = "lobby" }}\n' for i in range(KIOSKS))
        self.more += ('type "papers" { label = "Papers" walk-in = "yes" steps = { "details", "host" } badge = "visitor" approval = "none"'
                      ' longest-stay = "4h" id = "required" }\n')
        self.foyerd = None

    def foyerd_argv(self):
        return [lobby.LOBBY.program("foyerd"), "-f", "-c", self.path("foyer.conf")]

    def socket(self, who):
        """The socket of a kiosk, or of "staff"."""
        return self.path("run/api.sock") if who == "staff" else self.path(f"run/kiosk/{who}.sock")

    def answers(self):
        return all(lobby.LOBBY.answers(self.socket(who)) for who in ("staff", "lobby", f"k{KIOSKS - 1}"))

    def foyerd_start(self, before=()):
        self.foyerd = Foyerd(self, list(before))
        wait_for("foyerd", self.answers)

    def down(self):
        if self.foyerd:
            self.foyerd.end()
        self.points.close()
        super().down()

    def book(self):
        return self.path("state/book")

    def log_tail(self, lines=25):
        for name in sorted(os.listdir(self.path("log"))):
            with open(self.path(f"log/{name}"), encoding="utf-8", errors="replace") as f:
                yield from [f"--- log/{name}", *f.read().splitlines()[-lines:]]


class Foyerd(threading.Thread):
    """Keeps a foyerd running. Nobody but us may end it: how it ended otherwise is a trouble."""

    def __init__(self, site, before):
        super().__init__(daemon=True)
        self.site, self.argv = site, before + site.foyerd_argv()
        self.child = None
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.hold = threading.Event()  # while set, nobody starts it again
        self.sanctioned = set()  # exit statuses beside SIGKILL that belong to what is being done to it
        self.troubles = []
        self.starts = 0
        self.up_since = 0.0  # monotonic: when it was last started
        self.start()

    def run(self):
        while not self.over.is_set():
            with self.lock, open(self.site.path("log/foyerd"), "ab") as log:
                self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.site.env,
                                              start_new_session=True)
            self.starts += 1
            self.up_since = time.monotonic()
            status = self.child.wait()
            if status != -signal.SIGKILL and status not in self.sanctioned and not self.over.is_set():
                self.troubles.append(f"foyerd ended by itself, status {status}")
            self.over.wait(RESTART_S)
            while self.hold.is_set() and not self.over.is_set():
                self.over.wait(0.02)

    def kill(self, how=signal.SIGKILL):
        with self.lock:
            if self.child.poll() is None:
                self.child.send_signal(how)

    def restart(self, how=signal.SIGKILL):
        """It ends, and another one answers."""
        before = self.starts
        if how == signal.SIGTERM:
            self.sanctioned = {0, -signal.SIGTERM}  # the latter before it serves
        self.kill(how)
        wait_for("another foyerd", lambda: self.starts > before and self.site.answers())

    def end(self):
        self.over.set()
        self.kill(signal.SIGTERM)
        self.kill(signal.SIGCONT)
        self.join(20)
        while self.is_alive():  # it hangs, or was started once more at this moment
            self.kill()
            self.join(1)


class KeeperSite(Site):
    """foyerd started as root: it becomes user foyer, and each courier runs under a user of its own. The users need not exist on this
    machine: foyerd runs where passwd and group are files of ours."""

    USERS = {"foyer": 64101, "foyer-print": 64102, "foyer-access": 64103, "foyer-notify": 64104, "foyer-kiosk": 64105}
    SCRIPT = 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"'

    def __init__(self):
        super().__init__()
        self.site['\tdemo = "yes"\n'] = ""
        self.more += 'role "manager" { members = { "user:root" } }\n'
        self.before = ["unshare", "--mount", "sh", "-c", self.SCRIPT, "sh", self.path("users")]
        # Users of their own must get at the programs, wherever they were built.
        os.chmod(self.dir, 0o711)
        os.makedirs(self.path("bin/share"))
        for name in ("foyerd", "foyer-print", "foyer-access", "foyer-notify"):
            shutil.copy(lobby.LOBBY.program(name), self.path("bin"))
        shutil.copytree(os.path.join(lobby.BUILD, "share/foyer"), self.path("bin/share/foyer"))
        os.makedirs(self.path("users"))
        for name, line in (("passwd", "{0}:x:{1}:{1}::/nonexistent:/usr/sbin/nologin\n"), ("group", "{0}:x:{1}:\n")):
            with open(f"/etc/{name}", encoding="utf-8") as f:
                text = f.read()
            with open(self.path(f"users/{name}"), "w", encoding="utf-8") as f:
                f.write(text + "".join(line.format(*user) for user in self.USERS.items()))
            os.chmod(self.path(f"users/{name}"), 0o644)

    @staticmethod
    def possible():
        """Only root starts foyerd as root, and not every container lets it mount."""
        return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "mount", "--bind", "/etc/passwd", "/etc/passwd"],
                                                    capture_output=True, check=False).returncode == 0

    def foyerd_argv(self):
        return [self.path("bin/foyerd"), "-f", "-c", self.path("foyer.conf")]

    def book_new(self):
        os.chmod(self.path("foyer.conf"), 0o644)  # no secret stands in it
        os.chmod(self.path("mail"), 0o711)
        os.chmod(self.path("mail/tls.crt"), 0o644)
        os.chmod(self.path("run"), 0o755)
        with open(self.path("log/init"), "wb") as log:
            subprocess.run([*self.before, self.path("bin/foyerd"), "-c", self.path("foyer.conf"), "--init"], env=self.env, check=True,
                           stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def foyerd_start(self, before=()):
        super().foyerd_start(self.before)
