#!/usr/bin/python3
"""A thousand streams whose clients vanish, killed, or stopped and then killed: no descriptor and no child is left behind."""
import os
import sys
import time
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../e2e"), os.path.join(HERE, "../e2e/lib")]
import daemon_load  # noqa: E402
from crowd import descriptors, wait_quiet  # noqa: E402
from daemon_load import KIOSKS  # noqa: E402


class Vanished(daemon_load.Streams):
    test_vanished = test_stopped_with_streams_open = None

    def test_a_thousand(self):
        gone = rounds = 0
        start = time.monotonic()
        while gone < 1000:
            holder, n = self.crowd()
            self.assertGreater(descriptors(self.pid), self.before + n - 5)  # a few may have been a look-up's when it was counted
            self.good(429, "GET", f"/v1/progress/{self.token}", kiosk=KIOSKS[0])
            if rounds % 3 == 1:
                holder.stop()  # does not read any more, and is killed a heartbeat later
                wait_quiet("a heartbeat", lambda t=time.monotonic(): time.monotonic() - t > 11, 20)
            holder.kill()
            gone += n
            rounds += 1
            self.assert_nothing_left()
        self.token = self.walk_in("Next Visitor", KIOSKS[0])["progress"]
        print(f"\n# {gone} streams vanished in {time.monotonic() - start:.0f} s; {self.before} descriptors before, {descriptors(self.pid)} after")
        self.assertEqual(self.house.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
