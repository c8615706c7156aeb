"""The year's activities as notices with their shifts: from templates, published on launch day, running past today."""

from datetime import date, timedelta
from typing import Any

from guangcai.activities.commands import (
    ActivityText,
    Repeat,
    add_activity,
    add_series,
    add_shift,
    extend_series,
    publish_activity,
)
from guangcai.activities.models import Activity, ActivityTemplate
from guangcai.demo.content import year
from guangcai.demo.stage import Stage, fixed_id

RUNS_ON = timedelta(days=28)
A_YEAR = timedelta(days=364)
OPENS, CLOSES = 8, 20


def plan_year(stage: Stage) -> None:
    """One activity per plan and community, with all its shifts."""
    templates = {template.title: template for template in ActivityTemplate.objects.select_related("service_kind")}
    for plan in year()["plans"]:
        for community in plan["communities"]:
            activity = _notice(stage, plan, community, templates[plan["template"]])
            _dates(stage, plan, activity)
            when = _planned_at(stage, plan)
            publish_activity(activity=activity, by=stage.actor(f"desk:{community}"), now=when)


def _planned_at(stage: Stage, plan: dict[str, Any]) -> Any:
    """Shown since launch day; what is new, for a week."""
    is_new = plan.get("from_today") or "in_days" in plan
    return stage.at(stage.today - timedelta(days=7) if is_new else stage.launch, "10:00")


def _notice(stage: Stage, plan: dict[str, Any], community: str, template: ActivityTemplate) -> Activity:
    words = year()
    lead = stage.users[f"desk:{community}"].name
    text = ActivityText(
        title=plan.get("title", template.title),
        kind=template.kind,
        service_kind=template.service_kind,
        place=plan.get("place", words["place"]).format(community=community),
        content=template.content,
        conditions=template.conditions,
        sign_up_method=template.sign_up_method,
        risk_note=template.risk_note,
        guarantee=template.guarantee,
        minimum_age=template.minimum_age,
        is_deed=plan.get("is_deed", False),
        lead_name=words["lead"].format(name=lead),
        insurance_ref=words["insurance"],
    )
    return add_activity(
        id=fixed_id("activity", plan["key"], community),
        community=stage.nodes[community],
        text=text,
        template=template,
        by=stage.actor(f"desk:{community}"),
        now=_planned_at(stage, plan),
    )


def _dates(stage: Stage, plan: dict[str, Any], activity: Activity) -> None:
    if "rule" in plan:
        _series(stage, plan, activity)
        return
    day = stage.launch + timedelta(days=plan["after_launch"]) if "after_launch" in plan else None
    day = day or stage.today + timedelta(days=plan["in_days"])
    starts_at = stage.planned(day, plan["start"] if plan["start"] != "now" else soon(stage))
    add_shift(
        id=fixed_id("shift", plan["key"], activity.community_id),
        activity=activity,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=plan["minutes"]),
        places=plan["places"],
        by=stage.actor(f"desk:{activity.community.name}"),
        now=_planned_at(stage, plan),
    )


def soon(stage: Stage) -> str:
    """A shift that is going on as the demo is loaded, within the hours at which people meet."""
    hour = stage.now.astimezone(stage.planned(stage.today, "00:00").tzinfo).hour
    return f"{min(max(hour, OPENS), CLOSES):02d}:00"


def _first_day(stage: Stage, plan: dict[str, Any]) -> date:
    if plan.get("from_today"):
        return stage.today + timedelta(days=1)
    if "since_days" in plan:
        return stage.today - timedelta(days=plan["since_days"])
    return stage.launch + timedelta(days=3)


def _series(stage: Stage, plan: dict[str, Any], activity: Activity) -> None:
    by, now = stage.actor(f"desk:{activity.community.name}"), _planned_at(stage, plan)
    first = _first_day(stage, plan)
    last = stage.today + RUNS_ON
    series = add_series(
        id=fixed_id("series", plan["key"], activity.community_id),
        activity=activity,
        repeat=Repeat(
            rule=plan["rule"],
            starts_on=first,
            ends_on=min(last, first + A_YEAR),
            start_time=stage.planned(first, plan["start"]).timetz().replace(tzinfo=None),
            minutes=plan["minutes"],
            places=plan["places"],
            either=plan.get("either", False),
        ),
        by=by,
        now=now,
    )
    extend_series(series=series, ends_on=last, by=by, now=stage.at(stage.today - timedelta(days=7), "10:00"))
