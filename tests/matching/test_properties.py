"""Against every possible plan of small problems: the best, within the hard rules, the same for any order."""

import random

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guangcai.matching.alternatives import alternatives
from guangcai.matching.enums import Binding, Origin, Reach
from guangcai.matching.left_out import LeftOut
from guangcai.matching.plan import keep_pins, nearest, propose
from guangcai.matching.scoring import HARD_RULES, eligible
from tests.matching.small import asked, cost_of, every_plan, fits, problem_of, told, worth

reaches = st.sampled_from(Reach)


def rows(plan):
    return frozenset(zip(plan.need.tolist(), plan.member.tolist(), strict=True))


def near(problem, reach):
    """The pairs that the reach allows."""
    communities = problem.needs.position[:, 3][:, None] == problem.members.position[:, 3][None, :]
    allowed = np.ones_like(communities) if reach is Reach.DISTRICT else communities
    return {tuple(pair) for pair in np.argwhere(allowed).tolist()}


@settings(max_examples=150, deadline=None)
@given(asked())
def test_the_plan_is_the_best_there_is_when_all_are_candidates(small):
    people, wanted, choices = small
    assume(choices["limits"].candidates >= len(people))
    problem = problem_of(people, wanted, **choices)
    need, member, _refused = keep_pins(problem)
    pins = frozenset(zip(need.tolist(), member.tolist(), strict=True))
    # Every member is a candidate from where the need looks: over the whole set only when few are near.
    plan = propose(problem)
    among = {(n, m) for n, m in zip(plan.arcs.need.tolist(), plan.arcs.member.tolist(), strict=True)} | pins
    best = min(every_plan(problem, fixed=pins, among=among), key=lambda chosen: worth(problem, chosen))
    if (plan.origin == Origin.FILLED).any():
        assert len(plan) > len(best)
    else:
        assert worth(problem, rows(plan)) == worth(problem, best)


def pairs_in_order(plan):
    return list(zip(plan.need.tolist(), plan.member.tolist(), strict=True))


@settings(max_examples=150, deadline=None)
@given(asked(), reaches)
def test_no_hard_rule_is_ever_broken(small, reach):
    people, wanted, choices = small
    problem = problem_of(people, wanted, **choices)
    plan = propose(problem, reach=reach)
    chosen = rows(plan)
    assert len(chosen) == len(plan)
    assert fits(problem, chosen)
    assert eligible(problem, plan.need, plan.member).all()
    served = np.bincount(plan.need, minlength=len(problem.needs))
    assert (served <= problem.needs.places).all()
    assert {pair for pair, origin in zip(pairs_in_order(plan), plan.origin, strict=True) if origin} <= near(
        problem, reach
    )
    assert plan.total == cost_of(problem, chosen) == sum(each.points for each in plan)


@settings(max_examples=100, deadline=None)
@given(asked())
def test_pins_are_kept_or_refused_with_the_rule(small):
    people, wanted, choices = small
    problem = problem_of(people, wanted, **choices)
    plan = propose(problem)
    pinned = {(each.need, each.member) for each in plan if each.origin is Origin.PINNED}
    refused = {(each.need, each.member): each.binding for each in plan.refused_pins}
    assert pinned | set(refused) == set(choices["pinned"])
    assert not pinned & set(refused)
    for (need_id, member_id), binding in refused.items():
        pair = np.array([problem.need_row(need_id)]), np.array([problem.members.ids.index(member_id)])
        if binding in HARD_RULES:
            assert not HARD_RULES[binding](problem, *pair)[0]
        else:
            assert binding in (Binding.TAKEN, Binding.NO_PLACE)
            assert not fits(problem, {*pair_rows(problem, pinned), (int(pair[0][0]), int(pair[1][0]))}) or (
                len([n for n, _m in pinned if n == need_id]) >= problem.needs.places[pair[0][0]]
            )


def pair_rows(problem, chosen):
    return {(problem.need_row(need), problem.members.ids.index(member)) for need, member in chosen}


@settings(max_examples=100, deadline=None)
@given(asked(), reaches, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(small, reach, shuffled: random.Random):
    people, wanted, choices = small
    plan = propose(problem_of(people, wanted, **choices), reach=reach)
    mixed = [shuffled.sample(each, len(each)) for each in (people, wanted, choices["pinned"], choices["forbidden"])]
    again = problem_of(*mixed[:2], limits=choices["limits"], pinned=mixed[2], forbidden=mixed[3])
    other = propose(again, reach=reach)
    assert list(other) == list(plan)
    assert (other.left_out, other.refused_pins) == (plan.left_out, plan.refused_pins)
    for need in wanted:
        assert nearest(again, need.id) == nearest(plan.problem, need.id)
        assert alternatives(other, need.id) == alternatives(plan, need.id)


@settings(max_examples=150, deadline=None)
@given(asked(), reaches)
def test_the_reason_for_an_empty_place_is_true(small, reach):
    people, wanted, choices = small
    problem = problem_of(people, wanted, **choices)
    plan = propose(problem, reach=reach)
    served = np.bincount(plan.need, minlength=len(problem.needs))
    empty = {need: places - served[row] for row, (need, places) in enumerate(sides(problem)) if places > served[row]}
    assert {each.need: each.places for each in plan.left_out} == empty
    for each in plan.left_out:
        check_reason(plan, each, reach)


def sides(problem):
    return zip(problem.needs.ids, problem.needs.places.tolist(), strict=True)


def check_reason(plan, left: LeftOut, reach):
    problem, need = plan.problem, plan.problem.need_row(left.need)
    able = {m for n, m in near(problem, reach) if n == need and eligible(problem, np.array([n]), np.array([m]))[0]}
    own = {member for n, member in rows(plan) if n == need}
    if left.binding in (Binding.TAKEN, Binding.TOO_FEW):
        assert left.before == len(able) > 0
        # Nobody of them could take it on as well.
        assert not [m for m in able - own if fits(problem, {*rows(plan), (need, m)})]
        assert (left.binding is Binding.TOO_FEW) == (able <= own)
        return
    # One rule alone does it: without it somebody would pass the rules before.
    assert not able
    passed = {m for n, m in near(problem, reach) if n == need}
    for binding, rule in HARD_RULES.items():
        if binding is left.binding or not passed:
            break
        passed = {m for m in passed if rule(problem, np.array([need]), np.array([m]))[0]}
    if left.binding is Binding.NO_CONSENT:
        assert not problem.needs.consent[need]
    else:
        assert len(passed) == left.before
        assert (left.binding is Binding.NOBODY) == (not passed)


@settings(max_examples=100, deadline=None)
@given(asked(pins=False))
def test_taking_the_nearest_one_by_one_is_never_better(small):
    people, wanted, choices = small
    assume(choices["limits"].candidates >= len(people))
    problem = problem_of(people, wanted, **choices)
    rest, greedy = problem, set()
    while True:
        found = [
            (c[0].points, need) for need in problem.needs.ids if has_place(rest, need) and (c := nearest(rest, need))
        ]
        if not found:
            break
        _points, need_id = min(found)
        need, member = problem.need_row(need_id), problem.members.ids.index(nearest(rest, need_id)[0].member)
        greedy.add((need, member))
        rest = rest.after(np.array([need]), np.array([member]))
    plan = propose(problem)
    # Compared where both saw the same pairs.
    assume(greedy <= set(zip(plan.arcs.need.tolist(), plan.arcs.member.tolist(), strict=True)))
    assert worth(problem, rows(plan)) <= worth(problem, greedy)


@settings(max_examples=150, deadline=None)
@given(asked(), reaches)
def test_no_place_stays_empty_that_any_plan_could_fill(small, reach):
    people, wanted, choices = small
    problem = problem_of(people, wanted, **choices)
    plan = propose(problem, reach=reach)
    pins = frozenset(pair for pair, origin in zip(pairs_in_order(plan), plan.origin, strict=True) if not origin)
    among = near(problem, reach) | pins
    assert len(plan) == max(len(chosen) for chosen in every_plan(problem, fixed=pins, among=among))


def has_place(problem, need_id):
    return problem.needs.places[problem.need_row(need_id)] > 0


@settings(max_examples=150, deadline=None)
@given(asked(pins=False))
def test_an_alternative_costs_what_the_best_plan_with_it_costs(small):
    people, wanted, choices = small
    assume(choices["limits"].candidates >= len(people))
    problem = problem_of(people, wanted, **choices)
    plan = propose(problem)
    assume((plan.origin == Origin.EXACT).all())
    arcs = set(zip(plan.arcs.need.tolist(), plan.arcs.member.tolist(), strict=True))
    for row, need_id in enumerate(problem.needs.ids):
        offered = alternatives(plan, need_id, most=9)
        for other in offered:
            pair = (row, problem.members.ids.index(other.member))
            plans = every_plan(problem, fixed=frozenset([pair]), among={*arcs, pair})
            best = min(plans, key=lambda chosen: worth(problem, chosen))
            assert other.more == cost_of(problem, best) - plan.total
            assert told(plan).count((need_id, other.member)) == 0
