"""Loading the demo: a district with a year behind it, through the same commands that people use.

All or nothing, in one transaction; a database that holds a real district is refused; loaded already is left alone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Protocol

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guangcai.accounts.models import User
from guangcai.core.errors import Conflict
from guangcai.core.models import Installation
from guangcai.demo import (
    calendar,
    care,
    cases,
    councils,
    invitations,
    mediation,
    mobile,
    paperwork,
    place,
    places,
    pledges,
    population,
    posts,
    requests,
    residents,
    shifts,
    studios,
    teams,
    wishes,
    zones,
)
from guangcai.demo.stage import Stage, Step
from guangcai.orgs.models import Node

LOCK = 7199
# What people do in the year, in the order in which one thing needs the other.
AFTER: tuple[Callable[[Stage], None], ...] = (
    posts.open_sets,
    posts.draw_lots,
    posts.propose_one,
    zones.add_zones,
    zones.sign_agreements,
    teams.form_teams,
    teams.hang_plates_out,
    places.open_points,
    places.lend,
    care.look_after_households,
    requests.answer_requests,
    residents.ask_without_account,
    mobile.register_mobile_members,
    invitations.ask_members,
    invitations.look_for_people,
    councils.sit_together,
    councils.propose,
    councils.meet,
    councils.promise,
    councils.agree,
    mediation.settle_quarrels,
    wishes.collect_wishes,
    wishes.hold_a_campaign,
    wishes.run_programmes,
    studios.open_studios,
    pledges.make_pledges,
    paperwork.close_quarters,
    paperwork.units_answer,
    cases.slips_wait,
    cases.lists_disagree,
    cases.people_are_known,
    cases.receipts_are_read,
    cases.records_are_questioned,
    cases.a_shift_moves,
    cases.somebody_owes_nothing,
    paperwork.appraise,
    zones.somebody_moves_away,
)


class Advance(Protocol):
    def __call__(self, steps: int = 1, *, of: int | None = None) -> None: ...


def load_demo(*, now: datetime, advance: Advance) -> None:
    """Load the demo as of `now`. Loaded already: nothing happens. `advance` moves a progress bar.

    Raises Conflict for a database that holds anything of a real district.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if Installation.objects.filter(is_demo=True).exists():
            return
        if Node.objects.exists() or User.objects.exists():
            raise Conflict(
                _("This database holds a real district: the demo is loaded into an empty one only."), code="not_empty"
            )
        Installation.objects.update_or_create(only=True, defaults={"is_demo": True, "created_at": now})
        stage = Stage(now=now)
        _run(stage, advance)


def _run(stage: Stage, advance: Advance) -> None:
    before, after = list(_before(stage)), list(_after(stage))
    advance(0, of=len(before) + len(after) + 400)
    for step in before:
        step()
        advance()
    held = shifts.read_year(stage)
    advance(0, of=len(before) + len(after) + len(held.shifts))
    for shift in held.shifts:
        shifts.hold(held, shift)
        advance()
    for step in after:
        step()
        advance()


def _before(stage: Stage) -> Iterator[Step]:
    for step in (
        place.build_tree,
        place.build_buildings,
        place.build_stairwells,
        place.build_organisations,
        place.appoint,
        population.hand_in_lists,
        population.report_in,
        place.link_accounts,
        population.note_abilities,
        calendar.plan_year,
    ):
        yield partial(step, stage)


def _after(stage: Stage) -> Iterator[Step]:
    for step in AFTER:
        yield partial(step, stage)
