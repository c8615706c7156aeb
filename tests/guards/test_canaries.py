"""Nobody reads a name that is not his to read: pages, files, refusals, headers, the API, and what a search brings up.

The names of the demo's members are the canaries. What an actor may know is computed from his grants here, without the
queries under test.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from guangcai.accounts.models import User
from guangcai.care.commands import open_household
from guangcai.care.models import Household
from guangcai.core.phones import national
from guangcai.core.scoping import covers, under
from guangcai.ledger.models import Certificate
from guangcai.mediation.commands import open_subject
from guangcai.mediation.models import Mediation, StepNote
from guangcai.members.models import Employment, Member, OrgRelation, Residence
from guangcai.pledges.models import Pledge
from guangcai.teams.models import TeamLeader, TeamMembership
from tests.guards.conftest import Answers
from tests.guards.forms import Form
from tests.guards.sweep import ask
from tests.guards.world import IN_THE_NAME_OF, KIOSK, World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]

FULL_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# What a file is asked for as, beside the kind its address is filled with.
KINDS = {".docx": (".pdf",), "/xlsx/": ("/docx/",)}
# All the demo's members live in the street next to which nobody lives.
SEES_EVERYBODY = {"administrator", "overseer"}
SEARCHERS = ("desk", "liaison", "member", "overseer_next_door")


def names_hidden_from(world: World, actor: str) -> set[str]:
    """Canaries: members that lie outside what the actor's grants cover."""
    members = list(Member.objects.values_list("pk", "name", "path"))
    user = world.users.get(IN_THE_NAME_OF.get(actor, actor))
    if user is None or user.closed_at:
        return {name for _pk, name, _path in members}
    grants = user.grants.filter(ended_at=None)
    known = set()
    if any(g.role == "system_administrator" for g in grants):
        # Who gives rights sees who holds them.
        known = set(User.objects.filter(grants__ended_at=None).values_list("name", flat=True))
    paths = [g.path for g in grants if g.node_id and g.role not in ("member", "auditor", "system_administrator")]
    units = [g.work_unit_id for g in grants if g.work_unit_id]
    own_staff = set(Employment.objects.filter(work_unit__in=units).values_list("member_id", flat=True))
    own = {user.member_id} | own_staff
    # A community knows those whose Party relation it keeps, wherever they live (A07).
    own |= set(
        OrgRelation.objects.filter(until=None)
        .filter(under("party_organisation__node__path", paths))
        .values_list("member_id", flat=True)
    )
    own |= people_of_his_teams(user.member_id)
    # It keeps the records of those who lived there before they moved away.
    own |= set(Residence.objects.filter(under("path", paths)).values_list("member_id", flat=True))
    # Who pledges in public is read by the members of his community (A57).
    near = [g.path for g in grants if g.role == "member"]
    own |= set(Pledge.objects.filter(under("path", near), is_public=True).values_list("member_id", flat=True))
    seen = {name for pk, name, path in members if pk in own or (path and covers(paths, path))}
    return {name for _pk, name, _path in members} - seen - known


def people_of_his_teams(member_id: object) -> set[object]:
    """Who leads a team knows who is in it, asked or was invited; who is in it knows who leads it (A15)."""
    places = TeamMembership.objects.filter(ended_at=None)
    roles = TeamLeader.objects.filter(until=None)
    led = roles.filter(member=member_id).values("team")
    known = set(places.filter(team__in=led).values_list("member_id", flat=True))
    mine = places.filter(member=member_id, held_since__isnull=False).values("team")
    return known | set(roles.filter(team__in=mine).values_list("member_id", flat=True))


@pytest.fixture
def hidden(world: World) -> dict[str, set[str]]:
    found = {actor: names_hidden_from(world, actor) for actor in world.actors}
    assert {actor for actor in world.actors if not found[actor]} == SEES_EVERYBODY
    return found


def leaks_in(answers: Iterable[tuple[Any, str, Any]], hidden: dict[str, set[str]]) -> set[tuple[Any, str, str]]:
    """(where, actor, name) of every answer that holds a name hidden from the actor who got it."""
    found = set()
    for where, actor, answer in answers:
        if hidden[actor]:
            text = answer.text
            found |= {(where, actor, name) for name in hidden[actor] if name in text}
    return found


def test_no_answer_holds_a_hidden_name(read: Answers, hidden: dict[str, set[str]]) -> None:
    assert leaks_in(((name, actor, answer) for (name, actor), answer in read.items()), hidden) == set()


def test_no_page_shows_a_full_phone(read: Answers, world: World) -> None:
    phones = {member.pk: national(member.phone) for member in Member.objects.all() if member.phone}
    assert len(phones) >= 75
    own = {actor: phones.get(user.member_id) for actor, user in world.users.items()}
    shown = {
        (name, actor, match)
        for (name, actor), answer in read.items()
        if answer.status == 200
        for match in FULL_PHONE.findall(answer.text)
        if match in phones.values() and match != own.get(actor)
    }
    assert shown == set()


def other_kinds(paths: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{name} {other}": path.replace(kind, other)
        for name, path in paths.items()
        for kind, others in KINDS.items()
        if kind in path
        for other in others
    }


def test_no_file_holds_a_hidden_name(
    world: World, paths: dict[str, str], forms: Mapping[str, Form], hidden: dict[str, set[str]]
) -> None:
    """Word, Excel, PDF and CSV: every kind a file is offered as, and every export that is asked for by a form."""
    files = {name: ("GET", path, "") for name, path in other_kinds(paths).items()}
    assert len(files) >= 3
    exports = {name: form for name, form in forms.items() if name.endswith(("export", "register_file"))}
    assert len(exports) >= 4
    files |= {name: ("POST", form.path, form.fields) for name, form in exports.items()}
    browsers = {actor: world.browser(actor) for actor in world.actors if hidden[actor]}
    got = [(n, a, ask(b, *question)) for n, question in files.items() for a, b in browsers.items()]
    assert sum(answer.status == 200 for _name, _actor, answer in got) >= 20
    assert leaks_in(got, hidden) == set()


def test_a_certificate_is_verified_without_its_name(world: World, hidden: dict[str, set[str]]) -> None:
    """The public page confirms a name's beginning to who knows it already, and never tells the name."""
    certificate = Certificate.objects.select_related("member").first()
    assert certificate is not None
    said = {"number": certificate.number, "initial_of_name": certificate.member.name[0]}
    asked = ask(world.browser("anonymous"), "POST", "/ledger/verification/", said)
    assert asked.status == 200
    assert certificate.member.name not in asked.text


def questions_about(stranger: Member) -> list[dict[str, str]]:
    """How one would look for somebody: by number, by name, by initials, by place, by key."""
    phone = national(stranger.phone)
    by_text = ("q", "search", "name", "member", "text", "query")
    communities = {"community": stranger.community.code, "node": str(stranger.community_id)}
    return [
        dict.fromkeys(by_text, phone[-4:]),
        dict.fromkeys(by_text, phone),
        dict.fromkeys(by_text, stranger.name[:1]),
        {"q": stranger.name_pinyin.split(" ")[0]},
        communities | {"place": communities["node"], "path": stranger.path},
        {"member": str(stranger.pk), "person": str(stranger.pk), "unit": "1", "by": "community", "page": "2"},
    ]


def searched(world: World, paths: Mapping[str, str], hidden: dict[str, set[str]], actors: Iterable[str]) -> Any:
    strangers = {
        name: member
        for member in Member.objects.select_related("community").exclude(phone_index="").order_by("pk")
        if (name := member.name)
    }
    for actor in actors:
        browser = world.browser(actor)
        stranger = next((m for name, m in strangers.items() if name in hidden[actor] and m.community_id), None)
        assert stranger is not None, actor
        for number, question in enumerate(questions_about(stranger)):
            for name, path in paths.items():
                # The name itself is never asked for: a page repeats the question.
                yield f"{name} {number}", actor, ask(browser, "GET", f"{path}?{urlencode(question)}")


def lists_among(read: Answers, paths: dict[str, str], world: World) -> dict[str, str]:
    """Addresses without an object that anybody may read: what lists and searches live at."""
    open_to_some = {name for (name, _actor), answer in read.items() if answer.status == 200}
    return {name: path for name, path in paths.items() if name in open_to_some and not re.search(r"\d", path)}


def test_no_search_brings_up_a_stranger(
    world: World, read: Answers, paths: dict[str, str], hidden: dict[str, set[str]]
) -> None:
    lists = {n: p for n, p in lists_among(read, paths, world).items() if not n.startswith(("account", "mfa_", "core:"))}
    assert len(lists) > 40
    assert leaks_in(searched(world, lists, hidden, SEARCHERS[:2]), hidden) == set()


@pytest.mark.nightly
def test_no_search_of_anybody_anywhere_brings_up_a_stranger(
    world: World, paths: dict[str, str], hidden: dict[str, set[str]]
) -> None:
    others = [actor for actor in world.actors if hidden[actor] and actor != KIOSK]
    assert leaks_in(searched(world, paths, hidden, others), hidden) == set()


# --- households: what names one is sealed, and opened by three actors -----------------------------------------------


def marks_of(row: Household) -> set[str]:
    """Every word that tells who it is."""
    words = {row.name, row.notes, row.guardian_name, national(row.phone), national(row.guardian_phone)}
    return words - {""}


def test_no_answer_names_a_household_nobody_opened(read: Answers) -> None:
    marks = {mark for row in Household.objects.all() for mark in marks_of(row)}
    assert len(marks) >= 60
    found = {(w, a, m) for (w, a), answer in read.items() for m in marks if m in answer.text}
    assert found == set()


def test_an_opened_household_is_read_by_who_opened_it(
    world: World, paths: dict[str, str], forms: Mapping[str, Form]
) -> None:
    """The desk, the member who looks after it and an overseer with a reason; the others as if it did not exist.

    Opened now, not when the world was made: on a slow machine that was more than fifteen minutes ago.
    """
    row = Household.objects.get(community=world.community, label="1号楼-01")
    others = {m for other in Household.objects.exclude(pk=row.pk) for m in marks_of(other)} - marks_of(row)
    readers = ("desk", "member", "overseer")
    for reader in readers:
        open_household(household=row, reason="核对走访记录", by=world.actor(reader), now=timezone.now())
    here = {n: ("GET", p, "") for n, p in paths.items() if n.startswith(("care:", "portal:", "reports:", "members:"))}
    here |= {f"{n} POST": ("POST", f.path, f.fields) for n, f in forms.items() if n in ("care:export", "cases:export")}
    read_by, strange = set(), set()
    for actor in world.actors:
        browser = world.browser(actor)
        for name, question in here.items():
            text = ask(browser, *question).text
            read_by |= {(actor, name) for mark in marks_of(row) if mark in text}
            strange |= {(actor, name, mark) for mark in others if mark in text}
    assert strange == set()
    assert {actor for actor, _name in read_by} == set(readers)
    assert {name for _actor, name in read_by} <= {"care:household", "care:edit", "care:correction"}


# --- quarrels between neighbours: only the mediators of a matter and its desk ever read who and what ----------------


def words_of(row: Mediation) -> set[str]:
    """Every word that tells who quarrels, or what was said."""
    people = {word for one in row.parties.all() for word in (one.name, national(one.phone) if one.phone else "")}
    notes = {line for one in StepNote.objects.filter(step__mediation=row) for line in one.note.splitlines()}
    return (people | notes) - {""}


def test_no_answer_tells_who_quarrels(read: Answers) -> None:
    marks = {mark for row in Mediation.objects.all() for mark in words_of(row)}
    assert len(marks) >= 20
    found = {(w, a, m) for (w, a), answer in read.items() for m in marks if m in answer.text}
    assert found == set()


def test_an_opened_quarrel_is_read_by_who_opened_it(
    world: World, paths: dict[str, str], forms: Mapping[str, Form]
) -> None:
    """The desk that opened one person reads that one alone; nobody else reads anything, wherever he looks."""
    row = Mediation.objects.get(community=world.community, cause__code="noise")
    first = row.parties.get(side="first")
    by = world.actor("desk")
    open_subject(mediation=row, subject=first.pk, reason="通知调解时间", by=by, now=timezone.now())
    marks = {mark for other in Mediation.objects.all() for mark in words_of(other)}
    seen = {
        (actor, name, mark)
        for actor in world.actors
        for name, path in paths.items()
        if name.startswith(("mediation:", "portal:", "reports:", "members:", "cases:"))
        for text in [ask(world.browser(actor), "GET", path).text]
        for mark in marks
        if mark in text
    }
    assert {(actor, name) for actor, name, _mark in seen} == {("desk", "mediation:matter")}
    assert {mark for _actor, _name, mark in seen} <= {first.name, national(first.phone)}
