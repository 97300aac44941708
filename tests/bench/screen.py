"""A program on a terminal of our own: what it writes, counted and timed. No tmux between: that writes as it likes."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from house import PATIENCE_S, WITH, Failed

QUIET_S = 0.15  # nothing written for so long: the screen stands


class Screen:
    def __init__(self, argv, rows=24, columns=80, env=None):
        self.seen = b""
        self.begin = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe((WITH + argv)[0], WITH + argv, dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", **(env or {})))

    def read(self, seconds):
        """What came within so long; b"" if nothing did."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.fd, 65536)
        except OSError:
            return b""

    def until(self, mark):
        """Seconds since the start until this was written."""
        end = time.monotonic() + PATIENCE_S
        while mark not in self.seen:
            if time.monotonic() > end:
                raise Failed(f"{mark!r} was not drawn; there is {self.seen[-400:]!r}")
            self.seen += self.read(1)
        return time.monotonic() - self.begin

    def settle(self):
        """Read until it is quiet; what came."""
        got, more = b"", b" "
        while more:
            more = self.read(QUIET_S)
            got += more
        self.seen = got
        return got

    def keys(self, text):
        """Bytes written in answer to these keys."""
        os.write(self.fd, text.encode())
        return len(self.settle())

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.read(0.02)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
        os.close(self.fd)
