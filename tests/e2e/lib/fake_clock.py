"""A clock that jumps while foyerd runs: Debian's libfaketime, told through a file. The clock that only counts stays the machine's.

foyerd's couriers and kiosks keep the true clock: foyerd gives them an environment of its own, without what is preloaded here.
"""
import glob
import os
import time


def library():
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    assert found, "libfaketime is not installed (Debian: libfaketime)"
    return found[0]


class FakeClock:
    def __init__(self, folder):
        self.file = os.path.join(folder, "clock")
        self.offset = 0.0
        self.ahead(0)

    def ahead(self, seconds):
        """So many seconds ahead of the true clock; also backwards. At once for everybody who asks."""
        self.offset = seconds
        with open(self.file + ".new", "w", encoding="ascii") as f:
            f.write(f"{seconds:+.3f}\n")
        os.rename(self.file + ".new", self.file)

    def set(self, epoch):
        self.ahead(epoch - time.time())

    def jump(self, seconds):
        self.ahead(self.offset + seconds)

    def now(self):
        return time.time() + self.offset

    def environment(self):
        return {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    def before(self):
        """To be put before a command."""
        return ["env", *(f"{k}={v}" for k, v in self.environment().items())]
