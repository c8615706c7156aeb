"""Addresses of wishes: nouns, never verbs."""

from django.urls import path

from guangcai.wishes.views import aid, claims, gifts, lists, public, wishes

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
    path("campaigns/", gifts.campaigns, name="campaigns"),
    path("campaigns/new/", gifts.campaign_new, name="campaign_new"),
    path("campaigns/<uuid:pk>/", gifts.campaign, name="campaign"),
    path("campaigns/<uuid:pk>/close/", gifts.campaign_close, name="campaign_close"),
    path("campaigns/<uuid:pk>/gifts/", gifts.gift_new, name="gift_new"),
    path("campaigns/<uuid:pk>/spendings/", gifts.spending_new, name="spending_new"),
    path("gifts/<uuid:pk>/reversal/", gifts.gift_reversal, name="gift_reversal"),
    path("gifts/<uuid:pk>/receipt/", gifts.receipt, name="receipt"),
    path("spendings/<uuid:pk>/reversal/", gifts.spending_reversal, name="spending_reversal"),
    path("programmes/", aid.programmes, name="programmes"),
    path("programmes/new/", aid.programme_new, name="programme_new"),
    path("programmes/<uuid:pk>/", aid.programme, name="programme"),
    path("programmes/<uuid:pk>/end/", aid.programme_end, name="programme_end"),
    path("programmes/<uuid:pk>/outcomes/", aid.outcome_new, name="outcome_new"),
    path("outcomes/<uuid:pk>/correction/", aid.outcome_correction, name="outcome_correction"),
]
