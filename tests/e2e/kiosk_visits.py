#!/usr/bin/python3
"""Visits at the real kiosk, checked at the other ends: the label that came out, the doors, the mail, what reception sees."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from lobby import FIRST, LOBBY, PLAY, Case, Kiosk, columns, wait_for  # noqa: E402

LONG = "Maximiliane Alexandra Freifrau von und zu Hohenstein-Langenfeld"


def attachment(message, kind):
    return next(p for p in message.walk() if p.get_content_type() == kind)


class Visits(Case):

    def wrong_code(self):
        """Of the right form; one in 2^40 is somebody's."""
        return "ZZ" + os.urandom(3).hex().upper()

    # --- without an invitation -----------------------------------------------------------------------------

    def test_1_walk_in_is_escorted_until_somebody_says_yes(self):
        self.kiosk.walk_in("Ömer Çelik", "Çelik & Oğulları", "bak", "James Baker")
        self.kiosk.press("Left", "Enter")
        self.kiosk.expect("Welcome, Ömer Çelik", "Please wait here", "Your badge is printed", "James Baker has been told", "Visit 000001")
        passes, numbers = self.lobby.label("000001-1")
        self.assertEqual((len(passes), numbers), (1, []))
        page = self.lobby.page("000001-1")
        for words in ("ESCORT", "Ömer Çelik", "Çelik & Oğulları"):
            self.assertIn(words, page)
        self.assertEqual(self.lobby.cards(), [])
        visit = self.lobby.visit(1)
        self.assertEqual((visit["state"], visit["escort"], visit["credentials"]), ("inside", True, []))
        self.assertEqual([w["reason"] for w in self.lobby.waiting()], ["needs-approval"])
        self.assertIn("Ömer Çelik is asking to see you", self.lobby.mail("james.baker@demo.example")["subject"])

        self.lobby.foyer("visit", "approve", "1")
        second, numbers = self.lobby.label("000001-2")
        self.assertEqual((len(second), len(numbers)), (1, 1))
        self.assertNotEqual(second, passes)
        page = self.lobby.page("000001-2")
        self.assertNotIn("ESCORT", page)
        self.assert_eventually("badge and right", lambda: (lambda v: (v["badge"], v["doors"]))(self.lobby.visit(1)) == ("printed", "open"))
        self.assertEqual([self.lobby.swipe(numbers[0], door).split()[0] for door in (1, 2, 3)], ["granted", "granted", "refused"])
        self.assertEqual(self.lobby.waiting(), [])

        # Out, and back with the badge that was replaced, and with the good one.
        self.kiosk.sign_out(second[0], coming_back=True)
        self.assert_eventually("the withdrawal", lambda: self.lobby.swipe(numbers[0], 1).startswith("refused"))
        self.kiosk.show(passes[0], "There is a newer badge", "Please use that one")
        self.assertEqual(self.lobby.visit(1)["state"], "out")
        self.kiosk.show(second[0], "Welcome back, Ömer Çelik")
        self.kiosk.home()
        self.lobby.foyer("visit", "checkin", "1")
        self.lobby.foyer("visit", "checkout", "1")

    def test_2_who_does_not_agree_sees_reception(self):
        before = self.lobby.labels()
        self.kiosk.walk_in("Nora Nein", "Nirgends", "gar", "Inés García Fernández")
        self.kiosk.press("Enter")  # neither button has the focus: Enter alone agrees to nothing
        self.kiosk.expect("Please choose one of the two")
        self.kiosk.press("Right", "Enter")
        self.kiosk.expect("Please see reception", "You do not have to agree", re.escape("+49 30 555 0100"))
        visit = self.lobby.newest()
        self.assertEqual((visit["name"], visit["state"]), ("Nora Nein", "waiting"))
        self.assertEqual((visit["badges"], visit["credentials"], visit["signatures"], visit["stays"]), ([], [], [], []))
        self.assertIn("Nora Nein does not agree to the rules of the house", self.lobby.foyer("waiting"))
        self.assertEqual((self.lobby.labels(), self.lobby.cards(), self.lobby.jobs("print")), (before, [], []))
        self.lobby.foyer("visit", "refuse", visit["number"], "--reason", "does not agree")
        self.assertEqual(self.lobby.waiting(), [])

    # --- with one ------------------------------------------------------------------------------------------

    def test_3_code_from_the_mail_is_typed(self):
        made = self.lobby.invite("Tara Typer", "--mail", "tara@visitors.example")
        mail = self.lobby.mail("tara@visitors.example")
        picture = os.path.join(self.lobby.dir, "tara.png")
        with open(picture, "wb") as f:
            f.write(attachment(mail, "image/png").get_content())
        self.assertEqual(PLAY.codes_on(picture), [made["pass"]])
        calendar = attachment(mail, "text/calendar").get_content()
        self.assertIn("METHOD:REQUEST", calendar)
        code = re.search(r"type this code there: (\S+)", mail.get_body(("plain",)).get_content()).group(1)
        self.assertEqual(code.replace("-", ""), made["code"])

        self.kiosk.home()
        self.kiosk.press("1")
        self.kiosk.expect("Your invitation", "Type the code instead")
        self.kiosk.press("Enter")
        self.kiosk.expect("Your code", "eight letters and digits")
        self.kiosk.type(code.lower())
        self.kiosk.press("Enter")
        self.kiosk.expect("Tara Typer", "Yes, this is me")
        self.kiosk.press("Enter")
        self.kiosk.expect("I agree")
        self.kiosk.press("Left", "Enter")
        self.kiosk.expect("Welcome, Tara Typer", "Your badge is printed", "Doors open for you until", "James Baker has been told")
        self.assertEqual(self.lobby.visit(made["number"])["stays"][0]["in_how"], "code")

    def test_4_out_and_back_and_out_for_good(self):
        made = self.lobby.invite("Rita Return")
        self.kiosk.check_in(made["pass"], "Rita Return")
        title = made["number"] + "-1"
        (badge,), (card,) = self.lobby.label(title)
        self.assert_eventually("the right", lambda: self.lobby.swipe(card, 1).startswith("granted"))

        # The invitation is no key to the door a second time.
        self.kiosk.show(made["pass"], "This visitor is signed in already", "please use the badge")

        self.kiosk.sign_out(badge, coming_back=True)
        self.kiosk.expect("Doors no longer open for you", "it is good until")
        self.assertTrue(self.lobby.swipe(card, 1).startswith("refused"))
        printed = self.lobby.labels()

        self.kiosk.show(badge, "Welcome back, Rita Return", "Yes, this is me")
        self.kiosk.press("Enter")
        screen = self.kiosk.expect("Welcome, Rita Return", "Doors open for you until")
        self.assertNotIn("badge", screen)
        visit = self.lobby.visit(made["number"])
        self.assertEqual((len(visit["stays"]), len(visit["signatures"]), len(visit["badges"])), (2, 1, 1))
        self.assertEqual({c["card"] for c in visit["credentials"]}, {int(card)})
        self.assertTrue(self.lobby.swipe(card, 1).startswith("granted"))
        self.assertEqual(self.lobby.labels(), printed)

        self.kiosk.sign_out(badge)
        self.kiosk.expect("Doors no longer open for you")
        self.assertTrue(self.lobby.swipe(card, 1).startswith("refused"))
        self.kiosk.show(badge, "This visit is over", "You have signed out for good")
        self.kiosk.show(made["pass"], "This visit is over", "You have signed out for good")
        self.assertEqual(self.lobby.visit(made["number"])["state"], "ended")

    def test_5_language_of_the_visitor(self):
        made = self.lobby.invite("Françoise Dupré", "--lang", "fr", host="mlefevre")
        self.kiosk.show(made["pass"], "Bienvenue, Françoise Dupré", "Oui, c’est moi", "Vous rendez visite à *Margaux Lefèvre")
        self.kiosk.press("Enter")
        self.kiosk.expect("Règlement de la maison", "J’accepte")
        self.kiosk.press("Left", "Enter")
        self.kiosk.expect("Bienvenue, Françoise Dupré", "Margaux Lefèvre")
        self.assertEqual(self.lobby.visit(made["number"])["signatures"][0]["lang"], "fr")
        self.kiosk.press("F2")
        self.kiosk.expect(r"Bienvenid|Willkommen|Welcome")
        self.kiosk.home()  # who comes next is greeted in the language of the house

    # --- any name, any window ------------------------------------------------------------------------------

    def assert_fits(self, screen):
        """Nothing reaches the window's edge, and nothing was cut."""
        for line in screen.split("\n"):
            self.assertLessEqual(columns(line.rstrip()), self.kiosk.width - 2, line)
        self.assertNotIn("…", screen)

    def assert_says(self, screen, words):
        """On one line or broken over several."""
        self.assertIn("".join(words.split()), "".join(screen.split()))

    def test_6_long_and_cjk_names_in_every_window(self):
        names = [LONG, "山田 太郎"]
        passes = [self.lobby.invite(n, "--company", "山田電機株式会社", host="ssato")["pass"] for n in names]
        for width, height in ((200, 60), (60, 16), (80, 24)):
            self.kiosk.resize(width, height)
            for name, text in zip(names, passes):
                screen = self.kiosk.show(text, "Yes, this is me", "山田電機株式会社", "佐藤 さくら")
                print(f"{width}x{height}\n{screen.rstrip()}")
                self.assert_says(screen, name)
                self.assert_fits(screen)
        for name, text in zip(names, passes):
            screen = self.kiosk.check_in(text, "Yes, this is me")
            self.assert_says(screen, "Welcome, " + name)
            self.assert_fits(screen)
            self.kiosk.home()
        for name in names:
            self.assertIn(name, self.lobby.foyer("visits", "--inside"))

    def test_6_touch_and_half_a_report(self):
        """A touch is a key; what comes after it, or only half of it, stops nothing: the camera is still looked at."""
        self.kiosk.home()
        row = 1 + next(i for i, line in enumerate(self.kiosk.expect("I am visiting").split("\n")) if "I am visiting" in line)
        at = chr(32 + 20) + chr(32 + row)  # as a terminal of tmux's reports it (kmous=\\E[M): press, then release
        self.kiosk.tmux("send-keys", "-t", "kiosk", "-l", f"\x1b[M {at}\x1b[M#{at}")
        self.kiosk.expect("What brings you here")
        self.kiosk.tmux("send-keys", "-t", "kiosk", "-l", "\x1b[M ")
        picture = self.lobby.path("touch.png")
        self.lobby.foyer("invite", "--host", "jbaker", "--name", "Toni Touch", "--until", "+3h", "--png", picture)
        shutil.copy(picture, self.lobby.path("camera/touch.png"))
        self.kiosk.expect("Toni Touch", "Yes, this is me")

    def test_7_window_changes_while_somebody_types(self):
        self.kiosk.home()
        self.kiosk.press("2")
        self.kiosk.expect("What brings you here")
        self.kiosk.press("1")
        self.kiosk.expect("About you")
        self.kiosk.type("Renée Resize")
        for width, height in ((60, 16), (200, 60), (80, 24)):
            self.kiosk.resize(width, height)
            screen = self.kiosk.expect("About you", "Renée Resize", r"Enter \S+")
            print(f"{width}x{height}\n{screen.rstrip()}")
            self.assertEqual(len(screen.rstrip("\n").split("\n")), height)
            self.assert_fits(screen)
        self.kiosk.resize(59, 15)
        self.kiosk.expect("Please make this window larger")
        self.kiosk.resize(80, 24)
        self.kiosk.expect("About you", "Renée Resize")
        self.kiosk.type(" Jr")
        self.kiosk.expect("Renée Resize Jr")
        self.kiosk.home()

    def test_8_help_is_called_from_every_screen(self):
        def help_here(screen):
            before = len(self.lobby.waiting())
            self.kiosk.press("F1")
            self.kiosk.expect("Help is near", "Somebody will come to you", re.escape("+49 30 555 0100"))
            rows = self.lobby.waiting()
            self.assertEqual(len(rows), before + 1)
            self.assertEqual((rows[-1]["reason"], rows[-1]["screen"], rows[-1]["kiosk"]), ("help", screen, "lobby"))
            self.kiosk.press("Enter")
        made = self.lobby.invite("Hanna Helpless")
        self.kiosk.home()
        help_here("welcome")
        self.kiosk.expect(FIRST)
        self.kiosk.press("2")
        self.kiosk.expect("What brings you here")
        self.kiosk.press("1")
        self.kiosk.expect("About you")
        self.kiosk.type("Hans")
        help_here("details")
        self.kiosk.expect("About you", "Hans")
        self.kiosk.show(made["pass"], "Yes, this is me")
        help_here("you")
        self.kiosk.expect("Yes, this is me")
        self.kiosk.press("Enter")
        self.kiosk.expect("I agree")
        help_here("agreement")
        self.kiosk.expect("I agree")
        self.kiosk.home()
        for row in self.lobby.waiting():
            self.assertIn("asks for help", self.lobby.foyer("waiting"))
            self.lobby.foyer("waiting", "take", row["id"])
            self.lobby.foyer("waiting", "resolve", row["id"], "--reason", "helped")
        self.assertEqual(self.lobby.waiting(), [])

    # --- a calm no, each with its own words ----------------------------------------------------------------

    def pass_of(self, site, keys=None):
        """A pass of another foyer, which has this site number, and the keys of this one or its own."""
        with tempfile.TemporaryDirectory(prefix="site.") as folder:
            conf, sock = os.path.join(folder, "foyer.conf"), os.path.join(folder, "run/api.sock")
            with open(conf, "w", encoding="utf-8") as f:
                f.write(f'site {{ name = "Elsewhere" id = "{site}" languages = {{ "en" }} demo = "yes" }}\n'
                        f'paths {{ state = "{folder}/state" run = "{folder}/run" }}\n')
            argv = [LOBBY.program("foyerd"), "-c", conf]
            subprocess.run([*argv, "--init", "--demo"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            if keys:
                for name in os.listdir(keys):
                    os.chmod(f"{folder}/state/keys/{name}", 0o600) if os.path.exists(f"{folder}/state/keys/{name}") else None
                subprocess.run(["cp", "-a", keys + "/.", f"{folder}/state/keys/"], check=True)
            with open(os.path.join(folder, "log"), "wb") as log:
                other = subprocess.Popen([*argv, "-f"], stdin=subprocess.DEVNULL, stderr=log)
            try:
                wait_for("the other foyer", lambda: other.poll() is not None or LOBBY.answers(sock))
                self.lobby.foyer("-s", sock, "host", "set", "boss", "--name", "The Boss")
                return self.lobby.ask("-s", sock, "invite", "--host", "boss", "--name", "Lost Soul", "--until", "+1h")["pass"]
            finally:
                other.terminate()
                other.wait(20)

    def test_9_refusals(self):
        stays = len(self.lobby.ask("visits", "--inside")["items"])
        good = self.lobby.invite("Gina Good")
        late = self.lobby.ask("invite", "--host", "jbaker", "--name", "Early Bird", "--from", "+2h", "--until", "+1h")
        off = self.lobby.invite("Carl Cancel", "--mail", "carl@visitors.example")
        self.lobby.mail("carl@visitors.example", "Your visit to")
        self.lobby.foyer("invite", "--cancel", off["id"], "--reason", "not today")
        mail = self.lobby.mail("carl@visitors.example", "Cancelled")
        calendar = attachment(mail, "text/calendar")
        self.assertIn("METHOD:CANCEL", calendar.get_content())
        self.assertIn("STATUS:CANCELLED", calendar.get_content())
        self.assertEqual(calendar.get_param("method"), "CANCEL")

        self.kiosk.show(off["pass"], "This visit was called off", "Your host has taken the invitation back")
        begins = re.search(r"(\d\d:\d\d)", self.lobby.foyer("visits", "--expected", "Early")).group(1)
        self.kiosk.show(late["pass"], "You are a little early", f"Your visit begins at {begins}")
        self.kiosk.show("FOYER IS NOT A PASS", "This code is not one of ours")
        self.kiosk.show(self.pass_of(8, self.lobby.path("state/keys")), "This code is for another site", "address in your invitation")
        at = len(good["pass"]) // 2
        forged = good["pass"][:at] + ("A" if good["pass"][at] != "A" else "B") + good["pass"][at + 1:]
        self.kiosk.show(forged, "This code cannot be used here", "show your invitation to reception")  # the 1st guess
        self.kiosk.show(self.pass_of(7), "This code cannot be used here")  # the 2nd: our number, and keys that are not ours
        self.kiosk.show(self.wrong_code(), "This code is not known here", "Please look at the code once more")
        self.kiosk.show(self.wrong_code(), "This code is not known here")
        self.kiosk.show(good["pass"], "Welcome, Gina Good")
        self.kiosk.home()
        self.kiosk.press("1")
        self.kiosk.expect("Type the code instead")
        self.kiosk.type(self.wrong_code())
        self.kiosk.press("Enter")
        self.kiosk.expect("This code is not known here")

        # Five in ten minutes: from here on this kiosk judges no code; a genuine pass is not held up by it.
        self.kiosk.show(good["pass"], "Welcome, Gina Good")
        self.kiosk.home()
        self.kiosk.show(self.wrong_code(), "Let reception help you", "That did not work several times")
        before = len(self.lobby.waiting())
        self.kiosk.press("Right", "Enter")
        self.kiosk.expect("Help is near")
        rows = self.lobby.waiting()
        self.assertEqual((len(rows), rows[-1]["screen"]), (before + 1, "sorry"))
        self.assertEqual(len(self.lobby.ask("visits", "--inside")["items"]), stays)
        self.assertIn("The journal holds", self.lobby.foyer("journal", "verify"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
