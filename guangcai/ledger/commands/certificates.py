"""Proof of service, as issued: numbered, frozen, free of charge."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.ledger import rules
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.models import Certificate, CertificateLine, ServiceEntry
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node

# Numbers of one community are given one after the other; the lock is the database's, its key the community.
NUMBER_LOCK = 7102


@transaction.atomic
def issue_certificate(
    *, id: UUID, member: Member, community: Node, since: date, until: date, by: Actor, now: datetime
) -> Certificate:
    """Certify what `community` recorded and confirmed of a member from `since` to `until` (inclusive).

    Lines and total are frozen; the number is unique and without gaps per community and year. id: made with the form;
    sent twice it is the same certificate. Raises RuleBroken(field) for an empty or future period.
    Source: Order 67 arts 14, 15, 17: time, content, recording unit; free; whoever recorded certifies.
    """
    by.require(Permission.CERTIFICATE_ISSUE, community.path)
    lock_members([member.pk])
    content = {"member_id": member.pk, "community_id": community.pk, "since": since, "until": until}
    if before := already(Certificate, id, **content):
        return before
    entries = list(ServiceEntry.objects.certifiable(member=member, community=community, since=since, until=until))
    rules.check_certificate(since=since, until=until, on=rules.local_day(now), lines=len(entries))
    certificate = Certificate.objects.create(
        id=id,
        **of_community(community),
        member=member,
        number=_next_number(community, rules.local_day(now).year),
        since=since,
        until=until,
        minutes=sum(entry.minutes for entry in entries),
        recording_unit=community.name,
        issued_at=now,
        issued_by=by.user_id,
    )
    _freeze(certificate, entries)
    audit.record(Tag.CERTIFICATE_ISSUE, by=by, now=now, on=certificate, lines=len(entries))
    return certificate


def _next_number(community: Node, year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBER_LOCK, community.pk % 2**31])
    beginning = rules.certificate_number(community_code=community.code, year=year, serial=0)[:-5]
    last = Certificate.objects.filter(community=community, number__startswith=beginning).aggregate(last=Max("number"))
    serial = int(last["last"].rpartition("-")[2]) + 1 if last["last"] else 1
    return rules.certificate_number(community_code=community.code, year=year, serial=serial)


def _freeze(certificate: Certificate, entries: Sequence[ServiceEntry]) -> None:
    CertificateLine.objects.bulk_create(
        CertificateLine(
            id=new_id(),
            certificate=certificate,
            entry=entry,
            minutes=entry.minutes,
            community_id=certificate.community_id,
            path=certificate.path,
            district_code=certificate.district_code,
        )
        for entry in entries
    )
