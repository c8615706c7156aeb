"""Addresses of zones: nouns, never verbs."""

from django.urls import path

from guangcai.zones.views import agreements, duties, lists, own, zones

app_name = "zones"
urlpatterns = [
    path("", lists.zones, name="list"),
    path("export/", lists.export, name="export"),
    path("map/", lists.map_page, name="map"),
    path("coverage/", lists.coverage, name="coverage"),
    path("mine/", own.mine, name="mine"),
    path("places/", zones.places, name="places"),
    path("places/<int:pk>/", zones.leads, name="leads"),
    path("lots/new/", zones.lot_new, name="lot_new"),
    path("duties/", duties.duties, name="duties"),
    path("duties/<slug:kind>/", duties.duty, name="duty"),
    path("<uuid:pk>/", zones.zone, name="zone"),
    path("<uuid:pk>/agreements/", agreements.agreements, name="agreements"),
    path("<uuid:pk>/people/", agreements.people, name="people"),
    path("<uuid:pk>/end/", zones.end, name="end"),
    path("agreements/<uuid:pk>/confirmation/", agreements.confirmation, name="confirmation"),
    path("agreements/<uuid:pk>/signature/", agreements.signature, name="signature"),
    path("agreements/<uuid:pk>/renewal/", agreements.renewal, name="renewal"),
    path("agreements/<uuid:pk>/end/", agreements.end, name="agreement_end"),
    path("agreements/<uuid:pk>/entries/", agreements.work, name="work"),
    path("agreements/<uuid:pk>/paper.<slug:kind>", agreements.paper, name="paper"),
]
