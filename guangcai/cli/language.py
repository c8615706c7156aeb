"""Words on the terminal, in Chinese or English by the caller's locale, before Django is there to translate.

The catalogue is this room's own: guangcai/cli/locale.
"""

import errno
import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


def language() -> str:
    """The Django language code of the terminal: "zh-hans" when the locale is Chinese, else "en"."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


_catalogues = {
    "zh-hans": gettext.translation("django", LOCALE, languages=["zh_Hans"], fallback=True),
    "en": gettext.NullTranslations(),
}


def _(message: str) -> str:
    return _catalogues[language()].gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    return _catalogues[language()].ngettext(one, many, number)


def reasons() -> dict[int, str]:
    """Why the system does not give a file, by its number, as far as people meet it."""
    return {
        errno.ENOENT: _("there is no such file or folder"),
        errno.ENOTDIR: _("what should be a folder is none"),
        errno.EISDIR: _("it is a folder"),
        errno.EACCES: _("you have no right to it"),
        errno.EPERM: _("you have no right to it"),
        errno.EROFS: _("nothing can be written on this disk"),
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
        errno.ENAMETOOLONG: _("the name is too long"),
    }


def why(error: OSError) -> str:
    """The reason in the terminal's language; a rare one as the system says it."""
    return reasons().get(error.errno or 0, error.strerror or str(error))


def use_for_click() -> None:
    """Let click's own words ("Usage", "Missing option") follow the terminal's language too.

    click asks the standard library's default domain; its catalogue here stands under the plain language code
    that every Chinese locale falls back to.
    """
    gettext.bindtextdomain("messages", LOCALE)
    gettext.textdomain("messages")
