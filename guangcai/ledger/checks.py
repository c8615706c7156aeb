"""What must hold over the whole ledger (promises I3-I12). Each is one statement over an index or one pass of a table.

Constraints already keep: one posting and one span per entry, one reversal per entry (one-to-one), maker is not checker
on a posting, no overlapping spans (exclusion). They are asked again here: a restored dump may have been edited.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from guangcai.core.invariants import invariant
from guangcai.orgs.enums import PolicyKey

# So many broken rows are told; the rest is the same story.
MOST = 100


def _rows(statement: str, *params: Any) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT {MOST}", params)
        for row in cursor:
            yield " ".join(str(value) for value in row)


@invariant("ledger.postings.equal_entries")
def postings_equal_entries() -> Iterable[str]:
    """A posting repeats its entry: member, day, minutes, deeds, path; and the maker, unless it is a reversal."""
    return _rows("""
        SELECT p.entry_id FROM ledger_posting AS p JOIN ledger_serviceentry AS e ON e.id = p.entry_id
        WHERE (p.member_id, p.served_on, p.minutes, p.deeds, p.path, p.community_id, p.district_code)
              IS DISTINCT FROM
              (e.member_id, e.served_on, e.minutes, e.deeds, e.path, e.community_id, e.district_code)
           OR (e.reverses_id IS NULL AND p.recorded_by IS DISTINCT FROM e.recorded_by)
    """)


@invariant("ledger.postings.not_declined")
def confirmed_or_declined() -> Iterable[str]:
    """An entry is confirmed or declined, never both."""
    return _rows("""
        SELECT d.entry_id FROM ledger_entrydecline AS d JOIN ledger_posting AS p ON p.entry_id = d.entry_id
    """)


@invariant("ledger.entries.waiting_as_listed")
def waiting_as_listed() -> Iterable[str]:
    """The short table of what waits names every undecided entry, under its path, and nothing else."""
    return _rows("""
        SELECT coalesce(e.id, w.entry_id)
        FROM (
            SELECT id, path FROM ledger_serviceentry AS e
            WHERE NOT EXISTS (SELECT FROM ledger_posting AS p WHERE p.entry_id = e.id)
              AND NOT EXISTS (SELECT FROM ledger_entrydecline AS d WHERE d.entry_id = e.id)
        ) AS e
        FULL JOIN ledger_waitingentry AS w ON w.entry_id = e.id
        WHERE e.path IS DISTINCT FROM w.path
    """)


@invariant("ledger.postings.two_people")
def maker_is_not_checker() -> Iterable[str]:
    """I9: whoever recorded did not confirm, and nobody confirms as the program what the program recorded."""
    return _rows("SELECT entry_id FROM ledger_posting WHERE recorded_by IS NOT DISTINCT FROM confirmed_by")


@invariant("ledger.postings.not_before_recorded")
def confirmed_after_recorded() -> Iterable[str]:
    """Nothing was confirmed before it was recorded, and nothing recorded before it ended."""
    return _rows("""
        SELECT e.id FROM ledger_serviceentry AS e LEFT JOIN ledger_posting AS p ON p.entry_id = e.id
        WHERE p.confirmed_at < e.recorded_at OR e.recorded_at < e.ends_at
    """)


@invariant("ledger.entries.fit_their_interval")
def minutes_fit() -> Iterable[str]:
    """I8: minutes are at most the time from start to end, and the day is the local day of the start."""
    return _rows("""
        SELECT id FROM ledger_serviceentry
        WHERE abs(minutes) * interval '1 minute' > ends_at - starts_at
           OR served_on <> (starts_at AT TIME ZONE 'Asia/Shanghai')::date
    """)


@invariant("ledger.reversals.undo_their_entry")
def reversals_undo() -> Iterable[str]:
    """A reversal takes back exactly what it names, which was confirmed, once."""
    return _rows("""
        SELECT r.id FROM ledger_serviceentry AS r
        JOIN ledger_serviceentry AS e ON e.id = r.reverses_id
        WHERE r.reverses_id IS NOT NULL AND (
              r.minutes <> -e.minutes OR r.deeds <> -e.deeds OR r.member_id <> e.member_id
           OR r.served_on <> e.served_on OR e.reverses_id IS NOT NULL
           OR NOT EXISTS (SELECT 1 FROM ledger_posting AS p WHERE p.entry_id = e.id)
           OR NOT EXISTS (SELECT 1 FROM ledger_posting AS p WHERE p.entry_id = r.id))
    """)


@invariant("ledger.reversals.once")
def reversed_once() -> Iterable[str]:
    return _rows("""
        SELECT reverses_id FROM ledger_serviceentry WHERE reverses_id IS NOT NULL
        GROUP BY reverses_id HAVING count(*) > 1
    """)


@invariant("ledger.spans.equal_standing_postings")
def spans_equal_standing() -> Iterable[str]:
    """Every confirmed, unreversed entry holds its interval, and nothing else does."""
    return _rows("""
        SELECT coalesce(s.entry_id, e.id)
        FROM (
            SELECT e.id, e.member_id, tstzrange(e.starts_at, e.ends_at) AS during
            FROM ledger_posting AS p JOIN ledger_serviceentry AS e ON e.id = p.entry_id
            LEFT JOIN ledger_serviceentry AS r ON r.reverses_id = e.id
            WHERE e.reverses_id IS NULL AND r.id IS NULL
        ) AS e
        FULL JOIN ledger_servicespan AS s ON s.entry_id = e.id
        WHERE s.entry_id IS NULL OR e.id IS NULL OR s.member_id <> e.member_id OR s.during <> e.during
    """)


@invariant("ledger.spans.do_not_overlap")
def spans_do_not_overlap() -> Iterable[str]:
    """I7: one pass over the spans in order; an overlap shows between neighbours."""
    return _rows("""
        SELECT entry_id FROM (
            SELECT entry_id, lower(during) < max(upper(during)) OVER (
                PARTITION BY member_id ORDER BY lower(during), entry_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS clashes
            FROM ledger_servicespan
        ) AS ordered WHERE clashes
    """)


@invariant("ledger.postings.daily_limit")
def daily_limit() -> Iterable[str]:
    """I7: nobody has more confirmed minutes on a day than the loosest limit in force anywhere that day."""
    return _rows(
        """
        SELECT d.member_id, d.served_on, d.minutes FROM (
            SELECT member_id, served_on, sum(minutes) AS minutes FROM ledger_posting
            GROUP BY member_id, served_on HAVING sum(minutes) > (
                SELECT coalesce(min((value ->> 'minutes')::integer), 0) FROM orgs_policy WHERE key = %s)
        ) AS d
        WHERE d.minutes > (
            SELECT coalesce(max((value ->> 'minutes')::integer), 0) FROM orgs_policy
            WHERE key = %s AND since <= d.served_on AND (until IS NULL OR until > d.served_on))
        """,
        PolicyKey.DAILY_LIMIT,
        PolicyKey.DAILY_LIMIT,
    )


@invariant("ledger.totals.equal_sums")
def totals_equal_sums() -> Iterable[str]:
    """I5, I10: the yearly roll-up is what the postings add up to, for everybody, and there is no row too many."""
    return _rows("""
        SELECT coalesce(t.member_id, s.member_id), coalesce(t.year, s.year)
        FROM (
            SELECT member_id, extract(year FROM served_on)::integer AS year,
                   sum(minutes) AS minutes, sum(deeds) AS deeds, count(*) AS postings
            FROM ledger_posting GROUP BY 1, 2
        ) AS s
        FULL JOIN (SELECT * FROM ledger_yeartotal WHERE postings <> 0 OR minutes <> 0 OR deeds <> 0) AS t
               ON t.member_id = s.member_id AND t.year = s.year
        WHERE (t.minutes, t.deeds, t.postings) IS DISTINCT FROM (s.minutes, s.deeds, s.postings)
    """)


@invariant("ledger.totals.belong_to_members")
def totals_belong_to_members() -> Iterable[str]:
    """The roll-up has no foreign key in the database: nobody's row would be a fault all the same."""
    return _rows("""
        SELECT t.id FROM ledger_yeartotal AS t
        WHERE NOT EXISTS (SELECT FROM members_member AS m WHERE m.id = t.member_id)
    """)


@invariant("ledger.certificates.equal_lines")
def certificates_equal_lines() -> Iterable[str]:
    """A certificate's total is the sum of its lines, each of which is its entry, of its member, in its period."""
    return _rows("""
        SELECT c.id FROM ledger_certificate AS c
        LEFT JOIN ledger_certificateline AS l ON l.certificate_id = c.id
        LEFT JOIN ledger_serviceentry AS e ON e.id = l.entry_id
        GROUP BY c.id
        HAVING c.minutes <> coalesce(sum(l.minutes), 0)
            OR bool_or(l.minutes <> e.minutes OR e.member_id <> c.member_id OR e.community_id <> c.community_id
                       OR e.served_on < c.since OR e.served_on > c.until)
    """)


@invariant("ledger.certificates.numbered_without_gaps")
def certificates_without_gaps() -> Iterable[str]:
    return _rows("""
        SELECT left(number, -6) FROM ledger_certificate GROUP BY left(number, -6)
        HAVING max(right(number, 5)::integer) <> count(*)
    """)


@invariant("ledger.entries.after_joining")
def nothing_before_joining() -> Iterable[str]:
    """Nobody served before he first reported in."""
    return _rows("""
        SELECT e.id FROM ledger_serviceentry AS e
        LEFT JOIN (SELECT member_id, min(since) AS since FROM members_residence GROUP BY member_id) AS r
               ON r.member_id = e.member_id
        WHERE r.since IS NULL OR e.served_on < r.since
    """)


@invariant("ledger.entries.member_not_merged")
def nothing_left_on_merged_records() -> Iterable[str]:
    """Entries, postings, spans and totals followed every merger of two records."""
    return _rows("""
        SELECT f.kind, f.id FROM members_member AS m JOIN (
            SELECT 'entry' AS kind, id, member_id FROM ledger_serviceentry
            UNION ALL SELECT 'posting', id, member_id FROM ledger_posting
            UNION ALL SELECT 'span', id, member_id FROM ledger_servicespan
            UNION ALL SELECT 'total', id, member_id FROM ledger_yeartotal
        ) AS f ON f.member_id = m.id
        WHERE m.merged_into_id IS NOT NULL
    """)
