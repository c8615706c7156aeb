"""Gathers what there is to translate, room by room, into guangcai/<room>/locale/zh_Hans (needs gettext)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, str(ROOT / "manage.py"), "makemessages", "-l", "zh_Hans", "--no-location", "--no-wrap"]


def rooms(root: Path = ROOT) -> list[Path]:
    """The rooms that have a catalogue."""
    return sorted(p.parent for p in (root / "guangcai").glob("*/locale") if p.is_dir())


def gather(room: Path) -> None:
    """Bring one room's catalogue up to date."""
    subprocess.run([*COMMAND, "--verbosity", "0"], cwd=room, check=True)


if __name__ == "__main__":
    for room in rooms():
        gather(room)
