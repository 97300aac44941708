"""Run the tests of the program and close with a count, in the words of tests/run-units."""
import sys
import unittest


def main(name):
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # Several subtests of one test may fail, and still it is one test.
    bad = {getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors}
    passed = result.testsRun - len(bad)
    print(f"{name}: {passed} passed, {len(bad)} failed")
    sys.exit(0 if result.wasSuccessful() and passed > 0 else 1)
