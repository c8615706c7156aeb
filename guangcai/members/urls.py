"""Addresses of the roster: nouns, never verbs."""

from django.urls import path

from guangcai.members.views import (
    door,
    launch_day,
    links,
    lists,
    mobile,
    own,
    person,
    register,
    report_in,
    roster,
    roster_import,
    unit,
)

app_name = "members"

listed = [
    path("", roster.roster, name="roster"),
    path("export/", roster.export, name="export"),
    path("filters/", roster.filters, name="filters"),
    path("filters/<int:key>/removal/", roster.filter_removal, name="filter_removal"),
    path("hidden/", lists.hidden, name="hidden"),
    path("elsewhere/", lists.elsewhere, name="elsewhere"),
    path("duplicates/", lists.duplicates, name="duplicates"),
    path("duplicates/search/", lists.duplicate_search, name="duplicate_search"),
    path("duplicates/<uuid:key>/", lists.duplicate, name="duplicate"),
    path("duplicates/<uuid:key>/dismissal/", lists.duplicate_dismissal, name="duplicate_dismissal"),
    path("register/", register.register, name="register"),
    path("register/file/", register.register_file, name="register_file"),
]
mobile_members = [
    path("mobile/", mobile.mobile, name="mobile"),
    path("mobile/export/", mobile.export, name="mobile_export"),
    path("mobile/<uuid:key>/contacts/", mobile.contacts, name="mobile_contacts"),
    path("mobile/<uuid:key>/ending/", mobile.ending, name="mobile_ending"),
    path("<uuid:key>/mobile/", mobile.registration, name="mobile_registration"),
]
reporting_in = [
    path("report-ins/", report_in.report_ins, name="report_ins"),
    path("report-ins/new/", report_in.new_slip, name="new_slip"),
    path("report-ins/acceptances/", report_in.acceptances, name="acceptances"),
    path("report-ins/<uuid:key>/", report_in.report_in, name="report_in"),
    path("report-ins/<uuid:key>/acceptance/", report_in.acceptance, name="acceptance"),
    path("report-ins/<uuid:key>/decline/", report_in.decline, name="decline"),
    path("receipts/<uuid:key>/", report_in.receipt, name="receipt"),
    path("launch-day/", launch_day.launch_day, name="launch_day"),
    path("launch-day/invitations/", launch_day.invitations, name="invitations"),
    path("door/poster/", launch_day.poster, name="poster"),
    path("door/<str:token>/", door.report_in, name="door"),
    path("door/<str:token>/received/", door.received, name="door_received"),
    path("door/<str:token>/phone/", door.phone, name="door_phone"),
    path("door/<str:token>/code/", door.code, name="door_code"),
]
own_pages = [
    path("me/", own.me, name="me"),
    path("me/mend/", own.mend, name="mend"),
    path("me/consent/", own.own_consent, name="own_consent"),
    path("me/export/", own.own_export, name="own_export"),
    path("unit/", unit.unit_roster, name="unit"),
    path("unit/receipts/", unit.receipts_read, name="receipts_read"),
]
people = [
    path("new/", person.new, name="new"),
    path("<uuid:key>/", person.person, name="person"),
    path("<uuid:key>/edit/", person.edit, name="edit"),
    path("<uuid:key>/phone/", person.phone, name="phone"),
    path("<uuid:key>/contact/", person.contact, name="contact"),
    path("<uuid:key>/consent/", person.consent, name="consent"),
    path("<uuid:key>/end/", person.end, name="end"),
    path("<uuid:key>/employment/", links.employment, name="employment"),
    path("<uuid:key>/relation/", links.relation, name="relation"),
    path("<uuid:key>/home/", links.home, name="home"),
]
imports = [
    path("imports/", roster_import.roster_imports, name="roster_imports"),
    path("imports/<uuid:key>/", roster_import.roster_import, name="roster_import"),
    path("imports/<uuid:key>/progress/", roster_import.roster_import_progress, name="roster_import_progress"),
    path("imports/<uuid:key>/columns/", roster_import.roster_import_columns, name="roster_import_columns"),
    path("imports/<uuid:key>/rows/<int:number>/", roster_import.roster_import_row, name="roster_import_row"),
    path(
        "imports/<uuid:key>/rows/<int:number>/decision/",
        roster_import.roster_import_decision,
        name="roster_import_decision",
    ),
    path("imports/<uuid:key>/units/", roster_import.roster_import_unit, name="roster_import_unit"),
    path("imports/<uuid:key>/application/", roster_import.roster_import_application, name="roster_import_application"),
    path("imports/<uuid:key>/removal/", roster_import.roster_import_removal, name="roster_import_removal"),
    path("imports/<uuid:key>/refused/", roster_import.roster_import_refused, name="roster_import_refused"),
]
urlpatterns = imports + listed + mobile_members + reporting_in + own_pages + people
