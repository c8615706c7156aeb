"""Mobile members: registered, kept in contact with, ended. The formal relation is transferred elsewhere."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.members import rules
from guangcai.members.commands.contact import note_contacts
from guangcai.members.enums import ContactWay, MobileDirection, MobileEnd
from guangcai.members.models import Member, MobileContact, MobileRegistration
from guangcai.orgs.enums import PartyLevel
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import PartyOrganisation


@transaction.atomic
def register_mobile(
    *,
    member: Member,
    direction: MobileDirection,
    elsewhere: str,
    by: Actor,
    now: datetime,
    since: date,
    expected_until: date | None = None,
    branch: PartyOrganisation | None = None,
) -> MobileRegistration:
    """The member is away, or is here without a transfer, from `since` on, for half a year or longer (A91, A92).

    The same once more (direction and day): that registration. Raises RuleBroken(field).
    """
    by.require(Permission.ROSTER_EDIT, member.path)
    member = Member.objects.select_for_update(of=["self"]).get(pk=member.pk)
    before = MobileRegistration.objects.filter(member=member, direction=direction, ended_on=None).first()
    if before and before.since == since:
        return before
    _check_member(member, before)
    rules.check_mobile_days(since=since, expected_until=expected_until, today=localdate(now))
    if branch and branch.level != PartyLevel.MOBILE_BRANCH:
        raise RuleBroken(_("Choose a mobile branch."), field="branch", code="not_mobile_branch")
    assert member.community is not None
    row = MobileRegistration.objects.create(
        **of_community(member.community),
        member=member,
        direction=direction,
        since=since,
        expected_until=expected_until,
        elsewhere=elsewhere.strip(),
        branch=branch,
        registered_at=now,
        registered_by=by.user_id,
    )
    audit.record(Tag.MOBILE_REGISTER, by=by, on=row, now=now, member=str(member.pk), direction=str(direction))
    return row


@transaction.atomic
def note_contact(
    *, registration: MobileRegistration, on: date, way: ContactWay, by: Actor, now: datetime
) -> MobileContact:
    """Somebody was in contact with him on `on`. The same day in the same way is one contact.

    He is no hidden member from that day on. Raises RuleBroken(field="on"), Conflict for one that has ended.
    """
    row = _locked(registration, by=by)
    if row.ended_on:
        raise Conflict(_("This registration has ended."), code="mobile_ended")
    rules.check_contact_day(on=on, since=row.since, today=localdate(now))
    contact, is_new = MobileContact.objects.get_or_create(
        district_code=row.district_code,
        registration=row,
        on=on,
        way=way,
        defaults={"community_id": row.community_id, "path": row.path, "noted_at": now, "noted_by": by.user_id},
    )
    if is_new:
        note_contacts(members=[row.member_id], on=on)
        audit.record(Tag.MOBILE_CONTACT, by=by, on=row, now=now, member=str(row.member_id), way=str(way))
    return contact


@transaction.atomic
def end_mobile(
    *, registration: MobileRegistration, reason: MobileEnd, by: Actor, now: datetime, on: date | None = None
) -> MobileRegistration:
    """He is mobile no longer since `on` (today): back, transferred, moved on, or lost. Ended stays ended."""
    row = _locked(registration, by=by)
    if row.ended_on:
        return row
    on = on or localdate(now)
    rules.check_contact_day(on=on, since=row.since, today=localdate(now))
    row.ended_on, row.ended_by, row.end_reason = on, by.user_id, reason
    row.save(update_fields=["ended_on", "ended_by", "end_reason"])
    audit.record(Tag.MOBILE_END, by=by, on=row, now=now, member=str(row.member_id), reason=str(reason))
    return row


def _check_member(member: Member, before: MobileRegistration | None) -> None:
    if not member.is_current:
        raise Conflict(_("This member has left the roster."), code="member_ended")
    if member.community_id is None:
        raise RuleBroken(_("Not reported in here yet: accept his slip first."), code="no_community")
    if before:
        raise RuleBroken(
            _("Registered since %(day)s already: end that first.") % {"day": before.since.isoformat()},
            field="direction",
            code="mobile_registered",
        )


def _locked(registration: MobileRegistration, *, by: Actor) -> MobileRegistration:
    """The locked row, after asking whether `by` keeps the roster where the member is."""
    by.require(Permission.ROSTER_EDIT, registration.member.path)
    return MobileRegistration.objects.select_for_update(of=["self"]).get(pk=registration.pk)
