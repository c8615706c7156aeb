"""报到: slips are handed in at the desk, by phone without an account, or lie ready for a launch day."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.text import clean_name
from guangcai.members import keys, rules
from guangcai.members.commands.consent import check_notice
from guangcai.members.enums import Channel
from guangcai.members.models import Member, ReportIn, UnitReceipt
from guangcai.members.names import fit_name
from guangcai.members.slips import SlipForm
from guangcai.orgs.enums import Level
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node


@transaction.atomic
def report_in_submit(
    *,
    community: Node,
    form: SlipForm,
    channel: Channel,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
    member: Member | None = None,
) -> ReportIn:
    """Hand in one slip to `community`; it waits there until it is accepted or declined.

    By phone anybody may, without an account, and agrees to the notice himself; other channels are the desk's.
    A slip of the same phone that waits here already is returned: nobody learns anything by sending twice. One that
    was laid ready takes over what its own member says, and nothing under another name.
    Raises RuleBroken(field); Conflict for an id that was sent with other content.
    """
    if channel != Channel.PHONE:
        by.require(Permission.REPORT_IN_ACCEPT, community.path)
    _check_form(form, community, channel)
    phone_index = keys.phone_key(normalise(form.phone, field="phone")) if form.phone else ""
    if sent_before := already(ReportIn, id, community_id=community.pk, phone_index=phone_index):
        if not _is_the_same(sent_before, form):
            raise other_content()
        return sent_before
    waiting = ReportIn.objects.waiting().filter(community=community, phone_index=phone_index)
    if phone_index and (slip := waiting.select_related("member").first()):
        return _fill_ready(slip, form, now=now)
    slip = ReportIn(id=id or new_id(), **of_community(community), member=member, channel=channel)
    slip.form, slip.phone_index = form.sealed_text(), phone_index
    slip.submitted_at, slip.submitted_by = now, by.user_id
    try:
        with transaction.atomic():
            slip.save(force_insert=True)
    except IntegrityError:
        # The same phone pressed the button twice: the first press made the slip.
        return waiting.get()
    audit.record(Tag.REPORT_IN_SUBMIT, by=by, on=slip, now=now, channel=str(channel))
    return slip


@transaction.atomic
def expect_members(*, community: Node, members: Iterable[Member], by: Actor, now: datetime) -> int:
    """Lay a slip ready for each of `members` who lives nowhere yet: the list of a launch day. Returns how many are new.

    Accepting is then one tap. Two queries however many there are; twice adds nothing.
    """
    by.require(Permission.REPORT_IN_ACCEPT, community.path)
    expected = [member for member in members if member.is_current and member.community_id != community.pk]
    waiting = ReportIn.objects.waiting().filter(community=community)
    known = set(waiting.values_list("member_id", flat=True))
    phones = set(waiting.exclude(phone_index="").values_list("phone_index", flat=True))
    slips = []
    for member in expected:
        if member.pk in known or member.phone_index in phones:
            continue
        phones.update([member.phone_index] if member.phone_index else [])
        slips.append(_ready_slip(member, community, by=by, now=now))
    ReportIn.objects.bulk_create(slips, ignore_conflicts=True, batch_size=2000)
    if slips:
        audit.record(Tag.REPORT_IN_EXPECT, by=by, now=now, path=community.path, count=len(slips))
    return len(slips)


@transaction.atomic
def decline_report_in(*, report_in: ReportIn, reason: str, by: Actor, now: datetime) -> ReportIn:
    """Send a slip back with a reason; what was typed on it is forgotten. Twice is harmless.

    Raises Conflict when a colleague has accepted it.
    """
    by.require(Permission.REPORT_IN_ACCEPT, report_in.path)
    reason = rules.check_reason(reason)
    slip = ReportIn.objects.select_for_update(of=["self"]).get(pk=report_in.pk)
    if slip.is_accepted is False:
        return slip
    rules.check_undecided(is_accepted=slip.is_accepted)
    slip.decided_at, slip.decided_by, slip.is_accepted = now, by.user_id, False
    slip.decline_reason, slip.form = reason, ""
    slip.save(update_fields=["decided_at", "decided_by", "is_accepted", "decline_reason", "form"])
    audit.record(Tag.REPORT_IN_DECLINE, by=by, on=slip, now=now)
    return slip


@transaction.atomic
def read_receipts(*, receipts: Iterable[UUID], by: Actor, now: datetime) -> int:
    """The liaison has seen these receipts; returns how many were new to him. Foreign ones are left alone."""
    unread = UnitReceipt.objects.visible_to(by).unread().filter(pk__in=list(receipts))
    read = unread.update(read_at=now, read_by=by.user_id)
    if read:
        audit.record(Tag.RECEIPT_READ, by=by, now=now, count=read)
    return read


def _is_the_same(slip: ReportIn, form: SlipForm) -> bool:
    """Whether a slip was sent with this content. Once decided it keeps no form, and its member's name speaks for it."""
    if slip.form:
        return SlipForm.from_text(slip.form).says_the_same_as(form)
    return slip.member is None or slip.member.name == clean_name(form.name)


def _fill_ready(slip: ReportIn, form: SlipForm, *, now: datetime) -> ReportIn:
    """What the member of a ready slip typed himself: consent, wishes, building."""
    if slip.member and not slip.form and clean_name(form.name) == slip.member.name:
        slip.form, slip.submitted_at = form.sealed_text(), now
        slip.save(update_fields=["form", "submitted_at"])
    return slip


def _ready_slip(member: Member, community: Node, *, by: Actor, now: datetime) -> ReportIn:
    return ReportIn(
        id=new_id(),
        **of_community(community),
        member=member,
        channel=Channel.LAUNCH_DAY,
        phone_index=member.phone_index,
        submitted_at=now,
        submitted_by=by.user_id,
    )


def _check_form(form: SlipForm, community: Node, channel: Channel) -> None:
    if community.level != Level.COMMUNITY or community.valid_to is not None:
        raise RuleBroken(_("Report in to a community."), field="community", code="not_a_community")
    fit_name(form.name)
    if channel == Channel.PHONE:
        normalise(form.phone, field="phone")
        check_notice(form.notice)
