"""Addresses of the portal: the first screen, what people write to us, and the trail."""

from django.urls import path

from guangcai.portal.views import home, suggestions, trail

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("messages/", trail.messages_page, name="messages"),
    path("suggestion/", suggestions.suggestion, name="suggestion"),
    path("suggestion/<uuid:pk>/", suggestions.followed, name="suggestion_followed"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/export/", suggestions.suggestions_export, name="suggestions_export"),
    path("suggestions/<uuid:pk>/", suggestions.answer, name="suggestion_answer"),
    path("audit-trail/", trail.audit_trail, name="audit_trail"),
    path("audit-trail/export/", trail.audit_trail_export, name="audit_trail_export"),
]
