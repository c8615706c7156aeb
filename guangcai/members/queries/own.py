"""A member's whole record as tables, to take along."""

from typing import Any

from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.phones import national
from guangcai.core.spreadsheet import Sheet
from guangcai.members.enums import DayPart
from guangcai.members.models import Member
from guangcai.members.queries.person import Person, person, person_timeline


def own_sheets(actor: Actor, member: Member) -> list[Sheet]:
    """My facts, skills, wishes, consents, and everything on my timeline, other rooms included."""
    mine = person(actor, member)
    events: list[list[Any]] = [
        [item.at, str(item.title), str(item.text)] for _year, items in person_timeline(member, actor) for item in items
    ]
    return [
        Sheet(_("My facts"), [_("What"), _("Value")], _facts(mine)),
        Sheet(
            _("Skills"),
            [_("Skill"), _("Certificate"), _("Valid until")],
            [[str(skill.kind), skill.certificate, skill.expires_on] for skill in mine.skills],
        ),
        Sheet(
            _("Service intentions"),
            [_("Kind"), _("Time")],
            [[str(row.kind), ", ".join(str(DayPart(time).label) for time in row.times)] for row in mine.intentions],
        ),
        Sheet(
            _("Consents"),
            [_("Notice version"), _("Agreed on"), _("Withdrawn on")],
            [[str(row.notice), row.given_at, row.withdrawn_at] for row in mine.consents],
        ),
        Sheet(_("What happened"), [_("When"), _("What"), _("Remark")], events),
    ]


def _facts(mine: Person) -> list[list[str]]:
    member = mine.member
    facts = {
        _("Name"): member.name,
        _("Sex"): member.get_gender_display(),
        _("Date of birth"): member.birth_date,
        _("Joined the Party on"): member.joined_party_on,
        _("Type"): member.get_member_type_display(),
        _("Category"): member.get_category_display(),
        _("National volunteer number"): member.national_volunteer_no,
        _("Occupation"): member.occupation,
        _("Work unit"): mine.employment.work_unit if mine.employment else "",
        _("Post at work"): member.job_title,
        _("Party organisation"): mine.org_relation.party_organisation if mine.org_relation else "",
        _("Community"): member.community,
        _("Building"): member.building,
        _("Address inside the building"): member.address,
        _("Phone"): national(member.phone),
    }
    return [[name, str(value or "")] for name, value in facts.items()]
