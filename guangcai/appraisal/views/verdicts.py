"""What is done with several appraisals at once: an opinion for all who are ticked, approval, sending."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guangcai.appraisal import commands
from guangcai.appraisal.enums import Opinion
from guangcai.appraisal.models import Appraisal
from guangcai.appraisal.queries import yearly
from guangcai.appraisal.views.yearly import the_list, year_asked
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids
from guangcai.core.permissions import Permission


@dataclass(frozen=True)
class Concerned:
    """Whom an act that cannot be undone would reach, and whom it cannot reach yet: `(row, why)`."""

    ready: list[Appraisal]
    held_up: list[tuple[Appraisal, str]]


@login_required
@require_POST
def verdicts(request: ActorRequest) -> HttpResponse:
    """Approval and sending are asked about first; who is not ready for it is shown apart, with the reason (422)."""
    if not request.actor.holds(Permission.APPRAISAL_EDIT):
        raise Forbidden()
    rows = list(yearly.appraisals_of_area(request.actor).filter(pk__in=chosen_ids(request)))
    verb, year = request.POST.get("verb", ""), year_asked(request)
    concerned = _concerned(verb, rows)
    for row in concerned.ready + [row for row, _why in concerned.held_up]:
        request.actor.require(Permission.APPRAISAL_APPROVE, row.path)
    if concerned.held_up or (concerned.ready and "confirmed" not in request.POST):
        page = _what_happens(verb, concerned, year=year)
        return render(request, "appraisal/confirm.html", page, status=422 if concerned.held_up else 200)
    try:
        count = _carry_out(request, verb, rows)
    except RuleBroken as broken:
        return the_list(request, error=broken)
    _say(request, count)
    return redirect(f"{reverse('appraisal:appraisals')}?year={year}")


def _concerned(verb: str, rows: list[Appraisal]) -> Concerned:
    if verb == "approve":
        drafts = [row for row in rows if row.approved_at is None]
        why = _("No opinion of the community yet.")
        return Concerned([row for row in drafts if row.opinion], [(row, why) for row in drafts if not row.opinion])
    if verb == "send":
        approved = [row for row in rows if row.approved_at and row.sent_at is None]
        contested = [row for row in approved if yearly.state_of(row) == "objected"]
        why = _("The member has objected, and nobody has answered yet.")
        return Concerned([row for row in approved if row not in contested], [(row, why) for row in contested])
    return Concerned([], [])


def _what_happens(verb: str, concerned: Concerned, *, year: int) -> dict[str, object]:
    rows = concerned.ready
    if verb == "approve":
        submit = _("Approve")
        words = _("Figures and words of these members stand after that. Each member sees his own and may object.")
        details = [row.get_opinion_display() for row in rows]
        not_yet = _("These members cannot be approved yet. Open each one and choose the opinion.")
    else:
        submit = _("Send to the units")
        words = _("These appraisals go to the members' work units. They cannot be changed after that.")
        details = [str(row.work_unit or "—") for row in rows]
        not_yet = _("These appraisals cannot be sent yet. Open each one and answer the objection.")
    return {
        "submit": submit,
        "action": reverse("appraisal:verdicts"),
        "cancel": f"{reverse('appraisal:appraisals')}?year={year}",
        "back_text": _("Yearly appraisal"),
        "words": words,
        "hidden": [*(("ids", row.pk) for row in rows), ("verb", verb), ("year", year)],
        "concerned": [(row.member.name, detail) for row, detail in zip(rows, details, strict=True)],
        "held_up": concerned.held_up,
        "not_yet": not_yet,
    }


def _carry_out(request: ActorRequest, verb: str, rows: list[Appraisal]) -> int:
    now = timezone.now()
    if not rows:
        raise RuleBroken(_("Tick the members first."), code="nobody")
    if verb == "approve":
        return commands.approve_appraisals(appraisals=rows, by=request.actor, now=now)
    if verb == "send":
        return commands.send_appraisals(appraisals=rows, by=request.actor, now=now)
    if verb not in Opinion.values:
        raise RuleBroken(_("Choose what to do with the ticked members."), code="no_verb")
    return commands.give_opinions(appraisals=rows, opinion=Opinion(verb), by=request.actor, now=now)


def _say(request: ActorRequest, count: int) -> None:
    if count:
        messages.success(request, _("Done for %(count)s members.") % {"count": count})
    else:
        messages.info(request, _("Nothing was left to do for these members."))
