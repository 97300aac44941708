#!/usr/bin/python3
"""foyer-camera as the kiosk runs it: pictures in a folder, frames on a pipe. What a code says comes out byte for byte; nothing that is
shown to it breaks it."""
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(ROOT, "build")))
CAMERA = os.path.join(BUILD, "foyer-camera")
IN_TIME = 30
COLUMNS, ROWS = 44, 11
PASS = (b"FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZKACKLLOT"
        b"ULJVXFD6REMIEUHLMLCPPZVZ3TQXY7JGOGMITCL2JMYPA7CVM7VHMNGYLZFWAY")


def draw(text, path):
    """A code, written beside and moved there whole."""
    part = os.path.join(os.path.dirname(path), "." + os.path.basename(path))
    subprocess.run([os.path.join(BUILD, "foyer-scan-qr"), part], input=text, check=True, timeout=IN_TIME)
    os.rename(part, path)


def read_pgm(path):
    with open(path, "rb") as f:
        kind, size, most, grey = f.read().split(b"\n", 3)
    assert (kind, most) == (b"P5", b"255")
    width, height = map(int, size.split())
    return width, height, grey


def png(width, height, depth, colour, interlaced, rows):
    """A PNG of these raw rows (each with its filter byte)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


class Camera:
    def __init__(self, *args):
        self.process = subprocess.Popen([CAMERA, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, bufsize=0)
        self.waiting = b""
        self.previews = 0
        self.looks = False
        self.log = None

    def byte_count(self, n):
        end = time.monotonic() + IN_TIME
        while len(self.waiting) < n:
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(f"nothing more after {len(self.waiting)} bytes")
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                raise EOFError(self.process.stderr.read().decode())
            self.waiting += more
        taken, self.waiting = self.waiting[:n], self.waiting[n:]
        return taken

    def frame(self):
        """The next frame, checked against scan/camera_wire.h."""
        length = struct.unpack("<I", self.byte_count(4))[0]
        assert 1 <= length <= 65536, length
        body = self.byte_count(length)
        kind, rest = body[:1], body[1:]
        if kind == b"P":
            columns, rows = struct.unpack("<HH", rest[:4])
            assert len(rest) == 4 + 10 * columns * rows, (columns, rows, len(rest))
            cells = [struct.unpack("<I6B", rest[i:i + 10]) for i in range(4, len(rest), 10)]
            assert all(c[0] == 0x2580 for c in cells)
            self.previews += 1
            return "preview", (columns, rows, cells)
        if kind == b"O":
            assert len(rest) == 17 and rest[0] <= 2, rest
            return "outline", (rest[0], struct.unpack("<8H", rest[1:]))
        assert kind in b"CDMSZ", kind
        if body == b"Sok" and self.looks:  # said again each second: it is alive
            return self.frame()
        self.looks |= body == b"Sok"
        return ("state", rest.decode("ascii")) if kind == b"S" else ({b"C": "code", b"D": "pdf417", b"M": "many", b"Z": "mrz"}[kind], rest)

    def next(self, *kinds):
        """The next frame that is one of these."""
        while True:
            kind, what = self.frame()
            if kind in kinds:
                return what

    def end(self):
        """What it logged."""
        if self.log is None:
            self.process.kill()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait(IN_TIME)
            self.log = self.process.stderr.read().decode()
            self.process.stderr.close()
        return self.log


class Eyes(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.dir)
        self.folder = os.path.join(self.dir, "camera")
        os.mkdir(self.folder)

    def camera(self, *args):
        """As kiosk/visitor/camera.c starts it."""
        args = args or ("--device", self.folder, "--columns", str(COLUMNS), "--rows", str(ROWS))
        camera = Camera(*args)
        self.addCleanup(camera.end)
        return camera

    def looking(self, *args):
        """One that shows its empty scene."""
        camera = self.camera(*args)
        self.assertEqual([camera.frame() for _ in range(2)], [("state", "starting"), ("state", "ok")])
        columns, rows, cells = camera.next("preview")
        self.assertTrue(columns <= COLUMNS and rows <= ROWS)
        self.assertEqual(set(cells), {(0x2580, 128, 128, 128, 128, 128, 128)})
        return camera

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content)

    # --- what it is for

    def test_what_a_code_says_comes_out_byte_for_byte(self):
        camera = self.looking()
        texts = [PASS, "Zoë Müller".encode(), bytes(range(0x80, 0x100)), bytes(range(1, 0x100)), b"\x1b]0;x\x07\r\n",
                 "\u202eabc\u200b".encode(), b"x" * 2331]
        for i, text in enumerate(texts):
            draw(text, self.path(f"{i}.png"))
            self.assertEqual(camera.next("code"), text)

    def test_a_document_is_wanted_and_no_picture_of_it_leaves(self):
        def card(name):
            """Print on a card of 400 by 252 before a wall."""
            rows = bytearray(640 * 480)
            for y in range(480):
                for x in range(640):
                    on = 120 <= x < 520 and 114 <= y < 366
                    printed = 140 <= x < 500 and 140 <= y < 340 and y // 4 % 3 and (x // 3 * 7919 + y // 12 * 104729) >> 3 & 1
                    rows[640 * y + x] = (30 if printed else 200) if on else 90
            self.write(name, b"P5\n640 480\n255\n" + bytes(rows))
        camera = self.looking()
        card("a.pgm")
        self.assertGreater(len(set(camera.next("preview")[2])), 10)
        camera.process.stdin.write(b"document\n")
        seen = []
        while not any(state == 2 for state, _ in seen):
            kind, what = camera.frame()
            if kind == "outline":
                seen.append(what)
                card("b.pgm")
            else:  # it was on its way
                self.assertEqual((kind, seen), ("preview", []))
        corners = seen[-1][1]
        self.assertEqual({(abs(x * 640 // 65535 - 320) // 20, abs(y * 480 // 65535 - 240) // 20)
                          for x, y in zip(corners[::2], corners[1::2])} - {(10, 6), (9, 6), (10, 5), (9, 5)}, set())
        draw(PASS, self.path("c.png"))  # a pass held up instead is found all the same
        self.assertEqual(camera.next("code", "preview"), PASS)
        camera.process.stdin.write(b"code\n")
        camera.next("preview")

    def test_a_code_is_told_once_while_it_is_in_view(self):
        camera = self.looking()
        draw(b"first", self.path("a.png"))
        self.assertEqual(camera.next("code"), b"first")
        kind, scene = camera.frame()  # what comes next is the empty scene again
        self.assertEqual(kind, "preview")
        self.assertEqual(len(set(scene[2])), 1)
        self.assertEqual(camera.previews, 3)  # nothing is sent where nothing changes
        draw(b"second", self.path("b.png"))
        self.assertEqual(camera.next("code"), b"second")
        camera.next("preview")
        # By now the first was gone for two seconds; and nothing was deleted.
        os.rename(self.path("a.png"), self.path("c.png"))
        self.assertEqual(camera.next("code"), b"first")
        self.assertEqual(sorted(os.listdir(self.folder)), ["b.png", "c.png"])
        self.assertLess(self.cpu_s(camera), 2)

    def cpu_s(self, camera):
        with open(f"/proc/{camera.process.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_two_codes_in_one_picture_are_both_told_and_marked(self):
        camera = self.looking()
        for name in ("left", "right"):
            draw(name.encode(), os.path.join(self.dir, name + ".pgm"))
        left, right = (read_pgm(os.path.join(self.dir, name + ".pgm")) for name in ("left", "right"))
        self.assertEqual(left[:2], right[:2])
        width, height = left[:2]
        rows = b"".join(left[2][y * width:][:width] + right[2][y * width:][:width] for y in range(height))
        self.write("both.pgm", b"P5\n%d %d\n255\n" % (2 * width, height) + rows)
        columns, _, cells = camera.next("preview")
        bright = {i % columns for i, c in enumerate(cells) if c[1:4] == (255, 220, 0)}
        self.assertTrue(any(x < columns // 2 for x in bright) and any(x >= columns // 2 for x in bright), bright)
        self.assertEqual({camera.next("code"), camera.next("code")}, {b"left", b"right"})

    def test_a_pdf417_comes_out_as_one(self):
        """The rows of the symbol that says LICENCE (level 2, two columns), 103 modules each, the first one highest."""
        rows = ["FF547D5F35181B0CCF5787F452", "FF547D462BF39F628F5207F452", "FF54757E3E5D18F92D47C7F452",
                "FF546BCFA41B177DCAF3C7F452", "FF546B84263E94F08F5CE7F452", "FF547AF431A3D1F32F5E17F452",
                "FF5474EFB431D40A0D3BC7F452"]
        modules = [f"{int(row, 16):0104b}"[:103] for row in rows]
        width, height, quiet = 2 * 103 + 80, 8 * len(rows) + 80, 40
        grey = bytearray(b"\xff" * width * height)
        for y in range(8 * len(rows)):
            for x in range(2 * 103):
                if modules[y // 8][x // 2] == "1":
                    grey[(y + quiet) * width + x + quiet] = 20
        camera = self.looking()
        self.write("licence.pgm", b"P5\n%d %d\n255\n" % (width, height) + grey)
        kind = None
        while kind not in ("code", "pdf417"):
            kind, what = camera.frame()
        self.assertEqual((kind, what), ("pdf417", b"LICENCE"))
        draw(b"a pass", self.path("z.png"))
        self.assertEqual(camera.next("code"), b"a pass")
        self.assertNotIn("LICENCE", camera.end())

    def test_one_file_is_the_scene(self):
        draw(b"a picture of its own", self.path("a.png"))
        camera = self.camera("--fps", "15", self.path("a.png"))
        self.assertEqual(camera.next("code"), b"a picture of its own")
        camera.process.stdin.write(b"again\n")
        camera.process.stdin.flush()
        self.assertEqual(camera.next("code"), b"a picture of its own")

    # --- what is shown to it by people who mean ill

    def test_garbage_is_survived(self):
        camera = self.looking()
        outside = os.path.join(self.dir, "outside.png")
        draw(b"outside", outside)
        self.write("empty.png", b"")
        self.write("noise.png", os.urandom(5000))
        self.write("noise.jpg", b"\xff\xd8\xff\xe0" + os.urandom(5000))
        with open(outside, "rb") as f:
            self.write("cut.png", f.read(100))
        self.write("\u202e\x1b]0;x\x07\n'; --%s.png", b"P5 5000 5000 255 ")
        self.write("large.pgm", b"P5 4096 4096 255\n" + bytes(16 * 1024 * 1024))
        for name, make in ((".link", lambda p: os.symlink(outside, p)), (".fifo", os.mkfifo), (".dir", os.mkdir)):
            make(self.path(name))
            os.rename(self.path(name), self.path(name[1:] + ".png"))
        draw("Zoë".encode(), self.path("good.png"))
        self.assertEqual(camera.next("code"), "Zoë".encode())
        log = camera.end()
        self.assertIn("passed over", log)
        self.assertNotIn("Zoë", log)
        self.assertNotIn(".png", log)

    def test_the_largest_pictures_fit_its_memory(self):
        camera = self.looking()
        # Four channels of two bytes, interlaced; a row of pass n of Adam7 has its own filter byte.
        passes = [(8, 8), (8, 8), (4, 8), (4, 4), (2, 4), (2, 2), (1, 2)]
        rows = b"".join((b"\0" + bytes(4096 // across * 8)) * (4096 // down) for across, down in passes)
        self.write("dark.png", png(4096, 4096, 16, 6, 1, rows))
        _, _, cells = camera.next("preview")
        self.assertEqual(len(set(cells)), 1)  # transparent is white
        self.assertEqual(cells[0][1], 255)
        self.write("bomb.png", png(4096, 4097, 8, 0, 0, bytes(4097 * 4097)))
        draw(b"after", self.path("good.png"))
        self.assertEqual(camera.next("code"), b"after")

    # --- its cell, its life

    def test_it_is_locked_in(self):
        camera = self.looking()
        with open(f"/proc/{camera.process.pid}/status", encoding="ascii") as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        self.assertEqual((status["Seccomp"], status["NoNewPrivs"]), ("2", "1"))
        with open(f"/proc/{camera.process.pid}/limits", encoding="ascii") as f:
            limits = {line[:26].strip(): line[26:].split()[0] for line in f}
        self.assertEqual(limits["Max core file size"], "0")
        if "asan" not in BUILD:
            self.assertEqual(limits["Max address space"], str(256 * 1024 * 1024))

    def test_it_ends_when_nobody_reads(self):
        camera = self.looking()
        camera.process.stdout.close()
        self.assertEqual(camera.process.wait(IN_TIME), 0)

    def test_it_ends_when_nobody_reads_while_it_waits_for_a_device(self):
        camera = self.camera("--device", os.path.join(self.dir, "video0"))
        self.assertEqual(camera.frame(), ("state", "starting"))
        self.assertEqual(camera.frame(), ("state", "none"))
        camera.process.stdout.close()
        self.assertEqual(camera.process.wait(IN_TIME), 0)

    def test_it_dies_with_its_parent(self):
        parent = subprocess.Popen([sys.executable, "-c", "import subprocess, sys\n"
                                   "subprocess.run(sys.argv[1:])",
                                   CAMERA, self.folder], stdout=subprocess.PIPE, bufsize=0)
        self.addCleanup(parent.stdout.close)
        self.assertTrue(parent.stdout.read(5))  # it is up
        parent.kill()
        parent.wait(IN_TIME)
        while parent.stdout.read(65536):  # its end: the child, which alone still held the pipe, is gone
            pass

    def test_a_device_that_comes_and_goes(self):
        later = os.path.join(self.dir, "later")
        camera = self.camera("--device", later)
        self.assertEqual([camera.frame() for _ in range(2)], [("state", "starting"), ("state", "none")])
        os.mkfifo(later)
        self.assertEqual(camera.frame(), ("state", "unsuited"))
        os.unlink(later)
        self.assertEqual(camera.frame(), ("state", "none"))
        os.mkdir(later)
        self.assertEqual(camera.frame(), ("state", "ok"))
        camera.next("preview")
        draw(b"here", os.path.join(later, "a.png"))
        self.assertEqual(camera.next("code"), b"here")
        shutil.rmtree(later)
        self.assertEqual(camera.next("state"), "gone")
        self.assertEqual(camera.process.wait(IN_TIME), 1)  # the kiosk starts another

    def test_wrong_arguments(self):
        for args in ([], ["--columns", "0", "x"], ["--columns", "121", "x"], ["--rows", "55", "x"], ["--rows", "1x", "x"],
                     ["--fps", "31", "x"], ["--fps", "", "x"], ["x", "y"], ["--nonsense", "x"], [""], ["--device", "x", "y"]):
            run = subprocess.run([CAMERA, *args], capture_output=True, timeout=IN_TIME, check=False)
            self.assertEqual((run.returncode, run.stdout), (2, b""), args)
            self.assertIn(b"usage", run.stderr)
        run = subprocess.run([CAMERA, "--help"], capture_output=True, timeout=IN_TIME, check=True)
        self.assertIn(b"--columns", run.stdout)

    def test_no_frames_on_a_terminal(self):
        outer, inner = pty.openpty()
        self.addCleanup(os.close, outer)
        run = subprocess.run([CAMERA, self.folder], stdout=inner, stderr=subprocess.PIPE, timeout=IN_TIME, check=False)
        os.close(inner)
        self.assertEqual(run.returncode, 2)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    unittest.main()
