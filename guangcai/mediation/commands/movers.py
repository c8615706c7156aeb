"""How mediation follows when two records of one person become one, and mediators when the tree changes."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.timezone import localdate

from guangcai.core.scoping import under
from guangcai.mediation.models import Assignment, Mediator, Party
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.orgs.followers import PathChange


@merging.mover("mediation.mediator.member")
def mediators(merge: Merge) -> int:
    """One row a community: that of the record that stays; the other one ends and keeps what it did."""
    kept = Mediator.objects.filter(member=merge.kept, until=None).values("node")
    twice = Mediator.objects.filter(member=merge.gone, until=None, node__in=kept)
    twice.update(until=localdate(merge.now))
    moved = Mediator.objects.filter(member=merge.gone).update(member=merge.kept)
    _stand_back(merge)
    return moved


@merging.mover("mediation.party.member")
def parties(merge: Merge) -> int:
    """He is one person of a matter; whoever turns out to be a party of his own matter mediates it no longer."""
    known = Party.objects.filter(member=merge.kept).values("mediation")
    twice = Party.objects.filter(member=merge.gone, mediation__in=known).update(member=None)
    moved = Party.objects.filter(member=merge.gone).update(member=merge.kept)
    _stand_back(merge)
    return twice + moved


def _stand_back(merge: Merge) -> None:
    own = Party.objects.filter(member=merge.kept).values("mediation")
    live = Assignment.objects.live().filter(mediator__member=merge.kept, mediation__in=own)
    live.update(ended_at=merge.now, ended_by=merge.by.user_id)


def follow_tree(change: PathChange) -> None:
    """Mediators of a community that moved or was merged serve where it lies now; matters stay as written."""
    new_path = Concat(Value(change.new_path), Substr(F("path"), Length(Value(change.old_path)) + 1))
    here = under("path", [change.old_path])
    if change.is_merger:
        there = Mediator.objects.filter(node=change.node_id, until=None, member__isnull=False).values("member")
        serving = Mediator.objects.filter(here, until=None, node=change.old_node_id)
        serving.filter(member__in=there).update(until=localdate(change.now))
        serving.update(node=change.node_id)
    Mediator.objects.filter(here, until=None).update(path=new_path)
