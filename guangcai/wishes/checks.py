"""What must be true of wishes, gifts and aid at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.commitments import rules as shared
from guangcai.core import publication
from guangcai.core.invariants import ids, invariant
from guangcai.orgs.enums import ClaimOrder
from guangcai.wishes.models import Wish, WishAsker, WishClaim, WishThanks

STATE_IS_NOT_LAST_STEP = """
SELECT wish.id FROM wishes_wish AS wish
LEFT JOIN LATERAL (SELECT new, at FROM wishes_wishstep AS step WHERE step.wish_id = wish.id
                   ORDER BY step.at DESC, step.id DESC LIMIT 1) AS last ON true
WHERE last.new IS DISTINCT FROM wish.state OR last.at <> wish.state_since
"""
BROKEN_CHAIN = """
SELECT id FROM (
    SELECT id, wish_id, old, lag(new, 1, '') OVER (PARTITION BY wish_id ORDER BY at, id) AS before
    FROM wishes_wishstep) AS step WHERE step.old <> step.before
"""
TAKEN_BY_NOBODY = """
SELECT wish.id FROM wishes_wish AS wish
WHERE (wish.state IN ('claimed', 'fulfilled')) <> EXISTS (
    SELECT FROM wishes_wishclaim AS row
    WHERE row.wish_id = wish.id AND row.ended_at IS NULL AND row.lead_id IS NULL AND row.given_at IS NOT NULL)
"""
CLAIM_OUTLIVES_WISH = """
SELECT row.id FROM wishes_wishclaim AS row JOIN wishes_wish AS wish ON wish.id = row.wish_id
WHERE wish.state IN ('confirmed', 'ended') AND row.ended_at IS NULL
"""
HELPS_NOBODY = """
SELECT row.id FROM wishes_wishclaim AS row JOIN wishes_wishclaim AS lead ON lead.id = row.lead_id
WHERE row.wish_id <> lead.wish_id OR (row.ended_at IS NULL AND (lead.ended_at IS NOT NULL OR lead.lead_id IS NOT NULL))
"""
TOO_MANY = """
SELECT wish.id FROM wishes_wish AS wish
JOIN wishes_wishclaim AS row ON row.wish_id = wish.id AND row.ended_at IS NULL AND row.given_at IS NOT NULL
GROUP BY wish.id, wish.people HAVING count(*) > wish.people
"""
CAME_TRUE_BY_NOBODY = """
SELECT wish.id FROM wishes_wish AS wish
WHERE (wish.state = 'confirmed') <> EXISTS (
    SELECT FROM wishes_wishanswer AS answer WHERE answer.wish_id = wish.id AND answer.came_true)
"""
OTHER_PATH = """
SELECT row.id FROM wishes_wishclaim AS row JOIN wishes_wish AS wish ON wish.id = row.wish_id
WHERE row.path <> wish.path OR row.district_code <> wish.district_code
"""
OVERSPENT = """
SELECT campaign.id FROM wishes_campaign AS campaign
WHERE coalesce((SELECT sum(fen) FROM wishes_gift WHERE campaign_id = campaign.id), 0)
    < coalesce((SELECT sum(fen) FROM wishes_spending WHERE campaign_id = campaign.id), 0)
"""
REVERSED_OTHERWISE = """
SELECT back.id FROM wishes_gift AS back JOIN wishes_gift AS first ON first.id = back.reverses_id
WHERE back.campaign_id <> first.campaign_id OR back.fen IS DISTINCT FROM -first.fen
   OR back.quantity IS DISTINCT FROM -first.quantity OR back.goods <> first.goods OR back.measure <> first.measure
UNION ALL
SELECT back.id FROM wishes_spending AS back JOIN wishes_spending AS first ON first.id = back.reverses_id
WHERE back.campaign_id <> first.campaign_id OR back.fen <> -first.fen
"""
RECEIPT_MISSING = """
SELECT id FROM (SELECT id, number, row_number() OVER (PARTITION BY community_id, year ORDER BY number) AS place
                FROM wishes_gift) AS gift WHERE number <> place
"""


@invariant("wishes.state.is_the_last_step")
def states_are_the_last_step() -> Iterable[str]:
    yield from ids(STATE_IS_NOT_LAST_STEP, "wish")
    yield from ids(BROKEN_CHAIN, "step")


@invariant("wishes.claims.somebody_has_it")
def a_wish_taken_on_is_somebodys() -> Iterable[str]:
    return ids(TAKEN_BY_NOBODY, "wish")


@invariant("wishes.claims.end_with_their_wish")
def no_claim_outlives_its_wish() -> Iterable[str]:
    return ids(CLAIM_OUTLIVES_WISH, "claim")


@invariant("wishes.claims.help_the_one_who_has_it")
def helpers_help_whoever_has_the_wish() -> Iterable[str]:
    yield from ids(HELPS_NOBODY, "claim")
    yield from ids(TOO_MANY, "wish")


@invariant("wishes.answer.the_wishers_word")
def nothing_came_true_without_the_wishers_word() -> Iterable[str]:
    return ids(CAME_TRUE_BY_NOBODY, "wish")


@invariant("wishes.claims.path_of_their_wish")
def claims_lie_where_their_wish_does() -> Iterable[str]:
    return ids(OTHER_PATH, "claim")


@invariant("wishes.wall.names_nobody")
def nothing_published_names_anybody() -> Iterable[str]:
    """What everybody reads passes the gate, and the name of the wisher is not in it."""
    names = {row.wish_id: row.name for row in WishAsker.objects.filter(wish__published_at__isnull=False)}
    for wish in Wish.objects.filter(published_at__isnull=False).only("pk", "title", "words"):
        if publication.findings(f"{wish.title}\n{wish.words}", names=[names.get(wish.pk, "")]):
            yield f"wish {wish.pk}"
    for thanks in WishThanks.objects.published().only("pk", "words", "wish_id"):
        if publication.findings(thanks.words, names=[names.get(thanks.wish_id, "")]):
            yield f"thanks {thanks.pk}"


@invariant("wishes.lots.as_drawn")
def the_turns_are_those_of_the_lot() -> Iterable[str]:
    """Every drawn lot can be worked out again from its seed, and the seed is the one that was sealed."""
    drawn = Wish.objects.filter(claim_order=ClaimOrder.LOT, allotted_at__isnull=False)
    of_wish: dict[object, list[WishClaim]] = {}
    for claim in WishClaim.objects.filter(wish__in=drawn, rank__isnull=False).order_by("rank").only("pk", "wish_id"):
        of_wish.setdefault(claim.wish_id, []).append(claim)
    for wish in drawn:
        seed = bytes(wish.lot_seed or b"")
        lots = [shared.lot_of(claim.pk, seed=seed) for claim in of_wish.get(wish.pk, [])]
        if lots != sorted(lots) or not shared.is_sealed_seed(seed, seal=wish.lot_seal):
            yield f"wish {wish.pk}"


@invariant("wishes.gifts.covered_and_numbered")
def gifts_cover_what_was_spent() -> Iterable[str]:
    yield from ids(OVERSPENT, "campaign")
    yield from ids(REVERSED_OTHERWISE, "row")
    yield from ids(RECEIPT_MISSING, "gift")
