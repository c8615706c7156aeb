"""The personal card of five tasks (A65)."""

from dataclasses import dataclass

from guangcai.care.models import TaskKind, TaskMark
from guangcai.core.actor import Actor

SHOWN = 5


@dataclass(frozen=True)
class Task:
    """One of the five, with the latest things noted for it."""

    kind: TaskKind
    marks: tuple[TaskMark, ...]


def own_card(actor: Actor) -> list[Task]:
    """The actor's own card; nobody reads another's. Two statements."""
    kinds = list(TaskKind.objects.all())
    marks = list(TaskMark.objects.filter(member=actor.member_id).order_by("-done_on", "-noted_at")[:200])
    return [Task(kind, tuple(mark for mark in marks if mark.kind_id == kind.pk)[:SHOWN]) for kind in kinds]
