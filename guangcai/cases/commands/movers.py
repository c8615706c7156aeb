"""How cases follow when two records of one person become one, and technicians when the tree changes."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.timezone import localdate

from guangcai.cases.models import Item, Technician
from guangcai.core.scoping import under
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.orgs.followers import PathChange


@merging.mover("cases.technician.member")
def technicians(merge: Merge) -> int:
    """One row a node: that of the record that stays; the other one ends and keeps what it did."""
    kept = Technician.objects.filter(member=merge.kept, until=None).values("node")
    twice = Technician.objects.filter(member=merge.gone, until=None, node__in=kept)
    twice.update(until=localdate(merge.now))
    return Technician.objects.filter(member=merge.gone).update(member=merge.kept)


def follow_tree(change: PathChange) -> None:
    """Technicians and own items of a node that moved or was merged serve where it lies now; cases stay as written."""
    new_path = Concat(Value(change.new_path), Substr(F("path"), Length(Value(change.old_path)) + 1))
    here = under("path", [change.old_path])
    if change.is_merger:
        there = Technician.objects.filter(node=change.node_id, until=None, member__isnull=False).values("member")
        serving = Technician.objects.filter(here, until=None, node=change.old_node_id)
        serving.filter(member__in=there).update(until=localdate(change.now))
        serving.update(node=change.node_id)
    Technician.objects.filter(here, until=None).update(path=new_path)
    Item.objects.filter(here, until=None).update(path=new_path)
