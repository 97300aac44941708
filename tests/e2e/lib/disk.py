"""A disk of a few megabytes: ext4 in a file, on a loop device, mounted where only this process and its children see it.

A script that uses it calls alone() first. Root is needed; where there is root and no loop device or no mount, the script fails.
"""
import os
import subprocess
import sys

MARK = "FOYER_TEST_MOUNTS"


def alone():
    """Run this script again in a mount namespace of its own: what it mounts is gone with it, however it ends."""
    if os.environ.get(MARK) != "private":
        os.execvpe("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv],
                   dict(os.environ, **{MARK: "private"}))


def run(*argv):
    return subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


class Disk:
    def __init__(self, image, mib, block):
        self.image, self.block, self.at = image, block, None
        with open(image, "wb") as f:
            f.truncate(mib * 1024 * 1024)
        # Nothing set aside for root, and what is allocated later is allocated when it is written: as full as can be.
        run("mkfs.ext4", "-q", "-b", str(block), "-m", "0", "-N", "200", "-J", "size=1" if block == 1024 else "size=4",
            "-E", "lazy_itable_init=0,lazy_journal_init=0", image)

    def mount(self, at):
        os.makedirs(at, exist_ok=True)
        run("mount", "-o", "loop", self.image, at)
        self.at = at
        os.chmod(at, 0o700)

    def remount(self, how):
        run("mount", "-o", f"remount,{how}", self.at)

    def umount(self, *how):
        run("umount", *how, self.at)

    def check(self):
        """What a careful administrator does before it is mounted again."""
        done = subprocess.run(["e2fsck", "-fy", self.image], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False, text=True)
        assert done.returncode in (0, 1), done.stdout

    def free(self):
        s = os.statvfs(self.at)
        return s.f_bfree * s.f_frsize

    def fill(self, leave=0):
        """Full to the last block, but for so many bytes."""
        path = os.path.join(self.at, "filler")
        with open(path, "ab", buffering=0) as f:
            size = 256 * 1024
            while size >= self.block:
                try:
                    while True:
                        f.write(b"\0" * size)
                except OSError:
                    size //= 2
            os.fsync(f.fileno())
            if leave:
                f.truncate(max(0, os.fstat(f.fileno()).st_size // self.block * self.block - leave))
                os.fsync(f.fileno())

    def empty(self):
        path = os.path.join(self.at, "filler")
        if os.path.exists(path):
            os.unlink(path)
        os.sync()
