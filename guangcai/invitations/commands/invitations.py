"""Members are asked, once for the same thing; each takes it on himself, says no, or says nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from guangcai.accounts.models import User
from guangcai.activities.models import Shift
from guangcai.commitments.belonging import places_now
from guangcai.core import audit, notify
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.enums import Channel
from guangcai.core.errors import Forbidden
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers
from guangcai.invitations import rules
from guangcai.invitations.models import Invitation
from guangcai.invitations.notices import INVITED
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.posts.models import Post


@dataclass(frozen=True)
class Ask:
    """Ask one member for one post or one shift. why: the sentence he reads, and why him."""

    member: Member
    post: Post | None = None
    shift: Shift | None = None
    why: str = ""

    @property
    def need(self) -> Post | Shift:
        need = self.post or self.shift
        assert need is not None
        return need

    @property
    def title(self) -> str:
        return self.post.title if self.post else self.shift.activity.title if self.shift else ""


@transaction.atomic
def invite(*, asks: Sequence[Ask], by: Actor, now: datetime) -> list[Invitation]:
    """Ask the chosen members for a post or a shift, each with one message. Who was asked before is not asked again.

    Raises RuleBroken: nobody, not_wanted, not_on_roster. Sources: J2; Order 685 art 25.
    """
    rules.check_chosen(count=len(asks))
    return ask(asks, by=by, now=now)


def ask(asks: Sequence[Ask], *, by: Actor, now: datetime) -> list[Invitation]:
    """The same inside another command's transaction."""
    here = places_now({one.need.path for one in asks})
    for one in asks:
        by.require(Permission.INVITATION_EDIT, one.need.path)
        rules.check_invited(
            is_on_roster=one.member.ended_at is None and one.member.merged_into_id is None,
            is_in_area=covers([here[one.need.path]], one.member.path),
            is_wanted=_is_wanted(one, now),
        )
    known = _known(asks)
    fresh = [one for one in asks if (one.need.pk, one.member.pk) not in known]
    made = Invitation.objects.bulk_create(
        [
            Invitation(
                **of_community(one.need.community),
                member=one.member,
                post=one.post,
                shift=one.shift,
                why=one.why,
                asked_at=now,
                asked_by=by.user_id,
            )
            for one in fresh
        ]
    )
    for row in made:
        audit.record(Tag.INVITATION_SEND, by=by, on=row, now=now)
    _tell(fresh, now=now)
    return made


@transaction.atomic
def decline(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """The member says no: nothing is asked of him, and it counts nowhere (Order 685 art 25). Harmless twice."""
    if by.member_id != invitation.member_id:
        raise Forbidden()
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.declined_at is None:
        row.declined_at, row.declined_by = now, by.user_id
        row.save(update_fields=["declined_at", "declined_by"])
        audit.record(Tag.INVITATION_DECLINE, by=by, on=row, now=now)
    return row


def _is_wanted(one: Ask, now: datetime) -> bool:
    if one.post is not None:
        return one.post.opened_at is not None and one.post.ended_at is None
    assert one.shift is not None
    return one.shift.cancelled_at is None and one.shift.closed_at is None and one.shift.starts_at > now


def _known(asks: Sequence[Ask]) -> set[tuple[UUID, UUID]]:
    """Who was asked for what before, under a lock of the members: two desks at once ask him once."""
    members = sorted({one.member.pk for one in asks})
    list(Member.objects.filter(pk__in=members).select_for_update(of=("self",), no_key=True).order_by("pk"))
    rows = Invitation.objects.filter(member__in=members).values_list("post_id", "shift_id", "member_id")
    return {(post or shift, member) for post, shift, member in rows}


def _tell(asks: Iterable[Ask], *, now: datetime) -> None:
    """One message each, however many things he is asked for; it names the first."""
    titles: dict[UUID, str] = {}
    for one in asks:
        titles.setdefault(one.member.pk, one.title)
    for user in User.objects.active().filter(member_id__in=titles).order_by("pk"):
        notify.post(Channel.SMS, INVITED, recipient=user.pk, now=now, title=titles[user.member_id])
