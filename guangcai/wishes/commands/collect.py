"""Wishes are collected, verified, published, ended; who made them stands apart and is opened one by one."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.commitments import rules as shared
from guangcai.core import audit, phones, publication
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.crypto import blind_index
from guangcai.core.errors import Forbidden, OutOfScope
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import clean, is_blank
from guangcai.orgs.enums import ClaimOrder
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.orgs.policies import ClaimRule, in_force_at
from guangcai.wishes import rules
from guangcai.wishes.commands.claims import end_claims_of
from guangcai.wishes.commands.moves import add_step, claimers, lock_wish, move
from guangcai.wishes.enums import WishChannel, WishClaimEnd, WishEnd, WishState
from guangcai.wishes.models import OPEN_FOR, Wish, WishAsker, WishClaim, WishKind, WishOpening
from guangcai.wishes.models.wish import CODE_PURPOSE

# Without the signs that are read for one another; 16 of them are 79 bits.
CODE_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH: Final = 16
# How long the name behind a wish that is over is kept for a question afterwards.
ASKER_KEPT: Final = timedelta(days=180)


@dataclass(frozen=True)
class WishDraft:
    """What the wisher said, as typed. from_kind, from_id: what it grew out of in another room."""

    said: str
    name: str = ""
    phone: str = ""
    address: str = ""
    channel: WishChannel = WishChannel.COUNTER
    from_kind: str = ""
    from_id: UUID | None = None

    def sealed(self) -> dict[str, str]:
        phone = phones.normalise(self.phone, field="phone") if not is_blank(self.phone) else ""
        said = {"said": clean(self.said, multiline=True), "name": clean(self.name), "address": clean(self.address)}
        return said | {"phone": phone}


@transaction.atomic
def collect_wish(*, community: Node, draft: WishDraft, by: Actor, now: datetime, id: UUID | None = None) -> Wish:
    """The desk writes a wish down: from a visit, the box, a card, the counter. Sent twice with one id it is one.

    Raises RuleBroken(field). Source: the loop of micro-wishes; A58.
    """
    by.require(Permission.WISH_EDIT, community.path)
    return _collected(community, draft, by=by, now=now, id=id)


@transaction.atomic
def ask_wish(*, community: Node, draft: WishDraft, by: Actor, now: datetime, id: UUID | None = None) -> Wish:
    """A resident makes a wish himself, without an account. He follows it with its code."""
    rules.check_said(said=draft.said, can_be_reached=not is_blank(draft.phone), is_online=True)
    return _collected(community, draft, by=by, now=now, id=id)


def _collected(community: Node, draft: WishDraft, *, by: Actor, now: datetime, id: UUID | None) -> Wish:
    rules.check_said(said=clean(draft.said, multiline=True), can_be_reached=True, is_online=False)
    sealed, key = draft.sealed(), id or new_id()
    # The asker has the key of his wish.
    if found := already(WishAsker, id, community_id=community.pk, **sealed):
        return found.wish
    taken = draft.from_id and Wish.objects.filter(
        district_code=community.district_code, from_kind=draft.from_kind, from_id=draft.from_id
    )
    rules.check_origin(is_taken=bool(taken and taken.exists()))
    row = Wish.objects.create(
        **of_community(community),
        id=key,
        channel=draft.channel,
        from_kind=draft.from_kind,
        from_id=draft.from_id,
        collected_at=now,
        collected_by=by.user_id,
        state_since=now,
    )
    code = new_code()
    WishAsker.objects.create(
        **of_community(community), **sealed, id=key, wish=row, code=code, code_index=blind_index(code, CODE_PURPOSE)
    )
    add_step(row, old="", by=by, now=now)
    audit.record(Tag.WISH_COLLECT, by=by, on=row, now=now, channel=row.channel)
    return row


def new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))


@transaction.atomic
def verify_wish(*, wish: Wish, kind: WishKind, title: str, words: str, people: int, by: Actor, now: datetime) -> Wish:
    """The desk finds the wish small and feasible, and writes it for everybody to read. Until it is published it may
    be written anew.

    people: most members who do it together. Raises RuleBroken(field), with what the gate found in the words.
    """
    by.require(Permission.WISH_EDIT, wish.path)
    row = lock_wish(wish.pk)
    rules.check_verified(title=title, words=words, people=people)
    _check_gate(row, title=title, words=words)
    columns = {"kind": kind, "title": title.strip(), "words": words.strip(), "people": people}
    if row.state != WishState.VERIFIED:
        move(row, WishState.VERIFIED, by=by, now=now, **columns)
        audit.record(Tag.WISH_VERIFY, by=by, on=row, now=now, kind=kind.code)
    elif any(getattr(row, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns))
        audit.record(Tag.WISH_VERIFY, by=by, on=row, now=now, kind=kind.code)
    return row


@transaction.atomic
def publish_wish(*, wish: Wish, by: Actor, now: datetime) -> Wish:
    """Put a verified wish on the wall, under the rule in force for who goes first. Harmless twice."""
    by.require(Permission.WISH_EDIT, wish.path)
    row = lock_wish(wish.pk)
    if row.published_at is not None:
        return row
    rules.check_move(WishState(row.state), WishState.PUBLISHED)
    _check_gate(row, title=row.title, words=row.words)
    rule = in_force_at(ClaimRule, path=row.path, on=localdate(now))
    columns: dict[str, object] = {"published_at": now, "published_by": by.user_id, "claim_order": rule.order}
    if rules.collects(rule.order):
        columns["claims_until"] = now + timedelta(days=rule.days)
    if rule.order == ClaimOrder.LOT:
        seed = secrets.token_bytes(shared.SEED_BYTES)
        columns |= {"lot_seed": seed, "lot_seal": shared.seal_of(seed)}
    move(row, WishState.PUBLISHED, by=by, now=now, **columns)
    audit.record(Tag.WISH_PUBLISH, by=by, on=row, now=now, order=rule.order)
    return row


def _check_gate(row: Wish, *, title: str, words: str) -> None:
    names = [row.asker.name]
    publication.check_publishable("title", title, names=names)
    publication.check_publishable("words", words, names=names)


@transaction.atomic
def end_wish(*, wish: Wish, reason: WishEnd, note: str, by: Actor, now: datetime) -> Wish:
    """Refuse a wish, or end it later, with a sentence for the wisher. Harmless twice; who has claimed it is told."""
    by.require(Permission.WISH_EDIT, wish.path)
    row = lock_wish(wish.pk)
    if row.state == WishState.ENDED:
        return row
    rules.check_own_hands(member_id=by.member_id, claimers=claimers(row))
    rules.check_end(reason=reason, note=note, state=WishState(row.state))
    return _ended(row, reason, note, by=by, now=now)


@transaction.atomic
def take_back_wish(*, asker: WishAsker, by: Actor, now: datetime) -> Wish:
    """The wisher takes his wish back, with his code, until it has come true. Harmless twice."""
    row = lock_wish(asker.wish_id)
    if row.state == WishState.ENDED:
        return row
    return _ended(row, WishEnd.WITHDRAWN, _("Taken back with the code."), by=by, now=now)


def _ended(row: Wish, reason: WishEnd, note: str, *, by: Actor, now: datetime) -> Wish:
    move(row, WishState.ENDED, by=by, now=now, end_reason=reason, end_note=note.strip())
    audit.record(Tag.WISH_END, by=by, on=row, now=now, reason=reason.value)
    end_claims_of(row, WishClaimEnd.WISH_ENDED, "ended", by=by, now=now)
    return row


# --- who made it ----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_asker(*, wish: Wish, by: Actor, now: datetime) -> WishOpening:
    """Show who made a wish to one person for fifteen minutes; each opening is a line of the trail.

    By the desk, and by a member as long as the wish is his. Raises Forbidden for everybody else who sees the wish.
    """
    if by.user_id is None:
        raise OutOfScope()
    if not may_open(wish, by):
        raise Forbidden()
    fresh = WishOpening.objects.filter(wish=wish, opened_by=by.user_id, opened_at__gt=now - OPEN_FOR)
    if found := fresh.first():
        return found
    opening = WishOpening.objects.create(
        community_id=wish.community_id,
        path=wish.path,
        district_code=wish.district_code,
        wish=wish,
        opened_at=now,
        opened_by=by.user_id,
    )
    audit.record(Tag.WISH_OPEN, by=by, on=wish, now=now)
    return opening


def may_open(wish: Wish, by: Actor) -> bool:
    """The desk, or whoever holds a confirmed claim to the wish now."""
    if by.can(Permission.WISH_EDIT, wish.path):
        return True
    return by.member_id is not None and WishClaim.objects.held().filter(wish=wish, member=by.member_id).exists()


@transaction.atomic
def renew_code(*, wish: Wish, by: Actor, now: datetime) -> WishAsker:
    """A new code for a wisher who lost his; the old one stops working."""
    by.require(Permission.WISH_EDIT, wish.path)
    row = WishAsker.objects.select_for_update(of=("self",)).get(wish=wish)
    row.code = new_code()
    row.code_index = blind_index(row.code, CODE_PURPOSE)
    row.save(update_fields=["code", "code_index"])
    audit.record(Tag.WISH_CODE, by=by, on=wish, now=now)
    return row


@transaction.atomic
def forget_askers(*, now: datetime) -> int:
    """Take away who made the wishes that have been over for half a year, and what he said; returns how many.

    The wish, its steps and its code stay. For the nightly job (PIPL art 19).
    """
    over = Wish.objects.filter(state__in=(WishState.CONFIRMED, WishState.ENDED), state_since__lt=now - ASKER_KEPT)
    rows = [one for one in WishAsker.objects.filter(wish__in=over).select_for_update(of=("self",)) if _says(one)]
    for row in rows:
        row.name = row.phone = row.address = row.said = ""
        row.save(update_fields=["name", "phone", "address", "said"])
    if rows:
        audit.record(Tag.WISH_FORGET, by=Actor.system(), now=now, askers=len(rows))
    WishOpening.objects.filter(opened_at__lt=now - OPEN_FOR - timedelta(days=1)).delete()
    return len(rows)


def _says(row: WishAsker) -> bool:
    return bool(row.name or row.phone or row.address or row.said)
