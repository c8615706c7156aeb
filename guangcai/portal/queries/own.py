"""The member's phone in lines: first what asks for him today, then one line for each kind of thing he has taken on.

A room adds a function to ASKED or TAKEN_ON, over what member_day has read: no line costs a query.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from guangcai.care.queries.households import Home
from guangcai.core.templatetags.core import day as day_of
from guangcai.portal.links import link
from guangcai.portal.queries.member import MemberDay

NAMED = 2


@dataclass(frozen=True)
class Line:
    """One line with one tap behind it. `count` stands at its end; 0: none. home: a household whose visit is due."""

    key: str
    label: str
    url: str
    icon: str
    note: str = ""
    count: int = 0
    home: Home | None = None


# --- what asks for him ----------------------------------------------------------------------------------------------


def asked(day: MemberDay) -> list[Line]:
    """What waits for an answer or is due today, most urgent kind first."""
    return [line for tell in ASKED for line in tell(day) if line.url]


def _visits(day: MemberDay) -> Iterable[Line]:
    for one in day.households:
        if one.home and (one.home.is_late or one.home.is_due_today):
            row = one.home.household
            note = str(row.place or "")
            yield Line(f"visit-{row.pk}", row.label, link("care:visits", row.pk), "home-heart", note, home=one.home)


def _mediations_due(day: MemberDay) -> Iterable[Line]:
    """By number alone: a phone is looked at over a shoulder."""
    for row in day.mediations:
        if row.state == "open":
            yield Line(f"mediation-{row.pk}", row.number, row.get_absolute_url(), "heart-handshake", _("To hear"))
        elif row.due_on is not None and row.due_on <= localdate():
            note = _("Ask whether the agreement holds")
            yield Line(f"mediation-{row.pk}", row.number, row.get_absolute_url(), "home-check", note)


def _messages(day: MemberDay) -> Iterable[Line]:
    if day.unread:
        words = ngettext("%(n)d new message", "%(n)d new messages", day.unread) % {"n": day.unread}
        yield Line("messages", words, link("portal:messages"), "bell")


def _invitations(day: MemberDay) -> Iterable[Line]:
    if day.invitations:
        words = _("Your community asks you for help")
        titles = [row.post.title if row.post else row.shift.activity.title for row in day.invitations]  # type: ignore[union-attr]
        yield Line("invitations", words, link("invitations:mine"), "mail", _some(titles), len(titles))
    waiting = sum(one.home is None for one in day.households)
    if waiting:
        words = _("You are asked to look after a household")
        yield Line("pairings", words, link("care:mine"), "home-heart", count=waiting if waiting > 1 else 0)


def _sitting(day: MemberDay) -> Iterable[Line]:
    """The line of the studio where he sits today."""
    if row := day.sitting:
        words = _("You sit at %(studio)s today") % {"studio": row.activity.title}
        yield Line("sitting", words, link("studios:session", row.pk), "message-2", _("Call the next number here"))


def _steps(day: MemberDay) -> Iterable[Line]:
    """Steps of what he offered to take on that are his to do."""
    for claim in day.claims:
        if claim.state == "confirmed":
            note = _("Confirmed: take it up here")
            yield Line(f"claim-{claim.pk}", claim.post.title, claim.post.get_absolute_url(), "id-badge-2", note)
    for row in day.zones:
        if row.state == "confirmed":
            note = _("Read and sign the agreement")
        elif row.is_due:  # type: ignore[attr-defined]
            note = _("Ends on %(day)s: renew it here") % {"day": day_of(row.until)}
        else:
            continue
        yield Line(f"zone-{row.pk}", row.zone.name, row.get_absolute_url(), "building", note)
    for place in day.teams:
        if place.state == "confirmed":
            note = _("The team asks you to join: answer here")
            yield Line(f"team-{place.pk}", place.team.name, place.team.get_absolute_url(), "users-group", note)


def _jobs_asked(day: MemberDay) -> Iterable[Line]:
    waiting = [case.item.name for case in day.jobs if case.state == "dispatched"]
    if waiting:
        yield Line("jobs", _("Somebody needs a hand"), link("cases:mine"), "inbox", _some(waiting), len(waiting))


def _words(day: MemberDay) -> Iterable[Line]:
    """Where his word is asked for."""
    if day.appraisal:
        words = _("Your appraisal %(year)s is ready to read") % {"year": day.appraisal.year}
        is_agreed = day.appraisal.approved_at is not None
        note = _("You may object before it goes to your unit") if is_agreed else _("You may add your own words")
        yield Line("appraisal", words, link("appraisal:mine"), "award", note)
    if row := day.reviewed:
        words = _("Your pledge “%(name)s” %(year)s is reviewed") % {"name": row.template.name, "year": row.year}
        yield Line("reviewed", words, row.get_absolute_url(), "writing", _("You may answer once"))
    for one in day.proposals:
        if one.state == "done":
            yield Line(f"proposal-{one.pk}", one.title, one.get_absolute_url(), "bulb", _("Your word is asked for"))


# --- what he has taken on -------------------------------------------------------------------------------------------


def taken_on(day: MemberDay) -> list[Line]:
    """One line for each kind of thing he has: how many, which, and the way to them."""
    return [line for tell in TAKEN_ON for line in [tell(day)] if line.count and line.url]


def _households(day: MemberDay) -> Line:
    labels = [one.home.household.label for one in day.households if one.home]
    return _kind("households", pgettext("menu", "My households"), "care:mine", "home-heart", labels)


def _jobs(day: MemberDay) -> Line:
    names = [case.item.name for case in day.jobs if case.state != "dispatched"]
    return _kind("jobs_taken", pgettext("menu", "My jobs"), "cases:mine", "inbox", names)


def _mediations(day: MemberDay) -> Line:
    numbers = [row.number for row in day.mediations]
    return _kind("mediations", pgettext("menu", "My mediations"), "mediation:mine", "heart-handshake", numbers)


def _posts(day: MemberDay) -> Line:
    return _kind("posts", _("My posts"), "posts:open", "id-badge-2", [claim.post.title for claim in day.claims])


def _zones(day: MemberDay) -> Line:
    return _kind("zones", _("My zones"), "zones:mine", "building", [row.zone.name for row in day.zones])


def _teams(day: MemberDay) -> Line:
    return _kind("teams", _("My teams"), "teams:mine", "users-group", [row.team.name for row in day.teams])


def _wishes(day: MemberDay) -> Line:
    titles = [claim.wish.title for claim in day.wishes]
    return _kind("wishes", pgettext("taken on", "My wishes"), "wishes:open", "star", titles)


def _proposals(day: MemberDay) -> Line:
    return _kind("proposals", _("My proposals"), "councils:mine", "bulb", [row.title for row in day.proposals])


def _kind(key: str, label: str, address: str, icon: str, names: Sequence[str]) -> Line:
    return Line(key, label, link(address), icon, _some(names), len(names))


def _some(names: Sequence[str]) -> str:
    """The first names, and that there are more."""
    told = pgettext("between names", ", ").join(names[:NAMED])
    return f"{told} …" if len(names) > NAMED else told


Tell = Callable[[MemberDay], Any]
ASKED: tuple[Tell, ...] = (_visits, _mediations_due, _jobs_asked, _sitting, _messages, _invitations, _steps, _words)
TAKEN_ON: tuple[Tell, ...] = (_households, _jobs, _mediations, _posts, _zones, _teams, _wishes, _proposals)
