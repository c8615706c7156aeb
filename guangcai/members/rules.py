"""What the roster allows: pure tables and checks, no database, no clock."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.text import is_blank

# The five groups of the register (A03): exactly these. Skills, intentions and links have tables of their own.
FIELD_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "basic": (
        "name",
        "gender",
        "birth_date",
        "joined_party_on",
        "member_type",
        "category",
        "national_volunteer_no",
    ),
    "occupation": ("occupation", "job_title"),
    "contact": ("phone", "address"),
}
FIELDS: Final = frozenset(name for group in FIELD_GROUPS.values() for name in group)
OLDEST: Final = date(1900, 1, 1)
# 组织条例: a member joins the Party at eighteen or later.
JOINING_AGE: Final = 18
# 《党员教育管理工作条例》 art 24: no contact for six months.
HIDDEN_AFTER: Final = relativedelta(months=6)
# Art 34, and the opinion on mobile members of 2024: away from the branch for six months or longer, and in contact with
# it at least every half year.
MOBILE_AT_LEAST: Final = relativedelta(months=6)
MOBILE_CONTACT_EVERY: Final = relativedelta(months=6)
# Promise T14: a larger list leaves the house only with a reason.
ROWS_WITHOUT_REASON: Final = 200
REASON_LENGTH: Final = 120


class SearchBy(StrEnum):
    NOTHING = "nothing"
    PHONE = "phone"
    PHONE_TAIL = "phone_tail"
    PINYIN = "pinyin"
    NAME = "name"


def search_by(text: str) -> SearchBy:
    """What somebody typed into the one box: last four digits, a whole phone, pinyin or initials, or a name."""
    plain = text.strip()
    if not plain:
        return SearchBy.NOTHING
    if re.fullmatch(r"\d{4}", plain, re.ASCII):
        return SearchBy.PHONE_TAIL
    if re.fullmatch(r"[+\d][\d -]{6,19}", plain, re.ASCII):
        return SearchBy.PHONE
    return SearchBy.PINYIN if re.fullmatch(r"[a-z' ]+", plain, re.ASCII | re.IGNORECASE) else SearchBy.NAME


def check_days(*, birth_date: date | None, joined_party_on: date | None, today: date) -> None:
    """Raises RuleBroken(field) for days that cannot be."""
    if birth_date and not OLDEST <= birth_date <= today:
        raise RuleBroken(_("This date of birth cannot be right."), field="birth_date", code="birth_date_range")
    if birth_date and birth_date > today - relativedelta(years=JOINING_AGE):
        raise RuleBroken(
            _("A Party member is 18 or older: look up the date of birth."), field="birth_date", code="birth_young"
        )
    if joined_party_on and not OLDEST <= joined_party_on <= today:
        raise RuleBroken(_("This date cannot be right."), field="joined_party_on", code="joined_range")
    if birth_date and joined_party_on and joined_party_on < birth_date + relativedelta(years=JOINING_AGE):
        raise RuleBroken(
            _("A member joins the Party at %(age)d or later: check both dates.") % {"age": JOINING_AGE},
            field="joined_party_on",
            code="joined_young",
        )


def check_fields(names: Iterable[str]) -> None:
    """Raises ValueError for a field that the register does not have: a fault of the caller."""
    if unknown := set(names) - FIELDS:
        raise ValueError(f"not fields of a member: {sorted(unknown)}")


def check_certificate(*, skill: str, needs_certificate: bool, certificate: str) -> None:
    """A skill that needs a certificate names it (Order 685 art 16)."""
    if needs_certificate and is_blank(certificate):
        raise RuleBroken(
            _("“%(skill)s” needs a certificate: give its name or number.") % {"skill": skill},
            field="skills",
            code="certificate_missing",
        )


def check_reason(reason: str) -> str:
    """The reason without padding. Raises RuleBroken(field="reason") when there is none."""
    plain = reason.strip()
    if is_blank(plain):
        raise RuleBroken(_("Say why."), field="reason", code="reason_missing")
    return plain[:REASON_LENGTH]


def check_export(*, rows: int, reason: str) -> str:
    """Up to 200 persons need no reason. Raises RuleBroken(field="reason")."""
    if rows > ROWS_WITHOUT_REASON and is_blank(reason):
        raise RuleBroken(
            _("More than %(most)d persons: say what the list is for.") % {"most": ROWS_WITHOUT_REASON},
            field="reason",
            code="reason_missing",
        )
    return reason.strip()[:REASON_LENGTH]


def check_link_dates(*, since: date, open_since: date | None, today: date) -> None:
    """A new link begins today or earlier, and not before the one that it ends."""
    if since > today:
        raise RuleBroken(_("The date lies in the future."), field="since", code="since_future")
    if open_since and since < open_since:
        raise RuleBroken(
            _("This is earlier than the beginning of what is on record (%(day)s).") % {"day": open_since.isoformat()},
            field="since",
            code="since_before_open",
        )


def check_link_end(*, since: date, until: date, today: date) -> None:
    if until > today:
        raise RuleBroken(_("The date lies in the future."), field="until", code="until_future")
    if until < since:
        raise RuleBroken(_("The end lies before the beginning."), field="until", code="until_before_since")


def check_undecided(*, is_accepted: bool | None) -> None:
    """Raises Conflict for a slip that a colleague decided the other way."""
    if is_accepted:
        raise Conflict(_("This slip has been accepted already."), code="slip_accepted")
    if is_accepted is False:
        raise Conflict(_("This slip has been declined already."), code="slip_declined")


def refuse_already_here(*, receipt_no: str) -> None:
    """Reporting in twice to one community changes nothing, and a second receipt would count him twice."""
    raise RuleBroken(
        _("This member has reported in here already, receipt %(number)s. Decline the slip.") % {"number": receipt_no},
        field="phone",
        code="already_here",
    )


def receipt_number(community_code: str, year: int, number: int) -> str:
    """`210802001002-2026-00017`: whose, which year, which one."""
    return f"{community_code}-{year}-{number:05d}"


def hidden_before(today: date) -> date:
    """The first day of contact that is recent enough: earlier ones count as lost."""
    return today - HIDDEN_AFTER


def check_mobile_days(*, since: date, expected_until: date | None, today: date) -> None:
    """Raises RuleBroken(field) for a beginning to come, or a stay too short to make a mobile member."""
    if since > today:
        raise RuleBroken(_("The date lies in the future."), field="since", code="since_future")
    if expected_until and expected_until < since + MOBILE_AT_LEAST:
        raise RuleBroken(
            _("Less than half a year: he stays with his branch. Expect %(day)s or later, or leave it empty.")
            % {"day": (since + MOBILE_AT_LEAST).isoformat()},
            field="expected_until",
            code="mobile_too_short",
        )


def check_contact_day(*, on: date, since: date, today: date) -> None:
    if on > today:
        raise RuleBroken(_("The date lies in the future."), field="on", code="on_future")
    if on < since:
        raise RuleBroken(_("Earlier than the registration: choose a later day."), field="on", code="on_before_since")


def mobile_overdue_before(today: date) -> date:
    """Contacts before this day are more than half a year old."""
    return today - MOBILE_CONTACT_EVERY


@dataclass(frozen=True)
class Span:
    """A dated link: `until` is exclusive, None is open."""

    since: date
    until: date | None

    @property
    def is_empty(self) -> bool:
        return self.until is not None and self.until <= self.since


def fit_spans(kept: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """`others` cut so that none overlaps `kept` or another of them: the beginning stays, the end moves forward.

    A span that has no day of its own left becomes empty (`until == since`): it stays as history and counts no day.
    """
    taken = [span for span in kept if not span.is_empty]
    fitted: list[Span] = []
    for span in others:
        cut = _cut(span, taken)
        fitted.append(cut)
        if not cut.is_empty:
            taken.append(cut)
    return fitted


def _cut(span: Span, taken: Iterable[Span]) -> Span:
    until = span.until
    for other in taken:
        starts_inside = other.since <= span.since and (other.until is None or span.since < other.until)
        if starts_inside:
            return Span(span.since, span.since)
        if other.since > span.since and (until is None or other.since < until):
            until = other.since
    return Span(span.since, until)


def day_before(day: date) -> date:
    """The last day of a span whose `until` is `day`, as people write it."""
    return day - timedelta(days=1)
