"""What is planned: activities and their recruitment notice, published and called off."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guangcai.activities import hooks, rules
from guangcai.activities.commands.telling import tell_signed_up
from guangcai.activities.enums import ActivityKind, CancelReason, Occasion
from guangcai.activities.models import Activity, ActivityTemplate, RequiredSkill, Shift
from guangcai.activities.queries.matters import KIND
from guangcai.activities.queries.notices import notice_text, refused_title_words
from guangcai.core import audit, matters
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.models import ServiceKind, SkillKind
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node, PartyOrganisation


@dataclass(frozen=True)
class ActivityText:
    """What the notice of an activity says, besides time and number."""

    title: str
    kind: str = ActivityKind.SERVICE
    service_kind: ServiceKind | None = None
    place: str = ""
    content: str = ""
    conditions: str = ""
    sign_up_method: str = ""
    risk_note: str = ""
    guarantee: str = ""
    minimum_age: int | None = None
    is_deed: bool = False
    lead_name: str = ""
    insurance_ref: str = ""
    held_by: PartyOrganisation | None = None

    def columns(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@transaction.atomic
def add_activity(
    *,
    community: Node,
    text: ActivityText,
    by: Actor,
    now: datetime,
    template: ActivityTemplate | None = None,
    skills: Iterable[SkillKind] = (),
    matter: UUID | None = None,
    id: UUID | None = None,
) -> Activity:
    """Prepare an activity of a community; nobody outside the desk sees it before it is published.

    matter: the proposal it is held for (core.matters). id: the client's key; sent again with the same title it is the
    same activity.
    Raises RuleBroken(field="title"); Forbidden or OutOfScope.
    """
    by.require(Permission.ACTIVITY_EDIT, community.path)
    if found := already(Activity, id, title=text.title, community_id=community.pk):
        matters.check_same(matter, kind=KIND, target=found.pk)
        return found
    rules.check_title(text.title, refused_words=refused_title_words())
    activity = Activity.objects.create(
        **of_community(community),
        **text.columns(),
        id=id or new_id(),
        template=template,
        lead_id=by.user_id,
        created_at=now,
        created_by=by.user_id,
    )
    RequiredSkill.objects.bulk_create(RequiredSkill(activity=activity, skill=skill) for skill in skills)
    audit.record(Tag.ACTIVITY_ADD, by=by, on=activity, now=now)
    matters.put(matter, kind=KIND, target=activity.pk, words=activity.title, by=by, now=now)
    return activity


@transaction.atomic
def change_activity(
    *, activity: Activity, text: ActivityText, by: Actor, now: datetime, skills: Iterable[SkillKind] | None = None
) -> Activity:
    """Change the notice. Once published it stays complete, and whoever signed up is told when the place changes."""
    by.require(Permission.ACTIVITY_EDIT, activity.path)
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    _check_not_cancelled(activity)
    old_place = activity.place
    if activity.published_at is not None and text.kind != activity.kind:
        raise RuleBroken(_("The kind of a published activity stays."), field="kind", code="kind_fixed")
    for name, value in text.columns().items():
        setattr(activity, name, value)
    if activity.published_at is not None:
        rules.check_publishable(notice_text(activity, now=now, has_shift=True), refused_words=refused_title_words())
    rules.check_title(text.title, refused_words=refused_title_words())
    activity.save()
    if skills is not None:
        activity.required_skills.all().delete()
        RequiredSkill.objects.bulk_create(RequiredSkill(activity=activity, skill=skill) for skill in skills)
    audit.record(Tag.ACTIVITY_CHANGE, by=by, on=activity, now=now)
    if activity.place != old_place and activity.published_at is not None:
        for shift in _shifts_to_come(activity, now):
            tell_signed_up(shift=shift, occasion=Occasion.CHANGED, now=now)
    return activity


@transaction.atomic
def publish_activity(*, activity: Activity, by: Actor, now: datetime) -> Activity:
    """Show the notice to the members of the community, who can sign up from now on. Harmless twice.

    Raises RuleBroken(field) for the first of the eight items that is missing (GB/T 40143-2021 6.1, Order 685 art 12).
    """
    by.require(Permission.ACTIVITY_EDIT, activity.path)
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    _check_not_cancelled(activity)
    if activity.published_at is not None:
        return activity
    rules.check_publishable(notice_text(activity, now=now), refused_words=refused_title_words())
    activity.published_at, activity.published_by = now, by.user_id
    activity.save(update_fields=["published_at", "published_by"])
    audit.record(Tag.ACTIVITY_PUBLISH, by=by, on=activity, now=now)
    return activity


@transaction.atomic
def cancel_activity(*, activity: Activity, reason: str, by: Actor, now: datetime, note: str = "") -> Activity:
    """Call the activity off with every shift to come, and tell everybody who signed up. Harmless twice."""
    by.require(Permission.ACTIVITY_EDIT, activity.path)
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    if activity.cancelled_at is not None:
        return activity
    if reason not in CancelReason.values:
        raise RuleBroken(_("Choose a reason."), field="reason", code="reason_missing")
    activity.cancelled_at, activity.cancelled_by = now, by.user_id
    activity.cancel_reason, activity.cancel_note = reason, note
    activity.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason", "cancel_note"])
    for shift in _shifts_to_come(activity, now):
        shift.cancelled_at, shift.cancelled_by = now, by.user_id
        shift.cancel_reason, shift.cancel_note = reason, note
        shift.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason", "cancel_note"])
        tell_signed_up(shift=shift, occasion=Occasion.CANCELLED, now=now)
        hooks.called_off(shift, by=by, now=now)
    audit.record(Tag.ACTIVITY_CANCEL, by=by, on=activity, now=now, reason=reason)
    return activity


def _check_not_cancelled(activity: Activity) -> None:
    if activity.cancelled_at is not None:
        raise RuleBroken(_("This activity was called off."), code="cancelled")


def _shifts_to_come(activity: Activity, now: datetime) -> list[Shift]:
    shifts = activity.shifts.planned().filter(starts_at__gt=now).select_related("community")
    return list(shifts.select_for_update(of=("self",)).order_by("pk"))
