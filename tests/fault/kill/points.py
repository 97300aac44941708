"""The other end of base/fault.h: whoever passes a named point asks here what becomes of it."""
import collections
import os
import selectors
import signal
import socket
import threading


def state_of(pid):
    """As /proc has it: "T" stopped, "Z" dead and not yet buried; "" gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            return f.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def parent_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
        return int(f.read().rpartition(")")[2].split()[1])


def is_gone(pid):
    return state_of(pid) in ("", "Z")


def tell(pid, how):
    """A signal to somebody who may have ended meanwhile."""
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        pass


class Fault:
    """What becomes of a program at the n-th time, from now on, that one of its kind passes a point."""

    def __init__(self, program, point, nth, verdict):
        self.program, self.point, self.nth, self.verdict = program, point, nth, verdict
        self.seen = 0
        self.pid = None  # whom it struck
        self.fired = threading.Event()

    def __str__(self):
        return f"{self.program} at {self.point}, time {self.nth}: {self.verdict}"


class Points(threading.Thread):
    """Listens at `path`, counts who passes where, and answers "go" but where a fault is armed."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.lock = threading.Lock()
        self.faults = []
        self.hits = collections.Counter()  # (program, point)
        self.last = collections.deque(maxlen=300)  # "program pid point verdict"
        self.stopped = set()
        self.troubles = []
        self.lockers = {}  # courier's program: who took its lock, in order
        self.ears = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.ears.bind(path)
        os.chmod(path, 0o666)  # each courier may be somebody else
        self.ears.listen(64)
        self.end_ears, self.end_mouth = os.pipe()
        self.start()

    def close(self):
        """Nobody stays behind stopped, whatever went wrong."""
        os.close(self.end_mouth)
        self.join()
        for pid in self.stopped:
            if state_of(pid) == "T":
                tell(pid, signal.SIGKILL)

    def arm(self, *faults):
        with self.lock:
            self.faults = list(faults)

    def pids(self, program):
        """Who of this program was heard lately, the newest last."""
        with self.lock:
            return list(dict.fromkeys(int(entry[1]) for entry in self.last if entry[0] == program))

    # --- in the thread -------------------------------------------------------------------------------------

    def run(self):
        with selectors.DefaultSelector() as s:
            s.register(self.ears, selectors.EVENT_READ)
            s.register(self.end_ears, selectors.EVENT_READ)
            while True:
                for key, _ in s.select():
                    if key.fileobj == self.end_ears:
                        return
                    if key.fileobj is self.ears:
                        s.register(self.ears.accept()[0], selectors.EVENT_READ)
                    elif not self.answer(key.fileobj):
                        s.unregister(key.fileobj)
                        key.fileobj.close()

    def answer(self, peer):
        """False: they have gone."""
        try:
            said = peer.recv(4096)
            if not said:
                return False
            program, pid, point = said.decode().split(" ")
            peer.send(self.verdict(program, int(pid), point).encode())
        except OSError:
            return False
        return True

    def verdict(self, program, pid, point):
        with self.lock:
            self.hits[program, point] += 1
            self.watch_lock(program, pid, point)
            word = self.faulty(program, pid, point)
            if word != "go" or not point.startswith("request."):  # visitors look whether they are done, all the time
                self.last.append((program, pid, point, word))
            return word

    def faulty(self, program, pid, point):
        for fault in self.faults:
            if (fault.program, fault.point) != (program, point) or fault.fired.is_set():
                continue
            fault.seen += 1
            if fault.seen == fault.nth:
                fault.pid = pid
                if fault.verdict in ("stop", "orphan"):
                    self.stopped.add(pid)
                fault.fired.set()
                return fault.verdict
        return "go"

    def watch_lock(self, program, pid, point):
        """Once somebody holds a destination's lock, nobody who had it before does anything there."""
        before = self.lockers.setdefault(program, [])
        if point == "sandbox.entering" and pid in before:
            before.remove(pid)  # somebody new: the machine counts its processes from the beginning again
        elif point == "courier.locked":
            before.append(pid)
        elif pid in before[:-1]:
            self.troubles.append(f"{program} {pid} was still at work ({point}) when {before[-1]} had its lock")


def unstop(pid):
    """Go on, after it really has stopped."""
    for _ in range(400):
        if state_of(pid) != "T":
            threading.Event().wait(0.01)
            continue
        tell(pid, signal.SIGCONT)
        return
