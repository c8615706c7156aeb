"""Forms of posts. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.members.enums import MemberCategory
from guangcai.members.models import SkillKind
from guangcai.orgs.forms.fields import CommunityField
from guangcai.orgs.models import Node
from guangcai.posts import rules
from guangcai.posts.commands import Draft, draft_from
from guangcai.posts.enums import HelperRole, HoursForm, PostEnd
from guangcai.posts.models import Post, PostKind

LONGEST_WANTED = 1000
# Fields that only the community fills in: a proposal leaves them as its kind has them.
OF_THE_DESK = ("category", "skills", "is_pioneer", "helper_role", "at_once")
# Without these nothing is opened; whoever proposes says at least what and where.
OF_THE_NOTICE = ("duties", "place", "risk_note", "guarantee")
OF_A_PROPOSAL = ("duties", "place")
SAME_IN_DRAFT = ("title", "places", "duties", "place", "risk_note", "guarantee", "hours_form", "hours_note")
KEPT_FROM_POST = (*SAME_IN_DRAFT, "since", "until", "category", "is_pioneer", "helper_role")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PostForm(forms.Form):
    """What a post says. Filled in from its kind, or from the post that is changed."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    community = CommunityField(label=_("Community"))
    title = forms.CharField(label=pgettext_lazy("post", "Name of the post"), max_length=60)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=rules.MOST_PLACES)
    duties = forms.CharField(label=_("What is to be done"), max_length=1000, widget=_lines(3), required=False)
    place = forms.CharField(label=pgettext_lazy("post", "Where"), max_length=120, required=False)
    hours_form = forms.ChoiceField(
        label=pgettext_lazy("post", "When"),
        choices=HoursForm.choices,
        widget=forms.RadioSelect,
        initial=HoursForm.OPEN,
    )
    hours_note = forms.CharField(
        label=_("Days and times"), max_length=120, required=False, help_text=_("For example Saturdays 9:00-11:00.")
    )
    hours_wanted = forms.IntegerField(
        label=_("Hours wanted of each holder"),
        min_value=1,
        max_value=LONGEST_WANTED,
        required=False,
        help_text=_("Only for “so many hours within a period”."),
        widget=forms.NumberInput(attrs={"data-if": HoursForm.FLEXIBLE}),
    )
    since = forms.DateField(label=_("From which day"), widget=_day(), required=False)
    until = forms.DateField(label=_("Until which day"), widget=_day(), required=False)
    risk_note = forms.CharField(label=_("Risks"), max_length=500, widget=_lines(2), required=False)
    guarantee = forms.CharField(label=_("What is provided"), max_length=500, widget=_lines(2), required=False)
    reason = forms.CharField(
        label=_("Why it is needed"),
        max_length=300,
        widget=_lines(2),
        required=False,
        help_text=_("The community reads it when it decides."),
    )
    category = forms.ChoiceField(
        label=_("For whom"), choices=[("", _("Everybody")), *MemberCategory.choices], required=False
    )
    skills = forms.ModelMultipleChoiceField(
        label=_("Skills asked for"),
        queryset=SkillKind.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    helper_role = forms.ChoiceField(
        label=_("Role of the member"), choices=[("", _("No particular role")), *HelperRole.choices], required=False
    )
    is_pioneer = forms.BooleanField(label=_("Pioneer post"), required=False)
    at_once = forms.BooleanField(label=_("Establish it and open it to claims at once"), required=False, initial=True)

    def __init__(
        self, *args: Any, kind: PostKind, communities: QuerySet[Node] | None, is_desk: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if communities is None:
            dropped: tuple[str, ...] = ("id", "community", "reason", "at_once")
        else:
            dropped = ("reason",) if is_desk else OF_THE_DESK
            self._offer(communities)
        for name in dropped:
            del self.fields[name]
        for name in OF_THE_NOTICE if is_desk else OF_A_PROPOSAL:
            self.fields[name].required = True

    def _offer(self, communities: QuerySet[Node]) -> None:
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        if len(communities) == 1:
            # Nothing is asked that the system knows.
            self.fields["community"].widget = forms.HiddenInput()
            self.fields["community"].initial = communities[0].pk

    def draft(self) -> Draft:
        cleaned, kind = self.cleaned_data, self.kind
        wanted = cleaned["hours_wanted"]
        return Draft(
            kind=kind,
            **{name: cleaned[name] for name in SAME_IN_DRAFT},
            helper_role=cleaned.get("helper_role", kind.helper_role),
            is_pioneer=cleaned.get("is_pioneer", False),
            category=cleaned.get("category", ""),
            minutes_wanted=wanted * 60 if wanted else None,
            since=cleaned["since"],
            until=cleaned["until"],
            skills=tuple(cleaned["skills"] if "skills" in cleaned else filter(None, [kind.skill])),
        )


def initial_of_kind(kind: PostKind) -> dict[str, Any]:
    """What a new post of this kind begins with."""
    draft = draft_from(kind, places=2, place="")
    found = {name: getattr(draft, name) for name in (*SAME_IN_DRAFT, "helper_role")}
    return found | {"skills": [skill.pk for skill in draft.skills], "id": new_id()}


def initial_of_post(post: Post) -> dict[str, Any]:
    found = {name: getattr(post, name) for name in KEPT_FROM_POST}
    hours = post.minutes_wanted // 60 if post.minutes_wanted else None
    return found | {"hours_wanted": hours, "skills": list(post.required_skills.values_list("skill_id", flat=True))}


class SetForm(forms.Form):
    """A set of posts from the shipped kinds: which, how many places each, one place for all."""

    community = CommunityField(label=_("Community"))
    place = forms.CharField(
        label=pgettext_lazy("post", "Where"), max_length=120, help_text=_("For all of them; each can be changed later.")
    )

    def __init__(self, *args: Any, kinds: list[PostKind], communities: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        if len(communities) == 1:
            self.fields["community"].widget = forms.HiddenInput()
            self.fields["community"].initial = communities[0].pk
        for kind in kinds:
            self.fields[f"take-{kind.code}"] = forms.BooleanField(label=kind.name, required=False)
            self.fields[f"places-{kind.code}"] = forms.IntegerField(
                label=_("Places of “%(kind)s”") % {"kind": kind.name},
                min_value=1,
                max_value=rules.MOST_PLACES,
                initial=2,
                required=False,
            )
            self.fields[f"id-{kind.code}"] = forms.UUIDField(widget=forms.HiddenInput, initial=new_id, required=False)

    def rows(self) -> list[tuple[PostKind, Any, Any, Any]]:
        """Each kind with its box, its number and its key, as the screen draws them."""
        return [(k, self[f"take-{k.code}"], self[f"places-{k.code}"], self[f"id-{k.code}"]) for k in self.kinds]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for kind in self.taken(cleaned):
            if cleaned.get(f"places-{kind.code}") is None and f"places-{kind.code}" not in self.errors:
                self.add_error(f"places-{kind.code}", _("Say how many places."))
        if not self.taken(cleaned):
            self.add_error(None, _("Tick at least one kind of post."))
        return cleaned

    def taken(self, cleaned: dict[str, Any]) -> list[PostKind]:
        return [kind for kind in self.kinds if cleaned.get(f"take-{kind.code}")]

    def chosen(self) -> list[tuple[PostKind, int]]:
        return [(kind, self.cleaned_data[f"places-{kind.code}"]) for kind in self.taken(self.cleaned_data)]

    def ids(self) -> dict[str, UUID]:
        keys = {kind.code: self.cleaned_data[f"id-{kind.code}"] for kind in self.taken(self.cleaned_data)}
        return {code: key for code, key in keys.items() if key}


class EndPostForm(forms.Form):
    """Why a post ends; whoever claimed it is told that it has ended."""

    reason = forms.ChoiceField(label=_("Reason"), choices=PostEnd.choices)
    note = forms.CharField(label=pgettext_lazy("post", "Note"), max_length=rules.LONGEST_REASON, required=False)

    def __init__(self, *args: Any, post: Post, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_proposal = post.established_at is None
        fitting = [PostEnd.DONE, PostEnd.NOT_NEEDED, PostEnd.REPLACED]
        if is_proposal:
            fitting = [PostEnd.NOT_NEEDED] if own else [PostEnd.DECLINED, PostEnd.NOT_NEEDED, PostEnd.REPLACED]
        self.fields["reason"].choices = [(one.value, one.label) for one in fitting]  # type: ignore[attr-defined]


class TenureForm(forms.Form):
    """The desk takes a post up for somebody who asked for it."""

    asked = forms.CharField(
        label=_("How the member asked for it"),
        max_length=rules.LONGEST_REASON,
        help_text=_("For example: came to the counter today. It goes into the trail."),
    )
