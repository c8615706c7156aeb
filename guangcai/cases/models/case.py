"""Cases: what somebody asked for. Who asked stands in another table (Asker), and so does everything that happened."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.cases.enums import ASSIGNED, OPEN, CaseChannel, CaseState, CloseCode, OriginKind, StateType
from guangcai.cases.models.catalogue import Item
from guangcai.cases.models.computed import due, tally
from guangcai.commitments import team_roll
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.text import search_words
from guangcai.members.models import Member
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import Node, WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

# Tone and icon; no icon is that of the tone.
MARKS = {
    **dict.fromkeys(CaseState, ("info", "")),
    **dict.fromkeys((CaseState.TO_DISPATCH, CaseState.DISPATCHED, CaseState.DONE), ("wait", "")),
    CaseState.TO_RULE: ("bad", "flag"),
    CaseState.CLOSED: ("idle", "circle-x"),
    CaseState.SOLVED: ("good", "circle-check"),
}


class _Lexemes(SearchQuery):
    """Words as search_words cut them (letters and digits alone): PostgreSQL does not cut them once more."""

    template = "%(expressions)s::tsquery"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Cases of the desk's or the overseer's area, one's own, those one, one's unit or one's team was asked to do.

        Whoever a case complains of never sees it, whatever else he holds (abuse case 17). Seeing a case says nothing
        about who asked: see queries.askers.
        """
        from guangcai.cases.models.asker import Asker  # cycle: both point to cases
        from guangcai.cases.models.step import CaseStep

        seen = under("path", actor.paths_with(Permission.CASE_VIEW))
        if units := actor.units_with(Permission.CASE_ANSWER):
            seen |= Q(assignment__in=CaseStep.objects.filter(unit__in=units).values("pk"))
        if actor.member_id is not None:
            seen |= Q(pk__in=Asker.objects.filter(member=actor.member_id).values("case"))
            led = team_roll.roll().led_by(actor.member_id).values("pk")
            own = CaseStep.objects.filter(Q(member=actor.member_id) | Q(team_id__in=led))
            seen |= Q(assignment__in=own.values("pk"))
        return self.filter(seen).not_about(actor)

    def of_area(self, actor: "Actor", permission: Permission = Permission.CASE_VIEW) -> Self:
        """Cases of the area where the actor holds `permission`: what boards and lists of the desk begin with."""
        return self.filter(under("path", actor.paths_with(permission))).not_about(actor)

    def not_about(self, actor: "Actor") -> Self:
        """Without those that complain of the actor, or of a unit he answers for."""
        rows = self
        if actor.member_id is not None:
            rows = rows.exclude(about_member=actor.member_id)
        if units := actor.units_with(Permission.CASE_ANSWER):
            rows = rows.exclude(about_unit__in=units)
        return rows

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def assigned(self) -> Self:
        """Somebody was asked and has neither finished nor given it back."""
        return self.filter(state__in=ASSIGNED)

    def saying(self, typed: str) -> Self:
        """Cases whose words hold every word that was typed, two characters included."""
        words = search_words(typed)
        if not words:
            return self
        return self.filter(words=_Lexemes(" & ".join(f"'{word}'" for word in words)))


class Case(CommunityFact):
    """Somebody asked for something: what, where, through which door; whom it complains of, if anybody.

    state, assignment and the moments below repeat the steps (CaseStep), written in the same command, so that lists
    and rates need no join; `guangcai verify` proves that they say the same. due_* are set with the first dispatch and
    never change (docs/adr/0023).
    """

    # Told to the asker and spoken on the phone: year and a number of the district, 26-000417.
    number = models.CharField(max_length=12)
    item = models.ForeignKey(Item, models.PROTECT, related_name="cases")
    what = models.CharField(max_length=500)
    # What search looks in: words parted by spaces (core.text.segment), kept as the database searches them; never shown.
    words = SearchVectorField(default="", editable=False)
    place = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    # What names a door or a person's home; the flat of the asker stands with the asker.
    place_note = EncryptedTextField(purpose="cases.case.place_note", blank=True)
    answers = models.JSONField(default=list, blank=True)
    channel = models.CharField(max_length=8, choices=CaseChannel.choices)
    is_anonymous = models.BooleanField(default=False)
    about_member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    about_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    from_kind = models.CharField(max_length=12, choices=OriginKind.choices, blank=True)
    from_id = models.UUIDField(null=True, blank=True)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)

    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.TO_DISPATCH)
    # The step that names who has it now, or who did it; None before the first and after it was given back.
    assignment = models.ForeignKey("cases.CaseStep", models.PROTECT, null=True, blank=True, related_name="+")
    # First dispatch: every time is counted from here.
    dispatched_at = models.DateTimeField(null=True, blank=True)
    due_response = models.DateTimeField(null=True, blank=True)
    due_solution = models.DateTimeField(null=True, blank=True)
    # The asker was spoken to for the first time; the work was done for the last time; the case ended.
    responded_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    called_back_at = models.DateTimeField(null=True, blank=True)
    # What the asker said last: True solved, False not; None not asked or not reached.
    is_solved = models.BooleanField(null=True, blank=True)
    is_satisfied = models.BooleanField(null=True, blank=True)
    returns = models.PositiveSmallIntegerField(default=0)
    noticed_at = models.DateTimeField(null=True, blank=True)
    close_code = models.CharField(max_length=12, choices=CloseCode.choices, blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", db_index=False
    )
    anonymised_at = models.DateTimeField(null=True, blank=True)
    # The next moment it is measured by; what nobody was asked yet stands by when it came in. Computed, as is
    due = models.GeneratedField(expression=due(), output_field=models.DateTimeField(), db_persist=True)
    # what it counts for in the three rates (Counted): by the database, written by nobody.
    tally = models.GeneratedField(expression=tally(), output_field=models.SmallIntegerField(), db_persist=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            # The number first: a desk looks for it without saying the district.
            models.UniqueConstraint(fields=["number", "district_code"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["district_code", "from_kind", "from_id"],
                condition=Q(from_id__isnull=False),
                name="case_from_once",
            ),
            models.CheckConstraint(condition=~Q(what="") | Q(anonymised_at__isnull=False), name="case_says_what"),
            models.CheckConstraint(
                condition=Q(from_kind="", from_id=None) | (~Q(from_kind="") & Q(from_id__isnull=False)),
                name="case_from_whole",
            ),
            # The three moments of the clock stand together, and it runs forward.
            models.CheckConstraint(
                condition=Q(dispatched_at=None, due_response=None, due_solution=None)
                | Q(
                    dispatched_at__isnull=False,
                    due_response__isnull=False,
                    due_solution__isnull=False,
                    dispatched_at__gte=F("raised_at"),
                    due_response__gt=F("dispatched_at"),
                    due_solution__gt=F("dispatched_at"),
                ),
                name="case_clock_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[CaseState.CLOSED, CaseState.SOLVED], ended_at__isnull=False)
                | (~Q(state__in=[CaseState.CLOSED, CaseState.SOLVED]) & Q(ended_at=None)),
                name="case_ended_when_over",
            ),
            models.CheckConstraint(
                condition=(Q(state=CaseState.CLOSED) & ~Q(close_code=""))
                | (~Q(state=CaseState.CLOSED) & Q(close_code="")),
                name="case_closed_with_code",
            ),
            models.CheckConstraint(
                condition=Q(close_code=CloseCode.DUPLICATE, duplicate_of__isnull=False)
                | (~Q(close_code=CloseCode.DUPLICATE) & Q(duplicate_of=None)),
                name="case_duplicate_of_another",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=F("id")), name="case_not_its_own_duplicate"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ASSIGNED) | Q(assignment__isnull=False), name="case_assigned_to_somebody"
            ),
            # Solved is the asker's word.
            models.CheckConstraint(
                condition=~Q(state=CaseState.SOLVED) | Q(is_solved__isnull=False, is_solved=True),
                name="case_solved_as_said",
            ),
        ]
        indexes = [
            # The boards, most urgent first: of one place; and wherever, with what is counted of all that is open.
            models.Index(fields=["path", "due", "id"], condition=Q(ended_at=None), name="case_board"),
            models.Index(
                fields=["due", "id"],
                include=["path", "state", "dispatched_at", "tally"],
                condition=Q(ended_at=None),
                name="case_board_wide",
            ),
            models.Index(fields=["path", "-raised_at"], name="case_by_path"),
            # Newest first, wherever: what is over, and what a search found.
            models.Index(fields=["-raised_at", "id"], include=["path", "ended_at"], name="case_newest"),
            # The three rates of a period, without the rows: of one place, and of a whole district.
            models.Index(fields=["path", "dispatched_at"], include=["item", "tally"], name="case_rates"),
            models.Index(fields=["dispatched_at"], include=["path", "item", "tally"], name="case_rates_wide"),
            models.Index(fields=["path"], include=["id", "item"], condition=Q(returns__gt=0), name="case_returned"),
            models.Index(fields=["place"], condition=Q(ended_at=None), name="case_open_by_place"),
            GinIndex(fields=["words"], name="case_by_words"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:case", args=[self.pk])

    @property
    def state_type(self) -> StateType:
        if self.state == CaseState.SOLVED:
            return StateType.SOLVED
        return StateType.CLOSED if self.state == CaseState.CLOSED else StateType.OPEN

    @property
    def standing(self) -> tuple[str, str, str]:
        """How it stands, for one mark on a screen: words, tone, icon. What was closed says why, what is at the desk
        again how it came there."""
        state = CaseState(self.state)
        if state == CaseState.CLOSED:
            return self.get_close_code_display(), *MARKS[state]
        if state == CaseState.TO_DISPATCH and self.dispatched_at is not None:
            words = _("Not solved, to dispatch again") if self.is_solved is False else _("Back, to dispatch again")
            return words, "bad", "arrow-back-up"
        return self.get_state_display(), *MARKS[state]

    @property
    def is_assigned(self) -> bool:
        return self.state in ASSIGNED
