#!/usr/bin/python3
"""Everything that can go wrong between an arrival and the mail that tells the host, with a real mail server and somebody on the wire: what staff
see of it and how soon, that nothing ever goes in clear, and that each mail is delivered once when it can be. A row of the table is a fault."""
import os
import re
import select
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from house import SOON_S, House, Seen  # noqa: E402
from lobby import DEMO, PLAY, wait_for  # noqa: E402

TIMEOUT_S = 5  # how long foyer waits for the mail server here
USER, SECRET = "lobby", "correct horse battery"
HOSTS = {"jbaker": "james.baker@demo.example", "aroth": "anna.roth@demo.example"}


def openssl(*argv):
    subprocess.run(["openssl", *argv], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Wire(threading.Thread):
    """Somebody on the wire between foyer and its mail server: keeps what foyer sends in clear, and may cut the line or strip STARTTLS."""

    def __init__(self):
        super().__init__(daemon=True)
        self.to = None  # the server's port
        self.strip = False
        self.clear = b""  # what foyer sent that was no TLS
        self.connections = 0
        self.wake, self.waker = socket.socketpair()
        self.listener = self.listen(0)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.start()

    @staticmethod
    def listen(port):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", port))
        s.listen(16)
        return s

    def cut(self):
        """Nobody listens there."""
        with self.lock:
            self.listener.close()
            self.listener = None
        self.waker.send(b"x")

    def mend(self):
        with self.lock:
            self.listener = self.listener or self.listen(self.port)
        self.waker.send(b"x")

    def run(self):
        while True:
            with self.lock:
                listener = self.listener
            ready = select.select([self.wake] + ([listener] if listener else []), [], [])[0]
            if self.wake in ready:
                self.wake.recv(16)
                continue
            with self.lock:
                if self.listener is not listener:
                    continue
                near, _ = listener.accept()
            self.connections += 1
            threading.Thread(target=self.relay, args=(near,), daemon=True).start()

    def relay(self, near):
        with near, socket.create_connection(("127.0.0.1", self.to)) as far:
            secret = False
            while True:
                ready = select.select([near, far], [], [])[0]
                for source, sink in ((near, far), (far, near)):
                    if source not in ready:
                        continue
                    try:
                        data = source.recv(65536)
                    except ConnectionError:
                        data = b""
                    if not data:
                        return
                    if source is near:
                        secret = secret or data[:1] == b"\x16"  # a TLS handshake record (RFC 8446 §5.1)
                        self.clear += b"" if secret else data
                    elif self.strip and not secret:
                        data = re.sub(rb"250[ -]STARTTLS\r\n", b"", data)
                    try:
                        sink.sendall(data)
                    except ConnectionError:
                        return


class Mail(House):
    """A lobby without printer and doors; its mail goes over the wire."""
    without = ("printer", "controller")

    def __init__(self):
        super().__init__()
        self.wire = Wire()

    def conf(self):
        text = re.sub(r'server = "127.0.0.1:\d+"', f'server = "127.0.0.1:{self.wire.port}"', super().conf())
        text = text.replace("mail/tls.crt", "mail/ca.crt")
        login = f'\tuser = "{USER}"\n\tsecret-file = "{self.path("secret")}"\n\ttimeout = "{TIMEOUT_S}s"\n'
        return text.replace('\tfrom-name = "Foyer demo house"\n', '\tfrom-name = "Foyer demo house"\n' + login)

    def mail_start(self):
        with open(os.open(self.path("secret"), os.O_WRONLY | os.O_CREAT, 0o400), "w", encoding="utf-8") as f:
            f.write(SECRET + "\n")
        self.authority("ca")
        self.certificate("good", "IP:127.0.0.1")
        self.certificate("other-name", "IP:127.0.0.2,DNS:mail.elsewhere.example")
        self.certificate("expired", "IP:127.0.0.1", days=-1)
        self.authority("stranger")
        self.server()

    # --- certificates --------------------------------------------------------------------------------------

    def pem(self, name):
        return self.path(f"mail/{name}.crt"), self.path(f"mail/{name}.key")

    def authority(self, name):
        """Also what a server that signed its own has."""
        crt, key = self.pem(name)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", crt)

    def certificate(self, name, names, days=2):
        crt, key = self.pem(name)
        with open(self.path("mail/names"), "w", encoding="utf-8") as f:
            f.write("subjectAltName=" + names + "\n")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name,
                "-keyout", key, "-out", crt + ".req")
        openssl("x509", "-req", "-in", crt + ".req", "-CA", self.pem("ca")[0], "-CAkey", self.pem("ca")[1], "-CAcreateserial",
                "-days", str(days), "-extfile", self.path("mail/names"), "-out", crt)

    # --- the mail server, well or not ----------------------------------------------------------------------

    def server(self, *faults, cert="good"):
        """Another one in the place of the last: the same mailbox."""
        self.stop("mail")
        port = self.path("mail/port")
        if os.path.exists(port):
            os.unlink(port)
        argv = [os.path.join(DEMO, "mail-sink"), "--tls", "starttls", "--cert", self.pem(cert)[0], "--key", self.pem(cert)[1],
                "--auth", USER + ":" + self.path("secret"), "--port-file", port, *faults, self.path("mail")]
        self.start("mail", argv, lambda: os.path.exists(port))
        self.wire.to = int(self.port("mail"))

    def certified(self, name):
        self.server(cert=name)

    def stripped(self):
        self.wire.strip = True

    def cut(self):
        self.wire.cut()

    def well(self):
        self.wire.strip = False
        self.wire.mend()
        self.server()

    def subjects(self):
        """(to whom, about what) of each mail that arrived, in order."""
        found = []
        while os.path.exists(self.path(f"mail/{len(found) + 1}.eml")):
            with open(self.path(f"mail/{len(found) + 1}.eml"), "rb") as f:
                message = PLAY.email.message_from_binary_file(f, policy=PLAY.email.policy.default)
            found.append((message["to"].addresses[0].addr_spec, str(message["subject"])))
        return found


def setUpModule():
    global house
    house = Faults.house = Mail()
    unittest.addModuleCleanup(house.down)
    house.up()


class Faults(Seen):
    FAULTS = {
        # the fault: what makes it, staff's word for it, whether nothing else can be sent meanwhile
        "refused connection": (("cut",), "unreachable", True),
        "greylisted at RCPT": (("server", "--defer", "1"), "greylisted", False),
        "greylisted at DATA": (("server", "--defer-data", "1"), "greylisted", False),
        "self-signed certificate": (("certified", "stranger"), "tls", True),
        "certificate of another name": (("certified", "other-name"), "tls", True),
        "expired certificate": (("certified", "expired"), "tls", True),
        "STARTTLS stripped": (("stripped",), "tls", True),
    }

    def setUp(self):
        house.well()
        self.before = house.subjects()
        house.wire.clear = b""

    def arrives(self, *about):
        """These arrive, in this order, each once, and the queue is empty then."""
        want = self.before + [(HOSTS[host], f"{name} is here for you" if host == "jbaker" else f"{name} ist für Sie da")
                              for host, name in about]
        wait_for("the mails", lambda: len(house.subjects()) >= len(want), SOON_S)
        wait_for("an empty queue", lambda: not house.jobs("mail"), 20)
        self.assertEqual(house.subjects(), want)

    def assert_nothing_in_clear(self):
        self.assertNotRegex(house.wire.clear, rb"(?i)AUTH|MAIL|RCPT|DATA|Clara|Dora|battery")
        self.assertRegex(house.wire.clear, rb"\A((EHLO [^\r\n]*|STARTTLS|QUIT)\r\n)*\Z")

    def row(self, fault):
        broken, word, blocks = self.FAULTS[fault]
        getattr(house, broken[0])(*broken[1:])
        began = time.monotonic()
        first = self.come("Clara Caller")
        job = self.seen(fault, "mail", first, word, began)
        began = time.monotonic()
        second = self.come("Dora Door", "aroth")
        if blocks:
            behind = self.seen(fault + ", behind it", "mail", second, word, began)
            self.assertEqual((behind["attempts"], behind["reason"]), (0, job["reason"]))
            check = house.doctor("messages mail")
            self.assertEqual((check["state"], check["text"], check["remedy"]), ("fail", job["reason"], job["remedy"]))
            self.assertEqual(house.subjects(), self.before)
            house.well()
            house.doctor("messages mail")  # the remedy was tried, and it is well: nobody need wait any longer
            self.arrives(("jbaker", "Clara Caller"), ("aroth", "Dora Door"))
        else:
            wait_for("the other mail", lambda: not self.job("mail", second))
            house.later(12)
            self.arrives(("aroth", "Dora Door"), ("jbaker", "Clara Caller"))
        self.assert_nothing_in_clear()

    def test_refused_connection(self):
        self.row("refused connection")

    def test_greylisted_at_rcpt(self):
        self.row("greylisted at RCPT")

    def test_greylisted_at_data(self):
        self.row("greylisted at DATA")

    def test_self_signed_certificate(self):
        self.row("self-signed certificate")

    def test_certificate_of_another_name(self):
        self.row("certificate of another name")

    def test_expired_certificate(self):
        self.row("expired certificate")

    def test_starttls_stripped(self):
        self.row("STARTTLS stripped")

    def refused(self, fault, *faults):
        """One mail is refused for good: reception tells the host; the others are sent."""
        house.server(*faults)
        began = time.monotonic()
        number = self.come("Clara Caller")
        job = self.seen(fault, "mail", number, "rejected", began)
        self.assertEqual(job["state"], "failed")
        self.assertEqual(self.waits(number), ["host-not-told"])
        return number, job

    def test_rejected_at_rcpt(self):
        number, job = self.refused("rejected at RCPT", "--reject", HOSTS["jbaker"])
        self.come("Dora Door", "aroth")
        wait_for("the other mail", lambda: len(house.subjects()) > len(self.before))
        self.assertIn("address", job["remedy"])
        # The remedy: another address, and the same job again.
        house.foyer("host", "set", "jbaker", "--mail", "jim.baker@demo.example")
        self.addCleanup(house.foyer, "host", "set", "jbaker", "--mail", HOSTS["jbaker"])
        house.foyer("jobs", "retry", job["id"])
        wait_for("the mail", lambda: ("jim.baker@demo.example", "Clara Caller is here for you") in house.subjects())
        wait_for("nobody at reception", lambda: not self.waits(number))

    def test_rejected_at_data(self):
        number, job = self.refused("rejected at DATA", "--reject-data")
        self.assertEqual(house.subjects(), self.before)
        house.well()
        house.foyer("jobs", "retry", job["id"])
        self.arrives(("jbaker", "Clara Caller"))
        self.assertEqual(self.waits(number), [])

    def test_silent_server(self):
        """Nobody waits for it but the mail: what is said of it comes before its time is up, and to those behind it too."""
        house.server("--silent", "greeting")
        began = time.monotonic()
        first = self.come("Clara Caller")
        second = self.come("Dora Door", "aroth")
        for number in (first, second):
            self.seen("silent server", "mail", number, "no-answer-yet", began)
        asked = time.monotonic()
        house.foyer("visits")  # foyerd itself waits for nobody
        self.assertLess(time.monotonic() - asked, 2)
        began = time.monotonic()
        for number in (first, second):
            self.seen("silent server, given up", "mail", number, "timeout", began)
        self.assertEqual(self.job("mail", second)["attempts"], 0)
        self.assertEqual(house.subjects(), self.before)
        house.well()
        house.foyer("jobs", "retry", self.job("mail", first)["id"])
        self.arrives(("jbaker", "Clara Caller"), ("aroth", "Dora Door"))

    def test_ten_minutes_outage(self):
        """All is delivered once and oldest first when the server is back; what is no longer true is not said."""
        house.cut()
        gone = self.come("Greta Gone")
        stays = house.invite("Stella Stays", host="aroth")
        called_off = house.invite("Carl Cancelled", "--mail", "carl@visitors.example")
        house.invite("Irma Invited", "--mail", "irma@visitors.example")
        wait_for("the trouble", lambda: self.job("mail", gone).get("class") == "unreachable")
        for minute in range(10):
            house.later(60)
            if minute == 2:
                house.foyer("visit", "checkin", stays["number"])
            if minute == 4:
                house.foyer("visit", "checkout", gone)
            if minute == 6:
                house.foyer("visit", "cancel", called_off["number"], "--reason", "other plans")
            wait_for("the next look", lambda: self.job("mail", gone)["next_ms"] > house.now_ms())
        waiting = house.jobs("mail")
        self.assertEqual({j["class"] for j in waiting}, {"unreachable"})
        tries = sum(j["attempts"] for j in waiting)
        print(f"\nten minutes' outage: {len(waiting)} mails waited, and the server was asked {tries} times", flush=True)
        self.assertLessEqual(tries, 14)
        self.assertEqual(house.subjects(), self.before)
        house.well()
        house.later(60)  # at most so long until it is asked again
        wait_for("an empty queue", lambda: not house.jobs("mail"), 20)
        new = house.subjects()[len(self.before):]
        self.assertEqual([to for to, _ in new], [HOSTS["jbaker"], "irma@visitors.example", HOSTS["aroth"]])
        self.assertEqual(new[0][1], "Greta Gone was here for you")
        self.assertEqual(new[2][1], "Stella Stays ist für Sie da")


if __name__ == "__main__":
    unittest.main(verbosity=2)
