"""What must be true of pledges at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

EMPTY = """
SELECT pledge.id FROM pledges_pledge AS pledge
WHERE NOT EXISTS (SELECT FROM pledges_pledgeline AS line WHERE line.pledge_id = pledge.id)
"""
OTHER_TEMPLATE = """
SELECT pledge.id FROM pledges_pledge AS pledge JOIN pledges_version AS version ON version.id = pledge.version_id
WHERE version.template_id <> pledge.template_id OR NOT starts_with(pledge.path, version.path)
   OR version.since_year > pledge.year
"""
MARKED_BY_HAND = """
SELECT mark.id FROM pledges_pledgemark AS mark JOIN pledges_pledgeline AS line ON line.id = mark.line_id
WHERE line.measure <> 'note'
"""
REVIEW_OF_GIVEN_UP = """
SELECT review.id FROM pledges_pledgereview AS review JOIN pledges_pledge AS pledge ON pledge.id = review.pledge_id
WHERE pledge.ended_at < review.reviewed_at AND pledge.end_reason <> 'term_over'
"""
OTHER_YEAR = """
SELECT pledge.id FROM pledges_pledge AS pledge WHERE extract(year FROM pledge.until) <> pledge.year
"""


@invariant("pledges.pledges.have_lines")
def no_empty_pledge() -> Iterable[str]:
    return ids(EMPTY, "pledge")


@invariant("pledges.pledges.of_a_version_in_force")
def pledges_follow_their_version() -> Iterable[str]:
    return ids(OTHER_TEMPLATE, "pledge")


@invariant("pledges.marks.never_beside_the_ledger")
def nothing_drawn_is_marked() -> Iterable[str]:
    return ids(MARKED_BY_HAND, "mark")


@invariant("pledges.reviews.of_what_was_kept")
def no_review_of_what_was_given_up() -> Iterable[str]:
    return ids(REVIEW_OF_GIVEN_UP, "review")


@invariant("pledges.pledges.due_in_their_year")
def pledges_are_due_in_their_year() -> Iterable[str]:
    return ids(OTHER_YEAR, "pledge")
