"""How proposals and invitations follow when two records of one person become one (members.merging)."""

from django.db.models import Q

from guangcai.invitations.models import Invitation, Proposal
from guangcai.members import merging
from guangcai.members.merging import Merge


@merging.mover("invitations.invitation.member")
def invitations(merge: Merge) -> int:
    """Asked once for the same thing: of two invitations the one of the record that stays remains."""
    kept = Invitation.objects.filter(member=merge.kept)
    twice = Q(post__in=kept.filter(post__isnull=False).values("post")) | Q(
        shift__in=kept.filter(shift__isnull=False).values("shift")
    )
    Invitation.objects.filter(twice, member=merge.gone).delete()
    return Invitation.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("invitations.proposal.member")
def proposals(merge: Merge) -> int:
    """A pair stands once in a round; a need may have been proposed to both records."""
    moved = 0
    for row in Proposal.objects.filter(member=merge.gone).select_for_update(of=("self",)):
        same = Proposal.objects.filter(
            round=row.round_id, member=merge.kept, post=row.post_id, shift=row.shift_id, household=row.household_id
        )
        if same.exists():
            row.delete()
        else:
            row.member = merge.kept
            row.save(update_fields=["member"])
            moved += 1
    return moved
