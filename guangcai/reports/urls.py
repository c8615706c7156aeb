"""Addresses of the statistics."""

from django.urls import path

from guangcai.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:name>/", views.statistic, name="statistic"),
    path("<slug:name>/workbook/", views.workbook, name="workbook"),
]
