"""An untranslated word is a bug on a worker's desk: every catalogue complete, nothing fuzzy, nothing out of date."""

import shutil
import sys
import tempfile
from pathlib import Path

import polib
from make_messages import ROOT, gather, rooms


def incomplete(po: Path) -> list[str]:
    """Entries of one catalogue without a translation, or with one to be looked at again."""
    catalogue = polib.pofile(str(po))
    name = po.relative_to(ROOT)
    return [
        *(f"{name}: not translated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()),
        *(f"{name}: fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()),
        *(f"{name}: no longer used: {entry.msgid!r}" for entry in catalogue.obsolete_entries()),
    ]


def outdated(room: Path) -> list[str]:
    """Catalogues of one room that makemessages would change. Works on a copy: a check changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / room.name
        shutil.copytree(room, copy, ignore=shutil.ignore_patterns("__pycache__", "vendor", "*.mo"))
        gather(copy)
        changed = [
            po.relative_to(copy)
            for po in sorted(copy.glob("locale/*/LC_MESSAGES/*.po"))
            if not (room / po.relative_to(copy)).exists()
            or po.read_bytes() != (room / po.relative_to(copy)).read_bytes()
        ]
    return [f"{room.relative_to(ROOT) / po}: out of date, run `make messages`" for po in changed]


def contradictory() -> list[str]:
    """Words that two rooms translate differently: on the screen one of them would win everywhere."""
    seen: dict[tuple[str | None, str], dict[str, str]] = {}
    for po in sorted(ROOT.glob("guangcai/*/locale/*/LC_MESSAGES/django.po")):
        # The command line reads its own catalogue alone.
        if "cli" not in po.parts:
            for entry in polib.pofile(str(po)):
                words = entry.msgstr or str(entry.msgstr_plural)
                seen.setdefault((entry.msgctxt, entry.msgid), {})[words] = str(po.relative_to(ROOT))
    return [f"{key[1]!r} means different things: {told}" for key, told in seen.items() if len(told) > 1]


def complaints() -> list[str]:
    found = contradictory() + [
        c for room in rooms() for po in sorted(room.glob("locale/*/LC_MESSAGES/*.po")) for c in incomplete(po)
    ]
    if shutil.which("xgettext") is None:
        print("gettext is not installed: not compared with the source.")
        return found
    return found + [c for room in rooms() for c in outdated(room)]


if __name__ == "__main__":
    found = complaints()
    print("\n".join(found))
    sys.exit(1 if found else 0)
