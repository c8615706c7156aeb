"""Addresses of the dialect, as GeoReport v2 names them."""

from django.urls import path

from guangcai.api.open311 import views

app_name = "open311"
urlpatterns = [
    path("discovery.<slug:form>", views.discovery, name="discovery"),
    path("services.<slug:form>", views.services, name="services"),
    path("services/<slug:code>.<slug:form>", views.definition, name="service"),
    path("requests.<slug:form>", views.requests, name="requests"),
    path("requests/<slug:number>.<slug:form>", views.one, name="request"),
    path("tokens/<slug:token>.<slug:form>", views.token, name="token"),
    path("<path:rest>", views.nothing, name="nothing"),
]
