"""The member's phone: what is next, what he has done this year, what he could do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from guangcai.activities.models import Shift, ShiftNotice
from guangcai.activities.queries.shifts import MyShift, Offer, my_shifts, offers_for
from guangcai.appraisal.models import Appraisal
from guangcai.care.queries.households import OwnPairing, own_pairings
from guangcai.cases.models import Case
from guangcai.cases.queries.jobs import own_open
from guangcai.core.actor import Actor
from guangcai.councils.models import Proposal
from guangcai.councils.queries.proposals import own_proposals
from guangcai.invitations.models import Invitation
from guangcai.invitations.queries.mine import own_invitations
from guangcai.ledger.queries.booklet import OwnYear, own_year
from guangcai.ledger.queries.entries import own_entries
from guangcai.mediation.models import Mediation
from guangcai.mediation.queries.lists import own_matters
from guangcai.members.models import Member
from guangcai.pledges.models import Pledge
from guangcai.pledges.queries.pledges import own_news
from guangcai.posts.models import PostClaim
from guangcai.posts.queries.posts import own_claims
from guangcai.studios.queries.studios import sitting_today
from guangcai.teams.models import TeamMembership
from guangcai.teams.queries.teams import own_memberships
from guangcai.wishes.models import WishClaim
from guangcai.wishes.queries.wishes import own_claims as own_wishes
from guangcai.zones.models import ZoneAgreement
from guangcai.zones.queries.own import own_agreements

NEXT, OFFERS = 3, 3


@dataclass(frozen=True)
class MemberDay:
    """`now_on`: the shift to check in to. `unread`: messages not seen yet. `waiting`: records not yet confirmed.
    `claims`: the posts he has taken on, first what he can take up. `zones`: the same.
    `jobs`: requests he was asked to see to, and those he has.
    `mediations`: quarrels he mediates, what is due first.
    `proposals`: what he proposed, what waits for his word first.
    `invitations`: what he was asked and has not answered. `reviewed`: a pledge whose review he may answer.
    `sitting`: the session of a studio at which he sits today."""

    member: Member
    year: OwnYear
    now_on: MyShift | None
    coming: tuple[MyShift, ...]
    offers: tuple[Offer, ...]
    unread: int
    waiting: int
    appraisal: Appraisal | None
    claims: tuple[PostClaim, ...]
    households: tuple[OwnPairing, ...]
    jobs: tuple[Case, ...]
    mediations: tuple[Mediation, ...]
    proposals: tuple[Proposal, ...]
    teams: tuple[TeamMembership, ...]
    wishes: tuple[WishClaim, ...]
    zones: tuple[ZoneAgreement, ...]
    invitations: tuple[Invitation, ...]
    reviewed: Pledge | None
    sitting: Shift | None

    @property
    def is_free(self) -> bool:
        return self.now_on is None and not self.coming


def member_day(actor: Actor, *, now: datetime) -> MemberDay | None:
    """The day of the member the actor is; None when his record is gone."""
    if actor.member_id is None:
        return None
    member = Member.objects.visible_to(actor).filter(pk=actor.member_id).select_related("community").first()
    if member is None:
        return None
    mine = [one for one in my_shifts(member.pk, now=now, back=timedelta(hours=2)) if one.row.state != "closed"]
    running = [one for one in mine if one.row.state == "running" and one.place_no and not one.is_present]
    offers = [one for one in offers_for(member, by=actor, now=now) if not one.has_signed_up]
    return MemberDay(
        member=member,
        year=own_year(member=member, year=localdate(now).year),
        now_on=running[0] if running else None,
        coming=tuple(one for one in mine if one.row.ends_at > now and one not in running)[:NEXT],
        offers=tuple(offers[:OFFERS]),
        unread=ShiftNotice.objects.visible_to(actor).filter(seen_at=None).count(),
        waiting=own_entries(actor).waiting().count(),
        appraisal=Appraisal.objects.visible_to(actor)
        .filter(member=member.pk, sent_at=None, objection=None)
        .order_by("-year")
        .first(),
        claims=tuple(own_claims(actor)),
        households=tuple(own_pairings(actor, now=now)),
        jobs=tuple(own_open(actor)),
        mediations=tuple(own_matters(actor)),
        proposals=tuple(own_proposals(actor)[:NEXT]),
        teams=tuple(own_memberships(actor)),
        wishes=tuple(own_wishes(actor)),
        zones=tuple(own_agreements(actor, on=localdate(now))),
        invitations=tuple(own_invitations(actor, now=now)),
        reviewed=own_news(actor),
        sitting=sitting_today(member.pk, now=now),
    )
