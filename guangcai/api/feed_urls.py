"""Addresses of calendar feeds."""

from django.urls import path

from guangcai.api.views import feeds

app_name = "feeds"
urlpatterns = [
    path("", feeds.links, name="links"),
    path("links/<uuid:pk>/revocation/", feeds.revocation, name="revocation"),
    path("<slug:secret>.ics", feeds.feed, name="feed"),
]
