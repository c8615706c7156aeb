"""The post itself: proposed by anybody, established and opened by the community, ended (A08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from secrets import token_bytes
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.commitments.enums import EndReason
from guangcai.commitments.rules import SEED_BYTES, seal_of
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.models import SkillKind
from guangcai.orgs.enums import ClaimOrder
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.orgs.policies import ClaimRule, in_force_at
from guangcai.posts import rules
from guangcai.posts.commands.places import fill_places, lock_post, tell_claimants
from guangcai.posts.enums import HoursForm, PostEnd
from guangcai.posts.models import Post, PostClaim, PostKind, PostSkill


@dataclass(frozen=True)
class Draft:
    """What a post says: every word of it, as typed. hours: see rules.Hours."""

    kind: PostKind
    title: str
    places: int
    duties: str = ""
    place: str = ""
    risk_note: str = ""
    guarantee: str = ""
    helper_role: str = ""
    is_pioneer: bool = False
    category: str = ""
    hours_form: str = HoursForm.OPEN
    hours_note: str = ""
    minutes_wanted: int | None = None
    since: date | None = None
    until: date | None = None
    skills: tuple[SkillKind, ...] = ()

    @property
    def hours(self) -> rules.Hours:
        form = HoursForm(self.hours_form)
        return rules.Hours(form, self.hours_note, self.minutes_wanted, self.since, self.until)

    def columns(self) -> dict[str, object]:
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "skills"}
        if self.hours_form != HoursForm.FLEXIBLE:
            found["minutes_wanted"] = None
        return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}

    def check(self) -> None:
        rules.check_draft(title=self.title, places=self.places)
        rules.check_hours(self.hours)


def draft_from(kind: PostKind, *, places: int, place: str) -> Draft:
    """The draft a kind of post begins with."""
    return Draft(
        kind=kind,
        title=kind.name,
        places=places,
        duties=kind.duties,
        place=place or kind.place,
        risk_note=kind.risk_note,
        guarantee=kind.guarantee,
        helper_role=kind.helper_role,
        skills=(kind.skill,) if kind.skill else (),
    )


@transaction.atomic
def propose_post(
    *, community: Node, draft: Draft, reason: str, by: Actor, now: datetime, id: UUID | None = None
) -> Post:
    """A post somebody thinks is needed: anybody who sees the community's posts may propose one.

    The same id sent again is the same proposal. Raises RuleBroken(field). Source: A08.
    """
    if not by.can(Permission.POST_EDIT, community.path):
        by.require(Permission.POST_VIEW, community.path)
    draft.check()
    if found := already(Post, id, community_id=community.pk, **draft.columns()):
        return found
    row = Post.objects.create(
        **of_community(community),
        **draft.columns(),
        id=id or new_id(),
        proposed_at=now,
        proposed_by=by.user_id,
        proposal_reason=reason.strip(),
    )
    _set_skills(row, draft)
    audit.record(Tag.POST_PROPOSE, by=by, on=row, now=now, kind=draft.kind.code)
    return row


@transaction.atomic
def change_post(*, post: Post, draft: Draft, by: Actor, now: datetime) -> Post:
    """Other words, more or fewer places. Free places go to those who wait; taken ones stay.

    Raises RuleBroken(field) when fewer places are left than are taken, or an open post would lose its notice.
    """
    by.require(Permission.POST_EDIT, post.path)
    row = lock_post(post.pk)
    rules.check_post_live(ended_at=row.ended_at)
    draft.check()
    if row.opened_at is not None:
        rules.check_openable(is_established=True, is_open=False, missing=_missing(draft))
    taken = [claim.place_no or 0 for claim in PostClaim.objects.placed().filter(post=row)]
    rules.check_places(places=draft.places, highest=max(taken, default=0))
    columns = draft.columns()
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    _set_skills(row, draft)
    audit.record(Tag.POST_CHANGE, by=by, on=row, now=now)
    fill_places(row, by=by, now=now)
    return row


@transaction.atomic
def establish_post(*, post: Post, by: Actor, now: datetime) -> Post:
    """The community takes the proposal on. Harmless twice."""
    by.require(Permission.POST_EDIT, post.path)
    row = lock_post(post.pk)
    rules.check_post_live(ended_at=row.ended_at)
    if row.established_at is None:
        row.established_at, row.established_by = now, by.user_id
        row.save(update_fields=["established_at", "established_by"])
        audit.record(Tag.POST_ESTABLISH, by=by, on=row, now=now)
    return row


@transaction.atomic
def open_post(*, post: Post, by: Actor, now: datetime) -> Post:
    """Members can claim it from now on, by the order the rule in force says (policy ClaimRule).

    Where a lot decides, the seal of its seed is published now and the seed when it is drawn. Raises RuleBroken for
    a missing item of the notice.
    """
    by.require(Permission.POST_EDIT, post.path)
    row = lock_post(post.pk)
    rules.check_post_live(ended_at=row.ended_at)
    rules.check_openable(
        is_established=row.established_at is not None, is_open=row.opened_at is not None, missing=_missing(row)
    )
    rule = in_force_at(ClaimRule, path=row.path, on=localdate(now))
    row.opened_at, row.opened_by, row.claim_order = now, by.user_id, ClaimOrder(rule.order)
    if rules.collects(rule.order):
        row.claims_until = rules.end_of_day(localdate(now) + timedelta(days=rule.days))
    if row.claim_order == ClaimOrder.LOT:
        row.lot_seed = token_bytes(SEED_BYTES)
        row.lot_seal = seal_of(row.lot_seed)
    row.save(update_fields=["opened_at", "opened_by", "claim_order", "claims_until", "lot_seed", "lot_seal"])
    audit.record(Tag.POST_OPEN, by=by, on=row, now=now, order=row.claim_order)
    return row


@transaction.atomic
def open_posts(
    *,
    community: Node,
    chosen: Sequence[tuple[PostKind, int]],
    place: str,
    ids: Mapping[str, UUID],
    by: Actor,
    now: datetime,
) -> list[Post]:
    """A community's set of posts from the shipped kinds, established and opened at once: all of them or none.

    chosen: kinds and places. ids: by code of kind, made with the form; sent twice it is the same set.
    """
    by.require(Permission.POST_EDIT, community.path)
    drafts = [draft_from(kind, places=places, place=place) for kind, places in chosen]
    return [add_post(community=community, draft=one, by=by, now=now, id=ids.get(one.kind.code)) for one in drafts]


@transaction.atomic
def add_post(*, community: Node, draft: Draft, by: Actor, now: datetime, id: UUID | None = None) -> Post:
    """The community's own post, established and opened in one step. The same id sent again is the same post."""
    by.require(Permission.POST_EDIT, community.path)
    row = propose_post(community=community, draft=draft, reason="", by=by, now=now, id=id)
    if row.opened_at is not None or row.ended_at is not None:
        return row
    return open_post(post=establish_post(post=row, by=by, now=now), by=by, now=now)


@transaction.atomic
def end_post(*, post: Post, reason: PostEnd, note: str, by: Actor, now: datetime) -> Post:
    """The post is over, and with it every claim; a proposal is declined the same way. Harmless twice.

    Whoever proposed may take the proposal back as long as it is not established.
    """
    own = post.proposed_by == by.user_id and post.established_at is None
    if not own:
        by.require(Permission.POST_EDIT, post.path)
    row = lock_post(post.pk)
    if own and row.established_at is not None:
        raise Forbidden()
    if row.ended_at is not None:
        return row
    row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note.strip()[:200]
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
    claims = list(PostClaim.objects.live().filter(post=row).select_for_update())
    PostClaim.objects.filter(pk__in=[claim.pk for claim in claims]).update(
        ended_at=now, ended_by=by.user_id, end_reason=EndReason.NOT_NEEDED
    )
    audit.record(Tag.POST_END, by=by, on=row, now=now, reason=reason.value, claims=len(claims))
    tell_claimants(row, [claim.member_id for claim in claims], "ended", now=now)
    return row


def _missing(words: Post | Draft) -> dict[str, rules.Text]:
    return rules.missing_words(
        duties=words.duties, place=words.place, risk_note=words.risk_note, guarantee=words.guarantee
    )


def _set_skills(post: Post, draft: Draft) -> None:
    wanted = {skill.pk: skill for skill in draft.skills}
    there = set(post.required_skills.values_list("skill_id", flat=True))
    post.required_skills.exclude(skill__in=wanted).delete()
    PostSkill.objects.bulk_create(PostSkill(post=post, skill=wanted[key]) for key in wanted.keys() - there)
