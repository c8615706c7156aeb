"""What must be true of invitations at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

UNDECIDED_AFTER_CLOSE = """
SELECT row.id FROM invitations_proposal AS row JOIN invitations_round AS round ON round.id = row.round_id
WHERE round.closed_at IS NOT NULL AND row.decision = ''
"""
SENT_OTHERWISE = """
SELECT round.id FROM invitations_round AS round
WHERE round.sent IS NOT NULL AND round.sent <> (
    SELECT count(*) FROM invitations_proposal AS row WHERE row.round_id = round.id AND row.decision = 'accepted')
"""
OTHER_PATH = """
SELECT row.id FROM invitations_proposal AS row JOIN invitations_round AS round ON round.id = row.round_id
WHERE row.path <> round.path OR row.district_code <> round.district_code
"""


@invariant("invitations.rounds.nothing_open_after_the_end")
def a_settled_round_has_no_open_pairs() -> Iterable[str]:
    return ids(UNDECIDED_AFTER_CLOSE, "proposal")


@invariant("invitations.rounds.sent_as_accepted")
def as_many_were_sent_as_were_accepted() -> Iterable[str]:
    return ids(SENT_OTHERWISE, "round")


@invariant("invitations.proposals.path_of_their_round")
def proposals_lie_where_their_round_does() -> Iterable[str]:
    return ids(OTHER_PATH, "proposal")
