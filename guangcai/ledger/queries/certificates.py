"""Certificates as pages and papers show them, and what anybody may learn by their number."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from guangcai.ledger import rules
from guangcai.ledger.models import Certificate, CertificateLine, ServiceEntry
from guangcai.ledger.models.certificates import CertificateQuerySet
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by
from guangcai.orgs.models import Node


@dataclass(frozen=True)
class Line:
    """One record on a certificate, as it stands today."""

    served_on: date
    activity_name: str
    content: str
    place: str
    minutes: int
    is_reversed: bool


@dataclass(frozen=True)
class CertificateSheet:
    """A certificate with its lines. `holder` is the full name, or masked for the public."""

    number: str
    holder: str
    since: date
    until: date
    minutes: int
    recording_unit: str
    issued_at: datetime
    lines: tuple[Line, ...]

    @property
    def standing_minutes(self) -> int:
        """What is left of the total after reversals since."""
        return sum(line.minutes for line in self.lines if not line.is_reversed)

    @property
    def has_reversed_lines(self) -> bool:
        return any(line.is_reversed for line in self.lines)


@dataclass(frozen=True)
class Preview:
    """What a certificate of this period would hold."""

    lines: tuple[Line, ...]
    minutes: int


def preview(*, member: Member, community: Node, since: date, until: date) -> Preview:
    """The entries that issue_certificate would freeze now. The caller has checked who asks."""
    rows = ServiceEntry.objects.certifiable(member=member, community=community, since=since, until=until)
    lines = tuple(Line(e.served_on, e.activity_name, e.content, e.place, e.minutes, is_reversed=False) for e in rows)
    return Preview(lines, sum(line.minutes for line in lines))


def search(rows: CertificateQuerySet, text: str) -> CertificateQuerySet:
    """Certificates by number, or by the person they were issued to."""
    plain = text.strip()
    if not plain:
        return rows
    return rows.filter(Q(number__contains=plain) | Q(member__in=found_by(Member.objects.all(), plain).values("pk")))


def sheet(certificate: Certificate, *, holder: str) -> CertificateSheet:
    """The certificate with its frozen lines, each marked when its record was reversed since. One query."""
    rows = (
        CertificateLine.objects.filter(certificate=certificate)
        .annotate(is_reversed=Exists(ServiceEntry.objects.filter(reverses=OuterRef("entry"))))
        .select_related("entry")
        .order_by("entry__starts_at", "pk")
    )
    return CertificateSheet(
        number=certificate.number,
        holder=holder,
        since=certificate.since,
        until=certificate.until,
        minutes=certificate.minutes,
        recording_unit=certificate.recording_unit,
        issued_at=certificate.issued_at,
        lines=tuple(
            Line(
                served_on=row.entry.served_on,
                activity_name=row.entry.activity_name,
                content=row.entry.content,
                place=row.entry.place,
                minutes=row.minutes,
                is_reversed=row.is_reversed,
            )
            for row in rows
        ),
    )


def verification(*, number: str, initial: str) -> CertificateSheet | None:
    """What the public learns: the certificate with a masked name, or nothing at all.

    A wrong initial and an unknown number give the same answer. Source: Order 67 art 17.
    """
    certificate = Certificate.objects.select_related("member").filter(number=number.strip()).first()
    if certificate is None:
        return None
    member = certificate.member
    if not rules.is_name_initial(initial, name=member.name, pinyin_initials=member.name_initials):
        return None
    return sheet(certificate, holder=rules.masked_name(member.name))
