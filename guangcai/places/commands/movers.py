"""How service points and resources follow when the tree changes, and what a unit that ends lent and hosted."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat, Left, Length, Substr
from django.utils.translation import gettext as _

from guangcai.core.scoping import under
from guangcai.orgs.followers import PathChange, UnitEnd
from guangcai.places import rules
from guangcai.places.commands.points import release_host
from guangcai.places.commands.resources import close_resource
from guangcai.places.models import PointLabel, ServicePoint, SharedResource


def follow_tree(change: PathChange) -> None:
    """What is in use moves with its place; bookings and what is closed stay as written.

    After a merger two of one name may meet: the one that came is told apart by its number.
    """
    new_path = Concat(Value(change.new_path), Substr(F("path"), Length(Value(change.old_path)) + 1))
    if change.is_merger:
        _hand_over(change)
    for rows in _moving(change.old_path):
        rows.update(path=new_path)


def _moving(path: str) -> list[Any]:
    mine = under("path", [path])
    return [
        ServicePoint.objects.open().filter(mine),
        SharedResource.objects.open().filter(mine),
        PointLabel.objects.filter(mine),
    ]


def _hand_over(change: PathChange) -> None:
    """The rows of the place that ended become the successor's."""
    old, new = change.old_node_id, change.node_id
    PointLabel.objects.filter(node=old, kind__in=PointLabel.objects.filter(node=new).values("kind")).delete()
    PointLabel.objects.filter(node=old).update(node=new)
    points = ServicePoint.objects.open().filter(node=old)
    twin = ServicePoint.objects.open().filter(node=new, kind=OuterRef("kind"), name=OuterRef("name"))
    points.filter(Exists(twin)).update(name=_told_apart())
    points.update(node=new)
    lent = SharedResource.objects.open().filter(community=old)
    same = SharedResource.objects.open().filter(community=new, name=OuterRef("name"))
    lent.filter(Exists(same)).update(name=_told_apart())
    lent.update(community=new)


def _told_apart() -> Concat:
    mark = Value(" (2)")
    return Concat(Left("name", rules.LONGEST_NAME - 4), mark)


def follow_unit(end: UnitEnd) -> None:
    """A unit that has ended lends nothing, whoever had booked is told; and it hosts no service point."""
    release_host(end.work_unit_id, reason=_("This unit has ended."), by=end.by, now=end.now)
    lent = SharedResource.objects.open().filter(work_unit=end.work_unit_id).order_by("pk")
    for key in lent.values_list("pk", flat=True):
        close_resource(key, reason=_("This unit has ended."), by=end.by, now=end.now)
