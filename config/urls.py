"""One URL file per context; nouns, never verbs."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("guangcai.core.urls")),
    path("account/", include("guangcai.accounts.urls")),
    path("orgs/", include("guangcai.orgs.urls")),
    path("members/", include("guangcai.members.urls")),
    path("activities/", include("guangcai.activities.urls")),
    path("ledger/", include("guangcai.ledger.urls")),
]
