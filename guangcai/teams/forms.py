"""Forms of teams. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.commitments.enums import OF_COMMUNITY, OF_HOLDER
from guangcai.core.ids import new_id
from guangcai.core.scoping import ancestors
from guangcai.members.forms.fields import PhoneField
from guangcai.members.models import Occupation, SkillKind
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, PartyOrganisation
from guangcai.teams import rules
from guangcai.teams.commands import Feedback, LogDraft, TeamDraft
from guangcai.teams.enums import FeedbackTone, LeaderRole, TeamBasis, TeamEnd, TeamKind
from guangcai.teams.models import Team, TeamField, TeamLog, TeamMembership

SAME_IN_DRAFT = ("name", "field", "parent", "basis", "skill", "residence", "occupation", "branch", "purpose")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TeamForm(forms.Form):
    """What a team is. A new one says where and of which kind; both stay."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    node = forms.ModelChoiceField(label=pgettext_lazy("team", "Place"), queryset=Node.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=TeamKind.choices, initial=TeamKind.TEAM)
    name = forms.CharField(label=_("Name of the team"), max_length=rules.NAME_LENGTH)
    field = forms.ModelChoiceField(label=_("Field"), queryset=TeamField.objects.all(), required=False, empty_label="—")
    parent = forms.ModelChoiceField(
        label=_("Team above"), queryset=Team.objects.none(), required=False, empty_label=_("None")
    )
    basis = forms.ChoiceField(
        label=_("What brings its people together"),
        choices=[("", "—"), *TeamBasis.choices],
        required=False,
        help_text=_("An association or a brigade leaves it empty."),
    )
    skill = forms.ModelChoiceField(
        label=pgettext_lazy("basis", "Skill"), queryset=SkillKind.objects.all(), required=False, empty_label="—"
    )
    residence = forms.ModelChoiceField(
        label=pgettext_lazy("basis", "Where they live"), queryset=Node.objects.none(), required=False, empty_label="—"
    )
    occupation = forms.ModelChoiceField(
        label=pgettext_lazy("basis", "Occupation"), queryset=Occupation.objects.all(), required=False, empty_label="—"
    )
    branch = forms.ModelChoiceField(
        label=_("Party branch"),
        queryset=PartyOrganisation.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("Of a detachment only."),
    )
    purpose = forms.CharField(label=_("What it does"), max_length=500, widget=_lines(2), required=False)

    def __init__(self, *args: Any, nodes: QuerySet[Node], team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        found = list(nodes)
        paths = [team.path] if team else [node.path for node in found]
        above = {one for path in paths for one in ancestors(path)}
        below = Q(pk__in=[])
        for path in paths:
            below |= Q(path__under=path)
        fields: Any = self.fields
        fields["node"].queryset = nodes
        kinds = [TeamKind.ASSOCIATION, TeamKind.BRIGADE, TeamKind.DETACHMENT]
        parents = Team.objects.live().filter(path__in=above, kind__in=kinds)
        fields["parent"].queryset = parents.exclude(pk=team.pk if team else None).order_by("path", "name")
        levels = [Level.COMPOUND, Level.BUILDING, Level.STAIRWELL, Level.COMMUNITY]
        places = Node.objects.filter(below, valid_to=None, level__in=levels)
        fields["residence"].queryset = places.order_by("path")
        fields["branch"].queryset = PartyOrganisation.objects.filter(node__path__in=above | set(paths)).order_by("name")
        if team is not None:
            for name in ("id", "node", "kind"):
                del fields[name]
        elif len(found) == 1:
            fields["node"].widget = forms.HiddenInput()
            fields["node"].initial = found[0].pk
            fields["id"].initial = new_id
        else:
            fields["id"].initial = new_id

    def draft(self) -> TeamDraft:
        cleaned = self.cleaned_data
        kind = self.team.kind if self.team else cleaned["kind"]
        return TeamDraft(kind=kind, **{name: cleaned[name] for name in SAME_IN_DRAFT})


def initial_of_team(team: Team) -> dict[str, Any]:
    return {name: getattr(team, name) for name in SAME_IN_DRAFT}


class EndTeamForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=TeamEnd.choices)
    note = forms.CharField(label=pgettext_lazy("team", "Note"), max_length=rules.NOTE_LENGTH, required=False)


class AliasForm(forms.Form):
    name = forms.CharField(label=_("Other name"), max_length=rules.NAME_LENGTH)
    source = forms.CharField(label=_("Where it is called so"), max_length=80, required=False)


class KnownForm(forms.Form):
    """Whom a leader knows: both must be right."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = PhoneField(label=_("Phone"), help_text=_("Name and phone as the community has them."))


class AskForm(forms.Form):
    """The desk joins somebody who asked for it."""

    asked = forms.CharField(
        label=_("How the member asked for it"),
        max_length=rules.NOTE_LENGTH,
        help_text=_("For example: came to the counter today. It goes into the trail."),
    )


class LeaveForm(forms.Form):
    """Why a place in a team ends. Never a mark against anybody."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(label=pgettext_lazy("team", "Note"), max_length=rules.NOTE_LENGTH, required=False)

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = OF_HOLDER if own else OF_COMMUNITY
        self.fields["reason"].choices = [(one.value, one.label) for one in fitting]  # type: ignore[attr-defined]


class LeaderForm(forms.Form):
    """A role for somebody who is in the team."""

    member = forms.ModelChoiceField(label=_("Member of the team"), queryset=TeamMembership.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=LeaderRole.choices)

    def __init__(self, *args: Any, held: QuerySet[TeamMembership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member"]
        field.queryset = held.select_related("member").order_by("member__name_sort", "pk")
        field.label_from_instance = lambda row: row.member.name


class LogForm(forms.Form):
    """One entry of the log: when, what, how many."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    held_on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    content = forms.CharField(label=_("What was done"), max_length=rules.LOG_LENGTH, widget=_lines(3))
    people = forms.IntegerField(label=_("How many took part"), min_value=1, max_value=rules.MOST_PEOPLE)
    reason = forms.CharField(label=_("What was wrong"), max_length=rules.NOTE_LENGTH)

    def __init__(self, *args: Any, corrects: TeamLog | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if corrects is None:
            del self.fields["reason"]
        else:
            self.initial |= {"held_on": corrects.held_on, "content": corrects.content, "people": corrects.people}

    def draft(self) -> LogDraft:
        cleaned = self.cleaned_data
        return LogDraft(cleaned["held_on"], cleaned["content"], cleaned["people"])


class FeedbackForm(forms.Form):
    """What a resident has to say, in big plain fields."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    tone = forms.ChoiceField(
        label=_("How do you mean it?"),
        choices=FeedbackTone.choices,
        widget=forms.RadioSelect,
        initial=FeedbackTone.PRAISE,
    )
    text = forms.CharField(label=_("What do you want to say?"), max_length=rules.TEXT_LENGTH, widget=_lines(4))
    phone = forms.CharField(
        label=_("Your phone, if we may call you"),
        max_length=rules.PHONE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("Only the community desk sees it, never the member."),
    )

    def feedback(self) -> Feedback:
        cleaned = self.cleaned_data
        return Feedback(cleaned["id"], cleaned["tone"], cleaned["text"], cleaned["phone"])


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What became of it"),
        max_length=rules.ANSWER_LENGTH,
        widget=_lines(3),
        required=False,
        help_text=_("The member reads it together with the feedback, without the phone. It may stay empty."),
    )
