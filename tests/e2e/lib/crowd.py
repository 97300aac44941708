"""Many clients at once: threads that ask on connections of their own and take the time, and a process that holds streams and may be stopped or killed."""
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

# Standard input: lines "SOCKET REQUEST-LINE". Every stream's head is read, nothing more; then it waits to be ended.
HOLDER = r'''
import signal, socket, sys
held = []
for line in sys.stdin:
    path, target = line.split()
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(20)
    s.connect(path)
    s.sendall(f"GET {target} HTTP/1.1\r\nHost: f\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = s.recv(4096)
        if not piece:
            break
        head += piece
    held.append(s)
    print(head.split(b" ")[1].decode() if head else "closed", flush=True)
print("held", flush=True)
signal.pause()
'''


class Holder:
    """A process that holds streams open and reads nothing of them."""

    def __init__(self, streams):
        self.process = subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        out, _ = self.process, self.process.stdin.write("".join(f"{path} {target}\n" for path, target in streams))
        self.process.stdin.close()
        self.statuses = []
        for line in out.stdout:
            if line == "held\n":
                break
            self.statuses.append(line.strip())

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return f.read().split()


class Connection:
    """One kept connection; the time of each answer is noted."""

    def __init__(self, path, patience):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(patience)
        self.s.connect(path)
        self.rest = b""

    def close(self):
        self.s.close()

    def read_until(self, mark):
        while mark not in self.rest:
            piece = self.s.recv(65536)
            if not piece:
                raise ConnectionError("closed")
            self.rest += piece
        head, _, self.rest = self.rest.partition(mark)
        return head

    def ask(self, method, target, body=None, key=None):
        text = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {target} HTTP/1.1\r\nHost: f\r\nContent-Length: {len(text)}\r\n" + (f"Idempotency-Key: {key}\r\n" if key else "")
        self.s.sendall(head.encode() + b"\r\n" + text)
        lines = self.read_until(b"\r\n\r\n").split(b"\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in lines[1:])
        length = int(fields.get(b"content-length", 0))
        while len(self.rest) < length:
            piece = self.s.recv(65536)
            if not piece:
                raise ConnectionError("closed")
            self.rest += piece
        answer, self.rest = self.rest[:length], self.rest[length:]
        return int(lines[0].split()[1]), json.loads(answer) if answer else None


class Crowd:
    """Clients in threads: each is a function that is called with a Connection of its own and `note`, which asks and takes the time."""

    def __init__(self, patience):
        self.patience, self.lock = patience, threading.Lock()
        self.times, self.wrong, self.threads = {}, [], []

    def add(self, path, what):
        self.threads.append(threading.Thread(target=self.run, args=(path, what), daemon=True))

    def run(self, path, what):
        try:
            c = Connection(path, self.patience)
        except OSError as e:
            self.wrong.append(f"connect: {e}")
            return

        def note(name, good, *request):
            start = time.monotonic()
            status, answer = c.ask(*request)
            took = time.monotonic() - start
            with self.lock:
                self.times.setdefault(name, []).append(took)
                if status not in good:
                    self.wrong.append(f"{name}: {status} {answer}")
            return answer
        try:
            what(note)
        except (OSError, ValueError, KeyError, TypeError) as e:
            self.wrong.append(f"{what.__name__}: {type(e).__name__} {e}")
        finally:
            c.close()

    def all(self):
        for t in self.threads:
            t.start()
        for t in self.threads:
            t.join()

    def told(self, name=None):
        """(number, median, 99th of a hundred, longest) in seconds."""
        took = sorted(t for n, times in self.times.items() for t in times if name in (None, n))
        return len(took), took[len(took) // 2], took[int(len(took) * 0.99)], took[-1]


def wait_quiet(what, ready, patience):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if ready():
            return
        select.select([], [], [], 0.1)
    raise AssertionError(f"{what} did not come within {patience} s")
