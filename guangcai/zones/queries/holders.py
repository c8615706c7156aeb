"""Who holds a zone, and whether somebody could: what rules.coverage_of and rules.check_offer judge."""

from datetime import date

from guangcai.commitments.belonging import is_for
from guangcai.members.models import Member
from guangcai.orgs.models import Node, PartyOrganisation
from guangcai.zones import rules
from guangcai.zones.enums import Coverage
from guangcai.zones.models import Zone, ZoneAgreement


def applicant_for(member: Member, zone: Zone, *, on: date, renewing: bool = False) -> rules.Applicant:
    """What is known of a member with regard to one zone. renewing: nobody stands in his way. Two queries."""
    holders = [] if renewing else list(ZoneAgreement.objects.standing(on).filter(zone=zone).values_list("member_id"))
    keys = {holder for (holder,) in holders}
    return rules.Applicant(
        is_in_area=is_for(zone.path, member_path=member.path),
        is_on_roster=member.is_current,
        has_holder=bool(keys - {member.pk}),
        is_own=member.pk in keys,
    )


def coverage(zone: Zone, *, on: date) -> Coverage:
    """The state of a zone read with its standing agreements (`standing_now`, with `is_away`)."""
    return rules.coverage_of([_standing(row, zone, on=on) for row in zone.standing_now])  # type: ignore[attr-defined]


def _standing(row: ZoneAgreement, zone: Zone, *, on: date) -> rules.Standing:
    is_held = row.held_since is not None
    is_renewed = any(other.renews_id == row.pk for other in zone.standing_now)  # type: ignore[attr-defined]
    is_due = is_held and not is_renewed and row.remind_on is not None and row.remind_on <= on
    is_away = is_held and row.is_away  # type: ignore[attr-defined]
    return rules.Standing(is_confirmed=row.confirmed_at is not None, is_held=is_held, is_away=is_away, is_due=is_due)


def party_of(community: Node) -> str:
    """The community as a party to an agreement: its Party organisation, else its own name. One query."""
    rows = PartyOrganisation.objects.filter(node=community, ended_on=None).order_by("founded_on", "pk")
    return rows.values_list("name", flat=True).first() or community.name
