"""One foyerd on a book that tests/bench/book.c made, in a folder of its own, with a door controller's simulator if it is to have doors."""
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = os.path.realpath(os.environ.get("O", "build"))
# A command that starts the command after it, for who shares a machine: BENCH_WITH="chrt -f 1".
WITH = shlex.split(os.environ.get("BENCH_WITH", ""))
PATIENCE_S = 60
SERIAL = 405419896
KIOSKS = ("lobby", "north", "south", "gate")
CARDS = 200000

CONF = """\
site {{
	name = "Bench" id = "7" timezone = "{zone}" languages = {{ "en" }} demo = "yes" reception = "100" door-right = "badge-code"
}}
paths {{ state = "{state}" run = "{dir}/run" backups = "{dir}/backups" }}
retention {{ visitor = "400d" visit = "400d" signature = "400d" invitation = "400d" job = "400d" journal = "400d" }}
controller "main" {{
	driver = "uhppote" address = "127.0.0.1:{port}" serial = "{serial}"
	card-first = "10058400" card-last = "{card_last}" profile-first = "100" profile-last = "199"
}}
access-group "visitors" {{ doors = {{ "main:1", "main:2" }} }}
"""
PAPER = """\
printer "lobby" { queue = "badge" badge-size = "62x100" }
mail { server = "127.0.0.1:9" tls = "none" from = "foyer@house.example" }
"""


class Failed(Exception):
    """Something did not work: the only thing that fails a bench."""


def ran(argv, **how):
    """The output of a program of ours, or Failed."""
    done = subprocess.run([*WITH, *map(str, argv)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          check=False, **how)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, argv[:2]))}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def bench(name, *args, **how):
    return ran([os.path.join(BUILD, "bench", name), *args], **how)


class House:
    """visits in the book, guests of them expected now. doors: couriers run, and a simulated controller; else every job stays in the queue."""

    def __init__(self, visits, guests, doors=False):
        self.dir = tempfile.mkdtemp(prefix="foyer-bench.")
        self.path = lambda below: os.path.join(self.dir, below)
        self.visits, self.guests, self.used, self.doors = visits, guests, 0, doors
        self.foyerd = self.sim = None
        os.makedirs(self.path("bin/share"))
        for program in ("foyerd", *(("foyer-access",) if doors else ())):
            shutil.copy(os.path.join(BUILD, program), self.path("bin"))
        os.symlink(os.path.join(BUILD, "share", "foyer"), self.path("bin/share/foyer"))
        # The book is big, and must lie where the build lies: on a disk, not in memory.
        os.makedirs(os.path.join(BUILD, "bench-work"), exist_ok=True)
        self.state = tempfile.mkdtemp(dir=os.path.join(BUILD, "bench-work"))
        os.symlink(self.state, self.path("state"))
        try:
            self.port = self.sim_start() if doors else 9
            self.conf_write()
            self.command("--init", "--demo")
            with open(self.path("guests"), "w", encoding="utf-8") as f:
                subprocess.run([os.path.join(BUILD, "bench", "book"), self.dir, str(visits), str(guests)], stdout=f, check=True)
        except BaseException:
            self.down()
            raise

    def conf_write(self):
        text = CONF.format(dir=self.dir, state=self.state, zone="UTC", port=self.port, serial=SERIAL, card_last=10058400 + CARDS - 1)
        if not self.doors:
            text += PAPER
        printer = "" if self.doors else ' printer = "lobby"'
        text += "".join(f'kiosk "{k}" {{ place = "{k}"{printer} }}\n' for k in KIOSKS)
        with open(self.path("foyer.conf"), "w", encoding="utf-8") as f:
            f.write(text)

    def sim_start(self):
        """Room for everybody. Its port."""
        self.sim = subprocess.Popen([os.path.join(BUILD, "foyer-door-sim"), "--timezone", "UTC", "--capacity", "20000"], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, text=True)
        line = self.sim.stdout.readline().split()
        if line[:1] != ["port"]:
            raise Failed("the door simulator does not start")
        return int(line[1])

    def cards(self):
        """How many cards the controller holds."""
        self.sim.stdin.write("cards\n")
        self.sim.stdin.flush()
        return self.sim.stdout.readline().count('"card"')

    def program(self):
        return [self.path("bin/foyerd"), "-c", self.path("foyer.conf")]

    def command(self, *args):
        return ran([*self.program(), *args])

    def start(self):
        """Until it says that it is ready (sd_notify(3)); the seconds that took."""
        mark = os.path.join(self.state, "book.mark")
        if os.path.exists(mark):
            os.unlink(mark)  # the book was filled, or written to by the bare side, beside foyerd and on purpose
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, open(self.path("log"), "ab") as log:
            told.bind(self.path("notify"))
            told.settimeout(PATIENCE_S)
            begin = time.monotonic()
            self.foyerd = subprocess.Popen([*WITH, *self.program(), "-f"], stderr=log, stdin=subprocess.DEVNULL,
                                           env=dict(os.environ, NOTIFY_SOCKET=self.path("notify")))
            try:
                while b"READY=1" not in told.recv(256):
                    pass
            except TimeoutError:
                raise Failed("foyerd does not get ready") from None
            took = time.monotonic() - begin
        os.unlink(self.path("notify"))
        return took

    def stop(self):
        if self.foyerd:
            self.foyerd.send_signal(signal.SIGTERM)
            if self.foyerd.wait(PATIENCE_S):
                raise Failed("foyerd did not end well: " + self.logged())
            self.foyerd = None

    def logged(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as f:
            return f.read()[-2000:]

    def socket(self, kiosk=KIOSKS[0]):
        return self.path(f"run/kiosk/{kiosk}.sock")

    def take(self, n):
        """The next n guests: the number of the first."""
        first = self.used
        self.used += n
        if self.used > self.guests:
            raise Failed(f"the book expects {self.guests} guests, not {self.used}")
        return first

    def down(self):
        try:
            self.stop()
        finally:
            if self.foyerd:
                self.foyerd.kill()
                self.foyerd.wait()
            if self.sim:
                self.sim.stdin.close()
                self.sim.wait(PATIENCE_S)
                self.sim.stdout.close()
            shutil.rmtree(self.state)
            shutil.rmtree(self.dir)

    def __enter__(self):
        return self

    def __exit__(self, kind, why, trace):
        if kind and os.path.exists(self.path("log")):
            print(self.logged(), file=sys.stderr)
        self.down()


def pss_kib(pid, what="Pss:"):
    """The share of memory (proc(5), smaps_rollup) of a process and of all that came from it. Who else maps the same libraries makes it less;
    "Private" is what nobody shares."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            own = sum(int(line.split()[1]) for line in f if line.startswith(what))
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return own + sum(pss_kib(int(child), what) for child in f.read().split())
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has ended meanwhile
