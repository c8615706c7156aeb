"""The product's addresses plus the gallery, which is served in trial mode only."""

from django.urls import path

from config.urls import urlpatterns as product
from guangcai.core import views

urlpatterns = [
    path("gallery/", views.gallery, name="core:gallery"),
    path("gallery/<slug:part>/", views.gallery, name="core:gallery_part"),
    *product,
]
