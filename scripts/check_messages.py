"""An untranslated word is a bug on a worker's desk: every catalogue complete, nothing fuzzy, nothing out of date."""

import shutil
import sys
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
    """Catalogues of one room that makemessages would change; they are left as they were."""
    catalogues = sorted(room.glob("locale/*/LC_MESSAGES/*.po"))
    before = {po: po.read_bytes() for po in catalogues}
    gather(room)
    changed = [po for po in catalogues if po.read_bytes() != before[po]]
    for po in changed:
        po.write_bytes(before[po])
    return [f"{po.relative_to(ROOT)}: out of date, run `make messages`" for po in changed]


def complaints() -> list[str]:
    found = [c for room in rooms() for po in sorted(room.glob("locale/*/LC_MESSAGES/*.po")) for c in incomplete(po)]
    if shutil.which("xgettext") is None:
        print("gettext is not installed: not compared with the source.")
        return found
    return found + [c for room in rooms() for c in outdated(room)]


if __name__ == "__main__":
    found = complaints()
    print("\n".join(found))
    sys.exit(1 if found else 0)
