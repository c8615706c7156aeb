"""Every right the program asks about. Roles (orgs/roles.py) bundle them; code asks for rights, never for roles."""

from enum import StrEnum


class Permission(StrEnum):
    # orgs
    TREE_VIEW = "tree_view"
    TREE_EDIT = "tree_edit"
    UNIT_EDIT = "unit_edit"
    GRANT_EDIT = "grant_edit"
    POLICY_EDIT = "policy_edit"
    WORKDAY_EDIT = "workday_edit"
    AUDIT_VIEW = "audit_view"
    SYSTEM_RUN = "system_run"
    # members
    ROSTER_VIEW = "roster_view"
    ROSTER_EDIT = "roster_edit"
    ROSTER_IMPORT = "roster_import"
    ROSTER_EXPORT = "roster_export"
    PHONE_OPEN = "phone_open"
    REPORT_IN_ACCEPT = "report_in_accept"
    UNIT_ROSTER_VIEW = "unit_roster_view"
    UNIT_ROSTER_IMPORT = "unit_roster_import"
    # activities
    ACTIVITY_VIEW = "activity_view"
    ACTIVITY_SIGN_UP = "activity_sign_up"
    ACTIVITY_EDIT = "activity_edit"
    ATTENDANCE_TAKE = "attendance_take"
    # posts
    POST_VIEW = "post_view"
    POST_CLAIM = "post_claim"
    POST_EDIT = "post_edit"
    # zones
    ZONE_VIEW = "zone_view"
    ZONE_CLAIM = "zone_claim"
    ZONE_EDIT = "zone_edit"
    # teams
    TEAM_VIEW = "team_view"
    TEAM_JOIN = "team_join"
    TEAM_EDIT = "team_edit"
    # care
    CARE_VIEW = "care_view"
    CARE_EDIT = "care_edit"
    CARE_OVERSEE = "care_oversee"
    # pledges
    PLEDGE_VIEW = "pledge_view"
    PLEDGE_MAKE = "pledge_make"
    PLEDGE_EDIT = "pledge_edit"
    # invitations
    INVITATION_EDIT = "invitation_edit"
    # places
    PLACE_EDIT = "place_edit"
    RESOURCE_VIEW = "resource_view"
    RESOURCE_EDIT = "resource_edit"
    RESOURCE_BOOK = "resource_book"
    # cases
    CASE_VIEW = "case_view"
    CASE_RAISE = "case_raise"
    CASE_EDIT = "case_edit"
    CASE_RULE = "case_rule"
    CASE_ANSWER = "case_answer"
    # wishes
    WISH_VIEW = "wish_view"
    WISH_CLAIM = "wish_claim"
    WISH_EDIT = "wish_edit"
    # councils
    COUNCIL_VIEW = "council_view"
    COUNCIL_EDIT = "council_edit"
    COMMITTEE_EDIT = "committee_edit"
    PROPOSAL_RAISE = "proposal_raise"
    PROPOSAL_ANSWER = "proposal_answer"
    # mediation
    MEDIATION_VIEW = "mediation_view"
    MEDIATION_EDIT = "mediation_edit"
    # studios
    STUDIO_VIEW = "studio_view"
    STUDIO_JOIN = "studio_join"
    STUDIO_EDIT = "studio_edit"
    # ledger
    ENTRY_VIEW = "entry_view"
    ENTRY_RECORD = "entry_record"
    ENTRY_CONFIRM = "entry_confirm"
    ENTRY_REVERSE = "entry_reverse"
    BACK_FILL_APPROVE = "back_fill_approve"
    SAMPLE_VIEW = "sample_view"
    CERTIFICATE_ISSUE = "certificate_issue"
    # appraisal
    FEEDBACK_VIEW = "feedback_view"
    FEEDBACK_EDIT = "feedback_edit"
    FEEDBACK_APPROVE = "feedback_approve"
    FEEDBACK_ANSWER = "feedback_answer"
    APPRAISAL_VIEW = "appraisal_view"
    APPRAISAL_EDIT = "appraisal_edit"
    APPRAISAL_APPROVE = "appraisal_approve"
    # reports and portal
    STATISTICS_VIEW = "statistics_view"
    SUGGESTION_READ = "suggestion_read"
