"""The other end of a program under test: a line of its, an answer of its, and a wait for what it does."""
import http.client
import os
import select
import socket
import time

PATIENCE_S = 30


def wait_for(what, ready, patience=PATIENCE_S):
    """Ask ready() until it answers something true; its answer. Says what did not come."""
    end = time.monotonic() + patience
    while True:
        answer = ready()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {patience} s")
        select.select([], [], [], 0.02)


def read_line(stream, patience=PATIENCE_S):
    """A line from an unbuffered pipe or socket, or an error when none comes in time."""
    line, end = b"", time.monotonic() + patience
    while not line.endswith(b"\n"):
        if not select.select([stream], [], [], max(0, end - time.monotonic()))[0]:
            raise TimeoutError(f"no line in {patience} s; so far {line!r}")
        byte = os.read(stream.fileno(), 1)
        if not byte:
            raise EOFError(f"end of output after {line!r}")
        line += byte
    return line.decode().rstrip("\n")


class Unix(http.client.HTTPConnection):
    """HTTP over a socket of foyerd's."""

    def __init__(self, path, patience=PATIENCE_S):
        super().__init__("foyer", timeout=patience)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
