"""A refusal with its next step: the button that stands beside the reason. No dead ends."""

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.core.errors import DomainError
from guangcai.core.screens import Refused
from guangcai.posts.models import Post


def refused(error: DomainError, post: Post, *, own: bool = True) -> Refused:
    """A refusal on a post, with what helps. own: the reader is the member himself, not the desk for him."""
    here, other = reverse("posts:post", args=[post.pk]), (_("Look at other posts"), reverse("posts:open"))
    people = (_("Choose somebody else"), reverse("posts:people", args=[post.pk]))
    skills = (_("See my skills and certificates"), reverse("members:me")) if own else people
    look = (_("See the post"), here)
    steps = {
        "no_skill": skills,
        "no_certificate": skills,
        "certificate_expired": skills,
        "already_claimed": look,
        "not_confirmed": look,
        "no_place": look,
        "ended": look,
        "still_collecting": look,
        "nothing_to_allot": look,
        "not_established": look,
        "open_already": look,
        "own_commitment": (_("See the claims"), f"{here}#claims"),
        "post_ended": (_("See all posts"), reverse("posts:list")),
    }
    if error.code.startswith("missing_"):
        field = error.code.removeprefix("missing_")
        step = (_("Fill it in"), f"{reverse('posts:edit', args=[post.pk])}#id_{field}")
    else:
        step = steps.get(error.code, other if own else people)
    return Refused(error.code, str(error.message), *step)
