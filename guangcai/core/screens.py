"""Small frozen shapes that components draw: a page hands them over, a component knows nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Tab:
    """One of several views of the same thing; a plain link."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Chip:
    """A filter in force, with the address of the list without it."""

    label: str
    value: str
    without_url: str


@dataclass(frozen=True)
class Refused:
    """A refusal with its next step: why, and what to do now. With `fields` the button is a form, else a link."""

    code: str
    reason: str
    action: str
    url: str
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True)
class TimelineItem:
    """One thing that happened. `tone` is good, wait, bad, info or idle; `is_day`: the hour is not known."""

    at: datetime
    title: str
    text: str = ""
    url: str = ""
    tone: str = "idle"
    icon: str = ""
    is_day: bool = False


@dataclass(frozen=True)
class JobView:
    """A background job as a person sees it. `state` is waiting, running, done or failed."""

    label: str
    done: int
    total: int
    state: str
    poll_url: str
    result_url: str = ""
    result_text: str = ""
    problems: int = 0

    @property
    def percent(self) -> int:
        """Whole percent, 0 while the total is unknown, 100 only when the job has ended."""
        if self.state == "done":
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")
