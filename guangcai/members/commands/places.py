"""The roster says where people live now: when a place moves or merges, that follows (orgs.followers)."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.core.scoping import under
from guangcai.members.models import Member, ReportIn, Residence
from guangcai.orgs.followers import PathChange


def follow_tree(change: PathChange) -> None:
    """Members, open residences and waiting slips under the old path go with it; ended ones stay as of their day."""
    here = under("path", [change.old_path])
    new_path = Concat(Value(change.new_path), Substr(F("path"), Length(Value(change.old_path)) + 1))
    living = Residence.objects.filter(here, until=None)
    waiting = ReportIn.objects.waiting().filter(here)
    if change.is_merger:
        _close_second_slips(change)
        for rows in (living, waiting, Member.objects.filter(here)):
            rows.filter(community=change.old_node_id).update(community=change.node_id)
        for rows in (living, Member.objects.filter(here)):
            rows.filter(building=change.old_node_id).update(building=change.node_id)
    for rows in (living, waiting, Member.objects.filter(here)):
        rows.update(path=new_path)


def _close_second_slips(change: PathChange) -> None:
    """Who reported in on both sides waits once: the older slip stays, the newer is declined and says why."""
    both = [change.old_node_id, change.node_id]
    slips = ReportIn.objects.waiting().filter(community__in=both).select_for_update(of=["self"])
    phones, members, second = set(), set(), []
    for slip in slips.order_by("submitted_at", "pk").only("phone_index", "member_id", "path", "district_code"):
        if slip.phone_index in phones or slip.member_id in members:
            second.append(slip)
            continue
        phones |= {slip.phone_index} - {""}
        members |= {slip.member_id} - {None}
    ReportIn.objects.filter(pk__in=[slip.pk for slip in second]).update(
        decided_at=change.now,
        decided_by=change.by.user_id,
        is_accepted=False,
        decline_reason=_("The two communities were merged: the slip handed in first stays."),
        form="",
    )
    for slip in second:
        audit.record(Tag.REPORT_IN_DECLINE, by=change.by, on=slip, now=change.now)
