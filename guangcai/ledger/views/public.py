"""Anybody checks a certificate: number and surname in, the frozen lines out, or one and the same "not found"."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guangcai.core.http import posted
from guangcai.ledger import commands
from guangcai.ledger.forms import VerificationForm
from guangcai.ledger.queries import certificates as queries


@never_cache
@require_http_methods(["GET", "POST"])
def verification(request: HttpRequest, number: str = "") -> HttpResponse:
    """The form; the QR code on the paper fills in the number. Source: Order 67 art 17."""
    form = VerificationForm(posted(request), initial={"number": number})
    context: dict[str, object] = {"form": form, "sheet": None, "not_found": False, "too_often": False}
    if request.method == "GET" or not form.is_valid():
        return render(request, "ledger/verification.html", context, status=422 if form.errors else 200)
    address = get_adapter(request).get_client_ip(request)
    if not commands.may_verify(number=form.cleaned_data["number"], address=address, now=timezone.now()):
        return render(request, "ledger/verification.html", {**context, "too_often": True}, status=429)
    sheet = queries.verification(number=form.cleaned_data["number"], initial=form.cleaned_data["initial_of_name"])
    context |= {"sheet": sheet, "not_found": sheet is None}
    return render(request, "ledger/verification.html", context)
