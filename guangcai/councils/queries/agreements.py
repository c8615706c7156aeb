"""Agreements as screens show them: promised against delivered."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.matters import Teller, Told
from guangcai.core.permissions import Permission
from guangcai.core.screens import TimelineItem
from guangcai.councils.models import AgreementItem, JointAgreement

TO_SIGN, IN_FORCE, OVER, ENDED = "to_sign", "in_force", "over", "ended"


def in_state(rows: QuerySet[JointAgreement], state: str, *, on: date) -> QuerySet[JointAgreement]:
    conditions = {
        TO_SIGN: Q(signed_on=None, ended_at=None),
        IN_FORCE: Q(signed_on__isnull=False, ended_at=None, until__gte=on),
        OVER: Q(signed_on__isnull=False, ended_at=None, until__lt=on),
        ENDED: Q(ended_at__isnull=False),
    }
    return rows.filter(conditions[state])


def state_of(row: JointAgreement, *, on: date) -> str:
    if row.ended_at is not None:
        return ENDED
    if row.signed_on is None:
        return TO_SIGN
    return OVER if row.until < on else IN_FORCE


@dataclass(frozen=True)
class ItemLine:
    """One item: promised `item.quantity`, delivered so far; percent at most 100."""

    item: AgreementItem
    delivered: int

    @property
    def percent(self) -> int:
        return min(100, self.delivered * 100 // self.item.quantity)


def items_of(row: JointAgreement) -> list[ItemLine]:
    """Items in order with what was delivered. One query."""
    rows = AgreementItem.objects.filter(agreement=row).annotate(total=Sum("deliveries__quantity"))
    return [ItemLine(item, item.total or 0) for item in rows.order_by("position")]


def to_sign(actor: Actor) -> int:
    """Agreements that wait for the signature of the actor's unit. One query."""
    units = actor.units_with(Permission.PROPOSAL_ANSWER)
    return JointAgreement.objects.filter(work_unit__in=units, signed_on=None, ended_at=None).count()


def _told(rows: QuerySet[JointAgreement], *, opens: bool) -> Iterator[Told]:
    for row in (
        rows.filter(signed_at__isnull=False).select_related("work_unit", "community").order_by("signed_at", "pk")
    ):
        names = {"unit": row.work_unit.name, "community": row.community.name}
        title, url = _("%(unit)s and %(community)s sign an agreement") % names, row.get_absolute_url() if opens else ""
        assert row.signed_at is not None
        yield row.pk, TimelineItem(row.signed_at, title, "", url, "info", "heart-handshake")


def _seen(keys: Collection[UUID], actor: Actor) -> Iterator[Told]:
    return _told(JointAgreement.objects.visible_to(actor).filter(pk__in=keys), opens=True)


def _public(keys: Collection[UUID]) -> Iterator[Told]:
    return _told(JointAgreement.objects.filter(pk__in=keys), opens=False)


TELLER = Teller(_seen, _public)
