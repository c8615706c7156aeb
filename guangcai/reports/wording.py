"""What statistics call their dimensions and figures, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.cases.filters import FIGURES
from guangcai.core.errors import Text

LINK_WORDS: Mapping[str, Text] = {
    "lives_here": _("Lives here"),
    "relation_here": _("Relation here"),
    "both_here": _("Both here"),
    "relation_here_lives_elsewhere": _("Relation here, lives elsewhere"),
    "lives_here_relation_elsewhere": _("Lives here, relation elsewhere"),
    "lives_here_relation_unknown": _("Lives here, relation not known"),
}
DIMENSION_WORDS: Mapping[str, Text] = {
    "community": pgettext_lazy("level", "Community"),
    "occupation": _("Occupation"),
    "skill": _("Skill"),
    "category": _("Category"),
    "type": _("Member type"),
    "unit": _("Work unit"),
    "link": _("Link"),
    "theme": _("Theme"),
    "kind": _("Kind"),
    "activity": _("Activity"),
    "month": _("Month"),
    "outcome": _("Outcome"),
    "cause": pgettext_lazy("mediation", "Cause"),
    "verdict": _("Duty"),
    "field": _("Field"),
    "basis": _("Basis"),
    "quarter": _("Quarter"),
    "tier": _("Risk tier"),
    "pairing": _("Kind of pairing"),
    "pledge": pgettext_lazy("menu", "Pledge"),
    "state": _("State"),
    "street": pgettext_lazy("level", "Street"),
    "channel": _("How it came"),
    "programme": _("Aid programme"),
    "item": pgettext_lazy("case", "Item"),
    "studio": pgettext_lazy("studio", "Studio"),
}
REQUEST_FIGURES: Mapping[str, Text] = dict(FIGURES)
MEASURE_WORDS: Mapping[str, Text] = {
    "count": _("Count"),
    "reported_in": pgettext_lazy("count", "Reported in"),
    "participants": _("Participants"),
    "people": _("People in teams"),
    "visits": pgettext_lazy("care", "Visits"),
    "due": pgettext_lazy("care", "Visits due"),
    "made": pgettext_lazy("care", "Due visits made"),
    "overdue": _("Visit overdue"),
    "logged": _("Entries of the log"),
    "places": _("Places"),
    "claimed": pgettext_lazy("posts", "Places claimed"),
    "taken_up": pgettext_lazy("posts", "Places taken up"),
    "rate": pgettext_lazy("posts", "Claimed, percent"),
    "held": pgettext_lazy("zones", "Held"),
    "signed": pgettext_lazy("zones", "Signed"),
    "share": pgettext_lazy("zones", "Share signed"),
    "sent": _("Sent"),
    "read": _("Read"),
    "acknowledged": _("Acknowledged"),
    "disputed": _("Disputed"),
    "kept": pgettext_lazy("promise", "Kept in time"),
    "kept_late": pgettext_lazy("promise", "Kept, but late"),
    "late": pgettext_lazy("promise", "Late"),
    "units": _("Number of work units"),
    "joint": _("With a joint meeting"),
    "agreed": _("With an agreement"),
    "fulfilled": pgettext_lazy("pledge", "Fulfilled"),
    "partly": pgettext_lazy("pledge", "Partly fulfilled"),
    "not_yet": pgettext_lazy("pledge", "Not yet fulfilled"),
    **{f"requests_{name}": words for name, words in REQUEST_FIGURES.items()},
    "studio_held": pgettext_lazy("studio", "Sessions held"),
    "studio_planned": pgettext_lazy("studio", "Sessions planned"),
    "studio_received": pgettext_lazy("studio", "Residents received"),
    "studio_cases": pgettext_lazy("studio", "Notes that are requests"),
    "studio_closed": pgettext_lazy("studio", "Of these closed"),
    "mediations_agreed": pgettext_lazy("mediation", "Agreed"),
    "mediations_holding": pgettext_lazy("mediation", "Holding at the last visit"),
    "wishes_claimed": pgettext_lazy("wishes", "Taken on"),
    "wishes_fulfilled": pgettext_lazy("wishes", "Come true"),
}
