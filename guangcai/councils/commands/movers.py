"""How seats follow when two records of one person become one, and bodies when their place moves or is merged."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat, Left, Length, Substr
from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.core.scoping import under
from guangcai.councils import rules
from guangcai.councils.commands.bodies import lock_body
from guangcai.councils.models import Body, BodyMember, Contest, Meeting
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.orgs.followers import PathChange


@merging.mover("councils.bodymember.member")
def seats(merge: Merge) -> int:
    """One open seat a body: that of the record that stays."""
    kept = BodyMember.objects.open().filter(member=merge.kept).values("body")
    for row in BodyMember.objects.open().filter(member=merge.gone, body__in=kept).order_by("body_id"):
        lock_body(row.body_id)
        row.until, row.ended_at, row.ended_by = max(row.since, localdate(merge.now)), merge.now, merge.by.user_id
        row.save(update_fields=["until", "ended_at", "ended_by"])
        audit.record(Tag.SEAT_END, by=merge.by, on=row, now=merge.now)
    return BodyMember.objects.filter(member=merge.gone).update(member=merge.kept)


def follow_tree(change: PathChange) -> None:
    """Bodies that live, meetings to come and competitions that run stand where their place lies now; what is over, and
    every proposal, promise and agreement, stays as written.

    After a merger the successor has the bodies of both; of two that bear one name, the one that came is told apart.
    """
    here = under("path", [change.old_path])
    bodies, contests = Body.objects.live().filter(here), Contest.objects.filter(here, published_at=None)
    if change.is_merger:
        _hand_over(bodies, change, twins=Body.objects.live())
        _hand_over(contests, change, twins=Contest.objects.all())
    new_path = Concat(Value(change.new_path), Substr(F("path"), Length(Value(change.old_path)) + 1))
    for rows in (Meeting.objects.open().filter(here), bodies, contests):
        rows.update(path=new_path)


def _hand_over(rows: Any, change: PathChange, *, twins: Any) -> None:
    """The rows of the place that ended become the successor's."""
    own = rows.filter(node=change.old_node_id)
    twin = twins.filter(node=change.node_id, name=OuterRef("name"))
    own.filter(Exists(twin)).update(name=Concat(Left("name", rules.NAME_LENGTH - 4), Value(" (2)")))
    own.update(node=change.node_id)
