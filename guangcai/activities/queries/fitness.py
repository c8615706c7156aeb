"""Whether a member and a shift fit: the values that rules.check_sign_up judges."""

from django.utils.timezone import localdate

from guangcai.activities.models import Shift, SignUp
from guangcai.activities.rules import Applicant, Wanted
from guangcai.core.scoping import covers
from guangcai.members.models import Member
from guangcai.members.queries.abilities import skills_of


def wanted_by(shift: Shift) -> Wanted:
    """What a shift asks for. One query for the skills, none when they are prefetched."""
    activity = shift.activity
    return Wanted(
        is_published=activity.published_at is not None,
        starts_at=shift.starts_at,
        on=localdate(shift.starts_at),
        cancelled_at=shift.cancelled_at or activity.cancelled_at,
        closed_at=shift.closed_at,
        minimum_age=activity.minimum_age,
        skills=tuple(row.skill.name for row in activity.required_skills.select_related("skill").order_by("pk")),
    )


def applicant_for(member: Member, shift: Shift) -> Applicant:
    """What is known of a member with regard to one shift: three queries."""
    live = SignUp.objects.live().filter(member=member)
    clashing = live.filter(
        shift__starts_at__lt=shift.ends_at, shift__ends_at__gt=shift.starts_at, shift__cancelled_at=None
    ).exclude(shift=shift)
    return Applicant(
        is_in_area=covers([shift.path], member.path),
        is_on_roster=member.ended_at is None and member.merged_into_id is None,
        birth_date=member.birth_date,
        skills=skills_of(member),
        has_signed_up=live.filter(shift=shift).exists(),
        clashes=tuple(clashing.order_by("shift__starts_at").values_list("shift__activity__title", flat=True)),
    )
