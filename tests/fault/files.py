#!/usr/bin/python3
"""Each call to the disk of foyerd --init, --backup and --restore fails once: what is said to be done is done, what is said to have failed was not done
by half, and the same command without the fault does it then.

ROUNDS: at most so many of the calls of each command, spread over all of them (unset: each)."""
import os
import re
import shutil
import sys
import tempfile
import subprocess

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e/lib"))
from lobby import BUILD, LOBBY  # noqa: E402

PRELOAD = os.path.join(BUILD, "fault-tests", "preload_files.so")
CONF = ('site {{ name = "House" id = "3" timezone = "UTC" languages = {{ "en" }} demo = "yes" reception = "100" }}\n'
        'paths {{ state = "{0}/state" run = "{0}/run" backups = "{0}/backups" keys = "{0}/keys" }}\n')


class House:
    """One folder; every trial begins with the same files in it."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="files.")
        self.dir, self.before = os.path.join(self.top, "house"), os.path.join(self.top, "before")
        os.mkdir(self.dir)
        with open(self.path("foyer.conf"), "w", encoding="utf-8") as f:
            f.write(CONF.format(self.dir))

    def path(self, name):
        return os.path.join(self.dir, name)

    def keep(self):
        shutil.rmtree(self.before, ignore_errors=True)
        shutil.copytree(self.dir, self.before)

    def again(self):
        shutil.rmtree(self.dir)
        shutil.copytree(self.before, self.dir)

    def foyerd(self, *argv, at=None):
        env = dict(os.environ)
        if at is not None:
            env |= {"LD_PRELOAD": PRELOAD, "FAULT_FILES": f"{at} {self.top}/count"}
        return subprocess.run([LOBBY.program("foyerd"), "-c", self.path("foyer.conf"), *argv], env=env, check=False, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def must(self, *argv):
        done = self.foyerd(*argv)
        assert done.returncode == 0, f"foyerd {' '.join(argv)}: {done.stdout}"
        return done.stdout

    def entries(self):
        """Of the journal; the book is whole."""
        return int(re.search(r"journal of (\d+) entries", self.must("--verify")).group(1))

    def marked(self):
        """The bookmark is still the one of before."""
        marks = [os.path.join(d, "state/book.mark") for d in (self.dir, self.before)]
        return open(marks[0], "rb").read() == open(marks[1], "rb").read()  # pylint: disable=consider-using-with,unspecified-encoding

    def calls(self):
        with open(os.path.join(self.top, "count"), encoding="ascii") as f:
            return int(f.read())


def init(house, done):
    if done.returncode:
        house.must("--init", "--demo")
    assert house.entries() == 1


def backup(house, done):
    left = os.listdir(house.path("backups"))
    if done.returncode:
        assert "new" not in left, "the copy is there, and was said to have failed"
        house.must("--backup", house.path("backups/new"))
    house.must("--restore", house.path("backups/new"))
    assert house.entries() == 3


def restore(house, done):
    entries = house.entries()
    assert entries in (2, 3) if done.returncode else entries == 3, f"the journal has {entries} entries"
    assert house.marked() == (entries == 2), "the bookmark is another book's"
    if done.returncode:
        house.must("--restore", house.path("backups/old"))
    assert house.entries() == 3


def walk(house, check, rounds, *argv):
    """How many trials did not end well."""
    house.keep()
    done = house.foyerd(*argv, at=0)
    assert done.returncode == 0, done.stdout
    most, wrong, failed = house.calls(), 0, 0
    for at in range(1, most + 1, max(1, most // rounds) if rounds else 1):
        house.again()
        done = house.foyerd(*argv, at=at)
        failed += done.returncode != 0
        try:
            assert done.returncode in (0, 1), f"it ended with {done.returncode}"
            check(house, done)
        except AssertionError as e:
            wrong += 1
            print(f"{argv[0]}: call {at} of {most} fails: {e}\n    it had said ({done.returncode}): {done.stdout.strip()}", flush=True)
    house.again()
    print(f"# {argv[0]}: {most} calls to the disk, {failed} times it failed; {wrong} times something was done by half", flush=True)
    return wrong


def main():
    rounds = int(os.environ.get("ROUNDS") or 0)
    house = House()
    try:
        wrong = walk(house, init, rounds, "--init", "--demo")
        house.must("--init", "--demo")
        house.must("--backup", house.path("backups/first"))
        house.must("--restore", house.path("backups/first"))
        assert house.entries() == 2
        wrong += walk(house, backup, rounds, "--backup", house.path("backups/new"))
        house.must("--backup", house.path("backups/old"))
        wrong += walk(house, restore, rounds, "--restore", house.path("backups/old"))
    finally:
        shutil.rmtree(house.top)
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
