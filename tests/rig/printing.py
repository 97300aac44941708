"""A real print server and label printer of our own (etc/demo/print-rig), and foyer-print at the other end of its line protocol."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import uuid

from peer import PATIENCE_S, read_line

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(ROOT, "build")))


class Rig:
    """A private cupsd and one label printer."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="foyer-rig.")
        # "run": it ends with us, however we end
        self.process = subprocess.Popen([os.path.join(BUILD, "print-rig"), "run", self.dir], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0)
        assert read_line(self.process.stdout) == "ready"
        with open(os.path.join(self.dir, "env"), encoding="utf-8") as f:
            env = dict(line.rstrip("\n").split("=", 1) for line in f)
        self.server, self.out, self.media = env["CUPS_SERVER"], env["OUT"], env["MEDIA"]

    def do(self, verb, *what):
        subprocess.run([os.path.join(BUILD, "print-rig"), verb, self.dir, *map(str, what)], check=True, timeout=60)

    def cups(self, program, *args):
        """One of CUPS' own programs, as an operator types it."""
        env = dict(os.environ, CUPS_SERVER=self.server, HOME=self.dir)
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        return subprocess.run([shutil.which(program, path=path), *args], env=env, check=True, timeout=30,
                              capture_output=True, text=True).stdout

    def repair(self):
        """Everything as it was at the start."""
        for thing in ("cupsd", "printer"):
            if not os.path.exists(os.path.join(self.dir, thing + ".pid")):
                self.do(thing, "on")
        self.do("cupsd", "go")
        self.do("jam", "off")
        self.do("labels", 250)
        self.cups("cupsenable", "badge")
        self.cups("cupsaccept", "badge")
        for job in self.waiting():
            self.cups("cancel", job)

    def waiting(self):
        """CUPS' own names of the jobs that are not done: "badge-7"."""
        return re.findall(r"^(badge-\d+) ", self.cups("lpstat", "-o"), re.M)

    def labels(self):
        """Titles of what came out, in order."""
        titles = []
        while os.path.exists(os.path.join(self.out, f"{len(titles) + 1}.txt")):
            with open(os.path.join(self.out, f"{len(titles) + 1}.txt"), encoding="utf-8") as f:
                titles.append(f.read().rstrip("\n"))
        return titles

    def codes(self, n):
        """The QR codes on label n, as another program reads them."""
        run = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", os.path.join(self.out, f"{n}.png")],
                             capture_output=True, text=True, timeout=30, check=True)
        return sorted(run.stdout.split())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        shutil.rmtree(self.dir)


class Courier:
    """One foyer-print, started and told its section."""

    def __init__(self, rig, name="lobby", **conf):
        self.log = open(os.path.join(rig.dir, "foyer-print.log"), "ab")
        self.process = subprocess.Popen([os.path.join(BUILD, "foyer-print")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, bufsize=0)
        section = {"server": rig.server, "queue": "badge", "media": rig.media, "badge_size": "62x100",
                   "data": os.path.join(BUILD, "share/foyer"), "timeout_ms": 3000}
        section.update(conf)
        self.say({"v": 1, "courier": "print", "name": name, "run": rig.dir, "conf": section})
        self.ready = json.loads(read_line(self.process.stdout))

    def say(self, line):
        self.process.stdin.write(json.dumps(line).encode() + b"\n")

    def ask(self, kind, **payload):
        job = str(uuid.uuid4())
        self.say({"job": job, "kind": kind, "attempt": 1, **payload})
        answer = json.loads(read_line(self.process.stdout))
        assert answer.pop("job") == job, answer
        return answer

    def end(self):
        """Its exit status at the end of input."""
        self.process.stdin.close()
        return self.gone()

    def kill(self):
        self.process.kill()
        self.process.stdin.close()
        return self.gone()

    def gone(self):
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.log.close()
        return status
