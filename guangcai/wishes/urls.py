"""Addresses of wishes: nouns, never verbs."""

from django.urls import path

from guangcai.wishes.views import claims, lists, public, wishes

app_name = "wishes"
urlpatterns = [
    path("", lists.wishes, name="list"),
    path("export/", lists.export, name="export"),
    path("open/", lists.board, name="open"),
    path("new/", wishes.new, name="new"),
    path("walls/", public.walls, name="walls"),
    path("walls/<slug:community>/", public.wall, name="wall"),
    path("walls/<slug:community>/new/", public.ask, name="ask"),
    path("codes/", public.follow, name="follow"),
    path("codes/<slug:code>/", public.followed, name="followed"),
    path("codes/<slug:code>/withdrawal/", public.taking_back, name="taking_back"),
    path("<uuid:pk>/", wishes.wish, name="wish"),
    path("<uuid:pk>/verification/", wishes.verification, name="verification"),
    path("<uuid:pk>/publication/", wishes.publication, name="publication"),
    path("<uuid:pk>/allotment/", wishes.allotment, name="allotment"),
    path("<uuid:pk>/end/", wishes.end, name="end"),
    path("<uuid:pk>/opening/", wishes.opening, name="opening"),
    path("<uuid:pk>/code/", wishes.code, name="code"),
    path("<uuid:pk>/claims/", claims.claims, name="claims"),
    path("<uuid:pk>/answer/", claims.answer, name="answer"),
    path("<uuid:pk>/thanks/", claims.thanks, name="thanks"),
    path("<uuid:pk>/thanks/publication/", claims.thanks_publication, name="thanks_publication"),
    path("claims/<uuid:pk>/confirmation/", claims.confirmation, name="confirmation"),
    path("claims/<uuid:pk>/end/", claims.end, name="claim_end"),
    path("claims/<uuid:pk>/entries/", claims.work, name="work"),
    path("claims/<uuid:pk>/fulfilment/", claims.fulfilment, name="fulfilment"),
]
