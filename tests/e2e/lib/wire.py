"""What a program writes to its terminal, byte by byte: a closed set of sequences, and the screen that they draw.

Whatever is not in the set is an error at once, so that nothing of what visitors, hosts or the house wrote reaches a terminal as a command:
no title, no palette, no clipboard, no answer-back, no OSC, DCS, APC or PM of any kind but the one constant that restores the colours.
The set is what curses says in TERM=linux, foot, xterm-256color, screen and tmux (terminfo(5)); ECMA-48 and xterm's ctlseqs name the parts.
"""
import re
import unicodedata

# One sequence, whole. n stands for a number that may be missing.
SEQUENCES = {
    "sgr": rb"\x1b\[[0-9;:]*m",
    "cup": rb"\x1b\[(\d*)(?:;(\d*))?H",
    "move": rb"\x1b\[(\d*)([ABCDGd])",
    "erase": rb"\x1b\[([0-2]?)([JK])",
    "shift": rb"\x1b\[(\d*)([@PXLMST])",
    "repeat": rb"\x1b\[(\d*)b",
    "region": rb"\x1b\[(\d+);(\d+)r",
    "mode": rb"\x1b\[\??((?:1|4|7|12|25|34|1000|1006|1049)(?:;(?:12|25|1000|1006))*)[hl]",
    "cursor": rb"\x1b\[\?[0-8]c",  # the Linux console's shape of the cursor
    "titles": rb"\x1b\[2[23];0;0t",  # xterm's and foot's smcup: titles are laid aside, not set
    "colours": rb"\x1b\](?:R|104(?:\x07|\x1b\\))",  # orig_colors, without a parameter
    "keypad": rb"\x1b[=>]",
    "charset": rb"\x1b[()][0B]",
    "save": rb"\x1b[78]",
    "up": rb"\x1bM",
    "next": rb"\x1bE",
}
TOKEN = re.compile(b"|".join(b"(?P<%s>%s)" % (name.encode(), re.sub(rb"\((?!\?)", b"(?:", pattern)) for name, pattern in SEQUENCES.items()))
LONGEST = 64
CONTROLS = b"\x07\x08\t\n\r\x0e\x0f"
PARTS = {name: re.compile(pattern) for name, pattern in SEQUENCES.items()}


class Foreign(AssertionError):
    """Something that is no part of the set was written."""


def number(text, default=1):
    return int(text) if text else default


class Screen:
    """As a terminal shows it. Colours are not kept."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.pending = b""
        self.last = " "
        self.seen = set()  # the names of the sequences that came
        self.clear()

    def clear(self):
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self.y = self.x = 0
        self.top, self.bottom = 0, self.rows - 1
        self.wrap = False
        self.graphics = False

    def resize(self, columns, rows):
        """The program paints everything anew. What it wrote for the old size may still come: the larger of both takes it."""
        self.columns, self.rows = columns, rows
        self.clear()

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)

    # --- bytes in ------------------------------------------------------------------------------------------

    def feed(self, data):
        data = self.pending + data
        at, end = 0, len(data)
        while at < end:
            byte = data[at]
            if byte == 0x1B:
                found = TOKEN.match(data, at)
                if not found:
                    if end - at < LONGEST and self.may_go_on(data[at:]):
                        break
                    raise Foreign(f"{data[max(at - 40, 0):at + 60]!r} (what is wrong begins at byte {min(at, 40)})")
                self.sequence(found.lastgroup, found.group())
                at = found.end()
            elif byte < 0x20 or byte == 0x7F:
                if byte not in CONTROLS:
                    raise Foreign(f"control character {byte:#x} in {data[max(at - 40, 0):at + 40]!r}")
                self.control(byte)
                at += 1
            elif byte < 0x80:
                self.put(chr(byte))
                at += 1
            else:
                length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                if end - at < length:
                    break
                try:
                    self.character(data[at:at + length].decode())
                except UnicodeDecodeError:
                    raise Foreign(f"no UTF-8: {data[max(at - 40, 0):at + 40]!r}") from None
                at += length
        self.pending = data[at:]

    @staticmethod
    def may_go_on(data):
        """Could more bytes make a sequence of the set of this?"""
        return bool(re.fullmatch(rb"\x1b(?:\[[?0-9;:]*|[()]|\](?:1(?:0(?:4\x1b?)?)?)?)?", data))

    def character(self, c):
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\u200c\u200d":
            raise Foreign(f"U+{ord(c):04X} (control or format)")
        self.put(c)

    def control(self, byte):
        if byte == 0x0D:
            self.x = 0
        elif byte == 0x08:
            self.x = max(self.x - 1, 0)
        elif byte == 0x09:
            self.x = min((self.x // 8 + 1) * 8, self.columns - 1)
        elif byte == 0x0A:
            self.line_feed()
        elif byte in (0x0E, 0x0F):
            self.graphics = byte == 0x0E
        self.wrap = False

    def line_feed(self):
        if self.y == self.bottom:
            self.scroll(1)
        else:
            self.y = min(self.y + 1, self.rows - 1)

    def scroll(self, n):
        region = self.cells[self.top:self.bottom + 1]
        blank = [[" "] * self.columns for _ in range(min(abs(n), len(region)))]
        self.cells[self.top:self.bottom + 1] = region[n:] + blank if n > 0 else blank + region[:n]

    def put(self, c):
        if self.graphics and c in "qxlmkjtuvwn":
            c = "─│┌└┐┘├┤┴┬┼"["qxlmkjtuvwn".index(c)]
        if unicodedata.combining(c) or c in "\u200c\u200d":
            left = max(self.x - 1, 0)
            self.cells[self.y][left] += c
            return
        wide = unicodedata.east_asian_width(c) in "WF"
        if self.wrap:
            self.wrap = False
            self.x = 0
            self.line_feed()
        row = self.cells[self.y]
        row[self.x] = c
        if wide and self.x + 1 < self.columns:
            row[self.x + 1] = ""
        self.last = c
        self.x += 1 + wide
        if self.x >= self.columns:
            self.x, self.wrap = self.columns - 1, True

    # --- sequences -----------------------------------------------------------------------------------------

    def sequence(self, name, token):
        self.seen.add(name)
        act = getattr(self, "do_" + name, None)
        if act is None:
            return
        groups = [g.decode() if g is not None else "" for g in PARTS[name].fullmatch(token).groups()]
        act(*groups)
        if name != "repeat":
            self.wrap = False

    def place(self, y, x):
        self.y, self.x = min(max(y, 0), self.rows - 1), min(max(x, 0), self.columns - 1)

    def do_cup(self, row, column):
        self.place(number(row) - 1, number(column) - 1)

    def do_move(self, n, way):
        n = number(n)
        if way in "AB":
            self.place(self.y + (n if way == "B" else -n), self.x)
        elif way in "CD":
            self.place(self.y, self.x + (n if way == "C" else -n))
        elif way == "G":
            self.place(self.y, n - 1)
        else:
            self.place(n - 1, self.x)

    def do_erase(self, n, what):
        row, blank = self.cells[self.y], [" "] * self.columns
        if n in ("", "0"):
            row[self.x:] = blank[self.x:]
        elif n == "1":
            row[:self.x + 1] = blank[:self.x + 1]
        else:
            row[:] = blank
        if what == "J":
            for y in range(self.rows):
                if n == "2" or (y > self.y and n != "1") or (y < self.y and n == "1"):
                    self.cells[y][:] = blank

    def do_shift(self, n, what):
        n, row, blank = number(n), self.cells[self.y], [" "] * self.columns
        if what == "X":
            n = min(n, self.columns - self.x)
            row[self.x:self.x + n] = blank[:n]
        elif what == "P":
            row[self.x:] = (row[self.x + n:] + blank)[:self.columns - self.x]
        elif what == "@":
            row[self.x:] = (blank[:n] + row[self.x:])[:self.columns - self.x]
        elif what in "ST":
            self.scroll(n if what == "S" else -n)
        elif self.top <= self.y <= self.bottom:
            top, self.top = self.top, self.y
            self.scroll(n if what == "M" else -n)
            self.top = top

    def do_repeat(self, n):
        for _ in range(min(number(n), self.columns)):
            self.put(self.last)

    def do_region(self, top, bottom):
        self.top, self.bottom = int(top) - 1, min(int(bottom), self.rows) - 1
        self.place(0, 0)

    def do_next(self):
        self.x = 0
        self.line_feed()

    def do_up(self):
        if self.y == self.top:
            self.scroll(-1)
        else:
            self.y = max(self.y - 1, 0)
