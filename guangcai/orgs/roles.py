"""Roles as data: a stable code, and the rights it carries. Tested cell by cell (tests/orgs/test_roles.py).

Who may hold them: docs/glossary.md. A role is never asked about in code; `actor.can(permission, path)` is.
"""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from guangcai.core.permissions import Permission as P  # noqa: N817 - the table below reads by it


class Role(models.TextChoices):
    """Stable codes, stored in grants."""

    MEMBER = "member", pgettext_lazy("role", "Member")
    DESK_WORKER = "desk_worker", pgettext_lazy("role", "Desk worker")
    COMMUNITY_SECRETARY = "community_secretary", pgettext_lazy("role", "Community secretary")
    STREET_OVERSEER = "street_overseer", pgettext_lazy("role", "Street overseer")
    DISTRICT_ADMINISTRATOR = "district_administrator", pgettext_lazy("role", "District administrator")
    UNIT_LIAISON = "unit_liaison", pgettext_lazy("role", "Unit liaison")
    AUDITOR = "auditor", pgettext_lazy("role", "Auditor")
    SYSTEM_ADMINISTRATOR = "system_administrator", pgettext_lazy("role", "System administrator")


_SEEN_BY_MEMBERS = frozenset(
    {P.ACTIVITY_VIEW, P.POST_VIEW, P.ZONE_VIEW, P.TEAM_VIEW, P.PLEDGE_VIEW, P.WISH_VIEW, P.COUNCIL_VIEW, P.STUDIO_VIEW}
)
_TAKEN_ON_BY_MEMBERS = frozenset(
    {
        P.ACTIVITY_SIGN_UP,
        P.POST_CLAIM,
        P.ZONE_CLAIM,
        P.TEAM_JOIN,
        P.PLEDGE_MAKE,
        P.CASE_RAISE,
        P.WISH_CLAIM,
        P.PROPOSAL_RAISE,
        P.STUDIO_JOIN,
    }
)
_LOOK = _SEEN_BY_MEMBERS | {P.RESOURCE_VIEW, P.CASE_VIEW, P.TREE_VIEW, P.ROSTER_VIEW, P.ENTRY_VIEW, P.STATISTICS_VIEW}
_DESK = _LOOK | {
    P.ROSTER_EDIT,
    P.ROSTER_IMPORT,
    P.ROSTER_EXPORT,
    P.PHONE_OPEN,
    P.REPORT_IN_ACCEPT,
    P.UNIT_EDIT,
    P.ACTIVITY_EDIT,
    P.ATTENDANCE_TAKE,
    P.POST_EDIT,
    P.ZONE_EDIT,
    P.TEAM_EDIT,
    P.CARE_VIEW,
    P.CARE_EDIT,
    P.PLEDGE_EDIT,
    P.INVITATION_EDIT,
    P.PLACE_EDIT,
    P.RESOURCE_EDIT,
    P.RESOURCE_BOOK,
    P.CASE_EDIT,
    P.WISH_EDIT,
    P.COUNCIL_EDIT,
    P.MEDIATION_VIEW,
    P.MEDIATION_EDIT,
    P.STUDIO_EDIT,
    P.ENTRY_RECORD,
    P.ENTRY_CONFIRM,
    P.CERTIFICATE_ISSUE,
    P.FEEDBACK_VIEW,
    P.FEEDBACK_EDIT,
    P.APPRAISAL_VIEW,
    P.APPRAISAL_EDIT,
    P.SUGGESTION_READ,
}
_OVERSIGHT = _LOOK | {
    P.ROSTER_EXPORT,
    P.CARE_OVERSEE,
    P.FEEDBACK_VIEW,
    P.APPRAISAL_VIEW,
    P.SAMPLE_VIEW,
    P.SUGGESTION_READ,
}

ROLES: Final[dict[Role, frozenset[P]]] = {
    # A member of the community: sees what it offers, signs up, claims, joins, pledges; his own record needs no grant.
    Role.MEMBER: _SEEN_BY_MEMBERS | _TAKEN_ON_BY_MEMBERS,
    # Runs the community's desk.
    Role.DESK_WORKER: _DESK,
    # Heads the community: what the desk does, and what needs a second, responsible person.
    Role.COMMUNITY_SECRETARY: _DESK
    | {P.BACK_FILL_APPROVE, P.ENTRY_REVERSE, P.FEEDBACK_APPROVE, P.APPRAISAL_APPROVE, P.GRANT_EDIT},
    # Reads the street's figures and the names behind them; changes nothing in a community, but rules where two of
    # those asked have sent a case back.
    Role.STREET_OVERSEER: _OVERSIGHT | {P.CASE_RULE},
    # Sets up the district: tree, units, rights, rules, and what stands above the communities (brigades, committees).
    Role.DISTRICT_ADMINISTRATOR: _OVERSIGHT
    | {
        P.TREE_EDIT,
        P.UNIT_EDIT,
        P.GRANT_EDIT,
        P.POLICY_EDIT,
        P.WORKDAY_EDIT,
        P.AUDIT_VIEW,
        P.TEAM_EDIT,
        P.COMMITTEE_EDIT,
    },
    # Hands in the unit's own list, reads and answers the feedback on its members, lends what the unit has, and answers
    # for what the unit was asked or has promised. Held on a work unit, never on a node.
    Role.UNIT_LIAISON: frozenset(
        {
            P.UNIT_ROSTER_VIEW,
            P.UNIT_ROSTER_IMPORT,
            P.FEEDBACK_VIEW,
            P.FEEDBACK_ANSWER,
            P.APPRAISAL_VIEW,
            P.RESOURCE_EDIT,
            P.CASE_ANSWER,
            P.PROPOSAL_ANSWER,
        }
    ),
    # Reads the audit trail, and no personal data.
    Role.AUDITOR: frozenset({P.TREE_VIEW, P.AUDIT_VIEW}),
    # Runs the machine, and sees no personal data.
    Role.SYSTEM_ADMINISTRATOR: frozenset({P.TREE_VIEW, P.GRANT_EDIT, P.SYSTEM_RUN, P.WORKDAY_EDIT}),
}

# Roles that see the personal data of more than one community sign in with a second factor.
NEEDS_SECOND_FACTOR: Final = frozenset(
    {Role.STREET_OVERSEER, Role.DISTRICT_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR}
)
