"""Somebody else: users that this machine need not have, and processes of theirs that ask foyerd.

A test of who may what runs itself again in a mount namespace with a passwd and a group file of its own, as root. Where that cannot be it
fails and says so: a test of rights that was not made proves nothing.
"""
import grp
import http.client
import json
import os
import pwd
import resource
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import uuid

INSIDE = "inside"
PATIENCE_S = 30
SERVICES = {"foyer": 64101, "foyer-print": 64102, "foyer-access": 64103, "foyer-notify": 64104, "foyer-kiosk": 64105}


def run(file, people):
    """A test's main: True inside, where the services' and the people's users exist; outside it does not return. people: name → (uid, groups)."""
    if sys.argv[1:2] == [INSIDE]:
        del sys.argv[1]
        return True
    if os.geteuid() != 0:
        sys.exit("FAILED: this test becomes other users, which root alone may: run it as root")
    folder = tempfile.mkdtemp(prefix="u", dir=os.environ.get("TMPDIR"))
    try:
        ids = SERVICES | {name: uid for name, (uid, _) in people.items()}
        extra = {group for _, groups in people.values() for group in groups} - set(ids)
        members = {group: [name for name, (_, groups) in people.items() if group in groups] for group in set(ids) | extra}
        passwd = "".join(f"{name}:x:{uid}:{uid}::/nonexistent:/usr/sbin/nologin\n" for name, uid in ids.items())
        group = "".join(f"{name}:x:{ids.get(name, 64900 + i)}:{','.join(members[name])}\n" for i, name in enumerate([*ids, *sorted(extra)]))
        for name, more in (("passwd", passwd), ("group", group)):
            with open(f"/etc/{name}", encoding="utf-8") as there, open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(there.read() + more)
            os.chmod(os.path.join(folder, name), 0o644)
        script = 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"'
        sys.exit(subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", folder, sys.executable, file, INSIDE, *sys.argv[1:]],
                                check=False).returncode)
    finally:
        shutil.rmtree(folder)


def exchange(path, method, url, body=None, key=None, headers=()):
    """(status, body) of one request on a Unix socket; of an event stream its first event. (0, why) where nobody may connect."""
    data = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {url} HTTP/1.1", "Host: foyer", "Connection: close", *headers]
    if key is not False and method != "GET":
        head.append(f"Idempotency-Key: {key or uuid.uuid4()}")
    if data or method in ("POST", "PUT"):
        head.append(f"Content-Length: {len(data)}")
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(PATIENCE_S)
        try:
            s.connect(path)
        except OSError as e:
            return 0, os.strerror(e.errno)
        s.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + data)
        got = b""
        while True:
            top, _, rest = got.partition(b"\r\n\r\n")
            if b"text/event-stream" in top and b"\n\n" in rest:
                break
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
    return int(top.split(b" ", 2)[1]), rest.decode(errors="replace")


def keep(path, url, kept={}):  # noqa: B006: the connection that stays open from one call to the next
    """The status of a look, always over the same connection."""
    if path not in kept:
        kept[path] = http.client.HTTPConnection("foyer", timeout=PATIENCE_S)
        kept[path].sock = socket.socket(socket.AF_UNIX)
        kept[path].sock.connect(path)
        kept[path].auto_open = 0
    kept[path].request("GET", url)
    answer = kept[path].getresponse()
    answer.read()
    return answer.status


def limit(pid, most):
    """From now on no file of that process (of this user) may grow beyond so many bytes; -1: any."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def json_of(text):
    try:
        return json.loads(text)
    except ValueError:
        return {}


def typed_code(pass_id):
    """What is typed for the pass of this id: its first 40 bits in Crockford's base 32."""
    bits = int.from_bytes(pass_id[:5], "big")
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> shift & 31] for shift in range(35, -1, -5))


class Person:
    """A process of another user, which asks what it is told to ask. root: name None."""

    def __init__(self, name):
        self.name = name
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            ours.close()
            try:
                self.serve(theirs, name)
            finally:
                os._exit(0)
        theirs.close()
        self.line = ours.makefile("rw", encoding="utf-8")
        ours.close()

    @staticmethod
    def serve(s, name):
        if name:
            who = pwd.getpwnam(name)
            os.setgroups([g.gr_gid for g in grp.getgrall() if name in g.gr_mem])
            os.setresgid(who.pw_gid, who.pw_gid, who.pw_gid)
            os.setresuid(who.pw_uid, who.pw_uid, who.pw_uid)
        with s.makefile("rw", encoding="utf-8") as line:
            for asked in line:
                what, args = json.loads(asked)
                line.write(json.dumps({"ask": exchange, "keep": keep, "limit": limit, "reads": reads, "writes": writes}[what](*args)) + "\n")
                line.flush()

    def call(self, what, *args):
        self.line.write(json.dumps([what, args]) + "\n")
        self.line.flush()
        return json.loads(self.line.readline())

    def ask(self, path, method, url, body=None, key=None, headers=()):
        """(status, text)"""
        return tuple(self.call("ask", path, method, url, body, key, list(headers)))

    def end(self):
        self.line.close()
        os.waitpid(self.pid, 0)


def walk(*tops):
    """These paths and all below them, as this user sees them."""
    found = list(tops)
    for top in tops:
        for folder, folders, files in os.walk(top):
            found += [os.path.join(folder, name) for name in (*folders, *files)]
    return found


def reads(paths):
    """Which of these files this user can read, folders list, sockets connect to."""
    found = []
    for path in paths:
        try:
            if os.path.isdir(path):
                os.listdir(path)
            elif stat.S_ISSOCK(os.lstat(path).st_mode):
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(path)
            else:
                with open(path, "rb"):
                    pass
            found.append(path)
        except OSError:
            pass
    return found


def writes(paths):
    """Which of them this user can change: files, and folders that take a new one."""
    return [path for path in paths if os.access(path, os.W_OK) and not os.path.islink(path)]
