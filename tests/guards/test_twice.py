"""Sent twice is done once: every form of the house, and every creating call of the API.

Forms are taken from the pages (tests/guards/forms.py) and sent as a browser sends them. The second time adds no row.
A form that makes a row carries its id: the same id with other content is refused. An address that no form of the demo
leads to stands below with the reason why it needs none.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.guards.forms import FITTING, FITTING_TEXT, Fields, Form
from tests.guards.sweep import Answer, ask, ask_and_keep
from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]

OTHER_TEXT = "另外一件"
SIGN_IN = "a step of signing in: one row per try is the audit trail, and the second try is a second try"
BY_STATE = "no such object waits in the demo; sets a state under a lock, so a second time finds it set"
BY_KEY = "one row by a unique key (member and shift, entry, proof), whoever sends it and however often"
ASKS = "looks something up and writes nothing"
TRAIL = "shows what is sealed and adds nothing but a line of the trail"
# A case takes a step under its lock when its state allows it: tests/cases/test_life.py, test_races.py.
STEPS_OF_CASES = (
    "cases:appointment",
    "cases:call_back",
    "cases:confirmation",
    "cases:contact",
    "cases:decline",
    "cases:dispatch",
    "cases:done",
    "cases:end",
    "cases:escalation",
    "cases:reopening",
    "cases:return",
    "cases:ruling",
    "cases:ruling_out",
)
CARE = "tests/care"
COUNCILS = "tests/councils/test_views.py"
TEAMS = "tests/teams/test_views.py"
CERTIFICATES = "tests/ledger/test_certificates.py"
NOTHING = "there is nothing at this address"
# Address -> why no form of the demo is sent there twice.
WITHOUT_FORM: dict[str, str] = {
    "account_confirm_login_code": SIGN_IN,
    "account_set_password": SIGN_IN,
    "mfa_authenticate": SIGN_IN,
    "mfa_reauthenticate": SIGN_IN,
    "mfa_activate_totp": SIGN_IN,
    "mfa_deactivate_totp": SIGN_IN,
    "mfa_generate_recovery_codes": SIGN_IN,
    "mfa_download_recovery_codes": SIGN_IN,
    "mfa_add_webauthn": SIGN_IN,
    "mfa_reauthenticate_webauthn": SIGN_IN,
    "mfa_edit_webauthn": SIGN_IN,
    "mfa_remove_webauthn": SIGN_IN,
    "members:door_code": SIGN_IN,
    "accounts:other_sessions_end": BY_STATE,
    "accounts:session_end": BY_STATE,
    "orgs:policy_end": BY_STATE,
    "orgs:office_holder_end": BY_STATE,
    "members:filter_removal": BY_STATE,
    "cases:listener_end": BY_STATE,
    "cases:listener_calls": BY_STATE,
    "activities:series_extension": BY_STATE,
    "activities:check_outs": BY_STATE,
    "appraisal:exemptions": BY_KEY,
    "appraisal:duties_elsewhere": BY_KEY,
    "ledger:member_certificates": f"{CERTIFICATES}::test_numbers_rise_and_the_same_form_is_one_certificate",
    "activities:closing": BY_STATE,
    "activities:publication": BY_STATE,
    "appraisal:supplements": BY_STATE,
    "appraisal:remark": BY_STATE,
    "appraisal:reading": BY_STATE,
    "appraisal:answer": BY_STATE,
    "appraisal:reply": BY_STATE,
    "appraisal:hand_over": BY_STATE,
    "appraisal:own_words": BY_STATE,
    "appraisal:opinion": BY_STATE,
    "appraisal:objection": BY_STATE,
    "appraisal:objection_answer": BY_STATE,
    "care:confirmation": BY_STATE,
    # No quarrel of the demo was heard and waits for an agreement.
    "mediation:agreement": "tests/mediation/test_life.py::test_the_same_again_is_harmless_and_other_content_is_told",
    "care:plan_start": BY_STATE,
    "care:offer_end": BY_STATE,
    "care:household_card": "prints a record that is open; adds nothing but a line of the trail",
    "care:edit": BY_STATE,
    "care:hand_over": f"{CARE}/test_pairings.py::test_handing_over",
    "care:pairings": f"{CARE}/test_pairings.py::test_invited_and_taken_up",
    "invitations:shift": "tests/invitations/test_views.py::test_a_shift_asks_those_who_are_free",
    "invitations:post": "tests/invitations/test_views.py::test_finding_people_for_one_post",
    "orgs:instructor_end": BY_STATE,
    "orgs:kind_offer": BY_STATE,
    "portal:suggestion_answer": BY_STATE,
    "places:point_import": "tests/places/test_views.py::test_a_table_is_taken_in_whole_or_not_at_all",
    "places:confirmation": BY_STATE,
    "places:refusal": BY_STATE,
    "places:thanks": "tests/places/test_views.py::test_a_unit_lends_and_a_desk_books",
    "reports:prints": "tests/reports/test_forms.py::test_a_whole_community_in_the_background",
    "pledges:mark_removal": BY_STATE,
    "pledges:review": BY_STATE,
    "pledges:answer": BY_STATE,
    "pledges:checklist_mark_removal": BY_STATE,
    "posts:establishment": BY_STATE,
    "posts:opening": BY_STATE,
    "posts:allotment": BY_STATE,
    "wishes:publication": BY_STATE,
    "wishes:confirmation": BY_STATE,
    "wishes:code": TRAIL,
    "wishes:allotment": BY_STATE,
    "wishes:thanks_publication": BY_STATE,
    "wishes:thanks": BY_STATE,
    "studios:calls": "tests/studios/test_views.py::test_whoever_sits_runs_the_line",
    "studios:call": "tests/studios/test_views.py::test_whoever_sits_runs_the_line",
    "studios:result": BY_STATE,
    "studios:successor": "tests/studios/test_tickets.py::test_received_and_next_is_one_press",
    "studios:numbers": "tests/studios/test_tickets.py::test_numbers_follow_one_another",
    "studios:note": "tests/studios/test_tickets.py::test_a_note_answered_on_the_spot_is_a_closed_case",
    "studios:public_numbers": "tests/studios/test_tickets.py::test_numbers_follow_one_another",
    "studios:public_end": BY_STATE,
    "teams:memberships": f"{TEAMS}::test_the_leader_runs_his_team_on_the_phone",
    "teams:people": f"{TEAMS}::test_the_desk_opens_a_team_and_asks",
    "teams:plate": f"{TEAMS}::test_a_plate_from_hanging_out_to_taking_in",
    "zones:places": "tests/zones/test_views.py::test_zones_are_added_after_a_look",
    "councils:closing": BY_STATE,
    "councils:publication": BY_STATE,
    "councils:call_off": BY_STATE,
    "councils:signature": BY_STATE,
    "councils:contest_entries": f"{COUNCILS}::test_agreements_and_competitions_on_the_screen",
    "councils:contest_publication": BY_STATE,
    "councils:shortlist": BY_STATE,
    "councils:scores": BY_STATE,
    "councils:people": f"{COUNCILS}::test_bodies_on_the_screen",
    "activities:pad": BY_KEY,
    "activities:board": BY_KEY,
    "activities:people": BY_KEY,
    "ledger:entry_confirmation": BY_KEY,
    "ledger:entry_decline": BY_STATE,
    "ledger:verification_of": ASKS,
    "cases:public_word": "tests/cases/test_public.py::test_not_solved_opens_the_same_case_again",
    **dict.fromkeys(STEPS_OF_CASES, BY_STATE),
    "cases:asker": TRAIL,
    "open311:nothing": NOTHING,
    "open311:requests": "tests/api/test_open311.py::test_a_token_of_one_s_own_is_one_request",
    "api:api-root": NOTHING,
    "api:": NOTHING,
    # Programs send no forms: these tests of the API send twice, and other content under the same id.
    "api:list_members": "tests/api/test_members.py::test_added_once_however_often_it_is_sent",
    "api:list_activities": "tests/api/test_activities.py::test_from_the_notice_to_a_sign_up",
    "api:publish_activity": "tests/api/test_activities.py::test_from_the_notice_to_a_sign_up",
    "api:cancel_activity": "tests/api/test_activities.py::test_from_the_notice_to_a_sign_up",
    "api:list_shifts": "tests/api/test_activities.py::test_from_the_notice_to_a_sign_up",
    "api:cancel_shift": "tests/api/test_activities.py::test_from_the_notice_to_a_sign_up",
    "api:close_shift": "tests/api/test_activities.py::test_a_whole_list_at_once_and_into_the_ledger",
    "api:list_sign_ups": "tests/api/test_activities.py::test_from_the_notice_to_a_sign_up",
    "api:cancel_sign_up": "tests/api/test_activities.py::test_from_the_notice_to_a_sign_up",
    "api:list_attendance": "tests/api/test_activities.py::test_attendance_one_by_one",
    "api:add_batch": "tests/api/test_activities.py::test_a_whole_list_at_once_and_into_the_ledger",
    "api:list_entries": "tests/api/test_entries.py::test_back_filled_approved_and_reversed",
    "api:confirm_entries": "tests/api/test_entries.py::test_back_filled_approved_and_reversed",
    "api:reverse_entry": "tests/api/test_entries.py::test_back_filled_approved_and_reversed",
    "api:object_to_entry": "tests/api/test_entries.py::test_a_member_objects_once",
    "api:answer_sheet": "tests/api/test_entries.py::test_a_unit_reads_and_answers_its_sheet",
    # A browser sends the file itself.
    "members:roster_imports": "tests/members/test_roster_import.py::test_the_same_file_again_changes_nothing",
}
# What a person chooses from a search: address -> field -> value.
CHOSEN = {
    "orgs:grant_new": {"phone": "13800009990", "role": "desk_worker", "since": "2026-11-21"},
    "orgs:liaison_new": {"phone": "13800009990", "since": "2026-11-21"},
    "orgs:node_new": {"code": "210802004002-99"},
    "orgs:node_parent": {"parent": "210802005000"},
    "orgs:node_merger": {"successor": "210802004003"},
    "orgs:unit_new": {"node": "210802004000"},
    "orgs:residence_new": {"community": "210802004002"},
    "orgs:calendar": {"day": "2026-12-05"},
    "activities:series_new": {"weekdays": "3"},
    "care:new": {"name": "李桂兰"},
    "care:offers": {"note": "守护"},
    "places:resource_new": {"days_1": "1", "from_1": "09:00", "until_1": "10:00"},
    "posts:set": {"take-greening": "on"},
    "wishes:gift_new": {"yuan": "20", "giver_kind": "named", "giver_name": "守护"},
    "councils:deliveries": {"note": "守护"},
    "councils:minutes": {"text": "守护"},
    "councils:seats": {"party_name": "守护"},
    "mediation:correction": {"slip": "words", "note": "守护"},
    "mediation:mediator_new": {"name": "守护"},
    "zones:signature": {"name": "林晓岚"},
}
# A second row is meant: address -> why.
MADE_AGAIN = {"accounts:tokens": "a key is shown once; asked again, it is another key, on a list one revokes from"}
# Forms with an id and nothing else to say.
SAYS_NOTHING_ELSE = {
    "activities:check_ins",
    "activities:sign_ups",
    "feeds:links",
    "posts:claims",
    "wishes:claims",
    "zones:agreements",
}
# What no browser can guess: a password, a person or place chosen from a search, rows to tick, a state that has passed.
REFUSED = {
    "account_change_password",
    "account_login",
    "account_reauthenticate",
    "orgs:node_new",
    "orgs:node_parent",
    "orgs:node_merger",
    "orgs:node_end",
    "orgs:grant_new",
    "orgs:grant_end",
    "orgs:liaison_new",
    "orgs:unit_new",
    "orgs:residence_new",
    "orgs:residence_end",
    "orgs:party_organisation_new",
    "orgs:instructor_new",
    "orgs:calendar",
    "members:decline",
    "cases:ask",
    # No server may be called in the demo.
    "cases:listener_new",
    "cases:new",
    "cases:technician_new",
    "cases:public_follow",
    "councils:agreement_new",
    "councils:body_end",
    "councils:contest_new",
    "councils:judgements",
    "councils:links",
    "councils:pledge_new",
    "councils:seats",
    "wishes:spending_new",
    "activities:series_new",
    "activities:shift_edit",
    "activities:shift_cancellation",
    "activities:sign_up_cancellation",
    "activities:paper_list",
    "activities:check_ins",
    "ledger:member_back_fills",
    "care:figures",
    "invitations:decisions",
    "invitations:household",
    "invitations:others",
    "pledges:template",
    "reports:form_set",
    "appraisal:approvals",
    "appraisal:verdicts",
    "mediation:end",
    "mediation:new",
    "mediation:opening",
    "mediation:paper",
    "studios:new",
    "studios:rota_new",
    "studios:public_follow",
    "teams:new",
    "teams:roles",
}
ROOT = Path(__file__).resolve().parents[2]


def chosen(world: World, name: str, form: Form) -> Fields:
    return form.fields | {field: [value] for field, value in CHOSEN.get(name, {}).items()}


def rows_in(tables: Iterable[str]) -> dict[str, int]:
    """Rows by table; the audit trail aside, which notes every try."""
    counted = {}
    with connection.cursor() as cursor:
        for table in sorted(set(tables) - {"core_auditevent"}):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counted[table] = cursor.fetchone()[0]
    return counted


def sent_twice(world: World, name: str, form: Form) -> tuple[Answer, Answer, dict[str, int], dict[str, int]]:
    """Both answers, and the rows of the tables it wrote to after the first and after the second."""
    browser, fields = world.browser(form.seen_by), chosen(world, name, form)
    with transaction.atomic():
        first = ask_and_keep(browser, "POST", form.path, fields)
        once = rows_in(first.wrote)
        second = ask_and_keep(browser, "POST", form.path, fields)
        twice = rows_in(first.wrote)
        transaction.set_rollback(True)
    return first, second, once, twice


def posting(world: World, paths: Mapping[str, str]) -> set[str]:
    browser = world.browser("administrator")
    return {name for name, path in paths.items() if ask(browser, "POST", path).status != 405}


def test_every_address_that_writes_has_a_form_or_a_reason(
    world: World, paths: dict[str, str], forms: Mapping[str, Form]
) -> None:
    known = posting(world, paths)
    assert known - set(forms) - set(WITHOUT_FORM) == set(), "no form seen and no reason given"
    assert set(WITHOUT_FORM) - known == set(), "stale reasons"


def test_the_tests_named_as_reasons_exist() -> None:
    for place in {reason for reason in WITHOUT_FORM.values() if "::" in reason}:
        file, _colons, name = place.partition("::")
        assert f"def {name}" in (ROOT / file).read_text(), place


def test_most_forms_are_taken_as_a_browser_fills_them_in(world: World, forms: Mapping[str, Form]) -> None:
    """Else the two tests below would prove nothing. Refusals are words, never a fault of ours."""
    answers = {n: ask(world.browser(f.seen_by), "POST", f.path, chosen(world, n, f)) for n, f in forms.items()}
    assert {name for name, answer in answers.items() if answer.status >= 500} == set()
    # A list's own address knows no POST: its buttons name another one.
    refused = {name for name, answer in answers.items() if answer.status >= 400 and answer.status != 405}
    assert refused - set(WITHOUT_FORM) - REFUSED == set()
    assert len([name for name, answer in answers.items() if answer.wrote]) >= 40


def test_the_second_time_adds_no_row(world: World, forms: Mapping[str, Form]) -> None:
    added = {}
    for name, form in forms.items():
        if name not in WITHOUT_FORM and name not in MADE_AGAIN:
            _first, _second, once, twice = sent_twice(world, name, form)
            if once != twice:
                added[name] = {table: (once[table], twice[table]) for table in once if once[table] != twice[table]}
    assert added == {}


def otherwise(value: str) -> str:
    """Another text, another day; something where an area of text was left empty."""
    return (
        OTHER_TEXT if value == "\n" else value.replace(FITTING_TEXT, OTHER_TEXT).replace(FITTING["day"], "2026-11-28")
    )


def test_the_same_id_with_other_content_is_refused(world: World, forms: Mapping[str, Form]) -> None:
    taken, the_same = {}, set()
    creating = {n: form for n, form in forms.items() if form.key and n not in {*WITHOUT_FORM, *SAYS_NOTHING_ELSE}}
    assert len(creating) >= 6
    for name, form in creating.items():
        browser, fields = world.browser(form.seen_by), chosen(world, name, form)
        other = {key: [otherwise(value) for value in values] for key, values in fields.items()}
        if other == fields:
            the_same.add(name)
            continue
        with transaction.atomic():
            first = ask_and_keep(browser, "POST", form.path, fields)
            once = rows_in(first.wrote)
            second = ask_and_keep(browser, "POST", form.path, other)
            if second.status not in (409, 422) or rows_in(first.wrote) != once:
                taken[name] = (first.word, second.word)
            transaction.set_rollback(True)
    assert taken == {}
    assert the_same == set(), "choose something that can be said otherwise"
