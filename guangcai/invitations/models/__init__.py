"""What invitations keep."""

from guangcai.invitations.models.invitation import Invitation, InvitationQuerySet
from guangcai.invitations.models.round import Proposal, ProposalQuerySet, Round, RoundQuerySet

__all__ = ["Invitation", "InvitationQuerySet", "Proposal", "ProposalQuerySet", "Round", "RoundQuerySet"]
