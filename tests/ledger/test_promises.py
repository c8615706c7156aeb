"""The database itself keeps the ledger's promises: every trigger and constraint broken once, by hand."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from guangcai.core.ids import new_id
from guangcai.ledger.commands import decline, issue_certificate
from guangcai.ledger.commands.recording import LONGEST
from guangcai.ledger.models import (
    Certificate,
    CertificateLine,
    EntryDecline,
    Objection,
    Posting,
    SampleCheck,
    ServiceEntry,
    ServiceSpan,
    YearTotal,
)
from tests.cast import make_member
from tests.ledger.scenes import SATURDAY, confirmed, recorded


def _copy(row, **changes):
    """The same row under a new key, with changes."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, "id": new_id(), **changes})


def _refused(row, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save(force_insert=True)


@pytest.fixture
def written(cast):
    """One row of each append-only table."""
    entry = confirmed(cast)
    decline(
        entry=recorded(cast, starts_at=SATURDAY + timedelta(hours=5)),
        reason="没有到场",
        by=cast.actor("desk"),
        now=cast.now,
    )
    issue_certificate(
        id=new_id(),
        member=cast.teacher_member,
        community=cast.nanyuan,
        since=SATURDAY.date(),
        until=SATURDAY.date(),
        by=cast.actor("desk"),
        now=cast.now,
    )
    return entry


@pytest.mark.parametrize("model", [ServiceEntry, Posting, EntryDecline, Certificate, CertificateLine])
def test_append_only_tables_refuse_change_and_removal(written, model):
    table = model._meta.db_table
    for statement in (
        f"UPDATE {table} SET path = '/1/'",
        f"UPDATE {table} SET path = path",
        f"DELETE FROM {table}",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("model", [ServiceEntry, Posting, Certificate])
def test_the_member_follows_a_merger_and_nothing_else_does(cast, written, model):
    other = make_member(cast, "twin", "林晓岚", "13900000999", community=cast.nanyuan, unit=cast.school)
    rows = model.objects.filter(member=cast.teacher_member)

    def follow(**more):
        with transaction.atomic():
            return rows.update(member=other, **more)

    with pytest.raises(IntegrityError, match="append-only"):
        follow()
    type(other).objects.filter(pk=cast.teacher_member.pk).update(merged_into=other, ended_at=cast.now)
    with pytest.raises(IntegrityError, match="append-only"):
        follow(path="/1/")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(member=cast.police_member)
    count = rows.count()
    assert follow() == count
    assert model.objects.filter(member=other).count() == count


def test_entry_constraints(written):
    entry = written
    _refused(_copy(entry), "entry_source_once")
    _refused(_copy(entry, source="a:1", minutes=1441), "entry_minutes_and_deeds")
    _refused(_copy(entry, source="a:1", minutes=-1), "entry_minutes_and_deeds")
    _refused(_copy(entry, source="a:1", deeds=2), "entry_minutes_and_deeds")
    _refused(_copy(entry, source="a:1", ends_at=entry.starts_at - timedelta(minutes=1)), "entry_ends_after_start")
    _refused(_copy(entry, source="a:1", origin="back_fill"), "entry_reason_where_unusual")
    _refused(_copy(entry, source="a:1", origin="correction"), "entry_reason_where_unusual")
    reversal = {"source": "a:1", "minutes": -120, "reason": "x", "reverses_id": entry.pk}
    _refused(_copy(entry, **reversal), "entry_reversal_names_entry")
    _copy(entry, **reversal, origin="reversal").save(force_insert=True)
    _refused(_copy(entry, **{**reversal, "source": "a:2"}, origin="reversal"), "reverses_id")


def test_posting_and_span_constraints(cast, written):
    posting, span = Posting.objects.get(), ServiceSpan.objects.get()
    _refused(_copy(posting), "entry_id")
    other = recorded(cast, starts_at=SATURDAY + timedelta(minutes=30))
    _refused(_copy(posting, entry_id=other.pk, confirmed_by=posting.recorded_by), "posting_maker_is_not_checker")
    _refused(_copy(span, entry_id=other.pk), "service_spans_do_not_overlap")
    _refused(_copy(EntryDecline.objects.get(), entry_id=other.pk, reason=""), "decline_has_reason")


def test_review_constraints(cast, written):
    now = timezone.now()
    where = {"entry": written, "community": cast.nanyuan, "path": cast.nanyuan.path, "district_code": "210802"}
    objection = Objection.objects.create(**where, member=cast.teacher_member, text="少了", raised_at=now)
    _refused(_copy(objection), "objection_open_once")
    _refused(_copy(objection, answered_at=now), "objection_answered_whole")
    check = SampleCheck.objects.create(**where, drawn_on=now.date())
    _refused(_copy(check), "entry_id")
    other = recorded(cast, starts_at=SATURDAY + timedelta(days=-1))
    _refused(_copy(check, entry_id=other.pk, result="true"), "sample_checked_whole")


def test_certificate_and_total_constraints(written):
    certificate, line = Certificate.objects.get(), CertificateLine.objects.get()
    _refused(_copy(certificate), "certificate_number_once")
    _refused(
        _copy(certificate, number="x", until=certificate.since - timedelta(days=1)),
        "certificate_period",
    )
    _refused(_copy(line), "certificate_line_once")
    _refused(_copy(YearTotal.objects.get()), "year_total_once")


def test_words_are_cut_where_their_columns_end():
    assert {name: ServiceEntry._meta.get_field(name).max_length for name in LONGEST} == LONGEST
