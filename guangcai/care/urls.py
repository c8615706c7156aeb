"""Addresses of care: nouns, never verbs."""

from django.urls import path

from guangcai.care.views import figures, households, pairings, papers, plans, visits

app_name = "care"
urlpatterns = [
    path("", households.households, name="list"),
    path("export/", households.export, name="export"),
    path("new/", households.new, name="new"),
    path("mine/", pairings.mine, name="mine"),
    path("figures/", figures.figures, name="figures"),
    path("due/", figures.due, name="due"),
    path("offers/", pairings.offers, name="offers"),
    path("offers/<uuid:pk>/end/", pairings.offer_end, name="offer_end"),
    path("card/", plans.card, name="card"),
    path("<uuid:pk>/", households.household, name="household"),
    path("<uuid:pk>/opening/", households.opening, name="opening"),
    path("<uuid:pk>/edit/", households.edit, name="edit"),
    path("<uuid:pk>/tier/", households.tier, name="tier"),
    path("<uuid:pk>/consent/", households.consent, name="consent"),
    path("<uuid:pk>/end/", households.end, name="end"),
    path("<uuid:pk>/people/", pairings.people, name="people"),
    path("<uuid:pk>/pairings/", pairings.pairings, name="pairings"),
    path("<uuid:pk>/visits/", visits.visits, name="visits"),
    path("<uuid:pk>/alerts/", visits.alerts, name="alerts"),
    path("<uuid:pk>/plans/", plans.plans, name="plans"),
    path("<uuid:pk>/card/", papers.household_card, name="household_card"),
    path("pairings/<uuid:pk>/card/", papers.contact_card, name="contact_card"),
    path("pairings/<uuid:pk>/confirmation/", pairings.confirmation, name="confirmation"),
    path("pairings/<uuid:pk>/tenure/", pairings.tenure, name="tenure"),
    path("pairings/<uuid:pk>/end/", pairings.end, name="pairing_end"),
    path("pairings/<uuid:pk>/hand-over/", pairings.hand_over, name="hand_over"),
    path("visits/<uuid:pk>/correction/", visits.correction, name="correction"),
    path("plans/<uuid:pk>/start/", plans.start, name="plan_start"),
    path("plans/<uuid:pk>/check/", plans.check, name="plan_check"),
]
