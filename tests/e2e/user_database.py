#!/usr/bin/python3
"""A user database that does not answer, as one in a network that is down (/etc/passwd and /etc/group of foyerd's world are pipes that nobody writes
to), or that fails. The kiosk notices nothing, staff whom foyerd has met go on, others hear why in time, and all is well by itself afterwards."""
import os
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from crowd import Holder  # noqa: E402
from house import House  # noqa: E402
from lobby import LOBBY, wait_for  # noqa: E402


def person(uid, gid):
    return ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")


NOBODY, MEMBER, OTHER = person(65534, 65534), person(64998, 5999), person(64999, 64999)

# A request on one connection for each line.
KEPT = ("import socket,sys; s=socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1]); f=s.makefile('rb')\n"
        "for _ in sys.stdin:\n"
        "    s.sendall(b'GET /v1/visits HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); print(f.readline().split()[1].decode(), flush=True); n=0\n"
        "    while (line := f.readline().strip()): n = int(line.split()[1]) if line.lower().startswith(b'content-length') else n\n"
        "    f.read(n)\n")


def may_mount():
    mount = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(mount, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


@unittest.skipUnless(may_mount(), "the user database is taken away by root alone")
class UserDatabase(unittest.TestCase):
    FILES = ("passwd", "group")

    @classmethod
    def setUpClass(cls):
        cls.house = House()
        cls.house.without = ("printer", "controller")
        cls.house.more = 'role "desk" { members = { "user:nobody", "group:no-such-group", "group:everybody" } }\n'
        cls.addClassCleanup(cls.house.down)
        cls.house.up()

    def setUp(self):
        """foyerd begins, in a world of its own."""
        self.house.stop("foyerd")
        self.house.foyerd_start(before=("unshare", "-m"))
        for name in self.FILES:
            if not os.path.exists(self.house.path(name)):
                os.mkfifo(self.house.path(name))

    def world(self, *argv):
        subprocess.run(["nsenter", "-m", "-t", str(self.house.running_pid("foyerd")), *argv], check=True, stdin=subprocess.DEVNULL)

    def stall(self):
        for name in self.FILES:
            self.world("mount", "--bind", self.house.path(name), "/etc/" + name)

    def mend(self):
        for name in self.FILES:
            self.world("umount", "-l", "/etc/" + name)

    def foyer(self, *argv, who=()):
        """(seconds, exit status, what it said)"""
        began = time.monotonic()
        run = subprocess.run([*who, LOBBY.program("foyer"), *argv], env=self.house.env, stdin=subprocess.DEVNULL, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
        return time.monotonic() - began, run.returncode, run.stdout

    def kiosk(self, name="lobby"):
        """Seconds until a kiosk has an answer."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            began = time.monotonic()
            s.connect(self.house.path(f"run/kiosk/{name}.sock"))
            s.send(b"GET /v1/kiosk HTTP/1.1\r\nHost: foyer\r\n\r\n")
            self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 "))
            return time.monotonic() - began

    def test_somebody_new_while_it_does_not_answer(self):
        self.assertEqual(self.foyer("visits")[1], 0)
        self.stall()
        asked = subprocess.Popen([*NOBODY, LOBBY.program("foyer"), "visits"], env=self.house.env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        began = time.monotonic()
        slowest = 0
        while asked.poll() is None:
            slowest = max(slowest, self.kiosk(), self.foyer("visits")[0])
        took = time.monotonic() - began
        with asked.stdout:
            said = asked.stdout.read()
        print(f"\nsomebody new was answered after {took:.1f} s; kiosk and reception meanwhile within {slowest * 1000:.0f} ms", flush=True)
        self.assertIn("the user database does not say who you are", said)
        self.assertNotEqual(asked.returncode, 0)
        self.assertLess(took, 5)
        self.assertLess(slowest, 1)
        self.mend()
        self.house.later(11)
        self.assertEqual(self.foyer("visits", who=NOBODY)[1:], self.foyer("visits")[1:], "the first who asks again waits for the answer")

    def test_a_connection_that_is_kept(self):
        """Who was refused on it hears of the news on it."""
        self.stall()
        kept = subprocess.Popen([*NOBODY, sys.executable, "-c", KEPT, self.house.path("run/api.sock")], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        with kept:
            self.addCleanup(kept.kill)
            def ask():
                print(file=kept.stdin, flush=True)
                return kept.stdout.readline().strip()
            self.assertEqual(ask(), "503")
            self.mend()
            self.house.later(11)
            self.assertEqual(self.foyer("visits", who=NOBODY)[1], 0)
            self.assertEqual(ask(), "200")
            kept.stdin.close()

    def test_exports_that_nobody_reads_keep_nobody_out(self):
        with open(self.house.path("many.csv"), "w", encoding="utf-8") as f:
            f.write("uid,name,department\n" + "".join(f"h{i},Host {i} {'x' * 150},{'y' * 190}\n" for i in range(600)))
        self.house.foyer("host", "import", "--yes", self.house.path("many.csv"))
        export = (self.house.path("run/api.sock"), "/v1/export?what=hosts")
        holder = Holder([export] * 5)
        self.addCleanup(holder.kill)
        self.assertEqual(holder.statuses, ["200"] * 4 + ["503"], "no export more")
        self.assertEqual(self.foyer("visits", who=NOBODY)[1], 0)

    def test_who_was_met_before_is_known_for_longer(self):
        self.assertEqual(self.foyer("visits", who=NOBODY)[1], 0)
        self.stall()
        for _ in range(3):
            self.house.later(11 * 60)  # it would be asked again
            took, status, said = self.foyer("visits", who=NOBODY)
            self.assertEqual((status, took < 1), (0, True), said)
        self.mend()

    def test_a_group_of_many(self):
        """An entry of some 500 KB."""
        with open("/etc/group", encoding="utf-8") as old, open(self.house.path("large"), "w", encoding="utf-8") as f:
            f.write(old.read() + "everybody:x:5999:" + ",".join(f"employee{i:05}" for i in range(36000)) + "\n")
        self.world("mount", "--bind", self.house.path("large"), "/etc/group")
        self.assertEqual(self.foyer("visits", who=MEMBER)[1:], (0, "No visits.\n"))
        self.assertIn("no role", self.foyer("visits", who=OTHER)[2])

    def test_an_error_is_not_taken_for_nobody(self):
        self.assertEqual(self.foyer("visits", who=NOBODY)[1], 0)
        with open(self.house.path("nsswitch"), "w", encoding="utf-8") as f:
            f.write("passwd: files\ngroup: files\n")  # a last service that answers hides what the one before it said
        self.world("mount", "--bind", self.house.path("nsswitch"), "/etc/nsswitch.conf")
        for name in self.FILES:  # reading fails: EIO, as a disk's and SSSD's
            self.world("mount", "--bind", f"/proc/{os.getpid()}/mem", "/etc/" + name)
        for _ in range(3):
            self.house.later(11 * 60)
            self.assertEqual(self.foyer("visits", who=NOBODY)[1], 0)
            said = self.foyer("visits", who=OTHER)[2]  # asked after nobody was
            self.assertIn("the user database does not say who you are", said)
            self.assertEqual(self.foyer("visits", who=NOBODY)[1], 0)
        with open(self.house.path("log/foyerd"), encoding="utf-8") as f:
            self.assertRegex(f.read(), r"the user database: who a user is: ")

    def test_a_new_kiosk_while_it_does_not_answer(self):
        self.stall()
        more = self.house.more
        self.house.more = more + 'kiosk "gate" { place = "Gate" }\n'
        self.house.conf_write()
        self.addCleanup(lambda: (setattr(self.house, "more", more), self.house.conf_write()))
        os.kill(self.house.running_pid("foyerd"), signal.SIGHUP)
        wait_for("the new kiosk's socket", lambda: os.path.exists(self.house.path("run/kiosk/gate.sock")))
        self.assertLess(self.kiosk(), 1)
        self.assertLess(self.kiosk("gate"), 1)
        self.mend()

    def test_a_broken_configuration_keeps_nobody_out(self):
        with open(self.house.path("foyer.conf"), "a", encoding="utf-8") as f:
            f.write("nonsense {\n")
        self.addCleanup(self.house.conf_write)
        self.assertEqual(self.foyer("visits", who=NOBODY)[1], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
