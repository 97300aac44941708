#!/usr/bin/python3
"""Identity documents at the check-in, over a kiosk's socket and the command line: what is good, what reception hears, what the kiosk hears, what
is kept, and who can read it."""
import json
import os
import pwd
import signal
import subprocess
import sys
import time
import unittest
import uuid

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
from daemon_api import BUILD, House, wait_for  # noqa: E402

FOYER = os.path.join(BUILD, "foyer")
OK, NO, USAGE = 0, 1, 2
CONF = '''
kiosk "lobby" { place = "Lobby" language = "en" }
type "plain" { label = "Plain" walk-in = "yes" steps = { "details", "host" } approval = "none" }
type "checked" { label = "Checked" walk-in = "yes" steps = { "details", "host" } approval = "none"
	id = "required" id-least-age = "18" }
'''
KEEPING = CONF.replace('id-least-age = "18"', 'id-least-age = "18" id-keep = "name 30d, number 7d, birth 1d, address 30d"')

WEIGHTS = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}


def digit(text):
    """ICAO 9303-3, 4.9."""
    return str(sum(WEIGHTS[c] * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def passport(name, number="L898902C3", birth="740812", expiry="341210", state="UTO"):
    """A zone of ICAO 9303-4, as a wedge types it."""
    number = number.ljust(9, "<")
    two = number + digit(number) + state + birth + digit(birth) + "F" + expiry + digit(expiry) + "<" * 14 + "0"
    return ("P<" + state + name).ljust(44, "<") + "\n" + two + digit(two[:10] + two[13:20] + two[21:43])


LICENCE = ("@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSQUILLFEATHER\nDDEN\nDACXAVERINE\nDDFN\nDADJOHN\nDDGN\n"
           "DBD06062019\nDBB06061986\nDBA12102034\nDBC1\nDAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  \nDCGUSA\n")


class Checked(House):
    """A demo's house, so that whoever runs this is everybody in it; with a seal-key where one is given."""
    seal = None

    def write_conf(self, more=None, timezone="UTC"):
        super().write_conf(more, timezone)
        if self.seal:
            with open(self.conf, "r+", encoding="utf-8") as f:
                text = f.read().replace('demo = "yes"', f'demo = "yes" seal-key = "{self.seal}"')
                f.seek(0)
                f.write(text)

    def foyer(self, *args, status=OK):
        done = subprocess.run([FOYER, "-s", self.path(), *args], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**os.environ, "FOYER_CONF": self.conf})
        assert status is None or done.returncode == status, (args, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def reload(self, more):
        before = self.logged().count("the configuration was read again")
        self.write_conf(more)
        self.process.send_signal(signal.SIGHUP)
        wait_for("the new configuration", lambda: self.logged().count("the configuration was read again") > before)

    def holds(self, word):
        """Files of the house in which a word stands, however it is written."""
        found = []
        for folder, _, names in os.walk(self.dir):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not folder.startswith(self.bin):
                    with open(path, "rb") as f:
                        data = f.read()
                    if word.lower().encode() in data.lower() or word.lower().encode("utf-16-le") in data.lower():
                        found.append(os.path.relpath(path, self.dir))
        return found


class Case(unittest.TestCase):
    more, keep = CONF, False

    def setUp(self):
        self.house = Checked(self.more)
        self.addCleanup(self.house.remove)
        if self.keep:
            os.mkdir(os.path.join(self.house.dir, "pub"))
            self.key = os.path.join(self.house.dir, "seal")
            self.house.foyer("seal-key", self.key)
            self.house.seal = os.path.join(self.house.dir, "pub", "seal.pub")
            os.rename(self.key + ".pub", self.house.seal)
            self.house.write_conf()
        self.house.command("--init", "--demo")
        self.house.start()
        self.host = self.good(201, "PUT", "/v1/hosts/ar", {"name": "Anna Roth"})["id"]

    def good(self, status, *args, **more):
        got, answer = self.house.ask(*args, **more)
        self.assertEqual(got, status, answer)
        return answer

    def comes(self, name, document=None, kind="checked", key=None):
        body = {"flow": str(uuid.UUID(int=7)), "lang": "en", "walk_in": {"type": kind, "name": name, "host": self.host, "fields": {}}}
        if document is not None:
            body["document"] = document if isinstance(document, dict) else {"text": document}
        return self.good(201, "POST", "/v1/checkins", body, kiosk="lobby", key=key)

    def welcome(self, name, document):
        came = self.comes(name, document)
        self.assertEqual((came["outcome"], came["reason"]), ("welcome", ""))
        return came["number"]

    def doubted(self, name, document, words):
        """Sent to reception: the kiosk hears no more than why everybody hears it, reception hears the words."""
        came = self.comes(name, document)
        self.assertEqual((came["outcome"], came["reason"]), ("reception", "id"))
        self.assertNotIn("id-", json.dumps(came))
        self.assertIn(f"{came['number']} {name} {words}\n", self.house.foyer("waiting"))
        return came["number"]


class AtTheKiosk(Case):
    def test_what_is_good_and_what_is_not(self):
        self.welcome("Anna Maria Eriksson", passport("ERIKSSON<<ANNA<MARIA"))
        self.welcome("Quillfeather, Xaverine", LICENCE)
        self.welcome("Jürgen Müller", passport("MUELLER<<JUERGEN", "C01X00T47", state="D<<"))
        self.doubted("Bert Brown", passport("ERIKSSON<<ANNA", "L00000001"), "shows a document with another name")
        self.doubted("Anna Eriksson", passport("ERIKSSON<<ANNA", "L00000002", expiry="200101"), "shows a document that has expired")
        young = time.strftime("%y", time.gmtime(time.time() - 17 * 365 * 86400)) + "0101"
        self.doubted("Anna Eriksson", passport("ERIKSSON<<ANNA", "L00000003", birth=young), "shows a document that does not prove the least age")
        self.doubted("Anna Eriksson", passport("ERIKSSON<<ANNA")[:60], "shows a document that could not be read")
        self.doubted("Anna Eriksson", "https://example.org/", "shows a document that could not be read")
        self.doubted("Anna Eriksson", {"none": True}, "has shown no document")
        self.doubted("Anna Eriksson", None, "has shown no document")
        number = self.doubted("Bert Brown", passport("BROWN<<BERT"), "shows a document that came under another name before")
        self.assertIn("passport of UTO: came under another name before", self.house.foyer("visit", "show", number))

    def test_who_has_come_once_is_not_asked_again(self):
        number = self.welcome("Anna Eriksson", passport("ERIKSSON<<ANNA"))
        self.house.foyer("visit", "checkout", number, "--coming-back")
        self.assertIn("inside", self.house.foyer("visit", "checkin", number))

    def test_a_repeated_request_is_one_look(self):
        key = str(uuid.uuid4())
        first = self.comes("Anna Eriksson", passport("ERIKSSON<<ANNA"), key=key)
        self.assertEqual(self.comes("Anna Eriksson", passport("ERIKSSON<<ANNA"), key=key), first)
        self.assertEqual(len(self.good(200, "GET", f"/v1/visits/{first['visit']}")["documents"]), 1)

    def test_a_type_without_is_as_before(self):
        came = self.comes("Bert Brown", passport("ERIKSSON<<ANNA"), kind="plain")
        self.assertEqual(came["outcome"], "welcome")
        self.assertEqual(self.good(200, "GET", f"/v1/visits/{came['visit']}")["documents"], [])
        types = {t["name"]: t for t in self.good(200, "GET", "/v1/kiosk", kiosk="lobby")["types"]}
        self.assertNotIn("id", types["plain"])
        self.assertTrue(types["checked"]["id"])
        self.assertRegex(self.house.foyer("types"), r"(?m)^checked +\S+ \S+ +yes +\S+ +needed")
        self.assertEqual(types["checked"]["steps"], ["details", "document", "host"])


class AtTheDesk(Case):
    def test_nobody_is_let_in_unseen(self):
        number = self.doubted("Bert Brown", passport("ERIKSSON<<ANNA"), "shows a document with another name")
        for verb in ("checkin", "approve"):
            self.assertIn("a document must be looked at first", self.house.foyer("visit", verb, number, status=NO))
        self.house.foyer("visit", "document", number, "--kind", "passport", status=USAGE)
        said = self.house.foyer("visit", "document", number, "--kind", "id-card", "--state", "DEU", "--expiry", "2034-12-10", "--reason",
                                "his passport was his sister's")
        self.assertIn("recorded", said)
        shown = self.house.foyer("visit", "show", number)
        self.assertIn("passport of UTO: carries another name\n", shown)
        self.assertIn("id-card of DEU: seen\n", shown)
        self.assertIn(f"{number} Bert Brown: inside", self.house.foyer("visit", "checkin", number))
        self.assertNotIn("document", self.house.foyer("waiting"))
        journal = self.house.foyer("journal", "show")
        self.assertIn("visit.document", journal)
        self.assertIn("his passport was his sister's", journal)
        # Reception settled it: the same document under its own name is good.
        self.welcome("Anna Eriksson", passport("ERIKSSON<<ANNA"))

    def test_vouched_for_and_refused(self):
        number = self.doubted("Bert Brown", {"none": True}, "has shown no document")
        self.house.foyer("visit", "document", number, "--vouched", "--reason", "Anna Roth has known him for years")
        self.assertIn("inside", self.house.foyer("visit", "approve", number))
        shown = self.house.foyer("visit", "show", number)
        self.assertIn("somebody answers for the visitor instead", shown)
        self.assertRegex(shown, r"reason +Anna Roth has known him for years\n")
        number = self.doubted("Carl Cole", {"none": True}, "has shown no document")
        self.assertIn("refused", self.house.foyer("visit", "refuse", number, "--reason", "nobody knows him"))
        self.house.foyer("visit", "document", number, "--vouched", "--reason", "too late", status=NO)


class Ways(Case):
    """Every way into the house, for somebody whose document nobody has looked at."""
    more = CONF + '''
type "signed" { label = "Signed" walk-in = "yes" steps = { "details", "host", "agreement" } agreement = "visitor" approval = "host" id = "required" }
role "host" { members = { "user:nobody" } }
'''

    def invited(self, name="Anna Eriksson", kind="checked"):
        return self.good(201, "POST", "/v1/invitations",
                         {"host": self.host, "name": name, "type": kind, "until_ms": int((time.time() + 6 * 3600) * 1000)})

    def arrives(self, shown, outcome, **more):
        got = self.good(201, "POST", "/v1/checkins", {"pass": shown, **more}, kiosk="lobby")
        self.assertEqual(got["outcome"], outcome, got)
        return got

    def asked_for(self, shown):
        return self.good(200, "POST", "/v1/scan", {"text": shown}, kiosk="lobby").get("document", False)

    def state(self, number):
        return self.good(200, "GET", f"/v1/visits/{number}")["state"]

    def staff(self, number, verb, status, **body):
        return self.good(status, "POST", f"/v1/visits/{number}/{verb}", body)

    def seen(self, number):
        self.house.foyer("visit", "document", number, "--kind", "passport", "--name-matches", "yes", "--reason", "shown at the desk")

    def nobody(self, url):
        """What foyerd answers somebody who is a host and nothing else."""
        os.chmod(self.house.path(), 0o666)
        ask = ("import http.client,socket,sys\nc = http.client.HTTPConnection('x')\nc.sock = socket.socket(socket.AF_UNIX)\n"
               "c.sock.connect(sys.argv[1])\nc.request('POST', sys.argv[2], '{}', {'Idempotency-Key': sys.argv[3]})\n"
               "r = c.getresponse(); print(r.status, r.read().decode())")
        who = pwd.getpwnam("nobody")
        return subprocess.run([sys.executable, "-c", ask, self.house.path(), url, str(uuid.uuid4())], capture_output=True, text=True, timeout=30,
                              user=who.pw_uid, group=who.pw_gid, extra_groups=[], check=True).stdout

    def test_every_way_in(self):
        good = passport("ERIKSSON<<ANNA")

        def walk_in():
            return self.comes("Anna Eriksson")["number"], None

        def by_pass():
            inv = self.invited()
            self.assertTrue(self.asked_for(inv["pass"]))
            self.arrives(inv["pass"], "reception")
            return inv["number"], inv["pass"]

        def by_code():
            inv = self.invited()
            self.arrives(inv["code"], "reception", document={"none": True})
            return inv["number"], inv["code"]

        def by_staff():
            inv = self.invited()
            self.assertEqual(self.staff(inv["number"], "checkin", 409)["error"], "no-document")
            self.assertEqual(self.state(inv["number"]), "expected")
            self.arrives(inv["pass"], "reception")
            return inv["number"], inv["pass"]

        def said_again():
            key, inv = str(uuid.uuid4()), self.invited()
            first = self.good(201, "POST", "/v1/checkins", {"pass": inv["pass"]}, kiosk="lobby", key=key)
            self.assertEqual(self.good(201, "POST", "/v1/checkins", {"pass": inv["pass"]}, kiosk="lobby", key=key), first)
            status, _ = self.house.ask("POST", "/v1/checkins", {"pass": inv["pass"], "document": {"text": good}}, kiosk="lobby", key=key)
            self.assertGreaterEqual(status, 400)
            return inv["number"], inv["pass"]

        def longer():
            inv = self.invited()
            self.arrives(inv["pass"], "reception")
            self.staff(inv["number"], "extend", 200, until_ms=int((time.time() + 7 * 3600) * 1000))
            return inv["number"], inv["pass"]

        def seen_to():
            inv = self.invited()
            self.arrives(inv["pass"], "reception")
            for w in self.good(200, "GET", "/v1/waiting")["items"]:
                self.house.foyer("waiting", "resolve", w["id"], "--reason", "on it")
            return inv["number"], inv["pass"]

        for way in (walk_in, by_pass, by_code, by_staff, said_again, longer, seen_to):
            with self.subTest(way=way.__name__):
                number, shown = way()
                self.assertEqual(self.state(number), "waiting")
                for verb in ("approve", "checkin"):
                    self.assertEqual(self.staff(number, verb, 409)["error"], "no-document")
                if shown:  # reception decides, whatever the kiosk is shown meanwhile
                    again = {"pass": shown, "document": {"text": good}}
                    self.assertEqual(self.good(422, "POST", "/v1/checkins", again, kiosk="lobby")["error"], "waiting")
                self.assertEqual(self.state(number), "waiting")
                self.seen(number)
                self.assertEqual(self.state(number), "waiting")
                self.assertEqual(self.staff(number, "approve", 200)["state"], "inside")

    def test_out_and_in_again(self):
        """A look holds for its visit, and for no other."""
        inv = self.invited()
        self.seen(inv["number"])  # before they come
        self.assertFalse(self.asked_for(inv["pass"]))
        self.arrives(inv["pass"], "welcome")
        self.staff(inv["number"], "checkout", 200, coming_back=True)
        self.assertFalse(self.asked_for(inv["pass"]))
        self.arrives(inv["pass"], "welcome")
        self.arrives(self.invited()["pass"], "reception")

    def test_began_to_ask_while_they_were_out(self):
        inv = self.invited(kind="plain")
        self.arrives(inv["pass"], "welcome")
        self.staff(inv["number"], "checkout", 200, coming_back=True)
        self.house.reload(self.more.replace('type "plain" {', 'type "plain" { id = "required"'))
        self.assertTrue(self.asked_for(inv["pass"]))
        self.arrives(inv["pass"], "reception")
        self.assertEqual(self.staff(inv["number"], "approve", 409)["error"], "no-document")

    @unittest.skipIf(os.geteuid() != 0, "somebody else asks: needs root")
    def test_the_host_says_yes(self):
        self.host = self.good(201, "PUT", "/v1/hosts/nobody", {"name": "Nora Body"})["id"]
        text = self.good(200, "GET", "/v1/agreements/visitor?lang=en", kiosk="lobby")
        agreement = {"name": "visitor", "version": text["version"], "lang": "en", "accepted": True}
        body = {"lang": "en", "agreement": agreement, "document": {"none": True},
                "walk_in": {"type": "signed", "name": "Anna Eriksson", "host": self.host, "fields": {}}}
        came = self.good(201, "POST", "/v1/checkins", body, kiosk="lobby")
        self.assertEqual(came["outcome"], "reception")
        said = self.nobody(f"/v1/visits/{came['number']}/approve")
        self.assertIn("409", said)
        self.assertIn("no-document", said)
        self.assertIn("403", self.nobody(f"/v1/visits/{came['number']}/checkin"))
        self.assertIn("403", self.nobody(f"/v1/visits/{came['number']}/documents"))
        self.seen(came["number"])
        self.assertIn('"inside"', self.nobody(f"/v1/visits/{came['number']}/approve"))
        # Who has not agreed is sent back to the kiosk by a yes, and is asked there.
        body["agreement"] = {**agreement, "accepted": False}
        came = self.good(201, "POST", "/v1/checkins", body, kiosk="lobby")
        self.assertIn('"expected"', self.nobody(f"/v1/visits/{came['number']}/approve"))
        self.assertEqual(self.staff(came["number"], "checkin", 409)["error"], "no-document")

    def test_a_type_that_is_gone(self):
        inv, later = self.invited(), self.invited()
        self.house.reload(self.more.replace('type "checked"', 'type "renamed"'))
        self.assertIn("2 visits that are not over are of type checked", self.house.foyer("doctor", status=None))
        self.assertEqual(self.arrives(inv["pass"], "reception")["reason"], "type-gone")
        self.assertIn("is of a visitor type that is not configured any more", self.house.foyer("waiting"))
        self.assertIn("inside", self.house.foyer("visit", "approve", inv["number"]))
        self.house.reload(self.more)
        self.assertEqual(self.arrives(later["pass"], "reception")["reason"], "id")

    def test_a_book_from_before_the_look(self):
        inv = self.invited()
        file = self.good(201, "POST", "/v1/backups", {})["file"]
        self.seen(inv["number"])
        self.assertFalse(self.asked_for(inv["pass"]))
        self.assertEqual(self.house.stop(), 0)
        self.house.command("--restore", file)
        self.house.start()
        self.assertTrue(self.asked_for(inv["pass"]))
        self.arrives(inv["pass"], "reception")
        self.assertEqual(self.staff(inv["number"], "approve", 409)["error"], "no-document")

    def test_a_look_says_no_more_than_was_said(self):
        number = self.comes("Anna Eriksson")["number"]
        look = ("visit", "document", number, "--kind", "id-card", "--reason", "known for years")
        self.assertIn("has expired: to let that pass", self.house.foyer(*look, "--expiry", "2001-01-31", status=NO))
        self.assertEqual(self.staff(number, "checkin", 409)["error"], "no-document")
        self.house.foyer(*look, "--expiry", "2001-01-31", "--override")
        self.assertIn("not said", self.house.foyer("visit", "show", number))
        self.assertIn("document-expired", self.house.foyer("journal", "show"))
        person = self.house.foyer("export", "person", "Anna Eriksson").replace('": ', '":')
        self.assertIn('"matched":null', person)
        self.assertIn('"least_age_ok":null', person)
        self.assertEqual(self.staff(number, "checkin", 200)["state"], "inside")


class Kept(Case):
    more, keep = KEEPING, True

    def test_a_key_that_is_none_is_told_before_it_counts(self):
        self.assertIn("good", self.house.command("--check", self.house.conf).stdout)
        for name, why in (("seal.gone", "No such file"), ("seal", "does not begin with the word foyer-seal-public")):
            path = os.path.join(self.house.dir, "other.conf")
            with open(self.house.conf, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
                out.write(f.read().replace(self.house.seal, os.path.join(self.house.dir, name)))
            done = self.house.command("--check", path, ok=False)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, f"seal-key: .*{name}.*{why}")

    def test_only_the_other_key_opens(self):
        number = self.welcome("Xaverine Quillfeather", LICENCE)
        self.assertIn("sealed, kept until", self.house.foyer("visit", "show", number))
        opened = self.house.foyer("visit", "show", number, "--unseal", self.key)
        for text in ("XAVERINE JOHN QUILLFEATHER, kept", "T64235789, kept", "1986-06-06, kept", "2300 WEST BROAD STREET, 232690000 RICHMOND, kept"):
            self.assertIn(text, opened)
        other = os.path.join(self.house.dir, "other")
        self.house.foyer("seal-key", other)
        self.assertIn("sealed for another key", self.house.foyer("visit", "show", number, "--unseal", other, status=NO))
        person = self.house.foyer("export", "person", "Xaverine Quillfeather")
        self.assertIn('"part":"number"', person.replace('": "', '":"'))
        self.assertNotIn("T64235789", person)
        self.assertNotIn("sealed\"", person)
        checks = {c["name"]: c for c in self.good(200, "GET", "/v1/doctor")["checks"]}
        self.assertEqual(checks["documents"]["state"], "ok")
        os.rename(self.key, self.house.seal[:-4])  # where foyerd's half lies
        checks = {c["name"]: c for c in self.good(200, "GET", "/v1/doctor")["checks"]}
        self.assertEqual(checks["documents"]["state"], "warn")

    def test_nothing_stands_anywhere_in_the_clear(self):
        self.welcome("Xaverine Quillfeather", LICENCE)
        self.doubted("Bert Brown", passport("ZWICKELBAUER<<ROSALINDE", "X123456Z9"), "shows a document with another name")
        self.doubted("Bert Brown", passport("ZWICKELBAUER<<ROSALINDE", "X123456Z9")[:70], "shows a document that could not be read")
        self.house.foyer("backup")
        self.assertEqual(self.house.foyer("journal", "verify").count("holds"), 1)
        for secret in ("T64235789", "X123456Z9", "Zwickelbauer", "Rosalinde", "Broad Street", "1986-06-06", "Quillfeather<", "ANSI 636000"):
            with self.subTest(secret=secret):
                self.assertEqual(self.house.holds(secret), [])
        self.assertTrue(self.house.holds("Quillfeather"))  # the visitor's own word, as ever: the search sees what is there

    def test_foyerd_will_not_start_without_its_half(self):
        self.assertEqual(self.house.stop(), 0)
        os.chmod(self.house.seal, 0o666)
        done = self.house.command("-f", ok=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("others may write it", done.stderr)


class Reloaded(Case):
    more = CONF.replace('id = "required" id-least-age = "18"', "")

    def test_asked_for_from_now_on(self):
        """In the cell that foyerd has locked itself into."""
        self.assertEqual(self.comes("Anna Eriksson")["outcome"], "welcome")
        self.house.reload(CONF)
        self.doubted("Anna Eriksson", None, "has shown no document")
        self.welcome("Anna Eriksson", passport("ERIKSSON<<ANNA"))
        self.house.write_conf(KEEPING)
        self.house.process.send_signal(signal.SIGHUP)
        wait_for("the refusal", lambda: "id-keep: needs seal-key" in self.house.logged())
        self.welcome("Anna Eriksson", passport("ERIKSSON<<ANNA"))
        self.house.reload(self.more)
        self.assertEqual(self.comes("Bert Brown")["outcome"], "welcome")


if __name__ == "__main__":
    unittest.main(verbosity=2)
