"""The site map on one screen. Each app lists its own pages; order is the order of the flow."""

from django.urls import URLPattern, URLResolver, include, path

from handoff import health
from handoff.gallery import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("handoff.people.urls")),
    path("", include("handoff.notices.urls")),
    path("", include("leads.urls")),
    path("", include("sla.urls")),
    path("", include("feedback.urls")),
    path("account/", include("allauth.urls")),
    path("api/", include(("handoff.api", "api"))),
    path("", include("django_prometheus.urls")),
    path("gallery/", gallery, name="gallery"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
]

handler400 = "handoff.refused.malformed"
handler404 = "handoff.refused.nowhere"
handler500 = "handoff.outage.server_error"
