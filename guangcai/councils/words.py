"""What councils say of themselves in plain words, and the tone of each state."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.errors import Text
from guangcai.councils.enums import ProposalState as S
from guangcai.councils.rules import Duty, Standing

TONES: Final[dict[str, str]] = {
    S.RAISED: "wait",
    S.ACCEPTED: "info",
    S.TABLED: "info",
    S.PLEDGED: "info",
    S.UNDERWAY: "info",
    S.DONE: "wait",
    S.JUDGED: "wait",
    S.PUBLISHED: "good",
    S.REFUSED: "idle",
    S.DROPPED: "idle",
}
# What a step says once it lies behind: the label of a state says what comes next.
STEPS: Final[dict[str, Text]] = {
    S.RAISED: pgettext_lazy("story", "It is proposed"),
    S.ACCEPTED: pgettext_lazy("story", "The community takes it up"),
    S.TABLED: pgettext_lazy("story", "It is put on the table"),
    S.PLEDGED: S.PLEDGED.label,
    S.UNDERWAY: S.UNDERWAY.label,
    S.DONE: pgettext_lazy("story", "Everything promised is done"),
    S.JUDGED: pgettext_lazy("story", "It is judged"),
    S.PUBLISHED: pgettext_lazy("story", "The result is published"),
    S.REFUSED: pgettext_lazy("story", "The community does not take it up"),
    S.DROPPED: pgettext_lazy("story", "It goes no further"),
}
STANDINGS: Final[dict[Standing, tuple[Text, str]]] = {
    Standing.ON_TIME: (pgettext_lazy("promise", "In time"), "info"),
    Standing.SILENT: (pgettext_lazy("promise", "Not heard of for long"), "wait"),
    Standing.LATE: (pgettext_lazy("promise", "Late"), "bad"),
    Standing.KEPT: (pgettext_lazy("promise", "Kept in time"), "good"),
    Standing.KEPT_LATE: (pgettext_lazy("promise", "Kept, but late"), "wait"),
    Standing.PARTLY: (pgettext_lazy("promise", "Judged as partly kept"), "wait"),
    Standing.NOT_KEPT: (pgettext_lazy("promise", "Judged as not kept"), "bad"),
    Standing.WITHDRAWN: (pgettext_lazy("promise", "Given up"), "idle"),
    Standing.STOPPED: (pgettext_lazy("promise", "The proposal was dropped"), "idle"),
}
DUTIES: Final[dict[Duty, Text]] = {
    Duty.MEETING: _("Meeting due"),
    Duty.MENU: _("Activity menu to publish"),
    Duty.SURVEY: _("Topical survey to write down"),
}
AGREEMENT_STATES: Final[dict[str, tuple[Text, str]]] = {
    "to_sign": (pgettext_lazy("agreement", "To be signed"), "wait"),
    "in_force": (pgettext_lazy("agreement", "In force"), "good"),
    "over": (pgettext_lazy("agreement", "The term is over"), "idle"),
    "ended": (pgettext_lazy("agreement", "Ended"), "idle"),
}
