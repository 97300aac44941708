#!/usr/bin/python3
"""tests/e2e/daemon_book.py's full and failing disk, at every few bytes that may be left, on blocks of 1 KiB and of 4 KiB."""
import os
import random
import sys
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../e2e"), os.path.join(HERE, "../e2e/lib")]
import daemon_book  # noqa: E402

KIB = 1024


class SmallBlocks(daemon_book.Full):
    block = KIB
    LEAVE = range(0, 72 * KIB, 4 * KIB)
    LEAVE_START = range(0, 72 * KIB, KIB)


class Blocks(daemon_book.Full):
    block = 4 * KIB
    LEAVE = LEAVE_START = range(0, 96 * KIB, 8 * KIB)


class Filled(daemon_book.Full):
    """Filled and emptied while visitors come: whoever was welcomed is there, and nobody else."""
    block = KIB
    mib = 48  # larger than the longest log

    test_started_on_a_full_disk = test_full_while_it_is_served = test_read_only_while_it_is_served = None

    def test_at_any_time(self):
        seed = int(os.environ.get("SEED") or 1)
        rounds = int(os.environ.get("ROUNDS") or 60)
        dice = random.Random(seed)
        came, away = set(), 0
        for i in range(rounds):
            if dice.random() < 0.5:
                self.disk.fill(dice.randrange(64) * KIB)
            else:
                self.disk.empty()
            if dice.random() < 0.2:
                if self.house.process.poll() is None:
                    self.house.process.kill()
                    self.house.process.wait()
                if self.tried() is not True:
                    self.disk.empty()
                    self.house.start()
            for k in range(dice.randrange(6)):
                name = f"Guest {i} {k}"
                status, answer = self.arrive(name)
                self.assertIn(status, (201, 503), answer)
                came |= {name} if status == 201 else set()
                away += status == 503
            self.assertIsNone(self.house.process.poll(), self.house.logged()[-2000:])
        self.disk.empty()
        daemon_book.wait_for("the book", lambda: self.write()[0] in (200, 201), 20)
        self.assertEqual(set(self.visits()), came)
        daemon_book.wait_for("every badge", lambda: all(v["badge"] == "printed" for v in self.visits().values()), 60)
        print(f"\n# {len(came)} visitors were welcomed, {away} were sent to reception (1 KiB blocks, {rounds} rounds)")
        self.whole()


if __name__ == "__main__":
    if not daemon_book.ROOT:
        sys.exit("a disk of one's own is mounted by root alone")
    unittest.main(verbosity=2)
