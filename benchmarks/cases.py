"""B6: a million requests in a district of sixty communities: what the desk waits for, and how fast requests come in.

    python -m benchmarks.cases [--cases 1000000] [--rounds 40] [--seconds 30] [--rate 200] [--quick]

Pages are asked through the whole stack (session, rights, template) as whoever opens them in earnest; p50, p95 and p99
of the server's time in ms. Intake goes to `guangcai serve` over HTTP: residents without an account post the public
form at a steady rate, each request timed from the moment it was due. Guessing compares the time of answers to codes
that are known and codes that are not. Prints JSON. Works in a database of its own, which is emptied at the end.

No limit is lifted. One address may raise 60 requests a day, so the residents stand behind a trusted proxy
(GUANGCAI_PROXIES=1) that names an address for each of them; codes are tried from an address each.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

DATABASE = "guangcai_bench_cases"
GOAL_MS, GOAL_RATE = 80.0, 200
SECRET = "c" * 32
Figures = dict[str, Any]


# --- pages ----------------------------------------------------------------------------------------------------------


def readers(places: list[Any]) -> dict[str, Any]:
    """A desk worker of the community that asks most, the overseer of its street, the district's administrator."""
    from benchmarks.pages import signed_in
    from guangcai.orgs.models import Node
    from guangcai.orgs.roles import Role

    community = Node.objects.get(pk=places[0].id)
    street = Node.objects.get(pk=community.parent_id)
    return {
        "desk": signed_in(Role.DESK_WORKER, node=community),
        "street": signed_in(Role.STREET_OVERSEER, node=street),
        "district": signed_in(Role.DISTRICT_ADMINISTRATOR, node=Node.objects.get(pk=street.parent_id)),
    }


def pages(place: Any) -> list[tuple[str, str, str]]:
    """Name, who opens it, address."""
    from django.urls import reverse
    from django.utils import timezone

    from guangcai.cases.models import Case

    board, rates, today = reverse("cases:list"), reverse("cases:rates"), timezone.localdate()
    own = Case.objects.filter(path=place.path)
    solved = own.filter(state="solved", returns=1).order_by("-raised_at")[0]
    opened = own.filter(state="accepted").order_by("raised_at", "pk")[0]
    month, year = {"since": today.replace(day=1)}, {"since": today - timedelta(days=365)}
    last = own.filter(ended_at__isnull=False).count() // 30
    found = [
        ("one request, open", "desk", opened.get_absolute_url()),
        ("one request, solved", "desk", solved.get_absolute_url()),
        ("one request, open", "street", opened.get_absolute_url()),
        ("board, last page of what is over", "desk", f"{board}?state=over&page={last}"),
        ("likeness while typing", "desk", f"{reverse('cases:likeness')}?{urlencode(like(place, opened))}"),
    ]
    for who in ("desk", "street", "district"):
        found += [(f"board{name}", who, f"{board}{query}") for name, query in boards(solved).items()]
        found += [(f"search, {name}", who, f"{board}?{urlencode({'q': said})}") for name, said in searches().items()]
        for name, span in (("month", month), ("year", year)):
            found.append((f"three rates, {name}", who, f"{rates}?{urlencode({**span, 'until': today})}"))
    return found


def boards(one: Any) -> dict[str, str]:
    return {
        "": "",
        ", overdue": "?state=overdue",
        ", one category": f"?category={one.item.category_id}",
        ", what is over": "?state=over",
        ", over, one category, by number": f"?state=over&category={one.item.category_id}&sort=-number",
        ", by number": f"?q={one.number}",
    }


def searches() -> dict[str, str]:
    from benchmarks.cases_store import WORDS

    return dict(WORDS["search"])


def like(place: Any, one: Any) -> dict[str, Any]:
    return {"what": one.what, "item": one.item_id, "community": place.code}


def timed(browser: Any, address: str, rounds: int) -> Figures:
    """Milliseconds of one page, its statements, and the slowest of them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
        slowest = max(captured.captured_queries, key=lambda one: float(one["time"]))
        count = len(captured.captured_queries)
    return {
        **quantiles([taken(lambda: browser.get(address)) for _ in range(rounds)]),
        "queries": count,
        "slowest_ms": round(float(slowest["time"]) * 1000, 1),
        "slowest": " ".join(slowest["sql"].split())[:90],
    }


def taken(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def quantiles(times: list[float]) -> Figures:
    ranked = sorted(times)
    part = {name: ranked[max(0, -(-len(ranked) * of // 100) - 1)] for name, of in (("p95", 95), ("p99", 99))}
    return {"p50_ms": round(statistics.median(ranked), 1), **{f"{name}_ms": round(ms, 1) for name, ms in part.items()}}


def ask(places: list[Any], rounds: int) -> list[Figures]:
    browsers = readers(places)
    return [
        {"page": name, "who": who, **timed(browsers[who], address, rounds), "goal_ms": GOAL_MS}
        for name, who, address in pages(places[0])
    ]


# --- guessing -------------------------------------------------------------------------------------------------------


def guessing(many: int, tries: int) -> Figures:
    """A code of a request that is followed no more, and a code of nothing: the same answer; medians of the time.

    They take turns, each from an address of its own, so that neither a limit nor the machine's mood tells them apart.
    """
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from benchmarks.cases_store import code_of
    from guangcai.cases.keys import code_key
    from guangcai.cases.models import Asker, Case

    known = [code_of(n) for n in range(1, tries + 1)]
    cases = Asker.objects.filter(code_index__in=[code_key(code) for code in known]).values("case")
    Case.objects.filter(pk__in=cases).update(anonymised_at=timezone.now())
    unknown = [code_of(many * 7 + n) for n in range(1, tries + 1)]
    address, browser = reverse("cases:public_follow"), Client(HTTP_HOST="localhost")
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    told: set[tuple[int, int]] = set()
    for n, pair in enumerate(zip(known, unknown, strict=True)):
        # The one or the other first, by turns.
        for name, code in sorted(zip(times, pair, strict=True), reverse=bool(n % 2)):
            began = time.perf_counter()
            answer = browser.post(address, {"code": code}, REMOTE_ADDR=f"10.{n % 250}.{n // 250}.7")
            times[name].append((time.perf_counter() - began) * 1000)
            told.add((answer.status_code, len(answer.content)))
    medians = {name: statistics.median(each) for name, each in times.items()}
    quarter, _half, three_quarters = statistics.quantiles(times["unknown"], n=4)
    return {
        "tries": tries,
        **{f"{name}_ms": round(ms, 2) for name, ms in medians.items()},
        "median_difference_ms": round(abs(medians["known"] - medians["unknown"]), 3),
        "spread_ms": round(three_quarters - quarter, 3),
        "answers": len(told),
    }


# --- intake ---------------------------------------------------------------------------------------------------------


def jobs(places: list[Any], count: int) -> list[dict[str, str]]:
    """What so many residents send: each another address, phone, id; communities and items in turn."""
    from benchmarks.cases_store import WORDS
    from guangcai.cases.models import Item
    from guangcai.core.ids import new_id

    plain = [row for row in Item.objects.filter(node=None).order_by("pk") if not any(f["required"] for f in row.fields)]
    sent = []
    for n in range(count):
        place, item = places[n % len(places)], plain[n % len(plain)]
        what = WORDS["spots"][n % 30] + WORDS["matters"][n % 29][1] + WORDS["times"][n % 8]
        said = {
            "id": new_id(), "what": what, "place": place.buildings[n % len(place.buildings)], "wants_word": "on",
            "phone": f"139{n:08d}", "name": f"N{n % 997}", "place_note": "3-302",
        }  # fmt: skip
        sent.append(
            {
                "path": f"/cases/help/{place.code}/{item.pk}/",
                "body": urlencode(said),
                "cookie": f"csrftoken={SECRET}",
                "token": SECRET,
                "address": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
                "id": str(said["id"]),
            }
        )
    return sent


@contextmanager
def server() -> Iterator[int]:
    """`guangcai serve` with its two workers and its jobs, behind one trusted proxy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GUANGCAI_PROXIES": "1"}
    command = [sys.executable, "-m", "guangcai.cli", "serve", "--port", str(port)]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        child.terminate()
        child.wait(30)


def intake(places: list[Any], *, rate: int, seconds: int) -> Figures:
    """Requests at a steady rate; then every accepted one is looked for, by its id, with its steps, asker and audit."""
    from guangcai.cases.models import Case

    open_doors(places)
    before = Case.objects.count()
    with server() as port:
        fire(port, jobs(places, 200), rate=50)
        warm = Case.objects.count()
        sent = jobs(places, rate * seconds)
        seen = fire(port, sent, rate=rate)
    accepted = seen.pop("accepted")
    rows = Case.objects.filter(pk__in=accepted)
    whole = rows.filter(steps__kind="raised", asker__isnull=False, state="to_dispatch").count()
    numbers = rows.values_list("number", flat=True)
    return {
        **seen,
        "asked_rate": rate,
        "accepted": len(accepted),
        "rows": Case.objects.count() - warm,
        "lost": len(accepted) - whole,
        "numbers_twice": len(numbers) - len(set(numbers)),
        "warmed_up_with": warm - before,
        "audit_lines": audit_lines(accepted),
        "limits_lifted": "none: one address each, named by a trusted proxy",
    }


def audit_lines(accepted: list[str]) -> int:
    from guangcai.core.audit_tags import Tag
    from guangcai.core.models import AuditEvent

    return AuditEvent.objects.filter(tag=Tag.CASE_RAISE, subject_id__in=accepted).count()


def open_doors(places: list[Any]) -> None:
    """A desk worker in every community: where nobody reads, nobody can ask."""
    from django.utils import timezone

    from benchmarks.cases_store import SINCE
    from guangcai.accounts.models import User
    from guangcai.orgs.models import Grant
    from guangcai.orgs.roles import Role

    now = timezone.now()
    for place in places:
        user = User(name="desk", created_at=now)
        user.set_unusable_password()
        user.save()
        role = {"role": Role.DESK_WORKER, "node_id": place.id, "path": place.path}
        Grant.objects.create(user=user, since=SINCE, granted_at=now, **role)


def fire(port: int, sent: list[dict[str, str]], *, rate: int) -> Figures:
    lines = "\n".join(json.dumps(one) for one in sent)
    command = [sys.executable, "-m", "benchmarks.cases_client", str(port), str(rate)]
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


# --- the whole ------------------------------------------------------------------------------------------------------


def measure(given: argparse.Namespace) -> Figures:
    from benchmarks import cases_store
    from benchmarks.tree import Watch

    with Watch() as watch:
        places = cases_store.seed(given.cases, streets=given.streets)
    found: Figures = {"cases": given.cases, "communities": len(places), "seed_seconds": watch.seconds}
    return found | measured(places, given)


def measured(places: list[Any], given: argparse.Namespace) -> Figures:
    from django.db import connection
    from django.utils import timezone

    from guangcai.cases.models import Case, CaseStep

    found: Figures = {
        "steps": CaseStep.objects.count(),
        "open": Case.objects.filter(ended_at=None).count(),
        "measured_on": timezone.localdate().isoformat(),
        "load": os.getloadavg()[0],
        "pages": ask(places, given.rounds),
        "guessing": guessing(given.cases, given.tries),
    }
    connection.close()
    connection.close_pool()
    return found | {"intake": intake(places, rate=given.rate, seconds=given.seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--streets", type=int, default=10, help="of six communities each")
    parser.add_argument("--rounds", type=int, default=40, help="of each page")
    parser.add_argument("--tries", type=int, default=300, help="of each kind of code")
    parser.add_argument("--rate", type=int, default=GOAL_RATE, help="requests a second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it runs, measures little")
    given = parser.parse_args()
    if given.quick:
        given.cases, given.streets, given.rounds, given.tries, given.rate, given.seconds = 3000, 1, 2, 5, 20, 2
    from benchmarks.pages import in_own_database

    print(json.dumps(in_own_database(lambda: measure(given), DATABASE), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
