"""A kiosk and a foyerd without couriers, for scripts that break them: real programs, on a terminal of tmux's."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rig"))
from peer import Unix, wait_for  # noqa: E402

O = os.path.realpath(os.environ.get("O", "build"))
PATIENCE_S, SCREEN_S = 60, 15

FOYER_CONF = """site {{ name = "House" id = "3" timezone = "UTC" languages = {{ "en" }} demo = "yes" reception = "100" }}
paths {{ state = "{dir}/state" run = "{dir}/run" backups = "{dir}/backups" }}
kiosk "lobby" {{ place = "Lobby" }}
"""
KIOSK_CONF = 'kiosk {{ socket = "{dir}/run/kiosk/lobby.sock" }}\nwedge {{ enabled = "no" }}\n'

# What must stand on the screen, and what is typed then.
WALK_IN = [("I have an invitation", ["2"]), ("What brings you here", ["1"]),
           ("Your name", ["-l Max Muster"]), ("Max Muster", ["Enter", "-l Acme", "Enter", "Enter", "Enter"]),
           ("Whom are you visiting", ["-l roth"]), ("Anna Roth", ["Down", "Enter"]),
           ("I do not agree", ["Left", "Enter"]), ("Welcome, |reception", [])]


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except FileNotFoundError:
        return ""


class House:
    """foyerd without couriers, one host, and a terminal of tmux's."""

    def __init__(self, foyerd_env=None):
        self.foyerd_env = foyerd_env or {}
        self.dir = tempfile.mkdtemp(prefix="k", dir=os.environ.get("TMPDIR"))
        for name, text in (("foyer.conf", FOYER_CONF), ("kiosk.conf", KIOSK_CONF)):
            with open(self.path(name), "w", encoding="utf-8") as f:
                f.write(text.format(dir=self.dir))
        foyerd = [f"{O}/foyerd", "-c", self.path("foyer.conf")]
        subprocess.run([*foyerd, "--init", "--demo"], check=True, stdout=subprocess.DEVNULL)
        self.foyerd_start()
        self.ask(201, "PUT", "/v1/hosts/aroth", {"name": "Anna Roth"})
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "80", "-y", "24", "cat")
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def foyerd_start(self):
        with open(self.path("foyerd.log"), "a", encoding="utf-8") as log:
            self.foyerd = subprocess.Popen([f"{O}/foyerd", "-c", self.path("foyer.conf"), "-f"], stdin=subprocess.DEVNULL, stderr=log,
                                           env={**os.environ, **self.foyerd_env})
        wait_for("foyerd", lambda: os.path.exists(self.path("run/kiosk/lobby.sock")), PATIENCE_S)

    def foyerd_stop(self):
        self.foyerd.terminate()
        self.foyerd.wait()

    def ask(self, status, method, target, body=None):
        """What staff are answered."""
        c = Unix(self.path("run/api.sock"), PATIENCE_S)
        c.request(method, target, None if body is None else json.dumps(body), {"Idempotency-Key": str(uuid.uuid4())})
        answer = c.getresponse()
        text = answer.read().decode()
        c.close()
        if answer.status != status:
            raise RuntimeError(f"{method} {target}: {answer.status} {text}")
        return json.loads(text)

    def path(self, name):
        return os.path.join(self.dir, name)

    def tmux(self, *argv):
        env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        return subprocess.run(["tmux", "-u", "-S", self.path("tmux.sock"), *argv], env=env, check=True, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout

    def close(self):
        self.kill()
        subprocess.run(["tmux", "-S", self.path("tmux.sock"), "kill-server"], check=False, stderr=subprocess.DEVNULL)
        self.foyerd_stop()
        shutil.rmtree(self.dir)

    # --- one kiosk --------------------------------------------------------------------------------

    def begin(self, env=""):
        """env: what stands before the kiosk in its environment."""
        for name in ("before", "after", "status", "log", "count"):
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))
        kiosk = f"env {env} LC_ALL=C.UTF-8 {O}/foyer-kiosk --config {self.path('kiosk.conf')} 2>{self.path('log')}"
        # The terminal is looked at only after the status is there; cat keeps the pane.
        self.tmux("respawn-pane", "-k", "-t", "t", f"cd {self.dir} && stty -g >before; {kiosk}; s=$?; stty -g >after; echo $s >status; cat")

    def ended(self):
        return read(self.path("status")).strip()

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "t")

    def play(self, steps=tuple(WALK_IN), patience=SCREEN_S):
        """Through the screens, as far as it comes. False: a screen was waited for in vain."""
        for mark, keys in steps:
            try:
                wait_for(mark, lambda mark=mark: self.ended() or re.search(mark, self.screen()), patience)
            except AssertionError:
                return False
            if self.ended():
                return True
            for key in keys:
                self.tmux("send-keys", "-t", "t", *key.split(" ", 1))
        return True

    def processes(self):
        """The kiosk's: its guard, then what that guards."""
        found = [self.tmux("display-message", "-p", "-t", "t", "#{pane_pid}").strip()]
        for pid in found:
            found += read(f"/proc/{pid}/task/{pid}/children").split()
        return [int(pid) for pid in found if read(f"/proc/{pid}/comm").strip() == "foyer-kiosk"]

    def signal(self, pids, how):
        for pid in pids:
            try:
                os.kill(pid, how)
            except ProcessLookupError:
                pass  # it ended by itself meanwhile

    def kill(self):
        """Neither a kiosk nor its guard is left behind."""
        self.signal(self.processes(), signal.SIGKILL)

    def stop(self, patience=PATIENCE_S):
        """What a service manager does: asked to end, then made to."""
        if not self.ended():
            self.signal(self.processes()[:1], signal.SIGTERM)
            try:
                wait_for("the end", self.ended, patience)
            except AssertionError:
                self.kill()
                wait_for("the end", self.ended, PATIENCE_S)
        return int(self.ended())

    def terminal(self):
        return self.tmux("display-message", "-p", "-t", "t", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}").strip()


