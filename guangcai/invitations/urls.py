"""Addresses of invitations: nouns, never verbs."""

from django.urls import path

from guangcai.invitations.views import mine, people, review, rounds

app_name = "invitations"
urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("rounds/<uuid:pk>/", review.round_, name="round"),
    path("rounds/<uuid:pk>/decisions/", review.decisions, name="decisions"),
    path("rounds/<uuid:pk>/revision/", review.revision, name="revision"),
    path("rounds/<uuid:pk>/sending/", review.sending, name="sending"),
    path("rounds/<uuid:pk>/end/", review.end, name="round_end"),
    path("proposals/<uuid:pk>/others/", review.others, name="others"),
    path("posts/<uuid:pk>/", people.post, name="post"),
    path("shifts/<uuid:pk>/", people.shift, name="shift"),
    path("households/<uuid:pk>/", people.household, name="household"),
    path("mine/", mine.mine, name="mine"),
    path("<uuid:pk>/decline/", mine.decline, name="decline"),
]
