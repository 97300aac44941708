#!/usr/bin/python3
"""An identity document at the real kiosk: a passport from a reader, a licence before the camera, and none. Whoever is in doubt goes to reception,
which alone hears why."""
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "lib")]
from document_checks import LICENCE, passport  # noqa: E402
from lobby import BUILD  # noqa: E402
from scan_readers import READER, Readers  # noqa: E402

TYPE = """
type "works" {
	label = "Works"
	walk-in = "yes"
	steps = { "details", "host" }
	badge = "visitor"
	longest-stay = "4h"
	approval = "none"
	id = "required"
	id-least-age = "18"
}
"""
WORKS = "4"  # in the kiosk's list, after guest, contractor and delivery
ASKED = "Your identity document"


class Documents(Readers):
    test_1_pass_checks_in = test_2_plugged_in_again = test_3_noise_fails_politely = test_4_reader_that_never_stops = None

    @classmethod
    def set_up_lobby(cls):
        super().set_up_lobby()
        cls.lobby.more += TYPE

    def asked_for_one(self, name):
        """A walk-in of the type that needs one, up to the screen for it."""
        self.kiosk.home()
        self.kiosk.press("2")
        self.kiosk.expect("What brings you here")
        self.kiosk.press(WORKS)
        self.kiosk.expect("About you", "Your name")
        self.kiosk.type(name)
        self.kiosk.press(*["Enter"] * 4)
        return self.kiosk.expect(ASKED, "I have no document")

    def visits(self):
        self.kiosk.expect("Whom are you visiting")
        self.kiosk.tmux("send-keys", "-t", "kiosk", "-l", "roth")
        self.kiosk.expect("Anna Roth")
        self.kiosk.press("Down", "Enter")

    def reasons(self, name):
        return [w["reason"] for w in self.lobby.waiting() if w.get("name") == name]

    def test_1_a_passport_at_the_reader(self):
        self.asked_for_one("Zoe Mueller")
        self.send(b"no document at all\r")
        self.kiosk.expect("hold it again|not one of ours|cannot be used")
        self.kiosk.expect(ASKED)
        self.send(passport("OTHER<<BOB").replace("\n", "\r").encode() + b"\r")
        self.kiosk.expect("Your document has been read", "(?i)bob other", "Show another document", "goes on in [1-8] s")
        self.kiosk.press("Left", "Enter")
        self.kiosk.expect(ASKED, "show the other document now")
        self.send(passport("MUELLER<<ZOE").replace("\n", "\r").encode() + b"\r")
        self.kiosk.expect("Your document has been read", "(?i)mueller")
        self.kiosk.press("Enter")
        self.visits()
        self.kiosk.expect("Welcome, Zoe Mueller")
        visit = next(v for v in self.lobby.ask("visits")["items"] if v["name"] == "Zoe Mueller")
        look = self.lobby.visit(visit["number"])["documents"][0]
        self.assertEqual((look["how"], look["verdict"], look["kind"]), ("kiosk", "good", "passport"))
        self.assertEqual(self.reasons("Zoe Mueller"), [])

    def test_2_invited(self):
        """With a pass, the kiosk asks for a document where one is missing, and does not where reception has recorded one."""
        inv = self.lobby.invite("Ines Invited", "--type", "works")
        self.kiosk.home()
        self.send(inv["pass"].encode() + b"\r")
        self.kiosk.expect("Ines Invited")
        self.kiosk.press("Enter")
        self.kiosk.expect(ASKED, "I have no document")
        self.lobby.foyer("visit", "document", inv["number"], "--kind", "passport", "--reason", "shown at the desk")
        self.kiosk.home()
        self.send(inv["pass"].encode() + b"\r")
        self.kiosk.expect("Ines Invited")
        self.kiosk.press("Enter")
        self.assertNotIn(ASKED, self.kiosk.expect("Welcome, Ines Invited"))
        self.assertEqual([d["how"] for d in self.lobby.visit(inv["number"])["documents"]], ["desk"])

    def test_2_none(self):
        self.asked_for_one("Nina None")
        self.kiosk.press("Right", "Enter")
        self.visits()
        self.kiosk.expect("(?i)reception")
        self.assert_eventually("the reason", lambda: self.reasons("Nina None"))
        self.assertEqual(self.reasons("Nina None"), ["id-none"])
        number = next(v["number"] for v in self.lobby.ask("visits")["items"] if v["name"] == "Nina None")
        self.lobby.foyer("visit", "document", number, "--vouched", "--reason", "James Baker knows her")
        self.lobby.foyer("visit", "checkin", number)
        self.assertEqual(self.lobby.visit(number)["state"], "inside")
        self.assertEqual(self.reasons("Nina None"), [])

    def test_3_somebody_else_s_licence_before_the_camera(self):
        self.asked_for_one("Bob Other")
        part = self.lobby.path("licence.part")
        subprocess.run([os.path.join(BUILD, "foyer-scan-pdf417"), part], input=LICENCE.encode(), check=True, timeout=30)
        os.chmod(part, 0o644)
        os.rename(part, self.lobby.path("camera/licence.pgm"))
        self.kiosk.expect("Your document has been read", "(?i)quillfeather")
        self.kiosk.press("Enter")
        self.visits()
        screen = self.kiosk.expect("(?i)reception")
        self.assertNotRegex(screen, "(?i)mismatch|quillfeather|other name|does not match")
        self.assert_eventually("the reason", lambda: self.reasons("Bob Other"))
        self.assertEqual(self.reasons("Bob Other"), ["id-mismatch"])


del Readers
if __name__ == "__main__":
    unittest.main(verbosity=1)
