#!/usr/bin/python3
"""A thousand streams whose clients vanish, killed, or stopped and then killed: no descriptor and no child is left behind."""
import ctypes
import fcntl
import os
import sys
import termios
import time
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../e2e"), os.path.join(HERE, "../e2e/lib")]
import daemon_load  # noqa: E402
from crowd import descriptors, wait_quiet  # noqa: E402
from daemon_load import KIOSKS  # noqa: E402

PIDFD_GETFD = 438  # the same on every machine (asm-generic/unistd.h)
FIRST = 3  # the descriptor of a holder's first stream


def unread(holder):
    """The bytes that wait on its first stream, also while it is stopped (pidfd_getfd(2))."""
    process = os.pidfd_open(holder.process.pid)
    stream = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, process, FIRST, 0)
    os.close(process)
    if stream < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    waiting = fcntl.ioctl(stream, termios.FIONREAD, bytes(4))
    os.close(stream)
    return int.from_bytes(waiting, sys.byteorder)


class Vanished(daemon_load.Streams):
    test_vanished = test_stopped_with_streams_open = None

    def test_a_thousand(self):
        gone = rounds = 0
        start = time.monotonic()
        while gone < 1000:
            holder, n = self.crowd()
            self.assertGreater(descriptors(self.pid), self.before + n - 5)  # a few may have been a look-up's when it was counted
            self.good(429, "GET", f"/v1/progress/{self.token}", kiosk=KIOSKS[0])
            if rounds % 3 == 1:
                holder.stop()  # does not read any more, and is killed a heartbeat later
                wait_quiet("a heartbeat", lambda h=holder, before=unread(holder): unread(h) > before, 30)
            holder.kill()
            gone += n
            rounds += 1
            self.assert_nothing_left()
        self.token = self.walk_in("Next Visitor", KIOSKS[0])["progress"]
        print(f"\n# {gone} streams vanished in {time.monotonic() - start:.0f} s; {self.before} descriptors before, {descriptors(self.pid)} after")
        self.assertEqual(self.house.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
