"""Who acts: the one argument every command and every read of personal data begins with.

An actor is made once per request from the grants in force (orgs.queries.actor_of), is frozen, and knows nothing
of the database. A right that ended yesterday is not in it today.
"""

from dataclasses import dataclass
from uuid import UUID

from guangcai.core.errors import Forbidden, OutOfScope
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT, covers

SYSTEM_ROLE = "system"


@dataclass(frozen=True)
class Holding:
    """One grant in force: a role's rights over a subtree (`path`) or over one work unit."""

    role: str
    permissions: frozenset[Permission]
    path: str = ""
    work_unit_id: int | None = None
    node_id: int | None = None


@dataclass(frozen=True)
class Actor:
    user_id: UUID | None = None
    member_id: UUID | None = None
    holdings: tuple[Holding, ...] = ()

    @classmethod
    def system(cls) -> "Actor":
        """The program itself, for the command line and background jobs: everything, everywhere."""
        return cls(holdings=(Holding(role=SYSTEM_ROLE, permissions=frozenset(Permission), path=ROOT),))

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(holding.role for holding in self.holdings)

    @property
    def role_codes(self) -> str:
        """Roles in one word for the audit line, `desk_worker+member`; `anonymous` without any."""
        return "+".join(sorted(self.roles)) or "anonymous"

    def paths_with(self, permission: Permission) -> tuple[str, ...]:
        """The subtrees in which the actor holds `permission`."""
        return tuple(h.path for h in self.holdings if h.path and permission in h.permissions)

    def units_with(self, permission: Permission) -> tuple[int, ...]:
        """The work units for which the actor holds `permission`."""
        return tuple(h.work_unit_id for h in self.holdings if h.work_unit_id and permission in h.permissions)

    def holds(self, permission: Permission) -> bool:
        """Whether the actor holds `permission` anywhere: decides what a menu offers, never what a command allows."""
        return any(permission in holding.permissions for holding in self.holdings)

    def can(self, permission: Permission, path: str) -> bool:
        return covers(self.paths_with(permission), path)

    def can_for_unit(self, permission: Permission, work_unit_id: int) -> bool:
        return work_unit_id in self.units_with(permission)

    def require(self, permission: Permission, path: str) -> None:
        """Raises Forbidden inside the actor's own area, OutOfScope elsewhere (the row is not admitted to exist)."""
        if not self.can(permission, path):
            inside = covers((h.path for h in self.holdings if h.path), path)
            raise Forbidden() if inside else OutOfScope()

    def require_unit(self, permission: Permission, work_unit_id: int) -> None:
        """The same for a work unit's liaison."""
        if not self.can_for_unit(permission, work_unit_id):
            known = any(h.work_unit_id == work_unit_id for h in self.holdings)
            raise Forbidden() if known else OutOfScope()

    def require_any(self, permission: Permission) -> None:
        """Raises OutOfScope unless the actor holds `permission` somewhere, on a node or for a work unit."""
        if not self.holds(permission):
            raise OutOfScope()
