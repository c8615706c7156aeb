"""Activities, series and shifts: published, changed, called off, and who is told."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from guangcai.activities import commands, notices
from guangcai.activities.enums import HolidayRule, Occasion
from guangcai.activities.models import Activity, ActivityTemplate, Series, Shift, ShiftNotice, SignUp
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.members.models import ServiceKind
from tests.activities.conftest import text
from tests.cast import Cast


def tags() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("tag", flat=True))


def repeat(**other: Any) -> commands.Repeat:
    values: dict[str, Any] = {
        "rule": "FREQ=WEEKLY;BYDAY=TH",
        "starts_on": date(2026, 11, 21),
        "ends_on": date(2026, 12, 31),
        "start_time": time(14, 0),
        "minutes": 120,
        "places": 4,
    }
    return commands.Repeat(**(values | other))


def test_an_activity_is_prepared_once(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    first = commands.add_activity(community=cast.nanyuan, text=text(), by=desk, now=now, id=key)
    again = commands.add_activity(community=cast.nanyuan, text=text(), by=desk, now=now, id=key)
    assert again == first
    assert (Activity.objects.count(), tags()) == (1, ["activities:activity:add"])
    with pytest.raises(Conflict):
        commands.add_activity(community=cast.nanyuan, text=text(title="别的"), by=desk, now=now, id=key)


def test_who_may_prepare(cast: Cast, now: datetime) -> None:
    for who, refusal in [("desk_next_door", OutOfScope), ("overseer", Forbidden), ("member", Forbidden)]:
        with pytest.raises(refusal):
            commands.add_activity(community=cast.nanyuan, text=text(), by=cast.actor(who), now=now)


@pytest.mark.parametrize(
    "item", ["place", "content", "conditions", "sign_up_method", "risk_note", "guarantee", "lead_name"]
)
def test_nothing_is_published_without(item: str, make_activity: Any, desk: Actor, now: datetime) -> None:
    activity = make_activity(**{item: " "})
    add_shift(activity, desk, now)
    with pytest.raises(RuleBroken) as refused:
        commands.publish_activity(activity=activity, by=desk, now=now)
    assert (refused.value.field, refused.value.code) == (item, f"missing_{item}")


def add_shift(activity: Activity, by: Actor, now: datetime, **other: Any) -> Shift:
    values: dict[str, Any] = {"starts_at": now + timedelta(days=2), "ends_at": now + timedelta(days=2, hours=2)}
    return commands.add_shift(activity=activity, places=5, by=by, now=now, **(values | other))


def test_nothing_is_published_without_time_kind_or_honest_title(make_activity: Any, desk: Actor, now: datetime) -> None:
    activity = make_activity(service_kind=None)
    with pytest.raises(RuleBroken):
        commands.publish_activity(activity=activity, by=desk, now=now)
    add_shift(activity, desk, now)
    with pytest.raises(RuleBroken) as refused:
        commands.publish_activity(activity=activity, by=desk, now=now)
    assert refused.value.field == "service_kind"
    with pytest.raises(RuleBroken) as refused:
        make_activity(title="十月补录")
    assert refused.value.code == "title_refused"


def test_published_once(make_activity: Any, desk: Actor, now: datetime) -> None:
    activity = make_activity()
    add_shift(activity, desk, now)
    published = commands.publish_activity(activity=activity, by=desk, now=now)
    again = commands.publish_activity(activity=activity, by=desk, now=now + timedelta(hours=1))
    assert (published.published_at, again.published_at) == (now, now)
    assert tags().count("activities:activity:publish") == 1


def test_a_published_notice_stays_whole(make_shift: Any, desk: Actor, now: datetime) -> None:
    activity = make_shift().activity
    with pytest.raises(RuleBroken) as refused:
        commands.change_activity(activity=activity, text=text(risk_note=""), by=desk, now=now)
    assert refused.value.field == "risk_note"
    with pytest.raises(RuleBroken) as refused:
        commands.change_activity(activity=activity, text=text(kind="study"), by=desk, now=now)
    assert refused.value.field == "kind"


def test_series_makes_its_shifts_once(make_activity: Any, desk: Actor, now: datetime) -> None:
    activity, key = make_activity(), new_id()
    series = commands.add_series(activity=activity, repeat=repeat(), by=desk, now=now, id=key)
    commands.add_series(activity=activity, repeat=repeat(), by=desk, now=now, id=key)
    assert Series.objects.count() == 1
    starts = [s.starts_at.astimezone().isoformat()[:10] for s in series.shifts.order_by("starts_at")]
    assert starts == ["2026-11-26", "2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24", "2026-12-31"]
    assert len({bytes(s.code_key) for s in series.shifts.all()}) == 6


def test_extending_leaves_moved_shifts_alone(make_activity: Any, desk: Actor, now: datetime) -> None:
    series = commands.add_series(activity=make_activity(), repeat=repeat(), by=desk, now=now)
    moved = series.shifts.order_by("starts_at")[0]
    commands.change_shift(
        shift=moved,
        starts_at=moved.starts_at + timedelta(hours=1),
        ends_at=moved.ends_at + timedelta(hours=1),
        places=4,
        by=desk,
        now=now,
    )
    assert commands.extend_series(series=series, ends_on=date(2027, 1, 31), by=desk, now=now) == 4
    assert commands.extend_series(series=series, ends_on=date(2027, 1, 31), by=desk, now=now) == 0
    assert series.shifts.count() == 10


def test_saturday_or_sunday(make_activity: Any, desk: Actor, now: datetime) -> None:
    series = commands.add_series(
        activity=make_activity(),
        repeat=repeat(
            rule="FREQ=WEEKLY;BYDAY=SA,SU", either=True, on_holiday=HolidayRule.KEEP, ends_on=date(2026, 11, 29)
        ),
        by=desk,
        now=now,
    )
    groups = list(series.shifts.order_by("starts_at").values_list("alternative_group", flat=True))
    assert len(groups) == 4
    assert len(set(groups)) == 2


def test_a_series_without_a_date_is_refused(make_activity: Any, desk: Actor, now: datetime) -> None:
    with pytest.raises(RuleBroken) as refused:
        commands.add_series(activity=make_activity(), repeat=repeat(ends_on=date(2026, 11, 22)), by=desk, now=now)
    assert refused.value.code == "no_date"


def test_shift_times(make_activity: Any, desk: Actor, now: datetime) -> None:
    activity = make_activity()
    for other, code in [
        ({"ends_at": now}, "shift_backwards"),
        ({"ends_at": now + timedelta(days=3)}, "shift_too_long"),
        ({"starts_at": now - timedelta(days=800)}, "shift_far"),
        ({"starts_at": now + timedelta(days=800)}, "shift_far"),
    ]:
        with pytest.raises(RuleBroken) as refused:
            add_shift(activity, desk, now, **other)
        assert refused.value.code == code


def test_people_are_told_of_a_change_once_and_of_the_end(
    cast: Cast, make_shift: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    shift = make_shift()
    (member, actor), *_ = neighbours(1)
    commands.sign_up(shift=shift, member=member, by=actor, now=now)
    for hours in (1, 2):
        commands.change_shift(
            shift=shift,
            starts_at=shift.starts_at + timedelta(hours=hours),
            ends_at=shift.ends_at + timedelta(hours=hours),
            places=10,
            by=desk,
            now=now,
        )
    commands.cancel_shift(shift=shift, reason="weather", note="有雨", by=desk, now=now)
    commands.cancel_shift(shift=shift, reason="weather", by=desk, now=now)
    told = list(ShiftNotice.objects.order_by("told_at", "id").select_related("shift__activity"))
    assert [row.occasion for row in told] == ["changed", "cancelled"]
    assert "有雨" in notices.text_of(told[1])
    sent = Outbox.objects.order_by("created_at", "id")
    assert [(row.recipient, row.template) for row in sent] == [
        (actor.user_id, "activities.shift.changed"),
        (actor.user_id, "activities.shift.cancelled"),
    ]
    assert sent[0].parameters["title"] == shift.activity.title


def test_reminded_once(make_shift: Any, neighbours: Any, now: datetime) -> None:
    shift = make_shift(starts_in=timedelta(hours=20))
    (member, actor), *_ = neighbours(1)
    commands.sign_up(shift=shift, member=member, by=actor, now=now)
    assert commands.remind(by=Actor.system(), now=now) == 1
    assert commands.remind(by=Actor.system(), now=now) == 0
    assert ShiftNotice.objects.get().occasion == Occasion.BEFORE
    assert commands.mark_notices_seen(by=actor, now=now) == 1
    with pytest.raises(OutOfScope):
        commands.remind(by=actor, now=now)


def test_cancelling_the_activity_calls_off_what_is_to_come(
    make_shift: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    shift = make_shift()
    (member, actor), *_ = neighbours(1)
    commands.sign_up(shift=shift, member=member, by=actor, now=now)
    activity = commands.cancel_activity(activity=shift.activity, reason="place", by=desk, now=now)
    shift.refresh_from_db()
    assert (activity.cancelled_at, shift.cancelled_at, shift.cancel_reason) == (now, now, "place")
    assert ShiftNotice.objects.get().occasion == Occasion.CANCELLED
    with pytest.raises(RuleBroken):
        add_shift(activity, desk, now)


def test_fewer_places_than_people(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift(places=3)
    people = neighbours(3)
    rows = [commands.sign_up(shift=shift, member=m, by=a, now=now) for m, a in people]
    same = {"starts_at": shift.starts_at, "ends_at": shift.ends_at, "by": desk, "now": now}
    with pytest.raises(RuleBroken) as refused:
        commands.change_shift(shift=shift, places=2, **same)
    assert refused.value.field == "places"
    commands.cancel_sign_up(sign_up=rows[0], by=people[0][1], now=now)
    commands.change_shift(shift=shift, places=2, **same)
    assert sorted(SignUp.objects.placed().values_list("place_no", flat=True)) == [1, 2]


def test_more_places_move_the_waiting_list(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift(places=1)
    for member, actor in neighbours(3):
        commands.sign_up(shift=shift, member=member, by=actor, now=now, wait=True)
    commands.change_shift(shift=shift, starts_at=shift.starts_at, ends_at=shift.ends_at, places=2, by=desk, now=now)
    assert sorted(row.place_no or 0 for row in SignUp.objects.all()) == [0, 1, 2]


def test_templates_load_once(cast: Cast, now: datetime) -> None:
    by = Actor.system()
    for code in ("cleaning", "publicity", "public_order", "reception", "proxy_parent", "aid"):
        ServiceKind.objects.get_or_create(code=code, defaults={"name": code})
    loaded = commands.load_templates(node=cast.district, by=by, now=now)
    assert loaded == ActivityTemplate.objects.count() >= 10
    assert commands.load_templates(node=cast.district, by=by, now=now) == 0
    for template in ActivityTemplate.objects.all():
        assert all((template.risk_note, template.guarantee, template.conditions, template.sign_up_method))
        assert (template.kind == "service") == (template.service_kind_id is not None)


Factory = Callable[..., Shift]
