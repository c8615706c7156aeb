"""Addresses of the statistics and of the papers."""

from django.urls import path

from guangcai.reports.views import papers, statistics

app_name = "reports"
urlpatterns = [
    path("", statistics.index, name="index"),
    path("forms/", papers.forms_page, name="forms"),
    path("forms/set/", papers.form_set, name="form_set"),
    path("forms/prints/", papers.prints, name="prints"),
    path("forms/prints/<uuid:pk>/", papers.print_page, name="print"),
    path("forms/prints/<uuid:pk>/file/", papers.print_file, name="print_file"),
    path("forms/members/<uuid:pk>/", papers.member, name="member_forms"),
    path("forms/members/<uuid:pk>/file/", papers.member_file, name="member_file"),
    path("<slug:name>/", statistics.statistic, name="statistic"),
    path("<slug:name>/workbook/", statistics.workbook, name="workbook"),
]
