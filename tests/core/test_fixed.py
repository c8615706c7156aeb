"""Statements that never change find and write the same rows as the QuerySets they stand for."""

from datetime import date

import pytest
from django.db import DataError, IntegrityError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from guangcai.cases.models import Asker, Case, Category, Item
from guangcai.core.database.fixed import Lookup, insert
from guangcai.core.models import AuditEvent
from guangcai.members.models import Member
from guangcai.orgs.models import Node
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)


def open_at(code: str, on: date) -> "QuerySet[Node]":
    return Node.objects.in_force(on).communities().filter(code=code)


def test_a_lookup_finds_what_its_query_finds(cast: Cast) -> None:
    at, here = Lookup(open_at, code="", on=date.min), cast.nodes["nanyuan"]
    found = at.first(code=here.code, on=TODAY)
    assert found == here
    assert vars(found).keys() == vars(open_at(here.code, TODAY)[0]).keys()
    assert (found.valid_from, found.valid_to, found.path) == (here.valid_from, None, here.path)
    assert at.first(code=cast.nodes["gongyuan"].code, on=TODAY) == cast.nodes["gongyuan"]
    assert at.first(code=cast.nodes["street"].code, on=TODAY) is None
    assert at.first(code=here.code, on=date(1900, 1, 1)) is None
    assert at.first(code=f"{here.code}' OR '1'='1", on=TODAY) is None


def test_a_lookup_reads_columns_as_the_model_does(cast: Cast) -> None:
    category = Category.objects.create(code="repair", name="水电维修")
    asked = [{"label": "哪里坏了", "kind": "text", "required": True}]
    item = Item.objects.create(category=category, code="pipe", name="水管", fields=asked, since=SINCE)
    found = Lookup(lambda pk: Item.objects.filter(pk=pk), pk=0).first(pk=item.pk)
    assert found is not None
    assert found.fields == asked
    assert [getattr(found, one.attname) for one in Item._meta.concrete_fields] == [
        getattr(item, one.attname) for one in Item._meta.concrete_fields
    ]
    member = next(iter(cast.members.values()))
    of_number = Lookup(lambda name: Member.objects.filter(name=name).order_by("pk"), name="")
    sealed = of_number.first(name=member.name)
    assert sealed is not None
    assert sealed.phone == Member.objects.filter(name=member.name).order_by("pk")[0].phone


@pytest.mark.parametrize("pk", [-1, 0, 10**12, 10**30])
def test_a_number_of_any_size_is_looked_up(cast: Cast, pk: int) -> None:
    assert Lookup(lambda pk: Node.objects.filter(pk=pk), pk=0).first(pk=pk) is None


def test_a_query_is_worded_once(cast: Cast) -> None:
    built: list[str] = []

    def build(code: str) -> "QuerySet[Node]":
        built.append(code)
        return Node.objects.filter(code=code)

    at = Lookup(build, code="")
    for _ in range(3):
        with CaptureQueriesContext(connection) as seen:
            assert at.first(code=cast.nodes["nanyuan"].code) == cast.nodes["nanyuan"]
        assert len(seen) == 1
    assert len(built) == 1
    assert cast.nodes["nanyuan"].code not in built


def test_what_is_made_of_a_value_is_refused() -> None:
    made = Lookup(lambda code: Node.objects.filter(code__startswith=code), code="")
    with pytest.raises(ValueError, match="code"):
        made.first(code="2108")


def draft(cast: Cast, number: str = "26-000001") -> Case:
    here = cast.nodes["nanyuan"]
    category, _new = Category.objects.get_or_create(code="repair", name="水电维修")
    item, _new = Item.objects.get_or_create(category=category, code="pipe", name="水管", since=SINCE)
    return Case(
        community=here, path=here.path, district_code="210802", number=number, item=item, what="水管漏水",
        words="'水管' '漏水'", place_note="二楼", channel="web", raised_at=cast.now,
        answers=[{"label": "几处", "answer": "2"}],
    )  # fmt: skip


def test_an_inserted_row_is_the_row_that_save_writes(cast: Cast) -> None:
    saved, inserted = draft(cast), draft(cast, "26-000002")
    saved.save()
    assert insert(inserted) is inserted
    assert not inserted._state.adding
    one, other = (Case.objects.values().get(pk=pk) for pk in (saved.pk, inserted.pk))
    own = ("id", "number", "place_note")
    assert {**one, **dict.fromkeys(own)} == {**other, **dict.fromkeys(own)}
    read = Case.objects.get(pk=inserted.pk)
    assert (read.place_note, read.tally, read.due) == ("二楼", 1, cast.now)
    inserted.what = "又漏水"
    inserted.save(update_fields=["what"])
    assert Case.objects.get(pk=inserted.pk).what == "又漏水"


def test_the_database_numbers_what_it_numbers(cast: Cast) -> None:
    line = AuditEvent(tag="case.raise", at=cast.now, actor_roles=["desk_worker"], path="/1/", details={"item": 7})
    insert(line)
    kept = AuditEvent.objects.order_by("-pk")[0]
    assert line.pk is None
    assert kept.pk > 0
    assert kept.details == {"item": 7}
    assert kept.hash


def test_constraints_and_lengths_hold_for_inserted_rows(cast: Cast) -> None:
    here = cast.nodes["nanyuan"]
    with pytest.raises(IntegrityError):
        insert(Node(path=here.path, level="community", code="1", name="一", valid_from=SINCE))


def test_an_overlong_text_is_refused_by_the_database(cast: Cast) -> None:
    with pytest.raises(DataError):
        insert(Node(path="/zz/", level="community", code="1", name="一" * 81, valid_from=SINCE))


def test_a_sealed_text_is_sealed(cast: Cast) -> None:
    case = insert(draft(cast))
    insert(Asker(case=case, district_code="210802", name="某某", phone="13900000000"))
    assert Asker.objects.get(case=case).name == "某某"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM cases_asker")
        assert "某某".encode() not in bytes(cursor.fetchone()[0])
