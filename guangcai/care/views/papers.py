"""The two cards on paper: each printing is a form that is sent, for it leaves a line in the trail."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guangcai.care import commands
from guangcai.care.queries import printing
from guangcai.care.queries.record import record
from guangcai.care.views.households import found
from guangcai.care.views.pairings import found_pairing
from guangcai.core import documents
from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.permissions import Permission


def _paper(name: str, values: dict[str, object], *, kind: str, title: str) -> HttpResponse:
    if kind == "pdf":
        content = documents.pdf(f"care/{name}.typ", values, made_at=timezone.now())
    else:
        content = documents.docx(f"care/{name}.docx", values)
    return file_answer(content, name=title, kind="pdf" if kind == "pdf" else "docx")


@login_required
@require_POST
def contact_card(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The card a household keeps; with the phone only where the member agreed."""
    pairing, with_phone = found_pairing(request, pk), request.POST.get("with_phone") == "on"
    commands.note_contact_card(pairing=pairing, with_phone=with_phone, by=request.actor, now=timezone.now())
    values = printing.contact_card(pairing, with_phone=with_phone)
    return _paper("contact_card", values, kind=request.POST.get("kind", ""), title=_("Contact card"))


@login_required
@require_POST
def household_card(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The condition card: the desk alone, and only of a record it has opened."""
    row, now = found(request, pk, permission=Permission.CARE_EDIT), timezone.now()
    shown = record(request.actor, row, now=now)
    if not shown.is_open:
        return redirect(row)
    commands.note_household_card(household=row, by=request.actor, now=now)
    values = printing.household_card(row, shown, now=now)
    return _paper("household_card", values, kind=request.POST.get("kind", ""), title=_("Condition card"))
