"""What the door tests share: foyer-access at the other end of its line protocol, and our simulated controller."""
import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rig"))
from peer import PATIENCE_S, read_line  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(ROOT, "build")))
SERIAL = 405419896
CARD = 10058400


def day_profile(profile, first, last, start="00:00", end="23:59", linked=0):
    return {"id": profile, "first": first, "last": last, "from": start, "to": end, "linked": linked}


class Courier:
    """One foyer-access, started and told its section."""

    def __init__(self, folder, port, name="lobby", **conf):
        self.log = open(os.path.join(folder, "access.log"), "ab")
        self.process = subprocess.Popen([os.path.join(BUILD, "foyer-access")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, bufsize=0)
        section = {"driver": "uhppote", "address": f"127.0.0.1:{port}", "serial": SERIAL, "card_first": CARD,
                   "card_last": CARD + 99, "profile_first": 100, "profile_last": 150, "timeout_ms": 1000, "retries": 2,
                   "timezone": "Europe/Berlin"}
        section.update(conf)
        self.say({"v": 1, "courier": "access", "name": name, "run": folder, "conf": section})
        self.ready = json.loads(read_line(self.process.stdout))

    def say(self, line):
        self.process.stdin.write(json.dumps(line).encode() + b"\n")

    def ask(self, kind, **payload):
        job = str(uuid.uuid4())
        self.say({"job": job, "kind": kind, "attempt": 1, **payload})
        return self.answer(job)

    def answer(self, job):
        answer = json.loads(read_line(self.process.stdout))
        assert answer["job"] == job, answer
        return answer

    @staticmethod
    def grant_payload(card=CARD, doors=(1, 3), first="2026-11-23", last="2026-11-23", fresh=True, profiles=None):
        if profiles is None:
            profiles = [day_profile(101, first, last, "14:00", "17:30")]
        return {"credential": str(uuid.uuid4()), "card": card, "doors": list(doors), "first": first, "last": last,
                "fresh": fresh, "profiles": profiles}

    def grant(self, **what):
        return self.ask("grant", **self.grant_payload(**what))

    def revoke(self, card=CARD, issued=True):
        """issued: a grant under this number was read back before."""
        return self.ask("revoke", credential=str(uuid.uuid4()), card=card, issued=issued)

    def end(self):
        """Its exit status at the end of input."""
        self.process.stdin.close()
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.log.close()
        return status

    def kill(self):
        self.process.kill()
        self.end()


class Sim:
    """One foyer-door-sim, with commands on its standard input."""

    def __init__(self, folder, *args):
        self.state_file = os.path.join(folder, "door.json")
        self.process = subprocess.Popen([os.path.join(BUILD, "foyer-door-sim"), "--timezone", "Europe/Berlin", "--state",
                                         self.state_file, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        word, port = read_line(self.process.stdout).split()
        assert word == "port"
        self.port = int(port)

    def tell(self, command):
        self.process.stdin.write(command if isinstance(command, bytes) else command.encode() + b"\n")
        return read_line(self.process.stdout)

    def json(self, command):
        return json.loads(self.tell(command))

    def cards(self):
        return {c["card"]: c for c in self.json("cards")}

    def swipe(self, card, door, at):
        assert self.tell(f"at {at}") == "ok"
        return self.tell(f"swipe {card} {door}")

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        return status


class Wire:
    """A client of the controller with a codec of its own: bytes as they stand in the interface's description."""

    def __init__(self, port, serial=SERIAL):
        self.port, self.serial = port, serial

    def ask(self, function, body=b""):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(PATIENCE_S)
            s.connect(("127.0.0.1", self.port))
            s.send((struct.pack("<BBHI", 0x17, function, 0, self.serial) + body).ljust(64, b"\0"))
            answer = s.recv(2048)
        assert len(answer) == 64 and answer[:8] == struct.pack("<BBHI", 0x17, function, 0, self.serial), answer.hex()
        return answer[8:]

    def put(self, card, first, last, doors, pin=0):
        days = bytes.fromhex(first.replace("-", "")) + bytes.fromhex(last.replace("-", ""))
        body = struct.pack("<I", card) + days + bytes(doors) + pin.to_bytes(3, "little")
        assert self.ask(0x50, body)[0] == 1

    def get(self, card):
        """None, or (first, last, doors, PIN)."""
        body = self.ask(0x5A, struct.pack("<I", card))
        if struct.unpack("<I", body[:4])[0] == 0:
            return None
        day = [f"{d[0:4]}-{d[4:6]}-{d[6:8]}" for d in (body[4:8].hex(), body[8:12].hex())]
        return day[0], day[1], list(body[12:16]), int.from_bytes(body[16:19], "little")

    def count(self):
        return struct.unpack("<I", self.ask(0x58)[:4])[0]

    def time(self):
        """As YYYYMMDDHHMMSS."""
        return self.ask(0x32)[:7].hex()


class Folder:
    """A place for one test's files, gone at its end."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="foyer-doors.")

    def remove(self):
        shutil.rmtree(self.path)


def free_port(kind):
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def nonblocking_rest(stream):
    """What else is to be read at once."""
    fcntl.fcntl(stream, fcntl.F_SETFL, fcntl.fcntl(stream, fcntl.F_GETFL) | os.O_NONBLOCK)
    try:
        return os.read(stream.fileno(), 65536)
    except BlockingIOError:
        return b""
