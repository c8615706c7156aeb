"""Activities: prepared, published, called off."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router

from guangcai.activities import commands
from guangcai.activities.models import Activity
from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.activities import (
    ActivitiesAsked,
    ActivityNew,
    ActivityPage,
    ActivityShown,
    Cancellation,
    Nothing,
)
from guangcai.api.sending import attempt, made, send_once
from guangcai.core.actor import Actor
from guangcai.core.http import ActorRequest

router = Router(tags=["activities"])
TEXT = (
    "title", "kind", "place", "content", "conditions", "sign_up_method", "risk_note", "guarantee", "minimum_age",
    "is_deed", "lead_name", "insurance_ref",
)  # fmt: skip


def _seen(actor: Actor) -> "QuerySet[Activity]":
    rows = Activity.objects.visible_to(actor).select_related("community", "service_kind")
    return rows.prefetch_related("required_skills__skill")


def _shown(activity: Activity) -> ActivityShown:
    return ActivityShown.model_validate(
        {
            **{name: getattr(activity, name) for name in ActivityShown.model_fields if name != "skills"},
            "service_kind": activity.service_kind.code if activity.service_kind else None,
            "skills": sorted(row.skill.code for row in activity.required_skills.all()),
        }
    )


@router.get("/activities", response={200: ActivityPage, **READING})
def list_activities(request: ActorRequest, asked: Query[ActivitiesAsked]) -> Any:
    """Published activities of the caller's area; for the desk also those in preparation."""
    rows = _seen(request.actor)
    if asked.community:
        rows = rows.filter(community__code=asked.community)
    return cut(rows, asked, _shown)


@router.get("/activities/{uuid:activity}", response={200: ActivityShown, **READING})
def read_activity(request: ActorRequest, activity: UUID) -> Any:
    """One activity."""
    return _shown(lookups.one(_seen(request.actor), activity))


@router.post("/activities", response={200: ActivityShown, 201: ActivityShown, **WRITING})
def add_activity(request: ActorRequest, body: ActivityNew) -> Any:
    """Prepare an activity; nobody outside the desk sees it before it is published."""
    community = lookups.community(body.community)
    kind = lookups.service_kind(body.service_kind, field="service_kind")
    skills = lookups.skills(body.skills)
    text = commands.ActivityText(service_kind=kind, **{name: getattr(body, name) for name in TEXT})
    row, known = send_once(
        Activity,
        body,
        by=request.actor,
        command=lambda: commands.add_activity(
            community=community, text=text, skills=skills, id=body.id, by=request.actor, now=timezone.now()
        ),
    )
    return made(_shown(lookups.one(_seen(request.actor), row.pk)), known=known)


@router.post("/activities/{uuid:activity}/publication", response={200: ActivityShown, **WRITING})
def publish_activity(request: ActorRequest, activity: UUID, body: Nothing) -> Any:
    """Show the notice to the members of the community. Harmless twice."""
    row = lookups.one(_seen(request.actor), activity)
    attempt(lambda: commands.publish_activity(activity=row, by=request.actor, now=timezone.now()))
    return _shown(lookups.one(_seen(request.actor), activity))


@router.post("/activities/{uuid:activity}/cancellation", response={200: ActivityShown, **WRITING})
def cancel_activity(request: ActorRequest, activity: UUID, body: Cancellation) -> Any:
    """Call it off with every shift to come, and tell everybody who signed up. Harmless twice."""
    row = lookups.one(_seen(request.actor), activity)
    reason, note = str(body.reason), body.note
    attempt(
        lambda: commands.cancel_activity(activity=row, reason=reason, note=note, by=request.actor, now=timezone.now())
    )
    return _shown(lookups.one(_seen(request.actor), activity))
