"""Kiosk mode for other rooms: what stands on the kiosk's screen, and how a page of it is declared.

A kiosk is a device at a community's door that nobody is signed in on. It opens pages declared with `@kiosk_page` and
nothing else. A visitor is forgotten after a minute without a touch and after five minutes in all; that holds with
scripts off, by the Refresh header and by the server's own count.

    @kiosk_page
    def pad(request): ...                     # request.kiosk.node_id, .path, .actor

    kiosk.offer(kiosk.KioskTask(_("Check in"), "activities:pad", "clipboard-check"))     # in AppConfig.ready()
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from guangcai.accounts import rules
from guangcai.accounts.models import KioskSession
from guangcai.core.actor import Actor, Holding
from guangcai.core.permissions import Permission

COOKIE, VISIT_COOKIE = "kiosk", "kiosk_visit"
SALT, VISIT_SALT = "guangcai.kiosk", "guangcai.kiosk.visit"
ROLE = "kiosk"
RIGHTS = frozenset({Permission.TREE_VIEW, Permission.ACTIVITY_VIEW, Permission.ATTENDANCE_TAKE})


@dataclass(frozen=True)
class KioskTask:
    """One big button of the kiosk's start screen."""

    label: str | Promise
    url_name: str
    icon: str

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class KioskPlace:
    """A community for which a worker may start a kiosk."""

    node_id: int
    path: str
    name: str


@dataclass(frozen=True)
class Kiosk:
    """The kiosk a request comes from. `actor` may take attendance in this community, in the name of who started it."""

    id: UUID
    node_id: int
    path: str
    place: str
    started_by: UUID
    pin_hash: str

    @property
    def actor(self) -> Actor:
        holding = Holding(role=ROLE, permissions=RIGHTS, path=self.path, node_id=self.node_id)
        return Actor(user_id=self.started_by, holdings=(holding,))


_tasks: list[KioskTask] = []


def offer(task: KioskTask) -> None:
    """Put a button on every kiosk's start screen. Offering it again changes nothing."""
    if task not in _tasks:
        _tasks.append(task)


def tasks() -> tuple[KioskTask, ...]:
    return tuple(_tasks)


def _no_places(actor: Actor) -> tuple[KioskPlace, ...]:
    return ()


_places: Callable[[Actor], tuple[KioskPlace, ...]] = _no_places


def provide_places(find: Callable[[Actor], tuple[KioskPlace, ...]]) -> None:
    """Name the function that knows the communities' names (orgs, at start)."""
    global _places
    _places = find


def places(actor: Actor) -> tuple[KioskPlace, ...]:
    return _places(actor)


def kiosk_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the kiosk: counts the visitor's time, is never stored, returns to the start screen by itself."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if of(request) is None:
            return HttpResponseRedirect(reverse(settings.LOGIN_URL))
        now = timezone.now()
        started_at = _visit_start(request, now)
        if started_at is None:
            return forget_visitor(HttpResponseRedirect(reverse("accounts:kiosk")))
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        if VISIT_COOKIE not in response.cookies:
            response["Refresh"] = (
                f"{rules.seconds_left(started_at=started_at, now=now)}; url={reverse('accounts:kiosk')}"
            )
            _set(response, VISIT_COOKIE, signing.dumps([_stamp(started_at), _stamp(now)], salt=VISIT_SALT), None)
        return response

    page.is_kiosk_page = True  # type: ignore[attr-defined]
    return page


def of(request: HttpRequest) -> Kiosk | None:
    """The kiosk a request comes from, put there by the middleware."""
    return getattr(request, "kiosk", None)


def _visit_start(request: HttpRequest, now: datetime) -> datetime | None:
    """When this visitor came; now for the first touch; None when his time is over."""
    try:
        stamps = signing.loads(request.COOKIES[VISIT_COOKIE], salt=VISIT_SALT)
        started_at, seen_at = (datetime.fromtimestamp(stamp, tz=UTC) for stamp in stamps)
    except (KeyError, ValueError, TypeError, signing.BadSignature):
        return now
    return None if rules.is_visit_over(started_at=started_at, seen_at=seen_at, now=now) else started_at


def _stamp(moment: datetime) -> float:
    return moment.timestamp()


def forget_visitor(response: HttpResponse) -> HttpResponse:
    """Make the browser forget the visitor: his cookie, what pages stored, what the cache kept."""
    response.delete_cookie(VISIT_COOKIE, samesite="Lax")
    response["Clear-Site-Data"] = '"cache", "storage"'
    response["Cache-Control"] = "no-store"
    return response


def give_to_device(response: HttpResponse, kiosk: KioskSession) -> HttpResponse:
    """The cookie that makes this device the kiosk. It names the row, which can be ended from afar."""
    _set(response, COOKIE, signing.dumps(str(kiosk.pk), salt=SALT), rules.KioskTime.DAY)
    return response


def take_from_device(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, samesite="Lax")
    return forget_visitor(response)


def read_cookie(request: HttpRequest, now: datetime) -> Kiosk | None:
    """The kiosk whose cookie the device shows, if that kiosk still runs."""
    try:
        key = UUID(signing.loads(request.COOKIES[COOKIE], salt=SALT, max_age=rules.KioskTime.DAY))
    except (KeyError, ValueError, TypeError, signing.BadSignature):
        return None
    row = KioskSession.objects.running(now).filter(pk=key).first()
    if row is None:
        return None
    return Kiosk(row.pk, row.node_id, row.path, row.place, row.started_by, row.pin_hash)


def _set(response: HttpResponse, name: str, value: str, max_age: timedelta | None) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=max_age, httponly=True, samesite="Lax", secure=secure)
