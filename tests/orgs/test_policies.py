"""Rules as dated rows: the nearest owner wins, nothing is overwritten, and a missing rule is a fault."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.core.scoping import covers
from guangcai.orgs import commands
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.forms.policies import FIELDS, PolicyForm
from guangcai.orgs.models import Policy
from guangcai.orgs.policies import SHAPES, AnnualDuty, SampleShare, check_value, in_force_at
from guangcai.orgs.queries import rules_at
from tests.cast import POLICIES

ON = date(2026, 11, 20)


@pytest.fixture
def by(cast):
    return cast.actor("administrator")


def share(cast, by, node, percent, since, source="区文件"):
    return commands.set_policy(
        node=node,
        key=PolicyKey.SAMPLE_SHARE,
        value={"percent": percent},
        since=since,
        source=source,
        by=by,
        now=cast.now,
    )


def windows(node):
    rows = Policy.objects.filter(node=node, key=PolicyKey.SAMPLE_SHARE).order_by("since")
    return [(row.value["percent"], row.since, row.until) for row in rows]


def test_a_new_rule_closes_the_former_one(cast, by):
    share(cast, by, cast.district, 7, date(2026, 1, 1))
    share(cast, by, cast.district, 9, date(2027, 1, 1))
    # One in between is bounded by the later one.
    share(cast, by, cast.district, 8, date(2026, 7, 1))
    assert windows(cast.district) == [
        (5, date(2020, 1, 1), date(2026, 1, 1)),
        (7, date(2026, 1, 1), date(2026, 7, 1)),
        (8, date(2026, 7, 1), date(2027, 1, 1)),
        (9, date(2027, 1, 1), None),
    ]
    percents = [in_force_at(SampleShare, path=cast.nanyuan.path, on=day).percent for day in (date(2025, 5, 5), ON)]
    assert percents == [5, 8]


def test_the_same_rule_again_changes_nothing(cast, by):
    first = share(cast, by, cast.district, 7, date(2026, 1, 1))
    assert share(cast, by, cast.district, 7, date(2026, 1, 1)).pk == first.pk
    with pytest.raises(RuleBroken) as refused:
        share(cast, by, cast.district, 8, date(2026, 1, 1))
    assert refused.value.field == "since"
    assert AuditEvent.objects.filter(tag="orgs:policy:add").count() == 1


@pytest.mark.parametrize("value", [{}, {"percent": "5"}, {"percent": 5, "more": 1}, {"percents": 5}, {"percent": True}])
def test_a_value_of_another_shape_is_refused(cast, by, value):
    with pytest.raises(RuleBroken):
        commands.set_policy(
            node=cast.district, key=PolicyKey.SAMPLE_SHARE, value=value, since=ON, source="x", by=by, now=cast.now
        )
    with pytest.raises(RuleBroken):
        share(cast, by, cast.district, 7, ON, source=" ")


@pytest.mark.parametrize(
    ("who", "error"), [("overseer", OutOfScope), ("desk", OutOfScope), ("auditor", Forbidden), ("liaison", OutOfScope)]
)
def test_who_may_not_set_rules(cast, who, error):
    with pytest.raises(error):
        share(cast, cast.actor(who), cast.district, 7, ON)


def test_ending_brings_the_rule_above_back(cast, by):
    own = share(cast, by, cast.nanyuan, 30, date(2026, 1, 1))
    assert in_force_at(SampleShare, path=cast.nanyuan.path, on=ON).percent == 30
    assert in_force_at(SampleShare, path=cast.gongyuan.path, on=ON).percent == 5
    commands.end_policy(policy=own, by=by, now=cast.now)
    commands.end_policy(policy=own, by=by, now=cast.now)
    assert in_force_at(SampleShare, path=cast.nanyuan.path, on=ON).percent == 5
    assert AuditEvent.objects.filter(tag="orgs:policy:end").count() == 1


def test_the_last_rule_cannot_end_and_a_coming_one_is_withdrawn(cast, by):
    only = Policy.objects.get(node=cast.district, key=PolicyKey.SAMPLE_SHARE)
    with pytest.raises(RuleBroken):
        commands.end_policy(policy=only, by=by, now=cast.now)
    coming = share(cast, by, cast.district, 7, date(2027, 1, 1))
    commands.end_policy(policy=coming, by=by, now=cast.now)
    assert windows(cast.district) == [(5, date(2020, 1, 1), None)]


def test_a_missing_rule_is_a_fault(cast):
    with pytest.raises(LookupError):
        in_force_at(AnnualDuty, path=cast.nanyuan.path, on=date(2019, 12, 31))


def test_rules_do_not_overlap_in_the_database(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.create(
            key=PolicyKey.SAMPLE_SHARE,
            node=cast.district,
            path=cast.district.path,
            value={"percent": 1},
            since=ON,
            source="x",
            set_at=cast.now,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.filter(key=PolicyKey.SAMPLE_SHARE).update(until=date(2020, 1, 1))


def test_standard_rules_load_once_and_cite_their_source(cast, by):
    assert commands.load_standard_policies(node=cast.district, by=by, now=cast.now, since=ON) == []
    Policy.objects.all().delete()
    loaded = commands.load_standard_policies(node=cast.district, by=by, now=cast.now, since=date(2025, 1, 1))
    assert {row.key for row in loaded} == set(PolicyKey.values)
    assert all(row.source for row in loaded)
    assert in_force_at(AnnualDuty, path=cast.nanyuan.path, on=ON) == AnnualDuty(minutes=960, deeds=12)
    assert commands.load_standard_policies(node=cast.district, by=by, now=cast.now, since=ON) == []


@pytest.mark.parametrize(
    ("key", "change", "field"),
    [
        (PolicyKey.MATCH_PLACE, {"building": 900}, "stairwell"),
        (PolicyKey.VISIT_RHYTHM, {"general_days": 6}, "high_days"),
        (PolicyKey.CASE_RATES, {"solution": 36}, "response"),
        (PolicyKey.MEDIATION_VISITS, {"first_days": 30}, "second_days"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused_with_a_sentence(cast, by, key, change, field):
    with pytest.raises(RuleBroken) as refused:
        commands.set_policy(
            node=cast.district, key=key, value=POLICIES[key] | change, since=ON, source="区文件", by=by, now=cast.now
        )
    assert refused.value.field == field
    assert Policy.objects.filter(key=key).count() == 1


def test_every_rule_has_a_shape_a_form_and_words(cast, queries):
    assert set(SHAPES) == set(PolicyKey) == set(FIELDS)
    typed = {"minutes": "16", "deeds": "12", "working_days": "10", "hours": "72", "percent": "5"}
    typed |= {
        "order": "lot",
        "start": "08:30",
        "end": "17:00",
        "night_begins": "22:00",
        "night_ends": "06:00",
        "words": "会议 值班",
        "candidates": "20",
        "response": "30",
        "solution": "35",
        "satisfaction": "35",
    }
    typed["second_days"] = "30"
    typed |= {name: "4" for key in PolicyKey for name in FIELDS[key] if name not in typed}
    for key in PolicyKey:
        form = PolicyForm({"since": "2026-01-01", "source": "A43", **typed}, key=key)
        assert form.is_valid(), form.errors
        check_value(key, form.value)
    with queries() as seen:
        rules = rules_at(cast.nanyuan, on=ON)
    assert len(seen) == 1
    assert [rule.key for rule in rules] == list(PolicyKey)
    assert rules[0].now.words == "每年 16 小时、12 件实事"
    assert rules[4].now.words == "已确认记录的 5%"
    assert {rule.now.owner for rule in rules} == {"站前区"}
    assert set(POLICIES) == set(PolicyKey)


places = st.sampled_from(["district", "street", "nanyuan", "gongyuan", "other_street"])
days = st.integers(min_value=0, max_value=60).map(lambda number: date(2026, 1, 1) + timedelta(days=number))


def test_the_nearest_owner_wins_always(cast, by):
    """Against a plain reading: of the owners above a place, the deepest with a row begun by then."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(places, days), unique=True, max_size=8), places, days)
    def check(rows, asked, on):
        Policy.objects.filter(key=PolicyKey.SAMPLE_SHARE).exclude(since=date(2020, 1, 1)).delete()
        Policy.objects.filter(key=PolicyKey.SAMPLE_SHARE).update(until=None)
        values = {row: number for number, row in enumerate(rows, start=10)}
        for (place, since), percent in values.items():
            share(cast, by, cast.nodes[place], percent, since)
        path = cast.nodes[asked].path
        above = [
            (len(cast.nodes[place].path), since, percent)
            for (place, since), percent in values.items()
            if covers([cast.nodes[place].path], path) and since <= on
        ]
        expected = max(above, default=(0, None, 5))[2]
        assert in_force_at(SampleShare, path=path, on=on).percent == expected

    check()
