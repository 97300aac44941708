#!/usr/bin/python3
"""What foyer reads on folders of pictures, beside zbarimg and ZXingReader on the same pixels in the same run.

    O=build tests/bench/scan_sets.py [--json FILE] [--alone] [--repeat N] [--list] FOLDER…

A folder holds pictures (PNG, JPEG, WebP, PGM) and beside NAME.png what it says, in NAME.txt (UTF-8) or NAME.bin (bytes). A picture without such a file
says nothing: whatever is read there is wrong. A read is right if one of the codes told is what it says; every other code told is a wrong read. foyer tells
the bytes of a code, of which the symbol need not say what characters they are: they are right in UTF-8 or in any of CHARSETS.

foyer looks in two ways. "foyer live" is what a kiosk does: a camera holds each picture up, with its noise, until something is told, and the times are those of
single frames: what the goals for frames are about. "foyer still" is what foyer scan does with a picture in a file: all that is known is tried on it at once, whatever time it takes, down
to a passport's lines where there is no code.

Times are the processor's, since others may work on the machine. foyer's is from grey pixels to what goes down the kiosk's pipe; of a still, the median
of N (3) readings by readers that have never seen it. Those of the other two are of whole processes: starting, reading the file and printing are in them; "start" is
what a picture of nothing costs them. --list names each picture that
was not read or was read wrongly. Ends with 1 only if something did not work.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

BUILD = os.path.abspath(os.environ.get("O", "build"))
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".pgm")
CHARSETS = ("shift_jis", "cp932", "latin-1", "gb18030", "big5", "euc_jp", "euc_kr", "cp1252", "utf-16-be", "utf-16-le")
COLUMNS = (("set", 20), ("by", 12), ("pictures", 8), ("read", 6), ("wrong", 6), ("mean ms", 9), ("p99 ms", 9), ("start ms", 8))


def expected(path):
    """The bytes that the picture says; None: nothing."""
    for ending in (".txt", ".bin"):
        beside = os.path.splitext(path)[0] + ending
        if os.path.exists(beside):
            with open(beside, "rb") as f:
                return f.read()
    return None


def is_right(told, said):
    """Whether these bytes are the expected ones."""
    if told == said or told.rstrip(b"\n") == said.rstrip(b"\n"):
        return True
    for charset in CHARSETS:
        try:
            if told.decode(charset).encode() == said:
                return True
        except UnicodeError:
            continue
    return False


class Tally:
    """Of one program on one set."""

    def __init__(self, by):
        self.by = by
        self.read, self.wrong, self.ms, self.start_ms, self.misses = 0, 0, [], None, []

    def add(self, path, told, ms):
        said = expected(path)
        right = said is not None and any(is_right(t, said) for t in told)
        wrong = sum(1 for t in set(told) if said is None or not is_right(t, said))
        self.read += right
        self.wrong += wrong
        self.ms += ms
        if wrong or (said is not None and not right):
            self.misses.append({"picture": os.path.basename(path), "wrong": wrong})

    def row(self, name, pictures):
        ms = sorted(self.ms)
        return {"set": name, "by": self.by, "pictures": pictures, "read": self.read, "wrong": self.wrong,
                "mean_ms": round(statistics.fmean(ms), 3), "p99_ms": round(ms[min(len(ms) - 1, int(len(ms) * 0.99))], 3),
                "start_ms": self.start_ms, "misses": self.misses}


def foyer(way, paths, grey, args):
    """Each picture by foyer's own code; the grey pictures are left in grey."""
    tally = Tally(f"foyer {way}")
    command = [os.path.join(BUILD, "bench/scan"), way, str(args.repeat), grey]
    run = subprocess.run(command, input="".join(p + "\n" for p in paths), stdout=subprocess.PIPE, check=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [line["picture"] for line in lines] == paths
    for path, line in zip(paths, lines):
        ms = [us / 1000 for us in line["us"]]
        tally.add(path, [bytes.fromhex(c["hex"]) for c in line["codes"]], ms if way == "live" else [statistics.median(ms)])
    return tally


def work_ms():
    """The processor's time of all processes that ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def timed(command):
    start = work_ms()
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return run, work_ms() - start


def zbarimg(grey):
    # The last newline is zbarimg's own. Its libraries look for a screen and a bus otherwise.
    run, ms = timed(["zbarimg", "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Sbinary", grey])
    return [run.stdout] if run.stdout else [], ms


def zxing(grey):
    run, ms = timed(["ZXingReader", "-bytes", "-format", "QRCode,PDF417", grey])
    return [run.stdout] if run.returncode == 0 and run.stdout else [], ms


def others(paths, grey):
    """Programs that are installed, on the grey pictures."""
    with open(os.path.join(grey, "blank.pgm"), "wb") as f:
        f.write(b"P5\n21 21\n255\n" + bytes(21 * 21))
    for name, read in (("zbarimg", zbarimg), ("ZXingReader", zxing)):
        if shutil.which(name) is None:
            print(f"{name} is not installed", file=sys.stderr)
            continue
        tally = Tally(name)
        tally.start_ms = round(statistics.median(read(os.path.join(grey, "blank.pgm"))[1] for _ in range(5)), 3)
        for i, path in enumerate(paths):
            told, ms = read(os.path.join(grey, f"{i}.pgm"))
            tally.add(path, told, [ms])
        yield tally


def line(cells):
    return "  ".join(str("" if c is None else c).ljust(width) for c, (_, width) in zip(cells, COLUMNS)).rstrip()


def show(row, listed):
    print(line([row[k] for k in ("set", "by", "pictures", "read", "wrong", "mean_ms", "p99_ms", "start_ms")]), flush=True)
    for miss in row["misses"] if listed else ():
        print(f"    {miss['picture']}{': wrong' if miss['wrong'] else ''}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", metavar="FILE", help="all figures, as JSON; - for standard output, after the table")
    parser.add_argument("--list", action="store_true", help="name what was not read")
    parser.add_argument("--alone", action="store_true", help="foyer only")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("folder", nargs="+")
    args = parser.parse_args()
    rows = []
    print(line([name for name, _ in COLUMNS]) + "\n" + line(["-" * width for _, width in COLUMNS]), flush=True)
    for folder in args.folder:
        paths = sorted(os.path.join(folder, n) for n in os.listdir(folder) if n.lower().endswith(PICTURES))
        if not paths:
            print(f"bench-scan: no pictures in {folder}", file=sys.stderr)
            return 1
        with tempfile.TemporaryDirectory(prefix="foyer-scan.") as grey:
            tallies = [foyer("live", paths, "-", args), foyer("still", paths, grey, args), *(() if args.alone else others(paths, grey))]
        for tally in tallies:
            rows.append(tally.row(os.path.basename(os.path.normpath(folder)), len(paths)))
            show(rows[-1], args.list)
    by = {}
    for row in rows:
        by.setdefault(row["by"], []).append(row)
    for name, own in by.items():
        print(line(["all", name, sum(r["pictures"] for r in own), sum(r["read"] for r in own), sum(r["wrong"] for r in own),
                    round(sum(r["mean_ms"] * r["pictures"] for r in own) / sum(r["pictures"] for r in own), 3)]))
    if args.json:
        with (os.fdopen(1, "w", closefd=False) if args.json == "-" else open(args.json, "w", encoding="utf-8")) as f:
            json.dump(rows, f, ensure_ascii=False, indent=1)
            f.write("\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.SubprocessError) as error:
        print(f"bench-scan: {error}", file=sys.stderr)
        sys.exit(1)
