"""What a person writes on a report slip, as one sealed text until the community decides."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True)
class SlipForm:
    """The five groups as far as a person fills them in at the door. Codes and keys, checked when it is accepted.

    `intentions`: kind of service -> times (DayPart codes). `notice`: the version of the privacy notice agreed to.
    """

    name: str
    phone: str = ""
    gender: str = ""
    occupation: str = ""
    work_unit_id: int | None = None
    work_unit_name: str = ""
    building_id: int | None = None
    building_text: str = ""
    skills: tuple[str, ...] = ()
    intentions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notice: str = ""
    consented_at: datetime | None = None
    wants_account: bool = False

    def sealed_text(self) -> str:
        """JSON for the sealed column."""
        content = asdict(self)
        content["consented_at"] = self.consented_at.isoformat() if self.consented_at else None
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    def says_the_same_as(self, other: "SlipForm") -> bool:
        """Whether both were filled in alike, whenever they were sent."""
        return replace(self, consented_at=None).sealed_text() == replace(other, consented_at=None).sealed_text()

    @classmethod
    def from_text(cls, text: str) -> "SlipForm":
        """The form of a sealed text; an empty one (decided, or from a list) is an empty form."""
        if not text:
            return cls(name="")
        content = json.loads(text)
        if content["consented_at"]:
            content["consented_at"] = datetime.fromisoformat(content["consented_at"])
        content["skills"] = tuple(content["skills"])
        content["intentions"] = {kind: tuple(times) for kind, times in content["intentions"].items()}
        return cls(**content)
