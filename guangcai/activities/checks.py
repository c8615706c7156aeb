"""What must be true of activities at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

OVER_PLACES = """
SELECT shift.id FROM activities_shift AS shift
JOIN activities_signup AS row ON row.shift_id = shift.id AND row.cancelled_at IS NULL AND row.place_no IS NOT NULL
GROUP BY shift.id, shift.places
HAVING count(*) > shift.places OR max(row.place_no) > shift.places
"""
WAITING_OUT_OF_ORDER = """
SELECT early.id FROM activities_signup AS early
JOIN activities_signup AS late ON late.shift_id = early.shift_id AND late.cancelled_at IS NULL
     AND late.place_no IS NOT NULL AND late.signed_up_at > early.signed_up_at
WHERE early.cancelled_at IS NULL AND early.place_no IS NULL
"""
FREE_WHILE_WAITING = """
SELECT shift.id FROM activities_shift AS shift
WHERE shift.cancelled_at IS NULL AND shift.closed_at IS NULL
  AND EXISTS (SELECT FROM activities_signup AS row
              WHERE row.shift_id = shift.id AND row.cancelled_at IS NULL AND row.place_no IS NULL)
  AND shift.places > (SELECT count(*) FROM activities_signup AS row
                      WHERE row.shift_id = shift.id AND row.cancelled_at IS NULL AND row.place_no IS NOT NULL)
"""
TWO_ROWS = """
SELECT shift_id || ' ' || member_id FROM activities_attendance GROUP BY shift_id, member_id HAVING count(*) > 1
"""
WITHOUT_ENTRY = """
SELECT row.id FROM activities_attendance AS row
JOIN activities_shift AS shift ON shift.id = row.shift_id AND shift.closed_at IS NOT NULL
JOIN activities_activity AS activity ON activity.id = shift.activity_id AND activity.kind = 'service'
LEFT JOIN ledger_serviceentry AS entry
     ON entry.district_code = row.district_code AND entry.source = 'attendance:' || row.id
WHERE (row.presence = 'present' AND row.minutes > 0) <> (entry.id IS NOT NULL)
   OR (entry.id IS NOT NULL AND (entry.minutes <> row.minutes OR entry.member_id <> row.member_id))
"""
ENTRY_WITHOUT_SERVICE = """
SELECT row.id FROM activities_attendance AS row
JOIN activities_shift AS shift ON shift.id = row.shift_id
JOIN activities_activity AS activity ON activity.id = shift.activity_id
JOIN ledger_serviceentry AS entry
     ON entry.district_code = row.district_code AND entry.source = 'attendance:' || row.id
WHERE activity.kind <> 'service' OR shift.closed_at IS NULL
"""
OTHER_PATH = """
SELECT row.id FROM activities_attendance AS row JOIN activities_shift AS shift ON shift.id = row.shift_id
WHERE row.path <> shift.path OR row.district_code <> shift.district_code
"""


@invariant("activities.sign_ups.within_places")
def no_shift_over_its_places() -> Iterable[str]:
    return ids(OVER_PLACES, "shift")


@invariant("activities.sign_ups.waiting_in_order")
def nobody_jumped_the_queue() -> Iterable[str]:
    return ids(WAITING_OUT_OF_ORDER, "sign-up")


@invariant("activities.sign_ups.no_free_place_while_waiting")
def the_waiting_list_moved_up() -> Iterable[str]:
    return ids(FREE_WHILE_WAITING, "shift")


@invariant("activities.attendance.once")
def one_row_per_member_and_shift() -> Iterable[str]:
    return ids(TWO_ROWS, "shift and member")


@invariant("activities.attendance.one_entry_each")
def closed_service_has_its_entries() -> Iterable[str]:
    return ids(WITHOUT_ENTRY, "attendance")


@invariant("activities.attendance.no_entry_without_service")
def nothing_else_gives_hours() -> Iterable[str]:
    return ids(ENTRY_WITHOUT_SERVICE, "attendance")


@invariant("activities.attendance.path_of_its_shift")
def attendance_lies_where_its_shift_does() -> Iterable[str]:
    return ids(OTHER_PATH, "attendance")
