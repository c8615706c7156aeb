"""Whether a member and a post fit: the values that rules.check_claim judges."""

from datetime import date

from django.utils.timezone import localdate

from guangcai.commitments.belonging import paths_for
from guangcai.members.fitness import SkillHeld
from guangcai.members.models import Member
from guangcai.members.queries.abilities import skills_of
from guangcai.posts.models import Post, PostClaim
from guangcai.posts.rules import Applicant, Wanted


def wanted_by(post: Post, *, on: date) -> Wanted:
    """What a post asks for. One query for the skills, none when they are prefetched."""
    return Wanted(
        is_open=post.opened_at is not None and post.ended_at is None,
        on=on,
        is_over=post.is_collecting and post.claims_until is not None and localdate(post.claims_until) < on,
        category=post.category,
        category_name=post.get_category_display(),
        skills=tuple(sorted(row.skill.name for row in post.required_skills.all())),
        until=post.until,
    )


def applicant_for(member: Member, post: Post) -> Applicant:
    """What is known of a member with regard to one post: three queries."""
    has_claimed = PostClaim.objects.live().filter(member=member, post=post).exists()
    is_for = post.path in paths_for(member.path)
    return applicant(member, is_in_area=is_for, skills=skills_of(member), has_claimed=has_claimed)


def applicant(member: Member, *, is_in_area: bool, skills: tuple[SkillHeld, ...], has_claimed: bool) -> Applicant:
    """The same from what was read before: for a whole list, without another query."""
    return Applicant(
        is_in_area=is_in_area,
        is_on_roster=member.ended_at is None and member.merged_into_id is None,
        category=member.category,
        skills=skills,
        has_claimed=has_claimed,
    )
