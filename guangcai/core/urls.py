"""Addresses without a room of their own."""

from django.conf import settings
from django.urls import path
from django.views.i18n import set_language

from guangcai.core import health, views

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("preferences/", views.preferences, name="preferences"),
    path("language/", set_language, name="language"),
    path("privacy/", views.privacy, name="privacy"),
]
if settings.DEBUG:
    urlpatterns += [
        path("gallery/", views.gallery, name="gallery"),
        path("gallery/<slug:part>/", views.gallery, name="gallery_part"),
    ]
