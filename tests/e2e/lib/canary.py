"""Canaries: words that nobody else would write, given to the house as names, codes and passwords, and looked for wherever they have no business:
in files however they are written down, in what was started with what, in what runs, in memory images."""
import base64
import ctypes
import errno
import os
import random
import re
import resource
import select
import signal
import string
import subprocess
import sys

CHUNK = 1 << 22
STRACE = ["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-e", "trace=execve,execveat", "-v", "-x", "-s", "131072"]


def word(n=11):
    r = random.SystemRandom()
    return "q" + "".join(r.choice(string.ascii_lowercase) for _ in range(n))


def forms(value):
    """How a value may be written down: as it is, in UTF-16, hexadecimal, base64 at any of three beginnings, its blanks percent-encoded or left out."""
    texts = [value] if isinstance(value, bytes) else [v.encode() for v in {value, value.replace(" ", ""), value.replace(" ", "%20"),
                                                                           value.replace(" ", "-"),
                                                                          value.replace(" ", "+")}]
    if isinstance(value, str):
        texts.append(value.encode("utf-16-le"))
    found = set(texts)
    for text in texts:
        found.add(text.hex().encode())
        for skip in range(3):
            coded = base64.b64encode(b"\0" * skip + text + b"\0" * 3)
            found.add(coded[-(-8 * skip // 6):8 * (skip + len(text)) // 6])  # only what no neighbour changes
    return {f for f in found if len(f) >= 6}


class Canaries:
    """kind → value, or a pattern; what is looked for is any form of it, in letters of any size."""

    def __init__(self, values):
        self.values = dict(values)
        self.forms = [(form.lower(), kind) for kind, value in self.values.items() if not isinstance(value, re.Pattern) for form in forms(value)]
        self.patterns = [(value, kind) for kind, value in self.values.items() if isinstance(value, re.Pattern)]

    def within(self, data):
        """The kinds that stand in these bytes."""
        small = data.lower()
        return {kind for form, kind in self.forms if form in small} | {kind for pattern, kind in self.patterns if pattern.search(data)}

    def within_file(self, path):
        found, tail = set(), b""
        try:
            with open(path, "rb") as f:
                while True:
                    block = f.read(CHUNK)
                    if not block:
                        return found
                    found |= self.within(tail + block)
                    tail = block[-1024:]
        except OSError:
            return found  # gone meanwhile, or no file

    def in_files(self, *tops, newer=0):
        """(kind, path) of everything below these folders, file names too; newer: only what changed since that time."""
        found = set()
        for top in tops:
            for folder, _, names in os.walk(top):
                for path in (os.path.join(folder, name) for name in names):
                    try:
                        info = os.lstat(path)
                    except OSError:
                        continue
                    if info.st_ctime < newer:
                        continue
                    found |= {(kind, path) for kind in self.within(os.fsencode(path))}
                    if os.path.isfile(path) and not os.path.islink(path):
                        found |= {(kind, path) for kind in self.within_file(path)}
        return found

    def in_processes(self):
        """(kind, "argv of …" or "environment of …") of everything that runs on this machine."""
        found = set()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for file, what in (("cmdline", "argv"), ("environ", "environment")):
                for kind in self.within_file(f"/proc/{pid}/{file}"):
                    try:
                        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as f:
                            found.add((kind, f"{what} of {f.read().strip()}"))
                    except OSError:
                        found.add((kind, f"{what} of {pid}"))
        return found

    def in_traces(self, *paths):
        """(kind, "start of …") of every program that strace saw being started, with all its words and its whole environment."""
        found = set()
        for path in paths:
            with open(path, "rb") as f:
                for line in f:
                    plain = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m.group(1), 16)]), line)
                    name = re.search(rb'execve(?:at)?\(.*?"([^"]*)"', plain)
                    found |= {(kind, "start of " + (name.group(1).decode(errors="replace") if name else "?")) for kind in self.within(plain)}
        return found


CAP_SYS_PTRACE = 19
SYS_GET_ROBUST_LIST = {"x86_64": 274, "aarch64": 100}[os.uname().machine]


def dumpable(pid):
    """prctl(2), PR_GET_DUMPABLE, of another process of this user: without CAP_SYS_PTRACE in force only one that is, answers (ptrace(2), "access mode
    checking"); it is asked where its list of futexes begins (get_robust_list(2)), which Yama minds not."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # capget(2): _LINUX_CAPABILITY_VERSION_3, this thread
    had = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then their upper halves
    assert libc.capget(header, had) == 0
    less = (ctypes.c_uint32 * 6)(*had)
    less[0] &= ~(1 << CAP_SYS_PTRACE)
    assert libc.capset(header, less) == 0
    try:
        where, size = ctypes.c_void_p(), ctypes.c_size_t()
        got = libc.syscall(SYS_GET_ROBUST_LIST, pid, ctypes.byref(where), ctypes.byref(size))
        why = ctypes.get_errno()
    finally:
        libc.capset(header, had)
    assert got == 0 or why == errno.EPERM, os.strerror(why)
    return got == 0


def may_dump(pid):
    """What would let the kernel write this process' memory image, whatever this machine does with images today: its limit lets it write a file, being
    dumpable a pipe (core(5))."""
    return {what for what, yes in (("limit", resource.prlimit(pid, resource.RLIMIT_CORE) != (0, 0)), ("dumpable", dumpable(pid))) if yes}


def dumped(child, patience=20):
    """Did this child of ours leave a memory image when it was aborted? True, False."""
    os.kill(child, signal.SIGABRT)
    fd = os.pidfd_open(child)
    try:
        if not select.select([fd], [], [], patience)[0]:
            raise AssertionError("it did not end")
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT).si_code == os.CLD_DUMPED
    finally:
        os.close(fd)


def image_of(folder, text):
    """A child that holds text in its memory, and nothing against it, is aborted. Its image, where this machine writes images into that folder, else ""."""
    child = subprocess.Popen([sys.executable, "-c", "import sys; a = sys.stdin.readline() * 2; print(flush=True); sys.stdin.read()"], cwd=folder,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child.stdin.write(text + "\n")
    child.stdin.flush()
    child.stdout.readline()
    assert may_dump(child.pid) == {"limit", "dumpable"}
    dumped(child.pid)
    child.stdin.close()
    child.stdout.close()
    child.wait()
    images = [os.path.join(folder, n) for n in os.listdir(folder) if n.startswith("core")]
    return images[0] if images else ""
