#!/usr/bin/python3
"""People whom no file names: foyerd, locked in, asks for them over a Unix socket, as SSSD's, LDAP's and systemd-userdb's modules do.

The directory is one of ours that speaks to nss-systemd(8): a varlink service in /run/systemd/userdb, in a mount namespace of its own.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon_api import MORE, House, wait_for  # noqa: E402

USER, UID, GROUP, GID = "dora.directory", 64801, "night-watch", 64802
NAME = "org.example.Directory"
SERVICE = f"/run/systemd/userdb/{NAME}"
ASK = ("import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
       "s.sendall(b'GET /v1/me HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'); print(s.makefile().read())")


class Directory:
    """io.systemd.UserDatabase, as far as it is asked for one user and one group."""
    records = {
        "GetUserRecord": {"userName": USER, "uid": UID, "gid": UID, "realName": "Dora", "service": NAME, "homeDirectory": "/", "shell": "/bin/false"},
        "GetGroupRecord": {"groupName": GROUP, "gid": GID, "service": NAME},
    }

    def __init__(self):
        self.asked = []
        os.makedirs(os.path.dirname(SERVICE))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(SERVICE)
        os.chmod(SERVICE, 0o666)
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            conn, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        held = b""
        with conn:
            while data := conn.recv(65536):
                held += data
                while b"\0" in held:
                    line, held = held.split(b"\0", 1)
                    conn.sendall(json.dumps(self.answer(json.loads(line))).encode() + b"\0")

    def answer(self, call):
        what, wanted = call["method"].rpartition(".")[2], call.get("parameters", {})
        self.asked.append(what)
        record = self.records.get(what)
        if record and all(wanted[k] == record[k] for k in wanted if k in record):
            return {"parameters": {"record": record, "incomplete": False}}
        return {"error": "io.systemd.UserDatabase.NoRecordFound", "parameters": {}}


class Names(unittest.TestCase):
    def setUp(self):
        self.directory = Directory()
        self.house = House(MORE + f'role "guard" {{ members = {{ "group:{GROUP}" }} }}\nrole "desk" {{ members = {{ "user:{USER}" }} }}\n')
        self.addCleanup(self.house.remove)
        self.house.command("--init", "--demo")
        self.house.start()
        os.chmod(self.house.path(), 0o666)

    def roles(self, uid, groups=()):
        said = subprocess.run([sys.executable, "-c", ASK, self.house.path()], capture_output=True, text=True, user=uid, group=uid,
                              extra_groups=list(groups), timeout=30, check=True).stdout
        return json.loads(said[said.index("{"):]).get("roles")

    def test_a_user_and_a_group_of_the_directory(self):
        self.assertEqual(self.roles(UID), ["desk"])
        self.assertIn("GetUserRecord", self.directory.asked)
        self.assertEqual(self.roles(UID + 7, [GID]), ["guard"])
        self.assertIn("GetGroupRecord", self.directory.asked)
        self.assertIsNone(self.roles(UID + 7))
        # What comes with a new configuration is asked for as well.
        self.house.write_conf(MORE + f'role "auditor" {{ members = {{ "group:{GROUP}" }} }}\n')
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the new role", lambda: self.roles(UID + 7, [GID]) == ["auditor"])


def enter_namespace():
    folder = tempfile.mkdtemp(prefix="n")
    conf = os.path.join(folder, "nsswitch.conf")
    try:
        with open(conf, "w", encoding="utf-8") as f:
            f.write("passwd: files systemd\ngroup: files systemd\n")
        os.chmod(conf, 0o644)
        script = 'mount --bind "$1" /etc/nsswitch.conf && mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && shift && exec "$@"'
        return subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", conf, sys.executable, os.path.abspath(__file__), "inside"],
                              check=False).returncode
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "inside":
        unittest.main(argv=sys.argv[:1], verbosity=1)
    elif os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0:
        sys.exit(enter_namespace())
    else:
        print("# needs root and mount namespaces")
        sys.exit(77)  # tests/run-e2e: skipped
