"""What became of a wish: told by whoever has it, judged by the wisher alone, thanked for if he likes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.commitments import rules as shared
from guangcai.core import audit, publication
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.orgs.facts import of_community
from guangcai.wishes import rules
from guangcai.wishes.commands.claims import end_claims_of
from guangcai.wishes.commands.moves import claimers, lock_wish, move
from guangcai.wishes.enums import Said, WishClaimEnd, WishState
from guangcai.wishes.models import (
    ThanksConsent,
    Wish,
    WishAnswer,
    WishAsker,
    WishClaim,
    WishFulfilment,
    WishThanks,
)
from guangcai.wishes.notices import tell


@transaction.atomic
def fulfil_wish(
    *, claim: WishClaim, what: str, done_on: date, by: Actor, now: datetime, id: UUID | None = None
) -> WishFulfilment:
    """Say what was done: the wisher is asked next. By whoever holds the claim, or by the desk for him.

    Raises RuleBroken(field). The same id sent again is the same fulfilment.
    """
    own = by.member_id == claim.member_id
    by.require(Permission.WISH_CLAIM if own else Permission.WISH_EDIT, claim.path)
    row = lock_wish(claim.wish_id)
    mine = WishClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if found := already(WishFulfilment, id, claim_id=mine.pk, what=what.strip(), done_on=done_on):
        return found
    shared.check_live(ended_at=mine.ended_at)
    rules.check_fulfilment(done_on=done_on, what=what, held_since=mine.held_since, today=localdate(now))
    move(row, WishState.FULFILLED, by=by, now=now)
    made = WishFulfilment.objects.create(
        **of_community(row.community),
        id=id or new_id(),
        wish=row,
        claim=mine,
        done_on=done_on,
        what=what.strip(),
        told_at=now,
        told_by=by.user_id,
    )
    audit.record(Tag.WISH_FULFIL, by=by, on=row, now=now)
    return made


@dataclass(frozen=True)
class Word:
    """The wisher's word on what was done."""

    came_true: bool
    words: str = ""
    id: UUID | None = None


@transaction.atomic
def answer_at_desk(*, wish: Wish, word: Word, by: Actor, now: datetime) -> WishAnswer:
    """The desk writes down what the wisher said; nobody who has taken the wish on himself does."""
    by.require(Permission.WISH_EDIT, wish.path)
    row = lock_wish(wish.pk)
    rules.check_own_hands(member_id=by.member_id, claimers=claimers(row))
    return _answered(row, word, Said.DESK, by=by, now=now)


@transaction.atomic
def answer_with_code(*, asker: WishAsker, word: Word, by: Actor, now: datetime) -> WishAnswer:
    """The wisher answers himself, with his code."""
    return _answered(lock_wish(asker.wish_id), word, Said.CODE, by=by, now=now)


def _answered(row: Wish, word: Word, said: Said, *, by: Actor, now: datetime) -> WishAnswer:
    """Come true: it is over for everybody. Not yet: the same wish goes on with whoever has it."""
    words = word.words.strip()[: rules.LONGEST_WHAT]
    if found := already(WishAnswer, word.id, wish_id=row.pk, came_true=word.came_true, words=words, said=said):
        return found
    asked = WishFulfilment.objects.filter(wish=row, answer=None).order_by("-told_at").first()
    if asked is None or row.state != WishState.FULFILLED:
        raise RuleBroken(
            _("There is nothing to answer: nobody has said that the wish was fulfilled."), code="not_asked"
        )
    answer = WishAnswer.objects.create(
        **of_community(row.community),
        id=word.id or new_id(),
        wish=row,
        fulfilment=asked,
        came_true=word.came_true,
        said=said,
        words=words,
        at=now,
        by=by.user_id,
    )
    audit.record(Tag.WISH_ANSWER, by=by, on=row, now=now, came_true=word.came_true, said=said.value)
    if word.came_true:
        move(row, WishState.CONFIRMED, by=by, now=now)
        end_claims_of(row, WishClaimEnd.CAME_TRUE, "came_true", by=by, now=now)
    else:
        move(row, WishState.CLAIMED, by=by, now=now)
        tell(row, claimers(row), "not_yet", now=now)
    return answer


# --- thanks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Consent:
    """That the wisher agreed to have his thanks read by others: on which day, and how he said so."""

    given_on: date
    how: str


@transaction.atomic
def note_thanks(*, wish: Wish, words: str, consent: Consent | None, by: Actor, now: datetime) -> WishThanks:
    """The desk writes down the wisher's thanks, with his consent to show them if he gave it. Harmless twice."""
    by.require(Permission.WISH_EDIT, wish.path)
    return _thanked(lock_wish(wish.pk), words, consent, by=by, now=now)


@transaction.atomic
def thank_with_code(*, asker: WishAsker, words: str, agrees: bool, by: Actor, now: datetime) -> WishThanks:
    """The wisher thanks himself, with his code, and agrees or not to have it shown."""
    how = pgettext("consent", "With the code, on the page of the wish")
    consent = Consent(localdate(now), how) if agrees else None
    return _thanked(lock_wish(asker.wish_id), words, consent, by=by, now=now)


def _thanked(row: Wish, words: str, consent: Consent | None, *, by: Actor, now: datetime) -> WishThanks:
    if row.state != WishState.CONFIRMED:
        raise RuleBroken(_("Thanks come when the wish has come true."), code="not_confirmed")
    plain = words.strip()[: rules.LONGEST_NOTE]
    if is_blank(plain):
        raise RuleBroken(_("Write a few words."), field="words", code="words_missing")
    publication.check_publishable("words", plain, names=[row.asker.name])
    thanks = WishThanks.objects.filter(wish=row).first()
    if thanks is not None and thanks.words != plain:
        raise RuleBroken(_("Thanks were said already for this wish."), field="words", code="thanked")
    if thanks is None:
        thanks = WishThanks.objects.create(
            **of_community(row.community), wish=row, words=plain, written_at=now, written_by=by.user_id
        )
        audit.record(Tag.WISH_THANKS, by=by, on=row, now=now)
    if consent is not None and not thanks.consents.filter(withdrawn_at=None).exists():
        rules.check_consent(given_on=consent.given_on, how=consent.how, today=localdate(now))
        ThanksConsent.objects.create(
            **of_community(row.community),
            thanks=thanks,
            given_on=consent.given_on,
            how=consent.how.strip()[: rules.LONGEST_HOW],
            noted_at=now,
            noted_by=by.user_id,
        )
        audit.record(Tag.WISH_THANKS_CONSENT, by=by, on=row, now=now)
    return thanks


@transaction.atomic
def publish_thanks(*, thanks: WishThanks, by: Actor, now: datetime) -> WishThanks:
    """A second person has read the thanks and shows them. Harmless twice.

    Raises RuleBroken without the wisher's consent, for whoever wrote them down, and for whoever was thanked.
    """
    by.require(Permission.WISH_EDIT, thanks.path)
    wish = lock_wish(thanks.wish_id)
    row = WishThanks.objects.select_for_update(of=("self",)).get(pk=thanks.pk)
    if row.published_at is not None:
        return row
    if not row.consents.filter(withdrawn_at=None).exists():
        raise RuleBroken(_("The wisher has not agreed that others read this."), code="no_consent")
    thanked = frozenset(WishClaim.objects.filter(wish=wish).values_list("member_id", flat=True))
    rules.check_own_hands(member_id=by.member_id, claimers=thanked)
    rules.check_second_reader(written_by=row.written_by, reader=by.user_id)
    publication.check_publishable("words", row.words, names=[wish.asker.name])
    row.published_at, row.published_by = now, by.user_id
    row.save(update_fields=["published_at", "published_by"])
    audit.record(Tag.WISH_THANKS_PUBLISH, by=by, on=wish, now=now)
    return row


@transaction.atomic
def withdraw_consent(*, asker: WishAsker, by: Actor, now: datetime) -> int:
    """The wisher no longer wants his thanks shown: gone from every page at once. Returns how many were withdrawn."""
    row = lock_wish(asker.wish_id)
    rows = ThanksConsent.objects.filter(thanks__wish=row, withdrawn_at=None)
    count = rows.update(withdrawn_at=now, withdrawn_by=by.user_id)
    if count:
        audit.record(Tag.WISH_THANKS_WITHDRAW, by=by, on=row, now=now)
    return count
