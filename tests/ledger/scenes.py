"""Small scenes of service: what tests of the ledger begin with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from guangcai.core.ids import new_id
from guangcai.ledger.commands import Service, confirm, record_many
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import ServiceKind
from tests.cast import Cast

SATURDAY = datetime(2026, 11, 14, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai


def service(cast: Cast, **changes: Any) -> Service:
    """Two hours on a Saturday morning in 南园, by the teacher; `changes` override."""
    starts_at = changes.pop("starts_at", SATURDAY)
    minutes = changes.pop("minutes", 120)
    values: dict[str, Any] = {
        "member": cast.teacher_member,
        "community": cast.nanyuan,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=max(minutes, 1)),
        "minutes": minutes,
        "deeds": 0,
        "kind": ServiceKind.objects.get(code="convenience"),
        "activity_name": "周末清洁",
        "content": "清理楼道小广告",
        "place": "南园小区3号楼",
        "lead_name": "王桂芬",
        "source": f"attendance:{new_id()}",
    }
    return Service(**{**values, **changes})


def recorded(cast: Cast, *, by: str = "desk", **changes: Any) -> ServiceEntry:
    return record_many(services=[service(cast, **changes)], by=cast.actor(by), now=cast.now)[0]


def confirmed(cast: Cast, *, by: str = "desk", checker: str = "secretary", **changes: Any) -> ServiceEntry:
    entry = recorded(cast, by=by, **changes)
    result = confirm(entries=[entry], by=cast.actor(checker), now=cast.now)
    assert result.confirmed == (entry.pk,), result
    return entry
