"""Filters of the list of posts."""

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import seen_with
from guangcai.posts.enums import PostState
from guangcai.posts.models import Post, PostClaim, PostKind

TO_CONFIRM, TO_DRAW = "to_confirm", "to_draw"
STATES = (*PostState.choices, (TO_CONFIRM, _("Claims to confirm")), (TO_DRAW, _("Places to give out")))


class PostFilter(filters.FilterSet):
    """Ended posts are shown when somebody asks for them."""

    state = filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state", empty_label=_("All but ended"))
    kind = filters.ModelChoiceFilter(label=_("Kind"), queryset=PostKind.objects.all(), empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=_("Community"), queryset=seen_with(Permission.POST_VIEW), empty_label=_("All")
    )

    class Meta:
        model = Post
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Post]) -> QuerySet[Post]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(ended_at=None)

    def in_state(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        if value == PostState.ENDED:
            return posts.filter(ended_at__isnull=False)
        live = posts.filter(ended_at=None)
        if value == PostState.PROPOSED:
            return live.filter(established_at=None)
        if value == PostState.ESTABLISHED:
            return live.filter(established_at__isnull=False, opened_at=None)
        if value == TO_CONFIRM:
            return live.filter(Exists(PostClaim.objects.placed().filter(post=OuterRef("pk"), confirmed_at=None)))
        if value == TO_DRAW:
            return live.filter(opened_at__isnull=False, claims_until__lt=timezone.now(), allotted_at=None)
        return live.filter(opened_at__isnull=False)
