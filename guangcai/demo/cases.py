"""The small cases a tour should meet: slips that wait, a pair, an objection, a back-fill, somebody who owes nothing."""

from datetime import timedelta

from guangcai.activities.commands import change_shift
from guangcai.activities.models import SignUp
from guangcai.appraisal.commands import add_exemption
from guangcai.appraisal.enums import ExemptionKind
from guangcai.core.actor import Actor
from guangcai.demo.content import year
from guangcai.demo.place import SYSTEM
from guangcai.demo.population import slip_form
from guangcai.demo.shifts import hidden_member
from guangcai.demo.stage import Person, Stage, fixed_id
from guangcai.ledger.commands import back_fill, draw_sample, issue_certificate, raise_objection
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import (
    Placement,
    add_member,
    note_contacts,
    read_receipts,
    report_in_submit,
    start_org_relation,
)
from guangcai.members.enums import Channel
from guangcai.members.models import Member, ServiceKind, UnitReceipt

OWN = "desk"


def slips_wait(stage: Stage) -> None:
    """Two people at the door, by their own phones."""
    community = stage.own.name
    for number, row in enumerate(year()["slips"]):
        report_in_submit(
            id=fixed_id("slip", row["phone"]),
            community=stage.nodes[community],
            form=slip_form(stage, row | {"community": community}),
            channel=Channel.PHONE,
            by=Actor(),
            now=stage.now - timedelta(hours=3 + 20 * number),
        )


def lists_disagree(stage: Stage) -> None:
    """A record that another unit handed in for somebody who is here already; a relation kept where nobody lives."""
    own, other = _own(stage), stage.people[year()["joined_by_phone"][0]]
    twice = own[4]
    add_member(
        id=fixed_id("pair"),
        name=twice.row["name"],
        phone=twice.row["phone"],
        placed=Placement(work_unit=stage.units["gov_finance"]),
        is_demo=True,
        by=SYSTEM,
        now=stage.now - timedelta(days=2),
    )
    start_org_relation(
        member=other[2].member,
        party_organisation=stage.branches[own[0].row["community"]],
        by=SYSTEM,
        now=stage.now - timedelta(days=30),
    )


def people_are_known(stage: Stage) -> None:
    """Everybody but one has been in touch since launch day."""
    hidden = hidden_member(stage).member.pk
    known = [one.member.pk for here in stage.people.values() for one in here if one.member.pk != hidden]
    recent = stage.today - timedelta(days=90)
    silent = Member.objects.filter(pk__in=known).exclude(last_contact_on__gte=recent).values_list("pk", flat=True)
    note_contacts(members=list(silent), on=stage.today - timedelta(days=40))
    note_contacts(members=[hidden], on=stage.launch)


def receipts_are_read(stage: Stage) -> None:
    """The liaisons have read what came on launch day; one of them has left one."""
    for key in ("liaison", "liaison_next_door"):
        by = stage.actor(key)
        unread = list(
            UnitReceipt.objects.visible_to(by).unread().order_by("sent_at", "pk").values_list("pk", flat=True)
        )
        read_receipts(receipts=unread[1:], by=by, now=stage.at(stage.launch + timedelta(days=3), "09:00"))


def records_are_questioned(stage: Stage) -> None:
    """An objection by the member himself, and a service without a shift that waits for the secretary."""
    own, words = _own(stage), year()
    member = stage.person(stage.users["member"].name).member
    entry = ServiceEntry.objects.filter(member=member, posting__isnull=False).order_by("-starts_at")[0]
    raise_objection(
        id=fixed_id("objection"),
        entry=entry,
        text=words["objection"],
        by=stage.actor("member"),
        now=stage.now - timedelta(days=1),
    )
    day = stage.today - timedelta(days=6)
    back_fill(
        id=fixed_id("back-fill"),
        member=own[1].member,
        community=stage.own,
        starts_at=stage.at(day, "06:30"),
        ends_at=stage.at(day, "08:00"),
        minutes=90,
        deeds=1,
        kind=ServiceKind.objects.get(code="aid"),
        lead_name=stage.users[OWN].name,
        by=stage.actor(OWN),
        now=stage.now - timedelta(days=3),
        **words["back_fill"],
    )


def a_shift_moves(stage: Stage) -> None:
    """The member's next shift but one begins half an hour later: those who signed up are told."""
    member, now = stage.person(stage.users["member"].name).member, stage.now
    own = SignUp.objects.placed().filter(member=member, shift__starts_at__gt=now + timedelta(days=1))
    shift = own.select_related("shift").order_by("-shift__starts_at")[0].shift
    later = timedelta(minutes=30)
    change_shift(
        shift=shift,
        starts_at=shift.starts_at + later,
        ends_at=shift.ends_at + later,
        places=shift.places,
        by=stage.actor(OWN),
        now=now - timedelta(minutes=20),
    )


def somebody_owes_nothing(stage: Stage) -> None:
    """An exemption, a certificate, and the sample the street draws."""
    own = _own(stage)
    add_exemption(
        member=own[9].member,
        kind=ExemptionKind.ILL,
        since=stage.today - timedelta(days=60),
        until=stage.today + timedelta(days=30),
        by=stage.actor(OWN),
        now=stage.now - timedelta(days=58),
    )
    member = stage.person(stage.users["member"].name).member
    issue_certificate(
        id=fixed_id("certificate"),
        member=member,
        community=stage.own,
        since=stage.launch,
        until=stage.today - timedelta(days=30),
        by=stage.actor(OWN),
        now=stage.now - timedelta(days=5),
    )
    overseer = stage.actor("overseer")
    last_month = stage.today.replace(day=1) - timedelta(days=1)
    draw_sample(path=overseer.holdings[0].path, month=last_month, by=overseer, now=stage.now - timedelta(hours=20))


def _own(stage: Stage) -> list[Person]:
    """The people of the community in which most sign-ins of the demo work."""
    return stage.people[stage.own.name]
