"""Addresses of cases: nouns, never verbs."""

from django.urls import path

from guangcai.cases.views import board, cases, catalogue, dispatch, following, intake, jobs, public, steps, technicians

app_name = "cases"
urlpatterns = [
    path("", board.board, name="list"),
    path("new/", intake.new, name="new"),
    path("new/likeness/", intake.likeness, name="likeness"),
    path("ask/", intake.ask, name="ask"),
    path("mine/", jobs.mine, name="mine"),
    path("help/", public.communities, name="public"),
    path("help/received/", public.received, name="public_received"),
    path("help/<slug:code>/", public.shelves, name="public_shelves"),
    path("help/<slug:code>/<int:item>/", public.ask, name="public_ask"),
    path("follow/", following.follow, name="public_follow"),
    path("follow/case/", following.case, name="public_case"),
    path("follow/case/word/", following.word, name="public_word"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/new/", catalogue.new, name="item_new"),
    path("catalogue/<int:pk>/", catalogue.edit, name="item"),
    path("catalogue/<int:pk>/end/", catalogue.end, name="item_end"),
    path("technicians/", technicians.technicians, name="technicians"),
    path("technicians/new/", technicians.new, name="technician_new"),
    path("technicians/<uuid:pk>/", technicians.edit, name="technician"),
    path("technicians/<uuid:pk>/end/", technicians.end, name="technician_end"),
    path("<uuid:pk>/", cases.case, name="case"),
    path("<uuid:pk>/asker/", cases.asker, name="asker"),
    path("<uuid:pk>/dispatch/", dispatch.dispatch, name="dispatch"),
    path("<uuid:pk>/ruling/", dispatch.ruling, name="ruling"),
    path("<uuid:pk>/ruling/end/", dispatch.ruling_out, name="ruling_out"),
    path("<uuid:pk>/acceptance/", steps.acceptance, name="acceptance"),
    path("<uuid:pk>/refusal/", steps.decline, name="decline"),
    path("<uuid:pk>/return/", steps.give_back, name="return"),
    path("<uuid:pk>/contact/", steps.contact, name="contact"),
    path("<uuid:pk>/appointment/", steps.appointment, name="appointment"),
    path("<uuid:pk>/result/", steps.done, name="done"),
    path("<uuid:pk>/call-back/", steps.call_back, name="call_back"),
    path("<uuid:pk>/end/", steps.end, name="end"),
    path("<uuid:pk>/escalation/", steps.escalation, name="escalation"),
    path("<uuid:pk>/confirmation/", steps.confirmation, name="confirmation"),
    path("<uuid:pk>/reopening/", steps.reopening, name="reopening"),
]
