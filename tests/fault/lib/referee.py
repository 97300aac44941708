"""The other end of base/fault.h: programs built with FAULT=1 ask here at every point what to do."""
import os
import socket
import threading


class Referee:
    """Listens at `path`. verdict(program, pid, point) says what a program is told; "go" where it says nothing. What a probe reported
    comes to reported(program, pid, point, {name: result}). Both are called from threads, one at a time."""

    def __init__(self, path, verdict, reported=None):
        self.path, self.verdict, self.reported = path, verdict, reported
        self.one = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        os.chmod(path, 0o666)  # couriers are users of their own
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        last = None
        with conn:
            while True:
                try:
                    line = conn.recv(4096).decode()
                    if not line:
                        return
                    if line.startswith("probe "):
                        with self.one:
                            self.reported(*last, dict(item.split("=", 1) for item in line.split()[1:]))
                        word = "go"
                    else:
                        program, pid, point = line.split(" ", 2)
                        last = (program, int(pid), point)
                        with self.one:
                            word = self.verdict(*last) or "go"
                    conn.send(word.encode())
                except OSError:
                    return

    def close(self):
        self.listener.close()
        os.unlink(self.path)
