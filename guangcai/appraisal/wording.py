"""How feedback is put in words."""

from django.utils.translation import gettext as _


def quarter_in_words(code: str) -> str:
    """`2026Q3` as people say it, in the reader's language."""
    return _("Quarter %(number)s of %(year)s") % {"number": code[5:], "year": code[:4]}
