#!/usr/bin/python3
"""A visit under the shipped units: foyerd without network and without a capability, a keeper for each kind of courier under that courier's
user, the kiosk; each with the user, the read-only machine, the capabilities and the system call filter that its unit in etc/systemd says.
"""
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
import daemon_keeper  # noqa: E402
from daemon_api import landlock, read  # noqa: E402
from daemon_keeper import USERS, children, status  # noqa: E402
from lobby import LOBBY, Kiosk, Lobby, wait_for  # noqa: E402

UNITS = os.path.join(HERE, "..", "..", "etc", "systemd")
KINDS = ("print", "access", "notify")


def under(unit, instance, *more):
    return [sys.executable, os.path.join(HERE, "lib", "unit.py"), os.path.join(UNITS, unit), instance, *more, "--"]


class KeeperSocket(threading.Thread):
    """foyer-keeper@KIND.socket: whenever somebody connects and no keeper runs, one is started with the listening socket."""

    def __init__(self, lobby, kind):
        super().__init__(daemon=True)
        self.lobby, self.kind, self.child = lobby, kind, None
        self.starts = 0
        path = lobby.path(f"keepers/{kind}.sock")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        os.chown(path, USERS["foyer"], USERS["foyer"])
        os.chmod(path, 0o600)
        self.listener.listen(8)
        self.done, self.told = os.pipe()
        self.start()

    def run(self):
        locks = self.lobby.path(f"keepers/{self.kind}")
        fd = self.listener.fileno()
        while self.done not in select.select([fd, self.done], [], [])[0]:
            with open(self.lobby.path(f"log/keeper-{self.kind}"), "ab") as log:
                self.starts += 1
                self.child = subprocess.Popen(
                    [*under("foyer-keeper@.service", self.kind, "--write", locks, "--listen", str(fd)),
                     LOBBY.program("foyerd"), "--keep", self.kind],
                    pass_fds=[fd], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.lobby.env)
            self.child.wait()

    def couriers(self):
        """Its keeper's couriers, once it has become one."""
        try:
            return children(self.child.pid) if read(f"/proc/{self.child.pid}/comm").strip() == "foyerd-keeper" else []
        except (AttributeError, OSError):
            return []  # not started yet, or gone and not started again

    def end(self):
        os.write(self.told, b"x")
        self.join()
        self.listener.close()
        os.close(self.done)
        os.close(self.told)


class UnitLobby(Lobby):
    init = ("--init",)

    def __init__(self):
        super().__init__()
        self.keepers = []
        self.site['\tdemo = "yes"\n'] = ""
        self.more = 'role "manager" { members = { "user:root" } }\n'

    def conf_write(self):
        super().conf_write()
        for below in ("mail", "print", "run", "camera"):
            os.chmod(self.path(below), 0o755)
        for below in ("foyer.conf", "kiosk.conf", "mail/tls.crt"):
            os.chmod(self.path(below), 0o644)
        os.makedirs(self.path("keepers"))
        for kind in KINDS:  # RuntimeDirectory=
            os.makedirs(self.path(f"keepers/{kind}"), mode=0o700)
            os.chown(self.path(f"keepers/{kind}"), USERS[f"foyer-{kind}"], USERS[f"foyer-{kind}"])
            self.keepers.append(KeeperSocket(self, kind))
        os.chown(self.path("run"), USERS["foyer"], USERS["foyer"])

    def foyerd_start(self, before=()):
        writes = [word for below in ("state", "run", "backups") for word in ("--write", self.path(below))]
        self.start("foyerd", [*under("foyerd.service", "", *writes), LOBBY.program("foyerd"), "-f", "-c", self.path("foyer.conf"),
                              "--keepers", self.path("keepers")],
                   lambda: LOBBY.answers(self.path("run/api.sock")) and LOBBY.answers(self.path("run/kiosk/lobby.sock")))

    def kiosk_argv(self):
        return [*under("foyer-kiosk@.service", "lobby"), *super().kiosk_argv()]

    def down(self):
        super().down()
        for keeper in self.keepers:
            keeper.end()


class Units(unittest.TestCase):
    def test_a_visit(self):
        lobby = UnitLobby()
        self.addCleanup(lobby.down)
        lobby.up()
        kiosk = Kiosk(lobby)
        self.addCleanup(kiosk.end)

        # Nobody is root, nobody has a capability, each is who the unit says.
        daemon = lobby.running_pid("foyerd")
        self.assertEqual(status(daemon)["Uid"].split(), [str(USERS["foyer"])] * 4)
        own = [c for c in children(daemon)]
        self.assertEqual([status(c)["Uid"].split()[0] for c in own], [str(USERS["foyer"])])
        everybody = [daemon, *own]
        for keeper in lobby.keepers:
            everybody += [keeper.child.pid, *wait_for(f"a {keeper.kind} courier", keeper.couriers)]
            self.assertEqual({status(p)["Uid"].split()[0] for p in everybody[-2:]}, {str(USERS[f"foyer-{keeper.kind}"])})
        for pid in everybody:
            self.assertEqual([int(status(pid)[f"Cap{which}"], 16) for which in ("Prm", "Eff", "Inh", "Bnd", "Amb")], [0] * 5)
            self.assertEqual((status(pid)["NoNewPrivs"], status(pid)["Seccomp"]), ("1", "2"))
        self.assertEqual(os.stat(lobby.path("run/kiosk/lobby.sock")).st_gid, USERS["foyer-kiosk"])

        # Check in, badge, door, mail; out again.
        made = lobby.invite("Ursula Unit")
        kiosk.check_in(made["pass"], "Ursula Unit")
        kiosk.expect("Your badge is printed", "Doors open for you until")
        _, (card,) = lobby.label(made["number"] + "-1")
        wait_for("the right", lambda: lobby.swipe(card, 1).startswith("granted"))
        lobby.mail("james.baker@demo.example", "Ursula")
        lobby.foyer("backup")
        self.assertIn("The journal holds", lobby.foyer("journal", "verify"))
        self.assertIn("each runs under a user of its own", lobby.tried("doctor").stdout)

        # A keeper that dies takes its couriers along and comes back with the next one that is asked for.
        printing = lobby.keepers[0]
        before = printing.couriers()
        printing.child.kill()
        wait_for("another keeper and courier", lambda: printing.starts > 1 and set(printing.couriers()) - set(before))
        again = lobby.invite("Udo Unit")
        kiosk.check_in(again["pass"], "Udo Unit")
        lobby.label(again["number"] + "-1")

        # Everything ends with foyerd; started again, it finds everything again.
        os.kill(daemon, signal.SIGKILL)
        for keeper in lobby.keepers:
            keeper.child.wait(20)
        lobby.stop("foyerd")
        lobby.foyerd_start()
        (badge,), _ = lobby.label(made["number"] + "-1")
        kiosk.sign_out(badge)
        wait_for("the withdrawal", lambda: lobby.swipe(card, 1).startswith("refused"))
        lobby.stop("foyerd")
        for keeper in lobby.keepers:
            self.assertEqual(keeper.child.wait(20), 0)
        amiss = "Operation not permitted|Read-only file system|not supported by protocol" + ("|no Landlock here" if landlock() else "")
        for name in os.listdir(lobby.path("log")):
            with open(lobby.path(f"log/{name}"), encoding="utf-8", errors="replace") as f:
                self.assertNotRegex(f.read(), amiss, name)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "inside":
        unittest.main(argv=sys.argv[:1], verbosity=1)
    elif daemon_keeper.can_enter() and shutil.which("systemd-analyze"):
        sys.exit(daemon_keeper.enter_namespace(os.path.abspath(__file__)))
    else:
        print("# needs root, mount namespaces and systemd-analyze")
        sys.exit(77)  # tests/run-e2e: skipped
