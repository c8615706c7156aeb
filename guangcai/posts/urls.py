"""Addresses of posts: nouns, never verbs."""

from django.urls import path

from guangcai.posts.views import claims, lists, plan, posts

app_name = "posts"
urlpatterns = [
    path("", lists.posts, name="list"),
    path("export/", lists.export, name="export"),
    path("open/", lists.open_posts, name="open"),
    path("kinds/", plan.kinds, name="kinds"),
    path("new/<slug:kind>/", plan.new, name="new"),
    path("set/", plan.new_set, name="set"),
    path("<uuid:pk>/", posts.post, name="post"),
    path("<uuid:pk>/edit/", plan.edit, name="edit"),
    path("<uuid:pk>/establishment/", posts.establishment, name="establishment"),
    path("<uuid:pk>/opening/", posts.opening, name="opening"),
    path("<uuid:pk>/allotment/", posts.allotment, name="allotment"),
    path("<uuid:pk>/end/", posts.end, name="end"),
    path("<uuid:pk>/claims/", claims.claims, name="claims"),
    path("<uuid:pk>/people/", claims.people, name="people"),
    path("claims/<uuid:pk>/confirmation/", claims.confirmation, name="confirmation"),
    path("claims/<uuid:pk>/tenure/", claims.tenure, name="tenure"),
    path("claims/<uuid:pk>/end/", claims.end, name="claim_end"),
    path("claims/<uuid:pk>/entries/", claims.work, name="work"),
]
