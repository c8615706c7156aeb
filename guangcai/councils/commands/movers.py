"""How seats follow when two records of one person become one, bodies when their place moves or is merged, and what a
unit that ends leaves behind."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Left, Length, Substr
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core.scoping import under
from guangcai.councils import rules
from guangcai.councils.commands.agreements import close_agreement
from guangcai.councils.commands.bodies import close_seat, lock_body
from guangcai.councils.commands.pledges import give_up
from guangcai.councils.models import Body, BodyMember, Contest, JointAgreement, JointPledge, Meeting
from guangcai.councils.queries.promises import GOES_ON
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.orgs.followers import PathChange, UnitEnd


@merging.mover("councils.bodymember.member")
def seats(merge: Merge) -> int:
    """One open seat a body: that of the record that stays."""
    kept = BodyMember.objects.open().filter(member=merge.kept).values("body")
    for row in BodyMember.objects.open().filter(member=merge.gone, body__in=kept).order_by("body_id"):
        lock_body(row.body_id)
        close_seat(row, by=merge.by, now=merge.now)
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


def follow_unit(end: UnitEnd) -> None:
    """The unit's seats and its agreements that run or wait for a signature end; what it owes is given up.

    What was delivered and done, and agreements whose term is over, stay as written.
    """
    reason, by, now = _("This unit has ended."), end.by, end.now
    seats = BodyMember.objects.open().filter(work_unit=end.work_unit_id)
    for seat in seats.order_by("body_id"):
        lock_body(seat.body_id)
        close_seat(seat, by=by, now=now)
    owed = JointPledge.objects.filter(GOES_ON, work_unit=end.work_unit_id)
    for pledge in owed.order_by("proposal_id", "pk"):
        give_up(pledge, reason=reason, by=by, now=now)
    agreements = JointAgreement.objects.filter(work_unit=end.work_unit_id, ended_at=None)
    lasting = agreements.filter(Q(signed_on=None) | Q(until__gte=localdate(now)))
    for row in lasting.select_for_update(of=("self",)).order_by("pk"):
        close_agreement(row, reason=reason, by=by, now=now)
