"""Forms that every kind of commitment shares."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.commitments import rules
from guangcai.commitments.commands import Work
from guangcai.commitments.enums import OF_COMMUNITY, OF_HOLDER
from guangcai.core.ids import new_id

MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)
USUAL_VISIT = timedelta(hours=2)


class EndForm(forms.Form):
    """Why a commitment ends. Never a mark against anybody."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(label=pgettext_lazy("commitment", "Note"), max_length=rules.LONGEST_NOTE, required=False)

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = OF_HOLDER if own else OF_COMMUNITY
        self.fields["reason"].choices = [(one.value, one.label) for one in fitting]  # type: ignore[attr-defined]


class WorkForm(forms.Form):
    """What was done under a commitment, on a phone: when, how long, what."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    start_time = forms.TimeField(label=_("Start"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end_time = forms.TimeField(label=_("End"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(
        label=_("Minutes of service"),
        min_value=1,
        max_value=24 * 60,
        help_text=_("Without the way there and without rest."),
    )
    content = forms.CharField(label=_("What was done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    is_deed = forms.BooleanField(
        label=_("It was a deed: it answered the need of a named person or place"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if start and end and end <= start:
            self.add_error("end_time", _("The end lies before the beginning."))
        return cleaned

    def work(self) -> Work:
        cleaned = self.cleaned_data
        return Work(
            starts_at=self._at(cleaned["start_time"]),
            ends_at=self._at(cleaned["end_time"]),
            minutes=cleaned["minutes"],
            content=cleaned["content"],
            is_deed=cleaned["is_deed"],
            id=cleaned["id"] or new_id(),
        )

    def _at(self, clock: Any) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], clock))


def usual_work(*, now: datetime) -> dict[str, Any]:
    """The form as it opens: the two hours that end now, on one day."""
    here = timezone.localtime(now).replace(second=0, microsecond=0)
    end = here - timedelta(minutes=here.minute % (TEN_MINUTES // MINUTE))
    start = max(end - USUAL_VISIT, end.replace(hour=0, minute=0))
    return {
        "id": new_id(),
        "day": end.date(),
        "start_time": start.time(),
        "end_time": end.time(),
        "minutes": (end - start) // MINUTE or None,
    }
