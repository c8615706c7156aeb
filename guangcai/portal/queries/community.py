"""What the desk and the secretary must do today: one line per matter, with its number and the way there."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guangcai.activities.queries.shifts import ShiftRow, shifts_between, shifts_to_close
from guangcai.appraisal.enums import Answer
from guangcai.appraisal.models import Appraisal, FeedbackSheet, QuarterClose
from guangcai.appraisal.rules import Quarter
from guangcai.care.queries.households import due as care_due
from guangcai.cases.queries.board import waiting as cases_waiting
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.councils.queries.bodies import due as bodies_due
from guangcai.councils.queries.promises import late_in
from guangcai.councils.queries.proposals import due as proposals_due
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import Objection
from guangcai.ledger.queries.entries import count_waiting, waiting_entries
from guangcai.mediation.queries.lists import waiting as mediations_waiting
from guangcai.members.models import ReportIn
from guangcai.members.queries import count_overdue, open_pairs
from guangcai.orgs.models import Node
from guangcai.places.queries.bookings import due as bookings_due
from guangcai.pledges.queries.pledges import due_for_review
from guangcai.portal.links import link
from guangcai.portal.models import Suggestion
from guangcai.posts.queries.posts import due as posts_due
from guangcai.studios.queries.studios import due as studios_due
from guangcai.teams.queries.teams import due as teams_due
from guangcai.wishes.queries.wishes import due as wishes_due
from guangcai.zones.queries.own import due as zones_due


@dataclass(frozen=True)
class Due:
    """One matter that waits: how many, since what, and one tap there. `tone` is bad when a deadline has passed."""

    key: str
    label: str
    count: int
    url: str
    icon: str
    note: str = ""
    tone: str = "wait"


def due(actor: Actor, *, now: datetime) -> list[Due]:
    """Everything that waits for the actor in his area, what is late first. Empty: nothing is due."""
    rows = [*_shifts(actor, now), *_people(actor, now), *_records(actor), *_posts(actor, now), *_pledges(actor, now)]
    rows += _zones(actor, now)
    rows += _teams(actor)
    rows += _care(actor, now)
    rows += _cases(actor, now)
    rows += _mediations(actor, now)
    rows += _wishes(actor, now)
    rows += _councils(actor, now)
    rows += _bookings(actor, now)
    rows += _studios(actor, now)
    rows += [*_feedback(actor, now), *_approvals(actor)]
    shown = [row for row in rows if row.count and row.url]
    return sorted(shown, key=lambda row: row.tone != "bad")


def shifts_today(actor: Actor, *, now: datetime) -> list[ShiftRow]:
    """Today's shifts in the actor's area: two queries."""
    today = datetime.combine(localdate(now), time.min, tzinfo=get_default_timezone())
    return shifts_between(actor, since=today, until=today + timedelta(days=1), now=now)


def _shifts(actor: Actor, now: datetime) -> list[Due]:
    if not actor.holds(Permission.ATTENDANCE_TAKE):
        return []
    waiting = shifts_to_close(actor, now=now)
    late = sum(shift.is_overdue for shift in waiting)
    if not waiting:
        note = ""
    elif late:
        note = ngettext("%(n)d is past the ten working days", "%(n)d are past the ten working days", late) % {"n": late}
    else:
        first = waiting[0]
        note = _("the first by %(month)d/%(day)d: %(title)s") % {
            "month": first.due_on.month,
            "day": first.due_on.day,
            "title": first.title,
        }
    to = (
        link("activities:closing", waiting[0].id)
        if len(waiting) == 1
        else link("activities:list", query="state=to_close")
    )
    return [Due("shifts", _("Shifts to close"), len(waiting), to, "clipboard-check", note, "bad" if late else "wait")]


def _people(actor: Actor, now: datetime) -> list[Due]:
    rows = []
    if actor.holds(Permission.REPORT_IN_ACCEPT):
        slips = ReportIn.objects.waiting().filter(under("path", actor.paths_with(Permission.REPORT_IN_ACCEPT))).count()
        rows.append(Due("report_ins", _("Report-ins to accept"), slips, link("members:report_ins"), "user-plus"))
    if actor.holds(Permission.ROSTER_EDIT):
        note = _("records that may be one person")
        pairs = open_pairs(actor).count()
        rows.append(Due("duplicates", _("Possible duplicates"), pairs, link("members:duplicates"), "users", note))
        silent, to = count_overdue(actor, on=localdate(now)), link("members:mobile", query="contact=overdue")
        rows.append(Due("mobile", _("Mobile members not heard of for half a year"), silent, to, "phone", tone="bad"))
    if actor.holds(Permission.SUGGESTION_READ):
        open_ones = Suggestion.objects.visible_to(actor).open().count()
        rows.append(Due("suggestions", _("Suggestions to answer"), open_ones, link("portal:suggestions"), "message"))
    return rows


def _records(actor: Actor) -> list[Due]:
    rows = []
    if actor.holds(Permission.ENTRY_CONFIRM):
        waiting = count_waiting(actor)
        rows.append(Due("entries", _("Service to confirm"), waiting, link("ledger:confirmations"), "checks"))
    if actor.holds(Permission.ENTRY_RECORD):
        objections = Objection.objects.open().filter(under("path", actor.paths_with(Permission.ENTRY_RECORD))).count()
        rows.append(
            Due("objections", _("Objections to answer"), objections, link("ledger:objections"), "message-report")
        )
    return rows


def _posts(actor: Actor, now: datetime) -> list[Due]:
    """Proposals to decide, claims to confirm, collected claims to serve: three queries."""
    if not actor.holds(Permission.POST_EDIT):
        return []
    waiting = posts_due(actor, paths=actor.paths_with(Permission.POST_EDIT), now=now)
    found = (
        ("post_claims", _("Claims of posts to confirm"), waiting.claims, "to_confirm", "id-badge-2"),
        ("post_draws", _("Posts whose places are to be given out"), waiting.draws, "to_draw", "list-check"),
        ("post_proposals", _("Proposed posts to decide"), waiting.proposals, "proposed", "bulb"),
    )
    return [
        Due(key, label, count, link("posts:list", query=f"state={state}"), icon)
        for key, label, count, state, icon in found
    ]


def _pledges(actor: Actor, now: datetime) -> list[Due]:
    """Pledges that are over and that nobody has looked at: one query."""
    if not actor.holds(Permission.PLEDGE_EDIT):
        return []
    to, waiting = link("pledges:list", query="state=to_review"), due_for_review(actor, on=localdate(now))
    return [Due("pledges", _("Pledges due for review"), waiting, to, "writing")]


def _zones(actor: Actor, now: datetime) -> list[Due]:
    """Offers to confirm, agreements about to end, holders who moved away: one query."""
    if not actor.holds(Permission.ZONE_EDIT):
        return []
    waiting = zones_due(actor, paths=actor.paths_with(Permission.ZONE_EDIT), on=localdate(now))
    found = (
        ("zone_offers", _("Zones somebody wants to take"), waiting.offers, "offered", "user-plus"),
        ("zone_renewals", _("Zone agreements about to end"), waiting.renewals, "due", "calendar-time"),
        ("zone_away", _("Zones whose holder moved away"), waiting.away, "away", "home"),
    )
    return [
        Due(key, label, count, link("zones:list", query=f"state={state}"), icon)
        for key, label, count, state, icon in found
    ]


def _teams(actor: Actor) -> list[Due]:
    """Requests to join, and what residents wrote under plates: two queries."""
    if not actor.holds(Permission.TEAM_EDIT):
        return []
    waiting, to = teams_due(actor, paths=actor.paths_with(Permission.TEAM_EDIT)), "state=to_answer"
    return [
        Due("team_requests", _("Requests to join a team"), waiting.asked, link("teams:list", query=to), "users-group"),
        Due(
            "plate_feedback",
            _("Feedback of residents"),
            waiting.feedback,
            link("teams:inbox", query="seen=no"),
            "message",
        ),
    ]


def _cases(actor: Actor, now: datetime) -> list[Due]:
    """Requests to dispatch, overdue and to call back: one query."""
    if not actor.holds(Permission.CASE_EDIT):
        return []
    waiting = cases_waiting(actor, now=now, permission=Permission.CASE_EDIT)
    found = (
        ("case_overdue", _("Overdue requests"), waiting.overdue, "overdue", "alert-circle", "bad"),
        ("case_dispatch", _("Requests to dispatch"), waiting.to_dispatch, "to_dispatch", "send", "wait"),
        ("case_call_back", _("Askers to call back"), waiting.to_call_back, "to_call_back", "phone", "wait"),
    )
    return [
        Due(key, label, count, link("cases:list", query=f"state={state}"), icon, tone=tone)
        for key, label, count, state, icon, tone in found
    ]


def _mediations(actor: Actor, now: datetime) -> list[Due]:
    """Quarrels nobody has heard yet, agreements to look at again: one query."""
    if not actor.holds(Permission.MEDIATION_EDIT):
        return []
    waiting = mediations_waiting(actor, now=now)
    to_hear, visits = link("mediation:list", query="state=open"), link("mediation:list", query="state=due")
    return [
        Due("mediation_hear", _("Quarrels to hear"), waiting.to_hear, to_hear, "heart-handshake"),
        Due("mediation_visits", _("Agreements to look at again"), waiting.visits, visits, "home-check", tone="bad"),
    ]


def _councils(actor: Actor, now: datetime) -> list[Due]:
    """Meetings, menus and surveys due, proposals that wait for the desk, promises past their day: four queries."""
    if not actor.holds(Permission.COUNCIL_EDIT):
        return []
    paths, today = actor.paths_with(Permission.COUNCIL_EDIT), localdate(now)
    owed, waiting = bodies_due(actor, on=today), proposals_due(actor, paths=paths)
    late = sum(one.is_late for one in owed)
    note = ngettext("%(n)d is overdue", "%(n)d are overdue", late) % {"n": late} if late else ""
    tone = "bad" if late else "wait"
    kept_late, to = late_in(actor, paths=paths, on=today), link("councils:pledges", query="state=late")
    rows = [
        Due(
            "bodies",
            _("Meetings, menus and surveys due"),
            len(owed),
            link("councils:bodies"),
            "users-group",
            note,
            tone,
        ),
        Due("promises", _("Promises of units past their day"), kept_late, to, "heart-handshake", tone="bad"),
    ]
    found = (
        ("proposals_raised", _("Proposals to screen"), waiting.raised, "raised"),
        ("proposals_accepted", _("Proposals to table"), waiting.accepted, "accepted"),
        ("proposals_done", _("Proposals to be judged"), waiting.done, "done"),
        ("proposals_judged", _("Results to publish"), waiting.judged, "judged"),
    )
    rows += [
        Due(key, label, count, link("councils:proposals", query=f"state={state}"), "bulb")
        for key, label, count, state in found
    ]
    return rows


def _wishes(actor: Actor, now: datetime) -> list[Due]:
    """Wishes to verify, to publish, to give out, to ask about; claims to confirm; thanks to read: four queries."""
    if not actor.holds(Permission.WISH_EDIT):
        return []
    waiting = wishes_due(actor, paths=actor.paths_with(Permission.WISH_EDIT), now=now)
    found = (
        ("wishes_new", _("Wishes to verify"), waiting.to_verify, "collected", "star"),
        ("wishes_verified", _("Verified wishes to publish"), waiting.to_publish, "verified", "speakerphone"),
        ("wish_claims", _("Claims of wishes to confirm"), waiting.claims, "to_confirm", "heart-handshake"),
        ("wish_draws", _("Wishes to give out"), waiting.draws, "to_draw", "list-check"),
        ("wishes_done", _("Wishers to ask whether it came true"), waiting.to_ask, "fulfilled", "message"),
        ("wishes_long", _("Wishes taken on for long"), waiting.long, "long", "hourglass"),
        ("wish_thanks", _("Thanks to read and show"), waiting.thanks, "thanks", "message"),
    )
    return [
        Due(key, label, count, link("wishes:list", query=f"state={state}"), icon)
        for key, label, count, state, icon in found
    ]


def _care(actor: Actor, now: datetime) -> list[Due]:
    """Visits overdue, serious changes, high risks without anybody, members who moved: a fixed number of queries."""
    if not actor.holds(Permission.CARE_EDIT):
        return []
    waiting = care_due(actor, now=now)
    found = (
        ("care_alerts", _("Households with a serious change"), waiting.alerts, "alert", "bell", "bad"),
        ("care_late", _("Households whose visit is overdue"), waiting.overdue, "late", "home-heart", "bad"),
        ("care_unpaired", _("High-risk households without anybody"), waiting.unpaired, "unpaired", "user-x", "wait"),
        ("care_moved", _("Households whose member moved away"), waiting.moved, "moved", "home", "wait"),
        ("care_confirm", _("Pairings to confirm"), waiting.confirmations, "to_confirm", "user-heart", "wait"),
    )
    narrowed = {"care_unpaired": "&tier=high"}
    return [
        Due(key, label, count, link("care:list", query=f"state={state}{narrowed.get(key, '')}"), icon, tone=tone)
        for key, label, count, state, icon, tone in found
    ]


def _bookings(actor: Actor, now: datetime) -> list[Due]:
    """What somebody asks to have, and what was used and nobody has written back: two queries."""
    if not actor.holds(Permission.RESOURCE_BOOK):
        return []
    waiting = bookings_due(actor, now=now)
    found = (
        ("bookings", _("Bookings to answer"), waiting.to_answer, "answer", "calendar-event"),
        ("returns", _("Resources to be returned"), waiting.to_return, "return", "arrow-back-up"),
    )
    return [
        Due(key, label, count, link("places:bookings", query=f"wait={wait}"), icon)
        for key, label, count, wait, icon in found
    ]


def _studios(actor: Actor, now: datetime) -> list[Due]:
    """Residents who wait in a studio now, and members who offered to sit: two queries."""
    if not actor.holds(Permission.STUDIO_EDIT):
        return []
    waiting = studios_due(actor, now=now)
    line = link("studios:session", waiting.session) if waiting.session else ""
    return [
        Due("studio_line", _("Residents who wait in a studio"), waiting.in_line, line, "numbers"),
        Due(
            "studio_offers", _("Members who offered to sit in a studio"), waiting.offers, link("studios:list"), "users"
        ),
    ]


def _feedback(actor: Actor, now: datetime) -> list[Due]:
    """The quarter that is over: to be closed, its sheets to be approved, disputes to be answered."""
    if not actor.holds(Permission.FEEDBACK_EDIT):
        return []
    paths, to = actor.paths_with(Permission.FEEDBACK_EDIT), link("appraisal:quarters")
    over = Quarter.of(localdate(now)).previous
    here = Node.objects.in_force(localdate(now)).communities().held_by(actor, Permission.FEEDBACK_EDIT)
    closed = QuarterClose.objects.filter(under("path", paths), quarter=str(over)).values("community")
    open_ones = here.exclude(pk__in=closed).count()
    disputes = FeedbackSheet.objects.filter(under("path", paths), answer=Answer.DISPUTED, replied_at=None).count()
    return [
        Due("quarter", _("Quarterly feedback to prepare"), open_ones, to, "calendar-check", str(over)),
        Due("disputes", _("Feedback a unit disputes"), disputes, to, "message-report"),
    ]


def _approvals(actor: Actor) -> list[Due]:
    """What only the secretary's word makes valid."""
    rows = []
    if actor.holds(Permission.FEEDBACK_APPROVE):
        paths = actor.paths_with(Permission.FEEDBACK_APPROVE)
        sheets = FeedbackSheet.objects.filter(under("path", paths), approved_at=None).count()
        rows.append(Due("sheets", _("Feedback sheets to approve"), sheets, link("appraisal:quarters"), "file-text"))
    if actor.holds(Permission.BACK_FILL_APPROVE):
        paths = actor.paths_with(Permission.BACK_FILL_APPROVE)
        filled = waiting_entries(actor).filter(under("path", paths), origin=EntryOrigin.BACK_FILL).count()
        note = _("they need your word")
        rows.append(Due("back_fills", _("Back-filled service"), filled, link("ledger:confirmations"), "pencil", note))
    if actor.holds(Permission.APPRAISAL_APPROVE):
        paths = actor.paths_with(Permission.APPRAISAL_APPROVE)
        ready = Appraisal.objects.filter(under("path", paths), approved_at=None).exclude(opinion="").count()
        rows.append(Due("appraisals", _("Appraisals to approve"), ready, link("appraisal:appraisals"), "award"))
    return rows
