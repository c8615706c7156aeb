"""The roster says where people live now: when a place moves or merges, that follows (orgs.followers)."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr

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
        for rows in (living, waiting, Member.objects.filter(here)):
            rows.filter(community=change.old_node_id).update(community=change.node_id)
        for rows in (living, Member.objects.filter(here)):
            rows.filter(building=change.old_node_id).update(building=change.node_id)
    for rows in (living, waiting, Member.objects.filter(here)):
        rows.update(path=new_path)
