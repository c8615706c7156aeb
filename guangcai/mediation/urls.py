"""Addresses of mediation: nouns, never verbs."""

from django.urls import path

from guangcai.mediation.views import corrections, lists, matters, mediators, reading, steps

app_name = "mediation"
urlpatterns = [
    path("", lists.matters, name="list"),
    path("mine/", lists.mine, name="mine"),
    path("new/", matters.new, name="new"),
    path("mediators/", mediators.mediators, name="mediators"),
    path("mediators/new/", mediators.new, name="mediator_new"),
    path("mediators/<uuid:pk>/end/", mediators.end, name="mediator_end"),
    path("<uuid:pk>/", matters.matter, name="matter"),
    path("<uuid:pk>/opening/", reading.opening, name="opening"),
    path("<uuid:pk>/paper/", reading.paper, name="paper"),
    path("<uuid:pk>/mediators/", matters.assignment, name="assignment"),
    path("<uuid:pk>/parties/", matters.parties, name="parties"),
    path("<uuid:pk>/sessions/", steps.sessions, name="sessions"),
    path("<uuid:pk>/agreement/", steps.agreement, name="agreement"),
    path("<uuid:pk>/visits/", steps.visits, name="visits"),
    path("<uuid:pk>/steps/<uuid:step_pk>/correction/", corrections.correction, name="correction"),
    path("<uuid:pk>/end/", steps.end, name="end"),
    path("<uuid:pk>/reopening/", steps.reopening, name="reopening"),
]
