#!/usr/bin/python3
"""foyer-notify against a real mail server: what arrives, as an independent parser reads it, and what is answered when nothing can."""
import email
import email.header
import email.policy
import email.utils
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rig"))
from peer import read_line  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("O", os.path.join(ROOT, "build"))
SINK = os.path.join(ROOT, "etc/demo/mail-sink")
PASS = "FOYER" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 4 + "ABCDEFG"
SECRET = "correct horse \u00fc battery"
DATE_MS = 1795438800000  # 2026-11-23 13:00 UTC
LANGS = ("en", "de", "fr", "es")
TEXTS = ("invitation", "invitation-cancelled", "host-arrival", "host-approval", "host-missed")


def read_file(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def display_name(raw):
    """The name in To:, decoded by Python's older code: the newer one of 3.11 puts spaces between encoded words of a name."""
    name = email.utils.parseaddr(email.message_from_bytes(raw)["To"].replace("\r\n", ""))[0]
    return str(email.header.make_header(email.header.decode_header(name)))


class Sink:
    def __init__(self, folder, *args):
        self.dir = folder
        self.log = open(folder + ".log", "wb")
        self.process = subprocess.Popen([SINK, folder, "--until-eof", *args], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, bufsize=0)
        self.port = int(read_line(self.process.stdout, 30))

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        self.log.close()

    def raw(self):
        names = sorted((n for n in os.listdir(self.dir) if n.endswith(".eml")), key=lambda n: int(n[:-4]))
        return [read_file(self.dir, n) for n in names]

    def envelope(self, n):
        return json.loads(read_file(self.dir, f"{n}.json"))


class Courier:
    def __init__(self, work, conf):
        self.run = os.path.join(work, "run-" + uuid.uuid4().hex)
        os.mkdir(self.run)
        self.err = open(os.path.join(self.run, "stderr"), "w+b")
        environment = dict(os.environ, all_proxy="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9")
        self.process = subprocess.Popen([os.path.join(BUILD, "foyer-notify")], stdin=subprocess.PIPE, env=environment,
                                        stdout=subprocess.PIPE, stderr=self.err, bufsize=0)
        self.send({"v": 1, "courier": "notify", "name": "mail", "run": self.run, "conf": conf})
        self.ready = json.loads(read_line(self.process.stdout, 20))

    def send(self, obj):
        self.process.stdin.write(json.dumps(obj).encode() + b"\n")

    def ask(self, job, seconds=20):
        self.send(job)
        answer = json.loads(read_line(self.process.stdout, seconds))
        assert answer["job"] == job["job"], answer
        return answer

    def stop(self):
        self.process.stdin.close()
        status = self.process.wait(30)
        self.process.stdout.close()
        self.err.seek(0)
        said = self.err.read().decode()
        self.err.close()
        return status, said


def mail_job(**changes):
    u = str(uuid.uuid4())
    job = {"job": u, "kind": "mail", "attempt": 1, "template": "invitation", "lang": "en",
           "to": {"name": "Zoë Müller", "mail": "zoe@guest.example"}, "message_id": f"<{u}@site.example>", "date_ms": DATE_MS,
           "vars": {"visitor": "Zoë Müller", "company": "Café & Söhne <GmbH>", "host": "Jørn O'Neil", "site": "Example Works",
                    "place": "Lobby, Main Street 1", "from": "2026-11-23 14:00", "until": "2026-11-23 17:00", "type": "Guest",
                    "code": "8K3M9QPT", "reception": "+49 30 1234567",
                    "privacy": "Example Works deletes it after 30 days."}}
    job.update(changes)
    return job


def event(method="REQUEST", **changes):
    ev = {"method": method, "uid": "0193-visit@site.example", "sequence": 0 if method == "REQUEST" else 1,
          "start_ms": DATE_MS + 3600000, "end_ms": DATE_MS + 3 * 3600000, "summary": "Visit: Jørn; Example, Works",
          "location": "Main Street 1", "organizer": {"name": "Jørn O'Neil", "mail": "jorn@site.example"},
          "attendee": {"name": "Zoë Müller", "mail": "zoe@guest.example"}}
    ev.update(changes)
    return ev


def certificate(folder, name):
    cert, key = os.path.join(folder, name + ".crt"), os.path.join(folder, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", cert], check=True, capture_output=True)
    return cert, key


class Notify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.mkdtemp(prefix="notify.")
        cls.data = os.path.join(cls.work, "data")
        shutil.copytree(os.path.join(ROOT, "etc/mail"), os.path.join(cls.data, "mail"))
        cls.cert, cls.key = certificate(cls.work, "right")
        cls.secret = os.path.join(cls.work, "secret")
        with open(os.open(cls.secret, os.O_WRONLY | os.O_CREAT, 0o400), "w", encoding="utf-8") as f:
            f.write(SECRET + "\n")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work)

    def sink(self, *args):
        s = Sink(os.path.join(self.work, "sink-" + uuid.uuid4().hex), *args)
        self.addCleanup(s.stop)
        return s

    def tls_sink(self, *args, tls="starttls"):
        return self.sink("--tls", tls, "--cert", self.cert, "--key", self.key, *args)

    def conf(self, port, **changes):
        conf = {"server": f"127.0.0.1:{port}", "tls": "starttls", "ca_file": self.cert, "user": "", "secret_file": "",
                "from": "foyer@site.example", "from_name": "Example Wörks", "timeout_ms": 10000, "data": self.data}
        conf.update(changes)
        return conf

    def courier(self, port, **changes):
        """A courier that must end well and must not have told anybody's name or any secret."""
        c = Courier(self.work, self.conf(port, **changes))
        self.assertEqual(c.ready, {"v": 1, "ready": True})

        def end():
            status, said = c.stop()
            self.assertEqual(status, 0, said)
            for word in ("Zo", "zoe@", "Müller", "8K3M9QPT", PASS, SECRET, "battery"):
                self.assertNotIn(word, said)

        self.addCleanup(end)
        return c

    def one(self, sink):
        raws = sink.raw()
        self.assertEqual(len(raws), 1)
        return self.parse(raws[0])

    def parse(self, raw):
        """Check the bytes by the letter of RFC 5322, then parse them."""
        self.assertNotRegex(raw, rb"[^\r]\n|\r[^\n]|[\x80-\xff\x00]")
        self.assertLessEqual(max(len(line) for line in raw.split(b"\r\n")), 998)
        head = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
        # libcurl's own field stays within the 998 characters of the standard, not within the 78 of good manners
        self.assertLessEqual(max(len(line) for line in head if not line.startswith(b"Content-Type:")), 78)
        self.assertNotIn(b" ", [line for line in head if not line.strip()])
        m = email.message_from_bytes(raw, policy=email.policy.SMTP)
        for part in m.walk():
            self.assertEqual(part.defects, [])
        return m

    def headers(self, m):
        """The top's fields, each there once, and none that foyer does not write."""
        names = sorted(n.lower() for n in m.keys())
        self.assertEqual(len(names), len(set(names)))
        allowed = {"date", "from", "to", "reply-to", "message-id", "subject", "content-language", "auto-submitted",
                   "mime-version", "content-type"}
        self.assertLessEqual(set(names), allowed)

    def calendar(self, part, method):
        text = part.get_payload(decode=True)
        self.assertNotRegex(text, rb"[^\r]\n|\r[^\n]")
        self.assertLessEqual(max(len(line) for line in text.split(b"\r\n")), 75)
        lines = text.decode().replace("\r\n ", "").split("\r\n")
        self.assertIn("METHOD:" + method, lines)
        self.assertEqual(lines.count("BEGIN:VEVENT"), 1)
        return lines

    def qr(self, png):
        path = os.path.join(self.work, "qr.png")
        with open(path, "wb") as f:
            f.write(png)
        return subprocess.run(["zbarimg", "-q", "--raw", path], check=True, capture_output=True).stdout.decode().strip()

    def test_an_invitation_arrives_with_text_picture_and_calendar(self):
        sink = self.tls_sink("--auth", "lobby:" + self.secret)
        c = self.courier(sink.port, user="lobby", secret_file=self.secret)
        job = mail_job(**{"pass": PASS, "ical": event()})
        job["vars"]["document"] = "yes"
        self.assertEqual(c.ask(job), {"job": job["job"], "result": "done", "reply": "250"})

        m = self.one(sink)
        self.assertEqual(sink.envelope(1), {"from": "foyer@site.example", "to": ["zoe@guest.example"], "tls": True, "user": "lobby"})
        self.headers(m)
        self.assertEqual(m["Subject"], "Your visit to Jørn O'Neil, 2026-11-23 14:00")
        self.assertEqual(m["To"].addresses[0].display_name, "Zoë Müller")
        self.assertEqual(m["To"].addresses[0].addr_spec, "zoe@guest.example")
        self.assertEqual(m["From"].addresses[0].display_name, "Example Wörks")
        self.assertEqual(m["Reply-To"].addresses[0].addr_spec, "jorn@site.example")
        self.assertEqual(m["Message-ID"], job["message_id"])
        self.assertEqual(m["Date"].datetime.timestamp() * 1000, DATE_MS)
        self.assertEqual(m["Auto-Submitted"], "auto-generated")
        self.assertEqual(m["MIME-Version"], "1.0")
        self.assertEqual(m["Content-Language"], "en")

        self.assertEqual([p.get_content_type() for p in m.walk()],
                         ["multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html",
                          "text/calendar", "image/png", "application/ics"])
        _, related, _, plain, html, calendar, png, ics = m.walk()
        self.assertEqual(related.get_param("type"), "multipart/alternative")
        text = plain.get_content()
        for word in ("Hello Zoë Müller,", "Jørn O'Neil", "Example Works", "8K3M9QPT", "2026-11-23 14:00", "Main Street 1",
                     "QR code (qr.png)", "kiosk", "bring an identity document", "Your data: Example Works deletes it after 30 days.", "+49 30 1234567"):
            self.assertIn(word, text)
        self.assertNotIn("{{", text)
        self.assertIn("Jørn O&#39;Neil", html.get_content())
        self.assertIn('src="cid:' + png["Content-ID"].strip("<>") + '"', html.get_content())
        self.assertEqual((png.get_content_disposition(), png.get_filename()), ("inline", "qr.png"))
        self.assertEqual(self.qr(png.get_content()), PASS)
        self.assertEqual((ics.get_content_disposition(), ics.get_filename()), ("attachment", "invite.ics"))
        self.assertEqual(calendar.get_param("method"), "REQUEST")
        self.assertEqual(ics.get_payload(decode=True), calendar.get_payload(decode=True))
        lines = self.calendar(calendar, "REQUEST")
        for line in ("UID:0193-visit@site.example", "DTSTAMP:20261123T130000Z", "DTSTART:20261123T140000Z", "SEQUENCE:0",
                     "DTEND:20261123T160000Z", "SUMMARY:Visit: Jørn\\; Example\\, Works", "STATUS:CONFIRMED"):
            self.assertIn(line, lines)

    def test_every_text_in_every_language_arrives(self):
        sink = self.tls_sink()
        c = self.courier(sink.port)
        for lang in LANGS:
            for name in TEXTS:
                self.assertEqual(c.ask(mail_job(template=name, lang=lang))["result"], "done", (lang, name))
        mails = [self.parse(raw) for raw in sink.raw()]
        self.assertEqual(len(mails), len(LANGS) * len(TEXTS))
        self.assertEqual(len({m["Subject"] for m in mails}), len(mails))
        for i, m in enumerate(mails):
            self.headers(m)
            self.assertEqual(m["Content-Language"], LANGS[i // len(TEXTS)])
            text = m.get_body(("plain",)).get_content()
            self.assertNotRegex(text, r"[{}]|qr\.png|\n\n\n")
            self.assertIn("Zoë Müller", text)
            self.assertIn("Jørn O'Neil", text)

    def test_an_unknown_language_falls_back_to_english(self):
        sink = self.tls_sink()
        self.assertEqual(self.courier(sink.port).ask(mail_job(lang="pt-BR"))["result"], "done")
        self.assertEqual(self.one(sink)["Content-Language"], "en")

    def test_a_cancelling_takes_the_entry_back(self):
        sink = self.tls_sink()
        job = mail_job(template="invitation-cancelled", ical=event("CANCEL"))
        self.assertEqual(self.courier(sink.port).ask(job)["result"], "done")
        m = self.one(sink)
        self.assertEqual([p.get_content_type() for p in m.walk()],
                         ["multipart/mixed", "multipart/alternative", "text/plain", "text/calendar", "application/ics"])
        calendar = list(m.walk())[3]
        self.assertEqual(calendar.get_param("method"), "CANCEL")
        lines = self.calendar(calendar, "CANCEL")
        self.assertIn("STATUS:CANCELLED", lines)
        self.assertIn("SEQUENCE:1", lines)

    def test_hostile_names_start_no_field_and_no_line(self):
        sink = self.tls_sink()
        c = self.courier(sink.port)
        hostile = ["a\r\nBcc: x@evil.example", "a\nX-Evil: 1\n\nbody", "=?utf-8?q?=0D=0ABcc:_x?=", '"; DROP\\" <x@evil.example>,',
                   "\u202egnp.exe \u200b\u2066", "\x1b]0;evil\x07", "Zo\u0308e " + "\U0001f469\u200d\U0001f680" * 40, "{{code}}{{?x}}",
                   "<script>alert(1)</script>&amp;", ".\r\n.\r\nMAIL FROM:<x@evil.example>", "% _ ; = ' --", "ö" * 99,
                   "BEGIN:VEVENT\nEND:VCALENDAR", "x" * 200, ""]
        for name in hostile:
            job = mail_job(**{"pass": PASS, "to": {"name": name, "mail": "zoe@guest.example"},
                              "ical": event(summary="Visit " + name, organizer={"name": name, "mail": "jorn@site.example"})})
            job["vars"].update(visitor=name, host=name)
            self.assertEqual(c.ask(job)["result"], "done", ascii(name))
        mails = [self.parse(raw) for raw in sink.raw()]
        self.assertEqual(len(mails), len(hostile))
        for m, raw, name in zip(mails, sink.raw(), hostile):
            self.headers(m)
            self.assertEqual(len(list(m.walk())), 8)
            self.assertEqual([a.addr_spec for a in m["To"].addresses], ["zoe@guest.example"])
            self.assertNotRegex(display_name(raw), "[\x00-\x1f\u202e\u200b\u2066]")
            if name in ('"; DROP\\" <x@evil.example>,', "=?utf-8?q?=0D=0ABcc:_x?=", "% _ ; = ' --", "ö" * 99, "x" * 200):
                self.assertEqual(display_name(raw), name)
            lines = self.calendar(list(m.walk())[5], "REQUEST")
            self.assertEqual(len([line for line in lines if line.startswith("BEGIN:")]), 2)
            html = list(m.walk())[4].get_content()
            self.assertNotIn("<script", html)
            self.assertEqual(html.count("<"), html.count(">"))
        self.assertTrue(all(sink.envelope(n + 1)["to"] == ["zoe@guest.example"] for n in range(len(hostile))))

    def test_smtps_with_login(self):
        sink = self.tls_sink("--auth", "lobby:" + self.secret, tls="smtps")
        c = self.courier(sink.port, tls="smtps", user="lobby", secret_file=self.secret)
        self.assertEqual(c.ask(mail_job())["result"], "done")
        self.assertEqual((sink.envelope(1)["tls"], sink.envelope(1)["user"]), (True, "lobby"))

    def test_an_untrusted_certificate_stops_everything(self):
        other, _ = certificate(self.work, "other")
        for tls in ("starttls", "smtps"):
            sink = self.tls_sink(tls=tls)
            for changes in ({"ca_file": other}, {"ca_file": ""}):
                c = self.courier(sink.port, tls=tls, **changes)
                answer = c.ask(mail_job())
                self.assertEqual((answer["result"], answer["class"]), ("retry", "tls"), answer)
                self.assertIn("certificate", answer["remedy"])
                check = c.ask({"job": str(uuid.uuid4()), "kind": "check"})
                self.assertEqual((check["ok"], check["state"]), (False, "tls"))
            self.assertEqual(sink.raw(), [])

    def test_a_certificate_for_another_name_stops_everything(self):
        sink = self.tls_sink()
        answer = self.courier(sink.port, server=f"localhost:{sink.port}").ask(mail_job())
        self.assertEqual((answer["result"], answer["class"]), ("retry", "tls"), answer)
        self.assertEqual(sink.raw(), [])

    def test_without_starttls_nothing_is_sent(self):
        sink = self.sink()
        answer = self.courier(sink.port).ask(mail_job())
        self.assertEqual((answer["result"], answer["class"]), ("retry", "tls"), answer)
        self.assertEqual(sink.raw(), [])

    def test_plain_smtp_where_the_site_says_so(self):
        sink = self.sink()
        self.assertEqual(self.courier(sink.port, tls="none", ca_file="").ask(mail_job())["result"], "done")
        self.assertEqual(sink.envelope(1)["tls"], False)

    def test_a_wrong_secret_is_auth(self):
        wrong = os.path.join(self.work, "wrong")
        with open(os.open(wrong, os.O_WRONLY | os.O_CREAT, 0o400), "w", encoding="utf-8") as f:
            f.write("battery staple\n")
        sink = self.tls_sink("--auth", "lobby:" + self.secret)
        c = self.courier(sink.port, user="lobby", secret_file=wrong)
        answer = c.ask(mail_job())
        self.assertEqual((answer["result"], answer["class"]), ("retry", "auth"), answer)
        self.assertEqual(c.ask({"job": str(uuid.uuid4()), "kind": "check"})["state"], "auth")
        nobody = self.courier(sink.port).ask(mail_job())
        self.assertEqual((nobody["result"], nobody["class"]), ("retry", "auth"), nobody)
        self.assertEqual(sink.raw(), [])

    def test_a_greylisted_mail_is_the_same_mail_when_it_comes_again(self):
        sink = self.tls_sink("--defer", "1")
        c = self.courier(sink.port)
        job = mail_job()
        answer = c.ask(job)
        self.assertEqual((answer["result"], answer["class"]), ("retry", "greylisted"), answer)
        self.assertIn("451 4.7.1", answer["reason"])
        self.assertEqual(c.ask(dict(job, attempt=2))["result"], "done")
        self.assertEqual(self.one(sink)["Message-ID"], job["message_id"])

    def test_a_rejected_recipient_fails(self):
        sink = self.tls_sink("--reject", "zoe@guest.example")
        answer = self.courier(sink.port).ask(mail_job())
        self.assertEqual((answer["result"], answer["class"]), ("failed", "rejected"), answer)
        self.assertIn("550 5.1.1", answer["reason"])
        self.assertNotIn("zoe", json.dumps(answer))
        self.assertEqual(sink.raw(), [])

    def test_a_silent_server_is_left_in_time(self):
        for fault in ("greeting", "data"):
            sink = self.sink("--silent", fault)
            c = self.courier(sink.port, tls="none", timeout_ms=1000)
            start = time.monotonic()
            answer = c.ask(mail_job())
            self.assertEqual((answer["result"], answer["class"]), ("retry", "timeout"), answer)
            self.assertGreater(time.monotonic() - start, 0.9)
            self.assertLess(time.monotonic() - start, 10)  # not what it is without timeout_ms

    def test_an_unheard_250_is_repeated_under_the_same_id(self):
        job = mail_job()
        sink = self.sink("--silent", "data")
        self.assertEqual(self.courier(sink.port, tls="none", timeout_ms=500).ask(job)["class"], "timeout")
        sink = self.sink()
        self.assertEqual(self.courier(sink.port, tls="none").ask(dict(job, attempt=2))["result"], "done")
        self.assertEqual(self.one(sink)["Message-ID"], job["message_id"])

    def test_a_server_that_never_says_bye_has_the_mail_all_the_same(self):
        sink = self.sink("--silent", "quit")
        start = time.monotonic()
        c = self.courier(sink.port, tls="none", timeout_ms=2000)
        self.assertEqual(c.ask(mail_job())["result"], "done")
        self.assertLess(time.monotonic() - start, 8)
        self.assertEqual(len(sink.raw()), 1)

    def test_nobody_listens(self):
        with socket.socket() as s:  # bound, not listening: the port stays refused
            s.bind(("127.0.0.1", 0))
            c = self.courier(s.getsockname()[1])
            answer = c.ask(mail_job())
            self.assertEqual((answer["result"], answer["class"]), ("retry", "unreachable"), answer)
            check = c.ask({"job": str(uuid.uuid4()), "kind": "check"})
            self.assertEqual((check["result"], check["ok"], check["state"]), ("done", False, "unreachable"))

    def test_a_check_sends_nothing(self):
        sink = self.tls_sink("--auth", "lobby:" + self.secret)
        c = self.courier(sink.port, user="lobby", secret_file=self.secret)
        job = {"job": str(uuid.uuid4()), "kind": "check", "attempt": 1}
        self.assertEqual(c.ask(job), {"job": job["job"], "result": "done", "ok": True, "state": "idle"})
        self.assertEqual(sink.raw(), [])

    def test_a_broken_text_is_told_by_file_and_line(self):
        data = os.path.join(self.work, "broken")
        shutil.copytree(self.data, data)
        with open(os.path.join(data, "mail/de/invitation.txt"), "a", encoding="utf-8") as f:
            f.write("{{vistor}}\n")
        lines = read_file(data, "mail/de/invitation.txt").count(b"\n")
        sink = self.tls_sink()
        c = self.courier(sink.port, data=data)
        answer = c.ask(mail_job(lang="de"))
        self.assertEqual((answer["result"], answer["class"]), ("failed", "template"))
        self.assertEqual(answer["reason"], f'de/invitation.txt:{lines}: unknown variable "vistor"')
        self.assertEqual(c.ask({"job": str(uuid.uuid4()), "kind": "check"})["state"], "template")
        self.assertEqual(c.ask(mail_job(template="no-such"))["class"], "template")
        self.assertEqual(c.ask(mail_job())["result"], "done")

    def test_nonsense_is_refused_and_the_courier_lives(self):
        sink = self.tls_sink()
        c = self.courier(sink.port)
        bad = [mail_job(ical=event(end_ms=0)), mail_job(to={"name": "Zoë", "mail": "zoe@guest.example>\r\nRCPT TO:<x@evil.example"}),
               mail_job(to={"name": "Zoë", "mail": "<zoe@guest.example>"}), mail_job(message_id="<a b@site.example>\r\nBcc: x"),
               mail_job(**{"pass": "FOYER"}), mail_job(date_ms=-1), mail_job(vars={"visitor": 1}), mail_job(ical={"method": "REQUEST"}),
               mail_job(ical=event("PUBLISH")), mail_job(more=True)]
        for job in bad:
            answer = c.ask(job)
            self.assertEqual((answer["result"], answer["class"]), ("failed", "bad-job"), (job, answer))
            self.assertNotIn("evil", answer["reason"])
        for name in ("../en/invitation", "/etc/passwd", "Invitation", "a" * 60):
            self.assertEqual(c.ask(mail_job(template=name))["class"], "template")
        self.assertEqual(c.ask(mail_job(kind="fax"))["class"], "bad-job")
        self.assertEqual(sink.raw(), [])
        self.assertEqual(c.ask(mail_job())["result"], "done")

    def test_a_wrong_section_is_said_at_the_start(self):
        loose = os.path.join(self.work, "loose")
        with open(loose, "w", encoding="utf-8") as f:
            f.write("x\n")
        os.chmod(loose, 0o644)
        for changes, word in (({"server": "mx:0"}, "server"), ({"server": "a b:25"}, "server"), ({"tls": "maybe"}, "tls"),
                              ({"from": "nobody"}, "from"), ({"user": "lobby"}, "secret_file"),
                              ({"user": "lobby", "secret_file": loose}, "0640"),
                              ({"server": "mx.site.example:25", "user": "lobby", "secret_file": self.secret, "tls": "none"}, "TLS")):
            c = Courier(self.work, self.conf(25, **changes))
            self.assertEqual(c.ready["ready"], False, changes)
            self.assertIn(word, c.ready["reason"])
            self.assertEqual(c.stop()[0], 1)

    def test_it_locks_itself_in(self):
        sink = self.tls_sink()
        c = self.courier(sink.port)
        status = read_file(f"/proc/{c.process.pid}/status").decode()
        self.assertRegex(status, r"(?m)^NoNewPrivs:\s+1$")
        self.assertRegex(status, r"(?m)^Seccomp:\s+2$")


if __name__ == "__main__":
    assert re.fullmatch("FOYER[A-Z2-7]{135}", PASS)
    unittest.main(verbosity=2)
