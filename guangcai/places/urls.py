"""Addresses of places: nouns, never verbs."""

from django.urls import path

from guangcai.places.views import bookings, directory, points, resources

app_name = "places"
urlpatterns = [
    path("", directory.directory, name="directory"),
    path("<uuid:pk>/", directory.point, name="point"),
    path("kept/", points.kept, name="kept"),
    path("new/", points.point_new, name="point_new"),
    path("import/", points.point_import, name="point_import"),
    path("names/", points.labels, name="labels"),
    path("<uuid:pk>/edit/", points.point_edit, name="point_edit"),
    path("<uuid:pk>/end/", points.point_end, name="point_end"),
    path("resources/", resources.resources, name="resources"),
    path("resources/new/", resources.resource_new, name="resource_new"),
    path("resources/<uuid:pk>/", resources.resource, name="resource"),
    path("resources/<uuid:pk>/edit/", resources.resource_edit, name="resource_edit"),
    path("resources/<uuid:pk>/end/", resources.resource_end, name="resource_end"),
    path("resources/<uuid:pk>/bookings/", resources.booking_new, name="booking_new"),
    path("resources/bookings/", bookings.bookings, name="bookings"),
    path("resources/bookings/<uuid:pk>/", bookings.booking, name="booking"),
    path("resources/bookings/<uuid:pk>/confirmation/", bookings.confirmation, name="confirmation"),
    path("resources/bookings/<uuid:pk>/refusal/", bookings.refusal, name="refusal"),
    path("resources/bookings/<uuid:pk>/cancellation/", bookings.cancellation, name="cancellation"),
    path("resources/bookings/<uuid:pk>/return/", bookings.return_, name="return"),
    path("resources/bookings/<uuid:pk>/thanks/", bookings.thanks, name="thanks"),
]
