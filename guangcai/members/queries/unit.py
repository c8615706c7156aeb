"""What a work unit sees of its own members: who they are, where they reported in and when. Nothing else (A53)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, FilteredRelation, Q

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.members.models import Employment, UnitReceipt


@dataclass(frozen=True)
class UnitRosterRow:
    """One own member. `community` and `since` are empty until he has reported in."""

    name: str
    work_unit: str
    community: str
    since: date | None
    name_sort: str = ""

    @property
    def has_reported_in(self) -> bool:
        return self.since is not None


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt on the liaison's desk."""

    id: UUID
    residence_id: UUID
    name: str
    community: str
    since: date
    receipt_no: str
    sent_at: datetime
    is_read: bool


def unit_roster(actor: Actor) -> list[UnitRosterRow]:
    """The members employed now by the units whose liaison the actor is, by pinyin. One query."""
    units = actor.units_with(Permission.UNIT_ROSTER_VIEW)
    home = FilteredRelation("member__residences", condition=Q(member__residences__until=None))
    rows = (
        Employment.objects.filter(work_unit__in=units, until=None, member__ended_at=None)
        .annotate(home=home, community_name=F("home__community__name"), home_since=F("home__since"))
        .order_by("member__name_sort", "pk")
    )
    columns = ("member__name", "work_unit__name", "community_name", "home_since", "member__name_sort")
    return [
        UnitRosterRow(name, unit, community or "", since, sort)
        for name, unit, community, since, sort in rows.values_list(*columns)
    ]


def unit_receipts(actor: Actor, *, unread_only: bool = False) -> list[ReceiptRow]:
    """Receipts for the actor's units, newest first. One query."""
    receipts = UnitReceipt.objects.visible_to(actor)
    if unread_only:
        receipts = receipts.unread()
    rows = receipts.select_related("residence__member", "residence__community").order_by("-sent_at", "-pk")
    return [
        ReceiptRow(
            id=row.pk,
            residence_id=row.residence_id,
            name=row.residence.member.name,
            community=row.residence.community.name,
            since=row.residence.since,
            receipt_no=row.residence.receipt_no,
            sent_at=row.sent_at,
            is_read=row.read_at is not None,
        )
        for row in rows
    ]
