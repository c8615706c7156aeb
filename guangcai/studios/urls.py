"""Addresses of studios: nouns, never verbs."""

from django.urls import path

from guangcai.studios.views import hall, line, public, receptions, rota, studios

app_name = "studios"
urlpatterns = [
    path("", studios.studios, name="list"),
    path("new/", studios.new, name="new"),
    path("visit/", public.communities, name="public"),
    path("visit/numbers/", public.follow, name="public_follow"),
    path("visit/<slug:code>/", public.community, name="public_community"),
    path("visit/studios/<uuid:pk>/", public.studio, name="public_studio"),
    path("visit/studios/<uuid:pk>/numbers/", public.numbers, name="public_numbers"),
    path("visit/studios/<uuid:pk>/appointments/", public.appointments, name="public_appointments"),
    path("visit/numbers/<str:code>/", public.number, name="public_number"),
    path("visit/numbers/<str:code>/end/", public.end, name="public_end"),
    path("hall/<uuid:pk>/", hall.hall, name="hall"),
    path("<uuid:pk>/", studios.studio, name="studio"),
    path("<uuid:pk>/edit/", studios.edit, name="edit"),
    path("<uuid:pk>/end/", studios.end, name="end"),
    path("<uuid:pk>/rota/new/", rota.new, name="rota_new"),
    path("<uuid:pk>/seats/", rota.seats, name="seats"),
    path("rota/<uuid:pk>/confirmation/", rota.confirmation, name="rota_confirmation"),
    path("rota/<uuid:pk>/end/", rota.end, name="rota_end"),
    path("sessions/<uuid:pk>/", line.session, name="session"),
    path("sessions/<uuid:pk>/calls/", line.calls, name="calls"),
    path("sessions/<uuid:pk>/numbers/", line.numbers, name="numbers"),
    path("numbers/<uuid:pk>/slip/", line.slip, name="slip"),
    path("numbers/<uuid:pk>/call/", line.call, name="call"),
    path("numbers/<uuid:pk>/result/", line.result, name="result"),
    path("numbers/<uuid:pk>/successor/", line.successor, name="successor"),
    path("numbers/<uuid:pk>/note/", receptions.note, name="note"),
]
