"""Fails when a test report is empty or holds a skipped test: in CI a skipped browser walk is a missing one."""

import sys
from xml.etree import ElementTree


def complaint(report: str) -> str | None:
    """What is wrong with the JUnit `report`, or None."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314 - our own report
    ran, skipped = (sum(int(s.get(name, 0)) for s in suites) for name in ("tests", "skipped"))
    if not ran:
        return "No test in the browser ran."
    return f"{skipped} of {ran} tests in the browser were skipped." if skipped else None


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1]))
