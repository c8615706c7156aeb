"""Compiles every message catalogue (.po) to what programs read (.mo), in pure Python: no gettext needed to run.

Checks nothing: scripts/check_messages.py does.
"""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def catalogues(root: Path = ROOT) -> list[Path]:
    return sorted(root.glob("guangcai/**/locale/*/LC_MESSAGES/*.po"))


def compile_all(root: Path = ROOT) -> int:
    """Compile what changed since the last time and return how many were."""
    stale = [po for po in catalogues(root) if not _is_fresh(po)]
    for po in stale:
        polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo")))
    return len(stale)


def _is_fresh(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime


if __name__ == "__main__":
    compile_all()
