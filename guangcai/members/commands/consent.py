"""Consent to the privacy notice: given by version, withdrawn at any time; both stay on record (Order 67 art 6)."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.members.models import Consent, Member, PrivacyNotice


def notice_in_force(now: datetime) -> PrivacyNotice:
    """The newest notice that holds today. Raises LookupError without one: asking for no consent would be a fault."""
    notice = PrivacyNotice.objects.filter(since__lte=localdate(now)).order_by("-since").first()
    if notice is None:
        raise LookupError("no privacy notice is in force")
    return notice


@transaction.atomic
def give_consent(
    *, member: Member, by: Actor, now: datetime, version: str = "", given_at: datetime | None = None
) -> Consent:
    """Note that the member agreed to the notice `version` (the one in force); given already: that consent.

    By himself, or by the desk that heard him say so. Raises RuleBroken(field="notice") for an unknown version.
    """
    _require_own_or_desk(member, by=by)
    member = Member.objects.select_for_update(of=["self"]).get(pk=member.pk)
    notice = _notice(version) if version else notice_in_force(now)
    given = Consent.objects.filter(member=member, notice=notice, withdrawn_at=None).first()
    if given:
        return given
    consent = Consent.objects.create(
        member=member,
        notice=notice,
        given_at=given_at or now,
        given_by=by.user_id,
        district_code=member.district_code,
    )
    audit.record(Tag.CONSENT_GIVE, by=by, on=consent, now=now, path=member.path, member=str(member.pk))
    return consent


@transaction.atomic
def withdraw_consent(*, member: Member, by: Actor, now: datetime) -> int:
    """Withdraw every consent of the member; returns how many. What he served stays, by law."""
    _require_own_or_desk(member, by=by)
    Member.objects.select_for_update(of=["self"]).get(pk=member.pk)
    consents = list(Consent.objects.filter(member=member, withdrawn_at=None))
    for consent in consents:
        consent.withdrawn_at, consent.withdrawn_by = now, by.user_id
        consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record(Tag.CONSENT_WITHDRAW, by=by, on=consent, now=now, path=member.path, member=str(member.pk))
    return len(consents)


def check_notice(version: str) -> None:
    """Raises RuleBroken(field="notice") for a version that never was."""
    _notice(version)


def _notice(version: str) -> PrivacyNotice:
    notice = PrivacyNotice.objects.filter(version=version).first()
    if notice is None:
        raise RuleBroken(_("Read the privacy notice and agree to it."), field="notice", code="notice_missing")
    return notice


def _require_own_or_desk(member: Member, *, by: Actor) -> None:
    if by.member_id != member.pk:
        by.require(Permission.ROSTER_EDIT, member.path)
