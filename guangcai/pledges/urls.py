"""Addresses of pledges: nouns, never verbs."""

from django.urls import path

from guangcai.pledges.views import checklists, desk, own, templates

app_name = "pledges"
urlpatterns = [
    path("", desk.pledges, name="list"),
    path("export/", desk.export, name="export"),
    path("reviews/", desk.reviews, name="reviews"),
    path("people/", desk.people, name="people"),
    path("public/", desk.public, name="public"),
    path("public/<slug:kind>/", desk.public_paper, name="public_paper"),
    path("mine/", own.mine, name="mine"),
    path("new/<slug:code>/<int:year>/", own.new, name="new"),
    path("templates/", templates.templates, name="templates"),
    path("templates/new/", templates.new, name="template_new"),
    path("templates/<slug:code>/", templates.template, name="template"),
    path("checklists/", checklists.checklists, name="checklists"),
    path("checklists/<str:community>/<int:item>/<int:year>/", checklists.checklist_mark, name="checklist_mark"),
    path("checklists/marks/<uuid:pk>/removal/", checklists.checklist_mark_removal, name="checklist_mark_removal"),
    path("lines/<uuid:pk>/", own.line, name="line"),
    path("lines/<uuid:pk>/marks/", own.marks, name="marks"),
    path("marks/<uuid:pk>/removal/", own.mark_removal, name="mark_removal"),
    path("<uuid:pk>/", own.pledge, name="pledge"),
    path("<uuid:pk>/end/", own.end, name="end"),
    path("<uuid:pk>/review/", desk.review, name="review"),
    path("<uuid:pk>/answer/", own.answer, name="answer"),
    path("<uuid:pk>/paper/<slug:kind>/", desk.paper, name="paper"),
]
