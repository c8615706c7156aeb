"""One person: what the page shows, and his timeline."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.screens import TimelineItem
from guangcai.members import timeline
from guangcai.members.models import (
    Consent,
    Employment,
    Intention,
    Member,
    MobileRegistration,
    OrgRelation,
    ReportIn,
    Residence,
    Skill,
)
from guangcai.members.queries.mobile import mobile_items, mobile_of


@dataclass(frozen=True)
class Person:
    """A member with everything the register says of him, and what the actor may do about it."""

    member: Member
    employment: Employment | None
    org_relation: OrgRelation | None
    residence: Residence | None
    skills: tuple[Skill, ...]
    intentions: tuple[Intention, ...]
    consents: tuple[Consent, ...]
    mobile: tuple[MobileRegistration, ...]
    has_account: bool
    may_edit: bool
    may_open_phone: bool

    @property
    def has_consented(self) -> bool:
        return any(consent.withdrawn_at is None for consent in self.consents)

    @property
    def unit_said(self) -> str:
        """The unit on his slip, while none is on record."""
        slip = getattr(self.residence, "report_in", None)
        return slip.unit_said if slip and not self.employment else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Groups of the register (A03) with nothing in them: what the desk asks next time."""
        groups = {
            _("basic facts"): self.member.gender and self.member.birth_date,
            _("occupation"): self.member.occupation_id,
            _("skills"): self.skills,
            _("contact"): self.member.phone_index,
            _("service intentions"): self.intentions,
        }
        return tuple(name for name, filled in groups.items() if not filled)


def own_member(actor: Actor) -> Member | None:
    """The member who is signed in, if he is one."""
    return Member.objects.visible_to(actor).filter(pk=actor.member_id).first() if actor.member_id else None


def person(actor: Actor, member: Member) -> Person:
    """Everything of one member whom the actor was found to see; a fixed number of queries."""
    open_link = {"member": member, "until": None}
    return Person(
        member=member,
        employment=Employment.objects.filter(**open_link).select_related("work_unit").first(),
        org_relation=OrgRelation.objects.filter(**open_link).select_related("party_organisation").first(),
        residence=Residence.objects.filter(**open_link).select_related("community", "building", "report_in").first(),
        skills=tuple(member.skills.select_related("kind").order_by("kind__position")),
        intentions=tuple(member.intentions.select_related("kind").order_by("kind__position")),
        consents=tuple(consents_of(member)),
        mobile=tuple(mobile_of(member)),
        has_account=User.objects.active().filter(member_id=member.pk).exists(),
        may_edit=member.is_current and actor.can(Permission.ROSTER_EDIT, member.path),
        may_open_phone=bool(member.phone_index) and actor.can(Permission.PHONE_OPEN, member.path),
    )


def consents_of(member: Member) -> list[Consent]:
    """Consents given and withdrawn, newest first."""
    return list(Consent.objects.filter(member=member).select_related("notice").order_by("-given_at"))


def person_timeline(member: Member, actor: Actor) -> list[tuple[int, list[TimelineItem]]]:
    """What happened, by year, newest first: the roster's own items and those of every room above."""
    years: dict[int, list[TimelineItem]] = {}
    zone = get_current_timezone()
    for item in timeline.items(member, actor):
        years.setdefault(item.at.astimezone(zone).year, []).append(item)
    return list(years.items())


def own_items(member: Member, actor: Actor) -> list[TimelineItem]:
    """The roster's items: report slips, residences, employments, relations, consents, times away, mergers, the end."""
    items = [*_residences(member, actor), *_slips(member), *_jobs(member), *_relations(member), *_consents(member)]
    items += mobile_items(member, actor)
    items.append(TimelineItem(member.added_at, _("Put on the roster"), icon="user-plus"))
    for merged in Member.objects.filter(merged_into=member):
        assert merged.ended_at is not None
        items.append(TimelineItem(merged.ended_at, _("Another record of the same person was merged into this one")))
    if member.ended_at:
        items.append(TimelineItem(member.ended_at, _("Left the roster"), member.end_reason, tone="wait"))
    return items


def _on(day: date, title: str, *, icon: str = "") -> TimelineItem:
    """An item of a day whose hour nobody noted."""
    return TimelineItem(datetime.combine(day, time(0), tzinfo=get_current_timezone()), title, icon=icon, is_day=True)


def _residences(member: Member, actor: Actor) -> list[TimelineItem]:
    items = []
    for row in Residence.objects.filter(member=member).select_related("community"):
        seen = actor.can(Permission.ROSTER_VIEW, row.path) or actor.member_id == member.pk
        url = reverse("members:receipt", args=[row.pk]) if seen else ""
        title = _("Reported in to %(community)s") % {"community": row.community}
        text = _("Receipt %(number)s") % {"number": row.receipt_no}
        items.append(TimelineItem(row.accepted_at, title, text, url=url, tone="good"))
        if row.until:
            items.append(_on(row.until, _("Left %(community)s") % {"community": row.community}))
    return items


def _slips(member: Member) -> list[TimelineItem]:
    slips = ReportIn.objects.filter(member=member, is_accepted=False).exclude(decided_at=None)
    return [
        TimelineItem(slip.decided_at, _("Report slip declined"), slip.decline_reason, tone="wait")
        for slip in slips
        if slip.decided_at
    ]


def _jobs(member: Member) -> list[TimelineItem]:
    items = []
    for row in Employment.objects.filter(member=member).select_related("work_unit"):
        title = _("Works for %(unit)s") % {"unit": row.work_unit}
        items.append(_on(row.since, title, icon="building"))
        if row.until:
            items.append(_on(row.until, _("Left %(unit)s") % {"unit": row.work_unit}))
    return items


def _relations(member: Member) -> list[TimelineItem]:
    rows = OrgRelation.objects.filter(member=member).select_related("party_organisation")
    return [_on(row.since, _("Party relation at %(name)s") % {"name": row.party_organisation}) for row in rows]


def _consents(member: Member) -> list[TimelineItem]:
    items = []
    for row in consents_of(member):
        text = _("Notice %(version)s") % {"version": row.notice}
        items.append(TimelineItem(row.given_at, _("Agreed to the privacy notice"), text))
        if row.withdrawn_at:
            items.append(TimelineItem(row.withdrawn_at, _("Withdrew the consent"), text, tone="wait"))
    return items


def merged_target(key: UUID) -> UUID | None:
    """Where a merged record went; None for any other key."""
    return Member.objects.filter(pk=key, merged_into__isnull=False).values_list("merged_into_id", flat=True).first()
