"""One URL file per context; nouns, never verbs."""

from django.urls import include, path

urlpatterns = [
    path("", include("guangcai.core.urls")),
    path("", include("guangcai.portal.urls")),
    path("account/", include("guangcai.accounts.urls")),
    path("orgs/", include("guangcai.orgs.urls")),
    path("members/", include("guangcai.members.urls")),
    path("activities/", include("guangcai.activities.urls")),
    path("posts/", include("guangcai.posts.urls")),
    path("care/", include("guangcai.care.urls")),
    path("cases/", include("guangcai.cases.urls")),
    path("mediation/", include("guangcai.mediation.urls")),
    path("zones/", include("guangcai.zones.urls")),
    path("invitations/", include("guangcai.invitations.urls")),
    path("pledges/", include("guangcai.pledges.urls")),
    path("teams/", include("guangcai.teams.urls")),
    path("wishes/", include("guangcai.wishes.urls")),
    path("councils/", include("guangcai.councils.urls")),
    path("places/", include("guangcai.places.urls")),
    path("studios/", include("guangcai.studios.urls")),
    path("ledger/", include("guangcai.ledger.urls")),
    path("appraisal/", include("guangcai.appraisal.urls")),
    path("reports/", include("guangcai.reports.urls")),
    path("calendar/", include("guangcai.api.feed_urls")),
    path("api/v1/", include("guangcai.api.urls")),
    path("open311/v2/", include("guangcai.api.open311.urls")),
]
