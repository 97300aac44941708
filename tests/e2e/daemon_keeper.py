#!/usr/bin/python3
"""foyerd started as root: it becomes user foyer, each courier runs under a user of its own, and the keeper does nothing else.

The users need not exist on this machine: the test runs in a mount namespace with a passwd and a group file of its own.
"""
import grp
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon_api import MORE, House, read, wait_for  # noqa: E402

USERS = {"foyer": 64101, "foyer-print": 64102, "foyer-access": 64103, "foyer-notify": 64104, "foyer-kiosk": 64105}


def enter_namespace(script=os.path.abspath(__file__)):
    """Run a test again where /etc/passwd and /etc/group name the users."""
    folder = tempfile.mkdtemp(prefix="k")
    try:
        for name, line in (("passwd", "{0}:x:{1}:{1}::/nonexistent:/usr/sbin/nologin\n"), ("group", "{0}:x:{1}:\n")):
            with open(os.path.join(folder, name), "w") as f:
                f.write(read(f"/etc/{name}") + "".join(line.format(*user) for user in USERS.items()))
            os.chmod(os.path.join(folder, name), 0o644)
        enter = 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"'
        return subprocess.run(["unshare", "--mount", "sh", "-c", enter, "sh", folder, sys.executable, script, "inside"],
                              check=False).returncode
    finally:
        shutil.rmtree(folder)


def can_enter():
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "mount", "--bind", "/etc/passwd", "/etc/passwd"],
                                                capture_output=True, check=False).returncode == 0


def status(pid):
    return dict(line.split(":\t", 1) for line in read(f"/proc/{pid}/status").splitlines() if ":\t" in line)


def children(pid):
    return [int(c) for c in read(f"/proc/{pid}/task/{pid}/children").split()]


class Keeper(unittest.TestCase):
    def setUp(self):
        self.house = House(MORE + 'role "manager" { members = { "user:daemon" } }\n')
        self.addCleanup(self.house.remove)
        text = read(self.house.conf).replace('demo = "yes"', "")
        with open(self.house.conf, "w") as f:
            f.write(text)
        os.chown(self.house.conf, 0, USERS["foyer"])
        os.chmod(self.house.conf, 0o640)
        # A folder that its owner's user may write, as the package makes them.
        for name in ("state", "backups"):
            os.mkdir(os.path.join(self.house.dir, name))
        # Scripts note what they saw beside themselves.
        os.chmod(self.house.bin, 0o777)

    def test_each_under_its_own_user(self):
        self.house.command("--init")
        book = os.path.join(self.house.dir, "state", "book")
        self.assertEqual(os.stat(book).st_uid, USERS["foyer"])
        with open(self.house.log, "a") as log:
            self.house.process = subprocess.Popen([os.path.join(self.house.bin, "foyerd"), "-c", self.house.conf, "-f"], stderr=log)
        daemon = self.house.process.pid
        wait_for("both couriers", lambda: self.house.process.poll() is not None or self.house.logged().count("is ready") == 2)
        self.assertIsNone(self.house.process.poll(), self.house.logged())

        self.assertEqual(status(daemon)["Uid"].split(), [str(USERS["foyer"])] * 4)
        self.assertEqual(int(status(daemon)["CapEff"], 16), 0)
        keeper = [c for c in children(daemon) if read(f"/proc/{c}/comm").strip() == "foyerd-keeper"]
        self.assertEqual(len(keeper), 1)
        couriers = {int(status(c)["Uid"].split()[0]): c for c in children(keeper[0])}
        self.assertEqual(set(couriers), {USERS["foyer-print"], USERS["foyer-notify"]})
        for uid, pid in couriers.items():
            self.assertEqual(status(pid)["Gid"].split(), [str(uid)] * 4)
            self.assertEqual(int(status(pid)["CapEff"], 16), 0)
        kiosk = os.stat(self.house.path("lobby"))
        self.assertEqual((kiosk.st_gid, kiosk.st_mode & 0o777), (USERS["foyer-kiosk"], 0o660))
        self.assertEqual(os.stat(self.house.path()).st_gid, USERS["foyer"])
        run = os.path.join(self.house.run_dir, "courier")
        self.assertEqual(os.stat(os.path.join(run, "print")).st_uid, USERS["foyer-print"])

        # root has no role here, foyerd's own user neither; the one who is configured has.
        self.assertEqual(self.house.ask("GET", "/v1/me")[0], 403)

        # A courier that is killed is started again, through the keeper.
        os.kill(couriers[USERS["foyer-print"]], signal.SIGKILL)
        wait_for("another courier", lambda: self.house.logged().count("print:lobby is ready") == 2)

        self.assertEqual(self.house.stop(), 0)
        wait_for("the keeper to end", lambda: not os.path.exists(f"/proc/{keeper[0]}"))
        self.house.command("--verify")

    def test_couriers_die_with_a_killed_daemon(self):
        self.killed(lambda keeper: None)

    def test_a_stopped_keeper_dies_with_a_killed_daemon(self):
        def stop(keeper):
            os.kill(keeper, signal.SIGSTOP)
            wait_for("its stop", lambda: status(keeper)["State"].startswith("T"))
        self.killed(stop)

    def killed(self, before):
        self.house.command("--init")
        with open(self.house.log, "a") as log:
            self.house.process = subprocess.Popen([os.path.join(self.house.bin, "foyerd"), "-c", self.house.conf, "-f"], stderr=log)
        wait_for("both couriers", lambda: self.house.logged().count("is ready") == 2)
        keeper = [c for c in children(self.house.process.pid) if read(f"/proc/{c}/comm").strip() == "foyerd-keeper"][0]
        couriers = children(keeper)
        before(keeper)
        self.house.process.kill()
        self.house.process.wait()
        for pid in [keeper, *couriers]:
            wait_for("the end of all", lambda p=pid: not os.path.exists(f"/proc/{p}") or status(p)["State"].startswith("Z"))

    def test_a_missing_user_is_named(self):
        text = read("/etc/passwd")
        self.assertIn("foyer-notify", text)
        with open("/etc/passwd", "w") as f:
            f.write("".join(line for line in text.splitlines(True) if not line.startswith("foyer-notify:")))
        try:
            done = self.house.command("-f", ok=False)
        finally:
            with open("/etc/passwd", "w") as f:
                f.write(text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no user foyer-notify", done.stderr)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "inside":
        assert pwd.getpwnam("foyer") and grp.getgrnam("foyer")
        unittest.main(argv=sys.argv[:1], verbosity=1)
    elif can_enter():
        sys.exit(enter_namespace())
    else:
        print("# needs root and mount namespaces")
        sys.exit(77)  # tests/run-e2e: skipped
