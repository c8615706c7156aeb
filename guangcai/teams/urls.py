"""Addresses of teams: nouns, never verbs. The team last, so that no word is taken for one."""

from django.urls import path

from guangcai.teams.views import feedback, lists, log, memberships, plates, proposals, public, roles, teams

app_name = "teams"
urlpatterns = [
    path("", lists.teams, name="list"),
    path("export/", lists.export, name="export"),
    path("tree/", lists.tree, name="tree"),
    path("mine/", lists.mine, name="mine"),
    path("new/", teams.new, name="new"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/<int:node>/", proposals.opening, name="proposal"),
    path("plate/", plates.plate, name="plate"),
    path("plate/withdrawal/", plates.withdrawal, name="plate_withdrawal"),
    path("plate/paper/", plates.paper, name="plate_paper"),
    path("plates/<slug:code>/", public.plate, name="public_plate"),
    path("feedback/", feedback.inbox, name="inbox"),
    path("feedback/export/", feedback.export, name="feedback_export"),
    path("feedback/<uuid:pk>/", feedback.feedback, name="feedback"),
    path("memberships/<uuid:pk>/confirmation/", memberships.confirmation, name="confirmation"),
    path("memberships/<uuid:pk>/acceptance/", memberships.acceptance, name="acceptance"),
    path("memberships/<uuid:pk>/end/", memberships.end, name="membership_end"),
    path("roles/<uuid:pk>/end/", roles.end, name="role_end"),
    path("log/<uuid:pk>/correction/", log.correction, name="log_correction"),
    path("<uuid:pk>/", teams.team, name="team"),
    path("<uuid:pk>/edit/", teams.edit, name="edit"),
    path("<uuid:pk>/end/", teams.end, name="end"),
    path("<uuid:pk>/aliases/", teams.aliases, name="aliases"),
    path("<uuid:pk>/roster/<slug:kind>/", teams.roster, name="roster"),
    path("<uuid:pk>/memberships/", memberships.memberships, name="memberships"),
    path("<uuid:pk>/people/", memberships.people, name="people"),
    path("<uuid:pk>/roles/", roles.roles, name="roles"),
    path("<uuid:pk>/log/", log.log, name="log"),
]
