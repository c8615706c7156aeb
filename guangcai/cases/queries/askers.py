"""The only reads of who asked. Nothing else in the product looks into Asker (docs/adr/0022)."""

from dataclasses import dataclass
from uuid import UUID

from guangcai.cases.enums import CaseChannel
from guangcai.cases.keys import code_key
from guangcai.cases.models import Asker, Case
from guangcai.cases.parts import has_job, is_asker
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.phones import mask, national


@dataclass(frozen=True)
class AskerShown:
    """The asker as one reader sees him. phone: as people dial it when is_full, else masked. code: the desk's alone."""

    name: str
    phone: str
    flat: str
    is_full: bool
    code: str = ""

    @property
    def tel(self) -> str:
        return self.phone if self.is_full else ""


def asker_for(case: Case, actor: Actor, *, is_own_job: bool | None = None) -> AskerShown | None:
    """What `actor` may see of who asked now; None for nothing. `case` comes from Case.visible_to(actor).

    Himself: all. Who has the job, while he has it and unless the item hides the asker: all. The desk: masked. Anybody
    else: nothing; an overseer gives a reason first (commands.open_asker). is_own_job: known already, for lists.
    """
    row: Asker = case.asker
    if is_asker(case, actor):
        return _full(row)
    if has_job(case, actor) if is_own_job is None else is_own_job:
        return None if case.item.hides_asker else _full(row)
    if actor.can(Permission.CASE_EDIT, case.path):
        # Whoever asked through an open door has his code already; nobody else can speak with it.
        code = "" if case.channel in (CaseChannel.WEB, CaseChannel.EXCHANGE) else row.code
        return AskerShown(row.name, mask(row.phone) if row.phone else "", row.flat, is_full=False, code=code)
    return None


def case_of_code(code: str) -> Case | None:
    """The case that a code follows, for the public page. One look-up by blind index, found or not."""
    row = Asker.objects.filter(code_index=code_key(code)).select_related("case__item", "case__community").first()
    return row.case if row else None


def cases_of_member(member_id: UUID) -> list[Case]:
    """What a member asked for himself, newest first."""
    rows = Case.objects.filter(pk__in=Asker.objects.filter(member=member_id).values("case"))
    return list(rows.select_related("item", "community").order_by("-raised_at", "pk")[:50])


def _full(row: Asker) -> AskerShown:
    return AskerShown(row.name, national(row.phone) if row.phone else "", row.flat, is_full=True)
