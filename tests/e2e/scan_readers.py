#!/usr/bin/python3
"""Readers that the kiosk reads by itself: a pseudo-terminal is a serial port whose other end is this test."""
import os
import pty
import re
import select
import sys
import termios
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from lobby import FIRST, LOBBY, Case, wait_for  # noqa: E402

READER = """
reader "desk-1" {{
	kind = "serial"
	device = "{dir}/by-id"
	speed = "115200"
}}
"""
NOT_OURS = "This code is not one of ours"


class Readers(Case):

    @classmethod
    def set_up_lobby(cls):
        LOBBY.KIOSK_CONF += READER
        cls.link, cls.scanner, cls.port = cls.lobby.path("by-id"), None, None
        cls.plug()
        cls.addClassCleanup(cls.unplug)

    @classmethod
    def plug(cls):
        """As udev does it: another port, the same name."""
        cls.scanner, cls.port = pty.openpty()
        os.symlink(os.ttyname(cls.port), cls.link)

    @classmethod
    def unplug(cls):
        if cls.scanner is not None:
            os.unlink(cls.link)
            os.close(cls.scanner)
            os.close(cls.port)
        cls.scanner = cls.port = None

    def setUp(self):
        super().setUp()
        self.open()

    def open(self):
        """Wait until the kiosk has the port: from then on it echoes nothing."""
        wait_for("the port to be opened", lambda: not termios.tcgetattr(self.port)[3] & termios.ECHO)

    def send(self, data):
        while data:
            data = data[os.write(self.scanner, data):]

    def check_in(self, name, before=b"", after=b""):
        made = self.lobby.invite(name)
        self.kiosk.home()
        self.send(before + made["pass"].encode() + after)
        self.kiosk.expect(re.escape(name), "Yes, this is me")
        self.kiosk.press("Enter")
        self.kiosk.expect("I agree", "I do not agree")
        self.kiosk.press("Left", "Enter")
        self.kiosk.expect("Welcome, " + name, r"Visit \d{6}")
        self.assertEqual(self.lobby.visit(made["number"])["state"], "inside")

    def test_1_pass_checks_in(self):
        self.check_in("Sven Serial", after=b"\r\n")
        self.check_in("Stella Framed", b"\x02]Q1", b"\x03")

    def test_2_plugged_in_again(self):
        self.kiosk.home()
        self.send(b"FOYER")  # half a scan, and out
        self.unplug()
        self.assert_eventually("doctor misses it", lambda: "is not there, as told" in self.lobby.tried("doctor").stdout)
        self.plug()
        self.open()
        self.assert_eventually("doctor has it back", lambda: "readers 1," in self.lobby.tried("doctor").stdout)
        self.check_in("Rita Replug", after=b"\r")

    def test_3_noise_fails_politely(self):
        pid = self.kiosk.tmux("display-message", "-p", "-t", "kiosk", "#{pane_pid}")
        for noise in (b"\x1b[21~\x1b[2J\x1bc", b"A\0B\0\0", b"A\rB\rC", b"\x9b31mred\x9b2J", b"\xff\xfe\xc0\xaf", b"A" * 2953, b"FOYER" + b"Z" * 9000,
                      b"\x1b]0;title\x07", b"%s%n%x", bytes(range(14, 256)) * 2, bytes(range(14, 256)) * 12, "𝔸 ÿ ☃".encode(), b"\x03\x1a\x1c\x11\x13"):
            with self.subTest(noise=noise[:20]):
                self.kiosk.home()
                self.send(noise)
                self.kiosk.expect(NOT_OURS + "|This code cannot be used here")
        self.kiosk.home()
        self.send(b"\r\n\x02\x03")  # nothing at all
        self.check_in("Nora Next", after=b"\r")
        self.assertEqual(self.kiosk.tmux("display-message", "-p", "-t", "kiosk", "#{pane_pid}"), pid)
        self.kiosk.home()
        self.kiosk.expect(FIRST)

    def test_4_reader_that_never_stops(self):
        """Whoever has no reader in their hand is served meanwhile."""
        stop, sent = threading.Event(), []

        def babble():
            while not stop.is_set():
                if select.select([], [self.scanner], [], 0.05)[1]:
                    sent.append(os.write(self.scanner, b"FOYER" * 40))
        babbler = threading.Thread(target=babble)
        babbler.start()
        try:
            wait_for("more than any scan has", lambda: sum(sent) > 20000)
            self.kiosk.press("2")
            self.kiosk.expect("What brings you here")
            self.kiosk.press("1")
            self.kiosk.expect("About you")
            self.kiosk.type("Bea")
            self.kiosk.home()
        finally:
            stop.set()
            babbler.join()
        self.kiosk.expect(NOT_OURS)
        self.check_in("Petra Patient", after=b"\r")


if __name__ == "__main__":
    unittest.main(verbosity=2)
