"""Addresses of activities: nouns, never verbs."""

from django.urls import path

from guangcai.activities.views import board, kiosk, lists, phone, plan, shifts, site

app_name = "activities"
urlpatterns = [
    path("", lists.activities, name="list"),
    path("calendar/", lists.calendar, name="calendar"),
    path("export/", lists.export, name="export"),
    path("templates/", plan.templates, name="templates"),
    path("new/", plan.new, name="new"),
    path("open/", phone.open_shifts, name="open"),
    path("mine/", phone.mine, name="mine"),
    path("mine/notices/", phone.notices_seen, name="notices_seen"),
    path("pad/", kiosk.pad, name="pad"),
    path("here/", site.here_offline, name="here_offline"),
    path("worker.js", site.worker, name="worker"),
    path("<uuid:pk>/", plan.activity, name="activity"),
    path("<uuid:pk>/edit/", plan.edit, name="edit"),
    path("<uuid:pk>/publication/", plan.publication, name="publication"),
    path("<uuid:pk>/cancellation/", plan.cancellation, name="cancellation"),
    path("<uuid:pk>/shifts/new/", shifts.new, name="shift_new"),
    path("<uuid:pk>/series/new/", shifts.new_series, name="series_new"),
    path("series/<uuid:pk>/extension/", shifts.extension, name="series_extension"),
    path("shifts/<uuid:pk>/", phone.shift, name="shift"),
    path("shifts/<uuid:pk>/edit/", shifts.edit, name="shift_edit"),
    path("shifts/<uuid:pk>/cancellation/", shifts.cancellation, name="shift_cancellation"),
    path("shifts/<uuid:pk>/sign-ups/", phone.sign_ups, name="sign_ups"),
    path("sign-ups/<uuid:pk>/cancellation/", phone.sign_up_cancellation, name="sign_up_cancellation"),
    path("shifts/<uuid:pk>/board/", board.board, name="board"),
    path("shifts/<uuid:pk>/people/", board.people, name="people"),
    path("shifts/<uuid:pk>/paper-list/", board.paper_list, name="paper_list"),
    path("shifts/<uuid:pk>/closing/", board.closing, name="closing"),
    path("shifts/<uuid:pk>/roster/", board.sheet, name="roster"),
    path("shifts/<uuid:pk>/check-outs/", board.check_outs, name="check_outs"),
    path("shifts/<uuid:pk>/code/", site.code, name="code"),
    path("shifts/<uuid:pk>/code/paper/", site.printed_code, name="printed_code"),
    path("shifts/<uuid:pk>/code/renewal/", site.code_renewal, name="code_renewal"),
    path("shifts/<uuid:pk>/here/<str:code>/", site.here, name="here"),
    path("shifts/<uuid:pk>/check-ins/", site.check_ins, name="check_ins"),
]
