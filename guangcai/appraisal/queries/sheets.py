"""Feedback as screens show it: quarters of a community, sheets of a quarter, one sheet with its lines."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from guangcai.appraisal.enums import Answer
from guangcai.appraisal.models import FeedbackLine, FeedbackSheet, QuarterClose
from guangcai.appraisal.models.feedback import FeedbackSheetQuerySet
from guangcai.appraisal.queries.news import units_with_news
from guangcai.appraisal.rules import Quarter
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.workdays import add_working_days
from guangcai.ledger.models import Posting
from guangcai.members.models import Employment, Member, Residence
from guangcai.orgs.models import Grant, Node, WorkUnit
from guangcai.orgs.models.organisations import in_force
from guangcai.orgs.policies import FeedbackDeadline, in_force_at
from guangcai.orgs.queries import workday_overrides
from guangcai.orgs.roles import Role

QUARTERS_SHOWN = 12


@dataclass(frozen=True)
class QuarterRow:
    """One quarter of one community: running, to be closed, or closed with so many sheets."""

    quarter: str
    in_words: str
    community: Node
    ends_on: date
    is_over: bool
    closed_at: datetime | None = None
    sheets: int = 0
    drafts: int = 0
    answered: int = 0
    disputed: int = 0
    # Work units to which a supplement is due.
    news: int = 0
    due_on: date | None = None
    is_overdue: bool = False


def communities(actor: Actor, *, on: date) -> "QuerySet[Node]":
    """Communities whose feedback the actor prepares or oversees, top down."""
    return Node.objects.in_force(on).communities().held_by(actor, Permission.FEEDBACK_VIEW).order_by("code")


def quarters(community: Node, *, on: date) -> list[QuarterRow]:
    """The running quarter of a community and those before it, newest first.

    Back to the first that was closed here, or to the last one: nobody is nagged about the time before.
    """
    closes = _closes(community)
    deadline = in_force_at(FeedbackDeadline, path=community.path, on=on)
    overrides = workday_overrides()
    rows: list[QuarterRow] = []
    quarter = Quarter.of(on)
    first = min([str(quarter.previous), *closes])
    news = units_with_news(community, since=first)
    while str(quarter) >= first and len(rows) < QUARTERS_SHOWN:
        close = closes.get(str(quarter))
        due_on = add_working_days(quarter.ends_on, deadline.working_days, overrides=overrides)
        rows.append(
            QuarterRow(
                quarter=str(quarter),
                in_words=quarter.in_words,
                community=community,
                ends_on=quarter.ends_on,
                is_over=quarter.ends_on < on,
                closed_at=close.as_of if close else None,
                sheets=close.all_sheets if close else 0,
                drafts=close.drafts if close else 0,
                answered=close.answered if close else 0,
                disputed=close.disputed if close else 0,
                news=news.get(close.pk, 0) if close else 0,
                due_on=due_on,
                is_overdue=due_on < on and (close is None or close.drafts > 0),
            )
        )
        quarter = quarter.previous
    return rows


def _closes(community: Node) -> dict[str, Any]:
    """The community's closes by quarter, with the numbers of their sheets."""
    rows = QuarterClose.objects.filter(community=community).annotate(
        all_sheets=Count("sheets"),
        drafts=Count("sheets", filter=Q(sheets__approved_at=None)),
        answered=Count("sheets", filter=Q(sheets__answered_at__isnull=False)),
        disputed=Count("sheets", filter=Q(sheets__answer=Answer.DISPUTED, sheets__replied_at=None)),
    )
    return {close.quarter: close for close in rows}


def sheets(actor: Actor) -> FeedbackSheetQuerySet:
    """What the actor may see, with what a list needs: one query."""
    rows = FeedbackSheet.objects.visible_to(actor).select_related("work_unit", "community")
    return rows.annotate(
        members=Count("lines"),
        minutes=Sum("lines__minutes", default=0),
        deeds=Sum("lines__deeds", default=0),
        has_liaison=Exists(_liaisons()),
    )


def _liaisons() -> "QuerySet[Grant]":
    return Grant.objects.filter(work_unit=OuterRef("work_unit"), role=Role.UNIT_LIAISON, ended_at=None)


def lines(sheet: FeedbackSheet) -> "QuerySet[FeedbackLine]":
    """A sheet's lines in the order of names, with their members: one query."""
    return sheet.lines.select_related("member").order_by("member__name_pinyin", "member__name", "pk")


def state_of(sheet: FeedbackSheet) -> tuple[str, str]:
    """The state of a sheet in one word, and its tone."""
    if sheet.approved_at is None:
        return _("Draft"), "wait"
    if sheet.answer == Answer.DISPUTED:
        return (_("Dispute answered"), "info") if sheet.replied_at else (_("Disputed"), "bad")
    if sheet.answer == Answer.ACKNOWLEDGED:
        return _("Acknowledged"), "good"
    if sheet.read_at is not None:
        return _("Read"), "info"
    return (_("Handed over on paper"), "info") if sheet.handed_over_on else (_("Sent"), "idle")


def units_concerned(community: Node, quarter: Quarter) -> "QuerySet[WorkUnit]":
    """Work units that get a sheet when `quarter` is closed, with the number of members living here on its last day."""
    homes = Residence.objects.filter(in_force(quarter.ends_on), community=community, member__ended_at=None)
    jobs = Employment.objects.filter(in_force(quarter.ends_on), member__in=homes.values("member"))
    counted = jobs.values("work_unit").annotate(n=Count("pk"))
    units = WorkUnit.objects.filter(pk__in=jobs.values("work_unit"))
    members = Subquery(counted.filter(work_unit=OuterRef("pk")).values("n")[:1])
    return units.annotate(members=members).order_by("name")


def closed_quarter(community: Node, quarter: Quarter) -> QuarterClose | None:
    """What a close did: the row with `all_sheets` and `members` on them, supplements apart."""
    first = Q(sheets__supplement_no=0)
    rows = QuarterClose.objects.filter(community=community, quarter=str(quarter))
    return rows.annotate(
        all_sheets=Count("sheets", filter=first, distinct=True), members=Count("sheets__lines", filter=first)
    ).first()


def on_no_sheet(community: Node, quarter: Quarter) -> "QuerySet[Member]":
    """Who stands on no sheet, for want of a work unit on record, with the `minutes` that nobody is told of.

    Members living here on the quarter's last day, and whoever served here on a day without a unit. One query.
    """
    then = Employment.objects.filter(member=OuterRef("pk")).filter(in_force(quarter.ends_on))
    on_that_day = Q(until=None) | Q(until__gt=OuterRef("served_on"))
    jobs = Employment.objects.filter(on_that_day, member=OuterRef("member"), since__lte=OuterRef("served_on"))
    untold = Posting.objects.filter(
        ~Exists(jobs),
        member=OuterRef("pk"),
        community=community,
        served_on__range=(quarter.starts_on, quarter.ends_on),
    )
    minutes = untold.order_by().values("member").annotate(total=Sum("minutes")).values("total")
    homes = Residence.objects.filter(in_force(quarter.ends_on), community=community)
    lives_here = Q(pk__in=homes.values("member"), ended_at=None) & ~Exists(then)
    rows = Member.objects.filter(lives_here | Exists(untold), merged_into=None)
    return rows.annotate(minutes=Coalesce(Subquery(minutes), 0)).order_by("name_pinyin", "name", "pk")
