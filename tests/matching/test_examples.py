"""Small examples that a reader checks in his head."""

import ast
from pathlib import Path

import numpy as np
import pytest
from django.utils import translation

import guangcai.matching
from guangcai.matching.alternatives import alternatives
from guangcai.matching.enums import Binding, NeedKind, Origin, Reach
from guangcai.matching.left_out import LeftOut
from guangcai.matching.plan import Candidate, RefusedPin, nearest, propose
from guangcai.matching.sentences import reasons, why_left_out, why_refused
from guangcai.matching.tables import AFTERNOON, EVENING, MORNING, Member, Members, Need, Needs, Position, half_days
from guangcai.matching.weights import Limits, Weights
from tests.matching.small import HOUSEHOLD, LIMITS, WEIGHTS, problem_of, told

SKILLS = ("水电", "理发", "急救")
PLUMBING, HAIRCUT, FIRST_AID = range(3)
HOME = Position(community=1, compound=11, building=111, stairwell=1111)
NEXT_STAIRWELL = Position(community=1, compound=11, building=111, stairwell=1112)
NEXT_BUILDING = Position(community=1, compound=11, building=112)
NEXT_COMPOUND = Position(community=1, compound=12)
AWAY = Position(community=2)
SATURDAY = half_days((5, MORNING), (5, AFTERNOON), (5, EVENING))


def said(problem, need="N", member="A"):
    pair = np.array([problem.needs.ids.index(need)]), np.array([problem.members.ids.index(member)])
    with translation.override("zh-hans"):
        return next(reasons(problem, *pair, skills=SKILLS))


def binding_of(members, need, **choices):
    (left,) = propose(problem_of(members, [need], **choices)).left_out
    return left.binding


def test_the_nearest_comes_first():
    places = {"E": HOME, "D": NEXT_STAIRWELL, "C": NEXT_BUILDING, "B": NEXT_COMPOUND, "A": AWAY}
    people = [Member(name, position=place) for name, place in places.items()]
    found = nearest(problem_of(people, [Need("N", position=HOME)]), "N")
    assert found == [
        Candidate("E", 16), Candidate("D", 21), Candidate("C", 31), Candidate("B", 46), Candidate("A", 96)
    ]  # fmt: skip


def test_metres_count_where_both_sides_have_coordinates():
    by_metres = Weights(**{**WEIGHTS.__dict__, "per_100_metres": 10})
    people = [
        Member("A", position=Position(community=2, metres=(300, 400))),
        Member("B", position=Position(community=1)),
        Member("C", position=Position(community=1, metres=(0, 99_000))),
    ]
    need = Need("N", position=Position(community=1, metres=(0, 0)))
    problem = problem_of(people, [need], weights=by_metres)
    assert [(each.member, each.points - 16) for each in nearest(problem, "N")] == [("B", 30), ("A", 55), ("C", 80)]
    assert said(problem, member="A") == "相距 500 米"


def test_skill_time_load_and_hours_weigh_in():
    need = Need("N", skill=PLUMBING, wanted=SATURDAY, position=HOME)
    people = [
        Member("A", certified=frozenset([PLUMBING]), free=SATURDAY, position=HOME, missing_minutes=16 * 60),
        Member("B", skills=frozenset([PLUMBING]), position=HOME, missing_minutes=15 * 60 + 1),
        Member("C", free=half_days((0, MORNING)), position=HOME, load=2, missing_minutes=10 * 60),
    ]
    found = {each.member: each.points for each in nearest(problem_of(people, [need]), "N")}
    assert found == {"A": 0, "B": 10 + 8, "C": 40 + 25 + 2 * 6 + 6}


def test_two_needs_share_two_members_so_that_both_are_served():
    people = [Member("A", position=HOME), Member("B", position=HOME, certified=frozenset([FIRST_AID]))]
    # B is nearer to both by id or by certificate; greedy would give B away and leave the second need empty.
    needs = [Need("M", position=HOME, skill=FIRST_AID), Need("N", skill=FIRST_AID, certificate=True)]
    assert told(propose(problem_of(people, needs))) == [("M", "A"), ("N", "B")]


def test_the_more_urgent_need_is_served_when_one_must_wait():
    needs = [Need("M", position=HOME, tier=2), Need("N", position=AWAY, tier=1)]
    plan = propose(problem_of([Member("A", position=HOME)], needs))
    assert told(plan) == [("N", "A")]
    assert plan.left_out == (LeftOut("M", 1, Binding.TAKEN, 1),)


def test_nobody_gets_a_sixth_household_but_a_post_is_no_household():
    holder = Member("A", capacity=9, households=4)
    needs = [Need("H1", HOUSEHOLD), Need("H2", HOUSEHOLD), Need("P", NeedKind.POST), Need("S", NeedKind.SHIFT)]
    plan = propose(problem_of([holder], needs))
    assert told(plan) == [("H1", "A"), ("P", "A"), ("S", "A")] or told(plan) == [("H2", "A"), ("P", "A"), ("S", "A")]
    assert [left.binding for left in plan.left_out] == [Binding.TAKEN]


def test_a_pin_stays_whatever_it_costs_and_takes_its_place():
    people = [Member("A", position=AWAY), Member("B", position=HOME)]
    problem = problem_of(people, [Need("M", position=HOME), Need("N", position=HOME)], pinned=[("N", "A")])
    assert [(each.need, each.member, each.origin) for each in propose(problem)] == [
        ("M", "B", Origin.EXACT),
        ("N", "A", Origin.PINNED),
    ]
    assert nearest(problem, "N") == [Candidate("A", 96, pinned=True), Candidate("B", 46 - 30)]
    assert nearest(problem, "M") == [Candidate("B", 16)]


@pytest.mark.parametrize(
    ("pins", "refused"),
    [
        ([("M", "A")], (Binding.NO_CONSENT,)),
        ([("N", "A")], (Binding.NO_CERTIFICATE,)),
        ([("P", "A"), ("Q", "A")], (Binding.TAKEN,)),
        ([("P", "A"), ("P", "B")], (Binding.NO_PLACE,)),
        ([("P", "C")], (Binding.FULL,)),
    ],
)
def test_a_pin_against_a_hard_rule_is_refused_with_the_rule(pins, refused):
    people = [Member("A"), Member("B"), Member("C", capacity=0)]
    needs = [Need("M", consent=False), Need("N", skill=FIRST_AID, certificate=True), Need("P"), Need("Q")]
    found = propose(problem_of(people, needs, pinned=pins)).refused_pins
    assert found == (RefusedPin(*pins[-1], *refused),)


def test_every_empty_place_has_its_reason():
    certificate = Need("N", skill=FIRST_AID, certificate=True, work_unit=1)
    holder = Member("A", certified=frozenset([FIRST_AID]), work_unit=2)
    barred = Limits(households_each=5, barred_units=frozenset([(1, 2), (7, 8)]))
    assert binding_of([holder], Need("N", consent=False)) is Binding.NO_CONSENT
    assert binding_of([], Need("N")) is Binding.NOBODY
    assert binding_of([Member("A", skills=frozenset([FIRST_AID]))], certificate) is Binding.NO_CERTIFICATE
    assert binding_of([holder, Member("B")], certificate, forbidden=[("N", "A"), ("N", "?")]) is Binding.EXCLUDED
    assert binding_of([holder], certificate, limits=barred) is Binding.SUPERIOR
    assert binding_of([Member("A", capacity=0)], Need("N")) is Binding.FULL
    assert binding_of([Member("A")], Need("N", places=2)) is Binding.TOO_FEW


def test_each_community_for_itself_crosses_no_border():
    problem = problem_of([Member("A", position=AWAY)], [Need("N", position=HOME)])
    assert told(propose(problem)) == [("N", "A")]
    alone = propose(problem, reach=Reach.COMMUNITY)
    assert (told(alone), alone.left_out) == ([], (LeftOut("N", 1, Binding.NOBODY, 0),))
    assert nearest(problem, "N", reach=Reach.COMMUNITY) == []


def test_somebody_is_moved_aside_when_only_that_fills_a_place():
    # With one candidate each, both needs see A; B, far away, may only take M.
    people = [Member("A", position=HOME, certified=frozenset([FIRST_AID])), Member("B", position=AWAY)]
    needs = [Need("M", position=HOME, tier=0), Need("N", skill=FIRST_AID, certificate=True, tier=1)]
    plan = propose(problem_of(people, needs, limits=Limits(households_each=5, candidates=1, fewest=1)))
    assert [(each.need, each.member, each.origin) for each in plan] == [
        ("M", "B", Origin.FILLED),
        ("N", "A", Origin.FILLED),
    ]


def test_another_choice_names_its_price_and_who_has_to_move():
    people = [Member("A", position=HOME), Member("B", position=NEXT_BUILDING), Member("C", position=AWAY)]
    needs = [Need("M", position=HOME), Need("N", position=NEXT_BUILDING)]
    plan = propose(problem_of(people, needs))
    assert told(plan) == [("M", "A"), ("N", "B")]
    first, second = alternatives(plan, "M")
    # B for M: 15 more, and N goes to A for 10 more than now (15 instead of 5 for the same building).
    assert (first.member, first.more, first.displaces, first.leaves_out) == ("B", 15 + 10, True, False)
    assert [type(value) for value in (first.more, first.displaces, first.leaves_out)] == [int, bool, bool]
    assert (second.member, second.more, second.displaces) == ("C", 80, False)


def test_a_choice_that_leaves_another_need_empty_says_so():
    plan = propose(problem_of([Member("A", position=HOME)], [Need("M", position=HOME), Need("N", position=AWAY)]))
    assert told(plan) == [("M", "A")]
    (other,) = alternatives(plan, "N")
    assert (other.member, other.more, other.displaces, other.leaves_out) == ("A", 80, True, True)
    assert alternatives(plan, "M") == []


def test_the_reason_in_one_sentence():
    helper = Member(
        "A", skills=frozenset([PLUMBING]), free=SATURDAY, position=NEXT_STAIRWELL, missing_minutes=360, load=0
    )
    need = Need("N", skill=PLUMBING, wanted=SATURDAY, position=HOME)
    assert said(problem_of([helper], [need])) == "同楼、会水电、周六有空、今年还差 6 小时"


@pytest.mark.parametrize(
    ("member", "need", "sentence"),
    [
        (Member("A", position=HOME), Need("N", position=HOME), "同单元"),
        (Member("A"), Need("N"), "不在本社区"),
        (
            Member("A", position=NEXT_COMPOUND, free=half_days((0, MORNING)), load=3),
            Need("N", position=HOME, wanted=SATURDAY, skill=HAIRCUT),
            "同社区，但不会理发、空闲时间对不上、手上已有 3 项",
        ),
        (
            Member("A", position=NEXT_BUILDING, certified=frozenset([FIRST_AID]), missing_minutes=45),
            Need("N", position=HOME, wanted=SATURDAY, skill=FIRST_AID, certificate=True),
            "同小区、持急救证书、今年还差 45 分钟，但未填空闲时间",
        ),
        (Member("A", position=HOME, missing_minutes=375), Need("N", position=HOME), "同单元、今年还差 6 小时 15 分钟"),
    ],
)
def test_what_speaks_against_is_said_too(member, need, sentence):
    assert said(problem_of([member], [need])) == sentence


@pytest.mark.parametrize(
    ("free", "words"),
    [
        ([(5, AFTERNOON)], "周六下午有空"),
        ([(1, MORNING), (3, MORNING)], "周二和周四上午有空"),
        ([(1, MORNING), (3, EVENING)], "周二和周四有空"),
        ([(day, EVENING) for day in range(5)], "工作日晚上有空"),
        ([(5, MORNING), (6, AFTERNOON)], "周末有空"),
        ([(0, MORNING), (2, MORNING), (6, MORNING)], "每周有 3 天上午有空"),
        ([(day, part) for day in range(7) for part in range(3)], "每天有空"),
    ],
)
def test_half_days_in_words(free, words):
    week = half_days(*((day, part) for day in range(7) for part in range(3)))
    member, need = Member("A", position=HOME, free=half_days(*free)), Need("N", position=HOME, wanted=week)
    assert said(problem_of([member], [need])) == f"同单元、{words}"


def test_every_binding_rule_has_words():
    empty = set(Binding) - {Binding.NO_PLACE}
    pins = set(Binding) - {Binding.NOBODY, Binding.TOO_FEW}
    with translation.override("zh-hans"):
        assert why_left_out(LeftOut("N", 1, Binding.TAKEN, 37)) == "能承担的 37 人本次都已安排满。"
        assert why_refused(RefusedPin("N", "A", Binding.FULL)) == "该党员已满额，不能再承担。"
        assert len({why_left_out(LeftOut("N", 1, binding, 3)) for binding in empty}) == len(empty)
        assert len({why_refused(RefusedPin("N", "A", binding)) for binding in pins}) == len(pins)


def test_rubbish_is_refused():
    two = Members.of([Member("A"), Member("A")][:1], kinds=3), Needs.of([Need("N")])
    with pytest.raises(ValueError, match="twice"):
        Members.of([Member("A"), Member("A")])
    with pytest.raises(ValueError, match="another length"):
        Members(**{**two[0].__dict__, "load": np.zeros(2)})
    with pytest.raises(ValueError, match="certificate of which skill"):
        Needs.of([Need("N", certificate=True)])
    with pytest.raises(ValueError, match="places"):
        Needs.of([Need("N", places=-1)])
    with pytest.raises(ValueError, match="names nobody"):
        problem_of([Member("A")], [Need("N")], pinned=[("N", "B")])
    with pytest.raises(ValueError, match="no column"):
        problem_of([Member("A")], [Need("N", skill=7)])
    with pytest.raises(ValueError, match="negative: elsewhere"):
        Weights(**{**WEIGHTS.__dict__, "elsewhere": -1})
    with pytest.raises(ValueError, match="nearer"):
        Weights(**{**WEIGHTS.__dict__, "stairwell": 6})
    with pytest.raises(ValueError, match="fewest >= 1"):
        Limits(households_each=5, candidates=0)
    with pytest.raises(ValueError, match="not in tuple"):
        nearest(problem_of([Member("A")], [Need("N")]), "?")


def test_nothing_to_do_is_no_trouble():
    plan = propose(problem_of([], []))
    assert (list(plan), plan.left_out, plan.total) == ([], (), 0)
    assert told(propose(problem_of([Member("A")], []))) == []
    assert LIMITS.candidates == 20


def test_the_room_is_pure():
    """No model, no database: numpy, the solver, the words, and core."""
    allowed = ("guangcai.matching", "guangcai.core", "django.utils.translation", "numpy", "ortools")
    allowed += ("collections", "dataclasses", "enum", "functools", "itertools", "typing")
    imported = {
        name
        for path in Path(guangcai.matching.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in ([a.name for a in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", None)])
        if name
    }
    assert {name for name in imported if not name.startswith(allowed)} == set()
