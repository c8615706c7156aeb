"""What a member can do."""

from guangcai.members.fitness import SkillHeld
from guangcai.members.models import Member


def skills_of(member: Member) -> tuple[SkillHeld, ...]:
    """The member's skills with their certificates: one query, none when they are prefetched."""
    return tuple(
        SkillHeld(
            name=skill.kind.name,
            needs_certificate=skill.kind.needs_certificate,
            certificate=skill.certificate,
            expires_on=skill.expires_on,
        )
        for skill in member.skills.select_related("kind").order_by("pk")
    )
