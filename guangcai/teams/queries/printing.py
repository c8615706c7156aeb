"""The roster of a team on paper, and the plate with its code."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.core import documents
from guangcai.core.phones import mask
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.teams.models import Team
from guangcai.teams.queries.plates import Shown
from guangcai.teams.queries.teams import Place


def _columns() -> list[str]:
    return [_("No."), _("Name"), _("Role"), _("Work unit"), _("Community"), _("Phone"), _("In the team since")]


def _rows(places: Sequence[Place]) -> list[list[Cell]]:
    held = [place for place in places if place.row.held_since is not None]
    return [
        [
            number,
            place.row.member.name,
            str(place.role.get_role_display()) if place.role else _("Team member"),
            place.unit_name,
            place.row.community.name,
            mask(place.row.member.phone),
            place.row.held_since,
        ]
        for number, place in enumerate(held, start=1)
    ]


def roster_xlsx(team: Team, places: Sequence[Place]) -> bytes:
    """The roster as a workbook; phones masked as on every screen."""
    return write_workbook([Sheet(team.name[:28], _columns(), _rows(places))])


def roster_docx(team: Team, places: Sequence[Place], *, now: datetime) -> bytes:
    """The roster in Word, in the installation's language: the reader is an office."""
    with override(settings.LANGUAGE_CODE):
        rows = _rows(places)
        above = _("%(place)s · %(kind)s · %(count)d people · printed on %(day)s") % {
            "place": team.node.name,
            "kind": team.get_kind_display(),
            "count": len(rows),
            "day": localdate(now).isoformat(),
        }
        title = _("Roster of %(team)s") % {"team": team.name}
        return documents.docx_register(title, _columns(), rows, lines_above=[above], landscape=False)


def plate_pdf(shown: Shown, *, now: datetime) -> bytes:
    """The plate, A5 across: the name, what he serves as, and the code of the page residents write on."""
    address = settings.SITE_URL.rstrip("/") + shown.plate.get_absolute_url()
    with override(settings.LANGUAGE_CODE):
        values = {
            "community": shown.community,
            "name": shown.name,
            "role": _("Party member who serves here"),
            "lines": list(shown.lines[:6]),
            "ask": _("Scan to tell us how it goes"),
            "code": documents.qr_svg(address),
            "url": address,
        }
        return documents.pdf("teams/plate.typ", values, made_at=now.replace(microsecond=0))
