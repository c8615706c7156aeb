"""Words on the terminal, in Chinese or English by the caller's locale, before Django is there to translate.

The catalogue is this room's own: guangcai/cli/locale.
"""

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


def use_for_click() -> None:
    """Let click's own words ("Usage", "Missing option") follow the terminal's language too.

    click asks the standard library's default domain; its catalogue here stands under the plain language code
    that every Chinese locale falls back to.
    """
    gettext.bindtextdomain("messages", LOCALE)
    gettext.textdomain("messages")
