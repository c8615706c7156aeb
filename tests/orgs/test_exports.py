"""Lists of units and Party organisations leave as workbooks: what is shown, in this area only."""

import io
from datetime import date

import pytest
from python_calamine import load_workbook

from guangcai.orgs import commands
from guangcai.orgs.enums import PartyLevel
from guangcai.orgs.models import WorkUnit

pytestmark = pytest.mark.django_db


def names(answer) -> list[str]:
    assert answer.status_code == 200
    return [row[0] for row in load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1:]]


def test_units_as_the_list_shows_them(cast, signed_in) -> None:
    browser = signed_in(cast.users["administrator"])
    shown = [unit.name for unit in browser.get("/orgs/units/").context["listing"].page]
    assert names(browser.get("/orgs/units/export/")) == shown
    assert len(shown) == WorkUnit.objects.filter(ended_on=None).count()
    one = shown[0]
    assert names(browser.get(f"/orgs/units/export/?q={one}")) == [one]


def test_party_organisations_as_the_list_shows_them(cast, signed_in) -> None:
    for name in ("南园社区党支部", "南园社区党总支"):
        commands.add_party_organisation(
            name=name,
            level=PartyLevel.BRANCH,
            node=cast.nanyuan,
            founded_on=date(2003, 1, 1),
            by=cast.actor("administrator"),
            now=cast.now,
        )
    browser = signed_in(cast.users["administrator"])
    assert names(browser.get("/orgs/party-organisations/export/?q=总支")) == ["南园社区党总支"]
    assert names(signed_in(cast.users["member"]).get("/orgs/party-organisations/export/")) == []
